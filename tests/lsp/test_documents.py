"""Incremental changes, columns and lines."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from tensight.features.inlay_hints import Hint, HintKind, HintPart
from tensight.lsp.convert import Columns
from tensight.lsp.documents import Documents, Text, file_of
from tensight.lsp.snapshot import shift_between, shifted
from tensight.syntax.decode import split_lines

UTF16 = Columns("utf-16")


def position(text: str, offset: int, columns: Columns) -> types.Position:
    lines = split_lines(text[:offset])
    return types.Position(len(lines) - 1, columns.to_client(lines[-1], len(lines[-1])))


ALPHABET = st.sampled_from(["a", "é", "😀", "\n", "\r\n", "\t", "\x0c", "\u2028", " "])
TEXTS = st.lists(ALPHABET, max_size=30).map("".join)


@given(TEXTS, TEXTS, st.data(), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_a_change_replaces_exactly_its_range(text, new, data, encoding):
    columns = Columns(encoding)
    bounds = [i for i in range(len(text) + 1) if text[i - 1 : i + 1] != "\r\n"]
    start, end = sorted((data.draw(st.sampled_from(bounds)), data.draw(st.sampled_from(bounds))))
    span = types.Range(position(text, start, columns), position(text, end, columns))
    changed = Text(text, 1).changed([types.TextDocumentContentChangePartial(span, new)], 2, columns)
    assert changed.text == text[:start] + new + text[end:]
    assert changed.version == 2


@pytest.mark.parametrize("place", [(0, 99), (99, 0), (1, 99)])
def test_places_outside_are_clamped(place):
    at = types.Position(*place)
    changed = Text("ab\ncd", 1).changed([types.TextDocumentContentChangePartial(types.Range(at, at), "!")], 2, UTF16)
    assert changed.text in ("ab!\ncd", "ab\ncd!")


def test_several_changes_follow_each_other_and_a_whole_text_replaces():
    first = types.TextDocumentContentChangePartial(types.Range(types.Position(0, 0), types.Position(0, 0)), "x\n")
    second = types.TextDocumentContentChangePartial(types.Range(types.Position(1, 0), types.Position(1, 1)), "y")
    assert Text("a", 1).changed([first, second], 2, UTF16).text == "x\ny"
    assert Text("a", 1).changed([types.TextDocumentContentChangeWholeDocument("b")], 2, UTF16).text == "b"


def test_files_and_other_documents():
    assert file_of("untitled:Untitled-1", "/work space") == "/work space/untitled:Untitled-1"
    if sys.platform != "win32":
        assert file_of("file:///a%20b/c.py", "/x") == "/a b/c.py"
    assert Documents().uri_of("/a b/c.py") == "file:///a%20b/c.py"


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_a_shift_maps_equal_lines_to_equal_lines(old, new):
    shift = shift_between(old, new)
    for number, line in enumerate(old, 1):
        moved = shift.line(number)
        if moved is not None:
            assert new[moved - 1] == line
            assert shift.back(moved) == number
    hints = [Hint(number, 0, (HintPart("x"),), HintKind.TARGET) for number in range(1, len(old) + 1)]
    assert all(1 <= hint.line <= len(new) for hint in shifted(hints, shift))
