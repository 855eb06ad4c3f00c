"""Long lists that a comprehension computes number by number: tables of positions, angles, windows.

Their numbers are nobody's sizes, their lengths are: one item whose number is open stands for the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from ..values import ListV, Scalar, Tensor, Value
from . import forks
from .changes import settled

if TYPE_CHECKING:
    from .frame import Evaluate, Frame

#: How lists of numbers are nested: None for a number, a length and a form for a list.
_Form: TypeAlias = "tuple[int, _Form] | None"
_NUMBERS = frozenset({"int", "float", "bool", "number", "complex"})


class _NoTable(Exception):
    """Something that is neither a number nor a list of them, or lists of unlike lengths."""


def further(
    items: list[Value],
    first: list[Value],
    frame: Frame,
    put: Callable[[Frame, Value], None],
    value: Evaluate,
) -> list[Value] | None:
    """What a comprehension over `items` gives after `first`, where that does not depend on which number an item is.

    None: it may depend on it, or be no number, or the program changes something on the way."""
    if not all(type(item) is int for item in items):
        return None

    try:
        form = _form(first[0])
        if any(_form(v) != form for v in first):
            return None
        put(frame, Scalar("int"))
        found = forks.alone(frame.it, lambda: value(frame))
        if found is None or not settled(found[1]) or _form(found[0]) != form:
            return None
    except _NoTable:
        return None
    return [_copy(found[0], form) for _ in items[len(first) :]]


def _form(value: Value) -> _Form:
    if isinstance(value, int | float | complex):
        return None
    if isinstance(value, Scalar) and value.kind in _NUMBERS:
        return None
    if isinstance(value, Tensor) and value.dims == ():
        return None
    if isinstance(value, ListV) and value.rest is None and value.items:
        forms = {_form(item) for item in value.items}
        if len(forms) == 1:
            return (len(value.items), forms.pop())
    raise _NoTable


def _copy(value: Value, form: _Form) -> Value:
    """Lists are objects of their own, numbers never change: rows of numbers are shared until one is written to."""
    if not isinstance(value, ListV) or form is None:
        return value
    inner = form[1]
    if inner is None:
        value.shared = True
        return ListV(value.items, None, shared=True)
    return ListV([_copy(item, inner) for item in value.items], None)


__all__ = ["further"]
