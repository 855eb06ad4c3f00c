"""What a tensor says of backends and of its history, and dunder methods that are called by name."""

from __future__ import annotations

from ..values import CONTIGUOUS, Scalar, Tensor, Value
from .kinds import Raw
from .matmul import matmul
from .properties import _on, attribute
from .registry import op

for _kind in ("ipu", "maia", "mtia", "vulkan", "xla"):
    attribute(f"is_{_kind}")(_on(_kind))


@attribute("retains_grad")
def retains_grad(tensor: Tensor) -> Value:
    """Whether `retain_grad` was called on what is no leaf."""
    return Scalar("bool")


@attribute("output_nr", "_version")
def count(tensor: Tensor) -> Value:
    """Numbers of autograd's bookkeeping."""
    return Scalar("int")


@attribute("volatile")
def volatile(tensor: Tensor) -> Value:
    """A flag of long ago."""
    return False


@op("torch.Tensor.is_contiguous")
def is_contiguous(input: Tensor, memory_format: Raw = None) -> Value:
    """Certain only where the strides are followed."""
    if memory_format is None and input.strides == CONTIGUOUS and input.rank:
        return True
    return Scalar("bool")


@op("torch.Tensor.__reversed__")
def reversed_(input: Tensor) -> Tensor:
    """All axes flipped."""
    return input.alike()


@op("torch.Tensor.__deepcopy__")
def deepcopy(input: Tensor, memo: Raw) -> Tensor:
    """A tensor of its own."""
    return input.alike()


@op("torch.Tensor.__rmatmul__")
def rmatmul(input: Tensor, other: Tensor) -> Value:
    """`other @ input`."""
    return matmul(other, input)
