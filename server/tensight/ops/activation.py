"""Activations, softmax and dropout: shapes stay, apart from glu."""

from __future__ import annotations

from ..dims import Truth, divides, equal, is_zero
from ..values import BOOL, INT64, DType, Kind, Tensor, Value
from .checks import axis, check, product, refuse, require_equal
from .errors import Lift
from .inplace import inplace
from .kinds import Axis, DTypeArg, Number, OptAxis, Raw, Text
from .pointwise import unary
from .registry import op
from .spelling import spell

unary("silu hardsigmoid mish hardswish logsigmoid relu6 selu", "n")
unary("selu", "t")
unary("sigmoid tanh softsign tanhshrink", "n", dtype="float")


@op("torch.relu", "torch.Tensor.relu", "torch.nn.functional.relu", open_rank=True)
def relu(input: Tensor) -> Tensor:
    """max(x, 0)."""
    check(input.dtype is not BOOL, "dtype-mismatch", "Boolean inputs not supported for relu")
    return input.alike()


@op("torch.celu", "torch.nn.functional.celu", "torch.nn.functional.elu", open_rank=True)
def elu(input: Tensor, alpha: Number = 1.0) -> Tensor:
    """Exponential linear units."""
    return input.alike()


@op("torch.nn.functional.leaky_relu", open_rank=True)
def leaky_relu(input: Tensor, negative_slope: Number = 0.01) -> Tensor:
    """A small slope below zero."""
    return input.alike()


@op("torch.rrelu", "torch.nn.functional.rrelu", open_rank=True)
def rrelu(input: Tensor, lower: Number = 0.125, upper: Number = 1 / 3, training: Raw = False) -> Tensor:
    """A random slope below zero."""
    if isinstance(lower, int | float) and isinstance(upper, int | float):
        check(lower <= upper, "invalid-argument", "Lower bound should be less than or equal to the upper bound")
    return input.alike()


@op("torch.threshold", "torch.nn.functional.threshold", open_rank=True)
def threshold(input: Tensor, threshold: Number, value: Number) -> Tensor:
    """x where it is above the threshold, else the value."""
    return input.alike()


@op("torch.nn.functional.hardtanh", open_rank=True)
def hardtanh(input: Tensor, min_val: Number = -1.0, max_val: Number = 1.0) -> Tensor:
    """Into an interval."""
    if isinstance(min_val, int | float) and isinstance(max_val, int | float):
        check(min_val <= max_val, "invalid-argument", "min_val cannot be greater than max_val", "ValueError")
    return input.alike()


@op("torch.hardshrink", "torch.Tensor.hardshrink", "torch.nn.functional.hardshrink", open_rank=True)
def hardshrink(input: Tensor, lambd: Number = 0.5) -> Tensor:
    """Zero near zero."""
    return input.alike()


@op("torch.nn.functional.softshrink", open_rank=True)
def softshrink(input: Tensor, lambd: Number = 0.5) -> Tensor:
    """Towards zero."""
    if isinstance(lambd, int | float) and lambd < 0 and input.dtype is not None and input.dtype.name == "float32":
        check(
            False,
            "invalid-argument",
            f"lambda must be in range [0, 3.40282e+38] for input dtype Float, but found {lambd:g}",
        )
    return input.alike()


@op("torch.nn.functional.softplus", open_rank=True)
def softplus(input: Tensor, beta: Number = 1, threshold: Number = 20) -> Tensor:
    """log(1 + exp(x))."""
    return input.alike()


@op("torch.nn.functional.gelu", open_rank=True)
def gelu(input: Tensor, *, approximate: Text = "none") -> Tensor:
    """Gaussian error linear units."""
    check(
        approximate in ("none", "tanh"),
        "invalid-argument",
        "approximate argument must be either none or tanh.",
    )
    return input.alike()


