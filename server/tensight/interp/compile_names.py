"""Loading and storing names: local, enclosing, global, builtin; lazy imports are followed at the first load."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..values import FunctionV, ModuleV, Reason, Unknown, Value
from . import deferred, diagnose, imports
from .absent import ABSENT
from .errors import PyRaise
from .frame import Evaluate, Frame, Slot, Store
from .imports import Lazy
from .record import RECORDED
from .scopes import Scope
from .unit import Unit

if TYPE_CHECKING:
    from .machine import Interp

#: Names that everybody binds to the same import; a missing one is taken as if it were there.
CONVENTIONAL = {
    "torch": ("torch", None), "nn": ("torch.nn", None), "F": ("torch.nn.functional", None), "np": ("numpy", None),
    "optim": ("torch.optim", None), "Tensor": ("torch", "Tensor"), "einops": ("einops", None), "math": ("math", None),
    "os": ("os", None), "torchvision": ("torchvision", None), "rearrange": ("einops", "rearrange"),
    "DataLoader": ("torch.utils.data", "DataLoader"), "Dataset": ("torch.utils.data", "Dataset"),
    "transforms": ("torchvision.transforms", None), "Variable": ("torch.autograd", "Variable"),
}  # fmt: skip
_MISSING = object()


def load(unit: Unit, node: ast.Name, scope: Scope) -> Evaluate:
    """The value of a name; records it in user files."""
    name = scope.mangled(node.id)
    slot = unit.slot(node, "name")
    where, depth = scope.resolve(name)
    if where == "local" and scope.kind == "function":
        return _local(name, slot, unit)
    if where == "local":
        return _class_local(name, slot, unit, scope)
    if where == "enclosing":
        return _enclosing(name, depth, slot)
    return _global(name, slot, unit)


def mangle(name: str, scope: Scope) -> str:
    """`__x` inside class C is `_C__x`."""
    return scope.mangled(name)


def _local(name: str, slot: Slot | None, unit: Unit) -> Evaluate:
    if slot is None:

        def quick(f: Frame) -> Value:
            value = f.locals.get(name, _MISSING)
            if value is _MISSING:
                return Unknown(Reason.UNDEFINED, name)
            return _follow(f, f.locals, name, value) if type(value) is Lazy else value

        return quick

    def run(f: Frame) -> Value:
        value = f.locals.get(name, _MISSING)
        if value is _MISSING:
            return Unknown(Reason.UNDEFINED, name, slot.span)
        if type(value) is Lazy:
            value = _follow(f, f.locals, name, value)
        if type(value) in RECORDED:
            f.it.recorder.note(f.it, slot, value)
        return value

    return run


def _follow(f: Frame, namespace: dict[str, Value], name: str, value: Lazy) -> Value:
    found = imports.resolve(f.it, value)
    namespace[name] = imports.kept(f.it, namespace, value, found)
    return found


def _class_local(name: str, slot: Slot | None, unit: Unit, scope: Scope) -> Evaluate:
    parent = scope.parent
    outer = load_outer(unit, name, slot, parent) if parent is not None else _global(name, slot, unit)

    def run(f: Frame) -> Value:
        value = f.locals.get(name, _MISSING)
        if value is _MISSING:
            return outer(f)
        return _follow(f, f.locals, name, value) if type(value) is Lazy else value

    return run


def load_outer(unit: Unit, name: str, slot: Slot | None, scope: Scope) -> Evaluate:
    """A name of a class body that is not bound there (yet): the frame's parent is the function around the class."""
    where, depth = scope.resolve(name)
    if where == "local" and scope.kind == "function":
        return _enclosing(name, 1, slot)
    if where == "enclosing":
        return _enclosing(name, depth + 1, slot)
    return _global(name, slot, unit)


def _enclosing(name: str, depth: int, slot: Slot | None) -> Evaluate:
    def run(f: Frame) -> Value:
        frame: Frame | None = f
        for _ in range(depth):
            frame = frame.parent if frame is not None else None
        if frame is None:
            return Unknown(Reason.UNDEFINED, name)
        value = frame.locals.get(name, _MISSING)
        if value is _MISSING:
            return Unknown(Reason.UNDEFINED, name)
        if type(value) is Lazy:
            value = _follow(f, frame.locals, name, value)
        if slot is not None and type(value) in RECORDED:
            f.it.recorder.note(f.it, slot, value)
        return value

    return run


