"""Containers that hold themselves, and many that share their items: shown whole nowhere, in time everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tensight.cli.json_output import expressions
from tensight.features.hover import hover
from tensight.features.inlay_hints import inlay_hints
from tensight.features.source import Source
from tensight.features.text import value_text
from tensight.project import Project

HEAD = "import torch\nx = torch.zeros(2, 3)\n"
PROGRAMS = {
    "list": "a = [x]\na.append(a)\nb = a\n",
    "dictionary": "a = {'x': x}\na['a'] = a\nb = a\n",
    "both": "a = [x]\nd = {'a': a}\na.append(d)\nb = (a, d)\n",
    "shared": "a = [x]\nfor _ in range(60):\n    a = [a, a]\nb = a\n",
    "empty": "a = []\na.append(a)\nb = a\n",
    "in a branch": "a = [x]\na.append(a)\nb = [x]\nb.append(b)\nif x.sum() > 0:\n    b = a\n",
    "argument": "def f(a):\n    a.append(a)\n    return a\nb = f([x])\nc = f(b)\n",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_shown_in_time(tmp_path: Path, program: str) -> None:
    path, text = str(tmp_path / "m.py"), HEAD + program
    project = Project()
    project.open(path, text)
    analysis = project.analyse(path)
    assert not analysis.internal_errors and not analysis.limits and not analysis.diagnostics
    source = Source(analysis.file, text)
    hints = inlay_hints(analysis, source)
    assert hints
    assert len(json.dumps(expressions(analysis))) < 200_000
    for fact in analysis.facts:
        hover(analysis, fact.span.line, fact.span.col)
        assert len(value_text(fact.value)) < 20_000


def test_what_is_shown(tmp_path: Path) -> None:
    path = str(tmp_path / "m.py")
    project = Project()
    project.open(path, HEAD + PROGRAMS["list"])
    value = next(fact.value for fact in project.analyse(path).facts if fact.span.line == 5)
    assert value_text(value).startswith("[(2, 3), [")
    assert "…" in value_text(value)
