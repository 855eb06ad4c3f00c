"""Quick fixes. A fix must make the program run: each candidate is tried by analysing the edited text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from ...diagnostics import Diagnostic, Fix, Severity, TextEdit
from ...interp.facts import Analysis
from ..source import Source
from . import batch, layers, names, operands, reshapes
from .case import Candidate, Case, Sources
from .ignore import ignore_fix

#: Analyses that one diagnostic may cost; the likely repairs come first.
MAX_TRIALS = 8
#: The analysis of this file after the edits; None: it cannot be had.
Reanalyse = Callable[[Sequence[TextEdit]], Analysis | None]
_TOPICS = (names.candidates, layers.candidates, operands.candidates, reshapes.candidates, batch.candidates)


def fixes_for(
    analysis: Analysis,
    source: Source | str,
    diagnostic: Diagnostic,
    reanalyse: Reanalyse | None = None,
    sources: Sources = lambda file: None,
) -> tuple[Fix, ...]:
    """The fixes of a diagnostic, the preferred one first.

    With `reanalyse` only those that remove the diagnostic are given; the first one that brings no new error is
    preferred. Without it they are guesses, and none is preferred. `sources` reads other files."""
    if isinstance(source, str):
        source = Source(analysis.file, source)
    case = Case(analysis, diagnostic, source, sources)
    candidates = list(islice(_distinct(candidate for topic in _TOPICS for candidate in topic(case)), MAX_TRIALS))
    if reanalyse is None:
        return tuple(Fix(candidate.title, candidate.edits) for candidate in candidates)
    clean: list[Fix] = []
    partial: list[Fix] = []
    for candidate in candidates:
        after = reanalyse(candidate.edits)
        if after is None or not _is_gone(diagnostic, after, candidate.edits):
            continue
        if _new_errors(analysis, after):
            partial.append(Fix(candidate.title, candidate.edits))
        else:
            clean.append(Fix(candidate.title, candidate.edits, preferred=not clean))
    return (*clean, *partial)


def _distinct(candidates: Iterator[Candidate]) -> Iterator[Candidate]:
    seen: set[tuple[TextEdit, ...]] = set()
    for candidate in candidates:
        if candidate.edits not in seen:
            seen.add(candidate.edits)
            yield candidate


def _is_gone(diagnostic: Diagnostic, after: Analysis, edits: Sequence[TextEdit]) -> bool:
    """Whether nothing is wrong any more where it was: edits above may have moved the line."""
    line = diagnostic.span.line
    for edit in edits:
        if edit.span.file == diagnostic.span.file and (edit.span.line, edit.span.col) <= (line, diagnostic.span.col):
            line += edit.text.count("\n") - (edit.span.end_line - edit.span.line)
    return not any(_counts(other) and other.span.line in (line, diagnostic.span.line) for other in after.diagnostics)


def _counts(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity in (Severity.ERROR, Severity.WARNING)


def _new_errors(before: Analysis, after: Analysis) -> bool:
    known = {(diagnostic.code, diagnostic.message) for diagnostic in before.diagnostics}
    return any(_counts(other) and (other.code, other.message) not in known for other in after.diagnostics)


__all__ = ["MAX_TRIALS", "Candidate", "Case", "Reanalyse", "fixes_for", "ignore_fix"]
