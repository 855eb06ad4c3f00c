"""Known values of what takes several elements together: sums, products, extremes, running sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import product as tuples
from typing import Any

from ..values import DType, Kind, Tensor
from .elements import Inexact, Near, computable, converted, count_of_result, round_float, settle, wrap_int

Elements = tuple[Any, ...] | None
Values = list[Any]


def groups(input: Tensor, dim: tuple[int, ...] | None, result: Tensor) -> list[list[Any]] | None:
    """The elements that each element of the result is made of."""
    if (
        input.data is None
        or input.is_open
        or count_of_result(result) is None
        or any(type(v) is Near for v in input.data)
    ):
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


def exact_sum(values: list[Any], dtype: DType) -> Any:
    """The sum if it is the same in every order of adding, with every rounding on the way."""
    if dtype.kind is Kind.INT:
        return wrap_int(sum(int(value) for value in values), dtype)
    numbers = converted(values, dtype)
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


def reduction_of(
    function: Callable[[list[Any], DType], Any], *, needs_input_dtype: bool = False
) -> Callable[[Values, Tensor], Elements]:
    def evaluate(values: Values, result: Tensor) -> Elements:
        dim = values[1]
        if result.dtype is None or not computable(result.dtype) or isinstance(dim, Tensor):
            return None
        if needs_input_dtype and values[0].dtype is not result.dtype:
            return None
        parts = groups(values[0], (dim,) if isinstance(dim, int) else dim, result)
        if parts is None or len(parts) != count_of_result(result):  # `all(dim=())` leaves each element alone
            return None
        try:
            return tuple(function(group, result.dtype) for group in parts)
        except (Inexact, OverflowError, ValueError):
            return None

    return evaluate


def whole_of(function: Callable[[list[Any], DType], Any]) -> Callable[[Values, Tensor], Elements]:
    """The reduction of all elements by a function that takes no axes."""
    reduce = reduction_of(function)
    return lambda values, result: reduce([values[0], None], result)


def mean(group: list[Any], dtype: DType) -> Any:
    if not group or dtype.kind is not Kind.FLOAT:
        raise Inexact
    return round_float(exact_sum(group, dtype) / len(group), dtype)


def product(group: list[Any], dtype: DType) -> Any:
    if dtype.kind is not Kind.INT:
        raise Inexact
    return wrap_int(math.prod(int(value) for value in group), dtype)


def extreme(choose: Callable[[list[Any]], Any]) -> Callable[[list[Any], DType], Any]:
    def function(group: list[Any], dtype: DType) -> Any:
        if any(value != value for value in group):
            raise Inexact
        best = choose(group)
        if best == 0 and isinstance(best, float):
            raise Inexact
        return best

    return function


def truth_of(choose: Callable[[list[Any]], bool]) -> Callable[[list[Any], DType], Any]:
    def function(group: list[Any], dtype: DType) -> Any:
        return choose(group) if dtype.kind is Kind.BOOL else int(choose(group))

    return function


def scan_of(step: Callable[[Any, Any], Any]) -> Callable[[Values, Tensor], Elements]:
    """Running sums or products of a tensor with one axis."""

    def evaluate(values: Values, result: Tensor) -> Elements:
        input, dtype = values[0], result.dtype
        if input.data is None or input.is_open or input.rank != 1 or dtype is None or not computable(dtype):
            return None
        try:
            cast = converted(input.data, dtype)
            if any(type(value) is Near for value in cast):
                return None
            if dtype.kind is Kind.FLOAT:
                exact_sum([abs(value) for value in cast], dtype)
                if step is not add:
                    return None
            out: list[Any] = []
            for value in cast:
                whole = step(out[-1], value) if out else value
                out.append(settle(whole, dtype))
                if dtype.kind is Kind.FLOAT and out[-1] != whole:
                    return None  # PyTorch goes on with the sum that is not rounded
            return tuple(out)
        except Inexact:
            return None

    return evaluate


def add(a: Any, b: Any) -> Any:
    return a + b
