"""numpy's functions on tensors of PyTorch: those that ask the tensor's own method, and those of each element, which
hand their result back to it, give a tensor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...values import BOOL, DTYPES, FLOAT64, INT64, Native, Tensor, Value
from . import numpy_functions, numpy_products
from .numpy_create import ELEMENTWISE
from .registry import NATIVES

if TYPE_CHECKING:
    from ..machine import Interp

#: They fill the table that is changed here.
FAMILIES = (numpy_functions, numpy_products)
#: Functions that call the method of that name of what they get.
_ASKING = ("argmax", "argmin", "transpose", "reshape", "squeeze", "clip", "round", "around", "cumsum", "cumprod",
           "argsort", "repeat", "swapaxes", "take", "matmul")  # fmt: skip
#: Functions of each element that stand elsewhere.
_OF_EACH = ("abs", "absolute", "fabs", "sign", "square", "negative", "positive")


def _is_torch(value: Value) -> bool:
    return isinstance(value, Tensor) and value.device != "numpy"


def _handed_back(value: Value, device: str | None) -> Value:
    if isinstance(value, Tensor) and value.device == "numpy":
        data = None if value.data is None or value.dtype is not BOOL else tuple(int(v) for v in value.data)
        if value.dtype is BOOL:
            return replace(value, device=device, dtype=DTYPES["uint8"], data=data, strides=None)
        return replace(value, device=device, strides=None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Tensor((), INT64 if isinstance(value, int) else FLOAT64, device, (value,))
    return value


def _wrap(name: str, count: int) -> None:
    """`count`: of how many arguments one may be the tensor."""
    inner = NATIVES[name]

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        result = inner.call(it, args, kwargs)
        for value in args[:count]:
            if _is_torch(value):
                assert isinstance(value, Tensor)
                return _handed_back(result, value.device)
        return result

    NATIVES[name] = Native(name, call)


for _name in (*ELEMENTWISE, *_OF_EACH):
    _wrap(f"numpy.{_name}", 2)
for _name in _ASKING:
    _wrap(f"numpy.{_name}", 1)
