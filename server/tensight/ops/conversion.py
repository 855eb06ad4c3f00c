"""Other dtype, device or Python type, same shape: `.to`, `.float()`, `.cuda()`, `.item()`, `.tolist()`."""

from __future__ import annotations

from dataclasses import replace

from ..dims import Dim, Truth, equal, fresh_data
from ..limits import MAX_TENSOR_DATA
from ..values import (
    CONTIGUOUS,
    DTYPES,
    INT64,
    DType,
    Instance,
    Kind,
    ListV,
    OpFunction,
    Reason,
    Scalar,
    Tensor,
    Unknown,
    Value,
    element,
    torch_size_text,
)
from ..values.dtype import ALIASES
from .checks import check, refuse, require_equal
from .devices import device_text, named, same_device
from .elements import Near, convert_all, count_of
from .errors import Lift
from .iteration import is_dense, iterated
from .kinds import Raw, RawArgs, SizeArgs
from .numbers import kept
from .promotion import complex_of, real_of
from .registry import op
from .strides import contiguous


def cast(input: Tensor, dtype: DType | None) -> Tensor:
    """The same tensor in another dtype, known values included; None: in one that is not known."""
    if dtype is input.dtype and dtype is not None:
        return input
    data = None if input.data is None else convert_all(input.data, dtype)
    made = replace(input, dtype=dtype, data=data, parameter=False, strides=_kept(input, dtype and input.dtype))
    return made if input.number is None else kept(made, input)


def place(input: Tensor, device: str | None) -> Tensor:
    """The same tensor on another device; None: on one that is not known."""
    if device is input.device:
        return input
    made = replace(input, device=device, parameter=False, strides=_kept(input, device and input.device))
    return made if input.number is None else kept(made, input)


def _kept(input: Tensor, copied: object) -> tuple[Dim, ...] | None:
    """The strides of a copy that keeps the order of the axes; not `copied`: it may be no copy at all."""
    if input.strides is None or input.strides == CONTIGUOUS or input.is_open:
        return input.strides
    if copied or is_dense(input.shape, input.strides):
        return iterated(input.shape, (input,))
    return None


@op("torch.Tensor.to", open_rank=True)
def to(input: Tensor, *args: RawArgs, dtype: Raw = None, device: Raw = None, other: Raw = None) -> Tensor:
    """Another dtype, device, or both; or those of another tensor."""
    result = input
    for value in (*args, dtype, device, other):
        if isinstance(value, DType):
            result = cast(result, value)
        elif isinstance(value, str | Instance):
            result = place(result, named(value))
        elif isinstance(value, Tensor):
            result = place(cast(result, value.dtype), value.device)
        elif isinstance(value, int) and not isinstance(value, bool):
            result = place(result, f"cuda:{value}")
        elif isinstance(value, Scalar):
            result = place(result, None)  # a string that is not known: no dtype looks like this
        elif isinstance(value, Unknown) and value.reason is Reason.ENVIRONMENT and value is not dtype:
            result = place(result, None)  # `x.device`, the accelerator that is there
        elif isinstance(value, Unknown):
            result = _by_something(result, value is dtype)
        elif value is not None and not isinstance(value, bool):
            result = _by_something(result, False)
    return result


def _by_something(input: Tensor, is_dtype: bool) -> Tensor:
    """To what is not known: most often a device, but it may be a dtype."""
    return cast(input, None) if is_dtype else place(cast(input, None), None)


def _to_dtype(name: str, dtype: DType) -> None:
    def convert(input: Tensor) -> Tensor:
        return cast(input, dtype)

    convert.__doc__ = f"As {dtype}."
    op(f"torch.Tensor.{name}", open_rank=True)(convert)


for _name in ("float", "double", "half", "long", "int", "short", "cfloat", "cdouble", "chalf"):
    _to_dtype(_name, DTYPES[ALIASES[_name]])
for _name, _dtype in (("bool", "bool"), ("byte", "uint8"), ("char", "int8"), ("bfloat16", "bfloat16")):
    _to_dtype(_name, DTYPES[_dtype])


