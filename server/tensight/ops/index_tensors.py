"""Advanced indexing: index tensors and masks that stand for axes of a tensor that was sliced before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product as every
from typing import Any

from ..dims import Dim, Expr, Truth, equal, fresh_data, fresh_unknown
from ..limits import MAX_TENSOR_DATA
from ..values import BOOL, DTYPES, INT64, ListV, Scalar, Tensor, Unknown, Value, torch_size_text
from .checks import broadcast, check, refuse, require_equal
from .coerce import ArgumentTypeError, items_of
from .errors import Lift, ShapeError
from .strides import contiguous_strides

_MASKS = (BOOL, DTYPES["uint8"])
_INDICES = (INT64, DTYPES["int32"])


@dataclass(frozen=True, slots=True)
class Picked:
    """What index tensors make of a shape: the dims, and for each axis its index tensor (None: taken whole)."""

    dims: tuple[Dim, ...]
    indices: tuple[Tensor | None, ...]
    shape: tuple[Dim, ...]
    #: where the dims of the index tensors stand in the result
    at: int


def to_index_tensor(value: Value) -> Tensor:
    """A list of ints, bools, or lists of them, as torch.tensor would make it."""
    flat: list[Any] = []
    dims = _collect(value, flat)
    if flat and all(isinstance(item, bool) for item in flat):
        return Tensor(dims, BOOL, data=tuple(flat))
    known = all(isinstance(item, int | float) for item in flat)
    return Tensor(dims, INT64, data=tuple(int(item) for item in flat) if known else None)


def _collect(value: Value, flat: list[Any]) -> tuple[int, ...]:
    items = items_of(value)
    inner: tuple[int, ...] | None = None
    for item in items:
        if isinstance(item, tuple | ListV | range):
            found = _collect(item, flat)
        elif isinstance(item, int | float | Expr | Scalar):
            flat.append(item)
            found = ()
        elif isinstance(item, Tensor) and item.dims == ():
            flat.append(item.data[0] if item.data is not None else Scalar("int"))
            found = ()
        else:
            raise Lift(item if isinstance(item, Unknown) else None)
        if inner is not None and found != inner:
            raise ArgumentTypeError("a ragged list as index")
        inner = found
        if len(flat) > MAX_TENSOR_DATA:
            raise Lift()
    return (len(items), *(inner or ()))


def pick(shape: Sequence[Dim], given: Sequence[tuple[int, Tensor]]) -> Picked:
    """Apply index tensors, each with the axis it stands for, to a shape (ATen expandTensors + AdvancedIndex)."""
    indices: dict[int, Tensor] = {}
    for place, index in given:
        if index.dtype is None:
            index = _either(index)
        if index.dtype in _MASKS:
            for i, positions in enumerate(_positions(index, shape, place)):
                indices[place + i] = positions
        else:
            check(
                index.dtype in _INDICES, "index-mismatch",
                "tensors used as indices must be long, int, byte or bool tensors", "IndexError",
            )  # fmt: skip
            indices[place] = index
    order = sorted(indices)
    shapes = [indices[i].shape for i in order]
    try:
        common = broadcast(*shapes)
    except ShapeError:
        raise refuse(
            "index-mismatch",
            "shape mismatch: indexing tensors could not be broadcast together with shapes "
            + ", ".join(torch_size_text(s) for s in shapes), "IndexError",
        ) from None  # fmt: skip
    adjacent = order == list(range(order[0], order[-1] + 1))
    at = order[0] if adjacent else 0
    rest = [size for i, size in enumerate(shape) if i not in indices]
    return Picked((*rest[:at], *common, *rest[at:]), tuple(indices.get(i) for i in range(len(shape))), common, at)


def _either(index: Tensor) -> Tensor:
    """An index of unknown dtype may be a mask: only a vector gives the same rank either way, of unknown size."""
    if index.rank != 1:
        raise Lift()
    return Tensor((fresh_unknown(),), INT64)


def _positions(mask: Tensor, shape: Sequence[Dim], place: int) -> list[Tensor]:
    """A mask as index tensors, one for each of its axes (`nonzero`)."""
    for i, size in enumerate(mask.shape):
        if place + i >= len(shape):
            raise refuse("index-mismatch", f"too many indices for tensor of dimension {len(shape)}", "IndexError")
        require_equal(
            size, shape[place + i], "index-mismatch",
            f"The shape of the mask {torch_size_text(mask.shape)} at index {i} does not match the shape of the indexed"
            f" tensor {torch_size_text(tuple(shape))} at index {place + i}", "IndexError",
        )  # fmt: skip
    if mask.data is None:
        count: Dim = fresh_data("n")
        return [Tensor((count,), INT64) for _ in range(mask.rank)]
    chosen = [p for p, value in zip(every(*(range(int(str(d))) for d in mask.shape)), mask.data) if value]
    return [Tensor((len(chosen),), INT64, data=tuple(p[i] for p in chosen)) for i in range(mask.rank)]


def check_bounds(shape: Sequence[Dim], picked: Picked) -> None:
    """Known values out of range are refused, and any index into an axis of no elements."""
    some = all(equal(size, 0) is Truth.NO for size in picked.shape)
    nothing = any(equal(size, 0) is Truth.YES for size in picked.dims)
    given = [(axis, index) for axis, index in enumerate(picked.indices) if index is not None]
    for number, (axis, index) in enumerate(given):
        size = shape[axis]
        if some and equal(size, 0) is Truth.YES:
            raise refuse("index-mismatch", "index is out of bounds for dimension with size 0", "IndexError")
        if index.data is None or not isinstance(size, int) or not some or nothing:
            continue
        for value in index.data:
            if not -size <= value < size:
                raise refuse(
                    "index-mismatch", f"index {value} is out of bounds for dimension {number} with size {size}",
                    "IndexError", index=value, axis=number, size=size,
                )  # fmt: skip


def picked_data(input: Tensor, picked: Picked) -> tuple[Any, ...] | None:
    """The elements, where those of the tensor and of all index tensors are known."""
    used = [index for index in picked.indices if index is not None]
    sizes: list[Any] = list(picked.dims)
    if input.data is None or any(index.data is None for index in used) or not all(isinstance(d, int) for d in sizes):
        return None
    total = 1
    for size in sizes:
        total *= size
    if total > MAX_TENSOR_DATA:
        return None
    steps: list[Any] = list(contiguous_strides(input.shape))
    width = len(picked.shape)
    readers = [(axis, _reader(index, picked.shape)) for axis, index in enumerate(picked.indices) if index is not None]
    whole = [axis for axis, index in enumerate(picked.indices) if index is None]
    out = []
    for place in every(*(range(size) for size in sizes)):
        inner = place[picked.at : picked.at + width]
        outer = place[: picked.at] + place[picked.at + width :]
        offset = sum(steps[axis] * where for axis, where in zip(whole, outer))
        for axis, (values, strides) in readers:
            value = values[sum(s * p for s, p in zip(strides, inner))]
            offset += steps[axis] * (value + input.shape[axis] if value < 0 else value)
        out.append(input.data[offset])
    return tuple(out)


def _reader(index: Tensor, shape: Sequence[Dim]) -> tuple[tuple[Any, ...], list[Any]]:
    """An index tensor's values and its strides in the broadcast shape."""
    assert index.data is not None
    own = contiguous_strides(index.shape)
    lead = [0] * (len(shape) - index.rank)
    return index.data, [*lead, *(0 if size == 1 else step for size, step in zip(index.shape, own))]
