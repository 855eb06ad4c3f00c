"""Pointwise steps, reductions, scans, sorting, creation, conversion, statistics: all of op_db against PyTorch."""

from __future__ import annotations

import pytest
from torch.testing._internal.opinfo.core import OpInfo

from ops.oracle import check_commuting, check_errors, check_samples, full_name, has_errors, infos

MODULES = tuple(
    f"tensight.ops.{name}"
    for name in (
        "activation", "conversion", "creation", "dunders", "fills", "literals", "pointwise", "predicates",
        "properties", "random", "ranges", "reduction", "scan", "sorting", "statistics", "windows",
    )
)  # fmt: skip
INFOS = infos(*MODULES)

#: OpInfo → why some of its samples stay unknown.
UNKNOWN: dict[str, str] = {}
#: Start of a refusal → why the rule does not say it.
EXEMPT = {
    "amax: Expected the dtype for input and out to match": "`out=` is not looked at by this rule",
    "amin: Expected the dtype for input and out to match": "`out=` is not looked at by this rule",
    "aminmax: Expected out tensor to have dtype": "`out=` is not looked at by this rule",
    "arange: step must be nonzero": "the dtype of `out=` makes the step 0",
    "complex: Expected object of scalar type ComplexDouble but got": "`out=` is not looked at by this rule",
    "multinomial: multinomial expects Long tensor out": "`out=` is not looked at by this rule",
    "bernoulli: unsupported operation: more than one element": "tensors do not know which memory they share",
    "kthvalue: unsupported operation: some elements": "tensors do not know which memory they share",
    "cov: cov(): fweights cannot be negative": "values of weights are not looked at",
    "cov: cov(): aweights cannot be negative": "values of weights are not looked at",
    "multinomial: probability tensor contains": "values of probabilities are not looked at",
    "multinomial: invalid multinomial distribution": "values of probabilities are not looked at",
    "gradient: torch.gradient expected each tensor to be on the same device": "spacing tensors on the meta device",
}
WINDOWS = "bartlett blackman cosine exponential gaussian general_cosine general_hamming hamming hann kaiser nuttall"
EXEMPT |= {
    f"signal.windows.{window}: {name} is implemented for strided tensors only": "layouts are not followed"
    for window in WINDOWS.split()
    for name in (window, "general_cosine")
}


@pytest.mark.parametrize("info", INFOS, ids=full_name)
def test_samples_agree_and_symbols_commute(info: OpInfo) -> None:
    check_samples(info, UNKNOWN)
    check_commuting(info)


@pytest.mark.parametrize("info", [info for info in INFOS if has_errors(info)], ids=full_name)
def test_refusals_agree(info: OpInfo) -> None:
    check_errors(info, EXEMPT)
