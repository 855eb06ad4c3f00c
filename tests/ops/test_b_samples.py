"""Family B (views, joining, indexing, products, transforms) against PyTorch's own samples."""

from __future__ import annotations

import pytest

from ops import oracle

MODULES = tuple(
    f"tensight.ops.{name}"
    for name in (
        "view", "squeeze", "permute", "expand", "joining", "splitting", "indexing", "gather", "scatter", "padding",
        "matmul", "products", "einsum", "linalg", "decompositions", "linalg_norms", "linear_systems", "fft", "spectral",
        "diagonal", "rearrange", "meshgrid", "masks", "parts",
    )
)  # fmt: skip
#: Full name of an OpInfo → why some samples may stay unknown.
UNKNOWN: dict[str, str] = {
    "linalg.lstsq": "gelsd and gelss give residuals for full rank only, which depends on the values",
    "tensor_split": "a tensor of positions has no known values",
}
OVERLAP = "whether `out` shares memory with an input is not followed"
#: "<op>: <start of eager's message>" → why the rule does not say so.
EXEMPT: dict[str, str] = {
    **{f"{op}: unsupported operation": OVERLAP for op in ("cat", "gather", "index_select", "masked_select", "take")},
    "cat: expected Tensor as element": "an argument that is no tensor has no overload: unknown",
    "gather: Expected out tensor to have dtype": "the dtype of `out` is not checked by the rule",
    "masked_fill: value cannot be converted": "the range of a filled-in value is not checked",
}
#: OpInfos that do not call the operation as users do: operands first (see test_b_einsum), results combined, views
#: into a storage that a copy does not have (as_strided has an OpInfo of its own).
WRAPPED = ("einsum", "linalg.lstsq.grad_oriented", "linalg.pinv.singular", "as_strided.partial_views")
INFOS = tuple(info for info in oracle.infos(*MODULES) if oracle.full_name(info) not in WRAPPED)


@pytest.mark.parametrize("info", INFOS, ids=oracle.full_name)
def test_samples_agree_and_symbols_commute(info: oracle.OpInfo) -> None:
    oracle.check_samples(info, UNKNOWN)
    oracle.check_commuting(info)


@pytest.mark.parametrize("info", [info for info in INFOS if oracle.has_errors(info)], ids=oracle.full_name)
def test_refusals_in_eager_words(info: oracle.OpInfo) -> None:
    oracle.check_errors(info, EXEMPT)
