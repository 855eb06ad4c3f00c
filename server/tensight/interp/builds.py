"""What factories have built, through the versions of a file: a model is built again only if a function that built it
has changed.

Invariant: what is kept was built of objects that are still what they were, and has left no trace in any of them. The
calls that a root makes afterwards are taken back, so that it is what it was when it had been built."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import limits
from ..diagnostics import Diagnostic
from ..dims import names_taken
from ..ops.defaults import defaults
from ..syntax.span import Span
from ..values import Instance, Tensor, Value, overwritten
from .frame import Place
from .record import Recorder
from .summaries import Summaries

if TYPE_CHECKING:
    from .machine import Interp


@dataclass(frozen=True, slots=True)
class Build:
    """What a call of a factory gave, built, and showed."""

    result: Value
    built: tuple[Instance, ...]
    #: what the journal does not know: which of them are open, and the elements of the tensors that they hold
    unjournaled: tuple[Any, ...]
    entered: frozenset[Place]
    recorder: Recorder
    found: tuple[tuple[tuple[str, Span], Diagnostic], ...]
    missing: tuple[tuple[str, Span], ...]
    steps: int
    module_calls: int
    #: whether a step of it was made without gradients
    detached: bool


class Builds:
    """By the factory."""

    def __init__(self) -> None:
        self.kept: dict[Place, Build] = {}
        self.calls = Summaries()
        self._overwritten = overwritten()
        self._defaults = defaults()

    def calls_of(self, obj: Instance | None) -> Summaries | None:
        """What is known of calls of an object, if it was built by what is kept."""
        return self.calls.begin() if any(one is obj for build in self.kept.values() for one in build.built) else None

    def changed(self, places: Set[Place]) -> None:
        """These functions have new bodies."""
        self.calls.changed(places)
        self.kept = {key: build for key, build in self.kept.items() if places.isdisjoint(build.entered)}

    def run(self, it: Interp, place: Place | None, call: Callable[[], tuple[Value, bool]]) -> Value:
        """The result of a call of the factory at the place, which is made unless it is known. `call` says whether it
        left the root alone."""
        if self._overwritten != overwritten():  # something that was kept, for all one knows
            self.clear()
            self._overwritten = overwritten()
        if place is None or it.journal.ground is None or it.journal.traces or it.autocast:
            return call()[0]
        if self._defaults != defaults():
            self.clear()
            self._defaults = defaults()
        build = self.kept.get(place)
        if build is not None and _unjournaled(build.built) == build.unjournaled:
            return _taken(it, build)
        self.kept.pop(place, None)
        return self._watched(it, place, call)

    def clear(self) -> None:
        """Let go of everything."""
        self.kept.clear()
        self.calls.kept.clear()

    def _watched(self, it: Interp, place: Place, call: Callable[[], tuple[Value, bool]]) -> Value:
        entered, it.entered = it.entered, set()
        found, missing, built = dict(it.diagnostics.found), len(it.missing), len(it.built)
        steps, module_calls, state = it.steps, it.module_calls, _state(it)
        detached, it.detached = it.detached, False
        try:
            result, alone = call()
        finally:
            own, it.entered = it.entered, entered
            it.entered |= own
            steps_detached, it.detached = it.detached, it.detached or detached
        made = it.built[built:]
        if alone and _state(it) == state and len(self.kept) < limits.MAX_KEPT_BUILDS:
            self.kept[place] = Build(
                result,
                tuple(made),
                _unjournaled(made),
                frozenset(own),
                it.recorder,
                tuple((key, one) for key, one in it.diagnostics.found.items() if found.get(key) is not one),
                tuple(it.missing[missing:]),
                it.steps - steps,
                it.module_calls - module_calls,
                steps_detached,
            )
        return result


def _state(it: Interp) -> tuple[Any, ...]:
    """What a build that is kept leaves alone."""
    return (
        it.journal.traces, len(it.journal.patched), len(it.limits), len(it.internal_errors), len(it.lazy),
        len(it.sleeping), len(it.tensor_attrs), len(it.definitions), len(it.modules), it.frozen, it.grad_enabled,
        it.doubt, names_taken(), overwritten(), it.autocast, *defaults(),
    )  # fmt: skip


def _unjournaled(built: Sequence[Instance]) -> tuple[Any, ...]:
    held = (one for obj in built for one in obj.attrs.values())
    return (*(obj.open for obj in built), *(one.data for one in held if type(one) is Tensor))


def _taken(it: Interp, build: Build) -> Value:
    it.recorder = build.recorder
    it.built += build.built
    it.diagnostics.found.update(build.found)
    it.missing += (one for one in build.missing if one not in it.missing)
    it.entered |= build.entered
    it.reached |= build.entered
    it.steps += build.steps
    it.module_calls += build.module_calls
    it.detached = it.detached or build.detached
    return build.result
