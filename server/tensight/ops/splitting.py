"""One tensor into several: split, chunk, unbind, tensor_split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..dims import Dim, Expr, Truth, ceil_div, dim_max, divides, equal, fresh_unknown, is_unknown, less
from ..limits import MAX_ITEMS
from ..values import ListV, Reason, Tensor, Unknown, torch_size_text
from .checks import axis, check, refuse, require_equal
from .coerce import items_of, to_int, to_int_or_sizes
from .errors import NOTES, Lift
from .kinds import Axis, Int, IntOrSizes, Raw, Sizes
from .parts import chosen, part
from .registry import op
from .slices import position as place


def _parts(input: Tensor, position: int, sizes: Sequence[Dim]) -> tuple[Tensor, ...]:
    out = []
    start: Dim = 0
    for size in sizes:
        out.append(part(input, position, start, size))
        start = start + size
    return tuple(out)


@op("torch.Tensor.split", open_rank=True)
def split_method(input: Tensor, split_size: Raw, dim: Axis = 0) -> Any:
    """As torch.split, whose parameter has another name."""
    return split.function(input, split_size, dim)


@op("torch.split", "torch.functional.split", open_rank=True)
def split(tensor: Tensor, split_size_or_sections: Raw, dim: Axis = 0) -> Any:
    """Parts of a given size (the last may be smaller), or of the given sizes."""
    if isinstance(split_size_or_sections, ListV) and split_size_or_sections.rest is not None:
        return _parts_of_sizes(tensor, split_size_or_sections, dim)
    sizes = to_int_or_sizes(split_size_or_sections)
    if tensor.is_open:
        return _split_open(tensor, sizes, dim)
    if isinstance(sizes, tuple):
        return _split_sizes(tensor, sizes, dim)
    check(tensor.rank > 0, "rank-mismatch", "split expects at least a 1-dimensional tensor")
    position = axis(dim, tensor.rank)
    total = tensor.shape[position]
    check(
        less(sizes, 0) is not Truth.YES, "invalid-argument",
        f"split expects split_size be non-negative, but got split_size={sizes}",
    )  # fmt: skip
    if isinstance(sizes, int) and isinstance(total, int):
        if sizes == 0:
            check(
                total == 0, "invalid-argument",
                f"split_size can only be 0 if dimension size is 0, but got dimension size of {total}",
            )  # fmt: skip
            return (part(tensor, position, 0, 0),)
        count = max(-(-total // sizes), 1)
        if count > MAX_ITEMS:
            raise Lift(Unknown(Reason.LIMIT, "torch.split"))
        return _parts(tensor, position, [min(sizes, total - i * sizes) for i in range(count)])
    return _split_symbolic(tensor, position, total, sizes)


def _split_symbolic(tensor: Tensor, position: int, total: Dim, size: Dim) -> Any:
    """`x.split(C // 3)` of `C`: the number of parts comes out as an int, or is not known."""
    if equal(total, size) is Truth.YES:
        return (part(tensor, position, 0, total),)
    if equal(size, 0) is not Truth.NO or is_unknown(total) or is_unknown(size):
        return _some_parts(tensor, position)
    count = ceil_div(total, size)
    if not isinstance(count, int) or count < 1 or count > MAX_ITEMS:
        return _some_parts(tensor, position)
    return _parts(tensor, position, [*([size] * (count - 1)), total - size * (count - 1)])


def _parts_of_sizes(tensor: Tensor, sizes: ListV, dim: int) -> Any:
    """Parts of the sizes of a list of which nobody knows how long it is."""
    if tensor.is_open:
        raise Lift(tensor.unknown)
    check(tensor.rank > 0, "rank-mismatch", "split expects at least a 1-dimensional tensor")
    position = axis(dim, tensor.rank)
    parts = [part(tensor, position, None, to_int(size)) for size in sizes.items]
    return ListV(parts, part(tensor, position, None, to_int(sizes.rest)))


def _some_parts(tensor: Tensor, position: int) -> Any:
    """Parts of unknown number; the last may be smaller than the others."""
    return ListV([], replace(part(tensor, position, 0, fresh_unknown()), data=None))


def _split_sizes(tensor: Tensor, sizes: tuple[Dim, ...], dim: int) -> tuple[Tensor, ...]:
    check(tensor.rank != 0, "rank-mismatch", "split expects at least a 1-dimensional tensor")
    position = axis(dim, tensor.rank)
    total = tensor.shape[position]
    if any(isinstance(size, int) and size < 0 for size in sizes):
        raise refuse(
            "invalid-argument",
            "split_with_sizes expects split_sizes have only non-negative entries, but got"
            f" split_sizes={torch_size_text(sizes)}",
        )  # fmt: skip
    given: Dim = 0
    for size in sizes:
        given = given + size
    require_equal(
        total, given, "size-mismatch",
        f"split_with_sizes expects split_sizes to sum exactly to {total} (input tensor's size at dimension {dim}),"
        f" but got split_sizes={torch_size_text(sizes)}",
        dim=position, sizes=sizes, size=total,
    )  # fmt: skip
    return _parts(tensor, position, sizes)


def _split_open(tensor: Tensor, sizes: Dim | tuple[Dim, ...], dim: int) -> tuple[Tensor, ...]:
    """Sizes along a known axis of an open shape, or of a shape of which nothing is known."""
    if not isinstance(sizes, tuple):
        place = _place(tensor, dim)
        if place is None or not isinstance(sizes, int) or sizes <= 0:
            raise Lift(tensor.unknown)
        size = tensor.dims[place]  # type: ignore[index]
        if not isinstance(size, int) or size < 1:
            raise Lift(tensor.unknown)
        sizes = tuple(min(sizes, size - start) for start in range(0, size, sizes))
    place = _place(tensor, dim)
    if place is None or tensor.dims is None:
        return tuple(Tensor(None, tensor.dtype, tensor.device, unknown=tensor.unknown) for _ in sizes)
    return tuple(tensor.with_dims(*tensor.dims[:place], size, *tensor.dims[place + 1 :]) for size in sizes)


def _place(tensor: Tensor, dim: int) -> int | None:
    """Where an axis of an open shape stands in `dims`; None if the run `...` hides it."""
    if tensor.dims is None:
        return None
    run = tensor.dims.index(...)
    if 0 <= dim < run:
        return dim
    return len(tensor.dims) + dim if dim < 0 and len(tensor.dims) + dim > run else None


@op(
    "torch.split_with_sizes", "torch.Tensor.split_with_sizes", "torch.unsafe_split_with_sizes",
    "torch.Tensor.unsafe_split_with_sizes",
)  # fmt: skip
def split_with_sizes(input: Tensor, split_sizes: Sizes, dim: Axis = 0) -> tuple[Tensor, ...]:
    """Parts of the given sizes."""
    return _split_sizes(input, split_sizes, dim)


@op("torch.unsafe_split", "torch.Tensor.unsafe_split")
def unsafe_split(input: Tensor, split_size: IntOrSizes, dim: Axis = 0) -> Any:
    """As split."""
    return split.function(input, split_size, dim)


@op(
    "torch.chunk", "torch.Tensor.chunk", "torch.unsafe_chunk", "torch.Tensor.unsafe_chunk", open_rank=True
)  # fmt: skip
def chunk(input: Tensor, chunks: Int, dim: Axis = 0) -> tuple[Tensor, ...]:
    """At most `chunks` parts of equal size, the last may be smaller."""
    if input.is_open:
        return _chunk_open(input, chunks, dim)
    check(input.rank > 0, "rank-mismatch", "chunk expects at least a 1-dimensional tensor")
    check(
        less(0, chunks), "invalid-argument", f"chunk expects `chunks` to be greater than 0, got: {chunks}"
    )  # fmt: skip
    position = axis(dim, input.rank)
    if not isinstance(chunks, int) or chunks > MAX_ITEMS:
        raise Lift()
    return _parts(input, position, chunk_sizes(input.shape[position], chunks))


def chunk_sizes(total: Dim, chunks: int) -> list[Dim]:
    """The sizes of `chunks` parts. A symbolic size is taken to be large enough that so many come out, as nearly all
    callers unpack them; where that is not proven, only the first of more than two sizes is told."""
    if isinstance(total, int):
        size = max(-(-total // chunks), 0)
        if size == 0:
            return [0] * chunks
        count = -(-total // size)
        return [min(size, total - i * size) for i in range(count)]
    if is_unknown(total):
        return [fresh_unknown() for _ in range(chunks)]
    if divides(chunks, total) is Truth.YES:
        return [total // chunks] * chunks
    first = ceil_div(total, chunks)
    if chunks == 1:
        return [total]
    last = total - (chunks - 1) * first
    return [*([first] * (chunks - 1)), last] if less(0, last) is Truth.YES else [first, *_later(first, last, chunks)]


def _later(first: Dim, last: Dim, chunks: int) -> list[Dim]:
    return [*([first] * (chunks - 2)), last] if chunks == 2 else [fresh_unknown() for _ in range(chunks - 1)]


def _chunk_open(input: Tensor, chunks: Dim, dim: int) -> tuple[Tensor, ...]:
    if not isinstance(chunks, int) or not 0 < chunks <= MAX_ITEMS:
        raise Lift(input.unknown)
    place = _place(input, dim)
    if place is None or input.dims is None:
        return tuple(Tensor(None, input.dtype, input.device, unknown=input.unknown) for _ in range(chunks))
    sizes = chunk_sizes(input.dims[place], chunks)  # type: ignore[arg-type]
    return tuple(input.with_dims(*input.dims[:place], size, *input.dims[place + 1 :]) for size in sizes)


@op("torch.tensor_split", "torch.Tensor.tensor_split")
def tensor_split(
    input: Tensor, indices_or_sections: Raw = None, dim: Axis = 0, indices: Raw = None, sections: Raw = None
) -> tuple[Tensor, ...]:
    """`sections` parts whose sizes differ by at most 1, or parts between the given positions."""
    check(
        input.rank > 0, "rank-mismatch",
        f"tensor_split expected at least a 1-dimensional tensor, but got a tensor with {input.rank} dims",
    )  # fmt: skip
    given = [where for where in (indices_or_sections, indices, sections) if where is not None]
    if len(given) != 1:
        raise Lift()
    return _sections(input, axis(dim, input.rank), given[0])


def _sections(input: Tensor, position: int, where: Any) -> tuple[Tensor, ...]:
    total = input.shape[position]
    if isinstance(where, Tensor):
        check(
            where.is_open or where.rank in (0, 1), "rank-mismatch",
            "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor,"
            f" but got a tensor with {where.rank} dims",
        )  # fmt: skip
        if where.data is None:
            return _parts_at(input, position, where)
        where = where.data[0] if where.rank == 0 else where.data
    if isinstance(where, int | Expr):
        return _parts(input, position, section_sizes(total, where))
    bounds = [to_int(item) for item in items_of(where)]
    ends = [place(end, total) for end in bounds]
    if any(is_unknown(end) for end in ends):
        return _parts_unknown(input, position, len(bounds) + 1)
    return tuple(
        part(input, position, low, dim_max(high - low, 0)) for low, high in zip((0, *ends), (*ends, total), strict=True)
    )


def _parts_at(input: Tensor, position: int, where: Tensor) -> tuple[Tensor, ...]:
    """Positions of which only the number is known."""
    if where.is_open or where.rank != 1 or not isinstance(where.shape[0], int):
        raise Lift(where.unknown)
    return _parts_unknown(input, position, where.shape[0] + 1)


def _parts_unknown(input: Tensor, position: int, count: int) -> tuple[Tensor, ...]:
    return tuple(part(input, position, None, fresh_unknown()) for _ in range(count))


def section_sizes(total: Dim, sections: Dim) -> list[Dim]:
    """The sizes of exactly `sections` parts, the first ones larger by 1."""
    check(less(0, sections), "invalid-argument", f"number of sections must be larger than 0, got {sections}")
    if not isinstance(sections, int) or sections > MAX_ITEMS:
        raise Lift()
    return [(total + sections - 1 - i) // sections for i in range(sections)]


def _numpy_split(input: Tensor, where: Any, name: str, position: int, least: int) -> tuple[Tensor, ...]:
    check(
        input.rank >= least, "rank-mismatch",
        f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {input.rank}"
        " dimensions!",
    )  # fmt: skip
    if isinstance(where, int | Expr):
        total = input.shape[position]
        check(
            not (isinstance(where, int) and where == 0) and divides(where, total), "size-mismatch",
            f"torch.{name} attempted to split along dimension {position}, but the size of the dimension {total} is not"
            f" divisible by the split_size {where}!",
        )  # fmt: skip
        if not isinstance(where, int):
            raise Lift()
        if divides(where, total) is Truth.MAYBE:
            NOTES.assumptions.append((total, where * (total // where)))
            return _parts(input, position, [total // where] * where)
    return _sections(input, position, where)


@op("torch.hsplit", "torch.Tensor.hsplit")
def hsplit(input: Tensor, indices_or_sections: Raw) -> tuple[Tensor, ...]:
    """Parts along axis 1 (of a vector: 0)."""
    return _numpy_split(input, indices_or_sections, "hsplit", 0 if input.rank == 1 else 1, 1)


@op("torch.vsplit", "torch.Tensor.vsplit")
def vsplit(input: Tensor, indices_or_sections: Raw) -> tuple[Tensor, ...]:
    """Parts along axis 0."""
    return _numpy_split(input, indices_or_sections, "vsplit", 0, 2)


@op("torch.dsplit", "torch.Tensor.dsplit")
def dsplit(input: Tensor, indices_or_sections: Raw) -> tuple[Tensor, ...]:
    """Parts along axis 2."""
    return _numpy_split(input, indices_or_sections, "dsplit", 2, 3)


@op("torch.unbind", "torch.Tensor.unbind", open_rank=True)
def unbind(input: Tensor, dim: Axis = 0) -> tuple[Tensor, ...]:
    """All slices along an axis."""
    if input.is_open:
        place = _place(input, dim)
        if place is None or input.dims is None or not isinstance(input.dims[place], int):
            raise Lift(input.unknown)
        rest = input.with_dims(*input.dims[:place], *input.dims[place + 1 :])
        return (rest,) * input.dims[place]  # type: ignore[operator]
    check(input.rank > 0, "axis-out-of-range", "Dimension specified as 0 but tensor has no dimensions", "IndexError")
    position = axis(dim, input.rank)
    size = input.shape[position]
    if not isinstance(size, int) or size > MAX_ITEMS:
        raise Lift()
    if input.data is None and size:
        return (chosen(input, position, 0),) * size
    return tuple(chosen(input, position, i) for i in range(size))
