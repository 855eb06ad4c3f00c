"""Running loops: known items one by one, as long as passes differ; unknown ones in doubt."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .. import limits
from ..values import DictV, Instance, ListV, OneOf, Tensor, Value
from ..values.join import join_named, same
from . import forks
from .changes import MISSING, WHOLE, settled
from .errors import PyRaise
from .frame import BREAK, CONTINUE, Evaluate, Execute, Frame, Signal
from .iteration import iterate, one_of

if TYPE_CHECKING:
    from .changes import Delta

#: Sequences up to this length are always followed item by item.
SHORT = 32
#: Containers in containers that are compared to see whether a pass changed them.
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Form:
    """What the text of a loop says of its passes. `leaves`: one may be the last, `returns`: by leaving the function.
    `yields`: the loop of who asks for values may end first. `tests`: what one does may depend on its item."""

    leaves: bool = False
    returns: bool = False
    yields: bool = False
    tests: bool = False


NO_FORM = Form()


def form_of(node: ast.For | ast.AsyncFor) -> Form:
    targets = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
    leaves = returns = yields = tests = False
    stack: list[ast.AST] = list(node.body)
    while stack:
        part = stack.pop()
        match part:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                continue
            case ast.Return():
                leaves = returns = True
            case ast.Break() | ast.Raise():
                leaves = True
            case ast.Yield() | ast.YieldFrom():
                yields = True
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) | ast.Assert(test=test):
                tests = tests or _mentions(test, targets)
            case ast.Compare() | ast.BoolOp():
                tests = tests or _mentions(part, targets)
        stack.extend(ast.iter_child_nodes(part))
    return Form(leaves, returns, yields, tests)


def _mentions(test: ast.AST, names: set[str]) -> bool:
    return any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(test))


class Loop:
    """One run of a loop: arms of undecided branches that left it wait here until the pass, or the loop, ends.

    `cut`: passes that nobody followed may have been the last one."""

    def __init__(self, f: Frame, body: Execute, form: Form = NO_FORM, has_else: bool = False) -> None:
        self.f, self.body, self.form, self.cut, self.has_else = f, body, form, False, has_else
        f.loop_pending.append([])

    def once(self) -> Signal:
        """One pass of the body: None to go on, BREAK or RETURN."""
        try:
            signal = self.body(self.f)
        except PyRaise as error:
            signal = forks.pass_ended_by(self.f, error)
        self._meet(CONTINUE)
        return None if signal == CONTINUE else signal

    @property
    def often_left(self) -> bool:
        """Whether it may have ended in so many of its passes that one more says nothing new."""
        return len(self.f.loop_pending[-1]) >= SHORT

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
        if not broken and not (self.cut and signal is None):
            return None if signal == BREAK else orelse(f) if signal is None else signal
        if signal != BREAK:
            forks.aside(f, orelse if signal is None else lambda frame: signal)
        for _, delta, watch in broken:
            forks.rejoin(f, delta, watch)
        return None


def items(
    f: Frame, loop: Loop, found: list[Value], put: Callable[[Frame, Value], None], names: frozenset[str]
) -> Signal:
    n = len(found)
    if n <= SHORT or not _alike(found):
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
    open_before, differ = f.loose, loop.form.leaves or loop.form.tests
    changed: Delta = {}
    levels = len(it.journal.levels)
    try:
        for i, item in enumerate(found):
            it.tick()
            if i == 1 and differ:
                it.journal.open()  # what further passes change, another one may have changed before
            it.journal.open()
            try:
                put(f, item)
                signal = loop.once()
            finally:
                delta = it.journal.commit()
            if signal is not None:
                return signal
            heavy = it.module_calls > calls_before and i + 1 >= limits.MAX_LOOP_PASSES
            counted = yields is not None and yields.whole and yields.count > since  # each pass counts
            decided = differ and f.loose == open_before  # a later item may be answered in another way
            if settled(delta, names) and i >= 1 and not counted and not decided:
                break
            long = i + 1 >= limits.MAX_UNROLL or it.steps - steps_before > limits.MAX_LOOP_STEPS or loop.often_left
            if heavy or long:
                it.journal.widen(delta)
                break
        else:
            return None
    finally:
        if len(it.journal.levels) > levels:
            changed = it.journal.commit()
    it.journal.widen(changed)
    if yields is not None:
        yields.cut(since)
    if not loop.form.leaves:
        return _last_pass(f, loop, found[-1], put, names)
    loop.cut = True
    signal = _last_pass(f, loop, found[-1], put, frozenset())
    if loop.form.returns:
        forks.doubt(f)
    return signal


def _last_pass(f: Frame, loop: Loop, item: Value, put: Callable[[Frame, Value], None], names: frozenset[str]) -> Signal:
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


def _changed(delta: Delta) -> bool:
    """Whether the next pass may see other sizes, or take other ways, than the one that made these changes."""
    for change in delta.values():
        old, new = change.old, change.new
        if change.key is WHOLE:
            if _differ(old, new):
                return True
        elif old is not MISSING and new is not MISSING and _differ(old, new):
            return True
    return False


def _differ(a: Value, b: Value, depth: int = _DEPTH) -> bool:
    """Whether two values differ in what sizes and ways are made of. Floats are taken for what is measured on the way,
    objects of one class for objects of one kind, lists of objects for parts that are put together later."""
    if a is b or isinstance(a, float) or not depth:
        return False
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return a.dims != b.dims and not same(a, replace(b, data=a.data, dtype=a.dtype))
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        if len(a) != len(b):
            return not all(map(_is_object, b[len(a) :]))
        return any(_differ(x, y, depth - 1) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() != b.keys() or any(_differ(value, b[key], depth - 1) for key, value in a.items())
    if isinstance(a, Instance) and isinstance(b, Instance):
        return a.cls is not b.cls
    if _is_object(b) and (_is_object(a) or (a is None and depth < _DEPTH)):
        return False
    if isinstance(a, ListV) and isinstance(b, ListV):
        return _differ((a.items, a.rest), (b.items, b.rest), depth)
    if isinstance(a, DictV) and isinstance(b, DictV):
        return _differ((a.items, a.rest), (b.items, b.rest), depth)
    return not same(a, b)


def _is_object(value: Value) -> bool:
    return isinstance(value, Instance) or (isinstance(value, OneOf) and all(map(_is_object, value.options)))


def some(
    f: Frame, loop: Loop, item: Value, put: Callable[[Frame, Value], None], again: Evaluate | None = None
) -> Signal:
    """Any number of passes: one in doubt; further ones as long as what they see changes, from the joined state.
    `again`: the test of a `while`, which ends each pass."""

    def one() -> Signal:
        put(f, one_of(item))
        signal = loop.once()
        if signal is None and again is not None:
            again(f)
        return None if signal == BREAK and not loop.has_else else signal

    for _ in range(limits.MAX_LOOP_PASSES):
        f.it.journal.open()
        try:
            signal = forks.branch(f, [one, lambda: None], join_named)
        except BaseException:
            f.it.journal.commit()
            raise
        delta = f.it.journal.commit()
        if signal is not None:
            return signal
        if not _changed(delta):
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
    loop = Loop(f, body)
    try:
        if items(f, loop, found.items, put, frozenset()) is None and found.rest is not None:
            some(f, loop, found.rest, put)
    finally:
        loop.close()
