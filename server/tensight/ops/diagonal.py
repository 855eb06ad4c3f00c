"""Diagonals and triangles of matrices: diag, diagonal, diag_embed, trace, tril, triu."""

from __future__ import annotations

from typing import Any

from ..dims import Dim, Truth, dim_max, dim_min, less
from ..values import CONTIGUOUS, INT64, Kind, Tensor, torch_size_text
from .checks import axis, check, product, require_equal
from .errors import Lift
from .inplace import inplace
from .kinds import Axis, Int
from .registry import op
from .strides import contiguous_strides, elements, fresh_like, strides_of


def _length(rows: Dim, columns: Dim, offset: Dim) -> Dim:
    """The number of elements of a diagonal."""
    if less(offset, 0) is Truth.YES:
        return dim_max(dim_min(rows + offset, columns), 0)
    if less(offset, 0) is Truth.NO:
        return dim_max(dim_min(rows, columns - offset), 0)
    raise Lift()


def _size(length: Dim, offset: Dim) -> Dim:
    """The rows of a square matrix that has a diagonal of this length."""
    if isinstance(offset, int):
        return length + abs(offset)
    if less(offset, 0) is Truth.NO:
        return length + offset
    if less(offset, 0) is Truth.YES:
        return length - offset
    raise Lift()


def diagonal_of(input: Tensor, offset: Dim, dim1: int, dim2: int) -> Tensor:
    """The view of a diagonal of two axes, as the last axis."""
    first, second = axis(dim1, input.rank), axis(dim2, input.rank)
    check(first != second, "invalid-argument", f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    length = _length(input.shape[first], input.shape[second], offset)
    keep = [i for i in range(input.rank) if i not in (first, second)]
    dims = (*(input.shape[i] for i in keep), length)
    strides = strides_of(input)
    moved = None
    if strides is not None:
        moved = (*(strides[i] for i in keep), strides[first] + strides[second])
    data = None
    if input.data is not None and isinstance(offset, int):
        steps: tuple[Any, ...] = contiguous_strides(input.shape)
        start = -offset * steps[first] if offset < 0 else offset * steps[second]
        data = elements(input.data, dims, (*(steps[i] for i in keep), steps[first] + steps[second]), start)
    return Tensor(dims, input.dtype, input.device, data, strides=moved)


@op("torch.diagonal", "torch.Tensor.diagonal")
def diagonal(input: Tensor, offset: Int = 0, dim1: Axis = 0, dim2: Axis = 1) -> Tensor:
    """The diagonal of two axes, as the last axis."""
    return diagonal_of(input, offset, dim1, dim2)


@op("torch.linalg.diagonal")
def linalg_diagonal(A: Tensor, offset: Int = 0, dim1: Axis = -2, dim2: Axis = -1) -> Tensor:
    """The diagonal of the matrices of a batch."""
    return diagonal_of(A, offset, dim1, dim2)


@op("torch.diagonal_copy")
def diagonal_copy(input: Tensor, offset: Int = 0, dim1: Axis = 0, dim2: Axis = 1) -> Tensor:
    """As diagonal, but not a view."""
    result = diagonal_of(input, offset, dim1, dim2)
    return fresh_like(input, *result.shape)


@op("torch.diag_embed", "torch.Tensor.diag_embed")
def diag_embed(input: Tensor, offset: Int = 0, dim1: Axis = -2, dim2: Axis = -1) -> Tensor:
    """The last axis as the diagonal of two new axes."""
    rank = input.rank + 1
    first, second = axis(dim1, rank), axis(dim2, rank)
    check(first != second, "invalid-argument", f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    size = _size(input.shape[-1], offset)
    dims: list[Dim] = list(input.shape[:-1])
    for position in sorted((first, second)):
        dims.insert(position, size)
    return input.with_dims(*dims)


@op("torch.diag", "torch.Tensor.diag")
def diag(input: Tensor, diagonal: Int = 0) -> Tensor:
    """A vector as a diagonal matrix, or the diagonal of a matrix."""
    check(input.rank in (1, 2), "rank-mismatch", f"diag(): Supports 1D or 2D tensors. Got {input.rank}D")
    if input.rank == 1:
        size = _size(input.shape[0], diagonal)
        return input.with_dims(size, size)
    view = diagonal_of(input, diagonal, 0, 1)
    return Tensor(view.dims, input.dtype, input.device, view.data)


@op("torch.diagflat", "torch.Tensor.diagflat")
def diagflat(input: Tensor, offset: Int = 0) -> Tensor:
    """All elements as the diagonal of a matrix."""
    size = _size(product(input.shape), offset)
    return input.with_dims(size, size)


@op("torch.diagonal_scatter", "torch.Tensor.diagonal_scatter")
def diagonal_scatter(input: Tensor, src: Tensor, offset: Int = 0, dim1: Axis = 0, dim2: Axis = 1) -> Tensor:
    """`input` with a diagonal replaced."""
    part = diagonal_of(input, offset, dim1, dim2)
    text = (
        "expected src to have a size equal to the slice of self. src size ="
        f" {torch_size_text(src.shape)}, slice size = {torch_size_text(part.shape)}"
    )
    check(part.rank == src.rank, "rank-mismatch", text)
    for a, b in zip(part.shape, src.shape):
        require_equal(a, b, "size-mismatch", text)
    return fresh_like(input, *input.shape)


@op("torch.Tensor.fill_diagonal_")
def fill_diagonal_(input: Tensor, fill_value: Int, wrap: Int = 0) -> Tensor:
    """Fill the main diagonal."""
    check(input.rank >= 2, "rank-mismatch", "dimensions must larger than 1")
    if input.rank > 2:
        for size in input.shape[1:]:
            require_equal(size, input.shape[0], "size-mismatch", "all dimensions of input must be of equal length")
    return input.alike()


@op("torch.trace", "torch.Tensor.trace")
def trace(input: Tensor) -> Tensor:
    """The sum of the main diagonal."""
    check(input.rank == 2, "rank-mismatch", f"trace: expected a matrix, but got tensor with dim {input.rank}")
    dtype = INT64 if input.dtype is not None and input.dtype.kind < Kind.FLOAT else input.dtype
    return Tensor((), dtype, input.device)


def _triangle(input: Tensor, name: str) -> Tensor:
    if not input.is_open:
        check(input.rank >= 2, "rank-mismatch", f"{name}: input tensor must have at least 2 dimensions")
    result = input.alike()
    if input.strides == CONTIGUOUS and not input.is_open:
        return fresh_like(input, *input.shape)
    return result


@op("torch.tril", "torch.Tensor.tril", open_rank=True)
def tril(input: Tensor, diagonal: Int = 0) -> Tensor:
    """The lower triangle, zeros above."""
    return _triangle(input, "tril")


@op("torch.triu", "torch.Tensor.triu", open_rank=True)
def triu(input: Tensor, diagonal: Int = 0) -> Tensor:
    """The upper triangle, zeros below."""
    return _triangle(input, "triu")


inplace("tril triu")
