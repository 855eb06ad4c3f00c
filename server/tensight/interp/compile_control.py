"""Loops, try, with → closures."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from .. import limits
from ..values import Instance, Tensor, Value
from ..values.join import join_named, same
from . import diagnose, forks
from .errors import PyRaise
from .frame import BREAK, CONTINUE, RETURN, Evaluate, Execute, Frame, Signal
from .iteration import iterate, one_of
from .journal import MISSING, settled
from .scopes import Scope
from .unit import Unit

if TYPE_CHECKING:
    from .journal import Delta

#: Sequences up to this length are always followed item by item.
_SHORT = 32


def break_(unit: Unit, node: ast.Break, scope: Scope) -> Execute:
    return lambda f: BREAK


def continue_(unit: Unit, node: ast.Continue, scope: Scope) -> Execute:
    return lambda f: CONTINUE


class _Loop:
    """One run of a loop: arms of undecided branches that left it wait here until the pass, or the loop, ends."""

    def __init__(self, f: Frame, body: Execute) -> None:
        self.f, self.body = f, body
        f.loop_pending.append([])

    def once(self) -> Signal:
        """One pass of the body: None to go on, BREAK or RETURN."""
        signal = self.body(self.f)
        self._meet(CONTINUE)
        return None if signal == CONTINUE else signal

    def _meet(self, kind: int) -> None:
        f = self.f
        waiting = f.loop_pending[-1]
        for arm in [w for w in waiting if w[0] == kind]:
            _, delta, watch = arm
            waiting.remove(arm)
            forks.rejoin(f, delta, watch)

    def close(self) -> None:
        """The loop ended by an exception, or by a native's own end."""
        self._meet(CONTINUE)
        self._meet(BREAK)
        self.f.loop_pending.pop()

    def end(self, signal: Signal, orelse: Execute) -> Signal:
        """The loop is over: by itself, which runs its `else`, or for good. Arms that broke out of it skip the one and
        outlive the other."""
        f = self.f
        self._meet(CONTINUE)
        broken = f.loop_pending.pop()
        if not broken:
            return None if signal == BREAK else orelse(f) if signal is None else signal
        if signal != BREAK:
            forks.aside(f, orelse if signal is None else lambda frame: signal)
        for _, delta, watch in broken:
            forks.rejoin(f, delta, watch)
        return None


def for_(unit: Unit, node: ast.For | ast.AsyncFor, scope: Scope) -> Execute:
    """`for`: known items one by one, unknown further ones in one pass that may not happen."""
    from .compile_expressions import expression
    from .compile_statements import block
    from .compile_targets import target

    source, put = expression(unit, node.iter, scope), target(unit, node.target, scope)
    body, orelse = block(unit, node.body, scope), block(unit, node.orelse, scope)
    names = frozenset(n.id for n in ast.walk(node.target) if isinstance(n, ast.Name))
    slot = unit.slot(node.iter, "iterate")
    whole = not _may_leave(node.body)

    def run(f: Frame) -> Signal:
        value = source(f)
        if slot is not None:
            f.at = slot
        found = iterate(f.it, value, whole)
        loop = _Loop(f, body)
        try:
            signal = _items(f, loop, found.items, put, names)
            if signal is None and found.rest is not None:
                signal = _some(f, loop, found.rest, put)
        except BaseException:
            loop.close()
            raise
        return loop.end(signal, orelse)

    return run


