"""numpy functions on arrays: shapes, joining, reducing, products. Most are op rules of PyTorch under other names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from ...dims import Expr
from ...values import BOOL, FLOAT64, INT64, Double, DType, ListV, Scalar, Tensor, Value
from .numpy_array import array, as_array, dtype_of, floating, operands, promoted, run, settle, unknown_array
from .registry import native
from .support import known_items, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

Call = Callable[..., Value]


def both(*names: str) -> Callable[[Call], Call]:
    """Register as numpy functions."""
    return native(*(f"numpy.{name}" for name in names))


def given_array(it: Interp, a: Value) -> Tensor:
    """The argument as an array, of unknown rank if need be."""
    value = as_array(it, a)
    return value if isinstance(value, Tensor) else unknown_array(it, "an array")


def _through(it: Interp, name: str, a: Value, *args: Value, **kwargs: Value) -> Value:
    """A rule that changes the shape only."""
    given = given_array(it, a)
    return settle(run(it, name, [given, *args], kwargs), given.dtype)


# ---- shapes
@both("reshape")
def reshape(it: Interp, a: Value, shape: Value = None, order: Value = "C", *, newshape: Value = None) -> Value:
    return _through(it, "torch.reshape", a, _sizes(shape if shape is not None else newshape))


def _sizes(shape: Value) -> Value:
    return (shape,) if isinstance(shape, int | Expr | Scalar) else shape


@both("transpose", "permute_dims")
def transpose(it: Interp, a: Value, axes: Value = None) -> Value:
    given = given_array(it, a)
    if axes is None:
        if given.is_open:
            return given
        return settle(run(it, "torch.permute", [given, tuple(reversed(range(given.rank)))]), given.dtype)
    return settle(run(it, "torch.permute", [given, axes]), given.dtype)


@both("ravel")
def ravel(it: Interp, a: Value, order: Value = "C") -> Value:
    return _through(it, "torch.reshape", a, (-1,))


@both("squeeze")
def squeeze(it: Interp, a: Value, axis: Value = None) -> Value:
    return _through(it, "torch.squeeze", a) if axis is None else _through(it, "torch.squeeze", a, axis)


@both("expand_dims")
def expand_dims(it: Interp, a: Value, axis: Value) -> Value:
    given = given_array(it, a)
    if isinstance(axis, tuple) and not given.is_open and all(isinstance(one, int) for one in axis):
        rank = given.rank + len(axis)
        result: Value = given
        for at in sorted(one % rank for one in axis if isinstance(one, int)):
            result = _through(it, "torch.unsqueeze", result, at)
        return result
    if not isinstance(axis, int):
        return unknown_array(it, "expand_dims")
    return _through(it, "torch.unsqueeze", a, axis)


@both("swapaxes")
def swapaxes(it: Interp, a: Value, axis1: Value, axis2: Value) -> Value:
    return _through(it, "torch.transpose", a, axis1, axis2)


@both("moveaxis")
def moveaxis(it: Interp, a: Value, source: Value, destination: Value) -> Value:
    return _through(it, "torch.movedim", a, source, destination)


@both("broadcast_to")
def broadcast_to(it: Interp, a: Value, shape: Value) -> Value:
    return _through(it, "torch.broadcast_to", a, _sizes(shape))


@both("fliplr", "flipud", "roll", "fabs", "sign", "nan_to_num", "sort", "real_if_close", "tril", "triu", "conj",
      "positive")  # fmt: skip
def alike(it: Interp, a: Value, *args: Value, **kwargs: Value) -> Value:
    """The same shape and dtype."""
    if isinstance(a, int | float | Expr | Scalar):
        return Scalar("number")
    value = given_array(it, a)
    return replace(value, data=None)


def _same_as(name: str, rule: str, second: str | None = None) -> Call:
    """A function whose elements are those of PyTorch's, where they are known."""

    @both(name)
    def apply(it: Interp, a: Value, *args: Value, **kwargs: Value) -> Value:
        plain = isinstance(a, int | float) and not isinstance(a, bool)
        given = None if isinstance(a, Expr | Scalar | bool) else given_array(it, a)
        if (
            given is None
            or given.data is None
            or kwargs
            or any(isinstance(v, bool) or not isinstance(v, int | float) for v in args)
        ):
            return alike(it, a, *args, **kwargs)
        named = {} if second is None else dict(zip((second,), args))
        result = settle(run(it, rule, [given] if named else [given, *args], named), given.dtype)
        if plain:
            known = result.data[0] if isinstance(result, Tensor) and result.data else Scalar("number")
            return Double(known) if isinstance(known, float) else known
        return result

    return apply


