"""Reordering of axes: permute, transpose, movedim, t, adjoint and the attributes T, mT, H, mH."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..dims import fresh_unknown
from ..values import Kind, Tensor, torch_size_text
from .checks import axis, check, demand, refuse
from .errors import Lift, Template
from .kinds import Axes, Axis, AxisArgs
from .registry import op
from .strides import contiguous_strides, elements, strides_of

#: Names of the axes of an input of which only the rank is known.
_NAMES: dict[int, tuple[str, ...]] = {
    2: ("B", "C"), 3: ("B", "T", "C"), 4: ("B", "C", "H", "W"), 5: ("B", "C", "D", "H", "W"),
}  # fmt: skip


def rank_template(rank: int) -> Template:
    """A shape of this rank with the customary names."""
    return _NAMES.get(rank) or tuple(f"d{i}" for i in range(rank))


def permuted(input: Tensor, order: Sequence[int]) -> Tensor:
    """`input` with its axes in this order."""
    shape = input.shape
    if all(i == position for i, position in enumerate(order)):
        return replace(input.alike(), data=input.data, strides=input.strides)
    strides = strides_of(input)
    data = input.data
    if data is not None:
        steps = contiguous_strides(shape)
        data = elements(data, [shape[i] for i in order], [steps[i] for i in order])
    moved = None if strides is None else tuple([strides[i] for i in order])
    return Tensor(tuple([shape[i] for i in order]), input.dtype, input.device, data, strides=moved)


@op("torch.permute", "torch.Tensor.permute", open_rank=True)
def permute(input: Tensor, *dims: AxisArgs) -> Tensor:
    """Reorder all axes."""
    if input.is_open:
        demand(input, ("B", "H", "W", "C") if dims == (0, 3, 1, 2) else rank_template(len(dims)))
        return _permute_open(input, dims)
    check(
        len(dims) == input.rank, "rank-mismatch",
        "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired"
        f" ordering of dimensions i.e. input.dim() = {input.rank} is not equal to len(dims) = {len(dims)}",
        rank=input.rank, dims=dims,
    )  # fmt: skip
    order = [axis(dim, input.rank) for dim in dims]
    check(len(set(order)) == len(order), "invalid-argument", "permute(): duplicate dims are not allowed.")
    return permuted(input, order)


def _permute_open(input: Tensor, dims: Sequence[int]) -> Tensor:
    """The permutation fixes the rank: a run `...` is spelled out by unknown dims."""
    rank = len(dims)
    known = input.dims if input.dims is not None else (...,)
    run, missing = known.index(...), rank - len(known) + 1
    check(
        missing >= 0, "rank-mismatch",
        "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired"
        f" ordering of dimensions i.e. input.dim() = {len(known) - 1} is not equal to len(dims) = {rank}",
    )  # fmt: skip
    order = [axis(dim, rank) for dim in dims]
    check(len(set(order)) == len(order), "invalid-argument", "permute(): duplicate dims are not allowed.")
    spelled = (*known[:run], *(fresh_unknown() for _ in range(missing)), *known[run + 1 :])
    return input.with_dims(*(spelled[i] for i in order))


@op(
    "torch.transpose", "torch.Tensor.transpose", "torch.swapaxes", "torch.Tensor.swapaxes", "torch.swapdims",
    "torch.Tensor.swapdims", "torch.Tensor.transpose_", "torch.Tensor.swapaxes_", "torch.Tensor.swapdims_",
    open_rank=True,
)  # fmt: skip
def transpose(input: Tensor, dim0: Axis, dim1: Axis) -> Tensor:
    """Swap two axes."""
    if input.is_open:
        return _transpose_open(input, dim0, dim1)
    first, second = axis(dim0, input.rank), axis(dim1, input.rank)
    order = list(range(input.rank))
    if order:
        order[first], order[second] = second, first
    return permuted(input, order)


def _transpose_open(input: Tensor, dim0: int, dim1: int) -> Tensor:
    known = input.dims if input.dims is not None else (...,)
    run = known.index(...)
    if dim0 < 0 and dim1 < 0:
        places = [len(known) + dim0, len(known) + dim1]
        reached = min(places) > run
    else:
        places = [dim0, dim1]
        reached = min(places) >= 0 and max(places) < run
    if reached:
        swapped = list(known)
        swapped[places[0]], swapped[places[1]] = known[places[1]], known[places[0]]
        return input.with_dims(*swapped)
    if dim0 == dim1:
        return input.with_dims(*known)
    raise Lift(input.unknown)


@op("torch.movedim", "torch.Tensor.movedim", "torch.moveaxis", "torch.Tensor.moveaxis")
def movedim(input: Tensor, source: Axes, destination: Axes) -> Tensor:
    """Move axes to new positions, the others keep their order."""
    old, new = source or (), destination or ()
    check(
        len(old) == len(new), "invalid-argument",
        f"movedim: Invalid source or destination dims: source ({torch_size_text(old)} dims) should contain the same"
        f" number of dims as destination ({torch_size_text(new)} dims)",
    )  # fmt: skip
    sources = [axis(dim, input.rank) for dim in old]
    targets = [axis(dim, input.rank) for dim in new]
    for name, given, found in (("source", old, sources), ("destination", new, targets)):
        if len(set(found)) != len(found):
            raise refuse("invalid-argument", f"movedim: repeated dim in `{name}` ({torch_size_text(given)})")
    if input.rank == 0:
        return permuted(input, ())
    order = [-1] * input.rank
    for position, target in zip(sources, targets):
        order[target] = position
    rest = iter(i for i in range(input.rank) if i not in sources)
    return permuted(input, [next(rest) if position < 0 else position for position in order])


def _turned(input: Tensor, name: str) -> Tensor:
    check(
        input.rank <= 2, "rank-mismatch",
        f"{name}() expects a tensor with <= 2 dimensions, but self is {input.rank}D", rank=input.rank,
    )  # fmt: skip
    return permuted(input, range(input.rank - 1, -1, -1))


@op("torch.t", "torch.Tensor.t")
def t(input: Tensor) -> Tensor:
    """Transpose a matrix; a vector stays as it is."""
    return _turned(input, "t")


@op("torch.Tensor.t_")
def t_(input: Tensor) -> Tensor:
    """t in place."""
    return _turned(input, "t_")


def _conjugated(input: Tensor) -> Tensor:
    """The same shape; the values of complex numbers are not followed."""
    if input.data is None or (input.dtype is not None and input.dtype.kind is not Kind.COMPLEX):
        return input
    return replace(input, data=None)


def _matrices(input: Tensor, name: str) -> Tensor:
    if input.is_open:
        return _transpose_open(input, -1, -2)
    if input.rank == 0:
        return permuted(input, ())
    check(
        input.rank >= 2, "rank-mismatch",
        f"tensor.{name} is only supported on matrices or batches of matrices. Got {input.rank}-D tensor.",
        rank=input.rank,
    )  # fmt: skip
    return permuted(input, (*range(input.rank - 2), input.rank - 1, input.rank - 2))


@op("torch.adjoint", "torch.Tensor.adjoint", open_rank=True)
def adjoint(input: Tensor) -> Tensor:
    """Swap the last two axes, conjugated."""
    return _matrices(_conjugated(input), "adjoint()")


def attribute_mt(input: Tensor) -> Tensor:
    """`.mT`"""
    return _matrices(input, "mT")


def attribute_mh(input: Tensor) -> Tensor:
    """`.mH`"""
    return _matrices(_conjugated(input), "mH")


def attribute_t(input: Tensor) -> Tensor:
    """`.T`: all axes in reverse."""
    if input.is_open:
        return input.with_dims(*reversed(input.dims or (...,)))
    return permuted(input, range(input.rank - 1, -1, -1))


def attribute_h(input: Tensor) -> Tensor:
    """`.H`"""
    if input.is_open:
        raise Lift(input.unknown)
    check(
        input.rank in (0, 2), "rank-mismatch",
        f"tensor.H is only supported on matrices (2-D tensors). Got {input.rank}-D tensor."
        + (" For batches of matrices, consider using tensor.mH" if input.rank > 2 else ""),
        rank=input.rank,
    )  # fmt: skip
    return permuted(_conjugated(input), range(input.rank - 1, -1, -1))
