"""Pooling layers: they hold their arguments and call the op rule. One row a layer."""

from __future__ import annotations

from collections.abc import Callable

from ..ops.kinds import Raw, Tensor
from ..values import ListV
from .common import abstract, functional, held, is_number, nn, ntuple, refusable
from .registry import Attributes

_MAX = "kernel_size, stride=kernel_size, padding=0, dilation=1, return_indices=False, ceil_mode=False"
for _base in ("_MaxPoolNd", "_MaxUnpoolNd", "_AvgPoolNd", "_LPPoolNd", "_AdaptiveMaxPoolNd", "_AdaptiveAvgPoolNd"):
    abstract(_base, "pooling")


def _tuples(rank: int, *names: str) -> Callable[[Attributes], Attributes]:
    def prepare(attributes: Attributes) -> Attributes:
        for name in names:
            attributes[name] = ntuple(attributes[name], rank)
        return attributes

    return prepare


for _rank in (1, 2, 3):
    held(
        f"MaxPool{_rank}d", "pooling", _MAX, f"max_pool{_rank}d",
        "kernel_size stride padding dilation ceil_mode return_indices", base="pooling._MaxPoolNd",
    )  # fmt: skip
    held(
        f"LPPool{_rank}d", "pooling", "norm_type, kernel_size, stride=None, ceil_mode=False", f"lp_pool{_rank}d",
        "norm_type kernel_size stride ceil_mode", base="pooling._LPPoolNd",
    )  # fmt: skip
    held(
        f"AdaptiveAvgPool{_rank}d", "pooling", "output_size", f"adaptive_avg_pool{_rank}d", "output_size",
        base="pooling._AdaptiveAvgPoolNd",
    )  # fmt: skip
    held(
        f"AdaptiveMaxPool{_rank}d", "pooling", "output_size, return_indices=False", f"adaptive_max_pool{_rank}d",
        "output_size return_indices", base="pooling._AdaptiveMaxPoolNd",
    )  # fmt: skip
held(
    "AvgPool1d", "pooling", "kernel_size, stride=kernel_size, padding=0, ceil_mode=False, count_include_pad=True",
    "avg_pool1d", "kernel_size stride padding ceil_mode", base="pooling._AvgPoolNd",
    prepare=_tuples(1, "kernel_size", "stride", "padding"),
)  # fmt: skip
for _rank in (2, 3):
    held(
        f"AvgPool{_rank}d", "pooling",
        "kernel_size, stride=kernel_size, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None",
        f"avg_pool{_rank}d", "kernel_size stride padding ceil_mode count_include_pad divisor_override",
        base="pooling._AvgPoolNd",
    )  # fmt: skip


def _max_unpool(rank: int) -> None:
    @nn(f"MaxUnpool{rank}d", "pooling", "pooling._MaxUnpoolNd", open_rank=True)
    class MaxUnpool:
        @staticmethod
        def init(kernel_size: Raw, stride: Raw = None, padding: Raw = 0) -> Attributes:
            return {
                "kernel_size": ntuple(kernel_size, rank),
                "stride": ntuple(kernel_size if stride is None else stride, rank),
                "padding": ntuple(padding, rank),
            }

        @staticmethod
        def forward(self: Raw, input: Raw, indices: Raw, output_size: Raw = None) -> Tensor:
            rule = functional(f"max_unpool{rank}d")
            return rule(input, indices, self.kernel_size, self.stride, self.padding, output_size)  # type: ignore[no-any-return]


def _fractional(rank: int) -> None:
    name = f"FractionalMaxPool{rank}d"

    @nn(name, "pooling", open_rank=True)
    class FractionalMaxPool:
        @staticmethod
        def init(
            kernel_size: Raw, output_size: Raw = None, output_ratio: Raw = None, return_indices: Raw = False,
            _random_samples: Raw = None,
        ) -> Attributes:  # fmt: skip
            ratio: Raw = output_ratio
            if is_number(output_ratio):
                ratio = (output_ratio,) * rank
            elif isinstance(output_ratio, ListV):
                ratio = tuple(output_ratio.items)
            refusable(
                output_size is not None or output_ratio is not None,
                f"{name} requires specifying either an output size, or a pooling ratio",
            )
            refusable(
                output_size is None or output_ratio is None, "only one of output_size and output_ratio may be specified"
            )
            if isinstance(ratio, tuple) and all(is_number(r) for r in ratio):
                refusable(all(0 < r < 1 for r in ratio), f"output_ratio must be between 0 and 1 (got {output_ratio})")
            return {
                "kernel_size": ntuple(kernel_size, rank),
                "return_indices": return_indices,
                "_random_samples": _random_samples,
                "output_size": None if output_size is None else ntuple(output_size, rank),
                "output_ratio": ratio,
            }

        @staticmethod
        def forward(self: Raw, input: Raw) -> Raw:
            rule = functional(f"fractional_max_pool{rank}d")
            return rule(input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices)


for _rank in (1, 2, 3):
    _max_unpool(_rank)
for _rank in (2, 3):
    _fractional(_rank)
