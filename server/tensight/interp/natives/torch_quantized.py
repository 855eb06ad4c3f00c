"""Layers that mark a network for quantization: before it is converted they do what their floating-point forms do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import Value
from .. import calls
from .registry import ALIASES, BASES, MODULES, native, plain_class

if TYPE_CHECKING:
    from ..machine import Interp

_FLOAT = "torch.ao.nn.quantized.FloatFunctional"
_STUBS = ("torch.ao.quantization.QuantStub", "torch.ao.quantization.DeQuantStub")

MODULES.update(
    {"torch.nn.quantized", "torch.nn.quantized.modules", "torch.ao.nn.quantized.modules", "torch.quantization"}
)
plain_class(_FLOAT, "torch.nn.Module")
for _other in ("torch.nn.quantized", "torch.nn.quantized.modules", "torch.ao.nn.quantized.modules"):
    ALIASES[f"{_other}.FloatFunctional"] = _FLOAT
for _stub in _STUBS:
    BASES[_stub] = ("torch.nn.Module",)
    ALIASES[_stub.replace("torch.ao.", "torch.")] = _stub


@native(*[f"{stub}.__init__" for stub in _STUBS])
def init(it: Interp, self: Value, qconfig: Value = None) -> Value:
    return it.call(it.getattr(it.native_class("torch.nn.Module"), "__init__"), [self])


@native(*[f"{stub}.forward" for stub in _STUBS])
def forward(it: Interp, self: Value, x: Value) -> Value:
    return x


@native(f"{_FLOAT}.add", f"{_FLOAT}.add_scalar")
def add(it: Interp, self: Value, x: Value, y: Value) -> Value:
    return calls.call_op(it, "torch.add", [x, y], {})


@native(f"{_FLOAT}.mul", f"{_FLOAT}.mul_scalar")
def mul(it: Interp, self: Value, x: Value, y: Value) -> Value:
    return calls.call_op(it, "torch.mul", [x, y], {})


@native(f"{_FLOAT}.matmul")
def matmul(it: Interp, self: Value, x: Value, y: Value) -> Value:
    return calls.call_op(it, "torch.matmul", [x, y], {})


@native(f"{_FLOAT}.add_relu")
def add_relu(it: Interp, self: Value, x: Value, y: Value) -> Value:
    return calls.call_op(it, "torch.nn.functional.relu", [add(it, self, x, y)], {})


@native(f"{_FLOAT}.cat")
def cat(it: Interp, self: Value, x: Value, dim: Value = 0) -> Value:
    return calls.call_op(it, "torch.cat", [x], {"dim": dim})
