"""Bounded integer search: which sizes make equations of dims true, or that none does.

Branch and prune over boxes of symbol values. Sizes are 64-bit integers in PyTorch, so a domain that ends at
MAX_VALUE is the whole domain, and every box is finite.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from tensight.dims.atoms import Symbol
from tensight.dims.bounds import atom_bounds, is_positive
from tensight.dims.evaluate import evaluate, substitute
from tensight.dims.expr import Dim, Expr, from_terms
from tensight.dims.fresh import symbol
from tensight.dims.intervals import System
from tensight.dims.terms import common_monomial, content, divide_monomial

MAX_VALUE: Final = 2**63 - 1
"""The greatest size of an axis: PyTorch keeps sizes in 64 bits."""
MAX_WORK: Final = 20_000
"""Nodes of equations looked at in one search, about 20 ms: an assumption is worth a frame of the editor, no more. It is
counted, not timed: what a busy machine shows is what an idle one shows."""
MAX_SYMBOLS: Final = 6
"""Symbols searched together."""

_SPATIAL: Final = re.compile(r"(?:[DHWdhw]|depth|height|width)(_?\d*)")


_Box: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """Assignments that make every equation true, the likeliest first.

    A symbol that cancels out is absent: every size of it fits. `exhausted`: there is no other assignment than these;
    with no assignment at all, no sizes fit.
    """

    assignments: tuple[Mapping[str, int], ...]
    exhausted: bool


#: Answers by what was asked: an edit asks again what its file asked before.
_known: dict[tuple[tuple[Expr, ...], int, int], Solution] = {}
_MOST_KNOWN: Final = 1_024


def solve(equations: Sequence[tuple[Dim, Dim]], *, upper: int = 4096, most: int = 3) -> Solution:
    """Search for values of the symbols, square and small ones first, none above `upper`."""
    differences: list[Expr] = []
    for left, right in equations:
        difference = left - right
        if isinstance(difference, int):
            if difference:
                return Solution((), exhausted=True)
            continue
        if difference.unknown:
            return Solution((), exhausted=False)
        differences.append(_stripped(difference))
    if not differences:
        return Solution(({},), exhausted=True)
    symbols = sorted({item for difference in differences for item in difference.symbols}, key=lambda item: item.key)
    names = {item.name for item in symbols}
    if len(symbols) > MAX_SYMBOLS or len(names) != len(symbols):
        return Solution((), exhausted=False)
    asked = (tuple(differences), upper, most)
    known = _known.get(asked)
    if known is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        known = _known[asked] = _solve(differences, symbols, upper, most)
    return known


class _Judge:
    """Asks a system about boxes, as long as there is work left to spend."""

    def __init__(self, differences: list[Expr], work: int) -> None:
        self.system = System(differences)
        self._cost = sum(difference.size for difference in differences)
        self.left = work

    @property
    def tired(self) -> bool:
        return self.left <= 0

    def refutes(self, box: _Box) -> bool:
        """Whether the box certainly holds no solution."""
        self.left -= self._cost
        return self.system.refutes(box)


def _solve(differences: list[Expr], symbols: list[Symbol], upper: int, most: int) -> Solution:
    found: list[dict[str, int]] = []
    work = MAX_WORK
    square = _square(symbols)
    if square:
        reduced = [substitute(difference, square) for difference in differences]
        if all(isinstance(difference, Expr) or difference == 0 for difference in reduced):
            kept = [difference for difference in reduced if isinstance(difference, Expr)]
            if kept:
                judge = _Judge(kept, work // 3)
                partial, _ = _search(kept, upper, 1, judge)
                work -= work // 3 - max(judge.left, 0)
                for assignment in partial:
                    full = {**assignment}
                    for name, dim in square.items():
                        full[name] = evaluate(dim, assignment)
                    if all(item.name in full for item in symbols) and _holds(differences, full, symbols):
                        found.append(full)
    if len(found) < most:
        general, complete = _search(differences, upper, most, _Judge(differences, work))
    else:
        general, complete = [], False
    for assignment in general:
        if assignment not in found:
            found.append(assignment)
    return Solution(tuple(found[:most]), exhausted=complete and len(found) <= most)


def _stripped(difference: Expr) -> Expr:
    """The difference without a common factor that is never 0."""
    divisor = content(difference.terms)
    shared = common_monomial(difference.terms)
    shared = frozenset((atom, power) for atom, power in shared if is_positive(from_terms({frozenset(((atom, 1),)): 1})))
    if divisor == 1 and not shared:
        return difference
    terms = {}
    for monomial, coefficient in difference.terms.items():
        reduced = divide_monomial(monomial, shared)
        assert reduced is not None
        terms[reduced] = coefficient // divisor
    stripped = from_terms(terms)
    return stripped if isinstance(stripped, Expr) else difference


def _square(symbols: list[Symbol]) -> dict[str, Dim]:
    """Replacements that make the spatial symbols of one suffix (H, W; h1, w1) the same symbol."""
    groups: dict[str, list[Symbol]] = {}
    for item in symbols:
        match = _SPATIAL.fullmatch(item.name)
        if match and item.minimum is not None:
            groups.setdefault(match[1], []).append(item)
    replaced: dict[str, Dim] = {}
    for group in groups.values():
        if len(group) > 1:
            least = max(item.minimum or 0 for item in group)
            shared = symbol(group[0].name, least, group[0].kind)
            for item in group:
                replaced[item.name] = shared
    return replaced


def _greatest(item: Symbol) -> int:
    greatest = atom_bounds(item)[1]
    return MAX_VALUE if greatest is None else min(greatest, MAX_VALUE)


def _holds(differences: list[Expr], assignment: Mapping[str, int], symbols: list[Symbol]) -> bool:
    if any(item.minimum is not None and assignment[item.name] < item.minimum for item in symbols):
        return False
    if any(assignment[item.name] > _greatest(item) for item in symbols):
        return False
    try:
        return all(evaluate(difference, assignment) == 0 for difference in differences)
    except ZeroDivisionError:
        return False


def _search(differences: list[Expr], upper: int, most: int, judge: _Judge) -> tuple[list[dict[str, int]], bool]:
    """Assignments by growing size, and whether they are all there are."""
    symbols = judge.system.symbols
    start: _Box = tuple((-MAX_VALUE if s.minimum is None else s.minimum, _greatest(s)) for s in symbols)
    heap: list[tuple[int, int, _Box]] = [(0, 0, start)]
    found: list[dict[str, int]] = []
    complete = True
    serial = 0
    while heap:
        if judge.tired:
            return (found, False)
        _, _, box = heapq.heappop(heap)
        if judge.refutes(box):
            continue
        position = _widest(box)
        if position is None:
            assignment = {item.name: low for item, (low, _) in zip(symbols, box)}
            if _holds(differences, assignment, symbols):
                if len(found) == most:
                    return (found, False)
                found.append(assignment)
            continue
        for part in _split(box[position], upper):
            piece = (*box[:position], part, *box[position + 1 :])
            if part[0] > upper or part[1] < -upper:
                # Too large to be of use, but it counts: only a refuted box proves that nothing is there
                complete = complete and _refuted(judge, piece)
                continue
            serial += 1
            heapq.heappush(heap, (sum(_distance(low, high) for low, high in piece), serial, piece))
    return (found, complete)


def _refuted(judge: _Judge, box: _Box, depth: int = 12) -> bool:
    """Whether the box holds no solution, found by splitting the other symbols a few times."""
    if judge.refutes(box):
        return True
    if depth == 0 or judge.tired:
        return False
    lows = [(abs(low), position) for position, (low, high) in enumerate(box) if high - low > 0]
    if not lows:
        return False
    _, position = min(lows)
    return all(
        _refuted(judge, (*box[:position], part, *box[position + 1 :]), depth - 1)
        for part in _split(box[position], MAX_VALUE)
    )


def _distance(low: int, high: int) -> int:
    """How far from 0 the nearest value lies."""
    return 0 if low <= 0 <= high else min(abs(low), abs(high))


def _widest(box: _Box) -> int | None:
    """The symbol to split: a narrow one first, so that the others are judged with it fixed; then the nearest to 0."""
    best: tuple[bool, int, int] | None = None
    for position, (low, high) in enumerate(box):
        if low < high:
            is_open = high - low > 2**32
            rank = (is_open, abs(low) if is_open else high - low, position)
            if best is None or rank < best:
                best = rank
    return None if best is None else best[2]


def _split(part: tuple[int, int], upper: int) -> tuple[tuple[int, int], tuple[int, int]]:
    low, high = part
    if high - low > 2**32:
        if low < 0 < high:
            return ((low, -1), (0, high))
        if high < 0:
            middle = 2 * high - 4
            return ((middle + 1, high), (low, middle))
        middle = 2 * low + 3
        if low <= upper < middle:
            middle = upper
        return ((low, middle), (middle + 1, high))
    middle = (low + high) // 2
    return ((low, middle), (middle + 1, high))
