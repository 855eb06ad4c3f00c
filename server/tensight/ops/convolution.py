"""Convolutions: conv1d/2d/3d and their transposes, batched or not, with PyTorch's order of checks."""

from __future__ import annotations

from typing import Any

from ..dims import Dim, Truth, divides, equal, less
from ..values import Kind
from .checks import check, refuse, require_equal
from .errors import Lift, Template
from .kinds import Int, IntOrSizes, OptTensor, Raw, Sizes, Tensor
from .registry import OpRule, op
from .spatial import (
    SPATIAL_NAMES,
    by_text,
    c_name,
    certainly_below,
    coerce_sizes,
    dtypes_clash,
    known,
    laid_out,
    list_text,
    refuse_kinds,
    spread,
    type_text,
)


def window_count(size: Dim, kernel: Dim, stride: Dim, padding: Dim, dilation: Dim) -> Dim:
    """How many places a kernel takes along an axis; `padding` counts both sides."""
    return (size + padding - dilation * (kernel - 1) - 1) // stride + 1


def _per_axis(value: Dim | tuple[Dim, ...], name: str, given: int, needed: int) -> tuple[Dim, ...]:
    """The argument for each of the weight's axes; a single int was first spread over the function's own number."""
    values = value if isinstance(value, tuple) else (value,) * given
    result = spread(values, needed)
    if result is None:
        raise refuse(
            "invalid-argument",
            f"expected {name} to be a single integer value or a list of {needed} values to match the convolution "
            f"dimensions, but got {name}={list_text(values)}",
        )
    return result


def _batched(name: str, rank: int, input: Tensor) -> tuple[tuple[Dim, ...], bool]:
    dims = input.shape
    check(
        len(dims) in (rank + 1, rank + 2),
        "rank-mismatch",
        lambda: (
            f"Expected {rank + 1}D (unbatched) or {rank + 2}D (batched) input to {name}, "
            f"but got input of size: {list_text(dims)}"
        ),
        expected=(rank + 1, rank + 2),
        got=len(dims),
    )
    return ((1, *dims), False) if len(dims) == rank + 1 else (dims, True)


def _check_arguments(groups: Dim, stride: Any, padding: Any, dilation: Any, output_padding: Any = ()) -> None:
    check(not certainly_below((groups,), 1), "invalid-argument", "non-positive groups is not supported")
    check(not certainly_below(padding, 0), "invalid-argument", "negative padding is not supported")
    check(not certainly_below(output_padding, 0), "invalid-argument", "negative output_padding is not supported")
    check(not certainly_below(stride, 1), "invalid-argument", "non-positive stride is not supported")
    check(not certainly_below(dilation, 0), "invalid-argument", "dilation should be greater than zero")


def _check_weight(dims: tuple[Dim, ...], weight: tuple[Dim, ...], groups: Dim, gap: str = " ") -> None:
    check(
        len(weight) == len(dims),
        "rank-mismatch",
        lambda: (
            f"Expected {len(weight)}-dimensional input for {len(weight)}-dimensional weight{gap}{list_text(weight)}, "
            f"but got {len(dims)}-dimensional input of size {list_text(dims)} instead"
        ),
    )
    check(
        less(weight[0], groups).negate(),
        "invalid-argument",
        lambda: (
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, "
            f"but got weight of size {list_text(weight)} instead"
        ),
    )
    check(
        divides(groups, weight[0]),
        "invalid-argument",
        lambda: (
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, "
            f"but got weight of size [{list_text(weight)}] instead"
        ),
    )


def _check_bias(given: str, weight: tuple[Dim, ...], bias: Tensor | None, channels: Dim) -> None:
    if bias is None:
        return
    dims = bias.shape

    def message() -> str:
        return (
            f"Given {given}weight of size {list_text(weight)}, expected bias to be 1-dimensional with {channels} "
            f"elements, but got bias of size {list_text(dims)} instead"
        )

    check(len(dims) == 1, "rank-mismatch", message)
    require_equal(dims[0], channels, "size-mismatch", message)


def _check_empty(dims: tuple[Dim, ...]) -> None:
    """An empty batch or no channels are fine, an empty image is not."""
    if not certainly_below(dims[2:], 1):
        return
    filled = all(equal(d, 0) is Truth.NO for d in dims[:2])
    if filled and any(equal(d, 0) is Truth.YES for d in dims[2:]):
        raise refuse(
            "size-mismatch",
            f"Only zero batch or zero channel inputs are supported, but got input shape: {list_text(dims)}",
        )


