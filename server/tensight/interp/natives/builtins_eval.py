"""eval of a known text: names, literals, displays, operators, calls. Any other text is not followed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ...values import DictV, ListV, Reason, Value
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
