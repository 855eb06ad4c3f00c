"""A tree made from the one before is the tree of the whole text."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest

from tensight.syntax.parse import Parsed, parse
from tensight.syntax.reparse import reparse

FILES = Path(__file__).parents[1] / "bench" / "files"


def text_of(parsed: Parsed) -> tuple[str, tuple[str, ...], object]:
    return ast.dump(parsed.tree, include_attributes=True), parsed.lines, parsed.problems


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("a = 1\nb = 2\nc = 3\n", "a = 1\nb = 5\nc = 3\n", 2),
        ("a = 1\nb = 2\nc = 3\n", "a = 1\n\nb = 2\nc = 3\n", 1),
        ("a = 1; b = (\n2)\nc = 3\n", "a = 1; b = (\n4)\nc = 3\n", 1),
        ("a = 1\nb = (2,\n3); c = 4\nd = 5\n", "a = 1\nb = (0,\n3); c = 4\nd = 5\n", 2),
        ("a = 1\nif a:\n    b = 2\nelse:\n    b = 3\nc = 4\n", "a = 1\nif a:\n    b = 2\nelse:\n    b = 0\nc = 4\n", 2),
        ("a = 1\n@a\n@b\ndef f(): pass\nc = 4\n", "a = 1\n@a\n@c\ndef f(): pass\nc = 4\n", 2),
        ("'''é'''\na = 'é'; b = 1\nc = 2\n", "'''é'''\na = 'é'; b = 'é'\nc = 2\n", 2),
    ],
)
def test_statements_that_no_change_touches_are_the_same(before: str, after: str, kept: int) -> None:
    old = parse(before, "f.py")
    new = reparse(old, after)
    assert new is not None
    assert text_of(new) == text_of(parse(after, "f.py"))
    assert len({id(node) for node in new.tree.body} & {id(node) for node in old.tree.body}) == kept


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = 1\nif a: b = 2\nc = 3\n", "a = 1\nif a: b = 2\nelse: c = 3\n"),
        ("a = 1\nb = 2\nc = 3\n", "a = 1\nb = 2 \\\nc = 3\n"),
        ("a = 1\nb = 2\nc = 3\n", "a = 1\nb = '''\nc = 3\n"),
        ("a = 1\nb = 2\ndef f(): pass\n", "a = 1\n@b\ndef f(): pass\n"),
        ("a = 1\nb = 2\nc = 3\n", "a = 1\n  b = 2\nc = 3\n"),
    ],
)
def test_what_does_not_parse_alone_is_left_to_the_whole(before: str, after: str) -> None:
    assert reparse(parse(before, "f.py"), after) is None


@pytest.mark.parametrize("seed", range(40))
def test_random_edits(seed: int) -> None:
    choose = random.Random(seed)
    lines = (FILES / "small.py").read_text(encoding="utf-8").split("\n")
    before = parse("\n".join(lines), "f.py")
    for _ in range(choose.randrange(1, 3)):
        at = choose.randrange(len(lines))
        match choose.randrange(7):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, choose.choice(["", "# a", "x = 1", "    y = 2", "@x", "else:", '"""', "x = (", "\\"]))
            case 2:
                lines[at] = lines[at][1:]
            case 3:
                lines[at] += choose.choice([" \\", ";", "; z = 3", ")", ":", "  # é", "'''"])
            case 4:
                lines[at] = "    " + lines[at]
            case 5:
                lines[at], lines[at - 1] = lines[at - 1], lines[at]
            case _:
                lines[at] = lines[at].replace("2", "é")
    text = "\n".join(lines)
    found, whole = reparse(before, text), parse(text, "f.py")
    if found is not None:
        assert text_of(found) == text_of(whole)
