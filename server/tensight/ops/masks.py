"""Selection by truth: masked_fill, masked_select, masked_scatter, nonzero, argwhere."""

from __future__ import annotations

from itertools import product as every
from typing import Any

from ..dims import Dim, fresh_data
from ..limits import MAX_TENSOR_DATA
from ..values import BOOL, CONTIGUOUS, INT64, Tensor, torch_size_text
from .broadcasting import require_shape
from .checks import broadcast, check
from .element_types import common_dtype, cpp_name
from .expand import expanded
from .kinds import Flag, TensorLike
from .registry import op


def _require_mask(mask: Tensor, text: str) -> None:
    check(mask.dtype in (None, BOOL), "dtype-mismatch", text)


def _check_fill(mask: Tensor, value: Any) -> None:
    rank = value.rank if isinstance(value, Tensor) else 0
    check(
        rank == 0, "rank-mismatch",
        f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {rank} dimension(s).",
    )  # fmt: skip
    name = cpp_name(mask.dtype) if mask.dtype is not None else ""
    _require_mask(mask, f"masked_fill_ only supports boolean masks, but got mask with dtype {name}")


@op("torch.masked_fill", "torch.Tensor.masked_fill", open_rank=True)
def masked_fill(input: Tensor, mask: Tensor, value: TensorLike) -> Tensor:
    """`value` where the mask holds; input and mask broadcast."""
    if isinstance(value, Tensor) and value.is_open:
        value = 0
    if input.is_open or mask.is_open:
        _check_fill(mask, value)
        return input.alike() if input.is_open else Tensor(None, input.dtype, input.device, unknown=mask.unknown)
    dims = broadcast(mask.shape, input.shape)
    _check_fill(mask, value)
    return Tensor(dims, input.dtype, input.device, strides=CONTIGUOUS if input.strides == CONTIGUOUS else None)


@op("torch.Tensor.masked_fill_", open_rank=True)
def masked_fill_(input: Tensor, mask: Tensor, value: TensorLike) -> Tensor:
    """In place: the mask must broadcast to the input."""
    if isinstance(value, Tensor) and value.is_open:
        value = 0
    _check_fill(mask, value)
    if not input.is_open and not mask.is_open:
        require_shape(broadcast(input.shape, mask.shape), input.shape)
    return input.alike()


@op("torch.masked_select", "torch.Tensor.masked_select")
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where the mask holds, as a vector."""
    _require_mask(mask, "masked_select: expected BoolTensor for mask")
    dims = broadcast(mask.shape, input.shape)
    count: Dim = sum(map(bool, mask.data)) if mask.data is not None and dims == mask.shape else fresh_data("n")
    return Tensor((count,), input.dtype, input.device, strides=CONTIGUOUS)


@op("torch.masked_scatter", "torch.Tensor.masked_scatter")
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """Elements of `source` one after the other where the mask holds."""
    dims = broadcast(mask.shape, input.shape)
    common_dtype(
        input, source,
        lambda a, b: f"masked_scatter: expected self and source to have same dtypes but got{a.legacy} and {b.legacy}",
    )  # fmt: skip
    name = mask.dtype.legacy if mask.dtype is not None else ""
    _require_mask(mask, f"masked_scatter_ only supports boolean masks, but got mask with dtype {name}")
    return input.with_dims(*dims)


@op("torch.Tensor.masked_scatter_")
def masked_scatter_(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """In place: the mask must expand to the input."""
    name = mask.dtype.legacy if mask.dtype is not None else "Bool"
    check(
        mask.rank <= input.rank, "rank-mismatch",
        f"expand(CPU{name}Type{{{torch_size_text(mask.shape)}}}, size={torch_size_text(input.shape)}): the number of"
        f" sizes provided ({input.rank}) must be greater or equal to the number of dimensions in the tensor"
        f" ({mask.rank})",
    )  # fmt: skip
    expanded(mask, input.shape)
    masked_scatter.function(input, mask, source)
    return input.alike()


def _positions(input: Tensor) -> list[tuple[int, ...]] | None:
    """The positions of the elements that are not 0, if all are known."""
    if input.data is None:
        return None
    shape: tuple[Any, ...] = input.shape
    found = [place for place, value in zip(every(*(range(size) for size in shape)), input.data) if value]
    return found if len(found) * max(len(shape), 1) <= MAX_TENSOR_DATA else None


@op("torch.nonzero", "torch.Tensor.nonzero")
def nonzero(input: Tensor, as_tuple: Flag = False) -> Tensor | tuple[Tensor, ...]:
    """The positions of the elements that are not 0: a row each, or a vector an axis."""
    places = _positions(input)
    count: Dim = fresh_data("n") if places is None else len(places)
    if not as_tuple:
        data = None if places is None else tuple(i for place in places for i in place)
        return Tensor((count, input.rank), INT64, input.device, data)
    if input.rank == 0:
        data = None if places is None else (0,) * len(places)
        return (Tensor((count,), INT64, input.device, data),)
    vectors = range(input.rank)
    return tuple(
        Tensor((count,), INT64, input.device, None if places is None else tuple(place[i] for place in places))
        for i in vectors
    )


@op("torch.argwhere", "torch.Tensor.argwhere")
def argwhere(input: Tensor) -> Tensor:
    """As nonzero, a row each."""
    result = nonzero.function(input)
    assert isinstance(result, Tensor)
    return result
