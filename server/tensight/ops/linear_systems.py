"""Linear systems: solve, triangular and factored forms, least squares."""

from __future__ import annotations

from collections.abc import Sequence

from ..dims import Dim, Truth, dim_min, equal, less
from ..values import DTYPES, Fields, Tensor, torch_size_text
from .checks import axis, broadcast, check, product, require_equal
from .element_types import common_dtype
from .errors import Lift
from .kinds import Axes, Flag, OptText, Raw
from .linalg import INT32, named, real_of, require_floating, require_matrix, require_square
from .registry import op
from .spatial import list_text


def _same(name: str, a: Tensor, b: Tensor) -> None:
    common_dtype(
        a, b,
        lambda x, y: f"{name}: Expected A and B to have the same dtype, but found A of type {x.legacy} and B of type"
        f" {y.legacy} instead",
    )  # fmt: skip


def _fits(A: Tensor, B: Sequence[Dim], left: bool, name: str) -> None:
    n, (rows, columns) = A.shape[-2], B[-2:]
    require_equal(
        A.shape[-2 if left else -1], rows if left else columns, "matmul-mismatch",
        f"{name}: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'}"
        f" ({n}x{A.shape[-1]} and {rows}x{columns})",
    )  # fmt: skip


def _vector_case(A: Tensor, B: Tensor) -> bool:
    """Whether B is a batch of vectors: rank 1, or A's shape without its last axis."""
    if B.rank == 1:
        return True
    if A.rank - 1 != B.rank:
        return False
    truths = [equal(a, b) for a, b in zip(A.shape[:-1], B.shape)]
    if Truth.NO in truths:
        return False
    if Truth.MAYBE in truths:
        raise Lift()
    return True


def _solve(A: Tensor, B: Tensor, left: bool) -> tuple[Dim, ...]:
    name = "linalg.solve"
    require_floating(A, name)
    _same(name, A, B)
    require_matrix(A, name)
    vector = _vector_case(A, B)
    check(
        left or not vector, "invalid-argument",
        f"{name}: Vector broadcasting of the left hand side is not supported for left=False. In this case {name} is"
        " equivalent to B / A.squeeze(-1)",
    )  # fmt: skip
    wide = (*B.shape, 1) if vector else B.shape
    require_square(A, name)
    check(len(wide) >= 2, "rank-mismatch", f"{name}: The input tensor B must have at least 2 dimensions.")
    _fits(A, wide, left, name)
    batch = broadcast(wide[:-2], A.shape[:-2])
    return (*batch, wide[-2]) if vector else (*batch, *wide[-2:])


@op("torch.linalg.solve")
def solve(A: Tensor, B: Tensor, *, left: Flag = True) -> Tensor:
    """X of AX = B (or XA = B)."""
    return A.with_dims(*_solve(A, B, left))


@op("torch.linalg.solve_ex")
def solve_ex(A: Tensor, B: Tensor, *, left: Flag = True, check_errors: Flag = False) -> Fields:
    """solve without an error where a matrix is singular."""
    dims = _solve(A, B, left)
    info = Tensor(A.shape[:-2], INT32)
    return named("linalg_solve_ex", "result info", A.with_dims(*dims), info)


@op("torch.linalg.solve_triangular")
def solve_triangular(A: Tensor, B: Tensor, *, upper: Flag, left: Flag = True, unitriangular: Flag = False) -> Tensor:
    """X of AX = B for triangular A."""
    name = "linalg.solve_triangular"
    _same(name, A, B)
    require_square(A, name)
    require_matrix(B, name, "B")
    _fits(A, B.shape, left, name)
    batch = broadcast(B.shape[:-2], A.shape[:-2])
    return B.with_dims(*batch, *B.shape[-2:])


def _factored(b: Tensor, A: Tensor, name: str) -> tuple[Dim, ...]:
    """The checks of the older solvers, which take b first."""
    require_equal(
        A.shape[-1], A.shape[-2], "size-mismatch",
        f"A must be batches of square matrices, but they are {A.shape[-2]} by {A.shape[-1]} matrices",
    )  # fmt: skip
    require_equal(
        A.shape[-2], b.shape[-2], "matmul-mismatch",
        f"Incompatible matrix sizes for {name}: each A matrix is {A.shape[-1]} by {A.shape[-1]} but each b matrix is"
        f" {b.shape[-2]} by {b.shape[-1]}",
    )  # fmt: skip
    return broadcast(b.shape[:-2], A.shape[:-2])


