"""Every rule of the table on random arguments beyond PyTorch's samples (see `random_calls`): what PyTorch accepts is
not refused and has the answer's shape and dtype; what is refused is refused in PyTorch's words; and the rule commutes
with putting numbers for symbols.

Every row of `ops/refused_kinds.py` is what PyTorch says of calls that it accepts with other elements.

A rule that no call reaches fails, unless it stands in `UNREACHED` with a reason. `--hypothesis-profile explore` draws
ten times as many calls, other ones each time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy
import pytest
import torch
from hypothesis import settings
from torch.nn.utils.rnn import PackedSequence
from torch.utils._pytree import tree_flatten, tree_map

import tensight.interp  # noqa: F401  (fills the tables)
from ops import oracle
from ops.convert import Comparison, to_value
from ops.random_calls import Call, Seeds, calls
from tensight.ops.refused_kinds import CHECKS, KERNELS
from tensight.ops.registry import RULES
from tensight.values import Unknown

_PROFILE = settings.get_profile(settings.get_current_profile_name())
#: Calls for each name: 12, or 125 other ones.
CALLS = _PROFILE.max_examples // 8
SEED = 0 if _PROFILE.derandomize else random.randrange(1 << 30)
_LEGACY = ("BFloat16", "Bool", "Byte", "Char", "Double", "Float", "Half", "Int", "Long", "Short")
#: Name → why no random call is made, or none is answered.
UNREACHED = {
    "torch._C._infer_size": "takes a torch.Size only: see the test of distributions",
    "torch.Tensor.cuda": "no GPU",
    "torch.Tensor.ipu": "no such device",
    "torch.Tensor.mtia": "no such device",
    "torch.Tensor.pin_memory": "no GPU",
    "torch.Tensor.xpu": "no such device",
    **{f"torch.cuda.{name}Tensor": "no GPU" for name in _LEGACY},
    "torch.Tensor.register_hook": "the handle is the interpreter's to make",
    "torch.Tensor.register_post_accumulate_grad_hook": "the handle is the interpreter's to make",
}
#: Start of a call → why another answer than PyTorch's is none, or is let be.
ANSWERS = {
    "torch.addmv(": "`input` is not expanded over no rows",
}
_TWO = "the call is wrong in two ways, and PyTorch looks at the other one first"
_LAYOUT = "which of the operands are sparse is not followed"
#: Start of a call → why a refusal has other words than PyTorch's.
WORDS = {
    "torch.Tensor.hypot_(": _TWO,
    "torch.Tensor.resize(": "a tuple is printed as one, which autograd's function in Python does not mean to",
    "torch.addmv(": _TWO,
    "torch.batch_norm(": _TWO,
    "torch.conv3d(": _TWO,
    "torch.ctc_loss(": _TWO,
    "torch.cumulative_trapezoid(": _TWO,
    "torch.fft.hfftn(": _TWO,
    "torch.functional.stft(": _TWO,
    "torch.grid_sampler_2d(": "the kernels below `grid_sampler` are told apart by none of its checks",
    "torch.grid_sampler_3d(": "the kernels below `grid_sampler` are told apart by none of its checks",
    "torch.Tensor.index_put(": "values without their leading axes of one",
    "torch.index_put(": "how many elements a mask chooses",
    "torch.instance_norm(": _TWO,
    "torch.linalg.lu_solve(": _TWO,
    "torch.linalg.tensorsolve(": _TWO,
    "torch.lu_solve(": _TWO,
    "torch.meshgrid(": "the message prints the tensor",
    "torch.nn.functional.binary_cross_entropy_with_logits(": _TWO,
    "torch.nn.functional.conv3d(": _TWO,
    "torch.nn.functional.ctc_loss(": _TWO,
    "torch.nn.functional.embedding_bag(": _TWO,
    "torch.nn.functional.fractional_max_pool2d_with_indices(": _TWO,
    "torch.nn.functional.instance_norm(": _TWO,
    "torch.nn.functional.linear_cross_entropy(": _TWO,
    "torch.nn.functional.rrelu": "the kernel for training has another name",
    "torch.nn.functional.smooth_l1_loss(": _TWO,
    "torch.nn.functional.softmin(": _TWO,
    "torch.nn.utils.rnn.pack_padded_sequence(": _TWO,
    "torch.nn.utils.rnn.pack_sequence(": _TWO,
    "torch.orgqr(": _TWO,
    "torch.repeat_interleave(": "a negative axis is named as it was written",
    "torch.searchsorted(": _TWO,
    "torch.rrelu": "the kernel for training has another name",
    "torch.sparse.": _LAYOUT,
}
#: With symbols it is taken that there are as many parts as were asked for.
PARTS = ("torch.chunk(", "torch.Tensor.chunk(", "torch.unsafe_chunk(", "torch.Tensor.unsafe_chunk(")


@dataclass
class Figures:
    """What became of all calls."""

    rules: int = 0
    calls: int = 0
    accepted: int = 0
    #: refused by both, in the same words
    same: int = 0
    #: refused by PyTorch alone, some for the elements only
    silent: int = 0
    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def fault(self, shown: str, text: str, table: dict[str, str]) -> None:
        row = next((key for key in table if shown.startswith(key)), None)
        if row is not None:
            self.used.add(row)
        elif not (shown.startswith(PARTS) and "with symbols" in text):
            self.wrong.append(f"{shown}: {text}")


def names_of_rules() -> list[str]:
    """The names that PyTorch has, too."""
    return sorted(name for name in RULES if name.startswith("torch.") and _exists(name))


def _exists(name: str) -> bool:
    try:
        return callable(oracle.resolve(name))
    except AttributeError:
        return False


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return Seeds()


@pytest.fixture(scope="module")
def figures(seeds: Seeds) -> Figures:
    found = Figures()
    for name in names_of_rules():
        found.rules += 1
        before = found.accepted
        for args, kwargs in calls(name, seeds, CALLS, SEED):
            found.calls += 1
            judge(found, name, args, kwargs)
        found.missing += [name] * (found.accepted == before)
    return found


def judge(figures: Figures, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """One call: by the rule without and with known elements, by PyTorch, and with symbols."""
    rule = RULES[name]
    given = [*map(oracle.short, args), *(f"{key}={oracle.short(value)}" for key, value in kwargs.items())]
    shown = f"{name}({', '.join(given)})"
    values: Call = tuple(map(to_value, args)), {key: to_value(value) for key, value in kwargs.items()}
    got = oracle.run_rule(rule, args, kwargs)
    known = got if isinstance(got, oracle.Refusal) else oracle.run_rule(rule, args, kwargs, data=True)
    try:
        real = oracle.run_real(oracle.resolve(name), args, kwargs)
    except (ArithmeticError, LookupError, MemoryError):
        return  # Python's own errors, from code of PyTorch written in Python
    if isinstance(real, oracle.Refusal):
        if isinstance(known, oracle.Refusal) and known != real and not real.by_parser:
            figures.fault(shown, f"refused with {known}, torch with {real}", WORDS)
        figures.same += known == real
        figures.silent += not isinstance(known, oracle.Refusal) and not real.by_parser
        return
    if isinstance(known, oracle.Refusal):
        figures.fault(shown, f"FALSE ALARM {known}", ANSWERS)
        return
    figures.accepted += not isinstance(known, Unknown)
    if not _plain(real):
        return
    comparison = Comparison()
    comparison.compare(got, real)
    comparison.compare(known, real)
    for fault in comparison.wrong:
        figures.fault(shown, fault, ANSWERS)
    for fault in oracle.commuting(rule, *values):
        figures.fault(shown, f"with symbols: {fault}", ANSWERS)


def _plain(real: Any) -> bool:
    """Whether answers can be compared: strided tensors, numbers, and tuples and lists of them."""
    leaves = tree_flatten(real)[0]
    tensors = (leaf for leaf in leaves if isinstance(leaf, torch.Tensor))
    fine = not isinstance(real, PackedSequence) and not any(isinstance(leaf, numpy.ndarray) for leaf in leaves)
    return fine and all(tensor.layout is torch.strided and not tensor.is_nested for tensor in tensors)


def test_answers_and_refusals_agree(figures: Figures, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(
            f"\n{figures.rules} names of rules, {figures.calls} random calls (seed {SEED}): {figures.accepted} accepted"
            f" and answered, {figures.same} refused in the same words, {figures.silent} refused by PyTorch alone",
            end="",
        )
    assert not figures.wrong, f"{len(figures.wrong)}\n" + "\n".join(figures.wrong[:60])


def test_every_rule_is_reached(figures: Figures) -> None:
    assert set(figures.missing) == set(UNREACHED)


def test_most_refusals_are_found(figures: Figures) -> None:
    assert figures.silent < figures.same / 5


@pytest.mark.skipif(SEED != 0, reason="the rows are those that the calls of every run need")
def test_every_exception_is_needed(figures: Figures) -> None:
    assert figures.used == set(ANSWERS) | set(WORDS)


# ---- what kernels refuse

KINDS = {"b": torch.bool, "i": torch.int64, "f": torch.float32, "c": torch.complex64}
#: Calls of each name that a row stands for.
ROW_CALLS = 4
#: (start of the message, category, operation)
ROWS = [
    *((f'"{kernel}" not implemented', letter, name) for kernel, kinds, names in KERNELS
      for name in names.split() for letter in kinds),
    *((message.partition("{}")[0], letter, name) for message, _, kinds, names in CHECKS
      for name in names.split() for letter in kinds),
]  # fmt: skip


def cast(call: Call, dtype: torch.dtype, integers: bool) -> Call:
    """The call with its tensors in that type; `integers`: those of whole numbers as well."""

    def one(value: Any) -> Any:
        if not isinstance(value, torch.Tensor):
            return value
        value = value.detach()
        return value.to(dtype) if integers or value.dtype.is_floating_point or value.dtype.is_complex else value

    return tree_map(one, call[0]), tree_map(one, call[1])


def answers(name: str, letter: str, seeds: Seeds) -> Iterator[tuple[str, Any, Any]]:
    """(call, what the rule says, what PyTorch says)"""
    for full in (f"torch.{name}", f"torch.Tensor.{name}", f"torch.nn.functional.{name}"):
        try:
            function = oracle.resolve(full)
        except AttributeError:
            continue
        for call in (seeds.of(full) or [])[:ROW_CALLS] if full in RULES else ():
            for integers in (True, False):
                args, kwargs = cast(call, KINDS[letter], integers)
                real = oracle.run_real(function, args, kwargs)
                yield f"{full}({args}, {kwargs})", oracle.run_rule(RULES[full], args, kwargs), real


def test_every_row_is_what_pytorch_says(seeds: Seeds) -> None:
    wrong, unseen = [], []
    for start, letter, name in ROWS:
        seen = False
        for call, got, real in answers(name, letter, seeds):
            if isinstance(got, oracle.Refusal):
                seen = seen or (got == real and got.message.startswith(start))
                if not isinstance(real, oracle.Refusal):
                    wrong.append(f"FALSE ALARM {call}: {got}")
        if not seen:
            unseen.append((start, letter, name))
    assert not wrong, "\n".join(wrong[:20])
    assert not unseen
