"""Family C (convolutions, pools, norms, losses, attention, resampling) against PyTorch's own samples."""

from __future__ import annotations

import pytest

from ops import oracle

MODULES = tuple(
    f"tensight.ops.{name}"
    for name in (
        "adaptive_pooling", "attention", "blocks", "class_loss", "convolution", "distance", "embedding", "linear",
        "loss", "normalization", "pooling", "recurrent", "resampling", "sequence", "spatial", "unpooling",
    )
)  # fmt: skip
#: Full name of an OpInfo → why some samples may stay unknown.
UNKNOWN = {
    "nn.functional.triplet_margin_with_distance_loss": "the distance is a function of the user",
}
#: "<op>: <start of eager's message>" → why the rule does not say so.
EXEMPT: dict[str, str] = {}
#: The OpInfos of embedding take the weight first: see test_c_calls.
INFOS = tuple(info for info in oracle.infos(*MODULES) if info.name != "nn.functional.embedding")


@pytest.mark.parametrize("info", INFOS, ids=oracle.full_name)
def test_samples_agree_and_symbols_commute(info: oracle.OpInfo) -> None:
    oracle.check_samples(info, UNKNOWN)
    oracle.check_commuting(info)


@pytest.mark.parametrize("info", [info for info in INFOS if oracle.has_errors(info)], ids=oracle.full_name)
def test_refusals_in_eager_words(info: oracle.OpInfo) -> None:
    oracle.check_errors(info, EXEMPT)
