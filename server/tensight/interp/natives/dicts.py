"""dict: constructor and methods; OrderedDict, defaultdict and Counter share them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...values import (
    BoundMethod,
    ClassV,
    DictV,
    FunctionV,
    Instance,
    IteratorV,
    ListV,
    OneOf,
    Reason,
    SetV,
    Unknown,
    Value,
    join,
)
from .. import deferred, diagnose, imports
from .builtins_types import EQUALITY, special_methods
from .registry import native, native_class
from .sequences import initialised, wrap
from .support import (
    MISSING,
    NO_KEY,
    as_rest,
    held_key,
    items_of,
    join_all,
    key_of,
    may_equal_key,
    payload,
    unhashable,
    unknown_of,
)
from .text_of import str_of

if TYPE_CHECKING:
    from ..machine import Interp

special_methods("builtins.dict", EQUALITY)
_KINDS = {"builtins.dict": "dict", "collections.OrderedDict": "OrderedDict", "collections.defaultdict": "defaultdict",
          "collections.Counter": "Counter"}  # fmt: skip


def dict_of(value: Value) -> DictV | None:
    """The DictV behind a receiver: itself, or the payload of a user's subclass."""
    value = payload(value)
    return value if isinstance(value, DictV) else None


def key_error(it: Interp, key: Value) -> Value:
    """KeyError(key): its argument is the key itself."""
    text = str_of(it, key, "repr")
    exc = diagnose.make_exception(it, "KeyError", "")
    exc.attrs["args"] = (key,)
    diagnose.throw(it, exc)
    return it.unknown(Reason.AFTER_ERROR, f"KeyError: {text if isinstance(text, str) else 'key'}")


def checked_key(it: Interp, key: Value) -> Any:
    """The key; NO_KEY if it is not known (or no key at all: then the error has been sent)."""
    name = unhashable(it, key)
    if name is not None:
        it.fail("TypeError", f"unhashable type: {name!r}")
        return NO_KEY
    return key_of(it, key)


def any_value(target: DictV) -> Value:
    """What a value under any key is like; MISSING if there are none."""
    return join_all([*target.items.values(), *([] if target.rest is None else [target.rest])], MISSING)


def store(it: Interp, target: DictV, key: Value, value: Value) -> None:
    """`target[key] = value`."""
    found = checked_key(it, key)
    it.journal.touch(target)
    if found is NO_KEY:
        for old_key, old in target.items.items():
            target.items[old_key] = join(old, value)
        _open(target, as_rest(value))
    else:
        held = held_key(target.items, found)
        if held is MISSING:
            held = found
            if may_equal_key(target.items, found):
                for old_key, old in target.items.items():
                    target.items[old_key] = join(old, value)
        target.items[held] = value


def _open(target: DictV, value: Value) -> None:
    """Something was put under a key, or keys, that nobody knows."""
    target.rest = value if target.rest is None else join(target.rest, value)
    target.optional = None


def drop(it: Interp, target: DictV, key: Value) -> bool | None:
    """`del target[key]`: whether there was such a key; None if undecided."""
    found = checked_key(it, key)
    held = MISSING if found is NO_KEY else held_key(target.items, found)
    if held is not MISSING:
        it.journal.touch(target)
        del target.items[held]
        return True
    if found is NO_KEY or may_equal_key(target.items, found):
        if target.items:
            _forget(it, target)
            return None
    if target.optional is not None:  # with one of them gone, it is no longer all of them or none
        it.journal.touch(target)
        target.optional = None
    return None if target.rest is not None else False


def look(it: Interp, target: DictV, key: Value) -> Value:
    """The value under a key; MISSING if there certainly is none; NO_KEY if it is not known whether there is."""
    found = checked_key(it, key)
    if found is NO_KEY:
        return NO_KEY if target.items or target.rest is not None else MISSING
    held = held_key(target.items, found)
    if held is not MISSING:
        value = target.items[held]
        if type(value) is imports.Lazy:  # the namespace of a module
            found = imports.resolve(it, value)
            target.items[held] = imports.kept(it, target.items, value, found)
            value = found
        return value
    if deferred.is_table(it, target):
        if deferred.fetch(it, target, found):
            return look(it, target, key)
        if deferred.may_grow(it, target):
            return it.unknown(Reason.IMPORT, "a module that nothing has needed yet")
    if target.rest is not None or may_equal_key(target.items, found):
        return NO_KEY
    return MISSING


