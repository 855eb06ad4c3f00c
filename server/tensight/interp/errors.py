"""How control leaves a frame other than by running off its end."""

from __future__ import annotations

from ..syntax.span import Span
from ..values import Instance


class PyRaise(Exception):
    """An exception of the analysed program. `certain`: the path to it was decided; `span`: the innermost user place.

    `reported`: a diagnostic already says so. `vague`: its class may be a subclass. `noted`: who catches it knows of it,
    and in what state it was raised."""

    def __init__(
        self, exc: Instance, span: Span | None, certain: bool, reported: bool = False, vague: bool = False
    ) -> None:
        super().__init__(exc.cls.name)
        self.exc, self.span, self.certain, self.reported, self.vague = exc, span, certain, reported, vague
        self.noted = False

    def copy(self) -> PyRaise:
        """The same exception, raised again."""
        return PyRaise(self.exc, self.span, self.certain, self.reported, self.vague)


class OutOfBudget(Exception):
    """A limit of the whole analysis was reached; what is known so far is kept."""

    def __init__(self, what: str = "time limit") -> None:
        super().__init__(what)
        self.what = what


class Settled(OutOfBudget):
    """All inputs of the root are known now, which they were not when the round began: what it would still find out
    about unknown ones, the next round finds out better. Or another way to call it was tried, which did not work."""


class YieldLimit(Exception):
    """A generator yielded more values than are kept."""
