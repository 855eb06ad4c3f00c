"""Which functions that nobody calls are worth a root: factories that lead somewhere, functions that show something."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Set
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..values import ClassV, FunctionV, ModuleV, Value
from .frame import Code, Place

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


def leads_further(reached: Set[Place], function: FunctionV) -> bool:
    """Whether a factory names a function or class of its module that was not reached.

    The twentieth variant of a model says nothing new of its blocks, and costs as much as the first."""
    code: Code = function.code
    named = {n.id for n in ast.walk(code.node) if isinstance(n, ast.Name)}
    used = [v for v in map(function.module.namespace.get, named) if isinstance(v, FunctionV | ClassV)]
    return not used or not all(is_reached(reached, value) for value in used)


def is_reached(reached: Set[Place], value: FunctionV | ClassV) -> bool:
    """Whether the function was entered, or any method of the class."""
    if isinstance(value, FunctionV):
        return value.code.place in reached or not value.code.user
    functions = [v for v in value.namespace.values() if isinstance(v, FunctionV)]
    return not functions or any(f.code.place in reached for f in functions)


def leading_to(
    classes: Iterable[ClassV], functions: Iterable[FunctionV], definitions: Iterable[tuple[Any, Value, ModuleV]]
) -> list[FunctionV]:
    """The functions that name one of the classes, or something that does."""
    nodes = {node.name: node for node, _, _ in definitions}
    named: dict[str, set[str]] = {}
    wanted = {cls.name for cls in classes}

    def leads(name: str) -> bool:
        seen, todo = {name}, [name]
        while todo:
            one = todo.pop()
            if one not in named:
                named[one] = {n.id for n in ast.walk(nodes[one]) if isinstance(n, ast.Name) and n.id in nodes}
            if named[one] & wanted:
                return True
            todo.extend(named[one] - seen)
            seen |= named[one]
        return False

    return [function for function in functions if function.name in nodes and leads(function.name)]


def leaves_unused(it: Interp) -> bool:
    """Whether a function or class of the recorded files was not entered by any root."""
    used = [value for _, value, _ in it.definitions if isinstance(value, FunctionV | ClassV)]
    return not all(is_reached(it.reached, value) for value in used)


def _family(name: str) -> str:
    """What variants of a model have in common in their names: all but the numbers."""
    return re.sub(r"\d+", "#", name)


def one_of_each_family(functions: Iterable[FunctionV]) -> list[FunctionV]:
    """The first function of each family of names."""
    first: dict[str, FunctionV] = {}
    for function in functions:
        first.setdefault(_family(function.name), function)
    return list(first.values())


def by_family(functions: Iterable[FunctionV]) -> list[FunctionV]:
    """The first of each family, then the second of each, and so on: what is cut in the end lacks no family."""
    count: Counter[str] = Counter()
    keyed: list[tuple[int, FunctionV]] = []
    for function in functions:
        keyed.append((count[_family(function.name)], function))
        count[_family(function.name)] += 1
    return [function for _, function in sorted(keyed, key=lambda pair: pair[0])]


def needs_nothing(function: FunctionV) -> bool:
    """Whether the function can be called without arguments."""
    code: Code = function.code
    required = code.n_positional - len(function.defaults)
    keywords = [p for p in code.parameters if p.kind == "keyword" and p.name not in function.kw_defaults]
    return required <= 0 and not keywords
