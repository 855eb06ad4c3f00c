"""Types of parameters that comments tell (PEP 484): `# type: (Tensor, int) -> Tensor`, or one behind each parameter."""

from __future__ import annotations

import ast


def of_argument(node: ast.arg) -> ast.expr | None:
    """What the comment behind a parameter says; None: there is none, or it is no type."""
    if node.type_comment is None:
        return None
    try:
        return ast.parse(node.type_comment, mode="eval").body
    except (SyntaxError, ValueError):
        return None


def of_signature(node: ast.arguments, comment: str) -> dict[str, ast.expr]:
    """The types of the positional parameters by their names; a comment may leave out the first one of a method."""
    try:
        told = ast.parse(comment, mode="func_type").argtypes
    except (SyntaxError, ValueError):
        return {}
    names = [a.arg for a in (*node.posonlyargs, *node.args)]
    missing = len(names) - len(told)
    return dict(zip(names[missing:], told)) if missing in (0, 1) else {}


__all__ = ["of_argument", "of_signature"]
