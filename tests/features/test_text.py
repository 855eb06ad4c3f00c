"""Shapes as short text: the middle is elided, the ends stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.build import tensor
from tensight.dims import fresh_unknown, symbol
from tensight.features.text import hint_pieces, hint_text, is_known, value_text
from tensight.values import ListV, OneOf, Tensor

B, H, W = symbol("B"), symbol("H"), symbol("W")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (tensor(B, 64, H - 2, W - 2), "(B, 64, H-2, W-2)"),
        (tensor(5), "(5,)"),
        (tensor(), "()"),
        (tensor(2, fresh_unknown(), 3), "(2, ?, 3)"),
        (tensor(..., 64), "(…, 64)"),
        (tensor(...), "(…)"),
        (Tensor(None), "(…)"),
        ((tensor(2, 3), tensor(4)), "((2, 3), (4,))"),
        ((tensor(2, 3),), "((2, 3),)"),
        (ListV([tensor(2, 3), tensor(4)]), "[(2, 3), (4,)]"),
        (ListV([tensor(2, 3)] * 12), "[(2, 3) ×12]"),
        (ListV([tensor(2, 3)], rest=tensor(2, 3)), "[(2, 3), …]"),
        ((tensor(2, 3), None, 5), "((2, 3), None, 5)"),
        ((tensor(2, 3), (tensor(1), tensor(2))), "((2, 3), ((1,), (2,)))"),
        (OneOf((None, tensor(2, 3))), "None | (2, 3)"),
    ],
)
def test_whole_values(value, text):
    assert hint_text(value, 40) == text


def test_the_middle_is_elided_and_the_ends_stay():
    value = tensor(B, 64, 1000, 1001, 1002, 1003, W - 2)
    assert hint_text(value, 30) == "(B, 64, 1000, …, 1003, W-2)"
    assert value_text(value) == "(B, 64, 1000, 1001, 1002, 1003, W-2)"


def test_a_single_dim_that_is_too_long_is_elided():
    assert hint_text(tensor(B, H * W * 1024 * (H - 100) * (W - 100)), 20) == "(B, …)"


def test_pieces_know_their_axis():
    value = tensor(B, 64, 7)
    assert [(piece.text, piece.axis) for piece in hint_pieces(value) if piece.axis is not None] == [
        ("B", 0),
        ("64", 1),
        ("7", 2),
    ]


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (Tensor(None), False),
        (tensor(fresh_unknown(), fresh_unknown()), False),
        (tensor(...), False),
        (tensor(..., 3), True),
        (tensor(), True),
        ((Tensor(None), tensor(3)), True),
        (ListV([]), False),
        (7, False),
    ],
)
def test_what_is_worth_a_hint(value, known):
    assert is_known(value) is known


@given(st.lists(st.integers(0, 10**6), max_size=12), st.integers(8, 60))
def test_a_hint_never_exceeds_its_limit(dims, limit):
    text = hint_text(tensor(*dims), limit)
    assert len(text) <= limit
    assert text[0] == "(" and text[-1] == ")"


@given(st.lists(st.lists(st.integers(0, 10**4), max_size=4), min_size=1, max_size=5), st.integers(20, 80))
def test_neither_does_one_of_a_tuple(shapes, limit):
    assert len(hint_text(tuple(tensor(*dims) for dims in shapes), limit)) <= limit