round = _same_as("round", "torch.round", "decimals")
_same_as("around", "torch.round", "decimals")
clip = _same_as("clip", "torch.clamp")
for _name, _rule in (("abs", "abs"), ("absolute", "abs"), ("negative", "neg"),
                     ("square", "square"), ("copy", "clone"), ("asfortranarray", "clone")):  # fmt: skip
    _same_as(_name, f"torch.{_rule}")


@both("flip")
def flip(it: Interp, m: Value, axis: Value = None) -> Value:
    """All axes unless said otherwise."""
    given = given_array(it, m)
    axes = axis if axis is not None else None if given.is_open else tuple(range(given.rank))
    if given.data is None or not isinstance(axes, int | tuple):
        return replace(given, data=None)
    return settle(run(it, "torch.flip", [given, axes if isinstance(axes, tuple) else (axes,)]), given.dtype)


@both("rot90")
def rot90(it: Interp, a: Value, k: Value = 1, axes: Value = (0, 1)) -> Value:
    return _through(it, "torch.rot90", a, k, axes)


@both("atleast_1d")
def atleast_1d(it: Interp, a: Value) -> Value:
    given = given_array(it, a)
    return unknown_array(it, "atleast_1d", given.dtype) if given.is_open else _through(it, "torch.atleast_1d", given)


@both("atleast_2d")
def atleast_2d(it: Interp, a: Value) -> Value:
    given = given_array(it, a)
    return unknown_array(it, "atleast_2d", given.dtype) if given.is_open else _through(it, "torch.atleast_2d", given)


@both("atleast_3d")
def atleast_3d(it: Interp, a: Value) -> Value:
    given = given_array(it, a)
    return unknown_array(it, "atleast_3d", given.dtype) if given.is_open else _through(it, "torch.atleast_3d", given)


@both("tile")
def tile(it: Interp, a: Value, reps: Value) -> Value:
    return _through(it, "torch.tile", a, _sizes(reps))


@both("repeat")
def repeat(it: Interp, a: Value, repeats: Value, axis: Value = None) -> Value:
    given = given_array(it, a)
    if not isinstance(repeats, int | Expr):
        return unknown_array(it, "repeat", given.dtype)
    if axis is None:
        given = given_array(it, ravel(it, given))
        axis = 0
    return settle(run(it, "torch.repeat_interleave", [given, repeats, axis]), given.dtype)


# ---- joining and splitting
def _joined(it: Interp, name: str, arrays: Value, *args: Value) -> Value:
    items = known_items(it, arrays)
    if items is None:
        return unknown_array(it, "arrays of unknown number")
    parts = [given_array(it, item) for item in items]
    return settle(run(it, name, [ListV(list(parts)), *args]), promoted([p.dtype for p in parts]))


@both("concatenate", "concat")
def concatenate(it: Interp, arrays: Value, axis: Value = 0, *args: Value, **kwargs: Value) -> Value:
    if axis is None:
        items = known_items(it, arrays)
        rows = ListV([ravel(it, a) for a in items or []])
        return _joined(it, "torch.cat", rows, 0) if items else unknown_array(it, "arrays")
    return _joined(it, "torch.cat", arrays, axis)


