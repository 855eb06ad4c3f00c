"""cat and stack of a list of which nobody knows how long it is: items that are known, then further ones alike."""

from __future__ import annotations

from collections.abc import Sequence

from ..dims import Dim, Truth, depends_on_data, equal, fresh_data, fresh_unknown, is_unknown
from ..values import ListV, Tensor, Value
from .checks import axis, better
from .coerce import to_tensor
from .errors import Lift
from .promotion import result_type

#: The items that are known, and what the further ones are like.
Run = tuple[tuple[Tensor, ...], Tensor]


def run_of(tensors: Value) -> Run | None:
    """The items of a list of unknown length; None for every other value."""
    if not isinstance(tensors, ListV) or tensors.rest is None:
        return None
    items, rest = tuple(to_tensor(item) for item in tensors.items), to_tensor(tensors.rest)
    for tensor in (rest, *items):
        if tensor.is_open:
            raise Lift(tensor.unknown)
        if tensor.rank != rest.rank:
            raise Lift()
    return items, rest


def joined_run(items: Sequence[Tensor], rest: Tensor, dim: int) -> Tensor:
    """One after the other along an axis."""
    if rest.rank == 0:
        raise Lift()
    position = axis(dim, rest.rank)
    dims = _shared(items, rest, position)
    total: Dim = _many(rest.shape[position])
    for item in items:
        total = total + item.shape[position]
    dims[position] = total
    return Tensor(tuple(dims), result_type([rest, *items]), rest.device)


def stacked_run(items: Sequence[Tensor], rest: Tensor, dim: int) -> Tensor:
    """Along a new axis."""
    position = axis(dim, rest.rank + 1)
    dims = _shared(items, rest, None)
    count = fresh_data("n") + len(items)
    return Tensor((*dims[:position], count, *dims[position:]), result_type([rest, *items]), rest.device)


def _shared(items: Sequence[Tensor], rest: Tensor, position: int | None) -> list[Dim]:
    """The sizes that all have, but for those of an axis. Further items that do not fit are items that are not there."""
    dims = list(rest.shape)
    for item in items:
        for j, size in enumerate(item.shape):
            if j != position:
                dims[j] = size if equal(dims[j], size) is Truth.NO else better(size, dims[j])
    return dims


def _many(size: Dim) -> Dim:
    """The sum of the sizes of items of unknown number: what differs from item to item is a size of its own."""
    if is_unknown(size):
        return fresh_unknown()
    return fresh_data("n") if depends_on_data(size) else fresh_data("n") * size
