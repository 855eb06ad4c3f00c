"""Unknown: nothing is known of a value, and why. Scalar: a Python number of unknown value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..dims import Dim
from ..quick import quick
from ..syntax.span import Span


class Reason(Enum):
    """Why nothing is known; the text is shown in the hover."""

    NO_RULE = "no rule for this operation"
    DATA_DEPENDENT = "depends on data"
    PARAMETER = "a parameter that no call site fills"
    JOINED = "differs between branches"
    LIMIT = "a limit of the analysis was reached"
    IMPORT = "the import could not be found"
    OPAQUE = "comes from a library that is not followed"
    UNSUPPORTED = "Python that is not followed yet"
    AFTER_ERROR = "follows from an error"
    UNDEFINED = "the name is not defined"
    ENVIRONMENT = "depends on the environment"
    WORKER = "PyTorch could not answer"
    INTERNAL = "internal error"


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """Any Python value at all. `entry` names the root's parameter that it is, if it is one as a whole:
    such a value can still be settled by demand."""

    reason: Reason
    detail: str = ""
    span: Span | None = None
    entry: str | None = None

    def __repr__(self) -> str:
        return f"Unknown({self.reason.name}{': ' + self.detail if self.detail else ''})"


@quick
@dataclass(frozen=True, slots=True)
class Scalar:
    """A Python number whose value is not known; `kind` is "int", "float", "bool", "complex" or "number"."""

    kind: str


@dataclass(frozen=True, slots=True)
class SomeSize(Scalar):
    """What the items of a list of sizes that nobody gave are like: each is a size of its own, named after the list.

    `key` tells apart lists of one name."""

    name: str
    key: int


@dataclass(frozen=True, slots=True)
class FirstLine(Scalar):
    """A text of which no more is known than its first line: that of many messages that end with some values."""

    line: str


@dataclass(frozen=True, slots=True)
class Ordering(Scalar):
    """An undecided test of two sizes: where it holds `less <= more`, where it fails `less >= more`."""

    less: Dim
    more: Dim
