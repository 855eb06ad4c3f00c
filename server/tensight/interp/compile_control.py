"""Loops → closures."""

from __future__ import annotations

import ast

from .. import limits
from . import forks
from .changes import settled
from .frame import BREAK, CONTINUE, Execute, Frame, Signal
from .iteration import iterate
from .loops import SHORT, Loop, form_of, items, some
from .scopes import Scope
from .unit import Unit


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
        loop = Loop(f, body, form, bool(node.orelse))
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
                return some(f, loop, None, lambda frame, value: None, test), orelse
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
            if loop.often_left:
                it.journal.widen(delta)
                return some(f, loop, None, lambda frame, value: None, test), orelse
            enough = limits.MAX_LOOP_PASSES if it.module_calls > calls_before else SHORT
            if yields is not None and yields.count > since and i + 1 >= enough:
                yields.cut(since)
                it.journal.widen(delta)
                return some(f, loop, None, lambda frame, value: None, test), orelse
            if it.module_calls > calls_before and i + 1 >= limits.MAX_LOOP_PASSES and i >= SHORT:
                it.journal.widen(delta)
                return None, endless
        return None, endless

    def run(f: Frame) -> Signal:
        loop = Loop(f, body, has_else=bool(node.orelse))
        try:
            signal, follows = passes(f, loop)
        except BaseException:
            loop.close()
            raise
        return loop.end(signal, follows)

    return run


def _nothing(f: Frame) -> Signal:
    return None


__all__ = ["for_", "while_"]
