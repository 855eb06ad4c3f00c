"""What one call of an op rule costs: the median over families, for numbers and for symbols, in microseconds."""

from __future__ import annotations

import statistics
import timeit
from typing import Any

import tensight.ops  # noqa: F401  (fills the registry)
from tensight.dims import symbol
from tensight.ops.errors import NOTES
from tensight.ops.registry import RULES
from tensight.values import CONTIGUOUS, FLOAT32, Tensor

#: Microseconds that the median may take.
BUDGETS = {"numbers": 20.0, "symbols": 60.0}
_CALLS = 300


def _calls(batch: Any, height: Any, width: Any) -> dict[str, tuple[Any, ...]]:
    """One typical call of each family."""

    def t(*dims: Any) -> Tensor:
        return Tensor(dims, FLOAT32, "cpu", strides=CONTIGUOUS)

    image, rows = t(batch, 3, height, width), t(batch, height, 64)
    return {
        "torch.relu": (image,), "torch.add": (image, t(3, 1, 1)), "torch.Tensor.view": (rows, batch, -1),
        "torch.Tensor.transpose": (rows, 1, 2), "torch.Tensor.unsqueeze": (rows, 1), "torch.cat": ((rows, rows), 1),
        "torch.Tensor.chunk": (rows, 4, -1), "torch.Tensor.sum": (rows, -1), "torch.matmul": (rows, t(64, 10)),
        "torch.softmax": (rows, -1), "torch.nn.functional.linear": (rows, t(10, 64), t(10)),
        "torch.nn.functional.conv2d": (image, t(8, 3, 3, 3), t(8), 1, 1),
        "torch.nn.functional.max_pool2d": (image, 2), "torch.nn.functional.layer_norm": (rows, (64,)),
        "torch.nn.functional.interpolate": (image, None, 2), "torch.nn.functional.mse_loss": (rows, rows),
        "torch.Tensor.__getitem__": (rows, (slice(None), 0)), "torch.einsum": ("bij,jk->bik", rows, t(64, 10)),
    }  # fmt: skip


def medians() -> dict[str, float]:
    """Microseconds by kind of sizes."""
    out = {}
    for kind, sizes in (("numbers", (8, 32, 48)), ("symbols", (symbol("B"), symbol("H"), symbol("W")))):
        costs = []
        for name, arguments in _calls(*sizes).items():
            rule = RULES[name]
            costs.append(min(timeit.repeat(lambda r=rule, a=arguments: r(*a), number=_CALLS, repeat=3)) / _CALLS * 1e6)
            NOTES.clear()
        out[kind] = statistics.median(costs)
    return out
