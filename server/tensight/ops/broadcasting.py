"""Operands that broadcast together, tensors of open rank included."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from types import EllipsisType
from typing import Any

from ..dims import Dim
from ..values import Tensor
from ..values.text import torch_size_text
from .checks import broadcast, broadcast_dim, refuse, require_equal
from .devices import same_device, two_devices


def broadcast_tensors(*operands: Any) -> Tensor:
    """The result of a pointwise step over tensors and numbers: shape and device; the dtype is the first tensor's.

    None stands for an operand that is left out."""
    first: Tensor | None = None
    result: Tensor | None = None
    for operand in operands:
        if type(operand) is not Tensor:
            continue
        if first is None:
            first = result = operand
        else:
            result = _pair(result, operand)  # type: ignore[arg-type]
    assert first is not None and result is not None, "a pointwise step needs a tensor"
    return Tensor(result.dims, first.dtype, result.device, unknown=result.unknown, entry=result.entry)


def _pair(a: Tensor, b: Tensor) -> Tensor:
    device = common_device(a, b)
    if a.dims is not None and a.dims == b.dims and not a.is_open:
        dims: Any = a.dims
    elif a.is_open or b.is_open:
        return _open_pair(a, b, device)
    else:
        dims = broadcast(a.shape, b.shape)
    return a if device is a.device and dims is a.dims else Tensor(dims, a.dtype, device)


def _open_pair(a: Tensor, b: Tensor, device: str | None) -> Tensor:
    """At least one rank is open. What is certain: the last axes that both are known to have.

    The result is certainly shaped like an open operand (and keeps its entry) when the other one reaches no
    further than that operand's known last axes and changes none of them."""
    for opened, other in ((a, b), (b, a)):
        if opened.entry is not None and opened.entry == other.entry:
            return _like(opened, device)
        if opened.is_open and not other.is_open and not other.shape:
            return _like(opened, device)
    left, right = _tail(a), _tail(b)
    tail: list[Dim] = []
    for x, y in zip_longest(reversed(left), reversed(right)):
        if x is None or y is None:
            known, runs_on = (y, a) if x is None else (x, b)
            if runs_on.is_open and not (isinstance(known, int) and known > 1):
                break
            tail.append(known)
        else:
            tail.append(broadcast_dim(x, y, 0))
    tail.reverse()
    for opened, other in ((a, b), (b, a)):
        if opened.is_open and not other.is_open and len(other.shape) <= len(_tail(opened)):
            if tuple(tail) == _tail(opened):
                return _like(opened, device)
            head = opened.dims[: len(opened.dims) - len(tail)]  # type: ignore[index,arg-type]
            return Tensor((*head, *tail), a.dtype, device)
    dims: tuple[Dim | EllipsisType, ...] = (..., *tail)
    return Tensor(dims if tail else None, a.dtype, device, unknown=a.unknown or b.unknown)


def _tail(tensor: Tensor) -> tuple[Dim, ...]:
    """The axes after the run of unknown length; all of them where there is none."""
    dims = tensor.dims
    if dims is None:
        return ()
    return dims[dims.index(...) + 1 :] if ... in dims else dims  # type: ignore[return-value]


def _like(tensor: Tensor, device: str | None) -> Tensor:
    return Tensor(tensor.dims, tensor.dtype, device, unknown=tensor.unknown, entry=tensor.entry)


def common_device(a: Tensor, b: Tensor) -> str | None:
    """The device of a result of both. A 0-d tensor on the CPU goes with any device; two that differ are refused."""
    if a.device is b.device:
        return a.device
    if a.device is None or b.device is None:
        known = a if b.device is None else b
        return None if known.dims == () or known.dims is None else known.device
    for scalar, other in ((a, b), (b, a)):
        if scalar.device == "cpu" and (scalar.is_open or not scalar.shape):
            return other.device
    if not same_device(a.device, b.device):
        raise two_devices(a.device, b.device)
    return a.device


def require_shape(result: Sequence[Dim], target: Sequence[Dim]) -> None:
    """An in-place step may not change the shape of `target`."""

    def message() -> str:
        return (
            f"output with shape {torch_size_text(tuple(target))} doesn't match the broadcast shape"
            f" {torch_size_text(tuple(result))}"
        )

    if len(result) != len(target):
        raise refuse("broadcast-mismatch", message(), shapes=(tuple(target), tuple(result)))
    for got, size in zip(result, target):
        require_equal(got, size, "broadcast-mismatch", message, shapes=(tuple(target), tuple(result)))
