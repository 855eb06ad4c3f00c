"""Pools that slide a window: max, average, power-average, and max_unpool."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..dims import Dim, Truth, ceil_div, dim_min, equal, less
from ..values import INT64, Kind, Value
from .checks import axis, check, refuse
from .errors import Template
from .kinds import Flag, IntOrSizes, Number, OptInt, Raw
from .kinds import Tensor as Tensor
from .promotion import floating
from .registry import OpRule, op
from .spatial import (
    SPATIAL_NAMES,
    certainly_below,
    coerce_sizes,
    known,
    laid_out,
    list_text,
    refuse_kinds,
    spread,
)

_WORDS = {1: "one", 2: "two", 3: "three"}
_LETTERS = {1: "HW", 2: "HW", 3: "THW"}
Numbers = tuple[Dim, ...]


def pooled(size: Dim, kernel: Dim, stride: Dim, padding: Dim, dilation: Dim, ceil_mode: bool) -> Dim:
    """The windows along an axis; with ceil_mode one may hang over, but must start inside the input or left padding."""
    reach = size + 2 * padding - dilation * (kernel - 1) - 1
    if not ceil_mode:
        return reach // stride + 1
    windows = (reach + stride - 1) // stride + 1
    if less(padding + stride, dilation * (kernel - 1) + 2) is Truth.YES:
        return windows
    return dim_min(windows, ceil_div(size + padding, stride))


def _check_window(kernel: Numbers, stride: Numbers, padding: Numbers, dilation: Numbers) -> None:
    """What pooling_output_shape refuses, axis by axis."""
    for k, s, p, d in zip(kernel, stride, padding, dilation):
        check(equal(s, 0).negate(), "invalid-argument", "stride should not be zero")
        if isinstance(p, int) and p == 0:
            continue
        if certainly_below((p,), 0):
            raise refuse("invalid-argument", f"pad must be non-negative, but got pad: {p}")
        if not certainly_below((k,), 1) and less((d * (k - 1) + 1) // 2, p) is Truth.YES:
            raise refuse(
                "invalid-argument",
                f"pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} and "
                f"dilation={d}",
            )


def _positive(what: str, prefix: str, letters: str, values: Numbers) -> None:
    if certainly_below(values, 1):
        parts = " ".join(f"{prefix}{letter}: {value}" for letter, value in zip(letters, values))
        raise refuse("invalid-argument", f"{what} should be greater than zero, but got {parts}")


def _check_shape(
    function: str, input: Tensor, rank: int, kernel: Numbers, stride: Numbers, padding: Numbers, dilation: Numbers,
    out: Numbers, *, inside: bool,
) -> None:  # fmt: skip
    """pool2d_shape_check and pool3d_shape_check; `inside`: the kernel has to fit into the input without padding."""
    letters, dims = _LETTERS[rank], input.shape
    if rank == 1:
        kernel, stride, padding, dilation = (1, *kernel), (1, *stride), (0, *padding), (1, *dilation)
        dims, out = (*dims[:-1], 1, dims[-1]), (1, *out)
    _positive("kernel size", "k", letters, kernel)
    _positive("stride", "d", letters, stride)
    _positive("dilation", "dilation", letters, dilation)
    spatial = dims[-len(kernel) :]
    if rank == 3:
        for i, size in enumerate(dims[len(dims) - 4 :]):
            check(
                equal(size, 0).negate(), "size-mismatch",
                f"{function}: Expected input's non-batch dimensions to have positive length, but input has a shape of "
                f"{list_text(dims)} and non-batch dimension {size} has length zero!", axis=i,
            )  # fmt: skip
        if inside and any(less(size, k) is Truth.YES for size, k in zip(spatial, kernel)):
            sizes = " ".join(f"{letter}: {size}" for letter, size in zip(letters, spatial))
            kernels = " ".join(f"k{letter}: {k}" for letter, k in zip(letters, kernel))
            raise refuse("size-mismatch", f"input image ({sizes}) smaller than kernel size ({kernels})")
    else:
        check(
            len(dims) in (3, 4) and not any(equal(size, 0) is Truth.YES for size in dims[len(dims) - 3 :]),
            "rank-mismatch",
            lambda: (
                "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, "
                f"but got:{list_text(dims)}"
            ),
        )
    _check_half(kernel, padding)
    if certainly_below(out, 1):
        channels = dims[-len(kernel) - 1]
        raise refuse(
            "size-mismatch",
            f"Given input size: ({_x(channels, *spatial)}). Calculated output size: ({_x(channels, *out)}). "
            "Output size is too small",
        )


def _check_half(kernel: Numbers, padding: Numbers) -> None:
    if not any(p != 0 and less(k // 2, p) is Truth.YES for k, p in zip(kernel, padding)):
        return
    if len(kernel) == 2:
        shown = f"padW = {padding[1]}, padH = {padding[0]}, kW = {kernel[1]}, kH = {kernel[0]}"
    else:
        (t, h, w), (pad_t, pad_h, pad_w) = kernel, padding
        shown = f"kT: {t} kW: {w} kH: {h} padT: {pad_t} padW: {pad_w} padH: {pad_h}"
    raise refuse("invalid-argument", f"pad should be smaller than or equal to half of kernel size, but got {shown}")


def _x(*dims: Dim) -> str:
    return "x".join(str(d) for d in dims)


def _template(rank: int) -> dict[str, Template]:
    return {"input": ("B", "C", *SPATIAL_NAMES[rank])}


def _numbers(function: str, name: str, value: Any, rank: int, choices: str) -> Numbers:
    """One number per axis, or the complaint about the length; 1d kernels have another wording."""
    result = spread(value, rank)
    if result is None:
        if rank == 1:
            raise refuse(
                "invalid-argument",
                f"{function}() {name} must be an int, list of ints or tuple of ints of size 1 "
                f"but got size {len(value)}",
            )
        raise refuse("invalid-argument", f"{function}: {name} {choices} {_WORDS[rank]} ints")
    return result


def _stride(function: str, value: Any, kernel: Numbers, choices: str) -> Numbers:
    given = coerce_sizes(known(value))
    if given is None or (isinstance(given, tuple) and not given):
        return kernel
    return _numbers(function, "stride", given, len(kernel), choices)


# --- max ---------------------------------------------------------------------------------------------------------


def _check_max1d(input: Tensor, kernel: Dim, stride: Dim, padding: Dim, dilation: Dim, out: Dim) -> None:
    """max_pool1d without indices has a kernel, and words, of its own."""
    dims = input.shape
    check(
        len(dims) in (2, 3) and not any(equal(size, 0) is Truth.YES for size in dims[-2:]),
        "rank-mismatch",
        lambda: (
            "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, "
            f"but got:{list_text(dims)}"
        ),
    )
    for name, value in (("kernel_size", kernel), ("stride", stride)):
        check(
            not certainly_below((value,), 1), "invalid-argument",
            f"max_pool1d() {name} must be greater than zero, but got {value}",
        )  # fmt: skip
    check(
        not certainly_below((padding,), 0), "invalid-argument",
        f"max_pool1d() padding must be non-negative, but got {padding}",
    )  # fmt: skip
    check(
        less(kernel // 2, padding).negate(), "invalid-argument",
        f"max_pool1d() padding should be at most half of kernel size, but got padding={padding} and "
        f"kernel_size={kernel}",
    )  # fmt: skip
    check(
        not certainly_below((dilation,), 1), "invalid-argument",
        f"max_pool1d() dilation must be greater than zero, but got {dilation}",
    )  # fmt: skip
    check(not certainly_below((out,), 1), "size-mismatch", lambda: f"max_pool1d() Invalid computed output size: {out}")


def _safe(stride: Numbers) -> bool:
    return not any(isinstance(s, int) and s == 0 for s in stride)


def _max_pool(
    rank: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool,
    return_indices: bool,
) -> Value:  # fmt: skip
    name, words = f"max_pool{rank}d", "must either be a single int, or a tuple of"
    if rank == 1:
        check(
            input.rank in (2, 3), "rank-mismatch",
            lambda: f"Expected 2 to 3 dimensions, but got {input.rank}-dimensional tensor for argument #1 'self' (while"
            " checking arguments for max_pool1d)"
            if return_indices
            else "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, "
            f"but got:{list_text(input.shape)}",
        )  # fmt: skip
    kernel = _numbers(name, "kernel_size", kernel_size, rank, words)
    strides = _stride(name, stride, kernel, "must either be omitted, a single int, or a tuple of")
    pads = _numbers(name, "padding", padding, rank, words)
    dilations = _numbers(name, "dilation", dilation, rank, "must be either a single int, or a tuple of")
    if rank > 1:
        check(
            input.rank in (rank + 1, rank + 2), "rank-mismatch",
            f"non-empty {rank + 1}D or {rank + 2}D (batch mode) tensor expected for input",
            expected=(rank + 1, rank + 2), got=input.rank,
        )  # fmt: skip
    lone = rank == 1 and not return_indices
    if not lone:
        _check_window(kernel, strides, pads, dilations)
    out = tuple(
        pooled(size, k, s, p, d, ceil_mode) if _safe((s,)) else 1
        for size, k, s, p, d in zip(input.shape[-rank:], kernel, strides, pads, dilations)
    )
    if lone:
        _check_max1d(input, kernel[0], strides[0], pads[0], dilations[0], out[0])
    else:
        function = "max_pool3d_with_indices_out_cpu_template()"
        _check_shape(function, input, rank, kernel, strides, pads, dilations, out, inside=False)
    refuse_kinds("max_pool1d_impl" if lone else f"max_pool{max(rank, 2)}d", input.dtype, (Kind.BOOL,))
    result = laid_out(input, *input.shape[:-rank], *out)
    return (result, result.with_dtype(INT64)) if return_indices else result


def _max_rule(rank: int) -> OpRule:
    name = f"max_pool{rank}d"

    @op(f"torch.nn.functional.{name}", f"torch.{name}")
    def rule(
        input: Tensor, kernel_size: IntOrSizes, stride: Raw = None, padding: IntOrSizes = 0, dilation: IntOrSizes = 1,
        ceil_mode: Flag = False, return_indices: Flag = False,
    ) -> Value:  # fmt: skip
        return _max_pool(rank, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)

    @rule.demands
    def demand(**arguments: Any) -> dict[str, Template]:
        return _template(rank)

    names = [f"torch.nn.functional.{name}_with_indices"]
    if rank == 1:
        names.append(f"torch.{name}_with_indices")

    @op(*names)
    def with_indices(
        input: Tensor, kernel_size: IntOrSizes, stride: Raw = None, padding: IntOrSizes = 0, dilation: IntOrSizes = 1,
        ceil_mode: Flag = False, return_indices: Flag = False,
    ) -> Value:  # fmt: skip
        return _max_pool(rank, input, kernel_size, stride, padding, dilation, ceil_mode, True)

    with_indices.demands(demand)
    return rule


# --- average -----------------------------------------------------------------------------------------------------


def avg_pool(
    rank: int, input: Tensor, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool, divisor: Any
) -> Tensor:
    name = f"avg_pool{rank}d"
    single = "must either be a" if rank == 2 else "must be a"
    words = f"{single} single int, or a tuple of"
    if rank == 1:
        check(
            input.rank in (2, 3), "rank-mismatch",
            lambda: f"Expected 2 to 3 dimensions, but got {input.rank}-dimensional tensor for argument #1 'self' "
            "(while checking arguments for avg_pool1d)", expected=(2, 3), got=input.rank,
        )  # fmt: skip
        for parameter, value in (("kernel_size", kernel_size), ("stride", stride), ("padding", padding)):
            if isinstance(value, tuple) and len(value) > 1:
                raise refuse(
                    "invalid-argument", f"avg_pool1d() argument '{parameter}' should contain one int (got {len(value)})"
                )
    kernel = _numbers(name, "kernel_size", kernel_size, rank, words)
    omitted = "must either be omitted, a" if rank == 2 else "must be omitted, a"
    strides = _stride(name, stride, kernel, f"{omitted} single int, or a tuple of")
    pads = _numbers(name, "padding", padding, rank, words)
    if rank == 3:
        check(
            input.rank in (4, 5), "rank-mismatch", "non-empty 4D or 5D (batch mode) tensor expected for input",
            expected=(4, 5), got=input.rank,
        )  # fmt: skip
    elif rank == 2:
        axis(-3, input.rank)
    if isinstance(divisor, int) and divisor == 0:
        raise refuse("invalid-argument", "divisor must be not zero")
    ones = (1,) * rank
    _check_window(kernel, strides, pads, ones)
    out = tuple(
        pooled(size, k, s, p, 1, ceil_mode) for size, k, s, p in zip(input.shape[-rank:], kernel, strides, pads)
    )
    _check_shape("avg_pool3d()", input, rank, kernel, strides, pads, ones, out, inside=True)
    return laid_out(input, *input.shape[:-rank], *out)


@op("torch.nn.functional.avg_pool1d", "torch.avg_pool1d")
def avg_pool1d(
    input: Tensor, kernel_size: IntOrSizes, stride: Raw = None, padding: IntOrSizes = 0, ceil_mode: Flag = False,
    count_include_pad: Raw = True,
) -> Tensor:  # fmt: skip
    return avg_pool(1, input, kernel_size, stride, padding, ceil_mode, None)


@op("torch.nn.functional.avg_pool2d")
def avg_pool2d(
    input: Tensor, kernel_size: IntOrSizes, stride: Raw = None, padding: IntOrSizes = 0, ceil_mode: Flag = False,
    count_include_pad: Raw = True, divisor_override: OptInt = None,
) -> Tensor:  # fmt: skip
    return avg_pool(2, input, kernel_size, stride, padding, ceil_mode, divisor_override)


@op("torch.nn.functional.avg_pool3d")
def avg_pool3d(
    input: Tensor, kernel_size: IntOrSizes, stride: Raw = None, padding: IntOrSizes = 0, ceil_mode: Flag = False,
    count_include_pad: Raw = True, divisor_override: OptInt = None,
) -> Tensor:  # fmt: skip
    return avg_pool(3, input, kernel_size, stride, padding, ceil_mode, divisor_override)


def _demand_rank(rule: OpRule, rank: int) -> None:
    rule.demands(lambda **arguments: _template(rank))


def _power_rule(rank: int) -> OpRule:
    name = f"lp_pool{rank}d"

    @op(f"torch.nn.functional.{name}")
    def rule(
        input: Tensor, norm_type: Number, kernel_size: IntOrSizes, stride: Raw = None, ceil_mode: Flag = False
    ) -> Tensor:
        if rank > 1 and isinstance(kernel_size, tuple) and len(kernel_size) != rank:
            few = len(kernel_size) < rank
            many = "too many values to unpack" if not few else "not enough values to unpack"
            got = f", got {len(kernel_size)}" if few else ""
            raise refuse("invalid-argument", f"{many} (expected {rank}{got})", "ValueError")
        result = avg_pool(rank, input, kernel_size, stride, 0, ceil_mode, None)
        return replace(result, dtype=floating(result.dtype))

    return rule


MAX_POOL: dict[int, OpRule] = {rank: _max_rule(rank) for rank in (1, 2, 3)}
AVG_POOL: dict[int, OpRule] = {1: avg_pool1d, 2: avg_pool2d, 3: avg_pool3d}
LP_POOL: dict[int, OpRule] = {rank: _power_rule(rank) for rank in (1, 2, 3)}
for _rank in (1, 2, 3):
    _demand_rank(AVG_POOL[_rank], _rank)
    _demand_rank(LP_POOL[_rank], _rank)
