"""Containers in containers: a list may hold itself, and two may share a third."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from ..limits import MAX_SHOWN_NESTING
from .containers import DictV, ListV, OneOf, Value

T = TypeVar("T")
#: The containers around one that is shown, the outermost first.
Within = tuple[Value, ...]


def walk(value: Value, items: Callable[[Value], Iterable[Value]]) -> Iterator[Value]:
    """The value and all that it holds, and what that holds; `items`: what one holds. Each list or dict once."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, ListV | DictV | OneOf):
            if id(value) in seen:
                continue
            seen.add(id(value))
        yield value
        waiting.extend(reversed(list(items(value))))


def is_shown(value: Value, within: Within) -> bool:
    """Whether a container is shown: no other one inside itself, and none very deep in others (they may share their
    items, which are shown as often as there are ways to them)."""
    return len(within) < MAX_SHOWN_NESTING and not any(value is outer for outer in within)


class Pairs(threading.local):
    """Pairs of containers that are looked at item by item: one that is met again inside itself holds itself."""

    def __init__(self) -> None:
        self._open: set[tuple[int, int]] = set()

    def once(self, a: Value, b: Value, look: Callable[[], T], endless: T) -> T:
        """What `look` finds, and `endless` where it comes to the same pair again."""
        pair = (id(a), id(b))
        if pair in self._open:
            return endless
        self._open.add(pair)
        try:
            return look()
        finally:
            self._open.discard(pair)
