"""Lazy layers: the first call settles the sizes of their parameters; from then on they are ordinary ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..modules.registry import Attrs, LayerRule
from ..ops.properties import is_uninitialized
from ..values import Instance, Reason, Tensor, Unknown, Value

if TYPE_CHECKING:
    from .machine import Interp


def forget_uninitialized(it: Interp) -> None:
    """Something that was not followed may have called the lazy layers: their parameters may have shapes now."""
    for instance in it.lazy:
        for name, value in list(instance.attrs.items()):
            if isinstance(value, Tensor) and is_uninitialized(value):
                it.journal.write(instance, name, replace(value, unknown=Unknown(Reason.OPAQUE, "a lazy layer")))
    it.lazy.clear()


def settled(it: Interp, layer: LayerRule, self: Instance, args: list[Value], kwargs: dict[str, Value]) -> bool:
    """The first call of a lazy layer: its parameters get their sizes. Whether it is an ordinary layer now."""
    from .calls import apply_rule

    if "class" in self.extra:
        return True
    assert layer.settle is not None
    if "output_size" in kwargs or len(args) > 1:
        kwargs, args = {k: v for k, v in kwargs.items() if k != "output_size"}, args[:1]
    found = apply_rule(it, layer.settle, [Attrs(self.attrs), *args], kwargs, layer.name, self)
    if not isinstance(found, dict):
        forget_uninitialized(it)
        return False
    for name, value in found.items():
        old = self.attrs.get(name)
        if isinstance(value, tuple):
            if not isinstance(old, Tensor) or old.dims is not None:
                continue
            value = replace(old, dims=value, unknown=None)
        it.journal.write(self, name, value)
    return True
