"""Losses over classes: cross_entropy, nll_loss, the multi-class margins, ctc_loss."""

from __future__ import annotations

from typing import Any

from ..dims import Dim, Truth, equal, less
from ..values import INT64, ListV, Value
from ..values import Tensor as TensorValue
from ..values.dtype import UINT8
from .checks import check, product, refuse, require_equal
from .coerce import items_of
from .errors import Lift
from .kinds import Flag, Int, Number, OptTensor, Raw, Tensor, Text
from .loss import legacy_reduction, paired, reduced, require_same
from .registry import op
from .spatial import INTEGRAL, check_reduction, dtypes_clash, list_text, refuse_kinds, tuple_text

Shape = tuple[Dim, ...]


def _same_sizes(a: Shape, b: Shape) -> Truth:
    if len(a) != len(b):
        return Truth.NO
    answer = Truth.YES
    for x, y in zip(a, b):
        answer = answer.and_(equal(x, y))
    return answer


@op("torch.nn.functional.cross_entropy")
def cross_entropy(
    input: Tensor, target: Tensor, weight: OptTensor = None, size_average: Raw = None, ignore_index: Raw = -100,
    reduce: Raw = None, reduction: Text = "mean", label_smoothing: Number = 0.0,
) -> Tensor:  # fmt: skip
    """The target holds class indices, or has the input's size and holds probabilities."""
    mode = legacy_reduction(size_average, reduce, reduction)
    check_reduction(mode)
    if isinstance(label_smoothing, int | float):
        check(
            0 <= label_smoothing <= 1, "invalid-argument",
            f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}",
        )  # fmt: skip
    probabilities = _same_sizes(input.shape, target.shape)
    if probabilities is Truth.MAYBE and target.dtype is not None:
        probabilities = Truth.YES if target.dtype.is_floating_point or target.dtype.is_complex else Truth.NO
    if probabilities is Truth.YES:
        return _against_probabilities(input, target, weight, mode)
    if probabilities is Truth.MAYBE:
        channel = 0 if input.rank == 1 else 1
        return reduced(input, (*input.shape[:channel], *input.shape[channel + 1 :]), mode)
    if input.rank:
        last = "lastdim_" if input.rank <= 2 else ""
        refuse_kinds(f"log_softmax_{last}kernel_impl", input.dtype, INTEGRAL)
    return _nll(input, target, weight, mode)


def _against_probabilities(input: Tensor, target: Tensor, weight: Tensor | None, mode: str) -> Tensor:
    if target.dtype is not None and not (target.dtype.is_floating_point or target.dtype.is_complex):
        raise refuse(
            "dtype-mismatch",
            f"Expected floating point type for target with class probabilities, got {target.dtype.legacy}",
        )
    channel = 0 if input.rank == 1 else 1
    if weight is not None and input.rank:
        classes = input.shape[channel]
        message = (
            f"cross_entropy: weight tensor should be defined either for all {classes} classes or no classes but got "
            f"weight tensor of shape: {list_text(weight.shape)}"
        )
        check(weight.rank == 1, "loss-mismatch", message)
        require_equal(weight.shape[0], classes, "loss-mismatch", message)
    return reduced(input, (*input.shape[:channel], *input.shape[channel + 1 :]), mode)


@op("torch.nn.functional.nll_loss")
def nll_loss(
    input: Tensor, target: Tensor, weight: OptTensor = None, size_average: Raw = None, ignore_index: Raw = -100,
    reduce: Raw = None, reduction: Text = "mean",
) -> Tensor:  # fmt: skip
    mode = legacy_reduction(size_average, reduce, reduction)
    check_reduction(mode)
    return _nll(input, target, weight, mode)


def _nll(input: Tensor, target: Tensor, weight: Tensor | None, mode: str) -> Tensor:
    """nll_loss_nd: what fits depends on the rank of the input."""
    dims, labels = input.shape, target.shape
    rank = len(dims)
    check(rank > 0, "loss-mismatch", "Expected 1 or more dimensions (got 0)", "ValueError")
    if rank == 1 and len(labels) == 1:
        require_equal(
            labels[0], 1, "loss-mismatch",
            f"For 1D input, 1D target must have size 1, but got target size: {labels[0]}", "ValueError",
        )  # fmt: skip
    if rank > 1:
        batch = labels[0] if labels else 0
        message = f"Expected input batch_size ({dims[0]}) to match target batch_size ({batch})."
        require_equal(dims[0], batch, "loss-mismatch", message, "ValueError")
        if not labels:
            raise Lift()
    classes = dims[0 if rank == 1 else 1]
    if rank <= 2:
        check(len(labels) <= 1, "loss-mismatch", "0D or 1D target tensor expected, multi-target not supported")
        _check_labels(target)
        shown = list_text(weight.shape if weight is not None else ())
        message = (
            f"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of "
            f"shape: {shown}"
        )
        _check_class_weight(weight, classes, message)
        refuse_kinds("nll_loss_out_frame", input.dtype, INTEGRAL)
        if weight is not None and dtypes_clash(input.dtype, weight.dtype):
            assert input.dtype is not None and weight.dtype is not None
            message = f"expected scalar type {input.dtype.legacy} but found {weight.dtype.legacy}"
            raise refuse("dtype-mismatch", message)
        return reduced(input, labels if rank == 1 else dims[:1], mode)
    message = "weight tensor should be defined either for all or no classes"
    if rank == 4:
        check(
            len(labels) == 3, "loss-mismatch",
            f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {len(labels)}",
        )  # fmt: skip
        _check_labels(target)
        _check_class_weight(weight, classes, message)
        sizes = f"size mismatch (got input: {list_text(dims)} , target: {list_text(labels)}"
        require_same(labels[1:], dims[2:], sizes)
        return reduced(input, (dims[0], *dims[2:]), mode)
    expected = (dims[0], *dims[2:])
    require_same(labels[1:], dims[2:], f"Expected target size {list_text(expected)}, got {list_text(labels)}")
    _check_labels(target)
    _check_class_weight(weight, classes, message)
    return reduced(input, expected, mode)