@op("torch.cholesky_solve", "torch.Tensor.cholesky_solve")
def cholesky_solve(input: Tensor, input2: Tensor, upper: Flag = False) -> Tensor:
    """X of AX = B from a cholesky factor of A."""
    for letter, tensor in (("b", input), ("u", input2)):
        check(
            tensor.rank >= 2, "rank-mismatch",
            f"{letter} should have at least 2 dimensions, but has {tensor.rank} dimensions instead",
        )  # fmt: skip
    batch = _factored(input, input2, "cholesky_solve")
    return input.with_dims(*batch, *input.shape[-2:])


@op("torch.triangular_solve", "torch.Tensor.triangular_solve")
def triangular_solve(
    b: Tensor, A: Tensor, upper: Flag = True, transpose: Flag = False, unitriangular: Flag = False
) -> Fields:
    """X of AX = B for triangular A."""
    for letter, tensor in (("b", b), ("A", A)):
        check(
            tensor.rank >= 2, "rank-mismatch",
            f"torch.triangular_solve: Expected {letter} to have at least 2 dimensions, but it has {tensor.rank}"
            " dimensions instead",
        )  # fmt: skip
    batch = _factored(b, A, "triangular_solve")
    solution = b.with_dims(*batch, *b.shape[-2:])
    return named("triangular_solve", "solution cloned_coefficient", solution, A.with_dims(*batch, *A.shape[-2:]))


@op("torch.linalg.lu_solve")
def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: Flag = True, adjoint: Flag = False) -> Tensor:
    """X of AX = B from an LU factorization of A."""
    name = "linalg.lu_solve"
    require_square(LU, f"torch.{name}")
    require_floating(LU, f"torch.{name}")
    if pivots.dtype is not None:
        message = f"{name}: pivots should be a Tensor of scalar type torch.int32"
        check(pivots.dtype is INT32, "dtype-mismatch", message)
    common_dtype(
        LU, B,
        lambda x, y: f"{name}: Expected LU and B to have the same dtype, but found LU of type {x.legacy} and B of type"
        f" {y.legacy} instead",
    )  # fmt: skip
    if pivots.rank:
        message = f"{name}: Number of pivots per batch should be same as the dimension of the matrix"
        require_equal(pivots.shape[-1], LU.shape[-1], "size-mismatch", message)
    message = (
        f"{name}: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with shape"
        f" {list_text(pivots.shape)} instead"
    )
    check(pivots.rank == LU.rank - 1, "rank-mismatch", message)
    for have, want in zip(pivots.shape, LU.shape):
        require_equal(have, want, "size-mismatch", message)
    require_matrix(B, name, "B")
    _fits(LU, B.shape, left, name)
    batch = broadcast(B.shape[:-2], LU.shape[:-2])
    return B.with_dims(*batch, *B.shape[-2:])


@op("torch.lu_solve", "torch.Tensor.lu_solve")
def torch_lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
    """X of AX = b from an LU factorization of A."""
    result = lu_solve.function(LU_data, LU_pivots, b)
    assert isinstance(result, Tensor)
    return result


@op("torch.linalg.ldl_solve")
def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: Flag = False) -> Tensor:
    """X of AX = B from an LDL factorization of A."""
    name = "torch.linalg.ldl_solve"
    require_square(LD, name)
    require_floating(LD, name)
    check(
        B.rank >= 2, "rank-mismatch",
        f"{name}: Expected B to have at least 2 dimensions, but it has {B.rank} dimensions instead",
    )  # fmt: skip
    return B.with_dims(*broadcast(B.shape[:-2], LD.shape[:-2]), *B.shape[-2:])


_DRIVERS = ("gels", "gelsy", "gelsd", "gelss")


