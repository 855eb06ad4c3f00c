"""The methods that every object has of `object`, where no class of it has its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..values import DictV, Instance, Native, Reason, Unknown, Value

if TYPE_CHECKING:
    from .machine import Interp

#: What they give says nothing of shapes.
_TEXTS_AND_SIZES = frozenset(
    {
        "__repr__",
        "__str__",
        "__format__",
        "__sizeof__",
        "__dir__",
        "__eq__",
        "__ne__",
        "__lt__",
        "__le__",
        "__gt__",
        "__ge__",
    }
)

_MAKES = Native("copyreg._reconstructor", lambda it, args, kwargs: Unknown(Reason.OPAQUE, "copyreg._reconstructor"))


def find(obj: Value, name: str) -> Native | None:
    """`object.<name>` bound to the object. None if `object` has no such method."""
    if name in _TEXTS_AND_SIZES:
        return Native(f"object.{name}", lambda it, args, kwargs: Unknown(Reason.DATA_DEPENDENT, name.strip("_")))
    found = _STATE.get(name)
    if found is None:
        return None
    return Native(f"object.{name}", lambda it, args, kwargs: found(it, obj))


def _state(it: Interp, obj: Value) -> Value:
    if not isinstance(obj, Instance):
        return Unknown(Reason.DATA_DEPENDENT, "state")
    return DictV(obj.attrs) if obj.attrs else None


def _reduce(it: Interp, obj: Value) -> Value:
    """What pickle keeps: how the object is made again, of what, and its state."""
    if not isinstance(obj, Instance) or any(
        c.native is not None and c.native.startswith("builtins.") for c in obj.cls.mro[:-1]
    ):
        return Unknown(Reason.DATA_DEPENDENT, "__reduce__")
    of: tuple[Value, ...] = (obj.cls, it.native_class("builtins.object"), None)
    return (_MAKES, of, DictV(obj.attrs)) if obj.attrs else (_MAKES, of)


_STATE: dict[str, Callable[[Interp, Value], Value]] = {
    "__getstate__": _state, "__reduce__": _reduce, "__reduce_ex__": _reduce,
}  # fmt: skip
