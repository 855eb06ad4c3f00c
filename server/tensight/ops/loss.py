"""Losses that compare elements or distances: mse, l1, binary cross entropy, kl_div, margins, triplets.

Losses over classes are in `class_loss`."""

from __future__ import annotations

from collections.abc import Sequence

from ..dims import Dim, Truth, equal
from ..values import BOOL, Scalar, Unknown, Value
from .checks import broadcast, check, refuse, require_equal
from .distance import magnitude_dtype
from .errors import Lift, ShapeError
from .kinds import Number, OptTensor, Raw, Tensor, TensorLike, Text
from .promotion import result_type
from .registry import op
from .spatial import INTEGRAL, check_reduction, dtypes_clash, list_text, refuse_kinds, size_text

Shape = tuple[Dim, ...]


def legacy_reduction(size_average: Value, reduce: Value, reduction: str) -> str:
    """The reduction, as the old flags `size_average` and `reduce` may overrule it."""
    if size_average is None and reduce is None:
        return reduction
    if isinstance(size_average, Unknown | Scalar) or isinstance(reduce, Unknown | Scalar):
        raise Lift()
    if reduce is not None and not reduce:
        return "none"
    return "mean" if size_average is None or size_average else "sum"


def reduced(input: Tensor, dims: Shape, reduction: str) -> Tensor:
    """The loss: per element, or one number."""
    check_reduction(reduction)
    return input.with_dims(*dims) if reduction == "none" else input.with_dims()


def paired(*shapes: Sequence[Dim]) -> Shape:
    """Broadcast sizes; what does not fit is a mismatch of the loss."""
    try:
        return broadcast(*shapes)
    except ShapeError as error:
        raise ShapeError("loss-mismatch", error.message, error.exception, **error.data) from None


def require_same(a: Shape, b: Shape, message: str, exception: str = "RuntimeError") -> None:
    check(len(a) == len(b), "loss-mismatch", message, exception)
    for x, y in zip(a, b):
        require_equal(x, y, "loss-mismatch", message, exception)


# --- element by element ------------------------------------------------------------------------------------------


@op("torch.nn.functional.l1_loss")
def l1_loss(
    input: Tensor, target: Tensor, size_average: Raw = None, reduce: Raw = None, reduction: Text = "mean",
    weight: OptTensor = None,
) -> Tensor:  # fmt: skip
    """The absolute value of a complex difference is real."""
    result = _compared(input, target, weight, legacy_reduction(size_average, reduce, reduction))
    dtype = result_type((input, target))
    if dtype is not None and dtype.kind in INTEGRAL and reduction == "mean":
        raise refuse(
            "dtype-mismatch",
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {dtype.legacy}",
        )
    return result.with_dtype(magnitude_dtype(input, target) if dtype is not None and dtype.is_complex else dtype)


@op("torch.nn.functional.mse_loss", dtype="promote")
def mse_loss(
    input: Tensor, target: Tensor, size_average: Raw = None, reduce: Raw = None, reduction: Text = "mean",
    weight: OptTensor = None,
) -> Tensor:  # fmt: skip
    result = _compared(input, target, weight, legacy_reduction(size_average, reduce, reduction))
    _refuse_integral("mse_cpu", input, target)
    return result


@op("torch.nn.functional.smooth_l1_loss", dtype="promote")
def smooth_l1_loss(
    input: Tensor, target: Tensor, size_average: Raw = None, reduce: Raw = None, reduction: Text = "mean",
    beta: Number = 1.0,
) -> Tensor:  # fmt: skip
    if isinstance(beta, int | float) and beta < 0:
        raise refuse("invalid-argument", "smooth_l1_loss does not support negative values for beta.")
    result = _compared(input, target, None, legacy_reduction(size_average, reduce, reduction))
    _refuse_integral("smooth_l1_cpu", input, target)
    return result


