"""numpy.linalg and scipy.linalg: most are op rules of PyTorch under other names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...ops.checks import product
from ...values import DTYPES, FLOAT64, INT64, DType, Fields, Kind, Reason, Tensor, Value
from .numpy_array import array, promoted, run, settle, unknown_array
from .numpy_functions import REDUCTIONS, given_array, result_of
from .numpy_products import matmul
from .registry import ALIASES, native

if TYPE_CHECKING:
    from ..machine import Interp

Numbers = DType | None


def real(dtype: Numbers) -> Numbers:
    """The dtype that LAPACK computes in: single and double precision stay, whole numbers become double."""
    if dtype is None or dtype.kind in (Kind.INT, Kind.BOOL):
        return None if dtype is None else FLOAT64
    return dtype if dtype.bits >= 32 else None


def magnitude(dtype: Numbers) -> Numbers:
    """The dtype of an absolute value."""
    settled = real(dtype)
    if settled is None or settled.kind is not Kind.COMPLEX:
        return settled
    return DTYPES["float32"] if settled.bits == 64 else FLOAT64


def exact(a: Tensor) -> Tensor:
    """The array as a rule of PyTorch takes it."""
    return replace(a, dtype=FLOAT64, data=None)


# ---- one matrix in, one of the same kind out
def _unary(rule: str, *names: str) -> None:
    @native(*names)
    def apply(it: Interp, a: Value, *args: Value, **kwargs: Value) -> Value:
        given = given_array(it, a)
        return result_of(run(it, rule, [exact(given)]), real(given.dtype))


_unary("torch.linalg.inv", "numpy.linalg.inv", "scipy.linalg.inv")
_unary("torch.linalg.pinv", "numpy.linalg.pinv", "scipy.linalg.pinv")
_unary("torch.linalg.cholesky", "numpy.linalg.cholesky", "scipy.linalg.cholesky")
_unary("torch.linalg.det", "numpy.linalg.det", "scipy.linalg.det")
_unary("torch.linalg.matrix_exp", "scipy.linalg.expm")
_unary("torch.linalg.svdvals", "numpy.linalg.svdvals", "scipy.linalg.svdvals")


@native("scipy.linalg.sqrtm", "scipy.linalg.logm")
def root(it: Interp, A: Value, *args: Value, **kwargs: Value) -> Value:
    """Complex if the matrix is not positive."""
    return result_of(run(it, "torch.linalg.matrix_exp", [exact(given_array(it, A))]), None)


@native("numpy.linalg.matrix_power")
def matrix_power(it: Interp, a: Value, n: Value) -> Value:
    given = given_array(it, a)
    settled = real(given.dtype) if not isinstance(n, int) or n < 0 else given.dtype
    return settle(run(it, "torch.linalg.inv", [exact(given)]), settled)


@native("numpy.linalg.matrix_rank")
def matrix_rank(it: Interp, A: Value, *args: Value, **kwargs: Value) -> Value:
    given = given_array(it, A)
    if given.is_open or given.rank < 2:
        return unknown_array(it, "matrix_rank", INT64) if given.is_open else Tensor((), INT64, "numpy")
    return array(given.shape[:-2], INT64)


@native("numpy.linalg.cond")
def cond(it: Interp, x: Value, p: Value = None) -> Value:
    given = given_array(it, x)
    return unknown_array(it, "cond") if given.is_open else array(given.shape[:-2], None)


# ---- norms
@native("numpy.linalg.norm", "scipy.linalg.norm")
def norm(it: Interp, x: Value, ord: Value = None, axis: Value = None, keepdims: Value = False) -> Value:
    given = replace(given_array(it, x), data=None)
    result = REDUCTIONS["mean"](it, given, axis, None, None, keepdims)
    return settle(result, magnitude(given.dtype)) if isinstance(result, Tensor) else result


@native("numpy.linalg.matrix_norm")
def matrix_norm(it: Interp, x: Value, *, keepdims: Value = False, ord: Value = "fro") -> Value:
    return norm(it, x, ord, (-2, -1), keepdims)


@native("numpy.linalg.vector_norm")
def vector_norm(it: Interp, x: Value, *, axis: Value = None, keepdims: Value = False, ord: Value = 2) -> Value:
    return norm(it, x, ord, axis, keepdims)


# ---- decompositions
def _parts(it: Interp, name: str, fields: str, rule: str, given: Tensor, dtypes: tuple[Numbers, ...]) -> Value:
    """The results of a rule as numpy's named tuple."""
    found = run(it, rule, [exact(given)])
    if not isinstance(found, tuple):
        return found
    items = tuple(settle(part, dtype) for part, dtype in zip(found, dtypes))
    return Fields(name, tuple(fields.split()), items)


