"""What an edit recomputes, and that the outcome is that of a first analysis."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tensight.interp.facts import Analysis
from tensight.interp.record import shape_key
from tensight.project import Project

MODEL = """\
import torch
import torch.nn as nn

WIDTH = 8


class Net(nn.Module):
    def __init__(self, width=WIDTH):
        super().__init__()
        self.a = nn.Linear(4, width); self.b = nn.Linear(width, 2)

    def forward(self, x):
        return self.b(torch.relu(self.a(x)))


def double(x):
    return torch.cat([x, x])


net = Net()
out = net(torch.rand(3, 4))
more = double(out)
"""
FILES = Path(__file__).parents[1] / "bench" / "files"


class Editor:
    """A file whose versions are analysed by one project, and each by a new one."""

    def __init__(self, folder: Path, text: str) -> None:
        self.path = str(folder / "model.py")
        self.project = Project()
        self.text = text
        self.analyse()

    def analyse(self) -> tuple[int, Analysis]:
        """How many top-level statements were compiled, and what was found."""
        self.project.open(self.path, self.text)
        analysis = self.project.analyse(self.path)
        world = self.project._world
        assert world is not None
        return world.compiled[self.path, True].compiled, analysis

    def edit(self, old: str, new: str) -> tuple[int, list[object]]:
        assert old in self.text
        self.text = self.text.replace(old, new, 1)
        compiled, analysis = self.analyse()
        fresh = Project()
        fresh.open(self.path, self.text)
        assert everything(analysis) == everything(fresh.analyse(self.path))
        return compiled, everything(analysis)


def everything(analysis: Analysis) -> list[object]:
    """All that an analysis says, comparable."""
    assert not analysis.internal_errors, analysis.internal_errors[0]
    facts = [
        (f.span, f.kind, type(f.value), shape(f.value), [(shape(o.value), o.chain) for o in f.observations])
        for f in analysis.facts
    ]
    found = [(d.code, d.span, d.message, d.severity, d.notes, d.related) for d in analysis.diagnostics]
    return [*facts, *found, *map(str, analysis.inputs), analysis.missing, analysis.limits]


def shape(value: object) -> str:
    """The shapes in a value, as text; unknown dims have numbers that mean nothing."""
    return re.sub(r"<\?\d+>", "?", str(shape_key(value)))


def reported(found: list[object], code: str) -> bool:
    return any(isinstance(item, tuple) and item[:1] == (code,) for item in found)


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path, MODEL)


def test_an_edit_compiles_its_own_statement_only(editor: Editor) -> None:
    assert editor.edit("rand(3, 4)", "rand(5, 4)")[0] == 1
    assert editor.edit("nn.Linear(width, 2)", "nn.Linear(width, 6)")[0] == 1
    assert editor.edit("WIDTH = 8", "WIDTH = 9")[0] == 1


def test_statements_that_move_are_compiled_again(editor: Editor) -> None:
    assert editor.edit("    return torch.cat([x, x])", "    y = x\n    return torch.cat([x, y])")[0] == 4


def test_statements_that_share_a_line_are_told_apart(editor: Editor) -> None:
    editor.edit("more = double(out)", "more = double(out); last = double(more)")
    compiled, found = editor.edit("double(out); last", "doubl(out); last")
    assert compiled == 2
    assert reported(found, "undefined-name")


def test_what_is_undefined_follows_names_bound_elsewhere(editor: Editor) -> None:
    _, found = editor.edit("more = double(out)", "more = double(other)")
    assert reported(found, "undefined-name")
    compiled, found = editor.edit("more = double(other)", "more = double(other)\nother = out")
    assert compiled == 1
    assert not reported(found, "undefined-name")


def test_undoing_an_edit_compiles_nothing(editor: Editor) -> None:
    editor.edit("rand(3, 4)", "rand(5, 4)")
    assert editor.edit("rand(5, 4)", "rand(3, 4)")[0] == 0


def test_a_file_that_does_not_parse_keeps_its_other_statements(editor: Editor) -> None:
    assert editor.edit("more = double(out)", "more = double(out")[0] <= 1
    assert editor.edit("rand(3, 4)", "rand(5, 4)")[0] <= 2
    assert editor.edit("more = double(out", "more = double(out)")[0] <= 1


def test_columns_follow_characters_outside_ascii(editor: Editor) -> None:
    editor.edit("WIDTH = 8", "WIDTH = 8  # größe")
    editor.edit("more = double(out)", 'name = "é"; more = double(out)')
    editor.edit("rand(3, 4)", "rand(5, 4)")


@pytest.mark.parametrize("name", ["small", "medium"])
def test_any_edits_give_what_a_first_analysis_gives(name: str, tmp_path: Path) -> None:
    editor = Editor(tmp_path, (FILES / f"{name}.py").read_text(encoding="utf-8"))
    choose = random.Random(1)
    for _ in range(12):
        lines = editor.text.split("\n")
        at = choose.randrange(len(lines))
        match choose.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, "")
            case 2:
                lines[at] = lines[at].replace("(", "[", 1)
            case 3:
                lines[at] = lines[at].replace("2", "3")
            case _:
                lines[at] += "  # é"
        editor.edit(editor.text, "\n".join(lines))
