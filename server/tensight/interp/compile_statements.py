"""Statements → closures that return a signal: None to go on, BREAK, CONTINUE, RETURN."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from ..values import Instance, Reason, Unknown, Value
from . import (
    attribute_writes,
    compile_control,
    compile_functions,
    compile_match,
    compile_raise,
    compile_try,
    compile_with,
    forks,
    imports,
    items,
    lazy_packages,
    operators,
)
from . import attributes as attributes_
from .compile_expressions import _BINARY, expression, subscript_index
from .compile_names import mangle
from .compile_targets import target
from .errors import OutOfBudget, PyRaise, YieldLimit
from .frame import RETURN, Evaluate, Execute, Frame, Signal
from .narrowing import lessons, narrowing
from .ports import Cancelled
from .scopes import Scope
from .unit import Unit


def block(unit: Unit, nodes: Sequence[ast.stmt], scope: Scope) -> Execute:
    """Several statements, one after the other. A defect of Tensight costs one statement."""
    compiled = [statement(unit, node, scope) for node in nodes]

    def run(f: Frame) -> Signal:
        it = f.it
        for execute in compiled:
            it.tick()
            try:
                signal = execute(f)
            except (PyRaise, OutOfBudget, Cancelled, YieldLimit):
                raise
            except RecursionError:
                it.limits.append("expressions or calls nest too deep")
                continue
            except Exception as error:  # reported as an internal error, fatal to the tests
                it.internal_error(error)
                continue
            if signal is not None:
                return signal
        return None

    return run


def statement(unit: Unit, node: ast.stmt, scope: Scope) -> Execute:
    """The closure of one statement."""
    maker = _MAKERS.get(type(node))
    if maker is None:
        detail = type(node).__name__

        def unsupported(f: Frame) -> Signal:
            f.it.limits.append(f"{detail} is not followed")
            return None

        return unsupported
    return maker(unit, node, scope)


def _expr(unit: Unit, node: ast.Expr, scope: Scope) -> Execute:
    if isinstance(node.value, ast.Constant):
        return lambda f: None
    value = expression(unit, node.value, scope)
    logger = None if unit.recorded else _logger_of(node.value)
    if logger is not None:
        return _logging(unit, logger, scope, value)
    if compile_raise.may_assert(node.value):
        return compile_raise.asserting_call(unit, node.value, scope, value)

    def run(f: Frame) -> Signal:
        value(f)
        return None

    return run


#: Methods of a logger, those that libraries add to it included.
_LOGGED = frozenset({
    "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "warning_once", "info_once",
    "warning_advice",
})  # fmt: skip


def _logger_of(node: ast.expr) -> ast.Name | None:
    """The name that may be a logger's: to look at it first changes nothing, as it might with any other expression."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name() as owner, attr=attr)) if attr in _LOGGED:
            return owner
        case _:
            return None


def _logging(unit: Unit, logger: ast.Name, scope: Scope, value: Evaluate) -> Execute:
    """What a library tells its log is nobody's business: the text of a large configuration takes seconds."""
    receiver = expression(unit, logger, scope)

    def run(f: Frame) -> Signal:
        owner = receiver(f)
        if not (isinstance(owner, Instance) and owner.cls.derives_from("logging.Logger")):
            value(f)
        return None

    return run


def _assign(unit: Unit, node: ast.Assign, scope: Scope) -> Execute:
    value = expression(unit, node.value, scope)
    stores = [target(unit, t, scope) for t in node.targets]
    if len(stores) == 1:
        put = stores[0]

        def single(f: Frame) -> Signal:
            put(f, value(f))
            return None

        return single

    def several(f: Frame) -> Signal:
        result = value(f)
        for put in stores:
            put(f, result)
        return None

    return several


