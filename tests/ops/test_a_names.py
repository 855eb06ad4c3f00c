"""Every registered name is real, and its parameters are PyTorch's own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.overrides import get_testing_overrides

from ops.oracle import RULES, resolve
from tensight.ops import ATTRIBUTES
from tensight.ops.registry import OpRule

TORCH_NAMES = sorted(name for name in RULES if name.startswith("torch."))
#: Our spelling → PyTorch's, where that is a keyword of Python or a second name.
SPELLINGS = {"from_": "from"}
#: Rules whose parameters gather overloads under names of ours: the name → why.
GATHERED: dict[str, str] = {
    "torch.Tensor.to": "other: the third overload",
    "torch.max": "other: the third overload",
    "torch.min": "other: the third overload",
    "torch.Tensor.set_": "overloads by position",
    "torch.Tensor.cuda": "device stands in the text only",
    **{f"torch.Tensor.{kind}": "device stands in the text only" for kind in ("ipu", "mtia", "xpu")},
    "torch.sparse.mm": "sparse, dense: names of the function below",
    **{
        f"torch.sparse_{kind}_tensor": "check_invariants stands in the text only"
        for kind in ("bsc", "bsr", "compressed", "coo", "csc", "csr")
    },
    "torch.split_copy": "shares its rule with torch.split",
    "torch.Tensor.numpy": "force stands in the text only",
    "torch.result_type": "tensor1, tensor2 as documented",
    "torch.adaptive_max_pool1d": "shares its rule with the functional form",
    "torch.max_pool1d": "shares its rule with the functional form",
    "torch.max_pool2d": "shares its rule with the functional form",
    "torch.max_pool3d": "shares its rule with the functional form",
    "torch.pinverse": "shares its rule with torch.linalg.pinv",
    "torch.Tensor.pinverse": "shares its rule with torch.linalg.pinv",
    "torch.ormqr": "documented names",
    "torch.Tensor.ormqr": "documented names",
    "torch.triangular_solve": "documented names",
    "torch.Tensor.triangular_solve": "documented names",
    "torch.vdot": "shares its rule with torch.dot",
    "torch.Tensor.vdot": "shares its rule with torch.dot",
    "torch.linalg.lstsq": "documented names",
    "torch.linalg.tensorsolve": "documented names",
}
#: What a rule calls the first operand although PyTorch calls it so only in the method.
FIRST = {"input", "self", "tensor", "a", "A", "x"}


def signatures(name: str) -> set[str] | None:
    """All parameter names that PyTorch documents for a function, over its overloads."""
    function = resolve(name)
    found: set[str] = set()
    try:
        found |= set(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        pass
    override = get_testing_overrides().get(function)
    if override is not None:
        found |= set(inspect.signature(override).parameters)
    base = name.rsplit(".", 1)[-1]
    prefix = {"linalg": "linalg_", "fft": "fft_", "special": "special_"}.get(name.split(".")[1], "")
    for candidate in {f"{prefix}{base}", base, base.removesuffix("_"), f"{base}_"}:
        for schema in torch._C._jit_get_schemas_for_operator(f"aten::{candidate}"):
            found |= {argument.name for argument in schema.arguments}
    if "self" in found:
        found.add("input")
    return found | {name.removesuffix("_") for name in found} or None


@pytest.mark.parametrize("name", TORCH_NAMES)
def test_name_exists(name: str) -> None:
    assert resolve(name) is not None


def parameters_of(rule: OpRule) -> list[str]:
    names = [SPELLINGS.get(name, name) for name in rule.parameters]
    if rule.var_positional is not None:
        names.pop(rule.var_positional)
    return names


def test_parameters_are_those_of_torch() -> None:
    foreign = {}
    for name in TORCH_NAMES:
        rule = RULES[name]
        if not rule.function.__module__.startswith("tensight.ops.") or name in GATHERED or "__" in name:
            continue
        known = signatures(name)
        if known is None:
            continue
        ours = parameters_of(rule)
        extra = [p for i, p in enumerate(ours) if p not in known and not (i == 0 and p in FIRST)]
        if extra:
            foreign[name] = (extra, sorted(known))
    assert not foreign, "\n".join(f"{name}: {what}" for name, what in foreign.items())


def test_attributes_exist() -> None:
    for name in ATTRIBUTES:
        assert hasattr(torch.Tensor, name), name


def test_method_and_in_place_variant_come_with_the_function() -> None:
    """Whoever writes a rule for `torch.x` answers `Tensor.x` and `Tensor.x_` too."""
    missing = []
    for name in TORCH_NAMES:
        parts = name.split(".")
        if len(parts) != 2 or parts[1].startswith("_"):
            continue
        for variant in (parts[1], f"{parts[1]}_"):
            method: Callable[..., Any] | None = getattr(torch.Tensor, variant, None)
            if method is not None and f"torch.Tensor.{variant}" not in RULES and variant not in ATTRIBUTES:
                missing.append(f"torch.Tensor.{variant}")
    assert not missing, " ".join(missing)
