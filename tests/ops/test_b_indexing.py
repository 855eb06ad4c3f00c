"""`x[…]` and `x[…] = value` against PyTorch: every kind of index, refusals in its words, values, symbols."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ops.arguments import BOUNDED, make
from ops.convert import DATA_LIMIT, to_value
from ops.oracle import Refusal, commuting, judge, run_real, run_rule
from tensight.dims import evaluate, symbol, to_text
from tensight.ops.errors import ShapeError
from tensight.ops.registry import RULES
from tensight.values import Tensor

X = make([3, 4, 5])
LONG = torch.tensor([0, 1, 2])
MASK = torch.tensor([[True, False, True, False]] * 3)
ALL = slice(None)
INDICES: list[Any] = [
    0, -1, 5, -4, None, ..., (), True, False, ALL, slice(1, 9), slice(-9, 2), slice(2, 1), slice(None, None, 2),
    slice(None, None, -1), slice(None, None, 0), 1.5, (0, 0, 0), (0, 0, 0, 0), (..., 0, 0, 0, 0), (None, ..., None),
    (ALL, 7), (..., 9), (None, 9), (LONG, 9), (1, 2, -6), (..., ...), (..., 0, ...), (0, ..., 1),
    (ALL, None, 1, ..., None), (slice(None, None, 2), slice(1, None, 3)), (ALL, ALL, slice(7, None)), MASK, (MASK, 0),
    (0, make([4, 5]) > 1), (ALL, make([4, 5]) > 1), make([3, 5]) > 1, make([2]) > 1, X > 1, make([3, 4, 5, 6]) > 1,
    (None, make([3, 5]) > 1), (0, make([4, 4]) > 1), (ALL, LONG, make([4]) > 0), (ALL, LONG, make([4]) > 2),
    (MASK, LONG), (MASK, torch.tensor([0])), torch.tensor(True), torch.tensor(1), torch.tensor(9), (True, 1),
    (slice(1, 2), True), (None, True), (ALL, True, 0), (ALL, torch.tensor(True), 0), (True, LONG), (LONG, True), LONG,
    (LONG, LONG), (ALL, LONG, LONG), (LONG, ALL, LONG), (LONG, None, LONG), (0, ALL, LONG), (ALL, 0, LONG), (LONG, 0),
    (0, LONG), (..., LONG), (..., LONG, LONG), (LONG, ..., LONG), (LONG[:, None], ALL, LONG), (LONG[:2], ALL, LONG),
    (LONG[:, None], LONG), (None, LONG, None, LONG), (LONG, 0, ALL, 0), torch.tensor([5]), torch.tensor([-4]),
    (ALL, torch.tensor([9])), (ALL, LONG, torch.tensor([9])), torch.tensor([1.0]), LONG.to(torch.uint8),
    LONG.to(torch.int32), LONG.to(torch.int16), torch.zeros(0, dtype=torch.long), (LONG, LONG, LONG, LONG),
    (0, 0, 0, LONG), [0, 1], ([0, 1], [1, 2]), [[0, 1], [1, 2]], [True, False, True], [True, False], [], (ALL, []),
    [[0, 1]], [[[0, 1]]], ([0, 1], None), [ALL, 0], (0, [0, 1]), (slice(0, 2), [0, 1]), [0, True], [0, 5],
    ([True, False, True], [0, 1]), ([True, False, True], [0, 1, 2]), range(2), [0, LONG[0]],
    slice(torch.tensor(1), 3), slice(torch.tensor([1, 2]), None), slice(torch.tensor(1.0), None), slice(None, 3.0),
    (ALL, slice(None, None, -1)), (torch.tensor(1), torch.tensor([0, 1])), (MASK[:2],), (slice(None, 2), MASK),
    torch.zeros(0, 3, dtype=torch.bool), (torch.zeros(2, 1, dtype=torch.long), ALL, torch.zeros(3, dtype=torch.long)),
]  # fmt: skip


def _item(tensor: torch.Tensor, index: Any) -> None:
    """With known values the same answer; without them only what depends on values may be left open."""
    real = run_real(tensor.__getitem__, (index,), {})
    for data in (False, True):
        got = run_rule(RULES["torch.Tensor.__getitem__"], (tensor, index), {}, data=data)
        if data or not isinstance(real, Refusal) or isinstance(got, Refusal):
            comparison = judge(got, real)
            assert not comparison.wrong, f"{list(tensor.shape)}[{index}]: {comparison.wrong}"


@pytest.mark.parametrize("index", INDICES, ids=range(len(INDICES)))
def test_item_agrees(index: Any) -> None:
    _item(X, index)
    _item(X.permute(2, 0, 1), index)


@pytest.mark.parametrize("index", [0, ..., None, (), True, slice(None), (0, 0), (..., None), torch.tensor(0)], ids=str)
def test_item_of_scalar_agrees(index: Any) -> None:
    _item(torch.tensor(1.0), index)


@pytest.mark.parametrize("shape", [(0,), (2, 0)])
@pytest.mark.parametrize("index", [0, (slice(None), 0), (slice(None), torch.tensor([0])), torch.tensor([0])], ids=str)
def test_item_of_empty_agrees(shape: tuple[int, ...], index: Any) -> None:
    _item(torch.zeros(shape), index)


VALUES = [
    (), (1,), (3,), (4,), (5,), (4, 5), (1, 4, 5), (2, 4, 5), (3, 4, 5), (1, 3, 4, 5), (2, 3, 4, 5), (1, 1, 1, 1, 1),
    (2, 1, 1, 1), (3, 4), (3, 4, 1), (6,), (60,), (7, 5), (3, 2, 5), (0, 4, 5), (3, 3, 5), (2, 5),
]  # fmt: skip


@pytest.mark.parametrize("index", INDICES, ids=range(len(INDICES)))
def test_assignment_agrees(index: Any) -> None:
    for shape in VALUES:
        for value in (make(list(shape)), make(list(shape), torch.int64)):
            _assign(index, value)
    _assign(index, 1)
    _assign(index, 2.5)
    _assign(index, [1, 2])


def _assign(index: Any, value: Any) -> None:
    real = run_real(X.clone().__setitem__, (index, value), {})
    for data in (False, True):
        got = run_rule(RULES["torch.Tensor.__setitem__"], (X, index, value), {}, data=data)
        if got is None and isinstance(real, Refusal):
            large = isinstance(index, torch.Tensor) and index.numel() > DATA_LIMIT
            assert large or not data, f"{index} = {value}: {real}"
            continue
        large = isinstance(index, torch.Tensor) and index.numel() > DATA_LIMIT
        if (data and not large) or not isinstance(got, Refusal) or not isinstance(real, Refusal):
            comparison = judge(got, real)
            assert not comparison.wrong, f"[{index}] = {value}: {comparison.wrong}"


def _ends() -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.integers(-7, 7))


ITEMS = st.one_of(
    st.integers(-5, 5), st.none(), st.just(...), st.booleans(),
    st.builds(slice, _ends(), _ends(), st.one_of(st.none(), st.integers(1, 3))),
    st.lists(st.integers(-3, 3), max_size=3), st.lists(st.booleans(), min_size=2, max_size=4),
    st.builds(lambda s: make(s, torch.int64), st.lists(st.integers(0, 3), max_size=2)),
    st.builds(lambda s: make(s) > 1, st.lists(st.integers(1, 4), max_size=2)),
)  # fmt: skip


@BOUNDED
@given(st.lists(st.integers(0, 4), max_size=4), st.lists(ITEMS, max_size=4))
def test_random_items_agree(shape: list[int], items: list[Any]) -> None:
    _item(make(shape), tuple(items))


@BOUNDED
@given(st.lists(st.integers(0, 4), max_size=4), st.lists(ITEMS, max_size=4))
def test_random_items_commute(shape: list[int], items: list[Any]) -> None:
    index = tuple(to_value(item) for item in items)
    assert commuting(RULES["torch.Tensor.__getitem__"], (to_value(make(shape)), index), {}) == []


@pytest.mark.parametrize("index", INDICES, ids=range(len(INDICES)))
def test_items_commute(index: Any) -> None:
    assert commuting(RULES["torch.Tensor.__getitem__"], (to_value(X), to_value(index)), {}) == []


T, N = symbol("T"), symbol("N")


@pytest.mark.parametrize(
    ("index", "texts"),
    [
        (slice(1, None), ["T-1"]),
        (slice(None, -1), ["T-1"]),
        (slice(None, T), ["T"]),
        (slice(None, N), ["min(N, T)"]),
        (slice(T // 2, None), ["T-T//2"]),
        (slice(None, T // 2), ["T//2"]),
        (slice(None, None, 2), ["(T+1)//2"]),
        (slice(0, None, 2), ["(T+1)//2"]),
        (slice(1, None, 2), ["T//2"]),
        (slice(-1, None), ["1"]),
        (None, ["1", "T"]),
    ],
    ids=str,
)
def test_symbolic_slices(index: Any, texts: list[str]) -> None:
    result = RULES["torch.Tensor.__getitem__"](Tensor((T, 3)), index)
    assert [to_text(d) for d in result.shape] == [*texts, "3"]


@pytest.mark.parametrize("size", range(1, 7))
@pytest.mark.parametrize("start", [None, -4, -2, -1, 0, 1, 3])
@pytest.mark.parametrize("stop", [None, -4, -2, -1, 0, 1, 3])
def test_symbolic_slices_commute(size: int, start: int | None, stop: int | None) -> None:
    for step in (None, 1, 2, 3):
        index = slice(start, stop, step)
        result = RULES["torch.Tensor.__getitem__"](Tensor((T,)), index)
        assert evaluate(result.shape[0], {"T": size}) == len(range(size)[index])


def test_items_of_open_rank() -> None:
    item = RULES["torch.Tensor.__getitem__"]
    tail = Tensor((..., 4, 5))
    assert item(tail, (..., 0)).dims == (..., 4)
    assert item(tail, (..., None, slice(1, None))).dims == (..., 4, 1, 4)
    assert item(tail, (0,)).dims == (..., 5)
    assert item(tail, (None,)).dims == (1, ..., 4, 5)
    assert item(Tensor((2, 3, ...)), (0, slice(None, 2))).dims == (2, ...)
    assert item(Tensor(None), (slice(None), 0)).dims[1:] == (...,)


def test_symbolic_index_out_of_range() -> None:
    with pytest.raises(ShapeError, match="index T is out of bounds for dimension 0 with size T"):
        RULES["torch.Tensor.__getitem__"](Tensor((T,)), T)


@pytest.mark.parametrize("dims", [(..., 4, 5), (2, ..., 5), (2, 3, ...), (2, ...), (...,), (2, 3, ..., 4, 5)], ids=str)
@pytest.mark.parametrize(
    "index",
    [
        (0,),
        (ALL, 0),
        (ALL, slice(-2, None), ALL),
        (0, 0),
        (None, 0, None),
        (0, ..., 0),
        (..., 0, ALL),
        (ALL, ..., 0, 0),
    ],
    ids=str,
)
def test_open_rank_holds_for_every_run(dims: tuple[Any, ...], index: Any) -> None:
    """What is said of a tensor of open rank is true however long the run is, none at all included."""
    at = dims.index(...)
    said = RULES["torch.Tensor.__getitem__"](Tensor(dims), index).dims
    for length in range(4):
        try:
            real = torch.zeros((*dims[:at], *(6,) * length, *dims[at + 1 :]))[index].shape
        except IndexError:
            continue
        left = said.index(...)
        right = len(said) - left - 1
        assert len(real) >= left + right
        for claim, size in zip((*said[:left], *reversed(said[left + 1 :])), (*real[:left], *reversed(real[left:]))):
            assert not isinstance(claim, int) or claim == size
