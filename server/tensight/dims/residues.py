"""Equality of dims that divide by constants, decided case by case over the remainders of their symbols.

`H//2 + (H+1)//2 == H` is no identity of polynomials; with `H = 2t` and with `H = 2t + 1` it is.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from math import lcm
from typing import Final

from tensight.dims.atoms import Extremum, Quotient, Symbol
from tensight.dims.bounds import bounds, shares_symbols
from tensight.dims.evaluate import substitute
from tensight.dims.expr import Dim, Expr
from tensight.dims.fresh import symbol
from tensight.dims.terms import ONE, content

MAX_CASES: Final = 36
"""Combinations of remainders that are tried: each costs a substitution (tens of microseconds)."""


@lru_cache(maxsize=4096)
def is_zero_by_residues(dim: Expr) -> bool | None:
    """True or False when every case agrees, None when they do not or when the dim is out of reach."""
    if not shares_symbols(dim):
        return None
    periods: dict[Symbol, int] = {}
    if not _collect(dim, periods, 1) or not periods:
        return None
    count = 1
    for period in periods.values():
        count *= period
    if not 1 < count <= MAX_CASES:
        return None
    if len({item.name for item in dim.symbols}) != len(dim.symbols):
        return None
    answers: set[bool] = set()
    for remainders in product(*(range(period) for period in periods.values())):
        replaced: dict[str, Dim] = {}
        for (item, period), remainder in zip(periods.items(), remainders):
            least = None if item.minimum is None else -((remainder - item.minimum) // period)
            replaced[item.name] = period * symbol(item.name, least, item.kind) + remainder
        answer = _plain(substitute(dim, replaced))
        if answer is None:
            return None
        answers.add(answer)
        if len(answers) > 1:
            return None
    return answers.pop()


def _plain(dim: Dim) -> bool | None:
    """Whether the dim is 0, by its form and its bounds alone."""
    if isinstance(dim, int):
        return dim == 0
    low, high = bounds(dim)
    if (low is not None and low > 0) or (high is not None and high < 0):
        return False
    constant = dim.terms.get(ONE)
    if constant is not None and constant % content({key: value for key, value in dim.terms.items() if key}):
        return False
    return None


def _collect(dim: Dim, periods: dict[Symbol, int], period: int) -> bool:
    """Gather by which number each symbol must be divisible for the divisions by constants to be exact."""
    if isinstance(dim, int):
        return True
    for monomial in dim.terms:
        for atom, _ in monomial:
            if isinstance(atom, Symbol):
                if period > 1:
                    periods[atom] = lcm(periods.get(atom, 1), period)
            elif isinstance(atom, Quotient):
                if not isinstance(atom.den, int) or not _collect(atom.num, periods, period * atom.den):
                    return False
            elif isinstance(atom, Extremum):
                return False
    return True
