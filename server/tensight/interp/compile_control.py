"""Loops, try, with → closures."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .. import limits
from ..values import Instance, Value
from . import diagnose, forks
from .errors import PyRaise
from .frame import BREAK, CONTINUE, RETURN, Execute, Frame, Signal
from .iteration import iterate
from .journal import settled
from .loops import SHORT, Loop, form_of, items, some
from .scopes import Scope
from .unit import Unit

if TYPE_CHECKING:
    pass


def break_(unit: Unit, node: ast.Break, scope: Scope) -> Execute:
    return lambda f: BREAK


def continue_(unit: Unit, node: ast.Continue, scope: Scope) -> Execute:
    return lambda f: CONTINUE


def for_(unit: Unit, node: ast.For | ast.AsyncFor, scope: Scope) -> Execute:
    """`for`: known items one by one, unknown further ones in one pass that may not happen."""
    from .compile_expressions import expression
    from .compile_statements import block
    from .compile_targets import target

    source, put = expression(unit, node.iter, scope), target(unit, node.target, scope)
    body, orelse = block(unit, node.body, scope), block(unit, node.orelse, scope)
    names = frozenset(n.id for n in ast.walk(node.target) if isinstance(n, ast.Name))
    slot = unit.slot(node.iter, "iterate")
    form = form_of(node)
    whole = not form.leaves and not form.yields

    def run(f: Frame) -> Signal:
        value = source(f)
        if slot is not None:
            f.at = slot
        found = iterate(f.it, value, whole)
        loop = Loop(f, body, form)
        try:
            signal = items(f, loop, found.items, put, names)
            if signal is None and found.rest is not None:
                signal = some(f, loop, found.rest, put)
        except BaseException:
            loop.close()
            raise
        return loop.end(signal, orelse)

    return run


def while_(unit: Unit, node: ast.While, scope: Scope) -> Execute:
    """`while`: as long as the test is known to hold, within a bound; else as a loop of unknown length."""
    from .compile_expressions import expression
    from .compile_statements import block

    test, body, orelse = (
        expression(unit, node.test, scope),
        block(unit, node.body, scope),
        block(unit, node.orelse, scope),
    )

    for_ever = isinstance(node.test, ast.Constant) and not any(isinstance(part, ast.Break) for part in ast.walk(node))

    def endless(f: Frame) -> Signal:
        """The test holds for ever: who comes out of the loop has left by `return`."""
        return forks.last_to_leave(f) if for_ever else None

    def passes(f: Frame, loop: Loop) -> tuple[Signal, Execute]:
        """How the loop ended, and what follows if it was by itself."""
        it = f.it
        calls_before, yields = it.module_calls, f.yields
        since = 0 if yields is None else yields.count
        answer = it.truth(test(f))
        for i in range(limits.MAX_UNROLL):
            it.tick()
            if answer is False:
                return None, orelse
            if answer is None:
                return some(f, loop, None, lambda frame, value: None, test), _nothing
            it.journal.open()
            try:
                signal = loop.once()
                if signal is None:
                    answer = it.truth(test(f))  # it may bind names: what it changes belongs to the pass
            except BaseException:
                it.journal.commit()
                raise
            delta = it.journal.commit()
            if signal is not None:
                return signal, _nothing
            if answer and settled(delta):
                if yields is not None:
                    yields.cut(since)
                return None, endless
            enough = limits.MAX_LOOP_PASSES if it.module_calls > calls_before else SHORT
            if yields is not None and yields.count > since and i + 1 >= enough:
                yields.cut(since)
                it.journal.widen(delta)
                return some(f, loop, None, lambda frame, value: None, test), _nothing
            if it.module_calls > calls_before and i + 1 >= limits.MAX_LOOP_PASSES and i >= SHORT:
                it.journal.widen(delta)
                return None, endless
        return None, endless

    def run(f: Frame) -> Signal:
        loop = Loop(f, body)
        try:
            signal, follows = passes(f, loop)
        except BaseException:
            loop.close()
            raise
        return loop.end(signal, follows)

    return run


def _nothing(f: Frame) -> Signal:
    return None


# ---- try


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
        handlers.append((kind, put, block(unit, handler.body, scope)))

    def classes_of(f: Frame) -> list[list[Value]]:
        out = []
        for kind, _, _ in handlers:
            value = kind(f) if kind is not None else f.it.native_class("builtins.BaseException")
            out.append(list(value) if isinstance(value, tuple) else [value])
        return out

    def guarded(f: Frame) -> Signal:
        it = f.it
        kinds = classes_of(f)
        depth, frames, doubt = len(it.handlers), len(it.frames), it.doubt
        if handlers:
            it.handlers.append([c for row in kinds for c in row])
        try:
            try:
                signal = body(f)
            finally:
                del it.handlers[depth:]
            return orelse(f) if signal is None else signal
        except PyRaise as error:
            del it.frames[frames:]
            it.doubt = max(it.doubt, doubt)
            for row, (_, put, handle) in zip(kinds, handlers):
                if not any(catches(it, c, error.exc) for c in row):
                    continue
                if put is not None:
                    put(f, error.exc)  # type: ignore[operator]
                it.handling.append(error.exc)
                try:
                    return handle(f)
                finally:
                    it.handling.pop()
            raise

    if not node.finalbody:
        return guarded

    def run(f: Frame) -> Signal:
        try:
            signal = guarded(f)
        except PyRaise:
            if final(f) is not None:
                return RETURN
            raise
        kept = f.return_value
        last = final(f)
        if last is None:
            f.return_value = kept
            return signal
        return last

    return run


def catches(it: object, cls: Value, exc: Instance) -> bool:
    from ..values import ClassV

    return not isinstance(cls, ClassV) or exc.cls.is_subclass(cls)


__all__ = ["diagnose", "for_", "try_", "while_"]
