"""The canonical form of a symbolic dim: a polynomial with integer coefficients over atoms.

This module knows the ring operations only; divisions, bounds, comparison and text live beside it. Everything here is
immutable by convention: slots are written by constructors and by lazy caches, never by callers.
"""

from __future__ import annotations

import itertools
from typing import Any, Final, TypeAlias

from tensight.dims.atoms import Atom, Bounds, Symbol, SymbolKind
from tensight.dims.terms import (
    MAX_EXPONENT,
    MAX_TERMS,
    ONE,
    Terms,
    monomial_key,
    multiply_monomials,
    multiply_terms,
)

MAX_SIZE: Final = 400
"""Nodes of one atom, counted as a tree: nested divisions in a loop double them at each turn."""


class Expr:
    """An integer that depends on symbols.

    Never a constant (operations give an int instead), so an Expr never equals an int. `origin` remembers the factors
    of a product for printing; it takes no part in equality.
    """

    __slots__ = ("_bounds", "_hash", "_key", "_python", "_symbols", "_text", "_unknown", "origin", "terms")

    def __init__(self, terms: Terms, origin: tuple[Dim, ...] | None = None) -> None:
        self.terms: Final = terms
        self.origin: tuple[Dim, ...] | None = origin
        self._hash: int | None = None
        self._symbols: frozenset[Symbol] | None = None
        self._unknown: bool | None = None
        self._bounds: Bounds | None = None
        self._key: str | None = None
        self._text: str | None = None
        self._python: str | None = None

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Expr) and hash(self) == hash(other) and self.terms == other.terms

    def __bool__(self) -> bool:
        raise TypeError("a symbolic dim has no truth value: use equal, less or is_zero, which answer a Truth")

    def __reduce__(self) -> tuple[Any, ...]:
        return (Expr, (self.terms, self.origin))

    def __str__(self) -> str:
        from tensight.dims.text import to_text

        return to_text(self)

    def __repr__(self) -> str:
        from tensight.dims.text import render

        return f"<{render(self)}>"

    @property
    def symbols(self) -> frozenset[Symbol]:
        """Every symbol in it, those inside divisions included."""
        if self._symbols is None:
            found: set[Symbol] = set()
            for monomial in self.terms:
                for atom, _ in monomial:
                    found |= atom.symbols
            self._symbols = frozenset(found)
        return self._symbols

    @property
    def unknown(self) -> bool:
        """Whether some symbol stands for nothing known."""
        if self._unknown is None:
            self._unknown = any(symbol.kind is SymbolKind.UNKNOWN for symbol in self.symbols)
        return self._unknown

    @property
    def size(self) -> int:
        """How many nodes it has as a tree."""
        return sum(1 + sum(atom.size for atom, _ in monomial) for monomial in self.terms)

    @property
    def key(self) -> str:
        """A text that is the same exactly for equal dims, and the same in every run."""
        if self._key is None:
            parts = []
            for monomial in sorted(self.terms, key=monomial_key):
                pairs = sorted((atom.key, power) for atom, power in monomial)
                # names are quoted, compound atoms are not: their keys would double with each level of nesting
                factors = [f"{key if rank else repr(key)}^{power}" for (rank, key), power in pairs]
                parts.append(f"{self.terms[monomial]}*" + "*".join(factors))
            self._key = "+".join(parts)
        return self._key

    def __add__(self, other: Dim) -> Dim:
        if isinstance(other, int):
            if not other:
                return self
            terms = dict(self.terms)
            constant = terms.get(ONE, 0) + other
            if constant:
                terms[ONE] = constant
            else:
                del terms[ONE]
            return Expr(terms)
        if isinstance(other, Expr):
            terms = dict(self.terms)
            for monomial, coefficient in other.terms.items():
                total = terms.get(monomial, 0) + coefficient
                if total:
                    terms[monomial] = total
                else:
                    del terms[monomial]
            return from_terms(terms)
        return NotImplemented

    __radd__ = __add__

    def __neg__(self) -> Expr:
        return self._scaled(-1)

    def __pos__(self) -> Expr:
        return self

    def __sub__(self, other: Dim) -> Dim:
        if isinstance(other, int):
            return self + (-other)
        if isinstance(other, Expr):
            terms = dict(self.terms)
            for monomial, coefficient in other.terms.items():
                total = terms.get(monomial, 0) - coefficient
                if total:
                    terms[monomial] = total
                else:
                    del terms[monomial]
            return from_terms(terms)
        return NotImplemented

    def __rsub__(self, other: int) -> Dim:
        if isinstance(other, int):
            return self._scaled(-1) + other
        return NotImplemented

    def _scaled(self, factor: int) -> Expr:
        """This times a factor that is not 0."""
        origin = self.origin
        if origin is not None:
            head = origin[0]
            origin = (factor * head, *origin[1:]) if isinstance(head, int) else (factor, *origin)
        return Expr({monomial: factor * coefficient for monomial, coefficient in self.terms.items()}, origin)

    def __mul__(self, other: Dim) -> Dim:
        if isinstance(other, int):
            if other == 1:
                return self
            return self._scaled(other) if other else 0
        if isinstance(other, Expr):
            try:
                if len(self.terms) == 1 and len(other.terms) == 1:
                    ((monomial_a, a),) = self.terms.items()
                    ((monomial_b, b),) = other.terms.items()
                    return Expr({multiply_monomials(monomial_a, monomial_b): a * b})
                terms = multiply_terms(self.terms, other.terms)
            except OverflowError:
                return _too_large(self, other)
            return from_terms(terms, (self.origin or (self,)) + (other.origin or (other,)))
        return NotImplemented

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Dim:
        if not isinstance(exponent, int):
            return NotImplemented
        if exponent < 0:
            raise ValueError("a dim has no negative power")
        if exponent > MAX_EXPONENT:
            return fresh_unknown(None)
        result: Dim = 1
        for _ in range(exponent):
            result = self * result
        return result

    def __floordiv__(self, other: Dim) -> Dim:
        if isinstance(other, (int, Expr)):
            from tensight.dims.divide import floor_div

            return floor_div(self, other)
        return NotImplemented

    def __rfloordiv__(self, other: int) -> Dim:
        if isinstance(other, int):
            from tensight.dims.divide import floor_div

            return floor_div(other, self)
        return NotImplemented

    def __mod__(self, other: Dim) -> Dim:
        if isinstance(other, (int, Expr)):
            from tensight.dims.divide import modulo

            return modulo(self, other)
        return NotImplemented

    def __rmod__(self, other: int) -> Dim:
        if isinstance(other, int):
            from tensight.dims.divide import modulo

            return modulo(other, self)
        return NotImplemented


