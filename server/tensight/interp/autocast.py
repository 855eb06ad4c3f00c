"""torch.autocast: which element types an operation gets inside of a region.

What PyTorch registers for the autocast keys is a table here; of operations made of others (recurrent layers, attention)
nothing is said: their floating point operands are of unknown type. So are all where it is not known whether the region
is enabled, or where the tensors lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..modules.registry import Attrs
from ..ops.registry import OpRule
from ..values import DTYPES, DType, Kind, ListV, OneOf, Tensor, Value

#: Computed in the type of the region, on every device.
_LOWER = frozenset(
    f"torch.{name}"
    for name in (
        "addbmm", "addmm", "baddbmm", "bmm", "matmul", "mm", "nn.functional.linear", "nn.functional.conv1d",
        "nn.functional.conv2d", "nn.functional.conv3d", "nn.functional.conv_transpose1d",
        "nn.functional.conv_transpose2d", "nn.functional.conv_transpose3d",
    )
)  # fmt: skip
#: Layers whose forward is one of these.
_LOWER_LAYERS = frozenset(
    f"torch.nn.{name}"
    for name in ("Linear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d")
)
#: Families that no device casts for, except for what stands in `_CAST`.
_PLAIN = frozenset(
    f"tensight.ops.{name}"
    for name in (
        "conversion", "copies", "creation", "diagonal", "dunders", "expand", "fills", "indexing", "literals",
        "meshgrid", "permute", "pointwise", "predicates", "properties", "ranges", "rearrange", "slices", "splitting",
        "squeeze", "strides", "view", "windows",
    )
)  # fmt: skip
_PLAIN_LAYERS = frozenset(f"torch.nn.{name}" for name in ("Dropout", "Flatten", "Identity", "ReLU", "Unflatten"))
#: Operations of plain families that some device casts for.
_CAST = frozenset({
    "__pow__", "__rpow__", "acos", "addcdiv", "addcmul", "arccos", "arcsin", "arctan2", "asin", "atan2", "cosh",
    "cross", "cumprod", "cumsum", "dist", "erfinv", "exp", "expm1", "float_power", "index_copy", "index_put", "lerp",
    "log", "log10", "log1p", "log2", "logsumexp", "polar", "pow", "prod", "reciprocal", "renorm", "rsqrt", "sinh",
    "sum", "tan", "trace", "view_as_complex",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """`device`, `dtype`: None if not known. `certain`: it certainly is enabled."""

    device: str | None
    dtype: DType | None
    certain: bool = True


#: Nothing is known of it.
SOME_REGION = Region(None, None, False)


def cast_arguments(
    region: Region, rule: OpRule, name: str, args: Sequence[Value], kwargs: dict[str, Value]
) -> tuple[Sequence[Value], dict[str, Value]]:
    """The arguments as the operation gets them."""
    plain = rule.function.__module__ in _PLAIN and name.rpartition(".")[2] not in _CAST
    if plain or name in _PLAIN_LAYERS or rule.changes:
        return args, kwargs
    cast = _Cast(region, region.dtype if name in _LOWER_LAYERS or _function(rule) in _LOWER else None)
    return [cast.value(value) for value in args], {key: cast.value(value) for key, value in kwargs.items()}


def _function(rule: OpRule) -> str:
    return next((name for name in rule.names if not name.startswith("torch.Tensor.")), "")


@dataclass(frozen=True, slots=True)
class _Cast:
    region: Region
    #: what operands become; None: nobody knows
    wanted: DType | None

    def value(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            return self._tensor(value)
        if isinstance(value, tuple) and type(value) is tuple:
            return tuple(self.value(item) for item in value)
        if isinstance(value, ListV):
            return ListV([self.value(item) for item in value.items], value.rest)
        if isinstance(value, OneOf):
            return OneOf(tuple(self.value(option) for option in value.options))
        if isinstance(value, Attrs):
            return value.mapped(self.value)
        return value

    def _tensor(self, tensor: Tensor) -> Tensor:
        """float64 and what is no floating point number is left as it is."""
        dtype, region = tensor.dtype, self.region
        if dtype is None or dtype.kind is not Kind.FLOAT or dtype is DTYPES["float64"]:
            return tensor
        here = tensor.device.partition(":")[0] if tensor.device is not None else None
        if here is not None and region.device is not None and here != region.device:
            return tensor
        sure = region.certain and here is not None and region.device is not None
        wanted = self.wanted if sure else None
        return tensor if wanted is dtype else replace(tensor, dtype=wanted, data=None)
