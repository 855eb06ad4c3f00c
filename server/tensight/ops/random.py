"""Random numbers: tensors of samples, samples from tensors, and the in-place fills."""

from __future__ import annotations

import math
from typing import Any

from ..dims import Dim, Expr, Truth, equal, less, less_equal
from ..values import CONTIGUOUS, INT64, Drawn, Kind, ListV, Tensor, numbered
from .broadcasting import broadcast_tensors
from .checks import check, product, refuse
from .coerce import ArgumentTypeError, items_of, to_int
from .creation import chosen, make, require_sizes
from .defaults import DEFAULTS
from .errors import Lift
from .kinds import Flag, Int, Raw
from .numbers import is_wide
from .ranges import number_of
from .registry import op
from .strides import fresh

#: multinomial counts categories in float32.
MAX_CATEGORIES = 2**24


@op("torch.randint")
def randint(low: Raw, high: Raw = None, size: Raw = None, *, dtype: Raw = None) -> Tensor:
    """Random integers: (high, size) or (low, high, size)."""
    if isinstance(high, tuple | ListV):
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    if size is None or isinstance(size, int):
        raise ArgumentTypeError("no size")
    dims = tuple(to_int(item) for item in items_of(size))
    if isinstance(low, float) or isinstance(high, float):
        raise ArgumentTypeError("not an int")
    start, stop = number_of(low), number_of(high)
    require_sizes(dims)
    if isinstance(start, int) and isinstance(stop, int):
        check(
            start < stop,
            "invalid-argument",
            f"random_ expects 'from' to be less than 'to', but got from={start} >= to={stop}",
        )
    made = fresh(dims, chosen(dtype, INT64))
    if isinstance(start, int | Expr) and isinstance(stop, int | Expr) and is_wide(made.dtype):
        return numbered(made, Drawn(start, stop))
    return made


@op("torch.randperm")
def randperm(n: Int, *, dtype: Raw = None) -> Tensor:
    """A random order of n numbers."""
    return make((n,), chosen(dtype, INT64))


@op("torch.normal", open_rank=True)
def normal(mean: Raw, std: Raw = 1.0, size: Raw = None) -> Tensor:
    """Samples of normal distributions: one for each element, or `size` of them."""
    if isinstance(std, int | float):
        check(std >= 0, "invalid-argument", f"normal expects std >= 0.0, but found std {std:g}")
    if size is not None:
        return make(tuple(to_int(item) for item in items_of(size)), DEFAULTS.dtype)
    if not isinstance(mean, Tensor) and not isinstance(std, Tensor):
        raise Lift()
    if isinstance(mean, Tensor) and isinstance(std, Tensor):
        return broadcast_tensors(mean, std)
    return (mean if isinstance(mean, Tensor) else std).alike()


def _require_float(name: str, input: Tensor) -> None:
    if input.dtype is not None:
        check(
            input.dtype.kind is Kind.FLOAT,
            "dtype-mismatch",
            f"\"{name}\" not implemented for '{input.dtype.legacy}'",
            "NotImplementedError",
        )


@op("torch.bernoulli", "torch.Tensor.bernoulli", open_rank=True)
def bernoulli(input: Tensor, p: Raw = None) -> Tensor:
    """Zeros and ones with the given probabilities."""
    if p is None and (input.is_open or equal(product(input.shape), 0) is not Truth.YES):
        kind = "self" if input.dtype is not None and input.dtype.kind is Kind.COMPLEX else "p"
        _require_float(f"bernoulli_tensor_cpu_{kind}_", input)
    return input.alike()


@op("torch.poisson", open_rank=True)
def poisson(input: Tensor) -> Tensor:
    """Samples of Poisson distributions."""
    _require_float("poisson_cpu", input)
    return input.alike()


@op("torch._standard_gamma", open_rank=True)
def standard_gamma(input: Tensor) -> Tensor:
    """Samples of gamma distributions of rate 1."""
    _require_double_or_float("gamma_cpu", input)
    return input.alike()


@op("torch._sample_dirichlet", open_rank=True)
def sample_dirichlet(input: Tensor) -> Tensor:
    """Samples of Dirichlet distributions, one for each row."""
    _require_double_or_float("dirichlet", input)
    return input.alike()


def _require_double_or_float(name: str, input: Tensor) -> None:
    if input.dtype is not None:
        check(
            input.dtype.name in ("float32", "float64"),
            "dtype-mismatch",
            f"\"{name}\" not implemented for '{input.dtype.legacy}'",
            "NotImplementedError",
        )


@op("torch.binomial", open_rank=True)
def binomial(count: Tensor, prob: Tensor) -> Tensor:
    """Samples of binomial distributions."""
    return broadcast_tensors(count, prob)


def _check_probabilities(input: Tensor, repeated: bool) -> None:
    """Known probabilities: each is finite and not negative, each row has one that is not 0."""
    values = input.data or ()
    if not all(type(value) in (int, float) for value in values):
        return
    bad = next((value for value in values if not 0 <= value < math.inf), None)
    if bad is not None and not repeated:
        raise refuse("invalid-argument", "probability tensor contains either `inf`, `nan` or element < 0")
    invalid = "invalid multinomial distribution"
    if bad is not None:
        fault = "= infinity or NaN" if bad == math.inf else "< 0"
        raise refuse("invalid-argument", f"{invalid} (encountering probability entry {fault})")
    width = input.shape[-1] if isinstance(input.shape[-1], int) else 0
    rows = [values[i : i + width] for i in range(0, len(values), width)] if width else []
    check(all(any(row) for row in rows), "invalid-argument", f"{invalid} (sum of probabilities <= 0)")


@op("torch.multinomial", "torch.Tensor.multinomial")
def multinomial(input: Tensor, num_samples: Int, replacement: Flag = False) -> Tensor:
    """Drawn places of one row or of each row."""
    check(input.rank in (1, 2), "rank-mismatch", "prob_dist must be 1 or 2 dim")
    if input.dtype is not None:
        check(
            input.dtype.kind is Kind.FLOAT,
            "dtype-mismatch",
            f"multinomial only supports floating-point dtypes for input, got: {input.dtype.legacy}",
        )
    check(less_equal(num_samples, 0) is not Truth.YES, "invalid-argument", "cannot sample n_sample <= 0 samples")
    categories: Dim = input.shape[-1]
    check(
        less(categories, MAX_CATEGORIES + 1) is not Truth.NO,
        "invalid-argument",
        "number of categories cannot exceed 2^24",
    )
    if not replacement and less(categories, num_samples) is Truth.YES:
        raise refuse("invalid-argument", "cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    return Tensor((*input.shape[:-1], num_samples), INT64, input.device, strides=CONTIGUOUS)


def _drawn(values: list[Any], result: Tensor) -> None:
    """PyTorch looks at the probabilities last, after `out=`."""
    input, num_samples, replacement = values[:3]
    _check_probabilities(input, replacement and num_samples != 1)


multinomial.evaluate = _drawn
