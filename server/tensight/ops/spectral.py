"""Short-time Fourier transforms: stft and istft."""

from __future__ import annotations

from ..dims import Dim, Truth, equal, less, less_equal
from ..values import Kind, Tensor, torch_size_text
from .checks import axis, check, refuse
from .errors import Lift
from .fft import COMPLEX_OF, REAL_OF
from .kinds import Int, OptInt, OptTensor, Raw, Text
from .padding import pad
from .registry import op
from .spatial import type_text


def _bool(value: object) -> bool | None:
    """A flag that may be left out."""
    if value is None or isinstance(value, bool):
        return value
    raise Lift()


def _shown(value: object) -> str:
    return "None" if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def _window_text(window: Tensor | None) -> str:
    if window is None:
        return "None"
    return f"{type_text(window.dtype)}{{{torch_size_text(window.shape)}}}"


@op("torch.stft", "torch.Tensor.stft", "torch.functional.stft")
def stft(
    input: Tensor, n_fft: Int, hop_length: OptInt = None, win_length: OptInt = None, window: OptTensor = None,
    center: Raw = True, pad_mode: Text = "reflect", normalized: Raw = False, onesided: Raw = None,
    return_complex: Raw = None, align_to_window: Raw = None,
) -> Tensor:  # fmt: skip
    """Frames of a signal, transformed: frequencies × frames."""
    dtype = input.dtype
    if dtype is None and (return_complex is None or onesided is None):
        raise Lift()
    centered, complex_out, one = _bool(center), _bool(return_complex), _bool(onesided)
    align, normal = _bool(align_to_window), _bool(normalized)
    if centered:
        check(align is None, "invalid-argument", "stft align_to_window should only be set when center = false")
        input = _padded(input, n_fft, pad_mode)
    hop: Dim = n_fft // 4 if hop_length is None else hop_length
    width: Dim = n_fft if win_length is None else win_length
    complex_in = dtype is not None and dtype.kind is Kind.COMPLEX
    complex_window = window is not None and window.dtype is not None and window.dtype.kind is Kind.COMPLEX
    if complex_out is None and not complex_in and not complex_window:
        raise refuse(
            "invalid-argument",
            "stft requires the return_complex parameter be given for real inputs, and will further require that"
            " return_complex=True in a future PyTorch release.",
        )  # fmt: skip
    head = (
        f"stft({type_text(dtype)}{torch_size_text(input.shape)}, n_fft={n_fft}, hop_length={hop}, win_length={width},"
        f" window={_window_text(window)}, normalized={_shown(normal)}, onesided={_shown(one)},"
        f" return_complex={_shown(complex_out)}, align_to_window={_shown(align)}) : "
    )
    check(
        dtype is None or dtype.kind >= Kind.FLOAT, "dtype-mismatch",
        f"{head}expected a tensor of floating point or complex values",
    )  # fmt: skip
    check(input.rank in (1, 2), "rank-mismatch", f"{head}expected a 1D or 2D tensor")
    size = input.shape[-1]
    check(
        less(0, n_fft).and_(less_equal(n_fft, size)), "size-mismatch",
        f"{head}expected 0 < n_fft < {size}, but got n_fft={n_fft}",
    )  # fmt: skip
    check(less(0, hop), "invalid-argument", f"{head}expected hop_length > 0, but got hop_length={hop}")
    check(
        less(0, width).and_(less_equal(width, n_fft)), "invalid-argument",
        f"{head}expected 0 < win_length <= n_fft, but got win_length={width}",
    )  # fmt: skip
    if window is not None:
        fits = window.rank == 1 and equal(window.shape[0], width) is not Truth.NO
        check(
            fits, "size-mismatch",
            f"{head}expected a 1D window tensor of size equal to win_length={width}, but got window with size"
            f" {torch_size_text(window.shape)}",
        )  # fmt: skip
    frames = (size - n_fft) // hop + 1
    any_complex = complex_in or complex_window
    if one is None:
        one = not any_complex
    check(not (one and any_complex), "invalid-argument", "Cannot have onesided output if window or input is complex")
    bins = n_fft // 2 + 1 if one else n_fft
    if complex_out is None:
        complex_out = True
    result = dtype if complex_in or dtype is None else COMPLEX_OF.get(dtype)
    if not complex_out and result is not None:
        result = REAL_OF.get(result)
    return Tensor((*input.shape[:-1], bins, frames, *(() if complex_out else (2,))), result, input.device)


