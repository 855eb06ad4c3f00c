"""Random arguments for families whose formulas have many: convolutions, pools, blocks, interpolation, losses."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import given
from hypothesis import strategies as st

from ops.arguments import BOUNDED
from ops.oracle import agree

SMALL = st.integers(0, 3)


@st.composite
def windows(draw: Any, rank: int, least: int = 0) -> dict[str, Any]:
    """kernel_size, stride, padding, dilation: single ints or one number per axis, now and then out of range."""

    def numbers(low: int, high: int) -> Any:
        if draw(st.booleans()):
            return draw(st.integers(low, high))
        return tuple(draw(st.integers(low, high)) for _ in range(rank))

    return {
        "kernel_size": numbers(1, 4), "stride": numbers(1, 4), "padding": numbers(least, 2), "dilation": numbers(1, 3),
    }  # fmt: skip


def image(draw: Any, rank: int, channels: int, least: int = 1) -> torch.Tensor:
    sizes = [draw(st.integers(least, 9)) for _ in range(rank)]
    batch = [draw(st.integers(0, 2))] if draw(st.booleans()) else []
    return torch.zeros(*batch, channels, *sizes)


@BOUNDED
@given(st.data())
def test_convolutions(data: Any) -> None:
    draw = data.draw
    rank, groups = draw(st.integers(1, 3)), draw(st.sampled_from([1, 1, 2, 3]))
    inner, outer = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    options = draw(windows(rank))
    kernel = options.pop("kernel_size")
    kernel = kernel if isinstance(kernel, tuple) else (kernel,) * rank
    if draw(st.integers(0, 4)) == 0:
        options["padding"], options["stride"] = draw(st.sampled_from(["same", "valid"])), 1
    x = image(draw, rank, draw(st.sampled_from([inner, inner, inner, 5])))
    bias = torch.zeros(outer) if draw(st.booleans()) else None
    weight = torch.zeros(outer, inner // groups, *kernel)
    agree(f"torch.nn.functional.conv{rank}d", x, weight, bias, groups=groups, **options)


@BOUNDED
@given(st.data())
def test_transposed_convolutions(data: Any) -> None:
    draw = data.draw
    rank, groups = draw(st.integers(1, 3)), draw(st.sampled_from([1, 1, 2]))
    inner, outer = groups * draw(st.integers(1, 2)), draw(st.integers(1, 2))
    options = draw(windows(rank))
    kernel = options.pop("kernel_size")
    kernel = kernel if isinstance(kernel, tuple) else (kernel,) * rank
    options["padding"] = 0
    x = image(draw, rank, draw(st.sampled_from([inner, inner, inner, 5])))
    options["output_padding"] = draw(st.integers(0, 2))
    weight = torch.zeros(inner, outer, *kernel)
    agree(f"torch.nn.functional.conv_transpose{rank}d", x, weight, groups=groups, **options)


@BOUNDED
@given(st.data())
def test_max_pools(data: Any) -> None:
    draw = data.draw
    rank = draw(st.integers(1, 3))
    options = draw(windows(rank))
    if draw(st.booleans()):
        del options["stride"]
    options |= {"ceil_mode": draw(st.booleans()), "return_indices": draw(st.booleans())}
    agree(f"torch.nn.functional.max_pool{rank}d", image(draw, rank, 2), **options)


@BOUNDED
@given(st.data())
def test_average_pools(data: Any) -> None:
    draw = data.draw
    rank = draw(st.integers(1, 3))
    options = draw(windows(rank))
    del options["dilation"]
    agree(f"torch.nn.functional.avg_pool{rank}d", image(draw, rank, 2), ceil_mode=draw(st.booleans()), **options)


@BOUNDED
@given(st.data())
def test_adaptive_pools(data: Any) -> None:
    draw = data.draw
    rank, kind = draw(st.integers(1, 3)), draw(st.sampled_from(["avg", "max"]))
    size = draw(SMALL)
    if rank > 1 and draw(st.booleans()):
        size = tuple(draw(st.sampled_from([None, 1, 2, 5])) for _ in range(rank))
    agree(f"torch.nn.functional.adaptive_{kind}_pool{rank}d", image(draw, rank, 2), size)


@BOUNDED
@given(st.data())
def test_unfold_and_fold(data: Any) -> None:
    draw = data.draw
    options = draw(windows(2))
    x = image(draw, 2, 2)
    agree("torch.nn.functional.unfold", x, **options)
    size = (draw(st.integers(2, 9)), draw(st.integers(2, 9)))
    agree("torch.nn.functional.fold", torch.zeros(1, draw(st.sampled_from([4, 8, 12])), 6), size, **options)


@BOUNDED
@given(st.data())
def test_interpolation(data: Any) -> None:
    draw = data.draw
    rank = draw(st.integers(1, 3))
    x = torch.zeros(draw(st.integers(0, 2)), 2, *(draw(st.integers(1, 7)) for _ in range(rank)))
    mode = draw(st.sampled_from(["nearest", "nearest-exact", "area", "linear", "bilinear", "bicubic", "trilinear"]))
    options: dict[str, Any] = {"mode": mode}
    if draw(st.booleans()):
        options["size"] = draw(st.integers(0, 9))
    else:
        options["scale_factor"] = draw(st.sampled_from([0.25, 0.3, 0.5, 1.0, 1.5, 2, 2.0, 3.3]))
    if mode.endswith("linear"):
        options["align_corners"] = draw(st.booleans())
    agree("torch.nn.functional.interpolate", x, **options)


@BOUNDED
@given(st.data())
def test_linear(data: Any) -> None:
    draw = data.draw
    sizes = [draw(st.integers(0, 3)) for _ in range(draw(st.integers(0, 4)))]
    width, out = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    bias = torch.zeros(draw(st.sampled_from([out, out, 4]))) if draw(st.booleans()) else None
    agree("torch.nn.functional.linear", torch.zeros(sizes), torch.zeros(out, width), bias)


@BOUNDED
@given(st.data())
def test_class_losses(data: Any) -> None:
    draw = data.draw
    batch, classes = draw(st.integers(1, 3)), draw(st.integers(2, 3))
    extra = [draw(st.integers(1, 3)) for _ in range(draw(st.integers(0, 3)))]
    labels = draw(st.sampled_from([[batch, *extra], [batch, *extra], [batch, classes, *extra], [batch], [4], []]))
    target = torch.zeros(labels, dtype=draw(st.sampled_from([torch.int64, torch.int64, torch.float32])))
    weight = torch.zeros(draw(st.sampled_from([classes, classes, 4]))) if draw(st.booleans()) else None
    reduction = draw(st.sampled_from(["none", "mean", "sum"]))
    x = torch.zeros(batch, classes, *extra)
    agree("torch.nn.functional.cross_entropy", x, target, weight, reduction=reduction)
    agree("torch.nn.functional.nll_loss", x, target, weight, reduction=reduction)


@BOUNDED
@given(st.data())
def test_attention(data: Any) -> None:
    draw = data.draw
    batch = [draw(st.sampled_from([1, 2])) for _ in range(draw(st.integers(0, 2)))]
    target, source = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    width, out = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    q = torch.zeros(*batch, target, width)
    k = torch.zeros(*batch[draw(st.integers(0, 1)) :], source, draw(st.sampled_from([width, width, width, 4])))
    v = torch.zeros(*batch, source, out)
    mask = torch.zeros(target, source) if draw(st.booleans()) else None
    agree("torch.nn.functional.scaled_dot_product_attention", q, k, v, mask)
