"""inspect and weakref: what a program asks about its own functions and classes."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from ...values import (
    BoundMethod,
    ClassV,
    DictV,
    FunctionV,
    Instance,
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
from .registry import CONSTANTS, MODULES, native, native_class, plain_class
from .support import unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update(("inspect", "weakref"))
plain_class("inspect.Signature")
plain_class("inspect.Parameter")


class _Empty:
    def __repr__(self) -> str:
        return "<class 'inspect._empty'>"


EMPTY = _Empty()
CONSTANTS.update({"inspect.Parameter.empty": EMPTY, "inspect.Signature.empty": EMPTY, "inspect._empty": EMPTY})
for _kind in ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD"):
    CONSTANTS[f"inspect.Parameter.{_kind}"] = int(getattr(inspect.Parameter, _kind))
_KINDS = {"positional": 1, "args": 2, "keyword": 3, "kwargs": 4}


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


# ---- signatures
@native("inspect.signature")
def signature(it: Interp, obj: Value, **options: Value) -> Value:
    """Known for functions of the program and for classes whose `__init__` is one."""
    drop = 0
    if isinstance(obj, BoundMethod):
        obj, drop = obj.function, 1
    elif isinstance(obj, ClassV):
        obj, drop = obj.lookup("__init__"), 1
    if not isinstance(obj, FunctionV) or "__wrapped__" in obj.attrs:
        return it.unknown(Reason.UNSUPPORTED, "inspect.signature")
    parameters = [_parameter(it, obj, position) for position in range(len(obj.code.parameters))][drop:]
    listed = DictV({p.attrs["name"]: p for p in parameters})
    return it.new(
        "inspect.Signature", parameters=listed, return_annotation=it.unknown(Reason.UNSUPPORTED, "annotation")
    )


def _parameter(it: Interp, function: FunctionV, position: int) -> Instance:
    code = function.code
    found = code.parameters[position]
    default: Value = function.kw_defaults.get(found.name, EMPTY)
    if found.kind == "positional":
        names = code.positional
        behind = names.index(found.name) - (len(names) - len(function.defaults))
        default = function.defaults[behind] if behind >= 0 else EMPTY
    kind = 0 if found.positional_only else _KINDS[found.kind]
    annotation = EMPTY if found.annotation is None else it.unknown(Reason.UNSUPPORTED, "annotation")
    return it.new("inspect.Parameter", name=found.name, default=default, kind=kind, annotation=annotation)


@native("inspect.getfullargspec", "inspect.getargspec")
def getfullargspec(it: Interp, obj: Value) -> Value:
    found = signature(it, obj)
    if not isinstance(found, Instance):
        return found
    names = [name for name, p in found.attrs["parameters"].items.items() if p.attrs["kind"] in (0, 1)]
    return it.new("inspect.Signature", args=ListV(names), defaults=it.unknown(Reason.UNSUPPORTED, "defaults"))


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
