"""`# tensight: ignore[code]` at the end of a line."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic, Fix, TextEdit
from ...syntax.comments import Ignore, read_comments
from ...syntax.span import Span
from ..source import Source


def ignore_fix(source: Source, diagnostic: Diagnostic) -> Fix | None:
    """A comment that silences the diagnostic; None where no comment can stand (inside a string, before a backslash)."""
    for line in dict.fromkeys((diagnostic.span.line, diagnostic.span.end_line)):
        for edit in _edits(source, diagnostic.code, line):
            said = read_comments(source.applied([edit]), source.file)
            if any(_silences(ignore, line, diagnostic.code) for ignore in said.ignores):
                return Fix(f"Ignore {diagnostic.code} on this line", (edit,))
    return None


def _edits(source: Source, code: str, line: int) -> Iterator[TextEdit]:
    """Into the comment that is there; behind the line; before another comment."""
    text = source.line(line)
    for ignore in read_comments(source.text, source.file).ignores:
        if ignore.span.line == line and ignore.codes is not None:
            close = text.index("]", ignore.span.col)
            listed = ", " if ignore.codes else ""
            yield TextEdit(Span(source.file, line, close, line, close), f"{listed}{code}")
    end = len(text.rstrip())
    comment = f"# tensight: ignore[{code}]"
    yield TextEdit(Span(source.file, line, end, line, len(text)), f"  {comment}")
    for col, char in enumerate(text):
        if char == "#":
            yield TextEdit(Span(source.file, line, col, line, col), f"{comment}  ")


def _silences(ignore: Ignore, line: int, code: str) -> bool:
    return ignore.line == line and (ignore.codes is None or code in ignore.codes)
