"""Pools whose output size is given: adaptive and fractional ones."""

from __future__ import annotations

from typing import Any

from ..dims import Dim, Truth, equal, fresh_unknown, less
from ..values import INT64, Kind, ListV, Unknown, Value
from .checks import axis, check, refuse
from .coerce import items_of, to_int, to_sizes
from .errors import Lift, Template
from .kinds import Flag, IntOrSizes, OptTensor, Raw, Tensor
from .registry import OpRule, op
from .spatial import INTEGRAL, SPATIAL_NAMES, certainly_below, known, laid_out, list_text, refuse_kinds, spread

Numbers = tuple[Dim, ...]


def _wanted(name: str, rank: int, input: Tensor, output_size: Any) -> Numbers:
    """The output size; None for an axis keeps the input's."""
    if isinstance(output_size, Unknown):
        return tuple(fresh_unknown() for _ in range(rank))
    if output_size is None:
        if rank == 1:
            raise Lift()
        raise refuse("invalid-argument", "object of type 'NoneType' has no len()", "TypeError")
    if not isinstance(output_size, tuple | ListV):
        if isinstance(output_size, float) and rank > 1:
            raise refuse("invalid-argument", "object of type 'float' has no len()", "TypeError")
        return (to_int(output_size),) * rank
    items = items_of(output_size)
    if rank == 1:
        if any(item is None for item in items):
            raise Lift()
        if len(items) != 1:
            raise refuse(
                "invalid-argument", f"{name}() argument 'output_size' should contain one int (got {len(items)})"
            )
        return tuple(to_int(item) for item in items)
    check(
        len(input.shape) > len(items),
        "rank-mismatch",
        f"Input dimension should be at least {len(items) + 1}",
        "ValueError",
    )
    sizes = [to_int(v) if v is not None else size for v, size in zip(items, input.shape[-len(items) :])]
    if len(sizes) != rank:
        wording = "output_size must be" if "avg" in name else "(): internal error: output_size.size() must be"
        separator = ": " if "avg" in name else ""
        raise refuse("invalid-argument", f"{name}{separator}{wording} {rank}")
    return tuple(sizes)


def _check_average(rank: int, input: Tensor, out: Numbers) -> None:
    dims = input.shape
    kind = "2" if rank == 1 else str(rank)
    name = f"adaptive_avg_pool{kind}d"
    if rank == 1:
        _check_rank_1d("adaptive_avg_pool1d", input)
        dims, out = (*dims[:-1], 1, dims[-1]), (1, *out)
    elif rank == 2:
        if certainly_below(out, 0):
            raise refuse("invalid-argument", _negative(name, out))
    if rank > 1 and all(isinstance(size, int) and size == 1 for size in out):
        axis(-rank, input.rank)
        return
    low = 2 if rank == 1 else rank
    check(
        len(dims) in (low + 1, low + 2), "rank-mismatch",
        f"{name}(): Expected {low + 1}D or {low + 2}D tensor, but got {list_text(dims)}",
        expected=(rank + 1, rank + 2), got=input.rank,
    )  # fmt: skip
    if certainly_below(out, 0):
        raise refuse("invalid-argument", _negative(name, out))
    _check_nonempty(name, dims, low)


def _negative(name: str, out: Numbers) -> str:
    values = ", ".join(str(size) for size in out[:2]) + "".join(f",{size}" for size in out[2:])
    return f"{name}: elements of output_size must be greater than or equal to 0 but received {{{values}}}"


def _check_rank_1d(name: str, input: Tensor) -> None:
    check(
        input.rank in (2, 3), "rank-mismatch",
        f"Expected 2 to 3 dimensions, but got {input.rank}-dimensional tensor for argument #1 'self' "
        f"(while checking arguments for {name})", expected=(2, 3), got=input.rank,
    )  # fmt: skip


