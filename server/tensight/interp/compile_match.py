"""`match` → closures: patterns with three answers; an undecided case is a branch."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..values import ClassV, DictV, ListV, Reason, Tensor, Unknown, Value
from . import attributes, comparison, forks, items
from .frame import Execute, Frame, Signal
from .scopes import Scope
from .unit import Unit

#: (frame, subject) → does it match (None: undecided); binds names on the way.
Pattern = Callable[[Frame, Value], bool | None]


def match(unit: Unit, node: ast.Match, scope: Scope) -> Execute:
    """A match statement."""
    from .compile_expressions import expression
    from .compile_statements import block

    subject = expression(unit, node.subject, scope)
    cases = [
        (pattern(unit, c.pattern, scope), expression(unit, c.guard, scope) if c.guard is not None else None,
         block(unit, c.body, scope))
        for c in node.cases
    ]  # fmt: skip

    def attempt(f: Frame, value: Value, i: int) -> Signal:
        if i == len(cases):
            return None
        test = cases[i][0]
        answer = test(f, value)
        if answer is None:
            return forks.branch(f, [lambda: guarded(f, value, i), lambda: attempt(f, value, i + 1)])
        return guarded(f, value, i) if answer else attempt(f, value, i + 1)

    def guarded(f: Frame, value: Value, i: int) -> Signal:
        """The case that matches."""
        _, guard, body = cases[i]
        holds = True if guard is None else f.it.truth(guard(f))
        if holds is None:
            return forks.branch(f, [lambda: body(f), lambda: attempt(f, value, i + 1)])
        return body(f) if holds else attempt(f, value, i + 1)

    return lambda f: attempt(f, subject(f), 0)


def _both(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return True if a and b else None


def pattern(unit: Unit, node: ast.pattern, scope: Scope) -> Pattern:
    """The closure of a pattern."""
    from .compile_expressions import expression
    from .compile_names import store

    match node:
        case ast.MatchValue():
            wanted = expression(unit, node.value, scope)
            return lambda f, v: f.it.truth(comparison.compare(f.it, "==", v, wanted(f)))
        case ast.MatchSingleton():
            constant = node.value
            return lambda f, v: comparison.identical(v, constant)
        case ast.MatchAs():
            inner = pattern(unit, node.pattern, scope) if node.pattern is not None else None
            put = store(unit, node.name, scope, None) if node.name else None

            def capture(f: Frame, v: Value) -> bool | None:
                answer = inner(f, v) if inner is not None else True
                if answer is not False and put is not None:
                    put(f, v)
                return answer

            return capture
        case ast.MatchOr():
            options = [pattern(unit, p, scope) for p in node.patterns]

            def any_of(f: Frame, v: Value) -> bool | None:
                answers = [option(f, v) for option in options]
                return True if True in answers else None if None in answers else False

            return any_of
        case ast.MatchSequence():
            return _sequence(unit, node, scope)
        case ast.MatchMapping():
            return _mapping(unit, node, scope)
        case ast.MatchClass():
            return _class(unit, node, scope)
    return lambda f, v: None


def _sequence(unit: Unit, node: ast.MatchSequence, scope: Scope) -> Pattern:
    from .compile_names import store

    star = next((i for i, p in enumerate(node.patterns) if isinstance(p, ast.MatchStar)), None)
    parts = [None if isinstance(p, ast.MatchStar) else pattern(unit, p, scope) for p in node.patterns]
    starred = node.patterns[star] if star is not None else None
    put = store(unit, starred.name, scope, None) if isinstance(starred, ast.MatchStar) and starred.name else None

    def run(f: Frame, v: Value) -> bool | None:
        if isinstance(v, Unknown):
            values: list[Value] = [v] * len(parts)
            sure: bool | None = None
        elif isinstance(v, tuple | ListV):
            values, sure = list(v.items if isinstance(v, ListV) else v), True
            if isinstance(v, ListV) and v.rest is not None:
                return None
        else:
            return None if isinstance(v, Tensor) else False
        if star is None:
            if len(values) != len(parts):
                return False
        else:
            after = len(parts) - star - 1
            if len(values) < len(parts) - 1:
                return False
            middle = values[star : len(values) - after]
            if put is not None:
                put(f, ListV(list(middle)))
            values = [*values[:star], None, *values[len(values) - after :]] if after else [*values[:star], None]
        answer: bool | None = sure
        for part, value in zip(parts, values):
            if part is not None:
                answer = _both(answer, part(f, value))
        return answer

    return run


def _mapping(unit: Unit, node: ast.MatchMapping, scope: Scope) -> Pattern:
    from .compile_expressions import expression
    from .compile_names import store

    keys = [expression(unit, k, scope) for k in node.keys]
    parts = [pattern(unit, p, scope) for p in node.patterns]
    put = store(unit, node.rest, scope, None) if node.rest else None

    def run(f: Frame, v: Value) -> bool | None:
        if not isinstance(v, DictV):
            return None if isinstance(v, Unknown) else False
        answer: bool | None = True
        used = []
        for key, part in zip(keys, parts):
            wanted = key(f)
            used.append(wanted)
            if wanted in v.items:
                answer = _both(answer, part(f, v.items[wanted]))
            else:
                answer = _both(answer, False if v.rest is None else None)
        if put is not None:
            put(f, DictV({k: x for k, x in v.items.items() if k not in used}, v.rest))
        return answer

    return run


def _class(unit: Unit, node: ast.MatchClass, scope: Scope) -> Pattern:
    from .compile_expressions import expression

    cls = expression(unit, node.cls, scope)
    positional = [pattern(unit, p, scope) for p in node.patterns]
    keywords = [(name, pattern(unit, p, scope)) for name, p in zip(node.kwd_attrs, node.kwd_patterns)]

    def run(f: Frame, v: Value) -> bool | None:
        wanted = cls(f)
        answer = f.it.is_instance(v, wanted)
        if answer is False:
            return False
        names: Value = ()
        if positional and isinstance(wanted, ClassV):
            if wanted.native is not None:
                return _both(answer, positional[0](f, v))
            names = attributes.get(f.it, wanted, "__match_args__")
        listed = names.items if isinstance(names, ListV) else names if isinstance(names, tuple) else []
        for name, part in [*zip(listed, positional), *keywords]:
            answer = _both(answer, part(f, attributes.get(f.it, v, str(name))))
        return answer

    return run


__all__ = ["Reason", "items", "match"]
