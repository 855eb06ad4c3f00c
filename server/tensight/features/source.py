"""A file as the features see it: text, lines, tree, nodes by span, and edits applied to the text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from ..diagnostics import TextEdit
from ..syntax.columns import from_utf8
from ..syntax.decode import split_lines
from ..syntax.parse import parse
from ..syntax.span import Span
from ..syntax.spans import Located, node_span

_NEWLINE = re.compile(r"\r\n|\r|\n")
Key = tuple[int, int, int, int]


class Source:
    """The text of `file` with everything derived from it lazily. Lines are 1-based in spans, 0-based in `lines`."""

    def __init__(self, file: str, text: str, tree: ast.Module | None = None) -> None:
        self.file, self.text = file, text
        self._tree = tree

    @cached_property
    def lines(self) -> list[str]:
        return split_lines(self.text)

    @cached_property
    def newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    @cached_property
    def tree(self) -> ast.Module:
        return self._tree if self._tree is not None else parse(self.text, self.file).tree

    @cached_property
    def _offsets(self) -> list[int]:
        offsets = [0]
        offsets.extend(match.end() for match in _NEWLINE.finditer(self.text))
        return offsets

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its end; empty behind the last one."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def offset(self, line: int, col: int) -> int:
        """The position in `text`, clamped to the line."""
        if line > len(self._offsets):
            return len(self.text)
        return self._offsets[line - 1] + min(col, len(self.line(line)))

    def text_at(self, span: Span) -> str:
        return self.text[self.offset(span.line, span.col) : self.offset(span.end_line, span.end_col)]

    def column(self, line: int, byte: int) -> int:
        """The code point column of ast's UTF-8 byte column."""
        return from_utf8(self.line(line), byte)

    def key(self, node: Located) -> Key:
        span = node_span(node, self.file, self.lines)
        return (span.line, span.col, span.end_line, span.end_col)

    def span(self, node: Located) -> Span:
        return node_span(node, self.file, self.lines)

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """All statements in order of their position; expressions are not entered."""
        return list(_statements(self.tree.body))

    @cached_property
    def _nodes(self) -> dict[Key, list[ast.expr]]:
        index: dict[Key, list[ast.expr]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr):
                index.setdefault(self.key(node), []).append(node)
        return index

    def expressions_at(self, span: Span) -> list[ast.expr]:
        """The expressions that fill exactly this span, outermost first."""
        return self._nodes.get((span.line, span.col, span.end_line, span.end_col), [])

    def call_at(self, span: Span) -> ast.Call | None:
        """The call that fills exactly this span."""
        return next((node for node in self.expressions_at(span) if isinstance(node, ast.Call)), None)

    def function_of(self, node: ast.expr) -> ast.stmt | None:
        """The innermost function or class around an expression; None: the module itself."""
        found = None
        for outer in self.statements:
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                if outer.lineno <= node.lineno <= (outer.end_lineno or outer.lineno):
                    found = outer
        return found

    def statement_at(self, line: int) -> ast.stmt | None:
        """The innermost simple statement (or header) that covers the line."""
        found = None
        for node in self.statements:
            if node.lineno <= line <= (node.end_lineno or node.lineno):
                found = node
        return found

    def applied(self, edits: Iterable[TextEdit]) -> str:
        """The text after `edits` of this file; they must not overlap. Insertions at one place keep their order."""
        own = [edit for edit in edits if edit.span.file == self.file]
        ordered = sorted(own, key=lambda edit: (edit.span.line, edit.span.col, edit.span.end_line, edit.span.end_col))
        text = self.text
        for edit in ordered[::-1]:
            start, end = self.offset(edit.span.line, edit.span.col), self.offset(edit.span.end_line, edit.span.end_col)
            text = text[:start] + edit.text + text[end:]
        return text


def dotted(node: ast.expr) -> str:
    """`self.fc1` as text; empty for what is no name or attribute of one."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for name in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(node, name, ()))
        for handler in getattr(node, "handlers", ()):
            yield from _statements(handler.body)
        for case in getattr(node, "cases", ()):
            yield from _statements(case.body)
