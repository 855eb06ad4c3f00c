"""A file while it is typed: no prefix of it brings an internal error, and each is quick."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tensight.project.project import Project

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "examples").glob("*.py"))[:3]


@pytest.mark.parametrize("path", FILES, ids=[p.stem for p in FILES])
def test_every_prefix(path: Path, tmp_path: Path) -> None:
    """Each end of a word and each ninth character, so that all positions in a statement occur."""
    text = path.read_text(encoding="utf-8")
    ends = [i for i in range(1, len(text)) if i % 9 == 0 or (text[i - 1].isalnum() and not text[i].isalnum())][::2]
    target = str(tmp_path / "typed.py")
    project = Project((str(tmp_path),))
    begun = time.monotonic()
    for version, end in enumerate(ends):
        project.open(target, text[:end], version)
        analysis = project.analyse(target)
        assert not analysis.internal_errors, f"{text[:end][-60:]!r}: {analysis.internal_errors[0]}"
    assert (time.monotonic() - begun) / len(ends) < 0.5
