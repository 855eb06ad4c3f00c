"""What is left of a shape when axes are reduced. Shared by reductions, statistics and sorting."""

from __future__ import annotations

from collections.abc import Sequence

from ..dims import Dim, Truth, is_zero
from ..values import DType, Tensor
from .checks import axes, axis, product, refuse
from .errors import Lift

#: Axes of a bitset in c10; reductions over given axes take no more.
MAX_RANK = 64


def reduced(input: Tensor, dims: Sequence[int] | None, keepdim: bool, dtype: DType | None) -> Tensor:
    """The input without the axes `dims` (None or empty: all), or with 1 in their place.

    Of an open rank as much as is certain."""
    if input.is_open:
        return _reduced_open(input, dims, keepdim, dtype)
    rank = input.rank
    if not dims:
        return Tensor((1,) * rank if keepdim else (), dtype, input.device)
    if rank > MAX_RANK:
        raise refuse("rank-mismatch", "only tensors with up to 64 dims are supported")
    if len(dims) == 1:
        at = axis(dims[0], rank)
        if rank == 0:
            return Tensor((), dtype, input.device)
        middle: tuple[Dim, ...] = (1,) if keepdim else ()
        return Tensor((*input.shape[:at], *middle, *input.shape[at + 1 :]), dtype, input.device)
    gone = axes(dims, rank)
    if keepdim:
        left = tuple(1 if i in gone else dim for i, dim in enumerate(input.shape))
    else:
        left = tuple(dim for i, dim in enumerate(input.shape) if i not in gone)
    return Tensor(left, dtype, input.device)


def _reduced_open(input: Tensor, dims: Sequence[int] | None, keepdim: bool, dtype: DType | None) -> Tensor:
    if not dims:
        if keepdim:
            raise Lift(input.unknown)
        return Tensor((), dtype, input.device)
    if input.dims is None:
        return Tensor(None, dtype, input.device, unknown=input.unknown)
    size = len(input.dims)
    at = input.dims.index(...)
    left = list(input.dims)
    gone: set[int] = set()
    for dim in dims:
        position = dim if 0 <= dim < at else size + dim if at - size < dim < 0 else None
        if position is None or position in gone:
            return Tensor(None, dtype, input.device, unknown=input.unknown)
        gone.add(position)
        left[position] = 1
    if not keepdim:
        left = [dim for i, dim in enumerate(left) if i not in gone]
    return Tensor(tuple(left) if left != [...] else None, dtype, input.device, unknown=input.unknown)


def is_empty(input: Tensor) -> bool:
    """Whether a tensor certainly has no elements."""
    return not input.is_open and is_zero(product(input.shape)) is Truth.YES


def require_not_empty(name: str, input: Tensor, dim: int, suffix: str = "()", *, as_written: bool = False) -> None:
    """A reduction without identity needs an element along its axis. `as_written`: the message does not wrap it."""
    if input.is_open or not input.shape:
        return
    at = axis(dim, input.rank)
    if is_zero(input.shape[at]) is Truth.YES:
        raise refuse(
            "invalid-argument",
            f"{name}{suffix}: Expected reduction dim {dim if as_written else at} to have non-zero size.",
            "IndexError",
        )
