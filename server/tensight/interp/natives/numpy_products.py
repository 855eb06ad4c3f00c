"""Products of numpy arrays: matmul, dot, outer, einsum, tensordot, cross."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...values import FLOAT64, Tensor, Value
from .numpy_array import promoted, run, settle, unknown_array
from .numpy_functions import Call, both, given_array, result_of

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


@both("vdot")
def vdot(it: Interp, a: Value, b: Value) -> Value:
    return Tensor((), promoted([given_array(it, a).dtype, given_array(it, b).dtype]), "numpy")


@both("tensordot")
def tensordot(it: Interp, a: Value, b: Value, axes: Value = 2) -> Value:
    x, y = given_array(it, a), given_array(it, b)
    parts = [replace(x, dtype=FLOAT64, data=None), replace(y, dtype=FLOAT64, data=None)]
    return settle(run(it, "torch.tensordot", [*parts, axes]), promoted([x.dtype, y.dtype]))


@both("cross")
def cross(it: Interp, a: Value, b: Value, *args: Value, axis: Value = -1, **kwargs: Value) -> Value:
    """Of vectors of three numbers, in the last axis unless said otherwise."""
    x, y = given_array(it, a), given_array(it, b)
    dtype = promoted([x.dtype, y.dtype])
    if args or kwargs or x.is_open or y.is_open or x.shape[-1:] != (3,) or y.shape[-1:] != (3,) or axis != -1:
        return unknown_array(it, "cross", dtype)
    parts = [replace(x, dtype=FLOAT64, data=None), replace(y, dtype=FLOAT64, data=None)]
    return settle(run(it, "torch.add", parts), dtype)
