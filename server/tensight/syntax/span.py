"""Spans: where something stands in a file. Lines are 1-based, columns 0-based code points."""

from __future__ import annotations

from dataclasses import dataclass

from ..quick import quick


@quick
@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of one file: `line`/`col` up to, not including, `end_line`/`end_col`."""

    file: str
    line: int
    col: int
    end_line: int
    end_col: int

    def contains(self, line: int, col: int) -> bool:
        """Whether the position lies in the span; its end counts, as the cursor may stand there."""
        return (self.line, self.col) <= (line, col) <= (self.end_line, self.end_col)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.col + 1}"
