"""Approximate decompositions of low rank, and a few eigenpairs: functions that PyTorch writes in Python."""

from __future__ import annotations

from ..dims import Dim, Truth, dim_min, equal, less
from ..values import Tensor
from .checks import check, require_equal
from .kinds import OptInt, OptTensor, Raw
from .registry import op
from .spatial import size_text


def _parts(input: Tensor, rank: Dim) -> tuple[Tensor, Tensor, Tensor]:
    *batch, rows, columns = input.shape
    sizes = ((*batch, rows, rank), (*batch, rank), (*batch, columns, rank))
    first, second, third = (input.with_dims(*dims) for dims in sizes)
    return first, second, third


@op("torch.svd_lowrank")
def svd_lowrank(A: Tensor, q: OptInt = 6, niter: Raw = 2, M: OptTensor = None) -> tuple[Tensor, ...]:
    """(…, m, n) → (…, m, q), (…, q), (…, n, q), q at most m and n."""
    check(
        A.rank >= 2, "rank-mismatch", f"not enough values to unpack (expected 2, got {A.rank})", "ValueError"
    )  # fmt: skip
    return _parts(A, dim_min(6 if q is None else q, A.shape[-2], A.shape[-1]))


@op("torch.pca_lowrank")
def pca_lowrank(A: Tensor, q: OptInt = None, center: Raw = True, niter: Raw = 2) -> tuple[Tensor, ...]:
    """Of the centred rows: (…, m, n) → (…, m, q), (…, q), (…, n, q)."""
    check(
        A.rank >= 2, "rank-mismatch", f"not enough values to unpack (expected 2, got {A.rank})", "ValueError"
    )  # fmt: skip
    most = dim_min(A.shape[-2], A.shape[-1])
    rank: Dim = dim_min(6, most) if q is None else q
    if less(rank, 0) is Truth.YES or less(most, rank) is Truth.YES:
        message = f"q(={rank}) must be non-negative integer and not greater than min(m, n)={most}"
        check(False, "invalid-argument", message, "ValueError")
    return _parts(A, rank)


@op("torch.lobpcg")
def lobpcg(
    A: Tensor, k: OptInt = None, B: OptTensor = None, X: OptTensor = None, n: OptInt = None, iK: Raw = None,
    niter: Raw = None, tol: Raw = None, largest: Raw = None, method: Raw = None, tracker: Raw = None,
    ortho_iparams: Raw = None, ortho_fparams: Raw = None, ortho_bparams: Raw = None,
) -> tuple[Tensor, ...]:  # fmt: skip
    """The k extreme eigenvalues of (…, m, m) and their vectors (…, m, k)."""
    message = f"A must be square, got shape {size_text(A.shape)}"
    check(A.rank >= 2, "rank-mismatch", "tuple index out of range", "IndexError")
    size = require_equal(A.shape[-2], A.shape[-1], "size-mismatch", message, "AssertionError")
    count: Dim = k if k is not None else X.shape[-1] if X is not None and X.rank else 1
    wanted: Dim = n if n is not None else count if X is None else X.shape[-1]
    if less(size, 3 * wanted) is Truth.YES and not (B is not None and equal(size, wanted) is Truth.YES):
        message = (
            f"LOBPCG algorithm is not applicable when the number of A rows (={size}) is smaller than 3 x the number of"
            f" requested eigenpairs (={wanted})"
        )
        check(False, "invalid-argument", message, "ValueError")
    batch = A.shape[:-2]
    return A.with_dims(*batch, count), A.with_dims(*batch, size, count)
