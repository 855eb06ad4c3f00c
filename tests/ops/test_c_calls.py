"""Calls of family C beyond op_db: shapes and refusals of every argument, values where they decide, demands."""

from __future__ import annotations

import pytest
import torch

from ops import calls_convolution, calls_loss, calls_misc, calls_norm, calls_pooling
from ops.calls import Call, call, x, zeros
from ops.convert import to_value
from ops.oracle import agree, commuting, judge, resolve, run_real, run_rule
from tensight.dims import symbol
from tensight.ops.errors import NOTES, ShapeError
from tensight.ops.registry import RULES
from tensight.values import PackedSequence, Tensor, Unknown
from tensight.values.unknown import Reason

CALLS: dict[str, list[Call]] = {}
for _module in (calls_convolution, calls_pooling, calls_norm, calls_loss, calls_misc):
    for _name, _rows in _module.CALLS.items():
        CALLS.setdefault(_name, []).extend(_rows)

#: What is refused because of the values of a tensor: known only where they are.
VALUED = {
    "torch.nn.functional.embedding": [call(torch.tensor([1, 7]), x(5, 4)), call(torch.tensor([1, -7]), x(5, 4))],
    "torch.nn.functional.embedding_bag": [call(zeros(6), x(5, 4), torch.tensor([1, 2, 3]))],
    "torch.nn.functional.one_hot": [
        call(torch.tensor([0, 3])),
        call(torch.tensor([0, 3]), 2),
        call(torch.tensor([0, -3]), 2),
        call(torch.tensor([0, -3])),
    ],
    "torch.nn.functional.ctc_loss": [
        call(x(5, 2, 6), zeros(2, 3) + 1, torch.tensor([6, 5]), torch.tensor([3, 3])),
    ],
}
#: Answers that need values: the size is the largest class plus 1.
OPEN = {"torch.nn.functional.one_hot"}


@pytest.mark.parametrize("name", sorted(CALLS))
def test_calls_agree(name: str) -> None:
    for item in CALLS[name]:
        comparison = agree(name, *item.args, **item.kwargs)
        assert not comparison.unknown or name in OPEN, (item, comparison.unknown)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_calls_commute(name: str) -> None:
    for item in CALLS[name]:
        args = tuple(to_value(a) for a in item.args)
        texts = commuting(RULES[name], args, {k: to_value(v) for k, v in item.kwargs.items()})
        assert not texts, (item, texts)


@pytest.mark.parametrize("name", sorted(VALUED))
def test_values_decide(name: str) -> None:
    for item in VALUED[name]:
        real = run_real(resolve(name), item.args, item.kwargs)
        comparison = judge(run_rule(RULES[name], item.args, item.kwargs, data=True), real)
        assert not comparison.wrong and not comparison.unknown, (item, comparison.wrong, comparison.unknown)


# --- demands -----------------------------------------------------------------------------------------------------

_WEIGHT = {rank: Tensor((8, 3, *(3,) * rank)) for rank in (1, 2, 3)}
DEMANDS = {
    "torch.nn.functional.conv1d": ((_WEIGHT[1],), ("B", 3, "L")),
    "torch.nn.functional.conv2d": ((_WEIGHT[2],), ("B", 3, "H", "W")),
    "torch.nn.functional.conv3d": ((_WEIGHT[3],), ("B", 3, "D", "H", "W")),
    "torch.nn.functional.conv_transpose2d": ((_WEIGHT[2],), ("B", 8, "H", "W")),
    "torch.nn.functional.max_pool2d": ((2,), ("B", "C", "H", "W")),
    "torch.nn.functional.avg_pool1d": ((2,), ("B", "C", "L")),
    "torch.nn.functional.adaptive_avg_pool2d": ((1,), ("B", "C", "H", "W")),
    "torch.nn.functional.linear": ((Tensor((5, 3)),), (..., 3)),
    "torch.nn.functional.layer_norm": (((3, 4),), (..., 3, 4)),
    "torch.nn.functional.embedding": ((Tensor((5, 3)),), None),
    "torch.nn.functional.pixel_shuffle": ((2,), ("B", "C", "H", "W")),
    "torch.nn.functional.unfold": ((2,), ("B", "C", "H", "W")),
}


