"""Sparse tensors against PyTorch: made from random positions and values, taken apart, multiplied; refusals too."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from ops import oracle
from ops.arguments import BOUNDED

SIZE = st.integers(1, 4)


@BOUNDED
@given(st.lists(SIZE, min_size=1, max_size=3), st.lists(SIZE, max_size=2), st.lists(SIZE, max_size=4), SIZE, SIZE)
def test_coordinates(sparse: list[int], dense: list[int], other: list[int], nnz: int, stored: int) -> None:
    positions = torch.stack([torch.randint(0, size, (nnz,)) for size in sparse])
    for values in (torch.rand(nnz, *dense), torch.rand(stored, *dense)):
        oracle.agree("torch.sparse_coo_tensor", positions, values)
        oracle.agree("torch.sparse_coo_tensor", positions, values, (*sparse, *dense))
        oracle.agree("torch.sparse_coo_tensor", positions, values, size=(*sparse, *dense), dtype=torch.float64)
        if len(other) != len(sparse) + len(dense) or other[: len(sparse)] == sparse:
            oracle.agree("torch.sparse_coo_tensor", positions, values, tuple(other))
        oracle.agree("torch.sparse.FloatTensor", positions, values, torch.Size([*sparse, *dense]))


def test_nothing_stored() -> None:
    oracle.agree("torch.sparse_coo_tensor", (2, 3))
    oracle.agree("torch.sparse_coo_tensor", size=(2, 3))
    oracle.agree("torch.sparse.FloatTensor", 2, 3)
    oracle.agree("torch.sparse_coo_tensor", [[0, 1], [1, 2]], [1.0, 2.0], (3, 3))
    oracle.agree("torch.sparse_coo_tensor", [[0, 1], [1, 2]], 2.0, (3, 3))
    oracle.agree("torch.sparse_coo_tensor", torch.tensor([0, 1]), torch.rand(2))
    oracle.agree("torch.sparse.spdiags", torch.rand(1, 3), torch.tensor([0]), (3,))


@BOUNDED
@given(SIZE, SIZE)
def test_compressed(rows: int, columns: int) -> None:
    matrix = torch.rand(rows, columns)
    by_rows, by_columns = matrix.to_sparse_csr(), matrix.to_sparse_csc()
    row_parts = by_rows.crow_indices(), by_rows.col_indices(), by_rows.values()
    column_parts = by_columns.ccol_indices(), by_columns.row_indices(), by_columns.values()
    oracle.agree("torch.sparse_csr_tensor", *row_parts)
    oracle.agree("torch.sparse_csr_tensor", *row_parts, (rows, columns))
    oracle.agree("torch.sparse_csc_tensor", *column_parts)
    oracle.agree("torch.sparse_csc_tensor", *column_parts, (rows, columns), dtype=torch.float64)
    for layout in ("coo", "csr", "csc"):
        oracle.agree(f"torch.Tensor.to_sparse_{layout}", matrix)
    oracle.agree("torch.sparse.spdiags", torch.rand(1, columns), torch.tensor([0]), (rows, columns))


@BOUNDED
@given(SIZE, SIZE, SIZE, SIZE, st.integers(-3, 2))
def test_products_and_sums(n: int, m: int, k: int, other: int, axis: int) -> None:
    sparse, dense = torch.rand(n, m).to_sparse(), torch.rand(m, k)
    oracle.agree("torch.sparse.mm", sparse, dense)
    oracle.agree("torch.sparse.mm", sparse, torch.rand(other, k))
    oracle.agree("torch.sparse.addmm", torch.rand(n, k), sparse, dense)
    oracle.agree("torch.hspmm", sparse, dense)
    oracle.agree("torch.smm", sparse, dense)
    oracle.agree("torch.sspaddmm", torch.rand(n, k).to_sparse(), sparse, dense)
    oracle.agree("torch.sparse.sampled_addmm", torch.rand(n, k).to_sparse_csr(), torch.rand(n, m), dense)
    oracle.agree("torch.sparse.sum", sparse)
    if -2 <= axis < 2:
        oracle.agree("torch.sparse.sum", sparse, axis)
        oracle.agree("torch.sparse.sum", sparse, (axis,), dtype=torch.float64)
    oracle.agree("torch.sparse.softmax", sparse, axis)
    oracle.agree("torch.sparse.log_softmax", sparse, axis)


@BOUNDED
@given(SIZE, SIZE)
def test_parts(n: int, m: int) -> None:
    sparse = torch.rand(n, m).to_sparse()
    for part in ("indices", "values", "_indices", "_values", "_nnz", "to_dense", "_to_dense"):
        oracle.agree(f"torch.Tensor.{part}", sparse)
    hybrid = torch.rand(n, m, 2).to_sparse(2)
    for part in ("indices", "values", "_nnz"):
        oracle.agree(f"torch.Tensor.{part}", hybrid)
    oracle.agree("torch.Tensor.crow_indices", sparse.to_sparse_csr())
    oracle.agree("torch.Tensor.col_indices", sparse.to_sparse_csr())
    oracle.agree("torch.Tensor.sparse_mask", torch.rand(n, m), sparse)