Dim: TypeAlias = int | Expr
"""The size of one axis."""


def from_terms(terms: Terms, origin: tuple[Dim, ...] | None = None) -> Dim:
    """The dim with these terms; takes ownership of the dict."""
    if not terms:
        return 0
    if len(terms) == 1 and ONE in terms:
        return terms[ONE]
    if len(terms) > MAX_TERMS:
        return fresh_unknown(None)
    return Expr(terms, origin)


def from_atom(atom: Atom) -> Expr:
    """The dim that is one atom."""
    if atom.size > MAX_SIZE:
        from tensight.dims.bounds import atom_bounds

        return fresh_unknown(atom_bounds(atom)[0])
    return Expr({frozenset(((atom, 1),)): 1})


def as_terms(dim: Dim) -> Terms:
    """The terms of any dim; a new dict for an int, the dim's own (read it only) otherwise."""
    if isinstance(dim, Expr):
        return dim.terms
    return {ONE: dim} if dim else {}


def _too_large(left: Expr, right: Expr) -> Expr:
    from tensight.dims.bounds import bounds, multiply_bounds

    return fresh_unknown(multiply_bounds(bounds(left), bounds(right))[0])


def only_atom(dim: Dim) -> Atom | None:
    """The atom when the dim is exactly one atom."""
    if isinstance(dim, Expr) and len(dim.terms) == 1:
        ((monomial, coefficient),) = dim.terms.items()
        if coefficient == 1 and len(monomial) == 1:
            ((atom, exponent),) = monomial
            if exponent == 1:
                return atom
    return None


def is_unknown(dim: Dim) -> bool:
    """Whether nothing useful can be said about the dim: it prints as `?`."""
    return isinstance(dim, Expr) and dim.unknown


_unknown_numbers = itertools.count(1)


def fresh_unknown(minimum: int | None = 0) -> Expr:
    """A dim of which nothing is known, different from every other one."""
    return from_atom(Symbol(f"?{next(_unknown_numbers)}", minimum, SymbolKind.UNKNOWN))
