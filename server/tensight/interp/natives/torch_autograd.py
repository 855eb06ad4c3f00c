"""torch.autograd, checkpointing, torch.func, parallel wrappers: what calls the program's own functions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...values import (
    ClassV,
    DictV,
    FunctionV,
    Instance,
    ListV,
    Native,
    OneOf,
    Reason,
    Scalar,
    StaticMethodV,
    Tensor,
    Unknown,
    Value,
)
from .registry import CLASS_HOOKS, MODULES, native, plain_class
from .support import items_of, unwrap_function
from .torch_module_state import MODULE

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update({"torch.autograd", "torch.utils.checkpoint", "torch.func", "torch.nn.parallel"})

# ---- torch.autograd.Function
FUNCTION = "torch.autograd.Function"
plain_class(FUNCTION)
plain_class("torch.autograd.function.FunctionCtx")
plain_class("torch.autograd.function.InplaceFunction", FUNCTION)


def _apply_of(cls: ClassV) -> Native:
    """`Mine.apply`: the static `forward` with a context; `setup_context` where the class has one."""

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        forward = unwrap_function(cls.lookup("forward"))
        if not isinstance(forward, FunctionV):
            return it.unknown(Reason.OPAQUE, f"{cls.name}.apply")
        ctx = it.new("torch.autograd.function.FunctionCtx", needs_input_grad=tuple(Scalar("bool") for _ in args))
        setup = unwrap_function(cls.lookup("setup_context"))
        if isinstance(setup, FunctionV):
            result = it.call(forward, args, kwargs)
            it.call(setup, [ctx, tuple(args), result])
        else:
            result = it.call(forward, [ctx, *args], kwargs)
        return _as_results(result)

    return Native(f"{cls.name}.apply", call)


def _as_results(value: Value) -> Value:
    """Outputs are tensors of their own, also where `forward` returned an input."""
    if isinstance(value, Tensor):
        return replace(value, parameter=False, made_by=None) if value.parameter else value
    return value


@native(f"{FUNCTION}.apply")
def apply(it: Interp, *args: Value, **kwargs: Value) -> Value:
    """Reached through an instance or an unknown class."""
    if args and isinstance(args[0], Instance):
        return it.call(_apply_of(args[0].cls), list(args[1:]), kwargs)
    return it.unknown(Reason.OPAQUE, "Function.apply")


def give_apply(it: Interp, cls: ClassV) -> None:
    """A class of the program that derives from Function gets an `apply` that knows the class."""
    cls.namespace.setdefault("apply", StaticMethodV(_apply_of(cls)))


CLASS_HOOKS[FUNCTION] = give_apply


@native("torch.autograd.function.FunctionCtx.save_for_backward")
def save_for_backward(it: Interp, self: Value, *tensors: Value) -> Value:
    if isinstance(self, Instance):
        it.journal.set(self.attrs, "saved_tensors", tuple(tensors))
    return None


@native(
    "torch.autograd.function.FunctionCtx.mark_dirty", "torch.autograd.function.FunctionCtx.mark_non_differentiable",
    "torch.autograd.function.FunctionCtx.set_materialize_grads", "torch.autograd.function.FunctionCtx.save_for_forward",
)  # fmt: skip
def ctx_nothing(it: Interp, self: Value, *args: Value) -> Value:
    return None


# ---- gradients
def _like(value: Value) -> Value:
    """A gradient: a tensor of the same shape, None where the input is not used."""
    if isinstance(value, Tensor):
        return replace(value.alike(), entry=None)
    return Unknown(Reason.DATA_DEPENDENT, "a gradient")


@native("torch.autograd.grad")
def grad(
    it: Interp, outputs: Value, inputs: Value, grad_outputs: Value = None, retain_graph: Value = None,
    create_graph: Value = False, only_inputs: Value = True, allow_unused: Value = None, is_grads_batched: Value = False,
    materialize_grads: Value = False,
) -> Value:  # fmt: skip
    """A tuple of gradients shaped as the inputs."""
    if isinstance(inputs, Tensor):
        found, rest = [inputs], None
    else:
        found, rest = items_of(it, inputs)
    if rest is not None or is_grads_batched is not False:
        return it.unknown(Reason.DATA_DEPENDENT, "gradients")
    gradients = [_like(value) for value in found]
    if allow_unused is True and materialize_grads is not True:
        gradients = [g if isinstance(g, Unknown) else OneOf((None, g)) for g in gradients]
    return tuple(gradients)


@native("torch.autograd.Variable", "torch.autograd.variable.Variable")
def variable(it: Interp, data: Value, *args: Value, **kwargs: Value) -> Value:
    return data


@native("torch.autograd.gradcheck", "torch.autograd.gradgradcheck")
def gradcheck(it: Interp, func: Value, inputs: Value, *args: Value, **kwargs: Value) -> Value:
    return True


@native("torch.autograd.functional.vjp", "torch.autograd.functional.jvp", "torch.autograd.functional.hvp",
        "torch.func.vjp", "torch.func.jvp", "torch.func.linearize", "torch.func.stack_module_state",
        "torch.func.functionalize")  # fmt: skip
def derivative(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return it.unknown(Reason.NO_RULE, "derivatives of functions")


def _derived(it: Interp, result: Value, input: Value, times: int) -> Value:
    """One axis of the result, then those of the input, once for each derivative."""
    if not isinstance(result, Tensor) or not isinstance(input, Tensor) or result.is_open or input.is_open:
        return it.unknown(Reason.NO_RULE, "derivatives of functions")
    return result.with_dims(*result.shape, *input.shape * times)


@native("torch.autograd.functional.jacobian")
def jacobian(it: Interp, func: Value, inputs: Value, *args: Value, **kwargs: Value) -> Value:
    given = list(inputs) if isinstance(inputs, tuple) else [inputs]
    return _derived(it, it.call(func, given), inputs, 1)


@native("torch.autograd.functional.hessian")
def hessian(it: Interp, func: Value, inputs: Value, *args: Value, **kwargs: Value) -> Value:
    given = list(inputs) if isinstance(inputs, tuple) else [inputs]
    result = it.call(func, given)
    single = isinstance(result, Tensor) and not result.is_open
    return _derived(it, result.with_dims() if single else result, inputs, 2)


def _transform(name: str, times: int) -> None:
    @native(f"torch.func.{name}")
    def transform(it: Interp, func: Value, argnums: Value = 0, has_aux: Value = False, **options: Value) -> Value:
        """A function that gives derivatives with regard to one argument."""

        def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
            result = it.call(func, args, kwargs)
            if not isinstance(argnums, int) or has_aux is not False or not 0 <= argnums < len(args):
                return it.unknown(Reason.NO_RULE, "derivatives of functions")
            return _derived(it, result, args[argnums], times)

        return Native(f"torch.func.{name}", call)


_transform("jacrev", 1)
_transform("jacfwd", 1)
_transform("hessian", 2)


# ---- checkpointing
@native("torch.utils.checkpoint.checkpoint")
def checkpoint(
    it: Interp, function: Value, *args: Value, use_reentrant: Value = None, context_fn: Value = None,
    determinism_check: Value = None, debug: Value = False, early_stop: Value = True, preserve_rng_state: Value = True,
    **kwargs: Value,
) -> Value:  # fmt: skip
    return it.call(function, args, kwargs)


@native("torch.utils.checkpoint.checkpoint_sequential")
def checkpoint_sequential(
    it: Interp, functions: Value, segments: Value, input: Value, use_reentrant: Value = None, **kwargs: Value
) -> Value:
    items, rest = items_of(it, functions)
    for function in items:
        input = it.call(function, [input])
    return input if rest is None else it.unknown(Reason.DATA_DEPENDENT, "checkpoint_sequential")


# ---- torch.func
@native("torch.func.functional_call", "torch.nn.utils.stateless.functional_call")
def functional_call(
    it: Interp, module: Value, parameter_and_buffer_dicts: Value, args: Value = None, kwargs: Value = None,
    **options: Value,
) -> Value:  # fmt: skip
    """The module's forward with other parameters of the same shapes."""
    given = [] if args is None else list(args) if isinstance(args, tuple) else [args]
    named = dict(kwargs.items) if isinstance(kwargs, DictV) and kwargs.rest is None else {}
    return it.call(module, given, named)


