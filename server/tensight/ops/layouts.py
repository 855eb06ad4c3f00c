"""The strides of newly computed tensors, where a rule leaves them open: pointwise steps keep the order of their
operands' axes (TensorIterator), most other kernels write contiguously. A table; `strides` says what strides are for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..dims import Dim
from ..values import CONTIGUOUS, Tensor
from . import (
    activation,
    conversion,
    creation,
    embedding,
    gather,
    linalg_norms,
    masks,
    normalization,
    padding,
    pointwise,
    products,
    random,
    rearrange,
    reduction,
    resampling,
    scan,
    scatter,
    sorting,
    spatial,
)
from .inplace import InplaceRule
from .iteration import iterated
from .registry import RULES, OpRule
from .strides import Strides

FAMILIES = (
    activation, conversion, creation, embedding, gather, linalg_norms, masks, normalization, padding, pointwise,
    products, random, rearrange, reduction, resampling, scan, scatter, sorting, spatial,
)  # fmt: skip
"""Where the rules of the table come from: their modules are complete when it is installed."""
#: Modules whose rules compute element by element, and their rules that do not.
_ITERATED = ("pointwise", "activation")
_NOT_ITERATED = "pow glu gumbel_softmax normalize softmax softmin log_softmax prelu float_power"
#: Modules whose rules write a contiguous result, whatever their operands are.
_FRESH = ("reduction", "linalg_norms")
#: Modules whose rules make a contiguous result of a contiguous input, and say nothing for others.
_FOLLOWING = ("normalization", "padding", "resampling")
_ALSO_FOLLOWING = (
    "glu normalize prelu cosine_similarity pairwise_distance pixel_shuffle pixel_unshuffle channel_shuffle tril triu"
    " index_fill scatter scatter_add index_add index_copy masked_scatter scaled_dot_product_attention"
)
_ALSO_ITERATED = "clone flip bernoulli empty_like zeros_like ones_like full_like rand_like randn_like randint_like"
_ALSO_FRESH = (
    "softmax softmin log_softmax masked_fill cumsum cumprod logcumsumexp argmax argmin embedding one_hot gather"
    " index_select take roll bmm"
)


def fresh(dims: tuple[Dim, ...], operands: Sequence[Any]) -> Strides | None:
    """A contiguous result."""
    return CONTIGUOUS


def following(dims: tuple[Dim, ...], operands: Sequence[Any]) -> Strides | None:
    """Contiguous if all operands are."""
    if all(operand.strides == CONTIGUOUS for operand in operands if type(operand) is Tensor):
        return CONTIGUOUS
    return None


def power(dims: tuple[Dim, ...], operands: Sequence[Any]) -> Strides | None:
    """A number to the power of a tensor has a way of its own for 1."""
    return iterated(dims, operands) if operands and type(operands[0]) is Tensor else None


def _rules(names: str) -> Iterator[OpRule]:
    for name in names.split():
        for prefix in ("torch.", "torch.Tensor.", "torch.nn.functional.", "torch.special."):
            rule = RULES.get(prefix + name)
            if rule is not None:
                yield rule


def _of_modules(modules: Sequence[str]) -> Iterator[OpRule]:
    for rule in RULES.values():
        if rule.function.__module__.rpartition(".")[2] in modules:
            yield rule


def _install() -> None:
    for layout, modules, names in (
        (power, (), "pow"),
        (fresh, _FRESH, _ALSO_FRESH),
        (following, _FOLLOWING, _ALSO_FOLLOWING),
        (iterated, _ITERATED, _ALSO_ITERATED),
    ):
        for rule in (*_rules(names), *_of_modules(modules)):
            if not isinstance(rule, InplaceRule) and rule.layout is None:
                rule.layout = layout
    for rule in _rules("max min"):  # of two tensors they are pointwise
        rule.layout = None
    for rule in _rules(_NOT_ITERATED):
        if rule.layout is iterated:
            rule.layout = None


_install()
