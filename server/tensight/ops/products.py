"""Products beside matmul: outer, inner, kron, cross, cdist, tensordot, chains of matrices, einsum's relatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dims import Dim, Truth, equal
from ..values import CONTIGUOUS, DType, Kind, Tensor, torch_size_text
from .checks import axis, broadcast, check, refuse, require_equal
from .coerce import items_of, to_axis
from .element_types import common_dtype, cpp_name
from .errors import Lift
from .expand import expanded
from .kinds import Axis, Number, OptAxis, OptText, Raw, TensorArgs, Tensors
from .promotion import result_type
from .registry import op


def _same_types(a: DType, b: DType) -> str:
    return "both inputs should have same dtype"


def _fresh(dims: Sequence[Dim], dtype: DType | None, input: Tensor) -> Tensor:
    return Tensor(tuple(dims), dtype, input.device, strides=CONTIGUOUS)


@op("torch.outer", "torch.Tensor.outer", "torch.ger", "torch.Tensor.ger", dtype="promote")
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of two vectors."""
    check(input.rank == 1, "rank-mismatch", f"outer: Expected 1-D argument self, but got {input.rank}-D")
    check(vec2.rank == 1, "rank-mismatch", f"outer: Expected 1-D argument vec2, but got {vec2.rank}-D")
    return _fresh((input.shape[0], vec2.shape[0]), None, input)


@op("torch.addr", "torch.Tensor.addr")
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """`input + outer(vec1, vec2)`."""
    check(vec1.rank == 1, "rank-mismatch", f"addr: Expected 1-D argument vec1, but got {vec1.rank}-D")
    check(vec2.rank == 1, "rank-mismatch", f"addr: Expected 1-D argument vec2, but got {vec2.rank}-D")
    dims = (vec1.shape[0], vec2.shape[0])
    expanded(input, dims)
    return _fresh(dims, result_type((input, vec1, vec2)), input)


