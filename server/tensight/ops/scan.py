"""Steps along one axis that keep the shape, and differences and integrals along one."""

from __future__ import annotations

from ..dims import Dim, Truth, dim_max, less
from ..values import BOOL, INT64, DType, Fields, Kind, Scalar, Tensor, Value
from .broadcasting import broadcast_tensors
from .checks import axes, axis, broadcast, check, refuse, require_equal
from .coerce import items_of, to_axes
from .creation import chosen
from .devices import device_text, same_device
from .element_types import refuse_bool
from .errors import Lift
from .inplace import inplace
from .kinds import Axis, Int, OptTensor, Raw
from .promotion import floating, result_type
from .registry import op
from .spatial import c_name
from .spelling import spell


def _require_axis(input: Tensor, dim: int) -> None:
    if not input.is_open:
        axis(dim, input.rank)


def _cumulative_row(name: str) -> None:
    def rule(input: Tensor, dim: Axis, *, dtype: Raw = None) -> Tensor:
        _require_axis(input, dim)
        default: DType | None = INT64 if input.dtype is not None and input.dtype.kind <= Kind.INT else input.dtype
        return input.alike().with_dtype(chosen(dtype, default))

    rule.__doc__ = "Running sums or products; integers and bools as int64."
    op(*spell(name), open_rank=True)(rule)


def _cumulative_inplace_row(name: str) -> None:
    def rule(input: Tensor, dim: Axis, *, dtype: Raw = None) -> Tensor:
        _require_axis(input, dim)
        if isinstance(dtype, DType) and input.dtype is not None and dtype is not input.dtype:
            raise refuse(
                "dtype-mismatch",
                f"Bad in-place call: input tensor dtype {c_name(input.dtype)} and output tensor dtype"
                f" {c_name(dtype)} should match",
            )
        if (
            input.dtype is BOOL
            and input.dims
            and not input.is_open
            and all(less(0, size) is Truth.YES for size in input.shape)
        ):
            refuse_bool(BOOL, f"{name}_out_cpu")
        return input.alike()

    rule.__doc__ = "Running sums or products in the elements' own type."
    op(f"torch.Tensor.{name}_", open_rank=True)(rule)


_cumulative_row("cumsum")
_cumulative_row("cumprod")


@op(*spell("logcumsumexp"), open_rank=True)
def logcumsumexp(input: Tensor, dim: Axis) -> Tensor:
    """log of running sums of exp."""
    _require_axis(input, dim)
    return input.alike()


def _extremum_row(name: str) -> None:
    def rule(input: Tensor, dim: Axis) -> Value:
        message = f"{name}(): Expected reduction dim -1 or 0 for scalar but got {dim}"
        check(input.dims != () or dim in (-1, 0), "axis-out-of-range", message, "IndexError")
        _require_axis(input, dim)
        parts = (input.alike(), input.alike().with_dtype(INT64))
        return Fields(f"torch.return_types.{name}", ("values", "indices"), parts)

    rule.__doc__ = "Running extrema with their places."
    op(*spell(name), open_rank=True)(rule)


_extremum_row("cummax")
_extremum_row("cummin")


@op(*spell("renorm"), open_rank=True)
def renorm(input: Tensor, p: Raw, dim: Axis, maxnorm: Raw) -> Tensor:
    """Slices along an axis, none longer than maxnorm."""
    if not input.is_open:
        check(
            input.rank > 1,
            "rank-mismatch",
            lambda: f"renorm: input needs at least 2 dimensions, got {input.rank} dimensions",
        )
        axis(dim, input.rank)
    return input.alike()


def _at(input: Tensor, at: int, size: Dim) -> Tensor:
    return input.with_dims(*input.shape[:at], size, *input.shape[at + 1 :])


def _without(input: Tensor, at: int) -> Tensor:
    return input.with_dims(*input.shape[:at], *input.shape[at + 1 :])


@op(*spell("diff"))
def diff(input: Tensor, n: Int = 1, dim: Axis = -1, prepend: OptTensor = None, append: OptTensor = None) -> Tensor:
    """n-th differences along an axis."""
    check(input.rank > 0, "rank-mismatch", "diff expects input to be at least one-dimensional")
    check(less(n, 0) is not Truth.YES, "invalid-argument", lambda: f"order must be non-negative but got {n}")
    if isinstance(n, int) and n == 0 and prepend is None and append is None:
        return input
    at = axis(dim, input.rank)
    size = input.shape[at]
    for extra in (prepend, append):
        if extra is not None:
            size = size + _extra(input, extra, at)
    present = [t for t in (input, prepend, append) if t is not None]
    dtype = result_type(present)
    if isinstance(n, int) and n == 0:
        return input if len(present) == 1 else _at(input, at, input.shape[at])
    return _at(input, at, dim_max(size - n, 0)).with_dtype(dtype)


