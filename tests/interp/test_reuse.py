"""Roots that an edit did not touch are not run again, and the outcome is that of a first analysis."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from editing import Editing, outcome
from tensight.interp.facts import Analysis

FILE = """\
import torch
import torch.nn as nn


class Left(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.layer = nn.Linear(4, width)

    def forward(self, x):
        return self.layer(x)


class Right(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = nn.Conv2d(3, width, 3)

    def forward(self, x):
        y = self.layer(x)
        return torch.relu(y)


def left():
    return Left(16)


def wide_left():
    model = Left(32)
    return model


def doubled(x):
    return torch.cat([x, x], 1)


class Plain:
    def halve(self, x):
        return nn.functional.avg_pool2d(x, 2)
"""


class Editor(Editing):
    """One file in one project."""

    def __init__(self, folder: Path, text: str = FILE) -> None:
        super().__init__(folder, text)

    def edit(self, old: str, new: str) -> Analysis:
        assert old in self.text
        return self.show(self.text.replace(old, new, 1))

    def roots(self) -> tuple[set[str], set[str]]:
        """The names of the roots that were taken over, and of those that were run."""
        return ({_name(root) for root in self.memory.reused}, {_name(root) for root in self.memory.run})


_KINDS = {"factory", "family", "function", "variant", "class", "plain", "True", "False"}


def _name(root: str) -> str:
    return next(word for word in root.split() if word not in _KINDS and not word.isdigit())


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path)


def test_the_first_version_runs_all(editor: Editor) -> None:
    assert editor.roots() == (set(), {"left", "Left", "Right", "doubled", "Plain"})


def test_an_edit_in_a_forward_runs_what_enters_it(editor: Editor) -> None:
    editor.edit("y = self.layer(x)", "y = self.layer(x) * 2")
    assert editor.roots() == ({"left", "Left", "doubled", "Plain"}, {"Right"})


def test_an_edit_in_a_shared_forward_runs_all_that_enter_it(editor: Editor) -> None:
    editor.edit("return self.layer(x)", "return self.layer(x) + 1")
    assert editor.roots() == ({"Right", "doubled", "Plain"}, {"left", "Left"})


def test_an_edit_of_the_module_or_of_lines_above_runs_all(editor: Editor) -> None:
    editor.edit("import torch.nn as nn", "import torch.nn as nn  # layers")
    assert editor.roots()[0] == set()
    editor.edit("def left", "\ndef left")
    assert editor.roots()[0] == set()


def test_only_the_roots_of_the_last_version_are_kept(editor: Editor) -> None:
    for _ in range(3):
        editor.edit("import torch\n", "\nimport torch\n")
        editor.edit("y = self.layer(x)", "y = self.layer(x) + 0")
    memory = editor.memory
    assert sorted(memory.kept) == sorted(memory.reused + memory.run)


def test_what_is_taken_over_is_shown(editor: Editor) -> None:
    before = outcome(editor.show(FILE))
    assert outcome(editor.edit("y = self.layer(x)", "y = self.layer(x)  # same")) == before


def test_another_file_that_changes_runs_all(tmp_path: Path) -> None:
    (tmp_path / "sizes.py").write_text("WIDTH = 8\n")
    editor = Editor(tmp_path, FILE.replace("import torch\n", "import torch\nfrom sizes import WIDTH\n", 1))
    editor.edit("y = self.layer(x)", "y = self.layer(x) * 2")
    assert editor.roots()[0]
    (tmp_path / "sizes.py").write_text("WIDTH = 16\n")
    editor.edit("y = self.layer(x) * 2", "y = self.layer(x) * 3")
    assert editor.roots()[0] == set()


@pytest.mark.parametrize("seed", range(6))
def test_any_edits_end_as_a_first_analysis_would(editor: Editor, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    taken = 0
    for _ in range(12):
        lines = editor.text.split("\n")
        at = chance.choice([number for number, line in enumerate(lines) if line.startswith("    ")])
        match chance.randrange(4):
            case 0:
                lines[at] += "  # a comment"
            case 1:
                lines[at] = re.sub(r"\d+", lambda found: str(int(found[0]) + 1), lines[at])
            case 2:
                lines.insert(at, lines[at])
            case _:
                lines[at] = re.match(r" *", lines[at])[0] + "pass"  # type: ignore[index]
        analysis = editor.show("\n".join(lines))
        taken += len(editor.roots()[0])
        fresh = Editor(tmp_path, editor.text)
        assert outcome(analysis) == outcome(fresh.project.analyse(fresh.path)), editor.text
    assert taken
