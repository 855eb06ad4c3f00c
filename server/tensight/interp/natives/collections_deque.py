"""collections.deque: a ListV that may be bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...values import ClassV, ListV, Scalar, Value, join
from .builtins_types import EQUALITY, ORDER, special_methods
from .lists import take
from .registry import MODULES, NATIVES, native, native_class, prop
from .sequences import add, forget, initialised, list_of, wrap
from .support import MISSING, index_of, items_of, mixed, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update(("collections", "collections.abc"))
special_methods("collections.deque", EQUALITY | ORDER)


@dataclass(slots=True, eq=False)
class DequeV(ListV):
    """A deque that remembers its bound (None: none). A ListV of kind "deque" that is not one may have any bound."""

    maxlen: Any = None


@native_class("collections.deque")
def deque(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    if cls.native != "collections.deque":
        return initialised(it, wrap(it, cls, DequeV([], None, "deque")), list(args), kwargs)
    target = DequeV([], None, "deque")
    made = NATIVES["collections.deque.__init__"].call(it, [target, *args], kwargs)
    return target if made is None else made


@native("collections.deque.__init__")
def init(it: Interp, self: Value, iterable: Value = MISSING, maxlen: Value = None) -> Value:
    target = list_of(self)
    if isinstance(target, DequeV):
        if isinstance(maxlen, int) and maxlen < 0:
            return it.fail("ValueError", "maxlen must be non-negative")
        target.maxlen = maxlen
        if iterable is not MISSING:
            extend(it, self, iterable)
    return None


def _trim(it: Interp, target: ListV, *, left: bool) -> None:
    """After an item was added at one end, what is over the bound leaves at the other."""
    if not isinstance(target, DequeV):
        forget(it, target)
        return
    if target.maxlen is None:
        return
    bound = index_of(it, target.maxlen)
    if bound is None or (target.rest is not None and not left):
        forget(it, target)
        return
    it.journal.touch(target)
    while len(target.items) > bound:
        target.items.pop(0 if left else -1)


@native("collections.deque.append")
def append(it: Interp, self: Value, value: Value, /) -> Value:
    target = list_of(self)
    if target is not None:
        add(it, target, value)
        _trim(it, target, left=True)
    return None


@native("collections.deque.appendleft")
def appendleft(it: Interp, self: Value, value: Value, /) -> Value:
    target = list_of(self)
    if target is not None:
        it.journal.touch(target)
        target.items.insert(0, value)
        _trim(it, target, left=False)
    return None


@native("collections.deque.extend", "collections.deque.__iadd__")
def extend(it: Interp, self: Value, iterable: Value, /) -> Value:
    target = list_of(self)
    if target is not None:
        items, rest = items_of(it, iterable)
        for item in items:
            append(it, self, item)
        if rest is not None:
            it.journal.touch(target)
            target.rest = rest if target.rest is None else join(target.rest, rest)
            if isinstance(target, DequeV) and target.maxlen is not None:
                forget(it, target)
    return None


@native("collections.deque.extendleft")
def extendleft(it: Interp, self: Value, iterable: Value, /) -> Value:
    target = list_of(self)
    if target is not None:
        items, rest = items_of(it, iterable)
        for item in items:
            appendleft(it, self, item)
        if rest is not None:
            forget(it, target, rest)
    return None


@native("collections.deque.pop")
def pop(it: Interp, self: Value, /) -> Value:
    target = list_of(self)
    return unknown_of(it, [self]) if target is None else take(it, target, -1, "deque")


@native("collections.deque.popleft")
def popleft(it: Interp, self: Value, /) -> Value:
    target = list_of(self)
    return unknown_of(it, [self]) if target is None else take(it, target, 0, "deque")


@native("collections.deque.rotate")
def rotate(it: Interp, self: Value, n: Value = 1, /) -> Value:
    target = list_of(self)
    if target is None:
        return None
    steps = index_of(it, n)
    if target.rest is not None:
        forget(it, target)
    elif steps is None:
        it.journal.touch(target)
        target.items[:] = mixed(list(target.items), len(target.items))
    elif target.items:
        k = steps % len(target.items)
        it.journal.touch(target)
        target.items[:] = target.items[-k:] + target.items[:-k] if k else target.items
    return None


@native("collections.deque.copy", "collections.deque.__copy__")
def copy(it: Interp, self: Value, /) -> Value:
    target = list_of(self)
    if target is None:
        return unknown_of(it, [self])
    if isinstance(target, DequeV):
        return DequeV(list(target.items), target.rest, "deque", target.maxlen)
    return ListV(list(target.items), target.rest, "deque")


prop("collections.deque.maxlen")(
    lambda it, self: target.maxlen if isinstance(target := list_of(self), DequeV) else Scalar("int")
)
_SHARED = """remove clear count index reverse insert
    __len__ __iter__ __getitem__ __contains__ __setitem__ __delitem__ __reversed__"""
for _name in _SHARED.split():
    NATIVES[f"collections.deque.{_name}"] = NATIVES[f"builtins.list.{_name}"]

__all__ = ["DequeV"]
