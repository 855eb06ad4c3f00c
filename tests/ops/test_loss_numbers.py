"""Losses under `torch.`, whose reduction is a number, against PyTorch."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import tensight.interp  # noqa: F401  (fills the tables)
from ops import oracle

X, Y, Z, V = torch.rand(4, 3), torch.rand(4, 3), torch.rand(4, 3), torch.ones(4)
LOGITS, CLASSES = torch.rand(5, 2, 4).log_softmax(-1), torch.ones(2, 2, dtype=torch.int64)
CALLS: list[tuple[str, tuple[Any, ...]]] = [
    ("kl_div", (X, Y)),
    ("kl_div", (X, torch.rand(3))),
    ("margin_ranking_loss", (X, Y, Z)),
    ("margin_ranking_loss", (X, Y, torch.rand(4, 1), 0.5)),
    ("triplet_margin_loss", (X, Y, Z)),
    ("ctc_loss", (LOGITS, CLASSES, [5, 5], [2, 2])),
    ("cosine_embedding_loss", (X, Y, V)),
    ("hinge_embedding_loss", (X, Y)),
    ("binary_cross_entropy_with_logits", (X, Y)),
    ("binary_cross_entropy_with_logits", (X, Y, V[:3], V[:3])),
]


@pytest.mark.parametrize("number", [None, 0, 1, 2])
@pytest.mark.parametrize(("name", "args"), CALLS)
def test_numbers_agree(name: str, args: tuple[Any, ...], number: int | None) -> None:
    given = {} if number is None else {"reduction": number}
    assert not oracle.agree(f"torch.{name}", *args, **given).unknown


@pytest.mark.parametrize("number", [0, 1, 2])
def test_all_arguments_are_needed(number: int) -> None:
    assert not oracle.agree("torch.poisson_nll_loss", X, Y, True, False, 1e-8, number).unknown
