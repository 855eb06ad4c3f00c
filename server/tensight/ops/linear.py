"""torch.nn.functional.linear and bilinear."""

from __future__ import annotations

from types import EllipsisType

from ..dims import Dim, Truth, equal
from ..values import CONTIGUOUS
from ..values import Tensor as TensorValue
from .checks import check, demand, product, refuse, require_equal
from .kinds import OptTensor, Tensor
from .registry import op
from .spatial import c_name, dtypes_clash, list_text
from .strides import is_contiguous


@op("torch.nn.functional.linear", open_rank=True)
def linear(input: Tensor, weight: Tensor, bias: OptTensor = None) -> Tensor:
    """(…, in) · (out, in)ᵀ → (…, out)."""
    if weight.is_open:
        demand(input, None)
        return Tensor(None, input.dtype, input.device)
    if input.is_open:
        return _linear_open(input, weight)
    check(
        input.rank >= 1 and weight.rank >= 1, "rank-mismatch",
        f"both arguments to linear need to be at least 1D, but they are {input.rank}D and {weight.rank}D",
    )  # fmt: skip
    if weight.rank == 1:
        return _linear_vector(input, weight, bias)
    check(
        weight.rank == 2, "rank-mismatch",
        f"t() expects a tensor with <= 2 dimensions, but self is {weight.rank}D",
    )  # fmt: skip
    out, expected = weight.shape
    *batch, got = input.shape
    _check_dtypes(input, weight, bias)
    require_equal(got, expected, "matmul-mismatch", lambda: _product_message(input, weight), expected=expected, got=got)
    if bias is not None and not bias.is_open:
        _check_bias(bias, tuple(batch), out)
    return _result(input, (*batch, out), weight)


def _product_message(input: Tensor, weight: Tensor) -> str:
    """Rows are folded into one matrix, except for a scattered input and a weight that needs no gradient."""
    *batch, got = input.shape
    out, expected = weight.shape
    if len(batch) == 2 and not weight.parameter and is_contiguous(input) is Truth.NO:
        return (
            f"Expected size for first two dimensions of batch2 tensor to be: [{batch[0]}, {got}] but got: "
            f"[{batch[0]}, {expected}]."
        )
    return f"mat1 and mat2 shapes cannot be multiplied ({product(batch)}x{got} and {expected}x{out})"


def _result(input: Tensor, dims: tuple[Dim | EllipsisType, ...], weight: Tensor) -> Tensor:
    strides = CONTIGUOUS if input.strides == CONTIGUOUS and ... not in dims else None
    return TensorValue(dims, input.dtype or weight.dtype, input.device, strides=strides)


def _linear_open(input: Tensor, weight: Tensor) -> Tensor:
    """Whatever the rank: the last axis is contracted."""
    check(
        weight.rank in (1, 2), "rank-mismatch",
        f"t() expects a tensor with <= 2 dimensions, but self is {weight.rank}D",
    )  # fmt: skip
    expected = weight.shape[-1]
    demand(input, (..., expected))
    head: tuple[Dim | EllipsisType, ...] = (...,)
    if input.dims is not None and input.dims[-1] is not ...:
        got: Dim = input.dims[-1]
        head = input.dims[:-1]
        require_equal(
            got, expected, "matmul-mismatch",
            lambda: f"mat1 and mat2 shapes cannot be multiplied (?x{got} and {expected}x{weight.shape[0]})",
            expected=expected, got=got,
        )  # fmt: skip
    return _result(input, (*head, *weight.shape[:-1]), weight)


