"""Where symbols come from: named ones, fresh sizes that depend on data, fresh unknowns."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

from tensight.dims.atoms import Symbol, SymbolKind
from tensight.dims.expr import Dim, Expr, fresh_unknown, from_atom, only_atom


@lru_cache(maxsize=4096)
def symbol(name: str, minimum: int | None = 1, kind: SymbolKind = SymbolKind.INPUT, below: Dim | None = None) -> Expr:
    """The dim that is one symbol. Equal arguments give equal dims."""
    return from_atom(Symbol(name, minimum, kind, below))


@dataclass(slots=True)
class FreshNames:
    """The names of data symbols that are in use, so that the same program names them the same each time."""

    taken: set[str] = field(default_factory=set)
    #: for each hint the last number that was tried: all smaller ones are in use
    tried: dict[str, int] = field(default_factory=dict)
    #: sizes by what decides them
    made_for: dict[Hashable, Expr] = field(default_factory=dict)
    #: what each name ends with
    mark: str = ""

    def copy(self) -> FreshNames:
        """The same names, to which others are added."""
        return FreshNames(set(self.taken), dict(self.tried), dict(self.made_for), self.mark)


_names = FreshNames()


def use_names(names: FreshNames) -> None:
    """From now on data symbols are named next to these."""
    global _names
    _names = names


@contextmanager
def naming_beside(names: FreshNames) -> Iterator[None]:
    """Meanwhile data symbols are named next to these instead."""
    before = _names
    use_names(names)
    try:
        yield
    finally:
        use_names(before)


def names_taken() -> int:
    """How many data symbols have been named."""
    return len(_names.taken)


def fresh_data(hint: str = "n", minimum: int | None = 0, below: Dim | None = None) -> Expr:
    """A number that depends on data: a size unless `minimum` says otherwise, named after the hint, a number added
    until the name is unused. `below`: what it is always less than."""
    names = _names
    hint += names.mark
    name = hint
    for number in itertools.count(names.tried.get(hint, 0) + 1):
        if name not in names.taken:
            break
        name = f"{hint}{number}"
        names.tried[hint] = number
    names.taken.add(name)
    return symbol(name, minimum, SymbolKind.DATA, below)


def drawn(low: Dim, high: Dim) -> Dim | None:
    """A number of low … high - 1 that chance decides, another one each time; None where there certainly is none."""
    width = high - low
    if isinstance(width, int) and width <= 1:
        return low if width == 1 else None
    return fresh_data("i", low, high) if isinstance(low, int) else low + fresh_data("i", 0, width)


def is_drawn(dim: Dim) -> bool:
    """Whether chance decides the dim within known ends."""
    return isinstance(dim, Expr) and any(one.below is not None for one in dim.symbols)


def data_for(key: Hashable, hint: str = "n", minimum: int = 0) -> Expr:
    """The size that depends on data in the way that the key tells: the same one each time."""
    made_for = _names.made_for
    made = made_for.get(key)
    if made is None:
        made = made_for[key] = fresh_data(hint, minimum)
    return made


def depends_on_data(dim: Dim) -> bool:
    """Whether a size that depends on data takes part in the dim."""
    return isinstance(dim, Expr) and any(symbol.kind is SymbolKind.DATA for symbol in dim.symbols)


def is_data(dim: Dim) -> bool:
    """Whether the dim is one symbol that depends on data, and nothing else."""
    atom = only_atom(dim)
    return isinstance(atom, Symbol) and atom.kind is SymbolKind.DATA


__all__ = [
    "FreshNames",
    "data_for",
    "depends_on_data",
    "drawn",
    "fresh_data",
    "fresh_unknown",
    "is_data",
    "is_drawn",
    "names_taken",
    "naming_beside",
    "symbol",
    "use_names",
]
