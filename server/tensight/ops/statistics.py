"""Statistics: quantiles, histograms, covariance."""

from __future__ import annotations

from ..dims import Dim, Truth, equal, fresh_unknown, is_zero, less_equal
from ..values import BOOL, DType, Fields, Kind, Tensor, Value
from .checks import check, product, refuse
from .errors import Lift
from .kinds import Flag, Int, OptAxis, OptTensor, Raw, Text
from .promotion import floating, result_type
from .reduced import reduced
from .registry import op
from .spelling import spell

_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantile_row(name: str) -> None:
    def rule(
        input: Tensor, q: Raw, dim: OptAxis = None, keepdim: Flag = False, *, interpolation: Text = "linear"
    ) -> Tensor:
        check(
            is_zero(product(input.shape)) is not Truth.YES,
            "invalid-argument",
            "quantile() input tensor must be non-empty",
        )
        if isinstance(q, Tensor):
            if q.is_open:
                raise Lift(q.unknown)
            check(q.rank <= 1, "rank-mismatch", "quantile() q must be a scalar or 1D tensor")
        if input.dtype is not None:
            check(
                input.dtype.name in ("float32", "float64"),
                "dtype-mismatch",
                "quantile() input tensor must be either float or double dtype",
            )
            if isinstance(q, Tensor) and q.dtype is not None:
                check(
                    q.dtype is input.dtype,
                    "dtype-mismatch",
                    "quantile() q tensor must be same dtype as the input tensor",
                )
        check(
            interpolation in _INTERPOLATIONS,
            "invalid-argument",
            "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got"
            f" {interpolation}",
        )
        if isinstance(q, int | float):
            check(0 <= q <= 1, "invalid-argument", f"quantile() q must be in the range [0, 1] but got {q:g}")
        elif isinstance(q, Tensor) and q.data is not None:
            check(
                all(0 <= v <= 1 for v in q.data), "invalid-argument", "quantile() q values must be in the range [0, 1]"
            )
        elif not isinstance(q, Tensor):
            raise Lift()
        left = reduced(input, None if dim is None else (dim,), keepdim, input.dtype)
        if isinstance(q, Tensor) and q.rank:
            return left.with_dims(q.shape[0], *left.shape)
        return left

    rule.__doc__ = "Quantiles of all elements, or along an axis."
    op(*spell(name))(rule)


_quantile_row("quantile")
_quantile_row("nanquantile")


def _histc_kernel(dtype: DType, low: Value, high: Value) -> str:
    """What fails first: making the edges, finding the extremes, or counting."""
    if dtype is BOOL:
        return "linspace_cpu"
    return "aminmax_cpu" if dtype.kind is Kind.COMPLEX and low == 0 and high == 0 else "histogram_cpu"


@op(*spell("histc"), open_rank=True)
def histc(input: Tensor, bins: Int = 100, min: Raw = 0, max: Raw = 0) -> Tensor:
    """How many elements fall into each of `bins` equal intervals."""
    if input.dtype is not None:
        check(
            input.dtype.kind is Kind.FLOAT,
            "dtype-mismatch",
            f"\"{_histc_kernel(input.dtype, min, max)}\" not implemented for '{input.dtype.legacy}'",
            "NotImplementedError",
        )
    check(
        less_equal(bins, 0) is not Truth.YES,
        "invalid-argument",
        lambda: f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0",
    )
    if isinstance(min, int | float) and isinstance(max, int | float):
        check(min <= max, "invalid-argument", "torch.histc: max must be larger than min")
    return Tensor((bins,), input.dtype, input.device)


@op(*spell("histogram"))
def histogram(input: Tensor, bins: Raw, *, range: Raw = None, weight: OptTensor = None, density: Raw = False) -> Value:
    """Counts and edges of intervals."""
    count: Dim
    if isinstance(bins, Tensor):
        if bins.is_open:
            raise Lift(bins.unknown)
        check(bins.rank == 1, "rank-mismatch", "torch.histogramdd: bins tensor should have one dimension,"
              f" but got {bins.rank} dimensions in the bins tensor for dimension 0")  # fmt: skip
        count = bins.shape[0] - 1
    elif isinstance(bins, int):
        check(bins > 0, "invalid-argument", f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
        count = bins
    else:
        count = fresh_unknown()
    made = Tensor((count,), input.dtype, input.device)
    return Fields("torch.return_types.histogram", ("hist", "bin_edges"), (made, made.with_dims(count + 1)))


@op(*spell("cov"))
def cov(input: Tensor, *, correction: Raw = 1, fweights: OptTensor = None, aweights: OptTensor = None) -> Tensor:
    """The covariance of rows."""
    check(
        input.rank <= 2,
        "rank-mismatch",
        lambda: f"cov(): expected input to have two or fewer dimensions but got an input with {input.rank} dimensions",
    )
    _refuse_bools(input)
    for name, weights in (("fweights", fweights), ("aweights", aweights)):
        if weights is not None:
            _require_weights(name, weights, input)
    dtype = floating(input.dtype)
    if aweights is not None:
        dtype = floating(result_type((input, aweights)))
    return Tensor(_square(input), dtype, input.device)


def _refuse_bools(input: Tensor) -> None:
    check(input.dtype is not BOOL, "dtype-mismatch", "cov(): bool dtype is not supported for input")


def _require_weights(name: str, weights: Tensor, input: Tensor) -> None:
    check(
        weights.rank <= 1,
        "rank-mismatch",
        lambda: f"cov(): expected {name} to have one or fewer dimensions but got {name} with {weights.rank} dimensions",
    )
    if weights.dtype is not None:
        wanted = Kind.INT if name == "fweights" else Kind.FLOAT
        word = "integral" if name == "fweights" else "floating point"
        check(
            weights.dtype.kind is wanted,
            "dtype-mismatch",
            f"cov(): expected {name} to have {word} dtype but got {name} with {weights.dtype.legacy} dtype",
        )
    observations = input.shape[-1] if input.rank else 1
    count = product(weights.shape)
    if isinstance(count, int) and isinstance(observations, int) and count != observations:
        raise refuse(
            "size-mismatch",
            f"cov(): expected {name} to have the same numel as there are observations in the input but got {count} !="
            f" {observations}",
        )
    if weights.data is not None and any(isinstance(w, int | float) and w < 0 for w in weights.data):
        raise refuse("invalid-argument", f"cov(): {name} cannot be negative")


def _square(input: Tensor) -> tuple[Dim, ...]:
    """One row and column for each variable; no axes at all for a single one."""
    if input.rank < 2:
        return ()
    single = equal(input.shape[0], 1)
    if single is Truth.MAYBE:
        raise Lift()
    return () if single is Truth.YES else (input.shape[0], input.shape[0])


@op(*spell("corrcoef"))
def corrcoef(input: Tensor) -> Tensor:
    """The correlation of rows."""
    check(
        input.rank <= 2,
        "rank-mismatch",
        lambda: (
            f"corrcoef(): expected input to have two or fewer dimensions but got an input with {input.rank} dimensions"
        ),
    )
    _refuse_bools(input)
    return Tensor(_square(input), floating(input.dtype), input.device)