@pytest.mark.parametrize("name", sorted(DEMANDS))
def test_demands_the_shape_of_an_open_entry(name: str) -> None:
    rest, template = DEMANDS[name]
    NOTES.clear()
    RULES[name](Unknown(Reason.PARAMETER, entry="x"), *rest)
    demands = [(tensor.entry, wanted) for tensor, wanted in NOTES.demands]
    NOTES.clear()
    assert demands == [("x", template)]


def test_linear_of_open_rank_knows_its_last_axis() -> None:
    result = RULES["torch.nn.functional.linear"](Tensor((..., 3)), Tensor((5, 3)))
    assert result.dims == (..., 5)
    assert RULES["torch.nn.functional.embedding"](Tensor((...,)), Tensor((7, 4))).dims == (..., 4)
    with pytest.raises(ShapeError, match="mat1 and mat2 shapes cannot be multiplied"):
        RULES["torch.nn.functional.linear"](Tensor((..., 4)), Tensor((5, 3)))


# --- symbols -----------------------------------------------------------------------------------------------------


def test_convolution_of_symbols_is_the_textbook_formula() -> None:
    h, w = symbol("H"), symbol("W")
    result = RULES["torch.nn.functional.conv2d"](Tensor((symbol("B"), 3, h, w)), Tensor((8, 3, 3, 3)), None, (1, 2), 1)
    assert result.shape[1:] == (8, h, (w - 1) // 2 + 1)


def test_kernel_that_may_not_fit_is_silent() -> None:
    rule = RULES["torch.nn.functional.conv2d"]
    small = Tensor((1, 3, symbol("H"), 7))
    assert rule(small, Tensor((8, 3, 3, 3))).shape == (1, 8, symbol("H") - 2, 5)
    with pytest.raises(ShapeError, match=r"Calculated padded input size per channel: \(H x 2\)"):
        rule(Tensor((1, 3, symbol("H"), 2)), Tensor((8, 3, 3, 3)))


def test_channels_of_a_symbol_are_assumed() -> None:
    NOTES.clear()
    RULES["torch.nn.functional.conv2d"](Tensor((1, symbol("C"), 8, 8)), Tensor((8, 3, 3, 3)))
    assert NOTES.assumptions == [(symbol("C"), 3)]
    NOTES.clear()


def test_packed_sequences_keep_batch_and_length() -> None:
    pack = RULES["torch.nn.utils.rnn.pack_padded_sequence"]
    packed = pack(Tensor((5, 2, 3)), (5, 4))
    assert isinstance(packed, PackedSequence)
    assert (packed.data.shape, packed.batch, packed.length) == ((9, 3), 2, 5)
    padded, lengths = RULES["torch.nn.utils.rnn.pad_packed_sequence"](packed, True)
    assert padded.shape == (2, 5, 3) and lengths.shape == (2,)
    with pytest.raises(ShapeError, match="sorted in decreasing order"):
        pack(Tensor((5, 2, 3)), (4, 5))
    with pytest.raises(ShapeError, match=r"Expected `len\(lengths\)` to be equal to batch_size, but got 3"):
        pack(Tensor((5, 2, 3)), (5, 4, 3))
    with pytest.raises(ShapeError, match="Expected total_length to be at least the length"):
        RULES["torch.nn.utils.rnn.pad_packed_sequence"](packed, total_length=3)
    unknown = pack(Tensor((symbol("T"), symbol("B"), 3)), Tensor((symbol("B"),)))
    assert unknown.batch == symbol("B") and unknown.data.shape[1:] == (3,)
