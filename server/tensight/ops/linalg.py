"""Matrix functions and decompositions: inverse, determinant, eigenvalues, cholesky, qr, svd, lu, pinv, …"""

from __future__ import annotations

from collections.abc import Sequence

from ..dims import Dim, Truth, less
from ..values import DTYPES, DType, Fields, Kind, Tensor, torch_size_text
from .checks import axis, broadcast, check, refuse, require_equal
from .errors import Lift
from .fft import COMPLEX_OF, REAL_OF
from .kinds import Axis, Flag, Int, OptInt, Raw, Text
from .registry import RULES, alias, op

INT32 = DTYPES["int32"]


def named(name: str, names: str, *items: Tensor) -> Fields:
    """A result of several tensors, as torch.return_types has it."""
    return Fields(f"torch.return_types.{name}", tuple(names.split()), items)


def batch_of(A: Tensor) -> tuple[Dim, ...]:
    return A.shape[:-2]


def real_of(dtype: DType | None) -> DType | None:
    """The dtype of singular values and norms."""
    return dtype if dtype is None or dtype.kind is not Kind.COMPLEX else REAL_OF.get(dtype)


def complex_of(dtype: DType | None) -> DType | None:
    return dtype if dtype is None or dtype.kind is Kind.COMPLEX else COMPLEX_OF.get(dtype)


def require_matrix(A: Tensor, name: str, letter: str = "A") -> None:
    check(
        A.rank >= 2, "rank-mismatch", f"{name}: The input tensor {letter} must have at least 2 dimensions.",
        rank=A.rank,
    )  # fmt: skip


def require_square(A: Tensor, name: str, letter: str = "A", *, prefix: str | None = None) -> None:
    """A batch of square matrices."""
    require_matrix(A, name, letter)
    rows, columns = A.shape[-2:]
    head = f"{name}: " if prefix is None else prefix
    require_equal(
        rows, columns, "size-mismatch",
        f"{head}{letter} must be batches of square matrices, but they are {rows} by {columns} matrices",
    )  # fmt: skip


def require_floating(A: Tensor, name: str) -> None:
    """Matrices of float or double, real or complex; half has kernels on some devices only."""
    dtype = A.dtype
    check(
        dtype is None or dtype.kind >= Kind.FLOAT, "dtype-mismatch",
        f"{name}: Expected a floating point or complex tensor as input. Got {dtype.legacy if dtype else ''}",
    )  # fmt: skip


def square(A: Tensor, name: str) -> None:
    require_square(A, name)
    require_floating(A, name)


#: name → (name in messages, result: "matrix", "value"); the rest of the form is the same.
_SQUARE = {
    "torch.linalg.inv": ("linalg.inv", "matrix"),
    "torch.linalg.det": ("linalg.det", "value"),
    "torch.linalg.matrix_exp": ("linalg.matrix_exp", "matrix"),
    "torch.logdet": ("logdet", "value"),
}


def _register_square(name: str, shown: str, kind: str) -> None:
    def rule(A: Tensor) -> Tensor:
        square(A, shown)
        return A.with_dims(*(A.shape if kind == "matrix" else batch_of(A)))

    rule.__doc__ = f"{name}: square matrices to {kind}s."
    op(name)(rule)


for _name, (_shown, _kind) in _SQUARE.items():
    _register_square(_name, _shown, _kind)


alias(RULES["torch.linalg.inv"], "torch.inverse", "torch.Tensor.inverse")
alias(RULES["torch.linalg.det"], "torch.det", "torch.Tensor.det")
alias(RULES["torch.linalg.matrix_exp"], "torch.matrix_exp", "torch.Tensor.matrix_exp")
alias(RULES["torch.logdet"], "torch.Tensor.logdet")


@op("torch.linalg.cholesky")
def linalg_cholesky(A: Tensor, *, upper: Flag = False) -> Tensor:
    """The triangular factor of positive definite matrices."""
    square(A, "linalg.cholesky")
    return A.with_dims(*A.shape)


