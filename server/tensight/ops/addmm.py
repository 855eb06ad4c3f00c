"""Products added to a tensor: addmm, addmv, baddbmm, addbmm, and in place."""

from __future__ import annotations

from collections.abc import Sequence

from ..dims import Dim, Truth, equal
from ..values import DType, Tensor, torch_size_text
from .checks import axis, check, require_equal
from .element_types import common_dtype, cpp_name
from .expand import expanded
from .kinds import Number
from .matmul import batched, check_mv, mismatch, multiplied, result, scalar_types
from .registry import op


def _self_types(a: DType, b: DType) -> str:
    return f"self and mat2 must have the same dtype, but got {a.legacy} and {b.legacy}"


def _factor_types(a: DType, b: DType) -> str:
    return f"mat1 and mat2 must have the same dtype, but got {a.legacy} and {b.legacy}"


@op("torch.addmm", "torch.Tensor.addmm")
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """`input + mat1 @ mat2`."""
    check(mat1.rank == 2, "rank-mismatch", f"mat1 must be a matrix, got {mat1.rank}-D tensor")
    check(mat2.rank == 2, "rank-mismatch", f"mat2 must be a matrix, got {mat2.rank}-D tensor")
    dims = multiplied(mat1.shape, mat2.shape)
    expanded(input, dims)
    dtype = common_dtype(input, mat2, _self_types)
    common_dtype(mat1, mat2, _factor_types)
    return result(dims, dtype, input)


@op("torch.addmv", "torch.Tensor.addmv")
def addmv(input: Tensor, mat: Tensor, vec: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """`input + mat @ vec`."""
    check_mv(input, mat, vec)
    rows, columns, size = mat.shape[0], mat.shape[1], vec.shape[0]
    have: Dim = input.shape[0] if input.rank else 1
    text = f"size mismatch, got input ({have}), mat ({rows}x{columns}), vec ({size})"
    require_equal(columns, size, "matmul-mismatch", text, **mismatch(mat.shape, vec.shape, columns, size))
    if equal(have, 1) is Truth.NO:
        require_equal(have, rows, "size-mismatch", text)

    def types(a: DType, b: DType) -> str:
        names = [tensor.dtype.legacy if tensor.dtype else "?" for tensor in (input, mat, vec)]
        return "addmv input tensors must have the same dtype, but got {}, {}, and {}".format(*names)

    dtype = common_dtype(input, mat, types)
    common_dtype(mat, vec, types)
    return result((rows,), dtype, input)


@op("torch.baddbmm", "torch.Tensor.baddbmm")
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """`input + batch1 @ batch2`."""
    batch = axis(0, batch1.rank), axis(1, batch1.rank), axis(2, batch2.rank)
    dims = (batch1.shape[batch[0]], batch1.shape[batch[1]], batch2.shape[batch[2]])
    expanded(input, dims)
    check(batch1.rank == 3, "rank-mismatch", "batch1 must be a 3D tensor")
    check(batch2.rank == 3, "rank-mismatch", "batch2 must be a 3D tensor")

    def types(a: DType, b: DType) -> str:
        names = [cpp_name(tensor.dtype) if tensor.dtype else "?" for tensor in (input, batch1, batch2)]
        return "Input dtypes must be the same, got: input {}, batch1: {}, batch2: {}".format(*names)

    batched(batch1.shape, batch2.shape)
    common_dtype(input, batch1, types)
    dtype = common_dtype(batch1, batch2, scalar_types)
    return result(dims, dtype, input)


@op("torch.addbmm", "torch.Tensor.addbmm")
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """`input` plus the sum of the products of a batch."""
    rows, columns = batch1.shape[axis(1, batch1.rank)], batch2.shape[axis(2, batch2.rank)]
    expanded(input, (rows, columns))
    check(batch1.rank == 3, "rank-mismatch", "batch1 must be a 3D tensor")
    check(batch2.rank == 3, "rank-mismatch", "batch2 must be a 3D tensor")
    require_equal(
        batch1.shape[0], batch2.shape[0], "size-mismatch",
        "batch1 and batch2 must have same number of batches,"
        f" got {batch1.shape[0]} and {batch2.shape[0]}",
    )  # fmt: skip
    a, b = batch1.shape[1:], batch2.shape[1:]
    require_equal(
        a[1], b[0], "matmul-mismatch", f"Incompatible matrix sizes for bmm ({a[0]}x{a[1]} and {b[0]}x{b[1]})",
        **mismatch(batch1.shape, batch2.shape, a[1], b[0]),
    )  # fmt: skip
    dtype = common_dtype(input, batch2, _self_types)
    return result((rows, columns), dtype, input)


def _in_place(input: Tensor, dims: Sequence[Dim]) -> Tensor:
    """The result is written to the input, which does not broadcast."""
    text = (
        f"Bad in-place call: input tensor size {torch_size_text(input.shape)} and output tensor size"
        f" {torch_size_text(tuple(dims))} should match"
    )
    check(input.rank == len(dims), "rank-mismatch", text)
    for have, want in zip(input.shape, dims):
        require_equal(have, want, "size-mismatch", text)
    return input.alike()


@op("torch.Tensor.addmm_")
def addmm_(input: Tensor, mat1: Tensor, mat2: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """addmm in place."""
    check(mat1.rank == 2, "rank-mismatch", f"mat1 must be a matrix, got {mat1.rank}-D tensor")
    check(mat2.rank == 2, "rank-mismatch", f"mat2 must be a matrix, got {mat2.rank}-D tensor")
    return _in_place(input, multiplied(mat1.shape, mat2.shape))


@op("torch.Tensor.addmv_")
def addmv_(input: Tensor, mat: Tensor, vec: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """addmv in place."""
    return _in_place(input, addmv.function(input, mat, vec).shape)


@op("torch.Tensor.baddbmm_")
def baddbmm_(input: Tensor, batch1: Tensor, batch2: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """baddbmm in place."""
    return _in_place(input, baddbmm.function(input, batch1, batch2).shape)


@op("torch.Tensor.addbmm_")
def addbmm_(input: Tensor, batch1: Tensor, batch2: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """addbmm in place: a smaller input is grown."""
    outcome = addbmm.function(input, batch1, batch2)
    assert isinstance(outcome, Tensor)
    return outcome
