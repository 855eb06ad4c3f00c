"""What natives remember during one analysis: `sys.argv`, `os.environ`, files that the program has written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ...values import DictV, ListV, Scalar, Value

if TYPE_CHECKING:
    from ..machine import Interp


class Process:
    """The state of the process that the program would be."""

    def __init__(self, it: Interp) -> None:
        self.argv = ListV([it.request.entry.file, *it.request.argv])
        self.path = ListV([], Scalar("str"))
        self.environ = DictV({}, Scalar("str"))
        #: files opened for writing: what is read from them later is not what lies there now
        self.written: set[str] = set()
        self.values: dict[str, Value] = {}


_PROCESSES: WeakKeyDictionary[Any, Process] = WeakKeyDictionary()


def process(it: Interp) -> Process:
    """The process of an analysis."""
    found = _PROCESSES.get(it)
    if found is None:
        found = _PROCESSES[it] = Process(it)
    return found
