"""Floor division and remainder of dims, reduced to one canonical form.

Every rule holds for all valuations that respect the minimums and do not divide by zero. A divisor that may be zero
is left alone. Notation in comments: `k` is a constant > 0, `b` a symbolic divisor that is > 0.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd
from typing import Final

from tensight.dims.atoms import FloorDiv, Mod, Quotient
from tensight.dims.bounds import atom_bounds, bounds, is_never_zero, is_positive
from tensight.dims.expr import Dim, Expr, as_terms, from_atom, from_terms, only_atom
from tensight.dims.terms import (
    ONE,
    Monomial,
    Terms,
    common_monomial,
    content,
    divide_monomial,
    monomial_key,
    multiply_terms,
)

MAX_STEPS: Final = 64
"""Steps of one polynomial long division; exact divisions of real shapes take a handful."""


def floor_div(num: Dim, den: Dim) -> Dim:
    """`num // den` with Python's rounding. Raises ZeroDivisionError for the constant 0."""
    if isinstance(den, int):
        if isinstance(num, int):
            return num // den
        if den == 0:
            raise ZeroDivisionError("division of a dim by zero")
    if isinstance(num, Expr) and num.origin is not None:
        return _floor_div(num, den)
    return _cached_floor_div(num, den)


def _floor_div(num: Dim, den: Dim) -> Dim:
    if isinstance(den, int):
        assert isinstance(num, Expr)
        return _by_constant(num, den) if den > 0 else _by_constant(-num, -den)
    if not is_never_zero(den):
        # (g*x) // (g*y) == x // y for g > 0, whether or not y is 0
        num, reduced, factor = _cancelled(num, den)
        return from_atom(FloorDiv(num, den)) if factor == 1 else floor_div(num, reduced)
    return _by_symbolic(num, den) if is_positive(den) else _by_symbolic(-num, -den)


_cached_floor_div = lru_cache(maxsize=4096)(_floor_div)
"""For numerators without known factors: equal dims may differ in those, and so may their quotients."""


def modulo(num: Dim, den: Dim) -> Dim:
    """`num % den` with Python's sign. Raises ZeroDivisionError for the constant 0."""
    if isinstance(den, int):
        if isinstance(num, int):
            return num % den
        if den == 0:
            raise ZeroDivisionError("remainder of a dim by zero")
    if type(num) is float or type(den) is float:
        return num % den
    return _modulo(num, den)


@lru_cache(maxsize=4096)
def _modulo(num: Dim, den: Dim) -> Dim:
    if isinstance(den, int):
        assert isinstance(num, Expr)
        return _modulo_constant(num, den) if den > 0 else -_modulo_constant(-num, -den)
    if not is_never_zero(den):
        num, reduced, factor = _cancelled(num, den)
        return from_atom(Mod(num, den)) if factor == 1 else factor * modulo(num, reduced)
    return _modulo_symbolic(num, den) if is_positive(den) else -_modulo_symbolic(-num, -den)


def ceil_div(num: Dim, den: Dim) -> Dim:
    """`num / den` rounded up."""
    return -floor_div(-num, den)


def exact_quotient(num: Dim, den: Dim) -> Dim | None:
    """The polynomial `q` with `num == den * q`; None when there is none."""
    if isinstance(num, int) and isinstance(den, int):
        return num // den if den and num % den == 0 else None
    quotient, rest = _long_division(as_terms(num), as_terms(den))
    return from_terms(quotient, _origin_of_quotient(num, den)) if not rest else None


# Division by a constant


