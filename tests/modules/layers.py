"""Real torch.nn layers as the judge of the table: constructor, attributes, parameters, forward, refusals, symbols.

    check(row("Conv2d", call(3, 8, 3, padding=1), x(2, 3, 8, 8), x(3, 8, 8), (x(2, 4, 8, 8),)))

A row names a layer, the arguments of its constructor and inputs of its forward: each is run in training and in
evaluation mode. What torch refuses must be refused with the same class and first line."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn
from torch.nn.utils import rnn

import tensight.modules  # noqa: F401  (fills the table)
from ops.convert import Comparison, to_value
from ops.oracle import Refusal, commuting, judge, run_real
from tensight.dims import Expr, evaluate, symbol
from tensight.modules.registry import LAYERS, Attrs, Clone, Sub
from tensight.ops.errors import NOTES, ShapeError
from tensight.ops.registry import OpRule
from tensight.values import ClassV, Instance, ListV, OpFunction, PackedSequence, Tensor, Unknown

CONTAINERS = {"torch.nn.ModuleList", "torch.nn.Sequential"}


@dataclass(frozen=True)
class Call:
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    layer: str
    arguments: Call
    inputs: tuple[tuple[Any, ...], ...]

    def __str__(self) -> str:
        parts = [*map(repr, self.arguments.args), *(f"{k}={v!r}" for k, v in self.arguments.kwargs.items())]
        return f"{self.layer}({', '.join(parts)})"


def call(*args: Any, **kwargs: Any) -> Call:
    return Call(args, kwargs)


def row(layer: str, arguments: Call, *inputs: Any) -> Row:
    """Each input is the arguments of one forward: a tuple, or the only one."""
    return Row(layer, arguments, tuple(i if isinstance(i, tuple) else (i,) for i in inputs))


def x(*shape: int) -> torch.Tensor:
    return torch.rand(*shape) if shape else torch.tensor(0.5)


def ints(*shape: int, high: int = 2) -> torch.Tensor:
    return torch.randint(high, shape)


# --- building ----------------------------------------------------------------------------------------------------


def build(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """What the interpreter does with a row: an instance whose submodules are built. Refusals propagate."""
    instance = Instance(ClassV(name.rpartition(".")[2], (), {}, native=name), {"training": True})
    if name in CONTAINERS:
        items = args[0] if name.endswith("ModuleList") else args
        for i, item in enumerate(items.items if isinstance(items, ListV) else items):
            instance.attrs[str(i)] = _attribute(item)
        return instance
    attributes = LAYERS[name].init(*args, **kwargs)
    if isinstance(attributes, Unknown):
        return attributes
    for key, value in attributes.items():
        instance.attrs[key] = _attribute(value)
    return instance


def _attribute(value: Any) -> Any:
    if isinstance(value, Sub):
        args = tuple(_attribute(item) for item in value.args)
        return build(value.name, args, {k: _attribute(v) for k, v in value.kwargs.items()})
    if isinstance(value, Clone):
        return value.module
    if isinstance(value, list) and value and all(isinstance(item, Sub | Clone | Instance) for item in value):
        return [_attribute(item) for item in value]
    return ListV([_attribute(item) for item in value]) if isinstance(value, list) else value


def convert(value: Any) -> Any:
    """A real argument as an abstract one, layers included."""
    if isinstance(value, nn.Module):
        return instance_of(value)
    if isinstance(value, rnn.PackedSequence):
        data = to_value(value.data)
        return PackedSequence(data, int(value.batch_sizes[0]), len(value.batch_sizes))
    if isinstance(value, tuple):
        return tuple(convert(item) for item in value)
    if isinstance(value, nn.Parameter):
        return replace(to_value(value.detach()), parameter=True)
    if callable(value):
        return OpFunction(f"torch.nn.functional.{value.__name__}")
    return to_value(value)


def instance_of(module: nn.Module) -> Instance:
    """A real layer as the instance that the interpreter would hold (its attributes, not through the table)."""
    name = f"torch.nn.{type(module).__name__}"
    instance = Instance(ClassV(type(module).__name__, (), {}, native=name), {"training": module.training})
    for key, value in attributes_of(module).items():
        instance.attrs[key] = convert(value)
    return instance


def attributes_of(module: nn.Module) -> dict[str, Any]:
    """Everything that the real constructor sets and that user code can read."""
    plain = {k: v for k, v in vars(module).items() if not k.startswith("_") and k != "training"}
    return {**plain, **module._parameters, **module._buffers, **module._modules}


# --- comparing ---------------------------------------------------------------------------------------------------


def differences(instance: Instance, module: nn.Module, where: str) -> list[str]:
    """What the table's attributes have wrong, submodules included."""
    expected, got = attributes_of(module), {k: v for k, v in instance.attrs.items() if k != "training"}
    out = [f"{where}.{name} is missing" for name in expected.keys() - got.keys()]
    extra = {name for name in got.keys() - expected.keys() if not name.startswith("_")}
    out += [f"{where}.{name} does not exist" for name in extra]
    for name in expected.keys() & got.keys():
        out += _difference(got[name], expected[name], f"{where}.{name}")
    return out


