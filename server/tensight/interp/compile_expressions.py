"""Expressions → closures. Each closure takes the frame and returns the value; tensors are recorded on the way."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import takewhile

from .. import limits
from ..values import FirstLine, IteratorV, OneOf, Reason, Scalar, Tensor, Unknown, Value, join
from . import (
    attributes,
    comparison,
    compile_calls,
    compile_comprehensions,
    compile_displays,
    compile_functions,
    forks,
    items,
    operators,
)
from .compile_names import load, mangle
from .frame import Evaluate, Frame, Slot
from .iteration import iterate
from .narrowing import narrowing
from .record import RECORDED
from .scopes import Scope
from .unit import Unit

_BINARY = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
}  # fmt: skip
_COMPARE = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def recorded(slot: Slot | None, inner: Evaluate) -> Evaluate:
    """The closure, with its value noted at the slot."""
    if slot is None:
        return inner

    def run(f: Frame) -> Value:
        value = inner(f)
        if type(value) in RECORDED:
            f.it.recorder.note(f.it, slot, value)
        return value

    return run


def expression(unit: Unit, node: ast.expr, scope: Scope) -> Evaluate:
    """The closure of an expression."""
    maker = _MAKERS.get(type(node))
    if maker is None:
        detail = type(node).__name__
        return lambda f: f.it.unknown(Reason.UNSUPPORTED, detail)
    return maker(unit, node, scope)


def _constant(unit: Unit, node: ast.Constant, scope: Scope) -> Evaluate:
    value = node.value
    return lambda f: value


def _attribute(unit: Unit, node: ast.Attribute, scope: Scope) -> Evaluate:
    inner, name, slot = expression(unit, node.value, scope), mangle(node.attr, scope), unit.slot(node, "attr")
    if slot is None:
        return lambda f: attributes.get(f.it, inner(f), name)

    def run(f: Frame) -> Value:
        obj = inner(f)
        f.at = slot
        value = attributes.get(f.it, obj, name)
        if type(value) in RECORDED:
            f.it.recorder.note(f.it, slot, value)
        return value

    return run


def subscript_index(unit: Unit, node: ast.expr, scope: Scope) -> Evaluate:
    """The index of `x[…]`: slices become host slices of values, several indices a tuple."""
    if isinstance(node, ast.Slice):
        parts = [expression(unit, p, scope) if p is not None else None for p in (node.lower, node.upper, node.step)]
        lower, upper, step = parts

        def make(f: Frame) -> Value:
            return slice(lower(f) if lower else None, upper(f) if upper else None, step(f) if step else None)

        return make
    if isinstance(node, ast.Tuple) and not any(isinstance(e, ast.Starred) for e in node.elts):
        elements = [subscript_index(unit, e, scope) for e in node.elts]
        return lambda f: tuple([e(f) for e in elements])
    return expression(unit, node, scope)


def _subscript(unit: Unit, node: ast.Subscript, scope: Scope) -> Evaluate:
    inner, index = expression(unit, node.value, scope), subscript_index(unit, node.slice, scope)
    slot = unit.slot(node, "subscript")

    def run(f: Frame) -> Value:
        obj = inner(f)
        key = index(f)
        if slot is not None:
            f.at = slot
        return items.get(f.it, obj, key)

    return recorded(slot, run)


def _binop(unit: Unit, node: ast.BinOp, scope: Scope) -> Evaluate:
    left, right, token = expression(unit, node.left, scope), expression(unit, node.right, scope), _BINARY[type(node.op)]
    slot = unit.slot(node, "binop")
    host = operators.BINARY[token][1]
    quick = token in ("+", "-", "*")

    def run(f: Frame) -> Value:
        a = left(f)
        b = right(f)
        if quick and type(a) is int and type(b) is int and -(2**64) < a < 2**64 and -(2**64) < b < 2**64:
            return host(a, b)
        if slot is not None:
            f.at = slot
        return operators.binary(f.it, token, a, b)

    return recorded(slot, run)


def _unaryop(unit: Unit, node: ast.UnaryOp, scope: Scope) -> Evaluate:
    inner = expression(unit, node.operand, scope)
    if isinstance(node.op, ast.Not):

        def negate(f: Frame) -> Value:
            answer = f.it.truth(inner(f))
            return Scalar("bool") if answer is None else not answer

        return negate
    token = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}[type(node.op)]
    slot = unit.slot(node, "unary")

    def run(f: Frame) -> Value:
        value = inner(f)
        if slot is not None:
            f.at = slot
        return operators.unary(f.it, token, value)

    return recorded(slot, run)


def _boolop(unit: Unit, node: ast.BoolOp, scope: Scope) -> Evaluate:
    parts = [expression(unit, v, scope) for v in node.values]
    narrowings = [narrowing(unit, v, scope) for v in node.values[:-1]]
    is_and = isinstance(node.op, ast.And)

    def evaluate(f: Frame, i: int) -> Value:
        value = parts[i](f)
        if i == len(parts) - 1:
            return value
        answer = f.it.truth(value)
        if answer is not None:
            return evaluate(f, i + 1) if answer is is_and else value
        stay = _falsy(value) if is_and else _truthy(value)

        def go_on() -> Value:
            narrowings[i](f, is_and)
            return evaluate(f, i + 1)

        return forks.either(f.it, [lambda: stay, go_on])

    return recorded(unit.slot(node, "boolop"), lambda f: evaluate(f, 0))


def _truthy(value: Value) -> Value:
    """What an undecided value is where it turned out true."""
    if isinstance(value, OneOf):
        options = tuple(o for o in value.options if o is not None and o is not False)
        return options[0] if len(options) == 1 else OneOf(options) if options else value
    return value


def _falsy(value: Value) -> Value:
    if isinstance(value, Scalar) and value.kind == "bool":
        return False
    if isinstance(value, OneOf) and None in value.options:
        return None
    return value


def _compare(unit: Unit, node: ast.Compare, scope: Scope) -> Evaluate:
    first = expression(unit, node.left, scope)
    rest = [(_COMPARE[type(op)], expression(unit, right, scope)) for op, right in zip(node.ops, node.comparators)]
    slot = unit.slot(node, "compare")
    if len(rest) == 1:
        token, second = rest[0]

        def single(f: Frame) -> Value:
            a, b = first(f), second(f)
            if slot is not None:
                f.at = slot
            return comparison.compare(f.it, token, a, b)

        return recorded(slot, single)

    def chain(f: Frame) -> Value:
        left = first(f)
        open_: list[Value] = []  # steps that may be the last one
        step: Value = True
        for token, operand in rest:
            right = operand(f)
            if slot is not None:
                f.at = slot
            step = comparison.compare(f.it, token, left, right)
            answer = f.it.truth(step)
            if answer is not True:
                open_.append(step)
            if answer is False:
                break
            left = right
        if not open_:
            return True
        if not all(isinstance(one, Tensor) for one in (*open_, step)):
            return step if open_ == [step] else Scalar("bool")
        for one in open_:
            step = one if step is one else join(step, one)
        return step

    return recorded(slot, chain)


def _ifexp(unit: Unit, node: ast.IfExp, scope: Scope) -> Evaluate:
    test, then, other = (expression(unit, n, scope) for n in (node.test, node.body, node.orelse))
    narrow = narrowing(unit, node.test, scope)

    def run(f: Frame) -> Value:
        tested = test(f)
        answer = f.it.truth(tested)
        if answer is not None:
            return then(f) if answer else other(f)

        def arm(branch: Evaluate, holds: bool) -> Callable[[], Value]:
            def evaluate() -> Value:
                narrow(f, holds)
                return branch(f)

            return evaluate

        return forks.either(f.it, [arm(then, True), arm(other, False)], dim=forks.joiner(tested))

    return recorded(unit.slot(node, "ifexp"), run)


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


def _joined_str(unit: Unit, node: ast.JoinedStr, scope: Scope) -> Evaluate:
    parts = [expression(unit, v, scope) for v in node.values]

    def run(f: Frame) -> Value:
        texts = [p(f) for p in parts]
        if not all(isinstance(t, str) for t in texts) or sum(map(len, texts)) > limits.MAX_TEXT:
            known = "".join(takewhile(_is_text, texts))
            return FirstLine("str", known.partition("\n")[0]) if "\n" in known else Scalar("str")
        return "".join(texts)

    return run


def _formatted(unit: Unit, node: ast.FormattedValue, scope: Scope) -> Evaluate:
    inner = expression(unit, node.value, scope)
    spec = expression(unit, node.format_spec, scope) if node.format_spec is not None else None
    conversion = chr(node.conversion) if node.conversion > 0 else ""

    def run(f: Frame) -> Value:
        from .natives.string_format import convert, format_value

        value = inner(f)
        return format_value(f.it, convert(f.it, value, conversion) if conversion else value, spec(f) if spec else "")

    return run


def _named(unit: Unit, node: ast.NamedExpr, scope: Scope) -> Evaluate:
    from .compile_targets import target

    owner = scope
    depth = 0
    while owner.kind == "function" and node.target.id not in owner.bound and owner.parent is not None:
        owner, depth = owner.parent, depth + 1
    inner, put = expression(unit, node.value, scope), target(unit, node.target, owner)

    def run(f: Frame) -> Value:
        value = inner(f)
        frame: Frame = f
        for _ in range(depth):
            if frame.parent is None:
                break
            frame = frame.parent
        if frame.it is None:
            frame.it = f.it
        put(frame, value)
        return value

    return recorded(unit.slot(node, "walrus"), run)


def _await(unit: Unit, node: ast.Await, scope: Scope) -> Evaluate:
    return expression(unit, node.value, scope)


def _yield(unit: Unit, node: ast.Yield, scope: Scope) -> Evaluate:
    inner = expression(unit, node.value, scope) if node.value is not None else None

    def run(f: Frame) -> Value:
        value = inner(f) if inner else None
        if f.at_yield is not None:
            f.at_yield(value)
        if f.yields is not None:
            f.yields.add(f.it, value)
        return Unknown(Reason.DATA_DEPENDENT, "what is sent to the generator")

    return run


def _yield_from(unit: Unit, node: ast.YieldFrom, scope: Scope) -> Evaluate:
    inner = expression(unit, node.value, scope)

    def run(f: Frame) -> Value:
        value = inner(f)
        if f.yields is not None:
            found = iterate(f.it, value, f.yields.whole)
            for item in found.items:
                f.yields.add(f.it, item)
            if found.rest is not None:
                f.yields.more(found.rest)
        return value.returned if isinstance(value, IteratorV) else Unknown(Reason.DATA_DEPENDENT, "yield from")

    return run


_MAKERS: dict[type[ast.expr], Callable[..., Evaluate]] = {
    ast.Constant: _constant, ast.Name: load, ast.Attribute: _attribute, ast.Subscript: _subscript, ast.BinOp: _binop,
    ast.UnaryOp: _unaryop, ast.BoolOp: _boolop, ast.Compare: _compare, ast.IfExp: _ifexp,
    ast.Tuple: compile_displays.tuple_, ast.List: compile_displays.list_, ast.Set: compile_displays.set_,
    ast.Dict: compile_displays.dict_, ast.JoinedStr: _joined_str, ast.FormattedValue: _formatted,
    ast.NamedExpr: _named, ast.Await: _await, ast.Yield: _yield, ast.YieldFrom: _yield_from,
    ast.Call: compile_calls.call, ast.Lambda: compile_functions.lambda_,
    ast.ListComp: compile_comprehensions.comprehension,
    ast.SetComp: compile_comprehensions.comprehension, ast.DictComp: compile_comprehensions.comprehension,
    ast.GeneratorExp: compile_comprehensions.comprehension, ast.Slice: subscript_index,
    ast.Starred: lambda unit, node, scope: expression(unit, node.value, scope),
}  # fmt: skip
