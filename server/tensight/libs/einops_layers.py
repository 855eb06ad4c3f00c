"""einops.layers.torch: Rearrange, Reduce, EinMix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..dims import Dim
from ..modules.registry import Attributes, layer, parameter
from ..ops.checks import broadcast, refuse
from ..ops.einsum import evaluated
from ..ops.errors import Lift
from ..ops.kinds import Int, OptText, Raw, Tensor, Text
from ..values import DictV, Value
from .einops import fault, transformed
from .einops_pattern import ELLIPSIS, Axis, EinopsFault, NoArrow, Side, read_side, recipe, sides, split_pattern

#: Ranks of the run for which a layer prepares itself.
_RUNS = 8


def _lengths_text(lengths: Mapping[str, Value]) -> str:
    return "".join(f", {name}={value}" for name, value in lengths.items())


def _prepare(pattern: str, operation: str, lengths: Mapping[str, Dim], shown: str) -> None:
    """What the constructor checks: the pattern for each rank that it fits."""
    names = tuple(lengths)
    try:
        left, _ = sides(pattern, operation, names)
        for rank in _ranks(left):
            recipe(pattern, operation, names, rank)
    except EinopsFault as error:
        raise fault(f" Error while preparing {shown}", str(error), pattern=pattern) from None
    except NoArrow as error:
        raise fault(str(error), exception="ValueError", pattern=pattern) from None


def _ranks(left: Side) -> range:
    count = len(left.groups)
    return range(count - 1, count - 1 + _RUNS) if left.run else range(count, count + 1)


def _apply(input: Tensor, pattern: str, operation: str, lengths: Mapping[str, Dim]) -> Tensor:
    if not input.is_open:
        left, _ = sides(pattern, operation, tuple(lengths))
        if input.rank not in _ranks(left):
            raise fault(str(input.rank), exception="KeyError", pattern=pattern, rank=input.rank)
    try:
        return transformed(input, pattern, operation, lengths)
    except EinopsFault as error:
        raise fault(str(error), pattern=pattern) from None


def _lengths_of(self: Any) -> dict[str, Dim]:
    lengths = self.axes_lengths
    if not isinstance(lengths, DictV):
        raise Lift()
    return dict(lengths.items)


@layer("einops.layers.torch.Rearrange", open_rank=True)
class Rearrange:
    """rearrange as a layer."""

    @staticmethod
    def init(pattern: Text, **axes_lengths: Int) -> Attributes:
        lengths: dict[str, Any] = dict(axes_lengths)
        _prepare(pattern, "rearrange", lengths, f"Rearrange({pattern!r}{_lengths_text(lengths)})")
        return {"pattern": pattern, "axes_lengths": DictV(dict(lengths))}

    @staticmethod
    def forward(self: Raw, input: Tensor) -> Tensor:
        return _apply(input, self.pattern, "rearrange", _lengths_of(self))


@layer("einops.layers.torch.Reduce", open_rank=True)
class Reduce:
    """reduce as a layer."""

    @staticmethod
    def init(pattern: Text, reduction: Text, **axes_lengths: Int) -> Attributes:
        lengths: dict[str, Any] = dict(axes_lengths)
        _prepare(pattern, reduction, lengths, f"Reduce({pattern!r}, {reduction!r}{_lengths_text(lengths)})")
        return {"pattern": pattern, "reduction": reduction, "axes_lengths": DictV(dict(lengths))}

    @staticmethod
    def forward(self: Raw, input: Tensor) -> Tensor:
        result = _apply(input, self.pattern, self.reduction, _lengths_of(self))
        if self.reduction in ("any", "all"):
            text = str(("Unknown reduction ", self.reduction))
            raise refuse("invalid-argument", text, "NotImplementedError")
        return result


def _report(axes: frozenset[Axis], message: str) -> None:
    if axes:
        raise EinopsFault(message.format("{" + ", ".join(sorted(repr(axis) for axis in axes)) + "}"))


def _mixed(pattern: str, weight_shape: str, bias_shape: str | None, lengths: Mapping[str, Dim]) -> Attributes:
    """The checks of EinMix, in its order, and its parameters."""
    left_text, right_text = split_pattern(pattern)
    left, right, weight = read_side(left_text), read_side(right_text), read_side(weight_shape)
    given = frozenset(lengths)
    _report(
        right.identifiers - left.identifiers - weight.identifiers,
        "Unrecognized identifiers on the right side of EinMix {}",
    )
    if weight.run:
        raise EinopsFault("Ellipsis is not supported in weight, as its shape should be fully specified")
    if left.run or right.run:
        if not (left.run and right.run):
            raise EinopsFault(f"Ellipsis in EinMix should be on both sides, {pattern}")
        if left.run_enclosed:
            raise EinopsFault(f"Ellipsis on left side can't be in parenthesis, got {pattern}")
    if any(side.numbered for side in (left, right, weight)):
        raise EinopsFault("Anonymous axes (numbers) are not allowed in EinMix")
    if "(" in weight_shape or ")" in weight_shape:
        raise EinopsFault(f"Parenthesis is not allowed in weight shape: {weight_shape}")
    for axis in sorted(map(str, weight.identifiers)):
        if axis not in given:
            raise EinopsFault(f"Dimension {axis} of weight should be specified")
    _report(given - left.identifiers - weight.identifiers, "Axes {} are not used in pattern")
    _report(weight.identifiers - left.identifiers - right.identifiers, "Weight axes {} are redundant")
    bias = None if bias_shape is None else _bias_shape(bias_shape, right, lengths)
    return {
        "weight": parameter(*(lengths[str(axis)] for axis in weight.flat)),
        "bias": None if bias is None else parameter(*bias),
    }


def _bias_shape(text: str, right: Side, lengths: Mapping[str, Dim]) -> list[Dim]:
    bias = read_side(text)
    _report(bias.identifiers - right.identifiers, "Bias axes {} not present in output")
    _report(bias.identifiers - frozenset(lengths), "Sizes not provided for bias axes {}")
    shape: list[Dim] = []
    used = False
    for axis in right.flat:
        if axis == ELLIPSIS:
            if used:
                raise EinopsFault("all bias dimensions should go after ellipsis in the output")
        elif axis in bias.identifiers:
            shape.append(lengths[str(axis)])
            used = True
        else:
            shape.append(1)
    return shape


@layer("einops.layers.torch.EinMix", open_rank=True)
class EinMix:
    """einsum with a weight of its own, and the rearrangements around it."""

    @staticmethod
    def init(pattern: Text, weight_shape: Text, bias_shape: OptText = None, **axes_lengths: Int) -> Attributes:
        lengths: dict[str, Any] = dict(axes_lengths)
        try:
            parameters = _mixed(pattern, weight_shape, bias_shape, lengths)
        except EinopsFault as error:
            raise fault(str(error).splitlines()[0], pattern=pattern) from None
        except NoArrow as error:
            raise fault(str(error), exception="ValueError", pattern=pattern) from None
        return {
            "pattern": pattern, "weight_shape": weight_shape, "bias_shape": bias_shape,
            "axes_lengths": DictV(dict(lengths)), **parameters,
        }  # fmt: skip

    @staticmethod
    def forward(self: Raw, input: Tensor) -> Tensor:
        left_text, right_text = split_pattern(self.pattern)
        left, right, weight = read_side(left_text), read_side(right_text), read_side(self.weight_shape)
        lengths = _lengths_of(self)
        if any(isinstance(group, tuple) and len(group) != 1 for group in left.groups):
            used = {name: size for name, size in lengths.items() if name in left.identifiers}
            input = _apply(input, f"{left_text}-> {_flat(left)}", "rearrange", used)
        names = {axis: chr(ord("a") + i) for i, axis in enumerate(sorted(map(str, _letters(left, right, weight))))}
        names[ELLIPSIS] = "..."
        equation = ",".join("".join(names[str(axis)] for axis in side.flat) for side in (left, weight))
        result = evaluated(f"{equation}->{''.join(names[str(axis)] for axis in right.flat)}", (input, self.weight))
        if isinstance(self.bias, Tensor) and not result.is_open:
            result = result.with_dims(*_biased(result, self.bias))
        if right.run_enclosed or any(isinstance(group, tuple) and len(group) != 1 for group in right.groups):
            result = _apply(result, f"{_flat(right)} ->{right_text}", "rearrange", {})
        return result


def _letters(*sides_: Side) -> set[Axis]:
    return {axis for side in sides_ for axis in side.identifiers} - {ELLIPSIS}


def _flat(side: Side) -> str:
    return " ".join("..." if axis == ELLIPSIS else str(axis) for axis in side.flat)


def _biased(result: Tensor, bias: Tensor) -> tuple[Dim, ...]:
    """`result += bias`."""
    dims = broadcast(result.shape, bias.shape)
    if len(dims) != result.rank:
        raise Lift()
    return dims
