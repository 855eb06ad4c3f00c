"""A part of a tensor: one slice (select), some of them (narrow), windows (Tensor.unfold)."""

from __future__ import annotations

from typing import Any

from ..dims import Dim, Truth, is_unknown, less
from ..values import CONTIGUOUS, Kind, Tensor, torch_size_text
from .checks import axis, check, refuse
from .coerce import to_int
from .kinds import Axis, Int, Raw
from .registry import op
from .strides import contiguous_strides, elements, strides_of


def part(input: Tensor, position: int, start: Dim | None, size: Dim, step: int = 1) -> Tensor:
    """The view `start, start + step, …` of `size` elements along an axis. `start` None: not known."""
    shape = input.shape
    dims = (*shape[:position], size, *shape[position + 1 :])
    strides: tuple[Dim, ...] | None = input.strides
    if not (size is shape[position] and step == 1) and strides is not None:
        if strides != CONTIGUOUS or position > 0 or step != 1:
            spelled = strides_of(input)
            assert spelled is not None
            strides = (*spelled[:position], spelled[position] * step, *spelled[position + 1 :])
    data = input.data
    if data is not None:
        steps: list[Any] = list(contiguous_strides(shape))
        if isinstance(start, int) and isinstance(size, int):
            offset = start * steps[position]
            steps[position] *= step
            data = elements(data, dims, steps, offset)
        else:
            data = None
    return Tensor(dims, input.dtype, input.device, data, strides=strides)


def chosen(input: Tensor, position: int, index: Dim) -> Tensor:
    """The view without the axis: element `index` (not negative) of it."""
    shape = input.shape
    dims = (*shape[:position], *shape[position + 1 :])
    strides = input.strides
    if strides is not None and (strides != CONTIGUOUS or position > 0):
        spelled = strides_of(input)
        assert spelled is not None
        strides = (*spelled[:position], *spelled[position + 1 :])
    data = input.data
    if data is not None:
        if isinstance(index, int):
            steps: tuple[Any, ...] = contiguous_strides(shape)
            data = elements(data, dims, (*steps[:position], *steps[position + 1 :]), index * steps[position])
        else:
            data = None
    return Tensor(dims, input.dtype, input.device, data, strides=strides)


@op("torch.select", "torch.Tensor.select")
def select(input: Tensor, dim: Axis, index: Int) -> Tensor:
    """One slice along an axis; the axis goes."""
    check(input.rank > 0, "index-mismatch", "select() cannot be applied to a 0-dim tensor.", "IndexError")
    position = axis(dim, input.rank)
    size = input.shape[position]
    if less(index, -1 * size) is Truth.YES or less(index, size) is Truth.NO:
        raise refuse(
            "index-mismatch",
            f"select(): index {index} out of range for tensor of size {torch_size_text(input.shape)} at dimension"
            f" {position}", "IndexError", index=index, axis=position, size=size,
        )  # fmt: skip
    return chosen(input, position, index + size if isinstance(index, int) and index < 0 else index)


@op("torch.narrow", "torch.Tensor.narrow")
def narrow(input: Tensor, dim: Axis, start: Raw, length: Int) -> Tensor:
    """`length` slices along an axis, from `start`."""
    check(input.rank > 0, "rank-mismatch", "narrow() cannot be applied to a 0-dim tensor.")
    check(less(length, 0) is not Truth.YES, "invalid-argument", "narrow(): length must be non-negative.")
    position = axis(dim, input.rank)
    size = input.shape[position]
    if isinstance(start, Tensor):
        integral = start.dtype is None or Kind.BOOL < start.dtype.kind <= Kind.INT
        check(
            not start.is_open and start.rank == 0 and integral, "invalid-argument",
            "start must be an 0-dim integral Tensor.",
        )  # fmt: skip
    start = to_int(start)
    if less(start, -1 * size) is Truth.YES or less(size, start) is Truth.YES:
        raise refuse(
            "index-mismatch",
            f"start out of range (expected to be in range of [{-1 * size}, {size}], but got {start})", "IndexError",
        )  # fmt: skip
    first = start + size if isinstance(start, int) and start < 0 else start
    if less(size - length, first) is Truth.YES and not is_unknown(first):
        raise refuse("index-mismatch", f"start ({first}) + length ({length}) exceeds dimension size ({size}).")
    return part(input, position, first, length)


@op("torch.narrow_copy", "torch.Tensor.narrow_copy")
def narrow_copy(input: Tensor, dim: Axis, start: Int, length: Int) -> Tensor:
    """As narrow, but not a view, with checks of its own."""
    if input.rank:
        check(
            dim < input.rank, "axis-out-of-range",
            "Expected dim < static_cast<int64_t>(self_sizes.size()) to be true, but got false.  (Could this error"
            " message be improved?  If so, please report an enhancement request to PyTorch.)",
            axis=dim, rank=input.rank,
        )  # fmt: skip
        if less(length, 0) is Truth.YES:
            size = input.shape[axis(dim, input.rank)]
            raise refuse("invalid-argument", f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    view = narrow.function(input, dim, start, length)
    assert isinstance(view, Tensor)
    return Tensor(view.dims, input.dtype, input.device, view.data, strides=CONTIGUOUS)


@op("torch.Tensor.unfold")
def unfold(input: Tensor, dimension: Axis, size: Int, step: Int) -> Tensor:
    """Windows of `size` along an axis, every `step`; the window becomes the last axis."""
    position = axis(dimension, input.rank)
    check(less(size, 0) is not Truth.YES, "invalid-argument", f"size is {size} but must be >= 0")
    total: Dim = input.shape[position] if input.rank else 1
    check(
        less(total, size) is not Truth.YES, "size-mismatch",
        f"maximum size for tensor at dimension {position} is {total} but size is {size}",
    )  # fmt: skip
    check(less(0, step), "invalid-argument", f"step is {step} but must be > 0")
    if input.rank == 0:
        return input.with_dims(size)
    count = (total - size) // step + 1
    strides = strides_of(input)
    if strides is not None:
        strides = (*strides[:position], strides[position] * step, *strides[position + 1 :], strides[position])
    dims = (*input.shape[:position], count, *input.shape[position + 1 :], size)
    return Tensor(dims, input.dtype, input.device, strides=strides)
