"""Where tensors lie: what names a device, which two may be the same, and what PyTorch says where they are not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..values import Instance, Tensor, Value
from .checks import refuse
from .defaults import DEFAULTS
from .errors import ShapeError

_NOWHERE = ("meta", "numpy")


def named(value: Value) -> str | None:
    """The device that a `device=` argument names; None: one that is not known."""
    if isinstance(value, str):
        return value
    if isinstance(value, Instance) and value.cls.native == "torch.device":
        kind, index = value.attrs.get("type"), value.attrs.get("index")
        if isinstance(kind, str) and index is None:
            return kind
        if isinstance(kind, str) and isinstance(index, int):
            return f"{kind}:{index}"
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return f"cuda:{value}"
    return None


def same_device(a: str, b: str) -> bool:
    """Whether two devices may be the same one: a device without a number is the current one of its kind. What meets
    the meta device is not looked at."""
    if a == b or not DEFAULTS.followed:
        return True
    kind, other = a.partition(":")[0], b.partition(":")[0]
    if kind == other:
        return ":" not in a or ":" not in b or kind == "cpu"
    return kind in _NOWHERE or other in _NOWHERE


def device_text(device: str) -> str:
    """As PyTorch prints it: an accelerator has a number."""
    return device if ":" in device or device in ("cpu", "meta", "mps") else f"{device}:0"


def two_devices(a: str, b: str) -> ShapeError:
    """Operands of a pointwise step on two devices: the one that is not the CPU is named first."""
    if a == "cpu":
        a, b = b, a
    return refuse(
        "device-mismatch",
        "Expected all tensors to be on the same device, but found at least two devices,"
        f" {device_text(a)} and {device_text(b)}!",
    )


def require_linear(input: Tensor, weight: Tensor | None, bias: Any, *, fused: bool) -> None:
    """`input @ weight + bias`: fused with the bias it is one kernel, which looks at the bias first."""
    if fused and isinstance(bias, Tensor):
        require_one_device((("self", bias), ("mat1", input), ("mat2", weight)), "addmm")
    else:
        require_one_device((("self", input), ("mat2", weight), ("self", bias if isinstance(bias, Tensor) else None)))


def require_one_device(operands: Iterable[tuple[str, Tensor | None]], method: str = "") -> None:
    """What each kernel with several operands checks; they are named as it names them, in its order. (Of a 0-d tensor
    it depends on the kernel whether it may lie elsewhere.)"""
    common: str | None = None
    for name, tensor in operands:
        if tensor is None or tensor.device is None or tensor.device in _NOWHERE or tensor.dims == ():
            continue
        if common is None:
            common = tensor.device
        elif not same_device(common, tensor.device):
            where = f" (when checking argument in method wrapper_CUDA_{method})" if method else ""
            raise refuse(
                "device-mismatch",
                f"Expected all tensors to be on the same device, but got {name} is on {device_text(tensor.device)},"
                f" different from other tensors on {device_text(common)}{where}",
            )
