"""Normalization layers. Statistics and affine parameters are attributes; the op rules judge whether they fit."""

from __future__ import annotations

from typing import Any

from ..dims import Dim, divides
from ..ops.checks import check, demand, require_equal
from ..ops.errors import Template
from ..ops.kinds import DTypeArg, Int, Raw, Tensor
from ..ops.normalization import batch_norm, group_norm, instance_norm, layer_norm, rms_norm
from ..ops.spatial import SPATIAL_NAMES
from ..values import INT64, DType, Value
from ..values import Tensor as TensorValue
from .common import held, nn, ntuple, parameter_if, refusable, state, training, truth, uninitialized
from .registry import Attributes, Attrs, buffer


def _statistics(
    num_features: Dim, eps: Value, momentum: Value, affine: Value, track_running_stats: Value, bias: Value,
    dtype: DType | None,
) -> Attributes:  # fmt: skip
    """The attributes of _NormBase."""
    with_bias: Any = bias if truth(affine) else affine
    tracked = truth(track_running_stats)
    mean: Any = parameter_if(track_running_stats, num_features)
    attributes: Attributes = {
        "num_features": num_features,
        "eps": eps,
        "momentum": momentum,
        "affine": affine,
        "track_running_stats": track_running_stats,
        "weight": parameter_if(affine, num_features, dtype=dtype),
        "bias": parameter_if(with_bias, num_features, dtype=dtype),
        "running_mean": buffer(num_features, dtype=dtype) if tracked else mean,
        "running_var": buffer(num_features, dtype=dtype) if tracked else mean,
        "num_batches_tracked": buffer(dtype=INT64) if tracked else mean,
    }
    return attributes


def _lazy_statistics(
    eps: Value, momentum: Value, affine: Value, track_running_stats: Value, bias: Value, dtype: DType | None
) -> Attributes:
    attributes = _statistics(0, eps, momentum, False, False, False, dtype)
    attributes["affine"], attributes["track_running_stats"] = affine, track_running_stats
    if truth(affine):
        attributes["weight"] = uninitialized(dtype)
        attributes["bias"] = uninitialized(dtype) if truth(bias) else None
    if truth(track_running_stats):
        attributes["running_mean"] = attributes["running_var"] = TensorValue(None, uninitialized(dtype).dtype)
        attributes["num_batches_tracked"] = buffer(dtype=INT64)
    return attributes


def _settle_statistics(self: Raw, input: Tensor) -> Attributes:
    refusable(input.rank > 1, "tuple index out of range", "IndexError")
    features = input.shape[1]
    sized = ("weight", "bias", "running_mean", "running_var")
    return {"num_features": features, **dict.fromkeys(sized, (features,))}


def _check_rank(input: Tensor, ranks: tuple[int, ...], shown: str) -> None:
    check(
        input.rank in ranks, "rank-mismatch", f"expected {shown} input (got {input.rank}D input)", "ValueError",
        expected=ranks, got=input.rank,
    )  # fmt: skip


def _batch_norm(self: Attrs, input: Tensor) -> Any:
    mode = training(self)
    mean, var = state(self, "running_mean"), state(self, "running_var")
    if mode is not False and self.get("track_running_stats") is not True:
        mean = var = None
    batch_statistics: Value = mode
    if mode is False:
        batch_statistics = mean is None and var is None
    return batch_norm(input, mean, var, state(self, "weight"), state(self, "bias"), batch_statistics)


# --- batch and instance norm -------------------------------------------------------------------------------------

_BATCH_RANKS = {1: (2, 3), 2: (4,), 3: (5,)}
_BATCH_SHOWN = {1: "2D or 3D", 2: "4D", 3: "5D"}


def _batch_norm_init(
    num_features: Int, eps: Raw = 1e-5, momentum: Raw = 0.1, affine: Raw = True, track_running_stats: Raw = True,
    device: Raw = None, dtype: DTypeArg = None, *, bias: Raw = True,
) -> Attributes:  # fmt: skip
    return _statistics(num_features, eps, momentum, affine, track_running_stats, bias, dtype)


@nn("_NormBase", "batchnorm")
class NormBase:
    init = staticmethod(_batch_norm_init)


@nn("_BatchNorm", "batchnorm", "batchnorm._NormBase", open_rank=True)
class BatchNormBase:
    init = staticmethod(_batch_norm_init)

    @staticmethod
    def forward(self: Raw, input: Tensor) -> Tensor:
        if input.is_open:
            return input.alike()
        return _batch_norm(self, input)  # type: ignore[no-any-return]


