"""Blocks of pixels and channels: unfold, fold, pixel_shuffle, pixel_unshuffle, channel_shuffle."""

from __future__ import annotations

from typing import Any

from ..dims import Dim, Truth, divides, equal
from .checks import axis, check, product, refuse, require_equal
from .convolution import window_count
from .errors import Template
from .kinds import Int, IntOrSizes, Tensor
from .registry import alias, op
from .spatial import certainly_below, list_text, spread, tuple_text

Pair = tuple[Dim, Dim]


def _pair(name: str, value: Any) -> Pair:
    result = spread(value, 2)
    if result is None or (isinstance(value, tuple) and len(value) != 2):
        raise refuse("invalid-argument", f"It is expected {name} equals to 2, but got size {len(value)}")
    return result[0], result[1]


def _positive(name: str, values: Pair, prefix: str, *, least: int = 1) -> None:
    if certainly_below(values, least):
        what = "non-negative" if least == 0 else "greater than zero"
        raise refuse(
            "invalid-argument",
            f"{name} should be {what}, but got {prefix}_height: {values[0]} {prefix}_width: {values[1]}",
        )


def _check_window(kernel: Pair, dilation: Pair, padding: Pair, stride: Pair) -> None:
    _positive("kernel size", kernel, "kernel")
    _positive("dilation", dilation, "dilation")
    _positive("padding", padding, "pad", least=0)
    _positive("stride", stride, "stride")


@op("torch.nn.functional.unfold")
def unfold(
    input: Tensor, kernel_size: IntOrSizes, dilation: IntOrSizes = 1, padding: IntOrSizes = 0, stride: IntOrSizes = 1
) -> Tensor:
    """(N, C, H, W) → (N, C · kernel, places)."""
    kernel, pads = _pair("kernel_size", kernel_size), _pair("padding", padding)
    dilations, strides = _pair("dilation", dilation), _pair("stride", stride)
    if input.rank < 3:
        axis(2, input.rank)
    _check_window(kernel, dilations, pads, strides)
    dims = input.shape
    check(
        len(dims) in (3, 4) and not any(equal(d, 0) is Truth.YES for d in dims[-3:]), "rank-mismatch",
        "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, "
        f"but got: {list_text(dims)}",
    )  # fmt: skip
    places = [window_count(d, k, s, 2 * p, r) for d, k, s, p, r in zip(dims[-2:], kernel, strides, pads, dilations)]
    if certainly_below(places, 1):
        raise refuse(
            "size-mismatch",
            f"Given input with spatial size {tuple_text(dims[-2:])}, kernel_size={tuple_text(kernel)}, "
            f"dilation={tuple_text(dilations)}, padding={tuple_text(pads)}, calculated shape of the array of sliding "
            f"blocks as {tuple_text(places)}, but its components must be at least one.",
        )
    return input.with_dims(*dims[:-3], dims[-3] * product(kernel), product(places))


@unfold.demands
def _unfold_demand(**arguments: Any) -> dict[str, Template]:
    return {"input": ("B", "C", "H", "W")}


