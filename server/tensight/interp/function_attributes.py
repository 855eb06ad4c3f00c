"""Attributes of functions: what was set on them, and what Python says of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..values import BoundMethod, DictV, FunctionV, Native, Reason, Unknown, Value
from .absent import ABSENT

if TYPE_CHECKING:
    from .machine import Interp


def find(it: Interp, obj: FunctionV, name: str) -> Value:
    """The attribute, or ABSENT."""
    if name in obj.attrs:
        return obj.attrs[name]
    match name:
        case "__name__":
            return obj.name
        case "__qualname__":
            return obj.qualname
        case "__class__":
            return it.class_of(obj)
        case "__module__":
            return obj.module.name
        case "__doc__":
            return obj.code.doc
        case "__defaults__":
            return obj.defaults or None
        case "__dict__":
            return DictV(obj.attrs)
        case "__globals__":
            return DictV(obj.module.namespace)
        case "__call__":
            return obj
        case "__wrapped__":
            return ABSENT
        case "__get__":
            return Native("__get__", lambda it, args, kwargs: BoundMethod(obj, args[0]))
        case "__code__":
            return _code(it, obj)
        case "__kwdefaults__":
            return DictV(dict(obj.kw_defaults)) if obj.kw_defaults else None
        case "__annotations__" | "__closure__" | "__signature__":
            return Unknown(Reason.UNSUPPORTED, name)
    return ABSENT


def set_(it: Interp, obj: FunctionV, name: str, value: Value) -> None:
    """`function.name = value`. Defaults by keyword are what calls look at."""
    if name != "__kwdefaults__":
        it.journal.set(obj.attrs, name, value)
        return
    given = value.items if isinstance(value, DictV) and value.rest is None else {}
    for key in {*obj.kw_defaults, *given}:
        if key in given:
            it.journal.set(obj.kw_defaults, key, given[key])
        else:
            it.journal.delete(obj.kw_defaults, key)


def _code(it: Interp, obj: FunctionV) -> Value:
    """The code object: names of parameters, then of the other local variables."""
    code = obj.code
    if code.place is not None:
        it.entered.add(code.place)  # what is in the body decides
    names = [p.name for p in sorted(code.parameters, key=lambda p: p.kind in ("args", "kwargs"))]
    if isinstance(code.node, ast.FunctionDef | ast.AsyncFunctionDef):
        local = {
            n.id for s in code.node.body for n in ast.walk(s) if isinstance(n, ast.Name) and type(n.ctx) is ast.Store
        }
        names += sorted(local.difference(names))
    count = sum(p.kind == "positional" for p in code.parameters)
    made = it.new("types.CodeType", co_name=obj.name, co_varnames=tuple(names), co_argcount=count)
    made.extra["function"] = obj
    return made
