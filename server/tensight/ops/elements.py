"""Known elements of small tensors: conversion to a dtype exactly as PyTorch does it, or not at all."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from ..limits import MAX_TENSOR_DATA
from ..values import DType, Kind, Tensor

#: Fills of zeros, ones, full: longer ones are arguments of layers, not widths.
MAX_FILL = 64


class Inexact(Exception):
    """What PyTorch makes of an element is not known for certain."""


class Near(float):
    """An element known up to the last bits: PyTorch's own `log` or `pow` may differ from Python's by some.

    What rounds it off (`round`, `int`, a comparison) is known again, unless it lies too near to the step."""

    __slots__ = ()

    def ends(self) -> tuple[float, float]:
        """Two numbers with PyTorch's in between."""
        return float(self) * (1 - _NEAR), float(self) * (1 + _NEAR)


#: Relative error of a Near: some units in the last place of float32.
_NEAR = 1e-6


def round_float(value: float, dtype: DType) -> float:
    """The nearest number of a floating point dtype, half to even."""
    if dtype.name == "float64":
        return value
    if dtype.name not in ("float32", "float16"):
        raise Inexact
    code = "f" if dtype.name == "float32" else "e"
    try:
        return float(struct.unpack(code, struct.pack(code, value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def round_exact(value: Fraction, dtype: DType) -> float:
    """The nearest number of a floating point dtype to a rational one."""
    number = float(value)
    if dtype.name == "float64":
        return number
    if Fraction(number) != value and not struct.unpack("q", struct.pack("d", number))[0] & 1:
        # Round to odd, so that the second rounding sees on which side of a half the value lies.
        number = math.nextafter(number, math.inf if value > Fraction(number) else -math.inf)
    return round_float(number, dtype)


def multiply_add(a: float, b: float, c: float, dtype: DType) -> float:
    """a · b + c with one rounding, as compiled kernels do it."""
    return round_exact(Fraction(a) * Fraction(b) + Fraction(c), dtype)


def convert(value: Any, dtype: DType) -> Any:
    """One element as an element of `dtype`."""
    if type(value) is Near:
        if dtype.kind is Kind.FLOAT:
            return Near(round_float(float(value), dtype))
        low, high = (convert(end, dtype) for end in value.ends())
        if low != high:
            raise Inexact
        return low
    match dtype.kind:
        case Kind.BOOL if isinstance(value, int | float):
            return bool(value)
        case Kind.INT if isinstance(value, int):
            return wrap_int(int(value), dtype)
        case Kind.INT if isinstance(value, float) and math.isfinite(value):
            number = int(value)
            if wrap_int(number, dtype) != number:
                raise Inexact
            return number
        case Kind.FLOAT if isinstance(value, int | float):
            return round_float(_to_float(value), dtype)
    raise Inexact


def _to_float(value: int | float) -> float:
    try:
        number = float(value)
    except OverflowError:
        raise Inexact from None
    if isinstance(value, int) and int(number) != value:
        raise Inexact
    return number


def wrap_int(value: int, dtype: DType) -> int:
    """Two's complement of the width of `dtype`."""
    value &= (1 << dtype.bits) - 1
    if dtype.signed and value >> (dtype.bits - 1):
        value -= 1 << dtype.bits
    return value


def convert_all(values: Iterable[Any], dtype: DType | None) -> tuple[Any, ...] | None:
    """All elements as elements of `dtype`; None where that is not exact or there are too many."""
    if dtype is None:
        return None
    try:
        out = tuple(converted(list(values), dtype))
    except Inexact:
        return None
    return out if len(out) <= MAX_TENSOR_DATA else None


def converted(values: Sequence[Any], dtype: DType) -> list[Any]:
    """Each element as `convert` gives it; those of one class at once."""
    classes = set(map(type, values))
    if dtype.kind is Kind.FLOAT and classes == {float}:
        return _rounded(values, dtype)
    if dtype.kind is Kind.INT and classes == {int} and _fit(values, dtype):
        return list(values)
    return [convert(value, dtype) for value in values]


def settled(values: list[Any], dtype: DType) -> list[Any]:
    """Each element as `settle` gives it."""
    if dtype.kind is Kind.FLOAT:
        return _rounded(values, dtype)
    if dtype.kind is Kind.INT and set(map(type, values)) == {int} and _fit(values, dtype):
        return values
    return [settle(value, dtype) for value in values]


def _rounded(values: Sequence[Any], dtype: DType) -> list[Any]:
    if dtype.name == "float32":
        code = f"{len(values)}f"
        try:
            return list(struct.unpack(code, struct.pack(code, *values)))
        except OverflowError:
            pass
    return [round_float(value, dtype) for value in values]


def _fit(values: Sequence[int], dtype: DType) -> bool:
    """Whether none of the whole numbers is wrapped."""
    return wrap_int(low := min(values), dtype) == low and wrap_int(high := max(values), dtype) == high


def count_of(dims: Iterable[Any]) -> int | None:
    """The number of elements of a shape of plain numbers; None if a dim is not a number."""
    total = 1
    for dim in dims:
        if type(dim) is not int or dim < 0:
            return None
        total *= dim
    return total


EXACT = ("float32", "float64")


def computable(dtype: DType | None) -> bool:
    return dtype is not None and (dtype.kind <= Kind.INT or dtype.name in EXACT)


def settle(value: Any, dtype: DType) -> Any:
    """A result computed in Python as an element of `dtype`."""
    if dtype.kind is Kind.FLOAT:
        return round_float(value, dtype)
    if dtype.kind is Kind.INT:
        return wrap_int(value, dtype)
    return bool(value)


def count_of_result(result: Tensor) -> int | None:
    if result.is_open:
        return None
    count = count_of(result.shape)
    return count if count is not None and count <= MAX_TENSOR_DATA else None
