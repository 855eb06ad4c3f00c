"""numpy's scalars: what numpy computes from plain numbers is a plain number here, so a number may be asked for the
methods that only numpy's have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dims import Expr
from ...values import FLOAT64, Double, Kind, Native, Scalar, Value
from .numpy_array import dtype_of
from .registry import NATIVES, native

if TYPE_CHECKING:
    from ..machine import Interp

_GENERIC = "numpy.generic"


def method_of(value: Value, name: str) -> Native | None:
    """A method of numpy's scalars that Python's numbers do not have."""
    if isinstance(value, int | float | Expr) or (
        isinstance(value, Scalar) and value.kind in ("int", "float", "number")
    ):
        found = NATIVES.get(f"{_GENERIC}.{name}")
        return found if isinstance(found, Native) else None
    return None


@native(f"{_GENERIC}.item", f"{_GENERIC}.tolist", f"{_GENERIC}.copy", f"{_GENERIC}.squeeze", f"{_GENERIC}.sum",
        f"{_GENERIC}.mean", f"{_GENERIC}.min", f"{_GENERIC}.max", f"{_GENERIC}.prod")  # fmt: skip
def itself(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return float(self) if isinstance(self, Double) else self


@native(f"{_GENERIC}.astype")
def astype(it: Interp, self: Value, dtype: Value, *args: Value, **kwargs: Value) -> Value:
    wanted = dtype_of(dtype, None)
    if wanted is None:
        return Scalar("number")
    if wanted.kind is Kind.INT:
        if isinstance(self, float):
            return int(self) if abs(self) < 2**31 else Scalar("int")
        return self if isinstance(self, int | Expr) else Scalar("int")
    if wanted.kind is Kind.FLOAT:
        number = Double if wanted is FLOAT64 else float
        return number(self) if isinstance(self, int | float) else Scalar("float")
    return Scalar("bool") if wanted.kind is Kind.BOOL else Scalar("number")


@native(f"{_GENERIC}.round")
def round_(it: Interp, self: Value, decimals: Value = 0, *args: Value, **kwargs: Value) -> Value:
    if isinstance(self, int | float) and isinstance(decimals, int):
        return round(self, decimals)  # one of numpy's stays one
    return Scalar("number")
