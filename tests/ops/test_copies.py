"""Functions that copy what a view would share, judged by PyTorch."""

from __future__ import annotations

import pytest
import torch

from ops import oracle
from tensight.ops.copies import VIEWS

INFOS = oracle.infos("tensight.ops.copies")
X = torch.zeros(4, 6)
CALLS = [
    ("torch.split_with_sizes_copy", (X, [1, 3]), {}), ("torch.split_with_sizes_copy", (X, [1, 2]), {}),
    ("torch.split_with_sizes_copy", (X, [2, 4], 1), {}), ("torch.split_copy", (X, 4, 1), {}),
    ("torch.unbind_copy", (X,), {}),
    ("torch.view_copy", (X.t(), (24,)), {}), ("torch.view_copy", (X, (5, -1)), {}), ("torch.t_copy", (X,), {}),
    ("torch.permute_copy", (X, (1, 0)), {}), ("torch.expand_copy", (X, (3, 4, 6)), {}),
    ("torch.unfold_copy", (X, 1, 3, 2), {}), ("torch.squeeze_copy", (X[:1],), {}),
]  # fmt: skip


def test_every_name_has_samples_or_calls() -> None:
    covered = {f"torch.{info.name}" for info in INFOS} | {name for name, _, _ in CALLS}
    assert set(VIEWS) == covered


@pytest.mark.parametrize("info", INFOS, ids=oracle.full_name)
def test_samples_agree(info: oracle.OpInfo) -> None:
    oracle.check_samples(info)
    oracle.check_commuting(info)


@pytest.mark.parametrize("info", [info for info in INFOS if oracle.has_errors(info)], ids=oracle.full_name)
def test_refusals_in_eager_words(info: oracle.OpInfo) -> None:
    oracle.check_errors(info)


@pytest.mark.parametrize(("name", "args", "kwargs"), CALLS)
def test_calls_agree(name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    assert not oracle.agree(name, *args, **kwargs).unknown