@native("numpy.linalg.eigh")
def eigh(it: Interp, a: Value, UPLO: Value = "L") -> Value:
    given = given_array(it, a)
    dtypes = magnitude(given.dtype), real(given.dtype)
    return _parts(it, "EighResult", "eigenvalues eigenvectors", "torch.linalg.eigh", given, dtypes)


@native("numpy.linalg.eig")
def eig(it: Interp, a: Value) -> Value:
    """Complex if an eigenvalue is."""
    given = given_array(it, a)
    return _parts(it, "EigResult", "eigenvalues eigenvectors", "torch.linalg.eigh", given, (None, None))


@native("numpy.linalg.eigvals", "scipy.linalg.eigvals")
def eigvals(it: Interp, a: Value) -> Value:
    return settle(run(it, "torch.linalg.eigvalsh", [exact(given_array(it, a))]), None)


@native("numpy.linalg.eigvalsh", "scipy.linalg.eigvalsh")
def eigvalsh(it: Interp, a: Value, UPLO: Value = "L") -> Value:
    given = given_array(it, a)
    return settle(run(it, "torch.linalg.eigvalsh", [exact(given)]), magnitude(given.dtype))


@native("numpy.linalg.slogdet")
def slogdet(it: Interp, a: Value) -> Value:
    given = given_array(it, a)
    dtypes = real(given.dtype), magnitude(given.dtype)
    return _parts(it, "SlogdetResult", "sign logabsdet", "torch.linalg.slogdet", given, dtypes)


@native("numpy.linalg.svd")
def svd(it: Interp, a: Value, full_matrices: Value = True, compute_uv: Value = True, hermitian: Value = False) -> Value:
    given = given_array(it, a)
    if compute_uv is False:
        return settle(run(it, "torch.linalg.svdvals", [exact(given)]), magnitude(given.dtype))
    if compute_uv is not True or not isinstance(full_matrices, bool):
        return it.unknown(given.unknown.reason, "svd") if given.unknown else unknown_array(it, "svd")
    found = run(it, "torch.linalg.svd", [exact(given), full_matrices])
    if not isinstance(found, tuple):
        return found
    dtypes = real(given.dtype), magnitude(given.dtype), real(given.dtype)
    items = tuple(settle(part, dtype) for part, dtype in zip(found, dtypes))
    return Fields("SVDResult", ("U", "S", "Vh"), items)


@native("scipy.linalg.svd")
def scipy_svd(it: Interp, a: Value, full_matrices: Value = True, compute_uv: Value = True, **kwargs: Value) -> Value:
    found = svd(it, a, full_matrices, compute_uv)
    return tuple(found) if isinstance(found, Fields) else found


@native("numpy.linalg.qr")
def qr(it: Interp, a: Value, mode: Value = "reduced") -> Value:
    given = given_array(it, a)
    if mode == "r":
        found = run(it, "torch.linalg.qr", [exact(given), "r"])
        return settle(found[1], real(given.dtype)) if isinstance(found, tuple) else found
    if mode not in ("reduced", "complete"):
        return unknown_array(it, "qr")
    found = run(it, "torch.linalg.qr", [exact(given), mode])
    if not isinstance(found, tuple):
        return found
    return Fields("QRResult", ("Q", "R"), tuple(settle(part, real(given.dtype)) for part in found))


@native("scipy.linalg.qr")
def scipy_qr(it: Interp, a: Value, **kwargs: Value) -> Value:
    wanted = {"full": "complete", "economic": "reduced"}.get(str(kwargs.get("mode", "full")))
    if wanted is None or kwargs.get("pivoting", False) is not False:
        return unknown_array(it, "qr")
    found = qr(it, a, wanted)
    return tuple(found) if isinstance(found, Fields) else found


