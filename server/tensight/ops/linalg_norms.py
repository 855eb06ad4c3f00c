"""torch.linalg's norms and the condition number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dims import Dim, Truth, equal
from ..values import DType, Kind, Tensor, torch_size_text
from .checks import axis, check, refuse
from .errors import Lift
from .kinds import Axes, Flag, Raw
from .linalg import real_of, require_floating, require_matrix, require_square
from .registry import op

_INFINITE = (float("inf"), float("-inf"))
_MATRIX_ORDERS = (2, -2, 1, -1, *_INFINITE)


def _reduced(input: Tensor, positions: Sequence[int], keepdim: bool, dtype: DType | None) -> Tensor:
    kept: list[Dim] = []
    for i, size in enumerate(input.shape):
        if i not in positions:
            kept.append(size)
        elif keepdim:
            kept.append(1)
    return Tensor(tuple(kept), dtype, input.device)


def _result_dtype(input: Tensor, dtype: Any, name: str) -> DType | None:
    """The real dtype of a norm; `dtype` converts the input first."""
    require_floating(input, name)
    if dtype is None:
        return real_of(input.dtype)
    if not isinstance(dtype, DType):
        return None
    check(
        dtype.kind >= Kind.FLOAT, "dtype-mismatch",
        f"{name}: dtype should be floating point or complex. Got {dtype.legacy}",
    )  # fmt: skip
    if input.dtype is not None and input.dtype.kind is not dtype.kind:
        kind = "complex" if input.dtype.kind is Kind.COMPLEX else "real"
        raise refuse("dtype-mismatch", f"{name}: dtype should be {kind} for {kind} inputs, but got {dtype.legacy}")
    return real_of(dtype)


def _vector(input: Tensor, order: Any, dim: Sequence[int] | None, keepdim: bool, dtype: Any) -> Tensor:
    name = "linalg.vector_norm"
    result = _result_dtype(input, dtype, name)
    positions = [axis(d, input.rank) for d in dim or range(input.rank)]
    if isinstance(order, int | float) and (order in _INFINITE or order < 0):
        _require_identity(input, order, positions, dim)
    for i, position in enumerate(positions):
        check(
            position not in positions[:i], "invalid-argument",
            f"dim {position} appears multiple times in the list of dims",
        )  # fmt: skip
    return _reduced(input, positions, keepdim, result)


def _require_identity(input: Tensor, order: Any, positions: Sequence[int], dim: Sequence[int] | None) -> None:
    """Some norms of nothing have no value."""
    shown = "inf" if order == float("inf") else "-inf" if order == float("-inf") else f"{order:g}"
    if not any(equal(size, 0) is Truth.YES for size in input.shape):
        return
    if not dim:
        raise refuse(
            "invalid-argument",
            f"linalg.vector_norm cannot compute the {shown} norm on an empty tensor because the operation does not have"
            " an identity",
        )  # fmt: skip
    for d, position in zip(dim, positions):
        check(
            equal(input.shape[position], 0) is not Truth.YES, "invalid-argument",
            f"linalg.vector_norm cannot compute the {shown} norm on the dimension {d}because this dimension is empty"
            " and the operation does not have an identity",
        )  # fmt: skip


@op("torch.linalg.vector_norm")
def vector_norm(x: Tensor, ord: Raw = 2, dim: Axes = None, keepdim: Flag = False, *, dtype: Raw = None) -> Tensor:
    """Norms of vectors: over all elements, or along axes."""
    return _vector(x, ord, dim, keepdim, dtype)


def _matrix(input: Tensor, order: Any, dim: Sequence[int], keepdim: bool, dtype: Any) -> Tensor:
    name = "linalg.matrix_norm"
    require_matrix(input, name)
    require_floating(input, name)
    check(len(dim) == 2, "invalid-argument", f"{name}: dim must be a 2-tuple. Got {' '.join(map(str, dim))}")
    first, second = axis(dim[0], input.rank), axis(dim[1], input.rank)
    check(first != second, "invalid-argument", f"{name}: dims must be different. Got ({dim[0]}, {dim[1]})")
    if isinstance(order, str):
        check(order in ("fro", "nuc"), "invalid-argument", f"{name}: Order {order} not supported.")
    elif isinstance(order, int | float):
        check(order in _MATRIX_ORDERS, "invalid-argument", f"{name}: Order {order:g} not supported.")
    result = _result_dtype(input, dtype, name)
    return _reduced(input, (first, second), keepdim, result)


@op("torch.linalg.matrix_norm")
def matrix_norm(
    A: Tensor, ord: Raw = "fro", dim: Axes = (-2, -1), keepdim: Flag = False, *, dtype: Raw = None
) -> Tensor:
    """Norms of matrices."""
    return _matrix(A, ord, dim or (), keepdim, dtype)


@op("torch.linalg.norm")
def norm(A: Tensor, ord: Raw = None, dim: Axes = None, keepdim: Flag = False, *, dtype: Raw = None) -> Tensor:
    """A vector norm or a matrix norm, as `ord`, `dim` and the rank say."""
    if dim is not None:
        text = f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {torch_size_text(dim)}"
        check(len(dim) in (1, 2), "invalid-argument", text)
    elif ord is not None and not isinstance(ord, str):
        check(
            A.rank in (1, 2), "rank-mismatch",
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.rank}D.",
        )  # fmt: skip
    if isinstance(ord, str):
        return _matrix(A, ord, dim if dim is not None else (-2, -1), keepdim, dtype)
    if ord is not None and ((dim is not None and len(dim) == 2) or (dim is None and A.rank == 2)):
        return _matrix(A, ord, dim if dim is not None else (0, 1), keepdim, dtype)
    return _vector(A, 2 if ord is None else ord, dim, keepdim, dtype)


@op("torch.linalg.cond")
def cond(A: Tensor, p: Raw = None) -> Tensor:
    """The condition number."""
    check(A.rank >= 2, "rank-mismatch", "linalg.cond: The input tensor must have at least 2 dimensions.")
    if p is None or p in (2, -2):
        require_floating(A, "linalg.svd")
        return Tensor(A.shape[:-2], real_of(A.dtype), A.device)
    if isinstance(p, str):
        check(p in ("fro", "nuc"), "invalid-argument", f"linalg.cond got an invalid norm type: {p}")
    elif not isinstance(p, int | float):
        raise Lift()
    shown = p if isinstance(p, str) else f"{p:g}"
    require_square(A, f"linalg.cond(ord={shown})")
    return Tensor(A.shape[:-2], real_of(A.dtype), A.device)
