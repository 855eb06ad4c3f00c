"""Operands on two devices: what is refused, PyTorch's FakeTensor refuses too, which propagates devices without having
them. Words: those of the C++ sources, which FakeTensor has for pointwise steps only."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._pytree import tree_flatten, tree_unflatten

import tensight.interp  # noqa: F401  (fills the tables)
from ops import oracle
from ops.convert import to_value
from tensight.ops.errors import NOTES, ShapeError
from tensight.ops.registry import OpRule
from tensight.values import ListV, Tensor

SAMPLES = 2
#: FakeTensor says nothing of these; their C++ sources do (`check_input_same_type_as_parameters`).
TYPES_COMPARED = {f"torch.nn.functional.conv{which}{n}d" for which in ("", "_transpose") for n in (1, 2, 3)}
#: FakeTensor does not come to look at devices, for it cannot say how many elements there are.
DATA_DEPENDENT = "aten.repeat_interleave.Tensor"


def _placed(leaves: list[Any], on_gpu: tuple[bool, ...], make: Callable[[Any, bool], Any]) -> list[Any]:
    chosen = iter(on_gpu)
    return [make(leaf, next(chosen)) if isinstance(leaf, torch.Tensor) else leaf for leaf in leaves]


def _fake(leaf: torch.Tensor, on_gpu: bool) -> torch.Tensor:
    return torch.empty(leaf.shape, dtype=leaf.dtype, device="cuda" if on_gpu else "cpu")


def _ours(leaf: torch.Tensor, on_gpu: bool) -> Any:
    value = to_value(leaf)
    assert isinstance(value, Tensor)
    return replace(value, device="cuda" if on_gpu else "cpu", data=None)


def _refused(rule: OpRule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """Our refusal because of devices."""
    try:
        rule(*map(_listed, args), **{name: _listed(value) for name, value in kwargs.items()})
    except ShapeError as error:
        return error.message if error.code == "device-mismatch" else None
    finally:
        NOTES.clear()
    return None


def _listed(value: Any) -> Any:
    """Lists as the interpreter has them."""
    return ListV(list(map(_listed, value))) if isinstance(value, list) else value


def _cases() -> Iterator[tuple[str, OpRule, Any, list[Any], Any, tuple[bool, ...]]]:
    for info in oracle.infos():
        for name, rule, function in oracle.rules_of(info):
            taken = 0
            dtype = min(info.dtypes or {torch.float32}, key=lambda found: (found is not torch.float32, str(found)))
            for sample in info.sample_inputs("cpu", dtype):
                leaves, spec = tree_flatten((oracle.arguments(info, name, sample), dict(sample.kwargs)))
                count = sum(isinstance(leaf, torch.Tensor) for leaf in leaves)
                empty = any(isinstance(leaf, torch.Tensor) and not leaf.numel() for leaf in leaves)
                if empty or not 2 <= count <= 3:
                    continue
                for on_gpu in itertools.product((False, True), repeat=count):
                    if len(set(on_gpu)) == 2:
                        yield name, rule, function, leaves, spec, on_gpu
                taken += 1
                if taken == SAMPLES:
                    break


def test_what_is_refused_pytorch_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    both = silent = calls = 0
    wrong: list[str] = []
    for name, rule, function, leaves, spec, on_gpu in _cases():
        args, kwargs = tree_unflatten(_values(leaves, on_gpu), spec)
        ours = _refused(rule, args, kwargs)
        with warnings.catch_warnings(), FakeTensorMode(allow_non_fake_inputs=True):
            warnings.simplefilter("ignore")
            args, kwargs = tree_unflatten(_placed(leaves, on_gpu, _fake), spec)
            try:
                function(*args, **kwargs)
                theirs = None
            except Exception as error:
                theirs = str(error)
        calls += 1
        if theirs is not None and ("not linked with support" in theirs or theirs == DATA_DEPENDENT):
            continue
        refused = theirs is not None and "device" in theirs
        if ours is not None and not refused and name not in TYPES_COMPARED:
            shapes = [tuple(leaf.shape) for leaf in leaves if isinstance(leaf, torch.Tensor)]
            wrong.append(f"{name} {on_gpu} {shapes}: {ours}, PyTorch {theirs}")
        both += ours is not None and refused
        silent += refused and ours is None
    with capsys.disabled():
        print(f"\n{calls} calls with operands on two devices: {both} refused, silent about {silent}", end="")
    assert not wrong, "\n".join(wrong[:20])
    assert both > 6 * silent


def _values(leaves: list[Any], on_gpu: tuple[bool, ...]) -> list[Any]:
    chosen = iter(on_gpu)
    return [_ours(leaf, next(chosen)) if isinstance(leaf, torch.Tensor) else to_value(leaf) for leaf in leaves]
