"""Folders of source files, and an interpreter that only says what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import tensight.interp
from tensight.interp.facts import Analysis, Result
from tensight.interp.ports import Request

Tree = Callable[[dict[str, str]], Path]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Write files by relative path; the folder they are in."""

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


class Recorded(list[Request]):
    """The requests that were made; `imports` is what every analysis looks for."""

    imports: tuple[str, ...] = ()


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Replace the interpreter by one that finds nothing and imports what the test says."""
    made = Recorded()

    def analyse(request: Request, world: object = None) -> Result:
        made.append(request)
        request.poll()
        for name in made.imports:
            request.loader.find(name)
        return Result(tuple(Analysis(source.file) for source in request.files))

    monkeypatch.setattr(tensight.interp, "analyse", analyse)
    return made
