"""Writes docs/ops.md: every function of PyTorch that can be overridden, and how Tensight answers it.

`--check` says whether the page is current. Needs PyTorch, which lists its functions itself (`torch.overrides`)."""

from __future__ import annotations

import importlib
import inspect
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch.overrides import get_overridable_functions, resolve_name

import tensight.interp  # noqa: F401  (fills the tables)
from tensight.interp import torch_source
from tensight.interp.natives.registry import ALIASES, NATIVES, PROPERTIES
from tensight.modules.registry import LAYERS
from tensight.ops import ATTRIBUTES, RULES
from tensight.values import COMPLEX64, Tensor, Unknown
from tensight.worker import main as worker

PAGE = Path(__file__).with_name("ops.md")
#: How a function is answered, in the order in which the interpreter looks.
KINDS = {
    "rule": "a rule of its own in `server/tensight/ops`",
    "row": "a row of a table of rules of equal form there",
    "attribute": "an attribute of tensors, answered by a function of `server/tensight`",
    "native": "part of the interpreter (`server/tensight/interp/natives`): it does what a rule cannot see",
    "source": "the Python source of the installed PyTorch, interpreted",
    "worker": "the installed PyTorch on the meta device, if there is one",
    "none": "not answered: the result is unknown",
}
#: An attribute that says nothing of this one is not counted as answered.
SAMPLE = Tensor((2, 3), COMPLEX64, "cpu")
OWN = ("rule", "row", "attribute", "native")
"""The kinds that need no PyTorch."""


def entries() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each function that PyTorch lists, as often as it lists it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for functions in get_overridable_functions().values():
            for function in functions:
                name = resolve_name(function)
                assert name is not None, function
                yield name, function


def spellings(name: str) -> Iterator[str]:
    """The names under which a user calls the function: `torch.functional.norm` is `torch.norm`."""
    yield name
    if name.startswith("torch.functional."):
        yield "torch." + name.removeprefix("torch.functional.")


def kind_of(name: str, allowed: dict[str, Any]) -> str:
    """How the interpreter comes to an answer."""
    found = {kind for spelling in spellings(name) if (kind := _native_kind(spelling)) is not None}
    for kind in OWN:
        if kind in found:
            return kind
    if name.endswith(".__get__"):
        return "none"
    if _from_source(name):
        return "source"
    return "worker" if name in allowed and answerable(name, allowed[name]) else "none"


def _native_kind(name: str) -> str | None:
    if name.endswith(".__get__"):
        owner, _, attribute = name.removesuffix(".__get__").rpartition(".")
        answer = ATTRIBUTES.get(attribute)
        if answer is not None:
            return None if isinstance(answer(SAMPLE), Unknown) else "attribute"
        return "attribute" if f"{owner}.{attribute}" in PROPERTIES else None
    name = ALIASES.get(name, name)
    rule = RULES.get(name)
    if rule is not None:
        return "rule" if _is_own(rule.function) else "row"
    if name in NATIVES or name in PROPERTIES:
        return "native"
    if name in LAYERS:
        return "row"
    return None


def _is_own(function: Callable[..., Any]) -> bool:
    """Whether a rule was written for its few names: a function at the top of its module, not made by a table."""
    by_table = "<locals>" in function.__qualname__ or hasattr(function, "__wrapped__")
    return not by_table and len(_names().get(function, ())) <= MANY


#: More names than this make a rule a row: in place, as a method, and under an alias it is still one of its own.
MANY = 8
_NAMES: dict[Any, list[str]] = {}


def _names() -> dict[Any, list[str]]:
    if not _NAMES:
        for name, rule in RULES.items():
            _NAMES.setdefault(rule.function, []).append(name)
    return _NAMES


def _from_source(name: str) -> bool:
    """Whether the interpreter would read the function's own Python source."""
    module, _, short = name.rpartition(".")
    if not module.startswith(torch_source.READ):
        return False
    try:
        found = getattr(importlib.import_module(module), short)
    except (ImportError, AttributeError):
        return False
    return inspect.isfunction(found) and found.__module__ == module


def t(*shape: int, dtype: str = "float32") -> dict[str, Any]:
    """A tensor, as the worker is told of one."""
    return {"tensor": [list(shape), dtype]}


