"""AdaptiveLogSoftmaxWithLoss: clusters of rare classes behind smaller projections."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ..dims import fresh_unknown
from ..ops.checks import check, require_equal
from ..ops.coerce import items_of, to_int
from ..ops.kinds import DTypeArg, Int, Raw, Tensor
from ..ops.spatial import size_text
from ..values import INT64, Fields
from ..values import Tensor as TensorValue
from .common import is_number, nn, refusable
from .registry import Attributes, Sub

_CUTOFFS = (
    "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is "
    "between 1 and n_classes-1"
)


def _tail_width(in_features: Any, div_value: Any, power: int) -> Any:
    if isinstance(in_features, int) and is_number(div_value):
        return int(in_features // (div_value**power))
    return fresh_unknown()


@nn("AdaptiveLogSoftmaxWithLoss", "adaptive")
class AdaptiveLogSoftmaxWithLoss:
    @staticmethod
    def init(
        in_features: Int, n_classes: Int, cutoffs: Raw, div_value: Raw = 4.0, head_bias: Raw = False,
        device: Raw = None, dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        items = [to_int(item) for item in items_of(cutoffs)]
        refusable(len(items) > 0, "cutoffs should be a sequence of length larger than 0")
        if all(isinstance(item, int) for item in items):
            ordered = all(a < b for a, b in pairwise(items)) and items[0] > 0
            refusable(ordered and not (isinstance(n_classes, int) and items[-1] > n_classes - 1), _CUTOFFS)
        bounds = [*items, n_classes]
        clusters = len(bounds) - 1
        common = {"bias": False, "dtype": dtype}
        tail = [
            Sub("torch.nn.Sequential", (
                Sub("torch.nn.Linear", (in_features, _tail_width(in_features, div_value, i + 1)), common),
                Sub("torch.nn.Linear", (_tail_width(in_features, div_value, i + 1), bounds[i + 1] - bounds[i]), common),
            ))
            for i in range(clusters)
        ]  # fmt: skip
        return {
            "in_features": in_features,
            "n_classes": n_classes,
            "cutoffs": bounds,
            "div_value": div_value,
            "head_bias": head_bias,
            "shortlist_size": bounds[0],
            "n_clusters": clusters,
            "head_size": bounds[0] + clusters,
            "head": Sub("torch.nn.Linear", (in_features, bounds[0] + clusters), {"bias": head_bias, "dtype": dtype}),
            "tail": Sub("torch.nn.ModuleList", (tail,)),
        }

    @staticmethod
    def forward(self: Raw, input_: Tensor, target_: Tensor) -> Raw:
        check(target_.rank in (0, 1), "loss-mismatch", "0D or 1D target tensor expected, multi-target not supported")
        if target_.rank == 1:
            message = "Input and target should have the same size in the batch dimension."
            check(input_.rank > 0, "loss-mismatch", message)
            require_equal(input_.shape[0], target_.shape[0], "loss-mismatch", message)
        rank = target_.rank + 1
        check(
            input_.rank == rank, "loss-mismatch",
            f"{rank - 1}D target tensor expects {rank}D input tensors, but found inputs with size "
            f"{size_text(input_.shape)}",
        )  # fmt: skip
        output, loss = input_.with_dims(*target_.shape), input_.with_dims()
        return Fields("_ASMoutput", ("output", "loss"), (output, loss))

    @staticmethod
    def log_prob(self: Raw, input: Tensor) -> Tensor:
        return TensorValue((*input.shape[:-1], self.n_classes), input.dtype, input.device)

    @staticmethod
    def predict(self: Raw, input: Tensor) -> Tensor:
        return TensorValue(input.shape[:-1], INT64, input.device)
