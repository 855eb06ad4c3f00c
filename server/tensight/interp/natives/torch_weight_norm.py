"""torch.nn.utils: weight normalisation by hooks, and convolutions that take in the batch normalisation behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...values import Instance, Tensor, Unknown, Value
from .registry import NATIVES, native

if TYPE_CHECKING:
    from ..machine import Interp


@native("torch.nn.utils.weight_norm", "torch.nn.utils.weight_norm.weight_norm")
def weight_norm(it: Interp, module: Value, name: Value = "weight", dim: Value = 0) -> Value:
    """Parameters `weight_g` (lengths along an axis, or of all) and `weight_v` (directions) make `weight`."""
    weight = module.attrs.get(name) if isinstance(module, Instance) and isinstance(name, str) else None
    if not isinstance(module, Instance) or not isinstance(weight, Tensor) or f"{name}_g" in module.attrs:
        return module
    length = Tensor(None, weight.dtype, weight.device, parameter=True, unknown=weight.unknown)
    if not weight.is_open and (dim is None or isinstance(dim, int)):
        at = -1 if dim is None else dim
        sizes = tuple(size if i == at else 1 for i, size in enumerate(weight.shape)) if at != -1 else ()
        length = Tensor(sizes, weight.dtype, weight.device, parameter=True)
    it.journal.write(module, str(name), replace(weight, parameter=False))
    it.journal.write(module, f"{name}_g", length)
    it.journal.write(module, f"{name}_v", replace(weight, parameter=True))
    return module


@native("torch.nn.utils.remove_weight_norm", "torch.nn.utils.weight_norm.remove_weight_norm")
def remove_weight_norm(it: Interp, module: Value, name: Value = "weight") -> Value:
    """`weight` is a parameter again."""
    if isinstance(module, Instance) and isinstance(name, str) and f"{name}_g" in module.attrs:
        weight = module.attrs.get(name)
        for part in ("g", "v"):
            it.journal.delete(module.attrs, f"{name}_{part}", module.born)
        if isinstance(weight, Tensor):
            it.journal.write(module, name, replace(weight, parameter=True))
    return module


@native("torch.nn.utils.fuse_conv_bn_eval", "torch.nn.utils.fusion.fuse_conv_bn_eval")
def fuse_conv_bn_eval(it: Interp, conv: Value, bn: Value, transpose: Value = False) -> Value:
    """A copy of the convolution, with a bias."""
    fused = it.call(NATIVES["copy.deepcopy"], [conv])
    if not isinstance(fused, Instance) or not isinstance(bn, Instance):
        return fused
    weight, mean = fused.attrs.get("weight"), bn.attrs.get("running_mean")
    if isinstance(weight, Tensor) and isinstance(mean, Tensor) and not isinstance(fused.attrs.get("bias"), Unknown):
        it.journal.write(fused, "bias", Tensor(mean.dims, weight.dtype, weight.device, parameter=True))
    return fused
