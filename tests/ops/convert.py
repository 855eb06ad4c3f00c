"""Between real torch objects and abstract values: what goes into a rule, and whether what comes out agrees."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch.nn.utils import rnn

from tensight.dims import Expr, is_unknown
from tensight.ops.elements import Near
from tensight.values import (
    CONTIGUOUS,
    DTYPES,
    DictV,
    DType,
    Fields,
    ListV,
    PackedSequence,
    Reason,
    Scalar,
    Size,
    Tensor,
    Unknown,
)

#: Elements up to which a converted tensor carries its values, where they are asked for.
DATA_LIMIT = 32


def dtype_of(dtype: torch.dtype) -> DType:
    return DTYPES[str(dtype).removeprefix("torch.")]


def to_value(real: Any, *, data: bool = False) -> Any:
    """The abstract value of a real one; `data`: small tensors carry their elements."""
    if isinstance(real, torch.Tensor):
        return tensor_value(real, data=data)
    if isinstance(real, rnn.PackedSequence):
        return PackedSequence(tensor_value(real.data), int(real.batch_sizes[0]), len(real.batch_sizes))
    if isinstance(real, torch.Size):
        return Size(real)
    if isinstance(real, torch.dtype):
        return dtype_of(real)
    if isinstance(real, torch.device | torch.layout):
        return str(real)
    if isinstance(real, list):
        return ListV([to_value(item, data=data) for item in real])
    if isinstance(real, tuple):
        return tuple(to_value(item, data=data) for item in real)
    if isinstance(real, dict):
        return DictV({key: to_value(item, data=data) for key, item in real.items()})
    if isinstance(real, slice):
        return slice(*(to_value(end, data=data) for end in (real.start, real.stop, real.step)))
    if real is None or real is ... or isinstance(real, bool | int | float | complex | str | range):
        return real
    return Unknown(Reason.OPAQUE, type(real).__name__)


def tensor_value(real: torch.Tensor, *, data: bool = False) -> Tensor:
    values = None
    if (
        data
        and not real.is_meta
        and real.numel() <= DATA_LIMIT
        and not real.is_quantized
        and real.layout is torch.strided
    ):
        values = tuple(real.detach().cpu().resolve_conj().resolve_neg().flatten().tolist())
    strides = tuple(real.stride()) if real.layout is torch.strided else None
    return Tensor(tuple(real.shape), dtype_of(real.dtype), str(real.device), values, strides=strides)


class Comparison:
    """What a rule's answer left open, and where it contradicts the truth."""

    def __init__(self) -> None:
        self.unknown: list[str] = []
        self.wrong: list[str] = []

    def compare(self, got: Any, real: Any, where: str = "result") -> None:
        if isinstance(got, Unknown):
            self.unknown.append(f"{where}: {got}")
        elif isinstance(real, torch.Tensor):
            self._tensor(got, real, where)
        elif isinstance(real, torch.Size):
            self._items(got, list(real), where, Size)
        elif isinstance(real, tuple | list):
            kind = ListV if isinstance(real, list) else tuple
            self._items(got, list(real), where, kind)
            names = _field_names(real)
            if names and not (isinstance(got, Fields) and got.names == names):
                self.wrong.append(f"{where}: fields {getattr(got, 'names', None)} instead of {names}")
            if names and isinstance(got, Fields) and got.typename != f"torch.return_types.{type(real).__name__}":
                self.wrong.append(f"{where}: {got.typename} instead of torch.return_types.{type(real).__name__}")
        elif isinstance(real, torch.dtype):
            if got is not dtype_of(real):
                self.wrong.append(f"{where}: {got} instead of {real}")
        elif isinstance(real, bool | int | float | complex):
            self._number(got, real, where)
        elif real is None or isinstance(real, str):
            if got != real:
                self.wrong.append(f"{where}: {got!r} instead of {real!r}")
        else:
            self.wrong.append(f"{where}: {got!r} for a {type(real).__name__}")

    def _tensor(self, got: Any, real: torch.Tensor, where: str) -> None:
        if not isinstance(got, Tensor):
            self.wrong.append(f"{where}: {got!r} for a tensor")
            return
        if got.dims is None or ... in got.dims:
            self.unknown.append(f"{where}: open rank")
        elif len(got.dims) != real.dim():
            self.wrong.append(f"{where}: {got} instead of {tuple(real.shape)}")
            return
        else:
            for i, (dim, size) in enumerate(zip(got.dims, real.shape)):
                self._dim(dim, size, f"{where}: axis {i} of {got} instead of {tuple(real.shape)}")
        if got.dtype is None:
            self.unknown.append(f"{where}: dtype")
        elif got.dtype is not dtype_of(real.dtype):
            self.wrong.append(f"{where}: {got.dtype} instead of {real.dtype}")
        if got.device is not None and got.device != str(real.device):
            self.wrong.append(f"{where}: device {got.device} instead of {real.device}")
        if got.data is not None:
            values = real.detach().resolve_conj().resolve_neg().flatten().tolist()
            if len(values) != len(got.data) or not all(same_number(a, b) for a, b in zip(got.data, values)):
                self.wrong.append(f"{where}: values {got.data} instead of {values}")
        if got.strides is not None and real.numel() and not _same_strides(got.strides, real):
            self.wrong.append(f"{where}: strides {got.strides} instead of {real.stride()}")

    def _dim(self, dim: Any, size: int, where: str) -> None:
        if isinstance(dim, Expr):
            if is_unknown(dim):
                self.unknown.append(where)
        elif dim != size:
            self.wrong.append(where)

    def _items(self, got: Any, real: list[Any], where: str, kind: type) -> None:
        items = got.items if isinstance(got, ListV) else got
        if isinstance(got, ListV) and got.rest is not None:
            self.unknown.append(f"{where}: a list of unknown length")
            return
        if not isinstance(got, tuple | ListV) or isinstance(got, ListV) is not (kind is ListV):
            self.wrong.append(f"{where}: {got!r} for a {kind.__name__}")
        elif len(items) != len(real):
            self.wrong.append(f"{where}: {len(items)} items instead of {len(real)}")
        else:
            for i, (a, b) in enumerate(zip(items, real)):
                self.compare(a, b, f"{where}[{i}]")

    def _number(self, got: Any, real: Any, where: str) -> None:
        if isinstance(got, Scalar):
            if got.kind not in (type(real).__name__, "number"):
                self.wrong.append(f"{where}: {got} for {real!r}")
        elif isinstance(got, Expr):
            self._dim(got, real, where)
        elif type(got) is not type(real) or not same_number(got, real):
            self.wrong.append(f"{where}: {got!r} instead of {real!r}")


def same_number(a: Any, b: Any) -> bool:
    """Equal to the last bit, or within the bounds that a Near states.

    NaN equals NaN, 0.0 does not equal -0.0, 1 does not equal True.
    """
    if type(a) is Near:
        low, high = sorted(a.ends())
        return type(b) is float and (low <= b <= high or abs(a - b) < 1e-9)
    if type(a) is not type(b):
        return False
    if isinstance(a, complex):
        return same_number(a.real, b.real) and same_number(a.imag, b.imag)
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    return bool(a == b)


def _field_names(real: Any) -> tuple[str, ...]:
    """The field names of a structseq of torch.return_types."""
    if type(real).__module__ != "torch.return_types":
        return ()
    return tuple(name for name, kind in vars(type(real)).items() if type(kind).__name__ == "member_descriptor")


def _same_strides(got: tuple[Any, ...], real: torch.Tensor) -> bool:
    """The stride of an axis of one element says nothing; CONTIGUOUS spells none out."""
    if got == CONTIGUOUS:
        return real.is_contiguous()
    return len(got) == real.dim() and all(a == b for a, b, n in zip(got, real.stride(), real.shape) if n > 1)
