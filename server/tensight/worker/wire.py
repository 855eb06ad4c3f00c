"""Plain data: what a question may carry, and what an answer means. The words are those of `main`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..dims import Dim, Expr
from ..values import DTYPES, DType, Fields, ListV, Scalar, Size, Tensor, Value

#: Data as `json` reads and writes it.
Json = Any


class NotPlain(Exception):
    """The value is not plain data, or the answer is not what an answer looks like."""


#: Puts a number in the place of a symbolic size.
Settle = Callable[[Dim], int]


def encode(value: Value, settle: Settle, dtype: str = "float32") -> Json:
    """An argument as plain data, with `dtype` for tensors of which none is known; raises NotPlain."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | Expr):
        return settle(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NotPlain(value)
        return value
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, Tensor):
        return encode_tensor(value, settle, dtype)
    if isinstance(value, DType):
        return {"dtype": value.name}
    if isinstance(value, ListV) and value.rest is None and value.kind == "list":
        return [encode(item, settle, dtype) for item in value.items]
    if isinstance(value, tuple):
        return {"tuple": [encode(item, settle, dtype) for item in value]}
    raise NotPlain(value)


def encode_tensor(tensor: Tensor, settle: Settle, dtype: str) -> Json:
    """Shape and dtype; a tensor of unknown rank cannot be asked about."""
    if tensor.is_open or tensor.device == "numpy":
        raise NotPlain(tensor)
    shape = [settle(dim) for dim in tensor.shape]
    if any(size < 0 for size in shape):
        raise NotPlain(tensor)
    return {"tensor": [shape, dtype if tensor.dtype is None else tensor.dtype.name]}


def tensors_of(args: Sequence[Value], kwargs: Mapping[str, Value]) -> list[Tensor]:
    """Every tensor among the arguments, those in tuples and lists included."""
    found: list[Tensor] = []
    pending = [*kwargs.values(), *args]
    while pending:
        value = pending.pop()
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, ListV):
            pending += value.items
        elif isinstance(value, tuple):
            pending += value
    return found


def check_answer(data: Json, depth: int = 0) -> None:
    """Raise NotPlain unless the data is what `main` writes as the value of an answer."""
    if depth > 16:
        raise NotPlain(data)
    if data is None or isinstance(data, bool | int | float | str):
        return
    if isinstance(data, list):
        for item in data:
            check_answer(item, depth + 1)
        return
    if not isinstance(data, dict) or len(data) != 1:
        raise NotPlain(data)
    ((kind, value),) = data.items()
    if kind == "tensor":
        good = isinstance(value, list) and len(value) == 2 and isinstance(value[1], str)
        if not good or not _sizes(value[0]):
            raise NotPlain(data)
    elif kind in ("tuple", "size"):
        if not isinstance(value, list) or (kind == "size" and not _sizes(value)):
            raise NotPlain(data)
        check_answer(value, depth + 1)
    elif kind == "fields":
        if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], str):
            raise NotPlain(data)
        names, items = value[1:]
        if not isinstance(names, list) or not isinstance(items, list) or len(names) != len(items):
            raise NotPlain(data)
        if not all(isinstance(name, str) for name in names):
            raise NotPlain(data)
        check_answer(items, depth + 1)
    elif kind not in ("dtype", "float", "complex"):
        raise NotPlain(data)


def _sizes(value: Json) -> bool:
    return isinstance(value, list) and all(type(size) is int and size >= 0 for size in value)


#: The size at a place of an answer: an axis of a tensor or an item of a torch.Size, in the order of reading.
Sizes = Callable[[int], Dim]


def decode(data: Json, sizes: Sizes, device: str | None, dtypes: bool = True) -> Value:
    """The value of an answer that was checked. Numbers beside tensors may depend on the device: only their kind is
    kept. Without `dtypes`, none of the answer is."""
    return _Decoder(sizes, device, dtypes).value(data)


class _Decoder:
    """Counts the sizes that it meets."""

    def __init__(self, sizes: Sizes, device: str | None, dtypes: bool) -> None:
        self.sizes, self.device, self.dtypes, self.met = sizes, device, dtypes, 0

    def next(self) -> Dim:
        self.met += 1
        return self.sizes(self.met - 1)

    def value(self, data: Json) -> Value:
        if data is None or isinstance(data, str):
            return data
        if isinstance(data, bool | int | float):
            return Scalar(type(data).__name__)
        if isinstance(data, list):
            return ListV([self.value(item) for item in data])
        ((kind, value),) = data.items()
        match kind:
            case "tensor":
                dims = tuple(self.next() for _ in value[0])
                return Tensor(dims, DTYPES.get(value[1]) if self.dtypes else None, self.device)
            case "size":
                return Size(self.next() for _ in value)
            case "tuple":
                return tuple(self.value(item) for item in value)
            case "fields":
                typename, names, items = value
                return Fields(typename, tuple(names), tuple(self.value(item) for item in items))
            case "dtype":
                return DTYPES.get(value, Scalar("number"))
        return Scalar(kind)


def sizes_in(data: Json, dtypes: bool = True) -> tuple[list[int], Json]:
    """The sizes of an answer in the order of reading, and what is left of it without them (and without dtypes)."""
    met: list[int] = []

    def walk(part: Json) -> Json:
        if isinstance(part, list):
            return [walk(item) for item in part]
        if not isinstance(part, dict):
            return type(part).__name__ if isinstance(part, int | float) else part
        ((kind, value),) = part.items()
        if kind == "tensor":
            met.extend(value[0])
            return {kind: [len(value[0]), value[1] if dtypes else None]}
        if kind == "size":
            met.extend(value)
            return {kind: len(value)}
        if kind == "tuple":
            return {kind: [walk(item) for item in value]}
        if kind == "fields":
            return {kind: [*value[:2], [walk(item) for item in value[2]]]}
        return part

    return met, walk(data)
