"""Operands on two devices: operations that look at them themselves, in words of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..values import ListV, Tensor
from .checks import refuse
from .devices import device_text, require_one_device, same_device, two_devices

#: It gets the arguments by name.
Check = Callable[[dict[str, Any]], None]


def tensors_in(value: Any) -> list[Tensor]:
    """The tensors of an argument, as far as they are known."""
    if isinstance(value, Tensor):
        return [value]
    items = value.items if isinstance(value, ListV) else value if isinstance(value, tuple) else ()
    return [item for item in items if isinstance(item, Tensor)]


def row(method: str, operands: str) -> Check:
    """A kernel, and `parameter=its name there` in its order."""
    names = [(word.partition("=")[0], word.rpartition("=")[2]) for word in operands.split()]

    def check(values: dict[str, Any]) -> None:
        found = [(name, tensor) for parameter, name in names for tensor in tensors_in(values.get(parameter))]
        require_one_device(found, method)

    return check


def pointwise(operands: str) -> Check:
    """A step that broadcasts these: a 0-d tensor goes with any device."""

    def check(values: dict[str, Any]) -> None:
        found = [tensor for name in operands.split() for tensor in tensors_in(values.get(name))]
        known = [tensor.device for tensor in found if tensor.device is not None and tensor.dims not in ((), None)]
        for other in known[1:]:
            if not same_device(known[0], other):
                raise two_devices(known[0], other)

    return check


def two(first: str, second: str, words: str) -> Check:
    """Two operands, with the whole message; `{0}` and `{1}` are their devices."""

    def check(values: dict[str, Any]) -> None:
        a, b = values.get(first), values.get(second)
        if isinstance(a, Tensor) and isinstance(b, Tensor) and a.device and b.device:
            if not same_device(a.device, b.device):
                raise refuse("device-mismatch", words.format(device_text(a.device), device_text(b.device)))

    return check


def all_like_first(words: str) -> Check:
    """Each of `tensors` lies where the first does; `{0}` and `{2}` are devices, `{1}` the place of the second."""

    def check(values: dict[str, Any]) -> None:
        tensors = tensors_in(values["tensors"])
        first = tensors[0].device if tensors else None
        for i, tensor in enumerate(tensors):
            if first and tensor.device and not same_device(first, tensor.device):
                raise refuse("device-mismatch", words.format(device_text(first), i, device_text(tensor.device)))

    return check


def scatter(values: dict[str, Any]) -> None:
    """The kernel depends on what is scattered."""
    source = "src" if isinstance(values["src"], Tensor) else "value"
    if values["reduce"] is None:
        row(f"scatter_{source}", "input=self index src")(values)
    else:
        row("scatter_reduce" if source == "src" else "scatter_value_reduce", "input=self index src")(values)


def index_put(values: dict[str, Any]) -> None:
    """A single value may lie elsewhere, where a mask chooses the places."""
    input, given = values["input"], values["values"]
    if not given.is_open and any(isinstance(dim, int) and dim > 1 for dim in given.shape) and not values["accumulate"]:
        pointwise("input values")({"input": input, "values": given})


_WINDOW = "{} input and window must be on the same device but got self on {{0}} and window on {{1}}"
_GRID = "grid_sampler(): expected input and grid to be on same device, but input is on {0} and grid is on {1}"
_MESHGRID = "meshgrid expects all tensors to have the same device"
_QUANTILE = "quantile() q tensor must be on the same device as the input tensor"
_DENSE = "Expected b and A to be on the same device, but found b on {0} and A on {1} instead."
#: Operation → check.
OWN_WORDS: dict[str, Check] = {
    "block_diag": all_like_first(
        "Input tensors must all be on the same device. Input 0 is on device {0} and input {1} is on device {2}."
    ),
    "cartesian_prod": all_like_first(_MESHGRID),
    "cholesky_solve": two("input", "input2", _DENSE),
    "grid_sampler": two("input", "grid", _GRID),
    "index_put": index_put,
    "istft": two("input", "window", _WINDOW.format("istft")),
    "linalg.multi_dot": all_like_first(
        "multi_dot(): all tensors must be on the same device but tensor 0 is on {0} and tensor {1} on {2}"
    ),
    "meshgrid": all_like_first(_MESHGRID),
    "nanquantile": two("input", "q", _QUANTILE),
    "nn.functional.grid_sample": two("input", "grid", _GRID),
    "quantile": two("input", "q", _QUANTILE),
    "scatter": scatter,
    "stft": two("input", "window", _WINDOW.format("stft")),
}