def _check_class_weight(weight: Tensor | None, classes: Dim, message: str) -> None:
    if weight is not None:
        check(weight.rank == 1, "loss-mismatch", message)
        require_equal(weight.shape[0], classes, "loss-mismatch", message)


def _check_labels(target: Tensor) -> None:
    if target.dtype is not None and target.dtype not in (INT64, UINT8):
        raise refuse("dtype-mismatch", f"expected target dtype to be Long or Byte, but got {target.dtype.legacy}")


# --- margins -----------------------------------------------------------------------------------------------------


def _expect_long(target: Tensor) -> None:
    if target.dtype is not None and target.dtype is not INT64:
        raise refuse("dtype-mismatch", f"expected scalar type Long but found {target.dtype.legacy}")


def _empty(dims: Shape) -> bool:
    return any(isinstance(d, int) and d == 0 for d in dims)


@op("torch.nn.functional.multilabel_margin_loss")
def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: Raw = None, reduce: Raw = None, reduction: Text = "mean"
) -> Tensor:
    mode = legacy_reduction(size_average, reduce, reduction)
    check_reduction(mode)
    dims = input.shape
    check(
        len(dims) <= 2 and not _empty(dims[-1:]), "loss-mismatch",
        f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list_text(dims)}",
    )  # fmt: skip
    message = f"inconsistent target size: {list_text(target.shape)} for input of size: {list_text(dims)}"
    if len(dims) <= 1:
        check(target.rank <= 1, "loss-mismatch", message)
        require_equal(product(target.shape), product(dims), "loss-mismatch", message)
    else:
        require_same(target.shape, dims, message)
    _expect_long(target)
    return reduced(input, dims[:1] if len(dims) == 2 else (), mode)


@op("torch.nn.functional.multilabel_soft_margin_loss", dtype="promote")
def multilabel_soft_margin_loss(
    input: Tensor, target: Tensor, weight: OptTensor = None, size_average: Raw = None, reduce: Raw = None,
    reduction: Text = "mean",
) -> Tensor:  # fmt: skip
    mode = legacy_reduction(size_average, reduce, reduction)
    whole = paired(target.shape, input.shape)
    if weight is not None:
        whole = paired(whole, weight.shape)
    check(len(whole) > 0, "loss-mismatch", "Dimension specified as -1 but tensor has no dimensions", "IndexError")
    check(mode in ("none", "mean", "sum"), "invalid-argument", f"{mode} is not valid", "ValueError")
    return reduced(input, whole[:-1], mode)


@op("torch.nn.functional.multi_margin_loss")
def multi_margin_loss(
    input: Tensor, target: Tensor, p: Number = 1, margin: Raw = 1.0, weight: OptTensor = None,
    size_average: Raw = None, reduce: Raw = None, reduction: Text = "mean",
) -> Tensor:  # fmt: skip
    mode = legacy_reduction(size_average, reduce, reduction)
    check_reduction(mode)
    if isinstance(p, int | float):
        check(p in (1, 2), "invalid-argument", "only p == 1 and p == 2 supported", "ValueError")
    if weight is not None:
        check(weight.rank == 1, "loss-mismatch", "weight must be one-dimensional", "ValueError")
    dims = input.shape
    check(
        len(dims) <= 2 and not _empty(dims[-1:]), "loss-mismatch",
        f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list_text(dims)}",
    )  # fmt: skip
    batch, classes = (dims[0], dims[1]) if len(dims) == 2 else (1, product(dims))
    message = (
        "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). "
        f"Expected target size [{batch}], but got {list_text(target.shape)}. Input has shape {list_text(dims)}."
    )
    check(target.rank <= 1, "loss-mismatch", message)
    require_equal(product(target.shape), batch, "loss-mismatch", message)
    if weight is not None:
        require_equal(
            weight.shape[0], classes, "loss-mismatch",
            f"inconsistent weight size, expected {classes} but got {list_text(weight.shape)}",
        )  # fmt: skip
    _expect_long(target)
    return reduced(input, target.shape, mode)