@both("stack")
def stack(it: Interp, arrays: Value, axis: Value = 0, *args: Value, **kwargs: Value) -> Value:
    return _joined(it, "torch.stack", arrays, axis)


def _join_function(name: str) -> None:
    @both(name)
    def join_arrays(it: Interp, tup: Value, **kwargs: Value) -> Value:
        return _joined(it, f"torch.{name}", tup)


for _name in ("vstack", "hstack", "dstack", "column_stack"):
    _join_function(_name)


@both("split")
def split(it: Interp, a: Value, indices_or_sections: Value, axis: Value = 0) -> Value:
    given = given_array(it, a)
    result = settle(run(it, "torch.tensor_split", [given, indices_or_sections, axis]), given.dtype)
    return ListV(list(result)) if isinstance(result, tuple) else result


both("array_split")(split)


# ---- choosing
@both("where")
def where(it: Interp, condition: Value, x: Value = None, y: Value = None) -> Value:
    if x is None or y is None:
        return nonzero(it, condition)
    parts = [given_array(it, v) for v in (condition, x, y)]
    weak = [isinstance(v, int | float | Scalar) for v in (x, y)]
    dtypes = operands([x, y] if weak.count(True) == 1 else parts[1:])
    return settle(run(it, "torch.where", parts), promoted(dtypes))


@both("nonzero")
def nonzero(it: Interp, a: Value) -> Value:
    """One row of indices an axis; how many is a matter of data."""
    given = given_array(it, a)
    if given.is_open or not given.rank:
        return unknown_of(it, [a], "nonzero")
    return settle(run(it, "torch.nonzero", [given, True]), INT64)


@both("take")
def take(it: Interp, a: Value, indices: Value, axis: Value = None, *args: Value, **kwargs: Value) -> Value:
    given, index = given_array(it, a), given_array(it, indices)
    if given.is_open or index.is_open:
        return unknown_array(it, "take", given.dtype)
    if axis is None:
        return array(index.shape, given.dtype)
    if not isinstance(axis, int) or not -given.rank <= axis < given.rank:
        return unknown_array(it, "take", given.dtype)
    at = axis % given.rank
    return array([*given.shape[:at], *index.shape, *given.shape[at + 1 :]], given.dtype)


# ---- reducing
def result_of(value: Value, dtype: DType | None) -> Value:
    """A scalar whose value is known is a number of Python."""
    value = settle(value, dtype)
    if isinstance(value, Tensor) and value.dims == () and value.data is not None:
        known = value.data[0]
        return Double(known) if dtype is FLOAT64 and isinstance(known, float) else known
    return value


def _reduction(name: str, rule: str, settled: Callable[[DType | None], DType | None]) -> Call:
    @both(name)
    def reduce(it: Interp, a: Value, axis: Value = None, dtype: Value = None, out: Value = None,
               keepdims: Value = False, **kwargs: Value) -> Value:  # fmt: skip
        if axis is None and name in _FOLDS and isinstance(a, tuple | ListV):
            numbers = known_items(it, a)
            if (
                numbers
                and any(isinstance(v, Expr) for v in numbers)
                and all(isinstance(v, int | Expr) for v in numbers)
            ):
                return _fold(it, _FOLDS[name], numbers)
        given = given_array(it, a)
        wanted = dtype_of(dtype, settled(given.dtype))
        exact = replace(given, dtype=FLOAT64, data=None) if rule == "torch.mean" else given
        axes = axis if axis is not None else (None if given.is_open else tuple(range(given.rank)))
        if axis is None and given.data is not None and name in _KNOWN and given.data:
            known = _KNOWN[name](given.data)
            return Double(known) if wanted is FLOAT64 and isinstance(known, float) else known
        if axis is None and keepdims is False:
            return Tensor((), wanted, "numpy")
        if given.is_open or isinstance(keepdims, Scalar) or axes is None:
            return unknown_array(it, name, wanted)
        return result_of(run(it, "torch.sum", [exact, axes, keepdims]), wanted)

    REDUCTIONS[name] = reduce
    return reduce