@op("torch.prelu", "torch.Tensor.prelu", "torch.nn.functional.prelu", open_rank=True)
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """A learnt slope below zero, one for all or one a channel."""
    if input.dtype is not None and weight.dtype is not None:
        check(
            input.dtype is weight.dtype,
            "dtype-mismatch",
            f"prelu: Type promoting not supported. Got {input.dtype.legacy} and {weight.dtype.legacy}",
        )
    if weight.is_open or input.is_open:
        return input.alike()
    check(
        weight.rank <= 1,
        "rank-mismatch",
        lambda: f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.rank}",
    )
    count = product(weight.shape)
    if not (isinstance(count, int) and count == 1):
        check(input.rank > 0, "rank-mismatch", "Not allow zero-dim input tensor.")
        channels = input.shape[1] if input.rank > 1 else 1
        require_equal(
            channels,
            count,
            "channels-mismatch",
            lambda: (
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {count} and channel"
                f" size = {channels}."
            ),
        )
    return input.alike()


@op("torch.nn.functional.glu", open_rank=True)
def glu(input: Tensor, dim: Axis = -1) -> Tensor:
    """The first half of an axis, gated by the second."""
    if input.dims is not None and dim == -1 and input.dims and input.dims[0] is ... and len(input.dims) > 1:
        last = input.dims[-1]
        return input.with_dims(*input.dims[:-1], last // 2)  # type: ignore[operator]
    if input.is_open:
        raise Lift(input.unknown)
    check(input.rank > 0, "rank-mismatch", "glu does not support scalars because halving size must be even")
    at = axis(dim, input.rank)
    size = input.shape[at]
    check(
        divides(2, size),
        "size-mismatch",
        lambda: f"Halving dimension must be even, but dimension {at} is size {size}",
    )
    return input.with_dims(*input.shape[:at], size // 2, *input.shape[at + 1 :])


def _softmax_row(name: str, spellings: tuple[str, ...]) -> None:
    def plain(input: Tensor, dim: Axis, dtype: DTypeArg = None) -> Tensor:
        return softmaxed(input, dim, dtype, name)

    def functional(input: Tensor, dim: OptAxis = None, _stacklevel: Raw = 3, dtype: DTypeArg = None) -> Tensor:
        return softmaxed(input, dim, dtype, name)

    plain.__doc__ = "Sums to one along an axis."
    functional.__doc__ = "Sums to one along an axis, which is guessed if none is given."
    op(*spell(name, "tms"), open_rank=True)(plain)
    op(*spellings, open_rank=True)(functional)


_softmax_row("softmax", ("torch.nn.functional.softmax", "torch.nn.functional.softmin"))
_softmax_row("log_softmax", ("torch.nn.functional.log_softmax",))


def softmaxed(input: Tensor, dim: int | None, dtype: DTypeArg, kernel: str = "softmax") -> Tensor:
    settled = input.dtype if dtype is None else dtype
    if dim is not None and not input.is_open:
        at = axis(dim, input.rank)
        if settled is not None and settled.kind is not Kind.FLOAT and not _may_be_empty(input):
            last = "lastdim_" if at == max(input.rank, 1) - 1 else ""
            check(
                False,
                "dtype-mismatch",
                f"\"{kernel}_{last}kernel_impl\" not implemented for '{settled.legacy}'",
                "NotImplementedError",
            )
    return input.alike().with_dtype(settled)


def _may_be_empty(input: Tensor) -> bool:
    return is_zero(product(input.shape)) is not Truth.NO


@op("torch.nn.functional.gumbel_softmax", open_rank=True)
def gumbel_softmax(logits: Tensor, tau: Number = 1, hard: Raw = False, eps: Number = 1e-10, dim: Axis = -1) -> Tensor:
    """Samples from the Gumbel-Softmax distribution."""
    if not logits.is_open:
        axis(dim, logits.rank)
    return logits.alike()


@op("torch.nn.functional.normalize", open_rank=True)
def normalize(input: Tensor, p: Number = 2.0, dim: Raw = 1, eps: Number = 1e-12) -> Tensor:
    """Unit length along an axis."""
    if input.dtype is not None:
        check(
            input.dtype.kind >= Kind.FLOAT,
            "dtype-mismatch",
            f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {input.dtype.legacy}",
        )
    if isinstance(dim, int) and not input.is_open:
        axis(dim, input.rank)
    return input.alike()


def _require_probability(p: Number) -> None:
    if isinstance(p, int | float):
        check(
            0 <= p <= 1,
            "invalid-argument",
            f"dropout probability has to be between 0 and 1, but got {p}",
            "ValueError",
        )


def _dropped(input: Tensor, p: Value, training: Value, rank: int = 0, noise: DType | None = None) -> Tensor:
    """Some elements, or with `rank` some channels, become zero; noise is drawn in the input's dtype and rescaled."""
    _require_probability(p)
    if training is not True or not isinstance(p, int | float) or p == 0 or _is_empty(input):
        return input.alike()
    check(input.is_open or input.rank >= rank, "rank-mismatch", _FEATURES)
    dtype = input.dtype
    if p == 1 or dtype is None:
        return input.alike()
    if dtype.kind is Kind.COMPLEX:
        text = f"\"bernoulli_scalar_cpu_\" not implemented for '{dtype.legacy}'"
        raise refuse("dtype-mismatch", text, "NotImplementedError")
    target = dtype if noise is None or dtype.kind is not Kind.BOOL else noise
    check(
        dtype.kind is Kind.FLOAT, "dtype-mismatch",
        f"result type Float can't be cast to the desired output type {target.legacy}",
    )  # fmt: skip
    return input.alike()


_FEATURES = "Feature dropout requires at least 2 dimensions in the input"


def _is_empty(input: Tensor) -> bool:
    return not input.is_open and equal(product(input.shape), 0) is Truth.YES


@op("torch.nn.functional.dropout", open_rank=True)
def dropout(input: Tensor, p: Number = 0.5, training: Raw = True) -> Tensor:
    """Some elements become zero."""
    return _dropped(input, p, training)


@op("torch.nn.functional.dropout2d", open_rank=True)
def dropout2d(input: Tensor, p: Number = 0.5, training: Raw = True) -> Tensor:
    """Some channels become zero."""
    return _dropped(input, p, training, 2)


@op("torch.nn.functional.dropout3d", open_rank=True)
def dropout3d(input: Tensor, p: Number = 0.5, training: Raw = True) -> Tensor:
    """Some channels become zero; what has no five axes is taken for one sample."""
    return _dropped(input, p, training, 1)


@op("torch.nn.functional.dropout1d", open_rank=True)
def dropout1d(input: Tensor, p: Number = 0.5, training: Raw = True) -> Tensor:
    """Some channels become zero."""
    _require_probability(p)
    if not input.is_open:
        check(
            input.rank in (2, 3),
            "rank-mismatch",
            lambda: (
                f"dropout1d: Expected 2D or 3D input, but received a {input.rank}D input. Note that dropout1d exists to"
                " provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional"
                " batch dimension (i.e. 2D or 3D inputs)."
            ),
        )
    return _dropped(input, p, training)


@op("torch.nn.functional.alpha_dropout", open_rank=True)
def alpha_dropout(input: Tensor, p: Number = 0.5, training: Raw = False) -> Tensor:
    """Dropout that keeps mean and variance."""
    return _dropped(input, p, training, noise=INT64)


@op("torch.nn.functional.feature_alpha_dropout", open_rank=True)
def feature_alpha_dropout(input: Tensor, p: Number = 0.5, training: Raw = False) -> Tensor:
    """Dropout of channels that keeps mean and variance."""
    return _dropped(input, p, training, 2, INT64)


@op("torch.dropout", "torch.alpha_dropout", "torch.feature_dropout", "torch.feature_alpha_dropout", open_rank=True)
def plain_dropout(input: Tensor, p: Number, train: Raw) -> Tensor:
    """Some elements become zero."""
    return input.alike()


inplace("relu")
inplace("relu celu selu rrelu threshold dropout alpha_dropout feature_dropout feature_alpha_dropout", "torch.")
inplace("relu elu celu selu rrelu leaky_relu threshold hardtanh", "torch.nn.functional.")
