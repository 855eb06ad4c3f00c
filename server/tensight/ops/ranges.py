"""Rows of numbers: arange, range, linspace, logspace, with their values where PyTorch's are known to the last bit."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from ..dims import Dim, Expr, Truth, ceil_div, fresh_unknown, less
from ..limits import MAX_TENSOR_DATA
from ..values import CONTIGUOUS, INT64, DType, Kind, Scalar, Tensor, Unknown, Value
from .checks import check, refuse
from .creation import chosen
from .defaults import DEFAULTS
from .elements import convert_all, multiply_add, round_exact, round_float
from .kinds import Int, Raw
from .promotion import default_complex
from .registry import op
from .strides import fresh


def number_of(value: Value) -> Any:
    """A number argument: int, float, Expr, or Scalar if its value is not known."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float | Expr | Scalar):
        return value
    if isinstance(value, Tensor) and value.data is not None and len(value.data) == 1:
        return number_of(value.data[0])
    if isinstance(value, Tensor) and value.dtype is not None:
        return Scalar({Kind.BOOL: "int", Kind.INT: "int", Kind.FLOAT: "float"}.get(value.dtype.kind, "number"))
    return Scalar("number")


def _is_int(value: Any) -> bool:
    return isinstance(value, int | Expr) or (isinstance(value, Scalar) and value.kind in ("int", "bool"))


@op("torch.arange")
def arange(start: Raw = 0, end: Raw = None, step: Raw = 1, *, dtype: Raw = None) -> Tensor:
    """The numbers from start up to, without, end."""
    first, last = (start, end) if end is not None else (0, start)
    low, high, stride = number_of(first), number_of(last), number_of(step)
    numbers = (low, high, stride)
    default = DEFAULTS.dtype
    if all(_is_int(n) for n in numbers):
        default = INT64
    elif not any(isinstance(n, float) or (isinstance(n, Scalar) and n.kind == "float") for n in numbers):
        default = None
    settled = chosen(dtype, default)
    if settled is INT64:
        low, high, stride = (int(n) if isinstance(n, float) and math.isfinite(n) else n for n in (low, high, stride))
        numbers = (low, high, stride)
    elif settled is None and any(isinstance(n, float) for n in numbers):
        return fresh((fresh_unknown(),), None)
    size = _range_size(low, high, stride)
    data = None
    if isinstance(size, int) and size <= MAX_TENSOR_DATA and all(isinstance(n, int | float) for n in numbers):
        data = _range_data(low, stride, size, settled)
    return Tensor((size,), settled, data=data, strides=CONTIGUOUS)


@op("torch.range")
def range_(start: Raw = 0, end: Raw = None, step: Raw = 1, *, dtype: Raw = None) -> Tensor:
    """The numbers from start up to, with, end."""
    low, high, stride = number_of(start), number_of(end), number_of(step)
    size: Dim = fresh_unknown()
    if all(isinstance(n, int | float) for n in (low, high, stride)):
        _range_size(low, high, stride)
        size = math.floor((float(high) - float(low)) / float(stride)) + 1
    return fresh((size,), chosen(dtype, DEFAULTS.dtype))


