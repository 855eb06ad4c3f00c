"""Random dims with an independent meaning: a tree of Python operations that plain ints can run too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tensight.dims import Dim, dim_max, dim_min, evaluate, symbol

Tree: TypeAlias = Any
"""An int, a name, or (operator, operands…)."""

MINIMUMS: dict[str, int | None] = {"H": 1, "W": 1, "n": 0, "C": 3, "z": None, "i": 0, "j": -2}
#: Ends of what chance draws: less than a number, less than a number with a symbol.
BELOW: dict[str, Dim] = {"i": symbol("n", 0) + 3, "j": 5}

constants = st.integers(-9, 9) | st.sampled_from([16, 32, 64, -64])
names = st.sampled_from(sorted(MINIMUMS))


def _extend(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return (
        st.tuples(st.sampled_from(["+", "-", "*"]), inner, inner)
        | st.tuples(st.sampled_from(["//", "%"]), inner, inner)
        | st.tuples(st.sampled_from(["//", "%"]), inner, st.integers(1, 8))
        | st.tuples(st.sampled_from(["min", "max"]), inner, inner)
        | st.tuples(st.just("neg"), inner)
    )


trees: st.SearchStrategy[Tree] = st.recursive(constants | names, _extend, max_leaves=9)
"""Any expression."""
linear: st.SearchStrategy[Tree] = st.recursive(
    st.integers(-9, 9) | st.sampled_from(["H", "W"]),
    lambda inner: (
        st.tuples(st.sampled_from(["+", "-"]), inner, inner)
        | st.tuples(st.sampled_from(["//", "%", "*"]), inner, st.integers(1, 4))
    ),
    max_leaves=8,
)
"""Sums, and divisions by small constants."""


@st.composite
def environments(draw: st.DrawFn) -> dict[str, int]:
    """Values that respect the minimums, small ones most of the time."""
    env = {}
    for name, minimum in MINIMUMS.items():
        least = -12 if minimum is None else minimum
        if name in BELOW:
            env[name] = draw(st.integers(least, evaluate(BELOW[name], env) - 1))
        else:
            env[name] = draw(st.integers(least, least + 24) | st.integers(least, 1000))
    return env


def build(tree: Tree, minimums: Mapping[str, int | None] = MINIMUMS) -> Dim:
    """The dim that a tree stands for."""
    if isinstance(tree, str):
        return symbol(tree, minimums[tree], below=BELOW.get(tree))
    return _apply(tree, lambda part: build(part, minimums), dim_min, dim_max)


def run(tree: Tree, env: Mapping[str, int]) -> int:
    """What Python computes for a tree."""
    if isinstance(tree, str):
        return env[tree]
    return _apply(tree, lambda part: run(part, env), min, max)


def _apply(tree: Tree, of: Any, least: Any, greatest: Any) -> Any:
    match tree:
        case int():
            return tree
        case ("neg", operand):
            return -of(operand)
        case ("+", left, right):
            return of(left) + of(right)
        case ("-", left, right):
            return of(left) - of(right)
        case ("*", left, right):
            return of(left) * of(right)
        case ("//", left, right):
            return of(left) // of(right)
        case ("%", left, right):
            return of(left) % of(right)
        case ("min", left, right):
            return least(of(left), of(right))
        case ("max", left, right):
            return greatest(of(left), of(right))
    raise AssertionError(tree)
