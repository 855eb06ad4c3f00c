"""Sparse tensors: they have the shape of the dense tensor that they stand for; nothing else of their layout is kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ..dims import Dim, Truth, equal, fresh_data, fresh_unknown
from ..values import FLOAT32, INT64, DType, Tensor, Value
from .activation import softmaxed
from .addmm import addmm
from .checks import check, refuse, require_equal
from .coerce import ArgumentTypeError, to_sizes
from .creation import chosen
from .element_types import common_dtype
from .kinds import Axes, Axis, DTypeArg, Number, OptSizes, OptText, Raw, RawArgs, Sizes
from .literals import from_data, legacy
from .matmul import mm
from .reduced import reduced
from .registry import op


# ---- made from positions and values
@op("torch.sparse_coo_tensor")
def sparse_coo_tensor(
    indices: Raw = None, values: Raw = None, size: OptSizes = None, *, dtype: Raw = None, check_invariants: Raw = None,
    is_coalesced: Raw = None,
) -> Tensor:  # fmt: skip
    """Positions (sparse_dim, nnz) and values (nnz, …). Without `size` the largest positions decide."""
    if values is None:
        return Tensor(_only_size(indices, size), chosen(dtype, None))
    positions, stored = from_data(indices, None), from_data(values, dtype)
    if positions.is_open or stored.is_open:
        return Tensor(size, stored.dtype, stored.device, unknown=positions.unknown or stored.unknown)
    return _coordinates(positions, stored, size)


def _only_size(first: Value, size: tuple[Dim, ...] | None) -> tuple[Dim, ...]:
    """`sparse_coo_tensor((2, 3))`, `sparse_coo_tensor(size=(2, 3))`: nothing is stored."""
    if (first is None) is (size is None):
        raise ArgumentTypeError("sparse_coo_tensor(): received an invalid combination of arguments")
    return to_sizes(first) if size is None else size


def _coordinates(indices: Tensor, values: Tensor, size: tuple[Dim, ...] | None) -> Tensor:
    check(
        indices.rank == 2 or size is not None,
        "rank-mismatch",
        f"indices must be sparse_dim x nnz, but got: {list(indices.shape)}",
        rank=indices.rank,
    )
    if values.rank == 0:
        values = values.with_dims(1)
    axes, dense = indices.shape[0], values.shape[1:]
    if size is not None and isinstance(axes, int):
        check(
            len(size) == axes + len(dense),
            "rank-mismatch",
            f"'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = {len(size)}, sparse_dim = {axes}, "
            f"dense_dim = {len(dense)}",
        )
    if indices.rank == 2:
        require_equal(
            indices.shape[1], values.shape[0], "size-mismatch",
            f"indices and values must have same nnz, but got nnz from indices: {indices.shape[1]}, nnz from values: "
            f"{values.shape[0]}",
        )  # fmt: skip
    if size is None:
        return _of_open_rank(values.dtype) if not isinstance(axes, int) else Tensor(
            (*(fresh_data("n", 0) for _ in range(axes)), *dense), values.dtype, values.device)  # fmt: skip
    if isinstance(axes, int):
        _require_dense(values, size[axes:])
    return Tensor(size, values.dtype, values.device)


def _require_dense(values: Tensor, wanted: Sequence[Dim]) -> None:
    if any(equal(a, b) is Truth.NO for a, b in zip(values.shape[1:], wanted)):
        expected = ", ".join(map(str, (values.shape[0], *wanted)))
        found = ", ".join(map(str, values.shape))
        raise refuse("size-mismatch", f"values has incorrect size, expected [{expected}], got [{found}]")


def _of_open_rank(dtype: DType | None) -> Tensor:
    return Tensor(None, dtype)


@op("torch.sparse.FloatTensor")
def sparse_constructor(*args: RawArgs) -> Tensor:
    """The legacy constructor: positions, values and a size; or sizes alone."""
    if len(args) < 2 or not isinstance(args[0], Tensor) or not isinstance(args[1], Tensor):
        return _of_any_layout(legacy(args, FLOAT32, None))
    if args[0].is_open or args[1].is_open:
        return _of_open_rank(args[1].dtype)
    return _coordinates(args[0], args[1], to_sizes(args[2]) if len(args) > 2 else None)


@op("torch.sparse_csr_tensor")
def sparse_csr_tensor(
    crow_indices: Raw, col_indices: Raw, values: Raw, size: OptSizes = None, *, dtype: Raw = None,
    check_invariants: Raw = None,
) -> Tensor:  # fmt: skip
    """Rows one after the other: as many as `crow_indices` has steps."""
    return _compressed(crow_indices, values, size, dtype, rows_first=True)


@op("torch.sparse_csc_tensor")
def sparse_csc_tensor(
    ccol_indices: Raw, row_indices: Raw, values: Raw, size: OptSizes = None, *, dtype: Raw = None,
    check_invariants: Raw = None,
) -> Tensor:  # fmt: skip
    """Columns one after the other."""
    return _compressed(ccol_indices, values, size, dtype, rows_first=False)


def _compressed(ends: Value, values: Value, size: tuple[Dim, ...] | None, dtype: Value, rows_first: bool) -> Tensor:
    stored = from_data(values, dtype)
    if size is not None:
        return Tensor(size, stored.dtype, stored.device)
    steps = from_data(ends, None)
    if steps.is_open or stored.is_open or steps.rank != 1 or stored.rank != 1:
        return _of_open_rank(stored.dtype)
    lines, others = steps.shape[0] - 1, fresh_data("n", 0)
    return Tensor((lines, others) if rows_first else (others, lines), stored.dtype, stored.device)


def _of_blocks(values: Value, size: tuple[Dim, ...] | None, dtype: Value) -> Tensor:
    """Without `size` their layout decides."""
    stored = from_data(values, dtype)
    return _of_open_rank(stored.dtype) if size is None else Tensor(size, stored.dtype, stored.device)


@op("torch.sparse_bsr_tensor")
def sparse_bsr_tensor(
    crow_indices: Raw, col_indices: Raw, values: Raw, size: OptSizes = None, *, dtype: Raw = None,
    check_invariants: Raw = None,
) -> Tensor:  # fmt: skip
    """Rows of blocks."""
    return _of_blocks(values, size, dtype)


@op("torch.sparse_bsc_tensor")
def sparse_bsc_tensor(
    ccol_indices: Raw, row_indices: Raw, values: Raw, size: OptSizes = None, *, dtype: Raw = None,
    check_invariants: Raw = None,
) -> Tensor:  # fmt: skip
    """Columns of blocks."""
    return _of_blocks(values, size, dtype)


@op("torch.sparse_compressed_tensor")
def sparse_compressed_tensor(
    compressed_indices: Raw, plain_indices: Raw, values: Raw, size: OptSizes = None, *, dtype: Raw = None,
    check_invariants: Raw = None,
) -> Tensor:  # fmt: skip
    """In the layout that `layout=` names."""
    return _of_blocks(values, size, dtype)


@op("torch.sparse.spdiags")
def spdiags(diagonals: Tensor, offsets: Tensor, shape: Sizes, layout: Raw = None) -> Tensor:
    """A matrix with these diagonals."""
    check(len(shape) == 2, "rank-mismatch", "Output shape must be 2d")
    return Tensor(shape, diagonals.dtype, diagonals.device)


# ---- another layout, and the parts of one
@op("torch.Tensor.to_sparse_coo", "torch.Tensor.to_sparse_csr", "torch.Tensor.to_sparse_csc",
    "torch.Tensor.to_sparse_bsr", "torch.Tensor.to_sparse_bsc", "torch.Tensor.sparse_mask",
    "torch.Tensor._to_dense", open_rank=True)  # fmt: skip
def to_sparse_layout(input: Tensor, *args: RawArgs, **kwargs: RawArgs) -> Tensor:
    """The same values, or some of them, in another layout."""
    return input.alike()


@op("torch.Tensor.indices", "torch.Tensor._indices", open_rank=True)
def indices(input: Tensor) -> Tensor:
    """A column of positions for each value that is stored."""
    return Tensor((fresh_unknown(1), fresh_data("nnz")), INT64, input.device)


@op("torch.Tensor._nnz", open_rank=True)
def nnz(input: Tensor) -> Dim:
    """How many values are stored."""
    return fresh_data("nnz")


@op("torch.Tensor.crow_indices", "torch.Tensor.ccol_indices", open_rank=True)
def compressed_indices(input: Tensor) -> Tensor:
    """Where the lines end: one more than there are lines, of each matrix of a batch."""
    return Tensor(None, INT64, input.device)


@op("torch.Tensor.col_indices", "torch.Tensor.row_indices", open_rank=True)
def plain_indices(input: Tensor) -> Tensor:
    """Where in its line each stored value lies."""
    return Tensor(None, INT64, input.device)


@op("torch.Tensor.values", "torch.Tensor._values", open_rank=True)
def stored_values(input: Tensor) -> Tensor:
    """What is stored; the dense axes, of which nothing is kept, come last."""
    return Tensor(None, input.dtype, input.device)


# ---- products, sums
@op("torch.sparse.mm")
def sparse_mm(sparse: Tensor, dense: Tensor, reduce: OptText = None) -> Tensor:
    """The product of two matrices."""
    if sparse.rank == 2 and dense.rank == 2 and equal(sparse.shape[1], dense.shape[0]) is Truth.NO:
        raise refuse(
            "matmul-mismatch",
            f"addmm: Argument #3 (dense): Expected dim 0 size {sparse.shape[1]}, got {dense.shape[0]}",
        )
    return _of_any_layout(mm.function(sparse, dense))


def _rows_and_columns(name: str, mat1: Tensor, mat2: Tensor) -> tuple[Dim, Dim]:
    """Of a sparse matrix times a dense one."""
    for number, matrix in ((2, mat1), (3, mat2)):
        words = f"{name}: Argument #{number}: matrices expected, got {matrix.rank}D tensor"
        check(matrix.rank == 2, "rank-mismatch", words, rank=matrix.rank)
    words = f"{name}: Argument #3: Expected dim 0 size {mat1.shape[1]}, got {mat2.shape[0]}"
    require_equal(mat1.shape[1], mat2.shape[0], "matmul-mismatch", words)
    common_dtype(mat1, mat2, lambda a, b: f"expected scalar type {a.legacy} but found {b.legacy}")
    return mat1.shape[0], mat2.shape[1]


@op("torch.smm", "torch.Tensor.smm")
def smm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of a sparse matrix and a dense one."""
    return Tensor(_rows_and_columns("sspaddmm", input, mat2), input.dtype, input.device)


