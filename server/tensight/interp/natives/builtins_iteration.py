"""Builtin functions about iteration: enumerate, zip, map, filter, reversed, any, all, iter, next."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ... import limits
from ...dims import Expr
from ...values import (
    BoundMethod,
    DictV,
    FunctionV,
    Instance,
    IteratorV,
    ListV,
    Native,
    OneOf,
    RangeV,
    Reason,
    Scalar,
    Unknown,
    Value,
    join,
)
from ..generators import wake
from .registry import native
from .support import MISSING, NO_KEY, advance, any_item, as_rest, items_of, payload, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp


def perhaps(it: Interp, run: Callable[[], Value]) -> Value:
    """What `run` gives where it runs an unknown number of times: once, in an undecided branch."""
    found: list[Value] = []

    def arm() -> Value:
        found.append(run())
        return None

    it.either(arm, lambda: None)
    return as_rest(found[0]) if found else it.unknown(Reason.DATA_DEPENDENT, "an item of unknown number")


class Stream:
    """An iterable taken item by item: an iterator only gives what is asked for."""

    def __init__(self, it: Interp, value: Value) -> None:
        self.it = it
        value = payload(value)
        if isinstance(value, Instance) and value.cls.lookup("__next__") is None:
            method = value.cls.lookup("__iter__")
            if isinstance(method, FunctionV | Native):
                value = it.call(BoundMethod(method, value))
        if isinstance(value, IteratorV):
            wake(it, value, whole=False)
            self.iterator = value
        else:
            items, rest = items_of(it, value)
            self.iterator = IteratorV(items, rest)

    @property
    def left(self) -> int:
        return len(self.iterator.items) - self.iterator.state["next"]

    @property
    def rest(self) -> Value | None:
        return self.iterator.rest

    def next(self) -> Value:
        return advance(self.it, self.iterator)


@native("builtins.iter")
def iter_(it: Interp, obj: Value, sentinel: Value = MISSING, /) -> Value:
    if sentinel is not MISSING:
        return IteratorV([], perhaps(it, lambda: it.call(obj)))
    if isinstance(obj, IteratorV):
        return obj
    if isinstance(obj, Instance):
        method = obj.cls.lookup("__iter__")
        if isinstance(method, FunctionV | Native):
            return it.call(BoundMethod(method, obj))
    if isinstance(obj, Unknown):
        return unknown_of(it, [obj])
    items, rest = items_of(it, obj)
    return IteratorV(items, rest)


@native("builtins.next")
def next_(it: Interp, iterator: Value, default: Value = MISSING, /) -> Value:
    if isinstance(iterator, IteratorV):
        item = advance(it, iterator)
        if item is MISSING:
            return it.fail("StopIteration") if default is MISSING else default
        if item is NO_KEY:
            position: Value = iterator.state["next"]  # where branches took different numbers, any item
            rest = any_item(iterator.items[position:] if isinstance(position, int) else iterator.items, iterator.rest)
            return rest if default is MISSING else join(rest, default)
        return item
    if isinstance(iterator, Instance):
        method = iterator.cls.lookup("__next__")
        if isinstance(method, FunctionV | Native):
            return _next_of_instance(it, BoundMethod(method, iterator), default)
        if not iterator.open and not any(c.open for c in iterator.cls.mro):
            return it.fail("TypeError", f"{iterator.cls.name!r} object is not an iterator")
    if isinstance(iterator, ListV | DictV | tuple | str | range):
        name = iterator.kind if isinstance(iterator, ListV | DictV) else type(iterator).__name__
        return it.fail("TypeError", f"{name!r} object is not an iterator")
    return unknown_of(it, [iterator], "next")


def _next_of_instance(it: Interp, method: BoundMethod, default: Value) -> Value:
    from ..compile_try import tried

    if default is MISSING:
        return it.call(method)
    return tried(it, it.native_class("builtins.StopIteration"), lambda: it.call(method), lambda: default)


def _bounded(items: list[Value]) -> tuple[list[Value], bool]:
    """At most MAX_ITEMS; whether some were cut off."""
    return (items[: limits.MAX_ITEMS], True) if len(items) > limits.MAX_ITEMS else (items, False)


@native("builtins.enumerate")
def enumerate_(it: Interp, iterable: Value, start: Value = 0) -> Value:
    items, rest = items_of(it, iterable, whole=False)
    first = payload(start)
    if isinstance(first, int | Expr):
        numbered: list[Value] = [(first + i, item) for i, item in enumerate(items)]
    else:
        numbered = [(Scalar("int"), item) for item in items]
    return IteratorV(numbered, None if rest is None else (Scalar("int"), rest))


@native("builtins.zip")
def zip_(it: Interp, *iterables: Value, strict: Value = False) -> Value:
    """Iterators are used up only as far as zip goes, so that `zip(i, i)` pairs."""
    if not iterables:
        return IteratorV([])
    streams = [Stream(it, value) for value in iterables]
    rows: list[Value] = []
    while len(rows) < limits.MAX_ITEMS:
        row: list[Value] = []
        for stream in streams:
            item = stream.next()
            if item is MISSING:
                if strict is True and (row or any(s.left for s in streams)):
                    return _strict(it, len(row), row)
                return IteratorV(rows)
            if item is NO_KEY:
                return IteratorV(rows, _row_of_rests(it, streams, row))
            row.append(item)
        rows.append(tuple(row))
    return IteratorV(rows, it.unknown(Reason.LIMIT, "zip of very many items"))


def _strict(it: Interp, position: int, row: list[Value]) -> Value:
    if position:
        return it.fail(
            "ValueError",
            f"zip() argument {position + 1} is shorter than argument{'s 1-' if position > 1 else ' '}{position}",
        )
    return it.fail("ValueError", "zip() argument 2 is longer than argument 1")


def _row_of_rests(it: Interp, streams: list[Stream], row: list[Value]) -> Value:
    """What any further row is like; the streams that are known go on with any of their items."""
    out: list[Value] = []
    for i, stream in enumerate(streams):
        position = stream.iterator.state["next"]
        left = stream.iterator.items[position if isinstance(position, int) else 0 :]
        values = [*([row[i]] if i < len(row) else []), *left, *([] if stream.rest is None else [stream.rest])]
        item: Value = values[0] if values else Unknown(Reason.DATA_DEPENDENT, "zip")
        for value in values[1:]:
            item = join(item, value)
        out.append(item)
    return tuple(out)


@native("builtins.map")
def map_(it: Interp, function: Value, iterable: Value, /, *more: Value) -> Value:
    """Evaluated at once: its effects come early."""
    if more:
        zipped = zip_(it, iterable, *more)
        if not isinstance(zipped, IteratorV):
            return zipped
        items, rest = items_of(it, zipped)
        out = [it.call(function, list(row)) for row in items]
        last = (
            None
            if rest is None
            else perhaps(it, lambda: it.call(function, list(rest) if isinstance(rest, tuple) else [rest]))
        )
        return IteratorV(out, last)
    items, rest = items_of(it, iterable)
    items, cut = _bounded(items)
    if len(items) > limits.MAX_UNROLL:
        items, rest, cut = items[: limits.MAX_UNROLL], rest, True
    out = [it.call(function, [item]) for item in items]
    if cut:
        return IteratorV(out, it.unknown(Reason.LIMIT, "map over very many items"))
    return IteratorV(out, None if rest is None else perhaps(it, lambda: it.call(function, [rest])))


@native("builtins.filter")
def filter_(it: Interp, function: Value, iterable: Value, /) -> Value:
    items, rest = items_of(it, iterable)
    kept: list[Value] = []
    unsure: list[Value] = []

    def passes(item: Value) -> Value:
        return item if function is None else it.call(function, [item])

    for item in items:
        answer = it.truth(passes(item))
        if answer is None:
            unsure += _passing(it, passes, item)
        elif answer:
            (unsure if unsure else kept).append(item)
    if rest is not None:
        unsure += _passing(it, passes, rest)
    return IteratorV(kept, any_item(unsure, None) if unsure else None)


def _passing(it: Interp, passes: Callable[[Value], Value], item: Value) -> list[Value]:
    """What may be left of an item that some of its options lets pass, or that nobody knows."""
    if not isinstance(item, OneOf):
        return [item]
    return [option for option in item.options if it.truth(perhaps(it, partial(passes, option))) is not False]


@native("builtins.reversed")
def reversed_(it: Interp, sequence: Value, /) -> Value:
    if isinstance(sequence, Instance):
        method = sequence.cls.lookup("__reversed__")
        if isinstance(method, FunctionV | Native):
            return it.call(BoundMethod(method, sequence))
    if isinstance(sequence, IteratorV):
        return it.fail("TypeError", "'generator' object is not reversible")
    if isinstance(sequence, RangeV):
        return IteratorV([], Scalar("int"))
    items, rest = items_of(it, sequence)
    if rest is None:
        return IteratorV(items[::-1])
    for item in items:
        rest = join(rest, item)
    return IteratorV([], rest)


def _quantifier(it: Interp, iterable: Value, stop: bool) -> Value:
    items, rest = items_of(it, iterable)
    undecided = rest is not None
    for item in items:
        answer = it.truth(item)
        if answer is stop:
            return stop
        if answer is None:
            undecided = True
    if rest is not None and it.truth(rest) is (not stop):
        undecided = undecided and any(it.truth(i) is None for i in items)
    return Scalar("bool") if undecided else not stop


@native("builtins.any")
def any_(it: Interp, iterable: Value, /) -> Value:
    return _quantifier(it, iterable, stop=True)


@native("builtins.all")
def all_(it: Interp, iterable: Value, /) -> Value:
    return _quantifier(it, iterable, stop=False)


# ---- iterators as objects
@native("builtins.iterator.__next__")
def iterator_next(it: Interp, self: Value) -> Value:
    return next_(it, self)


@native("builtins.iterator.__iter__")
def iterator_iter(it: Interp, self: Value) -> Value:
    return self


@native("builtins.iterator.send")
def iterator_send(it: Interp, self: Value, value: Value) -> Value:
    return next_(it, self)


@native("builtins.iterator.close", "builtins.iterator.throw")
def iterator_close(it: Interp, self: Value, *args: Value) -> Value:
    if isinstance(self, IteratorV):
        it.journal.set(self.state, "next", len(self.items), self.born)
    return None


__all__ = ["Stream", "next_", "perhaps", "zip_"]