@native("scipy.linalg.lu")
def scipy_lu(it: Interp, a: Value, permute_l: Value = False, *args: Value, **kwargs: Value) -> Value:
    """The permutation is applied to L where `permute_l` says so; `p_indices` gives it as indices."""
    if args or kwargs.get("p_indices", False) is not False or not isinstance(permute_l, bool):
        return it.unknown(Reason.NO_RULE, "scipy.linalg.lu")
    given = given_array(it, a)
    found = run(it, "torch.linalg.lu", [exact(given)])
    if not isinstance(found, tuple):
        return found
    parts = tuple(settle(part, real(given.dtype)) for part in found)
    return parts[1:] if permute_l else parts


@native("scipy.linalg.lu_factor")
def lu_factor(it: Interp, a: Value, *args: Value, **kwargs: Value) -> Value:
    given = given_array(it, a)
    found = run(it, "torch.linalg.lu_factor", [exact(given)])
    if not isinstance(found, tuple):
        return found
    return settle(found[0], real(given.dtype)), settle(found[1], DTYPES["int32"])


@native("scipy.linalg.eigh")
def scipy_eigh(it: Interp, a: Value, b: Value = None, **kwargs: Value) -> Value:
    found = eigh(it, a) if not kwargs else unknown_array(it, "eigh")
    return tuple(found) if isinstance(found, Fields) else found


# ---- systems
@native("numpy.linalg.solve", "scipy.linalg.solve")
def solve(it: Interp, a: Value, b: Value, **kwargs: Value) -> Value:
    """A right side of one axis is a vector, whatever the axes of `a`."""
    x, y = given_array(it, a), given_array(it, b)
    dtype = promoted([real(x.dtype), real(y.dtype)])
    if x.is_open or y.is_open or (y.rank == 1 and x.rank != 2):
        return unknown_array(it, "solve", dtype)
    return settle(run(it, "torch.linalg.solve", [exact(x), exact(y)]), dtype)


@native("numpy.linalg.lstsq", "scipy.linalg.lstsq")
def lstsq(it: Interp, a: Value, b: Value, *args: Value, **kwargs: Value) -> Value:
    """The solution, the residuals (none, or one a column), the rank, the singular values."""
    x, y = given_array(it, a), given_array(it, b)
    dtype = promoted([real(x.dtype), real(y.dtype)])
    if x.is_open or y.is_open or x.rank != 2 or y.rank not in (1, 2):
        solution: Value = unknown_array(it, "lstsq", dtype)
        values: Value = unknown_array(it, "lstsq", dtype)
    else:
        solution = array((x.shape[1], *y.shape[1:]), dtype)
        values = settle(run(it, "torch.linalg.svdvals", [exact(x)]), dtype)
    return solution, unknown_array(it, "residuals", dtype), Tensor((), DTYPES["int32"], "numpy"), values


@native("numpy.linalg.multi_dot")
def multi_dot(it: Interp, arrays: Value, **kwargs: Value) -> Value:
    items = [given_array(it, item) for item in it.iterate(arrays).items]
    if len(items) < 2:
        return unknown_array(it, "multi_dot")
    result: Value = items[0]
    for item in items[1:]:
        result = matmul(it, result, item)
    return result


@native("scipy.linalg.block_diag")
def block_diag(it: Interp, *arrays: Value) -> Value:
    parts = [given_array(it, a) for a in arrays]
    return settle(run(it, "torch.block_diag", [exact(p) for p in parts]), promoted([p.dtype for p in parts]))


@native("scipy.linalg.hadamard", "scipy.linalg.hilbert", "scipy.linalg.pascal")
def square(it: Interp, n: Value, dtype: Value = None, **kwargs: Value) -> Value:
    return array([n, n], None) if isinstance(n, int) else unknown_array(it, "a square matrix")


@native("scipy.linalg.toeplitz")
def toeplitz(it: Interp, c: Value, r: Value = None) -> Value:
    """As many rows as the first column has elements."""
    parts = [given_array(it, v) for v in (c, c if r is None else r)]
    if any(p.is_open or p.rank != 1 for p in parts):
        return unknown_array(it, "toeplitz")
    return array([product(p.shape) for p in parts], promoted([p.dtype for p in parts]))


ALIASES["numpy.linalg.matmul"] = "numpy.matmul"
ALIASES["numpy.linalg.outer"] = "numpy.outer"
ALIASES["numpy.linalg.cross"] = "numpy.cross"
ALIASES["numpy.linalg.trace"] = "numpy.trace"
ALIASES["numpy.linalg.diagonal"] = "numpy.diagonal"