def _ann_assign(unit: Unit, node: ast.AnnAssign, scope: Scope) -> Execute:
    value = expression(unit, node.value, scope) if node.value is not None else None
    put = target(unit, node.target, scope)
    annotation = expression(unit, node.annotation, scope) if scope.kind == "class" else None
    name = mangle(node.target.id, scope) if isinstance(node.target, ast.Name) else None

    def run(f: Frame) -> Signal:
        if value is not None:
            put(f, value(f))
        if annotation is not None and name is not None:
            f.it.doubt += 1
            try:
                noted: Value = annotation(f)
            except PyRaise:
                noted = Unknown(Reason.UNSUPPORTED, "annotation")
            finally:
                f.it.doubt -= 1
            listed = f.locals.get("__annotations__")
            if listed is not None:
                listed.items[name] = noted
        return None

    return run


def _aug_assign(unit: Unit, node: ast.AugAssign, scope: Scope) -> Execute:
    token, slot = _BINARY[type(node.op)], unit.slot(node.target, "target")
    value = expression(unit, node.value, scope)
    if isinstance(node.target, ast.Name):
        load = expression(unit, ast.copy_location(ast.Name(id=node.target.id, ctx=ast.Load()), node.target), scope)
        put = target(unit, node.target, scope)

        def name(f: Frame) -> Signal:
            old = load(f)
            new = value(f)
            if slot is not None:
                f.at = slot
            put(f, operators.inplace(f.it, token, old, new))
            return None

        return name
    owner = expression(unit, node.target.value, scope)
    if isinstance(node.target, ast.Attribute):
        attribute = mangle(node.target.attr, scope)

        def field(f: Frame) -> Signal:
            obj = owner(f)
            old = attributes_.get(f.it, obj, attribute)
            new = value(f)
            if slot is not None:
                f.at = slot
            result = operators.inplace(f.it, token, old, new)
            attribute_writes.set_(f.it, obj, attribute, result)
            if slot is not None:
                f.it.recorder.note(f.it, slot, result)
            return None

        return field
    index = subscript_index(unit, node.target.slice, scope)

    def item(f: Frame) -> Signal:
        obj, key = owner(f), index(f)
        if slot is not None:
            f.at = slot
        old = items.get(f.it, obj, key)
        new = value(f)
        items.set_(f.it, obj, key, operators.inplace(f.it, token, old, new))
        return None

    return item


def _return(unit: Unit, node: ast.Return, scope: Scope) -> Execute:
    value = expression(unit, node.value, scope) if node.value is not None else None
    slot = unit.slot(node.value, "return") if node.value is not None else None

    def run(f: Frame) -> Signal:
        result = value(f) if value is not None else None
        if slot is not None:
            f.it.recorder.note(f.it, slot, result)
        f.return_value = result
        return RETURN

    return run


def _if(unit: Unit, node: ast.If, scope: Scope) -> Execute:
    if scope.kind == "module" and lazy_packages.declares(node):
        scope.declaring = True
        declared = block(unit, node.body, scope)
        scope.declaring = False
        return declared
    test = expression(unit, node.test, scope)
    then, other = block(unit, node.body, scope), block(unit, node.orelse, scope)
    narrow, learn = narrowing(unit, node.test, scope), lessons(unit, node.test, scope)

    def run(f: Frame) -> Signal:
        tested = test(f)
        answer = f.it.truth(tested)
        if answer is True:
            return then(f)
        if answer is False:
            return other(f)

        def arm(body: Execute, holds: bool) -> Callable[[], Signal]:
            def take() -> Signal:
                narrow(f, holds)
                return body(f)

            return take

        signal = forks.branch(f, [arm(then, True), arm(other, False)], forks.joiner(tested))
        if f.it.survivor is not None and f.it.certain:
            learn(f, f.it.survivor == 0)
        return signal

    return run


def _delete(unit: Unit, node: ast.Delete, scope: Scope) -> Execute:
    steps: list[Callable[[Frame], None]] = []
    for place in node.targets:
        steps.append(_delete_one(unit, place, scope))

    def run(f: Frame) -> Signal:
        for step in steps:
            step(f)
        return None

    return run


