"""The dtype of results: torch.result_type over tensors with axes, 0-d tensors and Python numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..dims import Expr
from ..values import BOOL, DTYPES, INT64, DType, Kind, Scalar, Tensor, promote
from .defaults import DEFAULTS

_COMPLEX_OF = {"float16": "complex32", "float32": "complex64", "float64": "complex128"}
_REAL_OF = {name: real for real, name in _COMPLEX_OF.items()}


def scalar_dtype(value: Any) -> DType | None:
    """The dtype that a Python number settles by its kind."""
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int | Expr):
        return INT64
    if isinstance(value, float):
        return DEFAULTS.dtype
    if isinstance(value, complex):
        return default_complex()
    if isinstance(value, Scalar):
        match value.kind:
            case "bool":
                return BOOL
            case "int":
                return INT64
            case "float":
                return DEFAULTS.dtype
            case "complex":
                return default_complex()
    return None


def default_complex() -> DType | None:
    """The complex dtype whose parts are of the default dtype."""
    return None if DEFAULTS.dtype is None else complex_of(DEFAULTS.dtype)


def result_type(operands: Iterable[Any]) -> DType | None:
    """PyTorch's `result_type`: an operand of lower priority (0-d tensor, then number) counts only when its
    category is higher. None as soon as an operand that could matter has no known dtype."""
    groups: list[DType | None] = [None, None, None]
    opened: list[DType] = []
    for operand in operands:
        if isinstance(operand, Tensor):
            level = 0 if operand.dims else 1
            dtype = operand.dtype
            if dtype is None:
                return None
            if operand.dims is None or (len(operand.dims) == 1 and operand.dims[0] is ...):
                opened.append(dtype)
                continue
        else:
            level, dtype = 2, scalar_dtype(operand)
            if dtype is None:
                if groups[0] is not None and groups[0].kind >= Kind.FLOAT:
                    continue
                return None
        current = groups[level]
        groups[level] = dtype if current is None else promote(current, dtype)
    if not opened:
        return _combine(*groups)
    return _with_open(groups, opened)


def _combine(*groups: DType | None) -> DType | None:
    """c10's combine_categories over groups of falling priority."""
    result: DType | None = None
    for dtype in groups:
        if dtype is None or result is None:
            result = result or dtype
        elif dtype.kind > result.kind:
            result = complex_of(result) if dtype.kind is Kind.COMPLEX and result.kind is Kind.FLOAT else dtype
    return result


def _with_open(groups: list[DType | None], opened: list[DType]) -> DType | None:
    """Tensors that may be 0-d: None unless it makes no difference whether they are."""
    answers = set()
    for level in (0, 1):
        split = list(groups)
        for dtype in opened:
            current = split[level]
            split[level] = dtype if current is None else promote(current, dtype)
        answers.add(_combine(*split))
    if len(opened) > 1 and len(set(opened)) > 1:
        return None
    return answers.pop() if len(answers) == 1 else None


def complex_of(dtype: DType) -> DType:
    """The complex dtype whose parts are of this floating point dtype."""
    return DTYPES[_COMPLEX_OF.get(dtype.name, "complex64")]


def real_of(dtype: DType | None) -> DType | None:
    """The dtype of the parts of a complex dtype; any other dtype as it is."""
    return dtype if dtype is None else DTYPES[_REAL_OF.get(dtype.name, dtype.name)]


def floating(dtype: DType | None) -> DType | None:
    """Integers and bools become the default float, as sqrt, mean of a division and true division do."""
    if dtype is None or dtype.kind >= Kind.FLOAT:
        return dtype
    return DEFAULTS.dtype


def widest(dtype: DType | None) -> DType | None:
    """float64, or complex128 for complex numbers: what float_power computes in."""
    return dtype if dtype is None else DTYPES["complex128" if dtype.kind is Kind.COMPLEX else "float64"]
