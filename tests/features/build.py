"""Analyses built by hand: facts at snippets of a source text, and hints printed into it."""

from __future__ import annotations

from typing import Any

from tensight.features.inlay_hints import DEFAULT, HintOptions, inlay_hints
from tensight.features.source import Source
from tensight.interp.facts import Analysis, EntryInput, Fact, Observation
from tensight.syntax.span import Span
from tensight.values import FLOAT32, Provenance, Tensor

FILE = "/project/net.py"


def tensor(*dims: Any, by: Provenance | None = None, **more: Any) -> Tensor:
    return Tensor(tuple(dims), FLOAT32, made_by=by, **more)


class Built:
    """A source text with facts added one by one."""

    def __init__(self, text: str) -> None:
        self.source = Source(FILE, text)
        self.facts: list[Fact] = []
        self.inputs: list[EntryInput] = []

    def span(self, line: int, snippet: str, nth: int = 0) -> Span:
        """The nth occurrence of the snippet in a line."""
        col = -1
        for _ in range(nth + 1):
            col = self.source.line(line).index(snippet, col + 1)
        return Span(FILE, line, col, line, col + len(snippet))

    def add(self, kind: str, line: int, snippet: str, *values: Any, nth: int = 0) -> Built:
        """A fact; several values are several observations, and the first stands for all."""
        seen = tuple(Observation(value) for value in values) if len(values) > 1 else ()
        self.facts.append(Fact(self.span(line, snippet, nth), kind, values[0], seen))
        return self

    def entry(self, line: int, name: str, value: Tensor, *fits: dict[str, int]) -> Built:
        self.inputs.append(EntryInput("Net", name, self.span(line, name), value, "demand", fits))
        return self

    @property
    def analysis(self) -> Analysis:
        return Analysis(FILE, tuple(self.facts), inputs=tuple(self.inputs))

    def rendered(self, options: HintOptions = DEFAULT) -> str:
        return rendered(self.analysis, self.source, options)


def rendered(analysis: Analysis, source: Source, options: HintOptions = DEFAULT) -> str:
    """The text with its hints in «»."""
    lines = list(source.lines)
    for hint in reversed(inlay_hints(analysis, source, options)):
        text = lines[hint.line - 1]
        lines[hint.line - 1] = f"{text[: hint.col]}«{hint.text}»{text[hint.col :]}"
    return "\n".join(lines)
