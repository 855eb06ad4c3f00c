"""A dim as a product: what is printed in place of the expanded polynomial."""

from __future__ import annotations

from tensight.dims.expr import Dim, Expr, from_terms
from tensight.dims.terms import (
    ONE,
    Monomial,
    common_monomial,
    content,
    divide_monomial,
    monomial_key,
    multiply_monomials,
)


def factors_of(dim: Expr) -> tuple[int, Monomial, list[Expr]]:
    """Coefficient, monomial and sums (each of several terms, primitive, leading term positive) whose product it is."""
    coefficient, monomial, sums = 1, ONE, []
    pending: list[Dim] = list(dim.origin) if dim.origin is not None else [dim]
    for part in pending:
        if isinstance(part, int):
            coefficient *= part
            continue
        scale, shared, rest = _primitive(part)
        coefficient *= scale
        monomial = multiply_monomials(monomial, shared)
        if rest is not None:
            sums.append(rest)
    return (coefficient, monomial, sums)


def _primitive(part: Expr) -> tuple[int, Monomial, Expr | None]:
    terms = part.terms
    scale = content(terms)
    if terms[min(terms, key=monomial_key)] < 0 and ONE not in terms:
        scale = -scale
    if len(terms) == 1:
        ((monomial, coefficient),) = terms.items()
        return (coefficient, monomial, None)
    shared = common_monomial(terms)
    if scale == 1 and not shared:
        return (1, ONE, part)
    reduced = {}
    for monomial, coefficient in terms.items():
        quotient = divide_monomial(monomial, shared)
        assert quotient is not None
        reduced[quotient] = coefficient // scale
    rest = from_terms(reduced)
    assert isinstance(rest, Expr)
    return (scale, shared, rest)