@op("torch.nn.functional.huber_loss", dtype="promote")
def huber_loss(
    input: Tensor, target: Tensor, reduction: Text = "mean", delta: Number = 1.0, weight: OptTensor = None
) -> Tensor:
    result = _compared(input, target, weight, reduction)
    _refuse_integral("huber_cpu", input, target)
    if isinstance(delta, int | float) and delta <= 0:
        raise refuse("invalid-argument", "huber_loss does not support non-positive values for delta.")
    return result


def _integral(*tensors: Tensor) -> bool:
    """Whether all of them certainly hold integers."""
    return all(t.dtype is not None and t.dtype.kind in INTEGRAL for t in tensors)


def _refuse_integral(kernel: str, input: Tensor, target: Tensor) -> None:
    if _integral(input, target):
        refuse_kinds(kernel, result_type((input, target)), INTEGRAL)


def _compared(input: Tensor, target: Tensor, weight: Tensor | None, reduction: str) -> Tensor:
    dims = paired(input.shape, target.shape)
    if weight is not None:
        require_same(weight.shape, input.shape, "Weights and input must have the same size.", "ValueError")
    return reduced(input, dims, reduction)


@op("torch.nn.functional.kl_div", dtype="promote")
def kl_div(
    input: Tensor, target: Tensor, size_average: Raw = None, reduce: Raw = None, reduction: Text = "mean",
    log_target: Raw = False,
) -> Tensor:  # fmt: skip
    mode = legacy_reduction(size_average, reduce, reduction)
    if mode == "batchmean":
        mode = "sum"
    check_reduction(mode)
    dims = paired(target.shape, input.shape)
    if _integral(input) or _integral(target):
        raise refuse("dtype-mismatch", "kl_div: Integral inputs not supported.")
    return reduced(input, dims, mode)


@op("torch.nn.functional.poisson_nll_loss", dtype="float")
def poisson_nll_loss(
    input: Tensor, target: Tensor, log_input: Raw = True, full: Raw = False, size_average: Raw = None,
    eps: Raw = 1e-8, reduce: Raw = None, reduction: Text = "mean",
) -> Tensor:  # fmt: skip
    mode = legacy_reduction(size_average, reduce, reduction)
    check(
        mode in ("none", "mean", "sum"), "invalid-argument",
        f"{mode} is not a valid value for reduction", "ValueError",
    )  # fmt: skip
    return reduced(input, paired(target.shape, input.shape), mode)


@op("torch.nn.functional.gaussian_nll_loss", dtype="promote")
def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: TensorLike, full: Raw = False, eps: Raw = 1e-6, reduction: Text = "mean"
) -> Tensor:
    dims = input.shape
    if isinstance(var, Tensor):
        _check_variance(dims, var.shape)
    check(reduction in ("none", "mean", "sum"), "invalid-argument", f"{reduction} is not valid", "ValueError")
    return reduced(input, paired(dims, target.shape), reduction)


def _check_variance(dims: Shape, var: Shape) -> None:
    """The variance has the input's size, or lacks the last axis, or has size 1 there."""
    same = len(dims) == len(var) and all(equal(a, b) is not Truth.NO for a, b in zip(dims, var))
    shorter = len(dims) == len(var) + 1 and all(equal(a, b) is not Truth.NO for a, b in zip(dims, var))
    flat = (
        len(dims) == len(var) > 0
        and all(equal(a, b) is not Truth.NO for a, b in zip(dims[:-1], var[:-1]))
        and equal(var[-1], 1) is not Truth.NO
    )
    check(same or shorter or flat, "loss-mismatch", "var is of incorrect size", "ValueError")


@op("torch.nn.functional.soft_margin_loss", dtype="promote")
def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: Raw = None, reduce: Raw = None, reduction: Text = "mean"
) -> Tensor:
    mode = legacy_reduction(size_average, reduce, reduction)
    check_reduction(mode)
    paired(input.shape, target.shape)
    _check_result(input.shape, target.shape)
    return reduced(input, input.shape, mode)


