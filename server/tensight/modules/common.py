"""What the rows of layers share: names, arguments per axis, parameters that may be absent, layers without state."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from ..dims import Dim, fresh_unknown
from ..ops.checks import check
from ..ops.coerce import items_of, to_int
from ..ops.defaults import DEFAULTS
from ..ops.errors import Lift
from ..ops.properties import UNINITIALIZED
from ..ops.registry import RULES
from ..values import DType, ListV, OneOf, Tensor, Unknown, Value
from .registry import Attributes, Attrs, LayerRule, layer, parameter


def nn(name: str, file: str, base: str = "Module", **options: Any) -> Callable[[type], LayerRule]:
    """Register a layer of torch.nn under its public name and that of the file that defines it.

    `base` is the short name of a class of torch.nn, or `<file>._Name` for one that only the file has."""
    private = f"torch.nn.modules.{file}.{name}"
    names = (private,) if name.startswith("_") else (f"torch.nn.{name}", private, f"torch.nn.modules.{name}")
    return layer(*names, base=base_name(base), **options)


def base_name(base: str) -> str:
    return f"torch.nn.modules.{base}" if "." in base else f"torch.nn.{base}"


def refusable(condition: Any, message: str, exception: str = "ValueError", **data: Any) -> None:
    """What a constructor refuses: False or NO raises."""
    check(condition, "constructor-mismatch", message, exception, **data)


def truth(value: Value) -> bool | None:
    """Python's bool() of an argument; None if it is not known."""
    if value is None or isinstance(value, bool | int | float | str | tuple):
        return bool(value)
    return None


def is_number(value: Value) -> bool:
    return isinstance(value, int | float)


def ntuple(value: Value, count: int) -> Any:
    """torch's `_ntuple(count)`: what can be iterated becomes a tuple of its own length, a number is repeated."""
    if isinstance(value, tuple | ListV | range):
        return tuple(_number(item) for item in items_of(value))
    if isinstance(value, Unknown):
        return tuple(fresh_unknown() for _ in range(count))
    return (_number(value),) * count


def _number(value: Value) -> Dim:
    """A float is an attribute like any other: it is the call that PyTorch refuses."""
    return value if type(value) is float else to_int(value)  # type: ignore[return-value]


def parameter_if(flag: Value, *dims: Dim, dtype: DType | None = None) -> Any:
    """The parameter if the flag is set, None if it is not, one of both if nobody knows."""
    wanted = truth(flag)
    if wanted is None:
        return OneOf((parameter(*dims, dtype=dtype), None))
    return parameter(*dims, dtype=dtype) if wanted else None


def uninitialized(dtype: DType | None = None) -> Tensor:
    """A parameter whose shape the first call settles."""
    return Tensor(None, dtype or DEFAULTS.dtype, DEFAULTS.place, parameter=True, unknown=UNINITIALIZED)


def state(self: Attrs, name: str) -> Tensor | None:
    """A tensor attribute of a layer; Lift if it is not one (replaced, deleted, unknown).

    One that may be there or not changes no shape: it is taken to be there."""
    value = self.get(name)
    if value is None or isinstance(value, Tensor):
        return value
    if isinstance(value, OneOf):
        tensors = [option for option in value.options if isinstance(option, Tensor)]
        if len(tensors) == 1 and all(option is None or option is tensors[0] for option in value.options):
            return tensors[0]
    raise Lift(value if isinstance(value, Unknown) else None)


def training(self: Attrs) -> bool | None:
    value = self.get("training")
    return value if isinstance(value, bool) else None


@cache
def functional(name: str) -> Callable[..., Any]:
    """The op rule of torch.nn.functional, looked up when it is called: families do not import each other."""
    qualified = name if "." in name else f"torch.nn.functional.{name}"
    rule = RULES[qualified]
    return lambda *args, **kwargs: rule.run(qualified, args, kwargs)


# --- layers that only hold their arguments -----------------------------------------------------------------------


def _parameters(spec: str) -> tuple[list[inspect.Parameter], dict[str, str]]:
    """`kernel_size, stride=kernel_size, padding=0` as parameters of kind Raw, and defaults that are other arguments."""
    function = ast.parse(f"lambda {spec}: 0", mode="eval").body
    assert isinstance(function, ast.Lambda)
    arguments, defaults = function.args.args, function.args.defaults
    plain: list[inspect.Parameter] = []
    linked: dict[str, str] = {}
    for i, argument in enumerate(arguments):
        at = i - (len(arguments) - len(defaults))
        default: Any = inspect.Parameter.empty
        if at >= 0:
            node = defaults[at]
            if isinstance(node, ast.Name):
                linked[argument.arg] = node.id
                default = None
            else:
                default = ast.literal_eval(node)
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        plain.append(inspect.Parameter(argument.arg, kind, default=default, annotation="Raw"))
    return plain, linked


def holder(spec: str, prepare: Callable[[Attributes], Attributes] | None = None) -> Callable[..., Attributes]:
    """A constructor that stores its arguments under their names; `prepare` checks and completes them."""
    parameters, linked = _parameters(spec)
    names = [p.name for p in parameters]

    def init(*values: Any) -> Attributes:
        attributes = dict(zip(names, values))
        for name, other in linked.items():
            if attributes[name] is None:
                attributes[name] = attributes[other]
        return prepare(attributes) if prepare else attributes

    init.__signature__ = inspect.Signature(parameters, return_annotation="Attributes")  # type: ignore[attr-defined]
    return init


def caller(rule: str, inputs: str, attributes: str) -> Callable[..., Any]:
    """A forward that hands its inputs and then these attributes to an op rule, in the rule's order."""
    parameters, _ = _parameters(f"self, {inputs}" if inputs else "self")
    names = attributes.split()
    by_keyword = rule == "gelu"

    def forward(self: Attrs, *values: Any) -> Any:
        given = [self.get(name) for name in names]
        if by_keyword:
            return functional(rule)(*values, **dict(zip(names, given)))
        return functional(rule)(*values, *given)

    forward.__signature__ = inspect.Signature(parameters, return_annotation="Tensor")  # type: ignore[attr-defined]
    return forward


def held(
    name: str, file: str, spec: str, rule: str, attributes: str = "", *, inputs: str = "input", base: str = "Module",
    prepare: Callable[[Attributes], Attributes] | None = None,
) -> LayerRule:  # fmt: skip
    """A layer without parameters: `spec` is its constructor, `rule` gets the inputs and then `attributes`."""
    members = {
        "init": staticmethod(holder(spec, prepare)),
        "forward": staticmethod(caller(rule, inputs, attributes)),
    }
    return nn(name, file, base, open_rank=True)(type(name, (), members))


def abstract(name: str, file: str, base: str = "Module", spec: str = "") -> LayerRule:
    """A class that only others derive from; it is there for `isinstance`."""
    return nn(name, file, base)(type(name, (), {"init": staticmethod(holder(spec))}))
