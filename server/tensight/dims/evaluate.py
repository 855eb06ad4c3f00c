"""Dims with numbers or other dims in place of their symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tensight.dims.atoms import Atom, Extremum, FloorDiv, Min, Quotient, Symbol
from tensight.dims.divide import floor_div, modulo
from tensight.dims.expr import Dim, Expr
from tensight.dims.extrema import dim_max, dim_min


def evaluate(dim: Dim, env: Mapping[str, int]) -> int:
    """The number for these values of the symbols. KeyError for a missing symbol, ZeroDivisionError as in Python."""
    if isinstance(dim, int):
        return dim
    total = 0
    for monomial, coefficient in dim.terms.items():
        for atom, power in monomial:
            coefficient *= _evaluate_atom(atom, env) ** power
        total += coefficient
    return total


def _evaluate_atom(atom: Atom, env: Mapping[str, int]) -> int:
    if isinstance(atom, Symbol):
        return env[atom.name]
    if isinstance(atom, Quotient):
        num, den = evaluate(atom.num, env), evaluate(atom.den, env)
        return num // den if isinstance(atom, FloorDiv) else num % den
    assert isinstance(atom, Extremum)
    values = [evaluate(arg, env) for arg in atom.args]
    return min(values) if isinstance(atom, Min) else max(values)


def substitute(dim: Dim, env: Mapping[str, Dim]) -> Dim:
    """The dim with other dims in place of the symbols of these names.

    The replacements must respect the minimums of what they replace, or facts that were used before do not hold.
    Raises ZeroDivisionError when a divisor becomes the constant 0.
    """
    if isinstance(dim, int) or not any(item.name in env for item in dim.symbols):
        return dim

    def replacement(atom: Atom) -> Dim | None:
        return env.get(atom.name) if isinstance(atom, Symbol) else None

    return rebuild(dim, replacement)


def rebuild(dim: Dim, replacement: Callable[[Atom], Dim | None]) -> Dim:
    """The dim built again from the inside out; `replacement` may name a dim for an atom whose parts are rebuilt."""
    if isinstance(dim, int):
        return dim
    if dim.origin is not None:
        result: Dim = 1
        for part in dim.origin:
            result = result * rebuild(part, replacement)
        return result
    total: Dim = 0
    for monomial, coefficient in dim.terms.items():
        term: Dim = coefficient
        for atom, power in monomial:
            value = _rebuild_atom(atom, replacement)
            for _ in range(power):
                term = term * value
        total = total + term
    return total


def _rebuild_atom(atom: Atom, replacement: Callable[[Atom], Dim | None]) -> Dim:
    chosen = replacement(atom)
    if chosen is not None:
        return chosen
    if isinstance(atom, Symbol):
        return Expr({frozenset(((atom, 1),)): 1})
    if isinstance(atom, Quotient):
        num, den = rebuild(atom.num, replacement), rebuild(atom.den, replacement)
        return floor_div(num, den) if isinstance(atom, FloorDiv) else modulo(num, den)
    assert isinstance(atom, Extremum)
    args = [rebuild(arg, replacement) for arg in atom.ordered]
    return dim_min(*args) if isinstance(atom, Min) else dim_max(*args)
