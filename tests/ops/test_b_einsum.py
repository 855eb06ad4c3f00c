"""torch.einsum against PyTorch: equations, sublists, every complaint, symbols, operands of open rank."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ops.arguments import BOUNDED, make
from ops.convert import to_value
from ops.oracle import agree, commuting, infos, samples
from tensight.dims import symbol, to_text
from tensight.ops.errors import NOTES
from tensight.ops.registry import RULES
from tensight.values import FLOAT32, Tensor

EINSUM = RULES["torch.einsum"]
CASES: list[tuple[str, list[list[int]]]] = [
    ("ij,jk->ik", [[2, 3], [3, 4]]), ("ij,jk->ik", [[2, 3], [4, 4]]), ("ij,jk", [[2, 3], [4, 4]]),
    ("bhid,bhjd->bhij", [[2, 3, 4, 5], [2, 3, 6, 7]]), ("bhid,bhjd->bhij", [[2, 3, 4, 5], [2, 3, 6, 5]]),
    ("ij->ji", [[2, 3, 4]]), ("...ij->...ji", [[2]]), ("ij,jk->ik", [[2, 3]]), ("ij->ik", [[2, 3], [3, 4]]),
    ("ij->ik", [[2, 3]]), ("ij->ii", [[2, 3]]), ("ii->i", [[2, 3]]), ("ii->i", [[3, 3]]), ("i.j->i", [[3, 3]]),
    ("......->i", [[3, 3]]), ("i...j->i..", [[3, 3]]), ("i...j->i......", [[3, 3]]), ("i1->i", [[3, 3]]),
    ("ij->i1", [[3, 3]]), ("i j , j k -> i k", [[2, 3], [3, 4]]), ("zA", [[2, 3]]),
    ("...i,...i->...", [[2, 3, 4], [3, 4]]), ("...i,...i->...", [[2, 3, 4], [2, 4]]),
    ("i...,i...->i", [[4, 2, 3], [4, 2]]), ("...i,...i->i", [[2, 3, 4], [3, 4]]), ("...ij,jk", [[2, 3, 4], [4, 5]]),
    ("ij,kj->ik", [[2, 1], [4, 5]]), ("", [[2]]), ("", [[]]), ("i->", [[2]]), ("ij,ij->ij", [[2, 3], [1, 3]]),
    ("ij,ij->ij", [[2, 3], [4, 3]]), ("ij,jk,kl->il", [[2, 3], [3, 4], [4, 5]]),
    ("ij,jk,kl->il", [[2, 3], [3, 4], [3, 5]]), ("ij,->ij", [[2, 3], []]), ("ij,jk->ik->", [[2, 3], [3, 4]]),
    ("ij,jk>ik", [[2, 3], [3, 4]]), ("ij->i,j", [[2, 3]]), ("...->...", [[2, 3]]), ("...", [[2, 3]]),
    ("i...", [[2, 3]]), ("...i...->i", [[2, 3]]), ("ij,...->...", [[2, 3], [2, 3]]),
    ("bn,anm,bm->ba", [[2, 5], [3, 5, 4], [2, 4]]), ("ii", [[3, 1]]), ("ij,jj->i", [[2, 3], [3, 3]]),
    ("ijk", [[2, 3]]), ("ij,", [[2, 3]]), ("é", [[2]]),
]  # fmt: skip


@pytest.mark.parametrize(("equation", "shapes"), CASES)
def test_equations_agree(equation: str, shapes: list[list[int]]) -> None:
    operands = [make(shape) for shape in shapes]
    left = agree("torch.einsum", equation, *operands)
    assert not left.unknown
    agree("torch.einsum", equation, operands)
    values = tuple(map(to_value, operands))
    assert commuting(EINSUM, (equation, *values), {}) == []


@pytest.mark.parametrize("sample", list(samples(infos("tensight.ops.einsum")[0])), ids=lambda pair: pair[0])
def test_samples_agree(sample: Any) -> None:
    _, case = sample
    agree("torch.einsum", case.args[0], *case.input)


@pytest.mark.parametrize(
    "args",
    [
        (make([2, 3]), [0, 1], make([3, 4]), [1, 2], [0, 2]),
        (make([2, 3]), [0, 1], make([3, 4]), [1, 2]),
        (make([2, 3]), [0, ...], [..., 0]),
        (make([2, 3]), [30, 2]),
        (make([2, 3]), [0, 77]),
        ("ij",),
    ],
    ids=str,
)
def test_sublists_agree(args: tuple[Any, ...]) -> None:
    agree("torch.einsum", *args)


@BOUNDED
@given(
    st.lists(st.text("ab.,-> ", max_size=7), min_size=1, max_size=2),
    st.lists(st.lists(st.integers(1, 3), max_size=3), min_size=1, max_size=2),
)
def test_random_equations_agree(parts: list[str], shapes: list[list[int]]) -> None:
    equation = "->".join(parts).replace(".", "...")
    agree("torch.einsum", equation, *(make(shape) for shape in shapes))


def test_attention_with_symbols() -> None:
    b, t, s = symbol("B"), symbol("T"), symbol("S")
    q, k = Tensor((b, t, 8, 64), FLOAT32), Tensor((b, s, 8, 64), FLOAT32)
    result = EINSUM("bthd,bshd->bhts", q, k)
    assert [to_text(d) for d in result.shape] == ["B", "8", "T", "S"]
    assert result.dtype is FLOAT32


def test_open_operand_learns_its_rank_from_the_subscripts() -> None:
    NOTES.clear()
    x = Tensor(None, FLOAT32, entry="x")
    result = EINSUM("bnd,de->bne", x, Tensor((64, 32), FLOAT32))
    assert result.rank == 3
    assert result.shape[2] == 32
    assert [template for _, template in NOTES.demands] == [("b", "n", 64)]
    NOTES.clear()


def test_mixed_dtypes_are_left_open() -> None:
    assert EINSUM("ij,jk", Tensor((2, 3), FLOAT32), to_value(torch.ones(3, 2).double())).dtype is None
