"""What is promised of PyTorch's whole surface, in figures: how much is answered, by whom, and in whose words."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
import torch

import tensight.interp  # noqa: F401  (fills the tables)
from ops import oracle
from tensight.interp.natives.registry import ALIASES, BASES, NATIVES, PROPERTIES
from tensight.modules.registry import LAYERS
from tensight.ops.registry import RULES

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "ops.md"
#: Called in hundreds of model files, most frequent first.
FREQUENT = (HERE / "frequent.txt").read_text(encoding="utf-8").split()


def _is_native(name: str) -> bool:
    name = ALIASES.get(name, name)
    return any(name in table for table in (RULES, NATIVES, PROPERTIES, LAYERS, BASES))


def test_shares_of_the_functions_that_pytorch_lists() -> None:
    """docs/ops.md is checked to be current elsewhere."""
    shares = [float(share) for share in re.findall(r"\*\*([\d.]+) % \(", PAGE.read_text(encoding="utf-8"))]
    answered, own, by_rule = shares
    assert answered >= 90 and own >= 80 and by_rule >= 60, shares


@pytest.mark.parametrize("name", FREQUENT)
def test_frequent_functions_need_no_pytorch(name: str) -> None:
    assert _is_native(name)


def test_every_layer_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    """Those without a row are interpreted from PyTorch's own source."""
    layers = [
        f"torch.nn.{name}"
        for name, found in vars(torch.nn).items()
        if inspect.isclass(found) and issubclass(found, torch.nn.Module)
    ]
    layers.remove("torch.nn.Container")  # an old name of Module, which warns
    missing = [name for name in layers if not _is_native(name)]
    with capsys.disabled():
        print(f"\nlayers of torch.nn: {len(layers) - len(missing)} of {len(layers)} natively", end="")
    assert not missing


def test_words_of_refusals(capsys: pytest.CaptureFixture[str]) -> None:
    """Of what PyTorch's own samples say eager refuses, in its words: the share, with no other words for the rest."""
    equal = total = 0
    for info in oracle.infos():
        if not oracle.has_errors(info) or info.name == "nn.functional.embedding":
            continue
        for sample in oracle.errors(info):
            for name, rule, function in oracle.rules_of(info):
                args = oracle.arguments(info, name, sample)
                real = oracle.run_real(function, args, sample.kwargs)
                if not isinstance(real, oracle.Refusal) or real.by_parser:
                    continue
                total += 1
                equal += oracle.run_rule(rule, args, sample.kwargs, data=True) == real
    with capsys.disabled():
        print(f"\nrefusals: {equal} of {total} in eager's words ({100 * equal / total:.1f} %)", end="")
    assert equal >= 0.95 * total
