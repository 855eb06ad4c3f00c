"""einops beside numpy: asnumpy, and einops.array_api, which takes arrays only."""

from __future__ import annotations

from typing import Any

from ..ops.conversion import numpy
from ..ops.errors import Lift
from ..ops.kinds import Int, Raw, Text
from ..ops.registry import op
from ..values import ListV, Tensor, Value
from . import einops


@op("einops.asnumpy", "einops.einops.asnumpy", open_rank=True)
def asnumpy(tensor: Raw) -> Value:
    """An array of the same elements, wherever the tensor lies."""
    if not isinstance(tensor, Tensor):
        raise Lift()
    return numpy.function(tensor, True)


def _arrays(value: Any) -> Any:
    """Arrays, or a list of them: a tensor has no `__array_namespace__`."""
    items = value.items if isinstance(value, ListV) and value.rest is None else [value]
    if not items or not all(isinstance(item, Tensor) and item.device == "numpy" for item in items):
        raise Lift()
    return value


@op("einops.array_api.rearrange", open_rank=True)
def rearrange(tensor: Raw, pattern: Text, **axes_lengths: Int) -> Tensor:
    """As einops.rearrange."""
    return einops.rearrange.function(_arrays(tensor), pattern, **axes_lengths)  # type: ignore[no-any-return]


@op("einops.array_api.repeat", open_rank=True)
def repeat(tensor: Raw, pattern: Text, **axes_lengths: Int) -> Tensor:
    """As einops.repeat."""
    return einops.repeat.function(_arrays(tensor), pattern, **axes_lengths)  # type: ignore[no-any-return]


@op("einops.array_api.reduce", open_rank=True)
def reduce(tensor: Raw, pattern: Text, reduction: Raw, **axes_lengths: Int) -> Tensor:
    """As einops.reduce."""
    return einops.reduce.function(_arrays(tensor), pattern, reduction, **axes_lengths)  # type: ignore[no-any-return]


@op("einops.array_api.asnumpy", open_rank=True)
def from_dlpack(tensor: Raw) -> Value:
    """The array of a tensor on the CPU."""
    if not isinstance(tensor, Tensor) or tensor.device not in ("cpu", "numpy"):
        raise Lift()
    return numpy.function(tensor, True)


@op("einops.array_api.pack", open_rank=True)
def pack(tensors: Raw, pattern: Text) -> Value:
    """As einops.pack."""
    return einops.pack.function(_arrays(tensors), pattern)


@op("einops.array_api.unpack", open_rank=True)
def unpack(tensor: Raw, packed_shapes: Raw, pattern: Text) -> Value:
    """As einops.unpack."""
    return einops.unpack.function(_arrays(tensor), packed_shapes, pattern)