def _by_constant(num: Expr, k: int) -> Dim:
    if k == 1:
        return num
    # (k*q + r) // k == q + r//k, term by term; r keeps the sign of its term, the constant of r is in [0, k)
    whole: Terms = {}
    rest: Terms = {}
    for monomial, coefficient in num.terms.items():
        if monomial and coefficient < 0:
            quotient = -(-coefficient // k)
        else:
            quotient = coefficient // k
        if quotient:
            whole[monomial] = quotient
        if coefficient != quotient * k:
            rest[monomial] = coefficient - quotient * k
    if not rest:
        return from_terms(whole, _origin_of_quotient(num, k))
    if len(rest) == 1 and ONE in rest:
        return from_terms(whole)
    return from_terms(whole) + _proper_quotient(rest, k)


def _proper_quotient(rest: Terms, k: int) -> Dim:
    """`rest // k` where every coefficient is smaller than k and the constant is in [0, k)."""
    if _leads_negative(rest):
        # (-a) // k == -((a + k - 1) // k)
        flipped = {monomial: -coefficient for monomial, coefficient in rest.items()}
        return -_nested_quotient(_with_constant(flipped, flipped.get(ONE, 0) + k - 1), k)
    return _nested_quotient(rest, k)


def _nested_quotient(rest: Terms, k: int) -> Dim:
    constant = rest.get(ONE, 0)
    divisor = gcd(k, *(coefficient for monomial, coefficient in rest.items() if monomial))
    if divisor > 1:
        # (g*a + c) // (g*m) == (a + c//g) // m
        constant //= divisor
        k //= divisor
        rest = {monomial: coefficient // divisor for monomial, coefficient in rest.items() if monomial}
        if constant:
            rest[ONE] = constant
        if k == 1:
            return from_terms(rest)
    reduced = _without_remainders(rest, k)
    if reduced is not None:
        return floor_div(reduced, k)
    if len(rest) == 1 or (len(rest) == 2 and constant):
        atom = only_atom(from_terms({monomial: value for monomial, value in rest.items() if monomial}))
        if isinstance(atom, FloorDiv) and is_never_zero(atom.den):
            # (x//a + c) // k == (x + a*c) // (a*k)
            return floor_div(atom.num + atom.den * constant, atom.den * k)
    num = from_terms(rest)
    low, high = bounds(num)
    if low is not None and high is not None and low // k == high // k:
        return low // k
    return from_atom(FloorDiv(num, k))


def _without_remainders(terms: Terms, k: int) -> Dim | None:
    """The dim with `x % m` written as `x - m*(x//m)`, where that cancels against another term; None elsewhere."""
    for monomial, coefficient in terms.items():
        if len(monomial) != 1 or len(terms) < 2:
            continue
        atom = only_atom(from_terms({monomial: 1}))
        if isinstance(atom, Mod) and isinstance(atom.den, int) and coefficient * atom.den % k == 0:
            others = from_terms({key: value for key, value in terms.items() if key != monomial})
            if atom.den == 2:
                # x % 2 == 2*ceil(x/2) - x
                rest = others - coefficient * atom.num
                if len(as_terms(rest)) < len(terms) - 1:
                    return rest + 2 * coefficient * ceil_div(atom.num, 2)
            rest = others + coefficient * atom.num
            if len(as_terms(rest)) < len(terms) - 1:
                return rest - coefficient * atom.den * floor_div(atom.num, atom.den)
    return None


def _modulo_constant(num: Expr, k: int) -> Dim:
    if k == 1:
        return 0
    # Coefficients count modulo k only: they are brought into (-k/2, k/2], the constant into [0, k)
    rest: Terms = {}
    for monomial, coefficient in num.terms.items():
        residue = coefficient % k
        if monomial and 2 * residue > k:
            residue -= k
        if residue:
            rest[monomial] = residue
    if not rest:
        return 0
    low, high = bounds(num)
    if low is not None and high is not None and low // k == high // k:
        return num - k * (low // k)
    for monomial in list(rest):
        # (x % m + y) % k == (x + y) % k when k divides m
        for atom, power in monomial:
            if isinstance(atom, Mod) and isinstance(atom.den, int) and atom.den % k == 0:
                coefficient = rest.pop(monomial)
                others = divide_monomial(monomial, frozenset(((atom, power),)))
                assert others is not None
                inner = from_terms({others: coefficient})
                for _ in range(power):
                    inner = inner * atom.num
                return modulo(from_terms(rest) + inner, k)
    if len(rest) == 1 and ONE in rest:
        return rest[ONE]
    constant = rest.get(ONE, 0)
    divisor = gcd(k, *(coefficient for monomial, coefficient in rest.items() if monomial))
    if divisor > 1:
        # (g*a + g*q + r) % (g*m) == g * ((a+q) % m) + r, 0 <= r < g
        scaled = {monomial: coefficient // divisor for monomial, coefficient in rest.items() if monomial}
        inner = modulo(from_terms(_with_constant(scaled, constant // divisor)), k // divisor)
        return divisor * inner + constant % divisor
    reduced = from_terms(rest)
    low, high = bounds(reduced)
    if low is not None and high is not None and low // k == high // k:
        return reduced - k * (low // k)
    return from_atom(Mod(reduced, k))


# Division by a dim that is positive


def _by_symbolic(num: Dim, b: Expr) -> Dim:
    found = _remainder_in(num, b)
    if found is not None:
        # (c*(x % b) + y) // b == (c*x + y)//b - c*(x//b), where x cancels against a term of y
        coefficient, inner, others = found
        without = others + coefficient * inner
        if len(as_terms(without)) < len(as_terms(others)):
            return floor_div(without, b) - coefficient * floor_div(inner, b)
    whole, rest = _split(num, b)
    if isinstance(rest, int) and rest == 0:
        return whole
    rest, b_reduced, _ = _cancelled(rest, b)
    if isinstance(b_reduced, int):
        return whole + floor_div(rest, b_reduced)
    if _is_between(rest, b_reduced):
        return whole
    if (rest < 0) if isinstance(rest, int) else _leads_negative(rest.terms):
        # (-a) // b == -((a + b - 1) // b) == -1 - (a - 1)//b
        return whole - 1 - _positive_quotient(-rest - 1, b_reduced)
    return whole + _positive_quotient(rest, b_reduced)


def _positive_quotient(rest: Dim, b: Expr) -> Dim:
    if isinstance(rest, int) and rest == 0:
        return 0
    if _is_between(rest, b):
        return 0
    atom = only_atom(rest)
    if isinstance(atom, FloorDiv) and is_never_zero(atom.den):
        # (x//a) // b == x // (a*b)
        return floor_div(atom.num, atom.den * b)
    return _atom(FloorDiv(rest, b))


def _remainder_in(num: Dim, b: Expr) -> tuple[int, Dim, Dim] | None:
    """`c`, `x`, `y` with `num == c*(x % b) + y`; None where there is no such term."""
    for monomial, coefficient in as_terms(num).items():
        if len(monomial) == 1:
            ((atom, power),) = monomial
            if power == 1 and isinstance(atom, Mod) and atom.den == b:
                others = {key: value for key, value in as_terms(num).items() if key != monomial}
                return coefficient, atom.num, from_terms(others)
    return None


def _modulo_symbolic(num: Dim, b: Expr) -> Dim:
    found = _remainder_in(num, b)
    if found is not None:
        # (c*(x % b) + y) % b == (c*x + y) % b
        coefficient, inner, others = found
        return modulo(coefficient * inner + others, b)
    _, rest = _split(num, b)
    if isinstance(rest, int) and rest == 0:
        return 0
    # (g*x) % (g*y) == g * (x % y)
    rest, b_reduced, factor = _cancelled(rest, b)
    if isinstance(b_reduced, int):
        return factor * modulo(rest, b_reduced)
    if _is_between(rest, b_reduced):
        return factor * rest
    return factor * _atom(Mod(rest, b_reduced))


def _atom(atom: Quotient) -> Dim:
    """The dim of an atom with a divisor that is never 0: a number where its bounds leave one only."""
    low, high = atom_bounds(atom)
    return low if low is not None and low == high else from_atom(atom)


def _split(num: Dim, b: Expr) -> tuple[Dim, Dim]:
    """`q` and `r` with `num == q*b + r`; a divisor of several terms only divides when that settles the quotient."""
    quotient, rest = _long_division(as_terms(num), b.terms)
    if not quotient:
        return (0, num)
    if not rest:
        return (from_terms(quotient, _origin_of_quotient(num, b)), 0)
    remainder = from_terms(rest)
    if len(b.terms) == 1 or _is_between(remainder, b):
        return (from_terms(quotient), remainder)
    return (0, num)


def _cancelled(num: Dim, b: Expr) -> tuple[Dim, Dim, Dim]:
    """Numerator and divisor without their common constant and monomial, and that common factor (> 0)."""
    num_terms = as_terms(num)
    constant = gcd(content(num_terms), content(b.terms))
    shared = common_monomial({common_monomial(num_terms): 1, common_monomial(b.terms): 1})
    if constant == 1 and not shared:
        return (num, b, 1)
    factor = from_terms({shared: constant})
    if not is_positive(factor):
        shared = ONE
        factor = constant
        if constant == 1:
            return (num, b, 1)
    return (_reduce(num_terms, shared, constant), _reduce(b.terms, shared, constant), factor)


def _reduce(terms: Terms, monomial: Monomial, constant: int) -> Dim:
    reduced: Terms = {}
    for key, value in terms.items():
        quotient = divide_monomial(key, monomial)
        assert quotient is not None
        reduced[quotient] = value // constant
    return from_terms(reduced)


def _is_between(rest: Dim, b: Dim) -> bool:
    """Whether `0 <= rest < b` is proven."""
    low = bounds(rest)[0]
    return low is not None and low >= 0 and is_positive(b - rest)


def _long_division(num: Terms, den: Terms) -> tuple[Terms, Terms]:
    """Quotient and remainder of polynomials: `num == quotient*den + remainder` always."""
    quotient: Terms = {}
    rest: Terms = {}
    if len(den) == 1:
        ((monomial_d, d),) = den.items()
        for monomial, coefficient in num.items():
            reduced = divide_monomial(monomial, monomial_d)
            # Towards zero, so that what remains keeps the sign of its term
            q = 0 if reduced is None else abs(coefficient) // abs(d) * (1 if (coefficient < 0) == (d < 0) else -1)
            if reduced is not None and q:
                quotient[reduced] = q
            if coefficient != q * d:
                rest[monomial] = coefficient - q * d
        return (quotient, rest)
    order = _graded_order(num, den)
    lead = max(den, key=order)
    work = dict(num)
    for _ in range(MAX_STEPS):
        if not work:
            return (quotient, rest)
        monomial = max(work, key=order)
        reduced = divide_monomial(monomial, lead)
        if reduced is None or work[monomial] % den[lead]:
            rest[monomial] = work.pop(monomial)
            continue
        q = work[monomial] // den[lead]
        quotient[reduced] = quotient.get(reduced, 0) + q
        for key, value in multiply_terms(den, {reduced: q}).items():
            total = work.get(key, 0) - value
            if total:
                work[key] = total
            else:
                del work[key]
    return ({}, dict(num))


class _graded_order:
    """A monomial order: by degree, then by the powers of the atoms in their own order."""

    __slots__ = ("atoms",)

    def __init__(self, num: Terms, den: Terms) -> None:
        atoms = {atom for terms in (num, den) for monomial in terms for atom, _ in monomial}
        self.atoms = sorted(atoms, key=lambda atom: atom.key)

    def __call__(self, monomial: Monomial) -> tuple[int, list[int]]:
        powers = dict(monomial)
        return (sum(powers.values()), [powers.get(atom, 0) for atom in self.atoms])


def _leads_negative(terms: Terms) -> bool:
    """Whether the first non-constant term, in the order of printing, has a negative coefficient."""
    signs = {coefficient < 0 for monomial, coefficient in terms.items() if monomial}
    if len(signs) < 2:
        return True in signs
    return terms[min((monomial for monomial in terms if monomial), key=monomial_key)] < 0


def _with_constant(terms: Terms, constant: int) -> Terms:
    """The terms with another constant; changes its argument."""
    if constant:
        terms[ONE] = constant
    else:
        terms.pop(ONE, None)
    return terms


def _origin_of_quotient(num: Dim, den: Dim) -> tuple[Dim, ...] | None:
    """The factors of an exact quotient, where the factors of the numerator are known and the divisor is among them."""
    if isinstance(num, int) or num.origin is None:
        return None
    from tensight.dims.factors import factors_of

    coefficient, monomial, sums = factors_of(num)
    d, monomial_d, sums_d = (den, ONE, list[Expr]()) if isinstance(den, int) else factors_of(den)
    left = list(sums)
    for part in sums_d:
        if part not in left:
            return None
        left.remove(part)
    reduced = divide_monomial(monomial, monomial_d)
    if reduced is None or coefficient % d or not left:
        return None
    return (from_terms({reduced: coefficient // d}), *left)
