"""What a tensor says about itself: attributes (`.shape`, `.T`, …) and methods that answer a Python value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..dims import fresh_unknown
from ..values import OneOf, OpenSize, Reason, Scalar, Size, Tensor, Unknown, Value
from ..values.dtype import BOOL, Kind
from .checks import axis, check, product, refuse
from .defaults import DEFAULTS
from .errors import Lift
from .kinds import OptAxis
from .permute import attribute_h, attribute_mh, attribute_mt, attribute_t
from .promotion import real_of
from .registry import op
from .strides import strides_of

#: Attribute of a tensor → its value. Called with tensors of any rank, open ones too.
ATTRIBUTES: dict[str, Callable[[Tensor], Value]] = {}


def attribute(*names: str) -> Callable[[Callable[[Tensor], Value]], Callable[[Tensor], Value]]:
    """Register what an attribute of a tensor is."""

    def register(function: Callable[[Tensor], Value]) -> Callable[[Tensor], Value]:
        for name in names:
            if name in ATTRIBUTES:
                raise ValueError(f"two rules for the attribute {name}")
            ATTRIBUTES[name] = function
        return function

    return register


#: Why a parameter of a lazy layer has no shape before the first call.
UNINITIALIZED = Unknown(Reason.DATA_DEPENDENT, "a parameter of a lazy layer before its first call")


def is_uninitialized(tensor: Tensor) -> bool:
    """Whether a tensor is a parameter whose shape the first call settles."""
    return tensor.unknown is UNINITIALIZED and tensor.dims is None


def _require_initialized(tensor: Tensor, method: str) -> None:
    if is_uninitialized(tensor):
        raise refuse(
            "invalid-argument",
            f"Attempted to use an uninitialized parameter in <method {method!r} of 'torch._C.TensorBase' objects>. This"
            " error happens when you are using a `LazyModule` or explicitly manipulating"
            " `torch.nn.parameter.UninitializedParameter` objects. When using LazyModules Call `forward` with a dummy"
            " batch to initialize the parameters before calling torch functions",
            "ValueError",
        )


@attribute("shape")
def shape(tensor: Tensor) -> Value:
    """The sizes."""
    if tensor.dims is None and is_uninitialized(tensor):
        raise refuse(
            "invalid-argument",
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in"
            " `load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward`"
            " to initialize the parameters before accessing their attributes.",
        )
    return OpenSize(tensor) if tensor.is_open else Size(tensor.shape)


@attribute("ndim")
def ndim(tensor: Tensor) -> Value:
    """The number of axes."""
    return fresh_unknown() if tensor.is_open else tensor.rank


@attribute("T")
def t(tensor: Tensor) -> Value:
    """All axes in reverse order."""
    return attribute_t(tensor)


@attribute("H")
def h(tensor: Tensor) -> Value:
    """The conjugate transpose of a matrix."""
    if tensor.is_open:
        return Tensor(None, tensor.dtype, tensor.device, unknown=tensor.unknown)
    return attribute_h(tensor)


@attribute("mT")
def mt(tensor: Tensor) -> Value:
    """The last two axes exchanged."""
    return _matrices(tensor, attribute_mt)


@attribute("mH")
def mh(tensor: Tensor) -> Value:
    """The last two axes exchanged, conjugated."""
    return _matrices(tensor, attribute_mh)


def _matrices(tensor: Tensor, transposed: Callable[[Tensor], Tensor]) -> Tensor:
    dims = tensor.dims
    if dims is None or (... in dims and dims.index(...) >= len(dims) - 2):
        return Tensor(None, tensor.dtype, tensor.device, unknown=tensor.unknown)
    return transposed(tensor)


@attribute("dtype")
def dtype(tensor: Tensor) -> Value:
    """The element type."""
    return Unknown(Reason.DATA_DEPENDENT, "dtype") if tensor.dtype is None else tensor.dtype


def _on(kind: str) -> Callable[[Tensor], Value]:
    def answer(tensor: Tensor) -> Value:
        if tensor.device is None or not DEFAULTS.followed:
            return Unknown(Reason.ENVIRONMENT, "device")
        return tensor.device.split(":")[0] == kind

    return answer


for _name, _kind in (("is_cuda", "cuda"), ("is_cpu", "cpu"), ("is_meta", "meta"), ("is_mps", "mps"), ("is_xpu", "xpu")):
    attribute(_name)(_on(_kind))


@attribute("is_leaf", "grad_fn")
def unsettled(tensor: Tensor) -> Value:
    """What autograd decides."""
    return Unknown(Reason.DATA_DEPENDENT, "autograd")


@attribute("grad")
def grad(tensor: Tensor) -> Value:
    """None before the first backward pass, then a tensor of the same shape."""
    return OneOf((None, tensor.alike()))


@attribute("is_sparse", "is_quantized", "is_nested", "is_mkldnn", "is_sparse_csr")
def dense(tensor: Tensor) -> Value:
    """A tensor of known strides is dense; nearly all others are, but nothing says so."""
    return Unknown(Reason.DATA_DEPENDENT, "layout") if tensor.strides is None else False


@attribute("layout")
def layout(tensor: Tensor) -> Value:
    """How elements are stored."""
    return Unknown(Reason.DATA_DEPENDENT, "layout") if tensor.strides is None else "torch.strided"


@attribute("data")
def data(tensor: Tensor) -> Value:
    """The same values without history."""
    return replace(tensor, parameter=False) if tensor.parameter else tensor


@attribute("real")
def real(tensor: Tensor) -> Value:
    """The real part."""
    return tensor.alike().with_dtype(real_of(tensor.dtype))


@attribute("imag")
def imag(tensor: Tensor) -> Value:
    """The imaginary part."""
    if tensor.dtype is not None:
        check(
            tensor.dtype.kind is Kind.COMPLEX,
            "dtype-mismatch",
            "imag is not implemented for tensors with non-complex dtypes.",
        )
    return tensor.alike().with_dtype(real_of(tensor.dtype))


@attribute("itemsize")
def itemsize(tensor: Tensor) -> Value:
    """Bytes of one element."""
    return Scalar("int") if tensor.dtype is None else tensor.dtype.bits // 8


@attribute("nbytes")
def nbytes(tensor: Tensor) -> Value:
    """Bytes of all elements."""
    if tensor.is_open or tensor.dtype is None:
        return Scalar("int")
    return product(tensor.shape) * (tensor.dtype.bits // 8)


@op("torch.real", open_rank=True)
def real_function(input: Tensor) -> Tensor:
    """The real part."""
    return real(input)  # type: ignore[no-any-return]


@op("torch.imag", open_rank=True)
def imag_function(input: Tensor) -> Tensor:
    """The imaginary part."""
    return imag(input)  # type: ignore[no-any-return]


@op("torch.Tensor.size", open_rank=True)
def size(input: Tensor, dim: OptAxis = None) -> Value:
    """All sizes, or that of one axis."""
    if dim is None:
        return shape(input)
    if input.is_open:
        return _open_size(input, dim)
    return input.shape[axis(dim, input.rank, wrap_scalar=False)]


def _open_size(input: Tensor, dim: int) -> Value:
    """An axis of a tensor of open rank: known if it is counted from the known end."""
    dims = input.dims or (...,)
    at = dims.index(...)
    if 0 <= dim < at or -(len(dims) - 1 - at) <= dim < 0:
        return dims[dim]
    raise Lift(input.unknown)


@op("torch.Tensor.stride", open_rank=True)
def stride(input: Tensor, dim: OptAxis = None) -> Value:
    """How far apart neighbours lie in memory, for all axes or one."""
    if input.is_open:
        raise Lift(input.unknown)
    found = strides_of(input) or tuple(fresh_unknown() for _ in input.shape)
    return found if dim is None else found[axis(dim, input.rank, wrap_scalar=False)]


@op("torch.Tensor.dim", "torch.Tensor.ndimension", open_rank=True)
def dim_(input: Tensor) -> Value:
    """The number of axes."""
    _require_initialized(input, "dim")
    return ndim(input)


@op("torch.numel", "torch.Tensor.numel", "torch.Tensor.nelement", open_rank=True)
def numel(input: Tensor) -> Value:
    """The number of elements."""
    _require_initialized(input, "numel")
    return fresh_unknown() if input.is_open else product(input.shape)


@op("torch.Tensor.element_size", open_rank=True)
def element_size(input: Tensor) -> Value:
    """Bytes of one element."""
    return itemsize(input)


@op("torch.is_floating_point", "torch.Tensor.is_floating_point", open_rank=True)
def is_floating_point(input: Tensor) -> Value:
    """Whether the elements are floating point numbers."""
    return _of_kind(input, Kind.FLOAT)


@op("torch.is_complex", "torch.Tensor.is_complex", open_rank=True)
def is_complex(input: Tensor) -> Value:
    """Whether the elements are complex."""
    return _of_kind(input, Kind.COMPLEX)


def _of_kind(input: Tensor, kind: Kind) -> Value:
    if input.dtype is None:
        raise Lift(input.unknown)
    return input.dtype.kind is kind


@op("torch.Tensor.is_signed", "torch.is_signed", open_rank=True)
def is_signed(input: Tensor) -> Value:
    """Whether the elements have a sign."""
    if input.dtype is None:
        raise Lift(input.unknown)
    return input.dtype.signed and input.dtype is not BOOL


@op("torch.is_same_size", "torch.Tensor.is_same_size")
def is_same_size(input: Tensor, other: Tensor) -> Value:
    """Whether two tensors have the same shape."""
    if input.rank != other.rank:
        return False
    if all(isinstance(d, int) for d in (*input.shape, *other.shape)):
        return input.shape == other.shape
    if input.shape == other.shape:
        return True
    raise Lift()


@op("torch.get_device", "torch.Tensor.get_device", open_rank=True)
def get_device(input: Tensor) -> Value:
    """The number of its device; -1 for the CPU."""
    if input.device == "cpu":
        return -1
    return Scalar("int")
