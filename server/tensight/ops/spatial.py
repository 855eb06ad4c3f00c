"""What convolutions, pools and resamplings share: arguments per spatial axis, layout, dtype of operands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dims import Dim, Truth, less
from ..values import CONTIGUOUS, DType, Kind, Tensor, Unknown
from .checks import Lift, check, refuse
from .coerce import to_int_or_sizes

#: Names of the spatial axes of a demanded input, by their number.
SPATIAL_NAMES: dict[int, tuple[str, ...]] = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
#: Kinds of elements that autocast converts into each other: a mix of them is refused outside of it only.
_AUTOCAST = frozenset({"float16", "bfloat16", "float32"})


def spread(value: Dim | Sequence[Dim], count: int) -> tuple[Dim, ...] | None:
    """One number per spatial axis: a single one, or a tuple of one, holds for all. None: a tuple of another length."""
    if not isinstance(value, tuple | list):
        return (value,) * count  # type: ignore[return-value]
    if len(value) == count:
        return tuple(value)
    return tuple(value) * count if len(value) == 1 else None


def coerce_sizes(value: Any) -> Any:
    """A `Raw` argument that may be a string or numbers per axis: numbers as the kind IntOrSizes has them."""
    return value if isinstance(value, str) or value is None else to_int_or_sizes(value)


def laid_out(input: Tensor, *dims: Dim, dtype: DType | None = None) -> Tensor:
    """The result of a kernel that keeps the memory format: contiguous if the input certainly is."""
    strides = CONTIGUOUS if input.strides == CONTIGUOUS else None
    return Tensor(dims, dtype or input.dtype, input.device, strides=strides)


def certainly_below(values: Sequence[Dim], limit: int) -> bool:
    """Whether one of the numbers is certainly less than `limit`."""
    return any(value < limit if isinstance(value, int) else less(value, limit) is Truth.YES for value in values)


def certainly_all(values: Sequence[Dim], exact: int) -> bool:
    return all(isinstance(value, int) and value == exact for value in values)


def by_text(dims: Sequence[Dim]) -> str:
    """`(2 x 3)`, as convolutions and pools print sizes."""
    return "(" + " x ".join(str(d) for d in dims) + ")"


def list_text(dims: Sequence[Dim]) -> str:
    """`[2, 3]`, as PyTorch prints a list of ints."""
    return "[" + ", ".join(str(d) for d in dims) + "]"


def tuple_text(dims: Sequence[Dim]) -> str:
    """`(2, 3)`, as Python prints a tuple."""
    return "(" + ", ".join(str(d) for d in dims) + ("," if len(dims) == 1 else "") + ")"


def size_text(dims: Sequence[Dim]) -> str:
    """`torch.Size([2, 3])`, as Python prints the shape of a tensor."""
    return f"torch.Size({list_text(dims)})"


def dtypes_clash(a: DType | None, b: DType | None) -> bool:
    """Whether two tensors certainly have different dtypes for a kernel that wants one (under autocast too)."""
    if a is None or b is None or a is b:
        return False
    return not (a.name in _AUTOCAST and b.name in _AUTOCAST)


_C_NAMES = {
    "float32": "float", "float64": "double", "float16": "c10::Half", "bfloat16": "c10::BFloat16", "int64": "long int",
    "int32": "int", "int16": "short int", "int8": "signed char", "uint8": "unsigned char", "bool": "bool",
    "complex64": "c10::complex<float>", "complex128": "c10::complex<double>",
}  # fmt: skip


def c_name(dtype: DType) -> str:
    """The C++ type, as some messages name it: `long int`."""
    return _C_NAMES.get(dtype.name, dtype.name)


def refuse_kinds(name: str, dtype: DType | None, kinds: Sequence[Kind], exception: str = "NotImplementedError") -> None:
    """A kernel that does not exist for this kind of elements."""
    if dtype is not None and dtype.kind in kinds:
        raise refuse("dtype-mismatch", f"\"{name}\" not implemented for '{dtype.legacy}'", exception)


def check_reduction(reduction: str) -> None:
    check(
        reduction in ("none", "mean", "elementwise_mean", "sum"),
        "invalid-argument",
        lambda: f"{reduction} is not a valid value for reduction",
        "ValueError",
    )


def known(value: Any) -> Any:
    """A `Raw` argument that decides the shape: Lift if nothing is known of it."""
    if isinstance(value, Unknown):
        raise Lift(value)
    return value


INTEGRAL = (Kind.BOOL, Kind.INT)


def type_text(dtype: DType | None, device: str | None = None) -> str:
    """A tensor's type as `Tensor.toString` has it: the oldest types have names of their own."""
    name = dtype.legacy if dtype is not None else "Float"
    on_gpu = device is not None and device.startswith("cuda")
    if name in _OLDEST:
        return f"torch.{'cuda.' if on_gpu else ''}{name}Tensor"
    return f"{'CUDA' if on_gpu else 'CPU'}{name}Type"


_OLDEST = ("Float", "Double", "Long", "Int", "Short", "Char", "Byte", "Half")