def _difference(got: Any, real: Any, where: str) -> list[str]:
    if isinstance(real, nn.Module):
        return differences(got, real, where) if isinstance(got, Instance) else [f"{where}: {got!r} is no layer"]
    if isinstance(real, nn.parameter.UninitializedTensorMixin):
        return [] if isinstance(got, Tensor) and got.dims is None else [f"{where}: {got!r} is not uninitialized"]
    if callable(real) and not isinstance(real, torch.Tensor):
        return [] if isinstance(got, OpFunction) else [f"{where}: {got!r}"]
    comparison = Comparison()
    comparison.compare(got, real, where)
    if isinstance(real, nn.Parameter) and not (isinstance(got, Tensor) and got.parameter):
        comparison.wrong.append(f"{where} is no parameter")
    return comparison.wrong + comparison.unknown


def real_layer(item: Row) -> Any:
    return run_real(getattr(nn, item.layer), item.arguments.args, item.arguments.kwargs)


def abstract_layer(item: Row, args: Any = None, kwargs: Any = None) -> Any:
    given = [convert(a) for a in item.arguments.args] if args is None else args
    named = {k: convert(v) for k, v in item.arguments.kwargs.items()} if kwargs is None else kwargs
    try:
        return build(f"torch.nn.{item.layer}", tuple(given), named)
    except ShapeError as error:
        return Refusal(error.exception, error.message)
    finally:
        NOTES.clear()


def check(item: Row) -> None:
    """Everything about one row."""
    torch.manual_seed(0)
    real, got = real_layer(item), abstract_layer(item)
    if isinstance(real, Refusal) or isinstance(got, Refusal):
        assert got == real, f"{item}: {got} instead of {real}"
        return
    assert isinstance(got, Instance), f"{item}: {got}"
    wrong = differences(got, real, item.layer)
    assert not wrong, "\n".join([str(item), *wrong])
    if not isinstance(real, nn.modules.lazy.LazyModuleMixin):
        check_symbolic_constructor(item, got)
    for given in item.inputs:
        for training in (True, False):
            module = real_layer(item).train(training)
            values = tuple(convert(value) for value in given)
            forward, held = _settled(item, got.attrs, values[0])
            attrs = Attrs({**held, "training": training})
            comparison = _judged(_run(forward, (attrs, *values)), run_real(module, given, {}))
            shown = [tuple(v.shape) if isinstance(v, torch.Tensor) else v for v in given]
            assert not comparison.wrong and not comparison.unknown, "\n".join(
                [f"{item} on {shown}, training={training}", *comparison.wrong, *comparison.unknown]
            )
            if not any(isinstance(v, PackedSequence) for v in values):
                texts = commuting(forward, (attrs, *values), {})
                assert not texts, "\n".join([f"{item} on {shown} by symbols", *texts])


