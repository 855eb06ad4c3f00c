"""Nodes of `ast` → spans in code points."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeAlias

from .columns import from_utf8
from .span import Span

#: Every node that has a position.
Located: TypeAlias = ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias | ast.excepthandler | ast.pattern


def node_span(node: Located, file: str, lines: Sequence[str]) -> Span:
    """The span of a node; `lines` are those of `split_lines` of the text that was parsed."""
    line, end_line = node.lineno, node.end_lineno or node.lineno
    col, end_col = node.col_offset, node.end_col_offset
    text = lines[line - 1] if line <= len(lines) else ""
    if not text.isascii():
        col = from_utf8(text, col)
    if end_col is None:
        end_col = col
    else:
        text = lines[end_line - 1] if end_line <= len(lines) else ""
        if not text.isascii():
            end_col = from_utf8(text, end_col)
    return Span(file, line, col, end_line, end_col)


def first_line(node: ast.stmt | ast.Lambda) -> int:
    """The line on which a statement begins: that of its first decorator, if it has any."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
