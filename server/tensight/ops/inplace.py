"""In-place variants: the rule `x_` is the rule `x` whose result must fit into its first argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..values import DType, Kind, Tensor, Value
from .broadcasting import require_shape
from .checks import refuse
from .registry import RULES, OpRule


class InplaceRule(OpRule):
    """The out-of-place rule, then: the result has the shape, dtype and device of the first argument."""

    def __init__(self, name: str, rule: OpRule) -> None:
        super().__init__((name,), rule.function, rule.dtype, rule.open_rank)
        self.base = rule
        self.changes = self.as_first = True
        self.demand = rule.demand

    def _finish(self, result: Tensor, values: list[Any], common: dict[str, Value] | None) -> Tensor:
        target = values[0]
        result = self._settle(result, values, common)
        if type(target) is not Tensor:
            return result
        self._require_special_cast(result.dtype, target.dtype)
        if not target.is_open and not result.is_open:
            require_shape(result.shape, target.shape)
        require_castable(result.dtype, target.dtype)
        self.require_kernel(values)
        data = result.data if result.dtype is target.dtype else None
        return Tensor(
            target.dims, target.dtype, target.device, data, target.parameter, target.unknown, target.entry,
            strides=target.strides,
        )  # fmt: skip

    def _require_special_cast(self, source: DType | None, target: DType | None) -> None:
        special = _SPECIAL_CASTS.get(self.names[0].rsplit(".", 1)[-1])
        if special is None or source is None or target is None or source is target:
            return
        when, text = special
        if when(source, target):
            raise refuse("dtype-mismatch", text.format(source=source.legacy, target=target.legacy))


def require_castable(source: DType | None, target: DType | None) -> None:
    """c10::canCast: a step in place may not leave the category of its target for a higher one."""
    if source is None or target is None or source.kind <= target.kind:
        return
    if target.kind is Kind.BOOL or source.kind > Kind.INT:
        raise refuse(
            "dtype-mismatch",
            f"result type {source.legacy} can't be cast to the desired output type {target.legacy}",
        )


def _rises(source: DType, target: DType) -> bool:
    return source.kind > target.kind


def _is_complex(source: DType, target: DType) -> bool:
    return target.kind is Kind.COMPLEX


#: Steps with a wording of their own: when (by the dtypes of result and target), and the message.
_SPECIAL_CASTS: dict[str, tuple[Callable[[DType, DType], bool], str]] = {
    "abs_": (_is_complex, "In-place abs is not supported for complex tensors."),
    "absolute_": (_is_complex, "In-place abs is not supported for complex tensors."),
    "float_power_": (
        lambda source, target: True,
        "the base given to float_power_ has dtype {target} but the operation's result requires dtype {source}",
    ),
    "ldexp_": (_rises, "ldexp can't be cast to the desired output type {target}"),
    "mvlgamma_": (_rises, "mvlgamma: result type {target} can't be cast to the desired output type {source}"),
}


def inplace(names: str, prefix: str = "torch.Tensor.") -> None:
    """Rows: `prefix + name + "_"` for each word of `names`, from the rule of that name without the underscore."""
    for name in names.split():
        full = f"{prefix}{name}_"
        if full in RULES:
            raise ValueError(f"two rules for {full}")
        RULES[full] = InplaceRule(full, RULES[f"{prefix}{name}"])
