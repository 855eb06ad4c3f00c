"""Monomials and polynomials as plain data: products, common factors, the order of terms."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd
from typing import Final, TypeAlias

from tensight.dims.atoms import Atom

MAX_TERMS: Final = 128
"""Terms of one polynomial. Real shapes have fewer than ten; past this bound the dim becomes unknown."""
MAX_EXPONENT: Final = 32
"""Largest power of one atom: `x = x * x` in a loop must not make numbers that nothing can evaluate."""

Monomial: TypeAlias = frozenset[tuple[Atom, int]]
"""Atoms with exponents >= 1, each atom once. The empty monomial is 1."""
Terms: TypeAlias = dict[Monomial, int]
"""Monomials with coefficients != 0."""
ONE: Final[Monomial] = frozenset()


def multiply_monomials(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    if not left:
        return right
    if not right:
        return left
    merged = dict(left)
    for atom, exponent in right:
        total = merged.get(atom, 0) + exponent
        if total > MAX_EXPONENT:
            raise OverflowError
        merged[atom] = total
    return frozenset(merged.items())


def multiply_terms(left: Terms, right: Terms) -> Terms:
    """The product of two polynomials. Raises OverflowError past MAX_EXPONENT."""
    if len(left) * len(right) > 16 * MAX_TERMS:
        raise OverflowError
    product: Terms = {}
    for monomial_a, a in left.items():
        for monomial_b, b in right.items():
            monomial = multiply_monomials(monomial_a, monomial_b)
            product[monomial] = product.get(monomial, 0) + a * b
    if len(left) > 1 and len(right) > 1:
        return {monomial: coefficient for monomial, coefficient in product.items() if coefficient}
    return product


def content(terms: Mapping[Monomial, int]) -> int:
    """The greatest common divisor of the coefficients, the constant included."""
    return gcd(*terms.values())


def common_monomial(terms: Mapping[Monomial, int]) -> Monomial:
    """The greatest monomial that divides every term."""
    monomials = iter(terms)
    common = dict(next(monomials, ONE))
    for monomial in monomials:
        if not common:
            break
        powers = dict(monomial)
        common = {atom: min(power, powers[atom]) for atom, power in common.items() if atom in powers}
    return frozenset(common.items())


def divide_monomial(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    """The quotient of two monomials; None when the division leaves a remainder."""
    if not divisor:
        return monomial
    if divisor == monomial:
        return ONE
    powers = dict(monomial)
    for atom, exponent in divisor:
        left = powers.get(atom, 0) - exponent
        if left < 0:
            return None
        if left:
            powers[atom] = left
        else:
            del powers[atom]
    return frozenset(powers.items())


def monomial_key(monomial: Monomial) -> tuple[int, list[tuple[tuple[int, str], int]]]:
    """The order in which terms are printed and in which the leading one is chosen: high degree first, then names."""
    return (-sum(power for _, power in monomial), sorted((atom.key, -power) for atom, power in monomial))
