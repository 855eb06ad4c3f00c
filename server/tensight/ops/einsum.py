"""torch.einsum: the equation (or lists of subscripts), its operands, PyTorch's complaints about either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..dims import Dim, Truth, equal, fresh_unknown
from ..values import DType, ListV, Tensor, Value
from .checks import better, broadcast_dim, check, demand, refuse
from .coerce import items_of, to_tensor
from .errors import NOTES, Lift, ShapeError
from .kinds import Raw, RawArgs
from .registry import op

#: One subscript: a letter or the run of axes.
RUN = "..."


@dataclass(frozen=True, slots=True)
class Equation:
    """Subscripts of the operands, and where the text of the result begins (None: the result is implicit)."""

    operands: tuple[tuple[str, ...], ...]
    arrow: int | None


def _fail(text: str) -> ShapeError:
    return refuse("einsum-mismatch", f"einsum(): {text}")


@lru_cache(maxsize=512)
def parse(equation: str, count: int) -> Equation:
    """The equation for `count` operands; what PyTorch's parser refuses is raised (and not cached)."""
    arrow = equation.find("->")
    left = equation if arrow < 0 else equation[:arrow]
    operands: list[list[str]] = [[]]
    position = 0
    while position < len(left):
        letter, at = left[position], len(operands) - 1
        if letter == ".":
            if RUN in operands[at]:
                raise _fail(f"found '.' for operand {at} for which an ellipsis was already found")
            if left[position : position + 3] != RUN:
                raise _fail(f"found '.' for operand {at} that is not part of any ellipsis")
            operands[at].append(RUN)
            position += 2
        elif letter == ",":
            if len(operands) == count:
                raise _fail("fewer operands were provided than specified in the equation")
            operands.append([])
        elif letter != " ":
            operands[at].append(_letter(letter, position))
        position += 1
    if len(operands) != count:
        raise _fail("more operands were provided than specified in the equation")
    return Equation(tuple(map(tuple, operands)), None if arrow < 0 else arrow + 2)


def _letter(letter: str, position: int) -> str:
    if not (letter.isascii() and letter.isalpha()):
        raise _fail(
            f"invalid subscript given at index {position} in the equation string, subscripts must be in [a-zA-Z]"
        )
    return letter