@op("torch.nn.functional.hinge_embedding_loss", dtype="promote")
def hinge_embedding_loss(
    input: Tensor, target: Tensor, margin: Raw = 1.0, size_average: Raw = None, reduce: Raw = None,
    reduction: Text = "mean",
) -> Tensor:  # fmt: skip
    mode = legacy_reduction(size_average, reduce, reduction)
    check_reduction(mode)
    return reduced(input, paired(target.shape, input.shape), mode)


@op("torch.nn.functional.binary_cross_entropy")
def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: OptTensor = None, size_average: Raw = None, reduce: Raw = None,
    reduction: Text = "mean",
) -> Tensor:  # fmt: skip
    mode = legacy_reduction(size_average, reduce, reduction)
    check_reduction(mode)
    require_same(
        target.shape, input.shape,
        f"Using a target size ({size_text(target.shape)}) that is different to the input size "
        f"({size_text(input.shape)}) is deprecated. Please ensure they have the same size.", "ValueError",
    )  # fmt: skip
    if weight is not None:
        _check_weight(target.shape, weight.shape)
    if dtypes_clash(input.dtype, target.dtype):
        assert input.dtype is not None and target.dtype is not None
        raise refuse("dtype-mismatch", f"Found dtype {target.dtype.legacy} but expected {input.dtype.legacy}")
    if weight is not None:
        _check_result(input.shape, weight.shape)
    return reduced(input, input.shape, mode)


def _check_weight(target: Shape, weight: Shape) -> None:
    for i in range(1, min(len(target), len(weight)) + 1):
        a, b = target[-i], weight[-i]
        if equal(a, b) is Truth.NO and equal(a, 1) is Truth.NO and equal(b, 1) is Truth.NO:
            raise refuse(
                "loss-mismatch",
                f"Attempting to broadcast a dimension of length {b} at {-i}! Mismatching argument at index 1 had "
                f"{size_text(weight)}; but expected shape should be broadcastable to {list_text(target)}",
            )


def _check_result(dims: Shape, weight: Shape) -> None:
    """The loss is multiplied in place: the weight must not make it larger."""
    whole = broadcast(dims, weight)
    if len(whole) != len(dims) or any(equal(a, b) is Truth.NO for a, b in zip(whole, dims)):
        raise refuse(
            "loss-mismatch",
            f"output with shape {list_text(dims)} doesn't match the broadcast shape {list_text(whole)}",
        )


@op("torch.nn.functional.binary_cross_entropy_with_logits")
def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: OptTensor = None, size_average: Raw = None, reduce: Raw = None,
    reduction: Text = "mean", pos_weight: OptTensor = None,
) -> Tensor:  # fmt: skip
    mode = legacy_reduction(size_average, reduce, reduction)
    check_reduction(mode)
    require_same(
        target.shape, input.shape,
        f"Target size ({size_text(target.shape)}) must be the same as input size ({size_text(input.shape)})",
        "ValueError",
    )  # fmt: skip
    if pos_weight is not None:
        _check_result(input.shape, paired(pos_weight.shape, target.shape))
    if weight is not None:
        _check_result(input.shape, paired(input.shape, weight.shape))
    _check_float_target(input, target)
    refuse_kinds("log_sigmoid_cpu", input.dtype, INTEGRAL)
    return reduced(input, input.shape, mode).with_dtype(target.dtype)


def _check_float_target(input: Tensor, target: Tensor) -> None:
    """The loss is computed in place in `1 - target`, whose dtype must hold it."""
    if target.dtype is None or input.dtype is None or target.dtype.kind not in INTEGRAL:
        return
    if target.dtype is BOOL:
        raise refuse(
            "dtype-mismatch",
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
            "operator instead.",
        )
    if input.dtype.is_floating_point:
        raise refuse(
            "dtype-mismatch",
            f"result type {input.dtype.legacy} can't be cast to the desired output type {target.dtype.legacy}",
        )


