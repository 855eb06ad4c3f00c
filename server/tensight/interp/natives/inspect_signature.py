"""inspect.signature of functions that are followed: parameters by name, kind and default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import BoundMethod, ClassV, DictV, FunctionV, Instance, ListV, PartialV, Reason, Unknown, Value
from .registry import CONSTANTS, MODULES, native, plain_class

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("inspect")
for _name in ("inspect.Signature", "inspect.Parameter", "inspect._empty"):
    plain_class(_name)
#: inspect's own numbers of the kinds
_KINDS = {"POSITIONAL_ONLY": 0, "POSITIONAL_OR_KEYWORD": 1, "VAR_POSITIONAL": 2, "KEYWORD_ONLY": 3, "VAR_KEYWORD": 4}
for _kind, _number in _KINDS.items():
    CONSTANTS[f"inspect.Parameter.{_kind}"] = _number
_KIND_OF = {"positional": 1, "args": 2, "keyword": 3, "kwargs": 4}


def _plain_function(value: Value) -> tuple[FunctionV | None, int]:
    """The function behind a callable, and how many of its first parameters are taken already."""
    if isinstance(value, FunctionV):
        wrapped = value.attrs.get("__wrapped__")
        return _plain_function(wrapped) if wrapped is not None else (value, 0)
    if isinstance(value, BoundMethod):
        function, taken = _plain_function(value.function)
        return function, taken + 1
    if isinstance(value, PartialV):
        function, taken = _plain_function(value.function)
        return function, taken + len(value.args)
    if isinstance(value, ClassV):
        init = value.lookup("__init__")
        return (init, 1) if isinstance(init, FunctionV) else (None, 0)
    if isinstance(value, Instance):
        call = (
            value.cls.lookup("forward") if value.cls.derives_from("torch.nn.Module") else value.cls.lookup("__call__")
        )
        return (call, 1) if isinstance(call, FunctionV) else (None, 0)
    return None, 0


@native("inspect.signature")
def signature(it: Interp, callable: Value, **options: Value) -> Value:
    """A Signature whose `parameters` map names to Parameters."""
    function, taken = _plain_function(callable)
    if function is None:
        return it.unknown(Reason.OPAQUE, "inspect.signature")
    empty = it.native_class("inspect._empty")
    code = function.code
    first_default = code.n_positional - len(function.defaults)
    parameters = DictV({}, kind="OrderedDict")
    for i, parameter in enumerate(code.parameters[taken:], taken):
        default: Value = empty
        if parameter.kind == "positional" and i >= first_default:
            default = function.defaults[i - first_default]
        elif parameter.kind == "keyword":
            default = function.kw_defaults.get(parameter.name, empty)
        annotation: Value = empty if parameter.annotation is None else Unknown(Reason.UNSUPPORTED, "annotation")
        kind = 0 if parameter.positional_only else _KIND_OF[parameter.kind]
        parameters.items[parameter.name] = it.new(
            "inspect.Parameter", name=parameter.name, kind=kind, default=default, annotation=annotation
        )
    return it.new(
        "inspect.Signature", parameters=parameters, return_annotation=Unknown(Reason.UNSUPPORTED, "annotation")
    )


@native("inspect.getfullargspec")
def getfullargspec(it: Interp, func: Value) -> Value:
    """The positional names are what programs read of it."""
    function, taken = _plain_function(func)
    if function is None:
        return it.unknown(Reason.OPAQUE, "inspect.getfullargspec")
    names = ListV(list(function.code.positional[taken if not isinstance(func, ClassV) else 0 :]))
    keywords = ListV([p.name for p in function.code.parameters if p.kind == "keyword"])
    return it.new(
        "inspect.Signature", args=names, kwonlyargs=keywords, varargs=function.code.vararg, varkw=function.code.kwarg
    )
