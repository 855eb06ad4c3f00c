"""`assert`, `raise`, and calls that stand for an `assert`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeGuard

from ..values import FirstLine, Instance, Native, OneOf, Unknown
from . import diagnose
from .catching import again
from .compile_expressions import expression
from .errors import PyRaise
from .frame import Evaluate, Execute, Frame, Signal
from .narrowing import lessons, narrowing
from .native_names import is_read
from .natives.state import process
from .scopes import Scope
from .unit import Unit

#: Functions that raise this exception unless their first argument holds. The second is a message, or gives it.
_ASSERTING = {"torch._assert": "AssertionError", "torch._check": "RuntimeError"}
_NAMES = frozenset(name.rpartition(".")[2] for name in _ASSERTING)


def assert_(unit: Unit, node: ast.Assert, scope: Scope) -> Execute:
    slot = unit.slot(node, "assert")
    hold = _held(unit, node.test, scope, "AssertionError")
    message = expression(unit, node.msg, scope) if node.msg is not None else None

    def run(f: Frame) -> Signal:
        if not hold(f):
            if slot is not None:
                f.at = slot
            text = message(f) if message is not None else ""
            raise_program(f, diagnose.make_exception(f.it, "AssertionError", text if isinstance(text, str) else ""))
        return None

    return run


def _held(unit: Unit, node: ast.expr, scope: Scope, otherwise: str) -> Callable[[Frame], bool]:
    """Whether a condition may hold; if it may, the program goes on knowing that it does. What it raises `otherwise`."""
    test = expression(unit, node, scope)
    narrow, learn = narrowing(unit, node, scope), lessons(unit, node, scope)

    def holds(f: Frame) -> bool:
        answer = f.it.truth(test(f))
        if answer is None:
            f.it.may_raise(otherwise)
            narrow(f, True)
            if f.it.certain:
                learn(f, True)
        return answer is not False

    return holds


def may_assert(node: ast.expr) -> TypeGuard[ast.Call]:
    """Whether a call could be one of those that stand for an `assert`: what it calls is known when it is run."""
    if not isinstance(node, ast.Call) or node.keywords or not 1 <= len(node.args) <= 2:
        return False
    match node.func:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(), attr=name):
            return name in _NAMES and not any(isinstance(argument, ast.Starred) for argument in node.args)
    return False


def asserting_call(unit: Unit, node: ast.Call, scope: Scope, otherwise: Evaluate) -> Execute:
    """`torch._assert(condition, message)` as a statement."""
    slot = unit.slot(node, "assert")
    callee = expression(unit, node.func, scope)
    hold = _held(unit, node.args[0], scope, "Exception")
    message = expression(unit, node.args[1], scope) if len(node.args) == 2 else None

    def run(f: Frame) -> Signal:
        called = callee(f)
        exception = _ASSERTING.get(called.name) if isinstance(called, Native) else None
        if exception is None:
            otherwise(f)
        elif not hold(f):
            if slot is not None:
                f.at = slot
            text = message(f) if message is not None else ""
            if exception == "RuntimeError" and not isinstance(text, str):
                text = f.it.call(text)
            raise_program(f, diagnose.make_exception(f.it, exception, text if isinstance(text, str) else ""))
        return None

    return run


def raise_program(f: Frame, exc: Instance, vague: bool = False) -> None:
    """`raise exc`: reported in the user's code if it certainly happens and nothing catches it. `vague`: see PyRaise."""
    it = f.it
    where = diagnose.user_span(it)
    caught = diagnose.caught_by(it, exc.cls, through_forks=True)
    in_user = f.at is not None
    error = PyRaise(exc, where, it.certain, vague=vague)
    # what nobody calls and what refuses its own defaults only wants another argument, or another mode
    written = it.root is None or it.root.kind == "script"
    # it may be called with arguments that nobody knows of
    certain = it.certain and not process(it).arguments_read
    if in_user and written and certain and not caught and not _expected(exc):
        name, shown = exc.cls.name, _text(exc)
        diagnose.report(it, "certain-raise", f"{name}: {shown}" if shown else name, data={"exception": name})
        error.reported = True
    elif not in_user and written and certain and not caught and is_read(it, f.module.name):
        # what PyTorch's own Python refuses is refused as by its compiled functions
        name, shown = exc.cls.name, _text(exc)
        diagnose.report(it, "invalid-argument", shown.partition("\n")[0] or name, data={"exception": name})
        error.reported = True
    raise error


def _text(exc: Instance) -> str:
    """The message, as far as it is known."""
    args = exc.attrs.get("args")
    first = args[0] if isinstance(args, tuple) and args else ""
    return first if isinstance(first, str) else first.line if isinstance(first, FirstLine) else ""


def _expected(exc: Instance) -> bool:
    """Exceptions by which a program ends or talks to itself, not faults."""
    return any(exc.cls.derives_from(f"builtins.{name}") for name in _EXPECTED)


_EXPECTED = (
    "SystemExit", "KeyboardInterrupt", "StopIteration", "GeneratorExit", "NotImplementedError", "OSError",
    "ImportError", "StopAsyncIteration", "Warning",
)  # fmt: skip


def raise_(unit: Unit, node: ast.Raise, scope: Scope) -> Execute:
    value = expression(unit, node.exc, scope) if node.exc is not None else None
    slot = unit.slot(node, "raise")

    def run(f: Frame) -> Signal:
        it = f.it
        if value is None:
            if it.handling:
                error = again(it, it.handling[-1])
                error.span, error.certain, error.reported = diagnose.user_span(it), it.certain, False
                raise error
            raise PyRaise(diagnose.make_exception(it, "RuntimeError", "No active exception"), None, False)
        exc = value(f)
        if slot is not None:
            f.at = slot
        if not isinstance(exc, Instance):
            made = it.call(exc) if not isinstance(exc, Unknown | OneOf) else exc
            if not isinstance(made, Instance):
                raise_program(f, diagnose.make_exception(it, "Exception", ""), vague=True)
            exc = made
        raise_program(f, exc)
        return None

    return run