# --- of two or three inputs --------------------------------------------------------------------------------------


@op("torch.nn.functional.margin_ranking_loss", dtype="float")
def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: Raw = 0.0, size_average: Raw = None, reduce: Raw = None,
    reduction: Text = "mean",
) -> Tensor:  # fmt: skip
    mode = legacy_reduction(size_average, reduce, reduction)
    check_reduction(mode)
    sizes = [size_text(t.shape) for t in (input1, input2, target)]
    check(
        input1.rank == input2.rank == target.rank, "loss-mismatch",
        "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
        f"input1: {sizes[0]}, input2: {sizes[1]}, target: {sizes[2]} ",
    )  # fmt: skip
    return reduced(input1, paired(target.shape, paired(input1.shape, input2.shape)), mode)


@op("torch.nn.functional.cosine_embedding_loss", dtype="float")
def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: Raw = 0, size_average: Raw = None, reduce: Raw = None,
    reduction: Text = "mean",
) -> Tensor:  # fmt: skip
    mode = legacy_reduction(size_average, reduce, reduction)
    check_reduction(mode)
    rank = target.rank
    check(rank in (0, 1), "loss-mismatch", "0D or 1D target tensor expected, multi-target not supported")
    check(
        input1.rank == input2.rank == rank + 1, "loss-mismatch",
        f"{rank}D target tensor expects {rank + 1}D input tensors, but found inputs with sizes "
        f"{list_text(input1.shape)} and {list_text(input2.shape)}.",
    )  # fmt: skip
    products = paired(input1.shape, input2.shape)
    return reduced(input1, paired(target.shape, products[:-1]) if rank else (), mode)


def _same_rank(anchor: Tensor, positive: Tensor, negative: Tensor) -> None:
    a, p, n = anchor.rank, positive.rank, negative.rank
    check(
        a == p == n, "loss-mismatch",
        "The anchor, positive, and negative tensors are expected to have the same number of dimensions, "
        f"but got: anchor {a}D, positive {p}D, and negative {n}D inputs",
    )  # fmt: skip


def _reduced_distance(anchor: Tensor, positive: Tensor, negative: Tensor, reduction: str) -> Tensor:
    near, far = paired(anchor.shape, positive.shape), paired(anchor.shape, negative.shape)
    result = reduced(anchor, paired(near[:-1], far[:-1]), reduction)
    return result.with_dtype(magnitude_dtype(anchor, positive, negative))


@op("torch.nn.functional.triplet_margin_loss")
def triplet_margin_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: Number = 1.0, p: Number = 2, eps: Raw = 1e-6,
    swap: Raw = False, size_average: Raw = None, reduce: Raw = None, reduction: Text = "mean",
) -> Tensor:  # fmt: skip
    mode = legacy_reduction(size_average, reduce, reduction)
    check_reduction(mode)
    if isinstance(margin, int | float):
        check(margin > 0, "invalid-argument", f"margin must be greater than 0, got {margin}", "ValueError")
    _same_rank(anchor, positive, negative)
    return _reduced_distance(anchor, positive, negative, mode)


@op("torch.nn.functional.triplet_margin_with_distance_loss")
def triplet_margin_with_distance_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, *, distance_function: Raw = None, margin: Number = 1.0,
    swap: Raw = False, reduction: Text = "mean",
) -> Tensor:  # fmt: skip
    check(
        reduction in ("none", "mean", "sum"), "invalid-argument",
        f"{reduction} is not a valid value for reduction", "ValueError",
    )  # fmt: skip
    if isinstance(margin, int | float):
        check(margin > 0, "invalid-argument", f"margin must be greater than 0, got {margin}", "ValueError")
    if distance_function is not None and reduction == "none":
        raise Lift()
    _same_rank(anchor, positive, negative)
    if distance_function is not None:
        return reduced(anchor, (), reduction).with_dtype(None)
    return _reduced_distance(anchor, positive, negative, reduction)
