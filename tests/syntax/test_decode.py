"""Bytes become text as Python reads them, or one clear sentence says why not."""

import pytest

from tensight.syntax import UndecodableSource, decode, split_lines


def test_utf8_with_and_without_mark() -> None:
    assert decode("x = 'é'\n".encode()) == "x = 'é'\n"
    assert decode(b"\xef\xbb\xbfx = 1\n") == "x = 1\n"


def test_declared_encoding() -> None:
    assert decode("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1")) == "# -*- coding: latin-1 -*-\nx = 'é'\n"
    assert "é" in decode("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'é'".encode("cp1252"))


def test_the_word_coding_elsewhere_declares_nothing() -> None:
    assert decode("encoding = 'é'\n".encode()) == "encoding = 'é'\n"


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        ("x = 1".encode("utf-16"), "UTF-16"),
        (b"x = 1\ny = '\xe9'\n", "not encoded in utf-8: byte 0xe9 in line 2"),
        (b"# coding: klingon\n", "unknown encoding: klingon"),
        (b"# coding: rot13\n", "not for text"),
    ],
)
def test_what_is_no_source_says_why(data: bytes, part: str) -> None:
    with pytest.raises(UndecodableSource, match=part):
        decode(data)


def test_only_newlines_end_a_line() -> None:
    assert split_lines("a\r\nb\rc\nd\fe\u2028f\x0bg") == ["a", "b", "c", "d\fe\u2028f\x0bg"]
    assert split_lines("") == [""]
