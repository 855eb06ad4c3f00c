"""In-place fills: the target keeps shape, dtype and device, its known values are gone."""

from __future__ import annotations

from dataclasses import replace

from ..values import CONTIGUOUS, Kind, Tensor, Value
from .broadcasting import require_shape
from .checks import broadcast, check
from .errors import Lift
from .kinds import Raw, SizeArgs, TensorLike
from .registry import op


def overwritten(target: Tensor) -> Tensor:
    """The target after a write of values that are not followed."""
    return target if target.data is None else replace(target, data=None)


def _require_float(name: str, input: Tensor) -> None:
    if input.dtype is not None:
        check(
            input.dtype.kind is Kind.FLOAT,
            "dtype-mismatch",
            f"\"{name}\" not implemented for '{input.dtype.legacy}'",
            "NotImplementedError",
        )


def _require_positive(name: str, word: str, value: Value) -> None:
    if isinstance(value, int | float):
        check(
            value > 0,
            "invalid-argument",
            f"{name}_ expects {word} > 0.0, but found {word}={value:g}",
        )


@op("torch.Tensor.uniform_", open_rank=True)
def uniform_(input: Tensor, from_: Raw = 0.0, to: Raw = 1.0) -> Tensor:
    """Uniform samples."""
    if input.dtype is None or input.dtype.kind is not Kind.COMPLEX:
        _require_float("check_uniform_bounds", input)
    if isinstance(from_, int | float) and isinstance(to, int | float):
        check(
            from_ <= to,
            "invalid-argument",
            f"uniform_ expects to return a [from, to) range, but found from={from_:g} > to={to:g}",
        )
    return overwritten(input)


@op("torch.Tensor.normal_", open_rank=True)
def normal_(input: Tensor, mean: Raw = 0.0, std: Raw = 1.0) -> Tensor:
    """Normal samples."""
    if isinstance(std, int | float):
        check(std >= 0, "invalid-argument", f"normal expects std >= 0.0, but found std {std:g}")
    if input.dtype is None or input.dtype.kind is not Kind.COMPLEX:
        _require_float("normal_kernel_cpu", input)
    return overwritten(input)


@op("torch.Tensor.random_", open_rank=True)
def random_(input: Tensor, from_: Raw = None, to: Raw = None) -> Tensor:
    """Random integers."""
    if isinstance(from_, int) and isinstance(to, int):
        check(
            from_ < to,
            "invalid-argument",
            f"random_ expects 'from' to be less than 'to', but got from={from_} >= to={to}",
        )
    return overwritten(input)


@op("torch.Tensor.exponential_", open_rank=True)
def exponential_(input: Tensor, lambd: Raw = 1.0) -> Tensor:
    """Exponential samples."""
    if input.dtype is not None:
        check(
            input.dtype.kind is Kind.FLOAT,
            "dtype-mismatch",
            "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you"
            f" specified {input.dtype.legacy}",
        )
    _require_positive("exponential", "lambda", lambd)
    return overwritten(input)


@op("torch.Tensor.cauchy_", open_rank=True)
def cauchy_(input: Tensor, median: Raw = 0.0, sigma: Raw = 1.0) -> Tensor:
    """Cauchy samples."""
    _require_positive("cauchy", "sigma", sigma)
    return overwritten(input)


@op("torch.Tensor.log_normal_", open_rank=True)
def log_normal_(input: Tensor, mean: Raw = 1.0, std: Raw = 2.0) -> Tensor:
    """Log-normal samples."""
    _require_positive("log_normal", "std", std)
    _require_float("log_normal_cpu", input)
    return overwritten(input)


@op("torch.Tensor.geometric_", open_rank=True)
def geometric_(input: Tensor, p: Raw) -> Tensor:
    """Geometric samples."""
    if isinstance(p, int | float):
        check(0 < p < 1, "invalid-argument", f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    return overwritten(input)


@op("torch.Tensor.bernoulli_", open_rank=True)
def bernoulli_(input: Tensor, p: Raw = 0.5) -> Tensor:
    """Zeros and ones."""
    if isinstance(p, int | float):
        check(0 <= p <= 1, "invalid-argument", f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
    return overwritten(input)


@op("torch.Tensor.zero_", "torch.zero_", open_rank=True)
def zero_(input: Tensor) -> Tensor:
    """All zeros."""
    return overwritten(input)


def _require_scalar(value: Value) -> None:
    if isinstance(value, Tensor) and not value.is_open:
        check(
            value.rank == 0,
            "rank-mismatch",
            f"fill_ only supports 0-dimension value tensor but got tensor with {value.rank} dimensions.",
        )


@op("torch.Tensor.fill_", "torch.fill_", open_rank=True)
def fill_(input: Tensor, value: TensorLike) -> Tensor:
    """All the same value."""
    _require_scalar(value)
    return overwritten(input)


@op("torch.fill", open_rank=True)
def fill(input: Tensor, value: TensorLike) -> Tensor:
    """All the same value, in a copy."""
    _require_scalar(value)
    return input.alike()


@op("torch.Tensor.copy_", open_rank=True)
def copy_(input: Tensor, src: TensorLike) -> Tensor:
    """The values of another tensor, which broadcasts to this one."""
    if isinstance(src, Tensor) and not src.is_open and not input.is_open:
        require_shape(broadcast(input.shape, src.shape), input.shape)
    return overwritten(input)


@op("torch.Tensor.resize_", open_rank=True)
def resize_(input: Tensor, *size: SizeArgs) -> Tensor:
    """Another shape over the same storage, which grows if it has to."""
    return Tensor(size, input.dtype, input.device, strides=CONTIGUOUS)


@op("torch.Tensor.resize_as_", "torch.resize_as_", open_rank=True)
def resize_as_(input: Tensor, the_template: Tensor) -> Tensor:
    """The shape of another tensor."""
    return Tensor(the_template.dims, input.dtype, input.device, unknown=the_template.unknown)


@op("torch.Tensor.set_", open_rank=True)
def set_(input: Tensor, source: Raw = None, storage_offset: Raw = None, size: Raw = None, stride: Raw = None) -> Tensor:
    """The storage of another tensor."""
    if isinstance(source, Tensor) and size is None:
        return source
    raise Lift()