def _settled(item: Row, attrs: dict[str, Any], first: Any) -> tuple[OpRule, dict[str, Any]]:
    """The forward that runs and the attributes it sees: of a lazy layer, after the first input settled them."""
    rule = LAYERS[f"torch.nn.{item.layer}"]
    if rule.settle is not None:
        assert rule.ordinary is not None
        for name, value in rule.settle(Attrs(attrs), first).items():
            old = attrs.get(name)
            if not isinstance(value, tuple):
                attrs = {**attrs, name: value}
            elif isinstance(old, Tensor) and old.dims is None:
                attrs = {**attrs, name: replace(old, dims=value)}
        rule = LAYERS[rule.ordinary]
    assert rule.forward is not None
    return rule.forward, attrs


def _run(forward: OpRule, args: tuple[Any, ...]) -> Any:
    try:
        return forward(*args)
    except ShapeError as error:
        return Refusal(error.exception, error.message)
    finally:
        NOTES.clear()


def _judged(got: Any, real: Any) -> Comparison:
    return judge(_plain(got), _plain(real))


def _plain(value: Any) -> Any:
    """Packed sequences and named tuples as plain tuples."""
    if isinstance(value, PackedSequence):
        return (value.data, value.batch, value.length)
    if isinstance(value, rnn.PackedSequence):
        return (value.data, int(value.batch_sizes[0]), len(value.batch_sizes))
    if isinstance(value, tuple) and not isinstance(value, torch.Size | Refusal):
        return tuple(_plain(item) for item in value)
    return value


# --- symbols -----------------------------------------------------------------------------------------------------


def check_symbolic_constructor(item: Row, concrete: Instance) -> None:
    """The constructor with symbols for its sizes, then numbers for the symbols: the same attributes."""
    parameters = inspect.signature(LAYERS[f"torch.nn.{item.layer}"].init.function).parameters
    sized = {name for name, p in parameters.items() if str(p.annotation) == "Int"}
    names = list(parameters)
    env: dict[str, int] = {}
    args = [_symbol(convert(v), names[i], sized, env) for i, v in enumerate(item.arguments.args)]
    kwargs = {k: _symbol(convert(v), k, sized, env) for k, v in item.arguments.kwargs.items()}
    if not env:
        return
    lifted = abstract_layer(item, args, kwargs)
    assert isinstance(lifted, Instance), f"{item} by symbols: {lifted}"
    wrong = _unlike(lifted, concrete, env, item.layer)
    assert not wrong, "\n".join([f"{item} by symbols", *wrong])


def _symbol(value: Any, name: str, sized: set[str], env: dict[str, int]) -> Any:
    if name not in sized or isinstance(value, bool) or not isinstance(value, int) or value < 2:
        return value
    env[f"s{value}"] = value
    return symbol(f"s{value}")


def _unlike(got: Any, concrete: Any, env: dict[str, int], where: str) -> list[str]:
    if isinstance(concrete, Instance):
        if not isinstance(got, Instance):
            return []
        return [
            text
            for name, value in concrete.attrs.items()
            if name in got.attrs
            for text in _unlike(got.attrs[name], value, env, f"{where}.{name}")
        ]
    if isinstance(concrete, Tensor):
        if not isinstance(got, Tensor) or got.dims is None or concrete.dims is None:
            return []
        dims = tuple(_number(d, env) for d in got.dims)
        fits = len(dims) == len(concrete.dims) and all(a is None or a == b for a, b in zip(dims, concrete.dims))
        return [] if fits else [f"{where}: {dims} instead of {concrete.dims}"]
    if isinstance(concrete, int) and isinstance(got, int | Expr) and _number(got, env) not in (None, concrete):
        return [f"{where}: {got} instead of {concrete}"]
    return []


def _number(dim: Any, env: dict[str, int]) -> Any:
    if isinstance(dim, Expr):
        return evaluate(dim, env) if {s.name for s in dim.symbols} <= env.keys() else None
    return dim
