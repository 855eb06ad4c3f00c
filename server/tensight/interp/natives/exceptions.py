"""The builtin exceptions: a hierarchy of plain classes whose instances have `args`."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from ...values import ClassV, Instance, Value
from .registry import ALIASES, native, plain_class
from .support import unknown_of
from .text_of import str_of

if TYPE_CHECKING:
    from ..machine import Interp

for _name, _class in list(vars(builtins).items()):
    if isinstance(_class, type) and issubclass(_class, BaseException) and _class.__name__ == _name:
        plain_class(f"builtins.{_name}", *(f"builtins.{base.__name__}" for base in _class.__bases__))
ALIASES["builtins.IOError"] = ALIASES["builtins.EnvironmentError"] = "builtins.OSError"
#: Those of Python 3.11, for servers that run on 3.10.
for _name, _bases in {
    "BaseExceptionGroup": ("BaseException",),
    "ExceptionGroup": ("BaseExceptionGroup", "Exception"),
}.items():
    plain_class(f"builtins.{_name}", *(f"builtins.{base}" for base in _bases))


@native("builtins.BaseException.__init__")
def init(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(self, Instance):
        it.journal.write(self, "args", tuple(args))
        if self.cls.derives_from("builtins.OSError") and 2 <= len(args) <= 5:
            for name, value in zip(("errno", "strerror", "filename"), args):
                it.journal.write(self, name, value)
        if self.cls.derives_from("builtins.StopIteration"):
            it.journal.write(self, "value", args[0] if args else None)
        if self.cls.derives_from("builtins.SystemExit"):
            it.journal.write(self, "code", (args[0] if len(args) == 1 else tuple(args)) if args else None)
        for name in ("name", "path", "obj"):
            if name in kwargs:
                it.journal.write(self, name, kwargs[name])
    return None


@native("builtins.BaseException.__new__")
def new(it: Interp, cls: Value, *args: Value, **kwargs: Value) -> Value:
    if not isinstance(cls, ClassV):
        return unknown_of(it, [cls])
    obj = Instance(cls, {"args": tuple(args)}, it.here())
    obj.open = any(c.open for c in cls.mro)
    return obj


@native("builtins.BaseException.__str__")
def text(it: Interp, self: Value) -> Value:
    return str_of(it, self)


@native("builtins.BaseException.with_traceback")
def with_traceback(it: Interp, self: Value, traceback: Value = None, /) -> Value:
    return self


@native("builtins.BaseException.add_note", "builtins.BaseException.__setstate__")
def add_note(it: Interp, self: Value, note: Value = None, /) -> Value:
    return None
