"""scipy where models meet it: windows and filters, distances, special functions, distributions, assignments.

What a function gives is told by its shape; anything else of scipy is opaque. scipy.linalg stands in `numpy_linalg`,
scipy.fft in `numpy_fft`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ...dims import Expr, fresh_unknown
from ...values import FLOAT64, INT64, Reason, Scalar, Tensor, Value
from .numpy_array import array, promoted, run, settle, unknown_array
from .numpy_create import shape_of
from .numpy_functions import REDUCTIONS, given_array
from .registry import ALIASES, MODULES, native, plain_class, prop
from .support import known_items, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update({
    "scipy", "scipy.cluster", "scipy.fft", "scipy.fftpack", "scipy.integrate", "scipy.interpolate", "scipy.io",
    "scipy.io.wavfile", "scipy.linalg", "scipy.misc", "scipy.ndimage", "scipy.optimize", "scipy.signal",
    "scipy.signal.windows", "scipy.sparse", "scipy.sparse.linalg", "scipy.spatial", "scipy.spatial.distance",
    "scipy.spatial.transform", "scipy.special", "scipy.stats",
})  # fmt: skip


def _is_scalar(value: Value) -> bool:
    return isinstance(value, int | float | Expr | Scalar)


def _count(value: Value) -> Value:
    return value if isinstance(value, int | Expr) else fresh_unknown(0)


# ---- the shape of the argument
def _like(at: int, *names: str) -> None:
    """The result is as the argument at that place, in floating point."""

    @native(*(f"scipy.{name}" for name in names))
    def apply(it: Interp, *args: Value, **kwargs: Value) -> Value:
        if len(args) <= at:
            return it.unknown(Reason.NO_RULE, names[0])
        if _is_scalar(args[at]):
            return Scalar("number")
        given = given_array(it, args[at])
        plain = given.dtype is FLOAT64 and "binary" not in names[-1]
        return replace(given, dtype=FLOAT64 if plain else None, data=None)


_like(0, *(f"special.{name}" for name in (
    "erf", "erfc", "erfinv", "expit", "logit", "gamma", "gammaln", "digamma", "psi", "i0", "i1", "j0", "j1", "ndtr",
    "ndtri", "softmax", "log_softmax", "expm1", "log1p", "sinc", "entr", "factorial")))  # fmt: skip


def _of_two(name: str) -> None:
    """A function of an order or parameter and a point, which are broadcast."""

    @native(f"scipy.special.{name}")
    def apply(it: Interp, n: Value, x: Value, *args: Value, **kwargs: Value) -> Value:
        if args or kwargs:
            return unknown_of(it, [n, x], name)
        if _is_scalar(n) and _is_scalar(x):
            return Scalar("number")
        parts = [replace(given_array(it, v), dtype=FLOAT64, data=None) for v in (n, x)]
        return settle(run(it, "torch.add", parts), None)


for _name in ("jv", "yv", "iv", "kv", "jn", "eval_legendre", "eval_chebyt", "eval_hermite", "comb", "binom", "xlogy"):
    _of_two(_name)
_like(0, *(f"ndimage.{name}" for name in (
    "gaussian_filter", "gaussian_filter1d", "median_filter", "uniform_filter", "maximum_filter", "minimum_filter",
    "sobel", "laplace", "gaussian_laplace", "convolve", "convolve1d", "correlate", "shift", "grey_dilation",
    "grey_erosion", "percentile_filter")))  # fmt: skip
_like(0, *(f"ndimage.binary_{name}" for name in ("dilation", "erosion", "opening", "closing", "fill_holes")))
_like(0, "signal.medfilt", "signal.medfilt2d", "signal.savgol_filter", "signal.detrend", "signal.wiener")
_like(1, "signal.sosfilt", "signal.sosfiltfilt")
_like(2, "signal.filtfilt")


@native("scipy.signal.lfilter")
def lfilter(it: Interp, b: Value, a: Value, x: Value, axis: Value = -1, zi: Value = None) -> Value:
    given = replace(given_array(it, x), data=None)
    dtype = promoted([given.dtype, FLOAT64]) if given.dtype is FLOAT64 else None
    return unknown_of(it, [x], "lfilter") if zi is not None else given.with_dtype(dtype)


@native("scipy.signal.hilbert")
def hilbert(it: Interp, x: Value, N: Value = None, axis: Value = -1) -> Value:
    given = given_array(it, x)
    return given.with_dtype(None) if N is None else unknown_array(it, "hilbert")


@native("scipy.special.logsumexp")
def logsumexp(it: Interp, a: Value, axis: Value = None, b: Value = None, keepdims: Value = False) -> Value:
    return REDUCTIONS["mean"](it, replace(given_array(it, a), data=None), axis, None, None, keepdims)


@native("scipy.ndimage.distance_transform_edt")
def distance_transform(it: Interp, input: Value, *args: Value, **kwargs: Value) -> Value:
    if args or kwargs.keys() - {"sampling"}:
        return unknown_of(it, [input], "distance_transform_edt")
    return replace(given_array(it, input), dtype=FLOAT64, data=None)


@native("scipy.ndimage.label")
def label(it: Interp, input: Value, *args: Value, **kwargs: Value) -> Value:
    return given_array(it, input).with_dtype(None), Scalar("int")


@native("scipy.ndimage.map_coordinates")
def map_coordinates(it: Interp, input: Value, coordinates: Value, *args: Value, **kwargs: Value) -> Value:
    at = given_array(it, coordinates)
    return unknown_array(it, "map_coordinates") if at.is_open or not at.rank else array(at.shape[1:], None)


@native("scipy.ndimage.zoom")
def zoom(it: Interp, input: Value, zoom: Value, *args: Value, **kwargs: Value) -> Value:
    given = given_array(it, input)
    if given.is_open:
        return unknown_array(it, "zoom")
    factors = [zoom] * given.rank if _is_scalar(zoom) else known_items(it, zoom) or []
    if len(factors) != given.rank or not all(isinstance(f, int | float) for f in factors):
        return unknown_array(it, "zoom")
    dims = [round(n * f) if isinstance(n, int) else fresh_unknown(0) for n, f in zip(given.shape, factors)]
    return array(dims, given.dtype)


# ---- windows and filters
def _window(it: Interp, M: Value, *args: Value, **kwargs: Value) -> Value:
    return array([_count(M)])


for _name in ("hann", "hamming", "blackman", "bartlett", "boxcar", "blackmanharris", "nuttall", "flattop", "cosine",
              "tukey", "kaiser", "gaussian", "triang", "parzen", "bohman", "barthann", "general_hamming", "hanning",
              "exponential"):  # fmt: skip
    native(f"scipy.signal.windows.{_name}", f"scipy.signal.{_name}")(_window)


@native("scipy.signal.get_window", "scipy.signal.windows.get_window")
def get_window(it: Interp, window: Value, Nx: Value, *args: Value, **kwargs: Value) -> Value:
    return array([_count(Nx)])


@native("scipy.signal.firwin", "scipy.signal.firwin2", "scipy.signal.remez", "scipy.signal.firls")
def firwin(it: Interp, numtaps: Value, *args: Value, **kwargs: Value) -> Value:
    return array([_count(numtaps)])


def _order(N: Value, btype: Value) -> Value:
    """The order of the filter: twice as high for a band."""
    if not isinstance(N, int) or not isinstance(btype, str):
        return None
    return 2 * N if btype in ("bandpass", "bandstop", "band", "bp", "bs", "pass", "stop") else N


def _designed(order: Value, output: Value) -> Value:
    """Coefficients, zeros and poles, or sections of second order."""
    size: Value = order + 1 if isinstance(order, int) else fresh_unknown(1)
    if output == "ba":
        return array([size]), array([size])
    if output == "sos":
        return array([(order + 1) // 2 if isinstance(order, int) else fresh_unknown(1), 6])
    return Tensor(None, None, "numpy")


@native("scipy.signal.butter", "scipy.signal.bessel")
def butter(it: Interp, N: Value, Wn: Value, btype: Value = "low", analog: Value = False, output: Value = "ba",
           *args: Value, **kwargs: Value) -> Value:  # fmt: skip
    if output not in ("ba", "sos"):
        return unknown_of(it, [output], "butter")
    return _designed(_order(N, btype), output)


@native("scipy.signal.cont2discrete")
def cont2discrete(it: Interp, system: Value, dt: Value, *args: Value, **kwargs: Value) -> Value:
    """The four matrices of a state space keep their shapes."""
    parts = known_items(it, system) or []
    given = [given_array(it, part) for part in parts]
    if len(given) != 4 or any(part.is_open or part.rank != 2 for part in given[:3]):
        return unknown_of(it, parts, "cont2discrete")
    feed = given[3] if not given[3].is_open and given[3].rank == 2 else unknown_array(it, "cont2discrete")
    return (*(replace(part, dtype=FLOAT64, data=None) for part in (*given[:3], feed)), dt)


@native("scipy.signal.resample")
def resample(it: Interp, x: Value, num: Value, t: Value = None, axis: Value = 0, *args: Value, **kw: Value) -> Value:
    given = given_array(it, x)
    if given.is_open or t is not None or not isinstance(axis, int) or not -given.rank <= axis < given.rank:
        return unknown_of(it, [x], "resample")
    dims: list[Value] = list(given.shape)
    dims[axis] = _count(num)
    return array(dims, given.dtype if given.dtype is FLOAT64 else None)


@native("scipy.signal.resample_poly")
def resample_poly(it: Interp, x: Value, up: Value, down: Value, axis: Value = 0, *args: Value, **kw: Value) -> Value:
    given = given_array(it, x)
    if given.is_open or not isinstance(axis, int) or not -given.rank <= axis < given.rank:
        return unknown_of(it, [x], "resample_poly")
    dims: list[Value] = list(given.shape)
    if all(isinstance(n, int) for n in (dims[axis], up, down)) and up > 0 and down > 0:
        common = math.gcd(up, down)
        dims[axis] = -(-dims[axis] * (up // common) // (down // common))
    else:
        dims[axis] = fresh_unknown(0)
    return array(dims, given.dtype if given.dtype is FLOAT64 else None)


@native("scipy.signal.convolve", "scipy.signal.fftconvolve", "scipy.signal.oaconvolve", "scipy.signal.convolve2d",
        "scipy.signal.correlate", "scipy.signal.correlate2d")  # fmt: skip
def convolve(it: Interp, in1: Value, in2: Value, mode: Value = "full", *args: Value, **kwargs: Value) -> Value:
    x, y = given_array(it, in1), given_array(it, in2)
    dtype = FLOAT64 if x.dtype is FLOAT64 and y.dtype is FLOAT64 else None
    if x.is_open or y.is_open or x.rank != y.rank or "axes" in kwargs:
        return unknown_array(it, "convolve", dtype)
    if mode == "same":
        return array(x.shape, dtype)
    pairs = list(zip(x.shape, y.shape))
    if mode == "full":
        return array([_count(it.binary("-", it.binary("+", n, m), 1)) for n, m in pairs], dtype)
    known = [(n, m) for n, m in pairs if isinstance(n, int) and isinstance(m, int)]
    if mode == "valid" and len(known) == len(pairs):
        return array([max(n, m) - min(n, m) + 1 for n, m in known], dtype)
    return unknown_array(it, "convolve", dtype)


# ---- distances and assignments
@native("scipy.spatial.distance.cdist", "scipy.spatial.distance_matrix")
def cdist(it: Interp, XA: Value, XB: Value, *args: Value, **kwargs: Value) -> Value:
    x, y = given_array(it, XA), given_array(it, XB)
    if x.is_open or y.is_open or x.rank != 2 or y.rank != 2:
        return array([fresh_unknown(0), fresh_unknown(0)])
    return array([x.shape[0], y.shape[0]])


@native("scipy.spatial.distance.pdist")
def pdist(it: Interp, X: Value, *args: Value, **kwargs: Value) -> Value:
    x = given_array(it, X)
    n = None if x.is_open or x.rank != 2 else x.shape[0]
    return array([n * (n - 1) // 2 if isinstance(n, int) else fresh_unknown(0)])


@native("scipy.spatial.distance.squareform")
def squareform(it: Interp, X: Value, *args: Value, **kwargs: Value) -> Value:
    """From a row of distances to a matrix, or back."""
    x = given_array(it, X)
    if x.is_open or x.rank not in (1, 2) or not all(isinstance(n, int) for n in x.shape):
        return unknown_array(it, "squareform", x.dtype)
    n: Value = x.shape[0]
    if x.rank == 2:
        return array([n * (n - 1) // 2], x.dtype)
    side = (1 + math.isqrt(1 + 8 * n)) // 2
    return array([side, side], x.dtype) if side * (side - 1) // 2 == n else unknown_array(it, "squareform")


for _name in ("cosine", "euclidean", "cityblock", "correlation", "sqeuclidean", "jensenshannon", "hamming"):

    @native(f"scipy.spatial.distance.{_name}")
    def distance(it: Interp, u: Value, v: Value, *args: Value, **kwargs: Value) -> Value:
        return Tensor((), None, "numpy")


@native("scipy.optimize.linear_sum_assignment")
def linear_sum_assignment(it: Interp, cost_matrix: Value, maximize: Value = False) -> Value:
    """As many rows, and columns, as the shorter side has."""
    given = given_array(it, cost_matrix)
    sides: Sequence[Value] = () if given.is_open else given.shape
    known = len(sides) == 2 and all(isinstance(n, int) for n in sides)
    count = min(sides) if known else fresh_unknown(0)
    return array([count], INT64), array([count], INT64)


# ---- integrals
@native("scipy.integrate.quad")
def quad(it: Interp, func: Value, a: Value, b: Value, args: Value = (), *more: Value, **kwargs: Value) -> Value:
    """The integral and its error; the function is called with numbers."""
    it.call(func, [Scalar("float"), *(args if isinstance(args, tuple) else (args,))])
    if kwargs.get("full_output", 0) not in (0, False):
        return unknown_of(it, [func], "quad")
    return Scalar("float"), Scalar("float")


ALIASES["scipy.integrate.trapz"] = "scipy.integrate.trapezoid"


# ---- distributions
_FROZEN = "scipy.stats.distributions.rv_frozen"
plain_class(_FROZEN)
_OF_POINTS = ("pdf", "cdf", "ppf", "sf", "logpdf", "logcdf", "pmf")
#: Distributions, and how many arguments they take before a size: their own, location, scale.
_DISTRIBUTIONS = {
    "norm": 2, "uniform": 2, "expon": 2, "laplace": 2, "t": 3, "chi2": 3, "gamma": 3, "lognorm": 3, "poisson": 2,
    "bernoulli": 2, "binom": 3, "truncnorm": 4, "beta": 4,
}  # fmt: skip


def _drawn(it: Interp, size: Value) -> Value:
    """Without a size one number; a size of 1 is an array of one."""
    if size is None:
        return Tensor((), None, "numpy")
    dims = shape_of(it, size)
    return unknown_array(it, "rvs") if dims is None else array(dims, None)


@native(f"{_FROZEN}.rvs")
def rvs(it: Interp, self: Value, size: Value = None, random_state: Value = None) -> Value:
    return _drawn(it, size)


def _at_points(it: Interp, x: Value) -> Value:
    return Tensor((), None, "numpy") if _is_scalar(x) else given_array(it, x).with_dtype(None)


def _of_points(name: str) -> None:
    @native(f"{_FROZEN}.{name}")
    def apply(it: Interp, self: Value, x: Value, *args: Value) -> Value:
        return _at_points(it, x)


for _name in _OF_POINTS:
    _of_points(_name)


def _distribution(name: str, most: int) -> None:
    """`stats.norm(…)` is frozen; `stats.norm.rvs(…, size=n)` and `stats.norm.pdf(x, …)` are called at once."""
    kind = f"scipy.stats.distributions.{name}_gen"
    plain_class(kind)
    prop(f"scipy.stats.{name}")(lambda it, self: it.new(kind))

    def of_scalars(args: tuple[Value, ...], kwargs: dict[str, Value]) -> bool:
        return len(args) <= most and all(_is_scalar(v) for v in (*args, *kwargs.values()))

    @native(f"{kind}.__call__")
    def freeze(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
        return it.new(_FROZEN) if of_scalars(args, kwargs) else unknown_of(it, [*args, *kwargs.values()], name)

    @native(f"{kind}.rvs")
    def draw(it: Interp, self: Value, *args: Value, size: Value = None, **kwargs: Value) -> Value:
        kwargs.pop("random_state", None)
        return _drawn(it, size) if of_scalars(args, kwargs) else unknown_array(it, "rvs")

    for point in _OF_POINTS:

        @native(f"{kind}.{point}")
        def at(it: Interp, self: Value, x: Value, *args: Value, **kwargs: Value) -> Value:
            return _at_points(it, x) if of_scalars(args, kwargs) else unknown_array(it, name)


for _name, _most in _DISTRIBUTIONS.items():
    _distribution(_name, _most)


# ---- files
@native("scipy.io.wavfile.read")
def read(it: Interp, filename: Value, mmap: Value = False) -> Value:
    return Scalar("int"), unknown_array(it, "the sound of a file")


@native("scipy.io.wavfile.write", "scipy.io.savemat")
def write(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return None
