"""Functions that PyTorch writes in Python, by what they hand their arguments to: there the arguments are parsed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache

from ..dims import Expr
from ..values import ListV, Tensor, Unknown, Value
from .errors import Lift

_SPLIT = "INPUT.size(); torch.split(INPUT, SIZE, dim) if whole(SIZE) else torch.split_with_sizes(INPUT, SIZE, dim)"
#: Qualified name → what is called, in order, with the function's own parameters; what has no matter is left out.
#: `x.name(…)` is a method of a tensor.
_FUNCTIONAL = {
    "softmax": "input.softmax(dim)",
    "log_softmax": "input.log_softmax(dim)",
    "softmin": "torch.neg(input)",
    "gumbel_softmax": "logits.softmax(dim)",
    "tanh": "input.tanh()",
    "sigmoid": "input.sigmoid()",
    "softsign": "input.abs()",
    "tanhshrink": "input.tanh()",
    "relu": "torch.relu_(input) if inplace else torch.relu(input)",
    "relu6": "torch._C._nn.relu6_(input) if inplace else torch._C._nn.relu6(input)",
    "silu": "torch._C._nn.silu_(input) if inplace else torch._C._nn.silu(input)",
    "mish": "torch._C._nn.mish_(input) if inplace else torch._C._nn.mish(input)",
    "hardswish": "torch._C._nn.hardswish_(input) if inplace else torch._C._nn.hardswish(input)",
    "hardsigmoid": "torch._C._nn.hardsigmoid_(input) if inplace else torch._C._nn.hardsigmoid(input)",
    "selu": "torch.selu_(input) if inplace else torch.selu(input)",
    "celu": "torch.celu_(input, alpha) if inplace else torch.celu(input, alpha)",
    "elu": "torch._C._nn.elu_(input, alpha) if inplace else torch._C._nn.elu(input, alpha)",
    "leaky_relu":
        "torch._C._nn.leaky_relu_(input, negative_slope) if inplace else"
        " torch._C._nn.leaky_relu(input, negative_slope)",
    "hardtanh":
        "torch._C._nn.hardtanh_(input, min_val, max_val) if inplace else"
        " torch._C._nn.hardtanh(input, min_val, max_val)",
    "glu": "input.dim(); torch._C._nn.glu(input, dim)",
    "dropout": "torch.dropout_(input, p, training) if inplace else torch.dropout(input, p, training)",
    "layer_norm": "torch.layer_norm(input, normalized_shape, weight, bias, eps, True)",
    "rms_norm": "torch.rms_norm(input, normalized_shape, weight, eps)",
    "group_norm": "input.dim(); torch.group_norm(input, num_groups, weight, bias, eps, True)",
    "interpolate": "input.dim()",
    "embedding": "torch.embedding(weight, input)",
    "max_pool1d": "torch.max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode)",
    "max_pool2d": "torch.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)",
    "max_pool3d": "torch.max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode)",
    "adaptive_avg_pool2d": "input.size(); torch._C._nn.adaptive_avg_pool2d(input, output_size)",
    "adaptive_avg_pool3d": "input.size(); torch._C._nn.adaptive_avg_pool3d(input, output_size)",
    "adaptive_max_pool2d": "input.size(); torch._C._nn.adaptive_max_pool2d(input, output_size)",
    "adaptive_max_pool3d": "input.size(); torch._C._nn.adaptive_max_pool3d(input, output_size)",
    "pad": "torch._C._nn.pad(input, pad, mode, value)",
    "unfold": "torch._C._nn.im2col(input, pair(kernel_size), pair(dilation), pair(padding), pair(stride))",
    "fold":
        "torch._C._nn.col2im(input, pair(output_size), pair(kernel_size), pair(dilation), pair(padding),"
        " pair(stride))",
    "normalize": "input.norm()",
    "cross_entropy": "torch._C._nn.cross_entropy_loss(input, target, weight)",
    "nll_loss": "torch._C._nn.nll_loss_nd(input, target, weight)",
    "binary_cross_entropy_with_logits": "target.size(); input.size()",
    "binary_cross_entropy": "target.size(); input.size()",
    "mse_loss": "target.size(); input.size()",
    "l1_loss": "target.size(); input.size()",
    "smooth_l1_loss": "target.size(); input.size()",
}  # fmt: skip
#: Layers that look at the rank of their input before anything else.
_DIM_FIRST = (
    "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "LSTM", "GRU",
    "RNN",
)  # fmt: skip
WRAPPED: dict[str, str] = {
    **{f"torch.nn.functional.{name}": calls for name, calls in _FUNCTIONAL.items()},
    **{f"torch.nn.{name}.forward": "input.dim()" for name in _DIM_FIRST},
    "torch.Tensor.unflatten": "input.unflatten(dim, sizes)",
    "torch.split": _SPLIT.replace("SIZE", "split_size_or_sections").replace("INPUT", "tensor"),
    "torch.functional.split": _SPLIT.replace("SIZE", "split_size_or_sections").replace("INPUT", "tensor"),
    "torch.Tensor.split": _SPLIT.replace("SIZE", "split_size").replace("INPUT", "input"),
}


def calls(name: str, bound: Mapping[str, Value]) -> Iterator[tuple[str, list[Value]]]:
    """What a function of the table calls with these arguments: (qualified name, arguments). Lift if nobody knows."""
    for statement in _statements(WRAPPED[name]):
        yield _call(statement, bound)


def targets() -> set[str]:
    """Every function that is called."""
    found: set[str] = set()
    for text in WRAPPED.values():
        for statement in _statements(text):
            found |= {_target(node) for node in ast.walk(statement) if isinstance(node, ast.Call)}
    return found


def _target(node: ast.Call) -> str:
    text = ast.unparse(node.func)
    owner, _, name = text.rpartition(".")
    return text if text.startswith("torch.") else f"torch.Tensor.{name}" if owner else text


@cache
def _statements(text: str) -> tuple[ast.expr, ...]:
    return tuple(ast.parse(part.strip(), mode="eval").body for part in text.split(";"))


def _call(node: ast.expr, bound: Mapping[str, Value]) -> tuple[str, list[Value]]:
    match node:
        case ast.IfExp():
            chosen = _value(node.test, bound)
            if not isinstance(chosen, bool):
                raise Lift()
            return _call(node.body if chosen else node.orelse, bound)
        case ast.Call():
            target = _target(node)
            handed = [_value(arg, bound) for arg in node.args]
            if target.startswith("torch.Tensor."):
                assert isinstance(node.func, ast.Attribute)
                handed.insert(0, _value(node.func.value, bound))
            return target, handed
    raise AssertionError(ast.dump(node))


def _value(node: ast.expr, bound: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return bound[node.id]
        case ast.Call(func=ast.Name(id="pair"), args=[argument]):
            value = _value(argument, bound)
            if isinstance(value, Unknown):
                raise Lift(value)
            return value if isinstance(value, tuple | ListV) else (value, value)
        case ast.Call(func=ast.Name(id="whole"), args=[argument]):
            value = _value(argument, bound)
            if isinstance(value, Unknown | Tensor):
                raise Lift()
            return isinstance(value, int | Expr)
    raise AssertionError(ast.dump(node))
