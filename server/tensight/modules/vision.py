"""Layers that rearrange pixels or channels, and distances: they hold their arguments and call the op rule."""

from __future__ import annotations

from ..values import Value
from .common import held
from .registry import Attributes

held("Fold", "fold", "output_size, kernel_size, dilation=1, padding=0, stride=1", "fold",
     "output_size kernel_size dilation padding stride")  # fmt: skip
held("Unfold", "fold", "kernel_size, dilation=1, padding=0, stride=1", "unfold", "kernel_size dilation padding stride")
held("PixelShuffle", "pixelshuffle", "upscale_factor", "pixel_shuffle", "upscale_factor")
held("PixelUnshuffle", "pixelshuffle", "downscale_factor", "pixel_unshuffle", "downscale_factor")
held("ChannelShuffle", "channelshuffle", "groups", "channel_shuffle", "groups")


def _factor(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(_factor(item) for item in value)
    if isinstance(value, int | float):
        return float(value) if value else None
    return value


def _upsample(name: str) -> dict[str, Value]:
    return {"mode": "bilinear" if name == "UpsamplingBilinear2d" else "nearest", "recompute_scale_factor": None,
            "align_corners": True if name == "UpsamplingBilinear2d" else None}  # fmt: skip


def _prepare(name: str) -> Value:
    def prepare(attributes: Attributes) -> Attributes:
        given = {**_upsample(name), **attributes}
        return {"name": name, **given, "scale_factor": _factor(given["scale_factor"])}

    return prepare


for _name, _spec, _base in (
    (
        "Upsample",
        "size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None",
        "Module",
    ),
    ("UpsamplingNearest2d", "size=None, scale_factor=None", "Upsample"),
    ("UpsamplingBilinear2d", "size=None, scale_factor=None", "Upsample"),
):
    held(
        _name, "upsampling", _spec, "interpolate", "size scale_factor mode align_corners recompute_scale_factor",
        base=_base, prepare=_prepare(_name),
    )  # fmt: skip


def _pairwise(attributes: Attributes) -> Attributes:
    attributes["norm"] = attributes.pop("p")
    return attributes


held(
    "PairwiseDistance", "distance", "p=2.0, eps=0.000001, keepdim=False", "pairwise_distance", "norm eps keepdim",
    inputs="x1, x2", prepare=_pairwise,
)  # fmt: skip
held("CosineSimilarity", "distance", "dim=1, eps=0.00000001", "cosine_similarity", "dim eps", inputs="x1, x2")
