"""What is shown of one analysed version of a document, and how it moves when lines are edited around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..diagnostics import Diagnostic, Fix
from ..features.inlay_hints import Hint, Hints
from ..features.source import Source
from ..interp.facts import Analysis


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Facts, hints and diagnostics of one version. Made on the analysis thread, read on the event loop."""

    version: int | None
    source: Source
    analysis: Analysis
    #: None: switched off
    hints: Hints | None
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

    def range_back(self, first: int, last: int) -> tuple[int, int]:
        """Old lines among which those are that stand between two new lines now."""
        return first - max(self.by, 0), last - min(self.by, 0)

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


def hints_between(snapshot: Snapshot, shift: Shift | None, first: int, last: int) -> list[Hint]:
    """The hints on 1-based lines as they are numbered now; those of changed lines are left out."""
    if snapshot.hints is None:
        return []
    if shift is None:
        return list(snapshot.hints.between(first, last))
    moved = shifted(snapshot.hints.between(*shift.range_back(first, last)), shift)
    return [hint for hint in moved if first <= hint.line <= last]


def shifted(hints: Sequence[Hint], shift: Shift) -> list[Hint]:
    """The hints of unchanged lines, where these are now."""
    out = []
    for hint in hints:
        line = shift.line(hint.line)
        if line is not None:
            out.append(hint if line == hint.line else replace(hint, line=line))
    return out
