"""Operations that need all operands on one device, with their operands as PyTorch's kernel names them.

Steps that broadcast look at devices in `broadcasting`; what stands in neither place is not looked at. Index tensors on
the CPU go with any device."""

from __future__ import annotations

from typing import Any

from ..values import Kind, Tensor
from . import (
    addmm,
    attention,
    class_loss,
    convolution,
    creation,
    embedding,
    fft,
    gather,
    joining,
    linear,
    masks,
    matmul,
    normalization,
    products,
    random,
    ranges,
    resampling,
    spatial,
    spectral,
    statistics,
    unpooling,
    windows,
)
from .checks import refuse
from .coerce import COERCERS
from .devices import device_text, require_linear, require_one_device, same_device
from .placement_words import OWN_WORDS, Check, pointwise, row, scatter, tensors_in
from .registry import RULES, OpRule

FAMILIES = (
    addmm, attention, class_loss, convolution, creation, embedding, fft, gather, joining, linear, masks, matmul,
    normalization, products, random, ranges, resampling, spatial, spectral, statistics, unpooling,
    windows,
)  # fmt: skip

#: (kernel or "" where that depends on the sizes, `parameter=its name there` in the kernel's order, operations)
_TABLE = (
    ("mm", "input=self mat2", "mm"),
    ("bmm", "input=self mat2", "bmm"),
    ("addmm", "input=self mat1 mat2", "addmm"),
    ("baddbmm", "input=self batch1 batch2", "baddbmm"),
    ("", "input=self vec", "mv"),
    ("_dot", "input=self tensor", "dot"),
    ("", "input=self other=mat2", "matmul"),
    ("_index_select", "weight=self input=index", "nn.functional.embedding"),
    ("_index_select", "input=self index", "index_select"),
    ("gather", "input=self index", "gather"),
    ("", "tensors", "hstack vstack dstack column_stack"),
    ("_native_layer_norm", "input weight bias", "nn.functional.layer_norm"),
    ("_native_group_norm", "input weight bias", "nn.functional.group_norm"),
    ("", "input weight bias running_mean running_var", "nn.functional.batch_norm"),
    ("", "input=self target weight", "nn.functional.nll_loss"),
    ("index_add", "input=self index source", "index_add"),
    ("scatter_add", "input=self index src", "scatter_add"),
    ("_embedding_bag", "weight input=indices offsets per_sample_weights", "nn.functional.embedding_bag"),
    ("_addbmm", "input=self batch1 batch2", "addbmm"),
    ("addmv", "input=self mat vec", "addmv"),
    ("_addr", "input=self vec1 vec2", "addr"),
    ("Tensor_bucketize", "input=self boundaries", "bucketize"),
    ("Tensor_searchsorted", "sorted_sequence input=self sorter", "searchsorted"),
    ("cat", "tensors", "cat concat concatenate stack"),
    ("", "x1 x2", "cdist"),
    ("linalg_cross", "input=self other", "cross linalg.cross"),
    ("index_copy", "input=self index source", "index_copy"),
    ("index_reduce", "input=self index source", "index_reduce"),
    ("_index_select", "input=self repeats=index", "repeat_interleave"),
    ("isin_Tensor_Tensor", "elements test_elements", "isin"),
    ("_linalg_householder_product", "input tau", "linalg.householder_product"),
    ("linalg_ldl_solve", "LD pivots B", "linalg.ldl_solve"),
    ("linalg_lu_solve", "LU pivots B", "linalg.lu_solve"),
    ("linalg_lu_solve", "LU_data=LU LU_pivots=pivots b=B", "lu_solve"),
    ("_linalg_solve_ex", "A B", "linalg.solve linalg.solve_ex linalg.tensorsolve"),
    ("_linalg_solve_triangular", "A=self B", "linalg.solve_triangular"),
    ("lu_unpack", "LU_data LU_pivots", "lu_unpack"),
    ("triangular_solve", "b=self A", "triangular_solve"),
    ("_ormqr", "input=self tau=input2 other=input3", "ormqr"),
    ("_masked_scatter_", "input=self mask source", "masked_scatter"),
    ("_native_layer_norm", "input weight bias", "native_layer_norm"),
    ("_native_group_norm", "input weight bias", "native_group_norm group_norm"),
    ("", "input weight", "nn.functional.rms_norm"),
    ("", "input weight bias running_mean running_var", "nn.functional.instance_norm"),
    ("_max_unpool2d", "input=self indices", "nn.functional.max_unpool1d nn.functional.max_unpool2d"),
    ("_max_unpool3d", "input=self indices", "nn.functional.max_unpool3d"),
    ("_multi_margin_loss", "input=self target weight", "nn.functional.multi_margin_loss"),
    ("_multilabel_margin_loss_forward", "input=self target", "nn.functional.multilabel_margin_loss"),
    ("_put_", "input=self index source", "put"),
    ("_take", "input=self index", "take"),
    ("scatter_reduce_two", "input=self index src", "scatter_reduce"),
    ("mm", "a=self b=mat2", "tensordot"),
)
#: Operations that broadcast their operands, or do without, in one step: `parameters, operations`
_POINTWISE = (
    (
        "input target",
        "mse_loss l1_loss smooth_l1_loss huber_loss kl_div soft_margin_loss poisson_nll_loss hinge_embedding_loss",
    ),
    ("input target weight", "multilabel_soft_margin_loss binary_cross_entropy"),
    ("input target weight pos_weight", "binary_cross_entropy_with_logits"),
    ("input1 input2 target", "cosine_embedding_loss"),
    ("input1 input2 weight bias", "bilinear"),
    ("x1 x2", "cosine_similarity pairwise_distance"),
    ("input1 input2 target", "margin_ranking_loss"),
    ("anchor positive negative", "triplet_margin_loss"),
    ("input weight", "prelu"),
)


