"""The program that a named file has of its own, beside the one that is run."""

from __future__ import annotations

from pathlib import Path

from tensight.project.project import Project

MODEL = """\
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 4)

    def forward(self, x):
        y = self.fc(x)
        return y


if __name__ == "__main__":
    old = Net()(torch.zeros(2, 5))
    other = Net()(torch.zeros(2, 7))
    head = nn.Linear(8, 2)(torch.zeros(1, 9))
"""
TRAIN = "import torch\nfrom model import Net\n\ny = Net()(torch.zeros(6, 3))\n"


def test_it_ends_at_its_first_error(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "train.py").write_text(TRAIN)
    files = [str(tmp_path / "train.py"), str(tmp_path / "model.py")]
    train, model = Project((str(tmp_path),)).check(files, search=[]).analyses
    assert not train.diagnostics
    assert [d.message for d in model.diagnostics] == ["mat1 and mat2 shapes cannot be multiplied (2x5 and 3x4)"]


def test_what_is_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(MODEL)
    (model,) = Project((str(tmp_path),)).check([str(tmp_path / "model.py")], search=[]).analyses
    assert len(model.diagnostics) > 1
