"""Tensors made from sizes: fills, ranges, identity, indices, and `*_like`, `new_*`."""

from __future__ import annotations

from collections.abc import Sequence

from ..dims import Dim, Expr, Truth, dim_max, dim_min, fresh_unknown, less
from ..values import (
    CONTIGUOUS,
    INT64,
    DType,
    Kind,
    Tensor,
    Value,
    torch_size_text,
)
from .broadcasting import broadcast_tensors
from .checks import check, refuse
from .defaults import DEFAULTS
from .elements import MAX_FILL, convert_all, count_of
from .kinds import Int, OptInt, Raw, SizeArgs, Sizes
from .promotion import complex_of, scalar_dtype
from .registry import op
from .strides import fresh


def require_sizes(dims: Sequence[Dim]) -> None:
    """No size may be negative."""
    for dim in dims:
        if less(dim, 0) is Truth.YES:
            raise refuse(
                "invalid-argument",
                f"Trying to create tensor with negative dimension {dim}: {torch_size_text(tuple(dims))}",
            )


def chosen(dtype: Value, default: DType | None) -> DType | None:
    """The dtype of a `dtype=` argument: the default if there is none, None if it is not known."""
    if dtype is None:
        return default
    return dtype if isinstance(dtype, DType) else None


def make(dims: Sequence[Dim], dtype: DType | None) -> Tensor:
    require_sizes(dims)
    return fresh(dims, dtype)


def filled(dims: Sequence[Dim], dtype: DType | None, value: Value) -> Tensor:
    """A tensor of one value, which it carries if it is small."""
    require_sizes(dims)
    count = count_of(dims)
    data = None
    if count is not None and count <= MAX_FILL and isinstance(value, int | float):
        data = convert_all((value,) * count, dtype)
    return Tensor(tuple(dims), dtype, data=data, strides=CONTIGUOUS)


@op("torch.empty", "torch.rand", "torch.randn")
def empty(*size: SizeArgs, dtype: Raw = None) -> Tensor:
    """A tensor of this size whose values do not matter."""
    return make(size, chosen(dtype, DEFAULTS.dtype))


@op("torch.zeros")
def zeros(*size: SizeArgs, dtype: Raw = None) -> Tensor:
    """All zeros."""
    for dim in size:
        check(less(dim, 0) is not Truth.YES, "invalid-argument", "zeros: Dimension size must be non-negative.")
    return filled(size, chosen(dtype, DEFAULTS.dtype), 0)


@op("torch.ones")
def ones(*size: SizeArgs, dtype: Raw = None) -> Tensor:
    """All ones."""
    return filled(size, chosen(dtype, DEFAULTS.dtype), 1)


@op("torch.full")
def full(size: Sizes, fill_value: Raw, *, dtype: Raw = None) -> Tensor:
    """All the same value; its kind settles the dtype."""
    if isinstance(fill_value, Tensor) and fill_value.data is not None and len(fill_value.data) == 1:
        fill_value = fill_value.data[0]
    default = fill_value.dtype if isinstance(fill_value, Tensor) else scalar_dtype(fill_value)
    return filled(size, chosen(dtype, default), fill_value)


@op("torch.empty_strided")
def empty_strided(size: Sizes, stride: Sizes, *, dtype: Raw = None) -> Tensor:
    """An empty tensor with these strides."""
    check(
        len(size) == len(stride),
        "rank-mismatch",
        lambda: f"mismatch in length of strides and shape: len(size) = {len(size)}, len(stride) = {len(stride)}",
    )
    require_sizes(size)
    return Tensor(size, chosen(dtype, DEFAULTS.dtype), strides=stride)


@op("torch.scalar_tensor")
def scalar_tensor(s: Raw, *, dtype: Raw = None) -> Tensor:
    """A 0-d tensor, float32 unless said otherwise."""
    return filled((), chosen(dtype, DEFAULTS.dtype), s)


@op("torch.eye")
def eye(n: Int, m: OptInt = None, *, dtype: Raw = None) -> Tensor:
    """Ones on the diagonal."""
    columns = n if m is None else m
    check(less(n, 0) is not Truth.YES, "invalid-argument", lambda: f"n must be greater or equal to 0, got {n}")
    check(
        less(columns, 0) is not Truth.YES, "invalid-argument", lambda: f"m must be greater or equal to 0, got {columns}"
    )
    settled = chosen(dtype, DEFAULTS.dtype)
    data = None
    count = count_of((n, columns))
    if count is not None and count <= MAX_FILL:
        data = convert_all((int(i == j) for i in range(n) for j in range(columns)), settled)  # type: ignore[arg-type]
    return Tensor((n, columns), settled, data=data, strides=CONTIGUOUS)


@op("torch.tril_indices")
def tril_indices(row: Int, col: Int, offset: Int = 0, *, dtype: Raw = None) -> Tensor:
    """Row and column numbers of the lower triangle."""
    _require_table(row, col)
    return fresh((2, _triangle(row, col, offset)), chosen(dtype, INT64))


@op("torch.triu_indices")
def triu_indices(row: Int, col: Int, offset: Int = 0, *, dtype: Raw = None) -> Tensor:
    """Row and column numbers of the upper triangle."""
    _require_table(row, col)
    below = _triangle(row, col, offset - 1)
    return fresh((2, row * col - below), chosen(dtype, INT64))


def _require_table(row: Dim, col: Dim) -> None:
    check(less(row, 0) is not Truth.YES, "invalid-argument", lambda: f"row must be non-negative, got{row}")
    check(less(col, 0) is not Truth.YES, "invalid-argument", lambda: f"col must be non-negative, got{col}")


