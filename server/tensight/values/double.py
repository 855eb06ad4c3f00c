"""numpy.float64: a float of Python's that numpy made. What is computed with it is one, too; `float(x)` is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


class Double(float):
    """PyTorch makes a tensor of double of it, where a float of Python's becomes one of the default type."""

    __slots__ = ()

    def __truediv__(self, other: Any) -> Any:
        return _divided(float(self), other)

    def __rtruediv__(self, other: Any) -> Any:
        return _divided(other, float(self))

    def __pow__(self, other: Any, modulo: None = None) -> Any:
        return _power(float(self), other)

    def __rpow__(self, other: Any, modulo: None = None) -> Any:
        return _power(other, float(self))

    def __round__(self, ndigits: Any = None) -> Any:
        return round(float(self)) if ndigits is None else Double(round(float(self), ndigits))


def _settled(result: Any) -> Any:
    return Double(result) if isinstance(result, float) else result


def _step(name: str) -> Callable[..., Any]:
    host = getattr(float, name)

    def step(self: float, *others: Any) -> Any:
        return _settled(host(self, *others))

    return step


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "neg", "pos", "abs", "mod", "rmod", "floordiv", "rfloordiv"):
    setattr(Double, f"__{_name}__", _step(f"__{_name}__"))


def _divided(a: Any, b: Any) -> Any:
    """Without an exception: numpy warns only."""
    if not isinstance(a, int | float) or not isinstance(b, int | float):
        return NotImplemented
    if b == 0:
        return Double(math.nan if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1, b))
    return Double(a / b)


def _power(a: Any, b: Any) -> Any:
    if not isinstance(a, int | float) or not isinstance(b, int | float):
        return NotImplemented
    try:
        result = float(a) ** b
    except ZeroDivisionError:
        return Double(math.inf)
    except OverflowError:
        return Double(math.inf if a > 0 or b % 2 == 0 else -math.inf)
    return Double(result) if isinstance(result, float) else Double(math.nan)
