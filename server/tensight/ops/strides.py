"""Strides: which tensors are contiguous, and what `.view` may do with those that are not.

Strides are followed so that `.view` behind a `transpose` can be refused; None (not known) never refuses anything.
CONTIGUOUS stands for the strides of a contiguous tensor without spelling them out, so it costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..dims import Dim, Truth, equal, less
from ..limits import MAX_TENSOR_DATA
from ..values import CONTIGUOUS, DType, Tensor

Strides = tuple[Dim, ...]


class NotViewable(Exception):
    """A new shape spans axes that are not contiguous to each other."""


def fresh(dims: Sequence[Dim], dtype: DType | None = None, device: str | None = None) -> Tensor:
    """A newly computed contiguous tensor."""
    return Tensor(tuple(dims), dtype, device, strides=CONTIGUOUS)


def fresh_like(input: Tensor, *dims: Dim) -> Tensor:
    """A newly computed contiguous tensor of the input's dtype and device."""
    return Tensor(dims, input.dtype, input.device, strides=CONTIGUOUS)


def contiguous(input: Tensor) -> Tensor:
    """The same values, laid out contiguously."""
    return input if input.strides == CONTIGUOUS or input.is_open else replace(input, strides=CONTIGUOUS)


def contiguous_strides(dims: Sequence[Dim]) -> Strides:
    """The strides of a contiguous tensor of this shape, spelled out."""
    strides: list[Dim] = [1] * len(dims)
    step: Dim = 1
    for i in range(len(dims) - 1, -1, -1):
        strides[i] = step
        size = dims[i]
        step = step * (max(size, 1) if isinstance(size, int) else size)
    return tuple(strides)


def strides_of(input: Tensor) -> Strides | None:
    """The strides spelled out, one per axis; None if they are not known."""
    if input.strides == CONTIGUOUS:
        return contiguous_strides(input.shape)
    return input.strides


def is_contiguous(input: Tensor) -> Truth:
    """Tensor.is_contiguous(): an axis of size 1 has no say, a tensor without elements always is."""
    if input.strides == CONTIGUOUS:
        return Truth.YES
    if input.strides is None or input.is_open:
        return Truth.MAYBE
    answer = Truth.YES
    expected: Dim = 1
    for size, stride in zip(reversed(input.shape), reversed(input.strides)):
        if equal(size, 0) is not Truth.NO:
            return Truth.YES if equal(size, 0) is Truth.YES else Truth.MAYBE
        one = equal(size, 1)
        same = equal(stride, expected)
        if one is not Truth.YES and same is not Truth.YES:
            answer = Truth.NO if one is Truth.NO and same is Truth.NO and answer is not Truth.MAYBE else Truth.MAYBE
            if answer is Truth.NO:
                return answer
        expected = expected * size
    return answer


def view_strides(input: Tensor, dims: Sequence[Dim]) -> Strides | None:
    """The strides of a view of shape `dims` (c10 computeStride); None if not known; NotViewable if certain.

    The number of elements of both is the same (or taken to be)."""
    if input.strides is None:
        return None
    if input.strides == CONTIGUOUS:
        return CONTIGUOUS
    if all(isinstance(d, int) for d in (*input.shape, *dims)) and all(isinstance(s, int) for s in input.strides):
        return _view_ints(input.shape, input.strides, dims)
    return _view_symbols(input.shape, input.strides, dims)


def _view_ints(old: Sequence[Any], steps: Sequence[Any], new: Sequence[Any]) -> Strides:
    if 0 in old:
        return tuple(steps) if tuple(old) == tuple(new) else contiguous_strides(new)
    result: list[Dim] = [1] * len(new)
    position = len(new) - 1
    base = steps[-1]
    numel = viewed = 1
    for i in range(len(old) - 1, -1, -1):
        numel *= old[i]
        if i == 0 or (old[i - 1] != 1 and steps[i - 1] != numel * base):
            while position >= 0 and (viewed < numel or new[position] == 1):
                result[position] = viewed * base
                viewed *= new[position]
                position -= 1
            if viewed != numel:
                raise NotViewable
            if i > 0:
                base = steps[i - 1]
                numel = viewed = 1
    if position != -1:
        raise NotViewable
    return tuple(result)


def _view_symbols(old: Sequence[Dim], steps: Sequence[Dim], new: Sequence[Dim]) -> Strides | None:
    """The same walk with three answers: the first that is undecided makes the strides unknown."""
    if any(equal(size, 0) is not Truth.NO for size in old):
        return None
    result: list[Dim] = [1] * len(new)
    position = len(new) - 1
    base = steps[-1]
    numel: Dim = 1
    viewed: Dim = 1
    for i in range(len(old) - 1, -1, -1):
        numel = numel * old[i]
        if i > 0:
            one, joined = equal(old[i - 1], 1), equal(steps[i - 1], numel * base)
            if one is Truth.YES or joined is Truth.YES:
                continue
            if one is Truth.MAYBE or joined is Truth.MAYBE:
                return None
        while position >= 0:
            single, below = equal(new[position], 1), less(viewed, numel)
            if single is Truth.NO and below is Truth.NO:
                break
            if single is not Truth.YES and below is not Truth.YES:
                return None
            result[position] = viewed * base
            viewed = viewed * new[position]
            position -= 1
        full = equal(viewed, numel)
        if full is Truth.NO:
            raise NotViewable
        if full is Truth.MAYBE:
            return None
        if i > 0:
            base, numel, viewed = steps[i - 1], 1, 1
    if position != -1:
        return None
    return tuple(result)


def elements(
    data: tuple[Any, ...], dims: Sequence[Any], strides: Sequence[Any], offset: int = 0
) -> tuple[Any, ...] | None:
    """The values of a strided view into row-major `data`; None if there would be too many."""
    positions = [offset]
    for size, stride in zip(dims, strides):
        if len(positions) * size > MAX_TENSOR_DATA:
            return None
        positions = [p + stride * i for p in positions for i in range(size)]
    return tuple([data[p] for p in positions])