#: Value of a reduction over all elements.
_KNOWN: dict[str, Callable[[tuple[Value, ...]], Value]] = {
    "sum": lambda data: sum(data), "prod": lambda data: _product(data), "max": lambda data: max(data),
    "min": lambda data: min(data), "amax": lambda data: max(data), "amin": lambda data: min(data),
    "mean": lambda data: float(sum(data) / len(data)), "any": lambda data: any(data), "all": lambda data: all(data),
    "argmax": lambda data: max(range(len(data)), key=lambda i: data[i]),
    "argmin": lambda data: min(range(len(data)), key=lambda i: data[i]),
}  # fmt: skip
REDUCTIONS: dict[str, Call] = {}


#: Reductions of sizes that are not all numbers.
_FOLDS = {"sum": "+", "prod": "*"}


def _fold(it: Interp, operator: str, numbers: list[Value]) -> Value:
    result = numbers[0]
    for number in numbers[1:]:
        result = it.binary(operator, result, number)
    return result


def _product(data: tuple[Value, ...]) -> Value:
    result: Value = 1
    for value in data:
        result *= value
    return result


def _summed(dtype: DType | None) -> DType | None:
    """Small integers are added up in int64."""
    if dtype is not None and dtype.kind <= 1:
        return INT64 if dtype.signed or dtype is BOOL else None
    return dtype


def _kept(dtype: DType | None) -> DType | None:
    return dtype


def _index(dtype: DType | None) -> DType | None:
    return INT64


def _flag(dtype: DType | None) -> DType | None:
    return BOOL


for _names, _settled in ((("sum", "prod", "nansum", "nanprod"), _summed),
                         (("max", "min", "amax", "amin", "nanmax", "nanmin", "ptp"), _kept),
                         (("mean", "std", "var", "median", "nanmean", "nanstd", "nanvar", "nanmedian"),
                          floating),
                         (("any", "all"), _flag), (("argmax", "argmin", "count_nonzero"), _index)):  # fmt: skip
    for _name in _names:
        _reduction(_name, "torch.mean" if _settled is floating else "torch.sum", _settled)


@both("cumsum")
def cumsum(it: Interp, a: Value, axis: Value = None, *args: Value, **kwargs: Value) -> Value:
    """Without an axis over all elements in one row."""
    given = given_array(it, a)
    if axis is not None:
        return replace(given, dtype=_summed(given.dtype), data=None)
    if given.data is not None and given.dtype in (INT64, FLOAT64) and not args and not kwargs:
        values = tuple(accumulate(given.data))
        return Tensor((len(values),), given.dtype, "numpy", values)
    return settle(run(it, "torch.reshape", [replace(given, data=None), (-1,)]), _summed(given.dtype))


@both("cumprod")
def cumprod(it: Interp, a: Value, axis: Value = None, *args: Value, **kwargs: Value) -> Value:
    return cumsum(it, replace(given_array(it, a), data=None), axis)


@both("argsort", "argpartition")
def argsort(it: Interp, a: Value, *args: Value, **kwargs: Value) -> Value:
    return replace(given_array(it, a), dtype=INT64, data=None)


@both("diff")
def diff(it: Interp, a: Value, n: Value = 1, axis: Value = -1, *args: Value) -> Value:
    return _through(it, "torch.diff", a, n, axis)


@both("diagonal")
def diagonal(it: Interp, a: Value, offset: Value = 0, axis1: Value = 0, axis2: Value = 1) -> Value:
    return _through(it, "torch.diagonal", a, offset, axis1, axis2)


@both("diag")
def diag(it: Interp, v: Value, k: Value = 0) -> Value:
    return _through(it, "torch.diag", v, k)


@both("trace")
def trace(it: Interp, a: Value, *args: Value) -> Value:
    return result_of(run(it, "torch.trace", [given_array(it, a)]), given_array(it, a).dtype)
