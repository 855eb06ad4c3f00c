"""Grids and combinations of vectors: meshgrid, cartesian_prod, combinations; and as_strided."""

from __future__ import annotations

from math import comb

from ..dims import Dim, Truth, fresh_unknown, less
from ..values import CONTIGUOUS, Tensor, torch_size_text
from .checks import check, product, refuse
from .errors import Lift
from .expand import expanded
from .kinds import Flag, Int, OptInt, OptText, Sizes, TensorArgs
from .promotion import result_type
from .registry import op


@op("torch.meshgrid", "torch.functional.meshgrid")
def meshgrid(*tensors: TensorArgs, indexing: OptText = None) -> tuple[Tensor, ...]:
    """Coordinates of a grid: each vector along its own axis."""
    check(len(tensors) > 0, "invalid-argument", "meshgrid expects a non-empty TensorList")
    for tensor in tensors:
        # PyTorch prints the values of the tensor behind the colon
        if tensor.rank > 1:
            raise refuse("rank-mismatch", "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ")
    first = tensors[0]
    for tensor in tensors[1:]:
        if tensor.dtype is not None and first.dtype is not None:
            same = tensor.dtype is first.dtype
            check(same, "dtype-mismatch", "meshgrid expects all tensors to have the same dtype")
    check(
        indexing in (None, "ij", "xy"), "invalid-argument",
        f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}',
    )  # fmt: skip
    swap = indexing == "xy" and len(tensors) >= 2
    dims: list[Dim] = [product(tensor.shape) for tensor in tensors]
    if swap:
        dims[0], dims[1] = dims[1], dims[0]
    out = []
    for i, tensor in enumerate(tensors):
        place = 1 - i if swap and i < 2 else i
        column = [1] * len(tensors)
        sizes: list[Dim] = [*column[:place], dims[place], *column[place + 1 :]]
        out.append(expanded(Tensor(tuple(sizes), tensor.dtype, tensor.device, tensor.data), dims))
    return tuple(out)


@op("torch.cartesian_prod", "torch.functional.cartesian_prod")
def cartesian_prod(*tensors: TensorArgs) -> Tensor:
    """All tuples of elements of vectors, a row each."""
    for tensor in tensors:
        text = f"Expect a 1D vector, but got shape {torch_size_text(tensor.shape)}"
        check(tensor.rank == 1, "rank-mismatch", text)
    check(len(tensors) > 0, "invalid-argument", "meshgrid expects a non-empty TensorList")
    first = tensors[0]
    if len(tensors) == 1:
        return first.alike()
    return Tensor((product([t.shape[0] for t in tensors]), len(tensors)), result_type(tensors), first.device)


@op("torch.combinations")
def combinations(input: Tensor, r: Int = 2, with_replacement: Flag = False) -> Tensor:
    """All combinations of r elements of a vector, a row each."""
    text = f"Expect a 1D vector, but got shape {torch_size_text(input.shape)}"
    check(input.rank == 1, "rank-mismatch", text)
    check(less(r, 0) is not Truth.YES, "invalid-argument", f"Expect a non-negative number, but got {r}")
    if not isinstance(r, int):
        raise Lift()
    if r == 0:
        return Tensor((0,), input.dtype, input.device)
    size = input.shape[0]
    if isinstance(size, int):
        count: Dim = comb(size + r - 1 if with_replacement and size else size, r)
    elif r == 1:
        count = size
    elif r == 2:
        count = (size * (size + 1) if with_replacement else size * (size - 1)) // 2
    else:
        count = fresh_unknown()
    return Tensor((count, r), input.dtype, input.device)


@op("torch.as_strided", "torch.Tensor.as_strided", "torch.as_strided_", "torch.Tensor.as_strided_")
def as_strided(input: Tensor, size: Sizes, stride: Sizes, storage_offset: OptInt = None) -> Tensor:
    """Any view of the storage. Whether it reaches behind the storage's end is not followed."""
    check(len(size) == len(stride), "invalid-argument", "mismatch in length of strides and shape")
    if any(isinstance(step, int) and step < 0 for step in stride):
        raise refuse(
            "invalid-argument",
            "as_strided: Negative strides are not supported at the moment, got strides:"
            f" {torch_size_text(stride)}",
        )  # fmt: skip
    return Tensor(size, input.dtype, input.device, strides=stride or CONTIGUOUS)


@op("torch.as_strided_copy")
def as_strided_copy(input: Tensor, size: Sizes, stride: Sizes, storage_offset: OptInt = None) -> Tensor:
    """As as_strided, but not a view."""
    view = as_strided.function(input, size, stride, storage_offset)
    return Tensor(view.dims, input.dtype, input.device, strides=CONTIGUOUS)
