"""A few random programs of each family: no false alarm, nothing wrong, and PyTorch's words for nearly all refusals.

`python -m fuzz.compare` runs as many as there is time for."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from fuzz.compare import Difference, differences, program
from fuzz.templates import FAMILIES
from ops.oracle import Refusal

PROGRAMS, STATEMENTS = 5, 40
#: Words of refusals that depend on the values of elements, which are not followed.
VALUES = (
    "out of range in self", "out of bounds", "between 0 and 1", "Class values", "p_in >= 0", "multinomial", "_LinAlg",
    "tensor list but got", "factorization", "singular", "ZeroDivisionError", "setStorage", "autograd", "Autograd",
)  # fmt: skip
#: Refusals of a family that are not said, or not in these words, at most.
MAX_SHARE = 0.05


@pytest.mark.parametrize("family", FAMILIES)
def test_random_programs(family: str, capsys: pytest.CaptureFixture[str]) -> None:
    found: list[Difference] = []
    refused = 0
    for seed in range(PROGRAMS):
        made = program(random.Random(f"{family} {seed}"), STATEMENTS, (family,), 0.2)
        refused += sum(isinstance(line.real, Refusal) for line in made.lines)
        found += differences(made, seed)
    wrong = [f"{d.kind} {d.text}: {d.detail}" for d in found if d.kind in ("FALSE", "WRONG", "INTERNAL")]
    assert not wrong, "\n".join(wrong)
    other = [d for d in found if d.kind in ("MISS", "MSG") and not any(text in d.detail for text in VALUES)]
    with capsys.disabled():
        print(f"\n{family}: {refused} refusals, {len(other)} without PyTorch's words", end="")
    assert len(other) <= max(2, MAX_SHARE * refused), Counter(f"{d.text}: {d.detail}" for d in other)
