"""The builtins that are the interpreter's own matter: object, type, super, and what classes are named by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ClassV, FunctionV, Reason, SuperV, Value
from .registry import BASES, native_class, plain_class

if TYPE_CHECKING:
    from ..machine import Interp

for _name in (
    "builtins.NoneType", "builtins.iterator", "builtins.ellipsis", "builtins.NotImplementedType", "types.FunctionType",
    "types.MethodType", "types.ModuleType", "torch.dtype",
):  # fmt: skip
    if _name not in BASES:
        plain_class(_name)


@native_class("builtins.super")
def super_(it: Interp, cls: ClassV, after: Value = None, self: Value = None) -> Value:
    """`super(C, self)`; without arguments it is compiled specially, except when called through another name."""
    if isinstance(after, ClassV):
        return SuperV(after, self)
    for frame in reversed(it.frames):
        if frame.function is not None and isinstance(frame.function, FunctionV) and frame.function.owner is not None:
            return SuperV(frame.function.owner, frame.argument0)
    return it.unknown(Reason.UNSUPPORTED, "super()")