def _check_nonempty(name: str, dims: Numbers, rank: int) -> None:
    for i in range(len(dims) - rank, len(dims)):
        check(
            equal(dims[i], 0).negate(), "size-mismatch",
            f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes "
            f"{list_text(dims)} with dimension {i} being empty",
        )  # fmt: skip


def _adaptive_average(rank: int) -> OpRule:
    name = f"adaptive_avg_pool{rank}d"
    names = [f"torch.nn.functional.{name}"] + (["torch.adaptive_avg_pool1d"] if rank == 1 else [])

    @op(*names)
    def rule(input: Tensor, output_size: Raw) -> Tensor:
        out = _wanted(name, rank, input, output_size)
        _check_average(rank, input, out)
        if not all(isinstance(size, int) and size == 1 for size in out):
            kernel = "adaptive_avg_pool3d_cpu" if rank == 3 else "adaptive_avg_pool2d"
            refuse_kinds(kernel, input.dtype, (*INTEGRAL, Kind.COMPLEX))
        elif input.dtype is not None:
            check(
                input.dtype.kind not in INTEGRAL, "dtype-mismatch",
                "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype."
                f" Got: {input.dtype.legacy}",
            )  # fmt: skip
        return laid_out(input, *input.shape[:-rank], *out)

    rule.demands(lambda **arguments: {"input": ("B", "C", *SPATIAL_NAMES[rank])})
    return rule


def _adaptive_max_pool(rank: int, input: Tensor, output_size: Any, return_indices: bool) -> Value:
    name = f"adaptive_max_pool{rank}d"
    if rank == 1:
        _check_rank_1d(name, input)
    out = _wanted(name, rank, input, output_size)
    check(
        input.rank in (rank + 1, rank + 2), "rank-mismatch",
        f"{name}(): Expected {rank + 1}D or {rank + 2}D tensor, but got: {list_text(input.shape)}",
        expected=(rank + 1, rank + 2), got=input.rank,
    )  # fmt: skip
    if input.rank == rank + 2:
        _check_nonempty(name, input.shape, rank + 1)
    else:
        _check_nonempty(name, input.shape, rank)
    kernel = "adaptive_max_pool3d_cpu" if rank == 3 else "adaptive_max_pool2d"
    refuse_kinds(kernel, input.dtype, (*INTEGRAL, Kind.COMPLEX))
    if certainly_below(out, 0):
        shown = (*input.shape[:-rank], *((1,) if rank == 1 else ()), *out)
        first = next(size for size in out if certainly_below((size,), 0))
        raise refuse("invalid-argument", f"Trying to create tensor with negative dimension {first}: {list_text(shown)}")
    result = laid_out(input, *input.shape[:-rank], *out)
    return (result, result.with_dtype(INT64)) if return_indices else result


def _adaptive_max(rank: int) -> OpRule:
    name = f"adaptive_max_pool{rank}d"

    @op(f"torch.nn.functional.{name}")
    def rule(input: Tensor, output_size: Raw, return_indices: Flag = False) -> Value:
        return _adaptive_max_pool(rank, input, output_size, return_indices)

    names = [f"torch.nn.functional.{name}_with_indices"] + (["torch.adaptive_max_pool1d"] if rank == 1 else [])

    @op(*names)
    def with_indices(input: Tensor, output_size: Raw, return_indices: Flag = False) -> Value:
        return _adaptive_max_pool(rank, input, output_size, True)

    def demand(**arguments: Any) -> dict[str, Template]:
        return {"input": ("B", "C", *SPATIAL_NAMES[rank])}

    rule.demands(demand)
    with_indices.demands(demand)
    return rule


ADAPTIVE_AVG_POOL: dict[int, OpRule] = {rank: _adaptive_average(rank) for rank in (1, 2, 3)}
ADAPTIVE_MAX_POOL: dict[int, OpRule] = {rank: _adaptive_max(rank) for rank in (1, 2, 3)}


# --- fractional --------------------------------------------------------------------------------------------------

_PLACES = {2: ("height", "width"), 3: ("time", "height", "width")}


