"""What lists, tuples and deques share: a view of their items, search, and building one from an iterable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import (
    BoundMethod,
    ClassV,
    Fields,
    FunctionV,
    Instance,
    ListV,
    Native,
    OneOf,
    Scalar,
    Unknown,
    Value,
    join,
)
from .support import NO_KEY, PAYLOAD, any_item, index_of, items_of, join_all, payload, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp


def list_of(value: Value) -> ListV | None:
    """The ListV behind a receiver: itself, or the payload of a user's subclass."""
    value = payload(value)
    return value if isinstance(value, ListV) else None


def forget(it: Interp, target: ListV, extra: Value | None = None) -> None:
    """The items of a list were changed in a way that is not known: any of them may be anywhere, or gone."""
    values = [*target.items, *([] if target.rest is None else [target.rest]), *([] if extra is None else [extra])]
    it.journal.touch(target)
    target.items.clear()
    target.rest = any_item(values, None)


def add(it: Interp, target: ListV, value: Value) -> None:
    """list.append: behind items of unknown number it is one of them."""
    it.journal.touch(target)
    if target.rest is None:
        target.items.append(value)
    else:
        target.rest = join(target.rest, value)


def extend(it: Interp, target: ListV, items: list[Value], rest: Value | None) -> None:
    """list.extend."""
    it.journal.touch(target)
    if target.rest is None:
        target.items.extend(items)
        target.rest = rest
    else:
        target.rest = join_all([target.rest, *items, *([] if rest is None else [rest])])


def find(
    it: Interp, items: list[Value], rest: Value | None, value: Value, low: int = 0, high: int | None = None
) -> Value:
    """The position of the first equal item; NO_KEY if undecided; None if there is none."""
    for position in range(low, len(items) if high is None else min(high, len(items))):
        item = items[position]
        same = item is value and not isinstance(value, Unknown | Scalar | OneOf)
        answer = True if same else it.truth(it.compare("==", item, value))
        if answer is None:
            return NO_KEY
        if answer:
            return position
    return None if rest is None else NO_KEY


def count(it: Interp, items: list[Value], rest: Value | None, value: Value) -> Value:
    """How many items are equal."""
    if rest is not None:
        return Scalar("int")
    found = 0
    for item in items:
        answer = it.truth(it.compare("==", item, value))
        if answer is None:
            return Scalar("int")
        found += answer
    return found


def clamp(index: int, length: int) -> int:
    """A position for insertion or a bound of search, as Python clamps them."""
    return max(index + length, 0) if index < 0 else min(index, length)


def bounds(it: Interp, length: int, start: Value, stop: Value) -> tuple[int, int] | None:
    """The bounds of a search; None if they are not known."""
    low = 0 if start is None else index_of(it, start)
    high = length if stop is None else index_of(it, stop)
    return None if low is None or high is None else (clamp(low, length), clamp(high, length))


def build(it: Interp, iterable: Value) -> ListV:
    """list(iterable)."""
    items, rest = items_of(it, iterable)
    return ListV(items, rest)


def initialised(it: Interp, obj: Instance, args: list[Value], kwargs: dict[str, Value]) -> Instance:
    """Run the program's own `__init__`; without one the native base's."""
    init = obj.cls.lookup("__init__")
    if isinstance(init, FunctionV | Native):
        it.call(BoundMethod(init, obj), args, kwargs)
    return obj


def wrap(it: Interp, cls: ClassV, value: Value) -> Instance:
    """A bare instance of a user's subclass that holds `value`."""
    obj = Instance(cls, {}, it.here(), {PAYLOAD: value})
    obj.open = any(c.open for c in cls.mro)
    return obj


def to_tuple(it: Interp, iterable: Value) -> Value:
    """tuple(iterable): of unknown length it is a list whose items are not counted."""
    if isinstance(iterable, tuple) and not isinstance(iterable, Fields):
        return tuple(iterable)
    if isinstance(iterable, Unknown | OneOf):
        return unknown_of(it, [iterable], "tuple")
    items, rest = items_of(it, iterable)
    return tuple(items) if rest is None else ListV(items, rest)
