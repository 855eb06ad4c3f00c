"""Roots that an edit did not touch: what they found in the version before is taken over.

Invariant: what a root finds depends on the text of its part of the file and of the head (see `script`), outside of
the bodies of functions that neither the script nor the root entered, on which functions were entered before it, and
on what is the same for all versions of a Memory (other files, the environment, settings). Lines are compared with
their numbers: what is taken over stands where it stood."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

from ..diagnostics import Diagnostic
from ..dims import use_names
from ..syntax.span import Span
from .facts import EntryInput
from .frame import Place
from .record import Recorder
from .tiers import Tier

if TYPE_CHECKING:
    from .analyse import _Run
    from .machine import Interp
    from .script import Script
    from .script_names import Names


@dataclass(frozen=True, slots=True)
class Kept:
    """What a root found, and what that rests on."""

    #: digest of the text that decides
    text: bytes
    #: functions that the script or the root entered
    entered: frozenset[Place]
    #: all functions that were entered before it
    before: frozenset[Place]
    #: functions that it was the first to enter
    reached: frozenset[Place]
    absorbed: tuple[tuple[Recorder, Tier], ...]
    diagnostics: tuple[tuple[tuple[str, Span], Diagnostic], ...]
    inputs: tuple[EntryInput, ...]
    missing: tuple[tuple[str, Span], ...]
    steps: int


class Memory:
    """What was run of one file, through its versions: `before` is what the last one kept of the roots, by name, `kept`
    what this one keeps. `reused`, `run` and `parts`: what the analysis did."""

    def __init__(self, last: Memory | None = None) -> None:
        self.before: Mapping[str, Kept] = {} if last is None else last.kept
        #: the script, as far as it can be taken over, and the names of its statements
        self.script: Script | None = None if last is None else last.script
        self.names: dict[Hashable, Names] = {} if last is None else last.names
        self.kept: dict[str, Kept] = {}
        self.reused: list[str] = []
        self.run: list[str] = []
        #: the first lines of the parts of the script: taken over, run
        self.parts: tuple[list[int], list[int]] = ([], [])


class Reuse:
    """Runs the roots of one analysis, or takes over what they found."""

    def __init__(self, it: Interp, run: _Run, memory: Memory | None, lines_of: Callable[[int], list[range]]) -> None:
        """`lines_of`: the lines of the file that a root on a line of it depends on."""
        self.it, self.run, self.memory, self.lines_of = it, run, memory, lines_of
        self._script = frozenset(it.reached)

    @cached_property
    def _lines(self) -> list[bytes]:
        """The lines with their numbers."""
        lines = self.it.request.entry.text.split("\n")
        return [f"{number}:{line}".encode("utf-8", "surrogatepass") for number, line in enumerate(lines, 1)]

    @cached_property
    def _bodies(self) -> list[tuple[Place, range]]:
        """The functions of the file, and the lines of their bodies."""
        entry, out = self.it.request.entry, []
        todo: list[ast.AST] = [entry.parsed()[0]]
        while todo:
            node = todo.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                out.append(((entry.file, node.lineno, node.col_offset), _body(node)))
            for name in ("body", "orelse", "finalbody", "handlers", "cases"):
                inner = getattr(node, name, ())
                todo.extend(inner if isinstance(inner, list) else ())
        return out

    def root(self, name: str, line: int, body: Callable[[], object]) -> None:
        """Run `body`, one root of what is defined on the line and what follows from it, unless the Memory has what it
        would find."""
        memory = self.memory
        use_names(self.it.fresh.copy())  # a root names its sizes the same, whichever roots ran before it
        if memory is None or name in memory.kept or name in memory.run:
            body()
            return
        kept = memory.before.get(name)
        if kept is not None and kept.before == self.it.reached and kept.text == self._text(line, kept.entered):
            memory.reused.append(name)
            memory.kept[name] = kept
            self._take_over(kept)
            return
        memory.run.append(name)
        found = self._watch(line, body)
        if found is not None:
            memory.kept[name] = found

    def _watch(self, line: int, body: Callable[[], object]) -> Kept | None:
        """Run a root; what it found, or None if a limit or an internal error had a part in it."""
        it, run = self.it, self.run
        before = frozenset(it.reached)
        found, inputs, missing = dict(it.diagnostics.found), len(run.inputs), len(it.missing)
        steps, flaws = it.steps, len(it.limits) + len(it.internal_errors)
        it.entered, run.absorbed = set(), []
        body()
        absorbed = tuple(run.absorbed)
        if len(it.limits) + len(it.internal_errors) != flaws:
            return None
        entered = self._script | it.entered
        return Kept(
            self._text(line, entered),
            entered,
            before,
            frozenset(it.reached - before),
            absorbed,
            tuple((key, one) for key, one in it.diagnostics.found.items() if found.get(key) is not one),
            tuple(run.inputs[inputs:]),
            tuple(it.missing[missing:]),
            it.steps - steps,
        )

    def _take_over(self, kept: Kept) -> None:
        it, run = self.it, self.run
        for recorder, tier in kept.absorbed:
            run.absorb(recorder, tier)
        it.diagnostics.found.update(kept.diagnostics)
        run.inputs.extend(kept.inputs)
        it.missing.extend(one for one in kept.missing if one not in it.missing)
        it.reached |= kept.reached
        it.steps += kept.steps

    def _text(self, line: int, entered: Iterable[Place]) -> bytes:
        """A digest of the lines of the part outside of the bodies of functions that are not entered."""
        live, lines = set(entered), [b""] * len(self._lines)
        for part in self.lines_of(line):
            lines[part.start - 1 : part.stop - 1] = self._lines[part.start - 1 : part.stop - 1]
        for place, body in self._bodies:
            if place not in live:
                lines[body.start - 1 : body.stop - 1] = [b""] * len(body)
        return blake2b(b"\n".join(lines), digest_size=16).digest()


def _body(node: ast.FunctionDef | ast.AsyncFunctionDef) -> range:
    """The lines that belong to the body alone, beginning with a plain statement; none where it shares its first."""
    first, args = node.body[0], node.args
    plain = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
    parts = [*plain, *(arg.annotation for arg in plain if arg is not None), *args.defaults, *args.kw_defaults]
    head = [node.lineno, *(part.end_lineno or 0 for part in (*parts, node.returns) if part is not None)]
    defines = isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    if defines or first.lineno <= max(head):
        return range(0)
    return range(first.lineno, (node.end_lineno or node.lineno) + 1)
