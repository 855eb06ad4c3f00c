"""Displays: `(a, *b)`, `[a, *b]`, `{a, *b}`, `{k: v, **d}`."""

from __future__ import annotations

import ast
from collections.abc import Callable

from .. import limits
from ..values import DictV, ListV, OneOf, Reason, SetV, Unknown, Value, join
from . import items
from .frame import Evaluate, Frame
from .iteration import iterate
from .scopes import Scope
from .unit import Unit


def _elements(unit: Unit, nodes: list[ast.expr], scope: Scope) -> Callable[[Frame], tuple[list[Value], Value]]:
    """The items of a display with stars, and a rest of unknown number."""
    from .compile_expressions import expression

    parts = [
        (expression(unit, n.value if isinstance(n, ast.Starred) else n, scope), isinstance(n, ast.Starred))
        for n in nodes
    ]
    plain = [p for p, _ in parts]
    if not any(starred for _, starred in parts):
        return lambda f: ([p(f) for p in plain], None)

    def run(f: Frame) -> tuple[list[Value], Value]:
        out: list[Value] = []
        rest: Value = None
        for part, starred in parts:
            value = part(f)
            if not starred:
                if rest is None:
                    out.append(value)
                else:
                    rest = join(rest, value)
                continue
            found = iterate(f.it, value)
            if rest is not None:
                for item in (*found.items, *(() if found.rest is None else (found.rest,))):
                    rest = join(rest, item)
            elif len(out) + len(found.items) > limits.MAX_ITEMS:
                rest = Unknown(Reason.LIMIT, "a very long sequence", f.it.here())
            else:
                out.extend(found.items)
                rest = found.rest
        return out, rest

    return run


def tuple_(unit: Unit, node: ast.Tuple, scope: Scope) -> Evaluate:
    from .compile_expressions import recorded

    elements = _elements(unit, node.elts, scope)

    def run(f: Frame) -> Value:
        values, rest = elements(f)
        if rest is not None:
            return ListV(values, rest)
        if tuple in map(type, values) and _nests_too_deep(values):
            return f.it.unknown(Reason.LIMIT, "tuples nest too deep")
        return tuple(values)

    return recorded(unit.slot(node, "tuple"), run)


def _nests_too_deep(values: list[Value]) -> bool:
    """Whether a tuple of these values may take for ever to hash or compare: `t = (t, t)` doubles it."""
    inner: Value = tuple(values)
    for _ in range(limits.MAX_TUPLE_NESTING):
        inner = next((v for v in inner if type(v) is tuple), None)
        if inner is None:
            return False
    return True


def list_(unit: Unit, node: ast.List, scope: Scope) -> Evaluate:
    from .compile_expressions import recorded

    elements = _elements(unit, node.elts, scope)

    def run(f: Frame) -> Value:
        values, rest = elements(f)
        return ListV(values, rest)

    return recorded(unit.slot(node, "list"), run)


def set_(unit: Unit, node: ast.Set, scope: Scope) -> Evaluate:
    elements = _elements(unit, node.elts, scope)

    def run(f: Frame) -> Value:
        values, rest = elements(f)
        out = SetV({}, rest is not None)
        for value in values:
            try:
                out.items[value] = None
            except TypeError:
                out.open = True
        return out

    return run


def dict_(unit: Unit, node: ast.Dict, scope: Scope) -> Evaluate:
    from .compile_expressions import expression, recorded

    pairs = [
        (expression(unit, k, scope) if k is not None else None, expression(unit, v, scope))
        for k, v in zip(node.keys, node.values)
    ]

    def run(f: Frame) -> Value:
        out = DictV({})
        for key, value in pairs:
            if key is not None:
                items.set_(f.it, out, key(f), value(f))
                continue
            merged = value(f)
            if isinstance(merged, DictV) and len(out.items) + len(merged.items) > limits.MAX_ITEMS:
                out.rest = Unknown(Reason.LIMIT, "a very large dict", f.it.here())
            elif isinstance(merged, DictV):
                out.items.update(merged.items)
                out.rest = merged.rest if out.rest is None else out.rest
            elif isinstance(merged, OneOf | Unknown):
                out.rest = Unknown(Reason.DATA_DEPENDENT, "**")
            else:
                for name in iterate(f.it, merged).items:
                    out.items[name] = f.it.getitem(merged, name)
        return out

    return recorded(unit.slot(node, "dict"), run)
