"""Writing by an index tensor: scatter and its forms, index_add, index_copy, index_fill, index_put, put."""

from __future__ import annotations

from ..dims import Dim, Truth, equal, less
from ..values import INT64, DType, Tensor, Value, torch_size_text
from .checks import axis, check, product, refuse, require_equal
from .coerce import items_of
from .element_types import common_dtype
from .errors import Lift
from .gather import is_index, lengths
from .indexing import setitem
from .inplace import inplace
from .kinds import Axis, Flag, Int, Number, OptText, Raw, TensorLike, Text
from .parts import select
from .registry import RULES, op
from .strides import fresh_like

_REDUCTIONS = ("sum", "prod", "mean", "amax", "amin")


def _same_type(a: DType, b: DType) -> str:
    return "scatter(): Expected self.dtype to be equal to src.dtype"


def _scatter(input: Tensor, dim: int, index: Tensor, src: Value) -> Tensor:
    position = axis(dim, input.rank)
    if isinstance(src, Tensor) and src.is_open:
        raise Lift(src.unknown)
    check(is_index(index.dtype), "dtype-mismatch", "scatter(): Expected dtype int32/int64 for index")
    if isinstance(src, Tensor):
        common_dtype(input, src, _same_type)
    if not any(equal(size, 0) is not Truth.NO for size in index.shape):
        _check_sizes(input, position, dim, index, src)
        size = lengths(input)[position]
        for value in index.data or () if isinstance(size, int) else ():
            if isinstance(value, int) and isinstance(size, int) and not 0 <= value < size:
                raise refuse(
                    "index-mismatch", f"index {value} is out of bounds for dimension {position} with size {size}",
                    index=value, axis=position, size=size,
                )  # fmt: skip
    return input.alike()


def _check_sizes(input: Tensor, position: int, dim: int, index: Tensor, src: Value) -> None:
    check(
        max(index.rank, 1) == max(input.rank, 1), "rank-mismatch",
        "Index tensor must have the same number of dimensions as self tensor",
    )  # fmt: skip
    have, want = lengths(input), lengths(index)
    wrong = any(less(h, w) is Truth.YES for i, (h, w) in enumerate(zip(have, want)) if i != position)
    if isinstance(src, Tensor):
        given = lengths(src)
        if len(given) < len(want):
            axis(len(given), len(given))
        check(
            max(index.rank, 1) == max(src.rank, 1), "rank-mismatch",
            "Index tensor must have the same number of dimensions as src tensor",
        )  # fmt: skip
        wrong = wrong or any(less(g, w) is Truth.YES for g, w in zip(given, want))
        text = f" and to be no larger size than src {torch_size_text(src.shape)}"
    else:
        text = ""
    check(
        not wrong, "size-mismatch",
        f"Expected index {torch_size_text(index.shape)} to be no larger than self {torch_size_text(input.shape)} apart"
        f" from dimension {position}{text}", axis=position,
    )  # fmt: skip


@op("torch.scatter", "torch.Tensor.scatter")
def scatter(
    input: Tensor, dim: Axis, index: Tensor, src: Raw = None, reduce: OptText = None, value: Raw = None
) -> Tensor:
    """Write `src` to the positions along an axis that `index` gives."""
    result = _scatter(input, dim, index, src if src is not None else value)
    check(
        reduce in (None, "add", "multiply"), "invalid-argument", "reduce argument must be either add or multiply."
    )  # fmt: skip
    return result


@op("torch.scatter_add", "torch.Tensor.scatter_add")
def scatter_add(input: Tensor, dim: Axis, index: Tensor, src: Tensor) -> Tensor:
    """Add `src` to the positions along an axis that `index` gives."""
    return _scatter(input, dim, index, src)


@op("torch.scatter_reduce", "torch.Tensor.scatter_reduce")
def scatter_reduce(
    input: Tensor, dim: Axis, index: Tensor, src: Tensor, reduce: Text, include_self: Flag = True
) -> Tensor:
    """Reduce `src` into the positions along an axis that `index` gives."""
    check(
        reduce in _REDUCTIONS, "invalid-argument",
        f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}",
    )  # fmt: skip
    return _scatter(input, dim, index, src)