_X, _I = t(2, 3), t(2, dtype="int64")
_SEQUENCE, _CELL = t(5, 2, 4), [t(2, 4), t(2, 3)]
#: Name without its module → arguments for which the worker is asked (a last dict that is none of its words: keywords).
#: What it does not answer is not counted; what is missing here needs elements, another layout or other hardware.
EXAMPLES: dict[str, list[Any]] = {
    "affine_grid_generator": [t(2, 2, 3), [2, 3, 4, 5], True],
    "as_strided_scatter": [t(3, 3), t(2, 2), [2, 2], [1, 2]],
    "batch_norm_backward_elemt": [t(2, 3), t(2, 3), t(3), t(3), t(3), t(3), t(3), t(1, dtype="int32")],
    "batch_norm_backward_reduce": [t(2, 3), t(2, 3), t(3), t(3), t(3), True, True, True],
    "batch_norm_elemt": [t(2, 3), t(3), t(3), t(3), t(3), 1e-5],
    "batch_norm_gather_stats": [t(2, 3), t(1, 3), t(1, 3), t(3), t(3), 0.1, 1e-5, 2],
    "batch_norm_gather_stats_with_counts": [t(2, 3), t(1, 3), t(1, 3), t(3), t(3), 0.1, 1e-5, t(1)],
    "batch_norm_stats": [t(2, 3), 1e-5],
    "batch_norm_update_stats": [t(2, 3), t(3), t(3), 0.1],
    "binary_cross_entropy_with_logits": [_X, _X],
    "choose_qparams_optimized": [t(6), 6, 200, 0.16, 8],
    "cosine_embedding_loss": [_X, _X, t(2)],
    "dequantize": [_X],
    "embedding_bag": [t(10, 3), t(6, dtype="int64"), _I],
    "fake_quantize_per_channel_affine": [_X, t(2), t(2, dtype="int32"), 0, 0, 255],
    "fake_quantize_per_tensor_affine": [_X, 0.1, 0, 0, 255],
    "gru": [_SEQUENCE, t(1, 2, 3), [t(9, 4), t(9, 3), t(9), t(9)], True, 1, 0.0, False, False, False],
    "gru_cell": [*_CELL, t(9, 4), t(9, 3)],
    "hinge_embedding_loss": [_X, _X],
    "histogramdd": [_X, [2, 2, 2]],
    "lobpcg": [t(9, 9), 2],
    "lstm": [
        _SEQUENCE, [t(1, 2, 3), t(1, 2, 3)], [t(12, 4), t(12, 3), t(12), t(12)], True, 1, 0.0, False, False, False,
    ],
    "lstm_cell": [t(2, 4), [t(2, 3), t(2, 3)], t(12, 4), t(12, 3)],
    "native_dropout": [_X, 0.5, True],
    "native_norm": [_X],
    "nonzero_static": [_X, {"size": 7}],
    "norm_except_dim": [_X, 2, 0],
    "nuclear_norm": [_X],
    "pca_lowrank": [t(8, 9), 4],
    "poisson_nll_loss": [_X, _X, True, False, 1e-8, 1],
    "quantize_per_channel": [_X, t(2), t(2, dtype="int64"), 0, {"dtype": "quint8"}],
    "quantize_per_tensor": [_X, 0.1, 0, {"dtype": "quint8"}],
    "quantize_per_tensor_dynamic": [_X, {"dtype": "quint8"}, False],
    "rnn_relu": [_SEQUENCE, t(1, 2, 3), [t(3, 4), t(3, 3), t(3), t(3)], True, 1, 0.0, False, False, False],
    "rnn_relu_cell": [*_CELL, t(3, 4), t(3, 3)],
    "rnn_tanh": [_SEQUENCE, t(1, 2, 3), [t(3, 4), t(3, 3), t(3), t(3)], True, 1, 0.0, False, False, False],
    "rnn_tanh_cell": [*_CELL, t(3, 4), t(3, 3)],
    "select_copy": [_X, 0, 0],
    "slice_copy": [_X, 0, 0, 1],
    "slice_inverse": [_X, t(9, 3), 0, 2, 4],
    "slice_scatter": [_X, t(1, 3), 0, 0, 1],
    "smm": [_X, t(3, 4)],
    "spmm": [_X, t(3, 4)],
    "sspaddmm": [t(2, 4), _X, t(3, 4)],
    "svd_lowrank": [t(8, 9), 4],
}  # fmt: skip


