"""numpy's numerical functions: interpolation, integrals, convolutions, histograms, windows, polynomials."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...dims import Expr, fresh_unknown
from ...ops.checks import product
from ...values import FLOAT64, INT64, ClassV, DType, Kind, Scalar, Tensor, Value
from .numpy_array import array, dtype_of, floating, operands, promoted, run, settle, unknown_array
from .numpy_functions import REDUCTIONS, both, given_array, result_of
from .registry import native

if TYPE_CHECKING:
    from ..machine import Interp


def double(dtype: DType | None) -> DType | None:
    """The dtype of what is computed in double precision, unless the input is complex."""
    return FLOAT64 if dtype is not None and dtype.kind is not Kind.COMPLEX else None


def is_scalar(value: Value) -> bool:
    return isinstance(value, int | float | Expr | Scalar)


# ---- curves
@both("interp")
def interp(
    it: Interp, x: Value, xp: Value, fp: Value, left: Value = None, right: Value = None, period: Value = None
) -> Value:
    """One number for each of `x`."""
    known = given_array(it, fp).dtype
    if is_scalar(x):
        return Tensor((), double(known), "numpy")
    return replace(given_array(it, x), dtype=double(known), data=None)


@native("numpy.trapz", "numpy.trapezoid", "scipy.integrate.trapezoid")
def trapezoid(it: Interp, y: Value, x: Value = None, dx: Value = 1.0, axis: Value = -1) -> Value:
    given = given_array(it, y)
    return result_of(run(it, "torch.sum", [replace(given, data=None), axis]), double(given.dtype))


@both("gradient")
def gradient(it: Interp, f: Value, *varargs: Value, axis: Value = None, **kwargs: Value) -> Value:
    """An array for each axis; the array itself if there is one axis only."""
    given = replace(given_array(it, f), data=None)
    made = replace(given, dtype=floating(given.dtype))
    if given.is_open or not isinstance(axis, int | None):
        return unknown_array(it, "gradient")
    return made if axis is not None or given.rank == 1 else tuple(replace(made) for _ in range(given.rank))


@both("ediff1d")
def ediff1d(it: Interp, ary: Value, to_end: Value = None, to_begin: Value = None) -> Value:
    given = given_array(it, ary)
    if to_end is not None or to_begin is not None or given.is_open:
        return unknown_array(it, "ediff1d", given.dtype)
    count = product(given.shape)
    return array([max(count - 1, 0) if isinstance(count, int) else fresh_unknown(0)], given.dtype)


@both("unwrap")
def unwrap(it: Interp, p: Value, *args: Value, **kwargs: Value) -> Value:
    given = given_array(it, p)
    return replace(given, dtype=floating(given.dtype) if not args and not kwargs else None, data=None)


@both("polyfit")
def polyfit(it: Interp, x: Value, y: Value, deg: Value, **kwargs: Value) -> Value:
    values = given_array(it, y)
    if kwargs or not isinstance(deg, int) or values.is_open:
        return unknown_array(it, "polyfit")
    return array([deg + 1, *values.shape[1:]])


@both("polyval")
def polyval(it: Interp, p: Value, x: Value) -> Value:
    if is_scalar(x):
        return Scalar("number")
    at = given_array(it, x)
    return replace(at, dtype=promoted([at.dtype, given_array(it, p).dtype]), data=None)


@both("vander")
def vander(it: Interp, x: Value, N: Value = None, increasing: Value = False) -> Value:
    given = given_array(it, x)
    if given.is_open or given.rank != 1:
        return unknown_array(it, "vander")
    columns = given.shape[0] if N is None else N
    dtype = given.dtype if given.dtype in (INT64, FLOAT64) else None
    return array([given.shape[0], columns if isinstance(columns, int | Expr) else fresh_unknown(0)], dtype)


# ---- convolutions
def _convolution(name: str, default: str) -> None:
    @both(name)
    def convolve(it: Interp, a: Value, v: Value, mode: Value = default) -> Value:
        x, y = given_array(it, a), given_array(it, v)
        dtype = promoted([x.dtype, y.dtype])
        sizes = [n for n in (*(x.dims or ()), *(y.dims or ())) if isinstance(n, int) and n]
        if x.is_open or y.is_open or x.rank != 1 or y.rank != 1 or len(sizes) != 2:
            return unknown_array(it, name, dtype)
        n, m = max(sizes), min(sizes)
        lengths: dict[Value, int] = {"full": n + m - 1, "same": n, "valid": n - m + 1}
        return array([lengths[mode]], dtype) if mode in lengths else unknown_array(it, name, dtype)


_convolution("convolve", "full")
_convolution("correlate", "valid")


# ---- statistics
@both("cov", "corrcoef")
def cov(it: Interp, m: Value, y: Value = None, rowvar: Value = True, *args: Value, **kwargs: Value) -> Value:
    given = given_array(it, m)
    if y is not None or given.is_open or given.rank > 2 or not isinstance(rowvar, bool):
        return unknown_array(it, "cov")
    if given.rank < 2:
        return Tensor((), double(given.dtype), "numpy")
    count = given.shape[0 if rowvar else 1]
    return array([count, count], double(given.dtype)) if count != 1 else Tensor((), double(given.dtype), "numpy")


@both("average")
def average(it: Interp, a: Value, axis: Value = None, weights: Value = None, returned: Value = False, *,
            keepdims: Value = False) -> Value:  # fmt: skip
    """Weights count as elements do."""
    if weights is None and returned is False:
        return REDUCTIONS["mean"](it, a, axis, None, None, keepdims)
    dtype = floating(promoted([given_array(it, a).dtype, given_array(it, weights).dtype]))
    found = REDUCTIONS["mean"](it, replace(given_array(it, a), data=None), axis, None, None, keepdims)
    made = found.with_dtype(dtype) if isinstance(found, Tensor) else found
    return made if returned is False else (made, made) if returned is True else unknown_array(it, "average")


def _quantile(it: Interp, a: Value, q: Value, axis: Value = None, out: Value = None, overwrite_input: Value = False,
              method: Value = "linear", keepdims: Value = False, **kwargs: Value) -> Value:  # fmt: skip
    """The axes of `q`, then what is left of those of `a`."""
    one = REDUCTIONS["median"](it, replace(given_array(it, a), data=None), axis, None, None, keepdims)
    if is_scalar(q) or not isinstance(one, Tensor) or one.is_open:
        return one
    levels = given_array(it, q)
    dtype = promoted([one.dtype, levels.dtype])
    return unknown_array(it, "quantile", dtype) if levels.is_open else array([*levels.shape, *one.shape], dtype)


both("percentile", "quantile", "nanpercentile", "nanquantile")(_quantile)


@both("histogram")
def histogram(it: Interp, a: Value, bins: Value = 10, range: Value = None, density: Value = None,
              weights: Value = None) -> Value:  # fmt: skip
    given = None if isinstance(bins, int | Expr | str | Scalar) else given_array(it, bins)
    if isinstance(bins, int | Expr):
        edges: Value = bins + 1
    else:
        edges = given.shape[0] if given is not None and not given.is_open and given.rank == 1 else fresh_unknown(1)
    dtype = INT64 if density in (None, False) and weights is None else FLOAT64 if weights is None else None
    inner = it.binary("-", edges, 1)
    counts = array([inner if isinstance(inner, int | Expr) else fresh_unknown(0)], dtype)
    return counts, array([edges], given.dtype if given is not None else FLOAT64 if isinstance(bins, int) else None)


@both("bincount")
def bincount(it: Interp, x: Value, weights: Value = None, minlength: Value = 0) -> Value:
    return array([fresh_unknown(0)], INT64 if weights is None else FLOAT64)


# ---- windows
def _window(it: Interp, M: Value, *args: Value) -> Value:
    return array([M if isinstance(M, int | Expr) else fresh_unknown(0)])


both("hanning", "hamming", "blackman", "bartlett", "kaiser")(_window)


# ---- complex numbers
@both("real", "imag")
def real(it: Interp, val: Value) -> Value:
    if is_scalar(val):
        return val if not isinstance(val, Scalar) else Scalar("number")
    return it.getattr(given_array(it, val), "real")


@both("angle")
def angle(it: Interp, z: Value, deg: Value = False) -> Value:
    if is_scalar(z):
        return Scalar("float")
    given = given_array(it, z)
    return replace(
        given, dtype=floating(given.dtype) if given.dtype and not given.dtype.is_complex else None, data=None
    )


# ---- functions of each element that numpy has beside the usual ones
def _pair(name: str, host: Callable[[int, int], int] | None) -> None:
    @both(name)
    def apply(it: Interp, a: Value, b: Value, *args: Value, **kwargs: Value) -> Value:
        if host is not None and type(a) is int and type(b) is int:
            return host(a, b)
        if is_scalar(a) and is_scalar(b):
            return Scalar("number")
        x, y = given_array(it, a), given_array(it, b)
        parts = [replace(v, dtype=FLOAT64, data=None) for v in (x, y)]
        return settle(run(it, "torch.add", parts), promoted(operands([x, y])))


for _name, _host in {"lcm": math.lcm, "gcd": math.gcd, "fmod": None, "copysign": None, "nextafter": None,
                     "ldexp": None, "logaddexp": None, "logaddexp2": None, "heaviside": None,
                     "left_shift": None, "right_shift": None, "bitwise_xor": None}.items():  # fmt: skip
    _pair(_name, _host)


@both("frexp", "modf")
def frexp(it: Interp, x: Value) -> Value:
    given = replace(given_array(it, x), data=None)
    return given.with_dtype(None), given.with_dtype(None)


@both("divmod")
def divide_and_rest(it: Interp, x: Value, y: Value) -> Value:
    quotient = it.binary("//", x, y)
    return quotient, it.binary("%", x, y)


@both("i0", "spacing", "invert", "bitwise_not", "arcsinh", "arccosh", "arctanh")
def one_each(it: Interp, x: Value, *args: Value) -> Value:
    return Scalar("number") if is_scalar(x) else given_array(it, x).with_dtype(None)


@both("issubdtype")
def issubdtype(it: Interp, arg1: Value, arg2: Value) -> Value:
    found = dtype_of(arg1, None)
    if found is None or not isinstance(arg2, ClassV) or not (arg2.native or "").startswith("numpy."):
        return Scalar("bool")
    name = "numpy.bool_" if found.kind is Kind.BOOL else f"numpy.{found.name}"
    return arg2 in it.native_class(name).mro if it.world.is_class(name) else Scalar("bool")
