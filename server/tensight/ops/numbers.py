"""Elements of integer tensors as numbers with symbols: a random index, a size that a tensor carries, sums of them.

Beside `data`, which holds plain numbers only (`data.py`): `Tensor.number` says what is known of one element with
symbols, or what all elements are drawn from. Rules know nothing of this; `OpRule` asks after the rule has answered."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ..dims import Dim, Expr, is_unknown
from ..values import Drawn, DType, Kind, Tensor, element, numbered

_STEPS: dict[str, Callable[[Dim, Dim], Dim]] = {
    "add": operator.add,
    "sub subtract": operator.sub,
    "mul multiply": operator.mul,
}
#: Types that no size leaves.
_WIDE_BITS = 32


def is_wide(dtype: DType | None) -> bool:
    """Whether elements of the type hold any size unchanged."""
    return dtype is not None and dtype.kind is Kind.INT and dtype.bits >= _WIDE_BITS


def kept(result: Tensor, source: Tensor) -> Tensor:
    """The result, whose elements are those of the source, or some of them: with what is known of each."""
    number = source.number
    if number is None or result.data is not None or not is_wide(result.dtype):
        return result
    if type(number) is Drawn and result.dims == ():
        return numbered(result, element(source))
    return numbered(result, number)


def _single(operand: Any) -> Dim | None:
    """The one number that an operand is."""
    if isinstance(operand, bool):
        return None
    if isinstance(operand, int):
        return operand
    if isinstance(operand, Expr):
        return None if is_unknown(operand) else operand
    if type(operand) is not Tensor or operand.dims != () or not is_wide(operand.dtype):
        return None
    return int(operand.data[0]) if operand.data is not None else element(operand)


def _stepped(step: Callable[[Dim, Dim], Dim]) -> Callable[[list[Any], Tensor], Tensor]:
    def known(values: list[Any], result: Tensor) -> Tensor:
        """The result with its number, where the operands have theirs."""
        if not is_wide(result.dtype) or len(values) < 2 or (len(values) > 2 and values[2] != 1):
            return result
        a, b = values[:2]
        if result.dims == ():
            left = _single(a)
            right = None if left is None else _single(b)
            return result if left is None or right is None else numbered(result, step(left, right))
        drawn = a.number if type(a) is Tensor else None
        if type(drawn) is Drawn and step is not operator.mul:
            moved = _single(b)
            if moved is not None:
                return numbered(result, Drawn(step(drawn.low, moved), step(drawn.high, moved)))
        return result

    return known


#: Operation → its step on numbers.
STEPS = {words: _stepped(step) for words, step in _STEPS.items()}
