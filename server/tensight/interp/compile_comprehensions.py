"""Comprehensions: a frame of their own, evaluated at once (generator expressions too)."""

from __future__ import annotations

import ast
from collections.abc import Callable

from .. import limits
from ..values import DictV, IteratorV, ListV, Reason, Scalar, SetV, Unknown, Value, join
from . import forks, tables
from .frame import Evaluate, Frame, Signal
from .iteration import Items, iterate, one_of
from .narrowing import Narrow, narrowing
from .natives.support import as_rest
from .scopes import Scope, comprehension_scope
from .unit import Unit

_Emit = Callable[[Frame, bool], None]


def comprehension(unit: Unit, node: ast.expr, scope: Scope) -> Evaluate:
    """A list, set, dict comprehension or generator expression."""
    from .compile_expressions import expression, recorded
    from .compile_targets import target

    assert isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
    inner = comprehension_scope(node, scope)
    first = expression(unit, node.generators[0].iter, scope)
    sources = [None, *[expression(unit, g.iter, inner) for g in node.generators[1:]]]
    targets = [target(unit, g.target, inner) for g in node.generators]
    tests = [[(expression(unit, t, inner), narrowing(unit, t, inner)) for t in g.ifs] for g in node.generators]
    if isinstance(node, ast.DictComp):
        key, value = expression(unit, node.key, inner), expression(unit, node.value, inner)
    else:
        key, value = None, expression(unit, node.elt, inner)

    def run(f: Frame) -> Value:
        frame = Frame(f.it, f.module, {}, f)
        frame.globals = f.globals
        frame.inline = True
        frame.at = f.at
        out = _Collected()
        start = iterate(f.it, first(f))
        f.it.frames.append(frame)
        try:
            _loop(frame, 0, start, out)
        finally:
            f.it.frames.pop()
        return _result(node, out)

    single = isinstance(node, ast.ListComp) and len(targets) == 1 and not tests[0]

    def _loop(frame: Frame, i: int, found: Items, out: _Collected) -> None:
        it, before = frame.it, frame.it.steps
        items = found.items[: limits.MAX_ITEMS]
        for at, item in enumerate(items):
            it.tick()
            targets[i](frame, item)
            _tested(frame, i, 0, out)
            if at == 1 and single and (it.steps - before) * len(items) > 2 * limits.MAX_LOOP_STEPS:
                rest = tables.further(items, [v for _, v in out.items], frame, targets[i], value)
                if rest is not None:
                    out.items.extend((None, v) for v in rest)
                    break
        if found.rest is not None:
            frame.it.tick()
            targets[i](frame, one_of(found.rest))
            out.unsure += 1
            _tested(frame, i, 0, out)
            out.unsure -= 1

    def _tested(frame: Frame, i: int, passed: int, out: _Collected) -> None:
        """Goes on with an item that is bound and has passed the first tests of its clause."""
        for k, (test, narrow) in enumerate(tests[i][passed:], passed + 1):
            tested = test(frame)
            answer = frame.it.truth(tested)
            if answer is False:
                return
            if answer is None:
                forks.branch(frame, [_passing(frame, i, k, narrow, out), lambda: None], forks.joiner(tested))
                return
        if i + 1 == len(targets):
            out.add(key(frame) if key is not None else None, value(frame))
            return
        source = sources[i + 1]
        assert source is not None
        _loop(frame, i + 1, iterate(frame.it, source(frame)), out)

    def _passing(frame: Frame, i: int, passed: int, narrow: Narrow, out: _Collected) -> Callable[[], Signal]:
        """The arm in which an undecided test holds."""

        def arm() -> Signal:
            narrow(frame, True)
            out.unsure += 1
            try:
                _tested(frame, i, passed, out)
            finally:
                out.unsure -= 1
            return None

        return arm

    return recorded(unit.slot(node, "listcomp"), run)


class _Collected:
    """What a comprehension gave: sure items in order, and what further ones are like."""

    def __init__(self) -> None:
        self.items: list[tuple[Value, Value]] = []
        self.rest: Value = None
        self.unsure = 0

    def add(self, key: Value, value: Value) -> None:
        if self.unsure or self.rest is not None:
            value = as_rest(value)
            self.rest = value if self.rest is None else join(self.rest, value)
        else:
            self.items.append((key, value))


def _result(node: ast.expr, out: _Collected) -> Value:
    if isinstance(node, ast.ListComp):
        return ListV([v for _, v in out.items], out.rest)
    if isinstance(node, ast.GeneratorExp):
        return IteratorV([v for _, v in out.items], out.rest)
    if isinstance(node, ast.SetComp):
        result = SetV({}, out.rest is not None)
        for _, value in out.items:
            try:
                result.items[value] = None
            except TypeError:
                result.open = True
        return result
    mapping = DictV({}, out.rest)
    for key, value in out.items:
        if isinstance(key, Unknown | Scalar | ListV | DictV):
            mapping.rest = value if mapping.rest is None else join(mapping.rest, value)
        else:
            mapping.items[key] = value
    return mapping


__all__ = ["Reason", "comprehension"]
