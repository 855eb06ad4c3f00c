"""Running a source file as a module: a library's once for all analyses, the user's for one."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from ..dims import naming_beside
from ..values import DictV, ListV, ModuleV, Reason, Unknown, Value
from . import deferred
from .errors import PyRaise
from .frame import Frame
from .journal import Journal

if TYPE_CHECKING:
    from .machine import Interp
    from .ports import Source


def execute(it: Interp, source: Source, name: str | None = None) -> Value:
    """Run a source file as a module. Library modules are run once for all analyses; those and
    what was put off, outside of every branch."""
    from .compile_module import compiled_module

    began = time.thread_time()
    recorded = source.file in it.user_files
    module = new_module(it, source, name or source.name)
    name, namespace = module.name, module.namespace
    shared = not source.user and not recorded
    code = compiled_module(it.world, source, recorded)
    frame = Frame(it, module, namespace)
    saved = it.doubt, it.handlers, it.escaped, it.forks, it.journal, it.guarded_import
    outer, program = it.journal, it.journal.program
    apart = shared or program is not it.journal or name in it.rerun or name in it.deferred.due
    reached: dict[str, bool] = {}
    if apart:
        it.guarded_import = it.guarded_import or bool(it.handlers)
        it.doubt, it.handlers, it.escaped, it.forks = 0, [], 0, 0
        it.journal = Journal(program=program) if shared else program.beside()
    if shared:
        it.reaching.append(reached)
    else:
        for users in it.reaching:
            users[name] = False
    it.frames.append(frame)
    try:
        with ExitStack() as around:
            if apart:
                around.enter_context(outer.lifted(whole=shared))
            if shared:
                around.enter_context(it.world.births.running())
                around.enter_context(naming_beside(it.world.fresh))
            code(frame)
        module.state = "done"
        deferred.executed(it, module)
    except PyRaise:
        module.state = "failed"
        raise
    except BaseException:
        module.state = "failed"
        (it.world.modules if shared else it.modules).pop(name, None)
        raise
    finally:
        it.frames.pop()
        if shared:
            it.reaching.pop()
            if reached:
                it.world.reaches[name] = reached
            it.postpone(time.thread_time() - began)
        if apart:
            it.doubt, it.handlers, it.escaped, it.forks, it.journal, it.guarded_import = saved
    return module


def new_module(it: Interp, source: Source, name: str) -> ModuleV:
    """A module that is about to run, under its name: those of libraries are there for all analyses."""
    package = source.name if source.is_package else source.name.rpartition(".")[0]
    namespace: dict[str, Value] = {
        "__name__": name, "__file__": source.path or source.file,
        "__package__": package, "__doc__": None, "__spec__": None,
        "__builtins__": Unknown(Reason.OPAQUE, "builtins"), "__annotations__": DictV({}),
    }  # fmt: skip
    if source.is_package:
        namespace["__path__"] = ListV([(source.path or source.file).rpartition("/")[0]])
    module = ModuleV(name, namespace, source.file, package, "running")
    shared = not source.user and source.file not in it.user_files
    (it.world.modules if shared else it.modules)[name] = module
    return module
