"""Known values: what small tensors hold after a step. One table: operation → function of the elements.

The elements equal PyTorch's to the last bit or are not there: float32 is computed in double and rounded once, sums
only where every order of adding is exact. Rules know nothing of this; `OpRule` asks after the rule has answered."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product as tuples
from typing import Any

from ..limits import MAX_TENSOR_DATA
from ..values import BOOL, DType, Kind, Tensor
from . import activation, pointwise, reduction, scan
from .elements import Inexact, convert, count_of, round_float, wrap_int
from .inplace import InplaceRule
from .promotion import floating, result_type
from .registry import RULES

Elements = tuple[Any, ...] | None
Values = list[Any]

_EXACT = ("float32", "float64")


def _computable(dtype: DType | None) -> bool:
    return dtype is not None and (dtype.kind <= Kind.INT or dtype.name in _EXACT)


def _settle(value: Any, dtype: DType) -> Any:
    """A result computed in Python as an element of `dtype`."""
    if dtype.kind is Kind.FLOAT:
        return round_float(value, dtype)
    if dtype.kind is Kind.INT:
        return wrap_int(value, dtype)
    return bool(value)


def _count(result: Tensor) -> int | None:
    if result.is_open:
        return None
    count = count_of(result.shape)
    return count if count is not None and count <= MAX_TENSOR_DATA else None


def _known(operand: Any) -> bool:
    return isinstance(operand, int | float) or (type(operand) is Tensor and operand.data is not None)


def _spread(operand: Any, result: Tensor, dtype: DType) -> Iterator[Any]:
    """The elements of an operand, broadcast to the result's shape and cast to `dtype`."""
    if not isinstance(operand, Tensor):
        value = convert(operand, dtype)
        return (value for _ in range(_count(result) or 0))
    cast = [convert(value, dtype) for value in operand.data or ()]
    if operand.shape == result.shape:
        return iter(cast)
    shape = (1,) * (result.rank - operand.rank) + operand.shape
    steps: list[int] = []
    step = 1
    for dim in reversed(shape):
        steps.append(0 if dim == 1 else step)
        step *= dim  # type: ignore[assignment]
    steps.reverse()
    ranges = [range(dim) for dim in result.shape]  # type: ignore[arg-type]
    return (cast[sum(i * s for i, s in zip(index, steps))] for index in tuples(*ranges))


def _pointwise(function: Callable[..., Any], operands: Sequence[Any], result: Tensor, common: DType | None) -> Elements:
    """`function` over the elements of all operands in the dtype `common`."""
    if _count(result) is None or not all(map(_known, operands)):
        return None
    if common is None or result.dtype is None or not _computable(common) or not _computable(result.dtype):
        return None
    try:
        columns = [_spread(operand, result, common) for operand in operands]
        return tuple(_settle(function(*row), result.dtype) for row in zip(*columns))
    except (Inexact, ZeroDivisionError, OverflowError, ValueError):
        return None


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
    if isinstance(values[0], Tensor) or common is None or common.name not in _EXACT:
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
    if _count(result) is None or result.dtype is None or not _computable(result.dtype):
        return None
    try:
        flags = _spread(condition, result, BOOL)
        left, right = (_spread(choice, result, result.dtype) for choice in choices)
        return tuple(a if flag else b for flag, a, b in zip(flags, left, right))
    except Inexact:
        return None


def _groups(input: Tensor, dim: tuple[int, ...] | None, result: Tensor) -> list[list[Any]] | None:
    """The elements that each element of the result is made of."""
    if input.data is None or input.is_open or _count(result) is None:
        return None
    rank = input.rank
    gone = {d % rank for d in dim} if dim and rank else set(range(rank))
    kept = [i for i in range(rank) if i not in gone]
    groups: dict[tuple[int, ...], list[Any]] = {}
    for index in tuples(*(range(input.shape[i]) for i in kept)):  # type: ignore[arg-type]
        groups[index] = []
    for index, value in zip(tuples(*(range(d) for d in input.shape)), input.data):  # type: ignore[arg-type]
        groups[tuple(index[i] for i in kept)].append(value)
    return list(groups.values())


