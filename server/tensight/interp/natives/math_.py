"""The module math; symbolic ints stay symbolic where the result is an int again."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...dims import Expr, divides
from ...dims.truth import Truth
from ...values import BoundMethod, FunctionV, Instance, Native, Ratio, Reason, Scalar, Tensor, Unknown, Value
from .numbers import rounded
from .registry import CONSTANTS, MODULES, NATIVES, native
from .support import bounded_int, is_int, items_of, known_items, not_negative, payload, type_name, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update(("math", "cmath"))
for _name in ("pi", "e", "tau", "inf", "nan"):
    CONSTANTS[f"math.{_name}"] = getattr(math, _name)
for _name in ("pi", "e", "inf", "nan"):
    CONSTANTS[f"cmath.{_name}"] = CONSTANTS[f"torch.{_name}"] = getattr(cmath, _name)
CONSTANTS["torch.newaxis"] = None

_FLOAT = """acos acosh asin asinh atan atan2 atanh copysign cos cosh degrees erf erfc exp expm1 fabs fmod gamma hypot
    ldexp lgamma log log10 log1p log2 modf frexp nextafter pow radians remainder sin sinh sqrt tan tanh ulp"""
_BOOL = "isclose isfinite isinf isnan"
_PAIR = {"modf": ("float", "float"), "frexp": ("float", "int")}


def _plain(value: Value) -> Any:
    """A number as the host takes it: constants, one-element tensors of known value; None if it is not known."""
    value = payload(value)
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Tensor) and value.data is not None and len(value.data) == 1:
        return value.data[0]
    return None


def _host(name: str, result: str) -> None:
    function: Callable[..., Any] = getattr(math, name)

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        plain = [_plain(a) for a in args]
        named = {k: _plain(v) for k, v in kwargs.items()}
        if not any(p is None for p in (*plain, *named.values())):
            try:
                return function(*plain, **named)
            except (ValueError, TypeError, ArithmeticError) as error:
                return it.fail(type(error).__name__, str(error))
        for value in args:
            if isinstance(value, str) or value is None:
                return it.fail("TypeError", f"must be real number, not {type_name(it, value)}")
        if name in _PAIR:
            return tuple(Scalar(kind) for kind in _PAIR[name])
        return Scalar(result)

    NATIVES[f"math.{name}"] = Native(f"math.{name}", call)


for _name in _FLOAT.split():
    if hasattr(math, _name):
        _host(_name, "float")
for _name in ("cbrt", "exp2"):  # of Python 3.11
    if hasattr(math, _name):
        _host(_name, "float")
    else:
        native(f"math.{_name}")(lambda it, x: Scalar("float"))
for _name in _BOOL.split():
    _host(_name, "bool")


# ---- to an int
def _rounding(name: str, function: Callable[[float], int]) -> None:
    @native(f"math.{name}")
    def rounding(it: Interp, x: Value, /) -> Value:
        value = payload(x)
        if isinstance(value, Instance):
            method = value.cls.lookup(f"__{name}__")
            if isinstance(method, FunctionV | Native):
                return it.call(BoundMethod(method, value))
            return unknown_of(it, [], name)
        if isinstance(value, Expr):
            return value
        if isinstance(value, Ratio):
            return rounded(value, name)
        plain = _plain(value)
        if plain is not None:
            try:
                return bounded_int(it, function(plain))
            except (ValueError, OverflowError) as error:
                return it.fail(type(error).__name__, str(error))
        if isinstance(value, str) or value is None:
            return it.fail("TypeError", f"must be real number, not {type_name(it, value)}")
        return unknown_of(it, [value]) if isinstance(value, Unknown) else Scalar("int")


_rounding("floor", math.floor)
_rounding("ceil", math.ceil)
_rounding("trunc", math.trunc)


# ---- of ints
def _gcd(it: Interp, a: Value, b: Value) -> Value:
    if isinstance(a, int) and isinstance(b, int):
        return math.gcd(a, b)
    for small, large in ((a, b), (b, a)):
        if is_int(small) and is_int(large) and isinstance(small, int) and divides(small, large) is Truth.YES:
            return abs(small)
    return Scalar("int")


@native("math.gcd")
def gcd(it: Interp, *values: Value) -> Value:
    result: Value = 0
    for value in values:
        if isinstance(value, float | str):
            return it.fail("TypeError", f"{type_name(it, value)!r} object cannot be interpreted as an integer")
        result = value if isinstance(result, int) and result == 0 else _gcd(it, result, value)
    if isinstance(result, int):
        return abs(result)
    return result if not_negative(result) else Scalar("int")


@native("math.lcm")
def lcm(it: Interp, *values: Value) -> Value:
    if all(isinstance(v, int) for v in values):
        result = 1
        for value in values:
            if value == 0:
                return 0
            result = result * value // math.gcd(result, value)
        return bounded_int(it, abs(result))
    return Scalar("int")


def _of_ints(name: str, function: Callable[..., int]) -> None:
    @native(f"math.{name}")
    def of_ints(it: Interp, *values: Value) -> Value:
        plain = [_plain(v) for v in values]
        if all(isinstance(p, int) for p in plain):
            if any(abs(p) > 4096 for p in plain) and name != "isqrt":
                return it.unknown(Reason.LIMIT, name)
            try:
                return bounded_int(it, function(*plain))
            except (ValueError, TypeError) as error:
                return it.fail(type(error).__name__, str(error))
        return Scalar("int")


for _name in ("comb", "factorial", "isqrt", "perm"):
    _of_ints(_name, getattr(math, _name))


# ---- of sequences
@native("math.prod")
def prod(it: Interp, iterable: Value, /, *, start: Value = 1) -> Value:
    items, rest = items_of(it, iterable)
    total = start
    for item in items:
        total = it.binary("*", total, item)
    if rest is None:
        return total
    return Scalar("int") if is_int(total) and is_int(rest) else unknown_of(it, [rest], "prod")


@native("math.fsum")
def fsum(it: Interp, iterable: Value, /) -> Value:
    items = known_items(it, iterable)
    if items is not None and all(isinstance(i, int | float) for i in items):
        return math.fsum(items)
    return Scalar("float")


@native("math.dist")
def dist(it: Interp, p: Value, q: Value, /) -> Value:
    a, b = known_items(it, p), known_items(it, q)
    if a is not None and b is not None and all(isinstance(v, int | float) for v in (*a, *b)):
        try:
            return math.dist(a, b)
        except ValueError as error:
            return it.fail("ValueError", str(error))
    return Scalar("float")


@native("math.sumprod")
def sumprod(it: Interp, p: Value, q: Value, /) -> Value:
    return Scalar("number")


@native(*(f"cmath.{name}" for name in ("exp", "sqrt", "log", "polar", "phase", "rect", "sin", "cos")))
def complex_function(it: Interp, *args: Value) -> Value:
    return Scalar("number")
