"""Calls of the methods of models that factories have built, through the versions of a file: one whose code, object and
arguments are what they were gives what it gave, and shows what it showed.

Invariant: a call is kept only if it left no trace in anything that is older than itself, and what it read was its
arguments and objects that are as they were built: while a root runs, the journal knows of every change to them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .. import limits
from ..dims import Expr, names_taken
from ..ops.defaults import defaults
from ..ops.errors import NOTES
from ..values import (
    DictV,
    Double,
    Fields,
    FunctionV,
    Instance,
    ListV,
    OneOf,
    Provenance,
    Size,
    Tensor,
    Value,
    overwritten,
)
from ..values.tensor import oldest_change, stamp
from .calls import bases
from .facts import Observation
from .frame import Place
from .record import Recorder, places
from .roots import Event

if TYPE_CHECKING:
    from .machine import Interp

_PLAIN = frozenset({int, str, float, Double, bool, type(None), Expr})
_JOURNALED = frozenset({Instance, ListV, DictV})
#: Steps that are compared of where two tensors come from.
_MOST_STEPS = 200
_LATE = 1 << 62


@dataclass(frozen=True, slots=True)
class Summary:
    """One call. `held`: what its key names by id; `tensors`: its arguments that are some; `twins`: tensors of earlier
    calls that it shows, with those of this call that they stand for."""

    held: tuple[Value, ...]
    tensors: tuple[Tensor, ...]
    twins: tuple[tuple[Tensor, Tensor], ...]
    result: Value
    recorder: Recorder
    entered: frozenset[Place]
    events: tuple[Event, ...]
    steps: int
    module_calls: int
    survivor: int | None


class Summaries:
    """By function, object, arguments, and the state that the call found."""

    def __init__(self) -> None:
        self.kept: dict[Hashable, Summary] = {}
        self._overwritten = overwritten()
        #: arguments of calls that were taken over as they were, with those of the present root
        self._twins: list[tuple[Tensor, Tensor]] = []

    def begin(self) -> Summaries:
        """A root begins."""
        self._twins.clear()
        return self

    def changed(self, functions: Set[Place]) -> None:
        """These functions have new bodies."""
        self.kept = {key: one for key, one in self.kept.items() if functions.isdisjoint(one.entered)}

    def call(
        self, it: Interp, function: FunctionV, args: list[Value], kwargs: dict[str, Value], run: Callable[[], Value]
    ) -> Value:
        """The result of a call of a function of the recorded files: `run`, unless it is known."""
        if not _is_clean(it):
            return run()
        key = _key(it, function, args, kwargs)
        if key is None:
            return run()
        if self._overwritten != overwritten():  # something that was kept, for all one knows
            self.kept.clear()
            self._overwritten = overwritten()
        tensors = tuple(_tensors([*args, *kwargs.values()]))
        known = self.kept.get(key)
        if known is not None:
            return self._again(it, known, tensors)
        twins, start, steps, module_calls, counts = len(self._twins), stamp(), it.steps, it.module_calls, _counts(it)
        events, recorder, entered, earlier = len(it.root.events), it.recorder, it.entered, oldest_change(_LATE)
        it.recorder, it.entered = Recorder(), set()
        try:
            result = run()
        finally:
            own, it.recorder = it.recorder, recorder
            mine, it.entered = it.entered, entered
            recorder.take(own.seen, own.assumed)
            entered |= mine
            oldest = oldest_change(earlier)
            oldest_change(min(oldest, earlier))
        if oldest > start and _is_clean(it) and counts == _counts(it) and _is_kept(result):
            if len(self.kept) >= limits.MAX_KEPT_CALLS:
                self.kept.clear()
            self.kept[key] = Summary(
                (function, *args, *kwargs.values()), tensors, tuple(self._twins[twins:]), result, own, frozenset(mine),
                tuple(it.root.events[events:]), it.steps - steps, it.module_calls - module_calls, it.survivor,
            )  # fmt: skip
        return result

    def _again(self, it: Interp, known: Summary, tensors: tuple[Tensor, ...]) -> Value:
        """What the call did, on other tensors of the same shapes."""
        moved = _Moved(known, tensors)
        shared = all(_same_origin(old, new) for old, new in zip(known.tensors, tensors))
        if shared:
            self._twins += known.twins
            self._twins += ((old, new) for old, new in zip(known.tensors, tensors) if old is not new)
        it.recorder.take(known.recorder.seen if shared else moved.seen(), known.recorder.assumed)
        it.entered |= known.entered
        it.reached |= known.entered
        it.steps += known.steps
        it.module_calls += known.module_calls
        it.survivor = known.survivor
        for event in known.events:
            it.root.replay(event)
        return moved.of(known.result, only_arguments=shared)


def _is_clean(it: Interp) -> bool:
    """Whether all that is older than the present round is as it was when the round began, and nothing is undecided."""
    journal = it.journal
    open_ = it.doubt or it.forks or it.handlers or it.handling or it.lazy or it.guarded_import or it.autocast
    noted = NOTES.assumptions or NOTES.demands or NOTES.either or NOTES.sizes
    written = journal.levels != [{}] or journal.traces or journal.patched
    return not (written or open_ or noted)


def _counts(it: Interp) -> tuple[Any, ...]:
    """What a call that is kept leaves alone."""
    root = it.root
    return (
        root.demands, root.refused, root.lacking, it.trouble, len(it.limits), len(it.internal_errors), len(it.sleeping),
        len(it.tensor_attrs), len(it.definitions), len(it.modules), len(it.built), len(it.missing), it.frozen,
        it.detached, it.grad_enabled, names_taken(), overwritten(), len(root.sizes), *defaults(),
    )  # fmt: skip


def _key(it: Interp, function: FunctionV, args: list[Value], kwargs: dict[str, Value]) -> Hashable:
    """All that decides what the call does; None if that is not known."""
    if function.scope is not None and function.scope.code is not None:
        return None
    given = [*args, *kwargs.values()]
    seen: dict[int, int] = {}
    made = it.journal.opened[0]
    try:
        shapes = tuple(_shape(value, seen, made) for value in given)
    except _Open:
        return None
    if it.tensor_attrs and not seen.keys().isdisjoint(it.tensor_attrs):
        return None
    state = (
        it.root.known,
        it.root.blind,
        it.frozen,
        it.grad_enabled,
        it.library_depth,
        len(it.frames),
        places(it),
        defaults(),
    )
    return (id(function), len(args), tuple(kwargs), shapes, state)


class _Open(Exception):
    """A value of which its shape does not say all."""


def _shape(value: Value, seen: dict[int, int], made: int) -> Hashable:
    """What a call may see of an argument. `seen`: numbers of the tensors so far; `made`: when the round began."""
    kind = type(value)
    if kind is Tensor:
        if (
            value.unknown is not None
            or value.entry is not None
            or any(base.data is not None or base.number is not None for base in bases(value))
        ):
            raise _Open
        number = seen.setdefault(id(value), len(seen))
        return (number, value.dims, value.dtype, value.device, value.parameter, value.strides)
    if kind in _PLAIN:
        return (kind, value)
    if kind is tuple or kind is Size:
        return (kind, *[_shape(item, seen, made) for item in value])
    if kind in _JOURNALED and value.born <= made:
        return (kind, id(value))
    raise _Open


def _tensors(values: Iterable[Value]) -> Iterator[Tensor]:
    for value in values:
        if type(value) is Tensor:
            yield value
        elif type(value) is tuple:
            yield from _tensors(value)


def _is_kept(result: Value) -> bool:
    kind = type(result)
    if kind is Tensor:
        return result.data is None and result.number is None
    return kind in _PLAIN or kind is Size or (kind in (tuple, Fields) and all(map(_is_kept, result)))


def _same_origin(old: Tensor, new: Tensor) -> bool:
    """Whether two tensors are told apart by nothing, back to where they come from."""
    todo = [(old, new)]
    seen: set[tuple[int, int]] = set()
    while todo:
        a, b = todo.pop()
        if a is b or (id(a), id(b)) in seen:
            continue
        seen.add((id(a), id(b)))
        alike = a.dims == b.dims and a.dtype == b.dtype and a.data == b.data and a.number == b.number
        alike = alike and not (a.parameter or b.parameter)
        if len(seen) > _MOST_STEPS or not alike:
            return False
        x, y = a.made_by, b.made_by
        if x is None or y is None:
            if x is not y or a.entry != b.entry or a.unknown is not b.unknown:
                return False
        elif x.name != y.name or x.span != y.span or x.layer is not y.layer or len(x.inputs) != len(y.inputs):
            return False
        else:
            todo += zip(x.inputs, y.inputs)
    return True


class _Moved:
    """Values of a call with other tensors as its arguments: where they come from is another place."""

    def __init__(self, known: Summary, tensors: tuple[Tensor, ...]) -> None:
        self.known = known
        self.made = {id(old): new for old, new in zip(known.tensors, tensors)}
        self.copied: dict[int, ListV | DictV] = {}
        self.twins = {id(old): new for old, new in known.twins}

    def seen(self) -> dict[Any, Any]:
        return {slot: seen.moved(self._observation) for slot, seen in self.known.recorder.seen.items()}

    def _observation(self, one: Observation) -> Observation:
        value = self.of(one.value)
        return one if value is one.value else replace(one, value=value)

    def of(self, value: Value, only_arguments: bool = False) -> Value:
        kind = type(value)
        if only_arguments:
            if kind is tuple:
                return tuple([self.of(item, True) for item in value])
            return self.made.get(id(value), value)
        if kind is Tensor:
            return self._tensor(value)
        if kind is tuple:
            items = tuple([self.of(item) for item in value])
            return items if any(a is not b for a, b in zip(items, value)) else value
        if kind is Fields:
            return Fields(value.typename, value.names, tuple([self.of(item) for item in value]), value.cls)
        if kind is ListV or kind is DictV:
            return self._container(value)
        if kind is OneOf:
            return OneOf(tuple([self.of(option) for option in value.options]))
        return value

    def _container(self, value: ListV | DictV) -> Value:
        """It may hold itself."""
        known = self.copied.get(id(value))
        if known is not None:
            return known
        if isinstance(value, ListV):
            self.copied[id(value)] = items = replace(value, items=[])
            items.items.extend([self.of(item) for item in value.items])
        else:
            self.copied[id(value)] = mapping = replace(value, items={})
            mapping.items.update({key: self.of(item) for key, item in value.items.items()})
        return self.copied[id(value)]

    def _tensor(self, tensor: Tensor) -> Tensor:
        known = self.made.get(id(tensor))
        if known is not None:
            return known
        twin, step = self.twins.get(id(tensor)), tensor.made_by
        new = tensor
        if twin is not None:
            new = self._tensor(twin)
        elif step is not None and step.inputs:
            inputs = tuple([self._tensor(one) for one in step.inputs])
            if any(a is not b for a, b in zip(inputs, step.inputs)):
                new = replace(tensor, made_by=Provenance(step.name, step.span, inputs, step.layer))
        self.made[id(tensor)] = new
        return new
