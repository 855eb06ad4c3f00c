"""Methods and attributes of int, float and complex; the abstract classes of `numbers`; decimal and fractions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ... import limits
from ...dims import Expr
from ...values import Ratio, Reason, Scalar, Value
from .registry import BASES, MODULES, native, native_class, prop
from .support import kind_of, not_negative, payload, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp


def rounded(value: Ratio, way: str) -> Value:
    """A quotient as an int: `way` is "floor", "ceil" or "trunc"."""
    if way == "ceil":
        return value.ceil()
    if way == "floor" or not_negative(value.numerator):
        return value.floor()
    return Scalar("int")


_ERRORS = (TypeError, ValueError, ArithmeticError)


def _method(owner: str, host: type, name: str, result: str) -> None:
    function: Callable[..., Any] = getattr(host, name)

    @native(f"{owner}.{name}")
    def method(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
        value = payload(self)
        plain = (*args, *kwargs.values())
        short = all(not isinstance(a, int) or a <= limits.MAX_TEXT for a in plain)
        if isinstance(value, host) and short and all(isinstance(a, int | float | str | bool) for a in plain):
            try:
                return function(value, *args, **kwargs)
            except _ERRORS as error:
                return it.fail(type(error).__name__, str(error))
        if result == "self":
            return value if isinstance(value, Expr) else Scalar(kind_of(value) or "number")
        if result == "bytes":
            return it.unknown(Reason.DATA_DEPENDENT, "bytes")
        return (Scalar("int"), Scalar("int")) if result == "pair" else Scalar(result)


for _owner, _host, _methods in (
    ("builtins.int", int, {"bit_length": "int", "conjugate": "self", "to_bytes": "bytes", "__format__": "str"}),
    ("builtins.float", float, {"is_integer": "bool", "hex": "str", "conjugate": "self", "as_integer_ratio": "pair"}),
    ("builtins.complex", complex, {"conjugate": "self"}),
):
    for _name, _result in _methods.items():
        _method(_owner, _host, _name, _result)


@native("builtins.int.is_integer")
def is_integer(it: Interp, self: Value) -> Value:
    return True


@native("builtins.int.as_integer_ratio")
def as_integer_ratio(it: Interp, self: Value) -> Value:
    return (payload(self), 1)


@native("builtins.int.bit_count")
def bit_count(it: Interp, self: Value) -> Value:
    return bin(self).count("1") if isinstance(self, int) else Scalar("int")


@native("builtins.int.from_bytes")
def from_bytes(it: Interp, cls: Value, data: Value, byteorder: Value = "big", *, signed: Value = False) -> Value:
    if isinstance(data, bytes) and byteorder in ("big", "little") and isinstance(signed, bool):
        return int.from_bytes(data, "big" if byteorder == "big" else "little", signed=signed)
    return Scalar("int")


def _part(name: str, of_int: Callable[[Value], Value]) -> None:
    def get(it: Interp, self: Value) -> Value:
        value = payload(self)
        if isinstance(value, int | Expr):
            return of_int(value)
        if isinstance(value, float | complex):
            return getattr(value, name)
        return Scalar("float" if kind_of(value) in ("float", "complex") else kind_of(value) or "number")

    prop(f"builtins.int.{name}", f"builtins.float.{name}", f"builtins.complex.{name}")(get)


_part("real", lambda value: int(value) if isinstance(value, bool) else value)
_part("imag", lambda value: 0)
prop("builtins.int.numerator")(lambda it, self: payload(self))
prop("builtins.int.denominator")(lambda it, self: 1)

MODULES.update(("numbers", "decimal", "fractions"))
for _name, _base in (("Number", "builtins.object"), ("Complex", "numbers.Number"), ("Real", "numbers.Complex"),
                     ("Rational", "numbers.Real"), ("Integral", "numbers.Rational")):  # fmt: skip
    BASES[f"numbers.{_name}"] = (_base,)


@native_class("decimal.Decimal")
def decimal(it: Interp, cls: Value, *args: Value) -> Value:
    return unknown_of(it, args, "decimal")


@native_class("fractions.Fraction")
def fraction(it: Interp, cls: Value, *args: Value) -> Value:
    return unknown_of(it, args, "fraction")
