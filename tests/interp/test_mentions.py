"""One name sought in a text, or all names of it listed: the same answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tensight.interp import mentions

NAMES = ("a", "ab", "b", "_x", "é", "def_")
PIECES = st.sampled_from(["\n", " ", "    ", "def ", "class ", "'", '"', "(", ":", ".", ",", "\\", "#", *NAMES])


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(NAMES))
def test_listed_as_sought(text: str, name: str) -> None:
    assert mentions.defines(text, name) == (name in mentions.defined(text))
    assert mentions.quotes(text, name) == (name in mentions.quoted(text))
