"""Elements picked by an index tensor: gather, index_select, take and their like. `x[…]` is in `indexing`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dims import Dim, Truth, equal, less
from ..limits import MAX_TENSOR_DATA
from ..values import CONTIGUOUS, DTYPES, INT64, DType, Tensor, torch_size_text
from .checks import axis, broadcast, check, product, refuse
from .kinds import Axis, Flag, OptAxis, Sizes
from .registry import op

INDEX_TYPES = (INT64, DTYPES["int32"])


def is_index(dtype: DType | None) -> bool:
    """Whether a tensor of this dtype is, or may be, an index."""
    return dtype is None or dtype in INDEX_TYPES


def lengths(input: Tensor) -> tuple[Dim, ...]:
    """The sizes, a 0-d tensor taken as a vector of one element."""
    return input.shape or (1,)


def require_values(index: Tensor, size: Dim, message: str, exception: str, **data: Any) -> None:
    """Known index values must lie in -size … size-1; `{value}` in the message stands for the first that does not."""
    if index.data is None or not isinstance(size, int):
        return
    for value in index.data:
        if isinstance(value, int) and not -size <= value < size:
            raise refuse("index-mismatch", message.format(value=value), exception, index=value, size=size, **data)


@op("torch.gather", "torch.Tensor.gather")
def gather(input: Tensor, dim: Axis, index: Tensor, sparse_grad: Flag = False) -> Tensor:
    """Elements along an axis at the positions that `index` gives, in the shape of `index`."""
    position = axis(dim, input.rank)
    if not any(equal(size, 0) is Truth.YES for size in index.shape):
        check(is_index(index.dtype), "dtype-mismatch", "gather(): Expected dtype int32/int64 for index")
        check(
            max(index.rank, 1) == max(input.rank, 1), "rank-mismatch",
            "Index tensor must have the same number of dimensions as input tensor",
        )  # fmt: skip
        have, want = lengths(input), lengths(index)
        for i, (size, wanted) in enumerate(zip(have, want)):
            if i != position and less(size, wanted) is Truth.YES:
                raise refuse(
                    "size-mismatch",
                    f"Size does not match at dimension {i} expected index {torch_size_text(index.shape)} to be no"
                    f" larger than self {torch_size_text(input.shape)} apart from dimension {position}", axis=i,
                )  # fmt: skip
        if all(equal(size, 0) is Truth.NO for size in index.shape) and isinstance(have[position], int):
            _require_gathered(index, have[position], position)
    return Tensor(index.shape, input.dtype, input.device, strides=CONTIGUOUS)


def _require_gathered(index: Tensor, size: Any, position: int) -> None:
    for value in index.data or ():
        if isinstance(value, int) and not 0 <= value < size:
            raise refuse(
                "index-mismatch", f"index {value} is out of bounds for dimension {position} with size {size}",
                index=value, axis=position, size=size,
            )  # fmt: skip


@op("torch.take_along_dim", "torch.Tensor.take_along_dim")
def take_along_dim(input: Tensor, indices: Tensor, dim: OptAxis = None) -> Tensor:
    """As gather, but the other axes broadcast; without an axis everything is flat."""
    name = indices.dtype.legacy if indices.dtype is not None else ""
    check(
        indices.dtype in (None, INT64), "dtype-mismatch",
        f"torch.take_along_dim(): dtype of indices should be Long but got {name}",
    )  # fmt: skip
    if dim is None:
        return Tensor((product(indices.shape),), input.dtype, input.device)
    check(
        input.rank == indices.rank, "rank-mismatch",
        "torch.take_along_dim(): input and indices should have the same number of dimensions, but got"
        f" {input.rank} dimensions for input, and {indices.rank} dimensions for indices",
    )  # fmt: skip
    position = axis(dim, input.rank, wrap_scalar=False)
    sizes = [*input.shape]
    sizes[position] = indices.shape[position]
    dims = list(broadcast(sizes, indices.shape))
    dims[position] = indices.shape[position]
    return input.with_dims(*dims)


@op("torch.index_select", "torch.Tensor.index_select")
def index_select(input: Tensor, dim: Axis, index: Tensor) -> Tensor:
    """Slices along an axis in the order of a vector of positions."""
    position = axis(dim, input.rank)
    check(index.rank <= 1, "rank-mismatch", "index_select(): Index is supposed to be a vector", "IndexError")
    count: Dim = index.shape[0] if index.rank else 1
    if input.rank == 0:
        check(
            equal(count, 1), "size-mismatch",
            f"index_select(): Index to scalar can have only 1 value, got {count} value(s)",
        )  # fmt: skip
    check(is_index(index.dtype), "dtype-mismatch", "index_select(): Expected dtype int32 or int64 for index")
    if input.rank == 0:
        return input.with_dims()
    size = input.shape[position]
    if index.data is not None and isinstance(size, int) and all(equal(d, 0) is Truth.NO for d in input.shape):
        for value in index.data:
            if not 0 <= value < size:
                message = f"INDICES element is out of DATA bounds, id={value} axis_dim={size}"
                raise refuse("index-mismatch", message, index=value, axis=position, size=size)
    data = _selected(input, index, position)
    dims = (*input.shape[:position], count, *input.shape[position + 1 :])
    return Tensor(dims, input.dtype, input.device, data)


def _selected(input: Tensor, index: Tensor, position: int) -> tuple[Any, ...] | None:
    if input.data is None or index.data is None:
        return None
    shape: Sequence[Any] = input.shape
    inner = 1
    for size in shape[position + 1 :]:
        inner *= size
    block = inner * shape[position]
    outer = len(input.data) // block if block else 0
    if outer * len(index.data) * inner > MAX_TENSOR_DATA:
        return None
    out: list[Any] = []
    for i in range(outer):
        for value in index.data:
            start = i * block + value * inner
            out.extend(input.data[start : start + inner])
    return tuple(out)


@op("torch.take", "torch.Tensor.take")
def take(input: Tensor, index: Tensor) -> Tensor:
    """Elements of the flattened tensor, in the shape of `index`."""
    name = index.dtype.legacy if index.dtype is not None else ""
    check(
        index.dtype in (None, INT64), "dtype-mismatch", f"take(): Expected a long tensor for index, but got {name}"
    )  # fmt: skip
    empty = equal(product(input.shape), 0) is Truth.YES
    some = equal(product(index.shape), 0) is Truth.NO
    check(not (empty and some), "index-mismatch", "take(): tried to take from an empty tensor", "IndexError")
    total = product(input.shape)
    require_values(
        index, total, f"out of range: tried to access index {{value}} on a tensor of {total} elements.", "IndexError"
    )
    return Tensor(index.shape, input.dtype, input.device)


@op("torch.unravel_index")
def unravel_index(indices: Tensor, shape: Sizes) -> tuple[Tensor, ...]:
    """Flat positions as one index tensor an axis, of the type of the sizes if that is wider."""
    return tuple(indices.with_dims(*indices.shape).with_dtype(indices.dtype and INT64) for _ in shape)
