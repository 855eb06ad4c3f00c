"""Ratio: a float whose exact value is known as a quotient of a symbolic int and a number (`H / 2`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..dims import Dim, Expr, ceil_div
from .unknown import Scalar

#: Denominators up to this one: quotients of sizes by them round to no other integer as doubles.
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Ratio(Scalar):
    """`numerator / denominator`, the denominator at least 1. Only what doubles do without changing what `int`, `floor`
    and `ceil` make of it is followed; everything else sees a float of unknown value."""

    kind: str = field(default="float", init=False)
    numerator: Expr
    denominator: int

    @property
    def exact(self) -> bool:
        """Whether a double holds the very value: sums and products stay exact then."""
        return self.denominator & (self.denominator - 1) == 0

    def floor(self) -> Dim:
        return self.numerator // self.denominator

    def ceil(self) -> Dim:
        return ceil_div(self.numerator, self.denominator)


def _parts(value: object) -> tuple[Dim, int] | None:
    """Numerator and denominator of an int, a symbolic int, a float that is a dyadic fraction, or a Ratio."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Expr):
        return value, 1
    if isinstance(value, Ratio):
        return value.numerator, value.denominator
    if isinstance(value, float) and value.is_integer() is False and abs(value) < _LARGEST:
        numerator, denominator = value.as_integer_ratio()
        return (numerator, denominator) if denominator <= _LARGEST else None
    if isinstance(value, float) and abs(value) < _LARGEST:
        return int(value), 1
    return None


def _make(numerator: Dim, denominator: int) -> Ratio | None:
    if isinstance(numerator, Expr) and 1 <= denominator <= _LARGEST:
        return Ratio(numerator, denominator)
    return None


def arithmetic(token: str, a: object, b: object) -> Ratio | None:
    """`a token b` as a Ratio, one operand of which is a symbolic int or a Ratio; None if it is not followed."""
    first, second = _parts(a), _parts(b)
    if first is None or second is None:
        return None
    (n, d), (m, e) = first, second
    power_of_two = d & (d - 1) == 0 and e & (e - 1) == 0
    match token:
        case "/" if isinstance(m, int) and m > 0 and (d == e == 1 or (power_of_two and m & (m - 1) == 0)):
            return _make(n * e, d * m)
        case "*" if power_of_two:
            return _make(n * m, d * e)
        case "+" if power_of_two or d == 1 or e == 1:
            return _make(n * e + m * d, d * e)
        case "-" if power_of_two or d == 1 or e == 1:
            return _make(n * e - m * d, d * e)
    return None
