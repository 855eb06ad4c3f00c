"""Every Markdown file below tests/folders: Tensight, PyTorch and the text must agree on whole workspaces."""

from __future__ import annotations

from pathlib import Path

import pytest

from workspaces import Workspace, problems, workspaces

ALL = [case for path in sorted((Path(__file__).parent / "folders").rglob("*.md")) for case in workspaces(path)]


@pytest.mark.parametrize("case", ALL, ids=[f"{c.file.stem}:{c.title}" for c in ALL])
def test_workspace(case: Workspace, tmp_path: Path) -> None:
    found = problems(case, tmp_path)
    assert not found, "\n" + f"{case.file.name}:{case.line} {case.title}\n" + "\n".join(found)
