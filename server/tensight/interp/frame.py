"""Frame: one running body; code: what a function is compiled to."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..syntax.span import Span
from ..values import FunctionV, ModuleV, Value
from .journal import Delta

if TYPE_CHECKING:
    from .machine import Interp

#: An expression: frame → value. A statement: frame → signal (None: go on).
Evaluate = Callable[["Frame"], Value]
Execute = Callable[["Frame"], "Signal"]
Signal = int | None
BREAK, CONTINUE, RETURN = 1, 2, 3


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A place in a user's file at which values are recorded."""

    span: Span
    kind: str


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


class Frame:
    """One running body: module, class body, function or comprehension.

    `pending`: values (and the changes made on the way) of arms that returned inside an undecided branch; they
    join at the end. `loose`: how many of the interpreter's doubts this frame has added and must take away."""

    __slots__ = (
        "argument0", "at", "at_yield", "code", "function", "globals", "inline", "it", "locals", "loop_pending", "loose",
        "module", "parent", "pending", "return_value", "yields",
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
        #: where in the user's file this frame is just now (None in library code)
        self.at: Slot | None = None
        self.return_value: Value = None
        self.pending: list[tuple[Value, Delta]] = []
        self.loop_pending: list[list[tuple[int, Delta]]] = []
        self.loose = 0
        self.yields: list[Value] | None = None
        #: what a `yield` does in place of being collected: the block of a `with` runs there
        self.at_yield: Callable[[Value], Value] | None = None
        self.argument0: Value = None
        #: a comprehension: it stands for the frame around it in call chains
        self.inline = False
