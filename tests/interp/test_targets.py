"""What is recorded of assignment targets."""

from __future__ import annotations

from pathlib import Path

from tensight.features.text import value_text
from tensight.project import Project


def test_a_name_that_comes_twice_shows_what_it_is_afterwards(tmp_path: Path) -> None:
    path = str(tmp_path / "m.py")
    project = Project()
    project.open(
        path, "import torch\n_, (_, y), _ = torch.zeros(3), (torch.zeros(4), torch.zeros(5)), torch.zeros(6)\n"
    )
    facts = [fact for fact in project.analyse(path).facts if fact.kind == "target"]
    assert [(fact.span.col, value_text(fact.value)) for fact in facts] == [(4, "(4,)"), (7, "(5,)"), (11, "(6,)")]
