"""Distances and similarities of vectors."""

from __future__ import annotations

from ..values import FLOAT32, FLOAT64, DType
from .checks import axis, broadcast, check, refuse
from .kinds import Axis, Flag, Raw, Tensor
from .promotion import floating, result_type
from .registry import op
from .spatial import INTEGRAL


@op("torch.nn.functional.cosine_similarity", "torch.cosine_similarity", dtype="promote")
def cosine_similarity(x1: Tensor, x2: Tensor, dim: Axis = 1, eps: Raw = 1e-8) -> Tensor:
    dtypes = [t.dtype for t in (x1, x2)]
    if all(d is not None and d.kind in INTEGRAL for d in dtypes):
        assert dtypes[0] is not None
        raise refuse(
            "dtype-mismatch",
            f"expected common dtype to be floating point, yet common dtype is {dtypes[0].legacy}",
        )
    dims = broadcast(x1.shape, x2.shape)
    position = axis(dim, len(dims))
    return x1.with_dims(*dims[:position], *dims[position + 1 :])


@op("torch.nn.functional.pairwise_distance", "torch.pairwise_distance")
def pairwise_distance(x1: Tensor, x2: Tensor, p: Raw = 2.0, eps: Raw = 1e-6, keepdim: Flag = False) -> Tensor:
    dims = broadcast(x1.shape, x2.shape)
    result = x1.with_dims(*dims[:-1], *((1,) if keepdim and dims else ()))
    return result.with_dtype(magnitude_dtype(x1, x2))


_REAL = {"complex64": FLOAT32, "complex128": FLOAT64}


def magnitude_dtype(*tensors: Tensor) -> DType | None:
    """The dtype of the absolute value of a difference: floating, and real for complex numbers."""
    dtype = floating(result_type(tensors))
    return dtype if dtype is None or not dtype.is_complex else _REAL.get(dtype.name)


@op("torch.nn.functional.pdist", "torch.pdist")
def pdist(input: Tensor, p: Raw = 2.0) -> Tensor:
    """The distances of all pairs of rows."""
    check(input.rank == 2, "rank-mismatch", f"pdist only supports 2D tensors, got: {input.rank}D")
    rows = input.shape[0]
    return input.with_dims(rows * (rows - 1) // 2)