def _may_leave(body: list[ast.stmt]) -> bool:
    """Whether a loop with that body may end before its last item."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Break | ast.Return | ast.Raise | ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))
    return False


def _items(
    f: Frame, loop: _Loop, found: list[Value], put: Callable[[Frame, Value], None], names: frozenset[str]
) -> Signal:
    n = len(found)
    if n <= _SHORT or not _alike(found):
        for item in found[: limits.MAX_UNROLL]:
            f.it.tick()
            put(f, item)
            signal = loop.once()
            if signal is not None:
                return signal
        return None
    it, yields = f.it, f.yields
    calls_before, steps_before = it.module_calls, it.steps
    since = 0 if yields is None else yields.count
    for i, item in enumerate(found):
        it.tick()
        it.journal.open()
        try:
            put(f, item)
            signal = loop.once()
        except BaseException:
            it.journal.commit()
            raise
        delta = it.journal.commit()
        if signal is not None:
            return signal
        heavy = it.module_calls > calls_before and i + 1 >= limits.MAX_LOOP_PASSES
        counted = yields is not None and yields.whole and yields.count > since  # each pass counts
        if settled(delta, names) and i >= 1 and not counted:
            break
        long = i + 1 >= limits.MAX_UNROLL or it.steps - steps_before > limits.MAX_LOOP_STEPS
        if heavy or long:
            it.journal.widen(delta)
            break
    else:
        return None
    if yields is not None:
        yields.cut(since)
    return _last_pass(f, loop, found[-1], put, names)


def _last_pass(
    f: Frame, loop: _Loop, item: Value, put: Callable[[Frame, Value], None], names: frozenset[str]
) -> Signal:
    """A loop that was left early ends with its last item (a smaller batch, the last number): its pass is run too.

    The targets (`names`) then are what that pass made of them; what else it changed may have changed before."""
    journal = f.it.journal
    journal.open()
    try:
        put(f, item)
        signal = loop.once()
    except BaseException:
        journal.commit()
        raise
    journal.widen(journal.commit(), names)
    return signal


def _alike(found: list[Value]) -> bool:
    """Whether the items differ in nothing but their number: counters, or the batches of a loader."""
    middle = found[len(found) // 2]
    return _alike_but_number(found[0], found[1]) and _alike_but_number(found[1], middle)


def _alike_but_number(a: Value, b: Value) -> bool:
    """The same, or numbers, or (`enumerate`) tuples of such."""
    if type(a) is int and type(b) is int:
        return True
    if type(a) is tuple and type(b) is tuple:
        return len(a) == len(b) and all(_alike_but_number(x, y) for x, y in zip(a, b))
    return same(a, b)


def _changed_shape(delta: Delta) -> bool:
    for change in delta.values():
        if isinstance(change.old, Tensor) and isinstance(change.new, Tensor) and change.old.dims != change.new.dims:
            return True
        if type(change.old) is int and change.new is not MISSING and change.old != change.new:
            return True
    return False


def _some(
    f: Frame, loop: _Loop, item: Value, put: Callable[[Frame, Value], None], again: Evaluate | None = None
) -> Signal:
    """Any number of passes: one in doubt; a second if sizes changed, from the joined state. `again`: the test of a
    `while`, which ends each pass."""

    def one() -> Signal:
        put(f, one_of(item))
        signal = loop.once()
        if signal is None and again is not None:
            again(f)
        return None if signal == BREAK else signal

    for _ in range(2):
        f.it.journal.open()
        try:
            signal = forks.branch(f, [one, lambda: None], join_named)
        except BaseException:
            f.it.journal.commit()
            raise
        delta = f.it.journal.commit()
        if signal is not None:
            return signal
        if not _changed_shape(delta):
            return None
    return None


def follow(f: Frame, value: Value, step: Callable[[Value], None]) -> None:
    """`for item in value: step(item)`, for natives that loop over what the program gave them."""
    held: list[Value] = [None]

    def body(frame: Frame) -> Signal:
        step(held[0])
        return None

    def put(frame: Frame, item: Value) -> None:
        held[0] = item

    found = iterate(f.it, value)
    loop = _Loop(f, body)
    try:
        if _items(f, loop, found.items, put, frozenset()) is None and found.rest is not None:
            _some(f, loop, found.rest, put)
    finally:
        loop.close()


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

    def passes(f: Frame, loop: _Loop) -> tuple[Signal, Execute]:
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
                return _some(f, loop, None, lambda frame, value: None, test), _nothing
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
            enough = limits.MAX_LOOP_PASSES if it.module_calls > calls_before else _SHORT
            if yields is not None and yields.count > since and i + 1 >= enough:
                yields.cut(since)
                it.journal.widen(delta)
                return _some(f, loop, None, lambda frame, value: None, test), _nothing
            if it.module_calls > calls_before and i + 1 >= limits.MAX_LOOP_PASSES and i >= _SHORT:
                it.journal.widen(delta)
                return None, endless
        return None, endless

    def run(f: Frame) -> Signal:
        loop = _Loop(f, body)
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


__all__ = ["diagnose", "follow", "for_", "try_", "while_"]