@native("torch.func.grad")
def func_grad(it: Interp, func: Value, argnums: Value = 0, has_aux: Value = False) -> Value:
    """A function that gives the gradient with regard to one argument."""
    return _gradient(func, argnums, has_aux, with_value=False)


@native("torch.func.grad_and_value")
def grad_and_value(it: Interp, func: Value, argnums: Value = 0, has_aux: Value = False) -> Value:
    """The same, and what the function gave."""
    return _gradient(func, argnums, has_aux, with_value=True)


def _gradient(func: Value, argnums: Value, has_aux: Value, *, with_value: bool) -> Value:
    position = argnums if isinstance(argnums, int) else None

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        result = it.call(func, args, kwargs)
        if position is None or has_aux is not False or not 0 <= position < len(args):
            return it.unknown(Reason.DATA_DEPENDENT, "gradients")
        gradient = _tree_like(args[position])
        return (gradient, result) if with_value else gradient

    return Native("torch.func.grad", call)


def _tree_like(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(_tree_like(v) for v in value)
    if isinstance(value, DictV):
        return DictV({k: _tree_like(v) for k, v in value.items.items()}, value.rest, value.kind)
    if isinstance(value, ListV):
        return ListV([_tree_like(v) for v in value.items], value.rest)
    return _like(value)


@native("torch.func.vmap", "torch.vmap")
def vmap(it: Interp, func: Value, in_dims: Value = 0, out_dims: Value = 0, **kwargs: Value) -> Value:
    """A function that runs once on slices; the axis comes back in the results."""

    def call(it: Interp, args: list[Value], named: dict[str, Value]) -> Value:
        axes = list(in_dims) if isinstance(in_dims, tuple) else [in_dims] * len(args)
        size: Value = None
        inner: list[Value] = []
        for value, axis in zip(args, axes):
            if axis is None:
                inner.append(value)
                continue
            if not isinstance(value, Tensor) or value.is_open or not isinstance(axis, int) or value.rank == 0:
                return it.unknown(Reason.NO_RULE, "vmap")
            if not -value.rank <= axis < value.rank:
                return it.unknown(Reason.NO_RULE, "vmap")
            size = value.shape[axis] if size is None else size
            dims = list(value.shape)
            del dims[axis]
            inner.append(value.with_dims(*dims))
        if size is None or len(axes) != len(args):
            return it.unknown(Reason.NO_RULE, "vmap")
        return _batched(it, it.call(func, inner, named), size, out_dims)

    return Native("torch.vmap", call)


def _batched(it: Interp, value: Value, size: Value, axis: Value) -> Value:
    if isinstance(value, tuple):
        axes = list(axis) if isinstance(axis, tuple) else [axis] * len(value)
        return tuple(_batched(it, v, size, a) for v, a in zip(value, axes))
    if isinstance(value, DictV) and value.rest is None:
        return DictV({k: _batched(it, v, size, axis) for k, v in value.items.items()}, None, value.kind)
    if isinstance(value, Tensor) and not value.is_open and isinstance(axis, int):
        dims = list(value.shape)
        dims.insert(axis if axis >= 0 else axis + len(dims) + 1, size)
        return value.with_dims(*dims)
    return it.unknown(Reason.NO_RULE, "vmap")


# ---- parallel wrappers: transparent
for _name in ("torch.nn.DataParallel", "torch.nn.parallel.DistributedDataParallel",
              "torch.distributed.fsdp.FullyShardedDataParallel"):  # fmt: skip
    plain_class(_name, MODULE)

    @native(f"{_name}.__init__")
    def parallel_init(it: Interp, self: Value, module: Value, *args: Value, **kwargs: Value) -> Value:
        if isinstance(self, Instance):
            it.journal.set(self.attrs, "training", True)
            it.journal.set(self.attrs, "module", module)
        return None

    @native(f"{_name}.forward")
    def parallel_forward(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
        return it.call(it.getattr(self, "module"), args, kwargs)

    @native(f"{_name}.no_sync")
    def no_sync(it: Interp, self: Value) -> Value:
        return it.new("torch.autocast")


plain_class("torch.nn.parallel.DataParallel", "torch.nn.DataParallel")


@native("torch.nn.SyncBatchNorm.convert_sync_batchnorm")
def convert_sync_batchnorm(it: Interp, *args: Value, **kwargs: Value) -> Value:
    """The module itself; called on the class or with it."""
    values = [value for value in args if not isinstance(value, ClassV)]
    return values[0] if values else kwargs.get("module", it.unknown(Reason.NO_RULE, "convert_sync_batchnorm"))