@op("torch.nn.functional.fold")
def fold(
    input: Tensor, output_size: IntOrSizes, kernel_size: IntOrSizes, dilation: IntOrSizes = 1,
    padding: IntOrSizes = 0, stride: IntOrSizes = 1,
) -> Tensor:  # fmt: skip
    """(N, C · kernel, places) → (N, C, H, W): the inverse of unfold."""
    out, kernel = _pair("output_size", output_size), _pair("kernel_size", kernel_size)
    dilations, pads, strides = _pair("dilation", dilation), _pair("padding", padding), _pair("stride", stride)
    _check_window(kernel, dilations, pads, strides)
    dims = input.shape
    check(
        len(dims) in (2, 3) and not any(equal(d, 0) is Truth.YES for d in dims[-2:]), "rank-mismatch",
        "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, "
        f"but got: {list_text(dims)}",
    )  # fmt: skip
    block = product(kernel)
    check(
        divides(block, dims[-2]), "size-mismatch",
        "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
        f"input.size(1)={dims[-2]} and kernel_size={tuple_text(kernel)}.",
    )  # fmt: skip
    places = [window_count(d, k, s, 2 * p, r) for d, k, s, p, r in zip(out, kernel, strides, pads, dilations)]
    total = product(places)
    require_equal(
        dims[-1], total, "size-mismatch",
        f"Given output_size={tuple_text(out)}, kernel_size={tuple_text(kernel)}, dilation={tuple_text(dilations)}, "
        f"padding={tuple_text(pads)}, stride={tuple_text(strides)}, expected size of input's dimension 2 to match the "
        f"calculated number of sliding blocks {places[0]} * {places[1]} = {total}, but got input.size(2)={dims[-1]}.",
    )  # fmt: skip
    if certainly_below(places, 1):
        raise refuse(
            "size-mismatch",
            f"Given output_size={tuple_text(out)}, kernel_size={tuple_text(kernel)}, "
            f"dilation={tuple_text(dilations)}, padding={tuple_text(pads)}, stride={tuple_text(strides)}, calculated "
            f"shape of the array of sliding blocks as {tuple_text(places)}, which is too small (non-positive)",
        )
    return input.with_dims(*dims[:-2], dims[-2] // block, *out)


@fold.demands
def _fold_demand(**arguments: Any) -> dict[str, Template]:
    return {"input": ("B", "C", "L")}


def _at_least_three(name: str, input: Tensor) -> None:
    check(
        input.rank >= 3, "rank-mismatch",
        f"{name} expects input to have at least 3 dimensions, but got input with {input.rank} dimension(s)",
    )  # fmt: skip


@op("torch.nn.functional.pixel_shuffle", "torch.pixel_shuffle")
def pixel_shuffle(input: Tensor, upscale_factor: Int) -> Tensor:
    """(…, C · r², H, W) → (…, C, H · r, W · r)."""
    _at_least_three("pixel_shuffle", input)
    r = upscale_factor
    check(
        not certainly_below((r,), 1), "invalid-argument",
        f"pixel_shuffle expects a positive upscale_factor, but got {r}",
    )  # fmt: skip
    *batch, channels, height, width = input.shape
    check(
        divides(r * r, channels), "channels-mismatch",
        "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
        f"input.size(-3)={channels} is not divisible by {r * r}", got=channels, groups=r * r,
    )  # fmt: skip
    return input.with_dims(*batch, channels // (r * r), height * r, width * r)


@op("torch.nn.functional.pixel_unshuffle", "torch.pixel_unshuffle")
def pixel_unshuffle(input: Tensor, downscale_factor: Int) -> Tensor:
    """(…, C, H · r, W · r) → (…, C · r², H, W)."""
    _at_least_three("pixel_unshuffle", input)
    r = downscale_factor
    check(
        not certainly_below((r,), 1), "invalid-argument",
        f"pixel_unshuffle expects a positive downscale_factor, but got {r}",
    )  # fmt: skip
    *batch, channels, height, width = input.shape
    for name, place, size in (("height", -2, height), ("width", -1, width)):
        check(
            divides(r, size), "size-mismatch",
            f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({place})={size} is "
            f"not divisible by {r}",
        )  # fmt: skip
    if any(equal(size, 0) is Truth.YES for size in input.shape):
        return input  # as PyTorch's reshape of nothing leaves it
    return input.with_dims(*batch, channels * (r * r), height // r, width // r)


def _image(**arguments: Any) -> dict[str, Template]:
    return {"input": ("B", "C", "H", "W")}


@op("torch.nn.functional.channel_shuffle", "torch.channel_shuffle")
def channel_shuffle(input: Tensor, groups: Int) -> Tensor:
    check(
        input.rank > 2, "rank-mismatch",
        f"channel_shuffle expects input with > 2 dims, but got input with sizes {list_text(input.shape)}",
    )  # fmt: skip
    check(
        not certainly_below((groups,), 1), "invalid-argument",
        f"Number of groups to divide channels in must be positive. Value of groups:{groups}",
    )  # fmt: skip
    channels = input.shape[1]
    check(
        divides(groups, channels), "channels-mismatch",
        f"Number of channels must be divisible by groups. Got {channels} channels and {groups} groups.",
        got=channels, groups=groups,
    )  # fmt: skip
    return input.alike()


pixel_shuffle.demands(_image)
pixel_unshuffle.demands(_image)
alias(channel_shuffle, "torch.native_channel_shuffle", "torch.nn.functional.native_channel_shuffle")
