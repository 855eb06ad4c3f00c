"""The least and the greatest value of a dim over every valuation that respects the minimums of its symbols.

Sound, not exact: a true bound may be looser than the best one, None means none is known. A valuation that divides
by zero does not count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tensight.dims.atoms import Atom, Bounds, Extremum, FloorDiv, Max, Mod, Quotient, Symbol
from tensight.dims.expr import Dim, Expr, from_terms
from tensight.dims.terms import ONE, Monomial, divide_monomial, monomial_key, multiply_monomials, multiply_terms

MAX_DEPTH: Final = 3
"""How many atoms are relaxed one inside the other: each turn may double the work."""


def bounds(dim: Dim) -> Bounds:
    """The least and the greatest value; None where there is none or none is known."""
    if isinstance(dim, int):
        return (dim, dim)
    if isinstance(dim, float):
        return (dim, dim)  # a layer's constructor, before PyTorch refuses the size
    if dim._bounds is None:
        dim._bounds = _bounds(dim, MAX_DEPTH)
    return dim._bounds


def atom_bounds(atom: Atom) -> Bounds:
    """The bounds of one atom."""
    if atom._bounds is None:
        atom._bounds = _compute_atom_bounds(atom)
    return atom._bounds


def _bounds(dim: Expr, depth: int) -> Bounds:
    lower, upper = _interval(dim)
    if len(dim.terms) == 1 or (lower is not None and lower >= 0) or (upper is not None and upper <= 0):
        return (lower, upper)
    coefficients = [coefficient for monomial, coefficient in dim.terms.items() if monomial]
    if len(coefficients) == 1 or len(dim.terms) > 16:
        return (lower, upper)
    if any(c > 0 for c in coefficients) and any(c < 0 for c in coefficients):
        lower, upper = _intersect((lower, upper), _shifted(dim))
    if depth > 0 and (shares_symbols(dim) or any(isinstance(one.below, Expr) for one in dim.symbols)):
        lower, upper = _intersect((lower, upper), _multiplied_back(dim, depth))
        for atom in _linear_atoms(dim):
            lower, upper = _intersect((lower, upper), _relaxed(dim, atom, depth))
    return (lower, upper)


def _interval(dim: Expr) -> Bounds:
    """Plain interval arithmetic, term by term."""
    lower: int | None = 0
    upper: int | None = 0
    for monomial, coefficient in dim.terms.items():
        low, high = _monomial_bounds(monomial)
        if coefficient < 0:
            low, high = high, low
        lower = None if lower is None or low is None else lower + coefficient * low
        upper = None if upper is None or high is None else upper + coefficient * high
        if lower is None and upper is None:
            break
    return (lower, upper)


def _monomial_bounds(monomial: Monomial) -> Bounds:
    result: Bounds = (1, 1)
    for atom, power in monomial:
        factor = atom_bounds(atom)
        if power > 1:
            factor = _power_bounds(factor, power)
        result = multiply_bounds(result, factor)
    return result


def _power_bounds(base: Bounds, power: int) -> Bounds:
    low, high = base
    if low is not None and low >= 0:
        return (low**power, None if high is None else high**power)
    if power % 2:
        return (None if low is None else low**power, None if high is None else high**power)
    if high is not None and high <= 0:
        return (high**power, None if low is None else low**power)
    return (0, None if low is None or high is None else max(low**power, high**power))


def multiply_bounds(left: Bounds, right: Bounds) -> Bounds:
    """The bounds of a product."""
    a, b = left
    c, d = right
    if a is not None and a >= 0 and c is not None and c >= 0:
        return (a * c, None if b is None or d is None else b * d)
    if left == (0, 0) or right == (0, 0):
        return (0, 0)
    if a is not None and b is not None and c is not None and d is not None:
        products = (a * c, a * d, b * c, b * d)
        return (min(products), max(products))
    # Some end is open: it leads to infinity unless everything it meets is 0 or of the wrong sign.
    rises = (b is None and _reaches_up(d)) or (d is None and _reaches_up(b))
    rises = rises or (a is None and _reaches_down(c)) or (c is None and _reaches_down(a))
    falls = (b is None and _reaches_down(c)) or (d is None and _reaches_down(a))
    falls = falls or (a is None and _reaches_up(d)) or (c is None and _reaches_up(b))
    corners = [x * y for x in left if x is not None for y in right if y is not None]
    return (None if falls else min(corners, default=None), None if rises else max(corners, default=None))


def _reaches_up(high: int | None) -> bool:
    return high is None or high > 0


def _reaches_down(low: int | None) -> bool:
    return low is None or low < 0


def _compute_atom_bounds(atom: Atom) -> Bounds:
    if isinstance(atom, FloorDiv):
        return _quotient_bounds(bounds(atom.num), bounds(atom.den))
    if isinstance(atom, Mod):
        return _modulo_bounds(bounds(atom.num), bounds(atom.den))
    if isinstance(atom, Extremum):
        every = [bounds(arg) for arg in atom.args]
        lows, highs = [low for low, _ in every], [high for _, high in every]
        if isinstance(atom, Max):
            return (_known(lows, max), _all(highs, max))
        return (_all(lows, min), _known(highs, min))
    assert isinstance(atom, Symbol)
    greatest = None if atom.below is None else bounds(atom.below)[1]
    return (atom.minimum, None if greatest is None else greatest - 1)


def _known(values: list[int | None], choose: Callable[[list[int]], int]) -> int | None:
    known = [value for value in values if value is not None]
    return choose(known) if known else None


def _all(values: list[int | None], choose: Callable[[list[int]], int]) -> int | None:
    known = [value for value in values if value is not None]
    return choose(known) if len(known) == len(values) else None


def _negated(pair: Bounds) -> Bounds:
    low, high = pair
    return (None if high is None else -high, None if low is None else -low)


def _quotient_bounds(num: Bounds, den: Bounds) -> Bounds:
    den_low, den_high = den
    if den_high is not None and den_high <= 0:
        num, (den_low, den_high) = _negated(num), _negated(den)
    low, high = num
    if den_low is None or den_low < 0:
        if low is None or high is None:
            return (None, None)
        largest = max(abs(low), abs(high))
        return (-largest, largest)
    den_low = max(den_low, 1)
    lower: int | None = None
    upper: int | None = None
    if low is not None:
        lower = low // den_low if low < 0 else 0 if den_high is None or den_high < 1 else low // den_high
    if high is not None:
        upper = high // den_low if high >= 0 else -1 if den_high is None or den_high < 1 else high // den_high
    return (lower, upper)


def _modulo_bounds(num: Bounds, den: Bounds) -> Bounds:
    den_low, den_high = den
    lower = None if den_low is None else min(0, den_low + 1)
    upper = None if den_high is None else max(0, den_high - 1)
    if num[0] is not None and num[0] >= 0 and den_low is not None and den_low >= 0 and num[1] is not None:
        upper = num[1] if upper is None else min(upper, num[1])
    return (lower, upper)


def _intersect(left: Bounds, right: Bounds) -> Bounds:
    lows = [low for low in (left[0], right[0]) if low is not None]
    highs = [high for high in (left[1], right[1]) if high is not None]
    return (max(lows) if lows else None, min(highs) if highs else None)


def _shifted(dim: Expr) -> Bounds:
    """Bounds from the expansion around the least values: `H*W - H` is `h*w + w` with `h = H-1`, `w = W-1`."""
    degrees = [sum(power for _, power in monomial) for monomial in dim.terms]
    if not 2 <= max(degrees) <= 6:
        return (None, None)
    total: dict[Monomial, int] = {}
    for monomial, coefficient in dim.terms.items():
        product: dict[Monomial, int] = {ONE: coefficient}
        for atom, power in monomial:
            low = atom_bounds(atom)[0]
            if low is None:
                return (None, None)
            shifted = {frozenset(((atom, 1),)): 1, ONE: low} if low else {frozenset(((atom, 1),)): 1}
            for _ in range(power):
                product = multiply_terms(product, shifted)
        for key, value in product.items():
            total[key] = total.get(key, 0) + value
    constant = total.pop(ONE, 0)
    lower = constant if all(value >= 0 for value in total.values()) else None
    upper = constant if all(value <= 0 for value in total.values()) else None
    return (lower, upper)


def shares_symbols(dim: Expr) -> bool:
    """Whether some symbol occurs in two atoms: without that, no case says more than the whole."""
    seen: set[Symbol] = set()
    for atom in {atom for monomial in dim.terms for atom, _ in monomial}:
        if not seen.isdisjoint(atom.symbols):
            return True
        seen |= atom.symbols
    return False


def _linear_atoms(dim: Expr) -> list[Atom]:
    """The atoms made of others that stand alone in exactly one term (with a coefficient) and nowhere else at top level:
    compound ones, and symbols with a symbolic end."""
    counts: dict[Atom, int] = {}
    alone: list[Atom] = []
    for monomial in dim.terms:
        for atom, power in monomial:
            if not isinstance(atom, Symbol) or isinstance(atom.below, Expr):
                counts[atom] = counts.get(atom, 0) + 1
                if len(monomial) == 1 and power == 1:
                    alone.append(atom)
    return sorted((atom for atom in alone if counts[atom] == 1), key=lambda atom: atom.key)[:4]


def _relaxed(dim: Expr, atom: Atom, depth: int) -> Bounds:
    """Bounds after an atom is replaced by what it is made of, the rounding added as an interval."""
    term = frozenset(((atom, 1),))
    coefficient = dim.terms[term]
    rest = from_terms({monomial: value for monomial, value in dim.terms.items() if monomial != term})
    if isinstance(atom, Extremum):
        return _relaxed_extremum(rest, coefficient, atom, depth)
    if isinstance(atom, Symbol):
        assert isinstance(atom.below, Expr)
        low, high = _deeper(rest + coefficient * (atom.below - 1), depth)
        return (None, high) if coefficient > 0 else (low, None)
    assert isinstance(atom, Quotient)
    den = atom.den
    if isinstance(atom, Mod) or not isinstance(den, int):
        return (None, None)
    # den * dim == den * rest + coefficient * (num - remainder), 0 <= remainder < den
    low, high = _deeper(den * rest + coefficient * atom.num, depth)
    slack = abs(coefficient) * (den - 1)
    if coefficient > 0:
        low = None if low is None else low - slack
    else:
        high = None if high is None else high + slack
    return (None if low is None else -(-low // den), None if high is None else high // den)


def _multiplied_back(dim: Expr, depth: int) -> Bounds:
    """Bounds from `0 <= x - b*(x//b)`, for the first term that has the form `f * b*(x//b)` with a symbolic b > 0."""
    for monomial, coefficient in sorted(dim.terms.items(), key=lambda term: monomial_key(term[0])):
        for atom, power in monomial:
            if power != 1 or not isinstance(atom, FloorDiv) or isinstance(atom.den, int):
                continue
            if len(atom.den.terms) > 1 or not is_positive(atom.den):
                continue
            ((den, scale),) = atom.den.terms.items()
            factor = divide_monomial(monomial, multiply_monomials(den, frozenset(((atom, 1),))))
            if factor is None or coefficient % scale:
                continue
            multiple = from_terms({factor: coefficient // scale})
            rest = from_terms({key: value for key, value in dim.terms.items() if key != monomial})
            low, high = _deeper(rest + multiple * atom.num, depth)
            least, greatest = bounds(multiple)
            return (
                low if greatest is not None and greatest <= 0 else None,
                high if least is not None and least >= 0 else None,
            )
    return (None, None)


def _relaxed_extremum(rest: Dim, coefficient: int, atom: Extremum, depth: int) -> Bounds:
    """`dim` is one of the cases; where it is the greatest of them, its lower bound is the best of theirs."""
    cases = [_deeper(rest + coefficient * arg, depth) for arg in atom.args]
    lows, highs = [low for low, _ in cases], [high for _, high in cases]
    if isinstance(atom, Max) == (coefficient > 0):
        return (_known(lows, max), _all(highs, max))
    return (_all(lows, min), _known(highs, min))


def _deeper(dim: Dim, depth: int) -> Bounds:
    if isinstance(dim, int):
        return (dim, dim)
    return dim._bounds if dim._bounds is not None else _bounds(dim, depth - 1)


def is_positive(dim: Dim) -> bool:
    """Whether the dim is proven to be at least 1."""
    low = bounds(dim)[0]
    return low is not None and low > 0


def is_never_zero(dim: Dim) -> bool:
    """Whether the dim is proven to differ from 0 by its bounds."""
    low, high = bounds(dim)
    return (low is not None and low > 0) or (high is not None and high < 0)
