"""Several tensors into one: cat, stack, and the hstack family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dims import Dim, Truth, equal, fresh_unknown
from ..limits import MAX_TENSOR_DATA
from ..values import CONTIGUOUS, Tensor, torch_size_text
from .checks import axis, better, check, refuse
from .coerce import to_tensors
from .defaults import DEFAULTS
from .devices import require_one_device
from .errors import NOTES, Lift
from .joining_runs import joined_run, run_of, stacked_run
from .kinds import Axis, Raw, TensorArgs, Tensors
from .promotion import result_type
from .registry import op
from .squeeze import at_least, with_axis
from .strides import Strides, is_contiguous


def _is_skipped(tensor: Tensor) -> Truth:
    """cat ignores a vector of no elements whatever the rank of the others (legacy)."""
    return equal(tensor.shape[0], 0) if tensor.rank == 1 else Truth.NO


def joined(tensors: Sequence[Tensor], dim: int) -> Tensor:
    """The tensors one after the other along an axis; the other sizes agree, or PyTorch refuses."""
    if not tensors:
        raise refuse("invalid-argument", "torch.cat(): expected a non-empty list of Tensors", "ValueError")
    require_one_device((("tensors", tensor) for tensor in tensors), "cat")
    for i, tensor in enumerate(tensors):
        if tensor.rank == 0:
            raise refuse("rank-mismatch", f"zero-dimensional tensor (at position {i}) cannot be concatenated")
    skipped = [_is_skipped(tensor) for tensor in tensors]
    dtype, device = result_type(tensors), tensors[0].device
    ranks = {tensor.rank for tensor in tensors}
    if len(ranks) > 1 and any(truth is Truth.MAYBE for truth in skipped):
        raise Lift()
    valid = [(i, t) for i, t in enumerate(tensors) if skipped[i] is not Truth.YES]
    if not valid:
        return Tensor((0,), dtype, device, strides=CONTIGUOUS)
    first = valid[0][1]
    position = axis(dim, first.rank)
    dims: list[Dim] = list(first.shape)
    shapes = [tensor.shape for tensor in tensors]
    total = dims[position]
    for i, tensor in valid[1:]:
        if tensor.rank != first.rank:
            raise refuse(
                "rank-mismatch", f"Tensors must have same number of dimensions: got {first.rank} and {tensor.rank}",
                shapes=shapes,
            )  # fmt: skip
        for j, size in enumerate(tensor.shape):
            if j != position:
                dims[j] = _agree(first.shape[j], dims[j], size, position, i, shapes)
        total = total + tensor.shape[position]
    dims[position] = total
    data = _cat_data([tensor for _, tensor in valid], position)
    return Tensor(tuple(dims), dtype, device, data, strides=_layout(tensors, len(dims)))


def _layout(tensors: Sequence[Tensor], rank: int) -> Strides | None:
    """The result is contiguous, but images that all are channels-last stay so."""
    if rank in (4, 5) and not any(is_contiguous(tensor) is Truth.YES for tensor in tensors):
        return None
    return CONTIGUOUS


def _cat_data(tensors: Sequence[Tensor], position: int) -> tuple[Any, ...] | None:
    """The values of the result, if all are known and of one dtype."""
    out: list[Any] = []
    sources: list[tuple[tuple[Any, ...], int]] = []
    outer = 1
    for tensor in tensors:
        if tensor.data is None or tensor.dtype is not tensors[0].dtype:
            return None
        inner: Any = 1
        for size in tensor.shape[position:]:
            inner = inner * size
        outer = len(tensor.data) // inner if inner else outer
        sources.append((tensor.data, inner))
    if sum(len(data) for data, _ in sources) > MAX_TENSOR_DATA:
        return None
    for i in range(outer):
        for data, inner in sources:
            out.extend(data[i * inner : (i + 1) * inner])
    return tuple(out)


def _agree(first: Dim, best: Dim, size: Dim, position: int, number: int, shapes: list[tuple[Dim, ...]]) -> Dim:
    if best is size or (isinstance(size, int) and isinstance(best, int) and best == size):
        return best
    truth = equal(best, size)
    if truth is Truth.NO:
        raise refuse(
            "cat-mismatch",
            f"Sizes of tensors must match except in dimension {position}. Expected size {first} but got size {size} for"
            f" tensor number {number} in the list.",
            dim=position, shapes=shapes,
        )  # fmt: skip
    if truth is Truth.MAYBE:
        NOTES.assumptions.append((best, size))
    return better(best, size)


def _cat_open(tensors: Sequence[Tensor], dim: int) -> Tensor:
    """Of tensors of open rank nothing but the dtype is known, unless another one settles it."""
    settled = [tensor for tensor in tensors if not tensor.is_open]
    opened = next(tensor for tensor in tensors if tensor.is_open)
    if not settled or settled[0].rank < 2:
        raise Lift(opened.unknown)
    position = axis(dim, settled[0].rank)
    dims = list(settled[0].shape)
    for tensor in settled[1:]:
        if tensor.rank != len(dims):
            raise Lift(opened.unknown)
        for j, size in enumerate(tensor.shape):
            dims[j] = better(dims[j], size)
    dims[position] = fresh_unknown()
    return Tensor(tuple(dims), result_type(tensors), tensors[0].device)


@op(
    "torch.cat", "torch.concat", "torch.concatenate", open_rank=True,
)  # fmt: skip
def cat(tensors: Raw, dim: Axis = 0) -> Tensor:
    """Join along an existing axis."""
    run = run_of(tensors)
    if run is not None:
        return joined_run(*run, dim)
    tensors = to_tensors(tensors)
    if any(tensor.is_open for tensor in tensors):
        return _cat_open(tensors, dim)
    return joined(tensors, dim)


@op("torch.stack", open_rank=True)
def stack(tensors: Raw, dim: Axis = 0) -> Tensor:
    """Join along a new axis; all shapes agree."""
    run = run_of(tensors)
    if run is not None:
        return stacked_run(*run, dim)
    tensors = to_tensors(tensors)
    if not tensors:
        raise refuse("invalid-argument", "stack expects a non-empty TensorList")
    require_one_device((("tensors", tensor) for tensor in tensors), "cat")
    opened = [tensor for tensor in tensors if tensor.is_open]
    if opened:
        settled = next((tensor for tensor in tensors if not tensor.is_open), None)
        if settled is None:
            raise Lift(opened[0].unknown)
        tensors = tuple(settled if tensor.is_open else tensor for tensor in tensors)
    first = tensors[0]
    position = axis(dim, first.rank + 1)
    shapes = [tensor.shape for tensor in tensors]
    dims: list[Dim] = list(first.shape)
    for i, shape in enumerate(shapes[1:], 1):
        if len(shape) != len(dims):
            raise _stack_error(first, shape, i, shapes)
        for j, size in enumerate(shape):
            truth = equal(dims[j], size)
            if truth is Truth.NO:
                raise _stack_error(first, shape, i, shapes)
            if truth is Truth.MAYBE:
                NOTES.assumptions.append((dims[j], size))
            dims[j] = better(dims[j], size)
    if all(tensor.data is not None for tensor in tensors):
        return joined([with_axis(tensor, position) for tensor in tensors], position)
    shape = (*dims[:position], len(tensors), *dims[position:])
    return Tensor(shape, result_type(tensors), tensors[0].device, strides=_layout(tensors, len(shape)))


def _stack_error(first: Tensor, shape: tuple[Dim, ...], number: int, shapes: list[tuple[Dim, ...]]) -> Exception:
    return refuse(
        "cat-mismatch",
        f"stack expects each tensor to be equal size, but got {torch_size_text(first.shape)} at entry 0 and"
        f" {torch_size_text(shape)} at entry {number}",
        shapes=shapes,
    )  # fmt: skip


def _non_empty(tensors: Sequence[Tensor], name: str) -> None:
    check(len(tensors) > 0, "invalid-argument", f"{name} expects a non-empty TensorList")


@op("torch.hstack")
def hstack(tensors: Tensors) -> Tensor:
    """Side by side: vectors along axis 0, others along axis 1."""
    _non_empty(tensors, "hstack")
    lifted = [at_least(tensor, 1) for tensor in tensors]
    return joined(lifted, 0 if lifted[0].rank == 1 else 1)


@op("torch.vstack", "torch.row_stack")
def vstack(tensors: Tensors) -> Tensor:
    """One under the other, vectors as rows."""
    _non_empty(tensors, "vstack")
    return joined([at_least(tensor, 2) for tensor in tensors], 0)


@op("torch.dstack")
def dstack(tensors: Tensors) -> Tensor:
    """Along the third axis."""
    _non_empty(tensors, "dstack")
    return joined([at_least(tensor, 3) for tensor in tensors], 2)


@op("torch.column_stack")
def column_stack(tensors: Tensors) -> Tensor:
    """Side by side, vectors as columns."""
    _non_empty(tensors, "column_stack")
    return joined([_as_column(tensor) for tensor in tensors], 1)


def _as_column(tensor: Tensor) -> Tensor:
    if tensor.rank == 0:
        return with_axis(with_axis(tensor, 0), 0)
    return with_axis(tensor, 1) if tensor.rank == 1 else tensor


@op("torch.block_diag", "torch.functional.block_diag")
def block_diag(*tensors: TensorArgs) -> Tensor:
    """Matrices along the diagonal of a larger one; vectors count as rows."""
    rows: Dim = 0
    columns: Dim = 0
    for i, tensor in enumerate(tensors):
        check(
            tensor.rank <= 2, "rank-mismatch",
            "torch.block_diag: Input tensors must have 2 or fewer dimensions."
            f" Input {i} has {tensor.rank} dimensions",
        )  # fmt: skip
        height, width = at_least(tensor, 2).shape
        rows, columns = rows + height, columns + width
    if not tensors:
        return Tensor((1, 0), DEFAULTS.dtype, strides=CONTIGUOUS)
    return Tensor((rows, columns), result_type(tensors), tensors[0].device, strides=CONTIGUOUS)
