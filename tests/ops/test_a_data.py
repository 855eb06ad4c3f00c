"""Known values: equal to PyTorch's to the last bit, or not there."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ops.arguments import BOUNDED
from ops.convert import to_value
from ops.oracle import agree, judge, resolve, run_real, run_rule
from tensight.ops.elements import Near
from tensight.ops.registry import RULES
from tensight.values import FLOAT32, ListV, Tensor

FLOATS = st.floats(-1e4, 1e4, width=32) | st.sampled_from([0.0, -0.0, 0.5, 1.5, 2.5, 1e30, float("inf"), float("nan")])
NUMBERS = FLOATS | st.integers(-100, 100)
BINARY = [
    "add", "sub", "mul", "div", "true_divide", "floor_divide", "remainder", "maximum", "minimum", "eq", "ne", "lt",
    "le", "gt", "ge", "logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "pow",
]  # fmt: skip
UNARY = [
    "neg", "abs", "square", "reciprocal", "floor", "ceil", "trunc", "round", "logical_not", "bitwise_not", "positive",
    "relu",
]  # fmt: skip
REDUCTIONS = ["sum", "mean", "prod", "amax", "amin", "max", "min", "all", "any"]
TYPES = [torch.float32, torch.float64, torch.int64, torch.int32, torch.uint8, torch.bool]


@st.composite
def small_tensors(draw: Any, max_rank: int = 2) -> torch.Tensor:
    shape = draw(st.lists(st.integers(1, 3), max_size=max_rank))
    dtype = draw(st.sampled_from(TYPES))
    elements = FLOATS if dtype.is_floating_point else st.integers(-100, 100)
    count = int(torch.Size(shape).numel())
    values = draw(st.lists(elements, min_size=count, max_size=count))
    wide = torch.float64 if dtype.is_floating_point else torch.int64
    return torch.tensor(values, dtype=wide).reshape(shape).to(dtype)


@pytest.mark.parametrize("name", BINARY)
@BOUNDED
@given(data=st.data())
def test_two_operands(name: str, data: st.DataObject) -> None:
    left = data.draw(small_tensors())
    right = data.draw(small_tensors() | NUMBERS)
    agree_or_silent(f"torch.{name}", left, right)


@pytest.mark.parametrize("name", UNARY)
@BOUNDED
@given(input=small_tensors())
def test_one_operand(name: str, input: torch.Tensor) -> None:
    agree_or_silent(f"torch.{name}", input)


@pytest.mark.parametrize("name", REDUCTIONS)
@BOUNDED
@given(data=st.data())
def test_reductions(name: str, data: st.DataObject) -> None:
    input = data.draw(small_tensors())
    keywords: dict[str, Any] = {}
    if input.dim() and data.draw(st.booleans()) and name not in ("max", "min"):
        keywords = {"dim": data.draw(st.integers(-input.dim(), input.dim() - 1)), "keepdim": data.draw(st.booleans())}
    agree_or_silent(f"torch.{name}", input, **keywords)


@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
@BOUNDED
@given(input=small_tensors(1))
def test_scans(name: str, input: torch.Tensor) -> None:
    agree_or_silent(f"torch.{name}", input, 0)


@BOUNDED
@given(start=FLOATS, end=FLOATS, steps=st.integers(0, 70))
def test_linspace(start: float, end: float, steps: int) -> None:
    agree_or_silent("torch.linspace", start, end, steps)


@BOUNDED
@given(start=st.integers(-20, 20), count=st.integers(0, 40), step=st.sampled_from([1, 2, 3, 0.5, 0.1, 0.3, -1, -0.25]))
def test_arange(start: int, count: int, step: float) -> None:
    agree_or_silent("torch.arange", start, start + count * (1 if step > 0 else -1), step)


@BOUNDED
@given(input=small_tensors(), dtype=st.sampled_from(TYPES))
def test_conversion(input: torch.Tensor, dtype: torch.dtype) -> None:
    if not dtype.is_floating_point and input.is_floating_point() and not bool(input.isfinite().all()):
        return
    if dtype is torch.uint8 and bool((input.double() < 0).any()):
        return
    agree_or_silent("torch.Tensor.to", input, dtype)


@BOUNDED
@given(condition=small_tensors(), left=small_tensors() | NUMBERS, right=small_tensors() | NUMBERS)
def test_where(condition: torch.Tensor, left: Any, right: Any) -> None:
    agree_or_silent("torch.where", condition.bool(), left, right)


@BOUNDED
@given(input=small_tensors(), low=st.none() | NUMBERS, high=st.none() | NUMBERS)
def test_clamp(input: torch.Tensor, low: Any, high: Any) -> None:
    agree_or_silent("torch.clamp", input, low, high)


def agree_or_silent(name: str, *args: Any, **kwargs: Any) -> None:
    """Shape, dtype and values contradict nothing; what torch refuses because of its elements needs no refusal."""
    real = run_real(resolve(name), args, kwargs)
    if isinstance(real, torch.Tensor):
        wrong = judge(run_rule(RULES[name], args, kwargs, data=True), real).wrong
        assert not wrong, (name, args, kwargs, wrong)


@pytest.mark.parametrize(
    "steps",
    [
        [("torch.linspace", 0, 0.1, 12)],
        [("torch.linspace", 0, 0.3, 24)],
        [("torch.linspace", 48.0, 400.0, 13), ("torch.div", 8), ("torch.round",), ("torch.Tensor.int",)],
        [("torch.arange", 16), ("torch.mul", 28.5), ("torch.add", 48), ("torch.div", 8), ("torch.round",)],
        [("torch.arange", 7), ("torch.Tensor.float",), ("torch.sub", 3)],
    ],
)
def test_widths_of_networks(steps: list[tuple[Any, ...]]) -> None:
    """The chains by which torchvision and timm compute widths and rates keep their values to the end."""
    (name, *args), *rest = steps
    real, got = resolve(name)(*args), RULES[name](*args)
    for name, *args in rest:
        real, got = resolve(name)(real, *args), RULES[name](got, *args)
    assert got.data == tuple(real.tolist())
    listed = RULES["torch.Tensor.tolist"](got)
    assert isinstance(listed, ListV) and listed.items == real.tolist()


def test_item_of_what_is_known() -> None:
    assert RULES["torch.Tensor.item"](to_value(torch.tensor([2.5]), data=True)) == 2.5
    agree("torch.Tensor.item", torch.ones(3))
    agree("torch.Tensor.item", torch.ones(1, 1, dtype=torch.int64))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("pow", (torch.tensor([2.0, -1.0, 0.0]), float("nan"))),
        ("pow", (torch.tensor([2.0, 0.5, float("inf"), float("nan")]), float("inf"))),
        ("pow", (torch.tensor([1e30, 3.0]), 2.0)),
        ("exp", (torch.tensor([float("inf"), float("-inf"), float("nan"), 100.0]),)),
        ("log", (torch.tensor([0.0, -1.0, float("inf"), 2.0]),)),
        ("sqrt", (torch.tensor([-1.0, float("inf"), 2.0]),)),
    ],
)
def test_nothing_is_near_infinity(name: str, arguments: tuple[Any, ...]) -> None:
    agree_or_silent(f"torch.{name}", *arguments)
    known = RULES[f"torch.{name}"](*(to_value(a, data=True) for a in arguments)).data
    assert all(math.isfinite(value) for value in known or () if type(value) is Near)


def test_values_are_dropped_where_they_are_not_exact() -> None:
    third = RULES["torch.tensor"](ListV([0.1, 0.2, 0.3, 0.7]))
    assert third.data is not None and RULES["torch.sum"](third).data is None
    nearly = RULES["torch.exp"](third).data
    assert nearly is not None and all(type(value) is Near for value in nearly)
    assert RULES["torch.sum"](RULES["torch.exp"](third)).data is None
    assert RULES["torch.add"](third, Tensor((4,), FLOAT32)).data is None
