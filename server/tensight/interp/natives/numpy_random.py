"""numpy.random: the module's functions, RandomState and Generator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...dims import Expr, drawn, fresh_unknown
from ...ops.numbers import is_wide
from ...values import FLOAT64, INT64, Drawn, DType, ListV, Scalar, Tensor, Unknown, Value, forget, numbered
from .numpy_array import array, as_array, call_bound, dtype_of, run, settle, unknown_array
from .numpy_create import shape_of
from .registry import native, plain_class
from .support import any_item, items_of

if TYPE_CHECKING:
    from ..machine import Interp

_STATES = ("numpy.random.RandomState", "numpy.random.Generator")
for _name in (*_STATES, "numpy.random.SeedSequence"):
    plain_class(_name)


def _everywhere(*names: str) -> list[str]:
    """The qualified names of a function of the module; methods of a state get themselves first (see `_method`)."""
    return [f"numpy.random.{name}" for name in names]


def _drawn(it: Interp, size: Value, dtype: DType | None, parameters: tuple[Value, ...] = ()) -> Value:
    """Numbers of this size; without one as the parameters broadcast, one number if they are numbers."""
    if size is None:
        tensors = [as_array(it, p) for p in parameters if isinstance(p, Tensor | ListV | tuple)]
        if tensors:
            result: Value = tensors[0]
            for other in tensors[1:]:
                result = run(it, "torch.add", [result, other])
            result = settle(result, dtype)
            return replace(result, data=None) if isinstance(result, Tensor) else result
        if any(isinstance(p, Unknown) for p in parameters):
            return unknown_array(it, "random numbers", dtype)
        return Scalar("int" if dtype is INT64 else "float")
    dims = shape_of(it, size)
    return unknown_array(it, "random numbers", dtype) if dims is None else array(dims, dtype)


def _shaped(it: Interp, *dims: Value) -> Value:
    """`rand(2, 3)`."""
    return Scalar("float") if not dims else _drawn(it, tuple(dims), FLOAT64)


def _sized(it: Interp, size: Value = None, *args: Value, **kwargs: Value) -> Value:
    """`random((2, 3))`."""
    return _drawn(it, size, dtype_of(kwargs.get("dtype"), FLOAT64))


def _two(it: Interp, a: Value = 0.0, b: Value = 1.0, size: Value = None, **kwargs: Value) -> Value:
    """Two parameters, then the size: uniform, normal, beta, gamma, …"""
    return _drawn(it, size, FLOAT64, (a, b, *(v for k, v in kwargs.items() if k in ("loc", "scale", "low", "high"))))


def _one(it: Interp, a: Value = 1.0, size: Value = None, **kwargs: Value) -> Value:
    return _drawn(it, size, FLOAT64, (a,))


def _counts(it: Interp, a: Value, b: Value = None, size: Value = None, *args: Value, **kwargs: Value) -> Value:
    """Two parameters of which the second may be left out, then the size: randint, integers, binomial."""
    dtype = dtype_of(args[0] if args else kwargs.get("dtype"), INT64)
    return _drawn(it, size, dtype, (a, b) if b is not None else (a,))


def _integers(it: Interp, low: Value, high: Value = None, size: Value = None, *args: Value, **kwargs: Value) -> Value:
    """Whole numbers of low … high - 1, or of 0 … low - 1."""
    made = _counts(it, low, high, size, *args, **kwargs)
    low, high = (low, high) if high is not None else (0, low)
    plain = isinstance(low, int | Expr) and isinstance(high, int | Expr) and not kwargs.keys() - {"dtype"}
    if not plain or len(args) > 1:
        return made
    if type(made) is Scalar:
        number = drawn(low, high)
        return made if number is None else number
    return numbered(made, Drawn(low, high)) if type(made) is Tensor and is_wide(made.dtype) else made


def _poisson(it: Interp, lam: Value = 1.0, size: Value = None) -> Value:
    return _drawn(it, size, INT64, (lam,))


def _choice(it: Interp, a: Value, size: Value = None, *args: Value, **kwargs: Value) -> Value:
    if isinstance(a, int | Expr | Scalar):
        return _drawn(it, size, INT64)
    if isinstance(a, ListV | tuple) and size is None:
        items, rest = items_of(it, a)
        found = any_item(items, rest)
        return found if found is not None else it.fail("ValueError", "'a' cannot be empty unless no samples are taken")
    given = as_array(it, a)
    if not isinstance(given, Tensor) or given.is_open:
        return unknown_array(it, "a choice")
    if size is None:
        return array(given.shape[1:], given.dtype)
    dims = shape_of(it, size)
    return unknown_array(it, "a choice", given.dtype) if dims is None else array([*dims, *given.shape[1:]], given.dtype)


def _permutation(it: Interp, x: Value, *args: Value) -> Value:
    if isinstance(x, int | Expr):
        return array([x], INT64)
    if isinstance(x, Scalar):
        return array([fresh_unknown(0)], INT64)
    given = as_array(it, x)
    return replace(given, data=None) if isinstance(given, Tensor) else given


def _shuffle(it: Interp, x: Value, *args: Value) -> Value:
    """In place: of a list any item may be anywhere."""
    if isinstance(x, ListV):
        it.journal.touch(x)
        found = any_item(x.items, None)
        x.items[:] = [found] * len(x.items)
    elif isinstance(x, Tensor) and x.data is not None:
        forget(x)
    return None


def _nothing(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return None


def _multivariate(it: Interp, mean: Value, cov: Value, size: Value = None, *args: Value, **kwargs: Value) -> Value:
    given = as_array(it, mean)
    dims = [] if size is None else shape_of(it, size)
    if dims is None or not isinstance(given, Tensor) or given.is_open:
        return unknown_array(it, "random numbers", FLOAT64)
    return array([*dims, *given.shape], FLOAT64)


def _dirichlet(it: Interp, alpha: Value, size: Value = None) -> Value:
    return _multivariate(it, alpha, None, size)


_FUNCTIONS: dict[Callable[..., Value], tuple[str, ...]] = {
    _shaped: ("rand", "randn"), _sized: ("random", "random_sample", "ranf", "standard_normal", "sample",
                                         "standard_exponential", "standard_cauchy"),
    _two: ("uniform", "normal", "beta", "gamma", "lognormal", "laplace", "gumbel", "logistic", "vonmises"),
    _one: ("exponential", "chisquare", "rayleigh", "weibull", "pareto", "standard_gamma", "standard_t"),
    _integers: ("randint", "integers"), _counts: ("binomial", "random_integers"), _poisson: ("poisson", "geometric"),
    _choice: ("choice",), _permutation: ("permutation", "permuted"), _shuffle: ("shuffle",),
    _nothing: ("seed", "set_state"), _multivariate: ("multivariate_normal",), _dirichlet: ("dirichlet",),
}  # fmt: skip
for _function, _names in _FUNCTIONS.items():
    native(*_everywhere(*_names))(_function)


def _method(function: Callable[..., Value], state: str, name: str) -> None:
    @native(f"{state}.{name}")
    def method(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
        return call_bound(it, function, args, kwargs)


for _function, _names in _FUNCTIONS.items():
    for _name in _names:
        for _state in _STATES:
            _method(_function, _state, _name)


@native("numpy.random.RandomState.__init__", "numpy.random.SeedSequence.__init__")
def init(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return None


@native("numpy.random.default_rng")
def default_rng(it: Interp, seed: Value = None) -> Value:
    return it.new("numpy.random.Generator")


@native("numpy.random.get_state")
def get_state(it: Interp, *args: Value) -> Value:
    return Scalar("str")
