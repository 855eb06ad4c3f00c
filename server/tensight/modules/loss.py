"""Loss layers: they hold their arguments and call the op rule. One row a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ..ops.coerce import items_of, to_int
from ..ops.kinds import DTypeArg, Int, Raw, Tensor
from ..ops.loss import legacy_reduction
from ..values import Tensor as TensorValue
from ..values import Value
from .common import abstract, functional, holder, is_number, nn, refusable
from .registry import Attributes, Attrs, Sub

_LEGACY = "size_average=None, reduce=None, reduction='mean'"
abstract("_Loss", "loss", spec=_LEGACY)
abstract("_WeightedLoss", "loss", "loss._Loss", f"weight=None, {_LEGACY}")
Prepare = Callable[[Attributes], Attributes]


def _held_reduction(attributes: Attributes) -> Attributes:
    """The old flags decide the reduction and are not kept."""
    average, reduce = attributes.pop("size_average", None), attributes.pop("reduce", None)
    if isinstance(attributes["reduction"], str):
        attributes["reduction"] = legacy_reduction(average, reduce, attributes["reduction"])
    return attributes


def _row(
    name: str, spec: str, rule: str, names: str = "reduction", inputs: str = "input, target", *,
    base: str = "loss._Loss", prepare: Prepare | None = None, keyword_only: bool = False,
) -> None:  # fmt: skip
    """`names`: the attributes that the rule gets by the same keyword."""
    chosen = names.split()

    def prepared(attributes: Attributes) -> Attributes:
        result = _held_reduction(attributes)
        return prepare(result) if prepare else result

    init = holder(spec, prepared)
    if keyword_only:
        signature = inspect.signature(init)
        kinds = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in signature.parameters.values()]
        plain = init
        order = [p.name for p in kinds]

        def init(**given: Any) -> Attributes:
            return plain(*[given[key] for key in order])

        init.__signature__ = signature.replace(parameters=kinds)  # type: ignore[attr-defined]

    def forward(self: Attrs, *values: Any) -> Any:
        return functional(rule)(*values, **{key: self.get(key) for key in chosen})

    parameters = inspect.signature(holder(f"self, {inputs}")).parameters.values()
    forward.__signature__ = inspect.Signature(list(parameters), return_annotation="Tensor")  # type: ignore[attr-defined]
    nn(name, "loss", base, open_rank=True)(
        type(name, (), {"init": staticmethod(init), "forward": staticmethod(forward)})
    )


def _weighted(name: str, rule: str, names: str = "weight reduction", spec: str = "") -> None:
    _row(name, spec or f"weight=None, {_LEGACY}", rule, names, base="loss._WeightedLoss")


_INDEXED = "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'"
_row("L1Loss", _LEGACY, "l1_loss")
_weighted("NLLLoss", "nll_loss", "weight ignore_index reduction", _INDEXED)
_row("NLLLoss2d", _INDEXED, "nll_loss", "weight ignore_index reduction", base="NLLLoss")
_row(
    "PoissonNLLLoss",
    "log_input=True, full=False, size_average=None, eps=0.00000001, reduce=None, reduction='mean'",
    "poisson_nll_loss", inputs="log_input, target",
)  # fmt: skip
_row(
    "GaussianNLLLoss", "full=False, eps=0.000001, reduction='mean'", "gaussian_nll_loss", inputs="input, target, var",
    keyword_only=True,
)  # fmt: skip
_row("KLDivLoss", f"{_LEGACY}, log_target=False", "kl_div")
_row("MSELoss", _LEGACY, "mse_loss")
_weighted("BCELoss", "binary_cross_entropy")
_row(
    "BCEWithLogitsLoss", f"weight=None, {_LEGACY}, pos_weight=None", "binary_cross_entropy_with_logits",
    "weight reduction pos_weight",
)  # fmt: skip
_row("HingeEmbeddingLoss", f"margin=1.0, {_LEGACY}", "hinge_embedding_loss")
_row("MultiLabelMarginLoss", _LEGACY, "multilabel_margin_loss")
_row("SmoothL1Loss", f"{_LEGACY}, beta=1.0", "smooth_l1_loss", "reduction beta")
_row("HuberLoss", "reduction='mean', delta=1.0", "huber_loss", "reduction delta")
_row("SoftMarginLoss", _LEGACY, "soft_margin_loss")
_weighted(
    "CrossEntropyLoss", "cross_entropy", "weight ignore_index reduction label_smoothing",
    f"{_INDEXED}, label_smoothing=0.0",
)  # fmt: skip
_weighted("MultiLabelSoftMarginLoss", "multilabel_soft_margin_loss")
_row("CosineEmbeddingLoss", f"margin=0.0, {_LEGACY}", "cosine_embedding_loss", inputs="input1, input2, target")
_row("MarginRankingLoss", f"margin=0.0, {_LEGACY}", "margin_ranking_loss", inputs="input1, input2, target")


def _multi_margin(attributes: Attributes) -> Attributes:
    p, weight = attributes["p"], attributes["weight"]
    if is_number(p):
        refusable(p in (1, 2), "only p == 1 and p == 2 supported")
    if isinstance(weight, TensorValue) and not weight.is_open:
        refusable(
            weight.rank == 1, f"MultiMarginLoss: expected weight to be None or 1D tensor, got {weight.rank}D instead"
        )
    return attributes


def _positive_margin(name: str) -> Prepare:
    def prepare(attributes: Attributes) -> Attributes:
        margin = attributes["margin"]
        if is_number(margin):
            refusable(margin > 0, f"{name}: expected margin to be greater than 0, got {margin} instead")
        return attributes

    return prepare


def _distance(attributes: Attributes) -> Attributes:
    attributes = _positive_margin("TripletMarginWithDistanceLoss")(attributes)
    if attributes["distance_function"] is None:
        attributes["distance_function"] = Sub("torch.nn.PairwiseDistance")
    return attributes


_row(
    "MultiMarginLoss", f"p=1, margin=1.0, weight=None, {_LEGACY}", "multi_margin_loss", "p weight reduction",
    base="loss._WeightedLoss", prepare=_multi_margin,
)  # fmt: skip
_row(
    "TripletMarginLoss", f"margin=1.0, p=2.0, eps=0.000001, swap=False, {_LEGACY}", "triplet_margin_loss",
    inputs="anchor, positive, negative", prepare=_positive_margin("TripletMarginLoss"),
)  # fmt: skip


@nn("TripletMarginWithDistanceLoss", "loss", "loss._Loss", open_rank=True)
class TripletMarginWithDistanceLoss:
    @staticmethod
    def init(
        *, distance_function: Raw = None, margin: Raw = 1.0, swap: Raw = False, reduction: Raw = "mean"
    ) -> Attributes:
        given = {"distance_function": distance_function, "margin": margin, "swap": swap, "reduction": reduction}
        return _distance(given)

    @staticmethod
    def forward(self: Raw, anchor: Raw, positive: Raw, negative: Raw) -> Tensor:
        rule = functional("triplet_margin_with_distance_loss")
        function: Value = self.get("distance_function")
        standard = getattr(getattr(function, "cls", None), "native", None) == "torch.nn.PairwiseDistance"
        return rule(  # type: ignore[no-any-return]
            anchor, positive, negative, distance_function=None if standard else function, margin=self.margin,
            reduction=self.reduction,
        )  # fmt: skip


_row(
    "CTCLoss", "blank=0, reduction='mean', zero_infinity=False", "ctc_loss", "blank reduction zero_infinity",
    "log_probs, targets, input_lengths, target_lengths",
)  # fmt: skip


@nn("LinearCrossEntropyLoss", "loss", "loss._WeightedLoss", open_rank=True)
class LinearCrossEntropyLoss:
    @staticmethod
    def init(
        in_features: Int, num_classes: Int, *, out_features: Raw = (), bias: Raw = False, device: Raw = None,
        dtype: DTypeArg = None, reduction: Raw = "mean", weight: Raw = None, ignore_index: Raw = None,
        label_smoothing: Raw = 0.0, options: Raw = None,
    ) -> Attributes:  # fmt: skip
        if is_number(label_smoothing):
            refusable(
                0 <= label_smoothing <= 1,
                f"expected label_smoothing to be in range [0, 1], got {label_smoothing}", "RuntimeError",
            )  # fmt: skip
        total: Any = num_classes
        for item in items_of(out_features):
            total = total * to_int(item)
        return {
            "weight": weight,
            "reduction": reduction,
            "num_classes": num_classes,
            "out_features": out_features,
            "ignore_index": ignore_index,
            "label_smoothing": label_smoothing,
            "linear": Sub("torch.nn.Linear", (in_features, total), {"bias": bias, "dtype": dtype}),
            "options": options,
        }

    @staticmethod
    def forward(self: Raw, input: Raw, target: Raw) -> Tensor:
        linear = self.linear.attrs
        per_class = (self.num_classes, *items_of(self.out_features))
        weight, bias = linear["weight"], linear["bias"]
        return functional("linear_cross_entropy")(  # type: ignore[no-any-return]
            input, weight.with_dims(*per_class, linear["in_features"]), target,
            linear_bias=None if bias is None else bias.with_dims(*per_class), weight=self.weight,
            reduction=self.reduction, ignore_index=self.ignore_index, label_smoothing=self.label_smoothing,
        )  # fmt: skip
