"""Where exceptions go: what a `try` around the program catches, and from which states it is reached.

An exception that is certain ends what runs (PyRaise). One that may be raised, or that an undecided branch raises, is
noted: whoever catches it runs later, from the states in which it was raised (see `compile_try`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..values import ClassV, Value
from .errors import PyRaise
from .watches import Watch

if TYPE_CHECKING:
    from .machine import Interp


class Way:
    """A handler, and what may come to it: the exceptions, and what they saw. `ends`: it raises in its turn, always.

    `final`: it lets everything pass (`finally`, `__exit__`)."""

    __slots__ = ("classes", "ends", "errors", "final", "watch")

    def __init__(self, classes: Sequence[Value] = (), *, ends: bool = False, final: bool = False) -> None:
        self.classes, self.ends, self.final = classes, ends, final
        self.errors: list[PyRaise] = []
        self.watch: Watch | None = None

    def fits(self, error: PyRaise) -> bool | None:
        """Whether it gets that exception; None if perhaps."""
        return True if self.final else fits(self.classes, error)

    def get(self, it: Interp, error: PyRaise) -> None:
        """The exception may come to it from the present state."""
        if self.watch is None:
            self.watch = it.journal.watch()
        else:
            self.watch.again()
        if not any(_same(known, error) for known in self.errors):
            self.errors.append(error)


class Catch:
    """What one `try` does with the exceptions of its body, while that runs."""

    __slots__ = ("depth", "doubtful", "ways")

    def __init__(self, ways: Sequence[Way], depth: int = 0) -> None:
        self.ways = ways
        #: how many frames there are, the last of which it stands in
        self.depth = depth
        #: whether the program may already go on behind it
        self.doubtful = False

    @property
    def classes(self) -> list[Value]:
        return [cls for way in self.ways for cls in way.classes]

    def take(self, it: Interp, error: PyRaise) -> bool | None:
        """An exception may come from the present state: whether it gets here (True: for certain; None: perhaps)."""
        found: bool | None = False
        for way in self.ways:
            fit = way.fits(error)
            if fit is not False:
                way.get(it, error)
                found = fit
            if fit:
                break
        return found

    def copes(self, it: Interp, cls: ClassV) -> bool:
        """Whether an exception of that class is one of library code, which goes on behind this: it only tried."""
        way = next((way for way in self.ways if not way.final and catches(way.classes, cls)), None)
        tried = it.frames[max(0, self.depth - 1) :]
        return way is not None and not way.ends and all(frame.at is None for frame in tried)

    def doubt(self, it: Interp) -> None:
        if not self.doubtful:
            self.doubtful = True
            it.escaped += 1

    def close(self, it: Interp) -> None:
        """The body is over."""
        it.escaped -= self.doubtful
        for way in self.ways:
            if way.watch is not None:
                it.journal.seen(way.watch)


def _same(known: PyRaise, error: PyRaise) -> bool:
    """Whether two exceptions are one to a handler: of what only may be raised, nothing but the class is known."""
    if known.vague and error.vague:
        return known.exc.cls is error.exc.cls
    return known.exc is error.exc


def fits(classes: Sequence[Value], error: PyRaise) -> bool | None:
    """Whether `except classes` catches an exception; None if perhaps."""
    if catches(classes, error.exc.cls):
        return True
    return None if error.vague and any(cls.is_subclass(error.exc.cls) for cls in classes) else False


def catches(classes: Sequence[Value], raised: ClassV) -> bool:
    """Whether `except classes` certainly catches what is raised; of a class that is not known it is taken."""
    return any(not isinstance(cls, ClassV) or raised.is_subclass(cls) for cls in classes)


def note(it: Interp, error: PyRaise) -> bool:
    """That exception may be raised here, while the program may also go on. Whether anything catches it."""
    taken, changed = False, False
    for catch in reversed(it.handlers):
        if catch is None:
            continue
        found = catch.take(it, error)
        taken = taken or found is not False
        if found:
            break
    for catch in reversed(it.handlers if taken else ()):
        for way in catch.ways if catch is not None else ():
            if way.final or not (changed or way.fits(error) is not False):
                continue
            if not way.ends:
                assert catch is not None
                catch.doubt(it)
                return True
            changed = True  # by what it raises
    return taken


def again(it: Interp, errors: Sequence[PyRaise]) -> PyRaise:
    """The exception to raise for those that one arm goes on with, of which it is one or the other."""
    for error in errors[1:]:
        note(it, error.copy())
    return errors[0].copy()
