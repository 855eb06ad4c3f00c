"""torch.sym_max and its kin: Python numbers or sizes, as the builtins have them."""

from __future__ import annotations

import math

from ..dims import Dim, Expr, dim_max, dim_min
from ..values import ListV, Scalar, Value
from .errors import Lift
from .kinds import Raw
from .registry import op


def _extreme(a: Value, b: Value, larger: bool) -> Value:
    if isinstance(a, float) or isinstance(b, float):
        if isinstance(a, int | float) and isinstance(b, int | float):
            return float(max(a, b) if larger else min(a, b))
        return Scalar("float")
    if isinstance(a, int | Expr) and isinstance(b, int | Expr):
        return dim_max(a, b) if larger else dim_min(a, b)
    raise Lift()


@op("torch.sym_max")
def sym_max(a: Raw, b: Raw) -> Value:
    """The larger one; a float if one of them is."""
    return _extreme(a, b, True)


@op("torch.sym_min")
def sym_min(a: Raw, b: Raw) -> Value:
    """The smaller one; a float if one of them is."""
    return _extreme(a, b, False)


@op("torch.sym_float")
def sym_float(a: Raw) -> Value:
    """float(a)."""
    return float(a) if isinstance(a, int | float) else Scalar("float")


@op("torch.sym_int")
def sym_int(a: Raw) -> Value:
    """int(a)."""
    if isinstance(a, Expr):
        return a
    if isinstance(a, int):
        return int(a)
    if isinstance(a, float) and math.isfinite(a):
        return int(a)
    raise Lift()


@op("torch.sym_not")
def sym_not(a: Raw) -> Value:
    """not a."""
    return not a if isinstance(a, bool | int | float) else Scalar("bool")


@op("torch.sym_ite")
def sym_ite(b: Raw, t: Raw, f: Raw) -> Value:
    """t if b else f."""
    if not isinstance(b, bool):
        raise Lift()
    return t if b else f


@op("torch.sym_sum")
def sym_sum(args: Raw) -> Value:
    """sum(args)."""
    items = args.items if isinstance(args, ListV) and args.rest is None else args if isinstance(args, tuple) else None
    if items is None or not all(isinstance(item, int | Expr) for item in items):
        raise Lift()
    total: Dim = 0
    for item in items:
        total = total + item
    return total


@op("torch.sym_sqrt", "torch._sym_sqrt")
def sym_sqrt(a: Raw) -> Value:
    """math.sqrt(a)."""
    return math.sqrt(a) if isinstance(a, int | float) and a >= 0 else Scalar("float")
