"""Normalizations: the shape stays, what is normalized must fit the statistics and the affine parameters."""

from __future__ import annotations

from typing import Any

from ..dims import Dim, Truth, divides, equal
from ..values import Kind
from .checks import axis, check, demand, product, refuse, require_equal
from .coerce import to_sizes
from .kinds import Flag, Int, OptTensor, Raw, Sizes, Tensor
from .promotion import floating
from .registry import op
from .spatial import INTEGRAL, certainly_below, dtypes_clash, list_text, refuse_kinds, size_text

_MIXED = "mixed dtype (CPU): all inputs must share same datatype."


def _refuse_mixed(input: Tensor, *parameters: Tensor | None) -> None:
    """Parameters of another type than the input: single precision ones go with half precision only."""
    given = [v for v in parameters if v is not None]
    if any(dtypes_clash(input.dtype, v.dtype) for v in given):
        if any(v.dtype is not None and v.dtype.name != "float32" for v in given):
            raise refuse("dtype-mismatch", "mixed dtype (CPU): expect parameter to have scalar type of Float")
        raise refuse("dtype-mismatch", _MIXED)


def _check_vector(name: str, values: Tensor | None, expected: Dim, code: str) -> None:
    """batch_norm's check of a tensor with one element per channel."""
    if values is None:
        return
    count = values.shape[0] if values.rank == 1 else product(values.shape)
    if count is not expected:
        require_equal(
            count, expected, code, lambda: f"{name} should contain {expected} elements not {count}",
            expected=count, got=expected,
        )  # fmt: skip


def _check_batch_size(dims: tuple[Dim, ...]) -> None:
    """Training needs more than one value per channel; an empty batch has 0."""
    check(len(dims) > 0, "rank-mismatch", "tuple index out of range", "IndexError")
    count = product((dims[0], *dims[2:]))
    check(
        equal(count, 1).negate(), "size-mismatch",
        lambda: f"Expected more than 1 value per channel when training, got input size {size_text(dims)}", "ValueError",
    )  # fmt: skip


@op("torch.nn.functional.batch_norm")
def batch_norm(
    input: Tensor, running_mean: OptTensor, running_var: OptTensor, weight: OptTensor = None, bias: OptTensor = None,
    training: Raw = False, momentum: Raw = 0.1, eps: Raw = 1e-5,
) -> Tensor:  # fmt: skip
    """`training` may be unknown: then only what fails in both modes is refused."""
    if training is True:
        _check_batch_size(input.shape)
    if equal(product(input.shape), 0) is Truth.YES:
        return input.alike()  # PyTorch returns before it looks at the statistics
    channels: Dim = input.shape[1] if input.rank > 1 else 0
    _batch_norm_checks(input, running_mean, running_var, weight, bias, training is True, training is False, channels)
    return input.alike()


def _batch_norm_checks(
    input: Tensor, mean: Tensor | None, var: Tensor | None, weight: Tensor | None, bias: Tensor | None,
    training: bool, evaluation: bool, channels: Dim,
) -> None:  # fmt: skip
    for name, values in (("running_mean", mean), ("running_var", var)):
        if values is not None:
            _check_vector(name, values, channels, "channels-mismatch")
        elif evaluation:
            raise refuse("invalid-argument", f"{name} must be defined in evaluation mode")
    _check_vector("weight", weight, channels, "channels-mismatch")
    _check_vector("bias", bias, channels, "channels-mismatch")
    refuse_kinds("batch_norm", input.dtype, (*INTEGRAL, Kind.COMPLEX))
    _refuse_mixed(input, weight, bias, mean)


@op("torch.batch_norm")
def torch_batch_norm(
    input: Tensor, weight: OptTensor, bias: OptTensor, running_mean: OptTensor, running_var: OptTensor,
    training: Raw, momentum: Raw, eps: Raw, cudnn_enabled: Raw,
) -> Tensor:  # fmt: skip
    channels: Dim = input.shape[1] if input.rank > 1 else 0
    _batch_norm_checks(input, running_mean, running_var, weight, bias, training is True, training is False, channels)
    return input.alike()


@op("torch.native_batch_norm")
def native_batch_norm(
    input: Tensor, weight: OptTensor, bias: OptTensor, running_mean: OptTensor, running_var: OptTensor,
    training: Flag, momentum: Raw, eps: Raw,
) -> Raw:  # fmt: skip
    """The result, and per channel the mean and the inverse deviation of the batch."""
    channels: Dim = input.shape[1] if input.rank > 1 else 0
    saved = input.with_dims(channels if training else 0)
    return (input.alike(), saved, saved)


@op("torch.nn.functional.instance_norm")
def instance_norm(
    input: Tensor, running_mean: OptTensor = None, running_var: OptTensor = None, weight: OptTensor = None,
    bias: OptTensor = None, use_input_stats: Raw = True, momentum: Raw = 0.1, eps: Raw = 1e-5,
) -> Tensor:  # fmt: skip
    dims = input.shape
    if use_input_stats is True:
        check(
            equal(product(dims[2:]), 1).negate(), "size-mismatch",
            lambda: f"Expected more than 1 spatial element when training, got input size {size_text(dims)}",
            "ValueError",
        )  # fmt: skip
    _instance_norm_checks(input, running_mean, running_var, weight, bias, use_input_stats)
    return input.alike()


