"""list: constructor and methods. Every write goes through the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import limits
from ...values import ClassV, DictV, Instance, IteratorV, ListV, Scalar, Tensor, Unknown, Value
from .builtins_numeric import len_, sort_items
from .builtins_types import EQUALITY, ORDER, special_methods
from .registry import native, native_class
from .sequences import add, bounds, build, clamp, count, extend, find, forget, initialised, list_of, wrap
from .support import (
    MISSING,
    NO_KEY,
    any_item,
    index_of,
    items_of,
    mixed,
    payload,
    unknown_of,
)
from .text_of import str_of

if TYPE_CHECKING:
    from ..machine import Interp

special_methods("builtins.list", EQUALITY | ORDER)


@native_class("builtins.list")
def list_(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    if cls.native != "builtins.list":
        return initialised(it, wrap(it, cls, ListV([])), list(args), kwargs)
    if not args:
        return ListV([])
    if isinstance(args[0], Unknown):
        return unknown_of(it, args)
    if isinstance(args[0], Tensor) and args[0].dims is not None and not args[0].dims:
        return it.fail("TypeError", "iteration over a 0-d tensor")
    return build(it, args[0])


@native("builtins.list.__new__")
def list_new(it: Interp, cls: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(cls, ClassV) and cls.native != "builtins.list":
        return wrap(it, cls, ListV([]))
    return ListV([])


@native("builtins.list.__init__")
def list_init(it: Interp, self: Value, iterable: Value = MISSING, /) -> Value:
    target = list_of(self)
    if target is not None:
        it.journal.touch(target)
        target.items.clear()
        target.rest = None
        if iterable is not MISSING:
            items, rest = items_of(it, iterable)
            target.items.extend(items)
            target.rest = rest
    return None


@native("builtins.list.append")
def append(it: Interp, self: Value, value: Value, /) -> Value:
    target = list_of(self)
    if target is not None:
        add(it, target, value)
    return None


@native("builtins.list.extend")
def list_extend(it: Interp, self: Value, iterable: Value, /) -> Value:
    target = list_of(self)
    if target is not None:
        items, rest = items_of(it, iterable)
        if len(items) + len(target.items) > limits.MAX_ITEMS:
            items, rest = [], any_item(items, rest)
        extend(it, target, items, rest)
    return None


@native("builtins.list.__iadd__")
def list_iadd(it: Interp, self: Value, other: Value, /) -> Value:
    list_extend(it, self, other)
    return self


@native("builtins.list.insert")
def insert(it: Interp, self: Value, index: Value, value: Value, /) -> Value:
    target = list_of(self)
    if target is None:
        return None
    position = index_of(it, index)
    if position is None or (target.rest is not None and not 0 <= position <= len(target.items)):
        forget(it, target, value)
        return None
    it.journal.touch(target)
    target.items.insert(clamp(position, len(target.items)), value)
    return None


@native("builtins.list.pop")
def pop(it: Interp, self: Value, index: Value = -1, /) -> Value:
    target = list_of(self)
    if target is None:
        return unknown_of(it, [self])
    return take(it, target, index_of(it, index), "list")


def take(it: Interp, target: ListV, position: int | None, kind: str) -> Value:
    """Remove and give the item at a position (None: not known which)."""
    if target.rest is None and not target.items:
        empty = "an empty deque" if kind == "deque" else "empty list"
        return it.fail("IndexError", f"pop from {empty}")
    if position is None or (target.rest is not None and not 0 <= position < len(target.items)):
        value = any_item(target.items, target.rest)
        if position == -1 and target.rest is not None:
            it.journal.touch(target)  # it may have been the last of those that are counted
            kept = any_item(target.items, target.rest)
            target.items.clear()
            target.rest = kept
        else:
            forget(it, target)
        return value
    if not -len(target.items) <= position < len(target.items):
        return it.fail("IndexError", "pop index out of range")
    it.journal.touch(target)
    return target.items.pop(position)


@native("builtins.list.remove")
def remove(it: Interp, self: Value, value: Value, /) -> Value:
    target = list_of(self)
    if target is None:
        return None
    position = find(it, target.items, target.rest, value)
    if position is None:
        return it.fail("ValueError", "list.remove(x): x not in list")
    if position is NO_KEY:
        forget(it, target)
        return None
    it.journal.touch(target)
    del target.items[position : position + 1]  # to be compared, an item may have emptied the list
    return None


@native("builtins.list.clear")
def clear(it: Interp, self: Value, /) -> Value:
    target = list_of(self)
    if target is not None:
        it.journal.touch(target)
        target.items.clear()
        target.rest = None
    return None


@native("builtins.list.index")
def index(it: Interp, self: Value, value: Value, start: Value = None, stop: Value = None, /) -> Value:
    target = list_of(self)
    if target is None:
        return Scalar("int")
    limit = bounds(it, len(target.items), start, stop)
    if limit is None or (target.rest is not None and (start is not None or stop is not None)):
        return Scalar("int")
    position = find(it, target.items, target.rest, value, *limit)
    if position is None:
        text = str_of(it, value, "repr")
        return it.fail("ValueError", f"{text} is not in list" if isinstance(text, str) else "item is not in list")
    return Scalar("int") if position is NO_KEY else position


@native("builtins.list.count")
def list_count(it: Interp, self: Value, value: Value, /) -> Value:
    target = list_of(self)
    return Scalar("int") if target is None else count(it, target.items, target.rest, value)


@native("builtins.list.copy", "builtins.list.__copy__")
def copy(it: Interp, self: Value, /) -> Value:
    target = list_of(self)
    return unknown_of(it, [self]) if target is None else ListV(list(target.items), target.rest)


@native("builtins.list.reverse")
def reverse(it: Interp, self: Value, /) -> Value:
    target = list_of(self)
    if target is None:
        return None
    if target.rest is not None:
        forget(it, target)
        return None
    it.journal.touch(target)
    target.items.reverse()
    return None


@native("builtins.list.sort")
def sort(it: Interp, self: Value, /, *, key: Value = None, reverse: Value = False) -> Value:
    target = list_of(self)
    if target is None:
        return None
    order = sort_items(it, list(target.items), key, reverse) if target.rest is None else None
    it.journal.touch(target)
    if order is not None:
        target.items[:] = order
    elif target.rest is None:
        target.items[:] = mixed(list(target.items), len(target.items))
    else:
        forget(it, target)
    return None


# ---- the protocols, for instances of a user's subclass and for explicit calls
@native(
    *(f"builtins.{kind}.__len__" for kind in ["list", "tuple", "str", "dict", "set", "frozenset", "bytes", "range"])
)
def length(it: Interp, self: Value, /) -> Value:
    inner = payload(self)
    return Scalar("int") if isinstance(inner, Instance) else len_(it, inner)


@native(
    *(f"builtins.{kind}.__iter__" for kind in ["list", "tuple", "str", "dict", "set", "frozenset", "bytes", "range"])
)
def iterator(it: Interp, self: Value, /) -> Value:
    inner = payload(self)
    if isinstance(inner, Instance):
        return IteratorV([], unknown_of(it, []))
    items, rest = items_of(it, inner)
    return IteratorV(items, rest)


@native(*(f"builtins.{kind}.__getitem__" for kind in ["list", "tuple", "str", "bytes", "range"]))
def getitem(it: Interp, self: Value, key: Value, /) -> Value:
    inner = payload(self)
    return unknown_of(it, [key]) if isinstance(inner, Instance) else it.getitem(inner, key)


@native(*(f"builtins.{kind}.__contains__" for kind in ["list", "tuple", "str", "dict", "set", "frozenset", "range"]))
def contains(it: Interp, self: Value, value: Value, /) -> Value:
    inner = payload(self)
    return Scalar("bool") if isinstance(inner, Instance) else it.compare("in", value, inner)


@native("builtins.list.__setitem__", "builtins.dict.__setitem__")
def setitem(it: Interp, self: Value, key: Value, value: Value, /) -> Value:
    inner = payload(self)
    if isinstance(inner, ListV | DictV):
        it.setitem(inner, key, value)
    return None


@native("builtins.list.__delitem__", "builtins.dict.__delitem__")
def delitem(it: Interp, self: Value, key: Value, /) -> Value:
    from .. import items

    inner = payload(self)
    if isinstance(inner, ListV | DictV):
        items.delete(it, inner, key)
    return None


@native("builtins.list.__reversed__")
def list_reversed(it: Interp, self: Value, /) -> Value:
    target = list_of(self)
    if target is None or target.rest is not None:
        return IteratorV([], None if target is None else any_item(target.items, target.rest))
    return IteratorV(target.items[::-1])


__all__ = ["clamp", "take"]
