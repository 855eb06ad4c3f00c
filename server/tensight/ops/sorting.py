"""Order along an axis: sort, topk, the k-th value, the mode, distinct values, places in a sorted row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ..dims import Dim, Truth, dim_max, fresh_data, is_zero, less, less_equal
from ..values import BOOL, FLOAT64, INT64, Fields, Kind, Tensor, Value, torch_size_text
from ..values.dtype import INT32
from .checks import axis, check, product, refuse, require_equal
from .coerce import to_axis
from .errors import Lift
from .kinds import Axis, Flag, Int, OptAxis, OptTensor, OptText, Raw, TensorLike
from .reduced import require_not_empty
from .reduction import indexed
from .registry import op
from .spatial import refuse_kinds
from .spelling import spell

_ordered = sorted  # the word is a parameter of torch.unique


def _pair(name: str, values: Tensor) -> Fields:
    return Fields(f"torch.return_types.{name}", ("values", "indices"), (values, values.with_dtype(INT64)))


def _require_axis(input: Tensor, dim: int) -> None:
    if not input.is_open:
        axis(dim, input.rank)


def _sort(input: Tensor, dim: Value) -> Fields:
    dim = to_axis(dim)
    _require_axis(input, dim)
    if input.dtype is not None:
        check(
            input.dtype.kind is not Kind.COMPLEX,
            "dtype-mismatch",
            " Sort does not support complex dtypes on CPU",
        )
    return _pair("sort", input.alike())


@op(*spell("sort"), open_rank=True)
def sort(input: Tensor, dim: Raw = -1, descending: Raw = False, *, stable: Raw = None) -> Value:
    """Sorted along an axis, with the places."""
    return _sort(input, dim)


@op(*spell("argsort"), open_rank=True)
def argsort(input: Tensor, dim: Axis = -1, descending: Raw = False, *, stable: Raw = False) -> Tensor:
    """The places that sort an axis."""
    return _sort(input, dim)[1]  # type: ignore[no-any-return]


@op(*spell("msort"), open_rank=True)
def msort(input: Tensor) -> Tensor:
    """Sorted along the first axis."""
    return _sort(input, 0)[0]  # type: ignore[no-any-return]


@op(*spell("topk"))
def topk(input: Tensor, k: Int, dim: Axis = -1, largest: Raw = True, sorted: Raw = True) -> Value:
    """The k greatest elements of an axis, with their places."""
    at = axis(dim, input.rank)
    size: Dim = input.shape[at] if input.rank else 1
    if less(k, 0) is Truth.YES or less(size, k) is Truth.YES:
        raise refuse("invalid-argument", "selected index k out of range", k=k, size=size)
    if input.dtype is not None:
        check(input.dtype.kind is not Kind.BOOL, "dtype-mismatch", "topk does not support bool dtypes on CPU")
        check(
            input.dtype.kind is not Kind.COMPLEX,
            "dtype-mismatch",
            " topk does not support complex dtypes on CPU",
        )
    if not input.rank:
        return _pair("topk", input.alike())
    return _pair("topk", input.with_dims(*input.shape[:at], k, *input.shape[at + 1 :]))


@op(*spell("kthvalue"))
def kthvalue(input: Tensor, k: Int, dim: Axis = -1, keepdim: Flag = False) -> Value:
    """The k-th smallest element of an axis, with its place."""
    at = axis(dim, input.rank)
    require_not_empty("kthvalue", input, dim)
    size: Dim = input.shape[at] if input.rank else 1
    if less_equal(k, 0) is Truth.YES or less(size, k) is Truth.YES:
        raise refuse("invalid-argument", f"kthvalue(): selected number k out of range for dimension {at}")
    refuse_kinds("kthvalue_cpu", input.dtype, (Kind.BOOL, Kind.COMPLEX))
    return indexed("kthvalue", input, dim, keepdim)


@op(*spell("mode"), open_rank=True)
def mode(input: Tensor, dim: Axis = -1, keepdim: Flag = False) -> Value:
    """The most frequent element of an axis, with its place."""
    require_not_empty("mode", input, dim)
    return indexed("mode", input, dim, keepdim)


@op(*spell("unique"), open_rank=True)
def unique(
    input: Tensor, sorted: Raw = True, return_inverse: Flag = False, return_counts: Flag = False, dim: OptAxis = None
) -> Value:
    """The distinct elements, or slices of an axis."""
    known = _exact(input) if sorted is True and dim is None else None
    found = None if known is None else _runs(_ordered(known), known)
    return _unique(input, return_inverse, return_counts, dim, found, empty_is_checked=True)


@op(*spell("unique_consecutive"), open_rank=True)
def unique_consecutive(
    input: Tensor, return_inverse: Flag = False, return_counts: Flag = False, dim: OptAxis = None
) -> Value:
    """Without repetitions of neighbours."""
    known = _exact(input) if dim is None else None
    found = None if known is None else _runs(known, known)
    return _unique(input, return_inverse, return_counts, dim, found, empty_is_checked=False)


_Elements = Sequence[int | float]


def _runs(ordered: _Elements, known: _Elements) -> tuple[_Elements, _Elements, _Elements]:
    """The first of each run of equal elements, the run that each element is in, and how long the runs are."""
    runs = [(key, len(list(run))) for key, run in groupby(ordered)]
    number = [i for i, (_, length) in enumerate(runs) for _ in range(length)]
    if ordered is not known:
        number = [number[ordered.index(element)] for element in known]
    return tuple(key for key, _ in runs), tuple(number), tuple(length for _, length in runs)


def _exact(input: Tensor) -> tuple[int | float, ...] | None:
    """The elements, if each of them is known to the last bit and equal to itself."""
    data = input.data
    if data is None or not all(type(v) in (int, float, bool) and v == v for v in data):
        return None
    return data


def _unique(
    input: Tensor,
    inverse: bool,
    counts: bool,
    dim: int | None,
    found: tuple[_Elements, _Elements, _Elements] | None,
    *,
    empty_is_checked: bool,
) -> Value:
    if dim is None:
        empty = not input.is_open and is_zero(product(input.shape)) is Truth.YES
        count: Dim = len(found[0]) if found is not None else 0 if empty else fresh_data("n")
        values = Tensor((count,), input.dtype, input.device, found and tuple(found[0]))
        places = Tensor(input.dims, INT64, input.device, found and tuple(found[1]), unknown=input.unknown)
    else:
        if input.is_open:
            raise Lift(input.unknown)
        at = axis(dim, input.rank)
        if not input.rank:
            raise Lift()
        size = input.shape[at]
        others = product([d for i, d in enumerate(input.shape) if i != at])
        if empty_is_checked and is_zero(size) is Truth.NO and is_zero(others) is Truth.YES:
            raise refuse(
                "invalid-argument",
                "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied",
            )
        count = 0 if is_zero(size) is Truth.YES else fresh_data("n")
        values = input.with_dims(*input.shape[:at], count, *input.shape[at + 1 :])
        places = Tensor((size,), INT64, input.device)
    result = [values]
    if inverse:
        result.append(places)
    if counts:
        result.append(Tensor((count,), INT64, input.device, tuple(found[2]) if found else None))
    return tuple(result) if len(result) > 1 else values


@op("torch.searchsorted")
def searchsorted(
    sorted_sequence: Tensor,
    input: TensorLike,
    *,
    out_int32: Flag = False,
    right: Raw = False,
    side: OptText = None,
    sorter: OptTensor = None,
) -> Tensor:
    """Where each value would stand in a sorted row."""
    if side is not None:
        check(
            side in ("left", "right"),
            "invalid-argument",
            f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}",
        )
        check(
            not (side == "left" and right is True),
            "invalid-argument",
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True",
        )
    row = sorted_sequence.shape
    check(
        len(row) > 0,
        "rank-mismatch",
        "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension",
    )
    dtype = INT32 if out_int32 else INT64
    values = input.shape if isinstance(input, Tensor) else ()
    if isinstance(input, Tensor) and sorter is not None:
        _require_sorter(sorted_sequence, sorter)
    if not values and len(row) != 1:
        raise refuse(
            "rank-mismatch",
            "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got"
            f" boundaries tensor dim({len(row)}) and input value's dim(0) numel(1)",
        )
    if len(row) > 1:
        message = (
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries"
            " tensor and input value tensor must match, but we got boundaries tensor"
            f" {torch_size_text(row)} and input value tensor {torch_size_text(values)}"
        )
        if len(row) != len(values):
            raise refuse("size-mismatch", message)
        for a, b in zip(row[:-1], values[:-1]):
            require_equal(a, b, "size-mismatch", message)
    device = input.device if isinstance(input, Tensor) else sorted_sequence.device
    return Tensor(values, dtype, device)


def _require_sorter(row: Tensor, sorter: Tensor) -> None:
    message = (
        "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor"
        f" {torch_size_text(row.shape)}and got sorter tensor {torch_size_text(sorter.shape)}"
    )
    if row.rank != sorter.rank:
        raise refuse("size-mismatch", message)
    for a, b in zip(row.shape, sorter.shape):
        require_equal(a, b, "size-mismatch", message)


@op("torch.bucketize", open_rank=True)
def bucketize(input: TensorLike, boundaries: Tensor, *, out_int32: Flag = False, right: Raw = False) -> Tensor:
    """The bucket of each value."""
    if not boundaries.is_open:
        check(
            boundaries.rank == 1,
            "rank-mismatch",
            lambda: f"boundaries tensor must be 1 dimension, but got dim({boundaries.rank})",
        )
    dtype = INT32 if out_int32 else INT64
    if not isinstance(input, Tensor):
        return Tensor((), dtype, boundaries.device)
    return input.alike().with_dtype(dtype)


@op(*spell("bincount"))
def bincount(input: Tensor, weights: OptTensor = None, minlength: Int = 0) -> Tensor:
    """How often each integer occurs."""
    if input.dtype is not None:
        check(
            input.dtype.kind is Kind.INT,
            "dtype-mismatch",
            f"\"bincount_cpu\" not implemented for '{input.dtype.legacy}'",
            "NotImplementedError",
        )
    check(less(minlength, 0) is not Truth.YES, "invalid-argument", "minlength should be >= 0")
    check(input.rank == 1, "rank-mismatch", "bincount only supports 1-d non-negative integral inputs.")
    dtype = INT64
    if weights is not None:
        text = "weights should be 1-d and have the same length as input"
        check(weights.rank == 1, "rank-mismatch", text)
        require_equal(weights.shape[0], input.shape[0], "size-mismatch", text)
        if weights.dtype is None:
            return Tensor((_counted(minlength),), None, input.device)
        dtype = weights.dtype if weights.dtype.name == "float32" else FLOAT64
    if is_zero(input.shape[0]) is Truth.YES:
        return Tensor((minlength,), INT64, input.device)
    return Tensor((_counted(minlength),), dtype, input.device)


def _counted(minlength: Dim) -> Dim:
    return dim_max(fresh_data("n"), minlength)


@op("torch.isin", open_rank=True)
def isin(elements: TensorLike, test_elements: TensorLike, *, assume_unique: Raw = False, invert: Raw = False) -> Tensor:
    """Whether each element is among the others."""
    if not isinstance(elements, Tensor):
        return Tensor((), BOOL)
    return elements.alike().with_dtype(BOOL)
