"""What an analysis has learnt about its dims, and dims simplified with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tensight.dims.atoms import Atom, Extremum, FloorDiv, Min, Mod, Quotient, Symbol, SymbolKind
from tensight.dims.divide import exact_quotient, floor_div, modulo
from tensight.dims.expr import Dim, Expr, from_atom, from_terms, only_atom
from tensight.dims.extrema import dim_max, dim_min
from tensight.dims.terms import Terms, divide_monomial
from tensight.dims.truth import Truth, divides, is_zero

MAX_FACTS: Final = 64
"""Facts kept of each sort; a root that teaches more gains nothing from the rest."""

_RANK: Final = {SymbolKind.INPUT: 0, SymbolKind.DATA: 1, SymbolKind.UNKNOWN: 2}


class Facts:
    """Immutable: learning gives a new store, which shares what it can with the old one.

    Invariant: no replacement mentions an atom that is itself replaced, so one pass of `simplify` is enough.
    """

    __slots__ = ("_cache", "_multiples", "_replaced")

    def __init__(self, replaced: Mapping[Atom, Dim] | None = None, multiples: tuple[tuple[Dim, Dim], ...] = ()) -> None:
        self._replaced: Final[Mapping[Atom, Dim]] = replaced or {}
        self._multiples: Final = multiples
        self._cache: Final[dict[Expr, Dim]] = {}

    def learn_divides(self, k: Dim, a: Dim) -> Facts:
        """The facts with `a % k == 0` added."""
        k, a = self.simplify(k), self.simplify(a)
        if isinstance(a, int) or len(self._multiples) >= MAX_FACTS or (isinstance(k, int) and k in (0, 1, -1)):
            return self
        if divides(k, a) is not Truth.MAYBE or (k, a) in self._multiples:
            return self
        return Facts(self._replaced, (*self._multiples, (k, a)))

    def learn_equal(self, a: Dim, b: Dim) -> Facts:
        """The facts with `a == b` added; unchanged where no atom can be expressed by the rest, or on contradiction."""
        difference = self.simplify(a - b)
        if isinstance(difference, int) or is_zero(difference) is not Truth.MAYBE or len(self._replaced) >= MAX_FACTS:
            return self
        oriented = _orient(difference)
        if oriented is None:
            return self
        atom, value = oriented
        step = Facts({atom: value})
        replaced = {key: step.simplify(old) for key, old in self._replaced.items()}
        replaced[atom] = value
        return Facts(replaced, tuple((step.simplify(k), step.simplify(c)) for k, c in self._multiples))

    def simplify(self, dim: Dim) -> Dim:
        """An equal dim under these facts, in fewer symbols and without the divisions known to be exact."""
        if isinstance(dim, int) or not (self._replaced or self._multiples):
            return dim
        known = self._cache.get(dim)
        if known is None:
            known = self._simplify(dim)
            if isinstance(known, Expr) and known == dim:
                known = dim
            self._cache[dim] = known
        return known

    def equal(self, a: Dim, b: Dim) -> Truth:
        """Whether two dims are the same number under these facts."""
        return is_zero(self.simplify(a - b))

    def divides(self, k: Dim, a: Dim) -> Truth:
        """Whether `a` is a multiple of `k` under these facts."""
        k, a = self.simplify(k), self.simplify(a)
        return Truth.YES if self._is_multiple(a, k) else divides(k, a)

    def _simplify(self, dim: Expr) -> Dim:
        result: Dim
        if dim.origin is not None:
            result = 1
            for part in dim.origin:
                result = result * self.simplify(part)
        else:
            result = 0
            for monomial, coefficient in dim.terms.items():
                term: Dim = coefficient
                for atom, power in monomial:
                    value = self._simplify_atom(atom)
                    for _ in range(power):
                        term = term * value
                result = result + term
        return self._undivided(result) if self._multiples else result

    def _simplify_atom(self, atom: Atom) -> Dim:
        chosen = self._replaced.get(atom)
        if chosen is not None:
            return chosen
        if isinstance(atom, Symbol):
            return from_atom(atom)
        if isinstance(atom, Quotient):
            num, den = self.simplify(atom.num), self.simplify(atom.den)
            if isinstance(den, int) and den == 0:
                return from_atom(atom)
            if isinstance(atom, Mod) and self._is_multiple(num, den):
                return 0
            value = floor_div(num, den) if isinstance(atom, FloorDiv) else modulo(num, den)
        else:
            assert isinstance(atom, Extremum)
            args = [self.simplify(arg) for arg in atom.ordered]
            value = dim_min(*args) if isinstance(atom, Min) else dim_max(*args)
        rebuilt = only_atom(value)
        return value if rebuilt is None else self._replaced.get(rebuilt, value)

    def _undivided(self, dim: Dim) -> Dim:
        """`d * (p//d)` replaced by `p` where `d` is known to divide `p`, in every term that allows it."""
        if isinstance(dim, int):
            return dim
        quotients = {
            atom for monomial in dim.terms for atom, power in monomial if isinstance(atom, FloorDiv) and power == 1
        }
        for atom in sorted(quotients, key=lambda atom: atom.key):
            if not self._is_multiple(atom.num, atom.den):
                continue
            single = frozenset(((atom, 1),))
            with_atom: Terms = {}
            rest: Terms = {}
            for monomial, coefficient in dim.terms.items():
                reduced = divide_monomial(monomial, single)
                if reduced is None or any(other == atom for other, _ in reduced):
                    rest[monomial] = coefficient
                else:
                    with_atom[reduced] = coefficient
            quotient = exact_quotient(from_terms(with_atom), atom.den)
            if quotient is not None:
                return self._undivided(from_terms(rest) + quotient * atom.num)
        return dim

    def _is_multiple(self, a: Dim, k: Dim) -> bool:
        """Whether a learnt fact says that `a` is a multiple of `k`: `a == c*x` and `m == k*y` where `m` divides `c`."""
        return any(exact_quotient(a, c) is not None and exact_quotient(m, k) is not None for m, c in self._multiples)


def _orient(difference: Expr) -> tuple[Atom, Dim] | None:
    """An atom and the dim that it equals when the difference is 0: data and unknown symbols before those of inputs."""
    best: tuple[tuple[int, int, int, tuple[int, str]], Atom, int] | None = None
    for monomial, coefficient in difference.terms.items():
        if len(monomial) != 1 or abs(coefficient) != 1:
            continue
        ((atom, power),) = monomial
        if power != 1 or _occurrences(difference, atom) != 1:
            continue
        if isinstance(atom, Symbol):
            preference = (1, _RANK[atom.kind], len(atom.name), atom.key)
        else:
            preference = (0, 0, 0, atom.key)
        if best is None or preference > best[0]:
            best = (preference, atom, coefficient)
    if best is None:
        return None
    _, atom, coefficient = best
    return (atom, from_atom(atom) - coefficient * difference)


def _occurrences(dim: Dim, atom: Atom) -> int:
    """How often an atom occurs, inside other atoms too."""
    if isinstance(dim, int) or not atom.symbols <= dim.symbols:
        return 0
    count = 0
    for monomial in dim.terms:
        for other, _ in monomial:
            if other == atom:
                count += 1
            elif isinstance(other, Quotient):
                count += _occurrences(other.num, atom) + _occurrences(other.den, atom)
            elif isinstance(other, Extremum):
                count += sum(_occurrences(arg, atom) for arg in other.args)
    return count
