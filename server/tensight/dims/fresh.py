"""Where symbols come from: named ones, fresh sizes that depend on data, fresh unknowns."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import lru_cache

from tensight.dims.atoms import Symbol, SymbolKind
from tensight.dims.expr import Expr, fresh_unknown, from_atom


@lru_cache(maxsize=4096)
def symbol(name: str, minimum: int | None = 1, kind: SymbolKind = SymbolKind.INPUT) -> Expr:
    """The dim that is one symbol. Equal arguments give equal dims."""
    return from_atom(Symbol(name, minimum, kind))


_data_names: set[str] = set()


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


__all__ = ["fresh_data", "fresh_unknown", "reset_fresh", "symbol"]
