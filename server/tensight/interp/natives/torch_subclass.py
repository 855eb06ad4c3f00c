"""Tensors of a subclass (`torchvision.tv_tensors.Mask`): tensors that know what they are, for v2's transforms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...values import DictV, ListV, Tensor, Unknown, Value
from ..classes import subclass_of
from .torch_parameter import of_class

if TYPE_CHECKING:
    from ..machine import Interp

#: Transforms that change the size of images, and of masks with them.
SIZED = frozenset({
    "Resize", "CenterCrop", "RandomCrop", "RandomResizedCrop", "Pad", "RandomRotation", "RandomResize",
    "RandomShortestSize", "ScaleJitter", "RandomZoomOut", "RandomIoUCrop",
})  # fmt: skip
#: The classes whose size is that of the image.
_TV, _KINDS = "torchvision.tv_tensors", frozenset({"Image", "Mask", "Video"})


def marked(it: Interp, before: Value, after: Value) -> Value:
    """What a transform made of a tensor of a subclass is one of the same."""
    cls = subclass_of(it, before) if isinstance(before, Tensor) else None
    if cls is not None and isinstance(after, Tensor) and after is not before:
        return of_class(it, cls, after)
    return after


def following(it: Interp, value: Value, resized: Callable[[Tensor], Value], changing: bool) -> Value:
    """A further input of a transform, `changing` sizes or not."""
    if not changing:
        return value
    if isinstance(value, Tensor):
        cls = subclass_of(it, value)
        if cls is None or cls.name not in _KINDS or not cls.module.startswith(_TV):
            return value
        after = resized(value)
        if isinstance(after, Tensor) and after.dtype is not value.dtype:
            after = after.with_dtype(value.dtype)
        return marked(it, value, after)
    if isinstance(value, ListV):
        return ListV([following(it, v, resized, changing) for v in value.items], value.rest, value.kind)
    if type(value) is tuple:
        return tuple(following(it, v, resized, changing) for v in value)
    if isinstance(value, DictV) and value.rest is None:
        items = {key: following(it, v, resized, changing) for key, v in value.items.items()}
        return replace(value, items=items) if not any(isinstance(v, Unknown) for v in items.values()) else value
    return value
