"""Embedding and EmbeddingBag."""

from __future__ import annotations

from typing import Any

from ..dims import Dim, Truth, equal, less
from ..ops.embedding import embedding, embedding_bag
from ..ops.errors import Lift
from ..ops.kinds import DTypeArg, Int, Raw, Tensor
from ..values import DType, Value
from ..values import Tensor as TensorValue
from .common import nn, refusable, state
from .registry import Attributes, Sub, parameter


def _padding_index(padding_idx: Value, rows: Dim, message: str) -> Value:
    """The index counted from the front; Unknown stays what it is."""
    if not isinstance(padding_idx, int):
        return padding_idx
    inside = less(padding_idx, rows) if padding_idx > 0 else less(rows, -padding_idx).negate()
    refusable(inside if padding_idx else True, message, "AssertionError")
    return rows + padding_idx if padding_idx < 0 else padding_idx


def _weight_of(given: Value, rows: Dim, width: Dim, dtype: DType | None) -> Any:
    if given is None:
        return parameter(rows, width, dtype=dtype)
    if not isinstance(given, TensorValue) or given.is_open:
        return parameter(rows, width) if isinstance(given, TensorValue) else given
    same = given.rank == 2 and not any(equal(a, b) is Truth.NO for a, b in zip(given.shape, (rows, width)))
    refusable(same, "Shape of weight does not match num_embeddings and embedding_dim", "AssertionError")
    return parameter(*given.shape, dtype=given.dtype)


def _rows_and_width(embeddings: Tensor) -> tuple[Dim, Dim]:
    if embeddings.is_open:
        raise Lift(embeddings.unknown)
    refusable(embeddings.rank == 2, "Embeddings parameter is expected to be 2-dimensional", "AssertionError")
    return embeddings.shape[0], embeddings.shape[1]


@nn("Embedding", "sparse", open_rank=True)
class Embedding:
    @staticmethod
    def init(
        num_embeddings: Int, embedding_dim: Int, padding_idx: Raw = None, max_norm: Raw = None, norm_type: Raw = 2.0,
        scale_grad_by_freq: Raw = False, sparse: Raw = False, _weight: Raw = None, _freeze: Raw = False,
        device: Raw = None, dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        message = "Padding_idx must be within num_embeddings"
        return {
            "num_embeddings": num_embeddings,
            "embedding_dim": embedding_dim,
            "padding_idx": _padding_index(padding_idx, num_embeddings, message),
            "max_norm": max_norm,
            "norm_type": norm_type,
            "scale_grad_by_freq": scale_grad_by_freq,
            "sparse": sparse,
            "weight": _weight_of(_weight, num_embeddings, embedding_dim, dtype),
        }

    @staticmethod
    def forward(self: Raw, input: Raw) -> Tensor:
        return embedding(input, state(self, "weight"))  # type: ignore[no-any-return]

    @staticmethod
    def from_pretrained(
        embeddings: Tensor, freeze: Raw = True, padding_idx: Raw = None, max_norm: Raw = None, norm_type: Raw = 2.0,
        scale_grad_by_freq: Raw = False, sparse: Raw = False,
    ) -> Raw:  # fmt: skip
        rows, width = _rows_and_width(embeddings)
        named = {"padding_idx": padding_idx, "max_norm": max_norm, "norm_type": norm_type, "sparse": sparse}
        return Sub("torch.nn.Embedding", (rows, width), {**named, "_weight": embeddings})


@nn("EmbeddingBag", "sparse")
class EmbeddingBag:
    @staticmethod
    def init(
        num_embeddings: Int, embedding_dim: Int, max_norm: Raw = None, norm_type: Raw = 2.0,
        scale_grad_by_freq: Raw = False, mode: Raw = "mean", sparse: Raw = False, _weight: Raw = None,
        include_last_offset: Raw = False, padding_idx: Raw = None, device: Raw = None, dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        message = "padding_idx must be within num_embeddings"
        return {
            "num_embeddings": num_embeddings,
            "embedding_dim": embedding_dim,
            "max_norm": max_norm,
            "norm_type": norm_type,
            "scale_grad_by_freq": scale_grad_by_freq,
            "padding_idx": _padding_index(padding_idx, num_embeddings, message),
            "weight": _weight_of(_weight, num_embeddings, embedding_dim, dtype),
            "mode": mode,
            "sparse": sparse,
            "include_last_offset": include_last_offset,
        }

    @staticmethod
    def forward(self: Raw, input: Raw, offsets: Raw = None, per_sample_weights: Raw = None) -> Tensor:
        return embedding_bag(  # type: ignore[no-any-return]
            input, state(self, "weight"), offsets, mode=self.mode, per_sample_weights=per_sample_weights,
            include_last_offset=self.include_last_offset,
        )  # fmt: skip

    @staticmethod
    def from_pretrained(
        embeddings: Tensor, freeze: Raw = True, max_norm: Raw = None, norm_type: Raw = 2.0,
        scale_grad_by_freq: Raw = False, mode: Raw = "mean", sparse: Raw = False, include_last_offset: Raw = False,
        padding_idx: Raw = None,
    ) -> Raw:  # fmt: skip
        rows, width = _rows_and_width(embeddings)
        named = {"mode": mode, "include_last_offset": include_last_offset, "padding_idx": padding_idx}
        return Sub("torch.nn.EmbeddingBag", (rows, width), {**named, "_weight": embeddings})
