"""Matrix products: matmul, mm, bmm, mv, dot and the add… forms. Messages tell the matrices that the kernels get."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dims import Dim, Truth, equal, less
from ..values import CONTIGUOUS, DType, Tensor
from .checks import better, broadcast, check, demand, product, refuse, require_equal
from .element_types import common_dtype, cpp_name, refuse_bool
from .errors import Lift
from .registry import op
from .strides import strides_of


def result(dims: Sequence[Dim], dtype: DType | None, input: Tensor) -> Tensor:
    return Tensor(tuple(dims), dtype, input.device, strides=CONTIGUOUS)


def mismatch(a: Sequence[Dim], b: Sequence[Dim], got: Dim, expected: Dim) -> dict[str, Any]:
    return {"left": tuple(a), "right": tuple(b), "got": got, "expected": expected}


def mm_types(a: DType, b: DType) -> str:
    return f"expected m1 and m2 to have the same dtype, but got: {cpp_name(a)} != {cpp_name(b)}"


def scalar_types(a: DType, b: DType) -> str:
    return f"expected scalar type {a.legacy} but found {b.legacy}"


def _dot_types(a: DType, b: DType) -> str:
    return f"dot : expected both vectors to have same dtype, but found {a.legacy} and {b.legacy}"


def multiplied(
    a: Sequence[Dim], b: Sequence[Dim], shapes: tuple[Sequence[Dim], Sequence[Dim]] | None = None
) -> tuple[Dim, Dim]:
    """The shape of the product of two matrices; `shapes` are those of the user's tensors, for the fixes."""
    left, right = shapes or (a, b)
    require_equal(
        a[1], b[0], "matmul-mismatch",
        lambda: f"mat1 and mat2 shapes cannot be multiplied ({a[0]}x{a[1]} and {b[0]}x{b[1]})",
        **mismatch(left, right, a[1], b[0]),
    )  # fmt: skip
    return a[0], b[1]


def batched(a: Sequence[Dim], b: Sequence[Dim], shapes: tuple[Sequence[Dim], Sequence[Dim]] | None = None) -> None:
    """The check of bmm: the first two sizes of the right operand."""
    left, right = shapes or (a, b)
    for i, (want, have) in enumerate(((a[0], b[0]), (a[2], b[1]))):
        require_equal(
            want, have, "matmul-mismatch" if i else "size-mismatch",
            lambda: f"Expected size for first two dimensions of batch2 tensor to be: [{a[0]}, {a[2]}] but got:"
            f" [{b[0]}, {b[1]}].",
            **mismatch(left, right, want, have),
        )  # fmt: skip


def vector(mat: Sequence[Dim], vec: Dim, shapes: tuple[Sequence[Dim], Sequence[Dim]]) -> None:
    require_equal(
        mat[1], vec, "matmul-mismatch",
        lambda: f"size mismatch, got input ({mat[0]}), mat ({mat[0]}x{mat[1]}), vec ({vec})",
        **mismatch(*shapes, mat[1], vec),
    )  # fmt: skip


def _folds(input: Tensor, other: Tensor) -> bool:
    """Whether matmul views the batch axes of its larger operand as rows (LinearAlgebra.cpp, should_fold)."""
    larger, smaller = (input, other) if input.rank >= other.rank else (other, input)
    if larger.rank < 3 or smaller.rank > 2:
        return False
    if smaller.parameter:
        return True
    if input.rank == 2:
        return False
    shape, strides = larger.shape, strides_of(larger)
    if any(equal(d, 0) is Truth.YES for d in shape):
        return True
    if strides is None:
        return larger is input
    if larger is not input:
        shape = (*shape[:-2], shape[-1], shape[-2])
        strides = (*strides[:-2], strides[-1], strides[-2])
    return all(equal(strides[i], strides[i + 1] * shape[i + 1]) is not Truth.NO for i in range(len(shape) - 2))


