"""What polynomials are made of: symbols, quotients, remainders, minima and maxima.

Atoms are interned: two equal atoms are one object as long as one of them is alive, so comparing and hashing them
costs nothing. Immutable by convention: slots are written at construction and by lazy caches only.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from tensight.dims.expr import Dim

Bounds: TypeAlias = tuple[int | None, int | None]


class SymbolKind(Enum):
    """Where a symbol comes from: the size of an input, a size that depends on data, or nothing known (prints `?`)."""

    INPUT = "input"
    DATA = "data"
    UNKNOWN = "unknown"


class Atom:
    """One factor of a monomial. Equality is identity."""

    __slots__ = ("__weakref__", "_bounds", "_key", "_people", "_python", "_symbols", "size")

    size: int
    """Nodes, counted as a tree."""
    _bounds: Bounds | None
    _key: tuple[int, str] | None
    _people: str | None
    _python: str | None
    _symbols: frozenset[Symbol]

    @property
    def symbols(self) -> frozenset[Symbol]:
        """Every symbol in it."""
        return self._symbols

    @property
    def key(self) -> tuple[int, str]:
        """A total order that does not depend on the run: symbols by name first, then compound atoms."""
        if self._key is None:
            self._key = (1, self._make_key())
        return self._key

    def _make_key(self) -> str:
        raise NotImplementedError


_interned: WeakValueDictionary[tuple[object, ...], Atom] = WeakValueDictionary()
_A = TypeVar("_A", bound=Atom)


def _blank(cls: type[_A], key: tuple[object, ...]) -> _A:
    """A new atom, interned under its key, with empty caches."""
    atom = object.__new__(cls)
    atom._bounds = atom._key = atom._people = atom._python = None
    _interned[key] = atom
    return atom


class Symbol(Atom):
    """A named integer that is at least `minimum` (None: it may be negative) and less than `below` (None: no end).

    Identity: name, minimum, kind and `below`."""

    __slots__ = ("below", "kind", "minimum", "name")

    name: str
    minimum: int | None
    kind: SymbolKind
    below: Dim | None

    def __new__(cls, name: str, minimum: int | None, kind: SymbolKind, below: Dim | None = None) -> Symbol:
        key = (name, minimum, kind.value) if below is None else (name, minimum, kind.value, below)
        found = _interned.get(key)
        if found is not None:
            assert isinstance(found, Symbol)
            return found
        self = _blank(cls, key)
        self.name = name
        self.minimum = minimum
        self.kind = kind
        self.below = below
        self._bounds = (minimum, None) if below is None else (minimum, below - 1) if isinstance(below, int) else None
        self._key = (0, f"{name}\0{minimum}\0{kind.value}")
        self.size = 1
        return self

    @property
    def symbols(self) -> frozenset[Symbol]:
        return frozenset((self,))  # not kept: a cycle, and most unknowns are never asked

    def __repr__(self) -> str:
        return f"Symbol({self.name!r}, {self.minimum}, {self.kind.name})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Symbol, (self.name, self.minimum, self.kind, self.below))


class Quotient(Atom):
    """`num // den` or `num % den`, already reduced: `divide` is the only module that makes them."""

    __slots__ = ("den", "num")

    num: Dim
    den: Dim

    def __new__(cls, num: Dim, den: Dim) -> Quotient:
        key = (cls.__name__, num, den)
        found = _interned.get(key)
        if found is not None:
            assert isinstance(found, Quotient)
            return found
        self = _blank(cls, key)
        self.num = num
        self.den = den
        self.size = 1 + dim_size(num) + dim_size(den)
        self._symbols = dim_symbols(num) | dim_symbols(den)
        return self

    def _make_key(self) -> str:
        return f"{type(self).__name__}({dim_key(self.num)},{dim_key(self.den)})"

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

    args: frozenset[Dim]

    def __new__(cls, args: Iterable[Dim]) -> Extremum:
        key = (cls.__name__, frozenset(args))
        found = _interned.get(key)
        if found is not None:
            assert isinstance(found, Extremum)
            return found
        self = _blank(cls, key)
        self.args = key[1]
        self.size = 1 + sum(dim_size(arg) for arg in self.args)
        self._symbols = frozenset[Symbol]().union(*(dim_symbols(arg) for arg in self.args))
        return self

    @property
    def ordered(self) -> list[Dim]:
        """The arguments in the order in which they are printed: symbolic ones by key, the constant last."""
        return sorted(self.args, key=lambda arg: (isinstance(arg, int), dim_key(arg)))

    def _make_key(self) -> str:
        return f"{type(self).__name__}({','.join(dim_key(arg) for arg in self.ordered)})"

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


def dim_symbols(dim: Dim) -> frozenset[Symbol]:
    """The symbols of any dim."""
    return frozenset() if isinstance(dim, int) else dim.symbols


def dim_size(dim: Dim) -> int:
    """How many nodes the dim has as a tree."""
    return 1 if isinstance(dim, int) else dim.size


def dim_key(dim: Dim) -> str:
    """A text that is the same exactly for equal dims."""
    return str(dim) if isinstance(dim, int) else dim.key
