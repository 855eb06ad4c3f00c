"""einops patterns: one side of an expression, and the recipe of a transformation. Knows names and counts, no sizes.

What einops refuses here is raised as EinopsFault with its wording; the callers add the first line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

ELLIPSIS = "…"
REDUCTIONS = ("min", "max", "sum", "mean", "prod", "any", "all")


class EinopsFault(Exception):
    """einops raises an EinopsError with this text."""


class Anonymous:
    """An axis that is written as its size; no two are equal."""

    __slots__ = ("size",)

    def __init__(self, size: int) -> None:
        self.size = size
        if size <= 0:
            raise EinopsFault(f"Anonymous axis should have positive length, not {size}")

    def __repr__(self) -> str:
        return f"{self.size}-axis"


Axis = str | Anonymous
#: One dim of a tensor: the axes that it is composed of (none: size 1), or the run `…`.
Group = tuple[Axis, ...] | str


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a pattern."""

    groups: tuple[Group, ...]
    identifiers: frozenset[Axis]
    #: where the run stands: nowhere, on its own, or in parentheses
    run: bool = False
    run_enclosed: bool = False

    @property
    def numbered(self) -> bool:
        return any(isinstance(axis, Anonymous) for axis in self.identifiers)

    @property
    def flat(self) -> list[Axis]:
        return [axis for group in self.groups for axis in (group if isinstance(group, tuple) else (ELLIPSIS,))]


def _require_name(name: str, underscore: bool) -> None:
    if not name.isidentifier():
        raise EinopsFault(f"Invalid axis identifier: {name}\nnot a valid python identifier")
    if (name[0] == "_" or name[-1] == "_") and not (name == "_" and underscore):
        raise EinopsFault(f"Invalid axis identifier: {name}\naxis name should should not start or end with underscore")


def is_axis_name(name: str) -> bool:
    return name.isidentifier() and name[0] != "_" and name[-1] != "_"


class _Reader:
    """Reads one side, character by character, as einops does."""

    def __init__(self, underscore: bool, duplicates: bool) -> None:
        self.underscore, self.duplicates = underscore, duplicates
        self.groups: list[Group] = []
        self.identifiers: set[Axis] = set()
        self.open: list[Axis] | None = None
        self.run_enclosed = False

    def add(self, name: str) -> None:
        if name in self.identifiers and not (self.underscore and name == "_") and not self.duplicates:
            raise EinopsFault(f'Indexing expression contains duplicate dimension "{name}"')
        if name == ELLIPSIS:
            self.identifiers.add(ELLIPSIS)
            if self.open is None:
                self.groups.append(ELLIPSIS)
            else:
                self.open.append(ELLIPSIS)
                self.run_enclosed = True
            return
        axis: Axis = name
        if name.isdecimal():
            if int(name) == 1:
                if self.open is None:
                    self.groups.append(())
                return
            axis = Anonymous(int(name))
        else:
            _require_name(name, self.underscore)
        self.identifiers.add(axis)
        if self.open is None:
            self.groups.append((axis,))
        else:
            self.open.append(axis)

    def bracket(self, char: str) -> None:
        if char == "(":
            if self.open is not None:
                raise EinopsFault("Axis composition is one-level (brackets inside brackets not allowed)")
            self.open = []
        else:
            if self.open is None:
                raise EinopsFault("Brackets are not balanced")
            self.groups.append(tuple(self.open))
            self.open = None


