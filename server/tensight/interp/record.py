"""The recorder: which values an expression had, per place in the user's files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from .. import limits
from ..dims import Expr
from ..syntax.span import Span
from ..values import DictV, Double, Instance, ListV, OneOf, Size, Tensor, Unknown, Value
from ..values.nested import Within, is_shown
from .facts import Fact, Observation
from .frame import Slot

if TYPE_CHECKING:
    from .machine import Interp

#: Classes of values worth recording; anything else is looked up nowhere.
RECORDED = frozenset({Tensor, tuple, ListV, DictV, Unknown, Instance, Expr, OneOf, Size})
_MOST_ITEMS = 16
#: Assumptions that are kept of one place.
MAX_ASSUMED = 8


#: Classes of values that hold no tensor: containers of nothing else are told apart by nothing.
_PLAIN = frozenset({int, str, float, Double, bool, type(None), Expr, Instance})


def shape_key(value: Value, within: Within = ()) -> Any:
    """What tells two observations apart: the shape, for containers that of the tensors in them; None: no tensor."""
    if isinstance(value, Tensor):
        return value.dims if value.dims is not None else "?"
    if isinstance(value, tuple):
        keys = _keys(value, value, within)
        return ("tuple", *keys) if keys is not None else None
    if isinstance(value, ListV):
        keys = _keys(value.items, value, within)
        return ("list", len(value.items), *keys) if keys is not None else None
    if isinstance(value, DictV):
        keys = _keys(value.items.values(), value, within)
        return ("dict", *keys) if keys is not None else None
    if isinstance(value, OneOf):
        keys = _keys(value.options, value, within)
        return ("oneof", *keys) if keys is not None else None
    return None


def _keys(items: Iterable[Value], holder: Value, within: Within) -> tuple[Any, ...] | None:
    """The keys of the first items; None if none of them holds a tensor."""
    first = tuple(islice(items, _MOST_ITEMS))
    for item in first:
        if type(item) not in _PLAIN:
            break
    else:
        return None
    if not is_shown(holder, within):
        return None
    inner = (*within, holder)
    keys = tuple(shape_key(item, inner) for item in first)
    return keys if any(key is not None for key in keys) else None


def _snapshot(value: Value) -> Value:
    """Containers change after they were seen: keep what they held then."""
    if isinstance(value, ListV):
        return ListV(list(value.items[:_MOST_ITEMS]), value.rest, value.kind)
    if isinstance(value, DictV):
        return DictV(dict(list(value.items.items())[:_MOST_ITEMS]), value.rest, value.kind)
    return value


class _Seen:
    __slots__ = ("observations", "other")

    def __init__(self) -> None:
        self.observations: dict[Any, Observation] = {}
        self.other: Value = None

    def moved(self, change: Callable[[Observation], Observation]) -> _Seen:
        """The same with other observations."""
        made = _Seen()
        made.other = self.other
        made.observations = {key: change(one) for key, one in self.observations.items()}
        return made


class Recorder:
    """Observations of one root. `note` is on the hot path."""

    def __init__(self) -> None:
        self.seen: dict[Slot, _Seen] = {}
        self.assumed: dict[Slot, list[str]] = {}

    def note(self, it: Interp, slot: Slot, value: Value) -> None:
        seen = self.seen.get(slot)
        if seen is None:
            seen = self.seen[slot] = _Seen()
        key = value.dims if type(value) is Tensor and value.dims is not None else shape_key(value)
        if key is None:
            if seen.other is None:
                seen.other = value
            return
        if key in seen.observations or len(seen.observations) >= limits.MAX_CONTEXTS:
            return
        chain = call_chain(it)
        seen.observations[key] = Observation(_snapshot(value), chain[0] if chain else None, chain)

    def take(self, seen: dict[Slot, _Seen], assumed: dict[Slot, list[str]]) -> None:
        """Note what another recorder has seen."""
        for slot, other in seen.items():
            mine = self.seen.get(slot)
            if mine is None:
                mine = self.seen[slot] = _Seen()
            if mine.other is None:
                mine.other = other.other
            for key, observation in other.observations.items():
                if len(mine.observations) >= limits.MAX_CONTEXTS:
                    break
                mine.observations.setdefault(key, observation)
        for slot, texts in assumed.items():
            known = self.assumed.setdefault(slot, [])
            known += [text for text in texts if text not in known][: MAX_ASSUMED - len(known)]

    def fact(self, slot: Slot) -> Fact:
        """The Fact of a slot that was seen."""
        seen = self.seen[slot]
        observations = tuple([_as_seen(key, one) for key, one in seen.observations.items()])
        return Fact(slot.span, slot.kind, seen.other, observations, tuple(self.assumed.get(slot, ())))


def _as_seen(key: Any, observation: Observation) -> Observation:
    """A tensor that is written over (`weight.data = …`), by then or later, had the shape that it was seen with."""
    value = observation.value
    if type(value) is not Tensor or type(key) is not tuple or not (value.parameter or value.dims != key):
        return observation
    return replace(observation, value=replace(value, dims=key))


def call_chain(it: Interp) -> tuple[Span, ...]:
    """The user's call sites that led to the running frame, outermost first."""
    return places(it)[:-1]


def places(it: Interp) -> tuple[Span, ...]:
    """Where each of the user's frames stands, outermost first; a comprehension replaces the frame around it.

    The last one belongs to the running frame if that is the user's."""
    out: list[Span] = []
    for frame in it.frames:
        if frame.inline and out and frame.at is not None:
            out[-1] = frame.at.span
        elif frame.at is not None:
            out.append(frame.at.span)
        elif frame is it.frames[-1] and frame.code is not None and frame.code.user:
            out.append(frame.code.span)  # type: ignore[arg-type]
    return tuple(out)
