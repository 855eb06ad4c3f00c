"""Every layer of torch.nn against the real class."""

from __future__ import annotations

import inspect
import warnings
from collections import defaultdict

import pytest
from torch import nn

from modules.layers import Row, check
from modules.rows import ROWS
from tensight.modules.registry import LAYERS

#: What the interpreter itself provides, and wrappers that the analysis treats as transparent.
ELSEWHERE = {
    "Container", "DataParallel", "Module", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential",
}  # fmt: skip
_BY_LAYER: dict[str, list[Row]] = defaultdict(list)
for _row in ROWS:
    _BY_LAYER[_row.layer].append(_row)


@pytest.mark.parametrize("layer", sorted(_BY_LAYER))
def test_layer_agrees_with_the_real_class(layer: str) -> None:
    failures = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for item in _BY_LAYER[layer]:
            try:
                check(item)
            except AssertionError as error:
                failures.append(str(error))
    assert not failures, "\n\n".join(failures)


def test_every_layer_of_torch_has_a_row_and_a_test() -> None:
    real = {name for name, cls in vars(nn).items() if inspect.isclass(cls) and issubclass(cls, nn.Module)}
    table = {name.removeprefix("torch.nn.") for name in LAYERS if name.count(".") == 2}
    assert real - ELSEWHERE == table
    assert table - {"RNNBase", "RNNCellBase"} == set(_BY_LAYER)


def test_constructors_have_the_real_parameters() -> None:
    wrong = []
    for name, rule in LAYERS.items():
        if name.count(".") != 2 or name in ("torch.nn.Identity", "torch.nn.RNN", "torch.nn.LSTM", "torch.nn.GRU"):
            continue
        real = list(inspect.signature(getattr(nn, name.removeprefix("torch.nn."))).parameters)
        if real != ["args", "kwargs"] and rule.init.parameters != real:
            wrong.append(f"{name}: {rule.init.parameters} instead of {real}")
    assert not wrong, "\n".join(wrong)


def test_bases_are_the_real_ones() -> None:
    for name, rule in LAYERS.items():
        if name.count(".") == 2:
            bases = [base.__name__ for base in getattr(nn, name.removeprefix("torch.nn.")).__mro__]
            assert rule.base.rpartition(".")[2] in bases, name
