"""The entry, run as `__main__` in parts that share no names; an edit runs again only the parts that it touched.

Two models in one file, each with its classes and its call site, are two parts; a training script is one. Parts run
interleaved, statement by statement as they are written; what each finds is kept apart.

Invariant: what a part finds, and the objects that it leaves behind, depend on its statements and where they stand, on
the imports of the file (the head), and on what is the same for all versions of a Memory. Parts see each other's
objects never: statements that could are one part (`script_names`)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..dims import FreshNames, use_names
from ..ops.defaults import DEFAULTS
from ..syntax import first_line
from ..values import Instance, ModuleV, Value
from .bodies import replaced
from .builds import Builds
from .compile_module import compiled_file, module_steps
from .deferred import Deferred, executed
from .execution import new_module
from .frame import Frame
from .imports import OPAQUE
from .record import Recorder
from .script_names import USER_MODULES, Names, names_of
from .script_parts import Part, Statement, is_head, parted

if TYPE_CHECKING:
    from .machine import Interp
    from .ports import Source

#: All that decides what the statements of a part do.
_Key = tuple[Any, ...]


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
                Statement(execute, node, first, range(min(end + 1, first), last + 1), names, is_head(node, names))
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
        it.detached = any(part.detached for part in self.parts.values())
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


def _line(item: tuple[int, Any]) -> int:
    return item[0]
