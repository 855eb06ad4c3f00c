"""A source file → a closure that runs it in a frame."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..values import ModuleV
from .cache import CompiledFile
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
    steps = module_steps(world, source, recorded)

    def run(f: Frame) -> Signal:
        ended = 0
        try:
            for step in steps:
                if run_step(f, step):
                    f.it.doubt += 1
                    ended += 1
        finally:
            f.it.doubt -= ended
        return None

    return run


def module_steps(world: World, source: Source, recorded: bool) -> list[Execute]:
    """The code of a module's statements: of one version a file, and what it shares with the versions before."""
    known = compiled_file(world, source, recorded)
    if known.digest == source.digest:
        return known.steps
    tree, broken = source.parsed()
    return known.update(source.digest, tree, broken, source.text, _compile_statement)


def compiled_file(world: World, source: Source, recorded: bool) -> CompiledFile:
    """The code of a file, through its versions."""
    key = (source.file, recorded)
    known = world.compiled.get(key)
    if known is None:
        if len(world.compiled) >= _MOST_COMPILED:
            world.compiled.clear()
        known = world.compiled[key] = CompiledFile(source.file, recorded)
    return known


def _compile_statement(unit: Unit, node: ast.stmt, scope: Scope) -> Execute:
    """One statement of a module, compiled when it is first run: what the budget does not reach costs nothing.

    Functions in it compile when they are first called."""
    made: list[Execute] = []

    def run(f: Frame) -> Signal:
        if not made:
            made.append(block(unit, [node], scope))
        return made[0](f)

    return run


def run_step(f: Frame, step: Execute) -> bool:
    """One statement of a module; whether it ended the program: the rest is in doubt then, not in the dark.

    What an enclosing `try` may catch goes on to it: anything in the user's files, an ImportError in libraries."""
    it = f.it
    try:
        step(f)
    except PyRaise as error:
        if it.handlers or (it.guarded_import and error.exc.cls.derives_from("builtins.ImportError")):
            raise
        del it.frames[it.frames.index(f) + 1 :]
        return error.certain and not error.reported
    return False


def main_block(it: Interp, source: Source, module: ModuleV) -> None:
    """Run only the `if __name__ == "__main__":` blocks of a module that was imported, in that module.

    Nobody asked for this program: what comes after its first error is in doubt."""
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
            doubt, faults = it.doubt, it.diagnostics.errors()
            try:
                for step in node.body if ast.unparse(node.test) == "__name__ == '__main__'" else [node]:
                    statement(unit, step, scope)(frame)
                    if it.diagnostics.errors() > faults:
                        it.doubt = doubt + 1
            finally:
                it.doubt = doubt
                it.frames.pop()
                module.namespace["__name__"] = kept