@op("torch.instance_norm")
def torch_instance_norm(
    input: Tensor, weight: OptTensor, bias: OptTensor, running_mean: OptTensor, running_var: OptTensor,
    use_input_stats: Raw, momentum: Raw, eps: Raw, cudnn_enabled: Raw,
) -> Tensor:  # fmt: skip
    _instance_norm_checks(input, running_mean, running_var, weight, bias, use_input_stats)
    return input.alike()


def _instance_norm_checks(
    input: Tensor, mean: Tensor | None, var: Tensor | None, weight: Tensor | None, bias: Tensor | None, stats: Any
) -> None:
    if stats is False and (mean is None or var is None):
        raise refuse(
            "invalid-argument", "Expected running_mean and running_var to be defined when use_input_stats is false"
        )
    dims = input.shape
    axis(1, input.rank)
    for name, values in (("running_mean", mean), ("running_var", var), ("weight", weight), ("bias", bias)):
        if values is not None:
            have, batch = product(values.shape), dims[0]
            require_equal(
                have, dims[1], "channels-mismatch",
                f"{name} should contain {dims[1] * batch} elements not {have * batch}", expected=have, got=dims[1],
            )  # fmt: skip
    if not any(equal(size, 0) is Truth.YES for size in dims):
        refuse_kinds("batch_norm", input.dtype, INTEGRAL)


# --- over the last axes ------------------------------------------------------------------------------------------


def _check_normalized(
    input: Tensor, shape: tuple[Dim, ...], weight: Tensor | None, bias: Tensor | None, star: str
) -> None:
    check(
        len(shape) > 0, "invalid-argument",
        "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, "
        "but got normalized_shape = []",
    )  # fmt: skip
    for name, values in (("weight", weight), ("bias", bias)):
        if values is None or values.is_open:
            continue
        message = (
            f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
            f"{list_text(values.shape)} and normalized_shape = {list_text(shape)}"
        )
        check(values.rank == len(shape), "size-mismatch", message)
        for a, b in zip(values.shape, shape):
            require_equal(a, b, "size-mismatch", message)
    if input.is_open:
        return

    def message_of() -> str:
        return (
            f"Given normalized_shape={list_text(shape)}, expected input with shape [*{star}"
            f"{', '.join(map(str, shape))}], but got input of size{list_text(input.shape)}"
        )

    data: dict[str, Any] = {"expected": tuple(shape), "got": input.shape[-len(shape) :]}
    check(input.rank >= len(shape), "features-mismatch", message_of, **data)
    for a, b in zip(input.shape[-len(shape) :], shape):
        require_equal(a, b, "features-mismatch", message_of, **data)


def _normalized(input: Tensor, shape: tuple[Dim, ...], weight: Tensor | None, bias: Tensor | None, star: str) -> Tensor:
    """The result; an input of open rank ends in the normalized axes, or it would be refused."""
    _check_normalized(input, shape, weight, bias, star)
    if input.is_open:
        demand(input, (..., *shape))
        tail = _tail(input, len(shape))
        if tail is not None:
            for a, b in zip(tail, shape):
                require_equal(
                    a, b, "features-mismatch",
                    f"Given normalized_shape={list_text(shape)}, expected input with shape [*{star}"
                    f"{', '.join(map(str, shape))}], but the last sizes of the input are {list_text(tail)}",
                    expected=tuple(shape), got=tail,
                )  # fmt: skip
            return input.alike()
        return Tensor((..., *shape), input.dtype, input.device, unknown=input.unknown)
    return input.alike()


def _tail(input: Tensor, count: int) -> tuple[Dim, ...] | None:
    """The last `count` sizes of a tensor of open rank; None if they are not known."""
    if input.dims is None:
        return None
    tail = input.dims[-count:]
    return None if ... in tail or len(tail) < count else tail  # type: ignore[return-value]


@op("torch.nn.functional.layer_norm", "torch.layer_norm", open_rank=True)
def layer_norm(
    input: Tensor, normalized_shape: Raw, weight: OptTensor = None, bias: OptTensor = None, eps: Raw = 1e-5,
    cudnn_enable: Raw = True,
) -> Tensor:  # fmt: skip
    _refuse_mixed(input, weight, bias)
    result = _normalized(input, _listed("layer_norm", normalized_shape), weight, bias, ", ")
    refuse_kinds("LayerNormKernelImpl", input.dtype, INTEGRAL)
    return result


@op("torch.nn.functional.rms_norm", "torch.rms_norm", open_rank=True)
def rms_norm(input: Tensor, normalized_shape: Raw, weight: OptTensor = None, eps: Raw = None) -> Tensor:
    shape = _listed("rms_norm", normalized_shape)
    if not input.is_open:
        check(
            input.rank >= len(shape), "features-mismatch",
            f"Input tensor must have at least {len(shape)} dimensions, but got {input.rank}", "ValueError",
            expected=tuple(shape), got=input.shape,
        )  # fmt: skip
    return _normalized(input, shape, weight, None, "")