def fill(it: Interp, target: DictV, source: Value) -> None:
    """dict.update from a mapping or from pairs."""
    source = payload(source)
    if isinstance(source, OneOf):
        options = [o for o in source.options if o is not None]
        source = options[0] if len(options) == 1 else Unknown(Reason.JOINED)
    if isinstance(source, Unknown):
        it.journal.touch(target)
        for key in target.items:
            target.items[key] = Unknown(source.reason, source.detail, source.span)
        target.rest, target.optional = Unknown(source.reason, source.detail, source.span), None
        return
    if isinstance(source, DictV):
        it.journal.touch(target)
        if source.rest is not None:
            for key, old in target.items.items():
                target.items[key] = join(old, source.rest)
        target.items.update(source.items)
        if source.rest is not None:
            _open(target, source.rest)
        return
    if isinstance(source, Instance) and source.cls.lookup("keys") is not None:
        keys, rest = items_of(it, it.method(source, "keys"))
        for key in keys:
            store(it, target, key, it.getitem(source, key))
        if rest is not None:
            fill(it, target, unknown_of(it, [rest], "keys"))
        return
    _fill_pairs(it, target, source)


def _fill_pairs(it: Interp, target: DictV, source: Value) -> None:
    pairs, rest = items_of(it, source)
    for i, pair in enumerate(pairs):
        parts, more = items_of(it, pair)
        if more is not None or isinstance(pair, Unknown):
            fill(it, target, unknown_of(it, [pair], "pairs"))
        elif len(parts) != 2:
            it.fail("ValueError", f"dictionary update sequence element #{i} has length {len(parts)}; 2 is required")
            return
        else:
            store(it, target, parts[0], parts[1])
    if rest is not None:
        value = rest[1] if isinstance(rest, tuple) and len(rest) == 2 else unknown_of(it, [rest], "pairs")
        it.journal.touch(target)
        for key, old in target.items.items():
            target.items[key] = join(old, value)
        _open(target, as_rest(value))


def update_with(it: Interp, target: DictV, args: Iterable[Value], kwargs: dict[str, Value]) -> None:
    """The body of dict() and dict.update()."""
    for source in args:
        if source is not MISSING:
            fill(it, target, source)
    if kwargs:
        kwargs = dict(kwargs)
        opened = kwargs.pop("**", None)
        it.journal.touch(target)
        target.items.update(kwargs)
        if opened is not None:
            fill(it, target, it.unknown(Reason.DATA_DEPENDENT, "**"))


