"""Refusals of types: what PyTorch's own parser of arguments says, word for word, for thousands of wrong calls."""

from __future__ import annotations

import copy
import random
import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch

import tensight.interp  # noqa: F401  (fills the tables)
from ops import oracle
from ops.convert import to_value
from tensight.ops import RULES
from tensight.ops.arguments import Signature, _lines, mismatch, signatures
from tensight.ops.wrapped import WRAPPED

NAMES = [name for name in _lines() if name not in WRAPPED and "._C." not in name]
CALLS = 12
#: Arguments that fit a kind.
_GOOD: dict[str, list[Any]] = {
    "Tensor": [torch.ones(2, 3), torch.ones(4, dtype=torch.int64)],
    "Scalar": [1, 2.5, True],
    "double": [0.5, 1],
    "int64_t": [0, 1],
    "SymInt": [0, 1],
    "bool": [True, False],
    "c10::string_view": ["mean"],
    "ScalarType": [torch.float32],
    "IntArrayRef": [(1, 2), [0], ()],
    "SymIntArrayRef": [(1, 2), [2, 3], ()],
    "TensorList": [(torch.ones(2, 3),), [torch.ones(2), torch.ones(2)]],
}
_BAD: list[Any] = [
    2.0, 1.5, 3, "a", None, (2.0, 1), [1, 2.5], (1, None), (), (1, "b"), torch.ones(2, 3), [torch.ones(2), 1.0],
    (torch.ones(2), None), {}, torch.Size((2, 3)), torch.float32, range(3), [[1]], ("x", 1), True, 1j,
]  # fmt: skip
#: Refusals that come after the arguments were parsed, or that are told apart by more than their types.
_LATER = ("can't be cast", "only integer tensors", "expected Tensor as element", "only one element")


def _calls(signature: Signature, choose: random.Random) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    for _ in range(CALLS):
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        by_name = False
        for parameter in signature.parameters:
            by_name = by_name or parameter.keyword or choose.random() < 0.15
            if parameter.optional and (by_name or parameter.name == "out") and choose.random() < 0.8:
                by_name = True
                continue
            wrong = choose.random() < 0.3 or parameter.kind not in _GOOD
            value = choose.choice(_BAD if wrong else _GOOD[parameter.kind])
            if by_name:
                kwargs[parameter.name] = value
            else:
                args.append(value)
        if choose.random() < 0.1:
            args.append(choose.choice(_BAD))
        if args and choose.random() < 0.1:
            args.pop()
        yield args, kwargs


def _refusal(function: Any, args: list[Any], kwargs: dict[str, Any]) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            function(*args, **kwargs)
        except TypeError as error:
            return (str(error).splitlines() or [""])[0]
        except Exception:
            return None
    return None


def _sorted(message: str) -> list[str]:
    """The words of a message: PyTorch names keywords in an order of its own."""
    return sorted(re.findall(r"[^\s,()]+", message))


@pytest.mark.parametrize(
    "prefix", ["torch.Tensor.", "torch.nn.", "torch.linalg.", "torch.fft.", "torch.special.", "torch."]
)
def test_wrong_calls(prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is said is what PyTorch says; it is silent about few of its refusals."""
    others = ("torch.Tensor.", "torch.nn.", "torch.linalg.", "torch.fft.", "torch.special.")
    names = [n for n in NAMES if n.startswith(prefix) and (prefix != "torch." or not n.startswith(others))]
    wrong: list[str] = []
    said = silent = 0
    for name in names:
        choose = random.Random(name)
        method = name.startswith("torch.Tensor.")
        function = oracle.resolve(name)
        for signature in signatures(name):
            if signature.hidden:
                continue
            for args, kwargs in _calls(signature, choose):
                args = [torch.ones(2, 3), *args] if method else args
                ours = mismatch(name, [to_value(a) for a in args], {k: to_value(v) for k, v in kwargs.items()}, {})
                real = _refusal(function, copy.deepcopy(args), copy.deepcopy(kwargs))
                if ours is not None:
                    label = f"{name} {args} {kwargs}: {ours.message!r}, PyTorch {real!r}"
                    wrong += [] if _sorted(ours.message) == _sorted(real or "") else [label]
                    said += 1
                elif real is not None and not any(text in real for text in _LATER):
                    silent += 1
    with capsys.disabled():
        print(f"\n{prefix}: {said} refusals in PyTorch's words, silent about {silent}", end="")
    assert not wrong, "\n".join(wrong[:20])
    assert said > 5 * silent


def test_every_wrapped_function_is_a_rule() -> None:
    assert {name for name in WRAPPED if not name.startswith("torch.nn.") or ".functional." in name} <= set(RULES)
