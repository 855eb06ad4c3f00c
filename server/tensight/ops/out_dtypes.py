"""`out=` of another element type than the result: which operations convert, which refuse, and in what words.

The rows are what PyTorch does with its own samples (tests/ops/test_out_dtypes.py); an operation that stands in none
is not looked at."""

from __future__ import annotations

from collections.abc import Callable

from ..values import DType, Kind
from .registry import RULES
from .spatial import c_name

#: What is said of the types of result and `out`; None: nothing.
_Words = Callable[[DType, DType], str | None]

#: The result is converted, but not to a lower category.
_CONVERTED = """
    acos acosh add addcdiv addcmul addr angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh
    atan atan2 atanh bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor clamp clamp_max
    clamp_min copysign cos cosh deg2rad digamma div erf erfc erfinv exp exp2 expm1 floor_divide fmax fmin fmod
    gcd hypot i0 igamma igammac kron lcm lerp lgamma log log10 log1p log2 logaddexp logaddexp2 logit maximum
    minimum mul multiply nextafter nn.functional.normalize outer polygamma pow rad2deg reciprocal remainder
    rsqrt sigmoid sin sinc sinh special.airy_ai special.bessel_j0 special.bessel_j1 special.bessel_y0
    special.bessel_y1 special.chebyshev_polynomial_t special.chebyshev_polynomial_u
    special.chebyshev_polynomial_v special.chebyshev_polynomial_w special.digamma special.entr special.erf
    special.erfc special.erfcx special.erfinv special.exp2 special.expit special.expm1 special.gammaln
    special.hermite_polynomial_h special.hermite_polynomial_he special.i0 special.i0e special.i1 special.i1e
    special.laguerre_polynomial_l special.legendre_polynomial_p special.log1p special.log_ndtr
    special.modified_bessel_i0 special.modified_bessel_i1 special.modified_bessel_k0 special.modified_bessel_k1
    special.ndtr special.ndtri special.polygamma special.psi special.scaled_modified_bessel_k0
    special.scaled_modified_bessel_k1 special.shifted_chebyshev_polynomial_t
    special.shifted_chebyshev_polynomial_u special.shifted_chebyshev_polynomial_v
    special.shifted_chebyshev_polynomial_w special.sinc special.spherical_bessel_j0 special.xlog1py
    special.xlogy special.zeta sqrt square sub tan tanh true_divide xlogy
"""
#: Joined tensors are converted alike, in words of their own.
_JOINED = """
    cat column_stack dstack hstack stack vstack
"""
#: The element type has to be that of the result.
_SAME = """
    addmm addmv alias_copy argmax argmin as_strided_copy baddbmm bmm cross diagonal_copy expand_copy gather
    index_add index_copy index_reduce isin linalg.cholesky linalg.cross linalg.det linalg.eigvalsh linalg.inv
    linalg.ldl_solve linalg.lu_solve linalg.solve linalg.svdvals linalg.vector_norm log_softmax lu_solve mm
    msort nn.functional.avg_pool2d nn.functional.avg_pool3d nn.functional.linear permute_copy renorm
    scatter scatter_add scatter_reduce softmax squeeze_copy t_copy take_along_dim transpose_copy tril triu
    unfold_copy unsqueeze_copy view_copy
"""
#: The same, in other words.
_FOUND = """
    bitwise_not ceil conj_physical fix floor frac neg nn.functional.gelu nn.functional.hardshrink
    nn.functional.softplus nn.functional.softshrink round sgn sign trunc
"""
_SAFELY = """
    cholesky cholesky_inverse cholesky_solve linalg.cond linalg.pinv
"""


def castable(source: DType, target: DType) -> bool:
    """c10::canCast."""
    if target.kind is Kind.BOOL:
        return source.kind is Kind.BOOL
    return source.kind <= target.kind or source.kind < Kind.FLOAT


def _converted(result: DType, out: DType) -> str | None:
    if castable(result, out):
        return None
    return f"result type {result.legacy} can't be cast to the desired output type {out.legacy}"


def _joined(result: DType, out: DType) -> str | None:
    if castable(result, out):
        return None
    return f"torch.cat(): input types can't be cast to the desired output type {out.legacy}"


def _same(result: DType, out: DType) -> str | None:
    return f"Expected out tensor to have dtype {c_name(result)}, but got {c_name(out)} instead"


def _found(result: DType, out: DType) -> str | None:
    return f"Found dtype {out.legacy} but expected {result.legacy}"


def _safely(name: str) -> Callable[[DType, DType], str | None]:
    def words(result: DType, out: DType) -> str | None:
        if castable(result, out):
            return None
        return (
            f"{name}: Expected result to be safely castable from {result.legacy} dtype, but got result with dtype"
            f" {out.legacy}"
        )

    return words


def install() -> None:
    """Once all rules are there."""
    rows: dict[str, _Words] = {}
    tables: tuple[tuple[str, _Words], ...] = (
        (_CONVERTED, _converted), (_JOINED, _joined), (_SAME, _same), (_FOUND, _found),
    )  # fmt: skip
    for names, words in tables:
        rows |= dict.fromkeys(names.split(), words)
    rows |= {name: _safely(name) for name in _SAFELY.split()}
    for name, words in rows.items():
        rule = RULES.get(f"torch.{name}")
        if rule is not None and rule.out_words is None:
            rule.out_words = words
