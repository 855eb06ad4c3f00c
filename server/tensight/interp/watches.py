"""What those saw who left: the past of places that are written to later; see `journal`."""

from __future__ import annotations

from typing import Any

from ..values.tensor import stamp
from .changes import Delta, Key


class Watch:
    """What those saw who left (an arm, an exception): each place that was written to since, with what it held then.

    Several may leave one after the other: a place then holds what any of them saw. `at`: how many had left when a
    place was last written to, `last`: what a list then held."""

    __slots__ = ("at", "born", "last", "left", "seen")

    def __init__(self) -> None:
        self.left = 1
        self.born = stamp()
        self.seen: Delta = {}
        self.at: dict[Key, int] = {}
        self.last: dict[Key, Any] = {}

    def again(self) -> None:
        """Somebody else leaves here."""
        self.left += 1
        self.born = stamp()
