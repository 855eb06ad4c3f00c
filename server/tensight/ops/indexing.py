"""`x[…]` and `x[…] = value`: ints, slices, None, `...`, bools, index tensors and masks, in any combination."""

from __future__ import annotations

from collections.abc import Sequence
from types import EllipsisType
from typing import Any

from ..dims import Dim, Expr, Truth, equal, fresh_data, fresh_unknown
from ..values import BOOL, INT64, ListV, RangeV, Scalar, Tensor, Unknown, Value, torch_size_text
from ..values.dtype import UINT8
from .checks import check, refuse
from .errors import Lift, ShapeError
from .expand import expanded
from .index_tensors import Picked, check_bounds, pick, picked_data, to_index_tensor
from .kinds import Raw
from .numbers import kept
from .parts import chosen, part
from .registry import op
from .slices import checked_index, sliced
from .squeeze import with_axis

_LIST_AS_TUPLE = 32
_NOT_AN_INDEX = (
    "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {})"
)


def indices_of(index: Value) -> list[Value]:
    """The indices that stand between the brackets: a tuple is several, a short list of sequences as well."""
    if isinstance(index, tuple):
        return list(index)
    if isinstance(index, ListV):
        if index.rest is not None:
            raise Lift()
        many = (Tensor, tuple, ListV, range, slice, EllipsisType)
        if len(index.items) < _LIST_AS_TUPLE and any(isinstance(i, many) or i is None for i in index.items):
            return list(index.items)
    return [index]


def _normalised(item: Value) -> Value:
    """An index as int, Expr, Scalar, slice, None, Ellipsis, bool or Tensor."""
    if item is None or item is ... or isinstance(item, bool | int | Expr | slice):
        return item
    if isinstance(item, Tensor):
        if item.is_open or (item.dtype is None and item.rank == 0):
            raise Lift(item.unknown)
        if item.dims == () and item.dtype is not None and item.dtype.kind == INT64.kind and item.dtype is not UINT8:
            return int(item.data[0]) if item.data is not None else Scalar("int")
        return item
    if isinstance(item, tuple | ListV | range):
        return to_index_tensor(item)
    if isinstance(item, RangeV):
        return Tensor((fresh_unknown(),), INT64)
    if isinstance(item, Scalar) and item.kind in ("int", "number"):
        return item
    if isinstance(item, Unknown):
        raise Lift(item)
    if isinstance(item, float | complex):
        raise refuse("index-mismatch", _NOT_AN_INDEX.format(type(item).__name__), "IndexError")
    if isinstance(item, Scalar) and item.kind in ("float", "complex"):
        raise refuse("index-mismatch", _NOT_AN_INDEX.format(item.kind), "IndexError")
    raise Lift()


def _width(item: Value) -> int:
    """How many axes of the tensor an index takes."""
    if item is None or item is ... or isinstance(item, bool):
        return 0
    if isinstance(item, Tensor) and item.dtype is not None:
        return item.rank if item.dtype is BOOL or item.dtype is UINT8 else 1
    return 1


