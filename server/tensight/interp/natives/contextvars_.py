"""contextvars: a variable of a program that has one context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ClassV, Instance, Reason, Value
from .registry import MODULES, native, native_class, plain_class
from .support import MISSING, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("contextvars")
plain_class("contextvars.Token")


@native_class("contextvars.ContextVar")
def context_var(it: Interp, cls: ClassV, name: Value, /, *, default: Value = MISSING) -> Value:
    return Instance(cls, {"name": name}, it.here(), {"default": default, "value": MISSING})


@native("contextvars.ContextVar.get")
def get(it: Interp, self: Value, default: Value = MISSING, /) -> Value:
    if not isinstance(self, Instance):
        return unknown_of(it, [self])
    for value in (self.extra.get("value", MISSING), default, self.extra.get("default", MISSING)):
        if value is not MISSING:
            return value
    return it.fail("LookupError", "a context variable has no value")


@native("contextvars.ContextVar.set")
def set_(it: Interp, self: Value, value: Value, /) -> Value:
    if not isinstance(self, Instance):
        return unknown_of(it, [self])
    token = it.new("contextvars.Token", var=self)
    token.extra["old"] = self.extra.get("value", MISSING)
    it.journal.set(self.extra, "value", value, self.born)
    return token


@native("contextvars.ContextVar.reset")
def reset(it: Interp, self: Value, token: Value, /) -> Value:
    if not isinstance(self, Instance):
        return unknown_of(it, [self])
    if isinstance(token, Instance) and "old" in token.extra:
        it.journal.set(self.extra, "value", token.extra["old"], self.born)
    else:
        it.journal.set(self.extra, "value", it.unknown(Reason.DATA_DEPENDENT, "a context variable"), self.born)
    return None
