"""torch.func: functions made of the program's own functions, called as eager PyTorch calls them.

`vmap` calls on slices and puts the axis back; derivatives have the shapes of inputs, of outputs, or of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from ...dims import Truth, equal
from ...values import (
    BoundMethod,
    DictV,
    FunctionV,
    Instance,
    ListV,
    Native,
    Reason,
    Scalar,
    Tensor,
    Unknown,
    Value,
)
from .pytrees import leaves, mapped, spread
from .registry import MODULES, native
from .support import items_of, type_name

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("torch.func")
_UNKNOWN = (Unknown, Scalar)
#: What messages name, also those of the Jacobians that are made of it.
_VJP, _JVP = "vjp(f, *primals)", "jvp(f, primals, tangents)"


class _Stop(Exception):
    """Nothing is known of the result: it is the value that is carried."""

    def __init__(self, value: Value) -> None:
        self.value = value


# ---- vmap
@native("torch.func.vmap", "torch.vmap")
def vmap(it: Interp, func: Value, in_dims: Value = 0, out_dims: Value = 0, randomness: Value = "error", *,
         chunk_size: Value = None) -> Value:  # fmt: skip
    """A function that runs once on slices; the axis comes back in the results."""

    def call(it: Interp, args: list[Value], named: dict[str, Value]) -> Value:
        try:
            size, inner = _sliced(it, _name(func), in_dims, args)
            return _batched(it, _name(func), it.call(func, inner, named), size, out_dims)
        except _Stop as stop:
            return stop.value

    return Native("torch.vmap", call)


def _name(func: Value) -> str:
    """How messages of vmap call a function."""
    if isinstance(func, BoundMethod):
        return _name(func.function)
    return func.name.rsplit(".", 1)[-1] if isinstance(func, FunctionV | Native) else "function"


def _sliced(it: Interp, name: str, in_dims: Value, args: list[Value]) -> tuple[Value, list[Value]]:
    """The size of the mapped axis, and the arguments without it. Raises _Stop."""
    if not args:
        return _refuse(it, f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying "
                           "to vmap over a function with no inputs. The latter is unsupported.", args)  # fmt: skip
    axes, given = spread(in_dims, tuple(args)), leaves(tuple(args))
    if axes is None or given is None:
        raise _Stop(it.unknown(Reason.NO_RULE, "vmap"))
    head = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): Got in_dim="
    sizes: list[tuple[Tensor, int]] = []
    for value, axis in zip(given, axes):
        if axis is None:
            continue
        if not isinstance(axis, int) or isinstance(value, Unknown) or (isinstance(value, Tensor) and value.is_open):
            raise _Stop(it.unknown(Reason.NO_RULE, "vmap"))
        if not isinstance(value, Tensor):
            return _refuse(it, f"{head}{axis} for an input but the input is of type <class '{type_name(it, value)}'>. "
                               "We cannot vmap over non-Tensor arguments, please use None as the respective in_dim",
                           given)  # fmt: skip
        if not -value.rank <= axis < value.rank:
            return _refuse(it, f"{head}{axis} for some input, but that input is a Tensor of dimensionality {value.rank}"
                               f" so expected in_dim to satisfy -{value.rank} <= in_dim < {value.rank}.",
                           [value])  # fmt: skip
        sizes.append((value, axis))
    if not sizes:
        return _refuse(it, "vmap: Expected at least one Tensor to vmap over", given)
    size = sizes[0][0].shape[sizes[0][1]]
    if any(equal(value.shape[axis], size) is Truth.NO for value, axis in sizes):
        found = ", ".join(str(value.shape[axis]) for value, axis in sizes)
        return _refuse(it, "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
                           f"[{found}] for the mapped dimension", [value for value, _ in sizes])  # fmt: skip
    remaining = iter(axes)
    return size, [mapped(value, lambda leaf: _without(leaf, next(remaining))) for value in args]


def _without(value: Value, axis: Value) -> Value:
    if not isinstance(value, Tensor) or not isinstance(axis, int):
        return value
    dims = list(value.shape)
    del dims[axis]
    return value.with_dims(*dims)


def _refuse(it: Interp, message: str, args: list[Value]) -> tuple[Value, list[Value]]:
    raise _Stop(it.refuse_with("size-mismatch", message, "ValueError", args))


def _batched(it: Interp, name: str, value: Value, size: Value, out_dims: Value) -> Value:
    axes = spread(out_dims[0] if isinstance(value, Tensor) and isinstance(out_dims, tuple) and len(out_dims) == 1
                  else out_dims, value)  # fmt: skip
    if axes is None:
        return it.unknown(Reason.NO_RULE, "vmap")
    remaining = iter(axes)
    return mapped(value, lambda leaf: _with_axis(it, name, leaf, size, next(remaining)))


def _with_axis(it: Interp, name: str, value: Value, size: Value, axis: Value) -> Value:
    if axis is None:
        return value
    if isinstance(value, Tensor):
        if value.is_open or not isinstance(axis, int) or not -value.rank - 1 <= axis <= value.rank:
            return it.unknown(Reason.NO_RULE, "vmap")
        dims = list(value.shape)
        dims.insert(axis if axis >= 0 else axis + len(dims) + 1, size)
        return value.with_dims(*dims)
    if isinstance(value, Unknown):
        return value
    return it.refuse_with(
        "invalid-argument",
        f"vmap({name}, ...): `{name}` must only return Tensors, got type <class '{type_name(it, value)}'>. Did you mean"
        " to set out_dims= to None for output?",
        "ValueError",
        [value],
    )


# ---- which arguments are differentiated, and what a function returned
def chosen(it: Interp, argnums: Value, args: list[Value]) -> Value:
    """The differentiated arguments: one, or a tuple of them. Raises _Stop."""
    match argnums:
        case int():
            if not -len(args) <= argnums < len(args):
                message = f"Got argnum={argnums}, but only {len(args)} positional inputs"
                raise _Stop(it.refuse_with("invalid-argument", message, "RuntimeError", args))
            return args[argnums]
        case tuple() if argnums:
            return tuple(chosen(it, number, args) for number in argnums)
        case _:
            raise _Stop(it.unknown(Reason.NO_RULE, "derivatives of functions"))


def _with_aux(it: Interp, what: str, result: Value, has_aux: Value) -> tuple[Value, list[Value]]:
    """What is differentiated, and the auxiliary output in a list of at most one. Raises _Stop."""
    if has_aux is False:
        return result, []
    if has_aux is not True or isinstance(result, _UNKNOWN):
        raise _Stop(it.unknown(Reason.NO_RULE, "derivatives of functions"))
    if not isinstance(result, tuple) or len(result) != 2:
        message = f"{what}: output of function f should be a tuple: (output, aux) if has_aux is True"
        raise _Stop(it.refuse_with("invalid-argument", message, "RuntimeError", [result]))
    return result[0], [result[1]]


def like(it: Interp, value: Value) -> Value:
    """Derivatives shaped as the leaves of a value."""

    def derivative(leaf: Value) -> Value:
        if isinstance(leaf, Tensor):
            return replace(leaf.alike(), entry=None)
        return it.unknown(Reason.DATA_DEPENDENT, "a gradient")

    return mapped(value, derivative)


def products(it: Interp, outputs: Value, inputs: Value) -> Value:
    """For each leaf of the outputs the structure of the inputs: the axes of the one, then of the other."""

    def pair(output: Value, input: Value) -> Value:
        known = isinstance(output, Tensor) and isinstance(input, Tensor) and not output.is_open and not input.is_open
        if not known or not isinstance(output, Tensor) or not isinstance(input, Tensor):
            return it.unknown(Reason.NO_RULE, "derivatives of functions")
        return output.with_dims(*output.shape, *input.shape)

    return mapped(outputs, lambda output: mapped(inputs, lambda input: pair(output, input)))


# ---- grad
def _gradient(name: str, with_value: bool) -> None:
    @native(f"torch.func.{name}")
    def transform(it: Interp, func: Value, argnums: Value = 0, has_aux: Value = False) -> Value:
        """A function that gives gradients shaped as arguments."""

        def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
            try:
                wanted = chosen(it, argnums, args)
                output, aux = _with_aux(it, "grad_and_value(f)(*args)", it.call(func, args, kwargs), has_aux)
            except _Stop as stop:
                return stop.value
            if isinstance(output, Tensor) and not output.is_open and output.rank:
                return it.refuse_with(
                    "rank-mismatch",
                    "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with "
                    f"{output.rank} dims. Maybe you wanted to use the vjp or jacrev APIs instead?",
                    "RuntimeError",
                    [output],
                )
            gradient = like(it, wanted)
            if with_value:
                return (gradient, (output, *aux) if aux else output)
            return (gradient, *aux) if aux else gradient

        return Native(f"torch.func.{name}", call)


_gradient("grad", with_value=False)
_gradient("grad_and_value", with_value=True)


# ---- products with vectors
@native("torch.func.vjp")
def vjp(it: Interp, func: Value, *primals: Value, has_aux: Value = False) -> Value:
    """What the function gives, and a function from its shape to that of the arguments."""
    try:
        output, aux = _with_aux(it, _VJP, it.call(func, list(primals)), has_aux)
    except _Stop as stop:
        return stop.value
    return output, _returning("vjp", lambda it: like(it, primals)), *aux


@native("torch.func.jvp")
def jvp(it: Interp, func: Value, primals: Value, tangents: Value, *, strict: Value = False, has_aux: Value = False
        ) -> Value:  # fmt: skip
    """What the function gives, and as much again."""
    if not isinstance(primals, tuple):
        return it.unknown(Reason.NO_RULE, "derivatives of functions")
    try:
        output, aux = _with_aux(it, _JVP, it.call(func, list(primals)), has_aux)
    except _Stop as stop:
        return stop.value
    return output, like(it, output), *aux


@native("torch.func.linearize")
def linearize(it: Interp, func: Value, *primals: Value) -> Value:
    output = it.call(func, list(primals))
    return output, _returning("linearize", lambda it: like(it, output))


def _returning(name: str, make: Callable[[Interp], Value]) -> Native:
    return Native(f"torch.func.{name}", lambda it, args, kwargs: make(it))


# ---- Jacobians
def _derivatives(name: str, orders: int, inner: str, func: Value, argnums: Value, has_aux: Value) -> Native:
    """A function that gives derivatives of all outputs with regard to arguments."""

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        try:
            wanted = chosen(it, argnums, args)
            output, aux = _with_aux(it, inner, it.call(func, args, kwargs), has_aux)
        except _Stop as stop:
            return stop.value
        for _ in range(orders):
            output = products(it, output, wanted)
        return (output, *aux) if aux else output

    return Native(f"torch.func.{name}", call)


def _jacobian(name: str, inner: str) -> None:
    @native(f"torch.func.{name}")
    def transform(it: Interp, func: Value, argnums: Value = 0, has_aux: Value = False, **options: Value) -> Value:
        return _derivatives(name, 1, inner, func, argnums, has_aux)


_jacobian("jacrev", _VJP)
_jacobian("jacfwd", _JVP)


@native("torch.func.hessian")
def hessian(it: Interp, func: Value, argnums: Value = 0) -> Value:
    """Second derivatives; no further output goes with them."""
    return _derivatives("hessian", 2, _VJP, func, argnums, False)


@native("torch.func.functionalize")
def functionalize(it: Interp, func: Value, *, remove: Value = "mutations") -> Value:
    return func


# ---- modules
@native("torch.func.functional_call", "torch.nn.utils.stateless.functional_call")
def functional_call(
    it: Interp, module: Value, parameter_and_buffer_dicts: Value, args: Value = None, kwargs: Value = None,
    **options: Value,
) -> Value:  # fmt: skip
    """The module's forward with other parameters of the same shapes."""
    given = [] if args is None else list(args) if isinstance(args, tuple) else [args]
    named = dict(kwargs.items) if isinstance(kwargs, DictV) and kwargs.rest is None else {}
    return it.call(module, given, named)