#: Why a function is not answered → its short names, or how they begin (`…`).
REASONS = {
    "compressed and sparse layouts are not followed": """_coalesced_ _dimI _dimV _indices _nnz _values _to_dense
        _sparse_mask_projection ccol_indices ccol_indices_copy col_indices col_indices_copy crow_indices
        crow_indices_copy hspmm indices indices_copy is_sparse is_sparse_csr layout resize_as_sparse_ row_indices
        row_indices_copy smm sparse_mask sparse_resize_ sparse_resize_and_clear_ sspaddmm values values_copy
        _clear_non_serializable_cached_data""",
    "nested tensors are not followed": "_nested_tensor_… is_nested",
    "a quantized tensor's scales and kernels are not followed": """choose_qparams_optimized fake_quantize_… fbgemm_…
        fused_moving_avg_obs_fake_quant int_repr is_quantized q_… qscheme quantize_… quantized_…""",
    "autograd's graph depends on what ran before": """_backward_hooks _base _grad _grad_fn _is_view
        _post_accumulate_grad_hooks grad_dtype grad_fn is_leaf""",
    "memory, storage and other libraries' protocols have no shape": """__array_wrap__ __cuda_array_interface__
        __dlpack__ __dlpack_device__ __reduce_ex__ _cdata dim_order is_mkldnn module_load name storage_type""",
    "bool(x) belongs to Python's tests: `ops.conversion.require_one_element`": "__bool__ __nonzero__",
    "hardware that is not there to compare with": """miopen_… batch_norm_backward_elemt
        batch_norm_backward_reduce batch_norm_elemt batch_norm_gather_stats batch_norm_gather_stats_with_counts
        batch_norm_stats batch_norm_update_stats""",
    "PyTorch's own implementation detail, which no program calls": """_autocast_to_full_precision
        _autocast_to_reduced_precision native_norm""",
    "a list in a named tuple, rare": "histogramdd",
    "a Python function for each element": "map2_",
    "PyTorch lists it under a name that it does not have": "_sym_int autocast index resize_as",
}
_REASON_OF = {name: reason for reason, names in REASONS.items() for name in names.split()}


def reason_of(name: str) -> str:
    """Why a function is not answered; KeyError for one that nobody gave a reason for."""
    short = name.removesuffix(".__get__").rpartition(".")[2]
    begun = next((word for word in _REASON_OF if word.endswith("…") and short.startswith(word[:-1])), short)
    return _REASON_OF[short if short in _REASON_OF else begun]


def answerable(name: str, function: Callable[..., Any]) -> bool:
    """Whether the worker answers the example of a function."""
    example = EXAMPLES.get(name.rpartition(".")[2])
    if example is None:
        return False
    keywords = example[-1] if isinstance(example[-1], dict) and not example[-1].keys() & {"tensor", "dtype"} else None
    point = {"args": example if keywords is None else example[:-1], "kwargs": keywords or {}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return "value" in worker.answer(torch, function, point)


def page() -> str:
    """The text of docs/ops.md."""
    allowed = worker.allowed_names(torch)
    listed = sorted((name, kind_of(name, allowed)) for name, _ in entries())
    total = len(listed)
    counts = Counter(kind for _, kind in listed)
    own = sum(counts[kind] for kind in OWN)
    version = str(torch.__version__).partition("+")[0]
    lines = [
        "# What is answered of PyTorch",
        "",
        "Generated by `npm run docs` (docs/generate_ops.py): do not edit.",
        "",
        f"PyTorch {version} lists {total:,} functions that can be overridden (`torch.overrides`; some of them twice).",
        f"**{share(total - counts['none'], total)}** are answered, **{share(own, total)}** by Tensight itself,",
        f"**{share(counts['rule'] + counts['row'], total)}** by an op rule.",
        "",
        "| how | functions | what that means |",
        "| --- | ---: | --- |",
        *(f"| {kind} | {counts[kind]:,} | {text} |" for kind, text in KINDS.items()),
        "",
    ]
    lines += ["## Not answered, and why", "", "| why | functions |", "| --- | --- |"]
    reasons: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for name, kind in listed if kind == "none"):
        reasons.setdefault(reason_of(name), []).append(name.removeprefix("torch.").removesuffix(".__get__"))
    lines += [f"| {reason} | {', '.join(f'`{name}`' for name in names)} |" for reason, names in reasons.items()]
    lines.append("")
    for owner in dict.fromkeys(owner_of(name) for name, _ in listed):
        lines += [f"## {owner}", "", "| function | answered by |", "| --- | --- |"]
        rows = dict.fromkeys((name, kind) for name, kind in listed if owner_of(name) == owner)
        lines += [f"| `{name.removeprefix(owner + '.').removesuffix('.__get__')}` | {kind} |" for name, kind in rows]
        lines.append("")
    return "\n".join(lines)


def owner_of(name: str) -> str:
    return name.removesuffix(".__get__").rpartition(".")[0]


def share(part: int, total: int) -> str:
    return f"{100 * part / total:.1f} % ({part:,})"


def main() -> int:
    text = page()
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    if "--check" in sys.argv[1:]:
        print('docs/ops.md is out of date: run "npm run docs".')
        return 1
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    print("wrote docs/ops.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