@op("torch.hspmm")
def hspmm(mat1: Tensor, mat2: Tensor) -> Tensor:
    """The same, for a product of few rows."""
    return Tensor(_rows_and_columns("hspmm", mat1, mat2), mat1.dtype, mat1.device)


@op("torch.sspaddmm", "torch.Tensor.sspaddmm")
def sspaddmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """`input + mat1 @ mat2` of two sparse matrices and a dense one."""
    rows, columns = _rows_and_columns("sspaddmm", mat1, mat2)
    for at, size in enumerate((rows, columns)):
        words = f"sspaddmm: Argument #1: Expected dim {at} size {size}, got {input.shape[at]}"
        require_equal(input.shape[at], size, "size-mismatch", words)
    return Tensor((rows, columns), input.dtype, input.device)


@op("torch.sparse.sampled_addmm")
def sampled_addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """`input + mat1 @ mat2` where `input` has elements."""
    name = "sampled_addmm"
    for word, other in (("mat2", mat2), ("self", input)):
        words = f"{name}: Expected mat1 and {word} to have the same dtype, but got"
        common_dtype(mat1, other, partial(_two_types, words))
    for word, matrix in (("mat1", mat1), ("mat2", mat2)):
        check(matrix.rank >= 2, "rank-mismatch", f"{name}: Expected {word} to be a matrix, got {matrix.rank}-D tensor")
    words = f"{name}: mat1 and mat2 shapes cannot be multiplied ({_by(mat1)} and {_by(mat2)})"
    require_equal(mat1.shape[-1], mat2.shape[-2], "matmul-mismatch", words)
    for at, other in ((-2, mat1), (-1, mat2)):
        word = "mat1" if other is mat1 else "mat2"
        words = f"{name}: self.shape[{at}] must match {word}.shape[{at}]"
        require_equal(input.shape[at], other.shape[at], "size-mismatch", words)
    return Tensor(input.dims, input.dtype, input.device)


