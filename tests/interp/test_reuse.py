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


MODEL = """\
import torch
import torch.nn as nn

MADE = []


class Block(nn.Module):
    count = 0

    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(width, width)
        self.register_buffer("steps", torch.tensor([1, 2]))

    def forward(self, x):
        x = self.layer(x)
        return x.repeat(self.steps.tolist())


class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.blocks = nn.ModuleList([Block(width) for _ in range(2)])

    def forward(self, x):
        for block in self.blocks:
            x = block(x)[:, :8]
        return x


def net():
    return Net()


def wide(width=16):
    model = Net(width)
    return model
"""


def built(editor: Editor) -> dict[str, object]:
    """What each factory gave."""
    script = editor.memory.script
    assert script is not None
    lines = editor.text.split("\n")
    return {lines[place[1] - 1]: build.result for place, build in script.builds.kept.items()}


def test_what_factories_have_built_stays(tmp_path: Path) -> None:
    editor = Editor(tmp_path, MODEL)
    first = built(editor)
    assert list(first) == ["def net():"]
    for old, new in (
        ("x = self.layer(x)", "x = self.layer(x) + 1"),
        ("[:, :8]", "[:, 0:8]"),
        ("return x\n", "return -x\n"),
    ):
        before = editor.text
        shown = outcome(editor.edit(old, new))
        assert built(editor) == first
        assert shown == outcome(Editor(tmp_path, editor.text).analysis)
        editor.edit(editor.text, before)
    editor.edit("nn.Linear(width, width)", "nn.Linear(width, 8)")
    assert built(editor).keys() == first.keys()
    assert built(editor) != first


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("super().__init__()\n        self.blocks", "super().__init__(); MADE.append(1)\n        self.blocks"),
        ("super().__init__()\n        self.blocks", "super().__init__(); Block.count += 1\n        self.blocks"),
        (
            "super().__init__()\n        self.blocks",
            "super().__init__(); torch.set_grad_enabled(False)\n        self.blocks",
        ),
        ("for _ in range(2)", "for _ in range(len(MADE) + 1) if not MADE.append(2)"),
    ],
)
def test_what_leaves_a_trace_is_built_again(tmp_path: Path, old: str, new: str) -> None:
    editor = Editor(tmp_path, MODEL.replace(old, new, 1))
    editor.edit("[:, :8]", "[:, 0:8]")
    assert built(editor) == {}
    assert outcome(editor.analysis) == outcome(Editor(tmp_path, editor.text).analysis)


@pytest.mark.parametrize(
    "write",
    [
        "self.width = 3",
        "self.steps.add_(1)",
        "self.steps[0] = 3",
        "self.layer = None",
        "self.layer.weight.data = torch.rand(3, 8)",
        "self.__dict__['steps'] = torch.tensor([3, 1])",
        "Block.count += 1; x = x[: Block.count]",
        "MADE.append(x); x = torch.cat(MADE)",
    ],
)
def test_what_a_call_writes_is_not_built(tmp_path: Path, write: str) -> None:
    editor = Editor(tmp_path, MODEL.replace("x = self.layer(x)", f"x = self.layer(x); {write}", 1))
    for new in ("x.repeat(self.steps.tolist()) ", "x.repeat(self.steps.tolist()) + 1"):
        editor.edit("x.repeat(self.steps.tolist())", new)
        assert outcome(editor.analysis) == outcome(Editor(tmp_path, editor.text).analysis)
