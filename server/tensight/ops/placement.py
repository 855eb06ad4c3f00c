"""Operations that need all operands on one device, with their operands as PyTorch's kernel names them.

Steps that broadcast look at devices in `broadcasting`; what stands in neither place is not looked at. Index tensors on
the CPU go with any device."""

from __future__ import annotations

from collections.abc import Callable
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
    windows,
)
from .checks import refuse
from .devices import device_text, require_one_device, same_device, two_devices
from .registry import RULES, OpRule

#: It gets the arguments by name.
_Check = Callable[[dict[str, Any]], None]
FAMILIES = (
    addmm, attention, class_loss, convolution, creation, embedding, fft, gather, joining, linear, masks, matmul,
    normalization, products, random, ranges, resampling, spatial, windows,
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
)
#: Operations that broadcast their operands, or do without, in one step: `parameters, operations`
_POINTWISE = (
    (
        "input target",
        "mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits kl_div "
        "soft_margin_loss poisson_nll_loss",
    ),
    ("x1 x2", "cosine_similarity pairwise_distance"),
    ("input1 input2 target", "margin_ranking_loss"),
    ("anchor positive negative", "triplet_margin_loss"),
    ("input weight", "prelu"),
)


def _row(method: str, operands: str) -> _Check:
    names = [(word.partition("=")[0], word.rpartition("=")[2]) for word in operands.split()]

    def check(values: dict[str, Any]) -> None:
        found: list[tuple[str, Tensor | None]] = []
        for parameter, name in names:
            value = values.get(parameter)
            if isinstance(value, tuple):
                found += ((name, item) for item in value if isinstance(item, Tensor))
            elif isinstance(value, Tensor):
                found.append((name, value))
        require_one_device(found, method)

    return check


def _pointwise(operands: str) -> _Check:
    def check(values: dict[str, Any]) -> None:
        found = [values[name] for name in operands.split()]
        known = [tensor.device for tensor in found if tensor.device is not None and tensor.dims not in ((), None)]
        for other in known[1:]:
            if not same_device(known[0], other):
                raise two_devices(known[0], other)

    return check


def _cross_entropy(values: dict[str, Any]) -> None:
    """Classes are looked up, probabilities multiplied."""
    input, target = values["input"], values["target"]
    if target.dtype is None or input.is_open or target.is_open:
        return
    if target.dtype.kind >= Kind.FLOAT:
        _pointwise("input target")(values)
        return
    method = "nll_loss_forward" if input.rank <= 2 else "_nll_loss2d_forward" if input.rank == 4 else ""
    require_one_device((("self", input), ("target", target), ("weight", values["weight"])), method)


def _linear(values: dict[str, Any]) -> None:
    """With a bias it is one fused kernel, which looks at the bias first."""
    input, weight, bias = values["input"], values["weight"], values["bias"]
    if isinstance(bias, Tensor) and not input.is_open and input.rank == 2:
        require_one_device((("self", bias), ("mat1", input), ("mat2", weight)), "addmm")
    else:
        require_one_device((("self", input), ("mat2", weight), ("self", bias)))


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


def _grid_sample(values: dict[str, Any]) -> None:
    input, grid = values["input"].device, values["grid"].device
    if input and grid and not same_device(input, grid):
        raise refuse(
            "device-mismatch",
            "grid_sampler(): expected input and grid to be on same device, but input is on"
            f" {device_text(input)} and grid is on {device_text(grid)}",
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


def _settle(rule: OpRule, check: _Check) -> None:
    parameters = rule.parameters

    def places(values: list[Any]) -> None:
        first: str | None = None
        for at in rule.operands:
            value = values[at]
            for tensor in value if type(value) is tuple else (value,):
                if type(tensor) is Tensor and tensor.device is not None and tensor.device != first:
                    if first is not None:
                        check(dict(zip(parameters, values)))
                        return
                    first = tensor.device

    rule.places = places


def _install() -> None:
    special: dict[str, _Check] = {
        "masked_fill": _masked_fill,
        "nn.functional.grid_sample": _grid_sample,
        "nn.functional.linear": _linear,
        "nn.functional.scaled_dot_product_attention": _attention,
    }
    special["nn.functional.cross_entropy"] = _cross_entropy
    for rank in (1, 2, 3):
        special |= dict.fromkeys((f"nn.functional.conv{rank}d", f"nn.functional.conv_transpose{rank}d"), _convolution)
    for method, operands, names in _TABLE:
        special |= dict.fromkeys(names.split(), _row(method, operands))
    for operands, names in _POINTWISE:
        special |= dict.fromkeys([f"nn.functional.{name}" for name in names.split()], _pointwise(operands))
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
