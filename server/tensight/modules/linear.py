"""Linear layers, Identity, Flatten and Unflatten."""

from __future__ import annotations

from ..dims import less
from ..ops.kinds import DTypeArg, Int, Raw, RawArgs, Tensor
from ..ops.linear import bilinear, linear
from ..values import ListV, Value
from ..values import Tensor as TensorValue
from .common import held, nn, parameter_if, refusable, state, truth, uninitialized
from .registry import Attributes, layer, parameter


@nn("Identity", "linear", open_rank=True)
class Identity:
    @staticmethod
    def init(*args: RawArgs, **kwargs: Raw) -> Attributes:
        return {}

    @staticmethod
    def forward(self: Raw, input: Raw) -> Raw:
        return input


def _linear_init(
    in_features: Int, out_features: Int, bias: Raw = True, device: Raw = None, dtype: DTypeArg = None
) -> Attributes:
    return {
        "in_features": in_features,
        "out_features": out_features,
        "weight": parameter(out_features, in_features, dtype=dtype),
        "bias": parameter_if(bias, out_features, dtype=dtype),
    }


def _linear_forward(self: Raw, input: Raw) -> Tensor:
    return linear(input, state(self, "weight"), state(self, "bias"))  # type: ignore[no-any-return]


@nn("Linear", "linear", open_rank=True)
class Linear:
    init = staticmethod(_linear_init)
    forward = staticmethod(_linear_forward)


layer("torch.nn.modules.linear.NonDynamicallyQuantizableLinear", base="torch.nn.Linear", open_rank=True)(
    type("_", (), {"init": staticmethod(_linear_init), "forward": staticmethod(_linear_forward)})
)


@nn("Bilinear", "linear")
class Bilinear:
    @staticmethod
    def init(
        in1_features: Int, in2_features: Int, out_features: Int, bias: Raw = True, device: Raw = None,
        dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        refusable(less(in1_features, 1).negate(), f"in1_features must be > 0, but got (in1_features={in1_features})")
        return {
            "in1_features": in1_features,
            "in2_features": in2_features,
            "out_features": out_features,
            "weight": parameter(out_features, in1_features, in2_features, dtype=dtype),
            "bias": parameter_if(bias, out_features, dtype=dtype),
        }

    @staticmethod
    def forward(self: Raw, input1: Raw, input2: Raw) -> Tensor:
        return bilinear(input1, input2, state(self, "weight"), state(self, "bias"))  # type: ignore[no-any-return]


@nn("LazyLinear", "linear", base="Linear", open_rank=True, ordinary="torch.nn.Linear")
class LazyLinear:
    @staticmethod
    def init(out_features: Int, bias: Raw = True, device: Raw = None, dtype: DTypeArg = None) -> Attributes:
        return {
            "in_features": 0,
            "out_features": out_features,
            "weight": uninitialized(dtype),
            "bias": uninitialized(dtype) if truth(bias) else None,
        }

    @staticmethod
    def settle(self: Raw, input: Tensor) -> Attributes:
        refusable(input.rank > 0, "tuple index out of range", "IndexError")
        features, out = input.shape[-1], self.out_features
        return {"in_features": features, "weight": (out, features), "bias": (out,)}

    @staticmethod
    def forward(self: Raw, input: Tensor) -> Tensor:
        if input.dims is None or not input.dims or input.dims[-1] is ...:
            return TensorValue((..., self.out_features), input.dtype, input.device)
        return input.with_dims(*input.dims[:-1], self.out_features)


held("Flatten", "flatten", "start_dim=1, end_dim=-1", "torch.Tensor.flatten", "start_dim end_dim")


def _unflatten(attributes: Attributes) -> Attributes:
    size: Value = attributes["unflattened_size"]
    if isinstance(size, int | str):
        refusable(False, f"unflattened_size must be a tuple of ints, but found type {type(size).__name__}", "TypeError")
    items = size.items if isinstance(size, ListV) else size
    if isinstance(items, tuple | list):
        for i, item in enumerate(items):
            refusable(
                not isinstance(item, float | str | tuple) and item is not None,
                f"unflattened_size must be tuple of ints, but found element of type {type(item).__name__} at pos {i}",
                "TypeError",
            )
    return attributes


held(
    "Unflatten", "flatten", "dim, unflattened_size", "torch.Tensor.unflatten", "dim unflattened_size",
    prepare=_unflatten,
)  # fmt: skip