def _triangle(row: Dim, col: Dim, offset: Dim) -> Dim:
    """How many places of a table lie on or below the diagonal `offset`."""
    if isinstance(row, int) and isinstance(col, int) and isinstance(offset, int):
        return sum(min(max(i + offset + 1, 0), col) for i in range(row))
    if offset == 0 and isinstance(row, Expr) and row == col:
        return row * (row + 1) // 2
    if offset == -1 and isinstance(row, Expr) and row == col:
        return row * (row - 1) // 2
    if isinstance(offset, int) and offset == 0:
        short = dim_min(row, col)
        return short * (short + 1) // 2 + dim_max(row - col, 0) * col
    return fresh_unknown()


@op("torch.complex")
def complex_(real: Tensor, imag: Tensor) -> Tensor:
    """A complex tensor from its parts."""
    return _complex(real, imag)


@op("torch.polar")
def polar(abs: Tensor, angle: Tensor) -> Tensor:
    """A complex tensor from absolute value and angle."""
    return _complex(abs, angle)


def _complex(a: Tensor, b: Tensor) -> Tensor:
    if a.dtype is not None and b.dtype is not None:
        for dtype in (a.dtype, b.dtype):
            check(
                dtype.name in ("float16", "float32", "float64"),
                "dtype-mismatch",
                f"Expected both inputs to be Half, Float or Double tensors but got {a.dtype.legacy} and"
                f" {b.dtype.legacy}",
            )
        check(
            a.dtype is b.dtype,
            "dtype-mismatch",
            f"Expected object of scalar type {a.dtype.legacy} but got scalar type {b.dtype.legacy} for second argument",
        )
    result = broadcast_tensors(a, b)
    return result.with_dtype(None if result.dtype is None else complex_of(result.dtype))


@op("torch.empty_like", open_rank=True)
def empty_like(input: Tensor, *, dtype: Raw = None) -> Tensor:
    """As the input is."""
    return input.alike().with_dtype(chosen(dtype, input.dtype))


@op("torch.rand_like", open_rank=True)
def rand_like(input: Tensor, *, dtype: Raw = None) -> Tensor:
    """As the input is, of a uniform distribution."""
    return _drawn_like(input, dtype, "check_uniform_bounds")


@op("torch.randn_like", open_rank=True)
def randn_like(input: Tensor, *, dtype: Raw = None) -> Tensor:
    """As the input is, of a normal distribution."""
    return _drawn_like(input, dtype, "normal_kernel_cpu")


def _drawn_like(input: Tensor, dtype: Value, kernel: str) -> Tensor:
    settled = chosen(dtype, input.dtype)
    if settled is not None:
        check(
            settled.kind >= Kind.FLOAT, "dtype-mismatch", f"\"{kernel}\" not implemented for '{settled.legacy}'",
            "NotImplementedError",
        )  # fmt: skip
    return input.alike().with_dtype(settled)


@op("torch.zeros_like", open_rank=True)
def zeros_like(input: Tensor, *, dtype: Raw = None) -> Tensor:
    """All zeros."""
    return _filled_like(input, dtype, 0)


@op("torch.ones_like", open_rank=True)
def ones_like(input: Tensor, *, dtype: Raw = None) -> Tensor:
    """All ones."""
    return _filled_like(input, dtype, 1)


@op("torch.full_like", open_rank=True)
def full_like(input: Tensor, fill_value: Raw, *, dtype: Raw = None) -> Tensor:
    """All the same value."""
    return _filled_like(input, dtype, fill_value)


def _filled_like(input: Tensor, dtype: Value, value: Value) -> Tensor:
    settled = chosen(dtype, input.dtype)
    if input.is_open:
        return input.alike().with_dtype(settled)
    plain = filled(input.shape, settled, value)
    return Tensor(input.dims, settled, input.device, plain.data)


@op("torch.randint_like", open_rank=True)
def randint_like(input: Tensor, low: Raw, high: Raw = None, *, dtype: Raw = None) -> Tensor:
    """Random integers, in the dtype of the input."""
    return input.alike().with_dtype(chosen(dtype, input.dtype))


@op("torch.Tensor.new_empty", "torch.Tensor.new_ones", "torch.Tensor.new_zeros", open_rank=True)
def new_empty(input: Tensor, *size: SizeArgs, dtype: Raw = None) -> Tensor:
    """A tensor of the input's dtype and device."""
    require_sizes(size)
    return fresh(size, chosen(dtype, input.dtype), input.device)


@op("torch.Tensor.new_full", open_rank=True)
def new_full(input: Tensor, size: Sizes, fill_value: Raw, *, dtype: Raw = None) -> Tensor:
    """All the same value, of the input's dtype and device."""
    require_sizes(size)
    return fresh(size, chosen(dtype, input.dtype), input.device)


@op("torch.Tensor.new_empty_strided", open_rank=True)
def new_empty_strided(input: Tensor, size: Sizes, stride: Sizes, *, dtype: Raw = None) -> Tensor:
    """An empty tensor with these strides, of the input's dtype and device."""
    require_sizes(size)
    return Tensor(size, chosen(dtype, input.dtype), input.device, strides=stride)


@op("torch.vander")
def vander(x: Tensor, N: OptInt = None, increasing: Raw = False) -> Tensor:
    """The powers of each element as a row."""
    check(x.rank == 1, "rank-mismatch", "x must be a one-dimensional tensor.")
    if N is not None:
        check(less(N, 0) is not Truth.YES, "invalid-argument", "N must be non-negative.")
    dtype = INT64 if x.dtype is not None and x.dtype.kind <= Kind.INT else x.dtype
    return fresh((x.shape[0], x.shape[0] if N is None else N), dtype, x.device)