@native_class("builtins.dict")
def dict_(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    return construct(it, cls, "dict", args, kwargs)


def construct(it: Interp, cls: ClassV, kind: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    """A dict of some kind, or an instance of a user's subclass of it."""
    target = DictV({}, None, kind)
    if cls.native is None or cls.native not in _KINDS:
        return initialised(it, wrap(it, cls, target), list(args), kwargs)
    if len(args) > 1:
        return it.fail("TypeError", f"{kind} expected at most 1 argument, got {len(args)}")
    update_with(it, target, args, kwargs)
    return target


@native("builtins.dict.__new__")
def dict_new(it: Interp, cls: Value, *args: Value, **kwargs: Value) -> Value:
    if not isinstance(cls, ClassV):
        return unknown_of(it, [cls])
    kind = next((_KINDS[c.native] for c in cls.mro if c.native in _KINDS), "dict")
    return DictV({}, None, kind) if cls.native in _KINDS else wrap(it, cls, DictV({}, None, kind))


@native("builtins.dict.__init__", "builtins.dict.update")
def update(it: Interp, self: Value, other: Value = MISSING, /, **kwargs: Value) -> Value:
    target = dict_of(self)
    if target is not None:
        update_with(it, target, [other], kwargs)
    return None


@native("builtins.dict.__getitem__")
def getitem(it: Interp, self: Value, key: Value, /) -> Value:
    target = dict_of(self)
    if target is None:
        return unknown_of(it, [self, key])
    if isinstance(self, Instance):
        missing = self.cls.lookup("__missing__")
        if isinstance(missing, FunctionV) and look(it, target, key) is MISSING:
            return it.call(BoundMethod(missing, self), [key])
    return it.getitem(target, key)


@native("builtins.dict.get")
def get(it: Interp, self: Value, key: Value, default: Value = None, /) -> Value:
    target = dict_of(self)
    if target is None:
        return unknown_of(it, [self])
    found = look(it, target, key)
    if found is MISSING:
        return default
    if found is NO_KEY:
        return _perhaps(it, target, key, default)
    return found


def _perhaps(it: Interp, target: DictV, key: Value, default: Value) -> Value:
    """The value under a key of which it is not known whether, or where, it is in the dict."""
    known = key_of(it, key) is not NO_KEY and not may_equal_key(target.items, key)
    value = target.rest if known else any_value(target)
    if known and target.optional is not None:
        value = target.optional.get(key_of(it, key))
    if value is None or value is MISSING:
        return default
    return join(value, default)


@native("builtins.dict.setdefault")
def setdefault(it: Interp, self: Value, key: Value, default: Value = None, /) -> Value:
    target = dict_of(self)
    if target is None:
        return unknown_of(it, [self])
    found = look(it, target, key)
    if found is MISSING:
        store(it, target, key, default)
        return default
    if found is NO_KEY:
        value = _perhaps(it, target, key, default)
        store(it, target, key, value)
        return value
    return found


@native("builtins.dict.pop")
def pop(it: Interp, self: Value, key: Value, default: Value = MISSING, /) -> Value:
    target = dict_of(self)
    if target is None:
        return unknown_of(it, [self])
    found = look(it, target, key)
    if found is MISSING:
        return key_error(it, key) if default is MISSING else default
    if found is NO_KEY:
        known = key_of(it, key) is not NO_KEY and not may_equal_key(target.items, key)
        value = target.rest if known else any_value(target)
        drop(it, target, key)
        if value is None or value is MISSING:
            value = unknown_of(it, [key], "key")
        return value if default is MISSING else join(value, default)
    drop(it, target, key)
    return found


def _forget(it: Interp, target: DictV) -> None:
    """Some key was removed, nobody knows which."""
    value = any_value(target)
    it.journal.touch(target)
    target.items.clear()
    target.rest, target.optional = None if value is MISSING else as_rest(value), None


@native("builtins.dict.popitem")
def popitem(it: Interp, self: Value, last: Value = True) -> Value:
    target = dict_of(self)
    if target is None:
        return unknown_of(it, [self])
    if target.rest is not None:
        value = any_value(target)
        _forget(it, target)
        return (it.unknown(Reason.DATA_DEPENDENT, "key"), value)
    if not target.items:
        return it.fail(
            "KeyError", "popitem(): dictionary is empty" if target.kind != "OrderedDict" else "dictionary is empty"
        )
    key = next(reversed(target.items)) if last is not False else next(iter(target.items))
    it.journal.touch(target)
    return (key, target.items.pop(key))


@native("builtins.dict.clear")
def clear(it: Interp, self: Value, /) -> Value:
    target = dict_of(self)
    if target is not None:
        it.journal.touch(target)
        target.items.clear()
        target.rest = None
    return None


@native("builtins.dict.copy", "builtins.dict.__copy__")
def copy(it: Interp, self: Value, /) -> Value:
    target = dict_of(self)
    if target is None:
        return unknown_of(it, [self])
    return DictV(dict(target.items), target.rest, target.kind, target.default_factory)


# ---- views: snapshots
def _unknown_key(it: Interp) -> Value:
    return it.unknown(Reason.DATA_DEPENDENT, "key")


def _resolved(it: Interp, target: DictV) -> list[Value]:
    """The values; those of a module's namespace may still be imports."""
    return [imports.resolve(it, value) for value in list(target.items.values())]


@native("builtins.dict.keys")
def keys(it: Interp, self: Value, /) -> Value:
    target = dict_of(self)
    if target is None:
        return unknown_of(it, [self])
    return SetV(dict.fromkeys(target.items), target.rest is not None or deferred.may_grow(it, target))


@native("builtins.dict.values")
def values(it: Interp, self: Value, /) -> Value:
    target = dict_of(self)
    if target is None:
        return unknown_of(it, [self])
    return ListV(_resolved(it, target), deferred.rest_of(it, target, target.rest), "dict_values")


@native("builtins.dict.items")
def items(it: Interp, self: Value, /) -> Value:
    target = dict_of(self)
    if target is None:
        return unknown_of(it, [self])
    more = deferred.rest_of(it, target, target.rest)
    rest = None if more is None else (_unknown_key(it), more)
    return ListV(list(zip(target.items, _resolved(it, target))), rest, "dict_items")


@native("builtins.dict.__reversed__")
def dict_reversed(it: Interp, self: Value, /) -> Value:
    target = dict_of(self)
    if target is None or target.rest is not None:
        return IteratorV([], _unknown_key(it))
    return IteratorV(list(reversed(target.items)))


@native("builtins.dict.fromkeys")
def fromkeys(it: Interp, cls: Value, iterable: Value, value: Value = None, /) -> Value:
    keys, rest = items_of(it, iterable)
    target = DictV({}, None)
    for key in keys:
        store(it, target, key, value)
    if rest is not None:
        target.rest = as_rest(value)
    if isinstance(cls, ClassV) and cls.native is None:
        return wrap(it, cls, target)
    if isinstance(cls, ClassV) and cls.native in _KINDS:
        target.kind = _KINDS[cls.native]
    return target


__all__ = ["any_value", "construct", "dict_of", "drop", "fill", "look", "store", "update_with"]
