"""Where symbols come from: named ones, fresh sizes that depend on data, fresh unknowns."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable
from functools import lru_cache

from tensight.dims.atoms import Symbol, SymbolKind
from tensight.dims.expr import Dim, Expr, fresh_unknown, from_atom, only_atom


@lru_cache(maxsize=4096)
def symbol(name: str, minimum: int | None = 1, kind: SymbolKind = SymbolKind.INPUT) -> Expr:
    """The dim that is one symbol. Equal arguments give equal dims."""
    return from_atom(Symbol(name, minimum, kind))


_data_names: set[str] = set()
#: for each hint the last number that was tried: all smaller ones are in use
_used: dict[str, int] = {}


def fresh_data(hint: str = "n", minimum: int | None = 0) -> Expr:
    """A number that depends on data: a size unless `minimum` says otherwise, named after the hint, a number added
    until the name is unused."""
    name = hint
    for number in itertools.count(_used.get(hint, 0) + 1):
        if name not in _data_names:
            break
        name = f"{hint}{number}"
        _used[hint] = number
    _data_names.add(name)
    return symbol(name, minimum, SymbolKind.DATA)


_made_for: dict[Hashable, Expr] = {}


def data_for(key: Hashable) -> Expr:
    """The size that depends on data in the way that the key tells: the same one each time."""
    made = _made_for.get(key)
    if made is None:
        made = _made_for[key] = fresh_data()
    return made


def depends_on_data(dim: Dim) -> bool:
    """Whether a size that depends on data takes part in the dim."""
    return isinstance(dim, Expr) and any(symbol.kind is SymbolKind.DATA for symbol in dim.symbols)


def is_data(dim: Dim) -> bool:
    """Whether the dim is one symbol that depends on data, and nothing else."""
    atom = only_atom(dim)
    return isinstance(atom, Symbol) and atom.kind is SymbolKind.DATA


def reset_fresh(taken: Iterable[str] = ()) -> None:
    """Start the names of fresh data symbols again, so that an analysis names them the same each time."""
    _data_names.clear()
    _used.clear()
    _made_for.clear()
    _data_names.update(taken)


__all__ = ["data_for", "depends_on_data", "fresh_data", "fresh_unknown", "is_data", "reset_fresh", "symbol"]
