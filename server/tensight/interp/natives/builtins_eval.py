"""eval and exec of a known text: names, literals, displays, operators, calls, assignments. Any other text is not
followed: what it names may be anything after it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ...values import DictV, ListV, Reason, Unknown, Value
from .registry import native
from .support import MISSING, payload

if TYPE_CHECKING:
    from ..machine import Interp

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@",
}  # fmt: skip


@native("builtins.eval")
def eval_(it: Interp, source: Value, *args: Value, **kwargs: Value) -> Value:
    text = payload(source)
    if isinstance(text, str) and not args and not kwargs:
        try:
            tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return it.unknown(Reason.UNSUPPORTED, "eval")
        if _followed(tree):
            return _value(it, tree)
    return it.unknown(Reason.UNSUPPORTED, "eval")


_LEAVES = (ast.Constant, ast.expr_context, ast.operator, ast.USub, ast.keyword, ast.Attribute, ast.Name)
_PARTS = (ast.List, ast.Tuple, ast.Dict, ast.BinOp, ast.UnaryOp, ast.Call, ast.Subscript)


def _followed(tree: ast.expr) -> bool:
    """Whether all of it is: half of an expression would be a call that the program does not make."""
    for node in ast.walk(tree):
        if not isinstance(node, _LEAVES + _PARTS):
            return False
        match node:
            case ast.BinOp() if type(node.op) not in _OPERATORS:
                return False
            case ast.Dict() if None in node.keys:
                return False
            case ast.keyword(arg=None):
                return False
    return True


def _value(it: Interp, node: ast.expr) -> Value:
    """The value of an expression that is followed, in the frame of the program."""
    from .. import operators

    match node:
        case ast.Constant():
            return node.value
        case ast.Attribute():
            return it.getattr(_value(it, node.value), node.attr)
        case ast.Name():
            return _name(it, node.id)
        case ast.List():
            return ListV([_value(it, e) for e in node.elts])
        case ast.Tuple():
            return tuple([_value(it, e) for e in node.elts])
        case ast.Dict():
            made = DictV({})
            for key, value in zip(node.keys, node.values):
                if key is not None:
                    it.setitem(made, _value(it, key), _value(it, value))
            return made
        case ast.BinOp():
            return it.binary(_OPERATORS[type(node.op)], _value(it, node.left), _value(it, node.right))
        case ast.UnaryOp():
            return operators.unary(it, "-", _value(it, node.operand))
        case ast.Subscript():
            return it.getitem(_value(it, node.value), _value(it, node.slice))
        case ast.Call():
            function = _value(it, node.func)
            args = [_value(it, a) for a in node.args]
            return it.call(function, args, {k.arg: _value(it, k.value) for k in node.keywords if k.arg is not None})
    return it.unknown(Reason.UNSUPPORTED, "eval")


def _name(it: Interp, name: str) -> Value:
    from .. import imports

    frame = it.frames[-1] if it.frames else None
    for namespace in (frame.locals, frame.globals) if frame is not None else ():
        if name in namespace:
            return imports.resolve(it, namespace[name])
    qualified = f"builtins.{name}"
    if it.world.is_class(qualified):
        return it.native_class(qualified)
    found = it.world.members("builtins").get(name, MISSING)
    return it.unknown(Reason.UNSUPPORTED, f"eval: {name}") if found is MISSING else found


@native("builtins.exec")
def exec_(it: Interp, source: Value, *args: Value, **kwargs: Value) -> Value:
    """Statements in the frame of the program; a name that they bind in a function is gone after them."""
    text = payload(source)
    tree = _statements(text) if isinstance(text, str) and it.frames else None
    if tree is None or args or kwargs:
        _anything(it, args)
    elif all(_plain(node) for node in tree):
        for node in tree:
            _run(it, node)
    else:
        _anything(it, args)
        for node in tree:
            _touched(it, node)
    return None


def _statements(text: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _plain(node: ast.stmt) -> bool:
    match node:
        case ast.Expr():
            return _followed(node.value)
        case ast.Assign(targets=[ast.Name() | ast.Attribute() | ast.Subscript() as target]):
            return _followed(target) and _followed(node.value)
    return False


def _run(it: Interp, node: ast.stmt) -> None:
    if isinstance(node, ast.Expr):
        _value(it, node.value)
    elif isinstance(node, ast.Assign):
        _store(it, node.targets[0], _value(it, node.value))


def _store(it: Interp, target: ast.expr, value: Value) -> None:
    match target:
        case ast.Name():
            frame = it.frames[-1]
            if frame.locals is frame.globals:
                it.journal.set(frame.globals, target.id, value)
        case ast.Attribute():
            it.setattr(_value(it, target.value), target.attr, value)
        case ast.Subscript():
            it.setitem(_value(it, target.value), _value(it, target.slice), value)


def _anything(it: Interp, namespaces: tuple[Value, ...]) -> None:
    """What it binds is not known: every name it could rebind is."""
    for namespace in namespaces:
        if isinstance(namespace, DictV):
            it.journal.touch(namespace)
            namespace.rest = it.unknown(Reason.UNSUPPORTED, "exec")
    if it.frames:
        it.frames[-1].globals["*"] = True  # any name may be there now


def _touched(it: Interp, statement: ast.stmt) -> None:
    """The attributes that a text assigns and the containers that it names are unknown after it."""
    from .. import calls

    unknown = Unknown(Reason.UNSUPPORTED, "exec")
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and _is_path(node):
            if isinstance(node.ctx, ast.Store):
                it.setattr(_value(it, node.value), node.attr, unknown)
        elif not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
            continue
        held = _value(it, node) if isinstance(node.ctx, ast.Load) and _is_path(node) else None
        if isinstance(held, ListV | DictV):
            calls.opaque(it, unknown, [held], {})


def _is_path(node: ast.expr) -> bool:
    """`a.b.c`"""
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _is_path(node.value))
