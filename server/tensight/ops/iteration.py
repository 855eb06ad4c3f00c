"""In which order TensorIterator walks its operands, and so lays out the result of a pointwise step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dims import Dim, Truth, equal
from ..values import CONTIGUOUS, Tensor
from .strides import Strides, contiguous_strides, strides_of


def iterated(dims: tuple[Dim, ...], operands: Sequence[Any]) -> Strides | None:
    """The strides of a pointwise result of shape `dims`; None if not known."""
    tensors = [value for value in operands if type(value) is Tensor]
    if any(t.strides is None or t.is_open for t in tensors):
        return None
    for tensor in tensors:
        if tensor.dims == dims:
            if tensor.strides == CONTIGUOUS:
                return CONTIGUOUS
            assert tensor.strides is not None
            if is_dense(tensor.shape, tensor.strides):
                return tensor.strides
            break
        if sum(size != 1 for size in tensor.shape) > 1:
            break
    if all(tensor.strides == CONTIGUOUS for tensor in tensors):
        return CONTIGUOUS
    if all(isinstance(n, int) for tensor in tensors for n in (*tensor.shape, *(tensor.strides or ()), *dims)):
        return _ordered(dims, [_broadcast_strides(tensor, dims) for tensor in tensors])
    return None


def is_dense(shape: Sequence[Dim], strides: Sequence[Dim]) -> bool:
    """Whether the elements certainly fill a block of memory without gaps, in any order of the axes."""
    left = [(size, stride) for size, stride in zip(shape, strides) if size != 1]
    expected: Dim = 1
    while left:
        at = next((i for i, (_, stride) in enumerate(left) if equal(stride, expected) is Truth.YES), None)
        if at is None:
            return False
        expected = expected * left.pop(at)[0]
    return True


def _broadcast_strides(tensor: Tensor, dims: Sequence[Any]) -> list[Any]:
    """One stride an axis of the result; 0 where the tensor is repeated."""
    strides = strides_of(tensor)
    assert strides is not None
    lead = len(dims) - tensor.rank
    own = [0 if size == 1 and dims[lead + i] != 1 else strides[i] for i, size in enumerate(tensor.shape)]
    return [0] * lead + own


def _ordered(dims: Sequence[Any], operands: list[list[Any]]) -> Strides:
    """TensorIterator's reorder_dimensions: axes sorted by stride, ties by the next operand; the result fills them."""
    order = list(range(len(dims) - 1, -1, -1))
    for i in range(1, len(order)):
        at = i
        for j in range(i - 1, -1, -1):
            inner = _compare(dims, operands, order[j], order[at])
            if inner > 0:
                order[j], order[at] = order[at], order[j]
                at = j
            elif inner < 0:
                break
    packed = contiguous_strides([dims[axis] for axis in reversed(order)])[::-1]
    out: list[Dim] = [1] * len(dims)
    for axis, stride in zip(order, packed):
        out[axis] = stride
    return tuple(out)


def _compare(dims: Sequence[Any], operands: list[list[Any]], a: int, b: int) -> int:
    for strides in operands:
        if strides[a] == 0 or strides[b] == 0:
            continue
        if strides[a] != strides[b]:
            return 1 if strides[a] > strides[b] else -1
        if dims[a] > dims[b]:
            return 1
    return 0
