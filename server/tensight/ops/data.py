"""Known values: what small tensors hold after a step. One table: operation → function of the elements.

The elements equal PyTorch's to the last bit or are not there: float32 is computed in double and rounded once, sums
only where every order of adding is exact. Rules know nothing of this; `OpRule` asks after the rule has answered."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product as tuples
from typing import Any

from ..values import BOOL, DType, Kind, Tensor
from . import activation, pointwise, reduction, scan
from .data_groups import add, exact_sum, extreme, mean, product, reduction_of, scan_of, truth_of, whole_of
from .elements import (
    EXACT,
    Inexact,
    Near,
    computable,
    convert,
    converted,
    count_of_result,
    round_float,
    settle,
    settled,
)
from .inplace import InplaceRule
from .numbers import STEPS
from .promotion import floating, result_type
from .registry import RULES

Elements = tuple[Any, ...] | None
Values = list[Any]


def _known(operand: Any) -> bool:
    return isinstance(operand, int | float) or (type(operand) is Tensor and operand.data is not None)


def _spread(operand: Any, result: Tensor, dtype: DType) -> list[Any]:
    """The elements of an operand, broadcast to the result's shape and cast to `dtype`."""
    if not isinstance(operand, Tensor):
        return [convert(operand, dtype)] * (count_of_result(result) or 0)
    cast = converted(operand.data or (), dtype)
    if operand.shape == result.shape:
        return cast
    shape = (1,) * (result.rank - operand.rank) + operand.shape
    steps: list[int] = []
    step = 1
    for dim in reversed(shape):
        steps.append(0 if dim == 1 else step)
        step *= dim  # type: ignore[assignment]
    places = [0]
    for dim, step in zip(result.shape, reversed(steps)):
        places = [place + i * step for place in places for i in range(dim)]  # type: ignore[arg-type]
    return [cast[place] for place in places]


def _pointwise(function: Callable[..., Any], operands: Sequence[Any], result: Tensor, common: DType | None) -> Elements:
    """`function` over the elements of all operands in the dtype `common`."""
    if count_of_result(result) is None or not all(map(_known, operands)):
        return None
    if common is None or result.dtype is None or not computable(common) or not computable(result.dtype):
        return None
    try:
        columns = [_spread(operand, result, common) for operand in operands]
        if not any(Near in map(type, column) for column in columns):
            return tuple(settled(list(map(function, *columns)), result.dtype))
        return tuple(_element(function, row, result.dtype) for row in zip(*columns))
    except (Inexact, ZeroDivisionError, OverflowError, ValueError):
        return None


def _element(function: Callable[..., Any], row: tuple[Any, ...], dtype: DType) -> Any:
    """One element of the result; of operands that are only nearly known, what all of their values give."""
    if not any(type(value) is Near for value in row):
        return settle(function(*row), dtype)
    ends = [value.ends() if type(value) is Near else (value,) for value in row]
    found = [settle(function(*point), dtype) for point in tuples(*ends)]
    low, high = min(found), max(found)
    if low == high:
        return low
    if dtype.kind is Kind.FLOAT and high - low <= _WIDEST * max(abs(low), abs(high)):
        return Near((low + high) / 2)
    raise Inexact


def _short(value: float) -> bool:
    """Whether a result has so few bits that it is no accident: kernels give powers of two and whole roots exactly.

    Infinity and NaN are known or not; there is nothing near them."""
    return not math.isfinite(value) or (math.frexp(value)[0] * 2**12).is_integer()


#: Relative width at which nearly known operands give nothing that is worth keeping.
_WIDEST = 1e-4


def _nearly(function: Callable[..., float]) -> Callable[[Values, Tensor], Elements]:
    """Row of a function that PyTorch computes with kernels of its own, right up to the last bits."""

    def evaluate(values: Values, result: Tensor) -> Elements:
        operands = [value for value in values if isinstance(value, Tensor | int | float)]
        found = _pointwise(function, operands, result, floating(result_type(operands)))
        return None if found is None else tuple(value if _short(value) else Near(value) for value in found)

    return evaluate


def _unary(function: Callable[[Any], Any], *, to_float: bool = False) -> Callable[[Values, Tensor], Elements]:
    def evaluate(values: Values, result: Tensor) -> Elements:
        dtype = values[0].dtype
        return _pointwise(function, values[:1], result, floating(dtype) if to_float else dtype)

    return evaluate


def _binary(
    function: Callable[[Any, Any], Any], *, to_float: bool = False, on_bool: Callable[[Any, Any], Any] | None = None
) -> Callable[[Values, Tensor], Elements]:
    """Row of a function of two operands; `on_bool` where both are bools (None: not known)."""

    def evaluate(values: Values, result: Tensor) -> Elements:
        if len(values) > 2 and not (isinstance(values[2], int) and values[2] == 1):
            return None
        common = result_type(values[:2])
        if to_float:
            common = floating(common)
        chosen = function
        if common is BOOL:
            if on_bool is None:
                return None
            chosen = on_bool
        return _pointwise(chosen, values[:2], result, common)

    return evaluate


