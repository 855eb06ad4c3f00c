"""What is underlined of an expression of very many lines: the call, not all that it is called with."""

from __future__ import annotations

import pytest

from literate import analysed
from tensight.features.source import Source

LAYER = """\
import torch
import torch.nn as nn
layer = nn.Conv2d(
    10,
    16,
    3,
    padding=1,
    stride=1,
    dilation=1,
    bias=True,
    groups=3,
)
"""
CHAIN = """\
import torch
x = (
    torch.zeros(
        2,
        3,
    )
    .reshape(
        3,
        2,
    )
    .view(
        5,
    )
)
"""
OPERATOR = """\
import torch
x = (
    torch.zeros(2, 3)
    @ torch.zeros(
        2,
        3,
        dtype=None,
        device=None,
        layout=torch.strided,
        pin_memory=False,
        requires_grad=False,
    )
)
"""
SHORT = """\
import torch
x = torch.zeros(2, 3).view(
    5,
)
"""


@pytest.mark.parametrize(
    ("text", "shown"),
    [(LAYER, "nn.Conv2d"), (CHAIN, "view"), (OPERATOR, "torch.zeros(2, 3)"), (SHORT, SHORT[17:-1])],
    ids=range(4),
)
def test_marks(text: str, shown: str) -> None:
    (found,) = analysed(text).diagnostics
    assert Source(found.span.file, text).text_at(found.shown) == shown
