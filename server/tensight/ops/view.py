"""Reshaping: the same elements in the same order under another shape (view, reshape, flatten, unflatten)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import EllipsisType
from typing import Any

from ..dims import Dim, Expr, Truth, divides, equal, exact_quotient, fresh_unknown, is_unknown
from ..values import CONTIGUOUS, DType, Tensor, Value, dim_text, torch_size_text
from .checks import axis, check, product, refuse, require_equal
from .coerce import to_sizes
from .errors import NOTES, Lift
from .kinds import Axis, RawArgs, SizeArgs, Sizes
from .registry import op
from .strides import NotViewable, contiguous, view_strides

_NOT_VIEWABLE = (
    "view size is not compatible with input tensor's size and stride (at least one dimension spans across two"
    " contiguous subspaces). Use .reshape(...) instead."
)


def infer_size(shape: Sequence[Dim], numel: Dim) -> tuple[Dim, ...]:
    """The sizes with `-1` worked out (ATen/InferSize.h): they multiply up to `numel`, or PyTorch refuses."""
    wildcard: int | None = None
    known: list[Dim] = []
    for i, size in enumerate(shape):
        if isinstance(size, int) and size < 0:
            if size != -1:
                text = torch_size_text(tuple(shape))
                raise refuse("invalid-reshape", f"invalid shape dimension {size} at index {i} of shape {text}")
            if wildcard is not None:
                raise refuse("invalid-reshape", "only one dimension can be inferred")
            wildcard = i
        else:
            known.append(size)
    total = product(known)

    def message() -> str:
        return f"shape '{torch_size_text(tuple(shape))}' is invalid for input of size {dim_text(numel)}"

    if wildcard is None:
        if _hidden(known):
            return tuple(shape)
        if is_unknown(numel) or is_unknown(total):
            check(equal(numel, total), "invalid-reshape", message, shape=tuple(shape), numel=numel)
        else:
            require_equal(numel, total, "invalid-reshape", message, shape=tuple(shape), numel=numel)
        return tuple(shape)
    if isinstance(numel, int) and isinstance(total, int):
        if total == 0:
            check(numel == 0, "invalid-reshape", message, shape=tuple(shape), numel=numel)
            raise refuse(
                "invalid-reshape",
                f"cannot reshape tensor of 0 elements into shape {torch_size_text(tuple(shape))} because the"
                " unspecified dimension size -1 can be any value and is ambiguous",
            )
        check(numel % total == 0, "invalid-reshape", message, shape=tuple(shape), numel=numel)
        inferred: Dim = numel // total
    elif equal(total, 0) is Truth.YES:
        check(equal(numel, 0), "invalid-reshape", message, shape=tuple(shape), numel=numel)
        inferred = fresh_unknown()
    elif is_unknown(numel) or is_unknown(total):
        inferred = fresh_unknown()
    elif (quotient := exact_quotient(numel, total)) is not None:
        inferred = quotient  # beside a size of 0, PyTorch refuses -1
    else:
        truth = divides(total, numel)
        check(truth, "invalid-reshape", message, shape=tuple(shape), numel=numel)
        inferred = numel // total
        if truth is Truth.MAYBE:
            NOTES.assumptions.append((numel, total * inferred))
    return (*shape[:wildcard], inferred, *shape[wildcard + 1 :])


def _hidden(sizes: Sequence[Dim]) -> bool:
    """Whether some size may be the -1 that is worked out: an int of which nothing at all is known."""
    return any(isinstance(size, Expr) and is_unknown(size) for size in sizes)


def reshaped(input: Tensor, sizes: Sequence[Dim], *, may_copy: bool) -> Tensor:
    """`input` under the new sizes; a reshape copies where a view is refused."""
    if input.is_open:
        dims = tuple(fresh_unknown() if isinstance(d, int) and d == -1 else d for d in sizes)
        if sum(1 for d in sizes if isinstance(d, int) and d == -1) > 1:
            raise refuse("invalid-reshape", "only one dimension can be inferred")
        return Tensor(dims, input.dtype, input.device)
    dims = infer_size(sizes, product(input.shape))
    try:
        strides = view_strides(input, dims)
    except NotViewable:
        if not may_copy:
            raise refuse("invalid-reshape", _NOT_VIEWABLE, shape=tuple(sizes)) from None
        strides = CONTIGUOUS
    data = input.data if all(isinstance(d, int) for d in dims) else None
    return Tensor(dims, input.dtype, input.device, data, strides=strides)


@op("torch.Tensor.view", open_rank=True)
def view(input: Tensor, *shape: RawArgs) -> Tensor:
    """The same memory under another shape, or with its bytes read as another dtype."""
    if len(shape) == 1 and isinstance(shape[0], DType):
        return _view_dtype(input, shape[0])
    return reshaped(input, _sizes(shape), may_copy=False)


@op("torch.reshape", "torch.Tensor.reshape", open_rank=True)
def reshape(input: Tensor, *shape: RawArgs) -> Tensor:
    """The same elements under another shape."""
    return reshaped(input, _sizes(shape), may_copy=True)


def _sizes(shape: tuple[Value, ...]) -> tuple[Dim, ...]:
    """`view(2, 3)`, `view((2, 3))`, `view([2, 3])`, `view(*open)`."""
    if len(shape) == 1 and not isinstance(shape[0], int | Expr):
        return to_sizes(shape[0])
    return to_sizes(shape)


def _view_dtype(input: Tensor, dtype: DType) -> Tensor:
    if input.dtype is None or input.is_open:
        raise Lift(input.unknown)
    old, new = input.dtype.bits, dtype.bits
    result = replace(input, dtype=dtype, data=None, entry=None, made_by=None, parameter=False)
    if old == new:
        return result
    words = f"to view {input.dtype.legacy} as {dtype.legacy} (different element sizes)"
    check(input.rank > 0, "invalid-argument", f"self.dim() cannot be 0 {words}")
    last = input.shape[-1]
    stride = 1 if input.strides == CONTIGUOUS else None if input.strides is None else input.strides[-1]
    if stride is not None:
        check(equal(stride, 1), "invalid-argument", f"self.stride(-1) must be 1 {words}, but got {stride}")
    if old > new:
        size: Dim = last * (old // new)
    else:
        ratio = new // old
        check(
            divides(ratio, last), "invalid-argument",
            f"self.size(-1) must be divisible by {ratio} {words}, but got {last}",
        )  # fmt: skip
        size = last // ratio
    kept = CONTIGUOUS if input.strides == CONTIGUOUS else None
    return replace(result, dims=(*input.shape[:-1], size), strides=kept)


@op("torch.Tensor.resize")
def resize(input: Tensor, *sizes: SizeArgs) -> Tensor:
    """An old name of view, for as many elements as there are."""
    wanted, have = product(sizes), product(input.shape)
    require_equal(
        wanted, have, "invalid-reshape",
        lambda: f"requested resize to {_joined(sizes)} ({wanted} elements in total), but the given tensor has a size of"
        f" {_joined(input.shape)} ({have} elements). autograd's resize can only change the shape of a given tensor,"
        " while preserving the number of elements. ",
    )  # fmt: skip
    return reshaped(input, sizes, may_copy=False)


def _joined(sizes: Sequence[Dim]) -> str:
    return "x".join(map(str, sizes))


@op("torch.Tensor.view_as", open_rank=True)
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """`input.view(other.size())`."""
    if other.is_open:
        raise Lift(other.unknown)
    return reshaped(input, other.shape, may_copy=False)


@op("torch.Tensor.reshape_as", open_rank=True)
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """`input.reshape(other.size())`."""
    if other.is_open:
        raise Lift(other.unknown)
    return reshaped(input, other.shape, may_copy=True)


@op("torch.ravel", "torch.Tensor.ravel", open_rank=True)
def ravel(input: Tensor) -> Tensor:
    """One axis of all elements."""
    if input.is_open:
        return reshaped(input, (-1,), may_copy=True)
    return contiguous(_flattened(input, 0, max(input.rank - 1, 0)))


@op("torch.flatten", "torch.Tensor.flatten", open_rank=True)
def flatten(input: Tensor, start_dim: Axis = 0, end_dim: Axis = -1) -> Tensor:
    """Merge the axes `start_dim` … `end_dim` into one."""
    if input.is_open:
        return _flatten_open(input, start_dim, end_dim)
    start, end = axis(start_dim, input.rank), axis(end_dim, input.rank)
    check(start <= end, "invalid-argument", "flatten() has invalid args: start_dim cannot come after end_dim")
    return _flattened(input, start, end)


def _flattened(input: Tensor, start: int, end: int) -> Tensor:
    shape = input.shape
    if not shape:
        return Tensor((1,), input.dtype, input.device, input.data, strides=CONTIGUOUS)
    if start == end:
        return Tensor(shape, input.dtype, input.device, input.data, strides=input.strides)
    dims = (*shape[:start], product(shape[start : end + 1]), *shape[end + 1 :])
    try:
        strides = view_strides(input, dims)
    except NotViewable:
        strides = CONTIGUOUS
    return Tensor(dims, input.dtype, input.device, input.data, strides=strides)


def _flatten_open(input: Tensor, start: int, end: int) -> Tensor:
    """`flatten(1)` of a tensor of open rank has rank 2, `flatten(0, 1)` leaves the tail open."""
    dims: tuple[Dim | EllipsisType, ...] = input.dims if input.dims is not None else (...,)
    run = dims.index(...)
    behind = len(dims) - 1 - run
    if start >= 0 and (end == -1 or end > start):
        head = dims[:start] if start <= run else (*dims[:run], *_unknowns(start - run))
        if end == -1:
            return input.with_dims(*head, fresh_unknown())
        if end < run:
            return input.with_dims(*head, product(dims[start : end + 1]), *dims[end + 1 :])  # type: ignore[arg-type]
        return input.with_dims(*head, fresh_unknown(), ...)
    if start < end < 0:
        if -start <= behind:
            first, last = len(dims) + start, len(dims) + end
            merged = product(dims[first : last + 1])  # type: ignore[arg-type]
            return input.with_dims(*dims[:first], merged, *dims[last + 1 :])
        kept = -end - 1
        tail = dims[len(dims) - kept :] if kept <= behind else (*_unknowns(kept - behind), *dims[run + 1 :])
        return input.with_dims(..., fresh_unknown(), *tail)
    raise Lift(input.unknown)


def _unknowns(count: int) -> tuple[Dim, ...]:
    return tuple(fresh_unknown() for _ in range(count))


@op("torch.unflatten", "torch.Tensor.unflatten", open_rank=True)
def unflatten(input: Tensor, dim: Axis, sizes: Sizes) -> Tensor:
    """Split the axis `dim` into axes of these sizes."""
    if input.is_open:
        return _unflatten_open(input, dim, sizes)
    position = axis(dim, input.rank)
    check(len(sizes) > 0, "invalid-argument", "unflatten: sizes must be non-empty")
    check(input.rank > 0, "axis-out-of-range", "Dimension specified as 0 but tensor has no dimensions", "IndexError")
    parts = split_size(input.shape[position], sizes, position)
    dims = (*input.shape[:position], *parts, *input.shape[position + 1 :])
    try:
        strides = view_strides(input, dims)
    except NotViewable:
        strides = None
    return Tensor(dims, input.dtype, input.device, input.data, strides=strides)


def split_size(size: Dim, sizes: Sequence[Dim], position: int) -> tuple[Dim, ...]:
    """The sizes into which one axis is split, `-1` worked out."""
    wildcards = [i for i, d in enumerate(sizes) if isinstance(d, int) and d == -1]
    if len(wildcards) > 1 or any(isinstance(d, int) and d < -1 for d in sizes):
        raise refuse("invalid-reshape", "unflatten got an unexpected error:")
    total = product([d for d in sizes if not (isinstance(d, int) and d == -1)])
    text = (
        f"unflatten: Provided sizes {torch_size_text(tuple(sizes))} don't multiply up to the size of dim {position}"
        f" ({dim_text(size)}) in the input tensor"
    )
    data: dict[str, Any] = {"sizes": tuple(sizes), "size": size}
    if not wildcards:
        if not _hidden(sizes):
            require_equal(size, total, "invalid-reshape", text, **data)
        return tuple(sizes)
    if equal(total, 0) is Truth.YES:
        check(equal(size, 0), "invalid-reshape", text, **data)
        raise refuse("invalid-reshape", "unflatten got an unexpected error:")
    if is_unknown(size) or is_unknown(total):
        inferred: Dim = fresh_unknown()
    else:
        truth = divides(total, size)
        check(truth, "invalid-reshape", text, **data)
        inferred = size // total
        if truth is Truth.MAYBE:
            NOTES.assumptions.append((size, total * inferred))
    return (*sizes[: wildcards[0]], inferred, *sizes[wildcards[0] + 1 :])


def _unflatten_open(input: Tensor, dim: int, sizes: Sequence[Dim]) -> Tensor:
    if input.dims is None:
        raise Lift(input.unknown)
    run = input.dims.index(...)
    position = dim if dim >= 0 else len(input.dims) + dim
    if not ((0 <= dim < run) or (dim < 0 and position > run)):
        raise Lift(input.unknown)
    size = input.dims[position]
    assert size is not ...
    parts = split_size(size, sizes, position)
    return input.with_dims(*input.dims[:position], *parts, *input.dims[position + 1 :])
