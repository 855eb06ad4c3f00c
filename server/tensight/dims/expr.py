"""The canonical form of a symbolic dim: a polynomial with integer coefficients over atoms.

An atom is a symbol, a floor division, a remainder, a minimum or a maximum. This module knows the ring operations
only; divisions, bounds, comparison and text live beside it. Everything here is immutable by convention: slots are
written by constructors and by lazy caches, never by callers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache
from math import gcd
from typing import Any, Final, TypeAlias

MAX_TERMS: Final = 128
"""Terms of one polynomial. Real shapes have fewer than ten; past this bound the dim becomes unknown."""
MAX_EXPONENT: Final = 32
"""Largest power of one atom: `x = x * x` in a loop must not make numbers that nothing can evaluate."""
MAX_SIZE: Final = 400
"""Nodes of one atom, counted as a tree: nested divisions in a loop double them at each turn."""

Bounds: TypeAlias = "tuple[int | None, int | None]"


class SymbolKind(Enum):
    """Where a symbol comes from: the size of an input, a size that depends on data, or nothing known (prints `?`)."""

    INPUT = "input"
    DATA = "data"
    UNKNOWN = "unknown"


class Atom:
    """What a polynomial is made of. Equality is structural; the hash is computed once."""

    __slots__ = ("_bounds", "_hash", "_key", "size", "symbols")

    symbols: frozenset[Symbol]
    size: int
    _hash: int
    _key: tuple[int, str] | None
    _bounds: Bounds | None

    def __hash__(self) -> int:
        return self._hash

    @property
    def key(self) -> tuple[int, str]:
        """A total order that agrees with equality: symbols by name first, then compound atoms."""
        if self._key is None:
            self._key = self._make_key()
        return self._key

    def _make_key(self) -> tuple[int, str]:
        raise NotImplementedError


class Symbol(Atom):
    """A named integer that is at least `minimum` (None: it may be negative). Identity: name, minimum and kind."""

    __slots__ = ("kind", "minimum", "name")

    def __init__(self, name: str, minimum: int | None, kind: SymbolKind) -> None:
        self.name: Final = name
        self.minimum: Final = minimum
        self.kind: Final = kind
        self._hash = hash((name, minimum, kind.value))
        self._bounds = (minimum, None)
        self._key = (0, f"{name}\0{minimum}\0{kind.value}")
        self.size = 1
        self.symbols = frozenset((self,))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Symbol)
            and self.name == other.name
            and self.minimum == other.minimum
            and self.kind is other.kind
        )

    __hash__ = Atom.__hash__

    def __repr__(self) -> str:
        return f"Symbol({self.name!r}, {self.minimum}, {self.kind.name})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Symbol, (self.name, self.minimum, self.kind))


class Quotient(Atom):
    """`num // den` or `num % den`, already reduced: `divide` is the only module that makes them."""

    __slots__ = ("den", "num")

    def __init__(self, num: Dim, den: Dim) -> None:
        self.num: Final = num
        self.den: Final = den
        self._hash = hash((type(self).__name__, num, den))
        self._bounds = None
        self._key = None
        self.size = 1 + dim_size(num) + dim_size(den)
        self.symbols = dim_symbols(num) | dim_symbols(den)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Quotient)
            and type(self) is type(other)
            and self._hash == other._hash
            and self.num == other.num
            and self.den == other.den
        )

    __hash__ = Atom.__hash__

    def _make_key(self) -> tuple[int, str]:
        return (1, f"{type(self).__name__}({dim_key(self.num)},{dim_key(self.den)})")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.num!r}, {self.den!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.num, self.den))


class FloorDiv(Quotient):
    """`num // den` with Python's rounding."""

    __slots__ = ()


class Mod(Quotient):
    """`num % den` with Python's sign."""

    __slots__ = ()


class Extremum(Atom):
    """The least or the greatest of at least two dims, none of which is known to dominate another."""

    __slots__ = ("args",)

    def __init__(self, args: Iterable[Dim]) -> None:
        self.args: Final = frozenset(args)
        self._hash = hash((type(self).__name__, self.args))
        self._bounds = None
        self._key = None
        self.size = 1 + sum(dim_size(arg) for arg in self.args)
        self.symbols = frozenset().union(*(dim_symbols(arg) for arg in self.args))

    @property
    def ordered(self) -> list[Dim]:
        """The arguments in the order in which they are printed: symbolic ones by key, the constant last."""
        return sorted(self.args, key=lambda arg: (isinstance(arg, int), dim_key(arg)))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Extremum)
            and type(self) is type(other)
            and self._hash == other._hash
            and self.args == other.args
        )

    __hash__ = Atom.__hash__

    def _make_key(self) -> tuple[int, str]:
        return (1, f"{type(self).__name__}({','.join(dim_key(arg) for arg in self.ordered)})")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.ordered))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (tuple(self.ordered),))


