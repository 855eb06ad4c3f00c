"""Methods of tensors that are about autograd, memory and Python objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dims import Truth, equal
from ...ops.checks import product
from ...values import INT64, PackedSequence, Reason, Scalar, Tensor, Value, forget, torch_size_text
from ...values.tensor import dims_fit
from .. import calls
from .registry import native, plain_class, prop
from .torch_autograd_backward import call_backwards

if TYPE_CHECKING:
    from ..machine import Interp


PACKED = "torch.nn.utils.rnn.PackedSequence"
plain_class(PACKED)


@prop(f"{PACKED}.data")
def packed_data(it: Interp, self: Value) -> Value:
    """The steps of all sequences, one after the other in time."""
    return self.data if isinstance(self, PackedSequence) else it.unknown(Reason.OPAQUE, "PackedSequence")


@prop(f"{PACKED}.batch_sizes")
def packed_sizes(it: Interp, self: Value) -> Value:
    """How many sequences there are at each step."""
    if not isinstance(self, PackedSequence):
        return it.unknown(Reason.OPAQUE, "PackedSequence")
    return Tensor((self.length,), INT64, "cpu")


@prop(f"{PACKED}.sorted_indices", f"{PACKED}.unsorted_indices")
def packed_order(it: Interp, self: Value) -> Value:
    """One index for each sequence; None if they were sorted."""
    return it.unknown(Reason.DATA_DEPENDENT, "the order of packed sequences")


@native(f"{PACKED}.to", f"{PACKED}.cuda", f"{PACKED}.cpu", f"{PACKED}.pin_memory")
def packed_moved(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    """The same on another device."""
    if (args and not isinstance(args[0], str)) or kwargs:
        return it.unknown(Reason.OPAQUE, "PackedSequence")
    return self


@native("torch.Tensor.backward")
def backward(it: Interp, self: Value, gradient: Value = None, *args: Value, **kwargs: Value) -> Value:
    """A tensor of several elements needs a gradient, of its own shape. (That it needs one at all is not followed.)"""
    if not isinstance(self, Tensor) or self.is_open:
        return None
    if gradient is None:
        count = product(self.shape)
        if equal(count, 1) is Truth.NO:
            message = "grad can be implicitly created only for scalar outputs"
            return it.refuse_with("rank-mismatch", message, "RuntimeError", [self])
    elif isinstance(gradient, Tensor) and not gradient.is_open and not dims_fit(gradient.shape, self.shape):
        message = (
            f"Mismatch in shape: grad_output[0] has a shape of torch.Size({torch_size_text(gradient.shape)}) and "
            f"output[0] has a shape of torch.Size({torch_size_text(self.shape)})."
        )
        return it.refuse_with("size-mismatch", message, "RuntimeError", [self, gradient])
    call_backwards(it, self)
    return None


@native("torch.Tensor.detach", "torch.Tensor.detach_", "torch.detach")
def detach(it: Interp, *args: Value, **kwargs: Value) -> Value:
    """The same values, without the way to their gradients."""
    it.detached = True
    return calls.call_op(it, "torch.Tensor.detach", list(args), kwargs)


@prop("torch.Tensor.requires_grad")
def requires_grad(it: Interp, self: Value) -> Value:
    """What was said of this object; parameters do unless somebody says otherwise of any."""
    said = it.tensor_attrs.get(id(self))
    if said is not None and "requires_grad" in said[1]:
        return said[1]["requires_grad"]
    if isinstance(self, Tensor) and self.parameter and not it.frozen:
        return True
    return it.unknown(Reason.DATA_DEPENDENT, "autograd")


@native("torch.Tensor.requires_grad_")
def requires_grad_(it: Interp, self: Value, requires_grad: Value = True) -> Value:
    if isinstance(self, Tensor):
        it.set_tensor_attr(self, "requires_grad", requires_grad)
    return self


@native("torch.Tensor.retain_grad", "torch.Tensor.__setstate__", "torch.Tensor.record_stream")
def nothing(it: Interp, self: Value, *args: Value) -> Value:
    return None


@native("torch.Tensor.register_hook", "torch.Tensor.register_post_accumulate_grad_hook")
def register_hook(it: Interp, self: Value, hook: Value) -> Value:
    return it.new("torch.utils.hooks.RemovableHandle")


@native("torch.Tensor.apply_", "torch.Tensor.map_")
def apply_(it: Interp, self: Value, *args: Value) -> Value:
    if isinstance(self, Tensor) and self.data is not None:
        forget(self)
    return self


@native("torch.Tensor.is_pinned", "torch.Tensor.is_shared", "torch.Tensor.is_inference", "torch.Tensor.is_set_to")
def undecided(it: Interp, self: Value, *args: Value) -> Value:
    return Scalar("bool")


@native("torch.Tensor.data_ptr", "torch.Tensor.get_device", "torch.Tensor.storage_offset", "torch.Tensor.__hash__")
def some_int(it: Interp, self: Value) -> Value:
    return Scalar("int")


@native("torch.Tensor.storage", "torch.Tensor.untyped_storage")
def opaque(it: Interp, self: Value) -> Value:
    return it.unknown(Reason.OPAQUE, "storage")


@native("torch.Tensor.__repr__", "torch.Tensor.__str__", "torch.Tensor.__format__")
def text(it: Interp, self: Value, *args: Value) -> Value:
    return Scalar("str")
