"""Star imports of library packages that put off running the module: a literal `__all__` says what they bind.

`from .resnet import *` in a package with a hundred such lines costs nothing until a name is used. What a module
that was put off does besides, the program sees only through tables that it fills in another module (registries).
Invariant: a look-up in such a table that fails runs the modules that define the key; while others are still put
off, the table may hold more than is known of it.
What is put off of installed packages belongs to the World; of the user's own files, which change, to one analysis, and
only files that are not recorded and that do nothing but define and register (`quiet`)."""

from __future__ import annotations

import ast
import re
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from ..values import ClassV, DictV, Instance, ListV, ModuleV, Reason, SetV, Value
from . import mentions
from .quiet import filled, is_quiet

if TYPE_CHECKING:
    from .machine import Interp
    from .ports import Source

Table = DictV | SetV | ListV
_ALL = re.compile(r"__all__\s*(?::[^=\n]+)?=\s*([\[(][^\[\]()]*[\])])[ \t]*(?:#.*)?$", re.MULTILINE)


class Deferred:
    """What was put off: modules by name, and the tables that they may fill."""

    __slots__ = ("due", "modules", "quiet", "tables")

    def __init__(self) -> None:
        self.modules: dict[str, Source] = {}
        #: every module that was ever put off: where Python ran it, no branch was open
        self.due: set[str] = set()
        #: module → whether it can be put off, as far as was asked
        self.quiet: dict[str, bool] = {}
        #: id → (table, its top package); holding the table keeps the id unique
        self.tables: dict[int, tuple[Table, str]] = {}

    def put_off(self, source: Source, name: str) -> None:
        """A module of the user's waits until something of it is needed."""
        self.modules[name] = source
        self.due.add(name)


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
    library = it.journal.is_library
    if source is None or (source.file in it.user_files and not library):
        return None
    names = literal_all(source)
    if names is None:
        return None
    if not source.user and source.file not in it.user_files:
        it.world.deferred.modules[name] = source
        return names
    if not library and (it.doubt or it.forks or "." not in name or not is_quiet(it, source)):
        return None
    it.deferred.put_off(source, name)
    for reached in it.reaching:
        reached.setdefault(name, True)
    return names


def is_put_off(it: Interp, name: str) -> bool:
    """Whether the program has imported a module that was not run."""
    return name in it.deferred.modules or name in it.world.deferred.modules


def put_off_name(it: Interp, name: str, attribute: str) -> bool:
    """Whether `from name import attribute`, in a module of a package of the user's that is not looked at, can wait
    until the name is used: all that it would run does no more than define and register, in the same package."""
    module = it.frames[-1].module if it.frames else None
    if it.handlers or it.doubt or it.forks or module is None or not module.package or module.file in it.user_files:
        return False
    top = name.partition(".")[0]
    if top != module.name.partition(".")[0]:
        return False
    whole = f"{name}.{attribute}"
    parts = whole.split(".")
    waiting = []
    for part in (".".join(parts[:i]) for i in range(1, len(parts) + 1)):
        if part in it.modules or part in it.deferred.modules:
            continue
        source = it.request.loader.find(part)
        if source is None and part == whole:
            continue  # a name of the module, no submodule
        if source is None or not source.user or source.file in it.user_files or not is_quiet(it, source):
            return False
        waiting.append((part, source))
    if name in it.modules and not waiting:
        return False  # nothing would be saved
    for part, source in waiting:
        it.deferred.put_off(source, part)
    return True


def executed(it: Interp, module: ModuleV) -> None:
    """A module has run: it is no longer put off, and other modules may fill its containers: those that are empty, of
    the user's also those that its functions put something into."""
    it.deferred.modules.pop(module.name, None)
    it.world.deferred.modules.pop(module.name, None)
    if not module.package:
        return
    top = module.name.partition(".")[0]
    if it.modules.get(module.name) is not module:
        for value in list(module.namespace.values()):
            for inner in value.attrs.values() if isinstance(value, Instance) else (value,):
                if isinstance(inner, Table) and not inner.items:
                    it.world.deferred.tables[id(inner)] = inner, top
        return
    source = it.request.loader.find(module.name)
    fills = filled(source.text) if source is not None else frozenset()
    for name, value in list(module.namespace.items()):
        held = {name: value}
        if isinstance(value, Instance):
            held = value.attrs
        elif isinstance(value, ClassV) and value.module == module.name:
            held = value.namespace
        for inner_name, inner in held.items():
            if isinstance(inner, Table) and (not inner.items or inner_name in fills):
                it.deferred.tables[id(inner)] = inner, top


def _top(it: Interp, table: Value) -> str | None:
    """The top package whose modules may fill the table; None if it is no such table."""
    known = it.deferred.tables.get(id(table)) or it.world.deferred.tables.get(id(table))
    return None if known is None else known[1]


def is_table(it: Interp, table: Value) -> bool:
    """Whether modules that are put off may fill the container."""
    return id(table) in it.world.deferred.tables or id(table) in it.deferred.tables


def _waiting(it: Interp, top: str) -> dict[str, Source]:
    """The modules of a package that are put off."""
    found = {**it.world.deferred.modules, **it.deferred.modules}
    return {name: source for name, source in found.items() if _belongs(top, name)}


def _belongs(top: str, name: str) -> bool:
    return name.startswith(top) and name[len(top) : len(top) + 1] in ("", ".")


def may_grow(it: Interp, table: Value) -> bool:
    """Whether modules that were put off may have put more into this table than is known."""
    top = _top(it, table) if it.deferred.modules or it.world.deferred.modules else None
    if top is None or not any(map(partial(_belongs, top), chain(it.world.deferred.modules, it.deferred.modules))):
        return False
    # while a module of the library runs, those behind it have not run in Python either
    return not any(
        f.locals is f.globals and (f.module.file not in it.user_files or f.module.name in it.deferred.due)
        for f in it.frames
    )


def rest_of(it: Interp, table: Value, rest: Value | None) -> Value | None:
    """`rest` of a container, open where modules that were put off may have put more into it."""
    if rest is None and is_table(it, table) and may_grow(it, table):
        return it.unknown(Reason.IMPORT, "a module that nothing has needed yet")
    return rest


def fetch(it: Interp, table: Value, key: Value) -> bool:
    """Run the modules that were put off and define the key, for a table that lacks it. Whether any was run."""
    from .imports import import_module

    if not isinstance(key, str) or not key.isidentifier() or not may_grow(it, table):
        return False
    top = _top(it, table)
    wanted = _waiting(it, top) if top is not None else {}
    it.world.sought += 1
    listed = it.world.sought > mentions.PATIENCE
    for one, every in ((mentions.defines, mentions.defined), (mentions.quotes, mentions.quoted)):
        found = [
            name for name, source in wanted.items() if (key in every(source.text) if listed else one(source.text, key))
        ]
        for name in found:
            it.deferred.modules.pop(name, None)
            it.world.deferred.modules.pop(name, None)
            import_module(it, name)
        if found:
            return True
    return False
