"""The blocks of PyTorch's transformer layers, which subclasses call in a `forward` of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import Value
from .registry import native

if TYPE_CHECKING:
    from ..machine import Interp

ENCODER, DECODER = "torch.nn.TransformerEncoderLayer", "torch.nn.TransformerDecoderLayer"


def _attend(
    it: Interp, self: Value, layer: str, dropout: str, x: Value, memory: Value, mask: Value, padding: Value,
    is_causal: Value,
) -> Value:  # fmt: skip
    """`self.dropout(self.layer(x, memory, memory, …)[0])`."""
    options = {"attn_mask": mask, "key_padding_mask": padding, "is_causal": is_causal, "need_weights": False}
    found = it.call(it.getattr(self, layer), [x, memory, memory], options)
    return it.call(it.getattr(self, dropout), [it.getitem(found, 0)])


@native(f"{ENCODER}._sa_block", f"{DECODER}._sa_block")
def attend_self(
    it: Interp, self: Value, x: Value, attn_mask: Value, key_padding_mask: Value, is_causal: Value = False
) -> Value:
    return _attend(it, self, "self_attn", "dropout1", x, x, attn_mask, key_padding_mask, is_causal)


@native(f"{DECODER}._mha_block")
def attend_memory(
    it: Interp, self: Value, x: Value, mem: Value, attn_mask: Value, key_padding_mask: Value, is_causal: Value = False
) -> Value:
    return _attend(it, self, "multihead_attn", "dropout2", x, mem, attn_mask, key_padding_mask, is_causal)


def _feed(it: Interp, self: Value, x: Value, last: str) -> Value:
    for name in ("linear1", "activation", "dropout", "linear2", last):
        x = it.call(it.getattr(self, name), [x])
    return x


@native(f"{ENCODER}._ff_block")
def feed(it: Interp, self: Value, x: Value) -> Value:
    return _feed(it, self, x, "dropout2")


@native(f"{DECODER}._ff_block")
def feed_decoded(it: Interp, self: Value, x: Value) -> Value:
    return _feed(it, self, x, "dropout3")