@op("torch.matmul", "torch.Tensor.matmul", "torch.linalg.matmul", "torch.Tensor.__matmul__", open_rank=True)
def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product; vectors are rows and columns, batch axes broadcast."""
    if input.is_open or other.is_open:
        return _matmul_open(input, other)
    a, b = input.shape, other.shape
    check(
        len(a) > 0 and len(b) > 0, "rank-mismatch",
        f"both arguments to matmul need to be at least 1D, but they are {len(a)}D and {len(b)}D",
    )  # fmt: skip
    shapes = (a, b)
    if len(a) == 2 and len(b) == 2:
        rows, columns = multiplied(a, b)
        return result((rows, columns), _mm_dtype(input, other), input)
    if len(a) == 1 and len(b) == 1:
        return _dot(input, other)
    if len(a) == 2 and len(b) == 1:
        return _mv(input, other)
    if len(a) == 1 and len(b) == 2:
        _, columns = multiplied((1, a[0]), b, shapes)
        return result((columns,), _mm_dtype(input, other), input)
    if _folds(input, other):
        _check_folded(input, other)
        dtype = common_dtype(input, other, mm_types if min(len(a), len(b)) == 2 else _mv_types)
        if _certainly_filled(a, b):
            refuse_bool(dtype, "addmm_impl_cpu_" if min(len(a), len(b)) == 2 else "addmv_impl_cpu")
    else:
        batch = broadcast(a[:-2], b[:-2])
        count = product(batch)
        left = (count, 1, a[0]) if len(a) == 1 else (count, a[-2], a[-1])
        right = (count, b[0], 1) if len(b) == 1 else (count, b[-2], b[-1])
        batched(left, right, shapes)
        empty = any(equal(d, 0) is not Truth.NO for d in (*a, *b))
        dtype = input.dtype if empty else common_dtype(input, other, scalar_types)
        if not empty:
            _refuse_bools(input.dtype, left, right)
    batch = broadcast(a[:-2], b[:-2])
    rows_ = () if len(a) == 1 else (a[-2],)
    columns_ = () if len(b) == 1 else (b[-1],)
    return result((*batch, *rows_, *columns_), dtype, input)


def _check_folded(input: Tensor, other: Tensor) -> None:
    a, b = input.shape, other.shape
    if len(a) >= len(b):
        large, small = a, b
    else:
        large, small = (*b[:-2], b[-1], b[-2]), a[::-1]
    folded = (product(large[:-1]), large[-1])
    if len(small) == 1:
        vector(folded, small[0], (a, b))
    else:
        multiplied(folded, small, (a, b))


def _mm_dtype(input: Tensor, other: Tensor) -> DType | None:
    dtype = common_dtype(input, other, mm_types)
    if _certainly_filled(input.shape, other.shape):
        refuse_bool(dtype, "addmm_impl_cpu_")
    return dtype


def _mv_types(a: DType, b: DType) -> str:
    return f"addmv input tensors must have the same dtype, but got {b.legacy}, {a.legacy}, and {b.legacy}"


def _matmul_open(input: Tensor, other: Tensor) -> Tensor:
    """The last axes of an open shape are enough where the other operand is a matrix or has them too."""
    dtype = common_dtype(input, other, mm_types)
    a, b = _tail(input), _tail(other)
    if not other.is_open and other.rank >= 1:
        demand(input, (..., other.shape[0] if other.rank == 1 else other.shape[-2]))
    if not input.is_open and input.rank >= 1:
        demand(other, (..., input.shape[-1], "N"))
    if not other.is_open and other.rank == 2:
        if a:
            _inner(input, other, a[-1], b[-2])
        return Tensor((..., b[-1]), dtype, input.device)
    if len(a) >= 2 and len(b) >= 2:
        _inner(input, other, a[-1], b[-2])
        return Tensor((..., a[-2], b[-1]), dtype, input.device)
    raise Lift((input if input.is_open else other).unknown)


def _tail(input: Tensor) -> tuple[Any, ...]:
    """The known axes at the end."""
    if input.dims is None:
        return ()
    return input.dims[input.dims.index(...) + 1 :] if input.is_open else input.dims


def _inner(input: Tensor, other: Tensor, a: Dim, b: Dim) -> None:
    """Of an open shape the rows are not known: PyTorch's message would tell them, so `?` stands for them."""
    columns = "?" if other.is_open else other.shape[-1]
    require_equal(
        a, b, "matmul-mismatch", lambda: f"mat1 and mat2 shapes cannot be multiplied (?x{a} and {b}x{columns})",
        got=a, expected=b,
    )  # fmt: skip


