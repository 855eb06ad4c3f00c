"""Decompositions of matrices: qr, svd, lu, ldl, Householder."""

from __future__ import annotations

from typing import Any

from ..dims import Dim, Truth, dim_min, equal, less
from ..values import Fields, Kind, Tensor, torch_size_text
from .checks import check, refuse
from .kinds import Flag, Raw, Text
from .linalg import INT32, batch_of, info_of, named, real_of, require_floating, require_matrix, square
from .registry import op


def _qr(A: Tensor, mode: str) -> tuple[Tensor, Tensor]:
    check(
        mode in ("reduced", "r", "complete"), "invalid-argument",
        f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'",
    )  # fmt: skip
    batch, (rows, columns) = batch_of(A), A.shape[-2:]
    inner = rows if mode == "complete" else dim_min(rows, columns)
    q = A.with_dims(0) if mode == "r" else A.with_dims(*batch, rows, inner)
    return q, A.with_dims(*batch, inner, columns)


@op("torch.linalg.qr")
def linalg_qr(A: Tensor, mode: Text = "reduced") -> Fields:
    """The QR decomposition."""
    require_matrix(A, "linalg.qr")
    require_floating(A, "linalg.qr")
    return named("linalg_qr", "Q R", *_qr(A, mode))


@op("torch.qr", "torch.Tensor.qr")
def qr(input: Tensor, some: Flag = True) -> Fields:
    """The QR decomposition."""
    require_matrix(input, "linalg.qr")
    require_floating(input, "linalg.qr")
    return named("qr", "Q R", *_qr(input, "reduced" if some else "complete"))


def _svd(A: Tensor, full: bool) -> tuple[Tensor, Tensor, Tensor]:
    batch, (rows, columns) = batch_of(A), A.shape[-2:]
    inner = dim_min(rows, columns)
    left, right = (rows, columns) if full else (inner, inner)
    values = Tensor((*batch, inner), real_of(A.dtype), A.device)
    return A.with_dims(*batch, rows, left), values, A.with_dims(*batch, right, columns)


@op("torch.linalg.svd")
def linalg_svd(A: Tensor, full_matrices: Flag = True, *, driver: Raw = None) -> Fields:
    """The singular value decomposition."""
    require_matrix(A, "linalg.svd")
    require_floating(A, "linalg.svd")
    return named("linalg_svd", "U S Vh", *_svd(A, full_matrices))


@op("torch.svd", "torch.Tensor.svd")
def svd(input: Tensor, some: Flag = True, compute_uv: Flag = True) -> Fields:
    """The singular value decomposition; V is not transposed."""
    check(
        input.rank >= 2, "rank-mismatch",
        f"linalg.svd: input should have at least 2 dimensions, but has {input.rank} dimensions instead",
    )  # fmt: skip
    require_floating(input, "linalg.svd")
    u, s, vh = _svd(input, not some or not compute_uv)
    columns, inner = vh.shape[-1], vh.shape[-2]
    return named("svd", "U S V", u, s, vh.with_dims(*batch_of(input), columns, inner))


@op("torch.linalg.svdvals")
def svdvals(A: Tensor, *, driver: Raw = None) -> Tensor:
    """Singular values."""
    require_matrix(A, "linalg.svd")
    require_floating(A, "linalg.svd")
    return _svd(A, False)[1]


def _lu_sizes(A: Tensor, name: str) -> tuple[tuple[Dim, ...], Dim, Dim, Dim]:
    check(
        A.rank >= 2, "rank-mismatch",
        f"{name}: Expected tensor with 2 or more dimensions. Got size: {torch_size_text(A.shape)} instead",
    )  # fmt: skip
    if A.dtype is not None and A.dtype.kind < Kind.FLOAT:
        message = f"\"lu_cpu\" not implemented for '{A.dtype.legacy}'"
        raise refuse("dtype-mismatch", message, "NotImplementedError")
    return batch_of(A), A.shape[-2], A.shape[-1], dim_min(A.shape[-2], A.shape[-1])


@op("torch.linalg.lu")
def lu(A: Tensor, *, pivot: Flag = True) -> Fields:
    """P, L and U."""
    batch, rows, columns, inner = _lu_sizes(A, "linalg.lu")
    p = A.with_dims(*batch, rows, rows) if pivot else A.with_dims(0)
    return named("linalg_lu", "P L U", p, A.with_dims(*batch, rows, inner), A.with_dims(*batch, inner, columns))