def _two_types(words: str, first: DType, second: DType) -> str:
    return f"{words} {first.legacy} and {second.legacy}"


def _by(matrix: Tensor) -> str:
    return f"{matrix.shape[-2]}x{matrix.shape[-1]}"


@op("torch.sparse.addmm")
def sparse_addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """`input + mat1 @ mat2`."""
    return _of_any_layout(addmm.function(input, mat1, mat2, beta, alpha))


def _of_any_layout(product: Tensor) -> Tensor:
    """A product of dense matrices, of which nobody knows whether it is stored densely."""
    return Tensor(product.dims, product.dtype, product.device)


@op("torch.sparse.sum", open_rank=True)
def sparse_sum(input: Tensor, dim: Axes = None, dtype: Raw = None) -> Tensor:
    """The sum over axes."""
    return reduced(input, dim, False, chosen(dtype, input.dtype))


def _softmax_row(name: str) -> None:
    def rule(input: Tensor, dim: Axis, *, dtype: DTypeArg = None) -> Tensor:
        return softmaxed(input, dim, dtype, name)

    rule.__doc__ = "Sums to one along an axis, over the values that are stored."
    op(f"torch.sparse.{name}", open_rank=True)(rule)


_softmax_row("softmax")
_softmax_row("log_softmax")