class _Indexed:
    """A tensor sliced by its basic indices; the index tensors are kept with the axes they stand for."""

    __slots__ = ("given", "tensor")

    def __init__(self, tensor: Tensor, items: Sequence[Value]) -> None:
        self.tensor = tensor
        self.given: list[tuple[int, Tensor]] = []
        rank = tensor.rank
        used = sum(_width(item) for item in items)
        text = f"too many indices for tensor of dimension {rank}"
        check(used <= rank, "index-mismatch", text, "IndexError", rank=rank)
        axis = 0
        for place, item in enumerate(items):
            axis += self._apply(item, axis, place, rank - used)

    def _apply(self, item: Value, axis: int, place: int, rest: int) -> int:
        """Apply one index at an axis of what is left; how many axes it leaves behind."""
        tensor = self.tensor
        if item is ...:
            return rest
        if axis + _width(item) > tensor.rank or axis > tensor.rank:
            raise Lift()  # behind a second `...`, PyTorch reads sizes that are not there
        if item is None:
            self.tensor = with_axis(tensor, axis)
            return 1
        if isinstance(item, bool):
            self.tensor = with_axis(tensor, axis)
            self.given.append((axis, Tensor((int(item),), INT64, data=(0,) * int(item))))
            return 1
        if isinstance(item, int | Expr | Scalar):
            index = item if isinstance(item, int | Expr) else fresh_unknown(None)
            self.tensor = chosen(tensor, axis, checked_index(index, tensor.shape[axis], place))
            return 0
        if isinstance(item, slice):
            start, length, step = sliced(tensor.shape[axis], item)
            self.tensor = part(tensor, axis, start, length, step)
            return 1
        if isinstance(item, Tensor) and item.dims == ():
            return self._truth(item, axis)
        self.given.append((axis, item))
        return _width(item)

    def _truth(self, item: Tensor, axis: int) -> int:
        """A 0-d mask: a new axis of 0 or 1."""
        assert item.dtype is not None
        check(
            item.dtype is BOOL or item.dtype is UINT8, "index-mismatch",
            "tensors used as indices must be long, int, byte or bool tensors", "IndexError",
        )  # fmt: skip
        self.tensor = with_axis(self.tensor, axis)
        count: Dim = fresh_data("n") if item.data is None else int(bool(item.data[0]))
        self.given.append((axis, Tensor((count,), INT64)))
        return 1


def _indexed(input: Tensor, index: Value) -> _Indexed:
    items = [_normalised(item) for item in indices_of(index)]
    if input.rank == 0 and not isinstance(index, tuple | Tensor):
        if isinstance(items[0], int | Expr | Scalar) and not isinstance(items[0], bool):
            if isinstance(items[0], int) and items[0] != 0:
                raise refuse(
                    "index-mismatch", f"index {items[0]} is out of bounds for dimension 0 with size 0", "IndexError"
                )
            raise refuse(
                "index-mismatch",
                "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert"
                " a 0-dim tensor to a number", "IndexError",
            )  # fmt: skip
        if isinstance(items[0], slice):
            raise refuse("index-mismatch", "slice() cannot be applied to a 0-dim tensor.", "IndexError")
    return _Indexed(input, items)


@op("torch.Tensor.__getitem__", open_rank=True)
def getitem(input: Tensor, index: Raw) -> Tensor:
    """`input[index]`."""
    if input.is_open:
        return _open_item(input, [_normalised(item) for item in indices_of(index)])
    if type(index) is int and input.rank:
        one = chosen(input, 0, checked_index(index, input.shape[0], 0))
        return one if input.number is None else kept(one, input)
    view = _indexed(input, index)
    if not view.given:
        return view.tensor if view.tensor is not input else input.alike()
    picked = pick(view.tensor.shape, view.given)
    check_bounds(view.tensor.shape, picked)
    return Tensor(picked.dims, input.dtype, input.device, picked_data(view.tensor, picked))


def _open_item(input: Tensor, items: Sequence[Value]) -> Tensor:
    """Basic indices of a tensor of open rank: those in front take axes from the left, those behind `...` from the
    right; the rest of the run stays. The run may be no longer than the indices demand: those that go beyond the known
    axes on their side may then have taken known ones of the other side."""
    dims = input.dims if input.dims is not None else (...,)
    split = items.index(...) if any(item is ... for item in items) else len(items)
    if any(isinstance(item, Tensor | bool) for item in items) or any(item is ... for item in items[split + 1 :]):
        raise Lift(input.unknown)
    run = dims.index(...)
    before, after = dims[:run], tuple(reversed(dims[run + 1 :]))
    head, left = _take(items[:split], before)
    tail, right = _take(list(reversed(items[split + 1 :])), after)
    taken = [sum(_width(item) for item in side) for side in (items[:split], items[split + 1 :])]
    shortest = max(0, sum(taken) - len(before) - len(after))
    right = right[: max(0, len(right) - max(0, taken[0] - len(before) - shortest))]
    left = left[: max(0, len(left) - max(0, taken[1] - len(after) - shortest))]
    return input.with_dims(*head, *left, ..., *reversed(right), *reversed(tail))