def _extra(input: Tensor, extra: Tensor, at: int) -> Dim:
    """The size along the axis of what is put before or behind."""
    check(
        extra.rank == input.rank,
        "rank-mismatch",
        "diff expects prepend or append to be the same dimension as input",
    )
    for i, (a, b) in enumerate(zip(input.shape, extra.shape)):
        if i != at:
            require_equal(
                a,
                b,
                "size-mismatch",
                "diff expects the shape of tensor to prepend or append to match that of input except along the"
                " differencing dimension; input.size(" + f"{i}) = {a}, but got tensor.size({i}) = {b}",
            )
    return extra.shape[at]


def _require_points(name: str, x: Value, y: Tensor, at: int) -> Tensor:
    """The sample points broadcast against the samples."""
    if not isinstance(x, Tensor):
        return y
    if x.is_open:
        raise Lift(x.unknown)
    if x.rank == 1:
        require_equal(
            x.shape[0], y.shape[at], "size-mismatch", f"{name}: There must be one `x` value for each sample point"
        )
        return y
    if x.rank < y.rank:
        return y.with_dims(*broadcast_tensors(x.with_dims(*(1,) * (y.rank - x.rank), *x.shape), y).shape)
    return broadcast_tensors(y, x)


@op("torch.trapezoid", "torch.trapz")
def trapezoid(y: Tensor, x: Raw = None, *, dx: Raw = None, dim: Axis = -1) -> Tensor:
    """The integral along an axis."""
    at = axis(dim, y.rank)
    wide = _require_points("trapezoid", x, y, at)
    dtype = floating(result_type([y, x]) if isinstance(x, Tensor) else y.dtype)
    if wide.rank == 0:
        raise Lift()
    return _without(wide, at).with_dtype(dtype)


@op("torch.cumulative_trapezoid")
def cumulative_trapezoid(y: Tensor, x: Raw = None, *, dx: Raw = None, dim: Axis = -1) -> Tensor:
    """Running integrals along an axis."""
    at = axis(dim, y.rank)
    wide = _require_points("cumulative_trapezoid", x, y, at)
    dtype = floating(result_type([y, x]) if isinstance(x, Tensor) else y.dtype)
    if wide.rank == 0:
        raise Lift()
    steps: Dim = dim_max(wide.shape[at] - 1, 0)
    if isinstance(x, Tensor) and x.rank == y.rank > 1:
        (steps,) = broadcast((dim_max(x.shape[at] - 1, 0),), (dim_max(y.shape[at] - 1, 0),))
    return _at(wide, at, steps).with_dtype(dtype)


@op("torch.gradient")
def gradient(input: Tensor, *, spacing: Raw = None, dim: Raw = None, edge_order: Raw = 1) -> Value:
    """Estimated gradients, one a tensor for each axis."""
    over = None if dim is None else to_axes(dim)
    steps = None
    if spacing is not None and not isinstance(spacing, int | float | Scalar):
        steps = items_of(spacing)
        wanted = input.rank if over is None else len(over)
        check(
            len(steps) == wanted,
            "invalid-argument",
            "torch.gradient expected spacing to be unspecified, a scalar or"
            + (
                f" it's spacing and dim arguments to have the same length, but got a spacing argument of length"
                f" {len(steps)} and a dim argument of length {wanted}."
                if over is not None
                else f" a list of length equal to 'self.dim() = {wanted}', since dim argument was not given, but got a"
                f" list of length {len(steps)}"
            ),
        )
    if isinstance(edge_order, int):
        check(
            edge_order in (1, 2),
            "invalid-argument",
            "torch.gradient only supports edge_order=1 and edge_order=2.",
        )
    positions = axes(over, input.rank) if over is None or over else ()
    for step in steps or ():
        if isinstance(step, Tensor) and step.device and input.device and not same_device(step.device, input.device):
            raise refuse(
                "device-mismatch",
                "torch.gradient expected each tensor to be on the same device, but got devices"
                f" {device_text(input.device)} and {device_text(step.device)}!",
            )
    for at in positions:
        if isinstance(edge_order, int):
            check(
                less(input.shape[at], edge_order + 1) is not Truth.YES,
                "size-mismatch",
                "torch.gradient expected each dimension size to be at least edge_order+1",
            )
    return tuple(input.alike().with_dtype(floating(input.dtype)) for _ in positions)


inplace("renorm")
_cumulative_inplace_row("cumsum")
_cumulative_inplace_row("cumprod")
