"""The least and the greatest of several dims."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from tensight.dims.atoms import Extremum, Max, Min
from tensight.dims.bounds import bounds
from tensight.dims.expr import Dim, fresh_unknown, from_atom, only_atom

MAX_ARGUMENTS: Final = 12
"""Arguments of one atom: each is compared with every other one."""


def dim_min(*dims: Dim) -> Dim:
    """The least of at least one dim; arguments that another one never exceeds are dropped."""
    return _extremum(dims, Min)


def dim_max(*dims: Dim) -> Dim:
    """The greatest of at least one dim; arguments that never exceed another one are dropped."""
    return _extremum(dims, Max)


@lru_cache(maxsize=4096)
def _extremum(dims: tuple[Dim, ...], kind: type[Extremum]) -> Dim:
    choose = min if kind is Min else max
    constants: list[int] = []
    symbolic: dict[Dim, None] = {}
    for dim in dims:
        if isinstance(dim, int):
            constants.append(dim)
            continue
        atom = only_atom(dim)
        if type(atom) is kind:
            assert isinstance(atom, Extremum)
            for arg in atom.ordered:
                if isinstance(arg, int):
                    constants.append(arg)
                else:
                    symbolic[arg] = None
        else:
            symbolic[dim] = None
    candidates: list[Dim] = [*symbolic]
    if constants:
        candidates.append(choose(constants))
    if not candidates:
        raise ValueError("the extremum of nothing")
    if len(candidates) > MAX_ARGUMENTS:
        return fresh_unknown(None)
    kept: list[Dim] = []
    for position, candidate in enumerate(candidates):
        others = [*kept, *candidates[position + 1 :]]
        if not any(_dominates(other, candidate, kind) for other in others):
            kept.append(candidate)
    if len(kept) == 1:
        return kept[0]
    return from_atom(kind(kept))


def _dominates(winner: Dim, loser: Dim, kind: type[Extremum]) -> bool:
    """Whether `winner` can stand for both: it is never greater (Min) or never less (Max)."""
    low, high = bounds(winner - loser)
    if kind is Min:
        return high is not None and high <= 0
    return low is not None and low >= 0
