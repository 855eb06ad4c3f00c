"""Interval evaluation of equations over boxes of symbol values, the inner loop of `solve`.

Each compound atom gets a slot after the slots of the symbols; an equation is a polynomial over slots. Over a box, a
polynomial of degree one in each slot has its extremes at corners, so its range is exact up to dependence.
"""

from __future__ import annotations

from math import gcd
from typing import Final

from tensight.dims.atoms import Atom, Extremum, FloorDiv, Min, Mod, Quotient, Symbol
from tensight.dims.bounds import atom_bounds
from tensight.dims.expr import Dim, Expr

MAX_CORNERS: Final = 4
"""Slots whose corners are enumerated; beyond, terms are bounded one by one."""

_Interval = tuple[int, int]
_Polynomial = list[tuple[int, tuple[tuple[int, int], ...]]]


class System:
    """Equations `polynomial == 0`, ready for interval evaluation."""

    __slots__ = ("_atoms", "_equations", "_slots", "symbols")

    def __init__(self, differences: list[Expr]) -> None:
        every = {item for difference in differences for item in difference.symbols}
        self.symbols: Final[list[Symbol]] = sorted(every, key=lambda item: item.key)
        self._slots: Final[dict[Atom, int]] = {item: slot for slot, item in enumerate(self.symbols)}
        self._atoms: Final[list[tuple[Atom, list[_Polynomial]]]] = []
        self._equations: Final = [self._polynomial(difference) for difference in differences]

    def _polynomial(self, dim: Dim) -> _Polynomial:
        if isinstance(dim, int):
            return [(dim, ())]
        return [
            (coefficient, tuple(sorted((self._slot(atom), power) for atom, power in monomial)))
            for monomial, coefficient in dim.terms.items()
        ]

    def _slot(self, atom: Atom) -> int:
        slot = self._slots.get(atom)
        if slot is None:
            if isinstance(atom, Quotient):
                parts = [self._polynomial(atom.num), self._polynomial(atom.den)]
            else:
                assert isinstance(atom, Extremum)
                parts = [self._polynomial(arg) for arg in atom.ordered]
            slot = len(self._slots)
            self._slots[atom] = slot
            self._atoms.append((atom, parts))
        return slot

    def refutes(self, box: tuple[_Interval, ...]) -> bool:
        """Whether no point of the box satisfies every equation. True is certain."""
        values: list[_Interval] = list(box)
        for atom, parts in self._atoms:
            value = _atom_interval(atom, [_range(part, values)[0] for part in parts])
            if value is None:
                return True
            low, high = value
            known_low, known_high = atom_bounds(atom)
            if known_low is not None and known_low > low:
                low = known_low
            if known_high is not None and known_high < high:
                high = known_high
            if low > high:
                return True
            values.append((low, high))
        for equation in self._equations:
            (low, high), divisible = _range(equation, values)
            if low > 0 or high < 0 or not divisible:
                return True
        return False


def _range(polynomial: _Polynomial, values: list[_Interval]) -> tuple[_Interval, bool]:
    """The interval of a polynomial, and False when 0 is out of reach by divisibility."""
    constant = 0
    reduced: dict[tuple[tuple[int, int], ...], int] = {}
    for coefficient, monomial in polynomial:
        left: list[tuple[int, int]] = []
        for slot, power in monomial:
            low, high = values[slot]
            if low == high:
                coefficient *= low**power
            else:
                left.append((slot, power))
        if left:
            key = tuple(left)
            reduced[key] = reduced.get(key, 0) + coefficient
        else:
            constant += coefficient
    if not reduced:
        return ((constant, constant), constant == 0)
    divisor = gcd(*reduced.values())
    divisible = constant == 0 if divisor == 0 else constant % divisor == 0
    slots = {pair for key in reduced for pair in key}
    if len(reduced) > 1 and len(slots) <= MAX_CORNERS and len({slot for slot, _ in slots}) == len(slots):
        return (_corner_range(constant, reduced, sorted(slots), values), divisible)
    low = high = constant
    for key, coefficient in reduced.items():
        part = (coefficient, coefficient)
        for pair in key:
            part = _times(part, _power(values[pair[0]], pair[1]))
        low += part[0]
        high += part[1]
    return ((low, high), divisible)


def _corner_range(
    constant: int,
    reduced: dict[tuple[tuple[int, int], ...], int],
    slots: list[tuple[int, int]],
    values: list[_Interval],
) -> _Interval:
    """The exact range where every slot occurs with one power only: the least and greatest value at a corner."""
    index = {pair: position for position, pair in enumerate(slots)}
    # One vector of coefficients over subsets of slots (bit masks), halved by each slot that gets its two ends
    size = 1 << len(slots)
    coefficients = [0] * size
    coefficients[0] = constant
    for key, coefficient in reduced.items():
        mask = 0
        for pair in key:
            mask |= 1 << index[pair]
        coefficients[mask] += coefficient
    vectors = [coefficients]
    for slot, power in reversed(slots):
        size >>= 1
        low, high = _power(values[slot], power)
        vectors = [
            [vector[mask] + end * vector[mask + size] for mask in range(size)]
            for vector in vectors
            for end in (low, high)
        ]
    ends = [vector[0] for vector in vectors]
    return (min(ends), max(ends))


def _power(base: _Interval, power: int) -> _Interval:
    low, high = base
    if power == 1:
        return base
    if low >= 0 or power % 2:
        return (low**power, high**power)
    if high <= 0:
        return (high**power, low**power)
    return (0, max(low**power, high**power))


def _times(left: _Interval, right: _Interval) -> _Interval:
    a, b = left
    c, d = right
    products = (a * c, a * d, b * c, b * d)
    return (min(products), max(products))


def _atom_interval(atom: Atom, parts: list[_Interval]) -> _Interval | None:
    """The interval of a compound atom from those of its parts; None when it always divides by zero."""
    if isinstance(atom, Extremum):
        choose = min if isinstance(atom, Min) else max
        return (choose(low for low, _ in parts), choose(high for _, high in parts))
    (low, high), (den_low, den_high) = parts
    if den_low == den_high == 0:
        return None
    if den_high <= 0:
        low, high, den_low, den_high = -high, -low, -den_high, -den_low
        if isinstance(atom, Mod):
            # x % -d == -((-x) % d)
            return (-(max(den_high, 1) - 1), 0)
    if den_low < 0:
        if isinstance(atom, FloorDiv):
            largest = max(abs(low), abs(high))
            return (-largest, largest)
        return (den_low + 1, max(den_high - 1, 0))
    den_low = max(den_low, 1)
    if isinstance(atom, FloorDiv):
        return (
            low // den_low if low < 0 else low // den_high,
            high // den_low if high >= 0 else high // den_high,
        )
    if den_low == den_high:
        quotient = low // den_low
        if quotient == high // den_low:
            return (low - quotient * den_low, high - quotient * den_low)
    if low >= 0:
        return (low if high < den_low else 0, min(high, den_high - 1))
    return (0, den_high - 1)
