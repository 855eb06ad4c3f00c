"""bool(value) with three answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dims import Expr, Truth, equal
from ..values import (
    BoundMethod,
    DictV,
    FunctionV,
    Instance,
    IteratorV,
    ListV,
    Native,
    OneOf,
    RangeV,
    Scalar,
    SetV,
    Tensor,
    Unknown,
    Value,
)
from . import deferred

if TYPE_CHECKING:
    from .machine import Interp


def of(it: Interp, value: Value) -> bool | None:
    """None if undecided."""
    if value is True or value is False:
        return value
    if value is None:
        return False
    if isinstance(value, Unknown | Scalar | RangeV):
        return None
    if isinstance(value, Expr):
        return _from_truth(equal(value, 0).negate())
    if isinstance(value, Tensor):
        return _tensor(it, value)
    if isinstance(value, ListV | DictV):
        return True if value.items else (False if deferred.rest_of(it, value, value.rest) is None else None)
    if isinstance(value, SetV):
        return True if value.items else (None if value.open or deferred.may_grow(it, value) else False)
    if isinstance(value, OneOf):
        answers = {of(it, option) for option in value.options}
        return answers.pop() if len(answers) == 1 else None
    if isinstance(value, Instance):
        return _instance(it, value)
    if isinstance(value, IteratorV):
        return True
    if value is NotImplemented:
        return True
    return bool(value) if isinstance(value, int | float | complex | str | bytes | tuple | range) else True


def _from_truth(truth: Truth) -> bool | None:
    return {Truth.YES: True, Truth.NO: False, Truth.MAYBE: None}[truth]


def _tensor(it: Interp, value: Tensor) -> bool | None:
    if value.data is not None and len(value.data) == 1:
        return bool(value.data[0])
    if value.dims is not None and ... not in value.dims and all(isinstance(d, int) for d in value.dims):
        if all(d != 0 for d in value.shape) and any(d != 1 for d in value.shape):
            it.fail("RuntimeError", "Boolean value of Tensor with more than one value is ambiguous")
    return None


def _instance(it: Interp, value: Instance) -> bool | None:
    for name in ("__bool__", "__len__"):
        method = value.cls.lookup(name)
        if isinstance(method, FunctionV | Native):
            return of(it, it.call(BoundMethod(method, value)))
    return None if value.cls.open else True