def _delete_one(unit: Unit, place: ast.expr, scope: Scope) -> Callable[[Frame], None]:
    if isinstance(place, ast.Name):
        name = mangle(place.id, scope)
        is_global = scope.resolve(name)[0] == "global"

        def name_(f: Frame) -> None:
            namespace = f.globals if is_global else f.locals
            if name in namespace:
                f.it.journal.delete(namespace, name)

        return name_
    if isinstance(place, ast.Attribute):
        owner, attribute = expression(unit, place.value, scope), mangle(place.attr, scope)

        def attr(f: Frame) -> None:
            attribute_writes.delete(f.it, owner(f), attribute)

        return attr
    if isinstance(place, ast.Subscript):
        container, index = expression(unit, place.value, scope), subscript_index(unit, place.slice, scope)
        return lambda f: items.delete(f.it, container(f), index(f))
    parts = [_delete_one(unit, e, scope) for e in getattr(place, "elts", [])]

    def several(f: Frame) -> None:
        for part in parts:
            part(f)

    return several


def _import(unit: Unit, node: ast.Import, scope: Scope) -> Execute:
    steps = []
    for item in node.names:
        put = target(
            unit, ast.copy_location(ast.Name(id=item.asname or item.name.split(".")[0], ctx=ast.Store()), node), scope
        )
        steps.append((item.name, item.asname, put, unit.span(item) if unit.recorded else None))

    def run(f: Frame) -> Signal:
        for name, asname, put, span in steps:
            put(f, imports.bind_import(f.it, f, name, asname, span, unit.recorded))
        return None

    return run


def _import_from(unit: Unit, node: ast.ImportFrom, scope: Scope) -> Execute:
    if node.module == "__future__":
        return lambda f: None
    steps = []
    for item in node.names:
        if item.name != "*":
            put = target(unit, ast.copy_location(ast.Name(id=item.asname or item.name, ctx=ast.Store()), node), scope)
            steps.append((item.name, put, unit.span(item) if unit.recorded else None))
    star = any(item.name == "*" for item in node.names)
    span = unit.span(node) if unit.recorded else None
    declaring = scope.declaring

    def run(f: Frame) -> Signal:
        name = imports.absolute_name(f.module, node.module, node.level)
        if star and declaring:
            f.module.stars.append(name)
            return None
        if star:
            found = imports.star_names(f.it, name, span, unit.recorded)
            for key, value in found.items():
                value = imports.kept(f.it, f.globals, imports.Lazy(name, key, span, unit.recorded), value)
                f.it.journal.set(f.globals, key, value)
            if not found:
                f.globals["*"] = True
            return None
        for attribute, put, at in steps:
            if declaring:  # the lazy module imports it when it is asked for it
                put(f, imports.Lazy(name, attribute, at, unit.recorded))
            else:
                put(f, imports.bind_from(f.it, f, name, attribute, at, unit.recorded))
        return None

    return run


def _nothing(unit: Unit, node: ast.stmt, scope: Scope) -> Execute:
    return lambda f: None


_MAKERS: dict[type[ast.stmt], Callable[..., Execute]] = {
    ast.Expr: _expr, ast.Assign: _assign, ast.AnnAssign: _ann_assign, ast.AugAssign: _aug_assign, ast.Return: _return,
    ast.If: _if, ast.Assert: compile_raise.assert_, ast.Raise: compile_raise.raise_, ast.Delete: _delete,
    ast.Import: _import, ast.ImportFrom: _import_from, ast.Pass: _nothing, ast.Global: _nothing, ast.Nonlocal: _nothing,
    ast.FunctionDef: compile_functions.function_def, ast.AsyncFunctionDef: compile_functions.function_def,
    ast.ClassDef: compile_functions.class_def, ast.For: compile_control.for_, ast.AsyncFor: compile_control.for_,
    ast.While: compile_control.while_, ast.Break: compile_control.break_, ast.Continue: compile_control.continue_,
    ast.Try: compile_try.try_, ast.With: compile_with.with_, ast.AsyncWith: compile_with.with_,
    ast.Match: compile_match.match,
}  # fmt: skip
if hasattr(ast, "TryStar"):
    _MAKERS[ast.TryStar] = compile_try.try_

__all__ = ["block", "statement"]