@lru_cache(maxsize=512)
def _output(equation: str, start: int | None, operands: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """The subscripts of the result; an implicit one has the run, then in order what stands once."""
    if start is None:
        every = [label for labels in operands for label in labels]
        return (RUN, *sorted(label for label in set(every) if label != RUN and every.count(label) == 1))
    output: list[str] = []
    position = start
    while position < len(equation):
        letter = equation[position]
        if letter == ".":
            if RUN in output:
                raise _fail("found '.' for output but an ellipsis (...) was already found")
            if equation[position : position + 3] != RUN:
                raise _fail("found '.' for output that is not part of any ellipsis (...)")
            output.append(RUN)
            position += 2
        elif letter != " ":
            _letter(letter, position)
            if letter in output:
                raise _fail(f"output subscript {letter} appears more than once in the output")
            if not any(letter in labels for labels in operands):
                raise _fail(f"output subscript {letter} does not appear in the equation for any input operand")
            output.append(letter)
        position += 1
    return tuple(output)


@dataclass(slots=True)
class _Sizes:
    """What the operands said so far about letters and about the run, the latter aligned to the right."""

    letters: dict[str, Dim] = field(default_factory=dict)
    run: list[Dim] = field(default_factory=list)

    def letter(self, letter: str, size: Dim, operand: int) -> None:
        seen = self.letters.get(letter)
        self.letters[letter] = size if seen is None else _agree(
            seen, size,
            f"subscript {letter} has size {size} for operand {operand} which does not broadcast with previously seen"
            f" size {seen}",
        )  # fmt: skip

    def covered(self, sizes: Sequence[Dim], start: int, operand: int) -> None:
        offset = len(self.run) - len(sizes)
        for i, size in enumerate(sizes):
            seen = self.run[offset + i]
            self.run[offset + i] = _agree(
                seen, size,
                f"dimension {start + i} covered by ellipsis in operand {operand}has size {size} which does not"
                f" broadcast with previously seen ellipsis with size {seen} for the respective dimension",
            )  # fmt: skip


def _agree(seen: Dim, size: Dim, text: str) -> Dim:
    try:
        return broadcast_dim(seen, size, 0)
    except ShapeError:
        raise _fail(text) from None


def _size_of_repeat(sizes: dict[str, Dim], letter: str, size: Dim, operand: int) -> None:
    first = sizes[letter]
    truth = equal(first, size)
    if truth is Truth.NO:
        raise _fail(
            f"subscript {letter} is repeated for operand {operand} but the sizes don't match, {size} != {first}"
        )
    if truth is Truth.MAYBE:
        NOTES.assumptions.append((first, size))
    sizes[letter] = better(first, size)


def _run_width(equation: Equation, operands: Sequence[Tensor]) -> int:
    """How many axes `...` covers at most; every operand must have as many axes as subscripts."""
    width = 0
    for i, (labels, operand) in enumerate(zip(equation.operands, operands)):
        letters = len(labels) - labels.count(RUN)
        if RUN in labels:
            check(
                letters <= operand.rank, "einsum-mismatch",
                f"einsum(): the number of subscripts in the equation ({letters}) is more than the number of dimensions"
                f" ({operand.rank}) for operand {i}",
            )  # fmt: skip
            width = max(width, operand.rank - letters)
        else:
            check(
                letters == operand.rank, "einsum-mismatch",
                f"einsum(): the number of subscripts in the equation ({letters}) does not match the number of"
                f" dimensions ({operand.rank}) for operand {i} and no ellipsis was given",
            )  # fmt: skip
    return width


def _collect(equation: Equation, operands: Sequence[Tensor], width: int) -> _Sizes:
    sizes = _Sizes(run=[1] * width)
    for i, (labels, operand) in enumerate(zip(equation.operands, operands)):
        own: dict[str, Dim] = {}
        place = 0
        for label in labels:
            if label == RUN:
                covered = operand.rank - len(labels) + 1
                sizes.covered(operand.shape[place : place + covered], place, i)
                place += covered
                continue
            size = operand.shape[place]
            place += 1
            if label in own:
                _size_of_repeat(own, label, size, i)
            else:
                own[label] = size
                sizes.letter(label, size, i)
    return sizes


def _spelled(equation: Equation, operands: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Operands of open rank get it from their subscripts, which also say what an entry has to look like."""
    known: dict[str, Dim] = {}
    for labels, operand in zip(equation.operands, operands):
        if not operand.is_open and RUN not in labels and len(labels) == operand.rank:
            known.update((label, size) for label, size in zip(labels, operand.shape) if size != 1)
    out = []
    for labels, operand in zip(equation.operands, operands):
        if operand.is_open:
            demand(operand, tuple(... if label == RUN else known.get(label, label) for label in labels))
            if RUN in labels:
                raise Lift(operand.unknown)
            operand = operand.with_dims(*(fresh_unknown() for _ in labels))
        out.append(operand)
    return tuple(out)


def evaluated(text: str, operands: Sequence[Tensor]) -> Tensor:
    """einsum of an equation."""
    equation = parse(text, len(operands))
    operands = _spelled(equation, operands)
    width = _run_width(equation, operands)
    output = _output(text, equation.arrow, equation.operands)
    sizes = _collect(equation, operands, width)
    dims: list[Dim] = []
    for label in output:
        dims += sizes.run if label == RUN else [sizes.letters[label]]
    return Tensor(tuple(dims), _dtype(operands), operands[0].device)


def _dtype(operands: Sequence[Tensor]) -> DType | None:
    """Contractions want one dtype, products of elements promote: a mixture is not decided here."""
    first = operands[0].dtype
    return first if all(operand.dtype is first for operand in operands) else None


@op("torch.einsum", "torch.functional.einsum", open_rank=True)
def einsum(equation: Raw, *operands: RawArgs) -> Tensor:
    """Sums of products over subscripts."""
    if not operands:
        raise refuse(
            "invalid-argument",
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its"
            " subscripts list", "ValueError",
        )  # fmt: skip
    if isinstance(equation, Tensor):
        return _by_lists((equation, *operands))
    if not isinstance(equation, str):
        raise Lift()
    if len(operands) == 1 and isinstance(operands[0], tuple | ListV):
        operands = items_of(operands[0])
    return evaluated(equation, [to_tensor(operand) for operand in operands])


def _by_lists(args: tuple[Value, ...]) -> Tensor:
    """`einsum(op1, [0, 1], op2, [1, 2], [0, 2])`."""
    text = ",".join(_subscripts(item) for item in args[1::2])
    tensors: Sequence[Any] = args[::2]
    if len(args) % 2 == 1:
        text += "->" + _subscripts(args[-1])
        tensors = args[:-1:2]
    return evaluated(text, [to_tensor(tensor) for tensor in tensors])


def _subscripts(items: Value) -> str:
    out = ""
    for item in items_of(items):
        if item is ...:
            out += RUN
        elif not isinstance(item, int):
            raise Lift()
        elif 0 <= item < 26:
            out += chr(ord("A") + item)
        elif 26 <= item < 52:
            out += chr(ord("a") + item - 26)
        else:
            raise refuse(
                "invalid-argument", "einsum(): subscript in subscript list is not within the valid range [0, 52)",
                "ValueError",
            )  # fmt: skip
    return out
