"""While a statement does not parse, nothing is reported that its lost lines may explain."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensight.project.project import Project

PROGRAM = """\
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(4, 8),
            nn.Linear(8, 2),
        )

    def forward(self, x):
        return self.layers(x)


class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 3)

    def forward(self, x):
        return self.layer(x)


y = Net()(torch.zeros(2, 4))
z = Other()(torch.zeros(2, 4))
"""


def codes(text: str, folder: Path) -> list[tuple[int, str]]:
    project = Project((str(folder),))
    path = str(folder / "typed.py")
    project.open(path, text)
    return [(d.span.line, d.code) for d in project.analyse(path).diagnostics]


def test_the_program_has_one_bug(tmp_path: Path) -> None:
    assert codes(PROGRAM, tmp_path) == [(23, "matmul-mismatch")]


@pytest.mark.parametrize("typed", ["nn.Linear(4, ", "nn.Linear", "nn.Linear(4, 8", "nn.Linear(4 8),"])
def test_a_layer_that_is_being_typed(typed: str, tmp_path: Path) -> None:
    """The layers behind it do not fit for now; the bug of the other class stays."""
    found = codes(PROGRAM.replace("nn.Linear(4, 8),", typed), tmp_path)
    assert {code for _, code in found} == {"syntax-error", "matmul-mismatch"}
    assert [line for line, code in found if code == "matmul-mismatch"] == [23]


def test_lines_that_changed_places(tmp_path: Path) -> None:
    lines = PROGRAM.splitlines()
    lines[7], lines[8] = lines[8], lines[7]
    assert [code for _, code in codes("\n".join(lines), tmp_path)] == ["syntax-error", "matmul-mismatch"]


def test_a_bug_in_the_broken_class_waits(tmp_path: Path) -> None:
    found = codes(PROGRAM.replace("self.layer = nn.Linear(3, 3)", "self.layer = nn.Linear(3, 3"), tmp_path)
    assert [code for _, code in found] == ["syntax-error"]
