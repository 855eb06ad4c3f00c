"""`loss.backward()`: the `backward` of the program's own autograd.Functions behind a loss is called, and what it
returns has to fit what `forward` got.

PyTorch calls it only where a gradient flows. That is certain along steps that are differentiated for sure, from an
input that needs a gradient for sure; elsewhere it is called in doubt: its shapes are shown, nothing is reported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...dims import Dim, Truth, equal
from ...values import Instance, Kind, ListV, Provenance, Scalar, Tensor, Unknown, Value
from .support import unwrap_function

if TYPE_CHECKING:
    from ..machine import Interp

_MOST_STEPS = 400
#: Steps whose first tensor is differentiated.
_FIRST = frozenset({
    "relu", "sigmoid", "tanh", "exp", "log", "sqrt", "abs", "sin", "cos", "gelu", "silu", "softplus", "elu",
    "leaky_relu", "softmax", "log_softmax", "sum", "mean", "logsumexp", "norm", "prod", "var", "std", "neg", "clone",
    "contiguous", "view", "reshape", "flatten", "squeeze", "unsqueeze", "transpose", "permute", "t", "T", "expand",
    "repeat", "chunk", "split", "unbind", "select", "narrow", "__getitem__", "linear", "conv1d", "conv2d", "conv3d",
    "layer_norm", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "cross_entropy", "nll_loss", "pow", "square",
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "interpolate", "max_pool2d", "avg_pool2d",
})  # fmt: skip
#: Steps all of whose tensors are differentiated.
_ALL = frozenset({
    "add", "sub", "mul", "div", "true_divide", "matmul", "mm", "bmm", "mv", "dot", "cat", "concat", "stack",
    "__add__", "__sub__", "__mul__", "__truediv__", "__matmul__", "__radd__", "__rsub__", "__rmul__",
})  # fmt: skip


def applied(it: Interp, function: Any, ctx: Instance, args: list[Value], result: Value) -> Value:
    """What `forward` gave, with the way back to it."""
    own = tuple(value for value in args if isinstance(value, Tensor))
    outputs = list(result) if type(result) is tuple else [result]
    made = []
    ctx.created = None
    ctx.extra.update(function=function, args=tuple(args), grad=it.grad_enabled)
    for value in outputs:
        if isinstance(value, Tensor):
            if value.parameter or any(value is other for other in own):
                value = replace(value, parameter=False, made_by=None)
            step = Provenance(f"{function.name}.apply", it.here(), own, ctx)
            object.__setattr__(value, "made_by", step)
        made.append(value)
    ctx.extra["outputs"] = tuple(made)
    return tuple(made) if type(result) is tuple else made[0]


def _flows_into(step: Provenance) -> tuple[Tensor, ...]:
    """The inputs of a step that certainly get a gradient where its result does."""
    if isinstance(step.layer, Instance):
        if "function" in step.layer.extra:
            return ()
        return step.inputs[:1] if (step.layer.cls.native or "").startswith("torch.nn.") else ()
    name = step.name.rpartition(".")[2]
    return step.inputs if name in _ALL else step.inputs[:1] if name in _FIRST else ()


def _is_float(tensor: Tensor) -> bool:
    return tensor.dtype is not None and tensor.dtype.kind is Kind.FLOAT


def _needs(it: Interp, tensor: Tensor) -> bool:
    """Whether a tensor certainly needs a gradient."""
    todo, seen = [tensor], 0
    while todo and seen < _MOST_STEPS:
        one = todo.pop()
        seen += 1
        said = it.tensor_attrs.get(id(one))
        if said is not None and said[0] is one and "requires_grad" in said[1]:
            if said[1]["requires_grad"] is True:
                return True
            continue
        if one.parameter and not it.frozen:
            return True
        step = one.made_by
        if step is not None and _is_float(one):
            layer = step.layer
            if isinstance(layer, Instance) and "function" not in layer.extra and not it.frozen:
                if any(isinstance(v, Tensor) and v.parameter for v in layer.attrs.values()):
                    return True
            todo += _flows_into(step)
    return False


def call_backwards(it: Interp, loss: Tensor) -> None:
    """Call the `backward` of each Function behind the loss, the last one first."""
    todo: list[tuple[Tensor, bool]] = [(loss, True)]
    seen: set[int] = set()
    while todo and len(seen) < _MOST_STEPS:
        tensor, flows = todo.pop(0)
        step = tensor.made_by
        if step is None or id(step) in seen:
            continue
        seen.add(id(step))
        ctx = step.layer
        if isinstance(ctx, Instance) and "function" in ctx.extra:
            certain = flows and _is_float(tensor) and ctx.extra["grad"] is True and it.grad_enabled is True
            certain = certain and not it.detached
            _backward(it, ctx, certain and any(_needs(it, v) for v in step.inputs))
            certain = False
            todo += [(other, certain) for other in step.inputs]
            continue
        certain = flows and _is_float(tensor)
        ways = _flows_into(step) if certain else ()
        todo += [(other, any(other is way for way in ways)) for other in step.inputs]


def _backward(it: Interp, ctx: Instance, certain: bool) -> None:
    cls = ctx.extra["function"]
    backward = unwrap_function(cls.lookup("backward"))
    if backward is None or ctx.extra.get("ran") or it.root is None:
        return
    it.journal.set(ctx.extra, "ran", True, ctx.born)
    gradients = [_like(value) for value in ctx.extra["outputs"]]
    it.doubt += not certain
    try:
        result = it.call(backward, [ctx, *gradients])
        if certain and it.certain:
            _check(it, cls.name, ctx.extra["args"], result)
    finally:
        it.doubt -= not certain


def _like(value: Value) -> Value:
    return replace(value.alike(), entry=None, data=None) if isinstance(value, Tensor) else None


def _check(it: Interp, name: str, inputs: tuple[Value, ...], result: Value) -> None:
    """PyTorch's own order: how many there are, of what kind they are, what shape they have."""
    if isinstance(result, Unknown):
        return
    given = list(result) if type(result) is tuple else [result]
    if any(isinstance(v, Unknown) for v in inputs):
        return
    extra = given[len(inputs) :]
    if len(given) < len(inputs) or any(isinstance(v, Tensor | int | float) for v in extra):
        message = f"function {name}Backward returned an incorrect number of gradients"
        _refuse(it, f"{message} (expected {len(inputs)}, got {len(given)})", given)
        return
    if any(v is not None and not isinstance(v, Tensor) for v in extra):
        return
    kinds = [gradient for value, gradient in zip(inputs, given) if isinstance(value, Tensor)]
    if not _kinds(it, kinds):
        return
    at = 0
    for position, (value, gradient) in enumerate(zip(inputs, given), 1):
        if not isinstance(value, Tensor):
            if gradient is not None and (value is None or isinstance(value, int | float | str | Scalar)):
                message = f"function {name}Backward returned a gradient different than None at position {position}"
                _refuse(it, f"{message}, but the corresponding forward input was not a Variable", given)
                return
            continue
        if isinstance(gradient, Tensor) and not _fits(value, gradient) and _needs(it, value):
            message = f"Function {name}Backward returned an invalid gradient at index {at}"
            got, wanted = (", ".join(map(str, v.shape)) for v in (gradient, value))
            _refuse(it, f"{message} - got [{got}] but expected shape compatible with [{wanted}]", [value, gradient])
            return
        at += 1


def _kinds(it: Interp, given: list[Any]) -> bool:
    """Whether each is a tensor or None."""
    for gradient in given:
        if gradient is None or isinstance(gradient, Tensor):
            continue
        name = "list" if isinstance(gradient, ListV) and gradient.kind == "list" else type(gradient).__name__
        if name in ("list", "tuple", "int", "float", "bool"):
            _refuse(it, f"expected Variable or None (got {name})", given)
        return False
    return True


def _fits(value: Tensor, gradient: Tensor) -> bool:
    """Whether the gradient may be summed to the shape of the input."""
    if value.is_open or gradient.is_open:
        return True
    if len(value.shape) > len(gradient.shape):
        return False
    pairs: list[tuple[Dim, Dim]] = list(zip(reversed(value.shape), reversed(gradient.shape)))
    return all(equal(a, 1) is not Truth.NO or equal(a, b) is not Truth.NO for a, b in pairs)


def _refuse(it: Interp, message: str, values: list[Any]) -> None:
    it.refuse_with("invalid-argument", message, "RuntimeError", [v for v in values if isinstance(v, Tensor)])
