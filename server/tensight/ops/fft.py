"""torch.fft: a table of transforms. Each pads or cuts its axes, halves or restores the last one, changes the dtype."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..dims import Dim, Truth, less
from ..values import COMPLEX64, DTYPES, FLOAT32, DType, Kind, Tensor
from .checks import axis, check, refuse
from .creation import chosen
from .defaults import DEFAULTS
from .kinds import Axes, Axis, Int, OptInt, OptSizes, OptText, Raw
from .promotion import default_complex
from .registry import op

COMPLEX_OF = {FLOAT32: COMPLEX64, DTYPES["float64"]: DTYPES["complex128"]}
REAL_OF = {complex_: real for real, complex_ in COMPLEX_OF.items()}
_NORMS = (None, "forward", "backward", "ortho")
_PREFIX = "torch.fft."


@dataclass(frozen=True, slots=True)
class Form:
    """`real_in`: takes real numbers only and halves the last axis; `real_out`: restores it and gives real numbers."""

    real_in: bool = False
    real_out: bool = False


_FORMS = {
    "fft": Form(), "ifft": Form(), "rfft": Form(real_in=True), "irfft": Form(real_out=True),
    "hfft": Form(real_out=True), "ihfft": Form(real_in=True),
}  # fmt: skip


def _dtype(dtype: DType | None, form: Form) -> DType | None:
    """The dtype of the result."""
    if dtype is None:
        return None
    if dtype.name in ("float16", "bfloat16", "complex32"):
        # On the CPU; other devices have kernels for half
        return None
    wide = dtype if dtype.kind is Kind.COMPLEX else COMPLEX_OF.get(dtype)
    if dtype.kind < Kind.FLOAT:
        wide = default_complex()
    return REAL_OF.get(wide) if form.real_out and wide is not None else wide


def _positive(size: Dim) -> None:
    check(less(0, size), "invalid-argument", f"Invalid number of data points ({size}) specified")


def _norm(norm: str | None) -> None:
    check(norm in _NORMS, "invalid-argument", f'Invalid normalization mode: "{norm}"')


def _one(input: Tensor, n: Dim | None, dim: int, norm: str | None, name: str) -> Tensor:
    form = _FORMS[name]
    if form.real_in and input.dtype is not None and input.dtype.kind is Kind.COMPLEX:
        raise refuse("dtype-mismatch", f"{name} expects a real input tensor, but got {input.dtype.legacy}")
    if n is not None and not (isinstance(n, int) and n == -1):
        _positive(n)
    position = axis(dim, input.rank, wrap_scalar=False)
    size = input.shape[position]
    if n is None:
        n = 2 * (size - 1) if form.real_out else size
    elif isinstance(n, int) and n == -1:
        n = size
    _positive(n)
    _norm(norm)
    out = n // 2 + 1 if form.real_in else n
    dims = (*input.shape[:position], out, *input.shape[position + 1 :])
    return Tensor(dims, _dtype(input.dtype, form), input.device)


def _shape_and_axes(
    input: Tensor, s: Sequence[Dim] | None, dim: Sequence[int] | None
) -> tuple[list[int], list[Dim | None]]:
    """canonicalize_fft_shape_and_dim_args: the axes, and the size that each gets (None: its own)."""
    positions: list[int] = []
    if dim is not None:
        positions = [axis(d, input.rank, wrap_scalar=False) for d in dim]
        check(len(set(positions)) == len(positions), "invalid-argument", "FFT dims must be unique")
    if s is not None:
        check(
            dim is None or len(dim) == len(s), "invalid-argument",
            "When given, dim and shape arguments must have the same length",
        )  # fmt: skip
        check(
            len(s) <= input.rank, "invalid-argument",
            f"Got shape with {len(s)} values but input tensor only has {input.rank} dimensions.",
        )  # fmt: skip
        if dim is None:
            positions = list(range(input.rank - len(s), input.rank))
        return positions, [None if isinstance(size, int) and size == -1 else size for size in s]
    if dim is None:
        positions = list(range(input.rank))
    return positions, [None] * len(positions)


def _many(input: Tensor, s: Sequence[Dim] | None, dim: Sequence[int] | None, norm: str | None, name: str) -> Tensor:
    """`fftn` and `fft2` of a name without the ending."""
    form = _FORMS[name]
    dtype = input.dtype
    if form.real_in and dtype is not None and dtype.kind is Kind.COMPLEX:
        text = f"rfftn expects a real-valued input tensor, but got {dtype.legacy}"
        if name == "ihfft":
            text = f"Only supports floating-point dtypes, but found: {dtype.legacy}"
        raise refuse("dtype-mismatch", text)
    positions, sizes = _shape_and_axes(input, s, dim)
    dims = list(input.shape)
    for position, size in zip(positions, sizes):
        if size is not None:
            dims[position] = size
    if form.real_in or form.real_out:
        check(len(positions) > 0, "invalid-argument", f"{name}n must transform at least one axis")
        last = positions[-1]
        if form.real_out:
            for position in positions[:-1]:
                _positive(dims[position])
            if sizes[-1] is None:
                dims[last] = 2 * (dims[last] - 1)
            _positive(dims[last])
        else:
            for position in positions:
                _positive(dims[position])
            dims[last] = dims[last] // 2 + 1
    else:
        for position in positions:
            _positive(dims[position])
    _norm(norm)
    return Tensor(tuple(dims), _dtype(dtype, form), input.device)


def _register(name: str) -> None:
    @op(_PREFIX + name)
    def one(input: Tensor, n: OptInt = None, dim: Axis = -1, norm: OptText = None) -> Tensor:
        """A transform along one axis."""
        return _one(input, n, dim, norm, name)

    @op(f"{_PREFIX}{name}n")
    def many(input: Tensor, s: OptSizes = None, dim: Axes = None, norm: OptText = None) -> Tensor:
        """A transform along several axes: all of them, the last ones, or those given."""
        return _many(input, s, dim, norm, name)

    @op(f"{_PREFIX}{name}2")
    def two(input: Tensor, s: OptSizes = None, dim: Axes = (-2, -1), norm: OptText = None) -> Tensor:
        """A transform along two axes."""
        return _many(input, s, dim, norm, name)

    one.__doc__, many.__doc__, two.__doc__ = (f"torch.fft.{name}{end}" for end in ("", "n", "2"))


for _name in _FORMS:
    _register(_name)


@op("torch.fft.fftshift", "torch.fft.ifftshift")
def fftshift(input: Tensor, dim: Axes = None) -> Tensor:
    """Halves of axes swapped."""
    for d in dim or ():
        axis(d, input.rank, wrap_scalar=False)
    return input.alike()


@op("torch.fft.fftfreq")
def fftfreq(n: Int, d: Raw = 1.0, *, dtype: Raw = None) -> Tensor:
    """The frequencies of a transform of n points."""
    if less(n, 0) is Truth.YES:
        raise refuse("invalid-argument", f"Trying to create tensor with negative dimension {n}: [{n}]")
    return Tensor((n,), chosen(dtype, DEFAULTS.dtype))


@op("torch.fft.rfftfreq")
def rfftfreq(n: Int, d: Raw = 1.0, *, dtype: Raw = None) -> Tensor:
    """The frequencies of a real transform of n points."""
    size = int(n / 2) + 1 if isinstance(n, int) else n // 2 + 1
    return Tensor((size,), chosen(dtype, DEFAULTS.dtype))
