"""Names that a function binds for the whole module are not undefined in another one."""

from __future__ import annotations

from pathlib import Path

from tensight.project.project import Project

PROGRAM = """\
import torch


def set_up():
    global root
    root = torch.zeros(2, 3)


def tear_down():
    return root.sum() + other
"""


def test_a_global_of_another_function(tmp_path: Path) -> None:
    project = Project((str(tmp_path),))
    path = str(tmp_path / "module.py")
    project.open(path, PROGRAM)
    assert [d.message for d in project.analyse(path).diagnostics if "root" in d.message] == []
