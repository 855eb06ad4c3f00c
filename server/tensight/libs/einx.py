"""einx on tensors: operations whose expressions name each axis (`einx.add("i, j -> i j", a, b)`).

An expression that holds more than names, numbers and one `...` (compositions, repeated axes) says nothing here, and no
expression is refused: what does not fit gives an unknown tensor. Sizes may be symbolic."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..dims import Dim, Expr, Truth, equal
from ..ops.coerce import to_tensor
from ..ops.errors import Lift
from ..ops.kinds import Raw, RawArgs, Text
from ..ops.registry import op
from ..values import BOOL, DType, Kind, Scalar, Tensor, Value

_TOKEN = re.compile(r"\s*(\[|\]|\.\.\.|[A-Za-z_]\w*|\d+)(?!\.\.\.)")
_RUN = "..."
_Sizes = dict[str, tuple[Dim, ...]]

_ARITHMETIC = (
    "add", "subtract", "multiply", "true_divide", "divide", "floor_divide", "where", "maximum", "minimum", "logaddexp",
)  # fmt: skip
_TESTS = (
    "less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "logical_and", "logical_or",
)  # fmt: skip
_REDUCTIONS = ("sum", "mean", "var", "std", "prod", "max", "min", "logsumexp", "count_nonzero", "any", "all")


@dataclass(frozen=True, slots=True)
class _Side:
    """The axes of one operand, and which of them stand in brackets: those are what the operation works on."""

    axes: tuple[str, ...]
    marked: frozenset[str]


def _side(text: str) -> _Side:
    axes: list[str] = []
    marked: set[str] = set()
    at, inside = 0, False
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Lift()
        at, token = found.end(), found.group(1)
        if token in "[]":
            inside = token == "["
            continue
        if token in axes and not token.isdigit():
            raise Lift()
        axes.append(token)
        if inside:
            marked.add(token)
    return _Side(tuple(axes), frozenset(marked))


def _bind(sizes: _Sizes, side: _Side, value: Value) -> None:
    """What an operand says of the axes that its expression names. A number has none."""
    if isinstance(value, int | float | Expr | Scalar):
        dims: Sequence[Dim] = ()
    else:
        tensor = to_tensor(value)
        if tensor.is_open:
            raise Lift(tensor.unknown)
        dims = tensor.shape
    run = len(dims) - len(side.axes) + 1
    if run < 0 or (_RUN not in side.axes and run != 1):
        raise Lift()
    at = 0
    for axis in side.axes:
        step = run if axis == _RUN else 1
        _agree(sizes, axis, tuple(dims[at : at + step]))
        at += step


def _agree(sizes: _Sizes, axis: str, found: tuple[Dim, ...]) -> None:
    known = (int(axis),) if axis.isdigit() else sizes.get(axis, found)
    if len(known) != len(found) or any(equal(a, b) is Truth.NO for a, b in zip(known, found)):
        raise Lift()
    sizes[axis] = tuple(a if isinstance(a, int) else b for a, b in zip(known, found))


def _shape(
    description: str, operands: Sequence[Value], options: Mapping[str, Value], *, widest: bool
) -> tuple[Dim, ...]:
    """`widest`: without `->` the result is as the operand that has all axes; else without those in brackets."""
    if options:
        raise Lift()
    left, arrow, right = description.partition("->")
    sides = [_side(part) for part in left.split(",")]
    if len(sides) != len(operands):
        raise Lift()
    sizes: _Sizes = {}
    for side, value in zip(sides, operands):
        _bind(sizes, side, value)
    if arrow:
        out = _side(right).axes
    elif widest:
        names = {axis for side in sides for axis in side.axes}
        whole = {side.axes for side in sides if names <= set(side.axes)}
        if len(whole) != 1:
            raise Lift()
        (out,) = whole
    elif len(sides) == 1:
        out = tuple(axis for axis in sides[0].axes if axis not in sides[0].marked)
    else:
        raise Lift()
    dims: list[Dim] = []
    for axis in out:
        if axis not in sizes and not axis.isdigit():
            raise Lift()
        dims.extend((int(axis),) if axis.isdigit() else sizes[axis])
    return tuple(dims)


def _floating(operands: Sequence[Value]) -> DType | None:
    """The element type of what is computed of floating tensors of one type; others are not told."""
    found = {value.dtype for value in operands if isinstance(value, Tensor)}
    (dtype,) = found if len(found) == 1 else (None,)
    return dtype if dtype is not None and dtype.kind is Kind.FLOAT else None


def _arithmetic(description: Text, *operands: RawArgs, **options: Raw) -> Tensor:
    """Elements are computed of elements; axes that an operand does not name are repeated."""
    return Tensor(_shape(description, operands, options, widest=True), _floating(operands))


def _where(description: Text, *operands: RawArgs, **options: Raw) -> Tensor:
    """Elements of one operand or of the other."""
    return Tensor(_shape(description, operands, options, widest=True), _floating(operands[1:]))


def _test(description: Text, *operands: RawArgs, **options: Raw) -> Tensor:
    """Elements are compared."""
    return Tensor(_shape(description, operands, options, widest=True), BOOL)


def _reduction(description: Text, *operands: RawArgs, **options: Raw) -> Tensor:
    """Axes in brackets, or those that the right side does not have, are reduced."""
    return Tensor(_shape(description, operands, options, widest=False))


def _dot(description: Text, *operands: RawArgs, **options: Raw) -> Tensor:
    """Products are summed over the axes that the right side does not have."""
    return Tensor(_shape(description, operands, options, widest=False), _floating(operands))


@op("einx.get_at")
def get_at(description: Text, tensor: Raw, *coordinates: RawArgs, **options: Raw) -> Tensor:
    """Elements at the positions that the coordinates give along the axes in brackets."""
    source = to_tensor(tensor)
    return Tensor(_shape(description, (source, *coordinates), options, widest=False), source.dtype)


for _name in _ARITHMETIC:
    op(f"einx.{_name}")(_where if _name == "where" else _arithmetic)
for _name in _TESTS:
    op(f"einx.{_name}")(_test)
for _name in _REDUCTIONS:
    op(f"einx.{_name}")(_reduction)
op("einx.dot")(_dot)

__all__ = ["get_at"]
