"""Matrix products, views with strides, joining, gathering and padding on random arguments, and with symbols."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from ops.arguments import BOUNDED, axis_of, make, shapes
from ops.convert import to_value
from ops.oracle import Refusal, agree, commuting, judge, run_real, run_rule
from tensight.dims import symbol, to_text
from tensight.ops.errors import NOTES, ShapeError
from tensight.ops.registry import RULES
from tensight.values import CONTIGUOUS, FLOAT32, Tensor

DTYPES = (torch.float32, torch.float32, torch.float32, torch.float64, torch.int64, torch.bool)


def _commutes(name: str, *args: Any, **kwargs: Any) -> None:
    values = tuple(map(to_value, args))
    assert commuting(RULES[name], values, {key: to_value(value) for key, value in kwargs.items()}) == []


@BOUNDED
@given(shapes(0, 4, 1, 3), shapes(0, 4, 1, 3), st.sampled_from(DTYPES), st.booleans())
def test_matmul(a: list[int], b: list[int], dtype: torch.dtype, turned: bool) -> None:
    left, right = make(a), make(b, dtype)
    if turned and left.dim() > 2:
        left = left.transpose(0, 1)
    agree("torch.matmul", left, right)
    _commutes("torch.matmul", left, right)


FOLDED = [([10, 64], [2, 32, 128]), ([64], [2, 32, 128]), ([2, 3, 64], [32, 5]), ([2, 3, 64], [32])]


@pytest.mark.parametrize("sizes", FOLDED)
def test_matmul_with_parameters_folds(sizes: tuple[list[int], list[int]]) -> None:
    """Which kernel speaks depends on whether the smaller operand is trained."""
    for i in range(2):
        tensors = [make(size) for size in sizes]
        tensors[i] = torch.nn.Parameter(tensors[i])
        with torch.enable_grad():
            real = run_grad(*tensors)
        values = [Tensor(tuple(size), FLOAT32, parameter=i == j, strides=CONTIGUOUS) for j, size in enumerate(sizes)]
        with pytest.raises(ShapeError) as caught:
            RULES["torch.matmul"](*values)
        assert caught.value.message == real.message
        assert caught.value.code == "matmul-mismatch"


def run_grad(a: torch.Tensor, b: torch.Tensor) -> Refusal:
    try:
        a @ b
    except RuntimeError as error:
        return Refusal.of(error)
    raise AssertionError("torch accepts it")


@st.composite
def _strided(draw: Any) -> torch.Tensor:
    """A tensor behind random views."""
    x = make(draw(shapes(1, 4, 1, 4)))
    for _ in range(draw(st.integers(0, 3))):
        step = draw(st.sampled_from(["permute", "slice", "expand", "unsqueeze", "squeeze", "select", "diagonal"]))
        rank = x.dim()
        if step == "permute":
            x = x.permute(draw(st.permutations(range(rank))))
        elif step == "slice" and rank:
            x = x.narrow(0, 0, max(x.shape[0] - 1, 1))[..., ::2]
        elif step == "expand":
            x = x.unsqueeze(0).expand(2, *x.shape)
        elif step == "unsqueeze":
            x = x.unsqueeze(draw(st.integers(0, rank)))
        elif step == "squeeze":
            x = x.squeeze()
        elif step == "select" and rank > 1:
            x = x.select(draw(st.integers(0, rank - 1)), 0)
        elif step == "diagonal" and rank > 1:
            x = x.diagonal(0, 0, rank - 1)
    return x


@BOUNDED
@given(_strided(), st.lists(st.integers(-1, 6), min_size=1, max_size=4))
def test_view_and_reshape_of_strided(x: torch.Tensor, sizes: list[int]) -> None:
    agree("torch.Tensor.view", x, *sizes)
    agree("torch.reshape", x, sizes)


@BOUNDED
@given(_strided(), st.data())
def test_regrouped_views_of_strided(x: torch.Tensor, data: Any) -> None:
    """Shapes of the right number of elements: whether a view is refused depends on the strides alone."""
    sizes: list[int] = []
    for size in x.shape:
        if sizes and data.draw(st.booleans()):
            sizes[-1] *= size
        elif size % 2 == 0 and data.draw(st.booleans()):
            sizes += [2, size // 2]
        else:
            sizes.append(size)
    agree("torch.Tensor.view", x, sizes)
    agree("torch.flatten", x, 0, -1)
    agree("torch.Tensor.contiguous", x)


@BOUNDED
@given(st.lists(shapes(0, 3, 0, 3), max_size=3), st.integers(-4, 3))
def test_cat_and_stack(sizes: list[list[int]], dim: int) -> None:
    tensors = [make(size) for size in sizes]
    for name in ("torch.cat", "torch.stack"):
        agree(name, tensors, dim)
        _commutes(name, tensors, dim)
    for name in ("torch.hstack", "torch.vstack", "torch.dstack", "torch.column_stack"):
        agree(name, tensors)


@BOUNDED
@given(shapes(0, 3, 0, 5), st.one_of(st.integers(-1, 6), st.lists(st.integers(0, 4), max_size=3)), st.integers(-3, 2))
def test_split_and_chunk(shape: list[int], size: Any, dim: int) -> None:
    x = make(shape)
    agree("torch.split", x, size, dim)
    agree("torch.tensor_split", x, size, dim)
    _commutes("torch.split", x, size, dim)
    if isinstance(size, int):
        agree("torch.chunk", x, size, dim)
        if x.dim() and -x.dim() <= dim < x.dim() and 0 < size <= x.shape[dim] and x.shape[dim] % size == 0:
            _commutes("torch.chunk", x, size, dim)


@BOUNDED
@given(shapes(0, 3, 1, 4), shapes(0, 3, 1, 4), axis_of(3))
def test_gather_and_scatter(a: list[int], b: list[int], dim: int) -> None:
    x, index = make(a), torch.zeros(b, dtype=torch.long)
    agree("torch.gather", x, dim, index)
    agree("torch.scatter", x, dim, index, make(b))
    agree("torch.scatter_add", x, dim, index, make(a))
    agree("torch.take_along_dim", x, index, dim)
    _commutes("torch.gather", x, dim, index)


@BOUNDED
@given(
    shapes(1, 5, 1, 4),
    st.lists(st.integers(-2, 4), max_size=6),
    st.sampled_from(["constant", "reflect", "replicate", "circular"]),
)
def test_pad(shape: list[int], padding: list[int], mode: str) -> None:
    rule, args = RULES["torch.nn.functional.pad"], (make(shape), tuple(padding), mode)
    comparison = judge(run_rule(rule, args, {}), run_real(F.pad, args, {}))
    assert not comparison.wrong, comparison.wrong
    if mode == "constant":
        _commutes("torch.nn.functional.pad", *args)


B, T, C = symbol("B"), symbol("T"), symbol("C")


def _texts(tensor: Tensor) -> list[str]:
    return [to_text(d) for d in tensor.shape]


def test_heads_assume_divisibility() -> None:
    NOTES.clear()
    x = Tensor((B, T, C), FLOAT32)
    q = RULES["torch.Tensor.view"](x, B, T, 8, C // 8)
    assert _texts(q) == ["B", "T", "8", "C//8"]
    assert [(to_text(a), to_text(b)) for a, b in NOTES.assumptions] == [("B·C·T", "8·B·T·(C//8)")]
    NOTES.clear()
    back = RULES["torch.Tensor.view"](Tensor((B, T, 8, 64)), B, T, -1)
    assert _texts(back) == ["B", "T", "512"]
    assert NOTES.assumptions == []


def test_view_behind_transpose_is_refused_when_strides_are_known() -> None:
    x = Tensor((2, 5, 4, 8), FLOAT32, strides=CONTIGUOUS)
    turned = RULES["torch.transpose"](x, 1, 2)
    with pytest.raises(ShapeError, match="view size is not compatible"):
        RULES["torch.Tensor.view"](turned, 2, 5, 32)
    assert RULES["torch.reshape"](turned, 2, 5, 32).dims == (2, 5, 32)
    unknown = RULES["torch.transpose"](Tensor((2, 5, 4, 8), FLOAT32), 1, 2)
    assert RULES["torch.Tensor.view"](unknown, 2, 5, 32).dims == (2, 5, 32)


def test_view_of_symbols_is_refused_only_for_all_values() -> None:
    """With T = 1 the same view is fine."""
    x = Tensor((2, T, 4, 8), FLOAT32, strides=CONTIGUOUS)
    turned = RULES["torch.transpose"](x, 1, 2)
    assert RULES["torch.Tensor.view"](turned, 2, T, 32).shape[2] == 32


def test_open_ranks() -> None:
    NOTES.clear()
    tail = Tensor((..., T, C), FLOAT32)
    assert RULES["torch.transpose"](tail, -1, -2).dims == (..., C, T)
    assert RULES["torch.unsqueeze"](tail, -1).dims == (..., T, C, 1)
    assert RULES["torch.unsqueeze"](tail, 0).dims == (1, ..., T, C)
    assert RULES["torch.matmul"](tail, Tensor((C, 32), FLOAT32)).dims == (..., 32)
    scores = RULES["torch.matmul"](tail, RULES["torch.transpose"](tail, -1, -2))
    assert scores.dims == (..., T, T)
    entry = Tensor(None, FLOAT32, entry="x")
    assert RULES["torch.permute"](entry, 0, 3, 1, 2).rank == 4
    RULES["torch.permute"](entry, 0, 2, 1)
    RULES["torch.matmul"](entry, Tensor((64, 32), FLOAT32))
    RULES["torch.bmm"](entry, Tensor((8, 64, 32), FLOAT32))
    wanted = [("B", "H", "W", "C"), ("B", "T", "C"), (..., 64), (8, "N", 64)]
    assert [template for _, template in NOTES.demands] == wanted
    NOTES.clear()


def test_fixes_get_both_sizes() -> None:
    with pytest.raises(ShapeError) as caught:
        RULES["torch.matmul"](Tensor((4, 10, 64)), Tensor((32, 128)))
    assert caught.value.message == "mat1 and mat2 shapes cannot be multiplied (40x64 and 32x128)"
    assert (caught.value.code, caught.value.data["got"], caught.value.data["expected"]) == ("matmul-mismatch", 64, 32)
    with pytest.raises(ShapeError) as caught:
        RULES["torch.cat"]((Tensor((2, 32, 8)), Tensor((2, 32, 9))), 1)
    assert (caught.value.code, caught.value.data["dim"]) == ("cat-mismatch", 1)
    assert caught.value.data["shapes"] == [(2, 32, 8), (2, 32, 9)]
