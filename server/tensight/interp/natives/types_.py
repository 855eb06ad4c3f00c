"""types: names of the types of functions and modules, SimpleNamespace, MethodType."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import BoundMethod, ClassV, DictV, FunctionV, Instance, ModuleV, Value
from .registry import ALIASES, BASES, MODULES, native, native_class, plain_class
from .support import MISSING, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("types")
for _name in (
    "FunctionType",
    "MethodType",
    "ModuleType",
    "TracebackType",
    "CodeType",
    "FrameType",
    "CellType",
    "UnionType",
):
    if f"types.{_name}" not in BASES:
        plain_class(f"types.{_name}")
ALIASES.update({
    "types.LambdaType": "types.FunctionType", "types.NoneType": "builtins.NoneType",
    "types.GeneratorType": "builtins.iterator",
    "types.EllipsisType": "builtins.ellipsis", "types.DynamicClassAttribute": "builtins.property",
})  # fmt: skip


@native_class("types.SimpleNamespace")
def simple_namespace(it: Interp, cls: ClassV, mapping: Value = MISSING, /, **kwargs: Value) -> Value:
    opened = kwargs.pop("**", None) is not None
    attrs: dict[str, Value] = {}
    if isinstance(mapping, DictV):
        attrs.update({k: v for k, v in mapping.items.items() if isinstance(k, str)})
        opened = opened or mapping.rest is not None
    elif mapping is not MISSING:
        opened = True
    made = Instance(cls, {**attrs, **kwargs}, it.here())
    made.open = opened
    return made


@native_class("types.MethodType")
def method_type(it: Interp, cls: ClassV, function: Value, obj: Value, /) -> Value:
    return BoundMethod(function, obj)


@native_class("types.FunctionType")
def function_type(it: Interp, cls: ClassV, code: Value, globals: Value, name: Value = None, argdefs: Value = None,
                  closure: Value = None, kwdefaults: Value = None) -> Value:  # fmt: skip
    """A function of the code of another one, which keeps its module and what it closes over (a copy of it)."""
    origin = code.extra.get("function") if isinstance(code, Instance) else None
    given = argdefs if argdefs is not None else ()
    if not isinstance(origin, FunctionV) or not isinstance(globals, DictV) or type(given) is not tuple:
        return unknown_of(it, [code, globals], "FunctionType")
    if globals.items is not origin.module.namespace:
        return unknown_of(it, [globals], "FunctionType")
    called = name if isinstance(name, str) else origin.name
    keywords = kwdefaults if isinstance(kwdefaults, DictV) else DictV({})
    if keywords.rest is not None:
        return unknown_of(it, [keywords.rest], "FunctionType")
    made = dict(keywords.items)
    copy = FunctionV(called, called, origin.code, origin.module, origin.scope, given, made, owner=origin.owner)
    it.functions.append(copy)
    return copy


@native_class("types.ModuleType")
def module_type(it: Interp, cls: ClassV, name: Value, doc: Value = None) -> Value:
    return ModuleV(name, {"__name__": name}) if isinstance(name, str) else unknown_of(it, [name])


@native("types.MappingProxyType")
def mapping_proxy(it: Interp, mapping: Value, /) -> Value:
    return mapping


@native("types.coroutine")
def coroutine(it: Interp, function: Value, /) -> Value:
    return function


@native("types.new_class", "types.prepare_class", "types.resolve_bases")
def new_class(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return unknown_of(it, args, "new_class")
