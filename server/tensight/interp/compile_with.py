"""`with` → closures; blocks that run where a generator yields."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from ..values import BoundMethod, FunctionV, Instance, IteratorV, Reason, Unknown, Value
from . import calls, forks
from .catching import Way, again
from .compile_try import ended, guarded
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

        def inside(f: Frame) -> Signal:
            if put is not None:
                put(f, entered)
            return run(f, i + 1)

        swallowed = value.extra.get("suppress") if isinstance(value, Instance) else None
        if swallowed:
            return guarded(f, [Way(swallowed)], inside, _go_on, lambda way: None)
        leave = _exit_of(value)
        if isinstance(leave, FunctionV):
            way = Way([f.it.native_class("builtins.BaseException")] if _may_swallow(leave) else (), final=True)
            return ended(f, way, inside, lambda errors: _leave(f, BoundMethod(leave, value), errors))
        try:
            return inside(f)
        finally:
            if leave is not None:
                f.it.call(BoundMethod(leave, value), [None, None, None])

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
        it.doubt += 1
        try:
            return guarded(f, [Way([it.native_class("builtins.BaseException")])], body, _go_on, lambda way: None)
        finally:
            it.doubt -= 1

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


def _exit_of(value: Value) -> Value:
    if not isinstance(value, Instance):
        return None
    return value.cls.lookup("__exit__") or value.cls.lookup("__aexit__")


def _may_swallow(leave: FunctionV) -> bool:
    """Whether an `__exit__` gives something that may be true."""
    return any(
        isinstance(node, ast.Return)
        and node.value is not None
        and not (isinstance(node.value, ast.Constant) and not node.value.value)
        for node in ast.walk(leave.code.node)
    )


def _leave(f: Frame, leave: Value, errors: Sequence[PyRaise]) -> Signal:
    """`__exit__` of the program's own: an exception ends there if it says so."""
    it = f.it
    if not errors:
        it.call(leave, [None, None, None])
        return None
    exc = errors[0].exc if len(errors) == 1 and not errors[0].vague else None
    kind: Value = Unknown(Reason.DATA_DEPENDENT, "an exception") if exc is None else exc.cls
    ends = it.truth(it.call(leave, [kind, kind if exc is None else exc, Unknown(Reason.OPAQUE, "traceback")]))

    def passes() -> Signal:
        raise again(it, errors)

    if ends is None:
        return forks.branch(f, [_swallowed, passes])
    return None if ends else passes()


def _swallowed() -> Signal:
    return None


def _go_on(f: Frame) -> Signal:
    return None


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