def _lu_parts(A: Tensor) -> tuple[Tensor, Tensor]:
    batch, _, _, inner = _lu_sizes(A, "torch.lu_factor")
    return A.with_dims(*A.shape), Tensor((*batch, inner), INT32, A.device)


@op("torch.linalg.lu_factor")
def lu_factor(A: Tensor, *, pivot: Flag = True) -> Fields:
    """L and U in one matrix, and the pivots."""
    return named("linalg_lu_factor", "LU pivots", *_lu_parts(A))


@op("torch.linalg.lu_factor_ex")
def lu_factor_ex(A: Tensor, *, pivot: Flag = True, check_errors: Flag = False) -> Fields:
    """lu_factor without an error where a matrix is singular."""
    return named("linalg_lu_factor_ex", "LU pivots info", *_lu_parts(A), info_of(A))


@op("torch.lu", "torch.functional.lu", "torch.Tensor.lu")
def torch_lu(A: Tensor, pivot: Flag = True, get_infos: Flag = False) -> tuple[Tensor, ...]:
    """L and U in one matrix, and the pivots."""
    parts = _lu_parts(A)
    return named("_lu_with_info", "LU pivots info", *parts, info_of(A)) if get_infos else parts


@op("torch.lu_unpack")
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: Flag = True, unpack_pivots: Flag = True) -> Fields:
    """P, L and U from their packed form."""
    if LU_pivots.dtype is not None and LU_pivots.dtype is not INT32:
        raise refuse(
            "dtype-mismatch",
            "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.",
        )
    batch, (rows, columns) = batch_of(LU_data), LU_data.shape[-2:]
    inner = dim_min(rows, columns)
    none = LU_data.with_dims(0)
    left = LU_data.with_dims(*batch, rows, inner) if unpack_data else none
    right = LU_data.with_dims(*batch, inner, columns) if unpack_data else none
    p = LU_data.with_dims(*batch, rows, rows) if unpack_pivots else none
    return named("lu_unpack", "P L U", p, left, right)


def _ldl(A: Tensor) -> tuple[Tensor, Tensor]:
    square(A, "torch.linalg.ldl_factor_ex")
    return A.with_dims(*A.shape), Tensor(A.shape[:-1], INT32, A.device)


@op("torch.linalg.ldl_factor")
def ldl_factor(A: Tensor, *, hermitian: Flag = False) -> Fields:
    """The LDL factorization."""
    return named("linalg_ldl_factor", "LD pivots", *_ldl(A))


@op("torch.linalg.ldl_factor_ex")
def ldl_factor_ex(A: Tensor, *, hermitian: Flag = False, check_errors: Flag = False) -> Fields:
    """ldl_factor without an error where a matrix is singular."""
    return named("linalg_ldl_factor_ex", "LD pivots info", *_ldl(A), info_of(A))


def _householder(A: Tensor, tau: Tensor, name: str) -> None:
    check(A.rank >= 2, "rank-mismatch", f"{name}: input must have at least 2 dimensions.")
    rows, columns = A.shape[-2:]
    check(
        less(rows, columns) is not Truth.YES, "size-mismatch",
        f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]",
    )  # fmt: skip
    size: Any = tau.shape[-1] if tau.rank else 1
    check(
        less(columns, size) is not Truth.YES, "size-mismatch",
        f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]",
    )  # fmt: skip
    check(
        A.rank - tau.rank == 1, "rank-mismatch",
        f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to {tau.rank} and"
        f" input.ndim is equal to {A.rank}",
    )  # fmt: skip
    if A.rank > 2:
        wrong = any(equal(a, b) is Truth.NO for a, b in zip(batch_of(A), tau.shape[:-1]))
        check(
            not wrong, "size-mismatch",
            f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got"
            f" {torch_size_text(tau.shape[:-1])}",
        )  # fmt: skip


@op("torch.linalg.householder_product", "torch.orgqr", "torch.Tensor.orgqr")
def householder_product(input: Tensor, tau: Tensor) -> Tensor:
    """The product of Householder matrices."""
    _householder(input, tau, "torch.linalg.householder_product")
    return input.with_dims(*input.shape)


@op("torch.geqrf", "torch.Tensor.geqrf")
def geqrf(input: Tensor) -> Fields:
    """The QR decomposition in LAPACK's own form."""
    check(input.rank >= 2, "rank-mismatch", "torch.geqrf: input must have at least 2 dimensions.")
    inner = dim_min(input.shape[-2], input.shape[-1])
    return named("geqrf", "a tau", input.with_dims(*input.shape), input.with_dims(*batch_of(input), inner))
