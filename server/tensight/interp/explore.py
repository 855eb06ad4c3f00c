"""Roots that nobody calls: forwards of instances the script built, factories, classes and functions of the file.

Invariant: a class is built on its own only if no earlier root has shown what its code computes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Set
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from .. import limits
from ..diagnostics import Severity
from ..syntax.span import Span
from ..values import ClassV, FunctionV, Instance, ModuleV, Value
from .entry_calls import ClassRoot, FunctionRoot, spent
from .factories import (
    adds,
    by_family,
    composition,
    form,
    is_reached,
    leading_to,
    leads_further,
    lit_lines,
    needs_nothing,
    one_of_each_family,
    shown,
    told,
)
from .frame import Place
from .invent import stands_alone, written

if TYPE_CHECKING:
    from .analyse import _Run
    from .machine import Interp
    from .reuse import Reuse


def explore(it: Interp, run: _Run, reuse: Reuse) -> None:
    """All further roots, the most useful first; what the budget does not reach stays dark."""
    it.begin_exploration()
    whole = told(it, run)
    #: compositions of factories that showed nothing which the script itself had not shown
    silent: set[Any] = set()
    definitions = list({id(node): (node, value, module) for node, value, module in reversed(it.definitions)}.values())
    definitions.reverse()
    functions = [(node, value, module) for node, value, module in definitions if isinstance(value, FunctionV)]
    classes = [value for _, value, _ in definitions if isinstance(value, ClassV)]
    _instances(it, run, 0)
    later = _factories(it, run, reuse, functions, classes, silent)
    left = [cls for cls in classes if _is_module(cls) and _wants(it, run, cls) is not None]
    for cls in _containers_first(left, definitions) if left else ():
        _class(it, run, reuse, cls)
    _functions(it, run, reuse, [(_begin(node, m), value) for node, value, m in functions if value not in later])
    for cls in classes:
        if not _is_module(cls):
            reuse.root(f"plain {_place(cls)}", _line(cls), partial(_plain_class, it, run, cls))
    if it.request.variants:
        _variants(it, run, reuse, by_family(later), silent, whole)


def _begin(node: Any, module: ModuleV) -> Place:
    """The place of a definition."""
    return (module.file or "", node.lineno, node.col_offset)


def _span(value: FunctionV | ClassV) -> Span | None:
    return value.code.span if isinstance(value, FunctionV) else value.span


def _place(value: FunctionV | ClassV) -> str:
    return f"{value.name} {_span(value)}"


def _line(value: FunctionV | ClassV) -> int:
    span = _span(value)
    return span.line if span is not None else 0


def _factories(
    it: Interp,
    run: _Run,
    reuse: Reuse,
    functions: list[tuple[Any, FunctionV, ModuleV]],
    classes: list[ClassV],
    silent: set[Any],
) -> list[FunctionV]:
    """Functions that need no argument, as long as they lead to places that no root has seen; those that are left."""
    idle, later = 0, []
    for node, function, module in functions:
        if _begin(node, module) in it.reached or not needs_nothing(function):
            continue
        if idle >= limits.MAX_IDLE_FACTORIES or not leads_further(it.reached, function):
            later.append(function)
            continue
        known, fresh = len(run.facts), run.fresh
        reuse.root(f"factory {node.lineno} {_place(function)}", node.lineno, partial(_factory, it, run, function))
        idle = 0 if adds(run, known) else idle + 1
        if run.fresh == fresh:
            silent.add(composition(function))
    dark = [cls for cls in classes if _is_module(cls) and not is_reached(it.reached, cls)]
    for function in one_of_each_family(leading_to(dark, later, it.definitions)) if dark and later else ():
        reuse.root(f"family {_place(function)}", _line(function), partial(_factory, it, run, function))
        later.remove(function)
        if all(is_reached(it.reached, cls) for cls in dark):
            break
    return later


def _factory(it: Interp, run: _Run, function: FunctionV) -> None:
    """A factory, what it gives, and what else it has built."""
    before = len(it.built)
    # nobody wrote a call that leaves `*args` empty
    severity = Severity.WARNING if function.code.vararg is None else Severity.OFF
    root = FunctionRoot(it, run, function, None, function.name, severity)
    root.explore()
    _call_product(it, run, root.result, before, severity)
    _instances(it, run, before)


def _functions(it: Interp, run: _Run, reuse: Reuse, functions: list[tuple[Place, FunctionV]]) -> None:
    """Functions that nothing called, except those that would show nothing: factories like one that showed nothing."""
    if all(place in it.reached for place, _ in functions):
        return
    lit = lit_lines(run)
    silent = {form(value) for place, value in functions if place in it.reached and not shown(lit, value)} - {None}
    for place, value in functions:
        if place not in it.reached and form(value) not in silent:
            root = FunctionRoot(it, run, value, None, value.name, Severity.OFF)
            reuse.root(f"function {place[1]} {_place(value)}", place[1], root.explore)
            if not shown(lit_lines(run), value):
                silent |= {form(value)} - {None}


def _call_product(it: Interp, run: _Run, product: Value, start: int, severity: Severity) -> None:
    """`forward` of the module that a factory gave, or of the first one that it has built."""
    for obj in [product] if isinstance(product, Instance) else it.built[start : start + 1]:
        forward = _forward(obj.cls)
        if forward is not None:
            FunctionRoot(it, run, forward, obj, obj.cls.name, severity, invented=False).explore()


def _variants(
    it: Interp, run: _Run, reuse: Reuse, functions: Iterable[FunctionV], silent: set[Any], whole: Set[Place]
) -> None:
    """Further variants of models that are known already: their sizes are further contexts of the same lines.

    Of what the script shows by itself, sizes that the program does not have are of no use: such variants are run as
    long as they show places that are new."""
    end = it.steps + limits.MAX_VARIANT_STEPS
    for function in functions:
        if it.steps >= end or spent(it):
            return
        made_of, fresh, known = composition(function), run.fresh, len(run.facts)
        if whole and made_of is not None and made_of in silent:
            continue
        reuse.root(f"variant {_place(function)}", _line(function), partial(_variant, it, run, function))
        if run.fresh == fresh or (not leads_further(whole, function) and not adds(run, known)):
            silent.add(made_of)


def _variant(it: Interp, run: _Run, function: FunctionV) -> None:
    before = len(it.built)
    root = FunctionRoot(it, run, function, None, function.name, Severity.OFF, invented=False)
    root.explore()
    _call_product(it, run, root.result, before, Severity.OFF)
    del it.built[before:]


def _forward(cls: ClassV) -> FunctionV | None:
    return written(cls.lookup("forward"))


def _is_module(cls: ClassV) -> bool:
    return cls.derives_from("torch.nn.Module") or (cls.open and _forward(cls) is not None)


def _containers_first(classes: Iterable[ClassV], definitions: Iterable[tuple[Any, Value, ModuleV]]) -> list[ClassV]:
    """Classes in the order of use: one that builds another comes before it, so that its parts get real sizes."""
    by_name = {cls.name: cls for cls in classes}
    nodes = {node.name: node for node, _, _ in definitions}
    if len(by_name) < 2:
        return list(by_name.values())

    @cache
    def named(name: str) -> frozenset[str]:
        return frozenset(n.id for n in ast.walk(nodes[name]) if isinstance(n, ast.Name) and n.id in nodes) - {name}

    uses: dict[str, frozenset[str]] = {}
    for name in by_name:
        uses[name] = named(name) if name in nodes else frozenset()
        for other in uses[name] - by_name.keys():  # through functions of the module
            uses[name] |= named(other) - {name}
    order: list[ClassV] = []
    done: set[str] = set()

    def visit(name: str, above: frozenset[str]) -> None:
        if name in done:
            return
        for user in reversed(list(by_name)):
            if user not in above and user != name and name in uses[user]:
                visit(user, above | {name})
        if name not in done:
            done.add(name)
            order.append(by_name[name])

    for name in reversed(list(by_name)):
        visit(name, frozenset({name}))
    return order


def _instances(it: Interp, run: _Run, start: int) -> None:
    """`forward`, then the other methods, of each instance whose class no root has entered."""
    for obj in list(it.built[start:]):
        forward = _forward(obj.cls)
        if forward is not None and forward.code.place not in it.reached:
            FunctionRoot(it, run, forward, obj, obj.cls.name, Severity.WARNING).explore()
    done: set[ClassV] = set()
    for obj in list(it.built[start:]):
        if obj.cls not in done:
            done.add(obj.cls)
            methods(it, run, obj)


def methods(it: Interp, run: _Run, obj: Instance) -> None:
    """The methods that no root has entered."""
    for cls in obj.cls.mro:
        for method in _unreached(it, cls) if cls.span is not None else ():
            if not method.name.startswith("__") or method.name == "__call__":
                FunctionRoot(it, run, method, obj, f"{cls.name}.{method.name}", Severity.OFF).explore()


def _unreached(it: Interp, cls: ClassV) -> Iterator[FunctionV]:
    """The methods that the user wrote in the class and no root has entered."""
    for value in list(cls.namespace.values()):
        method = written(value)
        if method is not None and method.code.user and method.code.place not in it.reached:
            yield method


def _wants(it: Interp, run: _Run, cls: ClassV) -> tuple[FunctionV | None, FunctionV | None] | None:
    """The constructor and the forward that a root of the class would show; None if roots have shown both."""
    init, forward = cls.lookup("__init__"), _forward(cls)
    wanted = forward is not None and (forward.code.place not in it.reached or run.is_dark(forward.code))
    own = isinstance(init, FunctionV) and init.code.user
    if not wanted and (not isinstance(init, FunctionV) or not own or init.code.place in it.reached):
        return None
    if isinstance(init, FunctionV) and not own and not _is_module(cls):
        return None
    return (init if own else None, forward if wanted else None)


def _class(it: Interp, run: _Run, reuse: Reuse, cls: ClassV) -> None:
    """A module class that nothing has built, or whose forward nothing has shown."""
    wanted = _wants(it, run, cls)
    if wanted is not None:
        name = f"class {wanted[1] is not None} {_place(cls)}"
        reuse.root(name, _line(cls), partial(_build, it, run, cls, *wanted))


def _build(it: Interp, run: _Run, cls: ClassV, init: FunctionV | None, forward: FunctionV | None) -> None:
    obj = ClassRoot(it, run, cls, init, forward).explore()
    if obj is not None:
        methods(it, run, obj)


def _plain_class(it: Interp, run: _Run, cls: ClassV) -> None:
    """The methods of a class that is no module: of an object that is built from its own defaults, if it has one for
    everything. Without that, or where a method needs what others set, they are called on an object of which nothing
    is known."""
    init, built = written(cls.lookup("__init__")), None
    if init is not None and init.code.user and stands_alone(cls) and next(_unreached(it, cls), None) is not None:
        built = ClassRoot(it, run, cls, None, None).explore()
    for method in _unreached(it, cls):
        for obj in (built, Instance(cls, {}, None, open=True)):
            if obj is not None:
                root = FunctionRoot(it, run, method, obj, f"{cls.name}.{method.name}", Severity.OFF)
                root.explore()
                if root.stuck is None:
                    break


__all__ = ["explore", "methods"]