def _exact_sum(values: list[Any], dtype: DType) -> Any:
    """The sum if it is the same in every order of adding, with every rounding on the way."""
    if dtype.kind is Kind.INT:
        return wrap_int(sum(int(value) for value in values), dtype)
    numbers = [convert(value, dtype) for value in values]
    if not all(map(math.isfinite, numbers)):
        raise Inexact
    whole = [Fraction(number) for number in numbers]
    unit = Fraction(1, max((f.denominator for f in whole), default=1))
    steps = [int(f / unit) for f in whole]
    shared = math.gcd(*steps) or 1
    bits = 24 if dtype.name == "float32" else 53
    if sum(abs(step) // shared for step in steps) > 2**bits:
        raise Inexact
    return float(sum(whole)) if any(numbers) else 0.0


def _reduction(
    function: Callable[[list[Any], DType], Any], *, needs_input_dtype: bool = False
) -> Callable[[Values, Tensor], Elements]:
    def evaluate(values: Values, result: Tensor) -> Elements:
        dim = values[1]
        if result.dtype is None or not _computable(result.dtype) or isinstance(dim, Tensor):
            return None
        if needs_input_dtype and values[0].dtype is not result.dtype:
            return None
        groups = _groups(values[0], (dim,) if isinstance(dim, int) else dim, result)
        if groups is None:
            return None
        try:
            return tuple(function(group, result.dtype) for group in groups)
        except (Inexact, OverflowError, ValueError):
            return None

    return evaluate


def _mean(group: list[Any], dtype: DType) -> Any:
    if not group or dtype.kind is not Kind.FLOAT:
        raise Inexact
    return round_float(_exact_sum(group, dtype) / len(group), dtype)


def _product(group: list[Any], dtype: DType) -> Any:
    if dtype.kind is not Kind.INT:
        raise Inexact
    return wrap_int(math.prod(int(value) for value in group), dtype)


def _extreme(choose: Callable[[list[Any]], Any]) -> Callable[[list[Any], DType], Any]:
    def function(group: list[Any], dtype: DType) -> Any:
        if any(value != value for value in group):
            raise Inexact
        best = choose(group)
        if best == 0 and isinstance(best, float):
            raise Inexact
        return best

    return function


def _scan(step: Callable[[Any, Any], Any]) -> Callable[[Values, Tensor], Elements]:
    """Running sums or products of a tensor with one axis."""

    def evaluate(values: Values, result: Tensor) -> Elements:
        input, dtype = values[0], result.dtype
        if input.data is None or input.is_open or input.rank != 1 or dtype is None or not _computable(dtype):
            return None
        try:
            cast = [convert(value, dtype) for value in input.data]
            if dtype.kind is Kind.FLOAT:
                _exact_sum([abs(value) for value in cast], dtype)
                if step is not _add:
                    return None
            out: list[Any] = []
            for value in cast:
                out.append(_settle(step(out[-1], value), dtype) if out else value)
            return tuple(out)
        except Inexact:
            return None

    return evaluate


def _add(a: Any, b: Any) -> Any:
    return a + b


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
    "add": _binary(_add, on_bool=lambda a, b: a or b),
    "sub subtract": _binary(lambda a, b: a - b),
    "rsub": _binary(lambda a, b: b - a),
    "mul multiply": _binary(lambda a, b: a * b, on_bool=lambda a, b: a and b),
    "true_divide": _true_divide,
    "div divide": _divide,
    "floor_divide": _floor_divide,
    "remainder": _remainder,
    "pow": _power,
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
    "sum": _reduction(_exact_sum),
    "mean": _reduction(_mean),
    "prod": _reduction(_product),
    "amax max": _reduction(_extreme(max), needs_input_dtype=True),
    "amin min": _reduction(_extreme(min), needs_input_dtype=True),
    "cumsum": _scan(_add),
    "cumprod": _scan(lambda a, b: a * b),
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
    for rule in RULES.values():
        if isinstance(rule, InplaceRule):
            rule.evaluate = rule.base.evaluate


_install()