@op("torch.Tensor.type", open_rank=True)
def type_(input: Tensor, dtype: Raw = None) -> Value:
    """Another dtype by object or by the name of a legacy class; without argument the name of this one's class."""
    if dtype is None:
        return Unknown(Reason.NO_RULE, "torch.Tensor.type()")
    if isinstance(dtype, DType):
        return cast(input, dtype)
    if isinstance(dtype, str):
        word = dtype.rsplit(".", 1)[-1].removesuffix("Tensor")
        for candidate in DTYPES.values():
            if candidate.legacy == word:
                return place(cast(input, candidate), "cuda" if ".cuda." in dtype else "cpu")
    if isinstance(dtype, OpFunction):  # the legacy class itself
        return type_(input, dtype.name)
    return cast(input, None)


@op("torch.Tensor.type_as", open_rank=True)
def type_as(input: Tensor, other: Tensor) -> Tensor:
    """The dtype and device of another tensor."""
    return place(cast(input, other.dtype), other.device)


@op("torch.Tensor.cpu", open_rank=True)
def cpu(input: Tensor) -> Tensor:
    """On the CPU."""
    return place(input, "cpu")


@op("torch.Tensor.cuda", open_rank=True)
def cuda(input: Tensor, device: Raw = None) -> Tensor:
    """On a CUDA device."""
    return place(input, "cuda" if device is None else named(device))


def _on(name: str) -> None:
    def move(input: Tensor, device: Raw = None) -> Tensor:
        number = isinstance(device, int) and not isinstance(device, bool)
        return place(input, f"{name}:{device}" if number else name if device is None else named(device))

    move.__doc__ = f"On a device of this kind: {name}."
    op(f"torch.Tensor.{name}", open_rank=True)(move)


for _name in ("xpu", "ipu", "mtia"):
    _on(_name)


@op("torch.Tensor.contiguous", open_rank=True)
def contiguous_(input: Tensor) -> Tensor:
    """Laid out in row-major order."""
    return contiguous(input)


@op(
    "torch.Tensor.detach", "torch.Tensor.detach_", "torch.detach", "torch.Tensor.pin_memory", "torch.Tensor.coalesce",
    open_rank=True,
)  # fmt: skip
def detach(input: Tensor) -> Tensor:
    """The same values."""
    return replace(input, parameter=False) if input.parameter else input


@op("torch.dequantize", "torch.Tensor.dequantize", open_rank=True)
def dequantize(input: Tensor) -> Tensor:
    """The numbers that quantized elements stand for."""
    return Tensor(input.dims, DTYPES["float32"], input.device, unknown=input.unknown, entry=input.entry)


@op("torch.Tensor.share_memory_", open_rank=True)
def share_memory_(input: Tensor) -> Tensor:
    """The same tensor."""
    return input


@op("torch.clone", "torch.Tensor.clone", open_rank=True)
def clone(input: Tensor) -> Tensor:
    """A copy."""
    return replace(input, parameter=False, strides=_kept(input, True))


@op("torch.Tensor.numpy", open_rank=True)
def numpy(input: Tensor, force: Raw = False) -> Tensor:
    """The array that shares this tensor's memory."""
    if input.device is not None and force is False and not same_device(input.device, "cpu"):
        raise refuse(
            "device-mismatch",
            f"can't convert {device_text(input.device)} device type tensor to numpy. Use Tensor.cpu() to copy the"
            " tensor to host memory first.",
            "TypeError",
        )
    return replace(place(input, "numpy"), strides=None)


@op("torch.Tensor.item", open_rank=True)
def item(input: Tensor) -> Value:
    """The only element as a Python number; an int that is not known is one number, which sizes may be computed with."""
    if input.data is not None and len(input.data) == 1:
        return scalar_of(input) if type(input.data[0]) is Near else input.data[0]
    count = known_count(input)
    check(
        count is None or count == 1,
        "rank-mismatch",
        f"a Tensor with {count} elements cannot be converted to Scalar",
    )
    known = element(input)
    if known is not None:
        return known
    number = scalar_of(input)
    return fresh_data("n", None) if number.kind == "int" else number


def known_count(input: Tensor) -> int | None:
    """The number of elements if it is a plain number."""
    return None if input.is_open else count_of(input.shape)


def require_one_element(input: Tensor) -> None:
    """`bool(x)`: the truth of no or of several elements is refused."""
    count = known_count(input)
    if count is not None and count != 1:
        how = "no values" if count == 0 else "more than one value"
        raise refuse("rank-mismatch", f"Boolean value of Tensor with {how} is ambiguous")


