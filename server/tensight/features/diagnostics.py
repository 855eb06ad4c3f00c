"""What is reported of an Analysis: severities as set, ignored lines left out, comments that ignore nothing named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..diagnostics import CODES, Diagnostic, Severity
from ..syntax.comments import Comments, Ignore

UNUSED = "unused-ignore"
_ORDER = list(Severity)


def reported(
    found: Iterable[Diagnostic], comments: Comments, severities: Mapping[str, Severity] | None = None
) -> tuple[Diagnostic, ...]:
    """The diagnostics a user gets to see, in order of their place."""
    if comments.skip_file:
        return ()
    used: set[int] = set()
    out: list[Diagnostic] = []
    for diagnostic in found:
        severity = severity_of(diagnostic, severities or {})
        ignored = [i for i, ignore in enumerate(comments.ignores) if _covers(ignore, diagnostic)]
        used.update(ignored)
        if severity is not Severity.OFF and not ignored:
            out.append(replace(diagnostic, severity=severity))
    unused = (severities or {}).get(UNUSED, Severity.HINT)
    if unused is not Severity.OFF:
        out += [_unused(ignore, unused) for i, ignore in enumerate(comments.ignores) if i not in used]
    return tuple(sorted(out, key=lambda d: (d.shown.line, d.shown.col, _ORDER.index(d.severity), d.code)))


def severity_of(diagnostic: Diagnostic, severities: Mapping[str, Severity]) -> Severity:
    """As set for the code; a finding that is milder than its code's default (less certain) stays milder."""
    chosen = severities.get(diagnostic.code)
    if chosen is None or chosen is Severity.OFF:
        return chosen or diagnostic.severity
    default = CODES[diagnostic.code].severity if diagnostic.code in CODES else Severity.ERROR
    if _ORDER.index(diagnostic.severity) > _ORDER.index(default):
        return max(chosen, diagnostic.severity, key=_ORDER.index)
    return chosen


def _covers(ignore: Ignore, diagnostic: Diagnostic) -> bool:
    return ignore.line in (diagnostic.span.line, diagnostic.span.end_line, diagnostic.shown.line) and (
        ignore.codes is None or diagnostic.code in ignore.codes
    )


def _unused(ignore: Ignore, severity: Severity) -> Diagnostic:
    what = f" ({', '.join(ignore.codes)})" if ignore.codes else ""
    return Diagnostic(UNUSED, ignore.span, f"nothing is ignored here{what}", severity)
