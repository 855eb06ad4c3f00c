"""Star imports of library packages that put off running the module: a literal `__all__` says what they bind.

`from .resnet import *` in a package with a hundred such lines costs nothing until a name is used. What a module
that was put off does besides, the program sees only through tables that it fills in another module (registries).
Invariant: a look-up in such a table that fails runs the modules that define the key; while others are still put
off, the table may hold more than is known of it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..values import DictV, Instance, ListV, ModuleV, Reason, SetV, Value

if TYPE_CHECKING:
    from .machine import Interp
    from .ports import Source

Table = DictV | SetV | ListV
_ALL = re.compile(r"__all__\s*(?::[^=\n]+)?=\s*([\[(][^\[\]()]*[\])])[ \t]*(?:#.*)?$", re.MULTILINE)


class Deferred:
    """What was put off: modules by name, and the tables that they may fill."""

    __slots__ = ("modules", "tables")

    def __init__(self) -> None:
        self.modules: dict[str, Source] = {}
        #: id → (table, its top package); holding the table keeps the id unique
        self.tables: dict[int, tuple[Table, str]] = {}


def literal_all(source: Source) -> list[str] | None:
    """The names of `__all__`, if one literal is all that the text says of it."""
    at = source.text.find("__all__")
    found = _ALL.match(source.text, at) if at == 0 or (at > 0 and source.text[at - 1] == "\n") else None
    if found is None or "__all__" in source.text[found.end() :]:
        return None
    try:
        names = ast.literal_eval(found.group(1))
    except (SyntaxError, ValueError):
        return None
    return list(names) if isinstance(names, list | tuple) and all(isinstance(n, str) for n in names) else None


def put_off(it: Interp, name: str) -> list[str] | None:
    """What `from name import *` binds without running the module; None if it has to run."""
    if it.handlers or name in it.modules or name in it.world.modules:
        return None
    source = it.request.loader.find(name)
    if source is None or source.user or source.file in it.user_files:
        return None
    names = literal_all(source)
    if names is not None:
        it.world.deferred.modules[name] = source
    return names


def executed(it: Interp, module: ModuleV) -> None:
    """A module has run: it is no longer put off, and its empty containers may be filled by other modules."""
    deferred = it.world.deferred
    deferred.modules.pop(module.name, None)
    if not module.package:
        return
    top = module.name.partition(".")[0]
    for value in list(module.namespace.values()):
        held = value.attrs.values() if isinstance(value, Instance) else (value,)
        for inner in held:
            if isinstance(inner, Table) and not inner.items:
                deferred.tables[id(inner)] = inner, top


def may_grow(it: Interp, table: Value) -> bool:
    """Whether modules that were put off may have put more into this table than is known."""
    deferred = it.world.deferred
    known = deferred.tables.get(id(table)) if deferred.modules else None
    if known is None or not any(name.partition(".")[0] == known[1] for name in deferred.modules):
        return False
    # while a library module runs, those behind it have not run in Python either
    return not any(f.locals is f.globals and f.module.file not in it.user_files for f in it.frames)


def rest_of(it: Interp, table: Value, rest: Value | None) -> Value | None:
    """`rest` of a container, open where modules that were put off may have put more into it."""
    if rest is None and id(table) in it.world.deferred.tables and may_grow(it, table):
        return it.unknown(Reason.IMPORT, "a module that nothing has needed yet")
    return rest


def fetch(it: Interp, table: Value, key: Value) -> bool:
    """Run the modules that were put off and define the key, for a table that lacks it. Whether any was run."""
    from .imports import import_module

    deferred = it.world.deferred
    if not isinstance(key, str) or not key.isidentifier() or not may_grow(it, table):
        return False
    top = deferred.tables[id(table)][1] + "."
    wanted = [name for name in deferred.modules if name.startswith(top)]
    for pattern in (rf"^\s*(?:def|class) {key}\b", rf"[\"']{key}[\"']"):
        search = re.compile(pattern, re.MULTILINE).search
        found = [name for name in wanted if key in deferred.modules[name].text and search(deferred.modules[name].text)]
        for name in found:
            deferred.modules.pop(name)
            import_module(it, name)
        if found:
            return True
    return False
