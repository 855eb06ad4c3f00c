"""Products of numpy arrays: matmul, dot, outer, einsum; numpy.linalg."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...values import FLOAT64, Value
from .numpy_array import floating, promoted, run, settle, unknown_array
from .numpy_functions import REDUCTIONS, Call, both, given_array, result_of
from .registry import native

if TYPE_CHECKING:
    from ..machine import Interp


def _product_of(name: str, rule: str) -> Call:
    @both(name)
    def multiply(it: Interp, a: Value, b: Value, *args: Value, **kwargs: Value) -> Value:
        x, y = given_array(it, a), given_array(it, b)
        parts = [replace(x, dtype=FLOAT64, data=None), replace(y, dtype=FLOAT64, data=None)]
        return result_of(run(it, rule, parts), promoted([x.dtype, y.dtype]))

    return multiply


matmul = _product_of("matmul", "torch.matmul")
_product_of("outer", "torch.outer")
_product_of("kron", "torch.kron")
_product_of("inner", "torch.inner")


@both("dot")
def dot(it: Interp, a: Value, b: Value) -> Value:
    """matmul, but sums over the last axis of `a` and the last but one of `b` without broadcasting."""
    x, y = given_array(it, a), given_array(it, b)
    if not x.is_open and not y.is_open and y.rank > 2:
        return unknown_array(it, "dot", promoted([x.dtype, y.dtype]))
    if not x.is_open and not y.is_open and 0 in (x.rank, y.rank):
        return it.binary("*", x, y)
    return matmul(it, x, y)


@both("einsum")
def einsum(it: Interp, subscripts: Value, *operands: Value, **kwargs: Value) -> Value:
    parts = [given_array(it, v) for v in operands]
    return settle(run(it, "torch.einsum", [subscripts, *[replace(p, dtype=FLOAT64) for p in parts]]),
                  promoted([p.dtype for p in parts]))  # fmt: skip


@native("numpy.linalg.norm")
def norm(it: Interp, x: Value, ord: Value = None, axis: Value = None, keepdims: Value = False) -> Value:
    return REDUCTIONS["mean"](it, replace(given_array(it, x), data=None), axis, None, None, keepdims)


@native("numpy.linalg.inv", "numpy.linalg.pinv", "numpy.linalg.cholesky")
def inverse(it: Interp, a: Value, *args: Value) -> Value:
    given = given_array(it, a)
    return unknown_array(it, "inverse", floating(given.dtype))
