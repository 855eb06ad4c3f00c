"""The scalar types of Python as classes (int, float, bool, complex, str, bytes, range, slice); type and property."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...dims import Expr, fresh_data
from ...ops.errors import NOTES
from ...values import (
    BoundMethod,
    ClassV,
    DictV,
    FunctionV,
    Instance,
    ListV,
    Native,
    OneOf,
    PropertyV,
    RangeV,
    Ratio,
    Reason,
    Scalar,
    Tensor,
    Unknown,
    Value,
)
from .. import attributes, classes
from .numbers import rounded
from .registry import BASES, CONSTANTS, CONSTRUCTORS, MODULES, native, native_class, plain_class
from .support import MISSING, PAYLOAD, bounded_int, bounded_text, index_of, payload, type_name, unknown_of
from .text_of import str_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("builtins")
for _name in ("memoryview", "bytearray"):
    plain_class(f"builtins.{_name}")
CONSTANTS["builtins.Ellipsis"] = ...
CONSTANTS["builtins.NotImplemented"] = NotImplemented


def subclass_instance(it: Interp, cls: ClassV, value: Value, args: list[Value], kwargs: dict[str, Value]) -> Instance:
    """An instance of a user's subclass of a builtin type; `value` is what its native base holds."""
    obj = Instance(cls, {}, it.here(), {PAYLOAD: value})
    obj.open = any(c.open for c in cls.mro)
    init = cls.lookup("__init__")
    if isinstance(init, FunctionV):
        it.call(BoundMethod(init, obj), args, kwargs)
    return obj