def _cross_entropy(values: dict[str, Any]) -> None:
    """Classes are looked up, probabilities multiplied."""
    input, target = values["input"], values["target"]
    if target.dtype is None or input.is_open or target.is_open:
        return
    if target.dtype.kind >= Kind.FLOAT:
        pointwise("input target")(values)
        return
    method = "nll_loss_forward" if input.rank <= 2 else "_nll_loss2d_forward" if input.rank == 4 else ""
    require_one_device((("self", input), ("target", target), ("weight", values["weight"])), method)


def _linear(values: dict[str, Any]) -> None:
    """With a bias it is one fused kernel, which looks at the bias first."""
    input = values["input"]
    require_linear(input, values["weight"], values["bias"], fused=not input.is_open and input.rank == 2)


def _convolution(values: dict[str, Any]) -> None:
    """Types are compared, which tell the kind of the device."""
    input, bias = values["input"], values.get("bias")
    for name, other in (("weight", values["weight"]), ("bias", bias)):
        if not isinstance(other, Tensor) or input.device is None or other.device is None:
            continue
        if input.dtype is None or other.dtype is None or same_device(input.device, other.device):
            continue
        dense = f" or input should be a MKLDNN tensor and {name} is a dense tensor" if input.device == "cpu" else ""
        message = f"Input type ({_type(input)}) and {name} type ({_type(other)}) should be the same{dense}"
        raise refuse("device-mismatch", message)


def _type(tensor: Tensor) -> str:
    """The class of a tensor, as it was named when each had one of its own."""
    assert tensor.device is not None and tensor.dtype is not None
    kind = tensor.device.partition(":")[0]
    return f"torch.{'' if kind == 'cpu' else kind + '.'}{tensor.dtype.legacy}Tensor"


def _attention(values: dict[str, Any]) -> None:
    devices = [values[name].device for name in ("query", "key", "value")]
    if all(devices) and any(not same_device(devices[0], other) for other in devices[1:]):
        query, key, value = map(device_text, devices)
        raise refuse(
            "device-mismatch",
            "Expected query, key, and value to have the same device type, but got"
            f" query.device: {query} key.device: {key} and value.device: {value} instead.",
        )


