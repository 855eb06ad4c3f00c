"""What a library writes into its log costs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensight.features.text import value_text
from tensight.project import Project

_LIBRARY = """
import logging

import torch

logger = logging.getLogger(__name__)


class Plain:
    def info(self, text):
        self.size = 5


class Config:
    def __init__(self, size):
        self.size = size
        {logger}.info(f"made {{self}}")

    def __repr__(self):
        return self.of(self.size)

    def of(self, n):
        return str(n) if n > 3000 else self.of(n + 1) + self.of(n + 1)
"""
_PROGRAM = """
import torch
from configs import Config

x = torch.zeros(Config(4).size)
"""


@pytest.mark.parametrize(("logger", "limited"), [("logger", False), ("Plain()", True)])
def test_texts_for_a_log_are_not_made(tmp_path: Path, logger: str, limited: bool) -> None:
    """Those for another object of that method are."""
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "configs.py").write_text(_LIBRARY.format(logger=logger))
    entry = tmp_path / "main.py"
    entry.write_text(_PROGRAM)
    analysis = Project([str(tmp_path)]).check([str(entry)], search=[str(tmp_path / "site-packages")]).analyses[0]
    assert not analysis.internal_errors and not analysis.diagnostics
    assert bool(analysis.limits) is limited
    if not limited:
        assert [value_text(fact.value) for fact in analysis.facts if fact.kind == "target"] == ["(4,)"]


def test_what_leads_to_a_logger_is_done_once(tmp_path: Path) -> None:
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "takes.py").write_text(
        "taken = []\n"
        "class Plain:\n    def info(self, text):\n        pass\n"
        "def take():\n    taken.append(1)\n    return Plain()\n"
        "def told():\n    take().info('x')\n    return len(taken)\n"
    )
    entry = tmp_path / "main.py"
    entry.write_text("import torch\nfrom takes import told\n\nx = torch.zeros(told())\n")
    analysis = Project([str(tmp_path)]).check([str(entry)], search=[str(tmp_path / "site-packages")]).analyses[0]
    assert not analysis.internal_errors
    assert [value_text(fact.value) for fact in analysis.facts if fact.kind == "target"] == ["(1,)"]
