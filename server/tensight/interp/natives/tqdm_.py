"""tqdm: a progress bar is its iterable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import Instance, IteratorV, Native, Scalar, Value
from .builtins_numeric import len_
from .registry import ALIASES, MODULES, NATIVES, native, plain_class
from .support import items_of, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update(("tqdm", "tqdm.auto", "tqdm.notebook", "tqdm.std", "tqdm.rich", "tqdm.contrib"))
plain_class("tqdm.tqdm")
for _name in ("auto", "notebook", "std", "rich", "asyncio"):
    ALIASES[f"tqdm.{_name}.tqdm"] = "tqdm.tqdm"
    ALIASES[f"tqdm.{_name}.trange"] = "tqdm.trange"
ALIASES["tqdm.tqdm_notebook"] = "tqdm.tqdm"
ALIASES["tqdm.notebook.tqdm_notebook"] = "tqdm.tqdm"
ALIASES["tqdm.tnrange"] = "tqdm.trange"
_SILENT = """update close set_description set_description_str set_postfix set_postfix_str reset refresh clear display
    unpause moveto write"""
for _name in _SILENT.split():
    NATIVES[f"tqdm.tqdm.{_name}"] = Native(f"tqdm.tqdm.{_name}", lambda it, args, kwargs: None)


@native("tqdm.tqdm.__init__")
def init(it: Interp, self: Value, iterable: Value = None, *args: Value, **options: Value) -> Value:
    if isinstance(self, Instance):
        self.extra["iterable"] = iterable
        for name, value in {
            "iterable": iterable,
            "n": Scalar("int"),
            "total": options.get("total"),
            "desc": None,
        }.items():
            it.journal.write(self, name, value)
    return None


@native("tqdm.tqdm.__iter__")
def iterate(it: Interp, self: Value) -> Value:
    if not isinstance(self, Instance):
        return unknown_of(it, [self])
    items, rest = items_of(it, self.extra["iterable"])
    return IteratorV(items, rest)


@native("tqdm.tqdm.__len__")
def length(it: Interp, self: Value) -> Value:
    return len_(it, self.extra["iterable"]) if isinstance(self, Instance) else Scalar("int")


@native("tqdm.tqdm.__enter__")
def enter(it: Interp, self: Value) -> Value:
    return self


@native("tqdm.tqdm.__exit__")
def leave(it: Interp, self: Value, *details: Value) -> Value:
    return None


@native("tqdm.tqdm.__bool__")
def as_bool(it: Interp, self: Value) -> Value:
    return True


@native("tqdm.trange")
def trange(it: Interp, *args: Value, **options: Value) -> Value:
    counted = it.call(it.native_class("builtins.range"), args)
    return it.instantiate(it.native_class("tqdm.tqdm"), [counted])
