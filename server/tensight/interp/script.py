"""The entry, run as `__main__` in parts that share no names; an edit runs again only the parts that it touched.

Two models in one file, each with its classes and its call site, are two parts; a training script is one. Parts run
interleaved, statement by statement as they are written; what each finds is kept apart.

Invariant: what a part finds, and the objects that it leaves behind, depend on its statements and where they stand, on
the imports of the file (the head), and on what is the same for all versions of a Memory. Parts see each other's
objects never: statements that could are one part (`script_names`)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from ..diagnostics import Diagnostic
from ..dims import FreshNames, use_names
from ..ops.defaults import DEFAULTS
from ..syntax import first_line
from ..syntax.span import Span
from ..values import FunctionV, Instance, IteratorV, ModuleV, Tensor, Value
from .bodies import replaced
from .builds import Builds
from .compile_module import compiled_file, module_steps, run_step
from .deferred import Deferred, executed
from .execution import new_module
from .frame import Execute, Frame, Place, Slot
from .generators import wake_all
from .imports import OPAQUE
from .leavings import Left, LeftInside
from .record import Recorder
from .script_names import FILES, USER_MODULES, Names, names_of
from .tiers import Tier

if TYPE_CHECKING:
    from .facts import Fact
    from .machine import Interp
    from .ports import Source

_T = TypeVar("_T")
#: All that decides what the statements of a part do.
_Key = tuple[Any, ...]


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

    def seen(self) -> dict[Slot, tuple[Fact, Tier]]:
        """The facts of its recorder."""
        if self.facts is None:
            fact = self.recorder.fact
            self.facts = {slot: (fact(slot), Tier.SCRIPT) for slot in self.recorder.seen}
        return self.facts


@dataclass(slots=True, eq=False)
class Script:
    """A run of the entry that the next version may take parts of; its objects live as long as it does."""

    module: ModuleV
    modules: dict[str, ModuleV]
    deferred: Deferred
    head: Hashable
    parts: dict[_Key, Part]
    fresh: FreshNames
    #: what factories have built of the objects of all parts
    builds: Builds
    #: a statement ended the program: all of it is taken over, or nothing
    stopped: bool
    #: nothing that is not followed may have set the default device
    placed: bool
    #: names that no statement of the file binds: something set them from outside
    loose: dict[str, Value]

    def release(self) -> None:
        """Let go of the objects: globals hold functions, which hold their globals."""
        self.parts.clear()
        self.builds.clear()
        for module in self.modules.values():
            module.namespace.clear()
        self.modules.clear()


class Runner:
    """One run of the entry."""

    def __init__(self, it: Interp, source: Source, known: dict[Hashable, Names]) -> None:
        """`known`: the names of statements of the version before, by their text."""
        self.it, self.source = it, source
        self.steps = module_steps(it.world, source, recorded=True)
        self._lines = source.text.split("\n")
        #: the names of the statements of this version
        self.names: dict[Hashable, Names] = {}
        self.statements = self._statements(known)
        #: names that the module or Python has
        self._bound = frozenset(it.world.builtins).union(*(s.names.bound for s in self.statements))
        head, groups = parted(self.statements)
        self.head = self._key(head)
        self.groups = {self._key(group): group for group in [head, *groups]}
        #: place among the groups (None: none) → what `lines_of` says of its lines
        self._parts_lines: dict[int | None, list[range]] = {}
        self.parts: dict[_Key, Part] = {}
        self.builds = Builds()
        #: keys of the parts that were taken over
        self.kept: set[_Key] = set()
        self.stopped = False
        #: all has to run: a statement ended the program, and what was kept of later ones would not have run; or it
        #: named sizes, and what was kept may have others of that name; or it left something in objects of libraries,
        #: which what was kept did not see
        self.broken_off = False
        #: whether what was taken over has named sizes
        self.named = False

    def run(self, before: Script | None) -> None:
        """Run what is not in the Script of before."""
        it = self.it
        module = self._module(before)
        todo: list[tuple[Statement, Part]] = []
        for key, group in self.groups.items():
            part = before.parts[key] if key in self.kept and before is not None else Part(group)
            self.parts[key] = part
            if key not in self.kept:
                todo += ((statement, part) for statement in group)
        todo.sort(key=lambda item: item[0].line)
        frame = Frame(it, module, module.namespace)
        use_names(it.fresh)
        for key in self.groups:
            if key in self.kept:
                it.journal.again(self.parts[key].left)
        it.frames.append(frame)
        ends = 0
        try:
            for statement, part in todo:
                ended = part.run(it, frame, statement)
                self.broken_off = bool(self.kept) and (ended or (part.named and self.named) or bool(part.left))
                if self.broken_off:
                    return
                if ended:
                    it.doubt += 1
                    ends += 1
            for part in {id(part): part for _, part in todo}.values():
                part.wake(it)
                self.broken_off = self.broken_off or (part.named and self.named)
            module.state = "done"
            executed(it, module)
        except BaseException:
            module.state = "failed"
            raise
        finally:
            it.doubt -= ends
            self.stopped = self.stopped or ends > 0
            it.frames.pop()
            self._merge()

    def lines_of(self, line: int) -> list[range]:
        """The lines of the part that a line belongs to, and of the head."""
        place = next((i for i, group in enumerate(self.groups.values()) if any(line in s.lines for s in group)), None)
        if place not in self._parts_lines:
            group = () if place is None else list(self.groups.values())[place]
            own = {id(statement) for statement in group}
            self._parts_lines[place] = [s.lines for s in self.statements if s.is_head or id(s) in own]
        return self._parts_lines[place]

    def script(self) -> Script | None:
        """What the next version may take over; None if something links the parts."""
        it, module = self.it, self.module
        flawed = bool(it.limits or it.internal_errors or it.journal.levels)
        linked = (
            flawed
            or bool(it.journal.patched)
            or it.grad_enabled is not True
            or DEFAULTS.changed
            or it.autocast is not None
        )
        own = [m for m in it.modules.values() if m is not module and m.file is not None]
        users = any(USER_MODULES in s.names.shared for s in self.statements)
        if linked or any(m.file == module.file for m in own) or (own and not users):
            return None
        left = dict(module.namespace)
        for part in self.parts.values():
            bound = {name for statement in part.statements for name in statement.names.bound}
            part.names = {name: left.pop(name) for name in list(left) if name in bound}
        loose = {name: value for name, value in left.items() if name not in _OWN}
        placed = DEFAULTS.device is not None
        return Script(
            module, it.modules, it.deferred, self.head, self.parts, it.fresh, self.builds, self.stopped, placed, loose
        )

    # ---- inside
    def _statements(self, known: dict[Hashable, Names]) -> list[Statement]:
        out: list[Statement] = []
        end = 0
        tree, broken = self.source.parsed()
        for node, execute in zip(tree.body, self.steps, strict=True):
            first = first_line(node)
            last = node.end_lineno or node.lineno
            # where parts are missing from the tree, the text does not tell what is left of it
            key = (
                execute if broken else (node.col_offset, node.end_col_offset, "\n".join(self._lines[first - 1 : last]))
            )
            names = self.names[key] = known.get(key) or names_of(node, self._provided)
            out.append(
                Statement(execute, node, first, range(min(end + 1, first), last + 1), names, _is_head(node, names))
            )
            end = last
        return out

    def _provided(self, module: str) -> bool:
        top = module.partition(".")[0]
        if not top:
            return False
        if top in self.it.world.prefixes or top in OPAQUE:
            return True
        source = self.it.request.loader.find(top)
        return not source.user if source is not None else not self.it.request.loader.is_namespace(top)

    def _key(self, group: Sequence[Statement]) -> _Key:
        """All that decides what the statements do, as far as it changes with the version."""
        lines = self._lines
        text = tuple((s.execute, s.lines.start, "\n".join(lines[s.lines.start - 1 : s.lines.stop - 1])) for s in group)
        tail = lines[group[-1].lines.stop - 1 :] if group and group[-1] is self.statements[-1] else ()
        sought = frozenset().union(*(s.names.shared for s in group)) - self._bound
        return (text, "\n".join(tail), bool(sought) and self.source.parsed()[1], sought)

    def _module(self, before: Script | None) -> ModuleV:
        """The module as it is before the statements that run: only what the others left is there."""
        it = self.it
        if before is not None:
            if before.head == self.head:
                self._take_bodies(before)
            self.stopped = before.stopped
            whole = before.parts.keys() == self.groups.keys()
            # what is kept may have seen what the others left in objects of libraries
            gone = any(part.left for key, part in before.parts.items() if key not in self.groups)
            bound = self.stopped or bool(before.loose)
            if before.head != self.head or (bound and not whole) or gone:
                self.stopped = False
                before.release()
                before = None
        module = new_module(it, self.source, "__main__")
        self.module = module
        if before is None:
            return module
        self.kept = {key for key in self.groups if key in before.parts}
        if self.kept and not before.placed:
            DEFAULTS.device = None
        named = {key for key, part in before.parts.items() if part.named}
        self.named = bool(named) and named <= self.kept
        if self.named:
            it.fresh = before.fresh.copy()
        else:
            self.kept -= named
        if whole:
            self.builds = before.builds
        else:
            before.builds = self.builds
        for key in before.parts.keys() - self.kept:
            del before.parts[key]  # a run that is cancelled leaves a Script of what it kept
        fresh = module.namespace
        module = self.module = before.module
        module.namespace.clear()
        module.namespace.update(fresh)
        for part in before.parts.values():
            module.namespace.update(part.names)
        module.namespace.update(before.loose)
        users = [key for key, group in self.groups.items() if any(USER_MODULES in s.names.shared for s in group)]
        if all(key in self.kept for key in users):
            it.deferred = before.deferred
        else:
            for name in [name for name, m in before.modules.items() if m.file is not None and m is not module]:
                del before.modules[name]
            before.deferred = it.deferred
        it.modules = before.modules
        it.modules["__main__"] = module
        return module

    def _take_bodies(self, before: Script) -> None:
        """Parts that an edit has touched in bodies of functions only that they did not enter are what they were."""
        lines = {tuple(s.line for s in part.statements): key for key, part in before.parts.items()}
        for key, group in self.groups.items():
            old = lines.get(tuple(s.line for s in group))
            if key in before.parts or old is None or old in self.groups or old[1:] != key[1:]:
                continue
            compiled = compiled_file(self.it.world, self.source, recorded=True)
            places = replaced(before.parts[old], group, self.source.file, compiled)
            if places is not None:
                before.parts[key] = before.parts.pop(old)
                before.builds.changed(places)

    def _merge(self) -> None:
        """What all parts found, in the order of the file."""
        it = self.it
        it.recorder, it.entered, it.missing = Recorder(), set(), []
        it.diagnostics.found, it.tensor_attrs, it.functions = {}, {}, []
        it.lazy, it.frozen = [], any(part.frozen for part in self.parts.values())
        DEFAULTS.followed = all(part.followed for part in self.parts.values())
        definitions: list[tuple[int, Any]] = []
        built: list[tuple[int, Instance]] = []
        self._own_missing()
        for key, part in self.parts.items():
            it.reached |= part.entered
            it.diagnostics.found.update(part.found)
            it.tensor_attrs.update(part.tensor_attrs)
            it.missing += (one for one in part.missing if all(one[0] != name for name, _ in it.missing))
            it.lazy += part.lazy
            definitions += part.definitions
            built += part.built
            if key in self.kept:
                it.steps += part.steps
        it.definitions = [one for _, one in sorted(definitions, key=_line)]
        it.built = [one for _, one in sorted(built, key=_line)]

    def _own_missing(self) -> None:
        """A module that could not be found belongs to its import, whichever statement was the first to need it."""
        head = next((part for part in self.parts.values() if part.statements and part.statements[0].is_head), None)
        if head is None:
            return
        lines = {line for statement in head.statements for line in statement.lines}
        for part in self.parts.values():
            if part is not head:
                head.missing += (one for one in part.missing if one[1].line in lines and one not in head.missing)
                part.missing = [one for one in part.missing if one[1].line not in lines]


#: Names that every module has.
_OWN = frozenset({
    "__name__", "__file__", "__package__", "__doc__", "__spec__", "__builtins__", "__annotations__", "__path__",
})  # fmt: skip


def _is_head(node: ast.stmt, names: Names) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return not names.entangled and USER_MODULES not in names.shared
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _line(item: tuple[int, Any]) -> int:
    return item[0]


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
