"""Basic indexing along one axis: what a slice with symbolic ends leaves of an axis, and which int is out of range."""

from __future__ import annotations

from typing import Any

from ..dims import (
    Dim,
    Expr,
    Symbol,
    Truth,
    ceil_div,
    data_for,
    depends_on_data,
    dim_max,
    dim_min,
    fresh_data,
    fresh_unknown,
    is_drawn,
    is_unknown,
    less,
)
from ..values import Kind, Scalar, Tensor, Unknown, Value, element
from .checks import refuse

#: An end of a slice: known, absent, the element of a tensor, or not known at all.
_HIDDEN, _ELEMENT = object(), object()


def slice_end(value: Value) -> Any:
    """An end of a slice as int, Expr, None, _ELEMENT or _HIDDEN."""
    if value is None or isinstance(value, int | Expr):
        return int(value) if isinstance(value, bool) else value
    if isinstance(value, Tensor):
        return _tensor_end(value)
    if isinstance(value, Scalar) and value.kind not in ("float", "complex"):
        return _HIDDEN
    if isinstance(value, Unknown | Scalar) and not isinstance(value, Scalar):
        return _HIDDEN
    if isinstance(value, float | complex | str | Scalar):
        message = "slice indices must be integers or None or have an __index__ method"
        raise refuse("invalid-argument", message, "TypeError")
    return _HIDDEN


def _tensor_end(value: Tensor) -> Any:
    floating = value.dtype is not None and value.dtype.kind >= Kind.FLOAT
    many = not value.is_open and any(isinstance(d, int) and d > 1 for d in value.shape)
    if floating or many:
        message = "only integer tensors of a single element can be converted to an index"
        raise refuse("invalid-argument", message, "TypeError")
    if value.data is not None and len(value.data) == 1:
        return int(value.data[0])
    known = element(value)
    return _ELEMENT if known is None else known


def position(value: Dim, size: Dim) -> Dim:
    """Where an end of a slice lies in 0 … size; a fresh unknown if its sign is not known."""
    if isinstance(value, int) and isinstance(size, int):
        return max(value + size, 0) if value < 0 else min(value, size)
    negative = less(value, 0)
    if negative is Truth.NO:
        return dim_min(value, size)
    if negative is Truth.YES:
        return dim_max(value + size, 0)
    return fresh_unknown()


def _is_plain(end: Value) -> bool:
    return end is None or type(end) is int


def sliced(size: Dim, index: slice) -> tuple[Dim | None, Dim, int]:
    """(start, length, step) of a slice of an axis; start None where it is not known, step 1 where it is not an int."""
    if isinstance(size, int) and _is_plain(index.start) and _is_plain(index.stop) and index.step is None:
        low, high, _ = index.indices(size)
        return low, max(high - low, 0), 1
    start, stop, step = (slice_end(end) for end in (index.start, index.stop, index.step))
    step = 1 if step is None else step
    if isinstance(step, int) and step <= 0:
        message = "slice step cannot be zero" if step == 0 else "step must be greater than zero"
        raise refuse("invalid-argument", message, "ValueError")
    if start is None and stop is None:
        return 0, _stepped(size, step), step if isinstance(step, int) else 1
    length = _by_data(size, start, stop, step)
    if length is not None:
        return None, length, 1
    start, stop, step = (_hidden(end) for end in (start, stop, step))
    if stop is None and type(start) is int and type(step) is int and 0 <= start < step:
        return position(start, size), (size + step - 1 - start) // step, step
    first: Dim = 0 if start is None else fresh_unknown() if start is _HIDDEN else position(start, size)
    last: Dim = size if stop is None else fresh_unknown() if stop is _HIDDEN else position(stop, size)
    if is_unknown(first) or is_unknown(last):
        return None if is_unknown(first) else first, fresh_unknown(), 1
    length = _stepped(dim_max(last - first, 0), step)
    if isinstance(length, Expr) and _has_compound(length) and (is_drawn(first) or is_drawn(last)):
        return None, data_for(("slice", size, start, stop, step)), 1
    return first, length, step if isinstance(step, int) else 1


def _has_compound(length: Expr) -> bool:
    return any(not isinstance(atom, Symbol) for monomial in length.terms for atom, _ in monomial)


def _hidden(end: Any) -> Any:
    return _HIDDEN if end is _ELEMENT else end


def _by_data(size: Dim, start: Any, stop: Any, step: Any) -> Dim | None:
    """The length of a slice with an end that depends on data, of unknown sign; None for all other slices."""
    ends = (start, stop, step)
    if is_unknown(size) or _HIDDEN in ends or any(isinstance(end, Expr) and is_unknown(end) for end in ends):
        return None
    if _ELEMENT in ends:
        return fresh_data("n")
    if any(depends_on_data(end) and less(end, 0) is Truth.MAYBE for end in (start, stop) if isinstance(end, Expr)):
        return data_for(("slice", size, start, stop, step))
    return None


def _stepped(length: Dim, step: Any) -> Dim:
    if isinstance(step, int):
        return length if step == 1 else ceil_div(length, step)
    if step is _HIDDEN or less(0, step) is not Truth.YES:
        return fresh_unknown()
    return ceil_div(length, step)


def checked_index(index: Dim, size: Dim, place: int) -> Dim:
    """An int index as a position from the front; IndexError if it is certainly out of range.

    `place` is the position of the index among the indices, which PyTorch calls the dimension."""
    if isinstance(index, int) and isinstance(size, int):
        outside = not -size <= index < size
    else:
        outside = less(index, -1 * size) is Truth.YES or less(index, size) is Truth.NO
    if outside:
        raise refuse(
            "index-mismatch", f"index {index} is out of bounds for dimension {place} with size {size}", "IndexError",
            index=index, axis=place, size=size,
        )  # fmt: skip
    return index + size if isinstance(index, int) and index < 0 else index
