"""numpy.fft and scipy.fft: the rules of torch.fft, with the dtypes of numpy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...dims import Expr
from ...values import DTYPES, FLOAT64, DType, Kind, Reason, Value
from .numpy_array import array, run, settle, unknown_array
from .numpy_functions import given_array
from .registry import native

if TYPE_CHECKING:
    from ..machine import Interp

COMPLEX = DTYPES["complex128"]
_ONE = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
_MANY = ("fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn")


def _settled(given: DType | None, to_real: bool) -> DType | None:
    """Double precision, except of single precision, where versions of numpy differ."""
    wide = given is not None and (
        given.kind in (Kind.INT, Kind.BOOL) or given.bits == (128 if given.is_complex else 64)
    )
    return (FLOAT64 if to_real else COMPLEX) if wide else None


def _transform(name: str, many: bool) -> None:
    from_real, to_real = name in ("rfft", "ihfft", "rfft2", "rfftn"), name in ("irfft", "hfft", "irfft2", "irfftn")

    def apply(it: Interp, a: Value, n: Value, axis: Value, kwargs: dict[str, Value]) -> Value:
        given = given_array(it, a)
        wide = replace(given, dtype=FLOAT64 if from_real else COMPLEX, data=None)
        return settle(run(it, f"torch.fft.{name}", [wide, n, axis]), _settled(given.dtype, to_real))

    names = f"numpy.fft.{name}", f"scipy.fft.{name}", f"scipy.fftpack.{name}"
    if many:
        two = (-2, -1) if name.endswith("2") else None

        @native(*names[:2] if "r" in name else names)
        def transform_axes(
            it: Interp, a: Value, s: Value = None, axes: Value = two, norm: Value = None, **kwargs: Value
        ) -> Value:
            return apply(it, a, s, axes, kwargs)

    else:

        @native(*names[:2] if "r" in name or "h" in name else names)
        def transform(
            it: Interp, a: Value, n: Value = None, axis: Value = -1, norm: Value = None, **kwargs: Value
        ) -> Value:
            return apply(it, a, n, axis, kwargs)


for _name in _ONE:
    _transform(_name, False)
for _name in _MANY:
    _transform(_name, True)


@native("numpy.fft.fftshift", "numpy.fft.ifftshift", "scipy.fft.fftshift", "scipy.fft.ifftshift")
def shift(it: Interp, x: Value, axes: Value = None) -> Value:
    return replace(given_array(it, x), data=None)


@native("numpy.fft.fftfreq", "scipy.fft.fftfreq")
def fftfreq(it: Interp, n: Value, d: Value = 1.0, **kwargs: Value) -> Value:
    return array([n]) if isinstance(n, int | Expr) else unknown_array(it, "fftfreq", FLOAT64)


@native("numpy.fft.rfftfreq", "scipy.fft.rfftfreq")
def rfftfreq(it: Interp, n: Value, d: Value = 1.0, **kwargs: Value) -> Value:
    half = it.binary("+", it.binary("//", n, 2), 1)
    return array([half]) if isinstance(half, int | Expr) else unknown_array(it, "rfftfreq", FLOAT64)


@native("scipy.fft.dct", "scipy.fft.idct", "scipy.fft.dst", "scipy.fft.idst", "scipy.fftpack.dct",
        "scipy.fftpack.idct")  # fmt: skip
def cosine(it: Interp, x: Value, type: Value = 2, n: Value = None, axis: Value = -1, **kwargs: Value) -> Value:
    given = given_array(it, x)
    if n is not None or given.is_open:
        return unknown_array(it, "dct")
    return array(given.shape, FLOAT64 if given.dtype is not None and given.dtype.kind is Kind.INT else given.dtype)


@native("scipy.fft.next_fast_len")
def next_fast_len(it: Interp, target: Value, real: Value = False) -> Value:
    """The next size that has small prime factors only: up to 5 for real data, up to 11 for complex."""
    if not isinstance(target, int) or not isinstance(real, bool) or not 0 < target < 10**6:
        return it.unknown(Reason.DATA_DEPENDENT, "next_fast_len")
    primes = (2, 3, 5) if real else (2, 3, 5, 7, 11)
    while True:
        rest = target
        for prime in primes:
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return target
        target += 1


@native("scipy.fftpack.next_fast_len")
def next_fast_len_real(it: Interp, target: Value) -> Value:
    return next_fast_len(it, target, True)
