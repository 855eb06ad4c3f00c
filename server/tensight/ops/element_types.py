"""Element types that must agree: which mixtures are certainly refused, and how C++ names the types."""

from __future__ import annotations

from collections.abc import Callable

from ..values import BOOL, DTYPES, DType, Tensor
from .checks import refuse

#: Names of the C++ types in messages.
CPP_NAMES = {
    "bool": "bool", "uint8": "unsigned char", "int8": "signed char", "int16": "short int", "int32": "int",
    "int64": "long int", "float16": "c10::Half", "bfloat16": "c10::BFloat16", "float32": "float", "float64": "double",
    "complex64": "c10::complex<float>", "complex128": "c10::complex<double>",
    "complex32": "c10::complex<c10::Half>",
}  # fmt: skip
#: Types that autocast casts to one another: a mixture of them is no certain error.
_AUTOCAST = frozenset(DTYPES[name] for name in ("float16", "bfloat16", "float32"))


def cpp_name(dtype: DType) -> str:
    return CPP_NAMES.get(dtype.name, dtype.name)


def common_dtype(a: Tensor, b: Tensor, message: Callable[[DType, DType], str]) -> DType | None:
    """The dtype of two operands that must have the same one; None if it is not known."""
    left, right = a.dtype, b.dtype
    if left is right or right is None:
        return left
    if left is None:
        return right
    if left in _AUTOCAST and right in _AUTOCAST:
        return None
    raise refuse("dtype-mismatch", message(left, right))


def refuse_bool(dtype: DType | None, kernel: str) -> None:
    """Kernels without an implementation for bool."""
    if dtype is BOOL:
        raise refuse("dtype-mismatch", f"\"{kernel}\" not implemented for 'Bool'", "NotImplementedError")
