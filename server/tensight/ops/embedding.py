"""Look-ups by index: embedding, embedding_bag, one_hot."""

from __future__ import annotations

from types import EllipsisType
from typing import Any

from ..dims import Dim, Truth, fresh_data, less
from ..values import INT64, Kind
from ..values import Tensor as TensorValue
from ..values.dtype import INT32
from .checks import check, demand, product, refuse, require_equal
from .kinds import Flag, Int, OptInt, OptTensor, Raw, Tensor, Text
from .registry import op
from .spatial import size_text


def _check_indices(input: Tensor, name: str) -> None:
    dtype = input.dtype
    if dtype is None or dtype in (INT64, INT32):
        return
    shown = f"torch.{dtype.legacy}Tensor" if dtype.kind is not Kind.BOOL else "CPUBoolType"
    raise refuse(
        "dtype-mismatch",
        "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
        f"{shown} instead (while checking arguments for {name})",
    )


def _check_range(input: Tensor, rows: Dim) -> None:
    if input.data is None:
        return
    for value in input.data:
        if isinstance(value, int) and (value < 0 or less(value, rows) is Truth.NO):
            raise refuse("index-mismatch", "index out of range in self", "IndexError", expected=rows, got=value)


def check_padding_index(padding_idx: Any, rows: Dim) -> None:
    if isinstance(padding_idx, int):
        inside = less(padding_idx, rows) if padding_idx >= 0 else less(rows, -padding_idx).negate()
        check(inside, "invalid-argument", "Padding_idx must be within num_embeddings", "AssertionError")


@op("torch.nn.functional.embedding", open_rank=True)
def embedding(
    input: Tensor, weight: Tensor, padding_idx: OptInt = None, max_norm: Raw = None, norm_type: Raw = 2.0,
    scale_grad_by_freq: Raw = False, sparse: Raw = False,
) -> Tensor:  # fmt: skip
    """(…) of indices, (rows, width) → (…, width)."""
    if weight.is_open:
        demand(input, None)
        return TensorValue(None, weight.dtype, weight.device)
    check_padding_index(padding_idx, weight.shape[0] if weight.rank else 0)
    check(weight.rank == 2, "rank-mismatch", "'weight' must be 2-D")
    _check_indices(input, "embedding")
    rows, width = weight.shape
    _check_range(input, rows)
    demand(input, None)
    head: tuple[Dim | EllipsisType, ...] = (...,) if input.dims is None else input.dims
    return TensorValue((*head, width), weight.dtype, weight.device)


@op("torch.embedding")
def torch_embedding(
    weight: Tensor, indices: Tensor, padding_idx: Int = -1, scale_grad_by_freq: Raw = False, sparse: Raw = False
) -> Tensor:
    check(weight.rank == 2, "rank-mismatch", "'weight' must be 2-D")
    _check_indices(indices, "embedding")
    _check_range(indices, weight.shape[0])
    return weight.with_dims(*indices.shape, weight.shape[1])


@op("torch.nn.functional.embedding_bag")
def embedding_bag(
    input: Tensor, weight: Tensor, offsets: OptTensor = None, max_norm: Raw = None, norm_type: Raw = 2,
    scale_grad_by_freq: Raw = False, mode: Text = "mean", sparse: Raw = False, per_sample_weights: OptTensor = None,
    include_last_offset: Flag = False, padding_idx: OptInt = None,
) -> Tensor:  # fmt: skip
    """Bags of rows, reduced: (bags, length) of indices, or one run of them with the offset of each bag."""
    if weight.dtype is INT64 and input.dtype is not None and input.dtype.is_floating_point:
        input, weight = weight, input
    if per_sample_weights is not None:
        message = (
            f"embedding_bag: If per_sample_weights ({size_text(per_sample_weights.shape)}) is not None, "
            f"then it must have the same shape as the input ({size_text(input.shape)})"
        )
        check(per_sample_weights.rank == input.rank, "size-mismatch", message, "ValueError")
        for a, b in zip(per_sample_weights.shape, input.shape):
            require_equal(a, b, "size-mismatch", message, "ValueError")
    check_padding_index(padding_idx, weight.shape[0] if weight.rank else 0)
    bags = _bags(input, offsets, include_last_offset)
    check(mode in ("sum", "mean", "max"), "invalid-argument", "mode has to be one of sum, mean or max", "ValueError")
    if per_sample_weights is not None and mode != "sum":
        raise refuse(
            "invalid-argument",
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' "
            f"(got mode='{mode}'). Please open a feature request on GitHub.",
            "NotImplementedError",
        )
    check(weight.rank == 2, "rank-mismatch", "weight has to be a 2D Tensor")
    _check_indices(input, "embedding_bag")
    return weight.with_dims(bags, weight.shape[1])


def _bags(input: Tensor, offsets: Tensor | None, include_last_offset: bool) -> Dim:
    if input.rank == 2:
        check(
            offsets is None, "invalid-argument",
            "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length "
            "sequences. However, found offsets of type <class 'torch.Tensor'>", "ValueError",
        )  # fmt: skip
        return input.shape[0]
    check(
        input.rank == 1, "rank-mismatch",
        f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.rank}", "ValueError",
    )  # fmt: skip
    if offsets is None:
        raise refuse("invalid-argument", "offsets has to be a 1D Tensor but got None", "ValueError")
    check(offsets.rank == 1, "rank-mismatch", "offsets has to be a 1D Tensor", "ValueError")
    if offsets.data and isinstance(offsets.data[0], int):
        check(
            offsets.data[0] == 0, "invalid-argument",
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, "
            f"got {offsets.data[0]}",
        )  # fmt: skip
    return offsets.shape[0] - 1 if include_last_offset else offsets.shape[0]


@op("torch.nn.functional.one_hot")
def one_hot(input: Tensor, num_classes: Int = -1) -> Tensor:
    """(…) of classes → (…, classes); without a number it is the largest class plus 1."""
    if input.dtype is not None and input.dtype is not INT64:
        raise refuse("dtype-mismatch", "one_hot is only applicable to index tensor of type LongTensor.")
    data = input.data
    if not isinstance(num_classes, int) or num_classes > 0:
        if data is not None and isinstance(num_classes, int):
            _check_classes(data, num_classes)
        return TensorValue((*input.shape, num_classes), INT64, input.device)
    if product(input.shape) == 0 if isinstance(product(input.shape), int) else False:
        raise refuse("size-mismatch", "Can not infer total number of classes from empty tensor.")
    if num_classes != -1:
        raise refuse("invalid-argument", "Class values must be smaller than num_classes.")
    if data is None or not all(isinstance(value, int) for value in data):
        return TensorValue((*input.shape, fresh_data("classes")), INT64, input.device)
    _check_classes(data, None)
    return TensorValue((*input.shape, max(data) + 1), INT64, input.device)


def _check_classes(data: tuple[Any, ...], num_classes: int | None) -> None:
    if any(isinstance(value, int) and value < 0 for value in data):
        raise refuse("index-mismatch", "Class values must be non-negative.")
    if num_classes is not None and any(isinstance(value, int) and value >= num_classes for value in data):
        raise refuse(
            "index-mismatch", "Class values must be smaller than num_classes.", expected=num_classes, got=max(data)
        )
