"""torch.nn.functional.pad in all modes. Pairs of sizes, the last axis first."""

from __future__ import annotations

from collections.abc import Sequence

from ..dims import Dim, Truth, equal, less, less_equal
from ..values import CONTIGUOUS, Tensor, torch_size_text
from .checks import check, refuse
from .kinds import Number, Sizes, Text
from .registry import op

_AXES = {1: "W", 2: "HW", 3: "DHW"}


@op("torch.nn.functional.pad", "torch._C._nn.pad")
def pad(input: Tensor, pad: Sizes, mode: Text = "constant", value: Number = None) -> Tensor:  # type: ignore[assignment]
    """Grow (or, with negative numbers, crop) the last axes."""
    check(len(pad) % 2 == 0, "invalid-argument", "Padding length must be divisible by 2")
    check(
        len(pad) <= 2 * input.rank, "invalid-argument",
        "Padding length should be less than or equal to two times the input dimension but got padding length"
        f" {len(pad)} and input of dimension {input.rank}",
    )  # fmt: skip
    if mode == "constant":
        return constant_pad_nd.function(input, pad)  # type: ignore[no-any-return]
    check(
        value is None or (isinstance(value, int | float) and value == 0) or not isinstance(value, int | float),
        "invalid-argument", f'Padding mode "{mode}" doesn\'t take in value argument',
    )  # fmt: skip
    count = len(pad) // 2
    if not (1 <= count <= 3 and input.rank in (count + 1, count + 2)):
        raise refuse(
            "rank-mismatch", f"Padding size {len(pad)} is not supported for {input.rank}D input tensor.",
            "NotImplementedError", rank=input.rank,
        )  # fmt: skip
    if mode == "circular":
        return _circular(input, pad, count)
    if mode not in ("reflect", "replicate"):
        raise refuse("invalid-argument", f"Unrecognised padding mode {mode}", "NotImplementedError")
    return _mirrored(input, pad, count, mode)


@op("torch.constant_pad_nd")
def constant_pad_nd(input: Tensor, pad: Sizes, value: Number = 0) -> Tensor:
    """Constant padding of any number of axes."""
    dims = list(input.shape)
    for i in range(len(pad) // 2):
        place = len(dims) - 1 - i
        dims[place] = _cropped(dims[place], pad[2 * i], pad[2 * i + 1])
    return Tensor(tuple(dims), input.dtype, input.device, strides=CONTIGUOUS if input.strides == CONTIGUOUS else None)


def _cropped(size: Dim, before: Dim, after: Dim) -> Dim:
    """Negative padding is a narrow(), which refuses a negative length."""
    left = size
    for extra in (before, after):
        if less(extra, 0) is Truth.YES:
            left = left + extra
            check(less(left, 0) is not Truth.YES, "invalid-argument", "narrow(): length must be non-negative.")
    return size + before + after


def _circular(input: Tensor, pad: Sequence[Dim], count: int) -> Tensor:
    dims = list(input.shape)
    for i in range(count):
        place = len(dims) - count + i
        size, before, after = dims[place], pad[2 * (count - 1 - i)], pad[2 * (count - 1 - i) + 1]
        if less(size, before) is Truth.YES or less(size, after) is Truth.YES:
            raise refuse("size-mismatch", "Padding value causes wrapping around more than once.", axis=place, size=size)
        dims[place] = size + before + after
        check(
            less(dims[place], 0) is not Truth.YES, "invalid-argument",
            "Negative padding value is resulting in an empty dimension",
        )  # fmt: skip
    return input.with_dims(*dims)


def _mirrored(input: Tensor, pad: Sequence[Dim], count: int, mode: str) -> Tensor:
    shape = input.shape
    kept = shape if len(shape) == count + 1 else shape[1:]
    if any(equal(size, 0) is Truth.YES for size in kept):
        raise refuse(
            "size-mismatch",
            f"Expected {count + 1}D or {count + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero"
            f" dimensions for input, but got: {torch_size_text(shape)}",
        )  # fmt: skip
    dims = list(shape)
    for i in range(count):
        place = len(dims) - 1 - i
        before, after = pad[2 * i], pad[2 * i + 1]
        large = less_equal(dims[place], before) is Truth.YES or less_equal(dims[place], after) is Truth.YES
        if mode == "reflect" and large:
            raise refuse(
                "size-mismatch",
                f"Argument #{4 + 2 * i}: Padding size should be less than the corresponding input dimension, but got:"
                f" padding ({before}, {after}) at dimension {place} of input {torch_size_text(shape)}",
                axis=place, size=dims[place], padding=(before, after),
            )  # fmt: skip
    for i in range(count):
        place = len(dims) - 1 - i
        dims[place] = dims[place] + pad[2 * i] + pad[2 * i + 1]
    names = _AXES[count]
    if any(less(dims[len(dims) - count + i], 1) is Truth.YES for i in range(count)):
        before_text = " ".join(f"{name}: {shape[len(dims) - count + i]}" for i, name in enumerate(names))
        after_text = " ".join(f"{name}: {dims[len(dims) - count + i]}" for i, name in enumerate(names))
        raise refuse("size-mismatch", f"input ({before_text}) is too small. Calculated output {after_text}")
    return input.with_dims(*dims)
