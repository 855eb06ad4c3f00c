"""Which functions that nobody calls are worth a root: factories that lead somewhere, functions that show something."""

from __future__ import annotations

import ast
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..values import ClassV, FunctionV, ModuleV
from .frame import Code

if TYPE_CHECKING:
    from .analyse import _Run
    from .machine import Interp


def adds(run: _Run, known: int) -> bool:
    """Whether any place shows a tensor that did not among the first `known` ones."""
    return any(fact.observations for fact, _ in islice(run.facts.values(), known, None))


def form(function: FunctionV) -> Any:
    """What variants of a factory have in common: their parameters and what they call; None: it calls nothing."""
    code: Code = function.code
    calls = frozenset(ast.unparse(n.func) for n in ast.walk(code.node) if isinstance(n, ast.Call))
    return None if not calls or code.span is None else (*(p.name for p in code.parameters), calls)


def lit_lines(run: _Run) -> set[tuple[str, int]]:
    """The lines on which a tensor was seen."""
    return {(slot.span.file, slot.span.line) for slot, (fact, _) in run.facts.items() if fact.observations}


def shown(lit: set[tuple[str, int]], function: FunctionV) -> bool:
    """Whether any of the lines lies inside the function."""
    span = function.code.span
    return span is None or any((span.file, line) in lit for line in range(span.line, span.end_line + 1))


def leads_further(it: Interp, node: ast.AST, module: ModuleV) -> bool:
    """Whether a factory names a function or class of its module that no root has entered yet.

    The twentieth variant of a model says nothing new of its blocks, and costs as much as the first."""
    named = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    used = [v for v in map(module.namespace.get, named) if isinstance(v, FunctionV | ClassV)]
    return not used or not all(is_reached(it, value) for value in used)


def is_reached(it: Interp, value: FunctionV | ClassV) -> bool:
    """Whether a root has entered the function, or any method of the class."""
    if isinstance(value, FunctionV):
        return value.code.place in it.reached or not value.code.user
    functions = [v for v in value.namespace.values() if isinstance(v, FunctionV)]
    return not functions or any(f.code.place in it.reached for f in functions)


def leaves_unused(it: Interp) -> bool:
    """Whether a function or class of the recorded files was not entered by any root."""
    return any(not is_reached(it, value) for _, value, _ in it.definitions if isinstance(value, FunctionV | ClassV))


def needs_nothing(function: FunctionV) -> bool:
    """Whether the function can be called without arguments."""
    code: Code = function.code
    required = code.n_positional - len(function.defaults)
    keywords = [p for p in code.parameters if p.kind == "keyword" and p.name not in function.kw_defaults]
    return required <= 0 and not keywords