# --- sequences ---------------------------------------------------------------------------------------------------


def _length_count(value: Value) -> Dim | None:
    """How many lengths there are; None if that is not known."""
    if isinstance(value, TensorValue):
        return None if value.is_open else product(value.shape)
    try:
        return len(items_of(value))
    except Lift:
        return None


def _longest(value: Value) -> int | None:
    """The first of the greatest lengths, if all are known."""
    if isinstance(value, TensorValue):
        items: tuple[Any, ...] = value.data or ()
    else:
        items = items_of(value) if isinstance(value, tuple | ListV) else ()
    return max(items) if items and all(isinstance(item, int) for item in items) else None


@op("torch.nn.functional.ctc_loss")
def ctc_loss(
    log_probs: Tensor, targets: Tensor, input_lengths: Raw, target_lengths: Raw, blank: Int = 0,
    reduction: Raw = "mean", zero_infinity: Flag = False,
) -> Tensor:  # fmt: skip
    """(T, N, C) or (T, C) against targets (N, S) or a run of them."""
    if isinstance(reduction, int):
        reduction = {0: "none", 1: "mean", 2: "sum"}.get(reduction, "mean")
    if not isinstance(reduction, str):
        raise Lift()
    check_reduction(reduction)
    rank = log_probs.rank
    check(rank in (2, 3), "loss-mismatch", "log_probs tensor must not be empty")
    batch = log_probs.shape[1] if rank == 3 else 1
    classes = log_probs.shape[-1]
    if less(classes, blank + 1) is Truth.YES or less(blank, 0) is Truth.YES:
        raise refuse("invalid-argument", "blank must be in label range")
    for name, lengths in (("input_lengths", input_lengths), ("target_lengths", target_lengths)):
        count = _length_count(lengths)
        if count is not None:
            require_equal(count, batch, "loss-mismatch", f"{name} must be of size batch_size")
    longest = _longest(input_lengths)
    if longest is not None:
        check(
            less(log_probs.shape[0], longest).negate(), "loss-mismatch",
            f"Expected input_lengths to have value at most {log_probs.shape[0]}, but got value {longest} (while "
            "checking arguments for ctc_loss_allocate_outputs)",
        )  # fmt: skip
    if targets.rank == 2 and rank == 3:
        rows = targets.shape[0]
        require_equal(
            rows, batch, "loss-mismatch",
            f"Expected tensor to have size {batch} at dimension 0, but got size {rows} for argument #2 'targets' "
            "(while checking arguments for ctc_loss_allocate_outputs)",
        )  # fmt: skip
    return reduced(log_probs, log_probs.shape[1:2] if rank == 3 else (), reduction)


@op("torch.nn.functional.linear_cross_entropy")
def linear_cross_entropy(
    input: Tensor, linear_weight: Tensor, target: Tensor, *, linear_bias: OptTensor = None, weight: OptTensor = None,
    reduction: Text = "mean", ignore_index: Raw = None, label_smoothing: Number = 0.0, options: Raw = None,
) -> Tensor:  # fmt: skip
    """A linear layer and cross_entropy in one: (…, in) and (classes, …, in)."""
    check(input.rank in (1, 2), "rank-mismatch", f"expected input with dimensionality 1 or 2, got {input.rank}")
    check(
        linear_weight.rank >= 2, "rank-mismatch",
        f"expected linear_weight with dimensionality at least 2, got {linear_weight.rank}",
    )  # fmt: skip
    got, expected = input.shape[-1], linear_weight.shape[-1]
    require_equal(
        got, expected, "matmul-mismatch",
        f"expected equal input and linear_weight last dimensions (in_features), got {got} and {expected}, "
        "respectively", expected=expected, got=got,
    )  # fmt: skip
    per_class = linear_weight.shape[:-1]
    if linear_bias is not None:
        message = f"expected linear_bias shape {tuple_text(per_class)}, got {tuple_text(linear_bias.shape)}"
        require_same(linear_bias.shape, per_class, message)
    check(
        linear_weight.rank == 2 or input.rank == 2, "rank-mismatch",
        f"K-dimensional loss defined by linear_weight shape {tuple_text(linear_weight.shape)} requires batched input, "
        f"(N, {got}), got unbatched input with shape {tuple_text(input.shape)}",
    )  # fmt: skip
    logits = TensorValue((*input.shape[:-1], *per_class), input.dtype, target.device)  # a target elsewhere is taken
    if ignore_index is not None and _same_sizes(target.shape, logits.shape) is Truth.YES:
        raise refuse("invalid-argument", "ignore_index cannot be specified when target contains probabilities")
    return cross_entropy(logits, target, weight, reduction=reduction, label_smoothing=label_smoothing)  # type: ignore[no-any-return]