def _scalar_class(name: str, function: Callable[..., Value], *bases: str) -> None:
    """A type whose values are constants: calling it converts, a user's subclass wraps the constant."""
    BASES[name] = bases or ("builtins.object",)
    signature = inspect.signature(function)

    def convert(it: Interp, *args: Value, **kwargs: Value) -> Value:
        try:
            signature.bind(it, *args, **kwargs)
        except TypeError as error:
            return it.fail("TypeError", str(error))
        return function(it, *args, **kwargs)

    @native_class(name, *BASES[name])
    def construct(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
        if cls.native == name:
            return convert(it, *args, **kwargs)
        if cls.derives_from("enum.Enum"):
            return CONSTRUCTORS["enum.Enum"](it, cls, list(args), kwargs)
        own_init = isinstance(cls.lookup("__init__"), FunctionV)
        value = convert(it, *args[:1]) if own_init else convert(it, *args, **kwargs)
        return subclass_instance(it, cls, value, list(args), kwargs)

    @native(f"{name}.__new__")
    def new(it: Interp, cls: Value, *args: Value, **kwargs: Value) -> Value:
        value = convert(it, *args, **kwargs)
        if isinstance(cls, ClassV) and cls.native != name:
            return Instance(cls, {}, it.here(), {PAYLOAD: value})
        return value


# ---- numbers
def _by_method(it: Interp, value: Value, *names: str) -> Value:
    """What the first of the special methods that a class has gives; MISSING if it has none."""
    if isinstance(value, Instance):
        for name in names:
            method = value.cls.lookup(name)
            if isinstance(method, FunctionV):
                return it.call(BoundMethod(method, value))
    return MISSING


def _each(it: Interp, convert: Callable[..., Value], value: OneOf) -> Value:
    return it.either(*(lambda o=o: convert(it, o) for o in value.options))


def to_int(it: Interp, x: Value = 0, /, base: Value = None) -> Value:
    """int(x)."""
    if base is not None:
        if isinstance(x, str | bytes) and isinstance(base, int):
            try:
                return bounded_int(it, int(x, base))
            except ValueError as error:
                return it.fail("ValueError", str(error))
        it.may_raise("ValueError")
        return Scalar("int")
    match x:
        case bool() | int():
            return int(x)
        case Expr():
            return x
        case float() | str() | bytes():
            try:
                return bounded_int(it, int(x))
            except (ValueError, OverflowError) as error:
                return it.fail(type(error).__name__, str(error))
        case Ratio():
            return rounded(x, "trunc")
        case Scalar():
            if x.kind == "str":
                it.may_raise("ValueError")
            return _named(x)
        case Tensor():
            if x.data is not None:
                return _of_data(it, x, to_int, "int")
            found = it.op("torch.Tensor.__int__", x)
            return _named(found) if isinstance(found, Scalar) else found
        case Unknown():
            it.may_raise("ValueError")
            if it.root is not None and it.root.kind != "script":  # one integer, whatever it was made of
                return fresh_data("n", None)
            return Unknown(x.reason, x.detail, x.span)
        case OneOf():
            return _each(it, to_int, x)
        case Instance():
            found = _by_method(it, x, "__int__", "__index__", "__trunc__")
            if found is not MISSING:
                return found
            inner = payload(x)
            return to_int(it, inner) if inner is not x else unknown_of(it, [], "int")
        case _:
            name = type_name(it, x)
            return it.fail(
                "TypeError", f"int() argument must be a string, a bytes-like object or a real number, not {name!r}"
            )


def _named(number: Scalar) -> Value:
    """The integer part of a number that is not known: one integer, which a size may be computed with."""
    return Scalar("int") if number.kind == "bool" else fresh_data("n", None)


def _of_data(it: Interp, x: Tensor, convert: Callable[..., Value], kind: str) -> Value:
    """A one-element tensor whose value is known."""
    assert x.data is not None
    if len(x.data) != 1:
        return it.fail("RuntimeError", f"a Tensor with {len(x.data)} elements cannot be converted to Scalar")
    return convert(it, x.data[0])


def to_float(it: Interp, x: Value = 0.0, /) -> Value:
    """float(x)."""
    match x:
        case bool() | int() | float() | str() | bytes():
            try:
                return float(x)
            except (ValueError, OverflowError) as error:
                return it.fail(type(error).__name__, str(error))
        case Expr():
            return Ratio(x, 1)
        case Ratio():
            return x
        case Scalar():
            if x.kind == "str":
                it.may_raise("ValueError")
            return Scalar("float")
        case Tensor():
            return Scalar("float") if x.data is None else _of_data(it, x, to_float, "float")
        case Unknown():
            it.may_raise("ValueError")
            return Unknown(x.reason, x.detail, x.span)
        case OneOf():
            return _each(it, to_float, x)
        case Instance():
            found = _by_method(it, x, "__float__", "__index__")
            if found is not MISSING:
                return found
            inner = payload(x)
            return to_float(it, inner) if inner is not x else unknown_of(it, [], "float")
        case _:
            return it.fail("TypeError", f"float() argument must be a string or a real number, not {type_name(it, x)!r}")


def to_bool(it: Interp, x: Value = False, /) -> Value:
    """bool(x)."""
    answer = it.truth(x)
    return Scalar("bool") if answer is None else answer


def to_complex(it: Interp, real: Value = 0, imag: Value = 0) -> Value:
    """complex(real, imag)."""
    if isinstance(real, str | int | float | complex) and isinstance(imag, int | float | complex):
        try:
            return complex(real) if isinstance(real, str) else complex(real, imag)
        except ValueError as error:
            return it.fail("ValueError", str(error))
    it.may_raise("ValueError")
    return Scalar("complex")


_scalar_class("builtins.int", to_int)
_scalar_class("builtins.float", to_float)
_scalar_class("builtins.complex", to_complex)
_scalar_class("builtins.bool", to_bool, "builtins.int")


# ---- text
def to_str(it: Interp, obj: Value = "", /, encoding: Value = None, errors: Value = None) -> Value:
    """str(x)."""
    if isinstance(obj, bytes) and encoding is not None:
        try:
            return bounded_text(it, obj.decode(encoding if isinstance(encoding, str) else "utf-8"))
        except (UnicodeDecodeError, LookupError) as error:
            return it.fail(type(error).__name__, str(error))
    return str_of(it, obj)


def to_bytes(it: Interp, source: Value = b"", /, encoding: Value = None, errors: Value = None) -> Value:
    """bytes(x)."""
    if isinstance(source, str) and isinstance(encoding, str):
        try:
            return source.encode(encoding)
        except (LookupError, UnicodeError) as error:
            return it.fail(type(error).__name__, str(error))
    if isinstance(source, bytes):
        return source
    if isinstance(source, ListV | tuple):
        items = source.items if isinstance(source, ListV) else list(source)
        if all(isinstance(i, int) and 0 <= i < 256 for i in items):
            return bytes(items)
    if isinstance(source, int) and 0 <= source <= 4096:
        return bytes(source)
    return unknown_of(it, [source], "bytes")


_scalar_class("builtins.str", to_str)
_scalar_class("builtins.bytes", to_bytes)


# ---- range and slice
@native_class("builtins.range")
def range_(it: Interp, cls: ClassV, start: Value, stop: Value = MISSING, step: Value = MISSING, /) -> Value:
    bounds = (0, start) if stop is MISSING else (start, stop)
    parts = [*bounds, 1 if step is MISSING else step]
    for i, part in enumerate(parts):
        plain = index_of(it, part)
        if plain is not None:
            parts[i] = plain
        elif isinstance(part, float):
            message = "'float' object cannot be interpreted as an integer"
            return it.refuse_with("invalid-argument", message, "TypeError", [])
        elif isinstance(part, str | ListV | tuple | DictV) or part is None:
            return it.fail("TypeError", f"{type_name(it, part)!r} object cannot be interpreted as an integer")
        elif isinstance(part, Unknown):
            if part.entry is not None:
                NOTES.sizes.append(part.entry)
            parts[i] = Scalar("int")
    if all(isinstance(p, int) for p in parts):
        if parts[2] == 0:
            return it.fail("ValueError", "range() arg 3 must not be zero")
        made = range(*parts)
        return made if abs(made.stop - made.start) < sys.maxsize else it.unknown(Reason.LIMIT, "a very long range")
    return RangeV(*parts)


@native_class("builtins.slice")
def slice_(it: Interp, cls: ClassV, start: Value, stop: Value = MISSING, step: Value = None, /) -> Value:
    return slice(None, start) if stop is MISSING else slice(start, stop, step)


# ---- objects, classes, descriptors
@native("builtins.object.__new__")
def object_new(it: Interp, cls: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(cls, Instance) and args:  # `self.__new__(type(self))`: it is a static method
        cls = args[0]
    return classes.bare(it, cls)


@native("builtins.object.__setattr__")
def object_setattr(it: Interp, self: Value, name: Value, value: Value) -> Value:
    if isinstance(self, Instance) and isinstance(name, str):
        found = self.cls.lookup(name)
        if isinstance(found, PropertyV) and found.setter is not None:
            it.call(found.setter, [self, value])
        else:
            it.journal.write(self, name, value)
    elif isinstance(self, Instance):
        self.open = True
    return None


@native("builtins.object.__getattribute__")
def object_getattribute(it: Interp, self: Value, name: Value) -> Value:
    return attributes.ordinary(it, self, name) if isinstance(name, str) else unknown_of(it, [name])


@native("builtins.object.__delattr__")
def object_delattr(it: Interp, self: Value, name: Value) -> Value:
    if isinstance(self, Instance) and isinstance(name, str) and name in self.attrs:
        it.journal.delete(self.attrs, name)
    return None


@native_class("builtins.type")
def type_(
    it: Interp, cls: ClassV, obj: Value, bases: Value = MISSING, namespace: Value = MISSING, /, **kwargs: Value
) -> Value:
    """type(x); type(name, bases, namespace) makes a class."""
    if bases is not MISSING:
        return _make_class(it, cls, obj, bases, namespace, kwargs)
    match obj:
        case Unknown():
            return Unknown(obj.reason, obj.detail, obj.span)
        case Scalar() if obj.kind == "number":
            return it.unknown(Reason.DATA_DEPENDENT, "type")
        case OneOf():
            return it.either(*(lambda o=o: type_(it, cls, o) for o in obj.options))
        case _:
            return it.class_of(obj)


def _make_class(
    it: Interp, meta: ClassV, name: Value, bases: Value, namespace: Value, kwargs: dict[str, Value]
) -> Value:
    if not isinstance(name, str) or not isinstance(bases, tuple) or not isinstance(namespace, DictV):
        return it.unknown(Reason.UNSUPPORTED, "type(name, bases, namespace)")
    if not all(isinstance(b, ClassV) for b in bases) or namespace.rest is not None:
        return it.unknown(Reason.UNSUPPORTED, "a class with unknown bases")
    parents = bases or (it.native_class("builtins.object"),)
    module = namespace.items.get("__module__")
    made = ClassV(
        name, parents, dict(namespace.items), module=module if isinstance(module, str) else "", span=it.here()
    )
    if meta.native != "builtins.type":
        made.metaclass = meta
    return classes.make_class(it, made, dict(kwargs))


@native("builtins.type.__new__")
def type_new(
    it: Interp, meta: Value, name: Value, bases: Value = MISSING, namespace: Value = MISSING, **kwargs: Value
) -> Value:
    if bases is MISSING or not isinstance(meta, ClassV):
        return it.unknown(Reason.UNSUPPORTED, "type.__new__")
    return _make_class(it, meta, name, bases, namespace, kwargs)


@native("builtins.type.__init__")
def type_init(it: Interp, cls: Value, *args: Value, **kwargs: Value) -> Value:
    return None


@native("builtins.type.__call__")
def type_call(it: Interp, cls: Value, *args: Value, **kwargs: Value) -> Value:
    return classes.build(it, cls, list(args), kwargs) if isinstance(cls, ClassV) else unknown_of(it, [cls])


@native("builtins.type.mro")
def type_mro(it: Interp, cls: Value) -> Value:
    return ListV(list(cls.mro)) if isinstance(cls, ClassV) else unknown_of(it, [cls])


def special_methods(owner: str, names: dict[str, str]) -> None:
    """Comparisons and the like of a builtin type, for instances of a user's subclass: answered by the payload."""

    def make(token: str) -> Callable[..., Any]:
        def method(it: Interp, self: Value, other: Value) -> Value:
            mine, theirs = payload(self), payload(other)
            if isinstance(mine, Instance) or isinstance(theirs, Instance):
                return {"==": mine is theirs, "!=": mine is not theirs}.get(token, NotImplemented)
            return it.compare(token, mine, theirs)

        return method

    for name, token in names.items():
        native(f"{owner}.{name}")(make(token))


EQUALITY = {"__eq__": "==", "__ne__": "!="}
ORDER = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}
for _owner in ("int", "float", "str", "bytes"):
    special_methods(f"builtins.{_owner}", EQUALITY | ORDER)


def _unary_special(owner: str, name: str, function: Callable[[Interp, Value], Value]) -> None:
    native(f"{owner}.{name}")(lambda it, self: function(it, payload(self)))


for _owner in ("int", "float"):
    for _special, _convert in (
        ("__int__", to_int),
        ("__float__", to_float),
        ("__bool__", to_bool),
        ("__index__", to_int),
    ):
        if (_owner, _special) != ("float", "__index__"):
            _unary_special(f"builtins.{_owner}", _special, _convert)
_unary_special("builtins.str", "__str__", to_str)

__all__ = ["EQUALITY", "ORDER", "Native", "special_methods", "subclass_instance", "to_float", "to_int", "to_str"]