def _check_add(input: Tensor, dim: int, index: Tensor, source: Tensor, name: str) -> None:
    position = axis(dim, input.rank)
    count: Dim = index.shape[0] if index.rank == 1 else 1
    kind = index.dtype.legacy if index.dtype is not None else ""
    check(
        index.rank <= 1, "rank-mismatch",
        f"{name}(): Index is supposed to be a vector, but got dim: {index.rank} with type: {kind} and size:"
        f" {torch_size_text(index.shape)}", "IndexError",
    )  # fmt: skip
    check(is_index(index.dtype), "dtype-mismatch", f"{name}(): Expected dtype int32/int64 for index but got: {kind}")
    common_dtype(
        input, source,
        lambda a, b: f"{name}(): self ({a.legacy}) and source ({b.legacy}) must have the same scalar type",
    )  # fmt: skip
    check(
        position == 0 or position < source.rank, "rank-mismatch",
        f"{name}(): Indexing dim {position} is out of bounds of the source tensor with dim {source.rank}",
    )  # fmt: skip
    have: Dim = source.shape[position] if source.rank else 1
    if not source.rank and equal(count, 1) is Truth.NO:
        message = f"Dimension specified as {dim} but tensor has no dimensions"
        raise refuse("axis-out-of-range", message, "IndexError")
    require_equal(
        count, have, "size-mismatch",
        f"{name}(): Number of indices ({count}) should be equal to source.size(dim): ({have}), for dim: {position}",
    )  # fmt: skip
    if input.rank and source.rank:
        rest = [d for i, d in enumerate(input.shape) if i != position]
        other = [d for i, d in enumerate(source.shape) if i != position]
        text = (
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape ="
            f" {torch_size_text(input.shape)} source.shape = {torch_size_text(source.shape)}"
        )
        check(len(rest) == len(other), "rank-mismatch", text)
        for a, b in zip(rest, other):
            require_equal(a, b, "size-mismatch", text)


@op("torch.index_add", "torch.Tensor.index_add")
def index_add(input: Tensor, dim: Axis, index: Tensor, source: Tensor, alpha: Number = 1) -> Tensor:
    """Add slices of `source` to the slices that `index` names."""
    _check_add(input, dim, index, source, "index_add_")
    return input.alike()


@op("torch.index_reduce", "torch.Tensor.index_reduce")
def index_reduce(
    input: Tensor, dim: Axis, index: Tensor, source: Tensor, reduce: Text, include_self: Flag = True
) -> Tensor:
    """Reduce slices of `source` into the slices that `index` names."""
    check(
        reduce in ("prod", "mean", "amax", "amin"), "invalid-argument",
        f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.",
    )  # fmt: skip
    _check_add(input, dim, index, source, "index_reduce_")
    return input.alike()


@op("torch.index_copy", "torch.Tensor.index_copy")
def index_copy(input: Tensor, dim: Axis, index: Tensor, source: Tensor) -> Tensor:
    """Write slices of `source` to the slices that `index` names."""
    position = axis(dim, input.rank)
    name = "index_copy_()"
    check(
        index.rank < 2, "rank-mismatch", f"{name}: Index should have dimension 1 or 0 (got {index.rank})", "IndexError"
    )
    count = product(index.shape)
    if source.rank == 0:
        check(
            equal(count, 1), "size-mismatch",
            f"{name}: When source is scalar, index should have one element (got {count})", "IndexError",
        )  # fmt: skip
    elif input.rank:
        check(
            source.rank == input.rank, "rank-mismatch",
            f"{name}: When source and destination are not scalars, their dimensionality must match. Source"
            f" dimensionality ({source.rank}), destination dimensionality ({input.rank})", "IndexError",
        )  # fmt: skip
    kind = index.dtype.legacy if index.dtype is not None else ""
    check(
        index.dtype in (None, INT64), "dtype-mismatch", f"{name}: Expected a long tensor for index, but got {kind}"
    )  # fmt: skip
    common_dtype(
        input, source,
        lambda a, b: f"{name}: self and source expected to have the same dtype, but got (self) {a.legacy} and (source)"
        f" {b.legacy}",
    )  # fmt: skip
    _check_slices(input, source, position, name)
    have: Dim = source.shape[position] if source.rank else 1
    if source.rank:
        require_equal(
            count, have, "size-mismatch",
            f"{name}: Number of indices ({count}) should be equal to source.size(dim) ({have})", "IndexError",
        )  # fmt: skip
    return input.alike()


