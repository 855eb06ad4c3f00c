"""max_unpool1d/2d/3d: the inverse of a max pool, given its indices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dims import Dim, Truth, less
from ..values import INT64, ListV
from .checks import check, refuse, require_equal
from .kinds import IntOrSizes, Raw, Tensor
from .registry import OpRule, op
from .spatial import SPATIAL_NAMES, coerce_sizes, known, laid_out, list_text, spread, tuple_text

Numbers = tuple[Dim, ...]


def _unpooled(dims: Sequence[Dim], kernel: Numbers, stride: Numbers, padding: Numbers, given: Any) -> Numbers:
    rank = len(kernel)
    defaults = tuple((size - 1) * s + k - 2 * p for size, k, s, p in zip(dims[-rank:], kernel, stride, padding))
    sizes: Any = coerce_sizes(known(given))
    if sizes is None:
        return defaults
    if not isinstance(sizes, tuple):
        sizes = (sizes,)
    if len(sizes) == rank + 2:
        sizes = sizes[2:]
    if len(sizes) != rank:
        raise refuse(
            "invalid-argument",
            f"output_size should be a sequence containing {rank} or {rank + 2} elements, "
            f"but it has a length of '{len(sizes)}'",
            "ValueError",
        )
    for i, (size, default, step) in enumerate(zip(sizes, defaults, stride)):
        low, high = default - step, default + step
        if less(low, size) is Truth.NO or less(size, high) is Truth.NO:
            raise refuse(
                "invalid-argument",
                f'invalid output_size "{list_text(sizes) if isinstance(given, ListV) else tuple_text(sizes)}" '
                f"(dim {i} must be between {low} and {high})",
                "ValueError",
            )
    return tuple(sizes)


def _unpool_rule(rank: int) -> OpRule:
    @op(f"torch.nn.functional.max_unpool{rank}d")
    def rule(
        input: Tensor, indices: Tensor, kernel_size: IntOrSizes, stride: Raw = None, padding: IntOrSizes = 0,
        output_size: Raw = None,
    ) -> Tensor:  # fmt: skip
        kernel = spread(kernel_size, rank)
        pads = spread(padding, rank)
        given = coerce_sizes(known(stride))
        strides = kernel if given is None else spread(given, rank)
        if kernel is None or pads is None or strides is None:
            raise refuse("invalid-argument", "kernel_size, stride and padding must have one number per axis")
        out = _unpooled(input.shape, kernel, strides, pads, output_size)
        base = 2 if rank == 1 else rank
        if indices.dtype is not None and indices.dtype is not INT64:
            raise refuse("dtype-mismatch", f"elements in indices should be type int64 but got: {indices.dtype.legacy}")
        low = rank + 1
        check(
            input.rank in (low, low + 1), "rank-mismatch",
            f"Input to max_unpooling{base}d should be a {base + 1}d or {base + 2}d Tensor, but got a tensor with "
            f"{input.rank + (rank == 1)} dimensions.", expected=(low, low + 1), got=input.rank,
        )  # fmt: skip
        message = (
            "Expected shape of indices to be same as that of the input tensor "
            f"({list_text(_as_2d(input, rank))}) but got indices tensor with shape: {list_text(_as_2d(indices, rank))}"
        )
        check(indices.rank == input.rank, "size-mismatch", message)
        for a, b in zip(input.shape, indices.shape):
            require_equal(a, b, "size-mismatch", message)
        return laid_out(input, *input.shape[:-rank], *out)

    rule.demands(lambda **arguments: dict.fromkeys(("input", "indices"), ("B", "C", *SPATIAL_NAMES[rank])))
    return rule


def _as_2d(input: Tensor, rank: int) -> tuple[Dim, ...]:
    return (*input.shape, 1) if rank == 1 else input.shape


MAX_UNPOOL: dict[int, OpRule] = {rank: _unpool_rule(rank) for rank in (1, 2, 3)}
