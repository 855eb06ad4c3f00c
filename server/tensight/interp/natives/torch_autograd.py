"""torch.autograd, checkpointing, parallel wrappers: what calls the program's own functions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...values import (
    ClassV,
    FunctionV,
    Instance,
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
from .torch_autograd_backward import applied
from .torch_func import like, products
from .torch_module_moves import lose_devices
from .torch_module_state import MODULE

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update({"torch.autograd", "torch.utils.checkpoint", "torch.nn.parallel"})

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
        return applied(it, cls, ctx, args, result)

    return Native(f"{cls.name}.apply", call)


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
        it.journal.write(self, "saved_tensors", tuple(tensors))
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


# ---- torch.autograd.functional
def _called(it: Interp, func: Value, inputs: Value) -> Value:
    return it.call(func, list(inputs) if isinstance(inputs, tuple) else [inputs])


def _scalar(it: Interp, name: str, output: Value) -> Value | None:
    """What is returned instead of a derivative when the function gives no single number."""
    if not isinstance(output, Tensor):
        return it.unknown(Reason.NO_RULE, "derivatives of functions")
    if (
        output.is_open
        or all(size == 1 for size in output.shape)
        or not all(isinstance(size, int) for size in output.shape)
    ):
        return None
    message = f"The Tensor returned by the function given to {name} should contain a single element"
    return it.refuse_with("rank-mismatch", message, "RuntimeError", [output])


@native("torch.autograd.functional.jacobian")
def jacobian(it: Interp, func: Value, inputs: Value, *args: Value, **kwargs: Value) -> Value:
    return products(it, _called(it, func, inputs), inputs)


@native("torch.autograd.functional.hessian")
def hessian(it: Interp, func: Value, inputs: Value, *args: Value, **kwargs: Value) -> Value:
    output = _called(it, func, inputs)
    refused = _scalar(it, "hessian", output)
    if refused is not None or not isinstance(output, Tensor):
        return refused
    return products(it, products(it, output.with_dims(), inputs), inputs)


@native("torch.autograd.functional.vjp")
def vjp(it: Interp, func: Value, inputs: Value, v: Value = None, *args: Value, **kwargs: Value) -> Value:
    output = _called(it, func, inputs)
    if v is None and isinstance(output, Tensor) and not output.is_open and any(
        isinstance(size, int) and size != 1 for size in output.shape
    ):  # fmt: skip
        return it.refuse_with(
            "rank-mismatch",
            "The vector v can only be None if the user-provided function returns a single Tensor with a single"
            " element.",
            "RuntimeError",
            [output],
        )
    return output, like(it, inputs)


@native("torch.autograd.functional.jvp")
def jvp(it: Interp, func: Value, inputs: Value, *args: Value, **kwargs: Value) -> Value:
    output = _called(it, func, inputs)
    return output, like(it, output)


def _second(name: str) -> None:
    @native(f"torch.autograd.functional.{name}")
    def product(it: Interp, func: Value, inputs: Value, *args: Value, **kwargs: Value) -> Value:
        """What the function gives, and a product with its Hessian."""
        output = _called(it, func, inputs)
        refused = _scalar(it, name, output)
        return refused if refused is not None else (output, like(it, inputs))


_second("hvp")
_second("vhp")


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


# ---- parallel wrappers: transparent
for _name in ("torch.nn.DataParallel", "torch.nn.parallel.DistributedDataParallel",
              "torch.distributed.fsdp.FullyShardedDataParallel"):  # fmt: skip
    plain_class(_name, MODULE)

    @native(f"{_name}.__init__")
    def parallel_init(it: Interp, self: Value, module: Value, *args: Value, **kwargs: Value) -> Value:
        lose_devices()
        if isinstance(self, Instance):
            it.journal.write(self, "training", True)
            it.journal.write(self, "module", module)
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
