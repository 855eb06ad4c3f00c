"""MultiheadAttention: the projections as parameters, the checks and shapes of the op rule."""

from __future__ import annotations

from typing import Any

from ..dims import Truth, divides, equal, less
from ..ops.attention import attend, attention_template
from ..ops.checks import demand
from ..ops.coerce import to_int
from ..ops.devices import require_linear
from ..ops.errors import Lift
from ..ops.kinds import DTypeArg, Int, OptTensor, Raw, Tensor
from ..ops.linear import require_one_dtype
from ..values import Reason, Unknown
from ..values import Tensor as TensorValue
from .common import nn, parameter_if, refusable, truth
from .registry import Attributes, Sub, parameter


def _width(value: Any) -> Any:
    return value if type(value) is float else to_int(value)


def _above_zero(value: Any) -> Truth:
    if type(value) is float:
        return Truth.YES if value > 0 else Truth.NO
    return less(value, 1).negate()


def _divides(divisor: Any, value: Any) -> Any:
    """A float is a number like any other here."""
    if (type(divisor) is float or type(value) is float) and isinstance(divisor, int | float):
        if not isinstance(value, int | float):
            raise Lift()
        return value % divisor == 0
    return divides(divisor, value)


def _truth(answer: Truth) -> Any:
    return None if answer is Truth.MAYBE else answer is Truth.YES


@nn("MultiheadAttention", "activation", open_rank=True)
class MultiheadAttention:
    @staticmethod
    def init(
        embed_dim: Int, num_heads: Int, dropout: Raw = 0.0, bias: Raw = True, add_bias_kv: Raw = False,
        add_zero_attn: Raw = False, kdim: Raw = None, vdim: Raw = None, batch_first: Raw = False, device: Raw = None,
        dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        positive = _above_zero(embed_dim).and_(_above_zero(num_heads))
        refusable(
            positive,
            "embed_dim and num_heads must be greater than 0, got "
            f"embed_dim={embed_dim} and num_heads={num_heads} instead",
        )
        refusable(
            _divides(num_heads, embed_dim), "embed_dim must be divisible by num_heads", "AssertionError",
            embed_dim=embed_dim, num_heads=num_heads,
        )  # fmt: skip
        key_width = embed_dim if kdim is None else kdim
        value_width = embed_dim if vdim is None else vdim
        same = _truth(equal(_width(key_width), embed_dim).and_(equal(_width(value_width), embed_dim)))
        weights: Attributes = dict.fromkeys(("in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"))
        if same is None:
            same = Unknown(Reason.DATA_DEPENDENT)
            weights = dict.fromkeys(weights, same)
        elif same:
            weights["in_proj_weight"] = parameter(3 * embed_dim, embed_dim, dtype=dtype)
        else:
            weights["q_proj_weight"] = parameter(embed_dim, embed_dim, dtype=dtype)
            weights["k_proj_weight"] = parameter(embed_dim, key_width, dtype=dtype)
            weights["v_proj_weight"] = parameter(embed_dim, value_width, dtype=dtype)
        projection = {"bias": bias, "dtype": dtype}
        return {
            "embed_dim": embed_dim,
            "kdim": key_width,
            "vdim": value_width,
            "_qkv_same_embed_dim": same,
            "num_heads": num_heads,
            "dropout": dropout,
            "batch_first": batch_first,
            "head_dim": embed_dim // num_heads,
            **weights,
            "in_proj_bias": parameter_if(bias, 3 * embed_dim, dtype=dtype),
            "out_proj": Sub(
                "torch.nn.modules.linear.NonDynamicallyQuantizableLinear", (embed_dim, embed_dim), projection
            ),
            "bias_k": parameter_if(add_bias_kv, 1, 1, embed_dim, dtype=dtype),
            "bias_v": parameter_if(add_bias_kv, 1, 1, embed_dim, dtype=dtype),
            "add_zero_attn": add_zero_attn,
        }

    @staticmethod
    def forward(
        self: Raw, query: Tensor, key: Tensor, value: Tensor, key_padding_mask: OptTensor = None,
        need_weights: Raw = True, attn_mask: OptTensor = None, average_attn_weights: Raw = True,
        is_causal: Raw = False,
    ) -> Raw:  # fmt: skip
        first = truth(self.batch_first)
        widths = (self.embed_dim, self.kdim, self.vdim)
        opened = [t for t in (query, key, value) if t.is_open]
        for tensor, width in zip((query, key, value), widths):
            demand(tensor, attention_template(width, first))
        if opened:
            raise Lift(opened[0].unknown)
        extra: Any = (1 if self.bias_k is not None else 0) + (1 if truth(self.add_zero_attn) else 0)
        masks = [None if m is not None and m.is_open else m for m in (key_padding_mask, attn_mask)]
        result = attend(
            query, key, value, self.embed_dim, self.num_heads, separate=self._qkv_same_embed_dim is not True,
            widths=(self.kdim, self.vdim), padding=masks[0], mask=masks[1], need_weights=need_weights,
            average=average_attn_weights, extra=extra, batch_first=first is True,
            is_causal=is_causal if attn_mask is None or masks[1] is not None else False,
        )  # fmt: skip
        weight = self.get("in_proj_weight")
        if isinstance(weight, TensorValue):
            fused = self.get("in_proj_bias") is not None and not (first and query.rank == 3)
            require_one_dtype(query, weight, fused)
            require_linear(query, weight, self.get("in_proj_bias"), fused=False)
        return result
