"""An input whose rank no rule demands. The one that a docstring says is taken if the code runs with it. Else the ranks
are tried: one is taken if the code runs with it only, if it alone runs without an assumption on sizes, or if every
other rank is refused in further branches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .. import limits
from ..dims import Expr, exact_quotient
from ..syntax.span import Span
from .roots import Entry, Root, Snapshot, rounds

if TYPE_CHECKING:
    from .machine import Interp

#: Names of the axes that are open, by their number: in front of a known last axis, or of a whole shape.
_LEADING = {0: (), 1: ("B",), 2: ("B", "T"), 3: ("B", "H", "W"), 4: ("B", "D", "H", "W")}
_WHOLE = {1: ("N",), 2: ("B", "N"), 3: ("B", "T", "C"), 4: ("B", "C", "H", "W"), 5: ("B", "C", "D", "H", "W")}


def settle(it: Interp, root: Root, once: Callable[[], None]) -> None:
    """Try the ranks of each input that is still open after the rounds; `once` is one round."""
    for key in list(root.entries):
        if not _is_open(root.entries[key]) or _as_said(it, root, key, once):
            continue
        entry = root.entries[key]
        start = it.steps
        saved = root.snapshot()
        before, found = it.recorder, it.diagnostics.found
        fitting: list[tuple[Any, ...]] = []
        freely: list[tuple[Any, ...]] = []
        loosely: list[tuple[Any, ...]] = []
        troubles: list[set[Span]] = []
        fewer, cut = False, len(it.limits)
        for dims in _candidates(root, entry):
            if it.steps - start >= limits.MAX_TRIAL_STEPS:
                break
            root.restore(saved)
            root.entries[key] = replace(root.entries[key], dims=_named(root, dims))
            root.refused, root.troubled = 0, set()
            once()
            if len(it.limits) > cut:
                break
            fewer = fewer or (root.refused > 0 and not fitting)
            if root.refused == 0:
                fitting.append(dims)
                troubles.append(root.troubled)
                invented = root.symbols.keys() - saved.symbols.keys()
                if not _limited(root, invented):
                    if _only_named(root, saved):
                        freely.append(dims)
                    if not invented & root.learned.keys():
                        loosely.append(dims)
        else:
            only = fitting if len(fitting) == 1 else freely
            if len(only) != 1:
                only = [dims for dims, own in zip(fitting, troubles) if _least(own, troubles)]
            if fewer and entry.dims == (...,):  # indices of an embedding: as few axes as the code needs
                only = loosely[:1]
            root.restore(saved)
            if len(only) == 1:
                root.entries[key].dims = _named(root, only[0])
                rounds(root, once)
                continue
        root.restore(saved)
        it.recorder, it.diagnostics.found = before, found


def _as_said(it: Interp, root: Root, key: str, once: Callable[[], None]) -> bool:
    """Take the rank that the docstring tells, if nothing is refused with it."""
    entry = root.entries[key]
    dims = next((dims for dims in _candidates(root, entry) if len(dims) == entry.said), None)
    if dims is None:
        return False
    saved, before, found, cut = root.snapshot(), it.recorder, it.diagnostics.found, len(it.limits)
    entry.dims = _named(root, dims)
    root.refused = 0
    rounds(root, once)
    if root.refused == 0 and len(it.limits) == cut:
        return True
    root.restore(saved)
    it.recorder, it.diagnostics.found = before, found
    return False


def _is_open(entry: Entry) -> bool:
    return entry.is_tensor and entry.source == "demand" and (entry.dims is None or ... in entry.dims)


def _candidates(root: Root, entry: Entry) -> Iterator[tuple[Any, ...]]:
    if entry.dims is None:
        yield from _WHOLE.values()
        return
    at = entry.dims.index(...)
    head, tail = entry.dims[:at], entry.dims[at + 1 :]
    for names in _LEADING.values():
        yield (*head, *names, *tail)


def _least(own: set[Span], troubles: list[set[Span]]) -> bool:
    """Whether each other rank is refused in all the branches in which this one is, and in more."""
    return all(own < other for other in troubles if other is not own)


def _named(root: Root, dims: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(root.symbol(d) if isinstance(d, str) else d for d in dims)


def _limited(root: Root, names: Set[str]) -> bool:
    """Whether an assumption says something of an axis that the trial has invented, or of any size if there is none."""
    for a, b, _ in root.equations:
        for name in names:
            one = root.symbols[name]
            left, right = exact_quotient(a, one), exact_quotient(b, one)
            a, b = (a, b) if left is None or right is None else (left, right)
        if not names or any(s.name in names for side in (a, b) if isinstance(side, Expr) for s in side.symbols):
            return True
    return False


def _only_named(root: Root, saved: Snapshot) -> bool:
    """Whether all that the trial learned is what the axes it has invented are, and none of them is a number."""
    learned = {name: dim for name, dim in root.learned.items() if saved.learned.get(name) != dim}
    return all(name not in saved.symbols and not isinstance(dim, int) for name, dim in learned.items())
