"""Tensors made from Python data: torch.tensor, as_tensor, the legacy constructors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..dims import Dim, Expr, fresh_data, is_unknown
from ..limits import MAX_TENSOR_DATA
from ..values import (
    CONTIGUOUS,
    DTYPES,
    FLOAT64,
    INT64,
    Double,
    DType,
    ListV,
    OpenSize,
    Scalar,
    SetV,
    Tensor,
    Unknown,
    Value,
    numbered,
    promote,
)
from .checks import check, refuse
from .coerce import ArgumentTypeError, items_of, to_sizes
from .creation import chosen, make
from .defaults import DEFAULTS
from .devices import named
from .elements import convert_all
from .errors import Lift
from .kinds import Raw, RawArgs
from .promotion import scalar_dtype
from .registry import op


class _Leaves:
    """The shape of nested sequences, and their numbers in row-major order."""

    def __init__(self) -> None:
        self.dtype: DType | None = None
        self.settled = True
        self.values: list[Any] | None = []
        #: shapes of rows that many lists share
        self._rows: dict[int, tuple[Dim, ...]] = {}

    def shape_of(self, data: Value, depth: int = 0) -> tuple[Dim, ...]:
        if isinstance(data, Tensor):
            return self._tensor(data)
        if isinstance(data, bool | int | float | complex | Expr | Scalar):
            self._leaf(FLOAT64 if isinstance(data, Double) else scalar_dtype(data), data)
            return ()
        if isinstance(data, Unknown):
            self._leaf(None, data)
            raise Lift(data)
        if isinstance(data, OpenSize):
            raise Lift()
        if isinstance(data, ListV) and data.rest is not None:
            return self._some(data.items, data.rest, depth)
        if isinstance(data, ListV) and data.shared and self.values is None:
            row = self._rows.get(id(data.items))
            if row is None:
                row = self._rows[id(data.items)] = self._sequence(items_of(data), depth)
            return row
        if isinstance(data, tuple | ListV | range) and not isinstance(data, SetV):
            return self._sequence(items_of(data), depth)
        if isinstance(data, str):
            raise refuse("invalid-argument", "new(): invalid data type 'str'", "TypeError")
        if data is None:
            raise refuse("invalid-argument", "Could not infer dtype of NoneType")
        raise ArgumentTypeError(f"no data for a tensor: {data!r}")

    def _tensor(self, data: Tensor) -> tuple[Dim, ...]:
        if data.is_open:
            raise Lift(data.unknown)
        self._leaf(data.dtype, *(data.data if data.data is not None else (Scalar("number"),)))
        return data.shape

    def _sequence(self, items: tuple[Value, ...], depth: int) -> tuple[Dim, ...]:
        if len(items) > MAX_TENSOR_DATA:
            self.values = None
        if not items:
            return (0,)
        first = self.shape_of(items[0], depth + 1)
        for item in items[1:]:
            shape = self._item(item, first, depth)
            if len(shape) != len(first):
                raise Lift()
            for i, (a, b) in enumerate(zip(first, shape)):
                if isinstance(a, int) and isinstance(b, int) and a != b:
                    self._ragged(items[0], item, a, b, depth + 1 + i)
        return (len(items), *first)

    def _some(self, items: list[Value], rest: Value, depth: int) -> tuple[Dim, ...]:
        """A list of unknown length: one more axis, if all that it may hold has one shape. None at all is (0,)."""
        self.values = None
        first = self.shape_of(rest, depth + 1)
        if (first and not items) or any(self.shape_of(item, depth + 1) != first for item in items):
            raise Lift()
        return (fresh_data("n", len(items)), *first)

    def _item(self, item: Value, first: tuple[Dim, ...], depth: int) -> tuple[Dim, ...]:
        """The shape of a further item; where numbers and sequences are mixed PyTorch refuses in its own ways."""
        try:
            return self.shape_of(item, depth + 1)
        except Lift:
            self.settled = False
            self.values = None
            return first

    def _ragged(self, first: Value, item: Value, a: int, b: int, depth: int) -> None:
        if isinstance(item, Tensor) or isinstance(first, Tensor):
            raise Lift()
        raise refuse(
            "size-mismatch",
            f"expected sequence of length {a} at dim {depth} (got {b})",
            "ValueError",
        )

    def _leaf(self, dtype: DType | None, *values: Any) -> None:
        if dtype is None:
            self.settled = False
        elif self.dtype is None:
            self.dtype = dtype
        else:
            self.dtype = promote(self.dtype, dtype)
        if self.values is None:
            return
        if all(isinstance(value, bool | int | float) for value in values):
            self.values.extend(values)
        else:
            self.values = None


def from_data(data: Value, dtype: Value) -> Tensor:
    leaves = _Leaves()
    if isinstance(data, Tensor):
        settled = chosen(dtype, data.dtype)
        values = None if data.data is None else convert_all(data.data, settled)
        device = DEFAULTS.place if data.device == "numpy" else data.device
        return Tensor(data.dims, settled, device, values, unknown=data.unknown, entry=data.entry)
    dims = _absorb_tensors(data, leaves.shape_of(data))
    default = (leaves.dtype or DEFAULTS.dtype) if leaves.settled else None
    settled = chosen(dtype, default)
    values = None
    if leaves.values is not None and len(leaves.values) <= MAX_TENSOR_DATA:
        values = convert_all(leaves.values, settled)
    made = Tensor(dims, settled, DEFAULTS.place, values, strides=CONTIGUOUS)
    return numbered(made, data) if isinstance(data, Expr) and settled is INT64 and not is_unknown(data) else made


def _absorb_tensors(data: Value, dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """Tensors among the items count as numbers: each has to have one element (numpy arrays as sequences)."""
    depth = 0
    while isinstance(data, tuple | ListV):
        items = [*data.items, data.rest] if isinstance(data, ListV) and data.rest is not None else items_of(data)
        if not items:
            break
        data = items[0]
        depth += 1
    if isinstance(data, Tensor) and data.device != "numpy" and depth and len(dims) > depth:
        for dim in dims[depth:]:
            if isinstance(dim, int) and dim != 1:
                raise refuse(
                    "invalid-argument",
                    "only one element tensors can be converted to Python scalars",
                    "ValueError",
                )
        return dims[:depth]
    return dims


@op("torch.tensor")
def tensor(data: Raw, *, dtype: Raw = None) -> Tensor:
    """A copy of numbers, nested sequences of numbers, or an array."""
    return from_data(data, dtype)


@op("torch.as_tensor", "torch.asarray", open_rank=True)
def as_tensor(data: Raw, dtype: Raw = None, device: Raw = None) -> Tensor:
    """The same data as a tensor, shared where that is possible."""
    result = from_data(data, dtype)
    if device is None:
        return result
    return replace(result, device=named(device))


@op("torch.from_numpy", open_rank=True)
def from_numpy(ndarray: Raw) -> Tensor:
    """The tensor that shares an array's memory."""
    if not isinstance(ndarray, Tensor):
        raise Lift(ndarray if isinstance(ndarray, Unknown) else None)
    return Tensor(ndarray.dims, ndarray.dtype, "cpu", ndarray.data, unknown=ndarray.unknown, entry=ndarray.entry)


