"""What a test says of the names in it, once it is known to hold or not."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial

from ..dims import Expr
from ..ops.permute import rank_template
from ..values import OneOf, Reason, Tensor, Unknown, Value
from . import attributes
from .backwards import demand_source
from .frame import Evaluate, Frame
from .scopes import Scope
from .unit import Unit

#: Axes of an input that a test of its rank may ask for.
_MOST_AXES = 8
#: (frame, holds): refine the state for the arm in which the test holds, or does not.
Narrow = Callable[[Frame, bool], None]


def _nothing(f: Frame, holds: bool) -> None:
    return None


def narrowing(unit: Unit, node: ast.expr, scope: Scope) -> Narrow:
    """The refinement of a test."""
    match node:
        case ast.UnaryOp(op=ast.Not()):
            inner = narrowing(unit, node.operand, scope)
            return lambda f, holds: inner(f, not holds)
        case ast.BoolOp():
            parts = [narrowing(unit, v, scope) for v in node.values]
            is_and = isinstance(node.op, ast.And)

            def all_of(f: Frame, holds: bool) -> None:
                if holds is is_and:
                    for part in parts:
                        part(f, holds)

            return all_of
        case ast.Compare(
            ops=[ast.Is() | ast.IsNot() | ast.Eq() | ast.NotEq() as op], comparators=[ast.Constant(value=None)]
        ):
            return _place(unit, node.left, scope, _none_filter, isinstance(op, ast.Is | ast.Eq))
        case ast.Compare(ops=[ast.Eq() | ast.NotEq() as op], comparators=[ast.Constant(value=int(rank))]):
            place = _rank_of(node.left)
            if place is not None:
                return _place(unit, place, scope, partial(_rank_filter, rank), isinstance(op, ast.Eq))
        case ast.Name() | ast.Attribute():
            return _place(unit, node, scope, _truth_filter, True)
        case ast.Call(func=ast.Name(id="isinstance"), args=[place, cls]) if isinstance(place, ast.Name | ast.Attribute):
            return _isinstance(unit, place, cls, scope)
    return _nothing


def _rank_of(node: ast.expr) -> ast.expr | None:
    """The tensor whose rank `x.dim()`, `x.ndim` or `len(x.shape)` is."""
    match node:
        case ast.Call(func=ast.Attribute(value=place, attr="dim" | "ndimension"), args=[]):
            return place
        case ast.Attribute(value=place, attr="ndim"):
            return place
        case ast.Call(func=ast.Name(id="len"), args=[ast.Attribute(value=place, attr="shape")]):
            return place
    return None


def _rank_filter(rank: int, f: Frame, value: Value, holds: bool) -> Value:
    if not isinstance(value, OneOf):
        return value

    def fits(option: Value) -> bool:
        return not isinstance(option, Tensor) or option.is_open or (option.rank == rank) is holds

    return _options(tuple(o for o in value.options if fits(o)), value)


def _none_filter(f: Frame, value: Value, holds: bool) -> Value:
    if isinstance(value, OneOf):
        if holds:
            return None if None in value.options else value
        return _options(tuple(o for o in value.options if o is not None), value)
    if isinstance(value, Unknown) and holds:
        return None
    return value


def _truth_filter(f: Frame, value: Value, holds: bool) -> Value:
    if isinstance(value, OneOf):
        return _options(tuple(o for o in value.options if f.it.truth(o) is not (not holds)), value)
    return value


def _options(options: tuple[Value, ...], value: Value) -> Value:
    if not options:
        return value
    return options[0] if len(options) == 1 else OneOf(options)


def _place(
    unit: Unit, node: ast.expr, scope: Scope, refine: Callable[[Frame, Value, bool], Value], positive: bool
) -> Narrow:
    """Refine what a name or `self.x` holds."""
    from .compile_expressions import expression
    from .compile_targets import target

    if not isinstance(node, ast.Name | ast.Attribute) or (
        isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Name)
    ):
        return _nothing
    silent = Unit(unit.file, False, unit.lines, unit.bound, True)
    load: Evaluate = expression(silent, node, scope)
    put = target(silent, ast.Name(id=node.id, ctx=ast.Store()) if isinstance(node, ast.Name) else node, scope)
    is_attribute = isinstance(node, ast.Attribute)

    def narrow(f: Frame, holds: bool) -> None:
        value = load(f)
        if not isinstance(value, OneOf) and (is_attribute or not isinstance(value, Unknown)):
            return
        refined = refine(f, value, holds is positive)
        if refined is not value:
            put(f, refined)

    return narrow


def _isinstance(unit: Unit, node: ast.expr, cls: ast.expr, scope: Scope) -> Narrow:
    from .compile_expressions import expression

    silent = Unit(unit.file, False, unit.lines, unit.bound, True)
    kind = expression(silent, cls, scope)

    def refine(f: Frame, value: Value, holds: bool) -> Value:
        wanted = kind(f)
        if isinstance(value, OneOf):
            return _options(tuple(o for o in value.options if f.it.is_instance(o, wanted) is not (not holds)), value)
        if isinstance(value, Unknown) and holds and getattr(wanted, "native", None) == "torch.Tensor":
            return Tensor(None, unknown=value, entry=value.entry)
        return value

    return _place(unit, node, scope, refine, True)


def lessons(unit: Unit, node: ast.expr, scope: Scope) -> Narrow:
    """What the program teaches by going on: equalities of sizes in a test that turned out to hold (or not)."""
    match node:
        case ast.UnaryOp(op=ast.Not()):
            inner = lessons(unit, node.operand, scope)
            return lambda f, holds: inner(f, not holds)
        case ast.BoolOp():
            parts = [lessons(unit, v, scope) for v in node.values]
            is_and = isinstance(node.op, ast.And)

            def all_of(f: Frame, holds: bool) -> None:
                if holds is is_and:
                    for part in parts:
                        part(f, holds)

            return all_of
        case ast.Compare(ops=[ast.Eq() | ast.NotEq() as op], comparators=[right]):
            ranked = _ranked(node.left)
            if ranked is not None:
                return _rank(unit, ranked, right, scope, isinstance(op, ast.Eq))
            return _equality(unit, node.left, right, scope, isinstance(op, ast.Eq))
    return _nothing


def _ranked(node: ast.expr) -> ast.expr | None:
    """`x` in `x.dim()`, `x.ndim`, `len(x.shape)`, `len(x.size())`."""
    match node:
        case ast.Call(func=ast.Attribute(value=tensor, attr="dim" | "ndimension"), args=[]):
            return tensor
        case ast.Attribute(value=tensor, attr="ndim"):
            return tensor
        case ast.Call(func=ast.Name(id="len"), args=[ast.Attribute(value=tensor, attr="shape")]):
            return tensor
        case ast.Call(func=ast.Name(id="len"), args=[ast.Call(func=ast.Attribute(value=tensor, attr="size"), args=[])]):
            return tensor
    return None


def _rank(unit: Unit, node: ast.expr, number: ast.expr, scope: Scope, positive: bool) -> Narrow:
    """The program goes on only with an input of that rank: it is demanded."""
    from .compile_expressions import expression

    silent = Unit(unit.file, False, unit.lines, unit.bound, True)
    load, count = expression(silent, node, scope), expression(silent, number, scope)

    def learn(f: Frame, holds: bool) -> None:
        root = f.it.root
        if holds is not positive or root is None or not f.it.certain:
            return
        value, rank = load(f), count(f)
        if not isinstance(value, Tensor | Unknown) or type(rank) is not int or not 0 < rank <= _MOST_AXES:
            return
        if isinstance(value, Tensor) and value.is_open:
            entry, template = demand_source(value, rank_template(rank))
        else:
            entry, template = value.entry, rank_template(rank)
        if entry is not None:
            root.demand(entry, template)

    return learn


def _equality(unit: Unit, left: ast.expr, right: ast.expr, scope: Scope, positive: bool) -> Narrow:
    from .compile_expressions import expression

    silent = Unit(unit.file, False, unit.lines, unit.bound, True)
    first, second = expression(silent, left, scope), expression(silent, right, scope)

    def learn(f: Frame, holds: bool) -> None:
        if holds is not positive or f.it.root is None:
            return
        a, b = first(f), second(f)
        if isinstance(a, Expr | int) and isinstance(b, Expr | int) and (isinstance(a, Expr) or isinstance(b, Expr)):
            f.it.root.learn_equal(a, b)

    return learn


__all__ = ["Narrow", "Reason", "attributes", "lessons", "narrowing"]