def _batch_norm_layer(rank: int) -> None:
    template: Template = None if rank == 1 else ("B", "C", *SPATIAL_NAMES[rank])

    @nn(f"BatchNorm{rank}d", "batchnorm", "batchnorm._BatchNorm", open_rank=True)
    class BatchNorm:
        init = staticmethod(_batch_norm_init)

        @staticmethod
        def forward(self: Raw, input: Tensor) -> Tensor:
            if input.is_open:
                wanted = template and ("B", _channels(self), *template[2:])
                demand(input, wanted)
                return input.alike()
            _check_rank(input, _BATCH_RANKS[rank], _BATCH_SHOWN[rank])
            return _batch_norm(self, input)  # type: ignore[no-any-return]

    @nn(
        f"LazyBatchNorm{rank}d",
        "batchnorm",
        "batchnorm._BatchNorm",
        open_rank=True,
        ordinary=f"torch.nn.BatchNorm{rank}d",
    )
    class LazyBatchNorm:
        @staticmethod
        def init(
            eps: Raw = 1e-5, momentum: Raw = 0.1, affine: Raw = True, track_running_stats: Raw = True,
            device: Raw = None, dtype: DTypeArg = None, *, bias: Raw = True,
        ) -> Attributes:  # fmt: skip
            return _lazy_statistics(eps, momentum, affine, track_running_stats, bias, dtype)

        settle = staticmethod(_settle_statistics)

        @staticmethod
        def forward(self: Raw, input: Tensor) -> Tensor:
            if input.is_open:
                demand(input, template)
            else:
                _check_rank(input, _BATCH_RANKS[rank], _BATCH_SHOWN[rank])
            return input.alike()


def _channels(self: Attrs) -> Any:
    """The number of channels that the statistics or parameters have; a name if any would do."""
    for name in ("running_mean", "weight"):
        value = self.get(name)
        if isinstance(value, TensorValue) and not value.is_open:
            return value.shape[0]
    return "C"


@nn("SyncBatchNorm", "batchnorm", "batchnorm._BatchNorm", open_rank=True)
class SyncBatchNorm:
    @staticmethod
    def init(
        num_features: Int, eps: Raw = 1e-5, momentum: Raw = 0.1, affine: Raw = True, track_running_stats: Raw = True,
        process_group: Raw = None, device: Raw = None, dtype: DTypeArg = None, *, bias: Raw = True,
    ) -> Attributes:  # fmt: skip
        attributes = _statistics(num_features, eps, momentum, affine, track_running_stats, bias, dtype)
        return {**attributes, "process_group": process_group}

    @staticmethod
    def forward(self: Raw, input: Tensor) -> Tensor:
        if input.is_open:
            demand(input, None)
            return input.alike()
        check(input.rank >= 2, "rank-mismatch", f"expected at least 2D input (got {input.rank}D input)", "ValueError")
        return _batch_norm(self, input)  # type: ignore[no-any-return]


def _instance_norm_init(
    num_features: Int, eps: Raw = 1e-5, momentum: Raw = 0.1, affine: Raw = False, track_running_stats: Raw = False,
    device: Raw = None, dtype: DTypeArg = None, *, bias: Raw = True,
) -> Attributes:  # fmt: skip
    return _statistics(num_features, eps, momentum, affine, track_running_stats, bias, dtype)


@nn("_InstanceNorm", "instancenorm", "batchnorm._NormBase")
class InstanceNormBase:
    init = staticmethod(_instance_norm_init)


def _instance_norm_layer(rank: int) -> None:
    shown, ranks = f"{rank + 1}D or {rank + 2}D", (rank + 1, rank + 2)
    template: Template = ("B", "C", *SPATIAL_NAMES[rank])

    @nn(f"InstanceNorm{rank}d", "instancenorm", "instancenorm._InstanceNorm", open_rank=True)
    class InstanceNorm:
        init = staticmethod(_instance_norm_init)

        @staticmethod
        def forward(self: Raw, input: Tensor) -> Tensor:
            if input.is_open:
                demand(input, ("B", _channels(self), *SPATIAL_NAMES[rank]))
                return input.alike()
            _check_rank(input, ranks, shown)
            return _instance_norm(self, input, rank)  # type: ignore[no-any-return]

    @nn(
        f"LazyInstanceNorm{rank}d", "instancenorm", "instancenorm._InstanceNorm", open_rank=True,
        ordinary=f"torch.nn.InstanceNorm{rank}d",
    )  # fmt: skip
    class LazyInstanceNorm:
        @staticmethod
        def init(
            eps: Raw = 1e-5, momentum: Raw = 0.1, affine: Raw = True, track_running_stats: Raw = True,
            device: Raw = None, dtype: DTypeArg = None, *, bias: Raw = True,
        ) -> Attributes:  # fmt: skip
            return _lazy_statistics(eps, momentum, affine, track_running_stats, bias, dtype)

        settle = staticmethod(_settle_statistics)

        @staticmethod
        def forward(self: Raw, input: Tensor) -> Tensor:
            if input.is_open:
                demand(input, template)
            else:
                _check_rank(input, ranks, shown)
            return input.alike()


