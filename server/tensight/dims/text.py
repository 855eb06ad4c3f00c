"""Dims as text: for people (`64·(H//2-2)`) and as valid Python arithmetic (`64*(H//2-2)`)."""

from __future__ import annotations

from typing import Final

from tensight.dims.atoms import Atom, Extremum, FloorDiv, Min, Quotient, Symbol
from tensight.dims.expr import Dim, Expr
from tensight.dims.factors import factors_of
from tensight.dims.terms import ONE, Monomial, common_monomial, content, monomial_key

_POWERS: Final = {2: "²", 3: "³"}


def to_text(dim: Dim) -> str:
    """The dim for people; `?` for anything that contains an unknown symbol."""
    if isinstance(dim, int):
        return str(dim)
    if dim._text is None:
        dim._text = "?" if dim.unknown else render(dim, people=True)
    return dim._text


def to_python(dim: Dim) -> int | str | None:
    """An int, or Python arithmetic over the names of the symbols; None when the dim contains an unknown symbol."""
    if isinstance(dim, int):
        return dim
    if dim._python is None:
        if dim.unknown:
            return None
        dim._python = render(dim)
    return dim._python


def render(dim: Dim, people: bool = False) -> str:
    """The shorter of the expanded and the factored text; names unknown symbols too."""
    if isinstance(dim, int):
        return str(dim)
    expanded = _sum(dim, people)
    if len(dim.terms) == 1:
        return expanded
    best = expanded
    if dim.origin is not None:
        best = min(best, _product(*factors_of(dim), people), key=len)
    if content(dim.terms) > 1 or common_monomial(dim.terms):
        best = min(best, _product(*factors_of(Expr(dim.terms)), people), key=len)
    return best


def _sum(dim: Expr, people: bool) -> str:
    monomials = sorted((monomial for monomial in dim.terms if monomial), key=monomial_key)
    if ONE in dim.terms:
        monomials.append(ONE)
    if dim.terms[monomials[0]] < 0:
        first = next((position for position, key in enumerate(monomials) if dim.terms[key] > 0), 0)
        monomials.insert(0, monomials.pop(first))
    parts: list[str] = []
    for monomial in monomials:
        coefficient = dim.terms[monomial]
        text = _term(abs(coefficient), monomial, people)
        if coefficient < 0:
            # A sign binds tighter than a division: -(H//2) is not -H//2
            parts.append(f"-({text})" if coefficient == -1 and not parts and _is_quotient(monomial) else f"-{text}")
        else:
            parts.append(f"+{text}" if parts else text)
    return "".join(parts)


def _term(coefficient: int, monomial: Monomial, people: bool) -> str:
    pairs = sorted(monomial, key=lambda pair: pair[0].key)
    if coefficient == 1 and len(pairs) == 1 and pairs[0][1] == 1:
        return _atom(pairs[0][0], people)
    parts = [str(coefficient)] if coefficient != 1 or not pairs else []
    parts += [_power(_enclosed(atom, people), power, people) for atom, power in pairs]
    return ("·" if people else "*").join(parts)


def _is_quotient(monomial: Monomial) -> bool:
    return len(monomial) == 1 and all(isinstance(atom, Quotient) and power == 1 for atom, power in monomial)


def _product(coefficient: int, monomial: Monomial, sums: list[Expr], people: bool) -> str:
    powers: dict[Expr, int] = {}
    for part in sums:
        powers[part] = powers.get(part, 0) + 1
    texts = sorted(_power(f"({render(part, people)})", power, people) for part, power in powers.items())
    head: list[str] = []
    if len(monomial) == 1 and abs(coefficient) == 1:
        head = [_power(_enclosed(atom, people), power, people) for atom, power in monomial]
    elif monomial or abs(coefficient) != 1:
        head = [_term(abs(coefficient), monomial, people)]
    return ("-" if coefficient < 0 else "") + ("·" if people else "*").join(head + texts)


def _power(text: str, power: int, people: bool) -> str:
    if power == 1:
        return text
    if not people:
        return f"{text}**{power}"
    return text + _POWERS.get(power, f"^{power}")


def _enclosed(atom: Atom, people: bool) -> str:
    text = _atom(atom, people)
    return f"({text})" if isinstance(atom, Quotient) else text


def _atom(atom: Atom, people: bool) -> str:
    if isinstance(atom, Symbol):
        return atom.name
    if people:
        if atom._people is None:
            atom._people = _compound(atom, people)
        return atom._people
    if atom._python is None:
        atom._python = _compound(atom, people)
    return atom._python


def _compound(atom: Atom, people: bool) -> str:
    if isinstance(atom, Quotient):
        sign = "//" if isinstance(atom, FloorDiv) else "%"
        return f"{_operand(atom.num, people, left=True)}{sign}{_operand(atom.den, people, left=False)}"
    assert isinstance(atom, Extremum)
    name = "min" if isinstance(atom, Min) else "max"
    return f"{name}({', '.join(render(arg, people) for arg in atom.ordered)})"


def _operand(dim: Dim, people: bool, left: bool) -> str:
    """One side of `//` or `%`, in parentheses unless it is a number, a name or, on the left, a plain product."""
    text = render(dim, people)
    if isinstance(dim, int):
        return text if dim >= 0 else f"({text})"
    if len(dim.terms) == 1:
        ((monomial, coefficient),) = dim.terms.items()
        alone = coefficient == 1 and len(monomial) == 1
        simple = all(isinstance(atom, (Symbol, Extremum)) and power == 1 for atom, power in monomial)
        if simple and (alone or (left and coefficient > 0)):
            return text
    return f"({text})"
