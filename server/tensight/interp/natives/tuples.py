"""tuple: constructor and methods, also those of named tuples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ClassV, OpenSize, Scalar, Value
from .builtins_types import EQUALITY, ORDER, special_methods, subclass_instance
from .registry import native, native_class
from .sequences import bounds, count, find, to_tuple, wrap
from .support import NO_KEY, payload, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

special_methods("builtins.tuple", EQUALITY | ORDER)


@native_class("builtins.tuple")
def tuple_(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    iterable = args[0] if args else ()
    if cls.native == "builtins.tuple":
        return iterable if isinstance(iterable, OpenSize) else to_tuple(it, iterable)
    if cls.native == "typing.NamedTuple":
        from .namedtuples import functional

        return functional(it, args[0], args[1] if len(args) > 1 else (), kwargs) if args else unknown_of(it, [])
    if isinstance(cls.lookup("_fields"), tuple):
        from .namedtuples import construct

        return construct(it, cls, list(args), kwargs)
    return subclass_instance(it, cls, to_tuple(it, iterable), list(args), kwargs)


@native("builtins.tuple.__new__")
def tuple_new(it: Interp, cls: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(cls, ClassV) and isinstance(cls.lookup("_fields"), tuple):
        from .namedtuples import construct

        return construct(it, cls, list(args), kwargs)
    value = to_tuple(it, args[0] if args else ())
    return wrap(it, cls, value) if isinstance(cls, ClassV) and cls.native != "builtins.tuple" else value


def _items(self: Value) -> list[Value] | None:
    value = payload(self)
    return list(value) if isinstance(value, tuple) else None


@native("builtins.tuple.index")
def tuple_index(it: Interp, self: Value, value: Value, start: Value = None, stop: Value = None, /) -> Value:
    items = _items(self)
    limit = None if items is None else bounds(it, len(items), start, stop)
    if items is None or limit is None:
        return Scalar("int")
    position = find(it, items, None, value, *limit)
    if position is None:
        return it.fail("ValueError", "tuple.index(x): x not in tuple")
    return Scalar("int") if position is NO_KEY else position


@native("builtins.tuple.count")
def tuple_count(it: Interp, self: Value, value: Value, /) -> Value:
    items = _items(self)
    return Scalar("int") if items is None else count(it, items, None, value)