def _take(items: Sequence[Value], dims: Sequence[Any]) -> tuple[list[Dim], Sequence[Any]]:
    """Apply indices to axes from one side; (what comes out, the axes that are left). Axes of the run are unknown."""
    out: list[Dim] = []
    for item in items:
        if item is None:
            out.append(1)
            continue
        size: Dim = dims[0] if dims else fresh_unknown()
        dims = dims[1:]
        if isinstance(item, slice):
            out.append(sliced(size, item)[1])
    return out, dims


@op("torch.Tensor.__setitem__", open_rank=True)
def setitem(input: Tensor, index: Raw, value: Raw) -> None:
    """`input[index] = value`: the value must fit what the index selects."""
    if input.is_open or isinstance(index, Unknown):
        return
    if isinstance(value, ListV | tuple | str):
        kind = "list" if isinstance(value, ListV) else type(value).__name__
        name = input.dtype.legacy if input.dtype is not None else "Float"
        raise refuse("invalid-argument", f"can't assign a {kind} to a torch.{name}Tensor", "TypeError")
    if index is False:
        return
    if index is True:
        index = None
    view = _indexed(input, index)
    picked = pick(view.tensor.shape, view.given) if view.given else None
    _check_value(input, value, view, picked)
    if picked is not None:
        check_bounds(view.tensor.shape, picked)


def _check_value(input: Tensor, value: Value, view: _Indexed, picked: Picked | None) -> None:
    """The value, without its leading axes of size 1, must broadcast to what the index selects."""
    target = view.tensor.shape if picked is None else picked.dims
    if picked is not None:
        _check_masked_fill(value, view.given)
    if not isinstance(value, Tensor) or value.is_open:
        return
    sizes = list(value.shape)
    while sizes and equal(sizes[0], 1) is Truth.YES:
        del sizes[0]
    if len(sizes) > len(target) and equal(sizes[0], 1) is not Truth.NO:
        return
    if picked is None:
        expanded(Tensor(tuple(sizes), value.dtype), target)
    else:
        _check_put(input, value, tuple(sizes), target, view.given)


def _check_masked_fill(value: Value, given: list[tuple[int, Tensor]]) -> None:
    """One value for what a single mask selects is filled in, which wants a mask of bools."""
    single = isinstance(value, int | float | complex) or (
        isinstance(value, Tensor) and not value.is_open and all(isinstance(d, int) and d == 1 for d in value.shape)
    )
    if single and len(given) == 1 and given[0][1].dtype is UINT8:
        raise refuse(
            "dtype-mismatch", "masked_fill_ only supports boolean masks, but got mask with dtype unsigned char"
        )


def _check_put(
    input: Tensor, value: Tensor, sizes: tuple[Dim, ...], target: tuple[Dim, ...], given: list[tuple[int, Tensor]]
) -> None:
    masked = len(given) == 1 and given[0][1].dtype in (None, BOOL, UINT8)
    if masked and all(equal(size, 1) is not Truth.NO for size in sizes):
        return
    try:
        expanded(Tensor(sizes), target)
    except ShapeError:
        raise refuse(
            "broadcast-mismatch",
            f"shape mismatch: value tensor of shape {torch_size_text(sizes)} cannot be broadcast to indexing result of"
            f" shape {torch_size_text(target)}",
        ) from None  # fmt: skip
    if input.dtype is not None and value.dtype is not None and input.dtype is not value.dtype:
        raise refuse(
            "dtype-mismatch",
            "Index put requires the source and destination dtypes match, got"
            f" {input.dtype.legacy} for the destination and {value.dtype.legacy} for the source.",
        )  # fmt: skip