def _range_size(start: Any, end: Any, step: Any) -> Dim:
    if isinstance(step, int | float):
        check(step != 0, "invalid-argument", "step must be nonzero")
    if any(isinstance(n, Scalar) for n in (start, end, step)):
        return fresh_unknown()
    inconsistent = "upper bound and lower bound inconsistent with step sign"
    if isinstance(start, Expr) or isinstance(end, Expr) or isinstance(step, Expr):
        if not isinstance(step, int) or isinstance(start, float) or isinstance(end, float):
            return fresh_unknown()
        low, high = (start, end) if step > 0 else (end, start)
        check(less(high, low) is not Truth.YES, "invalid-argument", inconsistent)
        return ceil_div(high - low, abs(step))
    if isinstance(start, int) and isinstance(end, int) and isinstance(step, int):
        check((end >= start) if step > 0 else (end <= start), "invalid-argument", inconsistent)
        return -((start - end) // step)
    check(
        math.isfinite(start) and math.isfinite(end),
        "invalid-argument",
        lambda: f"unsupported range: {start} -> {end}",
    )
    check((end >= start) if step > 0 else (end <= start), "invalid-argument", inconsistent)
    return math.ceil((float(end) - float(start)) / float(step))


def _range_data(start: Any, step: Any, size: int, dtype: DType | None) -> tuple[Any, ...] | None:
    if dtype is None or dtype.kind not in (Kind.INT, Kind.FLOAT) or not math.isfinite(start):
        return None
    if dtype.kind is Kind.INT and not (isinstance(start, int) and isinstance(step, int)):
        return None
    values = [Fraction(start) + Fraction(step) * i for i in range(size)]
    if dtype.kind is Kind.INT:
        return convert_all((int(value) for value in values), dtype)
    if not all(_fits(value, dtype) for value in values):
        return None
    return tuple(float(value) for value in values)


def _fits(value: Fraction, dtype: DType) -> bool:
    """Whether a number is one of the dtype; PyTorch adds up the others in steps that depend on the machine."""
    return dtype.name in ("float32", "float64") and Fraction(round_exact(value, dtype)) == value


@op("torch.linspace")
def linspace(start: Raw, end: Raw, steps: Int, *, dtype: Raw = None) -> Tensor:
    """`steps` numbers from start to end, both included."""
    _require_scalars("linspace", start, end)
    check(less(steps, 0) is not Truth.YES, "invalid-argument", "number of steps must be non-negative")
    settled = chosen(dtype, _range_dtype(start, end))
    data = None
    low, high = number_of(start), number_of(end)
    if (
        isinstance(steps, int)
        and steps <= MAX_TENSOR_DATA
        and isinstance(low, int | float)
        and isinstance(high, int | float)
    ):
        data = _linspace_data(low, high, steps, settled)
    return Tensor((steps,), settled, data=data, strides=CONTIGUOUS)


def _linspace_data(start: float, end: float, steps: int, dtype: DType | None) -> tuple[Any, ...] | None:
    """ATen's kernel: from both ends to the middle, in the precision of the dtype."""
    if dtype is None or dtype.name not in ("float32", "float64") or not (math.isfinite(start) and math.isfinite(end)):
        return None
    if steps <= 1:
        return (round_float(float(start), dtype),) * steps
    if any(value == 0 and math.copysign(1, value) < 0 for value in (start, end)):
        return None
    low, high = round_float(float(start), dtype), round_float(float(end), dtype)
    step = round_float(round_float(high - low, dtype) / (steps - 1), dtype)
    half = steps // 2
    return tuple(
        multiply_add(step, i, low, dtype) if i < half else multiply_add(-step, steps - i - 1, high, dtype)
        for i in range(steps)
    )


@op("torch.logspace")
def logspace(start: Raw, end: Raw, steps: Int, base: Raw = 10.0, *, dtype: Raw = None) -> Tensor:
    """`steps` powers of the base."""
    _require_scalars("logspace", start, end)
    check(less(steps, 0) is not Truth.YES, "invalid-argument", "number of steps must be non-negative")
    return fresh((steps,), chosen(dtype, _range_dtype(start, end)))


def _range_dtype(start: Value, end: Value) -> DType | None:
    if isinstance(start, complex) or isinstance(end, complex):
        return default_complex()
    if any(isinstance(value, Unknown) for value in (start, end)):
        return None
    if any(isinstance(v, Tensor) and (v.dtype is None or v.dtype.kind > Kind.FLOAT) for v in (start, end)):
        return None
    return DEFAULTS.dtype


def _require_scalars(name: str, start: Value, end: Value) -> None:
    tensors = [value for value in (start, end) if isinstance(value, Tensor) and not value.is_open]
    if any(value.rank for value in tensors):
        parts = [
            f"{word} with {value.rank} dimension(s)"
            for word, value in (("start", start), ("end", end))
            if isinstance(value, Tensor) and not value.is_open
        ]
        raise refuse(
            "rank-mismatch",
            f"{name} only supports 0-dimensional start and end tensors, but got {' and '.join(parts)}.",
        )
