"""The one registry of op rules: binding, coercion, lifting over unknowns, dtype. A rule is a plain function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..dims import Truth, less
from ..values import BOOL, INT64, DType, Fields, Kind, Reason, Tensor, Unknown, Value, numbered
from .arguments import WRAPPED, mismatch
from .checks import demand
from .coerce import COERCERS, ArgumentTypeError, Coercer
from .defaults import DEFAULTS
from .devices import named
from .errors import Lift, ShapeError, Template
from .promotion import floating, result_type, widest
from .signature import REQUIRED, signature

_EMPTY = REQUIRED
#: Keywords that nearly every torch function takes and that change no shape.
_COMMON = frozenset({
    "out", "device", "layout", "requires_grad", "pin_memory", "memory_format", "generator", "non_blocking", "names",
    "inplace", "dtype", "copy",
})  # fmt: skip
#: Functions that take `inplace` by position, too, behind what their rules have.
INPLACE_LAST = frozenset(f"torch.nn.functional.{name}" for name in (
    "relu", "relu6", "elu", "celu", "selu", "leaky_relu", "rrelu", "threshold", "hardtanh", "hardsigmoid", "hardswish",
    "silu", "mish", "dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout",
))  # fmt: skip
#: numpy's spellings, which torch takes too.
_SYNONYMS = {"axis": "dim", "keepdims": "keepdim", "x": "input", "self": "input", "axes": "dim"}


_TENSOR_KINDS = frozenset({"Tensor", "OptTensor", "TensorLike", "OptTensorLike", "Tensors", "TensorArgs"})
#: Dtype rules by name; they get the operands (arguments of the kinds above).
_DTYPE_RULES: dict[str, Callable[[list[Any]], DType | None]] = {
    "bool": lambda operands: BOOL,
    "int64": lambda operands: INT64,
    "default": lambda operands: DEFAULTS.dtype,
    "double": lambda operands: widest(result_type(operands)),
    "promote": result_type,
    "float": lambda operands: floating(result_type(operands)),
}


class OpRule:
    """One rule under all its names. Calling it binds, coerces, runs the function and settles dtype, device, values.

    Raises ShapeError when PyTorch certainly refuses. Never raises for what is unknown."""

    def __init__(
        self, names: tuple[str, ...], function: Callable[..., Value], dtype: str | None, open_rank: bool
    ) -> None:
        self.names, self.function, self.dtype, self.open_rank = names, function, dtype, open_rank
        #: the name under which other rules call it, for the words of a refusal
        self.plain = next((name for name in names if ".functional." in name), names[0])
        self.demand: Callable[..., dict[str, Template]] | None = None
        #: whether the first argument is changed: its known elements are then no longer true
        self.changes = names[0].endswith("_") and not names[0].endswith("__")
        #: the elements of the result, from the coerced arguments and the result (see `data`); None: not known
        self.evaluate: Callable[[list[Any], Tensor], tuple[Any, ...] | None] | None = None
        self.numbers: Callable[[list[Any], Tensor], Tensor] | None = None
        #: categories of elements that are refused, with the message and the exception (see `kernels`)
        self.kernel: dict[Kind, tuple[str, str]] = {}
        #: nothing is refused where there are no elements
        self.lazy_kernel = False
        #: what is said where `out` has another dtype than the result (None: it is converted, or not looked at)
        self.out_words: Callable[[DType, DType], str | None] | None = None
        #: the result is as the first argument, whatever the others are
        self.as_first = False
        #: a new tensor lies where the program's default is
        self.creates = False
        #: refuses operands on different devices
        self.places: Callable[[list[Any]], None] | None = None
        #: the strides of a result for which the function gives none (see `layouts`)
        self.layout: Callable[[tuple[Any, ...], Sequence[Any]], tuple[Any, ...] | None] | None = None
        strict = names[0].startswith("torch.") and ".nn." not in names[0]
        parameters, result = signature(function)
        self.parameters: list[str] = []
        self.defaults: list[Any] = []
        self.coercers: list[Coercer] = []
        self.var_positional: int | None = None
        #: `*args` is handed over as it was written: one list stays one list
        self.raw_args = False
        #: `**name: Kind`: any further keywords, as one dict behind all other parameters
        self.var_keyword = False
        self.positional = 0
        self.operands: list[int] = []
        for name, how, default, kind in parameters:
            if kind not in COERCERS:
                raise TypeError(f"{names[0]}: parameter {name} has no known kind: {kind!r}")
            if how == "kwargs":
                self.var_keyword = True
                self.defaults.append({})
                self.coercers.append(_each_keyword(COERCERS[kind]))
                break
            if how == "args":
                self.var_positional = len(self.parameters)
                self.raw_args = kind == "RawArgs"
            elif how == "positional":
                self.positional += 1
            if kind in _TENSOR_KINDS:
                self.operands.append(len(self.parameters))
            self.parameters.append(name)
            self.defaults.append(default)
            self.coercers.append(COERCERS["StrictFlag" if kind == "Flag" and strict else kind])
        self.required = sum(
            1 for i, default in enumerate(self.defaults) if default is _EMPTY and i != self.var_positional
        )
        self.keywords = self.parameters[self.positional :]
        self.index = {name: i for i, name in enumerate(self.parameters)}
        self.settle_dtype = None if dtype is None else _DTYPE_RULES[dtype]
        self.tensor_result = result == "Tensor"
        self.__doc__ = function.__doc__

    def __repr__(self) -> str:
        return f"<rule {self.names[0]}>"

    def demands(self, function: Callable[..., dict[str, Template]]) -> Callable[..., dict[str, Template]]:
        """Decorator: the shapes this rule needs of arguments whose rank is open. Same parameters as the rule."""
        self.demand = function
        return function

    def __call__(self, *args: Value, **kwargs: Value) -> Any:
        return self.run(self.plain, args, kwargs)

    def run(self, name: str, args: Sequence[Value], kwargs: dict[str, Value]) -> Any:
        """A call under one of the rule's names: where types are refused, PyTorch's words depend on it."""
        common: dict[str, Value] | None = None
        try:
            count = len(args)
            if count == self.positional + 1 and name in INPLACE_LAST:
                args, kwargs, count = args[:-1], {**kwargs, "inplace": args[-1]}, count - 1
            if kwargs or self.var_positional is not None or count > self.positional:
                bound, common = self._bind(args, kwargs)
                values = self._coerce(bound)
            else:
                values = [coercer(value) for coercer, value in zip(self.coercers, args)]
                values += self.defaults[count:]
                if count < self.required:
                    self._require(values)
            result = self._call(values)
        except Lift as lift:
            first = self.given(self.parameters[0], args, kwargs) if self.as_first else None
            return first.alike() if type(first) is Tensor else self._unknown(lift.unknown)
        except ArgumentTypeError as error:
            return self._mistyped(name, args, kwargs, error)
        if type(result) is Tensor:
            return self._finish(result, values, common)
        if self.kernel:
            self.require_kernel(values)
        return result

    def _bind(self, args: Sequence[Value], kwargs: dict[str, Value]) -> tuple[list[Value], dict[str, Value]]:
        """The arguments by position, and the keywords that nearly every function takes."""
        bound: list[Value] = [_EMPTY] * len(self.defaults)
        if self.var_positional is not None and len(args) >= self.positional:
            bound[: self.positional] = args[: self.positional]
            rest = tuple(args[self.positional :])
            if len(rest) == 1 and not isinstance(rest[0], int) and not self.raw_args:
                bound[self.var_positional] = rest[0]
            elif rest:
                bound[self.var_positional] = rest
        elif len(args) <= self.positional:
            bound[: len(args)] = args
        else:
            raise ArgumentTypeError(f"takes {self.positional} arguments but {len(args)} were given")
        common: dict[str, Value] = {}
        if self.var_keyword:
            bound[-1] = {name: value for name, value in kwargs.items() if name not in self.index}
            kwargs = {name: value for name, value in kwargs.items() if name in self.index}
        for name, value in kwargs.items():
            position = self.index.get(name)
            if position is None:
                position = self.index.get(_SYNONYMS.get(name, ""))
            if position is not None:
                bound[position] = value
            elif name in _COMMON:
                common[name] = value
            else:
                raise ArgumentTypeError(f"got an unexpected keyword argument {name!r}")
        return bound, common

    def _coerce(self, bound: list[Value]) -> list[Any]:
        values = [
            default if value is _EMPTY else coercer(value)
            for coercer, default, value in zip(self.coercers, self.defaults, bound)
        ]
        if self.var_positional is not None and values[self.var_positional] is _EMPTY:
            values[self.var_positional] = ()
        self._require(values)
        return values

    def _require(self, values: list[Any]) -> None:
        for name, value in zip(self.parameters, values):
            if value is _EMPTY:
                raise ArgumentTypeError(f"missing argument {name!r}")

    def _call(self, values: list[Any]) -> Value:
        if self.places is not None:
            self.places(values)
        if not self.open_rank:
            for i in self.operands:
                value = values[i]
                if type(value) is Tensor:
                    if value.is_open:
                        return self._ask(values, value)
                elif type(value) is tuple:
                    for item in value:
                        if item.is_open:
                            return self._ask(values, item)
        if self.var_positional is not None:
            at = self.var_positional
            named = dict(zip(self.parameters[at + 1 :], values[at + 1 :]))
            if self.var_keyword:
                named.update(values[-1])
            return self.function(*values[:at], *values[at], **named)
        if self.var_keyword:
            named = dict(zip(self.keywords, values[self.positional :]))
            return self.function(*values[: self.positional], **named, **values[-1])
        if self.keywords:
            return self.function(*values[: self.positional], **dict(zip(self.keywords, values[self.positional :])))
        return self.function(*values)

    def _ask(self, values: list[Any], opened: Tensor) -> Value:
        """An argument of open rank: demand its shape of the root's entry, answer unknown for this round."""
        templates: dict[str, Template] = {}
        if self.demand is not None:
            named = dict(zip(self.parameters, values))
            templates = self.demand(**named)
        for name, value in zip(self.parameters, values):
            template = templates.get(name)
            if isinstance(value, Tensor):
                demand(value, template)
            elif type(value) is tuple and isinstance(template, list):
                for item, wanted in zip(value, template):
                    demand(item, wanted)
        raise Lift(opened.unknown)

    def changes_first(self, name: str, args: Sequence[Value], kwargs: dict[str, Value]) -> bool:
        """Whether the call is (or may be) a step in place."""
        if self.changes or kwargs.get("inplace", False) is not False:
            return True
        return len(args) > self.positional and name in INPLACE_LAST and args[-1] is not False

    def given(self, name: str, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
        """What a call passes for a parameter; None if it is left out."""
        if name in kwargs:
            return kwargs[name]
        at = self.index.get(name, len(args))
        return args[at] if at < len(args) else None

    def require_one(self, name: str, args: Sequence[Value], kwargs: dict[str, Value]) -> None:
        """`torch.permute(x, 0, 1)`: a method takes the sizes one by one, the function does not."""
        if name.startswith("torch.Tensor."):
            return
        refusal = mismatch(name, args, kwargs, {}) if name not in WRAPPED else None
        if refusal is not None:
            raise refusal

    def _mistyped(self, name: str, args: Sequence[Value], kwargs: dict[str, Value], error: ArgumentTypeError) -> Any:
        """An argument is none of its kinds: PyTorch may certainly refuse it, and else nobody knows."""
        refusal: ShapeError | None
        try:
            bound, common = self._bind(args, kwargs)
            values = {n: d if v is _EMPTY else v for n, v, d in zip(self.parameters, bound, self.defaults)}
            refusal = mismatch(name, args, kwargs, {"inplace": False, **common, **values})
        except ArgumentTypeError:
            refusal = mismatch(name, args, kwargs, {}) if name not in WRAPPED else None
        if refusal is not None:
            raise refusal
        return Unknown(Reason.NO_RULE, f"{self.names[0]}: {error}")

    def _unknown(self, unknown: Unknown | None) -> Value:
        if unknown is None:
            unknown = Unknown(Reason.DATA_DEPENDENT, self.names[0])
        if self.tensor_result:
            return Tensor(None, unknown=replace(unknown, entry=None) if unknown.entry else unknown)
        return replace(unknown, entry=None) if unknown.entry else unknown

    def require_kernel(self, values: list[Any]) -> None:
        """Refuse elements that the kernel has no code for."""
        if not self.kernel:
            return
        operands = operands_of([values[i] for i in self.operands])
        dtype = result_type(operands)
        refused = None if dtype is None else self.kernel.get(dtype.kind)
        if dtype is None or refused is None:
            return
        if not self.lazy_kernel or not any(map(_may_be_empty, operands)):
            raise ShapeError("dtype-mismatch", refused[0].format(dtype.legacy), refused[1])

    def _finish(self, result: Tensor, values: list[Any], common: dict[str, Value] | None) -> Tensor:
        if self.kernel:
            self.require_kernel(values)
        return self._settle(result, values, common)

    def _settle(self, result: Tensor, values: list[Any], common: dict[str, Value] | None) -> Tensor:
        """The one place where dtype, device and known values of a result are settled."""
        settled = result.dtype
        device = result.device
        if self.creates and device is None:
            device = DEFAULTS.place
        strides = result.strides
        if self.settle_dtype is not None:
            operands = operands_of([values[i] for i in self.operands])
            settled = self.settle_dtype(operands)
            if self.layout is not None and strides is None and not result.is_open:
                strides = self.layout(result.shape, operands)
        elif self.layout is not None and strides is None and not result.is_open:
            strides = self.layout(result.shape, operands_of([values[i] for i in self.operands]))
        if common:
            dtype, place, out = common.get("dtype"), common.get("device"), common.get("out")
            if dtype is not None:
                settled = dtype if isinstance(dtype, DType) else None
            if place is not None:
                device = named(place)
            if isinstance(out, Tensor):
                if self.out_words is not None and settled and out.dtype and out.dtype is not settled:
                    words = self.out_words(settled, out.dtype)
                    if words is not None:
                        raise ShapeError("dtype-mismatch", words)
                settled, device = out.dtype, out.device
            if out is not None or common.get("memory_format") is not None:
                strides = None
        if settled is not result.dtype or device is not result.device or strides is not result.strides:
            data = result.data if settled is result.dtype or result.dtype is None else None
            number = result.number if settled is result.dtype else None
            result = replace(result, dtype=settled, device=device, data=data, strides=strides)
            if number is not None:
                result = numbered(result, number)
        if self.evaluate is not None and result.data is None and not (common and common.get("out") is not None):
            elements = self.evaluate(values, result)
            if elements is not None:
                result = replace(result, data=elements)
            elif self.numbers is not None:
                result = self.numbers(values, result)
        return result


def _each_keyword(coercer: Coercer) -> Coercer:
    return lambda values: {name: coercer(value) for name, value in values.items()}


def operands_of(values: list[Any]) -> list[Any]:
    """What takes part in type promotion among arguments of tensor kinds: tensors (also in a tuple) and numbers."""
    out: list[Any] = []
    for value in values:
        if type(value) is tuple:
            out.extend(value)
        elif value is not None:
            out.append(value)
    return out


def _may_be_empty(value: Any) -> bool:
    """Of no elements, nothing is computed, whatever they are."""
    return type(value) is Tensor and not value.is_open and not all(less(0, dim) is Truth.YES for dim in value.shape)


#: Qualified name ("torch.Tensor.view", "torch.nn.functional.relu", "einops.rearrange") → rule.
RULES: dict[str, OpRule] = {}


def op(*names: str, dtype: str | None = None, open_rank: bool = False) -> Callable[[Callable[..., Value]], OpRule]:
    """Register a rule under qualified names. The decorated name becomes the rule, callable from other rules.

    `dtype`: "promote" (all operands: arguments of the kinds Tensor, OptTensor, TensorLike, Tensors), "float"
    (promote, integers become float), "bool", "int64", "default" (float32); None: what the function says
    (`with_dims` keeps the input's).
    `open_rank`: the function copes with tensors whose dims are None or hold `...`."""

    def register(function: Callable[..., Value]) -> OpRule:
        rule = OpRule(names, function, dtype, open_rank)
        for name in names:
            if name in RULES:
                raise ValueError(f"two rules for {name}")
            RULES[name] = rule
        return rule

    return register


def alias(rule: OpRule, *names: str) -> None:
    """Further names of a rule."""
    for name in names:
        if name in RULES:
            raise ValueError(f"two rules for {name}")
        RULES[name] = rule


__all__ = ["RULES", "Fields", "Lift", "OpRule", "ShapeError", "alias", "op"]
