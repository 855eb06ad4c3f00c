"""Every layer of torch.nn on random arguments of its constructor and random inputs, made from the rows of `rows` by
changing sizes, numbers, flags and element types of either: what PyTorch accepts is not refused; attributes,
parameters and results are the real ones; what is refused is refused in PyTorch's words.

A layer that no call reaches fails. `--hypothesis-profile explore` makes ten times as many calls, others each time."""

from __future__ import annotations

import random
import warnings
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from hypothesis import settings
from torch import nn
from torch.utils._pytree import tree_flatten, tree_unflatten

from modules.layers import Attrs, Call, Row, _judged, _run, _settled, abstract_layer, convert, differences, real_layer
from modules.rows import ROWS
from ops.oracle import Refusal, run_real
from ops.random_calls import changed
from tensight.modules.registry import LAYERS
from tensight.ops.errors import NOTES, ShapeError
from tensight.values import Instance

_PROFILE = settings.get_profile(settings.get_current_profile_name())
#: Constructor calls for each layer: 25, or 250 other ones.
CALLS = _PROFILE.max_examples // 4
SEED = 0 if _PROFILE.derandomize else random.randrange(1 << 30)
_ANYTHING = (0, 1, 2, 3, 4, 5, -1, None, 0.5, 2.0, (2, 1), (3,), (1, 2, 3), "foo")
_TWO = "the call is wrong in two ways, and PyTorch looks at the other one first"
#: Start of what went wrong → why it is let be.
LET_BE = {
    "AdaptiveAvgPool": "which of two wrong sizes is named",
    "AvgPool1d(-1": _TWO,
    "BatchNorm2d(3, 'foo'": _TWO,
    "CTCLoss(": _TWO,
    "Conv2d(3, 8, 4, padding='same', padding_mode='replicate')": "a kernel for bools is missed when padding already",
    "ConvTranspose2d(4, 3,": "which library computes it, and fails",
    "CrossEntropyLoss(": _TWO,
    "InstanceNorm2d(3, affine=True) on [(2, 3, 0, 5)]": "of no elements, the result has the type of the parameters",
    "InstanceNorm2d(3, track_running_stats=True)": _TWO,
    "LazyConv1d(": _TWO,
    "LazyConv2d(": _TWO,
    "LazyConvTranspose3d(": "of no elements, the result has the type of the parameters",
    "MarginRankingLoss(": _TWO,
    "MaxUnpool1d(": "what Python says of too long a tuple",
    "MultiLabelSoftMarginLoss(": _TWO,
    "PairwiseDistance(": _TWO,
    "RMSNorm(": _TWO,
    "RReLU(": "the kernel for training has another name",
    "SmoothL1Loss(": _TWO,
    "Transformer(": _TWO,
    "TransformerEncoderLayer(": _TWO,
    "Unfold(": _TWO,
}
_NAMES = sorted(name.removeprefix("torch.nn.") for name in LAYERS if name.count(".") == 2)
#: They are built by their subclasses only.
ABSTRACT = ("RNNBase", "RNNCellBase")


@dataclass
class Figures:
    """What became of all calls."""

    built: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    run: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    constructors: int = 0
    #: refused by both, in the same words
    same: int = 0
    #: refused by PyTorch alone
    silent: list[str] = field(default_factory=list)
    forwards: int = 0
    wrong: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def fault(self, shown: str, text: str) -> None:
        row = next((key for key in LET_BE if shown.startswith(key)), None)
        if row is not None:
            self.used.add(row)
        else:
            self.wrong.append(f"{shown}: {text}")


def other_arguments(choose: random.Random, arguments: Call) -> Call:
    args, kwargs = changed(choose, arguments.args, dict(arguments.kwargs))
    leaves, spec = tree_flatten((args, kwargs))
    plain = [i for i, leaf in enumerate(leaves) if not isinstance(leaf, torch.Tensor | nn.Module)]
    if plain and choose.random() < 0.5:
        leaves[choose.choice(plain)] = choose.choice(_ANYTHING)
    return Call(*tree_unflatten(leaves, spec))


