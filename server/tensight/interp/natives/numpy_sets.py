"""numpy's sets: distinct elements, membership, places in sorted rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dims import Expr, fresh_unknown
from ...values import BOOL, INT64, Reason, Scalar, Value
from .numpy_array import array, unknown_array
from .numpy_create import shape_of
from .numpy_functions import both, given_array
from .numpy_numeric import is_scalar
from .registry import native

if TYPE_CHECKING:
    from ..machine import Interp


@both("unique")
def unique(
    it: Interp, ar: Value, return_index: Value = False, return_inverse: Value = False, return_counts: Value = False,
    axis: Value = None, **kwargs: Value,
) -> Value:  # fmt: skip
    """The distinct elements (or slices along an axis), and arrays of as many numbers."""
    given = given_array(it, ar)
    flags = (return_index, return_inverse, return_counts)
    if any(not isinstance(flag, bool) for flag in flags):
        return it.unknown(Reason.DATA_DEPENDENT, "unique")
    count = fresh_unknown(0)
    if axis is None:
        values: Value = array([count], given.dtype)
    elif isinstance(axis, int) and not given.is_open and -given.rank <= axis < given.rank:
        at = axis % given.rank
        values = array([*given.shape[:at], count, *given.shape[at + 1 :]], given.dtype)
    else:
        values = unknown_array(it, "unique", given.dtype)
    if not any(flags):
        return values
    found = [values]
    if return_index:
        found.append(array([count], INT64))
    if return_inverse:  # its shape is not that of older versions, unless there is one axis
        one_axis = not given.is_open and given.rank == 1
        found.append(array(list(given.shape), INT64) if one_axis else unknown_array(it, "unique", INT64))
    if return_counts:
        found.append(array([count], INT64))
    return tuple(found)


@both("setdiff1d", "intersect1d", "union1d", "setxor1d")
def set_of(it: Interp, ar1: Value, ar2: Value, *args: Value, **kwargs: Value) -> Value:
    if kwargs.get("return_indices") not in (None, False):
        return unknown_array(it, "a set")
    return array([fresh_unknown(0)], given_array(it, ar1).dtype)


@both("isin")
def isin(it: Interp, element: Value, test_elements: Value, *args: Value, **kwargs: Value) -> Value:
    if is_scalar(element):
        return Scalar("bool")
    return given_array(it, element).with_dtype(BOOL)


@both("in1d")
def in1d(it: Interp, ar1: Value, ar2: Value, *args: Value, **kwargs: Value) -> Value:
    given = given_array(it, ar1)
    return given.with_dtype(BOOL) if not given.is_open and given.rank == 1 else unknown_array(it, "in1d", BOOL)


@native("numpy.searchsorted", "numpy.ndarray.searchsorted")
def searchsorted(it: Interp, a: Value, v: Value, *args: Value, **kwargs: Value) -> Value:
    return given_array(it, v).with_dtype(INT64)


@both("digitize")
def digitize(it: Interp, x: Value, bins: Value, right: Value = False) -> Value:
    return Scalar("int") if is_scalar(x) else given_array(it, x).with_dtype(INT64)


@both("partition")
def partition(it: Interp, a: Value, kth: Value, *args: Value, **kwargs: Value) -> Value:
    given = given_array(it, a)
    return given.with_dtype(given.dtype)


@both("resize")
def resize(it: Interp, a: Value, new_shape: Value) -> Value:
    dtype = given_array(it, a).dtype
    dims = [new_shape] if isinstance(new_shape, int | Expr) else shape_of(it, new_shape)
    return unknown_array(it, "resize", dtype) if dims is None else array(dims, dtype)
