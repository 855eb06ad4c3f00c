"""Every Markdown file below tests/shapes and docs/rules: Tensight, PyTorch and the text must agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from literate import Case, cases, problems

ROOT = Path(__file__).parent
FILES = sorted([*(ROOT / "shapes").rglob("*.md"), *(ROOT.parent / "docs" / "rules").glob("*.md")])
ALL = [case for path in FILES for case in cases(path)]


@pytest.mark.parametrize("case", ALL, ids=[f"{c.file.stem}:{c.title}" for c in ALL])
def test_literate(case: Case) -> None:
    found = problems(case)
    assert not found, "\n" + f"{case.file.name}:{case.line} {case.title}\n" + "\n".join(found)
