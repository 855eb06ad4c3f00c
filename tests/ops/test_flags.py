"""Backends, history and dunder methods of tensors, judged by PyTorch."""

from __future__ import annotations

import copy
import warnings

import pytest
import torch

from ops import oracle
from ops.convert import Comparison, to_value
from tensight.ops import ATTRIBUTES

TENSORS = [torch.zeros(2, 3), torch.zeros(3, 2).t(), torch.zeros(()), torch.zeros(0, 4), torch.zeros(2, 2, 2)]


@pytest.mark.parametrize(
    "name",
    ["is_ipu", "is_maia", "is_mtia", "is_vulkan", "is_xla", "retains_grad", "output_nr", "_version", "volatile"],
)
def test_attributes(name: str) -> None:
    for tensor in TENSORS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            real = getattr(tensor, name)
        comparison = Comparison()
        comparison.compare(ATTRIBUTES[name](to_value(tensor)), real)
        assert not comparison.wrong


def test_methods() -> None:
    for tensor in TENSORS:
        oracle.agree("torch.Tensor.is_contiguous", tensor)
        oracle.agree("torch.Tensor.is_contiguous", tensor, memory_format=torch.channels_last)
        oracle.agree("torch.Tensor.__reversed__", tensor)
        oracle.agree("torch.Tensor.__deepcopy__", tensor, {})
        for other in TENSORS:
            oracle.agree("torch.Tensor.__rmatmul__", tensor, other)
    assert copy.deepcopy(TENSORS[0]).shape == (2, 3)
