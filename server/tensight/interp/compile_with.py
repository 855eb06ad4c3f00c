"""`with` → closures; blocks that run where a generator yields."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..values import BoundMethod, FunctionV, Instance, IteratorV, Reason, Unknown, Value
from . import calls
from .compile_control import catches
from .errors import PyRaise
from .frame import Execute, Frame, Signal
from .scopes import Scope
from .unit import Unit


def with_(unit: Unit, node: ast.With | ast.AsyncWith, scope: Scope) -> Execute:
    """`with`: enter, body, exit. What the manager gives is bound; a manager may swallow exceptions (suppress)."""
    from .compile_expressions import expression
    from .compile_statements import block
    from .compile_targets import target

    managers = [
        (expression(unit, i.context_expr, scope),
         target(unit, i.optional_vars, scope) if i.optional_vars is not None else None,
         unit.slot(i.context_expr, "with"))
        for i in node.items
    ]  # fmt: skip
    body = block(unit, node.body, scope)
    if any(_wants_failure(i.context_expr) for i in node.items):
        body = _failing(body)

    def run(f: Frame, i: int = 0) -> Signal:
        if i == len(managers):
            return body(f)
        manager, put, slot = managers[i]
        value = manager(f)
        if slot is not None:
            f.at = slot
        again = generator_of(value)
        if again is not None:

            def block_at(entered: Value) -> Signal:
                if put is not None:
                    put(f, entered)
                return run(f, i + 1)

            return around(f, *again, block_at)
        entered = _enter(f, value)
        if put is not None:
            put(f, entered)
        swallowed = value.extra.get("suppress") if isinstance(value, Instance) else None
        if swallowed:
            f.it.handlers.append(list(swallowed))
        depth = len(f.it.handlers)
        try:
            signal = run(f, i + 1)
        except PyRaise as error:
            if swallowed and any(catches(f.it, c, error.exc) for c in swallowed):
                return None
            _exit(f, value)
            raise
        finally:
            if swallowed:
                del f.it.handlers[depth - 1 :]
        _exit(f, value)
        return signal

    return run


#: Methods of test libraries whose block is there to fail.
_FAILING = frozenset({"raises", "assertRaises", "assertRaisesRegex", "assertRaisesRegexp", "RaisesGroup"})


def _wants_failure(manager: ast.expr) -> bool:
    """`pytest.raises(…)`, `self.assertRaises(…)`."""
    if not isinstance(manager, ast.Call):
        return False
    function = manager.func
    return (function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")) in _FAILING


def _failing(body: Execute) -> Execute:
    """A block that is there to fail: nothing in it is reported, and the program goes on behind it."""

    def run(f: Frame) -> Signal:
        it = f.it
        depth, frames, doubt = len(it.handlers), len(it.frames), it.doubt
        it.handlers.append([it.native_class("builtins.BaseException")])
        it.doubt += 1
        try:
            return body(f)
        except PyRaise:
            del it.frames[frames:]
            return None
        finally:
            it.doubt = doubt
            del it.handlers[depth:]

    return run


def _enter(f: Frame, value: Value) -> Value:
    if isinstance(value, Instance):
        method = value.cls.lookup("__enter__") or value.cls.lookup("__aenter__")
        if method is not None:
            return f.it.call(BoundMethod(method, value))
        return Unknown(Reason.OPAQUE, value.cls.name) if value.cls.open else value
    if isinstance(value, Unknown):
        return Unknown(value.reason, value.detail, value.span)
    return value


def _exit(f: Frame, value: Value) -> None:
    if isinstance(value, Instance):
        method = value.cls.lookup("__exit__") or value.cls.lookup("__aexit__")
        if method is not None:
            f.it.call(BoundMethod(method, value), [None, None, None])


def generator_of(value: Value) -> tuple[FunctionV, list[Value], dict[str, Value]] | None:
    """The generator function, and its arguments, that `contextlib.contextmanager` made the manager of."""
    again = value.extra.get("again") if isinstance(value, Instance) else None
    return again if again is not None and isinstance(again[0], FunctionV) else None


def around(
    f: Frame, function: FunctionV, args: list[Value], kwargs: dict[str, Value], body: Callable[[Value], Signal]
) -> Signal:
    """Run a generator with the block at its `yield`, so that what it does before and after happens before and after.

    A `yield` that may not be reached cannot hold the block: it then follows all that the generator does."""
    it = f.it
    depth, levels, doubt, loose = len(it.frames), len(it.journal.levels), it.doubt, f.loose
    done: list[Signal] = []

    def at_yield(value: Value) -> Value:
        if not done and len(it.journal.levels) == levels and it.doubt == doubt:
            done.append(None)
            aside = it.frames[depth:]
            del it.frames[depth:]
            try:
                done[0] = body(value)
            finally:
                it.frames[depth:] = aside
        return None

    found = calls.call_function(it, function, list(args), dict(kwargs), at_yield)
    it.doubt = doubt + f.loose - loose
    if done:
        return done[0]
    if isinstance(found, IteratorV):
        return body(found.items[0] if found.items else found.rest)
    return body(Unknown(Reason.OPAQUE, function.name))
