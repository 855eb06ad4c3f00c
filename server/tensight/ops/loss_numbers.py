"""Losses under `torch.`: the reduction is a number there, and none unless one is given."""

from __future__ import annotations

from typing import Any

from ..values import Value
from . import class_loss, loss
from .errors import Lift
from .kinds import Flag, Int, Number, OptTensor, Raw, Tensor
from .registry import op

_NAMES = ("none", "mean", "sum")


def _mode(reduction: Value) -> str:
    if isinstance(reduction, int) and 0 <= reduction < len(_NAMES):
        return _NAMES[reduction]
    raise Lift()


@op("torch.kl_div", dtype="promote")
def kl_div(input: Tensor, target: Tensor, reduction: Raw = 0, *, log_target: Raw = False) -> Any:
    """As the functional form."""
    return loss.kl_div(input, target, reduction=_mode(reduction), log_target=log_target)


@op("torch.margin_ranking_loss", dtype="float")
def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: Raw = 0.0, reduction: Raw = 0) -> Any:
    """As the functional form; operands of other ranks broadcast."""
    sizes = loss.paired(target.shape, loss.paired(input1.shape, input2.shape))
    return loss.reduced(input1, sizes, _mode(reduction))


@op("torch.triplet_margin_loss")
def triplet_margin_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: Number = 1.0, p: Number = 2, eps: Raw = 1e-6,
    swap: Raw = False, reduction: Raw = 0,
) -> Any:  # fmt: skip
    """As the functional form."""
    mode = _mode(reduction)
    return loss.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, reduction=mode)


@op("torch.ctc_loss")
def ctc_loss(
    log_probs: Tensor, targets: Tensor, input_lengths: Raw, target_lengths: Raw, blank: Int = 0, reduction: Raw = 0,
    zero_infinity: Flag = False,
) -> Any:  # fmt: skip
    """As the functional form."""
    mode = _mode(reduction)
    return class_loss.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, mode, zero_infinity)


@op("torch.cosine_embedding_loss", dtype="float")
def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: Raw = 0.0, reduction: Raw = 0) -> Any:
    """As the functional form."""
    return loss.cosine_embedding_loss(input1, input2, target, margin, reduction=_mode(reduction))


@op("torch.hinge_embedding_loss")
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: Raw = 1.0, reduction: Raw = 0) -> Any:
    """As the functional form."""
    return loss.hinge_embedding_loss(input, target, margin, reduction=_mode(reduction))


@op("torch.binary_cross_entropy_with_logits")
def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: OptTensor = None, pos_weight: OptTensor = None, reduction: Raw = 0
) -> Any:
    """As the functional form; operands broadcast."""
    if target.shape != input.shape:
        raise Lift()
    return loss.binary_cross_entropy_with_logits(
        input, target, weight, reduction=_mode(reduction), pos_weight=pos_weight
    )


@op("torch.poisson_nll_loss", dtype="float")
def poisson_nll_loss(input: Tensor, target: Tensor, log_input: Raw, full: Raw, eps: Raw, reduction: Raw) -> Any:
    """As the functional form."""
    return loss.poisson_nll_loss(input, target, log_input, full, eps=eps, reduction=_mode(reduction))
