"""`try` → closures: which arms a body with handlers has, by what may be raised in it and from where."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from ..values import Reason, Unknown, Value
from ..values.join import join
from . import forks
from .catching import Catch, Way, again
from .changes import Delta
from .errors import PyRaise
from .frame import RETURN, Execute, Frame, Signal
from .scopes import Scope
from .unit import Unit
from .watches import Watch

if TYPE_CHECKING:
    from .machine import Interp

_T = TypeVar("_T")


def _run(it: Interp, ways: Sequence[Way], body: Callable[[], _T]) -> tuple[_T | None, PyRaise | None]:
    """A body inside a `try`: what it gives if it ends by itself, and what it ends by otherwise. What may be raised in
    it is noted in `ways`, and so is that, unless none of them gets it."""
    depth, frames, doubt = len(it.handlers), len(it.frames), it.doubt
    catch = Catch(ways, frames)
    it.handlers.append(catch)
    try:
        return body(), None
    except PyRaise as error:
        del it.frames[frames:]
        it.doubt = max(it.doubt, doubt)
        if error.noted:
            return None, error
        error.noted = bool(catch.take(it, error))
        return None, error
    finally:
        del it.handlers[depth:]
        catch.close(it)


def guarded(f: Frame, ways: Sequence[Way], body: Execute, after: Execute, handle: Callable[[Way], Signal]) -> Signal:
    """`try: body`, `else: after`, and a handler for each of `ways`. One arm for each that may be taken."""
    signal, error = _run(f.it, ways, partial(body, f))
    arms: list[Callable[[], Signal]] = []
    if error is None:
        arms.append(lambda: after(f) if signal is None else signal)
    elif not error.noted:
        arms.append(partial(_raise, error))
    arms += [partial(_handled, f, way, handle) for way in ways if way.errors]
    if not arms:
        assert error is not None
        raise error  # it goes to others
    return arms[0]() if len(arms) == 1 else forks.branch(f, arms)


def _raise(error: PyRaise) -> Signal:
    raise error


def _handled(f: Frame, way: Way, handle: Callable[[Way], Signal]) -> Signal:
    """The program goes on with a handler, from what the exceptions saw that come to it."""
    it = f.it
    assert way.watch is not None
    it.journal.resume(way.watch, {})
    it.handling.append(way.errors)
    try:
        return handle(way)
    finally:
        it.handling.pop()


def ended(f: Frame, way: Way, body: Execute, end: Callable[[Sequence[PyRaise]], Signal]) -> Signal:
    """A body with something that is done on every way out of it, `way` for exceptions. `end` gets those that pass: it
    raises what it lets go on, and gives how the program leaves from there, None for as it was about to."""
    pending, waiting = len(f.pending), [len(arms) for arms in f.loop_pending]
    signal, error = _run(f.it, [way], partial(body, f))
    arms: list[Callable[[], Signal]] = []
    if error is None:
        arms.append(partial(_left, f, signal, end))
    if way.errors:
        arms.append(partial(_handled, f, way, lambda way: end(way.errors)))
    for value, delta, watch in _taken(f, f.pending, pending):
        arms.append(partial(_resumed, f, RETURN, value, delta, watch, end))
    for arms_of_loop, since in zip(f.loop_pending, waiting):
        for kind, delta, watch in _taken(f, arms_of_loop, since):
            arms.append(partial(_resumed, f, kind, None, delta, watch, end))
    if not arms:
        assert error is not None
        raise error
    return arms[0]() if len(arms) == 1 else forks.branch(f, arms)


def _taken(f: Frame, waiting: list[_T], since: int) -> list[_T]:
    """The arms that left since there were so many: they no longer wait."""
    taken = waiting[since:]
    del waiting[since:]
    f.it.doubt -= len(taken)
    f.loose -= len(taken)
    return taken


def _left(f: Frame, signal: Signal, end: Callable[[Sequence[PyRaise]], Signal]) -> Signal:
    kept = f.return_value
    last = end(())
    if last is not None:
        return last
    f.return_value = kept
    return signal


def _resumed(
    f: Frame, signal: Signal, value: Value, delta: Delta, watch: Watch, end: Callable[[Sequence[PyRaise]], Signal]
) -> Signal:
    f.it.journal.resume(watch, delta)
    f.return_value = value
    return _left(f, signal, end)


def tried(it: Interp, cls: Value, call: Callable[[], Value], otherwise: Callable[[], Value]) -> Value:
    """`call()`, or `otherwise()` where that raises an exception of that class."""
    way = Way([cls])
    value, error = _run(it, [way], call)
    arms: list[Callable[[], Value]] = []
    if error is None:
        arms.append(lambda: value)
    elif not error.noted:
        raise error

    def handled() -> Value:
        assert way.watch is not None
        it.journal.resume(way.watch, {})
        return otherwise()

    if way.errors:
        arms.append(handled)
    elif error is not None:
        raise error
    return arms[0]() if len(arms) == 1 else forks.either(it, arms)


# ---- statements


def try_(unit: Unit, node: ast.Try, scope: Scope) -> Execute:
    """`try`: handlers are chosen by class; `finally` always runs."""
    from .compile_expressions import expression
    from .compile_names import store
    from .compile_statements import block

    body, orelse, final = (block(unit, part, scope) for part in (node.body, node.orelse, node.finalbody))
    handlers = []
    for handler in node.handlers:
        kind = expression(unit, handler.type, scope) if handler.type is not None else None
        put = store(unit, handler.name, scope, None) if handler.name else None
        handlers.append((kind, put, block(unit, handler.body, scope), _always_raises(handler.body)))

    def ways_of(f: Frame) -> list[Way]:
        out = []
        for kind, _, _, ends in handlers:
            value = kind(f) if kind is not None else f.it.native_class("builtins.BaseException")
            out.append(Way(list(value) if isinstance(value, tuple) else [value], ends=ends))
        return out

    def handled(f: Frame) -> Signal:
        ways = ways_of(f)

        def handle(way: Way) -> Signal:
            _, put, handle, _ = handlers[ways.index(way)]
            if put is not None:
                put(f, _exception(way.errors))
            return handle(f)

        return guarded(f, ways, body, orelse, handle)

    if not node.finalbody:
        return handled
    inner = handled if node.handlers else body

    def run(f: Frame) -> Signal:
        def end(errors: Sequence[PyRaise]) -> Signal:
            signal = final(f)
            if signal is None and errors:
                raise again(f.it, errors)
            return signal

        return ended(f, Way(final=True), inner, end)

    return run


def _exception(errors: Sequence[PyRaise]) -> Value:
    """What `as e` binds."""
    if any(error.vague for error in errors):
        return Unknown(Reason.DATA_DEPENDENT, "an exception")
    value: Value = errors[0].exc
    for error in errors[1:]:
        value = join(value, error.exc)
    return value


def _always_raises(body: list[ast.stmt]) -> bool:
    """Whether a handler certainly ends by an exception."""
    if not isinstance(body[-1], ast.Raise):
        return False
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Return | ast.Break | ast.Continue):
            return False
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))
    return True


__all__ = ["ended", "guarded", "tried", "try_"]