@op("torch.Tensor.addr_")
def addr_(input: Tensor, vec1: Tensor, vec2: Tensor, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """addr in place."""
    check(vec1.rank == 1, "rank-mismatch", f"addr: Expected 1-D argument vec1, but got {vec1.rank}-D")
    check(vec2.rank == 1, "rank-mismatch", f"addr: Expected 1-D argument vec2, but got {vec2.rank}-D")
    check(input.rank == 2, "rank-mismatch", f"2D tensor expected, got {input.rank}D tensor for input")
    for have, want in zip(input.shape, (vec1.shape[0], vec2.shape[0])):
        require_equal(
            have, want, "size-mismatch",
            f"size mismatch, input: {torch_size_text(input.shape)}, v1: {torch_size_text(vec1.shape)}, v2:"
            f" {torch_size_text(vec2.shape)}",
        )  # fmt: skip
    return input.alike()


@op("torch.inner", "torch.Tensor.inner")
def inner(input: Tensor, other: Tensor) -> Tensor:
    """Products of the last axes."""
    if input.rank == 0 or other.rank == 0:
        return _fresh(input.shape or other.shape, result_type((input, other)), input)
    require_equal(
        input.shape[-1], other.shape[-1], "matmul-mismatch",
        "inner() the last dimension must match on both input tensors but got shapes"
        f" {torch_size_text(input.shape)} and {torch_size_text(other.shape)}",
        got=input.shape[-1], expected=other.shape[-1],
    )  # fmt: skip
    dtype = common_dtype(input, other, _same_types)
    return Tensor((*input.shape[:-1], *other.shape[:-1]), dtype, input.device)


@op("torch.kron", "torch.Tensor.kron", dtype="promote")
def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product: sizes multiply axis by axis."""
    rank = max(input.rank, other.rank)
    a = (*([1] * (rank - input.rank)), *input.shape)
    b = (*([1] * (rank - other.rank)), *other.shape)
    return input.with_dims(*(x * y for x, y in zip(a, b)))


def _cross(input: Tensor, other: Tensor, dim: int) -> Tensor:
    check(input.rank == other.rank, "rank-mismatch", "linalg.cross: inputs must have the same number of dimensions.")
    position = axis(dim, input.rank)
    a, b = (input.shape[position], other.shape[position]) if input.rank else (1, 1)
    wrong = equal(a, 3) is Truth.NO or equal(b, 3) is Truth.NO
    check(
        not wrong, "size-mismatch", f"linalg.cross: inputs dimension {dim} must have length 3. Got {a} and {b}",
        axis=position,
    )  # fmt: skip
    return Tensor(broadcast(input.shape, other.shape), result_type((input, other)), input.device)


@op("torch.linalg.cross")
def linalg_cross(input: Tensor, other: Tensor, dim: Axis = -1) -> Tensor:
    """The cross product along an axis of size 3."""
    return _cross(input, other, dim)


@op("torch.cross", "torch.Tensor.cross")
def cross(input: Tensor, other: Tensor, dim: OptAxis = None) -> Tensor:
    """The cross product along the given axis, or the first one of size 3."""
    if dim is None:
        threes = [equal(size, 3) for size in input.shape]
        if Truth.YES not in threes:
            if Truth.MAYBE in threes:
                raise Lift()
            raise refuse("size-mismatch", "no dimension of size 3 in input")
        dim = threes.index(Truth.YES)
        if Truth.MAYBE in threes[:dim]:
            raise Lift()
    return _cross(input, other, dim)


@op("torch.cdist", "torch.functional.cdist")
def cdist(x1: Tensor, x2: Tensor, p: Number = 2.0, compute_mode: OptText = None) -> Tensor:
    """Distances between all rows of two batches of matrices."""
    for name, tensor in (("X1", x1), ("X2", x2)):
        check(tensor.rank >= 2, "rank-mismatch", f"cdist only supports at least 2D tensors, {name} got: {tensor.rank}D")
    a, b = x1.shape, x2.shape
    require_equal(
        a[-1], b[-1], "size-mismatch", f"X1 and X2 must have the same number of columns. X1: {a[-1]} X2: {b[-1]}"
    )
    check(not (isinstance(p, int | float) and p < 0), "invalid-argument", "cdist only supports non-negative p values")
    for name, tensor in (("X1", x1), ("X2", x2)):
        if tensor.dtype is not None and tensor.dtype.kind is not Kind.FLOAT:
            raise refuse(
                "dtype-mismatch", f"cdist only supports floating-point dtypes, {name} got: {tensor.dtype.legacy}"
            )
    batch = broadcast(a[:-2], b[:-2])
    return Tensor((*batch, a[-2], b[-2]), result_type((x1, x2)), x1.device)


@op("torch.tensordot", "torch.functional.tensordot")
def tensordot(a: Tensor, b: Tensor, dims: Raw = 2) -> Tensor:
    """Contract the given axes of both, or the last of `a` with the first of `b`."""
    left, right = _contracted(a, b, dims)
    check(len(left) == len(right), "invalid-argument", "both dimension lists should have same length")
    for listed, tensor in ((left, a), (right, b)):
        if listed and not tensor.rank:
            raise refuse(
                "axis-out-of-range", f"Dimension specified as {listed[0]} but tensor has no dimensions", "IndexError"
            )
    places = [axis(d, a.rank) for d in left], [axis(d, b.rank) for d in right]
    for i, (x, y) in enumerate(zip(left, right)):
        m, n = a.shape[places[0][i]], b.shape[places[1][i]]
        if equal(m, 1) is not Truth.YES and equal(n, 1) is not Truth.YES:
            require_equal(
                m, n, "matmul-mismatch",
                f"contracted dimensions need to match, but first has size {m} in dim {x} and second has size {n} in"
                f" dim {y}", got=m, expected=n,
            )  # fmt: skip
    for i, place in enumerate(places[0]):
        check(place not in places[0][:i], "invalid-argument", f"dim {place} appears multiple times in the list of dims")
    for i, place in enumerate(places[1]):
        check(place not in places[1][:i], "invalid-argument", f"dim {place} appears multiple times in the list of dims")
    dtype = common_dtype(a, b, _same_types)
    rest = [d for i, d in enumerate(a.shape) if i not in places[0]]
    return Tensor((*rest, *(d for i, d in enumerate(b.shape) if i not in places[1])), dtype, a.device)


def _contracted(a: Tensor, b: Tensor, dims: Any) -> tuple[list[int], list[int]]:
    if isinstance(dims, int):
        check(dims >= 0, "invalid-argument", f"tensordot expects dims >= 0, but got dims={dims}")
        fits = dims <= min(a.rank, b.rank)
        check(fits, "invalid-argument", f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        return list(range(-dims, 0)), list(range(dims))
    if isinstance(dims, Tensor):
        raise Lift()
    pair = items_of(dims)
    if len(pair) != 2:
        raise Lift()
    if all(isinstance(item, int) for item in pair):
        return [to_axis(pair[0])], [to_axis(pair[1])]
    return [to_axis(d) for d in items_of(pair[0])], [to_axis(d) for d in items_of(pair[1])]


@op("torch.linalg.multi_dot")
def multi_dot(tensors: Tensors) -> Tensor:
    """A chain of matrices, the first and the last may be vectors."""
    return _multi_dot(tensors)


def _multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    count = len(tensors)
    check(count >= 2, "invalid-argument", f"multi_dot(): expected at least 2 tensors but got {count}")
    first, last = tensors[0], tensors[-1]
    shapes = [tensor.shape for tensor in tensors]
    for name, tensor in (("first", first), ("last", last)):
        check(
            tensor.rank in (1, 2), "rank-mismatch",
            f"multi_dot(): the {name} tensor must be 1D or 2D but got {tensor.rank}D",
        )  # fmt: skip
        if tensor is first:
            for i, middle in enumerate(tensors[1:-1], 1):
                check(middle.rank == 2, "rank-mismatch", f"multi_dot(): tensor {i} must be 2D but got {middle.rank}D")
                _chain_types(first, middle, i)
    _chain_types(first, last, count - 1)
    for i in range(count - 1):
        m = shapes[i][-1]
        n = shapes[i + 1][0]
        require_equal(
            m, n, "matmul-mismatch",
            f"multi_dot(): tensors {i} and {i + 1} with shapes {torch_size_text(shapes[i])} and"
            f" {torch_size_text(shapes[i + 1])} cannot be multiplied", got=m, expected=n,
        )  # fmt: skip
    return _fresh((*shapes[0][:-1], *shapes[-1][1:]), first.dtype, first)


def _chain_types(first: Tensor, other: Tensor, i: int) -> None:
    common_dtype(
        first, other,
        lambda a, b: "multi_dot(): all tensors must have be the same dtype but tensor 0 is"
        f" {cpp_name(a)} and tensor {i} {cpp_name(b)}",
    )  # fmt: skip


@op("torch.chain_matmul", "torch.functional.chain_matmul")
def chain_matmul(*matrices: TensorArgs) -> Tensor:
    """A chain of matrices."""
    for matrix in matrices:
        check(matrix.rank == 2, "rank-mismatch", f"Tensor dimension is {matrix.rank}, expected 2 instead.")
    if len(matrices) == 1:
        return matrices[0].alike()
    return _multi_dot(matrices)
