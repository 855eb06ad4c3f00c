"""Unit: what the compilation of one file shares. Spans and slots; library code has neither."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from ..limits import MAX_MARKED_LINES
from ..syntax.span import Span
from .frame import Code, Slot


@dataclass(slots=True)
class Unit:
    """`recorded`: facts are kept for this file; `user`: diagnostics may point into it (the same files)."""

    file: str
    recorded: bool
    #: lines with characters outside ASCII: UTF-8 column → code points; empty for plain files
    lines: list[bytes] = field(default_factory=list)
    #: names that the module binds anywhere, so that only others are undefined
    bound: set[str] = field(default_factory=set)
    #: part of the file could not be parsed: it may have bound anything
    broken: bool = False
    #: while somebody asks for them: the functions that are compiled
    codes: list[Code] | None = None

    def span(self, node: ast.AST) -> Span:
        line, col = node.lineno, node.col_offset  # type: ignore[attr-defined]
        end_line, end_col = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        if self.lines:
            col, end_col = self._points(line, col), self._points(end_line, end_col)
        return Span(self.file, line, col, end_line, end_col)

    def _points(self, line: int, col: int) -> int:
        if line > len(self.lines):
            return col
        text = self.lines[line - 1]
        return col if text.isascii() else len(text[:col].decode("utf-8", "replace"))

    def slot(self, node: ast.AST, kind: str) -> Slot | None:
        """A place to record values at; None in library code."""
        if not self.recorded:
            return None
        span = self.span(node)
        return Slot(span, kind, self._mark(node) if span.end_line - span.line >= MAX_MARKED_LINES else None)

    def _mark(self, node: ast.AST) -> Span | None:
        """Of an expression of very many lines: what it calls, the line in which Python sees the call."""
        span = self.span(node)
        if span.end_line - span.line < MAX_MARKED_LINES:
            return span
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr=name) as called) if owner.end_lineno != owner.lineno:
                end = self.span(called)
                return Span(end.file, end.end_line, end.end_col - len(name), end.end_line, end.end_col)
            case (
                ast.Call(func=inner)
                | ast.BinOp(left=inner)
                | ast.Await(value=inner)
                | ast.Raise(exc=ast.expr() as inner)
            ):
                return self._mark(inner)
        return None

    def name_slot(self, node: ast.arg) -> Slot | None:
        """The name of a parameter, without its annotation."""
        if not self.recorded:
            return None
        span = self.span(node)
        return Slot(Span(span.file, span.line, span.col, span.line, span.col + len(node.arg)), "param")
