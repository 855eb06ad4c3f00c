"""Compiled code of a file through its versions: an edit compiles only the top-level statements that it touched.

Invariant: what a statement compiles to depends on its own lines and where they stand, on the file's name and on
whether it is recorded; on nothing else of the file. The names that the module binds and its lines are looked up in
the Unit when the code runs, and the Unit always describes the version that was asked for last."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ..syntax import first_line
from .frame import Execute
from .scopes import Scope, bind
from .unit import Unit

_Piece = tuple[ast.stmt, Execute]
#: Where statements hold others.
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
#: Versions of a file whose statements are kept: quick fixes are tried between two keystrokes.
_GENERATIONS = 3


class CompiledFile:
    """The statements of one file, compiled, by their text and place."""

    def __init__(self, file: str, recorded: bool) -> None:
        self.unit = Unit(file, recorded)
        self.digest: str | None = None
        self.steps: list[Execute] = []
        #: how many statements were compiled for the present version
        self.compiled = 0
        #: what the module binds
        self.scope = Scope("module", None)
        self._generations: list[dict[Any, _Piece]] = []

    def update(
        self,
        digest: str,
        tree: ast.Module,
        broken: bool,
        text: str,
        compile_statement: Callable[[Unit, ast.stmt, Scope], Execute],
    ) -> list[Execute]:
        """The code of the module's statements in this version."""
        if digest == self.digest:
            return self.steps
        self.digest = None
        unit, lines = self.unit, text.splitlines() if "\r" in text else text.split("\n")
        scope = bind(Scope("module", None), tree.body)
        self.scope = scope
        unit.bound.clear()
        unit.bound |= scope.bound
        if _may_declare(text):
            unit.bound |= _declared(tree)
        unit.lines[:] = [] if not unit.recorded or text.isascii() else text.encode("utf-8", "replace").split(b"\n")
        unit.broken = broken
        self.compiled = 0
        made: dict[Any, _Piece] = {}
        steps: list[Execute] = []
        for node in tree.body:
            key = _key(node, lines)
            known = self._find(key)
            if known is None or (broken and not same_tree(known[0], node)):
                self.compiled += 1
                known = node, compile_statement(unit, node, scope)
            if not broken:
                made[key] = known
            steps.append(known[1])
        if not broken:
            self._generations.insert(0, made)
            del self._generations[_GENERATIONS:]
        self.digest, self.steps = digest, steps
        return steps

    def _find(self, key: Any) -> _Piece | None:
        for generation in self._generations:
            found = generation.get(key)
            if found is not None:
                return found
        return None


def _may_declare(text: str) -> bool:
    """Whether a `global` statement may stand in a text: few of the texts that hold the word have one."""
    at = text.find("global")
    while at >= 0:
        before = text[max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1 : at].strip()
        if not before or before[-1] in ";:":
            return True
        at = text.find("global", at + 1)
    return False


def _declared(tree: ast.Module) -> set[str]:
    """What functions bind for the whole module."""
    found: set[str] = set()
    todo: list[ast.AST] = [*tree.body]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Global):
            found.update(node.names)
        for name in _BODIES:
            todo.extend(getattr(node, name, ()))
    return found


def _key(node: ast.stmt, lines: list[str]) -> Any:
    """All that decides how a statement of a file without errors parses: its lines and its place in them."""
    first = first_line(node)
    last = node.end_lineno or node.lineno
    return (first, node.lineno, node.col_offset, last, node.end_col_offset, "\n".join(lines[first - 1 : last]))


def same_tree(a: Any, b: Any) -> bool:
    """Whether two trees are equal, positions included."""
    stack = [(a, b)]
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        if type(a) is not type(b):
            return False
        if isinstance(a, ast.AST):
            for name in (*a._fields, *a._attributes):
                stack.append((getattr(a, name, None), getattr(b, name, None)))
        elif isinstance(a, list):
            if len(a) != len(b):
                return False
            stack.extend(zip(a, b))
        elif a != b:
            return False
    return True
