"""The front door: one Request → an Analysis per file."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from .. import limits
from ..diagnostics import Diagnostic, Severity
from ..dims import use_names
from ..values import ModuleV
from . import execution, explore, generators, imports
from .builds import Builds
from .deferred import Deferred
from .entry_calls import guarded
from .factories import leaves_unused
from .facts import Analysis, EntryInput, Fact, MissingImport, Result
from .frame import Code, Slot
from .machine import Interp
from .ports import Request, Source
from .record import Recorder
from .reuse import Memory, Reuse
from .roots import Root
from .script import Runner
from .tiers import OPEN, Tier, fact_darkness, meet
from .world import World

#: Bytes of stack for the analysis thread: abstract calls nest several Python calls each.
_STACK = 512 * 1024 * 1024
_RECURSION = 60_000
_WORLD = World()


def analyse(request: Request, world: World | None = None) -> Result:
    """Analyse the entry and what it reaches. Raises Cancelled; everything else ends in the Result."""
    result: Result = in_big_stack(lambda: _Run(request, world or _WORLD).result())
    return result


def in_big_stack(function: Callable[[], Any]) -> Any:
    """Run in a thread with a deep stack, unless this one is already."""
    if getattr(threading.current_thread(), "tensight_deep", False):
        return function()
    outcome: list[Any] = []

    def target() -> None:
        try:
            outcome.append((True, function()))
        except BaseException as error:  # handed to the caller unchanged
            outcome.append((False, error))

    old = threading.stack_size(_STACK)
    try:
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
        thread = threading.Thread(target=target, name="tensight-analysis", daemon=True)
        thread.tensight_deep = True  # type: ignore[attr-defined]
        thread.start()
    finally:
        threading.stack_size(old)
    thread.join()
    succeeded, value = outcome[0]
    if not succeeded:
        raise value
    return value


class _Run:
    """The roots of one request, in order of their use to the reader."""

    def __init__(self, request: Request, world: World) -> None:
        self.request, self.world = request, world
        self.it = Interp(request, world)
        self.facts: dict[Slot, tuple[Fact, Tier]] = {}
        self.inputs: list[EntryInput] = []
        #: modules that callers imported
        self.elsewhere: list[ModuleV] = []
        self._by_line: dict[str, dict[int, list[Fact]]] | None = None
        #: tensors that roots have shown where the script itself had not shown them
        self.fresh = 0
        #: what the present root has found
        self.absorbed: list[tuple[Recorder, Tier]] = []
        #: what factories have built
        self.builds = Builds()
        self.started = time.monotonic()

    def result(self) -> Result:
        memory = self.request.memory
        try:
            lines_of = self._script(memory)
            self._others()
            self._callers()
            if memory is not None and memory.script is not None:
                self.it.journal.lay_ground()
            explore.explore(self.it, self, Reuse(self.it, self, memory, lines_of))
            return self._collected()
        finally:
            self.it.close(keep=memory is not None and memory.script is not None)

    def _collected(self) -> Result:
        """What all roots found, by file."""
        it = self.it
        by_file: dict[str, list[Fact]] = {s.file: [] for s in self.request.files}
        for slot, (fact, _) in self.facts.items():
            if slot.span.file in by_file:
                by_file[slot.span.file].append(fact)
        depends = frozenset(m.file for m in [*it.modules.values(), *self.elsewhere] if m.file is not None)
        out = []
        for source in self.request.files:
            facts = sorted(by_file[source.file], key=_order)
            diagnostics = tuple(d for d in it.diagnostics.found.values() if d.span.file == source.file)
            out.append(
                Analysis(
                    source.file, tuple(facts), tuple(sorted(diagnostics, key=_diagnostic_order)),
                    tuple(i for i in self.inputs if i.span.file == source.file),
                    tuple(MissingImport(n, s) for n, s in it.missing if s.file == source.file),
                    depends, tuple(dict.fromkeys(it.limits)), tuple(it.internal_errors),
                    seconds=time.monotonic() - self.started,
                )
            )  # fmt: skip
        return Result(tuple(out))

    def _script(self, memory: Memory | None) -> Callable[[int], list[range]]:
        """The entry as `__main__`: the parts of it that the Memory does not have."""
        before, known = (memory.script, memory.names) if memory is not None else (None, {})
        it = self.it
        it.root = Root("script", "<script>")
        runner = Runner(it, self.request.entry, known)
        self._guard(lambda: runner.run(before))
        if runner.broken_off and before is not None:
            before.release()
            it.close(keep=False)
            it = self.it = Interp(self.request, self.world)
            it.root = Root("script", "<script>")
            runner = Runner(it, self.request.entry, runner.names)
            self._guard(partial(runner.run, None))
        use_names(it.fresh.copy())
        for part in runner.parts.values():
            seen = part.seen()
            if self.facts.keys().isdisjoint(seen):
                self.facts.update(seen)
            else:
                self.absorb(part.recorder, Tier.SCRIPT)
        if memory is not None:
            memory.script, memory.names = runner.script(), runner.names
            kept = [(key in runner.kept, part) for key, part in runner.parts.items() if part.statements]
            self.builds = runner.builds
            lines = [[p.statements[0].line for k, p in kept if k is which] for which in (True, False)]
            memory.parts = (lines[0], lines[1])
        return runner.lines_of

    def _others(self) -> None:
        """The other named files: imported, and their own `__main__` block."""
        it = self.it
        for source in self.request.files:
            if source.file == self.request.entry.file:
                continue
            it.recorder = Recorder()
            self._guard(partial(self._other, source))
            self._guard(lambda: generators.wake_all(it))
            self.absorb(it.recorder, Tier.SCRIPT)

    def _callers(self) -> None:
        """Other scripts of the workspace that use the entry, each a program of its own."""
        it = self.it
        if not leaves_unused(it):
            return
        it.allowance = time.thread_time() + limits.MAX_CALLER_SECONDS
        kept, deferred, definitions = it.modules, it.deferred, list(it.definitions)
        for source in self.request.callers():
            it.modules, it.deferred = {}, Deferred()
            it.recorder = Recorder()
            it.root = Root("script", "<script>")
            it.request.loader.also_search([source.path.rpartition("/")[0]], [])
            it.user_files.add(source.file)
            self._guard(partial(execution.execute, it, source, "__main__"))
            it.user_files.discard(source.file)
            self.absorb(it.recorder, Tier.SCRIPT)
            self.elsewhere += it.modules.values()
        it.allowance = None
        it.modules, it.deferred, it.definitions = kept, deferred, definitions
        files = {source.file for source in self.request.files}
        it.built = [obj for obj in it.built if obj.cls.span is not None and obj.cls.span.file in files]

    def _other(self, source: Source) -> None:
        from .compile_module import main_block

        it = self.it
        module = next((m for m in it.modules.values() if m.file == source.file), None)
        if module is None:
            found = imports.import_module(it, source.name) if source.name else execution.execute(it, source)
            module = found if isinstance(found, ModuleV) and found.file == source.file else None
            if module is None:
                executed = execution.execute(it, source)
                module = executed if isinstance(executed, ModuleV) else None
        if module is not None:
            main_block(it, source, module)

    def _guard(self, body: Callable[[], Any]) -> None:
        """Limits and uncaught exceptions end a root; what is known so far stays."""
        try:
            guarded(self.it, body)
        finally:
            self.reset()

    def reset(self) -> None:
        it = self.it
        it.frames.clear()
        it.handlers.clear()
        it.escaped = 0
        it.handling.clear()
        it.journal.levels.clear()
        it.journal.opened.clear()
        it.journal.watches.clear()
        it.doubt = it.forks = 0

    def absorb(self, recorder: Recorder, tier: Tier) -> None:
        """Keep what a root found, next to what is known from others."""
        self.absorbed.append((recorder, tier))
        self._by_line = None
        for slot in recorder.seen:
            fact = recorder.fact(slot)
            old = self.facts.get(slot)
            self.facts[slot] = found = (fact, tier) if old is None else meet(*old, fact, tier)
            if fact.observations and (found[1] is not Tier.SCRIPT or found[0] is fact):
                self.fresh += 1

    def is_dark(self, code: Code) -> bool:
        """Whether the roots so far show little of what a function computes."""
        for parameter in code.parameters:
            known = self.facts.get(parameter.slot) if parameter.slot is not None else None
            if known is not None and fact_darkness(known[0]) >= OPEN:
                return True
        span = code.span
        if span is None:
            return False
        lines = self._lines_of(span.file)
        inside = [facts for line in range(span.line, span.end_line + 1) if (facts := lines.get(line)) is not None]
        dark = sum(fact_darkness(fact) >= OPEN for facts in inside for fact in facts)
        return dark * 4 > sum(map(len, inside))

    def _lines_of(self, file: str) -> dict[int, list[Fact]]:
        """What is known so far of bound names and returned values, by line."""
        if self._by_line is None:
            self._by_line = {}
            for slot, (fact, _) in self.facts.items():
                if slot.kind == "target" or slot.kind == "return":
                    self._by_line.setdefault(slot.span.file, {}).setdefault(slot.span.line, []).append(fact)
        return self._by_line.get(file, {})

    def report_no_size(self, root: Root, diagnostic: Diagnostic) -> None:
        if root.severity is not Severity.OFF:
            self.it.diagnostics.add(diagnostic)


def _order(fact: Fact) -> tuple[int, int, int, int, str]:
    return (fact.span.line, fact.span.col, -fact.span.end_line, -fact.span.end_col, fact.kind)


def _diagnostic_order(diagnostic: Diagnostic) -> tuple[int, int]:
    return (diagnostic.span.line, diagnostic.span.col)