@op("torch.cholesky", "torch.Tensor.cholesky")
def cholesky(input: Tensor, upper: Flag = False) -> Tensor:
    """The triangular factor of positive definite matrices."""
    require_square(input, "cholesky")
    return input.with_dims(*input.shape)


@op("torch.cholesky_inverse", "torch.Tensor.cholesky_inverse")
def cholesky_inverse(input: Tensor, upper: Flag = False) -> Tensor:
    """The inverse from a cholesky factor."""
    require_square(input, "cholesky_inverse")
    return input.with_dims(*input.shape)


def info_of(A: Tensor) -> Tensor:
    return Tensor(batch_of(A), INT32, A.device)


@op("torch.linalg.cholesky_ex")
def cholesky_ex(A: Tensor, *, upper: Flag = False, check_errors: Flag = False) -> Fields:
    """cholesky without an error where a matrix is not positive definite."""
    square(A, "linalg.cholesky")
    return named("linalg_cholesky_ex", "L info", A.with_dims(*A.shape), info_of(A))


@op("torch.linalg.inv_ex")
def inv_ex(A: Tensor, *, check_errors: Flag = False) -> Fields:
    """inv without an error where a matrix is singular."""
    square(A, "linalg.inv")
    return named("linalg_inv_ex", "inverse info", A.with_dims(*A.shape), info_of(A))


def _slogdet(A: Tensor, name: str) -> Fields:
    square(A, "linalg.slogdet")
    sign = A.with_dims(*batch_of(A))
    return named(name, "sign logabsdet", sign, Tensor(batch_of(A), real_of(A.dtype), A.device))


@op("torch.linalg.slogdet")
def linalg_slogdet(A: Tensor) -> Fields:
    """Sign and logarithm of determinants."""
    return _slogdet(A, "linalg_slogdet")


@op("torch.slogdet", "torch.Tensor.slogdet")
def slogdet(input: Tensor) -> Fields:
    """Sign and logarithm of determinants."""
    return _slogdet(input, "slogdet")


@op("torch.linalg.matrix_power", "torch.matrix_power", "torch.Tensor.matrix_power")
def matrix_power(A: Tensor, n: Int) -> Tensor:
    """A power of square matrices."""
    require_square(A, "linalg.matrix_power")
    if less(n, 0) is Truth.YES:
        square(A, "linalg.inv")
    return A.with_dims(*A.shape)


def _complex_eigen(A: Tensor, name: str) -> DType | None:
    require_square(A, name)
    if A.dtype is not None and A.dtype.kind < Kind.FLOAT:
        raise refuse("dtype-mismatch", f"Unknown Complex ScalarType for {A.dtype.legacy}")
    return complex_of(A.dtype)


@op("torch.linalg.eig")
def eig(A: Tensor) -> Fields:
    """Eigenvalues and eigenvectors."""
    dtype = _complex_eigen(A, "linalg.eig")
    values = Tensor(A.shape[:-1], dtype, A.device)
    return named("linalg_eig", "eigenvalues eigenvectors", values, Tensor(A.shape, dtype, A.device))


@op("torch.linalg.eigvals")
def eigvals(A: Tensor) -> Tensor:
    """Eigenvalues."""
    return Tensor(A.shape[:-1], _complex_eigen(A, "linalg.eigvals"), A.device)


def _hermitian(A: Tensor, side: str) -> None:
    require_square(A, "linalg.eigh")
    check(
        side[:1].upper() in ("L", "U"), "invalid-argument", f"Expected UPLO argument to be 'L' or 'U', but got {side}"
    )
    if A.dtype is not None and A.dtype.kind < Kind.FLOAT:
        message = f"\"linalg_eigh_cpu\" not implemented for '{A.dtype.legacy}'"
        raise refuse("dtype-mismatch", message, "NotImplementedError")