def _check_slices(input: Tensor, source: Tensor, position: int, name: str) -> None:
    """All axes but the indexed one agree."""
    rest = [d for i, d in enumerate(input.shape) if i != position]
    other = [d for i, d in enumerate(source.shape) if i != (position if source.rank else 0)]
    text = (
        f"{name}: Source/destination tensor must have same slice shapes. Destination slice shape:"
        f" {' '.join(map(str, rest))} at dimension {position} and source slice shape: {' '.join(map(str, other))} at"
        f" dimension 0."
    )
    check(len(rest) == len(other), "rank-mismatch", text)
    for a, b in zip(rest, other):
        require_equal(a, b, "size-mismatch", text)


@op("torch.index_fill", "torch.Tensor.index_fill")
def index_fill(input: Tensor, dim: Axis, index: Tensor, value: TensorLike) -> Tensor:
    """Fill the slices that `index` names."""
    rank = value.rank if isinstance(value, Tensor) else 0
    check(
        rank == 0, "rank-mismatch",
        f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {rank} dimension(s).",
    )  # fmt: skip
    check(
        index.dtype in (None, INT64), "dtype-mismatch", "index_fill_(): Expected dtype int64 for index.", "IndexError"
    )  # fmt: skip
    check(index.rank <= 1, "rank-mismatch", "Index has to be a vector/scalar")
    axis(dim, input.rank)
    return input.alike()


@op("torch.index_put", "torch.Tensor.index_put")
def index_put(input: Tensor, indices: Raw, values: Tensor, accumulate: Flag = False) -> Tensor:
    """`input[indices] = values`."""
    given = items_of(indices)
    if any(item is not None and not (isinstance(item, Tensor) and not item.is_open) for item in given):
        raise Lift()
    check(
        len(given) <= input.rank, "index-mismatch",
        f"too many indices for tensor of dimension {input.rank} (got {len(given)})", "IndexError",
    )  # fmt: skip
    setitem.function(input, tuple(slice(None) if item is None else item for item in given), values)
    return input.alike()


@op("torch.Tensor.put", "torch.put")
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: Flag = False) -> Tensor:
    """Write to positions of the flattened tensor."""
    m, n = product(source.shape), product(index.shape)
    require_equal(
        m, n, "size-mismatch",
        "put_(): Expected source and index to have the same number of elements, but got source.numel() ="
        f" {m}, index.numel() = {n}", "IndexError",
    )  # fmt: skip
    return input.alike()


def _same_slice(slice_: Tensor, src: Tensor) -> None:
    text = (
        "expected src to have a size equal to the slice of self. src size ="
        f" {torch_size_text(src.shape)}, slice size = {torch_size_text(slice_.shape)}"
    )
    check(slice_.rank == src.rank, "rank-mismatch", text)
    for a, b in zip(slice_.shape, src.shape):
        require_equal(a, b, "size-mismatch", text)


@op("torch.select_scatter", "torch.Tensor.select_scatter")
def select_scatter(input: Tensor, src: Tensor, dim: Axis, index: Int) -> Tensor:
    """`input` with one slice replaced."""
    _same_slice(select.function(input, dim, index), src)
    return fresh_like(input, *input.shape)


_WRITES = "scatter scatter_add scatter_reduce index_add index_reduce index_copy index_fill index_put put"
for _name in _WRITES.split():
    RULES[f"torch.Tensor.{_name}"].as_first = True
inplace(_WRITES)