def _global(name: str, slot: Slot | None, unit: Unit) -> Evaluate:
    def run(f: Frame) -> Value:
        value = f.globals.get(name, _MISSING)
        if value is _MISSING:
            value = f.it.world.builtins.get(name, _MISSING)
            if value is _MISSING:
                return undefined(f, name, slot, unit)
            return value
        if type(value) is Lazy:
            value = _follow(f, f.globals, name, value)
        if slot is not None and type(value) in RECORDED:
            f.it.recorder.note(f.it, slot, value)
        return value

    return run


def undefined(f: Frame, name: str, slot: Slot | None, unit: Unit) -> Value:
    """NameError: reported if nothing in the module ever binds the name; conventional names are supplied."""
    it = f.it
    conventional = CONVENTIONAL.get(name)
    if "__path__" in f.globals:
        found = _submodule(it, f.module.package, name)
        if found is not None:
            return found
    if slot is not None and not unit.broken and "*" not in f.globals:
        f.at = slot
        exc = diagnose.make_exception(it, "NameError", f"name {name!r} is not defined")
        if diagnose.expected(it, "NameError"):
            raise PyRaise(exc, slot.span, it.certain, reported=True)
        if name not in unit.bound:
            caught = diagnose.caught_by(it, exc.cls, through_forks=False)
            diagnose.report(it, "undefined-name", f"name {name!r} is not defined", caught=caught, data={"name": name})
            if caught and conventional is None:
                raise PyRaise(exc, slot.span, it.certain, reported=True)
    if conventional is not None:
        module, attribute = conventional
        return imports.import_from(it, module, attribute) if attribute else imports.import_module(it, module)
    return Unknown(Reason.UNDEFINED, name, slot.span if slot else None)


def _submodule(it: Interp, package: str, name: str) -> Value:
    """A module of a package by its own name in the package: bound as soon as anything has imported it."""
    qualified = f"{package}.{name}"
    if it.request.loader.find(qualified) is None:
        return None
    imported = it.modules.get(qualified) or it.world.modules.get(qualified)
    if imported is None and deferred.is_put_off(it, qualified):
        imported = imports.import_module(it, qualified)
    return imported or Unknown(Reason.IMPORT, qualified)


def store(unit: Unit, name: str, scope: Scope, slot: Slot | None) -> Store:
    """A closure (frame, value) that binds a name."""
    name = scope.mangled(name)
    where, depth = scope.resolve(name)
    if name in scope.nonlocal_names:
        where, depth = _nonlocal(scope, name)
    if where == "local":

        def store_local(f: Frame, value: Value) -> None:
            journal = f.it.journal
            if journal.watches or (journal.levels and f.born <= journal.opened[-1]):
                journal.set(f.locals, name, value, f.born)
            else:
                f.locals[name] = value
            if slot is not None and type(value) in RECORDED:
                f.it.recorder.note(f.it, slot, value)

        return store_local

    def store_global(f: Frame, value: Value) -> None:
        f.it.journal.set(f.globals, name, value)
        if slot is not None and type(value) in RECORDED:
            f.it.recorder.note(f.it, slot, value)

    if where == "global":
        return store_global

    def store_enclosing(f: Frame, value: Value) -> None:
        frame: Frame | None = f
        for _ in range(depth):
            frame = frame.parent if frame is not None else None
        if frame is not None:
            f.it.journal.set(frame.locals, name, value, frame.born)
        if slot is not None and type(value) in RECORDED:
            f.it.recorder.note(f.it, slot, value)

    return store_enclosing


def _nonlocal(scope: Scope, name: str) -> tuple[str, int]:
    depth, outer = 1, scope.function_parent()
    while outer is not None and outer.kind != "module":
        if name in outer.bound and name not in outer.nonlocal_names:
            return ("enclosing", depth)
        depth, outer = depth + 1, outer.function_parent()
    return ("global", 0)


__all__ = ["ABSENT", "FunctionV", "ModuleV", "load", "mangle", "store", "undefined"]
