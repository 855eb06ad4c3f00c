"""Functions that PyTorch writes in Python against PyTorch: shapes and refusals for random sizes."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from ops import oracle

SIZES = st.lists(st.integers(1, 7), min_size=2, max_size=4)


@given(SIZES, st.integers(0, 9))
def test_low_rank(sizes: list[int], q: int) -> None:
    x = torch.randn(sizes)
    oracle.agree("torch.svd_lowrank", x, q)
    oracle.agree("torch.pca_lowrank", x)
    oracle.agree("torch.pca_lowrank", x, q)


@given(st.integers(1, 9), st.integers(1, 3))
def test_eigenpairs(size: int, k: int) -> None:
    x = torch.eye(size) * torch.arange(1, size + 1)
    oracle.agree("torch.lobpcg", x, k)
    oracle.agree("torch.lobpcg", x.expand(2, size, size), k)


def test_shapes_that_fit_no_decomposition() -> None:
    oracle.agree("torch.svd_lowrank", torch.randn(4))
    oracle.agree("torch.lobpcg", torch.randn(3, 4))


@given(st.lists(st.lists(st.sampled_from([1, 2, 3]), max_size=3).map(tuple), max_size=3))
def test_broadcast_shapes(shapes: list[tuple[int, ...]]) -> None:
    oracle.agree("torch.broadcast_shapes", *shapes)