def _padded(input: Tensor, n_fft: Dim, mode: str) -> Tensor:
    """The signal with half a frame on both sides, as torch.functional pads it."""
    lead = (1,) * (3 - input.rank)
    half = n_fft // 2
    wide = pad.function(input.with_dims(*lead, *input.shape), (half, half), mode)
    assert isinstance(wide, Tensor)
    return wide.with_dims(*wide.shape[len(lead) :]) if input.rank < 3 else wide


@op("torch.istft", "torch.Tensor.istft", "torch.functional.istft")
def istft(
    input: Tensor, n_fft: Int, hop_length: OptInt = None, win_length: OptInt = None, window: OptTensor = None,
    center: Raw = True, normalized: Raw = False, onesided: Raw = None, length: OptInt = None,
    return_complex: Raw = False,
) -> Tensor:  # fmt: skip
    """The signal behind an stft."""
    hop: Dim = n_fft // 4 if hop_length is None else hop_length
    width: Dim = n_fft if win_length is None else win_length
    centered, one, complex_out, normal = _bool(center), _bool(onesided), _bool(return_complex), _bool(normalized)
    dtype = input.dtype
    check(
        dtype is None or dtype.kind is Kind.COMPLEX, "dtype-mismatch",
        "istft requires a complex-valued input tensor matching the output from stft with return_complex=True.",
    )  # fmt: skip
    rank = input.rank + 1
    name = dtype.legacy if dtype is not None else "ComplexFloat"
    head = (
        f"istft(CPU{name}Type{torch_size_text(input.shape)}, n_fft={n_fft}, hop_length={hop}, win_length={width},"
        f" window={_window_text(window)}, center={_shown(centered)}, normalized={_shown(normal)},"
        f" onesided={_shown(one)}, length={length}, return_complex={_shown(complex_out)}) : "
    )
    frames = input.shape[axis(-1, input.rank)]
    bins = input.shape[-2] if input.rank > 1 else input.shape[axis(-3, rank)]
    empty = any(equal(d, 0) is Truth.YES for d in input.shape)
    check(not empty, "size-mismatch", f"{head}input tensor cannot be empty.")
    check(rank in (3, 4), "rank-mismatch", f"{head}expected a tensor with 3 or 4 dimensions, but got {rank}")
    whole = equal(bins, n_fft)
    if one is None and whole is not Truth.MAYBE:
        one = whole is Truth.NO
    if one is None:
        pass
    elif one:
        check(
            equal(n_fft // 2 + 1, bins), "size-mismatch",
            f"{head}expected the frequency dimension (3rd to the last) of the input tensor to match n_fft / 2 + 1 when"
            f" onesided=True, but got {bins}",
        )  # fmt: skip
    else:
        check(
            equal(n_fft, bins), "size-mismatch",
            f"{head}expected the frequency dimension (3rd to the last) of the input tensor to match n_fft when"
            f" onesided=False, but got {bins}",
        )  # fmt: skip
    check(less(0, hop).and_(less_equal(hop, width)), "invalid-argument", f"{head}expected 0 < hop_length <= win_length")
    check(less(0, width).and_(less_equal(width, n_fft)), "invalid-argument", f"{head}expected 0 < win_length <= n_fft")
    if window is not None:
        fits = window.rank == 1 and equal(window.shape[0], width) is not Truth.NO
        check(fits, "size-mismatch", f"{head}Invalid window shape. window has to be 1D and length of `win_length`")
    if complex_out:
        check(one is not True, "invalid-argument", "Cannot have onesided output if window or input is complex")
    total = n_fft + hop * (frames - 1)
    if length is not None:
        total = length
    elif centered:
        total = total - 2 * (n_fft // 2)
    result = dtype if complex_out or dtype is None else REAL_OF.get(dtype)
    return Tensor((*input.shape[:-2], total), result, input.device)
