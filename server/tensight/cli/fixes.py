"""Quick fixes for the reports: each is tried by analysing the edited files, within a bound of time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..diagnostics import Diagnostic, Fix, TextEdit
from ..interp.facts import Analysis
from ..limits import MAX_FIX_SECONDS
from ..project.project import Project

if TYPE_CHECKING:
    from ..features.source import Source


class _Clock:
    """What one run may spend on trying fixes, all files together."""

    left = MAX_FIX_SECONDS


def _source(file: str) -> Source | None:
    from ..features.source import Source
    from ..features.trial import read

    text = read(file)
    return None if text is None else Source(file, text)


def fixer(
    project: Project, analysis: Analysis, text: str, files: Sequence[str], search: Sequence[str]
) -> Callable[[Diagnostic], tuple[Fix, ...]]:
    """What finds the verified fixes of a diagnostic of `analysis`, which was made together with `files`."""

    def fixes(diagnostic: Diagnostic) -> tuple[Fix, ...]:
        from ..features.fixes import fixes_for

        return fixes_for(analysis, text, diagnostic, reanalyse, _source)

    def reanalyse(edits: Sequence[TextEdit]) -> Analysis | None:
        from ..features.trial import trial

        if _Clock.left <= 0:
            return None
        started = time.monotonic()
        index = list(files).index(analysis.file)
        found = trial(project, edits, lambda scratch: scratch.check(files, search=search).analyses[index])
        _Clock.left -= time.monotonic() - started
        return found

    return fixes
