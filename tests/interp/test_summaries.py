"""Calls that an edit did not touch are not made again, and what is shown is that of a first analysis."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from editing import Editing, outcome
from tensight.interp import calls
from tensight.interp.facts import Analysis
from tensight.values import FunctionV, Tensor

MODEL = """\
import torch
import torch.nn as nn
import torch.nn.functional as F

SEEN = []


def scaled(x, by: int):
    return x * by


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.heads = 2

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.qkv(x).reshape(b, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v)
        return mixed.transpose(1, 2).reshape(b, t, c)


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.attention = Attention(width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x):
        y = self.norm(x)
        y = self.attention(y)
        y = scaled(y, 2)
        return x + y


class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.first = nn.Conv2d(3, width, 4, 4)
        self.blocks = nn.ModuleList([Block(width) for _ in range(3)])
        self.last = nn.Linear(width, 10)

    def forward(self, x):
        x = self.first(x)
        x = x.flatten(2).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        z = x.mean(1)
        return self.last(z)


def net():
    return Net()


def wide():
    return Net(width=16)
"""


class Counter:
    """The methods that were run."""

    def __init__(self) -> None:
        self.run: list[str] = []

    def taken(self) -> set[str]:
        found, self.run = set(self.run), []
        return {name for name in found if name.endswith(("forward", "scaled"))}


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    made, run = Counter(), calls._run

    def counting(it: object, function: FunctionV, *more: object) -> object:
        made.run.append(function.qualname)
        return run(it, function, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(calls, "_run", counting)
    return made


def origins(analysis: Analysis) -> object:
    """Where all tensors come from, and through which calls."""

    def steps(tensor: Tensor) -> Iterator[object]:
        step = tensor.made_by
        while step is not None:
            layer = step.layer.created if step.layer is not None else None
            yield (step.name, step.span, layer, len(step.inputs))
            step = step.inputs[0].made_by if step.inputs else None

    return [
        (fact.span, fact.kind, one.chain, list(steps(one.value)) if isinstance(one.value, Tensor) else None)
        for fact in analysis.facts
        for one in fact.observations
    ]


def check(editor: Editing, text: str) -> None:
    """The next version shows what a first analysis shows."""
    now, first = editor.show(text), Editing(editor.folder, text).analysis
    assert outcome(now) == outcome(first), text
    assert origins(now) == origins(first), text
    assert now.internal_errors == ()


ALL = {"Net.forward", "Block.forward", "Attention.forward", "scaled"}
LOOP = "for block in self.blocks:\n            x = block(x)"


@pytest.mark.parametrize(
    ("old", "new", "run"),
    [
        ("z = x.mean(1)", "z = x.mean(1) * 2", {"Net.forward"}),
        ("return self.last(z)", "return self.last(z).relu()", {"Net.forward"}),
        ("x = self.first(x)", "x = self.first(x) * 2", {"Net.forward"}),
        ("return x + y", "return x - y", {"Net.forward", "Block.forward"}),
        ("return x * by", "return x * (by + 1)", {"Net.forward", "Block.forward", "scaled"}),
        ("scaled(y, 2)", "scaled(y, 3)", {"Net.forward", "Block.forward", "scaled"}),
        ("mixed = F", "mixed =  F", {"Net.forward", "Block.forward", "Attention.forward", "scaled"}),
        ("nn.Linear(width, 10)", "nn.Linear(width, 11)", ALL),
        ("nn.Conv2d(3, width, 4, 4)", "nn.Conv2d(3, width, 2, 2)", ALL),
        ("z = x.mean(1)", "z = x.mean(1)  # the mean", {"Net.forward"}),
    ],
)
def test_only_what_an_edit_touches_is_called(
    tmp_path: Path, counter: Counter, old: str, new: str, run: set[str]
) -> None:
    editor = Editing(tmp_path, MODEL)
    assert counter.taken() == ALL
    editor.show(MODEL.replace(old, new, 1))
    assert counter.taken() <= run
    check(editor, MODEL.replace(old, new, 1).replace("x.mean(1)", "x.mean( 1)"))
    editor.show(MODEL)
    check(editor, MODEL.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("y = self.norm(x)", "y = self.norm(x); self.calls = 3"),
        ("y = self.norm(x)", "y = self.norm(x); SEEN.append(y)"),
        ("y = self.norm(x)", "y = self.norm(x); y.kind = 3"),
        ("y = self.norm(x)", "y = self.norm(x); x.add_(1)"),
        ("y = self.norm(x)", "y = self.norm(x); self.train()"),
        ("y = self.norm(x)", "y = self.norm(x); y.data = torch.rand(2, 8)"),
        ("y = self.norm(x)", "y = self.norm(x) if x.sum() > 0 else x"),
        ("y = self.norm(x)", "y = self.norm(x) if self.training else x"),
        ("y = self.norm(x)", "y = x[x > 0]"),
        ("y = self.norm(x)", "y = self.norm(x); x = x.view(-1, 8).view(x.shape)"),
        ("return x + y", "return x"),
        ("return x + y", "return (x, [y], {'y': y})[0]"),
        ("return x + y", "return x + y[:, :, :7]"),
        ("return x * by", "return x.matmul(x)"),
        ("return x * by", "raise ValueError(by)"),
        ("return x * by", "try:\n        return x.view(3, 5)\n    except RuntimeError:\n        return x"),
        (LOOP, "x = self.blocks[0](self.blocks[0](x))"),
        (LOOP, "x = sum([block(x) for block in self.blocks])"),
        (LOOP, "x = x.new_zeros(4, 5, 8) if x is None else self.blocks[1](x=x)"),
    ],
)
def test_what_calls_leave_behind(tmp_path: Path, old: str, new: str) -> None:
    editor = Editing(tmp_path, MODEL.replace(old, new, 1))
    for first, second in (
        ("z = x.mean(1)", "z = x.mean(1) * 2"),
        ("x = self.first(x)", "x =  self.first(x) + 1"),
        ("transpose(1, 2)", "transpose(2, 1)"),
        ("y = scaled(y, 2)", "y = scaled(y, 2); SEEN"),
        ("x.mean(1) * 2", "x.mean(1)"),
        ("* 2", "* 3"),
    ):
        check(editor, editor.text.replace(first, second, 1))


@pytest.mark.parametrize("seed", range(6))
def test_any_edits_end_as_a_first_analysis_would(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    editor = Editing(tmp_path, MODEL)
    for _ in range(8):
        lines = editor.text.split("\n")
        at = chance.choice([number for number, line in enumerate(lines) if line.startswith("        ")])
        match chance.randrange(6):
            case 0:
                lines[at] = lines[at].replace("= ", "=  ", 1)
            case 1 | 2:
                lines[at] = re.sub(r"\d+", lambda found: str(int(found[0]) + 1), lines[at])
            case 3:
                lines[at] += "; SEEN"
            case 4:
                lines[at] = lines[at][: len(lines[at]) // 2]
            case _:
                lines[at] = re.sub(r"\((\w+)\)", r"(\1 + 0)", lines[at], count=1)
        before = editor.text
        check(editor, "\n".join(lines))
        if chance.random() < 0.5:
            check(editor, before)
