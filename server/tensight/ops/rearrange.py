"""Elements in another order: roll, flip, rot90."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dims import fresh_unknown
from ..values import Tensor
from .checks import axis, check
from .kinds import Axes, AxisArgs, Int, Sizes
from .registry import op
from .strides import contiguous_strides, elements


@op("torch.roll", "torch.Tensor.roll", open_rank=True)
def roll(input: Tensor, shifts: Sizes, dims: Axes = None) -> Tensor:
    """Shift along axes, what falls out comes in again."""
    given = dims or ()
    check(len(shifts) > 0, "invalid-argument", "`shifts` required")
    if not (len(shifts) == 1 and not given):
        check(
            len(shifts) == len(given), "invalid-argument",
            f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(given)}",
        )  # fmt: skip
    if not input.is_open:
        empty = any(isinstance(size, int) and size == 0 for size in input.shape)
        for dim in () if empty else given:
            axis(dim, input.rank)
            none = f"Dimension specified as {dim} but tensor has no dimensions"
            check(input.rank > 0, "axis-out-of-range", none, "IndexError")
    return input.alike()


def flipped(input: Tensor, positions: Sequence[int]) -> Tensor:
    """`input` reversed along these axes."""
    data = None
    if input.data is not None:
        steps: list[Any] = list(contiguous_strides(input.shape))
        offset = 0
        for position in positions:
            size: Any = input.shape[position]
            offset += steps[position] * (size - 1)
            steps[position] = -steps[position]
        data = elements(input.data, input.shape, steps, offset) if input.data else ()
    return Tensor(input.shape, input.dtype, input.device, data)


@op("torch.flip", "torch.Tensor.flip", open_rank=True)
def flip(input: Tensor, *dims: AxisArgs) -> Tensor:
    """Reverse along axes."""
    if input.is_open:
        return input.alike()
    positions: list[int] = []
    for dim in dims:
        position = axis(dim, input.rank)
        check(
            position not in positions, "invalid-argument",
            f"dim {position} appears multiple times in the list of dims",
        )  # fmt: skip
        positions.append(position)
    return flipped(input, positions if input.rank else [])


@op("torch.fliplr", "torch.Tensor.fliplr")
def fliplr(input: Tensor) -> Tensor:
    """Reverse axis 1."""
    check(input.rank >= 2, "rank-mismatch", "Input must be >= 2-d.")
    return flipped(input, [1])


@op("torch.flipud", "torch.Tensor.flipud")
def flipud(input: Tensor) -> Tensor:
    """Reverse axis 0."""
    check(input.rank >= 1, "rank-mismatch", "Input must be >= 1-d.")
    return flipped(input, [0])


@op("torch.rot90", "torch.Tensor.rot90")
def rot90(input: Tensor, k: Int = 1, dims: Axes = (0, 1)) -> Tensor:
    """Turn by 90 degrees k times in the plane of two axes."""
    given = dims or ()
    check(
        len(given) == 2, "invalid-argument", f"expected total rotation dims == 2, but got dims = {len(given)}"
    )  # fmt: skip
    check(input.rank >= 2, "rank-mismatch", f"expected total dims >= 2, but got total dims = {input.rank}")
    first, second = axis(given[0], input.rank), axis(given[1], input.rank)
    check(
        first != second, "invalid-argument",
        f"expected rotation dims to be different, but got dim0 = {given[0]} and dim1 = {given[1]}",
    )  # fmt: skip
    shape = list(input.shape)
    if not isinstance(k, int):
        if shape[first] is not shape[second] and shape[first] != shape[second]:
            shape[first], shape[second] = fresh_unknown(), fresh_unknown()
    elif k % 2:
        shape[first], shape[second] = shape[second], shape[first]
    return input.with_dims(*shape)
