"""Element types inside of torch.autocast: what is said is what PyTorch computes there, for all of op_db on the CPU."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from torch.utils._pytree import tree_leaves

import tensight.interp  # noqa: F401  (fills the tables)
from literate import analysed
from ops import oracle
from ops.convert import dtype_of, to_value
from tensight.interp.autocast import SOME_REGION, Region, cast_arguments
from tensight.ops.errors import NOTES, ShapeError
from tensight.values import DTYPES, Fields, ListV, Tensor

SAMPLES = 3
#: Their samples have another order of arguments than the functions.
WEIGHT_FIRST = ("nn.functional.embedding", "nn.functional.embedding_bag")
REGION = Region("cpu", DTYPES["bfloat16"])


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    items = value.items if isinstance(value, ListV) else value if isinstance(value, tuple | Fields) else ()
    return [tensor for item in items for tensor in _tensors(item)]


def test_element_types_are_those_of_pytorch(capsys: pytest.CaptureFixture[str]) -> None:
    wrong: set[str] = set()
    said = silent = 0
    for info in oracle.infos():
        if torch.float32 not in info.dtypes or info.name in WEIGHT_FIRST:
            continue
        for name, rule, function in oracle.rules_of(info):
            for number, sample in enumerate(info.sample_inputs("cpu", torch.float32)):
                if number == SAMPLES:
                    break
                args = oracle.arguments(info, name, sample)
                with warnings.catch_warnings(), torch.autocast("cpu", dtype=torch.bfloat16):
                    warnings.simplefilter("ignore")
                    try:
                        leaves = tree_leaves(function(*args, **sample.kwargs))
                    except Exception:
                        continue
                given, named = [to_value(a) for a in args], {k: to_value(v) for k, v in sample.kwargs.items()}
                try:
                    ours = _tensors(rule.run(name, *cast_arguments(REGION, rule, name, given, named)))
                except ShapeError as error:
                    wrong.add(f"{name}: refused: {error.message}")
                    continue
                finally:
                    NOTES.clear()
                real = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
                for a, b in zip(ours, real):
                    said += a.dtype is not None
                    silent += a.dtype is None
                    if a.dtype is not None and a.dtype is not dtype_of(b.dtype):
                        wrong.add(f"{name}: {a.dtype}, PyTorch {b.dtype}")
    with capsys.disabled():
        print(f"\nautocast: {said} element types said, {silent} not known", end="")
    assert not wrong, "\n".join(sorted(wrong))


PROGRAM = """\
import torch
import torch.nn as nn
model = nn.Linear(3, 4)
x = torch.zeros(2, 3)
{before}
    y = model(x)
    z = y + 1.0
    s = nn.LSTM(3, 4)(x)[0]
w = model(x)
"""


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        ("with torch.autocast('cpu', dtype=torch.bfloat16):", "bfloat16"),
        ("with torch.autocast('cpu', torch.float16):", "float16"),
        ("with torch.cpu.amp.autocast():", "bfloat16"),
        ("with torch.autocast('cuda'):", "float32"),
        ("with torch.cuda.amp.autocast():", "float32"),
        ("with torch.autocast('cpu', enabled=False):", "float32"),
        ("with torch.autocast('cpu', enabled=bool(torch.rand(1) > 0.5)):", None),
        ("with torch.autocast('cpu'), torch.autocast('cpu', enabled=False):", "float32"),
    ],
)
def test_regions(before: str, inside: str | None) -> None:
    analysis = analysed(PROGRAM.format(before=before))
    assert not analysis.diagnostics
    found = {fact.span.line: fact.value for fact in analysis.facts if fact.kind == "target"}
    names = {line: value.dtype and value.dtype.name for line, value in found.items() if isinstance(value, Tensor)}
    assert (names[6], names[7], names[9]) == (inside, inside, "float32")
    assert names[8] in (inside if inside == "float32" else None, None)


def test_decorated_functions_are_not_known() -> None:
    code = "import torch\n@torch.autocast('cpu')\ndef f(a, b):\n    return a @ b\nx = torch.zeros(2, 2)\n"
    code += "y = f(x, x.half()) @ x.half()\n"
    assert not analysed(code).diagnostics
    assert SOME_REGION.dtype is None
