"""Hypothesis strategies of real arguments: shapes, shapes that broadcast, tensors, axes."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import settings
from hypothesis import strategies as st

#: Few examples a test, many tests: the whole suite is bounded.
BOUNDED = settings(max_examples=60)
DTYPES = (torch.float32, torch.int64, torch.bool, torch.float64, torch.int32, torch.complex64, torch.float16)


def shapes(min_rank: int = 0, max_rank: int = 4, min_size: int = 0, max_size: int = 5) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(min_size, max_size), min_size=min_rank, max_size=max_rank)


def tensors(
    shape: st.SearchStrategy[list[int]] | None = None, dtypes: tuple[torch.dtype, ...] = (torch.float32,)
) -> st.SearchStrategy[torch.Tensor]:
    """Tensors of small values, ones included so that divisors are not all zero."""
    return st.builds(make, shape if shape is not None else shapes(), st.sampled_from(dtypes))


def make(shape: list[int], dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """The tensor of this shape whose elements count 1, 2, 3, 1, 2, 3, …"""
    count = int(torch.Size(shape).numel())
    return (torch.arange(count) % 3 + 1).reshape(shape).to(dtype)


@st.composite
def broadcastable(draw: Any, count: int = 2, max_rank: int = 4) -> list[list[int]]:
    """Shapes that mostly broadcast together: axes are dropped, set to 1, and now and then to a size that clashes."""
    base = draw(shapes(0, max_rank))
    out = []
    for _ in range(count):
        shape = base[draw(st.integers(0, len(base))) if base else 0 :]
        out.append([draw(st.sampled_from([n, n, n, 1, 1, 3])) for n in shape])
    return out


def axis_of(rank: int, slack: int = 1) -> st.SearchStrategy[int]:
    """Axes of a tensor of this rank, negative ones too, and some just out of range."""
    return st.integers(-rank - slack, rank - 1 + slack)
