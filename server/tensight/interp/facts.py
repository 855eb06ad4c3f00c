"""What an analysis finds, as immutable data: facts per span, diagnostics, inputs. All features read only this."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Final

from ..diagnostics import Diagnostic
from ..quick import quick
from ..syntax.span import Span
from ..values import Tensor, Value
from ..values.join import shared

_NOT_ASKED: Final[Any] = object()


@quick
@dataclass(frozen=True, slots=True)
class Observation:
    """One value that an expression had. `at`: the outermost user call site that led there (None: no call)."""

    value: Value
    at: Span | None = None
    #: all user call sites on the way, outermost first
    chain: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of the expression at `span`.

    `kind`: "name", "attr", "call", "binop", "unary", "compare", "ifexp", "boolop", "subscript", "walrus", "tuple",
    "list", "dict", "listcomp", "target" (a bound name or attribute), "param" (the span is the parameter's name),
    "return" (the span is the returned expression).
    `alone`: the value where no observation has a tensor; for the hover only: a module Instance, an int or Expr, an
    Unknown.
    `observations`: one per distinct shape, bounded by MAX_CONTEXTS, in order of execution.
    `assumed`: equalities (as text, "C = 64") taken for granted when it was computed."""

    span: Span
    kind: str
    alone: Value
    observations: tuple[Observation, ...] = ()
    assumed: tuple[str, ...] = ()
    _shared: Value = field(default=_NOT_ASKED, init=False, repr=False, compare=False)

    @property
    def value(self) -> Value:
        """What all observations share: a Tensor, a tuple or ListV that holds tensors. Joined when first asked: most
        facts of a file are never looked at."""
        if self._shared is _NOT_ASKED:
            seen = self.observations
            found = reduce(shared, (o.value for o in seen)) if seen else self.alone
            object.__setattr__(self, "_shared", found)
        return self._shared


@dataclass(frozen=True, slots=True)
class EntryInput:
    """An input of a root that nobody wrote down (or that the user stated): what was worked out for it.

    `owner`: the class or function; `span`: the parameter's name; `source`: "demand", "stated", "annotation",
    "example". `fits`: sizes that satisfy every layer, by symbol, at most three ("H": 28, "W": 28)."""

    owner: str
    name: str
    span: Span
    value: Tensor
    source: str
    fits: tuple[dict[str, int], ...] = ()
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MissingImport:
    """An import that could not be found; everything behind it is dark."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything known of one file in one version."""

    file: str
    facts: tuple[Fact, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    inputs: tuple[EntryInput, ...] = ()
    missing: tuple[MissingImport, ...] = ()
    #: user files this one depends on (absolute paths)
    depends: frozenset[str] = frozenset()
    #: why facts are absent: "time limit", "step limit", … (empty: nothing was cut)
    limits: tuple[str, ...] = ()
    #: tracebacks of internal errors: logged, and fatal to the test suite
    internal_errors: tuple[str, ...] = ()
    version: int | None = None
    seconds: float = 0.0
    #: names that a hint should not repeat etc.; for features
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one Request: an Analysis per file of `Request.files`, in that order."""

    analyses: tuple[Analysis, ...]