def read_side(text: str, *, underscore: bool = False, duplicates: bool = False) -> Side:
    """One side of a pattern."""
    run = "." in text
    if run:
        if "..." not in text:
            raise EinopsFault("Expression may contain dots only inside ellipsis (...)")
        if text.count("...") != 1 or text.count(".") != 3:
            raise EinopsFault("Expression may contain dots only inside ellipsis (...); only one ellipsis for tensor ")
        text = text.replace("...", ELLIPSIS)
    reader = _Reader(underscore, duplicates)
    name = ""
    for char in text:
        if char in "() ":
            if name:
                reader.add(name)
            name = ""
            if char != " ":
                reader.bracket(char)
        elif char.isalnum() or char in ("_", ELLIPSIS):
            name += char
        else:
            raise EinopsFault(f"Unknown character '{char}'")
    if reader.open is not None:
        raise EinopsFault(f'Imbalanced parentheses in expression: "{text}"')
    if name:
        reader.add(name)
    return Side(tuple(reader.groups), frozenset(reader.identifiers), run, reader.run_enclosed)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A pattern for inputs of one rank: the groups of both sides without a run, and what happens to the axes."""

    left: tuple[tuple[Axis, ...], ...]
    right: tuple[tuple[Axis, ...], ...]
    #: whether some axes of the left are missing on the right
    reduces: bool


class NoArrow(Exception):
    """`left, right = pattern.split("->")` raises ValueError with this text."""


def split_pattern(pattern: str) -> tuple[str, str]:
    parts = pattern.split("->")
    if len(parts) == 1:
        raise NoArrow("not enough values to unpack (expected 2, got 1)")
    if len(parts) > 2:
        raise NoArrow("too many values to unpack (expected 2)")
    return parts[0], parts[1]


def _shown(axes: Sequence[Axis] | frozenset[Axis]) -> str:
    """A set as Python prints it, in a fixed order."""
    return "{" + ", ".join(sorted(repr(axis) for axis in axes)) + "}"


@lru_cache(maxsize=512)
def sides(pattern: str, operation: str, names: tuple[str, ...]) -> tuple[Side, Side]:
    """Both sides of a pattern, checked against each other for the operation."""
    left_text, right_text = split_pattern(pattern)
    left, right = read_side(left_text), read_side(right_text)
    if not left.run and right.run:
        raise EinopsFault(f"Ellipsis found in right side, but not left side of a pattern {pattern}")
    if left.run and left.run_enclosed:
        raise EinopsFault(f"Ellipsis inside parenthesis in the left side is not allowed: {pattern}")
    if operation == "rearrange":
        if left.numbered or right.numbered:
            raise EinopsFault("Non-unitary anonymous axes are not supported in rearrange (exception is length 1)")
        alone = left.identifiers ^ right.identifiers
        if alone:
            raise EinopsFault(f"Identifiers only on one side of expression (should be on both): {_shown(alone)}")
    elif operation == "repeat":
        alone = left.identifiers - right.identifiers
        if alone:
            raise EinopsFault(f"Unexpected identifiers on the left side of repeat: {_shown(alone)}")
        sizeless = frozenset(
            axis for axis in right.identifiers - left.identifiers if isinstance(axis, str) and axis not in names
        )
        if sizeless:
            raise EinopsFault(f"Specify sizes for new axes in repeat: {_shown(sizeless)}")
    elif operation in REDUCTIONS or operation == "callable":
        alone = right.identifiers - left.identifiers
        if alone:
            raise EinopsFault(f"Unexpected identifiers on the right side of reduce {operation}: {_shown(alone)}")
    else:
        raise EinopsFault(f"Unknown reduction {operation}. Expect one of {REDUCTIONS}.")
    return left, right


@lru_cache(maxsize=512)
def recipe(pattern: str, operation: str, names: tuple[str, ...], rank: int) -> Recipe:
    """The pattern for an input of this rank."""
    left, right = sides(pattern, operation, names)
    if left.run:
        others = len(left.groups) - 1
        if rank < others:
            raise EinopsFault(f"Wrong shape: expected >={others} dims. Received {rank}-dim tensor.")
        run: tuple[Axis, ...] = tuple(f"{ELLIPSIS}{i}" for i in range(rank - others))
        groups = _spelled(left, run), _spelled(right, run)
    else:
        if rank != len(left.groups):
            raise EinopsFault(f"Wrong shape: expected {len(left.groups)} dims. Received {rank}-dim tensor.")
        groups = _spelled(left, ()), _spelled(right, ())
    known = {axis for group in groups[0] + groups[1] for axis in group}
    for name in names:
        if not is_axis_name(name):
            raise EinopsFault(str(("Invalid name for an axis", name)))
        if name not in known:
            raise EinopsFault(f"Axis {name} is not used in transform")
    for group in groups[0]:
        unknown = [axis for axis in group if isinstance(axis, str) and axis not in names]
        if len(unknown) > 1:
            raise EinopsFault(f"Could not infer sizes for {_shown(unknown)}")
    kept = {axis for group in groups[1] for axis in group}
    return Recipe(*groups, reduces=any(axis not in kept for group in groups[0] for axis in group))


def _spelled(side: Side, run: tuple[Axis, ...]) -> tuple[tuple[Axis, ...], ...]:
    out: list[tuple[Axis, ...]] = []
    for group in side.groups:
        if isinstance(group, str):
            out += [(axis,) for axis in run]
        else:
            out.append(tuple(a for axis in group for a in (run if axis == ELLIPSIS else (axis,))))
    return tuple(out)
