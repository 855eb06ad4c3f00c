"""Modules as a whole to another dtype or device: `.to`, `.half`, `.cuda`; and what moves them unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ...ops.defaults import DEFAULTS
from ...ops.devices import named
from ...values import DTYPES, DType, Instance, Kind, OneOf, Scalar, Tensor, Unknown, Value
from .registry import native
from .torch_module_state import every_module, own_buffers, own_parameters

if TYPE_CHECKING:
    from ..machine import Interp

#: It stays what it is.
_SAME: Final[Any] = object()


def convert(it: Interp, self: Value, dtype: Any = _SAME, device: Any = _SAME, only_floating: bool = True) -> Value:
    """All parameters and buffers in another dtype, on another device; None: one that is not known. Shared tensors stay
    shared.

    PyTorch moves the parameter itself: of the object that somebody else may hold nothing is known any more."""
    if not isinstance(self, Instance):
        return self
    done: dict[int, Tensor] = {}
    for module in every_module(self):
        for name, tensor in [*own_parameters(module), *own_buffers(module)]:
            kind = None if tensor.dtype is None else tensor.dtype.kind
            floating = not only_floating or kind in (None, Kind.FLOAT, Kind.COMPLEX)
            wanted = tensor.dtype if dtype is _SAME or not floating else dtype
            place = tensor.device if device is _SAME else device
            if wanted is tensor.dtype and place == tensor.device:
                continue
            if id(tensor) not in done:
                data = tensor.data if wanted is tensor.dtype else None
                made = done[id(tensor)] = replace(tensor, dtype=wanted, device=place, data=data)
                said = it.tensor_attrs.get(id(tensor))
                if said is not None:
                    it.tensor_attrs[id(made)] = (made, dict(said[1]))
                if tensor.parameter and place != tensor.device:
                    object.__setattr__(tensor, "device", None)
            it.journal.set(module.attrs, name, done[id(tensor)])
    return self


@native("torch.nn.Module.to")
def to(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    """By device, dtype or tensor."""
    dtype = device = _SAME
    for value in (*args, kwargs.get("dtype"), kwargs.get("device"), kwargs.get("tensor")):
        if isinstance(value, DType):
            dtype = value
        elif isinstance(value, Tensor):
            dtype, device = value.dtype, value.device
        elif value is None or isinstance(value, bool):
            continue
        elif _is_device(value):
            device = named(value)
        elif value is kwargs.get("dtype"):
            dtype = None
        elif value is kwargs.get("device"):
            device = None
        elif isinstance(value, Unknown | OneOf):
            dtype = device = None
    return convert(it, self, dtype, device)


def _is_device(value: Value) -> bool:
    if isinstance(value, OneOf):
        return all(option is None or _is_device(option) for option in value.options)
    if isinstance(value, Instance):
        return value.cls.native == "torch.device"
    return isinstance(value, str | int | Scalar)


def _conversion(name: str, dtype: DType) -> None:
    @native(f"torch.nn.Module.{name}")
    def to_dtype(it: Interp, self: Value) -> Value:
        return convert(it, self, dtype)


for _name in ("half", "float", "double", "bfloat16"):
    _conversion(_name, DTYPES[_name])


@native("torch.nn.Module.type")
def type_(it: Interp, self: Value, dst_type: Value) -> Value:
    return convert(it, self, dst_type if isinstance(dst_type, DType) else None, None, only_floating=False)


def _placing(name: str) -> None:
    @native(f"torch.nn.Module.{name}")
    def to_device(it: Interp, self: Value, device: Value = None) -> Value:
        if isinstance(device, int) and not isinstance(device, bool):
            return convert(it, self, device=f"{name}:{device}")
        return convert(it, self, device=name if device is None else named(device))


for _name in ("cuda", "xpu", "ipu", "mtia"):
    _placing(_name)


@native("torch.nn.Module.cpu")
def cpu(it: Interp, self: Value) -> Value:
    return convert(it, self, device="cpu")


@native("torch.nn.Module.to_empty")
def to_empty(it: Interp, self: Value, *, device: Value = None, recurse: Value = True) -> Value:
    return convert(it, self, device=None if device is None else named(device))


@native("torch.nn.Module.share_memory")
def same_module(it: Interp, self: Value) -> Value:
    return self


def lose_devices() -> None:
    """Something moves modules and tensors unseen: from here on nobody says that two of them lie apart."""
    DEFAULTS.followed = False
