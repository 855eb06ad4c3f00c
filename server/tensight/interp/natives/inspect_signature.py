"""inspect.signature of functions that are followed and of layers: parameters by name, kind and default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...modules.registry import LAYERS
from ...ops.signature import REQUIRED, Parameter
from ...ops.signature import signature as signature_of
from ...values import BoundMethod, ClassV, DictV, Fields, FunctionV, Instance, ListV, PartialV, Reason, Unknown, Value
from .registry import CONSTANTS, MODULES, native, plain_class, prop

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("inspect")
for _name in ("inspect.Signature", "inspect.Parameter", "inspect.BoundArguments", "inspect._empty"):
    plain_class(_name)
#: inspect's own numbers of the kinds
_KINDS = {"POSITIONAL_ONLY": 0, "POSITIONAL_OR_KEYWORD": 1, "VAR_POSITIONAL": 2, "KEYWORD_ONLY": 3, "VAR_KEYWORD": 4}
for _kind, _number in _KINDS.items():
    CONSTANTS[f"inspect.Parameter.{_kind}"] = _number
_KIND_OF = {"positional": 1, "args": 2, "keyword": 3, "kwargs": 4}
#: Layers whose constructor takes what it gets as `*args, **kwargs`.
_PASS_ON = frozenset({"torch.nn.RNN", "torch.nn.LSTM", "torch.nn.GRU", "torch.nn.NLLLoss2d"})


def _of_layer(value: Value) -> list[Parameter] | None:
    """The parameters of the constructor of a layer, or of a class that inherits it."""
    if not isinstance(value, ClassV):
        return None
    for cls in value.mro:
        rule = LAYERS.get(cls.native or "")
        if rule is not None and rule.name.startswith("torch.nn."):
            listed = signature_of(rule.init.function)[0]
            if listed and rule.name not in _PASS_ON:
                return listed
            return [Parameter(name, name, REQUIRED, "") for name in ("args", "kwargs")]
        if "__init__" in cls.namespace:
            break
    return None


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
    empty = it.native_class("inspect._empty")
    if function is None:
        listed = _of_layer(callable)
        if listed is None:
            return it.unknown(Reason.OPAQUE, "inspect.signature")
        return _signature(it, DictV({p.name: _layer_parameter(it, p, empty) for p in listed}, kind="OrderedDict"))
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
    return _signature(it, parameters)


def _signature(it: Interp, parameters: DictV) -> Value:
    return it.new(
        "inspect.Signature", parameters=parameters, return_annotation=Unknown(Reason.UNSUPPORTED, "annotation")
    )


def _layer_parameter(it: Interp, parameter: Parameter, empty: Value) -> Value:
    given = parameter.default
    plain = given is None or isinstance(given, bool | int | float | str)
    default = empty if given is REQUIRED else given if plain else Unknown(Reason.NO_RULE, "a default")
    annotation = Unknown(Reason.UNSUPPORTED, "annotation")
    kind = _KIND_OF[parameter.kind]
    return it.new("inspect.Parameter", name=parameter.name, kind=kind, default=default, annotation=annotation)


def _bound(it: Interp, self: Value, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    """What each parameter gets, by name: those that are given only."""
    held = self.attrs.get("parameters") if isinstance(self, Instance) else None
    if not isinstance(held, DictV) or "**" in kwargs:
        return it.unknown(Reason.NO_RULE, "inspect.Signature.bind")
    rest, named, found = list(args), dict(kwargs), DictV({})
    for name, parameter in held.items.items():
        kind = parameter.attrs["kind"]
        if kind == _KINDS["VAR_POSITIONAL"]:
            if rest:
                found.items[name], rest = tuple(rest), []
        elif kind == _KINDS["VAR_KEYWORD"]:
            if named:
                found.items[name], named = DictV(dict(named)), {}
        elif rest and kind != _KINDS["KEYWORD_ONLY"]:
            found.items[name] = rest.pop(0)
        elif name in named:
            found.items[name] = named.pop(name)
    if rest or named:
        return it.fail("TypeError", "too many arguments")
    return it.new("inspect.BoundArguments", arguments=found, signature=self)


@native("inspect.Signature.bind", "inspect.Signature.bind_partial")
def bind(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return _bound(it, self, args, kwargs)


@native("inspect.BoundArguments.apply_defaults")
def apply_defaults(it: Interp, self: Value) -> Value:
    """Parameters that got nothing get their defaults, in the order of the signature."""
    found, held = it.getattr(self, "arguments"), it.getattr(it.getattr(self, "signature"), "parameters")
    if not isinstance(found, DictV) or not isinstance(held, DictV):
        return None
    full = DictV({})
    for name, parameter in held.items.items():
        default = parameter.attrs["default"]
        empty: dict[Value, Value] = {_KINDS["VAR_POSITIONAL"]: (), _KINDS["VAR_KEYWORD"]: DictV({})}
        if name in found.items:
            full.items[name] = found.items[name]
        elif parameter.attrs["kind"] in empty:
            full.items[name] = empty[parameter.attrs["kind"]]
        elif not (isinstance(default, ClassV) and default.native == "inspect._empty"):
            full.items[name] = default
    it.setattr(self, "arguments", full)
    return None


@prop("inspect.BoundArguments.args")
def bound_args(it: Interp, self: Value) -> Value:
    return _passed(it, self)[0]


@prop("inspect.BoundArguments.kwargs")
def bound_kwargs(it: Interp, self: Value) -> Value:
    return _passed(it, self)[1]


def _passed(it: Interp, self: Value) -> tuple[Value, Value]:
    """The arguments as they are passed: by position while nothing is left out, then by name."""
    found, held = it.getattr(self, "arguments"), it.getattr(it.getattr(self, "signature"), "parameters")
    if not isinstance(found, DictV) or not isinstance(held, DictV):
        unknown = it.unknown(Reason.NO_RULE, "inspect.BoundArguments")
        return unknown, unknown
    args: list[Value] = []
    kwargs: dict[Value, Value] = {}
    by_name = False
    for name, parameter in held.items.items():
        kind = parameter.attrs["kind"]
        by_name = by_name or kind == _KINDS["KEYWORD_ONLY"] or (name not in found.items and kind != 2)
        if name not in found.items:
            continue
        value = found.items[name]
        if kind == _KINDS["VAR_POSITIONAL"]:
            args.extend(value if type(value) is tuple else ())
        elif kind == _KINDS["VAR_KEYWORD"]:
            kwargs.update(value.items if isinstance(value, DictV) else {})
        elif by_name:
            kwargs[name] = value
        else:
            args.append(value)
    return tuple(args), DictV(kwargs)


_SPEC = ("args", "varargs", "varkw", "defaults", "kwonlyargs", "kwonlydefaults", "annotations")


@native("inspect.getfullargspec")
def getfullargspec(it: Interp, func: Value) -> Value:
    """A named tuple; the first parameter of a bound method is in it."""
    method = func.function if isinstance(func, BoundMethod) else func
    function, _ = (method, 0) if isinstance(method, FunctionV) else _plain_function(method)
    if function is None or isinstance(method, PartialV):
        return it.unknown(Reason.OPAQUE, "inspect.getfullargspec")
    by_kind: dict[str, list[Value]] = {kind: [] for kind in _KIND_OF}
    for parameter in function.code.parameters:
        by_kind[parameter.kind].append(parameter.name)
    listed = ListV(by_kind["positional"])
    starred, named = ([*by_kind[kind], None][0] for kind in ("args", "kwargs"))
    defaults = tuple(function.defaults) or None
    by_name = DictV(dict(function.kw_defaults)) if function.kw_defaults else None
    annotations = Unknown(Reason.UNSUPPORTED, "annotations")
    items = (listed, starred, named, defaults, ListV(by_kind["keyword"]), by_name, annotations)
    return Fields("FullArgSpec", _SPEC, items)