def _masked_fill(values: dict[str, Any]) -> None:
    input, mask = values["input"].device, values["mask"].device
    scalar = () in (values["input"].dims, values["mask"].dims)
    if input and mask and not scalar and not same_device(input, mask):
        raise refuse(
            "device-mismatch",
            f"expected self and mask to be on the same device, but got mask on {device_text(mask)} and self on"
            f" {device_text(input)}",
        )


def _diff(values: dict[str, Any]) -> None:
    """Of no difference at all nothing is joined."""
    if isinstance(values["n"], int) and values["n"] > 0:
        row("cat", "prepend=tensors input=tensors append=tensors")(values)


def _own_distance(values: dict[str, Any]) -> None:
    """Another distance than PyTorch's may take tensors from anywhere."""
    if values["distance_function"] is None:
        pointwise("anchor positive negative")(values)


def _settle(rule: OpRule, check: Check) -> None:
    """Operands that lie at two places are checked; looking for such operands costs little."""
    parameters = rule.parameters
    looked_at = [i for i, coercer in enumerate(rule.coercers) if coercer in _TENSOR_COERCERS]

    def places(values: list[Any]) -> None:
        first: str | None = None
        for at in looked_at:
            value = values[at]
            kind = type(value)
            for tensor in (value,) if kind is Tensor else value if kind is tuple else tensors_in(value):
                if type(tensor) is Tensor and tensor.device is not None and tensor.device != first:
                    if first is not None:
                        check(dict(zip(parameters, values)))
                        return
                    first = tensor.device

    rule.places = places


#: Arguments that may be or hold tensors.
_TENSOR_COERCERS = frozenset(
    COERCERS[kind]
    for kind in ("Tensor", "OptTensor", "TensorLike", "OptTensorLike", "Tensors", "TensorArgs", "Raw", "RawArgs")
)


def _install() -> None:
    special: dict[str, Check] = {
        "masked_fill": _masked_fill,
        "nn.functional.linear": _linear,
        "nn.functional.scaled_dot_product_attention": _attention,
        "nn.functional.cross_entropy": _cross_entropy,
        "index_fill": pointwise("input index value"),
        "kron": pointwise("input other"),
        "outer": pointwise("input vec2"),
        "svd_lowrank": pointwise("A M"),
        "diff": _diff,
        "nn.functional.triplet_margin_with_distance_loss": _own_distance,
        "linalg.vecdot": pointwise("x y"),
        "einsum": pointwise("operands"),
        **OWN_WORDS,
    }
    for rank in (1, 2, 3):
        special |= dict.fromkeys((f"nn.functional.conv{rank}d", f"nn.functional.conv_transpose{rank}d"), _convolution)
    inplace: dict[str, Check] = {}
    for method, operands, names in _TABLE:
        special |= dict.fromkeys(names.split(), row(method, operands))
        for name in names.split():
            written = method if method.endswith("_") else method.replace(name, f"{name}_", 1)
            inplace[f"{name}_"] = row(written, operands)
    for operands, names in _POINTWISE:
        special |= dict.fromkeys([f"nn.functional.{name}" for name in names.split()], pointwise(operands))
    special |= {
        **inplace,
        "index_fill_": special["index_fill"],
        "index_put_": special["index_put"],
        "scatter_": scatter,
    }
    for name, check in special.items():
        for prefix in ("torch.", "torch.Tensor."):
            rule = RULES.get(prefix + name)
            if rule is not None and rule.places is None:
                _settle(rule, check)


#: New tensors, which lie where the program's default is.
_CREATING = """empty rand randn zeros ones full empty_strided scalar_tensor eye tril_indices triu_indices randint
    randperm arange range linspace logspace hann_window blackman_window bartlett_window hamming_window kaiser_window
    fft.fftfreq fft.rfftfreq"""
for _name in _CREATING.split():
    RULES[f"torch.{_name}"].creates = True
_install()