@op("torch.Tensor.new_tensor", open_rank=True)
def new_tensor(input: Tensor, data: Raw, *, dtype: Raw = None) -> Tensor:
    """Python data in the input's dtype and on its device."""
    return replace(from_data(data, chosen(dtype, input.dtype)), device=input.device)


#: A number that is not known: a size.
_SOME = (Scalar("int"), Scalar("number"))


def legacy(args: tuple[Value, ...], dtype: DType | None, device: str | None) -> Tensor:
    """`torch.Tensor(2, 3)`: sizes; `torch.Tensor([2, 3])`: data."""
    if not args:
        return make((0,), dtype)
    first = args[0]
    if len(args) == 1 and (isinstance(first, ListV | Tensor | range) or type(first) is tuple):
        result = from_data(first, dtype)
        return replace(result, dtype=dtype, device=device)
    if len(args) == 1 and isinstance(first, Unknown):
        raise Lift(first)
    sizes = first if len(args) == 1 and isinstance(first, tuple) else args
    for at, size in enumerate(sizes):
        if isinstance(size, float):
            check(len(args) > 1, "invalid-argument", "new(): data must be a sequence (got float)", "TypeError")
            check(
                at == 0 or len(args) != len(sizes), "invalid-argument",
                f"new(): argument 'size' failed to unpack the object at pos {at + 1} with error \"type must be tuple of"
                ' ints,but got float"', "TypeError",
            )  # fmt: skip
        if not isinstance(size, int | Expr) and size not in _SOME:
            raise Lift()
    return replace(make(to_sizes(tuple(sizes)), dtype), device=device)


@op("torch.Tensor")
def default_tensor(*args: RawArgs) -> Tensor:
    """The legacy constructor: sizes, or data."""
    return legacy(args, DEFAULTS.dtype, None if DEFAULTS.changed else DEFAULTS.place)


def _legacy_row(name: str, dtype: str, device: str) -> None:
    def construct(*args: RawArgs) -> Tensor:
        return legacy(args, DTYPES[dtype], device)

    construct.__doc__ = f"The legacy constructor of {dtype}: sizes, or data."
    op(name)(construct)


for _name, _dtype in (
    ("FloatTensor", "float32"), ("DoubleTensor", "float64"), ("HalfTensor", "float16"), ("BFloat16Tensor", "bfloat16"),
    ("LongTensor", "int64"), ("IntTensor", "int32"), ("ShortTensor", "int16"), ("CharTensor", "int8"),
    ("ByteTensor", "uint8"), ("BoolTensor", "bool"),
):  # fmt: skip
    _legacy_row(f"torch.{_name}", _dtype, "cpu")
    _legacy_row(f"torch.cuda.{_name}", _dtype, "cuda")


@op("torch.Tensor.new", open_rank=True)
def new(input: Tensor, *args: RawArgs) -> Tensor:
    """The legacy constructor, in the input's dtype and on its device."""
    return legacy(args, input.dtype, input.device)
