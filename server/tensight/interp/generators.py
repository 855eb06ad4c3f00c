"""Generators: the body runs when the first value is asked for, then to its end.

Invariant: the `items` of the iterator certainly come first and in order; what may come, in any number, is `rest`.
Where not everything is asked for, what lies behind the first `yield` may never be reached: it runs in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import limits
from ..values import FunctionV, IteratorV, Reason, Unknown, Value, join
from . import forks
from .errors import PyRaise, YieldLimit
from .frame import RETURN, Code, Frame

if TYPE_CHECKING:
    from .machine import Interp


class Yields:
    """What a running generator has yielded so far. `whole`: whether it is asked for everything."""

    __slots__ = ("count", "doubt", "items", "rest", "some", "whole")

    def __init__(self, doubt: int, whole: bool) -> None:
        self.doubt, self.whole = doubt, whole
        self.count = 0
        self.items: list[Value] = []
        #: whether the number of values is no longer known, and what those are like that came since
        self.some = False
        self.rest: Value | None = None

    def add(self, it: Interp, value: Value) -> None:
        """A value at this point of the program."""
        if self.some or it.doubt > self.doubt:
            self.more(value)
        else:
            self.items.append(value)
        self.count += 1
        if self.count >= limits.MAX_YIELDS:
            raise YieldLimit
        if self.count == 1 and not self.whole and it.doubt == self.doubt:
            it.doubt += 1
            self.doubt += 1

    def more(self, value: Value) -> None:
        """A value that may come, any number of times."""
        self.some = True
        if value is None:  # as a rest it would say that nothing comes
            value = Unknown(Reason.DATA_DEPENDENT, "None, some number of times")
        self.rest = value if self.rest is None else join(self.rest, value)

    def cut(self, since: int) -> None:
        """A loop was left before its end: what it has yielded since then may come again."""
        if self.count > since and not self.some:
            for value in self.items[-(self.count - since) :]:
                self.more(value)


def made(it: Interp, frame: Frame, code: Code, function: FunctionV) -> IteratorV:
    """What a call of a generator function gives: nothing has run."""

    module, locals_, parent, argument0 = frame.module, frame.locals, frame.parent, frame.argument0

    def run(it: Interp, iterator: IteratorV, whole: bool) -> None:
        again = Frame(it, module, dict(locals_), parent, code, function)
        again.argument0 = argument0
        if len(it.frames) >= limits.MAX_CALL_DEPTH or sum(f.code is code for f in it.frames) >= limits.MAX_RECURSION:
            iterator.items, iterator.rest = [], it.unknown(Reason.LIMIT, "calls nest too deep")
            return
        it.frames.append(again)
        doubt, handlers = it.doubt, len(it.handlers)
        try:
            run_body(it, again, code, iterator, whole)
        finally:
            it.doubt = doubt
            del it.handlers[handlers:]
            it.frames.pop()

    iterator = IteratorV([], None, {"next": 0, "begun": 0}, run)
    it.sleeping.append(iterator)
    return iterator


def run_body(it: Interp, frame: Frame, code: Code, iterator: IteratorV, whole: bool) -> None:
    """Run the body of a generator on a frame that is in place."""
    yields = frame.yields = Yields(it.doubt, whole)
    assert code.body is not None
    try:
        try:
            signal = code.body(frame)
        except PyRaise as error:
            signal = forks.left_by(frame, error)
        if signal != RETURN:
            frame.return_value = None
        iterator.returned = forks.finish(frame)
    except YieldLimit:
        yields.more(it.unknown(Reason.LIMIT, "a generator yields too many values"))
    except PyRaise as error:
        if not yields.count:
            raise
        yields.more(Unknown(Reason.AFTER_ERROR, error.exc.cls.name))
    finally:
        frame.abandon()
    iterator.items, iterator.rest = yields.items, yields.rest


def wake(it: Interp, iterator: IteratorV, whole: bool) -> None:
    """Run the generator behind an iterator, if there is one that nobody has asked for a value yet."""
    if iterator.source is not None and iterator.state["begun"] == 0:
        it.journal.set(iterator.state, "begun", 1, iterator.born)
        iterator.source(it, iterator, whole)


def wake_all(it: Interp) -> None:
    """Generators that were handed to what is not followed: their bodies are shown, with nothing certain in them."""
    while it.sleeping:
        sleeping, it.sleeping = it.sleeping, []
        for iterator in sleeping:
            it.doubt += 1
            try:
                wake(it, iterator, whole=False)
            except PyRaise:
                continue
            finally:
                it.doubt -= 1
