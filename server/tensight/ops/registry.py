"""The one registry of op rules: binding, coercion, lifting over unknowns, dtype. A rule is a plain function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..values import BOOL, FLOAT32, INT64, DType, Fields, Reason, Tensor, Unknown, Value
from .coerce import COERCERS, ArgumentTypeError, Coercer
from .errors import NOTES, Lift, ShapeError, Template
from .promotion import floating, result_type

_EMPTY = inspect.Parameter.empty
#: Keywords that nearly every torch function takes and that change no shape.
_COMMON = frozenset({
    "out", "device", "layout", "requires_grad", "pin_memory", "memory_format", "generator", "non_blocking", "names",
    "inplace", "dtype", "copy",
})  # fmt: skip
#: numpy's spellings, which torch takes too.
_SYNONYMS = {"axis": "dim", "keepdims": "keepdim", "x": "input", "self": "input", "axes": "dim"}


class OpRule:
    """One rule under all its names. Calling it binds, coerces, runs the function and settles the dtype.

    Raises ShapeError when PyTorch certainly refuses. Never raises for what is unknown."""

    def __init__(self, names: tuple[str, ...], function: Callable[..., Value], dtype: str | None, open_rank: bool) -> None:
        self.names, self.function, self.dtype, self.open_rank = names, function, dtype, open_rank
        self.demand: Callable[..., dict[str, Template]] | None = None
        signature = inspect.signature(function)
        self.parameters: list[str] = []
        self.defaults: list[Any] = []
        self.coercers: list[Coercer] = []
        self.var_positional: int | None = None
        self.positional = 0
        for parameter in signature.parameters.values():
            kind = str(parameter.annotation)
            if kind not in COERCERS:
                raise TypeError(f"{names[0]}: parameter {parameter.name} has no known kind: {kind!r}")
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                self.var_positional = len(self.parameters)
            elif parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
                self.positional += 1
            self.parameters.append(parameter.name)
            self.defaults.append(parameter.default)
            self.coercers.append(COERCERS[kind])
        self.index = {name: i for i, name in enumerate(self.parameters)}
        self.tensor_result = str(signature.return_annotation) == "Tensor"
        self.__doc__ = function.__doc__

    def __repr__(self) -> str:
        return f"<rule {self.names[0]}>"

    def demands(self, function: Callable[..., dict[str, Template]]) -> Callable[..., dict[str, Template]]:
        """Decorator: the shapes this rule needs of arguments whose rank is open. Same parameters as the rule."""
        self.demand = function
        return function

    def __call__(self, *args: Value, **kwargs: Value) -> Any:
        try:
            bound, device, dtype = self._bind(args, kwargs)
            values = self._coerce(bound)
            result = self._call(values)
        except Lift as lift:
            return self._unknown(lift.unknown)
        except ArgumentTypeError as error:
            return Unknown(Reason.NO_RULE, f"{self.names[0]}: {error}")
        return self._finish(result, values, device, dtype)

    def _bind(self, args: Sequence[Value], kwargs: dict[str, Value]) -> tuple[list[Value], Value, Value]:
        bound: list[Value] = [_EMPTY] * len(self.parameters)
        if self.var_positional is not None and len(args) >= self.positional:
            bound[: self.positional] = args[: self.positional]
            rest = tuple(args[self.positional :])
            if len(rest) == 1 and not isinstance(rest[0], int):
                bound[self.var_positional] = rest[0]
            elif rest:
                bound[self.var_positional] = rest
        elif len(args) <= self.positional:
            bound[: len(args)] = args
        else:
            raise ArgumentTypeError(f"takes {self.positional} arguments but {len(args)} were given")
        device: Value = None
        dtype: Value = None
        for name, value in kwargs.items():
            position = self.index.get(name)
            if position is None:
                position = self.index.get(_SYNONYMS.get(name, ""))
            if position is not None:
                bound[position] = value
            elif name == "device":
                device = value
            elif name == "dtype":
                dtype = value
            elif name not in _COMMON:
                raise ArgumentTypeError(f"got an unexpected keyword argument {name!r}")
        return bound, device, dtype

    def _coerce(self, bound: list[Value]) -> list[Any]:
        values: list[Any] = []
        for i, value in enumerate(bound):
            if value is _EMPTY:
                default = self.defaults[i]
                if default is _EMPTY:
                    if i == self.var_positional:
                        values.append(())
                        continue
                    raise ArgumentTypeError(f"missing argument {self.parameters[i]!r}")
                values.append(default)
            else:
                values.append(self.coercers[i](value))
        return values

    def _call(self, values: list[Any]) -> Value:
        if not self.open_rank:
            for value in values:
                if isinstance(value, Tensor) and (value.dims is None or ... in value.dims):
                    return self._ask(values, value)
                if isinstance(value, tuple) and value and type(value) is tuple and isinstance(value[0], Tensor):
                    for item in value:
                        if isinstance(item, Tensor) and item.is_open:
                            raise Lift(item.unknown)
        if self.var_positional is not None:
            head, tail = values[: self.var_positional], values[self.var_positional]
            names = self.parameters[self.var_positional + 1 :]
            return self.function(*head, *tail, **dict(zip(names, values[self.var_positional + 1 :])))
        if self.positional < len(values):
            names = self.parameters[self.positional :]
            return self.function(*values[: self.positional], **dict(zip(names, values[self.positional :])))
        return self.function(*values)

    def _ask(self, values: list[Any], opened: Tensor) -> Value:
        """An argument of open rank: demand its shape of the root's entry, answer unknown for this round."""
        templates: dict[str, Template] = {}
        if self.demand is not None:
            named = dict(zip(self.parameters, values))
            templates = self.demand(**named)
        for name, value in zip(self.parameters, values):
            if isinstance(value, Tensor) and value.entry is not None and value.is_open:
                NOTES.demands.append((value.entry, templates.get(name)))
        raise Lift(opened.unknown)

    def _unknown(self, unknown: Unknown | None) -> Value:
        if unknown is None:
            unknown = Unknown(Reason.DATA_DEPENDENT, self.names[0])
        if self.tensor_result:
            return Tensor(None, unknown=replace(unknown, entry=None) if unknown.entry else unknown)
        return replace(unknown, entry=None) if unknown.entry else unknown

    def _finish(self, result: Value, values: list[Any], device: Value, dtype: Value) -> Value:
        if type(result) is Tensor:
            settled: DType | None = result.dtype
            if self.dtype is not None:
                settled = self._dtype(values)
            if isinstance(dtype, DType):
                settled = dtype
            place = device if isinstance(device, str) else result.device
            if settled is not result.dtype or place is not result.device:
                data = result.data if settled is result.dtype or result.dtype is None else None
                return replace(result, dtype=settled, device=place, data=data)
        return result

    def _dtype(self, values: list[Any]) -> DType | None:
        match self.dtype:
            case "bool":
                return BOOL
            case "int64":
                return INT64
            case "default":
                return FLOAT32
            case "promote":
                return result_type(_operands(values))
            case "float":
                return floating(result_type(_operands(values)))
            case _:
                raise ValueError(f"{self.names[0]}: no dtype rule {self.dtype!r}")


def _operands(values: list[Any]) -> list[Any]:
    """The arguments that take part in type promotion: tensors (also in a tuple) and, beside them, numbers."""
    out: list[Any] = []
    for value in values:
        if isinstance(value, tuple):
            out.extend(item for item in value if isinstance(item, Tensor))
        elif value is not None and not isinstance(value, str | DType):
            out.append(value)
    return out


#: Qualified name ("torch.Tensor.view", "torch.nn.functional.relu", "einops.rearrange") → rule.
RULES: dict[str, OpRule] = {}


def op(*names: str, dtype: str | None = None, open_rank: bool = False) -> Callable[[Callable[..., Value]], OpRule]:
    """Register a rule under qualified names. The decorated name becomes the rule, callable from other rules.

    `dtype`: "promote" (all operands), "float" (promote, integers become float), "bool", "int64", "default"
    (float32); None: what the function says (`with_dims` keeps the input's).
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
