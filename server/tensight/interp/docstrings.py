"""How many axes a docstring says that a parameter has: `x: features of shape (B, N, C)`."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Mapping

from .. import limits

#: `x (Tensor): …`, `x: …`, `:param x: …`, `* x: …`, with or without marks around the name; or numpy's `x : Tensor`.
_PARAMETER = re.compile(
    r"^[ \t]*(?::param[ \t]+|@param[ \t]+|[-*][ \t]+)?[`*]{0,2}([A-Za-z_]\w*)[`*]{0,2}[ \t]*(?=[(:])", re.M
)
#: What follows `shape`, or stands where the text of a parameter begins: names and sizes between brackets.
_AXES = re.compile(
    r"(?:\bshape\b\W{0,2}(?:is|of|in)?[\s:=`*]*|\A[\s(:`*]*(?:torch\.)?(?:Tensor)?[\s`:,*]*)[(\[]([^()\[\]]*)[)\]]"
)
_AXIS = re.compile(r"[\s*]*[A-Za-z\d][\w\s.*/+-]*\Z")


def ranks_said(node: ast.AST) -> Mapping[str, int]:
    """The rank of each parameter of a function whose docstring tells the axes of it, in one way only."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return {}
    text = ast.get_docstring(node, clean=False)
    return {} if text is None or ("shape" not in text and "," not in text) else _ranks(text)


@functools.lru_cache(maxsize=256)
def _ranks(text: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    starts = list(_PARAMETER.finditer(text))
    for start, after in zip(starts, [*starts[1:], None]):
        said = text[start.end() : after.start() if after is not None else len(text)][: limits.MAX_SAID]
        ranks = {rank for match in _AXES.finditer(said) if (rank := _rank(match[1])) is not None}
        if len(ranks) == 1:
            found.setdefault(start[1], ranks.pop())
    return found


def _rank(axes: str) -> int | None:
    """How many axes are listed; None if that is no list of axes."""
    items = axes.strip().removesuffix(",").split(",")
    return len(items) if (len(items) > 1 or axes.strip().endswith(",")) and all(map(_AXIS.match, items)) else None
