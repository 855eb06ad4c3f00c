"""A batch axis that was forgotten: at the call that refuses, or at the call of the model that led there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..source import Source
from .case import Candidate, Case, first_argument

_CODES = frozenset({"rank-mismatch", "matmul-mismatch", "features-mismatch", "channels-mismatch", "axis-out-of-range",
                    "invalid-reshape", "size-mismatch"})  # fmt: skip
#: Axes of an input with its batch: an image; more are no forgotten batch.
_MOST_AXES = 4


def candidates(case: Case) -> Iterator[Candidate]:
    """Outermost call first: there the input lacks its batch. A call whose tensor has all its axes is not touched."""
    if case.diagnostic.code not in _CODES:
        return
    for call in reversed(list(case.calls_on_the_way())):
        argument = first_argument(call)
        tensor = case.tensor_at(argument)
        if argument is None or tensor is None or not 0 < tensor.rank < _MOST_AXES:
            continue
        title = f"Add the batch axis: {_short(case.source, argument)}.unsqueeze(0)"
        yield case.wrapped(title, argument, ".unsqueeze(0)", weak=True)


def _short(source: Source, node: ast.expr) -> str:
    text = source.text_at(source.span(node))
    return text if len(text) <= 20 and "\n" not in text else "…"