@op("torch.linalg.lstsq")
def lstsq(A: Tensor, B: Tensor, rcond: Raw = None, *, driver: OptText = None) -> Fields:
    """The least squares solution, residuals, ranks and singular values."""
    name = "torch.linalg.lstsq"
    check(A.rank >= 2, "rank-mismatch", f"{name}: input must have at least 2 dimensions.")
    check(B.rank >= 1, "rank-mismatch", f"{name}: other must have at least 1 dimension.")
    difference = A.rank - B.rank
    check(
        0 <= difference <= 1, "rank-mismatch",
        f"{name}: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1",
    )  # fmt: skip
    common_dtype(A, B, lambda x, y: f"{name}: input and other must be on the same dtype")
    vector = difference == 1
    rows, columns = A.shape[-2:]
    have = B.shape[-1] if vector else B.shape[-2]
    place = -1 if vector else -2
    require_equal(rows, have, "matmul-mismatch", f"{name}: input.size(-2) should match other.size({place})")
    check(
        driver in (None, *_DRIVERS), "invalid-argument",
        f"{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)",
    )  # fmt: skip
    batch = broadcast(A.shape[:-2], B.shape[:-1] if vector else B.shape[:-2])
    right = () if vector else (B.shape[-1],)
    solution = A.with_dims(*batch, columns, *right)
    return named(
        "linalg_lstsq", "solution residuals rank singular_values", solution, _residuals(A, batch, right, driver),
        _ranks(A, batch, driver), _singular(A, batch, driver),
    )  # fmt: skip


def _residuals(A: Tensor, batch: tuple[Dim, ...], right: tuple[Dim, ...], driver: str | None) -> Tensor:
    """Only for more rows than columns and full rank, which depends on data unless the driver takes it for granted."""
    rows, columns = A.shape[-2:]
    dtype = real_of(A.dtype)
    more = less(columns, rows)
    if more is Truth.NO or driver == "gelsy":
        return Tensor((0,), dtype, A.device)
    if more is Truth.YES and driver == "gels":
        return Tensor((*batch, *right), dtype, A.device)
    return Tensor(None, dtype, A.device)


def _ranks(A: Tensor, batch: tuple[Dim, ...], driver: str | None) -> Tensor:
    return Tensor(batch, DTYPES["int64"], A.device) if driver != "gels" else Tensor((0,), DTYPES["int64"], A.device)


def _singular(A: Tensor, batch: tuple[Dim, ...], driver: str | None) -> Tensor:
    dtype = real_of(A.dtype)
    if driver in ("gelsd", "gelss"):
        return Tensor((*batch, dim_min(A.shape[-2], A.shape[-1])), dtype, A.device)
    return Tensor((0,), dtype, A.device)


@op("torch.linalg.tensorsolve")
def tensorsolve(A: Tensor, B: Tensor, dims: Axes = None) -> Tensor:
    """X of tensordot(A, X) = B."""
    if dims:
        moved = [axis(d, A.rank) for d in dims]
        message = f"movedim: repeated dim in `source` ({torch_size_text(dims)})"
        check(len(set(moved)) == len(moved), "invalid-argument", message)
        A = A.with_dims(*(A.shape[i] for i in range(A.rank) if i not in moved), *(A.shape[i] for i in moved))
    head, tail = product(B.shape), product(A.shape[B.rank :])
    require_equal(
        tail, head, "size-mismatch",
        "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but"
        f" got {tail} != {head}",
    )  # fmt: skip
    count = product(A.shape)
    message = f"shape '{torch_size_text((head, tail))}' is invalid for input of size {count}"
    require_equal(count, head * tail, "invalid-reshape", message)
    return A.with_dims(*A.shape[B.rank :])


@op("torch.ormqr", "torch.Tensor.ormqr")
def ormqr(input: Tensor, tau: Tensor, other: Tensor, left: Flag = True, transpose: Flag = False) -> Tensor:
    """The product of a matrix with the Q of a Householder form."""
    name = "torch.ormqr"
    check(input.rank >= 2, "rank-mismatch", f"{name}: input must have at least 2 dimensions.")
    check(other.rank >= 2, "rank-mismatch", f"{name}: other must have at least 2 dimensions.")
    side = -2 if left else -1
    require_equal(
        other.shape[side], input.shape[-2], "matmul-mismatch",
        f"{name}: other.shape[{side}] must be equal to input.shape[-2]",
    )  # fmt: skip
    if tau.rank:
        require_equal(
            tau.shape[-1], dim_min(other.shape[side], input.shape[-1]), "size-mismatch",
            f"{name}: tau.shape[-1] must be equal to min(other.shape[{side}], input.shape[-1])",
        )  # fmt: skip
    return other.with_dims(*other.shape)
