"""Columns in three units are inverse where they can be."""

from hypothesis import given
from hypothesis import strategies as st

from tensight.syntax import from_utf8, from_utf16, to_utf8, to_utf16

LINES = st.text(st.characters(exclude_characters="\n\r", exclude_categories=("Cs",)), max_size=40)


@given(LINES)
def test_utf8_and_back(line: str) -> None:
    for col in range(len(line) + 1):
        assert to_utf8(line, col) == len(line[:col].encode())
        assert from_utf8(line, to_utf8(line, col)) == col


@given(LINES)
def test_utf16_and_back(line: str) -> None:
    for col in range(len(line) + 1):
        assert to_utf16(line, col) == len(line[:col].encode("utf-16-le")) // 2
        assert from_utf16(line, to_utf16(line, col)) == col


@given(LINES, st.integers(0, 200))
def test_any_column_is_clamped_to_the_line(line: str, col: int) -> None:
    assert 0 <= from_utf8(line, col) <= len(line)
    assert 0 <= from_utf16(line, col) <= len(line)


def test_inside_a_surrogate_pair_is_its_start() -> None:
    assert from_utf16("a😀b", 2) == 1
    assert from_utf16("a😀b", 3) == 2
