"""inspect and weakref: what a program asks about its own functions and classes."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from ...values import (
    BoundMethod,
    ClassV,
    FunctionV,
    ListV,
    ModuleV,
    Native,
    OneOf,
    OpFunction,
    Reason,
    Scalar,
    Unknown,
    Value,
)
from .. import attributes, imports
from .registry import MODULES, native, native_class
from .support import unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update(("inspect", "weakref"))


def _is(name: str, *kinds: type) -> None:
    @native(f"inspect.{name}")
    def question(it: Interp, obj: Value) -> Value:
        if isinstance(obj, Unknown | OneOf):
            return Scalar("bool")
        return isinstance(obj, kinds)


_is("isclass", ClassV)
_is("isfunction", FunctionV)
_is("ismethod", BoundMethod)
_is("ismodule", ModuleV)
_is("isbuiltin", Native, OpFunction)
_is("isroutine", FunctionV, Native, OpFunction, BoundMethod)


@native("inspect.isabstract", "inspect.isgeneratorfunction", "inspect.iscoroutinefunction", "inspect.isgenerator")
def undecided(it: Interp, obj: Value) -> Value:
    return Scalar("bool")


# ---- members
@native("inspect.getmembers")
def getmembers(it: Interp, obj: Value, predicate: Value = None) -> Value:
    if not isinstance(obj, ModuleV) or obj.native:
        return ListV([], (Scalar("str"), unknown_of(it, [obj], "a member")))
    out: list[Value] = []
    for name in sorted(obj.namespace):
        value = imports.resolve(it, obj.namespace[name])
        answer = True if predicate is None else it.truth(it.call(predicate, [value]))
        if answer is None:
            return ListV([], (Scalar("str"), unknown_of(it, [], "a member")))
        if answer:
            out.append((name, value))
    return ListV(out)


@native("inspect.getmro")
def getmro(it: Interp, cls: Value) -> Value:
    return cls.mro if isinstance(cls, ClassV) else unknown_of(it, [cls])


@native("inspect.getdoc")
def getdoc(it: Interp, obj: Value) -> Value:
    found = attributes.find(it, obj, "__doc__")
    return inspect.cleandoc(found) if isinstance(found, str) else Scalar("str")


@native("inspect.getsource", "inspect.getfile", "inspect.getsourcefile")
def getsource(it: Interp, obj: Value) -> Value:
    return Scalar("str")


@native("inspect.currentframe", "inspect.stack", "inspect.getmodule", "inspect.unwrap")
def frames(it: Interp, *args: Value) -> Value:
    return it.unknown(Reason.UNSUPPORTED, "frames")


# ---- weakref
@native_class("weakref.ref")
def ref(it: Interp, cls: ClassV, obj: Value, callback: Value = None) -> Value:
    return Native("weakref.ref()", lambda it, args, kwargs: obj)


@native("weakref.proxy")
def proxy(it: Interp, obj: Value, callback: Value = None) -> Value:
    return obj


@native("weakref.finalize")
def finalize(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return it.unknown(Reason.ENVIRONMENT, "weakref.finalize")


@native("weakref.WeakKeyDictionary", "weakref.WeakValueDictionary")
def weak_dictionary(it: Interp, *args: Value) -> Value:
    return it.call(it.native_class("builtins.dict"), args)


@native("weakref.WeakSet")
def weak_set(it: Interp, *args: Value) -> Value:
    return it.call(it.native_class("builtins.set"), args)
