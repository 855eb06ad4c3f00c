"""A source file → a closure that runs it in a frame. Compiled once per content."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..values import ModuleV
from .compile_statements import block, statement
from .errors import PyRaise
from .frame import Execute, Frame, Signal
from .scopes import Scope, bind
from .unit import Unit

if TYPE_CHECKING:
    from .machine import Interp
    from .ports import Source
    from .world import World

_MOST_COMPILED = 4_000


def compiled_module(world: World, source: Source, recorded: bool) -> Execute:
    """The code of a module's body."""
    key = (source.digest, source.file if recorded else "")
    found = world.compiled.get(key)
    if found is None:
        if len(world.compiled) >= _MOST_COMPILED:
            world.compiled.clear()
        tree, broken = source.parsed()
        found = world.compiled[key] = compile_module(tree, source.file, recorded, source.text, broken)
    return found


def compile_module(tree: ast.Module, file: str, recorded: bool, text: str = "", broken: bool = False) -> Execute:
    """Closures for all statements of a module; functions compile when they are first called."""
    lines = [] if not recorded or text.isascii() else text.encode("utf-8", "replace").split(b"\n")
    scope = bind(Scope("module", None), tree.body)
    unit = Unit(file, recorded, lines, scope.bound, broken)
    return _resilient(unit, tree.body, scope)


def _resilient(unit: Unit, nodes: list[ast.stmt], scope: Scope) -> Execute:
    """The statements of a module: one that ends the program leaves the rest in doubt, not in the dark.

    What an enclosing `try` may catch goes on to it: anything in the user's files, an ImportError in libraries."""
    steps = [block(unit, [node], scope) for node in nodes]

    def run(f: Frame) -> Signal:
        it = f.it
        stopped = 0
        try:
            for step in steps:
                try:
                    step(f)
                except PyRaise as error:
                    if it.handlers or (it.guarded_import and error.exc.cls.derives_from("builtins.ImportError")):
                        raise
                    del it.frames[it.frames.index(f) + 1 :]
                    if error.certain and not error.reported:
                        it.doubt += 1
                        stopped += 1
        finally:
            it.doubt -= stopped
        return None

    return run


def main_block(it: Interp, source: Source, module: ModuleV) -> None:
    """Run only the `if __name__ == "__main__":` blocks of a module that was imported, in that module."""
    lines = [] if source.text.isascii() else source.text.encode("utf-8", "replace").split(b"\n")
    tree, broken = source.parsed()
    scope = bind(Scope("module", None), tree.body)
    unit = Unit(source.file, True, lines, scope.bound, broken)
    for node in tree.body:
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
            frame = Frame(it, module, module.namespace)
            kept = module.namespace.get("__name__")
            module.namespace["__name__"] = "__main__"
            it.frames.append(frame)
            try:
                statement(unit, node, scope)(frame)
            finally:
                it.frames.pop()
                module.namespace["__name__"] = kept
