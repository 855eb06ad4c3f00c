"""An edit inside bodies of functions that a part of the script never entered: the part stays as it is, its functions
get the new bodies.

Invariant: a part is what it would be, had it been run with the new bodies: outside of them its statements are the
same trees at the same places, and nothing that ran has looked into one of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..values import ClassV
from .cache import CompiledFile, same_tree
from .compile_statements import block
from .frame import Place

if TYPE_CHECKING:
    from .frame import Code
    from .script_parts import Part, Statement

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(slots=True)
class _Difference:
    """Two trees of one statement that differ in bodies of functions only."""

    #: the outermost functions and classes of the statement, as they were, by what they are
    definitions: dict[ast.AST, ast.AST] = field(default_factory=dict)
    #: where functions begin whose body is another one
    places: set[tuple[int, int]] = field(default_factory=set)


def replaced(part: Part, statements: tuple[Statement, ...], file: str, compiled: CompiledFile) -> set[Place] | None:
    """Give the functions of a part the bodies that they have in the statements; where they begin. None: the part has
    to be run."""
    if len(part.statements) != len(statements):
        return None
    entered = {(line, col) for entered_file, line, col in part.entered if entered_file == file}
    differences: list[tuple[ast.stmt, _Difference]] = []
    for before, now in zip(part.statements, statements):
        if before.line != now.line or before.lines != now.lines or before.is_head != now.is_head:
            return None
        if before.execute is now.execute:  # the same lines
            continue
        found = _difference(before.node, now.node)
        if found is None or not found.places.isdisjoint(entered):
            return None
        differences.append((now.node, found))
    codes: dict[tuple[int, int], Code] = {}
    for node, found in differences:
        if found.places:
            made = _codes(compiled, node)
            codes |= {at: made[at] for at in found.places if at in made}
            if not codes.keys() >= found.places:
                return None
    for function in part.functions:
        code: Code = function.code
        if code.span is not None and (code.span.line, code.span.col) in codes:
            function.code = codes[code.span.line, code.span.col]
    nodes = {old: new for _, found in differences for old, new in found.definitions.items()}
    for i, (line, (node, value, module)) in enumerate(part.definitions):
        new = nodes.get(node)
        if new is not None:
            part.definitions[i] = (line, (new, value, module))
            if isinstance(value, ClassV) and value.span is not None:
                value.span = compiled.unit.span(new)
    part.statements = statements
    return {(file, *at) for at in codes}


def _codes(compiled: CompiledFile, node: ast.stmt) -> dict[tuple[int, int], Code]:
    """The functions of a statement, compiled anew, by where they begin."""
    unit = compiled.unit
    made: list[Code] = []
    unit.codes = made
    try:
        block(unit, [node], compiled.scope)
    finally:
        unit.codes = None
    return {(code.span.line, code.span.col): code for code in made if code.span is not None}


def _difference(old: ast.stmt, new: ast.stmt) -> _Difference | None:
    """None if the trees differ elsewhere, too."""
    found = _Difference()
    stack: list[tuple[object, object]] = [(old, new)]
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        if type(a) is not type(b):
            return None
        if isinstance(a, _FUNCTIONS) and isinstance(b, _FUNCTIONS):
            found.definitions[a] = b
            if ast.get_docstring(a, clean=False) != ast.get_docstring(b, clean=False):
                return None
            if not same_tree(a.body, b.body):
                found.places.add((b.lineno, b.col_offset))
            stack.extend(_parts(a, b, ("body",), ("lineno", "col_offset")))
        elif isinstance(a, ast.ClassDef) and isinstance(b, ast.ClassDef):
            found.definitions[a] = b
            stack.extend(_parts(a, b, (), ("lineno", "col_offset") if a is old else a._attributes))
        elif isinstance(a, ast.AST) and isinstance(b, ast.AST):
            stack.extend(_parts(a, b, (), a._attributes))
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return None
            stack.extend(zip(a, b))
        elif a != b:
            return None
    return found


def _parts(a: ast.AST, b: ast.AST, without: Iterable[str], attributes: Iterable[str]) -> list[tuple[object, object]]:
    names = [name for name in a._fields if name not in without]
    return [(getattr(a, name, None), getattr(b, name, None)) for name in (*names, *attributes)]