def _linear_vector(input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """A weight of one axis: a matrix-vector product."""
    *batch, got = input.shape
    expected = weight.shape[0]
    rows = product(batch)
    if bias is not None:
        raise refuse("rank-mismatch", "mat2 must be a matrix, got 1-D tensor")
    if input.rank == 1:
        message = (
            f"inconsistent tensor size, expected tensor [{got}] and src [{expected}] to have the same number of "
            f"elements, but got {got} and {expected} elements respectively"
        )
    else:
        message = f"size mismatch, got input ({rows}), mat ({rows}x{got}), vec ({expected})"
    require_equal(got, expected, "matmul-mismatch", message, expected=expected, got=got)
    return _result(input, tuple(batch), weight)


def _check_bias(bias: Tensor, batch: tuple[Dim, ...], out: Dim) -> None:
    """A bias of one axis is expanded over the rows; others are rare and broadcast."""
    if bias.rank != 1:
        return
    size = bias.shape[0]
    if equal(size, out) is Truth.NO and equal(size, 1) is Truth.NO:
        raise refuse(
            "size-mismatch",
            f"The expanded size of the tensor ({out}) must match the existing size ({size}) at non-singleton dimension "
            f"1.  Target sizes: {list_text((product(batch), out))}.  Tensor sizes: {list_text((size,))}",
        )


def _check_dtypes(input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    require_one_dtype(input, weight, bias is not None and (input.rank == 2 or is_contiguous(input) is not Truth.NO))


def require_one_dtype(input: Tensor, weight: Tensor, fused: bool) -> None:
    """The product inside a linear layer; `fused`: together with its bias."""
    if not dtypes_clash(input.dtype, weight.dtype):
        return
    assert input.dtype is not None and weight.dtype is not None
    if fused:
        raise refuse(
            "dtype-mismatch",
            f"mat1 and mat2 must have the same dtype, but got {input.dtype.legacy} and {weight.dtype.legacy}",
        )
    names = [c_name(d) for d in (input.dtype, weight.dtype)]
    raise refuse("dtype-mismatch", f"expected m1 and m2 to have the same dtype, but got: {names[0]} != {names[1]}")


@op("torch.nn.functional.bilinear", "torch.bilinear")
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: OptTensor = None) -> Tensor:
    """(…, in1), (…, in2), (out, in1, in2) → (…, out)."""
    named = {"input1": input1, "input2": input2, "weight": weight, **({} if bias is None else {"bias": bias})}
    if any(dtypes_clash(input1.dtype, tensor.dtype) for tensor in named.values()):
        told = ", ".join(f"{name}: {c_name(t.dtype)}" for name, t in named.items() if t.dtype is not None)
        raise refuse("dtype-mismatch", f"All tensors must have the same dtype, got {told}")
    check(
        input1.rank == input2.rank, "rank-mismatch",
        f"bilinear(): input dimensions do not match: got {input1.rank} and {input2.rank}",
    )  # fmt: skip
    for i, (a, b) in enumerate(zip(input1.shape[:-1], input2.shape[:-1])):
        require_equal(
            a, b, "size-mismatch", f"bilinear(): input batch dimensions do not match at dim {i}: got {a} and {b}"
        )
    check(input1.rank > 0, "axis-out-of-range", "Dimension specified as -1 but tensor has no dimensions", "IndexError")
    check(
        weight.rank >= 3, "axis-out-of-range",
        f"Dimension out of range (expected to be in range of [{-weight.rank}, {weight.rank - 1}], but got "
        f"{weight.rank})", "IndexError",
    )  # fmt: skip
    for i, input in ((1, input1), (2, input2)):
        got, expected = input.shape[-1], weight.shape[i]
        require_equal(
            got, expected, "features-mismatch",
            f"bilinear(): input{i} size does not match weight size: got {got} but expected {expected}",
            expected=expected, got=got,
        )  # fmt: skip
    if bias is not None:
        size = bias.shape[0] if bias.rank else 1
        require_equal(
            size, weight.shape[0], "size-mismatch",
            f"bilinear(): bias size does not match weight size: got {size} but expected {weight.shape[0]}",
        )  # fmt: skip
    return input1.with_dims(*input1.shape[:-1], weight.shape[0])
