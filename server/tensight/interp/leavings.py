"""What a program leaves in objects of libraries, which outlive its analysis.

It is taken back at the end; the next version of the program leaves it again for the statements that it does not run.
Library modules that run meanwhile do not see it: what they are depends on no program. What they change stays."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from operator import is_not
from typing import TYPE_CHECKING, Any

from ..values.tensor import stamp

if TYPE_CHECKING:
    from .changes import Change


class Births:
    """When library modules ran: what was made then belongs to them."""

    __slots__ = ("_begins", "_ends", "_running", "last")

    def __init__(self) -> None:
        self._begins = [0]
        self._ends = [stamp()]
        self._running = 0
        #: nothing of them was made after this
        self.last = self._ends[0]

    @contextmanager
    def running(self) -> Iterator[None]:
        """A library module runs, perhaps inside of another."""
        if not self._running:
            self._begins.append(stamp())
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self.last = stamp()
                self._ends.append(self.last)

    def __contains__(self, born: int) -> bool:
        return 0 <= born <= self.last and born <= self._ends[bisect_right(self._begins, born) - 1]


@dataclass(frozen=True, slots=True)
class Left:
    """What a name holds now."""

    change: Change
    value: Any

    def onto(self, held: Any) -> Any:
        """What it holds with this change, if it held that."""
        del held
        return self.value


@dataclass(frozen=True, slots=True)
class LeftInside:
    """What the contents of a list, dict or set have more, less or instead."""

    change: Change
    #: keys that were added or changed; items behind those that were there
    put: Any
    gone: frozenset[Any]
    #: the items of a list are others than those that were there
    anew: bool
    #: of the rest of the contents, by position, what has changed
    more: Mapping[int, Any]

    def onto(self, held: Any) -> Any:
        """The contents with this change."""
        items, *rest = held
        if isinstance(items, list):
            items = list(self.put) if self.anew else [*items, *self.put]
        else:
            items = {key: value for key, value in items.items() if key not in self.gone} | self.put
        return (items, *(self.more.get(i, one) for i, one in enumerate(rest)))


def step(change: Change, old: Any, new: Any) -> Left | LeftInside | None:
    """What leads from what a place held to what it holds; None if it is the same."""
    if not change.whole:
        return None if old is new else Left(change, new)
    (was, *before), (now, *after) = old, new
    more = {i: one for i, (other, one) in enumerate(zip(before, after, strict=True)) if one is not other}
    anew = isinstance(now, list) and (len(now) < len(was) or any(map(is_not, now, was)))
    put: Any
    if isinstance(now, list):
        put, gone = (now if anew else now[len(was) :]), frozenset[Any]()
    else:
        put = {key: value for key, value in now.items() if key not in was or was[key] is not value}
        gone = frozenset(was.keys() - now.keys())
    return LeftInside(change, put, gone, anew, more) if put or gone or anew or more else None
