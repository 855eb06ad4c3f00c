"""Parsing after an edit: the top-level statements that no changed line belongs to are taken from the tree before.

A file is a sequence of statements. Where each of three runs of lines parses on its own, their statements in a row are
what the whole parses to; where the changed run does not, the whole is parsed anew."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ..limits import MAX_SOURCE
from .decode import clean, split_lines
from .parse import Parsed, try_parse


def reparse(before: Parsed, text: str) -> Parsed | None:
    """What `parse(text)` gives, with the statements of an earlier version; None if that saves nothing."""
    body = before.tree.body
    if before.problems or not body or "\0" in text or len(text) > MAX_SOURCE:
        return None
    lines = split_lines(clean(text))
    first, last = _kept(before.lines, body, lines)
    start = body[first - 1].end_lineno or 0 if first else 0
    end = first_line(body[last]) - 1 if last < len(body) else len(lines)
    if not first and last == len(body):
        return None
    changed = try_parse("\n" * start + "\n".join(lines[start:end]))
    if not isinstance(changed, ast.Module):
        return None
    tree = ast.Module([*body[:first], *changed.body, *body[last:]], [])
    return Parsed(tree, (), tuple(lines))


def _kept(old: Sequence[str], body: list[ast.stmt], new: Sequence[str]) -> tuple[int, int]:
    """How many statements at the beginning stay, and the first of those at the end that stay where they are."""
    most = min(len(old), len(new))
    head = 0
    while head < most and old[head] == new[head]:
        head += 1
    tail = 0
    if len(old) == len(new):
        while tail < most - head and old[-1 - tail] == new[-1 - tail]:
            tail += 1
    first = 0
    while first < len(body) and (body[first].end_lineno or 0) <= head:
        first += 1
    while 0 < first < len(body) and first_line(body[first]) <= (body[first - 1].end_lineno or 0):
        first -= 1  # the line goes on with a statement that does not stay
    last = len(body)
    while last > first and first_line(body[last - 1]) > len(old) - tail:
        last -= 1
    while first < last < len(body) and first_line(body[last]) <= (body[last - 1].end_lineno or 0):
        last += 1
    return first, last


def first_line(node: ast.stmt) -> int:
    """The line that a statement begins on, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])
