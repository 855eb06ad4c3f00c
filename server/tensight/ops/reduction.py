"""Reductions over all or some axes: sums, means, extrema, norms, tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..values import BOOL, DTYPES, INT64, DType, Fields, Kind, Tensor, Value
from .broadcasting import broadcast_tensors
from .checks import axis as position
from .checks import check, refuse
from .coerce import ArgumentTypeError, to_axes, to_axis
from .conversion import require_one_element
from .creation import chosen
from .errors import Lift
from .kinds import Axes, Axis, Flag, OptAxis, OptTensor, Raw, Text
from .promotion import floating, real_of, result_type
from .reduced import is_empty, reduced, require_not_empty
from .registry import op
from .spatial import refuse_kinds
from .spelling import spell

DTypeOf = Callable[[DType | None], DType | None]


def _summed(dtype: DType | None) -> DType | None:
    """Integers and bools are summed as int64."""
    return INT64 if dtype is not None and dtype.kind <= Kind.INT else dtype


def _tested(dtype: DType | None) -> DType | None:
    """`all` and `any` answer bool, but uint8 for uint8."""
    return dtype if dtype is not None and dtype.name == "uint8" else None if dtype is None else BOOL


def _require_float(input: Tensor, message: str) -> None:
    if input.dtype is not None:
        check(input.dtype.kind >= Kind.FLOAT, "dtype-mismatch", lambda: message.format(input.dtype.legacy))  # type: ignore[union-attr]


@op(*spell("sum nansum"), open_rank=True)
def sum_(input: Tensor, dim: Axes = None, keepdim: Flag = False, *, dtype: Raw = None) -> Tensor:
    """The sum over axes."""
    return reduced(input, dim, keepdim, chosen(dtype, _summed(input.dtype)))


@op(*spell("nanmean"), open_rank=True)
def nanmean(input: Tensor, dim: Axes = None, keepdim: Flag = False, *, dtype: Raw = None) -> Tensor:
    """The mean over axes of what is a number."""
    _require_float(input, "nanmean(): expected input to have floating point or complex dtype but got {}")
    return _mean("nanmean", input, dim, keepdim, dtype)


@op(*spell("mean"), open_rank=True)
def mean(input: Tensor, dim: Axes = None, keepdim: Flag = False, *, dtype: Raw = None) -> Tensor:
    """The mean over axes."""
    return _mean("mean", input, dim, keepdim, dtype)


def _mean(name: str, input: Tensor, dim: Sequence[int] | None, keepdim: bool, dtype: Value) -> Tensor:
    settled = chosen(dtype, input.dtype)
    if settled is not None:
        word = "Input" if dtype is None else "Optional"
        check(
            settled.kind >= Kind.FLOAT,
            "dtype-mismatch",
            f"{name}(): could not infer output dtype. {word} dtype must be either a floating point or complex dtype."
            f" Got: {settled.legacy}",
        )
    return reduced(input, dim, keepdim, settled)


@op(*spell("prod"), open_rank=True)
def prod(input: Tensor, dim: OptAxis = None, keepdim: Flag = False, *, dtype: Raw = None) -> Tensor:
    """The product over one axis or all."""
    return reduced(input, None if dim is None else (dim,), keepdim, chosen(dtype, _summed(input.dtype)))


def _extremum_row(name: str) -> None:
    def rule(input: Tensor, dim: Axes = (), keepdim: Flag = False) -> Tensor:
        if not dim:
            check(not is_empty(input), "invalid-argument", _NEEDS_DIM.format(name))
        else:
            for one in dim:
                require_not_empty(name, input, one, as_written=True)
        return reduced(input, dim, keepdim, input.dtype)

    rule.__doc__ = f"The {name[1:]}imum over axes."
    op(*spell(name), open_rank=True)(rule)


_NEEDS_DIM = (
    "{}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim'"
    " argument."
)
for _name in ("amax", "amin"):
    _extremum_row(_name)


def _test_row(name: str) -> None:
    def rule(input: Tensor, dim: Axes = None, keepdim: Flag = False) -> Tensor:
        dtype = _tested(input.dtype)
        if dim == ():
            return input.alike().with_dtype(dtype)
        return reduced(input, dim, keepdim, dtype)

    rule.__doc__ = f"Whether {name} elements along axes are true."
    op(*spell(name), open_rank=True)(rule)

    def of_whole(input: Tensor) -> Tensor:
        return rule(input)

    of_whole.__doc__ = f"Whether {name} elements of a tensor of bool are true."
    op(f"torch._is_{name}_true", open_rank=True)(of_whole)


for _name in ("all", "any"):
    _test_row(_name)


@op("torch.logsumexp", "torch.Tensor.logsumexp", "torch.special.logsumexp", open_rank=True)
def logsumexp(input: Tensor, dim: Axes, keepdim: Flag = False) -> Tensor:
    """log of the sum of exp over axes."""
    if not dim:
        raise Lift()
    return reduced(input, dim, keepdim, floating(input.dtype))


@op(*spell("count_nonzero"), open_rank=True)
def count_nonzero(input: Tensor, dim: Axes = None) -> Tensor:
    """How many elements are not zero."""
    return reduced(input, dim, False, INT64)


def _arg_row(name: str) -> None:
    def rule(input: Tensor, dim: OptAxis = None, keepdim: Flag = False) -> Tensor:
        if input.dtype is not None and input.dtype.kind in (Kind.BOOL, Kind.COMPLEX):
            word = "bool" if input.dtype is BOOL else "complex"
            raise refuse("dtype-mismatch", f"{name}(): does not support {word} input")
        if dim is None:
            check(
                not is_empty(input),
                "invalid-argument",
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0.",
                "IndexError",
            )
            return reduced(input, None, keepdim, INT64)
        require_not_empty(name, input, dim)
        return reduced(input, (dim,), keepdim, INT64)

    rule.__doc__ = "Where the extremum is."
    op(*spell(name), open_rank=True)(rule)


for _name in ("argmax", "argmin"):
    _arg_row(_name)


def indexed(name: str, input: Tensor, dim: int, keepdim: bool) -> Fields:
    """The named pair (values, indices) of a reduction along one axis."""
    values = reduced(input, (dim,), keepdim, input.dtype)
    return Fields(f"torch.return_types.{name}", ("values", "indices"), (values, values.with_dtype(INT64)))


def _max_row(name: str) -> None:
    """`max` and `min`: over all, along one axis with indices, or of two tensors."""

    def rule(input: Tensor, dim: Raw = None, keepdim: Flag = False, *, other: Raw = None) -> Value:
        second = dim if isinstance(dim, Tensor) else other
        if isinstance(second, Tensor):
            result = broadcast_tensors(input, second)
            return result.with_dtype(result_type((input, second)))
        if dim is None:
            check(not is_empty(input), "invalid-argument", _NEEDS_DIM.format(name))
            return reduced(input, None, False, input.dtype)
        if isinstance(dim, tuple):
            raise ArgumentTypeError("one axis only")
        dim = to_axis(dim)
        if input.dtype is not None:
            check(input.dtype.kind is not Kind.COMPLEX, "dtype-mismatch", f"{name}(): does not support complex input")
        require_not_empty(name, input, dim)
        return indexed(name, input, dim, keepdim)

    rule.__doc__ = f"The {name}imum of all, along an axis with its place, or of two tensors."
    op(*spell(name), open_rank=True)(rule)


for _name in ("max", "min"):
    _max_row(_name)


def _median_row(name: str) -> None:
    def rule(input: Tensor, dim: OptAxis = None, keepdim: Flag = False) -> Value:
        refuse_kinds("median_cpu" if dim is None else "median_out", input.dtype, (Kind.BOOL, Kind.COMPLEX))
        if dim is None:
            return reduced(input, None, False, input.dtype)
        require_not_empty("median", input, dim)
        return indexed(name, input, dim, keepdim)

    rule.__doc__ = "The middle element of all, or along an axis with its place."
    op(*spell(name), open_rank=True)(rule)


for _name in ("median", "nanmedian"):
    _median_row(_name)


@op(*spell("aminmax"), open_rank=True)
def aminmax(input: Tensor, *, dim: OptAxis = None, keepdim: Flag = False) -> Value:
    """Least and greatest element."""
    if dim is None:
        check(
            not is_empty(input),
            "invalid-argument",
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.",
        )
    else:
        require_not_empty("aminmax", input, dim, "")
    one = reduced(input, None if dim is None else (dim,), keepdim, input.dtype)
    return Fields("torch.return_types.aminmax", ("min", "max"), (one, one))


@op("torch.norm", "torch.Tensor.norm", open_rank=True)
def norm(input: Tensor, p: Raw = "fro", dim: Axes = None, keepdim: Flag = False, *, dtype: Raw = None) -> Tensor:
    """A vector norm over axes, a matrix norm for "nuc" and for two axes of "fro"."""
    kind = "matrix" if p == "nuc" else "vector"
    _require_float(input, f"linalg.{kind}_norm: Expected a floating point or complex tensor as input. Got {{}}")
    if isinstance(p, str):
        _require_order(p, input, dim)
    return reduced(input, dim, keepdim, real_of(chosen(dtype, input.dtype)))


def _require_order(p: str, input: Tensor, dim: Sequence[int] | None) -> None:
    if p not in ("fro", "nuc"):
        raise refuse("invalid-argument", f"linalg.matrix_norm: Order {p} not supported.")
    if dim is not None and len(dim) > 2:
        raise Lift()
    if p == "nuc" and (input.is_open or (len(dim) if dim is not None else input.rank) != 2):
        raise Lift()


@op("torch.dist", "torch.Tensor.dist", open_rank=True)
def dist(input: Tensor, other: Tensor, p: Raw = 2) -> Tensor:
    """The norm of a difference."""
    both = broadcast_tensors(input, other)
    return Tensor((), real_of(result_type((input, other))), both.device)


@op("torch.segment_reduce")
def segment_reduce(
    data: Tensor, reduce: Text, *, lengths: OptTensor = None, indices: OptTensor = None, offsets: OptTensor = None,
    axis: Axis = 0, unsafe: Raw = False, initial: Raw = None,
) -> Tensor:  # fmt: skip
    """One row for each segment of an axis."""
    message = f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}"
    check(reduce in ("sum", "prod", "mean", "amax", "amin", "max", "min"), "invalid-argument", message)
    ends = offsets if offsets is not None else lengths
    if ends is None:
        raise refuse("invalid-argument", "segment_reduce(): Either lengths or offsets must be defined.")
    at = position(axis, data.rank)
    check(
        at == ends.rank - 1,
        "invalid-argument",
        f"segment_reduce(): Expected axis to be the last dimension of {'lengths' if offsets is None else 'offsets'} but"
        f" got {at}.",
    )
    count = ends.shape[-1] - (1 if offsets is not None else 0)
    return data.with_dims(*ends.shape[:-1], count, *data.shape[ends.rank :])


def _variance_rows(name: str, pair: bool) -> None:
    """`var`, `std`, `var_mean`, `std_mean`: the second argument is an axis, or the flag `unbiased`."""

    def rule(
        input: Tensor,
        dim: Raw = None,
        unbiased: Raw = True,
        keepdim: Flag = False,
        *,
        correction: Raw = 1,
    ) -> Value:
        words = f"{name} only support" if pair else "std and var only support"
        _require_float(input, f"{words} floating point and complex dtypes")
        over = None if isinstance(dim, bool) else to_axes(dim)
        spread = reduced(input, over, keepdim, real_of(input.dtype))
        return (spread, reduced(input, over, keepdim, input.dtype)) if pair else spread

    rule.__doc__ = "The spread of values over axes."
    rule.__annotations__["return"] = "Value" if pair else "Tensor"
    op(*spell(name, "t" if pair else "tm"), open_rank=True)(rule)


for _name in ("var", "std"):
    _variance_rows(_name, False)
for _name in ("var_mean", "std_mean"):
    _variance_rows(_name, True)


@op("torch.is_nonzero", "torch.Tensor.is_nonzero", open_rank=True)
def is_nonzero(input: Tensor) -> Value:
    """The truth of a tensor of one element."""
    require_one_element(input)
    if input.data is not None and len(input.data) == 1:
        return bool(input.data[0])
    raise Lift()


@op("torch.frobenius_norm")
def frobenius_norm(input: Tensor, dim: Axes, keepdim: Flag = False) -> Tensor:
    """The Frobenius norm over axes."""
    return reduced(input, dim, keepdim, real_of(input.dtype))


@op(*spell("hash_tensor"), open_rank=True)
def hash_tensor(input: Tensor, dim: Axes = (), *, keepdim: Flag = False, mode: Raw = 0) -> Tensor:
    """A number made of the bits of all elements."""
    return reduced(input, dim, keepdim, DTYPES["uint64"])