def _check_kernel(kernel: tuple[Dim, ...]) -> None:
    if not certainly_below(kernel, 1) or not any(equal(k, 0) is Truth.YES for k in kernel):
        return
    if len(kernel) == 3:
        shown = f": {' x '.join(map(str, kernel))} (TxHxW)"
    else:
        height, width = (1, *kernel)[-2:]
        shown = f" kernel_height: {height} kernel_width: {width}"
    raise refuse("invalid-argument", f"kernel size should be greater than zero, but got{shown}")


def _check_bias_dtype(input: Tensor, bias: Tensor | None) -> None:
    if bias is not None and dtypes_clash(input.dtype, bias.dtype):
        assert input.dtype is not None and bias.dtype is not None
        raise refuse(
            "dtype-mismatch",
            f"Input type ({c_name(input.dtype)}) and bias type ({c_name(bias.dtype)}) should be the same",
        )


def _check_dtypes(input: Tensor, weight: Tensor, bias: Tensor | None, kernel: str) -> None:
    """`kernel` runs what the quick libraries do not take."""
    if not kernel.startswith("slow_conv_transpose"):
        _check_bias_dtype(input, bias)
    elif any(equal(size, 0) is not Truth.NO for size in input.shape):
        return
    if not dtypes_clash(input.dtype, weight.dtype):
        return
    assert input.dtype is not None and weight.dtype is not None
    on_gpu = input.device is not None and input.device.startswith("cuda")
    if not on_gpu and input.dtype.kind is Kind.BOOL:
        raise refuse("dtype-mismatch", f"\"{kernel}\" not implemented for 'Bool'", "NotImplementedError")
    dense = not on_gpu and input.dtype.name in ("float32", "bfloat16")
    if not dense and not on_gpu and input.dtype.kind is not Kind.COMPLEX:
        raise refuse("dtype-mismatch", f"expected scalar type {input.dtype.legacy} but found {weight.dtype.legacy}")
    raise refuse(
        "dtype-mismatch",
        f"Input type ({type_text(input.dtype, input.device)}) and weight type"
        f" ({type_text(weight.dtype, weight.device)}) should be the same"
        + " or input should be a MKLDNN tensor and weight is a dense tensor"
        * dense,
    )


