"""What is shown of one analysed version of a document, and how it moves when lines are edited around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..diagnostics import Diagnostic, Fix
from ..features.inlay_hints import Hint
from ..features.source import Source
from ..interp.facts import Analysis


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Facts, hints and diagnostics of one version. Immutable; made on the analysis thread."""

    version: int | None
    source: Source
    analysis: Analysis
    hints: tuple[Hint, ...]
    diagnostics: tuple[Diagnostic, ...]
    #: by index of the diagnostic, once they were asked for (event loop only)
    fixes: dict[int, tuple[Fix, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shift:
    """Old lines → new lines: those before `head` stay, those from `tail` on move by `by`, those between are gone."""

    head: int
    tail: int
    by: int

    def line(self, number: int) -> int | None:
        """The new number of an old 1-based line."""
        if number <= self.head:
            return number
        return number + self.by if number > self.tail else None

    def back(self, number: int) -> int | None:
        """The old number of a new 1-based line."""
        if number <= self.head:
            return number
        return number - self.by if number - self.by > self.tail else None


def shift_between(old: Sequence[str], new: Sequence[str]) -> Shift:
    """The common head and tail of two texts, as lines."""
    most = min(len(old), len(new))
    head = 0
    while head < most and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < most - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return Shift(head, len(old) - tail, len(new) - len(old))


def shifted(hints: Sequence[Hint], shift: Shift) -> list[Hint]:
    """The hints of unchanged lines, where these are now."""
    out = []
    for hint in hints:
        line = shift.line(hint.line)
        if line is not None:
            out.append(hint if line == hint.line else replace(hint, line=line))
    return out
