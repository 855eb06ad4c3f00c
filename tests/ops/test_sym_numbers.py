"""torch.sym_max and its kin against PyTorch, on Python numbers."""

from __future__ import annotations

import itertools

import pytest
import torch

import tensight.interp  # noqa: F401  (fills the tables)
from tensight.ops.registry import RULES
from tensight.values import Scalar

NUMBERS = (0, 1, 3, -2, 2.5, 4.0)


@pytest.mark.parametrize(("a", "b"), list(itertools.product(NUMBERS, repeat=2)))
def test_two_numbers(a: float, b: float) -> None:
    for name in ("sym_max", "sym_min"):
        ours, real = RULES[f"torch.{name}"](a, b), getattr(torch, name)(a, b)
        assert (type(ours), ours) == (type(real), real)
    assert RULES["torch.sym_sum"]((int(a), int(b))) == torch.sym_sum((int(a), int(b)))
    assert RULES["torch.sym_ite"](a > b, float(a), float(b)) == torch.sym_ite(a > b, float(a), float(b))


@pytest.mark.parametrize("a", NUMBERS)
def test_one_number(a: float) -> None:
    for name in ("sym_float", "sym_int", "sym_not"):
        assert RULES[f"torch.{name}"](a) == getattr(torch, name)(a), name
    if a >= 0:
        assert RULES["torch.sym_sqrt"](a) == torch.sym_sqrt(a)
    else:
        assert isinstance(RULES["torch.sym_sqrt"](a), Scalar)
