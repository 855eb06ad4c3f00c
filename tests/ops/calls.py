"""Small words for tables of calls with real arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Call:
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


def call(*args: Any, **kwargs: Any) -> Call:
    return Call(args, kwargs)


def x(*shape: int) -> torch.Tensor:
    """A float tensor; without sizes a scalar."""
    return torch.rand(*shape) if shape != ((),) else torch.rand(())


def zeros(*shape: int) -> torch.Tensor:
    """An integer tensor of indices that are always in range."""
    return torch.zeros(*shape, dtype=torch.int64)
