"""Questions about tensors and dtypes that are answered by a Python value."""

from __future__ import annotations

from ..dims import Expr
from ..values import DType, Kind, Scalar, Tensor, Unknown, Value, element, promote
from .checks import broadcast, check, refuse
from .conversion import known_count, scalar_of
from .errors import Lift
from .kinds import Raw
from .promotion import result_type
from .registry import op


@op("torch.equal", "torch.Tensor.equal")
def equal(input: Tensor, other: Tensor) -> Value:
    """Whether shape and elements are the same."""
    if input.rank != other.rank:
        return False
    if any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in zip(input.shape, other.shape)):
        return False
    if input.data is not None and other.data is not None and input.shape == other.shape:
        return input.data == other.data
    return Scalar("bool")


@op("torch.allclose", "torch.Tensor.allclose")
def allclose(input: Tensor, other: Tensor, rtol: Raw = 1e-05, atol: Raw = 1e-08, equal_nan: Raw = False) -> Value:
    """Whether all elements differ by no more than the tolerance."""
    if input.dtype is not None and other.dtype is not None:
        check(
            input.dtype is other.dtype,
            "dtype-mismatch",
            f"{input.dtype.legacy} did not match {other.dtype.legacy}",
        )
    broadcast(input.shape, other.shape)
    return Scalar("bool")


@op(
    "torch.is_conj", "torch.Tensor.is_conj", "torch.is_neg", "torch.Tensor.is_neg", "torch.is_inference",
    "torch.Tensor.is_inference", "torch.is_distributed", "torch.Tensor.is_distributed", "torch.Tensor.is_pinned",
    "torch.Tensor.is_shared", "torch.Tensor.is_coalesced", open_rank=True,
)  # fmt: skip
def undecided(input: Tensor) -> Value:
    """What neither shape nor dtype settles."""
    return Scalar("bool")


@op(
    "torch.Tensor.data_ptr", "torch.Tensor.const_data_ptr", "torch.Tensor.storage_offset", "torch.Tensor.sparse_dim",
    "torch.Tensor.dense_dim", open_rank=True,
)  # fmt: skip
def some_int(input: Tensor) -> Value:
    """A number that neither shape nor dtype settles."""
    return Scalar("int")


@op("torch.Tensor.register_hook", "torch.Tensor.register_post_accumulate_grad_hook", open_rank=True)
def register_hook(input: Tensor, hook: Raw) -> Value:
    """A handle."""
    raise Lift()


@op("torch.Tensor.retain_grad", open_rank=True)
def retain_grad(input: Tensor) -> Value:
    """Nothing."""
    return None


@op("torch.result_type")
def result_type_(tensor1: Raw, tensor2: Raw) -> Value:
    """The dtype of arithmetic on two operands."""
    for value in (tensor1, tensor2):
        if isinstance(value, Unknown):
            raise Lift(value)
    dtype = result_type((tensor1, tensor2))
    if dtype is None:
        raise Lift()
    return dtype


@op("torch.promote_types")
def promote_types(type1: Raw, type2: Raw) -> Value:
    """The smallest dtype that holds both."""
    if not isinstance(type1, DType) or not isinstance(type2, DType):
        raise Lift()
    return promote(type1, type2)


@op("torch.can_cast")
def can_cast(from_: Raw, to: Raw) -> Value:
    """Whether a result of one dtype may be written into another."""
    if not isinstance(from_, DType) or not isinstance(to, DType):
        raise Lift()
    return from_.kind <= to.kind or (from_.kind is Kind.INT and to.kind is not Kind.BOOL)


@op("torch.Tensor.__len__", open_rank=True)
def length(input: Tensor) -> Value:
    """The size of the first axis."""
    if input.dims is None or (input.dims and input.dims[0] is ...):
        return Scalar("int")
    if not input.dims:
        raise refuse("rank-mismatch", "len() of a 0-d tensor", "TypeError")
    return input.dims[0]


def _number(input: Tensor) -> Value:
    count = known_count(input)
    if count is not None and count != 1:
        raise refuse("rank-mismatch", "only one element tensors can be converted to Python scalars", "ValueError")
    if input.data is not None:
        return input.data[0]
    known = element(input)
    return scalar_of(input) if known is None else known


def _real(value: Value, kind: str) -> Value:
    """The value, which is not to be complex."""
    if not isinstance(value, complex):
        return value
    check(not value.imag, "dtype-mismatch", f"value cannot be converted to type {kind} without overflow")
    return value.real


@op("torch.Tensor.__int__", "torch.Tensor.__long__", open_rank=True)
def to_int(input: Tensor) -> Value:
    """int(x)."""
    value = _real(_number(input), "int64_t")
    if isinstance(value, Scalar):
        return Scalar("int")
    if isinstance(value, Expr):
        return value
    try:
        return int(value)
    except (ValueError, OverflowError):
        raise Lift() from None


@op("torch.Tensor.__index__", open_rank=True)
def to_index(input: Tensor) -> Value:
    """What `range(x)` and `items[x]` ask for."""
    integral = input.dtype is None or input.dtype.kind <= Kind.INT
    if not integral or known_count(input) not in (None, 1):
        message = "only integer tensors of a single element can be converted to an index"
        raise refuse("index-mismatch", message, "TypeError")
    return to_int.function(input)


@op("torch.Tensor.__float__", open_rank=True)
def to_float(input: Tensor) -> Value:
    """float(x)."""
    value = _real(_number(input), "double")
    return Scalar("float") if isinstance(value, Scalar) else float(value)


@op("torch.Tensor.__complex__", open_rank=True)
def to_complex(input: Tensor) -> Value:
    """complex(x)."""
    value = _number(input)
    return Scalar("complex") if isinstance(value, Scalar) else complex(value)


@op("torch.Tensor.__contains__", open_rank=True)
def contains(input: Tensor, element: Raw) -> Value:
    """Whether an element is there."""
    if isinstance(element, Tensor) and not input.is_open and not element.is_open:
        broadcast(element.shape, input.shape)
    return Scalar("bool")
