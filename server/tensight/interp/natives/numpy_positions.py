"""numpy functions about positions: grids, indices, inserting, deleting, padding, functions along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ...dims import Expr, fresh_unknown
from ...ops.checks import product
from ...values import FLOAT64, INT64, ListV, Reason, Scalar, Tensor, Value, forget
from .numpy_array import array, as_array, dtype_of, promoted, run, settle, unknown_array
from .numpy_functions import both, concatenate, given_array, ravel
from .registry import native, plain_class, prop
from .support import known_items, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp


def _size(value: Value) -> Value:
    return value if isinstance(value, int | Expr) else fresh_unknown(0)


# ---- grids
plain_class("numpy.lib.index_tricks")


def _maker(name: str) -> None:
    kind = f"numpy.lib.index_tricks.{name}"
    plain_class(kind, "numpy.lib.index_tricks")
    prop(f"numpy.{name}")(lambda it, self: it.new(kind))


for _name in ("r_", "c_", "mgrid", "ogrid", "s_"):
    _maker(_name)


def _steps(it: Interp, index: Value) -> Value:
    """The number of points of a slice of a grid: `0:5`, `0:1:0.25`, `0:1:11j`."""
    if not isinstance(index, slice):
        return None
    start, stop, step = 0 if index.start is None else index.start, index.stop, 1 if index.step is None else index.step
    if isinstance(step, complex):
        return int(abs(step))
    if isinstance(stop, Expr) and start == 0 and step == 1:
        return stop
    found = as_array(it, it.call(it.getattr(it.import_module("numpy"), "arange"), [start, stop, step]))
    return found.shape[0] if isinstance(found, Tensor) and not found.is_open else None


def _whole(index: Value) -> bool:
    parts = (index.start, index.stop, index.step) if isinstance(index, slice) else ()
    return all(v is None or isinstance(v, int | Expr) for v in parts)


def _known(index: Value) -> bool:
    parts = (index.start, index.stop, index.step) if isinstance(index, slice) else ()
    return all(v is None or isinstance(v, int | float | complex | Expr) for v in parts)


def _grid(it: Interp, index: Value, dense: bool) -> Value:
    parts = index if type(index) is tuple else (index,)
    steps = [_steps(it, part) for part in parts]
    dtype = INT64 if all(map(_whole, parts)) else FLOAT64 if all(map(_known, parts)) else None
    if any(n is None for n in steps):
        return unknown_array(it, "a grid", dtype)
    if type(index) is not tuple:
        return array(steps, dtype)
    if dense:
        return array([len(steps), *steps], dtype)
    return tuple(array([n if i == j else 1 for j in range(len(steps))], dtype) for i, n in enumerate(steps))


@native("numpy.lib.index_tricks.mgrid.__getitem__")
def mgrid(it: Interp, self: Value, index: Value) -> Value:
    return _grid(it, index, True)


@native("numpy.lib.index_tricks.ogrid.__getitem__")
def ogrid(it: Interp, self: Value, index: Value) -> Value:
    return _grid(it, index, False)


@native("numpy.lib.index_tricks.s_.__getitem__")
def s_(it: Interp, self: Value, index: Value) -> Value:
    return index


def _row(it: Interp, part: Value) -> Value:
    """What `r_` makes of one item."""
    if isinstance(part, slice):
        return _grid(it, part, True)
    return part if isinstance(part, Tensor) else as_array(it, part)


@native("numpy.lib.index_tricks.r_.__getitem__")
def r_(it: Interp, self: Value, index: Value) -> Value:
    """Joined in the first axis; numbers are rows of one element."""
    parts = index if type(index) is tuple else (index,)
    if any(isinstance(part, str) for part in parts):
        return unknown_array(it, "r_")
    rows = [_row(it, part) for part in parts]
    if any(not isinstance(row, Tensor) or row.is_open for row in rows):
        return unknown_array(it, "r_")
    joined = [run(it, "torch.reshape", [row, (1,)]) if row.rank == 0 else row for row in rows]
    return concatenate(it, ListV(joined), 0)


@native("numpy.lib.index_tricks.c_.__getitem__")
def c_(it: Interp, self: Value, index: Value) -> Value:
    """Joined in the last axis; rows of one axis are columns."""
    parts = index if type(index) is tuple else (index,)
    rows = [_row(it, part) for part in parts]
    if any(not isinstance(row, Tensor) or row.is_open or row.rank not in (1, 2) for row in rows):
        return unknown_array(it, "c_")
    columns = [run(it, "torch.unsqueeze", [row, 1]) if row.rank == 1 else row for row in rows]
    return concatenate(it, ListV(columns), -1)


@both("indices")
def indices(it: Interp, dimensions: Value, dtype: Value = None, sparse: Value = False) -> Value:
    sizes = known_items(it, dimensions)
    if sizes is None or sparse is not False:
        return unknown_array(it, "indices")
    return array([len(sizes), *map(_size, sizes)], dtype_of(dtype, INT64))


@both("ix_")
def ix_(it: Interp, *args: Value) -> Value:
    """Each row in an axis of its own."""
    rows = [given_array(it, a) for a in args]
    if any(row.is_open or row.rank != 1 or row.dtype is None or row.dtype.kind != INT64.kind for row in rows):
        return unknown_of(it, args, "ix_")
    return tuple(
        array([row.shape[0] if i == j else 1 for j in range(len(rows))], row.dtype) for i, row in enumerate(rows)
    )


@both("tril_indices", "triu_indices")
def triangle(it: Interp, n: Value, k: Value = 0, m: Value = None) -> Value:
    """A pair of rows as long as the triangle has elements."""
    count = fresh_unknown(0)
    if isinstance(n, int) and isinstance(k, int) and k in (0, 1, -1) and m is None:
        return tuple(array([fresh_unknown(0) if k else n * (n + 1) // 2], INT64) for _ in range(2))
    return array([count], INT64), array([count], INT64)


@both("diag_indices")
def diag_indices(it: Interp, n: Value, ndim: Value = 2) -> Value:
    return tuple(array([_size(n)], INT64) for _ in range(ndim if isinstance(ndim, int) else 2))


@both("unravel_index")
def unravel_index(it: Interp, indices: Value, shape: Value, *args: Value) -> Value:
    """One row of indices for each axis of the shape."""
    sizes = [shape] if isinstance(shape, int) else known_items(it, shape)
    if sizes is None:
        return it.unknown(Reason.DATA_DEPENDENT, "unravel_index")
    if isinstance(indices, int | Expr | Scalar):
        return tuple(Scalar("int") for _ in sizes)
    given = replace(given_array(it, indices), data=None)
    return tuple(given.with_dtype(INT64) for _ in sizes)


@both("ravel_multi_index")
def ravel_multi_index(it: Interp, multi_index: Value, *args: Value, **kwargs: Value) -> Value:
    parts = known_items(it, multi_index)
    if not parts:
        return unknown_array(it, "ravel_multi_index")
    return replace(given_array(it, parts[0]), dtype=INT64, data=None)


@both("lexsort")
def lexsort(it: Interp, keys: Value, axis: Value = -1) -> Value:
    given = given_array(it, keys)
    if given.is_open or given.rank < 1:
        return unknown_array(it, "lexsort", INT64)
    return array(given.shape[1:] if given.rank > 1 else (), INT64)


# ---- elements
@both("take_along_axis")
def take_along_axis(it: Interp, arr: Value, indices: Value, axis: Value = -1) -> Value:
    given, index = given_array(it, arr), given_array(it, indices)
    if axis is None or index.is_open or given.is_open or any(1 in (a.shape) for a in (given, index)):
        return unknown_array(it, "take_along_axis", given.dtype)
    return array(index.shape, given.dtype)


@both("put_along_axis", "place", "putmask")
def put(it: Interp, arr: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(arr, Tensor) and arr.data is not None:
        forget(arr)
    return None


@both("append")
def append(it: Interp, arr: Value, values: Value, axis: Value = None) -> Value:
    parts = [given_array(it, arr), given_array(it, values)]
    if axis is None:
        parts = [given_array(it, ravel(it, part)) for part in parts]
    return concatenate(it, ListV(list(parts)), 0 if axis is None else axis)


@both("insert")
def insert(it: Interp, arr: Value, obj: Value, values: Value, axis: Value = None) -> Value:
    """One element, row or column more, if one number says where."""
    given = given_array(it, arr)
    rows = given_array(it, values)
    if given.is_open or rows.is_open or not isinstance(obj, int | Expr):
        return unknown_array(it, "insert", given.dtype)
    if axis is None:
        return _longer(it, [product(given.shape)], 0, product(rows.shape), given)
    if rows.rank > max(given.rank - 1, 0) or not isinstance(axis, int):
        return unknown_array(it, "insert", given.dtype)
    return _longer(it, given.shape, axis, 1, given)


def _longer(it: Interp, shape: Sequence[Value], axis: int, by: Value, given: Tensor) -> Value:
    dims = list(shape)
    dims[axis] = _size(it.binary("+", dims[axis], by))
    return array(dims, given.dtype)


@both("delete")
def delete(it: Interp, arr: Value, obj: Value, axis: Value = None) -> Value:
    """One element, row or column less, if one number says which."""
    given = given_array(it, arr)
    if given.is_open:
        return unknown_array(it, "delete", given.dtype)
    shape: Sequence[Value] = [product(given.shape)] if axis is None else given.shape
    at = 0 if axis is None else axis
    if not isinstance(at, int) or not -len(shape) <= at < len(shape):
        return unknown_array(it, "delete", given.dtype)
    if isinstance(obj, int | Expr):
        return _longer(it, shape, at, -1, given)
    return array([fresh_unknown(0) if i == at % len(shape) else d for i, d in enumerate(shape)], given.dtype)


@both("flatnonzero")
def flatnonzero(it: Interp, a: Value) -> Value:
    given = given_array(it, ravel(it, a))
    found = None if given.is_open else settle(run(it, "torch.nonzero", [given, True]), INT64)
    return found[0] if isinstance(found, tuple) else array([fresh_unknown(0)], INT64)


@both("argwhere")
def argwhere(it: Interp, a: Value) -> Value:
    """A row for each element that is not zero."""
    given = given_array(it, a)
    return unknown_array(it, "argwhere", INT64) if given.is_open else settle(run(it, "torch.nonzero", [given]), INT64)


@both("compress", "extract")
def compress(it: Interp, condition: Value, a: Value, axis: Value = None, *args: Value) -> Value:
    given = given_array(it, a)
    if axis is None:
        return array([fresh_unknown(0)], given.dtype)
    return unknown_array(it, "compress", given.dtype)


@both("select")
def select(it: Interp, condlist: Value, choicelist: Value, default: Value = 0) -> Value:
    choices = [given_array(it, v) for v in known_items(it, choicelist) or []]
    tests = [given_array(it, v) for v in known_items(it, condlist) or []]
    if not choices or len(choices) != len(tests):
        return unknown_array(it, "select")
    found = run(it, "torch.broadcast_tensors", [*choices, *tests])
    return settle(found[0], promoted([c.dtype for c in choices])) if isinstance(found, tuple) else found


# ---- shapes
@both("pad")
def pad(it: Interp, a: Value, pad_width: Value, *args: Value, **kwargs: Value) -> Value:
    """One number for all sides, a pair for all axes, or a pair for each axis."""
    given = given_array(it, a)
    if given.is_open:
        return given
    widths: list[tuple[Value, Value]] = []
    if isinstance(pad_width, int | Expr):
        widths = [(pad_width, pad_width)] * given.rank
    else:
        items = known_items(it, pad_width)
        if items is not None and len(items) == 2 and all(isinstance(v, int | Expr) for v in items):
            widths = [(items[0], items[1])] * given.rank
        else:
            for item in items or []:
                pair = known_items(it, item)
                if pair is None or len(pair) not in (1, 2):
                    return unknown_array(it, "pad", given.dtype)
                widths.append((pair[0], pair[-1]))
            widths = widths * given.rank if len(widths) == 1 else widths
    if len(widths) != given.rank:
        return unknown_array(it, "pad", given.dtype)
    dims = [it.binary("+", d, it.binary("+", before, after)) for d, (before, after) in zip(given.shape, widths)]
    return array([d if isinstance(d, int | Expr) else fresh_unknown(0) for d in dims], given.dtype)


@both("broadcast_arrays")
def broadcast_arrays(it: Interp, *args: Value, **kwargs: Value) -> Value:
    parts = [given_array(it, a) for a in args]
    found = run(it, "torch.broadcast_tensors", list(parts))
    if not isinstance(found, tuple):
        return found
    return tuple(settle(f, p.dtype) for f, p in zip(found, parts))


@both("rollaxis")
def rollaxis(it: Interp, a: Value, axis: Value, start: Value = 0) -> Value:
    given = given_array(it, a)
    if given.is_open or not isinstance(axis, int) or start != 0:
        return unknown_array(it, "rollaxis", given.dtype)
    return settle(run(it, "torch.movedim", [given, axis, 0]), given.dtype)


def _split_at(name: str, axis: int) -> None:
    @both(name)
    def split(it: Interp, ary: Value, indices_or_sections: Value) -> Value:
        given = given_array(it, ary)
        if given.is_open or given.rank <= axis:
            return unknown_of(it, [ary], name)
        found = settle(run(it, "torch.tensor_split", [given, indices_or_sections, axis]), given.dtype)
        return ListV(list(found)) if isinstance(found, tuple) else found


_split_at("vsplit", 0)
_split_at("dsplit", 2)


# ---- functions of the user's
@both("apply_along_axis")
def apply_along_axis(it: Interp, func1d: Value, axis: Value, arr: Value, *args: Value, **kwargs: Value) -> Value:
    """The axis is replaced by those of what the function gives of one row."""
    given = given_array(it, arr)
    if given.is_open or not isinstance(axis, int) or not -given.rank <= axis < given.rank:
        return unknown_array(it, "apply_along_axis")
    at = axis % given.rank
    found = given_array(it, it.call(func1d, [array([given.shape[at]], given.dtype), *args], kwargs))
    if found.is_open:
        return unknown_array(it, "apply_along_axis")
    return array([*given.shape[:at], *found.shape, *given.shape[at + 1 :]], found.dtype)


plain_class("numpy.vectorize")


@native("numpy.vectorize.__init__")
def vectorize(it: Interp, self: Value, pyfunc: Value = None, *args: Value, **kwargs: Value) -> Value:
    it.setattr(self, "signature", kwargs.get("signature"))
    return None


@native("numpy.vectorize.__call__")
def vectorized(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    """The function of each element; what it is for one says nothing of sizes, which those of the arguments are."""
    if kwargs or not args or it.getattr(self, "signature") is not None:
        return unknown_array(it, "vectorize")
    parts = [replace(given_array(it, a), dtype=None, data=None) for a in args]
    found = run(it, "torch.broadcast_tensors", list(parts))
    return settle(found[0], None) if isinstance(found, tuple) else unknown_array(it, "vectorize")
