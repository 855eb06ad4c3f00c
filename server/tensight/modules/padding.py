"""Padding layers: the amounts become a tuple, the op rule pads."""

from __future__ import annotations

from ..ops.checks import check
from ..ops.kinds import Raw, Tensor
from .common import abstract, functional, nn, ntuple
from .registry import Attributes

_KINDS = (("Circular", "circular"), ("Reflection", "reflect"), ("Replication", "replicate"))
for _kind in ("Circular", "Constant", "Reflection", "Replication"):
    abstract(f"_{_kind}PadNd", "padding")


def _padded(rank: int, mode: str, kind: str) -> None:
    @nn(f"{kind}Pad{rank}d", "padding", f"padding._{kind}PadNd", open_rank=True)
    class Pad:
        @staticmethod
        def init(padding: Raw) -> Attributes:
            return {"padding": ntuple(padding, 2 * rank)}

        @staticmethod
        def forward(self: Raw, input: Tensor) -> Tensor:
            if mode == "circular" and not input.is_open:
                check(
                    input.rank in (rank + 1, rank + 2), "rank-mismatch",
                    f"expected {rank + 1}D or {rank + 2}D input (got {input.rank}D input)", "ValueError",
                )  # fmt: skip
            return functional("pad")(input, self.padding, mode)  # type: ignore[no-any-return]


def _constant_forward(self: Raw, input: Raw) -> Tensor:
    return functional("pad")(input, self.padding, "constant", self.get("value"))  # type: ignore[no-any-return]


def _constant(rank: int) -> None:
    @nn(f"ConstantPad{rank}d", "padding", "padding._ConstantPadNd", open_rank=True)
    class ConstantPad:
        @staticmethod
        def init(padding: Raw, value: Raw) -> Attributes:
            return {"value": value, "padding": ntuple(padding, 2 * rank)}

        forward = staticmethod(_constant_forward)

    @nn(f"ZeroPad{rank}d", "padding", f"ConstantPad{rank}d", open_rank=True)
    class ZeroPad:
        @staticmethod
        def init(padding: Raw) -> Attributes:
            return {"value": 0.0, "padding": ntuple(padding, 2 * rank)}

        forward = staticmethod(_constant_forward)


for _rank in (1, 2, 3):
    _constant(_rank)
    for _kind, _mode in _KINDS:
        _padded(_rank, _mode, _kind)
