"""Window functions: one axis of the given length."""

from __future__ import annotations

from ..dims import Dim, Truth, less
from ..values import DType, Kind, ListV, Tensor, Value
from .checks import check
from .creation import chosen
from .defaults import DEFAULTS
from .kinds import Int, Raw
from .registry import op
from .strides import fresh


def _window(name: str, length: Dim, dtype: Value) -> Tensor:
    check(
        less(length, 0) is not Truth.YES,
        "invalid-argument",
        lambda: f"{name} requires non-negative window_length, got window_length={length}",
    )
    return fresh((length,), _floating(dtype))


def _floating(dtype: Value) -> DType | None:
    settled = chosen(dtype, DEFAULTS.dtype)
    return settled if settled is None or settled.kind is Kind.FLOAT else None


def _plain_row(name: str) -> None:
    def rule(window_length: Int, periodic: Raw = True, *, dtype: Raw = None) -> Tensor:
        return _window(name, window_length, dtype)

    rule.__doc__ = "A window of this length."
    op(f"torch.{name}")(rule)


for _name in ("hann_window", "blackman_window", "bartlett_window"):
    _plain_row(_name)


@op("torch.hamming_window")
def hamming_window(
    window_length: Int, periodic: Raw = True, alpha: Raw = 0.54, beta: Raw = 0.46, *, dtype: Raw = None
) -> Tensor:
    """A Hamming window."""
    return _window("hamming_window", window_length, dtype)


@op("torch.kaiser_window")
def kaiser_window(window_length: Int, periodic: Raw = True, beta: Raw = 12.0, *, dtype: Raw = None) -> Tensor:
    """A Kaiser window."""
    return _window("kaiser_window", window_length, dtype)


def _signal(name: str, length: Dim, dtype: Value, layout: Value) -> Tensor:
    settled = chosen(dtype, DEFAULTS.dtype)
    check(
        less(length, 0) is not Truth.YES,
        "invalid-argument",
        lambda: f"{name} requires non-negative window length, got M={length}",
        "ValueError",
    )
    if isinstance(layout, str):
        message = f"{name} is implemented for strided tensors only, got: {layout}"
        check(layout == "torch.strided", "invalid-argument", message, "ValueError")
    if settled is not None:
        check(
            settled.name in ("float32", "float64"),
            "dtype-mismatch",
            f"{name} expects float32 or float64 dtypes, got: {settled}",
            "ValueError",
        )
    return fresh((length,), settled)


def _signal_row(name: str, refuses_as: str) -> None:
    def rule(M: Int, *, sym: Raw = True, dtype: Raw = None, layout: Raw = None) -> Tensor:
        return _signal(refuses_as, M, dtype, layout)

    rule.__doc__ = "A window of this length."
    op(f"torch.signal.windows.{name}")(rule)


for _name, _refuses_as in (
    ("bartlett", "bartlett"), ("blackman", "blackman"), ("cosine", "cosine"), ("hamming", "general_cosine"),
    ("hann", "general_cosine"), ("nuttall", "general_cosine"),
):  # fmt: skip
    _signal_row(_name, _refuses_as)


@op("torch.signal.windows.exponential")
def exponential(
    M: Int, *, center: Raw = None, tau: Raw = 1.0, sym: Raw = True, dtype: Raw = None, layout: Raw = None
) -> Tensor:
    """An exponential window."""
    result = _signal("exponential", M, dtype, layout)
    if isinstance(tau, int | float):
        check(tau > 0, "invalid-argument", f"Tau must be positive, got: {tau} instead.", "ValueError")
    if sym is True and center is not None:
        check(False, "invalid-argument", "Center must be None for symmetric windows", "ValueError")
    return result


@op("torch.signal.windows.gaussian")
def gaussian(M: Int, *, std: Raw = 1.0, sym: Raw = True, dtype: Raw = None, layout: Raw = None) -> Tensor:
    """A Gaussian window."""
    result = _signal("gaussian", M, dtype, layout)
    if isinstance(std, int | float):
        check(std > 0, "invalid-argument", f"Standard deviation must be positive, got: {std} instead.", "ValueError")
    return result


@op("torch.signal.windows.general_cosine")
def general_cosine(M: Int, *, a: Raw, sym: Raw = True, dtype: Raw = None, layout: Raw = None) -> Tensor:
    """A sum of cosines."""
    result = _signal("general_cosine", M, dtype, layout)
    check(
        not (isinstance(a, ListV) and not a.items and a.rest is None) and a != (),
        "invalid-argument",
        "Coefficients cannot be empty",
        "ValueError",
    )
    return result


@op("torch.signal.windows.general_hamming")
def general_hamming(M: Int, *, alpha: Raw = 0.54, sym: Raw = True, dtype: Raw = None, layout: Raw = None) -> Tensor:
    """A Hamming window with a free coefficient."""
    return _signal("general_cosine", M, dtype, layout)


@op("torch.signal.windows.kaiser")
def kaiser(M: Int, *, beta: Raw = 12.0, sym: Raw = True, dtype: Raw = None, layout: Raw = None) -> Tensor:
    """A Kaiser window."""
    result = _signal("kaiser", M, dtype, layout)
    if isinstance(beta, int | float):
        check(beta >= 0, "invalid-argument", f"beta must be non-negative, got: {beta} instead.", "ValueError")
    return result
