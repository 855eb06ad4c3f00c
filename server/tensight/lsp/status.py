"""What the status item says: going on, done, or why a file shows nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..features.text import tensors_of
from ..interp.facts import Analysis
from ..limits import MAX_EDITED

METHOD = "tensight/status"


@dataclass(frozen=True, slots=True)
class Status:
    """`uri` None: of the server as a whole."""

    state: str
    uri: str | None = None
    message: str | None = None
    detail: str | None = None
    python: str | None = None

    def params(self) -> dict[str, Any]:
        names = ("uri", "state", "message", "detail", "python")
        return {name: getattr(self, name) for name in names}


def analysing(uri: str) -> Status:
    return Status("analysing", uri)


def switched_off(uri: str) -> Status:
    return Status("stopped", uri, "switched off", "The setting tensight.enable is off.")


def excluded(uri: str) -> Status:
    return Status("stopped", uri, "file is excluded", "A pattern in tensight.exclude matches this file.")


def too_long(uri: str) -> Status:
    return Status("stopped", uri, "file is too long", f"Files of more than {MAX_EDITED:,} characters are not analysed.")


def unreadable(uri: str, reason: str) -> Status:
    return Status("error", uri, "file cannot be read", reason)


def failed(uri: str) -> Status:
    return Status("error", uri, "internal error", "The log has the details; other files are not affected.")


def ready(uri: str, analysis: Analysis) -> Status:
    """How many shapes are known, what was cut, what could not be imported."""
    shapes = sum(1 for fact in analysis.facts if any(tensor.dims is not None for tensor in tensors_of(fact.value)))
    details = []
    if analysis.internal_errors:
        details.append("part of the file was not followed because of an internal error (see the log)")
    if analysis.limits:
        details.append("stopped early: " + ", ".join(analysis.limits))
    if analysis.missing:
        names = sorted({missing.name for missing in analysis.missing})
        details.append("not found: " + ", ".join(names[:5]) + (", …" if len(names) > 5 else ""))
    details.append(f"{analysis.seconds * 1000:.0f} ms")
    message = f"{shapes} shapes" if shapes != 1 else "1 shape"
    return Status("ready", uri, message if shapes else "no shapes in this file", " · ".join(details))