def _instance_norm(self: Attrs, input: Tensor, rank: int) -> Any:
    place = input.rank - rank - 1
    features, expected = input.shape[place], self.num_features
    if truth(self.get("affine")):
        require_equal(
            features, expected, "channels-mismatch",
            f"expected input's size at dim={place} to match num_features ({expected}), but got: {features}.",
            "ValueError", expected=expected, got=features,
        )  # fmt: skip
    batched = input if input.rank == rank + 2 else input.with_dims(1, *input.shape)
    mode, tracked = training(self), truth(self.get("track_running_stats"))
    use_input: Value = True if mode is True or tracked is False else (False if mode is False and tracked else None)
    mean, var, weight, bias = (state(self, name) for name in ("running_mean", "running_var", "weight", "bias"))
    instance_norm(batched, mean, var, weight, bias, use_input)
    return input.alike()


for _rank in (1, 2, 3):
    _batch_norm_layer(_rank)
    _instance_norm_layer(_rank)


# --- over the last axes, over groups -----------------------------------------------------------------------------


def _normalized(shape: Value) -> Any:
    """`normalized_shape` as a tuple."""
    if isinstance(shape, float):
        refusable(False, "'float' object is not iterable", "TypeError")
    return ntuple(shape, 1)


@nn("LayerNorm", "normalization", open_rank=True)
class LayerNorm:
    @staticmethod
    def init(
        normalized_shape: Raw, eps: Raw = 1e-5, elementwise_affine: Raw = True, bias: Raw = True, device: Raw = None,
        dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        shape = _normalized(normalized_shape)
        return {
            "normalized_shape": shape,
            "eps": eps,
            "elementwise_affine": elementwise_affine,
            "weight": parameter_if(elementwise_affine, *shape, dtype=dtype),
            "bias": parameter_if(bias if truth(elementwise_affine) else elementwise_affine, *shape, dtype=dtype),
        }

    @staticmethod
    def forward(self: Raw, input: Raw) -> Tensor:
        return layer_norm(input, self.normalized_shape, state(self, "weight"), state(self, "bias"))  # type: ignore[no-any-return]


@nn("RMSNorm", "normalization", open_rank=True)
class RMSNorm:
    @staticmethod
    def init(
        normalized_shape: Raw, eps: Raw = None, elementwise_affine: Raw = True, device: Raw = None,
        dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        shape = _normalized(normalized_shape)
        return {
            "normalized_shape": shape,
            "eps": eps,
            "elementwise_affine": elementwise_affine,
            "weight": parameter_if(elementwise_affine, *shape, dtype=dtype),
        }

    @staticmethod
    def forward(self: Raw, input: Raw) -> Tensor:
        return rms_norm(input, self.normalized_shape, state(self, "weight"))  # type: ignore[no-any-return]


@nn("GroupNorm", "normalization", open_rank=True)
class GroupNorm:
    @staticmethod
    def init(
        num_groups: Int, num_channels: Int, eps: Raw = 1e-5, affine: Raw = True, device: Raw = None,
        dtype: DTypeArg = None, *, bias: Raw = True,
    ) -> Attributes:  # fmt: skip
        zero = isinstance(num_groups, int) and num_groups == 0
        refusable(not zero, "integer modulo by zero", "ZeroDivisionError")
        refusable(
            divides(num_groups, num_channels),
            f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})",
            num_channels=num_channels,
            num_groups=num_groups,
        )
        return {
            "num_groups": num_groups,
            "num_channels": num_channels,
            "eps": eps,
            "affine": affine,
            "weight": parameter_if(affine, num_channels, dtype=dtype),
            "bias": parameter_if(bias if truth(affine) else affine, num_channels, dtype=dtype),
        }

    @staticmethod
    def forward(self: Raw, input: Tensor) -> Tensor:
        if input.is_open:
            demand(input, None)
            return input.alike()
        return group_norm(input, self.num_groups, state(self, "weight"), state(self, "bias"))  # type: ignore[no-any-return]


held(
    "LocalResponseNorm", "normalization", "size, alpha=0.0001, beta=0.75, k=1.0", "local_response_norm",
    "size alpha beta k",
)  # fmt: skip


@nn("CrossMapLRN2d", "normalization", open_rank=True)
class CrossMapLRN2d:
    @staticmethod
    def init(size: Raw, alpha: Raw = 1e-4, beta: Raw = 0.75, k: Raw = 1) -> Attributes:
        return {"size": size, "alpha": alpha, "beta": beta, "k": k}

    @staticmethod
    def forward(self: Raw, input: Tensor) -> Tensor:
        return input.alike()