@op("torch.linalg.eigh")
def eigh(A: Tensor, UPLO: Text = "L") -> Fields:
    """Eigenvalues and eigenvectors of hermitian matrices."""
    _hermitian(A, UPLO)
    values = Tensor(A.shape[:-1], real_of(A.dtype), A.device)
    return named("linalg_eigh", "eigenvalues eigenvectors", values, A.with_dims(*A.shape))


@op("torch.linalg.eigvalsh")
def eigvalsh(A: Tensor, UPLO: Text = "L") -> Tensor:
    """Eigenvalues of hermitian matrices."""
    _hermitian(A, UPLO)
    return Tensor(A.shape[:-1], real_of(A.dtype), A.device)


@op("torch.linalg.pinv", "torch.pinverse", "torch.Tensor.pinverse")
def pinv(A: Tensor, atol: Raw = None, rtol: Raw = None, hermitian: Flag = False, rcond: Raw = None) -> Tensor:
    """The pseudo-inverse."""
    if any(isinstance(bound, Tensor) and bound.dims != () for bound in (atol, rtol, rcond)):
        raise Lift()  # one bound for each matrix: it broadcasts
    dtype = A.dtype
    name = dtype.legacy if dtype is not None else "Float"
    check(
        A.rank >= 2 and (dtype is None or dtype.kind >= Kind.FLOAT), "rank-mismatch",
        f"linalg.pinv({name}{{{torch_size_text(A.shape)}}}): expected a tensor with 2 or more dimensions of float,"
        " double, cfloat or cdouble types",
    )  # fmt: skip
    if hermitian:
        _hermitian(A, "L")
    return A.with_dims(*batch_of(A), A.shape[-1], A.shape[-2])


@op("torch.linalg.matrix_rank")
def matrix_rank(A: Tensor, tol: Raw = None, hermitian: Flag = False, *, atol: Raw = None, rtol: Raw = None) -> Tensor:
    """The rank of matrices."""
    require_matrix(A, "torch.linalg.matrix_rank", "input")
    batch = batch_of(A)
    for tolerance in (tol, atol, rtol):
        if isinstance(tolerance, Tensor):
            if tolerance.is_open:
                raise Lift(tolerance.unknown)
            batch = broadcast(batch, tolerance.shape)
    return Tensor(batch, DTYPES["int64"], A.device)


@op("torch.linalg.tensorinv")
def tensorinv(A: Tensor, ind: Int = 2) -> Tensor:
    """The inverse of a tensor as a matrix of its first `ind` axes."""
    check(less(0, ind), "invalid-argument", f"Expected a strictly positive integer for 'ind', but got {ind}")
    if not isinstance(ind, int):
        raise Lift()
    head, tail = _prod(A.shape[:ind]), _prod(A.shape[ind:])
    require_equal(
        tail, head, "size-mismatch",
        "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got"
        f" {tail} != {head}",
    )  # fmt: skip
    return A.with_dims(*A.shape[ind:], *A.shape[:ind])


def _prod(dims: Sequence[Dim]) -> Dim:
    total: Dim = 1
    for size in dims:
        total = total * size
    return total


@op("torch.linalg.vander")
def vander(x: Tensor, N: OptInt = None) -> Tensor:
    """Powers 0 … N-1 of each element as a row."""
    size: Dim = N if N is not None else x.shape[-1] if x.rank else 1
    check(less(1, size) is not Truth.NO, "invalid-argument", "N must be greater than 1.")
    return x.with_dims(*(x.shape or (1,)), size)


@op("torch.linalg.vecdot")
def vecdot(x: Tensor, y: Tensor, dim: Axis = -1) -> Tensor:
    """Inner products along an axis."""
    require_floating(x, "linalg.vecdot")
    dims = broadcast(x.shape, y.shape)
    position = axis(dim, x.rank)
    if x.rank != y.rank:
        position = axis(dim, len(dims))
    dtype = x.dtype if x.dtype is y.dtype else None
    return Tensor((*dims[:position], *dims[position + 1 :]), dtype, x.device)
