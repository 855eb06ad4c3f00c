"""Text back into dims: the inverse of `to_python`, which accepts the signs of `to_text` too."""

from __future__ import annotations

import ast
import re
from typing import Final

from tensight.dims.expr import Dim, Expr, fresh_unknown
from tensight.dims.extrema import dim_max, dim_min
from tensight.dims.fresh import symbol
from tensight.dims.terms import MAX_EXPONENT

MAX_LENGTH: Final = 500
"""Characters of one dim: users write it in a comment, and Python's own parser recurses on parentheses."""
MAX_DIGITS: Final = 18
"""Digits of a number: every size fits in 64 bits."""

_NUMBER: Final = re.compile(rf"\d{{{MAX_DIGITS + 1},}}")


def parse(text: str, minimum: int | None = 1) -> Dim:
    """The dim a text stands for; its names become symbols that are at least `minimum`, `?` a fresh unknown.

    Raises ValueError for anything else, a division by zero included.
    """
    if text.strip() == "?":
        return fresh_unknown()
    if len(text) > MAX_LENGTH or _NUMBER.search(text):
        raise ValueError("the dim is too long")
    source = text.strip().replace("·", "*").replace("²", "**2").replace("³", "**3").replace("^", "**")
    try:
        tree = ast.parse(source, mode="eval")
        return _dim(tree.body, minimum)
    except (SyntaxError, RecursionError, MemoryError, ZeroDivisionError) as error:
        raise ValueError(f"not a dim: {text!r}") from error


def _dim(node: ast.expr, minimum: int | None) -> Dim:
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return value
        case ast.Name(id=name):
            return symbol(name, minimum)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_dim(operand, minimum)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _dim(operand, minimum)
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int() as power)) if power <= MAX_EXPONENT:
            base = _dim(left, minimum)
            return base**power if isinstance(base, Expr) else int(base**power)
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, _dim(left, minimum), _dim(right, minimum))
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=[_, *_] as args, keywords=[]):
            parts = [_dim(arg, minimum) for arg in args]
            return dim_min(*parts) if name == "min" else dim_max(*parts)
    raise ValueError(f"not a dim: {ast.unparse(node)!r}")


def _binary(op: ast.operator, left: Dim, right: Dim) -> Dim:
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.FloorDiv():
            return left // right
        case ast.Mod():
            return left % right
    raise ValueError(f"not an operation of dims: {type(op).__name__}")
