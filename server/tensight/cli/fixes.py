"""Quick fixes for the command line's reports."""

from __future__ import annotations

from ..diagnostics import Diagnostic, Fix
from ..interp.facts import Analysis


def fixes_for(analysis: Analysis, text: str, diagnostic: Diagnostic) -> tuple[Fix, ...]:
    """The fixes of a diagnostic."""
    return ()