def _evened(dims: tuple[Dim, ...], weight: tuple[Dim, ...], dilation: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """The input of a "same" convolution: an odd amount of padding is first evened out on one side."""
    odd = [(d * (k - 1)) % 2 for d, k in zip(dilation, weight[2:])]
    return (*dims[:2], *(size + rest for size, rest in zip(dims[2:], odd)))


def _convolve(
    name: str, rank: int, input: Tensor, weight: Tensor, bias: Tensor | None, stride: Any, padding: Any, dilation: Any,
    groups: Dim,
) -> Tensor:  # fmt: skip
    if not isinstance(padding, str):
        _check_bias_dtype(input, bias)
    dims, batched = _batched(name, rank, input)
    kernel_rank = weight.rank - 2
    check(kernel_rank >= 1, "rank-mismatch", "weight should have at least three dimensions")
    same = False
    if isinstance(padding, str):
        check(padding in ("same", "valid"), "invalid-argument", f"Invalid padding string: '{padding}'")
        same = padding == "same"
        padding = 0
        if weight.rank != len(dims):
            _check_weight(dims, weight.shape, groups, "")
    strides = _per_axis(stride, "stride", rank, kernel_rank)
    paddings = _per_axis(padding, "padding", rank, kernel_rank)
    dilations = _per_axis(dilation, "dilation", rank, kernel_rank)
    if same:
        check(
            not any(equal(s, 1) is Truth.NO for s in strides),
            "invalid-argument",
            "padding='same' is not supported for strided convolutions",
        )
    _check_arguments(groups, strides, paddings, dilations)
    sizes = weight.shape
    _check_weight(dims, sizes, groups)
    expected = sizes[1] * groups
    require_equal(
        dims[1],
        expected,
        "channels-mismatch",
        lambda: (
            f"Given groups={groups}, weight of size {list_text(sizes)}, expected input"
            f"{list_text(_evened(dims, sizes, dilations) if same else dims)} to have "
            f"{expected} channels, but got {dims[1]} channels instead"
        ),
        expected=expected,
        got=dims[1],
        groups=groups,
    )
    _check_bias("", sizes, bias, sizes[0])
    twice = [d * (k - 1) if same else 2 * p for d, k, p in zip(dilations, sizes[2:], paddings)]
    padded = [size + both for size, both in zip(dims[2:], twice)]
    kernel = [d * (k - 1) + 1 for d, k in zip(dilations, sizes[2:])]
    if any(less(size, k) is Truth.YES for size, k in zip(padded, kernel)):
        raise refuse(
            "size-mismatch",
            f"Calculated padded input size per channel: {by_text(padded)}. Kernel size: {by_text(kernel)}. "
            "Kernel size can't be greater than actual input size",
            padded=tuple(padded),
            kernel=tuple(kernel),
        )
    _check_empty(dims)
    _check_dtypes(input, weight, bias, "compute_columns3d" if rank == 3 else "slow_conv2d_cpu")
    _check_kernel(sizes[2:])
    check(
        not certainly_below(dilations, 1),
        "invalid-argument",
        lambda: f"dilation should be greater than zero, but got {list_text(dilations)}",
    )
    if not certainly_below(dims, 1):
        refuse_kinds(f"slow_conv{rank}d_cpu", input.dtype, (Kind.BOOL,))
    out = [window_count(*each) for each in zip(dims[2:], sizes[2:], strides, twice, dilations)]
    channels = 0 if equal(dims[1], 0) is Truth.YES else sizes[0]
    return laid_out(input, *dims[:1] * batched, channels, *out, dtype=input.dtype or weight.dtype)


def _convolve_transposed(
    name: str, rank: int, input: Tensor, weight: Tensor, bias: Tensor | None, stride: Any, padding: Any,
    output_padding: Any, groups: Dim, dilation: Any,
) -> Tensor:  # fmt: skip
    dims, batched = _batched(name, rank, input)
    kernel_rank = weight.rank - 2
    check(kernel_rank >= 1, "rank-mismatch", "weight should have at least three dimensions")
    strides = _per_axis(stride, "stride", rank, kernel_rank)
    paddings = _per_axis(padding, "padding", rank, kernel_rank)
    dilations = _per_axis(dilation, "dilation", rank, kernel_rank)
    extra = _per_axis(output_padding, "output_padding", rank, kernel_rank)
    _check_arguments(groups, strides, paddings, dilations, extra)
    sizes = weight.shape
    _check_weight(dims, sizes, groups)
    require_equal(
        dims[1],
        sizes[0],
        "channels-mismatch",
        lambda: (
            f"Given transposed=1, weight of size {list_text(sizes)}, expected input{list_text(dims)} to have "
            f"{sizes[0]} channels, but got {dims[1]} channels instead"
        ),
        expected=sizes[0],
        got=dims[1],
        groups=groups,
    )
    channels = sizes[1] * groups
    _check_bias("transposed=1, ", sizes, bias, channels)
    _check_empty((*dims[:2], 1, dims[2]) if rank == 1 else dims)
    _check_kernel(sizes[2:])
    if all(equal(d, 0) is Truth.NO for d in dims):
        _check_output_padding(rank, extra, strides, dilations)
    _check_dtypes(input, weight, bias, f"slow_conv_transpose{max(rank, 2)}d_out_cpu")
    out = [
        (size - 1) * s - 2 * p + d * (k - 1) + e + 1
        for size, s, p, d, k, e in zip(dims[2:], strides, paddings, dilations, sizes[2:], extra)
    ]
    if certainly_below(out, 0):  # of nothing: some backends refuse, others give it
        raise refuse(
            "size-mismatch",
            f"Given input size per channel: {by_text(dims[2:])}. Calculated output size per channel: "
            f"{by_text(out)}. Output size is too small",
        )
    return laid_out(input, *dims[:1] * batched, channels, *out, dtype=input.dtype or weight.dtype)


_AXES = {1: ("height", "width"), 2: ("height", "width"), 3: ("depth", "height", "width")}


def _check_output_padding(
    rank: int, extra: tuple[Dim, ...], stride: tuple[Dim, ...], dilation: tuple[Dim, ...]
) -> None:
    """The transposed kernels want it to be smaller than the stride or the dilation (conv_transpose1d is a 2d one)."""
    if not any(less(e, s) is Truth.NO and less(e, d) is Truth.NO for e, s, d in zip(extra, stride, dilation)):
        return
    if rank == 1:
        extra, stride, dilation = (0, *extra), (1, *stride), (1, *dilation)
    parts = [
        f"{what}_{axis}: {value}"
        for what, values in (("output_padding", extra), ("stride", stride), ("dilation", dilation))
        for axis, value in zip(_AXES[rank], values)
    ]
    raise refuse(
        "invalid-argument",
        "output padding must be smaller than either stride or dilation, but got " + " ".join(parts),
    )


def _input_template(rank: int, channels: Dim | None) -> dict[str, Template]:
    if channels is None:
        return {}
    return {"input": ("B", channels, *SPATIAL_NAMES[rank])}


def _conv_rule(rank: int) -> OpRule:
    name = f"conv{rank}d"

    @op(f"torch.nn.functional.{name}", f"torch.{name}")
    def rule(
        input: Tensor, weight: Tensor, bias: OptTensor = None, stride: IntOrSizes = 1, padding: Raw = 0,
        dilation: IntOrSizes = 1, groups: Int = 1,
    ) -> Tensor:  # fmt: skip
        return _convolve(name, rank, input, weight, bias, stride, coerce_sizes(known(padding)), dilation, groups)

    @rule.demands
    def demand(
        input: Tensor, weight: Tensor, bias: Any, stride: Any, padding: Any, dilation: Any, groups: Dim
    ) -> dict[str, Template]:
        closed = not weight.is_open and weight.rank == rank + 2
        return _input_template(rank, weight.shape[1] * groups if closed else None)

    return rule


def _transposed_rule(rank: int) -> OpRule:
    name = f"conv_transpose{rank}d"

    @op(f"torch.nn.functional.{name}", f"torch.{name}")
    def rule(
        input: Tensor, weight: Tensor, bias: OptTensor = None, stride: IntOrSizes = 1, padding: IntOrSizes = 0,
        output_padding: IntOrSizes = 0, groups: Int = 1, dilation: IntOrSizes = 1,
    ) -> Tensor:  # fmt: skip
        return _convolve_transposed(name, rank, input, weight, bias, stride, padding, output_padding, groups, dilation)

    @rule.demands
    def demand(
        input: Tensor, weight: Tensor, bias: Any, stride: Any, padding: Any, output_padding: Any, groups: Any,
        dilation: Any,
    ) -> dict[str, Template]:  # fmt: skip
        closed = not weight.is_open and weight.rank == rank + 2
        return _input_template(rank, weight.shape[0] if closed else None)

    return rule


CONV: dict[int, OpRule] = {rank: _conv_rule(rank) for rank in (1, 2, 3)}
CONV_TRANSPOSE: dict[int, OpRule] = {rank: _transposed_rule(rank) for rank in (1, 2, 3)}
conv1d, conv2d, conv3d = CONV[1], CONV[2], CONV[3]
conv_transpose1d, conv_transpose2d, conv_transpose3d = CONV_TRANSPOSE[1], CONV_TRANSPOSE[2], CONV_TRANSPOSE[3]


@op("torch.conv_tbc", "torch.nn.functional.conv_tbc")
def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: Int = 0) -> Tensor:
    """A 1d convolution over (time, batch, channels)."""
    check(input.rank == 3, "rank-mismatch", "Input must have 3 dims: time, batch, in_channel")
    check(weight.rank == 3, "rank-mismatch", "Weight tensor must have 3 dims: kernel_width, in_channels, out_channels.")
    check(bias.rank == 1, "rank-mismatch", "Bias must be 1-D")
    time, batch, channels = input.shape
    width, expected, out = weight.shape
    require_equal(
        channels, expected, "channels-mismatch",
        "Input dim 2 (input channels) is not == dim 1 in the weight tensor", expected=expected, got=channels,
    )  # fmt: skip
    require_equal(
        bias.shape[0], out, "size-mismatch", "Bias size must equal dim 2 in the weight tensor (output channels)."
    )
    return input.with_dims(time + 2 * pad - width + 1, batch, out)


@op("torch.convolution")
def convolution(
    input: Tensor, weight: Tensor, bias: OptTensor, stride: Sizes, padding: Sizes, dilation: Sizes, transposed: Raw,
    output_padding: Sizes, groups: Int,
) -> Tensor:  # fmt: skip
    """The general form; the number of spatial axes is the weight's."""
    rank = weight.rank - 2
    if rank not in CONV or not isinstance(transposed, bool) or input.rank != weight.rank:
        raise Lift()
    if transposed:
        return _convolve_transposed(
            "convolution", rank, input, weight, bias, stride, padding, output_padding, groups, dilation
        )
    return _convolve("convolution", rank, input, weight, bias, stride, padding, dilation, groups)


__all__ = ["CONV", "CONV_TRANSPOSE", "conv_tbc", "convolution", "window_count"]
