"""Activations and dropout: the shape stays. One row a layer: constructor, op rule, what the rule gets."""

from __future__ import annotations

from ..ops.checks import check
from ..ops.kinds import DTypeArg, Int, Raw, Tensor
from .common import abstract, functional, held, is_number, nn, refusable, state
from .registry import Attributes, parameter


def _hardtanh(attributes: Attributes) -> Attributes:
    low, high = attributes.pop("min_value", None), attributes.pop("max_value", None)
    if low is not None:
        attributes["min_val"] = low
    if high is not None:
        attributes["max_val"] = high
    low, high = attributes["min_val"], attributes["max_val"]
    if is_number(low) and is_number(high):
        refusable(high > low, f"max_val ({high}) must be greater than min_val ({low})", "AssertionError")
    return attributes


held("Threshold", "activation", "threshold, value, inplace=False", "threshold", "threshold value")
held("ReLU", "activation", "inplace=False", "relu")
held("RReLU", "activation", "lower=0.125, upper=0.3333333333333333, inplace=False", "rrelu", "lower upper")
held(
    "Hardtanh", "activation", "min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None", "hardtanh",
    prepare=_hardtanh,
)  # fmt: skip
held(
    "ReLU6", "activation", "inplace=False", "relu6", base="Hardtanh",
    prepare=lambda given: {"min_val": 0.0, "max_val": 6.0, **given},
)  # fmt: skip
held("Sigmoid", "activation", "", "torch.sigmoid")
held("Hardsigmoid", "activation", "inplace=False", "hardsigmoid")
held("Tanh", "activation", "", "torch.tanh")
held("SiLU", "activation", "inplace=False", "silu")
held("Mish", "activation", "inplace=False", "mish")
held("Hardswish", "activation", "inplace=False", "hardswish")
held("ELU", "activation", "alpha=1.0, inplace=False", "elu")
held("CELU", "activation", "alpha=1.0, inplace=False", "celu")
held("SELU", "activation", "inplace=False", "selu")
held("GLU", "activation", "dim=-1", "glu", "dim")
held("GELU", "activation", "approximate='none'", "gelu", "approximate")
held("Hardshrink", "activation", "lambd=0.5", "hardshrink")
held("LeakyReLU", "activation", "negative_slope=0.01, inplace=False", "leaky_relu")
held("LogSigmoid", "activation", "", "logsigmoid")
held("Softplus", "activation", "beta=1.0, threshold=20.0", "softplus")
held("Softshrink", "activation", "lambd=0.5", "softshrink", "lambd")
held("Softsign", "activation", "", "softsign")
held("Tanhshrink", "activation", "", "tanhshrink")
held("Softmin", "activation", "dim=None", "softmin", "dim")
held("Softmax", "activation", "dim=None", "softmax", "dim")
held("LogSoftmax", "activation", "dim=None", "log_softmax", "dim")


@nn("PReLU", "activation", open_rank=True)
class PReLU:
    @staticmethod
    def init(num_parameters: Int = 1, init: Raw = 0.25, device: Raw = None, dtype: DTypeArg = None) -> Attributes:
        return {"num_parameters": num_parameters, "init": init, "weight": parameter(num_parameters, dtype=dtype)}

    @staticmethod
    def forward(self: Raw, input: Raw) -> Tensor:
        return functional("prelu")(input, state(self, "weight"))  # type: ignore[no-any-return]


@nn("Softmax2d", "activation")
class Softmax2d:
    @staticmethod
    def init() -> Attributes:
        return {}

    @staticmethod
    def forward(self: Raw, input: Tensor) -> Tensor:
        check(
            input.rank in (3, 4), "rank-mismatch",
            f"Softmax2d: expected input to be 3D or 4D, got {input.rank}D instead", "ValueError",
        )  # fmt: skip
        return functional("softmax")(input, -3)  # type: ignore[no-any-return]


def _probability(attributes: Attributes) -> Attributes:
    p = attributes["p"]
    if is_number(p):
        refusable(0 <= p <= 1, f"dropout probability has to be between 0 and 1, but got {p}")
    return attributes


abstract("_DropoutNd", "dropout", spec="p=0.5, inplace=False")
for _name, _rule in (
    ("Dropout", "dropout"), ("Dropout1d", "dropout1d"), ("Dropout2d", "dropout2d"), ("Dropout3d", "dropout3d"),
    ("AlphaDropout", "alpha_dropout"), ("FeatureAlphaDropout", "feature_alpha_dropout"),
):  # fmt: skip
    held(_name, "dropout", "p=0.5, inplace=False", _rule, "p training", base="dropout._DropoutNd", prepare=_probability)
