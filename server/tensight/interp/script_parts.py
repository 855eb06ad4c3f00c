"""The statements of a script, and the parts of it that share no names; see `script`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from ..diagnostics import Diagnostic
from ..ops.defaults import DEFAULTS
from ..syntax.span import Span
from ..values import FunctionV, Instance, IteratorV, ModuleV, Tensor, Value
from .compile_module import run_step
from .frame import Execute, Frame, Place, Slot
from .generators import wake_all
from .leavings import Left, LeftInside
from .record import Recorder
from .script_names import FILES, USER_MODULES, Names
from .tiers import Tier

if TYPE_CHECKING:
    from .facts import Fact
    from .machine import Interp

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement: its code, its first line, and the lines that are its own, those above it included."""

    execute: Execute
    node: ast.stmt
    line: int
    lines: range
    names: Names
    #: an import of what is not the user's, or a docstring
    is_head: bool


@dataclass(slots=True, eq=False)
class Part:
    """Statements, and what running them found."""

    statements: tuple[Statement, ...]
    recorder: Recorder = field(default_factory=Recorder)
    entered: set[Place] = field(default_factory=set)
    #: functions that were made, outside of other functions
    functions: list[FunctionV] = field(default_factory=list)
    found: dict[tuple[str, Span], Diagnostic] = field(default_factory=dict)
    missing: list[tuple[str, Span]] = field(default_factory=list)
    #: by the line of the statement
    definitions: list[tuple[int, tuple[Any, Value, ModuleV]]] = field(default_factory=list)
    built: list[tuple[int, Instance]] = field(default_factory=list)
    tensor_attrs: dict[int, tuple[Tensor, dict[str, Value]]] = field(default_factory=dict)
    #: generators that were made, and perhaps not asked for a value yet
    sleeping: list[IteratorV] = field(default_factory=list)
    #: lazy layers whose first call has not been seen
    lazy: list[Instance] = field(default_factory=list)
    #: it says of some tensor that it needs no gradient
    frozen: bool = False
    #: a step of it was made without gradients, or a tensor was taken out of them
    detached: bool = False
    #: all that moves its tensors to other devices is seen
    followed: bool = True
    #: it has named sizes that depend on data; those names are told apart through the whole file
    named: bool = False
    #: the names that it left in the module
    names: dict[str, Value] = field(default_factory=dict)
    steps: int = 0
    #: what it left in objects of libraries
    left: list[Left | LeftInside] = field(default_factory=list)
    #: what its recorder has seen
    facts: dict[Slot, tuple[Fact, Tier]] | None = None

    def run(self, it: Interp, frame: Frame, statement: Statement) -> bool:
        """One statement of it; whether it ended the program."""
        return self._within(it, statement.line, lambda: run_step(frame, statement.execute))

    def wake(self, it: Interp) -> None:
        """The generators that nothing has asked for a value."""
        if self.sleeping:
            self._within(it, self.statements[-1].line, lambda: wake_all(it))

    def _within(self, it: Interp, line: int, body: Callable[[], _T]) -> _T:
        """Run a body whose findings belong to this part."""
        it.recorder, it.entered, it.diagnostics.found = self.recorder, self.entered, self.found
        it.missing, it.tensor_attrs, it.definitions, it.built = self.missing, self.tensor_attrs, [], []
        it.sleeping, it.lazy, it.frozen, it.functions = self.sleeping, self.lazy, self.frozen, self.functions
        it.detached = self.detached
        DEFAULTS.followed = self.followed
        before, taken = it.steps, len(it.fresh.taken)
        try:
            with it.journal.apart(self.left):
                return body()
        finally:
            self.steps += it.steps - before
            self.named = self.named or len(it.fresh.taken) > taken
            self.definitions += ((line, one) for one in it.definitions)
            self.built += ((line, one) for one in it.built)
            self.sleeping, self.frozen, self.followed = it.sleeping, it.frozen, DEFAULTS.followed
            self.detached = it.detached

    def seen(self) -> dict[Slot, tuple[Fact, Tier]]:
        """The facts of its recorder."""
        if self.facts is None:
            fact = self.recorder.fact
            self.facts = {slot: (fact(slot), Tier.SCRIPT) for slot in self.recorder.seen}
        return self.facts


def is_head(node: ast.stmt, names: Names) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return not names.entangled and USER_MODULES not in names.shared
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def parted(statements: Sequence[Statement]) -> tuple[tuple[Statement, ...], list[tuple[Statement, ...]]]:
    """The head, and the parts of the rest that share nothing, each in the order of the file."""
    head = tuple(s for s in statements if s.is_head)
    rest = [s for s in statements if not s.is_head]
    given = frozenset().union(*(s.names.bound for s in head))
    bound = frozenset({USER_MODULES, FILES}).union(*(s.names.bound for s in rest))
    if bound & given or any(s.names.entangled or s.names.written & given for s in statements):
        return (), [tuple(statements)]
    # union-find over statements: the first that shares a name stands for all of them
    leader = list(range(len(rest)))

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = i = leader[leader[i]]
        return i

    first: dict[str, int] = {}
    for i, statement in enumerate(rest):
        for name in statement.names.shared & bound:
            one, other = find(first.setdefault(name, i)), find(i)
            leader[max(one, other)] = min(one, other)
    groups: dict[int, list[Statement]] = {}
    for i, statement in enumerate(rest):
        groups.setdefault(find(i), []).append(statement)
    return head, [tuple(group) for group in groups.values()]
