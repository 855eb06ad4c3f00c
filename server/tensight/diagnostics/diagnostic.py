"""What is reported: a Diagnostic with its code, span, message, related places and fixes. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ..syntax.span import Span


class Severity(Enum):
    """Ordered from worst to mildest; OFF only in settings."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Related:
    """A further place that explains a diagnostic: where a clashing size comes from, a call on the way."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace `span` by `text`; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that repair the program. `preferred` is the one that auto-fix applies."""

    title: str
    edits: tuple[TextEdit, ...]
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `message` stands alone and is PyTorch's own wording where PyTorch has one.

    `mark`: the part that is underlined, where the whole expression would be too much. `notes` add what PyTorch does
    not say (both shapes, assumptions); `data` holds what the fixes need (plain values by name, given by the rule that
    refused)."""

    code: str
    span: Span
    message: str
    severity: Severity = Severity.ERROR
    notes: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    mark: Span | None = None

    @property
    def shown(self) -> Span:
        """What is underlined."""
        return self.mark or self.span
