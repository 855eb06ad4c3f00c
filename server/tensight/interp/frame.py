"""Frame: one running body; code: what a function is compiled to."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..syntax.span import Span
from ..values import FunctionV, ModuleV, Value
from ..values.tensor import stamp
from .changes import Delta
from .watches import Watch

if TYPE_CHECKING:
    from .generators import Yields
    from .machine import Interp

#: An expression: frame → value. A target: (frame, value) →. A statement: frame → signal (None: go on).
Evaluate = Callable[["Frame"], Value]
Store = Callable[["Frame", Value], None]
Execute = Callable[["Frame"], "Signal"]
Signal = int | None
BREAK, CONTINUE, RETURN = 1, 2, 3
#: Where a function or class begins: file, line, column. Trees and code of a file come and go, places stay.
Place = tuple[str, int, int]


class Slot:
    """A place in a user's file at which values are recorded. Equal places are equal: code that is compiled anew
    records at the slots of before. `mark`: the part that a diagnostic is shown at, of a place of very many lines."""

    __slots__ = ("_hash", "kind", "mark", "span")

    def __init__(self, span: Span, kind: str, mark: Span | None = None) -> None:
        self.span, self.kind, self.mark = span, kind, mark
        self._hash = hash((span.line, span.col, span.end_line, span.end_col, kind))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slot) and self.kind == other.kind and self.span == other.span


@dataclass(slots=True, eq=False)
class Parameter:
    """`kind`: "positional", "keyword", "args", "kwargs". `slot` is None in library code."""

    name: str
    kind: str
    slot: Slot | None
    annotation: ast.expr | None
    positional_only: bool = False


@dataclass(slots=True, eq=False)
class Code:
    """A function's body, compiled when it is first called."""

    name: str
    parameters: list[Parameter]
    compile: Callable[[], Execute] | None
    body: Execute | None = None
    #: decided when the body is compiled
    is_generator: bool = False
    is_async: bool = False
    is_lambda: bool = False
    span: Span | None = None
    user: bool = False
    node: Any = None
    doc: str | None = None
    n_positional: int = 0
    vararg: str | None = None
    kwarg: str | None = None
    #: fast binding: names of the positional parameters, in order
    positional: list[str] = field(default_factory=list)

    @property
    def place(self) -> Place | None:
        """Where it begins; None in library code."""
        return None if self.span is None else (self.span.file, self.span.line, self.span.col)


class Frame:
    """One running body: module, class body, function or comprehension.

    `pending`: values (and the changes made on the way) of arms that returned inside an undecided branch; they
    join at the end. `loose`: how many of the interpreter's doubts this frame has added and must take away."""

    __slots__ = (
        "argument0", "at", "at_yield", "born", "code", "function", "globals", "inline", "it", "locals", "loop_pending",
        "loose", "module", "parent", "pending", "return_value", "yields",
    )  # fmt: skip

    def __init__(
        self,
        it: Interp,
        module: ModuleV,
        locals_: dict[str, Value],
        parent: Frame | None = None,
        code: Code | None = None,
        function: FunctionV | None = None,
    ) -> None:
        self.it = it
        self.module = module
        self.globals = module.namespace
        self.locals = locals_
        self.parent = parent
        self.code = code
        self.function = function
        #: when it was made (see Journal)
        self.born = stamp()
        #: where in the user's file this frame is just now (None in library code)
        self.at: Slot | None = None
        self.return_value: Value = None
        self.pending: list[tuple[Value, Delta, Watch]] = []
        self.loop_pending: list[list[tuple[int, Delta, Watch]]] = []
        self.loose = 0
        #: of a generator: what it has yielded so far
        self.yields: Yields | None = None
        #: what a `yield` does in place of being collected: the block of a `with` runs there
        self.at_yield: Callable[[Value], Value] | None = None
        self.argument0: Value = None
        #: a comprehension: it stands for the frame around it in call chains
        self.inline = False

    def abandon(self) -> None:
        """The frame ended by an exception: nobody waits for the arms that left it by `return`."""
        for _, _, watch in self.pending:
            self.it.journal.forget(watch)
        self.pending.clear()
