"""The table of torch.nn layers: constructor → attributes and parameters; forward → op rules.

A layer is two plain functions with PyTorch's own signatures, bound and coerced like op rules:

    @layer("torch.nn.Linear")
    class Linear:
        @staticmethod
        def init(in_features: Int, out_features: Int, bias: Flag = True) -> Attributes: ...
        @staticmethod
        def forward(self: Raw, input: Tensor) -> Tensor: ...

`init` returns every attribute that PyTorch's constructor sets and that user code reads (`in_features`, `weight`,
`padding_mode`, …) and raises ShapeError where the real constructor refuses (exception="ValueError" etc.).
`forward` gets `self` as an `Attrs`: what the instance's attributes are at the time of the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..dims import Expr
from ..ops.arguments import mismatch
from ..ops.coerce import ArgumentTypeError, to_int, to_opt_int
from ..ops.creation import require_sizes
from ..ops.defaults import DEFAULTS
from ..ops.errors import Lift, ShapeError
from ..ops.registry import OpRule
from ..values import DType, Reason, Tensor, Unknown, Value
from .signatures import missing_arguments

Attributes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sub:
    """A submodule to build: the interpreter turns it into an instance of layer `name`."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clone:
    """A deep copy of a module that the user passed (TransformerEncoder repeats its layer)."""

    module: Any


class Attrs:
    """Read access to the attributes of a layer instance inside `forward`."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def get(self, name: str, default: Any = None) -> Any:
        return self._values.get(name, default)

    def mapped(self, change: Callable[[Value], Value]) -> Attrs:
        """The same attributes, each changed."""
        return Attrs({name: change(value) for name, value in self._values.items()})


@dataclass(frozen=True, slots=True)
class Step:
    """A method that PyTorch's `forward` is no more than a call of: `self.name(*inputs, *(self.a for a in attributes))`.

    A user's subclass may override it; `forward` then runs what the user wrote."""

    name: str
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayerRule:
    """`name` is public ("torch.nn.Linear"); `base` the class it derives from.

    `methods` are further methods by name. One whose first parameter is `self` gets the Attrs; any other belongs to
    the class (`Embedding.from_pretrained`) and may answer a Sub: the instance to build.
    A lazy layer has `settle`: the attributes that its first input settles; it is then one of the class `ordinary`."""

    name: str
    init: OpRule
    forward: OpRule | None
    base: str = "torch.nn.Module"
    methods: Mapping[str, OpRule] = field(default_factory=dict)
    step: Step | None = None
    ordinary: str | None = None
    settle: OpRule | None = None


class Forward(OpRule):
    """A method of a layer."""

    def _mistyped(self, name: str, args: Sequence[Value], kwargs: dict[str, Value], error: ArgumentTypeError) -> Any:
        refusal = missing_arguments(self, args, kwargs)
        if refusal is not None:
            raise refusal
        return super()._mistyped(self.names[0], args, kwargs, error)


class Constructor(OpRule):
    """A constructor. Python takes a float for a size: it is PyTorch that refuses it, where a parameter is made."""

    def _mistyped(self, name: str, args: Sequence[Value], kwargs: dict[str, Value], error: ArgumentTypeError) -> Any:
        refusal = missing_arguments(self, args, kwargs)
        if refusal is not None:
            raise refusal
        unknown = Unknown(Reason.NO_RULE, f"{name}: {error}")
        if any(isinstance(value, Expr | Unknown) for value in (*args, *kwargs.values())):
            return unknown
        coercers = self.coercers
        try:
            self.coercers = [_SIZES.get(coercer, coercer) for coercer in coercers]
            bound, _ = self._bind(args, kwargs)
            return self._call(self._coerce(bound))
        except (ArgumentTypeError, Lift):
            return unknown
        finally:
            self.coercers = coercers


def _size(value: Value) -> Any:
    return value if type(value) is float else to_int(value)


def _opt_size(value: Value) -> Any:
    return value if type(value) is float else to_opt_int(value)


_SIZES: dict[Any, Any] = {to_int: _size, to_opt_int: _opt_size}
LAYERS: dict[str, LayerRule] = {}


def layer(
    *names: str, base: str = "torch.nn.Module", open_rank: bool = False, dtype: str | None = None,
    ordinary: str | None = None,
) -> Callable[[type], LayerRule]:  # fmt: skip
    """Register the decorated class (static `init`, static `forward`, optional static `demand` with the parameters
    of `forward`, see OpRule.demands; optional `step` and `settle`; every other static function is a method) under all
    `names`."""

    def register(cls: type) -> LayerRule:
        members = vars(cls)
        init = Constructor((f"{names[0]}.__init__",), members["init"].__func__, None, True)
        forward = None
        if "forward" in members:
            forward = Forward((f"{names[0]}.forward",), members["forward"].__func__, dtype, open_rank)
            if "demand" in members:
                forward.demands(members["demand"].__func__)
        methods = {
            name: OpRule((f"{names[0]}.{name}",), member.__func__, None, True)
            for name, member in members.items()
            if isinstance(member, staticmethod) and name not in ("init", "forward", "demand", "settle")
        }
        settle = None
        if "settle" in members:
            settle = OpRule((f"{names[0]}.initialize_parameters",), members["settle"].__func__, None, False)
        rule = LayerRule(names[0], init, forward, base, methods, members.get("step"), ordinary, settle)
        for name in names:
            if name in LAYERS:
                raise ValueError(f"two rows for {name}")
            LAYERS[name] = rule
        return rule

    return register


def parameter(*dims: Any, dtype: DType | None = None) -> Tensor:
    """An nn.Parameter of this shape, float32 unless said otherwise."""
    _require_made(dims)
    if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
        raise ShapeError("dtype-mismatch", NO_GRADIENT)
    return Tensor(tuple(dims), dtype or DEFAULTS.dtype, DEFAULTS.place, parameter=True)


def buffer(*dims: Any, dtype: DType | None = None) -> Tensor:
    """A buffer of this shape, float32 unless said otherwise."""
    _require_made(dims)
    return Tensor(tuple(dims), dtype or DEFAULTS.dtype, DEFAULTS.place)


#: What is said of a parameter of integers.
NO_GRADIENT = "Only Tensors of floating point and complex dtype can require gradients"


def _require_made(dims: tuple[Any, ...]) -> None:
    """PyTorch makes a vector of `torch.empty(n)` and anything else of `torch.empty((a, b, …))`."""
    for dim in dims:
        if type(dim) is not int:
            if type(dim) is float:
                break
        elif dim < 0:
            require_sizes(dims)
    else:
        return
    refusal = mismatch("torch.empty", dims if len(dims) == 1 else (dims,), {}, {})
    assert refusal is not None
    raise refusal
