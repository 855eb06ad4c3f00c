"""The dtype of results: torch.result_type over tensors with axes, 0-d tensors and Python numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..dims import Expr
from ..values import BOOL, FLOAT32, INT64, DType, Kind, Scalar, Tensor, promote
from ..values.dtype import COMPLEX64

_SCALARS = {"bool": BOOL, "int": INT64, "float": FLOAT32, "complex": COMPLEX64}


def _scalar_dtype(value: Any) -> DType | None:
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int | Expr):
        return INT64
    if isinstance(value, float):
        return FLOAT32
    if isinstance(value, complex):
        return COMPLEX64
    return _SCALARS.get(value.kind) if isinstance(value, Scalar) else None


def result_type(operands: Iterable[Any]) -> DType | None:
    """PyTorch's `result_type`: an operand of lower priority (0-d tensor, then number) counts only when its
    category is higher. None as soon as an operand that could matter has no known dtype."""
    groups: list[DType | None] = [None, None, None]
    seen = [False, False, False]
    for operand in operands:
        if isinstance(operand, Tensor):
            level = 1 if operand.dims == () else 0
            dtype = operand.dtype
            if operand.dims is None and dtype is not None:
                level = 0
        else:
            level, dtype = 2, _scalar_dtype(operand)
        if dtype is None:
            if level == 2 and seen[0] and groups[0] is not None and groups[0].kind >= Kind.FLOAT:
                continue
            return None
        current = groups[level]
        groups[level] = dtype if current is None else promote(current, dtype)
        seen[level] = True
    result: DType | None = None
    for dtype in groups:
        if dtype is None:
            continue
        if result is None:
            result = dtype
        elif dtype.kind > result.kind:
            result = promote(result, dtype) if dtype.kind is Kind.COMPLEX else dtype
    return result


def floating(dtype: DType | None) -> DType | None:
    """Integers and bools become the default float, as sqrt, mean of a division and true division do."""
    if dtype is None or dtype.kind >= Kind.FLOAT:
        return dtype
    return FLOAT32
