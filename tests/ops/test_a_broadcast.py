"""Broadcasting of several operands against PyTorch: messages, in-place targets, open ranks, devices, promotion."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ops.arguments import BOUNDED, DTYPES, axis_of, broadcastable, make, shapes
from ops.oracle import agree
from tensight.dims import symbol
from tensight.ops.errors import ShapeError
from tensight.ops.registry import RULES
from tensight.values import FLOAT32, INT64, Reason, Tensor, Unknown

PLAIN = [
    "add",
    "mul",
    "sub",
    "maximum",
    "eq",
    "lt",
    "true_divide",
    "atan2",
    "fmod",
    "logical_or",
    "Tensor.add_",
    "Tensor.mul_",
]
B = symbol("B")
OPEN = Tensor((..., 64), FLOAT32, entry="x", unknown=Unknown(Reason.PARAMETER))
UNKNOWN = Tensor(None, FLOAT32, entry="y", unknown=Unknown(Reason.PARAMETER))


@pytest.mark.parametrize("name", PLAIN)
@BOUNDED
@given(pair=broadcastable(2), kinds=st.tuples(st.sampled_from(DTYPES[:5]), st.sampled_from(DTYPES[:5])))
def test_pairs(name: str, pair: list[list[int]], kinds: tuple[torch.dtype, torch.dtype]) -> None:
    agree(f"torch.{name}", make(pair[0], kinds[0]), make(pair[1], kinds[1]))


@pytest.mark.parametrize("name", ["add", "mul", "eq", "lt", "true_divide", "remainder", "add_", "mul_"])
@BOUNDED
@given(shape=shapes(), kind=st.sampled_from(DTYPES[:5]), number=st.sampled_from([2, 1.5, True]))
def test_numbers(name: str, shape: list[int], kind: torch.dtype, number: Any) -> None:
    agree(f"torch.Tensor.{name}", make(shape, kind), number)


@BOUNDED
@given(three=broadcastable(3))
def test_three_operands(three: list[list[int]]) -> None:
    a, b, c = map(make, three)
    agree("torch.addcmul", a, b, c)
    agree("torch.where", a > 1, b, c)
    agree("torch.clamp", a, b, c)
    agree("torch.lerp", a, b, c)


@pytest.mark.parametrize(
    "name", ["sum", "mean", "amax", "all", "var", "std", "argmax", "max", "median", "cumsum", "softmax"]
)
@BOUNDED
@given(data=st.data(), keepdim=st.booleans())
def test_axes(name: str, data: st.DataObject, keepdim: bool) -> None:
    input = make(data.draw(shapes(max_rank=3)))
    axis = data.draw(axis_of(input.dim()))
    keywords = {} if name in ("cumsum", "softmax") else {"keepdim": keepdim}
    agree(f"torch.{name}", input, dim=axis, **keywords)


@BOUNDED
@given(data=st.data(), keepdim=st.booleans())
def test_several_axes(data: st.DataObject, keepdim: bool) -> None:
    input = make(data.draw(shapes(max_rank=4)))
    dims = tuple(data.draw(st.lists(axis_of(input.dim(), 0), max_size=3))) if input.dim() else ()
    for name in ("sum", "mean", "amin", "std", "count_nonzero"):
        keywords: dict[str, Any] = {} if name == "count_nonzero" else {"keepdim": keepdim}
        agree(f"torch.{name}", input, dim=dims, **keywords)


@BOUNDED
@given(data=st.data())
def test_topk_and_sort(data: st.DataObject) -> None:
    input = make(data.draw(shapes(max_rank=3)))
    axis, k = data.draw(axis_of(input.dim())), data.draw(st.integers(-1, 6))
    agree("torch.topk", input, k, axis)
    agree("torch.sort", input, axis)
    agree("torch.kthvalue", input, k, axis)


@pytest.mark.parametrize(
    ("left", "right", "dims"),
    [
        (OPEN, 2, (..., 64)),
        (OPEN, Tensor((64,), FLOAT32), (..., 64)),
        (OPEN, Tensor((1, 196, 64), FLOAT32), (..., 196, 64)),
        (Tensor((B, ..., 1)), Tensor((64,)), (B, ..., 64)),
        (UNKNOWN, Tensor((1, 196, 768)), (..., 196, 768)),
        (UNKNOWN, Tensor((), FLOAT32), None),
        (UNKNOWN, Tensor((5, 1)), None),
        (Tensor((..., 3, 64)), Tensor((..., 64)), (..., 3, 64)),
        (Tensor((..., B, 64)), Tensor((..., 64)), (..., 64)),
    ],
)
def test_open_ranks(left: Any, right: Any, dims: Any) -> None:
    assert RULES["torch.add"](left, right).dims == dims
    if isinstance(right, Tensor):
        assert RULES["torch.mul"](right, left).dims == dims


def test_what_keeps_the_shape_of_an_entry_stays_that_entry() -> None:
    for result in (
        RULES["torch.relu"](UNKNOWN), RULES["torch.add"](UNKNOWN, 1), RULES["torch.mul"](OPEN, Tensor((64,))),
        RULES["torch.add"](UNKNOWN, RULES["torch.exp"](UNKNOWN)), RULES["torch.cumsum"](UNKNOWN, 1),
    ):  # fmt: skip
        assert result.entry in ("x", "y")
    assert RULES["torch.add"](OPEN, Tensor((2, 64))).entry is None
    assert RULES["torch.sum"](OPEN, -1).entry is None


@pytest.mark.parametrize(
    ("args", "dims"),
    [
        (((..., 64), -1), None),
        (((B, ..., 64), -1), (B, ...)),
        (((B, ..., 64), -1, True), (B, ..., 1)),
        (((..., 64), 1), None),
    ],
)
def test_reductions_of_open_ranks(args: Any, dims: Any) -> None:
    opened, *rest = args
    assert RULES["torch.sum"](Tensor(opened, FLOAT32), *rest).dims == dims


def test_devices() -> None:
    cuda, cpu, unknown = (Tensor((2,), FLOAT32, device) for device in ("cuda", "cpu", None))
    assert RULES["torch.add"](cuda, unknown).device == "cuda"
    assert RULES["torch.add"](cuda, Tensor((), FLOAT32, "cpu")).device == "cuda"
    with pytest.raises(ShapeError, match="Expected all tensors to be on the same device") as caught:
        RULES["torch.add"](cuda, cpu)
    assert caught.value.code == "device-mismatch"


def test_unknown_dtypes_stay_unknown() -> None:
    some = Tensor((2,), None)
    assert RULES["torch.add"](some, Tensor((2,), INT64)).dtype is None
    assert RULES["torch.eq"](some, some).dtype is not None
    assert RULES["torch.zeros"](2, dtype=Unknown(Reason.PARAMETER)).dtype is None
