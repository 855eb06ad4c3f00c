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
        #: whether the program looked at its arguments, of which nobody said anything
        self.arguments_read = False
        self.path = ListV([it.request.entry.path.rpartition("/")[0]])
        #: what the loader was told of `path`
        self.searched: tuple[Value, ...] = tuple(self.path.items)
        self.environ = DictV({}, Scalar("str"))
        #: files opened for writing: what is read from them later is not what lies there now
        self.written: set[str] = set()
        #: by path: what torch.save certainly wrote there; None: something else, or nothing
        self.saved: dict[str, Value] = {}
        self.values: dict[str, Value] = {}


_PROCESSES: WeakKeyDictionary[Any, Process] = WeakKeyDictionary()


def process(it: Interp) -> Process:
    """The process of an analysis."""
    found = _PROCESSES.get(it)
    if found is None:
        found = _PROCESSES[it] = Process(it)
    return found


def follow_search_path(it: Interp) -> None:
    """Modules are sought where the program has `sys.path` point to."""
    found = _PROCESSES.get(it)
    if found is None or found.searched == tuple(found.path.items):
        return
    found.searched = tuple(found.path.items)
    home = it.request.entry.path.rpartition("/")[0]
    texts = [item for item in found.searched if isinstance(item, str)]
    at = texts.index(home) if home in texts else 0
    it.request.loader.also_search(texts[:at], texts[at:])
