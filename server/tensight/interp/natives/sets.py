"""set and frozenset: constructors, methods, and their operators as methods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...values import ClassV, DictV, Scalar, SetV, Unknown, Value
from .builtins_types import EQUALITY, ORDER, special_methods
from .dicts import checked_key, key_error
from .registry import native, native_class
from .sequences import initialised, wrap
from .support import MISSING, NO_KEY, held_key, items_of, join_all, may_equal_key, payload, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

for _owner in ("builtins.set", "builtins.frozenset"):
    special_methods(_owner, EQUALITY | ORDER)


def set_of(value: Value) -> SetV | None:
    """The SetV behind a receiver: itself, or the payload of a user's subclass."""
    value = payload(value)
    return value if isinstance(value, SetV) else None


def build(it: Interp, iterable: Value, *, frozen: bool = False) -> SetV:
    """set(iterable)."""
    source = payload(iterable)
    if isinstance(source, SetV):
        return SetV(dict(source.items), source.open, frozen)
    if isinstance(source, DictV):
        return SetV(dict.fromkeys(source.items), source.rest is not None, frozen)
    if isinstance(source, Unknown):
        return SetV({}, True, frozen)
    items, rest = items_of(it, source)
    out = SetV({}, rest is not None, frozen)
    for item in items:
        put(it, out, item)
    return out


def put(it: Interp, target: SetV, value: Value) -> None:
    """set.add on a set that is not shared yet, or has been touched."""
    key = checked_key(it, value)
    if key is NO_KEY:
        target.open = True
    elif held_key(target.items, key) is MISSING:
        if may_equal_key(target.items, key):
            target.open = True
        target.items[key] = None