def _true_divide(values: Values, result: Tensor) -> Elements:
    common = floating(result_type(values[:2]))
    if isinstance(values[0], Tensor) or common is None or common.name not in EXACT:
        return _pointwise(lambda a, b: a / b, values[:2], result, common)
    # A number divided by a tensor only occurs as an operator, which is `tensor.reciprocal() * number`.
    return _pointwise(lambda a, b: round_float(1 / b, common) * a, values[:2], result, common)


def _divide(values: Values, result: Tensor) -> Elements:
    mode = values[2]
    common = result_type(values[:2])
    if mode is None:
        return _pointwise(lambda a, b: a / b, values[:2], result, floating(common))
    if common is None or common.kind is not Kind.INT:
        return None
    if mode == "floor":
        return _pointwise(lambda a, b: a // b, values[:2], result, common)
    return _pointwise(lambda a, b: int(Fraction(a, b)), values[:2], result, common)


def _floor_divide(values: Values, result: Tensor) -> Elements:
    common = result_type(values[:2])
    if common is not None and common.kind is Kind.FLOAT:
        return _pointwise(_floor_of_quotient, values[:2], result, common)
    return _pointwise(lambda a, b: a // b, values[:2], result, common)


def _floor_of_quotient(a: float, b: float) -> float:
    """For whole numbers only, where the rounding of the quotient plays no part."""
    if a != int(a) or b != int(b) or max(abs(a), abs(b)) > 2**24 or (a == 0 and math.copysign(1, a) * b < 0):
        raise Inexact
    return float(int(a) // int(b))


def _remainder(values: Values, result: Tensor) -> Elements:
    common = result_type(values[:2])
    if common is None or common.kind is not Kind.INT:
        return None
    return _pointwise(lambda a, b: a % b, values[:2], result, common)


def _power(values: Values, result: Tensor) -> Elements:
    common, exponent = result_type(values[:2]), values[1]
    if not isinstance(exponent, int | float) or common is None:
        return None
    if exponent == 2:
        return _pointwise(lambda a, b: a * a, values[:2], result, common)
    if common.kind is Kind.INT and isinstance(exponent, int) and 0 <= exponent <= 64:
        return _pointwise(lambda a, b: a**b, values[:2], result, common)
    return None


def _any_power(values: Values, result: Tensor) -> Elements:
    common = result_type(values[:2])
    exact = _power(values, result)
    if exact is not None or common is None or common.kind is not Kind.FLOAT:
        return exact
    if not all(isinstance(value, Tensor | int | float) for value in values[:2]):
        return None
    return _nearly(_real_power)(values[:2], result)


def _real_power(a: float, b: float) -> float:
    if a == 0:
        raise Inexact
    value = a**b
    if isinstance(value, complex):
        raise Inexact
    return float(value)


def _difference(values: Values, result: Tensor) -> Elements:
    """torch.diff of one axis, once."""
    input = values[0]
    if (values[1:3] != [1, -1] and values[1:3] != [1, 0]) or any(v is not None for v in values[3:]):
        return None
    if input.data is None or input.is_open or input.rank != 1 or result.dtype is None:
        return None
    if not computable(result.dtype) or result.dtype is BOOL:
        return None
    try:
        return tuple(_element(lambda a, b: b - a, row, result.dtype) for row in zip(input.data, input.data[1:]))
    except Inexact:
        return None


def _ordered(choose: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def function(a: Any, b: Any) -> Any:
        if a != a or b != b or (a == b == 0 and isinstance(a, float)):
            raise Inexact
        return choose(a, b)

    return function


def _clamp(values: Values, result: Tensor) -> Elements:
    limits = [value for value in values[1:3] if value is not None]
    if any(isinstance(limit, Tensor) for limit in limits) or result.dtype is None:
        return None
    low, high = values[1], values[2] if len(values) > 2 else None

    def function(a: Any, *bounds: Any) -> Any:
        rest = list(bounds)
        if low is not None:
            a = _ordered(max)(a, rest.pop(0))
        return _ordered(min)(a, rest.pop(0)) if high is not None else a

    return _pointwise(function, [values[0], *limits], result, result.dtype)


def _round(values: Values, result: Tensor) -> Elements:
    if not isinstance(values[1], int) or values[1] != 0:
        return None
    return _pointwise(_rounded, values[:1], result, values[0].dtype)


def _rounded(value: Any) -> Any:
    if isinstance(value, int) or not math.isfinite(value):
        return value
    return math.copysign(float(round(value)), value)


def _to_whole(function: Callable[[float], int]) -> Callable[[Any], Any]:
    def convert_one(value: Any) -> Any:
        if isinstance(value, int) or not math.isfinite(value):
            return value
        return math.copysign(float(function(value)), value)

    return convert_one


def _where(values: Values, result: Tensor) -> Elements:
    condition, *choices = values
    if type(condition) is not Tensor or condition.dtype is not BOOL or not all(map(_known, (condition, *choices))):
        return None
    if count_of_result(result) is None or result.dtype is None or not computable(result.dtype):
        return None
    try:
        flags = _spread(condition, result, BOOL)
        left, right = (_spread(choice, result, result.dtype) for choice in choices)
        return tuple(a if flag else b for flag, a, b in zip(flags, left, right))
    except Inexact:
        return None


def _reciprocal(value: float) -> float:
    return 1 / value


def _logical(function: Callable[[bool, bool], bool]) -> Callable[[Any, Any], bool]:
    return lambda a, b: function(bool(a), bool(b))


def _bits(function: Callable[[Any, Any], Any]) -> Callable[[Values, Tensor], Elements]:
    return _binary(function, on_bool=function)


def _positive_part(value: Any) -> Any:
    if value != value or (value == 0 and math.copysign(1, value) < 0):
        raise Inexact
    return value if value > 0 else type(value)(0)


_TABLE: dict[str, Callable[[Values, Tensor], Elements]] = {
    "add": _binary(add, on_bool=lambda a, b: a or b),
    "sub subtract": _binary(lambda a, b: a - b),
    "rsub": _binary(lambda a, b: b - a),
    "mul multiply": _binary(lambda a, b: a * b, on_bool=lambda a, b: a and b),
    "true_divide": _true_divide,
    "div divide": _divide,
    "floor_divide": _floor_divide,
    "remainder": _remainder,
    "pow": _any_power,
    "exp": _nearly(math.exp),
    "log": _nearly(math.log),
    "log2": _nearly(math.log2),
    "log10": _nearly(math.log10),
    "sqrt": _nearly(math.sqrt),
    "sin": _nearly(math.sin),
    "cos": _nearly(math.cos),
    "diff": _difference,
    "maximum": _binary(_ordered(max), on_bool=max),
    "minimum": _binary(_ordered(min), on_bool=min),
    "eq": _binary(lambda a, b: a == b, on_bool=lambda a, b: a == b),
    "ne not_equal": _binary(lambda a, b: a != b, on_bool=lambda a, b: a != b),
    "lt less": _binary(lambda a, b: a < b, on_bool=lambda a, b: a < b),
    "le less_equal": _binary(lambda a, b: a <= b, on_bool=lambda a, b: a <= b),
    "gt greater": _binary(lambda a, b: a > b, on_bool=lambda a, b: a > b),
    "ge greater_equal": _binary(lambda a, b: a >= b, on_bool=lambda a, b: a >= b),
    "logical_and": _bits(_logical(lambda a, b: a and b)),
    "logical_or": _bits(_logical(lambda a, b: a or b)),
    "logical_xor": _bits(_logical(lambda a, b: a is not b)),
    "bitwise_and": _bits(lambda a, b: a & b),
    "bitwise_or": _bits(lambda a, b: a | b),
    "bitwise_xor": _bits(lambda a, b: a ^ b),
    "logical_not": _unary(lambda a: not a),
    "bitwise_not": _unary(lambda a: not a if isinstance(a, bool) else ~a),
    "neg negative": _unary(lambda a: -a),
    "abs absolute": _unary(abs),
    "positive": _unary(lambda a: a),
    "square": _unary(lambda a: a * a),
    "reciprocal": _unary(_reciprocal, to_float=True),
    "floor": _unary(_to_whole(math.floor)),
    "ceil": _unary(_to_whole(math.ceil)),
    "trunc fix": _unary(_to_whole(math.trunc)),
    "round": _round,
    "relu": _unary(_positive_part),
    "clamp clip clamp_min": _clamp,
    "where": _where,
    "sum": reduction_of(exact_sum),
    "mean": reduction_of(mean),
    "prod": reduction_of(product),
    "amax max": reduction_of(extreme(max), needs_input_dtype=True),
    "amin min": reduction_of(extreme(min), needs_input_dtype=True),
    "all": reduction_of(truth_of(all)),
    "any": reduction_of(truth_of(any)),
    "_is_all_true": whole_of(truth_of(all)),
    "_is_any_true": whole_of(truth_of(any)),
    "cumsum": scan_of(add),
    "cumprod": scan_of(lambda a, b: a * b),
}


#: The families whose rules the table names: they are registered before it is read.
FAMILIES = (activation, pointwise, reduction, scan)


def _install() -> None:
    """Give each rule its function; the in-place variant computes what its rule computes."""
    for words, evaluate in _TABLE.items():
        for word in words.split():
            for prefix in ("torch.", "torch.Tensor.", "torch.special.", "torch.nn.functional."):
                rule = RULES.get(prefix + word)
                if rule is None or (word, prefix) == ("where", "torch.Tensor."):
                    continue
                if rule.evaluate not in (None, evaluate):
                    raise ValueError(f"{prefix}{word} shares its rule with an operation of other values")
                rule.evaluate = evaluate
    for words, numbers in STEPS.items():
        for word in words.split():
            for prefix in ("torch.", "torch.Tensor."):
                if prefix + word in RULES:
                    RULES[prefix + word].numbers = numbers
    for rule in RULES.values():
        if isinstance(rule, InplaceRule):
            rule.evaluate = rule.base.evaluate


_install()