def scalar_of(input: Tensor) -> Scalar:
    """One element of the tensor as a Python number of unknown value."""
    if input.dtype is None or input.dtype.kind is Kind.QUANTIZED:
        return Scalar("number")
    return Scalar({Kind.BOOL: "bool", Kind.INT: "int", Kind.FLOAT: "float"}.get(input.dtype.kind, "complex"))


@op("torch.Tensor.tolist", open_rank=True)
def tolist(input: Tensor) -> Value:
    """Nested lists of Python numbers."""
    if input.is_open:
        raise Lift(input.unknown)
    values = iter(input.data) if input.data is not None else None
    budget = MAX_TENSOR_DATA

    def build(dims: tuple[object, ...]) -> Value:
        nonlocal budget
        if not dims:
            value = next(values) if values is not None else None
            if value is None and input.number is not None:
                return element(input)
            return scalar_of(input) if value is None or type(value) is Near else value
        size = dims[0]
        if not isinstance(size, int) or size > budget:
            return ListV([], rest=build(dims[1:]))
        budget -= size
        return ListV([build(dims[1:]) for _ in range(size)])

    return build(input.shape)


@op("torch.is_tensor")
def is_tensor(obj: Raw) -> Value:
    """Whether this is a tensor."""
    if isinstance(obj, Unknown):
        raise Lift(obj)
    return isinstance(obj, Tensor) and obj.device != "numpy"


@op("torch.view_as_real", "torch.view_as_real_copy", open_rank=True)
def view_as_real(input: Tensor) -> Tensor:
    """Real and imaginary parts along a new last axis."""
    if input.dtype is not None:
        check(
            input.dtype.kind is Kind.COMPLEX,
            "dtype-mismatch",
            "view_as_real is only supported for complex tensors",
        )
    if input.dims is None:
        raise Lift(input.unknown)
    return input.with_dims(*input.dims, 2).with_dtype(real_of(input.dtype))


@op("torch.view_as_complex", "torch.view_as_complex_copy")
def view_as_complex(input: Tensor) -> Tensor:
    """The last axis holds real and imaginary parts."""
    if input.dtype is not None:
        check(
            input.dtype.name in ("float16", "float32", "float64"),
            "dtype-mismatch",
            "view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type:"
            f" {input.dtype.legacy}",
        )
    check(input.rank > 0, "rank-mismatch", "Input tensor must have one or more dimensions")
    require_equal(input.shape[-1], 2, "size-mismatch", "Tensor must have a last dimension of size 2")
    dtype = None if input.dtype is None else complex_of(input.dtype)
    return Tensor(input.shape[:-1], dtype, input.device)


@op("torch.Tensor.to_dense", "torch.Tensor.to_sparse", "torch.Tensor.to_mkldnn", open_rank=True)
def to_layout(input: Tensor, *args: RawArgs) -> Tensor:
    """The same values in another layout."""
    return input.alike()


@op("torch.detach_copy", "torch.alias_copy", open_rank=True)
def plain_copy(input: Tensor) -> Tensor:
    """A copy."""
    return clone.function(input)  # type: ignore[no-any-return]


@op("torch.Tensor.sum_to_size")
def sum_to_size(input: Tensor, *size: SizeArgs) -> Tensor:
    """Summed over the axes that broadcasting from `size` would have widened."""
    message = f"size {{{torch_size_text(size)}}} is not expandable to size {{{torch_size_text(input.shape)}}}."
    if len(size) > input.rank:
        raise refuse("broadcast-mismatch", message)
    reduces: Truth = Truth.YES if not size or len(size) < input.rank else Truth.NO
    for got, wanted in zip(reversed(input.shape), reversed(size)):
        if equal(wanted, 1) is not Truth.YES:
            require_equal(got, wanted, "broadcast-mismatch", message)
        elif reduces is not Truth.YES and equal(got, 1) is not Truth.YES:
            reduces = equal(got, 1).negate()
    dtype = input.dtype
    if dtype is not None and dtype.kind <= Kind.INT and dtype is not INT64 and reduces is not Truth.NO:
        dtype = INT64 if reduces is Truth.YES else None
    return Tensor(size, dtype, input.device)
