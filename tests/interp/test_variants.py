"""Which further variants of a model are run: all where no script shows it, else those that show something new."""

from __future__ import annotations

from pathlib import Path

from tensight.interp.facts import Fact
from tensight.project import Project

MODEL = """\
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, width, depth=1, bias=False):
        super().__init__()
        self.layer = nn.Conv2d(3, width, 1)
        self.bias = nn.Parameter(torch.zeros(width, 1, 1)) if bias else None

    def forward(self, x):
        x = self.layer(x)
        if self.bias is not None:
            x = x + self.bias
        return x


def _net(**kwargs):
    return Net(**kwargs)


def net_8():
    return _net(width=8)


def net_16():
    return _net(width=16)


def net_bias():
    return _net(width=32, bias=True)


def net_64():
    return _net(width=64)


def test():
    net = net_64()
    y = net(torch.randn(1, 3, 8, 8))
    print(y.shape)
"""
HIDDEN, BIAS, SHOWN = (
    next(number for number, line in enumerate(MODEL.splitlines(), 1) if part in line)
    for part in ("self.layer(x)", "x + self.bias", "y = net(")
)


def _facts(folder: Path, script: str | None) -> dict[int, list[Fact]]:
    """The facts of the model's file about names that are bound, by line."""
    model = folder / "net.py"
    model.write_text(MODEL)
    files = [str(model)]
    if script is not None:
        (folder / "run.py").write_text(script)
        files.insert(0, str(folder / "run.py"))
    analysis = Project([str(folder)]).check(files).analyses[-1]
    found: dict[int, list[Fact]] = {}
    for fact in analysis.facts:
        if fact.kind == "target":
            found.setdefault(fact.span.line, []).append(fact)
    return found


def _widths(facts: list[Fact]) -> set[str]:
    return {str(observation.value.shape[1]) for fact in facts for observation in fact.observations}


def test_without_a_script_every_variant_is_a_context(tmp_path: Path) -> None:
    assert _widths(_facts(tmp_path, None)[HIDDEN]) == {"8", "16", "32", "64"}


def test_variants_of_what_the_script_shows(tmp_path: Path) -> None:
    found = _facts(tmp_path, "import torch\nfrom net import net_16\ny = net_16()(torch.randn(2, 3, 8, 8))\n")
    assert _widths(found[HIDDEN]) == {"16"}, "what the program shows wins"
    assert BIAS not in found, "the first variant showed nothing new: the others of its family are not run"
    assert _widths(found[SHOWN]) == {"64"}, "a function that calls what it makes is no variant"


def test_variants_go_on_where_the_script_is_in_the_dark(tmp_path: Path) -> None:
    script = "import torch\nfrom net import net_16\nfrom nowhere import data\ny = net_16()(torch.randn(2, 3, 8, 8))\n"
    script += "z = net_16()(data())\n"
    assert _widths(_facts(tmp_path, script)[BIAS]) == {"32"}
