"""Quick fixes. A fix must make the program run: each candidate is tried by analysing the edited text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from ...diagnostics import Diagnostic, Fix, Severity, TextEdit
from ...interp.facts import Analysis
from ..source import Source
from . import batch, layers, losses, names, operands, reshapes
from .case import Candidate, Case, Sources
from .ignore import ignore_fix

#: Analyses that one diagnostic may cost; the likely repairs come first.
MAX_TRIALS = 10
#: The analysis of this file after the edits; None: it cannot be had.
Reanalyse = Callable[[Sequence[TextEdit]], Analysis | None]
_BAD = (Severity.ERROR, Severity.WARNING)
_TOPICS = (
    names.candidates, layers.candidates, operands.candidates, losses.candidates, reshapes.candidates, batch.candidates,
)  # fmt: skip


def fixes_for(
    analysis: Analysis,
    source: Source | str,
    diagnostic: Diagnostic,
    reanalyse: Reanalyse | None = None,
    sources: Sources = lambda file: None,
) -> tuple[Fix, ...]:
    """The fixes of a diagnostic, the preferred one first.

    With `reanalyse` only those that remove the diagnostic and bring no new error are given, the first one preferred;
    if there is none, those that at least remove the diagnostic. Without it they are guesses, and none is preferred.
    `sources` reads other files."""
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
        if candidate.sure or not _new_errors(analysis, after):
            clean.append(Fix(candidate.title, candidate.edits, preferred=not clean))
        elif not candidate.weak:
            partial.append(Fix(candidate.title, candidate.edits))
    return tuple(clean or partial)


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
    code = diagnostic.code if diagnostic.code == "undefined-name" else None  # what it hid may stand in the same line
    return not any(
        other.span.line == line and other.severity in _BAD and code in (None, other.code) for other in after.diagnostics
    )


def _new_errors(before: Analysis, after: Analysis) -> bool:
    known = {(diagnostic.code, diagnostic.message) for diagnostic in before.diagnostics}
    return any(
        other.severity is Severity.ERROR and (other.code, other.message) not in known for other in after.diagnostics
    )


__all__ = ["MAX_TRIALS", "Candidate", "Case", "Reanalyse", "fixes_for", "ignore_fix"]
