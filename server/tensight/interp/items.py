"""`obj[index]`, `obj[index] = value`, `del obj[index]`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..dims import Expr, data_for
from ..values import (
    BoundMethod,
    ClassV,
    DictV,
    Fields,
    FunctionV,
    Instance,
    ListV,
    Native,
    OneOf,
    OpenSize,
    RangeV,
    Reason,
    Scalar,
    Size,
    SomeSize,
    Tensor,
    Unknown,
    Value,
    element,
    join,
)
from ..values.containers import stamp
from . import calls, forks
from .natives.support import as_rest

if TYPE_CHECKING:
    from .machine import Interp

_UNDECIDED = (Scalar, Expr, Unknown, Tensor)


def get(it: Interp, obj: Value, index: Value) -> Value:
    """`obj[index]`."""
    if isinstance(obj, Tensor):
        return calls.call_op(it, "torch.Tensor.__getitem__", [obj, index], {})
    if isinstance(index, OneOf):
        return forks.each(it, index.options, lambda o: get(it, obj, o))
    if isinstance(obj, ListV):
        return _sequence(it, obj.items, obj.rest, index, obj)
    if isinstance(obj, tuple | str | bytes | range):
        return _sequence(it, obj, None, index, obj)
    if isinstance(obj, DictV):
        return _mapping(it, obj, index)
    if isinstance(obj, Instance):
        return _instance(it, obj, index)
    if isinstance(obj, OneOf):
        return forks.each(it, it.not_none(obj.options), lambda o: get(it, o, index))
    if isinstance(obj, ClassV):
        return _class(it, obj, index)
    if isinstance(obj, OpenSize):
        return _open_size(obj, index)
    if isinstance(obj, Unknown):
        it.may_raise()
        return Unknown(obj.reason, obj.detail, obj.span)
    if isinstance(obj, RangeV):
        return Scalar("int")
    if isinstance(obj, Scalar):
        return Scalar("str") if obj.kind == "str" else it.fail("TypeError", f"{obj.kind!r} object is not subscriptable")
    if isinstance(obj, Native | FunctionV):
        return obj
    return it.fail("TypeError", f"{type(obj).__name__!r} object is not subscriptable")


def plain_index(it: Interp, index: Value) -> Value:
    """An index as Python takes it: `__index__`, one-element tensors, slices of plain ints. Unknown if it is not."""
    if isinstance(index, bool):
        return int(index)
    if isinstance(index, int):
        return index
    if isinstance(index, Tensor) and index.data is not None and len(index.data) == 1:
        return int(index.data[0])
    if isinstance(index, Tensor) and index.number is not None:
        return element(index)
    if isinstance(index, slice):
        parts = [None if p is None else plain_index(it, p) for p in (index.start, index.stop, index.step)]
        plain = all(p is None or isinstance(p, int) for p in parts)
        return slice(*parts) if plain else Unknown(Reason.DATA_DEPENDENT, "slice")
    if isinstance(index, Instance) and index.cls.lookup("__index__") is not None:
        return plain_index(it, it.method(index, "__index__"))
    return index


def _sequence(it: Interp, items: Value, rest: Value, index: Value, whole: Value) -> Value:
    is_slice, index = isinstance(index, slice), plain_index(it, index)
    if type(rest) is SomeSize and len(items) < 2:
        if isinstance(index, slice):
            return ListV([], replace(rest, key=stamp()))
        if isinstance(index, int | Expr) and not (items and index == 0):
            return data_for(("item", rest.key, index), rest.name, 1)
    if is_slice and isinstance(index, Unknown) and isinstance(whole, ListV):
        return ListV([], None if rest is None and not items else as_rest(_any(list(items), rest)))  # any part of it
    if isinstance(index, int):
        if -len(items) <= index < len(items) and (rest is None or index >= 0):
            return items[index]
        if rest is not None:
            it.may_raise("IndexError")
            value = rest
            for item in items if index < 0 else ():
                value = join(value, item)
            return value
        if isinstance(whole, Size):
            return it.refuse_with("axis-out-of-range", "tuple index out of range", "IndexError", [whole])
        if isinstance(whole, tuple) and any(isinstance(v, Tensor) for v in whole):
            return it.refuse_with("index-mismatch", "tuple index out of range", "IndexError", [whole])
        return it.fail("IndexError", f"{_word(whole)} index out of range")
    if isinstance(index, slice):
        if index.step == 0:
            return it.fail("ValueError", "slice step cannot be zero")
        if rest is not None:
            return ListV([], _any(list(items), rest)) if isinstance(whole, ListV) else it.unknown(Reason.DATA_DEPENDENT)
        part = items[index]
        if isinstance(whole, ListV):
            return ListV(part)
        if isinstance(whole, Size):
            return Size(part)
        return tuple(part) if isinstance(whole, Fields) else part
    if isinstance(index, _UNDECIDED):
        it.may_raise("IndexError")
        if isinstance(whole, str):
            return Scalar("str")
        if isinstance(index, Unknown) and index.detail != "slice" and index.reason is not Reason.DATA_DEPENDENT:
            return Unknown(index.reason, index.detail, index.span)
        if isinstance(index, Unknown):
            return it.unknown(Reason.DATA_DEPENDENT, "index")
        return _any(list(items), rest) if len(items) or rest is not None else it.unknown(Reason.DATA_DEPENDENT, "index")
    if isinstance(index, float) and not isinstance(whole, str | bytes):
        message = f"{_word(whole)} indices must be integers or slices, not float"
        return it.refuse_with("invalid-argument", message, "TypeError", [])
    return it.fail("TypeError", f"{_word(whole)} indices must be integers or slices")


def _word(whole: Value) -> str:
    if isinstance(whole, ListV):
        return whole.kind
    return "string" if isinstance(whole, str) else type(whole).__name__


def _any(items: list[Value], rest: Value) -> Value:
    """Any one of the items."""
    values = items if rest is None else [*items, rest]
    if len(values) > 64:
        return Unknown(Reason.DATA_DEPENDENT, "index")
    value = values[0]
    for item in values[1:]:
        value = join(value, item)
    return value


def _mapping(it: Interp, obj: DictV, index: Value) -> Value:
    if type(index) is str and index in obj.items:
        return obj.items[index]
    from .natives import dicts, support

    found = dicts.look(it, obj, index)
    if found is support.NO_KEY:
        it.may_raise("KeyError")
        if isinstance(index, Unknown):
            return it.unknown(Reason.DATA_DEPENDENT, "key")
        if obj.optional is not None and isinstance(index, str | int) and index in obj.optional:
            return obj.optional[index]  # the program only goes on where it is there
        return _any(list(obj.items.values()), obj.rest)
    if found is not support.MISSING:
        return found
    if isinstance(index, _UNDECIDED) and not isinstance(index, Expr):
        it.may_raise("KeyError")
        return it.unknown(Reason.DATA_DEPENDENT, "key")
    if obj.default_factory is not None and obj.kind == "defaultdict":
        value = it.call(obj.default_factory)
        dicts.store(it, obj, index, value)
        return value
    if obj.kind == "Counter":
        return 0
    return dicts.key_error(it, index)


def _instance(it: Interp, obj: Instance, index: Value) -> Value:
    method = obj.cls.lookup("__getitem__")
    if method is not None:
        return it.call(BoundMethod(method, obj), [index])
    backing = obj.extra.get("value")
    if backing is not None:
        missing = obj.cls.lookup("__missing__")
        if isinstance(missing, FunctionV) and isinstance(backing, DictV) and index not in backing.items:
            return it.call(BoundMethod(missing, obj), [index])
        return get(it, backing, index)
    if obj.open or any(c.open for c in obj.cls.mro):
        return it.unknown(Reason.OPAQUE, f"{obj.cls.name}[…]")
    return it.fail("TypeError", f"{obj.cls.name!r} object is not subscriptable")


def _class(it: Interp, obj: ClassV, index: Value) -> Value:
    """`List[int]`, `Generic[T]`, an Enum by name: a parametrised class is the class itself."""
    if isinstance(obj.metaclass, ClassV):
        method = obj.metaclass.lookup("__getitem__")
        if method is not None:
            return it.call(BoundMethod(method, obj), [index])
    getter = obj.lookup("__class_getitem__")
    if getter is not None:
        return it.call(it.getattr(obj, "__class_getitem__"), [index])
    members = obj.namespace.get("__members__")
    if isinstance(members, DictV) and isinstance(index, str):
        return _mapping(it, members, index)
    return obj


def _open_size(obj: OpenSize, index: Value) -> Value:
    """A dim of a shape of unknown rank: known where it is fixed from that side."""
    dims = obj.dims
    if dims is not None and isinstance(index, int):
        at = dims.index(...)
        if 0 <= index < at:
            return dims[index]
        if index < 0 and -index <= len(dims) - at - 1:
            return dims[index]
    return Unknown(Reason.PARAMETER, "a shape of unknown rank") if isinstance(index, slice) else Scalar("int")


def set_(it: Interp, obj: Value, index: Value, value: Value) -> None:
    """`obj[index] = value`."""
    if isinstance(obj, Tensor):
        calls.call_op(it, "torch.Tensor.__setitem__", [obj, index, value], {})
        calls.forget_elements(it, obj)
        return
    if isinstance(obj, ListV):
        _set_list(it, obj, index, value)
    elif isinstance(obj, DictV):
        if type(index) is str and index in obj.items:
            it.journal.touch(obj)
            obj.items[index] = value
        else:
            from .natives import dicts

            dicts.store(it, obj, index, value)
    elif isinstance(obj, Instance):
        method = obj.cls.lookup("__setitem__")
        if method is not None:
            it.call(BoundMethod(method, obj), [index, value])
        elif obj.extra.get("value") is not None:
            set_(it, obj.extra["value"], index, value)
    elif isinstance(obj, OneOf):
        for option in obj.options:
            if option is not None:
                set_(it, option, index, Unknown(Reason.JOINED))


def _set_list(it: Interp, obj: ListV, index: Value, value: Value) -> None:
    index = plain_index(it, index)
    it.journal.touch(obj)
    if isinstance(index, int):
        if -len(obj.items) <= index < len(obj.items):
            obj.items[index] = value
        elif obj.rest is not None:
            obj.rest = join(obj.rest, value)
        else:
            it.fail("IndexError", "list assignment index out of range")
        return
    if isinstance(index, slice):
        found = it.iterate(value)
        if found.rest is None and obj.rest is None:
            try:
                obj.items[index] = found.items
            except ValueError as error:
                it.fail("ValueError", str(error))
            return
    if isinstance(index, Expr | Scalar | Tensor):  # one of the items, nobody knows which: their number stays
        obj.items[:] = [join(old, value) for old in obj.items]
        obj.rest = None if obj.rest is None else join(obj.rest, value)
        return
    obj.items[:] = [join(old, value) for old in obj.items] if not isinstance(index, slice) else []
    obj.rest = Unknown(Reason.DATA_DEPENDENT, "index")


def delete(it: Interp, obj: Value, index: Value) -> None:
    """`del obj[index]`."""
    index = plain_index(it, index)
    if isinstance(obj, ListV):
        it.journal.touch(obj)
        if isinstance(index, int | slice) and obj.rest is None:
            try:
                del obj.items[index]
            except (IndexError, ValueError) as error:
                it.fail(type(error).__name__, str(error))
        else:
            rest = _any(list(obj.items), obj.rest) if obj.items or obj.rest is not None else None
            obj.items.clear()
            obj.rest = rest
    elif isinstance(obj, DictV):
        from .natives import dicts

        if dicts.drop(it, obj, index) is False:
            dicts.key_error(it, index)
    elif isinstance(obj, Instance):
        method = obj.cls.lookup("__delitem__")
        if method is not None:
            it.call(BoundMethod(method, obj), [index])
        elif obj.extra.get("value") is not None:
            delete(it, obj.extra["value"], index)