def rows_of(name: str) -> Iterator[Row]:
    choose = random.Random(zlib.crc32(name.encode()) + SEED)
    torch.manual_seed(SEED)
    known = [row for row in ROWS if row.layer == name]
    inputs = [given for row in known for given in row.inputs]
    for _ in range(CALLS):
        row = choose.choice(known)
        given = choose.choice(row.inputs or inputs)
        if choose.random() < 0.5:
            yield Row(name, other_arguments(choose, row.arguments), (given,))
        else:
            yield Row(name, row.arguments, tuple(changed(choose, given, {})[0] for _ in range(2)))


def judge(figures: Figures, item: Row) -> None:
    figures.constructors += 1
    try:
        real, got = real_layer(item), abstract_layer(item)
    except ArithmeticError:
        return  # Python's own, from a constructor of PyTorch
    if isinstance(real, Refusal) or isinstance(got, Refusal):
        refused(figures, str(item), got, real)
        return
    if not isinstance(got, Instance):
        return
    figures.built[item.layer] += 1
    for text in differences(got, real, item.layer):
        if "Unknown(" not in text:
            figures.fault(str(item), text)
    for given in item.inputs:
        figures.forwards += 1
        module = real_layer(item)
        values = tuple(convert(value) for value in given)
        answer = called(item, got, values)
        try:
            truth = run_real(module, given, {})
        except (ArithmeticError, LookupError):
            continue
        sizes = [tuple(v.shape) if isinstance(v, torch.Tensor) else v for v in given]
        shown = f"{item} on {sizes}"
        if isinstance(truth, Refusal) or isinstance(answer, Refusal):
            refused(figures, shown, answer, truth)
            continue
        figures.run[item.layer] += 1
        for text in _judged(answer, truth).wrong:
            figures.fault(shown, text)


def called(item: Row, layer: Instance, values: tuple[Any, ...]) -> Any:
    """The forward, of a lazy layer after its input has settled it."""
    try:
        forward, held = _settled(item, layer.attrs, values[0])
    except ShapeError as error:
        return Refusal(error.exception, error.message)
    finally:
        NOTES.clear()
    return _run(forward, (Attrs({**held, "training": True}), *values))


def refused(figures: Figures, shown: str, got: Any, real: Any) -> None:
    if got == real:
        figures.same += 1
    elif not isinstance(real, Refusal):
        figures.fault(shown, f"FALSE ALARM {got}")
    elif isinstance(got, Refusal):
        figures.fault(shown, f"refused with {got}, torch with {real}")
    elif not real.by_parser:
        figures.silent.append(f"{shown}: {real}")


@pytest.fixture(scope="module")
def figures() -> Figures:
    found = Figures()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in _NAMES:
            if name not in ABSTRACT:
                for item in rows_of(name):
                    judge(found, item)
    return found


def test_layers_agree(figures: Figures, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(
            f"\n{len(figures.built)} layers (seed {SEED}): {figures.constructors} random constructor calls,"
            f" {figures.forwards} forwards, {figures.same} refusals in the same words, {len(figures.silent)} by PyTorch"
            " alone", end="",
        )  # fmt: skip
    assert not figures.wrong, f"{len(figures.wrong)}\n" + "\n".join(figures.wrong[:80])


def test_every_layer_is_built_and_called(figures: Figures) -> None:
    assert set(_NAMES) - set(ABSTRACT) == set(figures.built) == set(figures.run)


def test_most_refusals_are_found(figures: Figures) -> None:
    assert len(figures.silent) < figures.same / 5, "\n".join(figures.silent[:80])


@pytest.mark.skipif(SEED != 0, reason="the rows are those that the calls of every run need")
def test_every_exception_is_needed(figures: Figures) -> None:
    assert figures.used == set(LET_BE)