class Min(Extremum):
    """The least of its arguments."""

    __slots__ = ()


class Max(Extremum):
    """The greatest of its arguments."""

    __slots__ = ()


Monomial: TypeAlias = "frozenset[tuple[Atom, int]]"
"""Atoms with exponents >= 1, each atom once. The empty monomial is 1."""
Terms: TypeAlias = "dict[Monomial, int]"
"""Monomials with coefficients != 0."""
ONE: Final[Monomial] = frozenset()


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
    def constant(self) -> int:
        """The coefficient of the empty monomial."""
        return self.terms.get(ONE, 0)

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
                terms = multiply_terms(self.terms, other.terms)
            except OverflowError:
                return _too_large(self, other)
            if len(self.terms) == 1 and len(other.terms) == 1:
                return from_terms(terms)
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


def _too_large(left: Expr, right: Expr) -> Expr:
    from tensight.dims.bounds import bounds, multiply_bounds

    return fresh_unknown(multiply_bounds(bounds(left), bounds(right))[0])


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


def only_atom(dim: Dim) -> Atom | None:
    """The atom when the dim is exactly one atom."""
    if isinstance(dim, Expr) and len(dim.terms) == 1:
        ((monomial, coefficient),) = dim.terms.items()
        if coefficient == 1 and len(monomial) == 1:
            ((atom, exponent),) = monomial
            if exponent == 1:
                return atom
    return None


def dim_symbols(dim: Dim) -> frozenset[Symbol]:
    """The symbols of any dim."""
    return dim.symbols if isinstance(dim, Expr) else frozenset()


def dim_size(dim: Dim) -> int:
    """How many nodes the dim has as a tree."""
    if isinstance(dim, int):
        return 1
    return sum(1 + sum(atom.size for atom, _ in monomial) for monomial in dim.terms)


def monomial_key(monomial: Monomial) -> tuple[int, list[tuple[tuple[int, str], int]]]:
    """The order in which terms are printed and in which the leading one is chosen: high degree first, then names."""
    return (-sum(power for _, power in monomial), sorted((atom.key, -power) for atom, power in monomial))


def dim_key(dim: Dim) -> str:
    """A text that is the same exactly for equal dims."""
    if isinstance(dim, int):
        return str(dim)
    if dim._key is None:
        parts = []
        for monomial in sorted(dim.terms, key=monomial_key):
            factors = "*".join(f"{atom.key}^{power}" for atom, power in sorted(monomial, key=lambda pair: pair[0].key))
            parts.append(f"{dim.terms[monomial]}*{factors}")
        dim._key = "+".join(parts)
    return dim._key


def is_unknown(dim: Dim) -> bool:
    """Whether nothing useful can be said about the dim: it prints as `?`."""
    return isinstance(dim, Expr) and dim.unknown


@lru_cache(maxsize=4096)
def symbol(name: str, minimum: int | None = 1, kind: SymbolKind = SymbolKind.INPUT) -> Expr:
    """The dim that is one symbol. Equal arguments give equal dims."""
    return from_atom(Symbol(name, minimum, kind))


_unknown_numbers = itertools.count(1)
_data_names: set[str] = set()


def fresh_unknown(minimum: int | None = 0) -> Expr:
    """A dim of which nothing is known, different from every other one."""
    return from_atom(Symbol(f"?{next(_unknown_numbers)}", minimum, SymbolKind.UNKNOWN))


def fresh_data(hint: str = "n") -> Expr:
    """A size that depends on data: at least 0, named after the hint, a number added until the name is unused."""
    name = hint
    for number in itertools.count(1):
        if name not in _data_names:
            break
        name = f"{hint}{number}"
    _data_names.add(name)
    return symbol(name, 0, SymbolKind.DATA)


def reset_fresh(taken: Iterable[str] = ()) -> None:
    """Start the names of fresh data symbols again, so that an analysis names them the same each time."""
    _data_names.clear()
    _data_names.update(taken)