def _fractional_size(rank: int, input: Tensor, output_size: Any, output_ratio: Any) -> Any:
    name = f"fractional_max_pool{rank}d"
    if known(output_size) is not None:
        return output_size
    if known(output_ratio) is None:
        raise refuse(
            "invalid-argument", f"{name} requires specifying either an output_size or an output_ratio", "ValueError"
        )
    if isinstance(output_ratio, float | int) and rank == 2:
        raise refuse("invalid-argument", "object of type 'float' has no len()", "TypeError")
    ratios = (output_ratio,) * rank if isinstance(output_ratio, float | int) else items_of(output_ratio)
    axis(-rank - 1, input.rank)
    return tuple(
        int(size * ratio) if isinstance(size, int) and isinstance(ratio, float | int) else fresh_unknown()
        for size, ratio in zip(input.shape[-rank:], ratios)
    )


def _fractional_pool(
    rank: int, input: Tensor, kernel_size: Any, output_size: Any, output_ratio: Any, return_indices: bool
) -> Value:
    name = f"fractional_max_pool{rank}d"
    shown = f"{name}()" if rank == 2 else f"{name}_out()"
    size = _fractional_size(rank, input, output_size, output_ratio)
    if not isinstance(size, tuple):
        size = to_sizes(size)
    axis(-rank - 1, input.rank)
    kernel, out = spread(kernel_size, rank), spread(size, rank)
    for what, value in (("kernel_size", kernel), ("output_size", out)):
        check(value is not None, "invalid-argument", f"{name}: {what} must either be a single Int or tuple of Ints")
    assert kernel is not None and out is not None
    check(
        input.rank in (rank + 1, rank + 2), "rank-mismatch",
        f"{shown}: Expected {rank + 1}D or {rank + 2}D tensor, but got: {list_text(input.shape)}",
    )  # fmt: skip
    for i in range(1, input.rank):
        check(
            equal(input.shape[i], 0).negate(), "size-mismatch",
            f"{shown}: Expected input to have non-zero size for non-batch dimensions, but got"
            f"{list_text(input.shape)} with dimension {i} being empty.",
        )  # fmt: skip
    axes = (0, 2, 1) if rank == 3 else (0, 1)  # in the order in which PyTorch looks at them
    for place, have, k, want in ((_PLACES[rank][i], input.shape[i - rank], kernel[i], out[i]) for i in axes):
        if less(have, want + k - 1) is Truth.YES:
            raise refuse("size-mismatch", f"{shown}: pool {place} {k} too large relative to input {place} {have}")
    result = laid_out(input, *input.shape[:-rank], *out)
    return (result, result.with_dtype(INT64)) if return_indices else result


def _fractional(rank: int) -> OpRule:
    name = f"fractional_max_pool{rank}d"

    @op(f"torch.nn.functional.{name}")
    def rule(
        input: Tensor, kernel_size: IntOrSizes, output_size: Raw = None, output_ratio: Raw = None,
        return_indices: Flag = False, _random_samples: OptTensor = None,
    ) -> Value:  # fmt: skip
        return _fractional_pool(rank, input, kernel_size, output_size, output_ratio, return_indices)

    @op(f"torch.nn.functional.{name}_with_indices")
    def with_indices(
        input: Tensor, kernel_size: IntOrSizes, output_size: Raw = None, output_ratio: Raw = None,
        return_indices: Flag = False, _random_samples: OptTensor = None,
    ) -> Value:  # fmt: skip
        return _fractional_pool(rank, input, kernel_size, output_size, output_ratio, True)

    def demand(**arguments: Any) -> dict[str, Template]:
        return {"input": ("B", "C", *SPATIAL_NAMES[rank])}

    rule.demands(demand)
    with_indices.demands(demand)
    return rule


FRACTIONAL_MAX_POOL: dict[int, OpRule] = {rank: _fractional(rank) for rank in (2, 3)}
