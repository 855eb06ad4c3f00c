"""Which functions that nobody calls are worth a root: factories that lead somewhere, functions that show something."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Set
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..values import ClassV, FunctionV, ModuleV, Reason, Unknown, Value
from .frame import Code, Place
from .tiers import OPEN, fact_darkness

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
    used = _named(code.node, function.module)
    return not used or not all(is_reached(reached, value) for value in used.values())


def _named(node: ast.AST, module: ModuleV) -> dict[str, FunctionV | ClassV]:
    """The functions and classes of the module that are named somewhere in a function."""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return {n: v for n in names if isinstance(v := module.namespace.get(n), FunctionV | ClassV)}


def composition(function: FunctionV) -> frozenset[str] | None:
    """The functions and classes that a factory makes its model of: what variants have in common. None: it is no
    factory alone, since it calls what it has made."""
    node = function.code.node
    made = {n.id for s in node.body for n in ast.walk(s) if isinstance(n, ast.Name) and type(n.ctx) is ast.Store}
    if any(isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in made for n in ast.walk(node)):
        return None
    parts = {n: v for s in node.body for n, v in _named(s, function.module).items()}
    return frozenset(n for n, v in parts.items() if isinstance(v, FunctionV) or _functions(v)) or None


def _functions(cls: ClassV) -> list[FunctionV]:
    return [v for v in cls.namespace.values() if isinstance(v, FunctionV)]


def is_reached(reached: Set[Place], value: FunctionV | ClassV) -> bool:
    """Whether the function was entered, or any method of the class."""
    if isinstance(value, FunctionV):
        return value.code.place in reached or not value.code.user
    functions = _functions(value)
    return not functions or any(f.code.place in reached for f in functions)


def told(it: Interp, run: _Run) -> frozenset[Place]:
    """The functions that the script itself has entered, if it calls some with tensors, was not cut short, and shows
    all that it got to. What a variant of such a model adds are sizes that the program does not have."""
    if not any(slot.kind == "param" and fact.observations for slot, (fact, _) in run.facts.items()):
        return frozenset()
    dark = (f.alone for f, _ in run.facts.values() if fact_darkness(f) >= OPEN)
    if it.limits or any(not isinstance(v, Unknown) or v.reason is not Reason.ENVIRONMENT for v in dark):
        return frozenset()
    return frozenset(it.reached)


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