@native_class("builtins.set")
def set_(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    if cls.native != "builtins.set":
        return initialised(it, wrap(it, cls, SetV({})), list(args), kwargs)
    return build(it, args[0]) if args else SetV({})


@native_class("builtins.frozenset")
def frozenset_(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    made = build(it, args[0], frozen=True) if args else SetV({}, False, True)
    return made if cls.native == "builtins.frozenset" else initialised(it, wrap(it, cls, made), list(args), kwargs)


@native("builtins.set.__init__")
def set_init(it: Interp, self: Value, iterable: Value = MISSING, /) -> Value:
    target = set_of(self)
    if target is not None:
        it.journal.touch(target)
        target.items.clear()
        target.open = False
        if iterable is not MISSING:
            _update(it, target, [iterable])
    return None


# ---- changes
@native("builtins.set.add")
def add(it: Interp, self: Value, value: Value, /) -> Value:
    target = set_of(self)
    if target is not None:
        it.journal.touch(target)
        put(it, target, value)
    return None


@native("builtins.set.remove")
def remove(it: Interp, self: Value, value: Value, /) -> Value:
    return _drop(it, self, value, must=True)


@native("builtins.set.discard")
def discard(it: Interp, self: Value, value: Value, /) -> Value:
    return _drop(it, self, value, must=False)


def _drop(it: Interp, self: Value, value: Value, *, must: bool) -> Value:
    target = set_of(self)
    if target is None:
        return None
    key = checked_key(it, value)
    held = MISSING if key is NO_KEY else held_key(target.items, key)
    if held is not MISSING:
        it.journal.touch(target)
        del target.items[held]
    elif key is NO_KEY or may_equal_key(target.items, key):
        if target.items:
            it.journal.touch(target)
            target.items.clear()
            target.open = True
    elif must and not target.open:
        return key_error(it, value)
    return None


@native("builtins.set.pop")
def pop(it: Interp, self: Value, /) -> Value:
    target = set_of(self)
    if target is None:
        return unknown_of(it, [self])
    if not target.items and not target.open:
        return it.fail("KeyError", "pop from an empty set")
    it.journal.touch(target)
    if len(target.items) == 1 and not target.open:
        return target.items.popitem()[0]
    value = unknown_of(it, [], "an item of a set") if target.open else join_all(target.items)
    target.items.clear()
    target.open = True
    return value


@native("builtins.set.clear")
def clear(it: Interp, self: Value, /) -> Value:
    target = set_of(self)
    if target is not None:
        it.journal.touch(target)
        target.items.clear()
        target.open = False
    return None


@native("builtins.set.copy", "builtins.frozenset.copy", "builtins.set.__copy__")
def copy(it: Interp, self: Value, /) -> Value:
    target = set_of(self)
    return unknown_of(it, [self]) if target is None else SetV(dict(target.items), target.open, target.frozen)


def _update(it: Interp, target: SetV, sources: Iterable[Value]) -> None:
    for source in sources:
        other = build(it, source)
        it.journal.touch(target)
        for key in other.items:
            put(it, target, key)
        target.open = target.open or other.open


@native("builtins.set.update", "builtins.set.__ior__")
def update(it: Interp, self: Value, *sources: Value) -> Value:
    target = set_of(self)
    if target is not None:
        _update(it, target, sources)
    return None


def _become(it: Interp, target: SetV, result: SetV) -> Value:
    it.journal.touch(target)
    target.items.clear()
    target.items.update(result.items)
    target.open = result.open
    return None


@native("builtins.set.intersection_update")
def intersection_update(it: Interp, self: Value, *sources: Value) -> Value:
    target = set_of(self)
    return None if target is None else _become(it, target, _intersection(it, target, sources))


@native("builtins.set.difference_update")
def difference_update(it: Interp, self: Value, *sources: Value) -> Value:
    target = set_of(self)
    return None if target is None else _become(it, target, _difference(it, target, sources))


@native("builtins.set.symmetric_difference_update")
def symmetric_difference_update(it: Interp, self: Value, other: Value, /) -> Value:
    target = set_of(self)
    return None if target is None else _become(it, target, _symmetric(it, target, build(it, other)))


# ---- new sets
def _may_hold(other: SetV, key: Any) -> bool:
    """Whether a key that is not listed may be in a set."""
    return other.open or may_equal_key(other.items, key)


def _intersection(it: Interp, target: SetV, sources: Iterable[Value]) -> SetV:
    result = SetV(dict(target.items), target.open, target.frozen)
    for source in sources:
        other = build(it, source)
        kept: dict[Any, None] = {}
        open_ = result.open and (other.open or bool(other.items))
        for key in result.items:
            if key in other.items:
                kept[key] = None
            elif _may_hold(other, key):
                open_ = True
        result = SetV(kept, open_, target.frozen)
    return result


def _difference(it: Interp, target: SetV, sources: Iterable[Value]) -> SetV:
    result = SetV(dict(target.items), target.open, target.frozen)
    for source in sources:
        other = build(it, source)
        for key in list(result.items):
            if key in other.items:
                del result.items[key]
            elif _may_hold(other, key):
                del result.items[key]
                result.open = True
    return result


def _symmetric(it: Interp, a: SetV, b: SetV) -> SetV:
    left, right = _difference(it, a, [b]), _difference(it, b, [a])
    return SetV({**left.items, **right.items}, left.open or right.open, a.frozen)


@native("builtins.set.union", "builtins.frozenset.union")
def union(it: Interp, self: Value, *sources: Value) -> Value:
    target = set_of(self)
    if target is None:
        return unknown_of(it, [self])
    result = SetV(dict(target.items), target.open, target.frozen)
    _update(it, result, sources)
    return result


@native("builtins.set.intersection", "builtins.frozenset.intersection")
def intersection(it: Interp, self: Value, *sources: Value) -> Value:
    target = set_of(self)
    return unknown_of(it, [self]) if target is None else _intersection(it, target, sources)


@native("builtins.set.difference", "builtins.frozenset.difference")
def difference(it: Interp, self: Value, *sources: Value) -> Value:
    target = set_of(self)
    return unknown_of(it, [self]) if target is None else _difference(it, target, sources)


@native("builtins.set.symmetric_difference", "builtins.frozenset.symmetric_difference")
def symmetric_difference(it: Interp, self: Value, other: Value, /) -> Value:
    target = set_of(self)
    return unknown_of(it, [self]) if target is None else _symmetric(it, target, build(it, other))


# ---- questions
def _subset(it: Interp, small: SetV, large: SetV) -> Value:
    certain = True
    for key in small.items:
        if key not in large.items:
            if not _may_hold(large, key):
                return False
            certain = False
    return True if certain and not small.open else Scalar("bool")


@native("builtins.set.issubset", "builtins.frozenset.issubset")
def issubset(it: Interp, self: Value, other: Value, /) -> Value:
    target = set_of(self)
    return Scalar("bool") if target is None else _subset(it, target, build(it, other))


@native("builtins.set.issuperset", "builtins.frozenset.issuperset")
def issuperset(it: Interp, self: Value, other: Value, /) -> Value:
    target = set_of(self)
    return Scalar("bool") if target is None else _subset(it, build(it, other), target)


@native("builtins.set.isdisjoint", "builtins.frozenset.isdisjoint")
def isdisjoint(it: Interp, self: Value, other: Value, /) -> Value:
    target = set_of(self)
    if target is None:
        return Scalar("bool")
    shared = _intersection(it, target, [other])
    if shared.items:
        return False
    return Scalar("bool") if shared.open else True


__all__ = ["build", "put", "set_of"]
