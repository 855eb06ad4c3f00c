"""PyTorch's own Python: names that no table has are taken from the source of the module that defines them.

A package runs none of its modules before a name of theirs is asked for."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from ..values import ModuleV, Value
from . import deferred
from .absent import ABSENT
from .execution import execute

if TYPE_CHECKING:
    from .machine import Interp
    from .ports import Source

#: Modules whose source is read where no table has a name: layers and functions, no machinery.
READ = ("torch.nn", "torch.functional", "torch.distributions", "torch.optim.swa_utils", "torch.types")


def find(it: Interp, module: str, name: str) -> Value:
    """A name of one of torch's own Python modules, from its source; None if the source does not define it."""
    if not module.startswith(READ) or name.startswith("__"):
        return None
    source = None
    if f"source:{module}" not in it.world.modules:
        source = it.request.loader.find(module)
        if source is None:
            return None
        if source.is_package:
            return _from_package(it, source, name)
        if not any(map(partial(_binds, name), source.parsed()[0].body)):
            return None
    found = _executed(it, module, source)
    value = ABSENT if found is None else found.namespace.get(name, ABSENT)
    return None if value is ABSENT else _resolved(it, value)


def _executed(it: Interp, module: str, source: Source | None) -> ModuleV | None:
    """The module as it was run, beside the one that answers from the tables first."""
    found = it.world.modules.get(f"source:{module}")
    if found is None and source is not None:
        executed = execute(it, source)
        it.world.modules.pop(module, None)
        it.world.modules[module] = ModuleV(module, {}, native=True)
        if isinstance(executed, ModuleV):
            found = it.world.modules[f"source:{module}"] = executed
    return found


def _resolved(it: Interp, value: Value) -> Value:
    from . import imports

    return imports.resolve(it, value)


def _binds(name: str, node: ast.stmt) -> bool:
    """Whether a statement of a module defines the name: a function, a class, or `name = …`."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name) and node.target.id == name and node.value is not None
    return getattr(node, "name", None) == name


def _from_package(it: Interp, source: Source, name: str) -> Value:
    """A name that a package takes from one of its modules."""
    from . import imports

    for inner, alias in _taken(source):
        if name == (alias.asname or alias.name) or (alias.name == "*" and name in _listed(it, inner)):
            return imports.import_from(it, inner, name if alias.name == "*" else alias.name)
    return None


def _taken(source: Source) -> list[tuple[str, ast.alias]]:
    """What a package takes from its modules: the module, the name."""
    return [
        (f"{source.name}.{node.module}", alias)
        for node in source.parsed()[0].body
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module is not None
        for alias in node.names
    ]


def _listed(it: Interp, module: str) -> list[str]:
    source = it.request.loader.find(module)
    return (deferred.literal_all(source) if source is not None else None) or []


def public(it: Interp, module: str) -> list[str]:
    """What `from module import *` binds."""
    source = it.request.loader.find(module)
    if source is None:
        return []
    listed = _listed(it, module)
    if listed or not source.is_package:
        return listed
    taken = [
        name
        for inner, alias in _taken(source)
        for name in (_listed(it, inner) if alias.name == "*" else [alias.asname or alias.name])
    ]
    return [name for name in taken if not name.startswith("_")]


__all__ = ["READ", "find", "public"]
