"""Axes of size 1: squeeze, unsqueeze, at least so many axes."""

from __future__ import annotations

from types import EllipsisType

from ..dims import Dim, Truth, equal
from ..values import CONTIGUOUS, Tensor
from .checks import axis, refuse
from .errors import Lift
from .kinds import Axes, Axis, TensorArgs
from .registry import op


def without_axes(input: Tensor, positions: set[int]) -> Tensor:
    """`input` without these axes, which are of size 1."""
    if not positions:
        return Tensor(input.shape, input.dtype, input.device, input.data, strides=input.strides)
    keep = [i for i in range(input.rank) if i not in positions]
    strides = input.strides
    if strides is not None and strides != CONTIGUOUS:
        strides = tuple([strides[i] for i in keep])
    return Tensor(tuple([input.shape[i] for i in keep]), input.dtype, input.device, input.data, strides=strides)


@op("torch.squeeze", "torch.Tensor.squeeze", "torch.Tensor.squeeze_", open_rank=True)
def squeeze(input: Tensor, dim: Axes = None) -> Tensor:
    """Remove axes of size 1: all of them, or those named if they have that size.

    Where it is undecided whether a symbolic size is 1, the rank is not known."""
    if input.is_open:
        return _squeeze_open(input, dim)
    rank = input.rank
    if dim is None:
        chosen = list(range(rank))
    else:
        chosen = [axis(d, rank) for d in dim]
        for position in chosen:
            if chosen.count(position) > 1:
                raise refuse("invalid-argument", f"dim {position} appears multiple times in the list of dims")
    if rank == 0:
        chosen = []
    removed: set[int] = set()
    for position in chosen:
        truth = equal(input.shape[position], 1)
        if truth is Truth.MAYBE:
            raise Lift()
        if truth is Truth.YES:
            removed.add(position)
    return without_axes(input, removed)


def _squeeze_open(input: Tensor, dim: tuple[int, ...] | None) -> Tensor:
    """A named axis behind or before the run `...` is known; others are not."""
    if input.dims is None or dim is None or len(dim) != 1:
        raise Lift(input.unknown)
    run = input.dims.index(...)
    position = dim[0] if dim[0] >= 0 else len(input.dims) + dim[0]
    if not (0 <= dim[0] < run or (dim[0] < 0 and position > run)):
        raise Lift(input.unknown)
    truth = equal(input.dims[position], 1)  # type: ignore[arg-type]
    if truth is Truth.MAYBE:
        raise Lift(input.unknown)
    return input.with_dims(*(d for i, d in enumerate(input.dims) if i != position or truth is Truth.NO))


def with_axis(input: Tensor, position: int) -> Tensor:
    """`input` with a new axis of size 1 at this position."""
    shape, strides = input.shape, input.strides
    if strides is not None and strides != CONTIGUOUS:
        step: Dim = strides[position] * shape[position] if position < len(shape) else 1
        strides = (*strides[:position], step, *strides[position:])
    return Tensor((*shape[:position], 1, *shape[position:]), input.dtype, input.device, input.data, strides=strides)


@op("torch.unsqueeze", "torch.Tensor.unsqueeze", "torch.Tensor.unsqueeze_", open_rank=True)
def unsqueeze(input: Tensor, dim: Axis) -> Tensor:
    """A new axis of size 1."""
    if input.is_open:
        return _unsqueeze_open(input, dim)
    return with_axis(input, axis(dim, input.rank + 1))


def _unsqueeze_open(input: Tensor, dim: int) -> Tensor:
    known: tuple[Dim | EllipsisType, ...] = input.dims if input.dims is not None else (...,)
    run = known.index(...)
    if 0 <= dim <= run:
        return input.with_dims(*known[:dim], 1, *known[dim:])
    position = len(known) + dim + 1
    if dim < 0 and position > run:
        return input.with_dims(*known[:position], 1, *known[position:])
    raise Lift(input.unknown)


def at_least(input: Tensor, rank: int) -> Tensor:
    if input.rank == 0:
        for _ in range(rank):
            input = with_axis(input, 0)
    elif input.rank == 1 and rank > 1:
        input = with_axis(input, 0)
        if rank == 3:
            input = with_axis(input, 2)
    elif input.rank == 2 and rank == 3:
        input = with_axis(input, 2)
    return input


def _at_least_all(tensors: tuple[Tensor, ...], rank: int) -> Tensor | tuple[Tensor, ...]:
    results = tuple(at_least(tensor, rank) for tensor in tensors)
    return results[0] if len(results) == 1 else results


@op("torch.atleast_1d", "torch.functional.atleast_1d")
def atleast_1d(*tensors: TensorArgs) -> Tensor | tuple[Tensor, ...]:
    """A 0-d tensor becomes a vector."""
    return _at_least_all(tensors, 1)


@op("torch.atleast_2d")
def atleast_2d(*tensors: TensorArgs) -> Tensor | tuple[Tensor, ...]:
    """Fewer axes than 2 are filled up in front."""
    return _at_least_all(tensors, 2)


@op("torch.atleast_3d")
def atleast_3d(*tensors: TensorArgs) -> Tensor | tuple[Tensor, ...]:
    """Fewer axes than 3 are filled up; a matrix gets its third axis at the end."""
    return _at_least_all(tensors, 3)
