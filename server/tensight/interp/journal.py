"""All writes to what the program can change: dictionaries of names and attributes, lists, dicts, sets.

While a branch is open, each write keeps what was there before. An arm is run, its changes are taken and undone,
the next arm runs, and the changes are joined. The outermost level undoes what one analysis did to the objects of
cached library modules.

Invariant: nothing else in `interp` assigns into `Instance.attrs`, `ListV.items`, `DictV.items`, `SetV.items`,
namespaces, or the locals of a frame while a branch is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..values import DictV, Instance, ListV, SetV, Unknown, Value
from ..values.join import JoinDim, join_dim, same, widen
from ..values.tensor import stamp
from .changes import (
    MISSING,
    WHOLE,
    Change,
    Delta,
    Key,
    Owner,
    contents,
    continues,
    join_contents,
    join_slot,
    lengthened,
    opened,
    restore,
)
from .leavings import Births, Left, LeftInside, step
from .watches import Watch


class Journal:
    """A stack of levels; the innermost collects the changes. With no level open, writes leave no trace, unless there
    is a ground: it keeps what all else leaves behind, until it is restored. `traces` counts what it had to keep.
    Below the ground is what outlives the analysis: of writes to objects of libraries there always is a trace.
    Watches are no part of the stack: what is undone changes what an arm saw that left inside of it."""

    __slots__ = ("bases", "births", "ground", "grounded", "levels", "opened", "patched", "program", "traces", "watches")

    def __init__(self, births: Births | None = None, program: Journal | None = None) -> None:
        #: when what outlives the analysis was made; None: all that is written stays
        self.births = births
        #: itself; for a module of a library that runs, that of the program
        self.program: Journal = self if program is None else program
        #: what was written to it, the innermost part of the program last
        self.bases: list[Delta] = [{}]
        self.watches: list[Watch] = []
        self.levels: list[Delta] = []
        #: for each level the stamp at which it was opened: containers made since are its own
        self.opened: list[int] = []
        self.ground: Delta | None = None
        self.grounded = 0
        self.traces = 0
        #: what was written over in objects that outlive the analysis, the first first
        self.patched: list[Change] = []

    @property
    def is_library(self) -> bool:
        """Whether it is that of a module of a library."""
        return self.program is not self

    # ---- the ground
    def lay_ground(self) -> None:
        """From now on, what stays when no level is open can be taken back as well."""
        self.ground, self.grounded, self.traces = {}, stamp(), 0

    def restore(self) -> None:
        """Take back all that was written since the ground was laid; levels that are still open go first."""
        while self.levels:
            self.undo()
        if self.ground is not None:
            self.levels.append(self.ground)
            self.opened.append(self.grounded)
            self.ground = None
            self.undo()
        while self.bases:
            self.levels.append(self.bases.pop())
            self.opened.append(0)
            self.undo()
        self.bases.append({})

    # ---- what outlives the analysis
    @contextmanager
    def apart(self, steps: list[Left | LeftInside]) -> Iterator[None]:
        """Adds to `steps` what is left meanwhile in objects of libraries."""
        self.bases.append({})
        try:
            yield
        finally:
            for place, change in self.bases.pop().items():
                found = step(change, change.old, change.held())
                if found is not None:
                    steps.append(found)
                    self.bases[-1].setdefault(place, change)

    def again(self, steps: Iterable[Left | LeftInside]) -> None:
        """Leave it there once more."""
        for one in steps:
            self._write(one.change, one.onto(one.change.held()))

    def beside(self) -> Journal:
        """The journal of a module of the user's that runs outside of every branch."""
        journal = Journal(self.births)
        journal.bases = self.bases if self.ground is None else [*self.bases, self.ground]
        return journal

    @contextmanager
    def lifted(self, *, whole: bool) -> Iterator[None]:
        """Meanwhile, objects of libraries are what they were before all open branches; `whole`: before the program."""
        deltas: Sequence[Delta] = [*((*self.bases, self.ground or {}) if whole else ()), *self.levels]
        oldest: dict[Key, Change] = {}
        for delta in deltas:
            for place, change in delta.items():
                if self.births is not None and change.born in self.births:
                    oldest.setdefault(place, change)
        held = {place: change.held() for place, change in oldest.items()}
        for change in oldest.values():
            change.put(change.old)
        try:
            yield
        finally:
            for place, change in oldest.items():
                found = step(change, change.old, change.held())
                now = held[place]
                if found is not None:
                    now = found.onto(now)
                    for delta in deltas:
                        if place in delta:
                            delta[place].old = found.onto(delta[place].old)
                change.put(now)

    def patch(self, target: dict[Any, Value], key: Any) -> None:
        """Call before a name is set or deleted in a namespace that outlives the analysis."""
        self.patched.append(Change(target, key, target.get(key, MISSING)))

    def unpatch(self) -> None:
        """Put back what was written over in objects that outlive the analysis."""
        for change in reversed(self.patched):
            if change.old is MISSING:
                change.target.pop(change.key, None)
            else:
                change.target[change.key] = change.old
        self.patched.clear()

    # ---- writes
    def set(self, target: dict[Any, Value], key: Any, value: Value, born: int = -1, owner: Owner = None) -> None:
        """`target[key] = value` for names and attributes. `born`: when what they belong to was made; of what was made
        inside the level nobody else has heard."""
        if self._keeps(born):
            self._keep(target, key, target.get(key, MISSING), born, owner)
        if self.watches:
            self._tell(target, key, born, owner)
        target[key] = value

    def write(self, obj: Instance, name: str, value: Value) -> None:
        """`obj.name = value`."""
        self.set(obj.attrs, name, value, obj.born, obj)

    def delete(self, target: dict[Any, Value], key: Any, born: int = -1, owner: Owner = None) -> None:
        """`del target[key]`; KeyError if it is not there."""
        old = target[key]
        if self._keeps(born):
            self._keep(target, key, old, born, owner)
        if self.watches:
            self._tell(target, key, born, owner)
        del target[key]

    def touch(self, target: ListV | DictV | SetV) -> None:
        """Call before any change of a container's contents."""
        if isinstance(target, ListV) and target.shared:
            target.items, target.shared = list(target.items), False
        if self._keeps(target.born):
            self._keep(target, WHOLE, None, target.born)
        if self.watches:
            self._tell(target, WHOLE, target.born)

    def _keeps(self, born: int) -> bool:
        """Whether what was made then belongs to more than the innermost level."""
        if self.levels:
            opened = self.opened[-1]
            return born <= opened or (self.births is not None and opened < self.births.last and born in self.births)
        if self.ground is not None and born <= self.grounded:
            return True
        return self.births is not None and born in self.births

    def _keep(self, target: Any, key: Any, old: Any, born: int, owner: Owner = None) -> None:
        """What is there before the first write to a place."""
        if self.levels:
            level = self.levels[-1]
        elif self.ground is not None:
            level = self.ground
            self.traces += 1
        else:
            level = self.bases[-1]
        place = (id(target), key)
        if place not in level:
            level[place] = Change(target, key, contents(target) if key is WHOLE else old, born, owner)

    # ---- watches
    def watch(self) -> Watch:
        """From now on, until `meet` or `forget`, remember what each place held."""
        watch = Watch()
        self.watches.append(watch)
        return watch

    def _tell(self, target: Any, key: Any, born: int, owner: Owner = None) -> None:
        """Call before a place is written to, or put back: what was made since an arm left is nothing that it saw."""
        place = (id(target), key)
        for watch in self.watches:
            if born <= watch.born and watch.at.get(place, 0) < watch.left:
                self._saw(watch, place, target, key, born, owner)

    def _saw(self, watch: Watch, place: Key, target: Any, key: Any, born: int, owner: Owner) -> None:
        """What a place holds is what those see of it who left since it was last written to."""
        held = contents(target) if key is WHOLE else target.get(key, MISSING)
        before = watch.seen.get(place)
        if before is None:
            watch.seen[place] = Change(target, key, held, born, owner)
        elif key is not WHOLE:
            before.old = join_slot(before, before.old, held)
        elif isinstance(target, ListV) and continues(watch.last.get(place), held):
            before.old = lengthened(before.old, held[0][len(watch.last[place][0]) :])
        else:
            before.old = join_contents(target, before.old, held)
        watch.at[place] = watch.left
        if isinstance(target, ListV):
            watch.last[place] = held

    def seen(self, watch: Watch) -> None:
        """Ends a watch whose `seen` is to be complete."""
        for place, change in watch.seen.items():
            if watch.at[place] < watch.left:
                self._saw(watch, place, change.target, change.key, change.born, change.owner)
        self.forget(watch)

    def forget(self, watch: Watch) -> None:
        """Ends a watch; that of a generator which began while another journal was in use is not among these."""
        if watch in self.watches:
            self.watches.remove(watch)

    # ---- levels
    def open(self) -> None:
        self.levels.append({})
        self.opened.append(stamp())

    def undo(self) -> Delta:
        """Close the innermost level, put everything back, and return what had been changed (with the new values)."""
        delta = self.levels.pop()
        self.opened.pop()
        for change in reversed(delta.values()):
            if self.watches:
                self._tell(change.target, change.key, change.born, change.owner)
            if change.key is WHOLE:
                change.new = contents(change.target)
                restore(change.target, change.old)
            else:
                change.new = change.target.get(change.key, MISSING)
                if change.old is MISSING:
                    change.target.pop(change.key, None)
                else:
                    change.target[change.key] = change.old
        return delta

    def commit(self) -> Delta:
        """Close the innermost level and keep its changes; they belong to the level around it."""
        delta = self.levels.pop()
        self.opened.pop()
        outer = self.levels[-1] if self.levels else self.bases[-1] if self.ground is None else self.ground
        for place, change in delta.items():
            if self._keeps(change.born):
                self.traces += outer is self.ground
                if place not in outer:
                    outer[place] = Change(change.target, change.key, change.old, change.born, change.owner)
        for change in delta.values():
            if change.key is WHOLE:
                change.new = contents(change.target)
            else:
                change.new = change.target.get(change.key, MISSING)
        return delta

    # ---- joining
    def apply(self, delta: Delta) -> None:
        """Make the changes of an arm that is the only one left."""
        for change in delta.values():
            self._write(change, change.new)

    def join(self, deltas: Iterable[Delta], dim: JoinDim = join_dim) -> None:
        """The state after one of several arms: each place holds what any of them left there; `dim` joins two sizes."""
        deltas = list(deltas)
        places: dict[Key, Change] = {}
        for delta in deltas:
            for place, change in delta.items():
                places.setdefault(place, change)
        for place, first in places.items():
            current = contents(first.target) if first.key is WHOLE else first.target.get(first.key, MISSING)
            news = [delta[place].new if place in delta else current for delta in deltas]
            value = news[0]
            for new in news[1:]:
                if first.key is WHOLE:
                    value = join_contents(first.target, value, new, dim)
                else:
                    value = join_slot(first, value, new, dim)
            self._write(first, value)

    def meet(self, watch: Watch, delta: Delta) -> None:
        """An arm that left earlier, after the changes in `delta`, meets the present state."""
        self.forget(watch)
        for place, change in {**delta, **watch.seen}.items():
            left = delta[place].new if place in delta else change.old
            if change.key is WHOLE:
                value = join_contents(change.target, contents(change.target), left)
            else:
                value = join_slot(change, change.target.get(change.key, MISSING), left)
            self._write(change, value)

    def resume(self, watch: Watch, delta: Delta) -> None:
        """The present state is given up for that of an arm that left earlier, after the changes in `delta`."""
        self.seen(watch)
        for place, change in {**delta, **watch.seen}.items():
            self._write(change, delta[place].new if place in delta else change.old)

    def widen(self, delta: Delta, keep: frozenset[Any] = frozenset()) -> None:
        """A loop is left before it came to rest: whatever the last pass changed is joined with what was before.

        Names in `keep` are left as they are."""
        for change in delta.values():
            if change.key in keep:
                continue
            if change.key is WHOLE:
                self._write(change, join_contents(change.target, change.old, change.new))
            elif change.old is not MISSING and change.new is not MISSING and not same(change.old, change.new):
                self._write(change, widen(change.old, change.new))

    def blur(self, delta: Delta, unknown: Unknown) -> None:
        """Places that may have been written to, nobody knows what: a container may hold anything besides."""
        for change in delta.values():
            self._write(change, opened(change.target, unknown) if change.whole else unknown)

    def _write(self, change: Change, value: Any) -> None:
        if change.key is WHOLE:
            self.touch(change.target)
            restore(change.target, value)
        elif value is MISSING:
            if change.key in change.target:
                self.delete(change.target, change.key, change.born, change.owner)
        else:
            self.set(change.target, change.key, value, change.born, change.owner)