def _dot(input: Tensor, other: Tensor) -> Tensor:
    check(
        input.rank == 1 and other.rank == 1, "rank-mismatch",
        f"1D tensors expected, but got {input.rank}D and {other.rank}D tensors",
    )  # fmt: skip
    dtype = common_dtype(input, other, _dot_types)
    a, b = input.shape[0], other.shape[0]
    if dtype is None and input.dtype is not None and other.dtype is not None and equal(a, b) is Truth.NO:
        raise refuse("dtype-mismatch", _dot_types(input.dtype, other.dtype))
    require_equal(
        a, b, "matmul-mismatch",
        lambda: f"inconsistent tensor size, expected tensor [{a}] and src [{b}] to have the same number of elements,"
        f" but got {a} and {b} elements respectively",
        **mismatch(input.shape, other.shape, a, b),
    )  # fmt: skip
    refuse_bool(dtype, "dot")
    return result((), dtype, input)


@op("torch.dot", "torch.Tensor.dot", "torch.vdot", "torch.Tensor.vdot")
def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The inner product of two vectors."""
    return _dot(input, tensor)


def check_mv(input: Tensor, mat: Tensor, vec: Tensor) -> None:
    check(
        input.rank <= 1 and mat.rank == 2 and vec.rank == 1, "rank-mismatch",
        f"vector + matrix @ vector expected, got {input.rank}, {mat.rank}, {vec.rank}",
    )  # fmt: skip


def _mv(input: Tensor, vec: Tensor) -> Tensor:
    check_mv(vec.with_dims(0), input, vec)
    vector(input.shape, vec.shape[0], (input.shape, vec.shape))
    dtype = common_dtype(input, vec, _mv_types)
    if _certainly_filled(input.shape, vec.shape):
        refuse_bool(dtype, "addmv_impl_cpu")
    return result((input.shape[0],), dtype, input)


@op("torch.mv", "torch.Tensor.mv")
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """A matrix times a vector."""
    return _mv(input, vec)


@op("torch.mm", "torch.Tensor.mm", "torch.spmm")
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices."""
    check(input.rank == 2, "rank-mismatch", "self must be a matrix", rank=input.rank)
    check(mat2.rank == 2, "rank-mismatch", "mat2 must be a matrix", rank=mat2.rank)
    dims = multiplied(input.shape, mat2.shape)
    return result(dims, _mm_dtype(input, mat2), input)


def _certainly_filled(*shapes: Sequence[Dim]) -> bool:
    """Where there is nothing to add up, no kernel runs."""
    return all(less(0, size) is Truth.YES for shape in shapes for size in shape)


def _refuse_bools(dtype: DType | None, left: Sequence[Dim], right: Sequence[Dim]) -> None:
    """Small products have a kernel of their own."""
    small = less(left[-2] * left[-1] * right[-1], 400)
    if small is not Truth.MAYBE:
        refuse_bool(dtype, "bmm" if small is Truth.YES else "addmm_impl_cpu_")


@op("torch.bmm", "torch.Tensor.bmm")
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """Products of as many matrices as the batch has."""
    check(input.rank == 3, "rank-mismatch", "batch1 must be a 3D tensor", rank=input.rank)
    check(mat2.rank == 3, "rank-mismatch", "batch2 must be a 3D tensor", rank=mat2.rank)
    batched(input.shape, mat2.shape)
    dtype = common_dtype(input, mat2, scalar_types)
    _refuse_bools(input.dtype, input.shape, mat2.shape)
    return result((better(input.shape[0], mat2.shape[0]), input.shape[1], mat2.shape[2]), dtype, input)


@bmm.demands
def _bmm_demand(input: Tensor, mat2: Tensor) -> dict[str, Any]:
    wanted: dict[str, Any] = {"input": ("B", "N", "K"), "mat2": ("B", "K", "M")}
    if not input.is_open and input.rank == 3:
        wanted["mat2"] = (input.shape[0], input.shape[2], "M")
    if not mat2.is_open and mat2.rank == 3:
        wanted["input"] = (mat2.shape[0], "N", mat2.shape[1])
    return wanted