@native("torch.func.stack_module_state")
def stack_module_state(it: Interp, models: Value) -> Value:
    """Two dicts: the parameters and the buffers of all models, stacked."""
    found, rest = items_of(it, models)
    if rest is not None or not all(isinstance(model, Instance) for model in found):
        return it.unknown(Reason.NO_RULE, "stack_module_state")
    message = ""
    if not found:
        message = "stack_module_state: Expected at least one model, got 0."
    elif len({it.truth(it.getattr(model, "training")) for model in found} - {None}) > 1:
        message = "stack_module_state: Expected all models to have the same training/eval mode."
    elif len(list(groupby(found, lambda model: model.cls if isinstance(model, Instance) else None))) > 1:
        message = "stack_module_state: Expected all models to be of the same class."
    if message:
        return it.refuse_with("invalid-argument", message, "RuntimeError", found)
    return _stacked(it, found, "named_parameters"), _stacked(it, found, "named_buffers")


def _stacked(it: Interp, models: list[Value], named: str) -> Value:
    states = []
    for model in models:
        pairs, rest = items_of(it, it.call(it.getattr(model, named)))
        if rest is not None:
            return it.unknown(Reason.NO_RULE, "stack_module_state")
        states.append({pair[0]: pair[1] for pair in pairs if isinstance(pair, tuple) and len(pair) == 2})
    if any(state.keys() != states[0].keys() for state in states):
        return it.unknown(Reason.NO_RULE, "stack_module_state")
    return DictV({key: it.op("torch.stack", ListV([state[key] for state in states])) for key in states[0]})
