"""One diagnostic to be fixed: what its rule said, the nodes around it, and the edits that all topics share."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ...diagnostics import Diagnostic, TextEdit
from ...interp.facts import Analysis
from ...syntax.span import Span
from ...values import Tensor
from ..source import Source

#: The text of a file by its name in spans; None: it cannot be read.
Sources = Callable[[str], Source | None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Edits that may repair the program; `title` begins with a verb.

    `sure`: right in itself, whatever else is wrong. `weak`: only worth offering if the program then runs."""

    title: str
    edits: tuple[TextEdit, ...]
    sure: bool = False
    weak: bool = False


@dataclass(frozen=True)
class Case:
    """What a topic looks at. Everything is optional: a topic that misses something has no candidate."""

    analysis: Analysis
    diagnostic: Diagnostic
    source: Source
    sources: Sources = field(default=lambda file: None)

    @property
    def rule(self) -> str:
        return str(self.diagnostic.data.get("rule", ""))

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        return tuple(value for value in self.diagnostic.data.get("inputs", ()) if isinstance(value, Tensor))

    @property
    def input(self) -> Tensor | None:
        """The first input, if its rank is known."""
        return self.inputs[0] if self.inputs and not self.inputs[0].is_open else None

    @property
    def layer(self) -> dict[str, Any] | None:
        layer = self.diagnostic.data.get("layer")
        return layer if isinstance(layer, dict) else None

    @property
    def layer_class(self) -> str:
        return str(self.layer["class"]) if self.layer is not None else ""

    @cached_property
    def node(self) -> ast.expr | None:
        """The expression that the diagnostic stands on."""
        nodes = self.source.expressions_at(self.diagnostic.span)
        return next((node for node in nodes if isinstance(node, ast.Call | ast.BinOp)), nodes[0] if nodes else None)

    @property
    def call(self) -> ast.Call | None:
        return self.node if isinstance(self.node, ast.Call) else None

    @cached_property
    def constructor(self) -> tuple[Source, ast.Call] | None:
        """The call that made the layer which refused."""
        created = self.layer.get("created") if self.layer is not None else None
        return self.call_of(created) if isinstance(created, Span) else None

    def call_of(self, span: Span) -> tuple[Source, ast.Call] | None:
        source = self.source if span.file == self.source.file else self.sources(span.file)
        call = source.call_at(span) if source is not None else None
        return (source, call) if source is not None and call is not None else None

    def tensor_at(self, node: ast.expr | None) -> Tensor | None:
        """What the analysis knows of an expression of this file, if its rank is known."""
        if node is None:
            return None
        span = self.source.span(node)
        for fact in self.analysis.facts:
            if fact.span == span and isinstance(fact.value, Tensor) and not fact.value.is_open:
                return fact.value
        return None

    def wrapped(self, title: str, node: ast.expr, suffix: str, *, weak: bool = False) -> Candidate:
        """`x` → `x.flatten(1)`, as a candidate."""
        return Candidate(title, (method_call(self.source, node, suffix),), weak=weak)

    def calls_on_the_way(self) -> Iterator[ast.Call]:
        """The user's calls in this file that led to the refusal, innermost first, the refusing one included."""
        if self.call is not None:
            yield self.call
        for place in self.diagnostic.related:
            if place.message == "called from here" and place.span.file == self.source.file:
                call = self.source.call_at(place.span)
                if call is not None:
                    yield call


def find_argument(call: ast.Call, name: str, position: int) -> ast.expr | None:
    """The argument by keyword or position; None if it is not written (or hides in `*args`)."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    head = call.args[: position + 1]
    if len(head) == position + 1 and not any(isinstance(arg, ast.Starred) for arg in head):
        return head[position]
    return None


def set_argument(source: Source, call: ast.Call, name: str, position: int, text: str) -> TextEdit | None:
    """Replace the argument, or add it as a keyword."""
    argument = find_argument(call, name, position)
    if argument is not None:
        return TextEdit(source.span(argument), text)
    if any(isinstance(arg, ast.Starred) for arg in call.args) or any(word.arg is None for word in call.keywords):
        return None
    span = source.span(call)
    last = [*call.args, *(word.value for word in call.keywords)]
    if not last:
        return insertion(span.file, span.end_line, span.end_col - 1, f"{name}={text}")
    at = source.span(last[-1])
    return insertion(at.file, at.end_line, at.end_col, f", {name}={text}")


def insertion(file: str, line: int, col: int, text: str) -> TextEdit:
    return TextEdit(Span(file, line, col, line, col), text)


def method_call(source: Source, node: ast.expr, suffix: str) -> TextEdit:
    """`x` → `x.flatten(1)`; what binds weaker than a call gets parentheses."""
    text = source.text_at(source.span(node))
    simple = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    if not simple and not (text.startswith("(") and isinstance(node, ast.Tuple)):
        text = f"({text})"
    return TextEdit(source.span(node), text + suffix)


def first_argument(call: ast.Call) -> ast.expr | None:
    """The tensor that goes in: the first positional argument, else `input=` or `x=`."""
    if call.args:
        return None if isinstance(call.args[0], ast.Starred) else call.args[0]
    return next((word.value for word in call.keywords if word.arg in ("input", "x")), None)
