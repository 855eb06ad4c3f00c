"""More of the same elements: expand and broadcast (no copy), repeat, tile, repeat_interleave (copies)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dims import Dim, Expr, Truth, equal, fresh_data, fresh_unknown, is_unknown, less
from ..values import CONTIGUOUS, DTYPES, Size, Tensor, Unknown, Value, torch_size_text
from .checks import axis, broadcast, check, product, refuse, require_equal
from .coerce import ArgumentTypeError, to_sizes
from .errors import NOTES, Lift
from .kinds import OptAxis, OptInt, OptTensorLike, Raw, RawArgs, SizeArgs, Sizes, TensorArgs
from .registry import op
from .spatial import tuple_text
from .strides import contiguous_strides, elements, fresh_like, strides_of


def expanded(input: Tensor, sizes: Sequence[Dim], *, implicit: bool = False) -> Tensor:
    """`input.expand(sizes)`: -1 keeps a size, a size 1 becomes any, new axes in front."""
    shape = input.shape
    lead = len(sizes) - len(shape)
    if lead < 0:
        name = input.dtype.legacy if input.dtype is not None else "Float"
        raise refuse(
            "rank-mismatch",
            f"expand(torch.{name}Tensor{{{torch_size_text(shape)}}}, size={torch_size_text(tuple(sizes))}):"
            f" the number of sizes provided ({len(sizes)}) must be greater or equal to the number of dimensions"
            f" in the tensor ({len(shape)})",
        )  # fmt: skip
    # From the right, so that the last clashing axis is named
    dims = tuple([_expand_dim(shape, sizes, i, lead) for i in range(len(sizes) - 1, -1, -1)][::-1])
    strides = strides_of(input)
    moved = None if strides is None else _expand_strides(shape, dims, strides, lead)
    data = input.data
    if data is not None:
        steps = _expand_strides(shape, dims, contiguous_strides(shape), lead)
        ints = all(isinstance(d, int) for d in dims)
        data = elements(data, dims, steps) if steps is not None and ints else None
    return Tensor(dims, input.dtype, input.device, data, strides=moved)


def _expand_dim(shape: Sequence[Dim], sizes: Sequence[Dim], i: int, lead: int) -> Dim:
    size = sizes[i]
    if i < lead:
        if isinstance(size, int) and size < 0:
            raise refuse(
                "invalid-argument",
                f"The expanded size of the tensor ({size}) isn't allowed in a leading, non-existing dimension {i}",
            )
        return size
    have = shape[i - lead]
    if size is have or (isinstance(size, int) and size == -1):
        return have
    if isinstance(have, int) and have == 1 and not (isinstance(size, int) and size < 0):
        return size
    if isinstance(have, int) and isinstance(size, int) and have == size:
        return have
    same, one = equal(have, size), equal(have, 1)
    if same is Truth.YES:
        return have if is_unknown(size) else size
    if same is Truth.NO and one is Truth.NO:
        raise refuse(
            "broadcast-mismatch",
            f"The expanded size of the tensor ({size}) must match the existing size ({have}) at non-singleton dimension"
            f" {i}.  Target sizes: {torch_size_text(tuple(sizes))}.  Tensor sizes: {torch_size_text(tuple(shape))}",
            axis=i, sizes=(have, size),
        )  # fmt: skip
    if isinstance(size, Expr) and is_unknown(size):
        return have if one is Truth.NO and not is_unknown(have) else fresh_unknown()
    if not is_unknown(have):
        NOTES.assumptions.append((have, size))
    return size


def _expand_strides(
    shape: Sequence[Dim], dims: Sequence[Dim], strides: Sequence[Dim], lead: int
) -> tuple[Dim, ...] | None:
    """A new axis and an axis of size 1 that grows step by 0; None where it is undecided whether one grows."""
    out: list[Dim] = [0] * len(dims)
    for i in range(lead, len(dims)):
        have = shape[i - lead]
        if dims[i] is have or equal(have, dims[i]) is Truth.YES:
            out[i] = strides[i - lead]
        elif equal(have, 1) is not Truth.YES:
            return None
    return tuple(out)


@op("torch.Tensor.expand", open_rank=True)
def expand(input: Tensor, *size: SizeArgs) -> Tensor:
    """Axes of size 1 repeated without a copy."""
    if input.is_open:
        return input.with_dims(*(fresh_unknown() if isinstance(d, int) and d == -1 else d for d in size))
    return expanded(input, size)


@op("torch.Tensor.expand_as")
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """`input.expand(other.size())`."""
    return expanded(input, other.shape)


@op("torch.broadcast_to", "torch.Tensor.broadcast_to")
def broadcast_to(input: Tensor, size: Sizes) -> Tensor:
    """`input.expand(size)`."""
    return expanded(input, size)


@op("torch.broadcast_tensors", "torch.functional.broadcast_tensors")
def broadcast_tensors(*tensors: TensorArgs) -> tuple[Tensor, ...]:
    """All tensors expanded to their common shape."""
    if not tensors:
        return ()
    for tensor in tensors:
        if tensor.is_open:
            raise Lift(tensor.unknown)
    dims = broadcast(*(tensor.shape for tensor in tensors))
    return tuple(expanded(tensor, dims) for tensor in tensors)


@op("torch.broadcast_shapes", "torch.functional.broadcast_shapes")
def broadcast_shapes(*shapes: RawArgs) -> Value:
    """The common shape of tensors of these shapes."""
    for shape in shapes:
        if isinstance(shape, Unknown):  # a number or a sequence: not even its length is known
            raise Lift(shape)
    given = [to_sizes(shape) for shape in shapes]
    result: tuple[Dim, ...] = (1,) * max(map(len, given), default=0)
    for i, shape in enumerate(given):
        for back, size in enumerate(reversed(shape), 1):
            have = result[-back]
            if equal(have, 1) is Truth.NO and equal(size, 1) is Truth.NO and equal(have, size) is Truth.NO:
                at = len(result) - back + 1  # what lies behind has this shape's sizes already
                expected = ", ".join(
                    str(d) for d in (*result[:at], *broadcast(result[at:], shape[len(shape) - back + 1 :]))
                )
                raise refuse(
                    "broadcast-mismatch",
                    f"Attempting to broadcast a dimension of length {size} at {-back}! Mismatching argument at index"
                    f" {i} had {tuple_text(shape)}; but expected shape should be broadcastable to [{expected}]",
                )
        result = broadcast(result, shape)
    return Size(result)


@op("torch._C._infer_size")
def infer_size(a: Raw, b: Raw) -> Value:
    """The common shape of two shapes, in the words of tensors."""
    for shape in (a, b):
        if isinstance(shape, Unknown):
            raise Lift(shape)
    return Size(broadcast(to_sizes(a), to_sizes(b)))


@op("torch.Tensor.repeat", open_rank=True)
def repeat(input: Tensor, *repeats: SizeArgs) -> Tensor:
    """Copies of the tensor along each axis, new axes in front."""
    if input.is_open:
        return input.with_dims(*(fresh_unknown() for _ in repeats))
    lead = len(repeats) - input.rank
    check(
        lead >= 0, "rank-mismatch",
        "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
        rank=input.rank, repeats=tuple(repeats),
    )  # fmt: skip
    return _repeated(input, repeats, lead)


def _repeated(input: Tensor, repeats: Sequence[Dim], lead: int) -> Tensor:
    old = (*([1] * lead), *input.shape)
    dims = tuple([size * count for size, count in zip(old, repeats)])
    for size in dims:
        if isinstance(size, int) and size < 0:
            raise refuse(
                "invalid-argument", f"Trying to create tensor with negative dimension {size}: {torch_size_text(dims)}"
            )
    result = fresh_like(input, *dims)
    if input.data is None or not all(isinstance(d, int) for d in dims):
        return result
    return _with_data(result, _repeat_data(input.data, old, repeats))


def _with_data(result: Tensor, data: tuple[Any, ...] | None) -> Tensor:
    return Tensor(result.dims, result.dtype, result.device, data, strides=result.strides)


def _repeat_data(data: tuple[Any, ...], old: Sequence[Any], repeats: Sequence[Any]) -> tuple[Any, ...] | None:
    """Each axis as two, the outer one of `count` steps of 0."""
    sizes: list[int] = []
    steps: list[Any] = []
    for size, stride, count in zip(old, contiguous_strides(old), repeats):
        sizes += [count, size]
        steps += [0, stride]
    return elements(data, sizes, steps)


@op("torch.tile", "torch.Tensor.tile")
def tile(input: Tensor, *dims: SizeArgs) -> Tensor:
    """As repeat, but missing counts in front are 1."""
    counts = (*([1] * (input.rank - len(dims))), *dims)
    return _repeated(input, counts, len(counts) - input.rank)


@op("torch.repeat_interleave", "torch.Tensor.repeat_interleave")
def repeat_interleave(
    input: Tensor,
    repeats: OptTensorLike = None,
    dim: OptAxis = None,
    output_size: OptInt = None,
) -> Tensor:
    """Each element repeated; `repeats` may be one number or one per element."""
    if repeats is None:
        return _interleave_counts(input, output_size)
    if isinstance(repeats, float | complex):
        raise ArgumentTypeError(f"not a count: {repeats!r}")
    if dim is None:
        shape: tuple[Dim, ...] = (product(input.shape),)
        flat = fresh_like(input, *shape)
        return _interleave(Tensor(shape, input.dtype, input.device, input.data), repeats, 0, output_size, flat)
    position = axis(dim, input.rank)
    check(input.rank > 0, "axis-out-of-range", "Dimension specified as 0 but tensor has no dimensions", "IndexError")
    return _interleave(input, repeats, position, output_size, input)


def _interleave_counts(counts: Tensor, output_size: Dim | None) -> Tensor:
    """`torch.repeat_interleave(counts)`: the index i, counts[i] times."""
    check(counts.rank == 1, "rank-mismatch", "repeat_interleave only accept 1D vector as repeat")
    _check_counts(counts)
    size: Dim = output_size if output_size is not None else _total(counts, "n")
    return Tensor((size,), counts.dtype, counts.device, strides=CONTIGUOUS)


def _check_counts(counts: Tensor) -> None:
    if counts.dtype is not None and counts.dtype not in (DTYPES["int64"], DTYPES["int32"]):
        raise refuse(
            "dtype-mismatch",
            f"\"repeat_interleave_cpu\" not implemented for '{counts.dtype.legacy}'",
            "NotImplementedError",
        )
    if counts.data is not None and any(isinstance(n, int) and n < 0 for n in counts.data):
        raise refuse("invalid-argument", "repeats can not be negative")


def _total(counts: Tensor, name: str) -> Dim:
    if counts.data is not None:
        return int(sum(counts.data))
    return fresh_data(name)


def _interleave(input: Tensor, repeats: Any, position: int, output_size: Dim | None, like: Tensor) -> Tensor:
    size = input.shape[position]
    if isinstance(repeats, Tensor):
        check(repeats.rank <= 1, "rank-mismatch", "repeats must be 0-dim or 1-dim tensor")
        _check_counts(repeats)
        if repeats.rank == 0 or (equal(repeats.shape[0], 1) is Truth.YES):
            count: Dim = repeats.data[0] if repeats.data is not None else fresh_unknown()
            total: Dim = size * count if repeats.data is not None else fresh_data("n")
        else:
            require_equal(
                repeats.shape[0], size, "size-mismatch",
                "repeats must have the same size as input along dim, but got"
                f" repeats.size(0) = {repeats.shape[0]} and input.size({position}) = {size}",
            )  # fmt: skip
            total = _total(repeats, "n")
        if output_size is not None:
            total = output_size
    else:
        count = repeats if isinstance(repeats, int | Expr) else fresh_unknown()
        check(less(count, 0) is not Truth.YES, "invalid-argument", "Repeats must be non-negative")
        total = size * count
    return fresh_like(like, *input.shape[:position], total, *input.shape[position + 1 :])
