"""Tensor: shape, dtype, device, and where it comes from. Immutable; in-place operations bind a new one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from types import EllipsisType
from typing import TYPE_CHECKING, Any

from ..dims import Dim, Expr, drawn, equal, is_unknown
from ..quick import quick
from .dtype import DType
from .unknown import Unknown

if TYPE_CHECKING:
    from ..syntax.span import Span

#: dims with at most one `...`: a run of unknown length.
OpenDims = tuple["Dim | EllipsisType", ...]
#: Strides of a contiguous tensor of any shape, not spelled out (a 0-d tensor has these strides anyway).
CONTIGUOUS: tuple[Dim, ...] = ()


#: Numbers in the order of creation: what was made inside a branch is not there for the other branches.
stamp = count().__next__


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Provenance:
    """The step that made a tensor: the rule's name, where it was called, what went in (tensors only).

    `layer` is the module instance whose forward made it, if any. Walked backwards, lazily, by features."""

    name: str
    span: Span | None
    inputs: tuple[Tensor, ...] = ()
    layer: Any = None
    born: int = field(default_factory=stamp)


@quick
@dataclass(frozen=True, slots=True)
class Drawn:
    """The elements are whole numbers that chance draws from low … high - 1, each on its own."""

    low: Dim
    high: Dim


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A tensor of shape `dims`; None is unknown rank, a `...` in it an open rank.

    Invariant: rules get `dims` without `...` and not None unless they are declared `open_rank`.
    `dtype`, `device` None: not known. `data`: the elements in row-major order, only if all dims are ints and
    there are at most MAX_TENSOR_DATA. `unknown`: why the rank is not known. `entry`: the root's parameter whose
    shape this tensor certainly has (only while that is open or unknown)."""

    dims: OpenDims | None
    dtype: DType | None = None
    device: str | None = None
    data: tuple[Any, ...] | None = None
    parameter: bool = False
    unknown: Unknown | None = None
    entry: str | None = None
    made_by: Provenance | None = None
    #: element strides, where they are followed: CONTIGUOUS, one per axis, or None (not known, also for an open rank);
    #: `.view` refuses only what known strides do not allow. `ops.strides` is the module that reads them.
    strides: tuple[Dim, ...] | None = None
    #: what is known of the elements of a tensor of ints without `data`: the only one as a number with symbols, or what
    #: all are drawn from. `numbered` sets it; no step keeps it unless it says so, `replace` neither.
    number: Expr | Drawn | None = field(default_factory=type(None), init=False)

    @property
    def shape(self) -> tuple[Dim, ...]:
        """The dims of a tensor whose rank is known."""
        assert self.dims is not None and ... not in self.dims, "rank is not known"
        return self.dims  # type: ignore[return-value]

    @property
    def rank(self) -> int:
        return len(self.shape)

    @property
    def is_open(self) -> bool:
        """Whether the rank is not known (wholly, or a run of axes)."""
        return self.dims is None or ... in self.dims

    def with_dims(self, *dims: Dim | EllipsisType) -> Tensor:
        """A new tensor of the same dtype and device: neither data nor provenance is kept."""
        return Tensor(dims, self.dtype, self.device)

    def alike(self) -> Tensor:
        """A new tensor of the same shape, dtype and device, open as this one is: the result of a pointwise step."""
        return Tensor(self.dims, self.dtype, self.device, unknown=self.unknown, entry=self.entry)

    def with_dtype(self, dtype: DType | None) -> Tensor:
        return replace(self, dtype=dtype, data=None)

    def __repr__(self) -> str:
        from .text import shape_text

        return f"Tensor{shape_text(self.dims)}"


_overwritten = 0
_oldest_change = 0


def forget(tensor: Tensor) -> None:
    """A step in place: the known elements of the tensor hold no longer."""
    global _oldest_change
    if tensor.data is not None or tensor.number is not None:
        _oldest_change = min(_oldest_change, tensor.made_by.born if tensor.made_by is not None else -1)
        object.__setattr__(tensor, "data", None)
        object.__setattr__(tensor, "number", None)


def numbered(tensor: Tensor, number: Dim | Drawn | None) -> Tensor:
    """The tensor, new and of ints, with what is known of its elements."""
    if isinstance(number, int):
        return replace(tensor, data=(number,))
    object.__setattr__(tensor, "number", number)
    return tensor


def element(tensor: Tensor) -> Dim | None:
    """One element of a tensor of ints as a number, one of its own each time where chance draws it."""
    number = tensor.number
    return drawn(number.low, number.high) if isinstance(number, Drawn) else number


def oldest_change(limit: int) -> int:
    """When the oldest tensor was made whose elements were forgotten since this was asked last, at most what was given
    then; the next answer is at most `limit`."""
    global _oldest_change
    before, _oldest_change = _oldest_change, limit
    return before


def overwrite(tensor: Tensor, field: str, value: Any) -> None:
    """The object gets another shape, element type or place."""
    global _overwritten
    _overwritten += 1
    object.__setattr__(tensor, field, value)


def overwritten() -> int:
    """How often a tensor was written over so far: what held it is not what it was."""
    return _overwritten


def same_dims(a: OpenDims | None, b: OpenDims | None) -> bool:
    """Whether two shapes are written alike: equal ints, equal symbolic expressions; unknown dims never are."""
    if a is None or b is None:
        return a is b
    return a == b and not any(d is not ... and is_unknown(d) for d in a)


def dims_fit(a: tuple[Dim, ...], b: tuple[Dim, ...]) -> bool:
    """Whether no axis of two shapes of known rank certainly differs."""
    from ..dims import Truth

    return len(a) == len(b) and all(equal(x, y) is not Truth.NO for x, y in zip(a, b))