def _listed(name: str, shape: Any) -> tuple[Dim, ...]:
    """The functions want a tuple; only the layers take a single int."""
    if isinstance(shape, int):
        message = f"{name}(): argument 'normalized_shape' (position 2) must be tuple of ints, not int"
        raise refuse("invalid-argument", message, "TypeError")
    return to_sizes(shape)


@op("torch.native_layer_norm")
def native_layer_norm(input: Tensor, normalized_shape: Sizes, weight: OptTensor, bias: OptTensor, eps: Raw) -> Raw:
    """The result, and the mean and the inverse deviation with size 1 on the normalized axes."""
    _check_normalized(input, normalized_shape, weight, bias, ", ")
    count = len(normalized_shape)
    saved = input.with_dims(*input.shape[:-count], *(1,) * count)
    return (input.alike(), saved, saved)


# --- by groups of channels ---------------------------------------------------------------------------------------


@op("torch.nn.functional.group_norm")
def group_norm(
    input: Tensor, num_groups: Int, weight: OptTensor = None, bias: OptTensor = None, eps: Raw = 1e-5
) -> Tensor:
    check(
        input.rank >= 2, "rank-mismatch",
        f"Expected at least 2 dimensions for input tensor but received {input.rank}",
    )  # fmt: skip
    if isinstance(num_groups, int) and num_groups == 0:
        raise refuse("invalid-argument", "integer division or modulo by zero", "ZeroDivisionError")
    dims = input.shape
    if isinstance(num_groups, int) and num_groups > 0:
        count = product((dims[0] * dims[1] // num_groups, *dims[2:]))
        check(
            equal(count, 1).negate(), "size-mismatch",
            lambda: "Expected more than 1 value per channel when training, got input size "
            f"{list_text((dims[0] * dims[1] // num_groups, num_groups, *dims[2:]))}", "ValueError",
        )  # fmt: skip
    _check_groups(input, num_groups, weight, bias)
    _refuse_mixed(input, weight, bias)
    refuse_kinds("GroupNormKernelImpl", input.dtype, (*INTEGRAL, Kind.COMPLEX))
    return input.alike()


@op("torch.group_norm")
def torch_group_norm(
    input: Tensor, num_groups: Int, weight: OptTensor = None, bias: OptTensor = None, eps: Raw = 1e-5,
    cudnn_enabled: Raw = True,
) -> Tensor:  # fmt: skip
    axis(1, input.rank)
    _check_groups(input, num_groups, weight, bias)
    return input.alike()


def _check_groups(input: Tensor, groups: Dim, weight: Tensor | None, bias: Tensor | None) -> None:
    dims = input.shape
    check(
        not certainly_below((groups,), 1), "invalid-argument",
        f"Expected num groups to be greater than 0, got {groups}",
    )  # fmt: skip
    check(
        divides(groups, dims[1]), "channels-mismatch",
        lambda: "Expected number of channels in input to be divisible by num_groups, but got input of shape "
        f"{list_text(dims)} and num_groups={groups}", got=dims[1], groups=groups,
    )  # fmt: skip
    for name, values in (("weight", weight), ("bias", bias)):
        if values is None:
            continue
        message = (
            f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of shape "
            f"{list_text((weight or values).shape)} and input of shape {list_text(dims)}"
        )
        check(values.rank == 1, "channels-mismatch", message)
        require_equal(values.shape[0], dims[1], "channels-mismatch", message, expected=values.shape[0], got=dims[1])


@op("torch.native_group_norm")
def native_group_norm(
    input: Tensor, weight: OptTensor, bias: OptTensor, N: Int, C: Int, HxW: Int, group: Int, eps: Raw
) -> Raw:
    """The result, and the mean and the inverse deviation of each group."""
    saved = input.with_dims(N, group)
    return (input.alike(), saved, saved)


# --- others ------------------------------------------------------------------------------------------------------


@op("torch.nn.functional.local_response_norm")
def local_response_norm(input: Tensor, size: Int, alpha: Raw = 1e-4, beta: Raw = 0.75, k: Raw = 1.0) -> Tensor:
    check(
        input.rank >= 3, "rank-mismatch",
        f"Expected 3D or higher dimensionality                          input (got {input.rank} dimensions)",
        "ValueError",
    )  # fmt: skip
    if any(equal(d, 0) is Truth.YES for d in input.shape):
        return input.alike()
    if isinstance(size, int) and size == 0:
        kernel = "kH: 0 kW: 1" if input.rank == 3 else "kT: 0 kH: 1 kW: 1"
        raise refuse("invalid-argument", f"kernel size should be greater than zero, but got {kernel}")
    return input.alike().with_dtype(floating(input.dtype))


__all__ = [
    "batch_norm", "group_norm", "instance_norm", "layer_norm", "local_response_norm", "rms_norm",
]  # fmt: skip
