"""The only senders of ShapeError, and the helpers every rule shares: axes, equality, broadcasting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..dims import Dim, Expr, Truth, data_for, depends_on_data, equal, fresh_unknown, is_unknown
from ..values import Tensor
from .errors import NOTES, Lift, ShapeError, Template

Message = str | Callable[[], str]


def refuse(code: str, message: str, exception: str = "RuntimeError", **data: Any) -> ShapeError:
    """The error to raise when PyTorch certainly refuses."""
    return ShapeError(code, message, exception, **data)


def check(condition: bool | Truth, code: str, message: Message, exception: str = "RuntimeError", **data: Any) -> None:
    """PyTorch's TORCH_CHECK: False or NO refuses, MAYBE is silent."""
    if condition is False or condition is Truth.NO:
        raise ShapeError(code, message if isinstance(message, str) else message(), exception, **data)


def require_equal(a: Dim, b: Dim, code: str, message: Message, exception: str = "RuntimeError", **data: Any) -> Dim:
    """`a` and `b` must agree: NO refuses, MAYBE is noted as an assumption. Returns the better known of the two."""
    if a is b or (type(a) is int and a == b):
        return a
    truth = equal(a, b)
    if truth is Truth.NO:
        raise ShapeError(code, message if isinstance(message, str) else message(), exception, **data)
    if truth is Truth.MAYBE:
        NOTES.assumptions.append((a, b))
    return better(a, b)


def better(a: Dim, b: Dim) -> Dim:
    """Of two dims that are (taken to be) equal, the one that says more: an int, then no unknown, then the shorter."""
    if isinstance(a, int):
        return a
    if isinstance(b, int) or is_unknown(a):
        return b
    return a


def demand(input: Tensor, template: Template) -> None:
    """What a tensor of open rank, and so the entry behind it, has to look like; nothing for one of known rank."""
    if input.is_open and (input.entry is not None or (template is not None and input.made_by is not None)):
        NOTES.demands.append((input, template))


def axis(dim: int, rank: int, *, wrap_scalar: bool = True) -> int:
    """`dim` as a position 0 … rank-1. IndexError wording of c10::maybe_wrap_dim; a 0-d tensor has axes -1 and 0."""
    size = max(rank, 1)
    if not -size <= dim < size:
        raise ShapeError(
            "axis-out-of-range",
            f"Dimension out of range (expected to be in range of [{-size}, {size - 1}], but got {dim})",
            "IndexError",
            axis=dim,
            rank=rank,
        )
    if rank == 0 and not wrap_scalar:
        message = f"Dimension specified as {dim} but tensor has no dimensions"
        raise ShapeError("axis-out-of-range", message, "IndexError", axis=dim, rank=rank)
    return dim + size if dim < 0 else dim


def axes(dims: Sequence[int] | None, rank: int) -> tuple[int, ...]:
    """Positions of several axes (None or empty: all of them). Refuses one that stands twice."""
    if dims is None or len(dims) == 0:
        return tuple(range(rank))
    out: list[int] = []
    for dim in dims:
        position = axis(dim, rank)
        if position in out:
            raise ShapeError("invalid-argument", f"dim {position} appears multiple times in the list of dims")
        out.append(position)
    return tuple(out)


def _either(a: Dim, b: Dim) -> Expr:
    """One of two sizes, as one of them is 1 or both are the same; it depends on data if they do."""
    if is_unknown(a) or is_unknown(b) or not (depends_on_data(a) or depends_on_data(b)):
        return fresh_unknown()
    return data_for(("broadcast", frozenset((a, b))))


def broadcast_dim(a: Dim, b: Dim, position: int) -> Dim:
    """One axis of a broadcast; `position` counts from the left of the result, for the message."""
    if a is b:
        return a
    if isinstance(a, int) and isinstance(b, int):
        if a == b or b == 1:
            return a
        if a == 1:
            return b
    elif isinstance(a, Expr) and isinstance(b, Expr) and a == b:
        return a
    elif isinstance(a, int) and isinstance(b, Expr):
        if a == 1:
            return b
        if equal(b, a) is Truth.NO and equal(b, 1) is Truth.NO:
            raise _broadcast_error(a, b, position)
        if equal(b, 1) is not Truth.NO or equal(b, a) is Truth.MAYBE:
            NOTES.assumptions.append((b, a))
        return a
    elif isinstance(b, int) and isinstance(a, Expr):
        if b == 1:
            return a
        if equal(a, b) is Truth.NO and equal(a, 1) is Truth.NO:
            raise _broadcast_error(a, b, position)
        NOTES.assumptions.append((a, b))
        return b
    else:
        truth = equal(a, b)
        if truth is Truth.YES:
            return better(a, b)
        if truth is Truth.NO:
            if equal(a, 1) is Truth.NO and equal(b, 1) is Truth.NO:
                raise _broadcast_error(a, b, position)
            if equal(a, 1) is Truth.NO and equal(b, 1) is not Truth.NO:
                return a
            if equal(b, 1) is Truth.NO and equal(a, 1) is not Truth.NO:
                return b
        else:
            NOTES.assumptions.append((a, b))
            unsure = _either(a, b)
            NOTES.either[unsure] = (a, b)
            return unsure
        return fresh_unknown()
    raise _broadcast_error(a, b, position)


def _broadcast_error(a: Dim, b: Dim, position: int) -> ShapeError:
    return ShapeError(
        "broadcast-mismatch",
        f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension {position}",
        axis=position,
        sizes=(a, b),
    )


def broadcast(*shapes: Sequence[Dim]) -> tuple[Dim, ...]:
    """The broadcast shape, from the right; pair by pair as TensorIterator does (the last clashing axis is named)."""
    result: tuple[Dim, ...] = tuple(shapes[0])
    for shape in shapes[1:]:
        if len(shape) == len(result) and tuple(shape) == result:
            continue
        rank = max(len(result), len(shape))
        out: list[Dim] = [1] * rank
        for i in range(rank - 1, -1, -1):
            left, right = i - rank + len(result), i - rank + len(shape)
            if left < 0:
                out[i] = shape[right]
            elif right < 0:
                out[i] = result[left]
            else:
                out[i] = broadcast_dim(result[left], shape[right], i)
        result = tuple(out)
    return result


def product(dims: Sequence[Dim]) -> Dim:
    total: Dim = 1
    for dim in dims:
        total = total * dim
    return total


__all__ = [
    "Lift", "ShapeError", "axes", "axis", "better", "broadcast", "broadcast_dim", "check", "demand", "product",
    "refuse", "require_equal",
]  # fmt: skip
