"""A view with a wrong number, or one that swallows the batch: flatten what follows the batch axis."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...diagnostics import TextEdit
from ..provenance import short_name
from .case import Candidate, Case

_RESHAPES = frozenset({"view", "reshape"})


def candidates(case: Case) -> Iterator[Candidate]:
    """`x.view(-1, 400)` → `x.flatten(1)`; one wrong number of several → -1."""
    call = case.call
    if call is None or short_name(case.rule) not in _RESHAPES or not isinstance(call.func, ast.Attribute):
        return
    sizes = list(call.args)
    on_tensor = not (isinstance(call.func.value, ast.Name) and call.func.value.id == "torch")
    if not on_tensor or any(isinstance(size, ast.Starred) for size in sizes):
        return
    source = case.source
    receiver = source.text_at(source.span(call.func.value))
    tensor = case.input
    if len(sizes) == 2 and tensor is not None and tensor.rank > 2:
        yield Candidate("Flatten all but the batch", (TextEdit(source.span(call), f"{receiver}.flatten(1)"),))
    if any(_is_minus_one(size) for size in sizes):
        if len(sizes) == 2 and _is_minus_one(sizes[0]) and tensor is not None:
            first = TextEdit(source.span(sizes[0]), f"{receiver}.size(0)")
            yield Candidate("Keep the batch, merge the rest", (first, TextEdit(source.span(sizes[1]), "-1")))
        return
    for size in reversed(sizes):
        if isinstance(size, ast.Constant):
            span = source.span(size)
            yield Candidate(f"Let -1 stand for {source.text_at(span)}", (TextEdit(span, "-1"),))


def _is_minus_one(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
        and node.operand.value == 1
    )
