"""einops on tensors: rearrange, reduce, repeat, einsum, pack, unpack, parse_shape; sizes may be symbolic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import EllipsisType
from typing import Any

from ..dims import Dim, Truth, divides, equal, fresh_unknown, is_unknown, less
from ..ops.checks import demand, product, refuse, require_equal
from ..ops.coerce import items_of, to_sizes, to_tensor
from ..ops.einsum import evaluated
from ..ops.errors import NOTES, Lift, ShapeError
from ..ops.joining import joined, stack
from ..ops.kinds import Int, Raw, RawArgs, Text
from ..ops.registry import op
from ..ops.view import reshaped
from ..values import BOOL, INT64, DictV, DType, Kind, ListV, Size, Tensor, Unknown, Value, torch_size_text
from .einops_pattern import ELLIPSIS, Anonymous, Axis, EinopsFault, NoArrow, Recipe, is_axis_name, read_side, recipe
from .einops_pattern import sides as sides_of


def fault(message: str, detail: str = "", exception: str = "EinopsError", **data: Any) -> ShapeError:
    """einops refuses. `detail`: what it says behind the first line."""
    return refuse("pattern-mismatch", message, exception, detail=detail, **data)


def transformed(tensor: Tensor, pattern: str, operation: str, lengths: Mapping[str, Dim]) -> Tensor:
    """The result of a pattern. EinopsFault if einops refuses, with its own wording."""
    names = tuple(lengths)
    if tensor.is_open:
        left, right = sides_of(pattern, operation, names)
        if left.run:
            return _transformed_run(tensor, left.groups, right.groups, operation, lengths)
        template = [_template(group, lengths) for group in left.groups]
        demand(tensor, tuple(template))
        tensor = tensor.with_dims(*(fresh_unknown() if isinstance(d, str) else d for d in template))
    plan = recipe(pattern, operation, names, tensor.rank)
    sizes = solved(plan, tensor.shape, lengths)
    dims = tuple(product([sizes[axis] for axis in group]) for group in plan.right)
    dtype = _dtype(tensor.dtype, operation) if plan.reduces else tensor.dtype
    return Tensor(dims, dtype, tensor.device)


def _template(group: Any, lengths: Mapping[str, Dim]) -> Dim | str:
    """A size of an input of which only the pattern is known; a name stands for a symbol."""
    unknown = [axis for axis in group if isinstance(axis, str) and axis not in lengths]
    if not unknown:
        return product([axis.size if isinstance(axis, Anonymous) else lengths[axis] for axis in group])
    name: str = unknown[0]
    return name.upper() if len(name) == 1 or len(group) > 1 else name


def _transformed_run(
    tensor: Tensor, left: Sequence[Any], right: Sequence[Any], operation: str, lengths: Mapping[str, Dim]
) -> Tensor:
    """A pattern with `...` on an input of open rank: the groups beside the run are known."""
    at = left.index(ELLIPSIS)
    template: list[Any] = [... if group == ELLIPSIS else _template(group, lengths) for group in left]
    demand(tensor, tuple(template))
    known = _beside_run(tensor, at, len(left) - at - 1)
    sizes: dict[Axis, Dim] = {}
    sizes.update(lengths.items())
    groups = [group for group in left if group != ELLIPSIS]
    for group, size in zip(groups, known):
        _solve_group(sizes, group, size)
    dims: list[Dim | EllipsisType] = []
    for group in right:
        if group == ELLIPSIS:
            dims.append(...)
        elif ELLIPSIS in group:
            dims.append(fresh_unknown())
        else:
            dims.append(product([axis.size if isinstance(axis, Anonymous) else sizes[axis] for axis in group]))
    flat = {axis for group in right for axis in (group if isinstance(group, tuple) else (ELLIPSIS,))}
    reduces = any(axis not in flat for group in left for axis in (group if isinstance(group, tuple) else (ELLIPSIS,)))
    dtype = _dtype(tensor.dtype, operation) if reduces else tensor.dtype
    return Tensor(tuple(dims), dtype, tensor.device)


def _beside_run(tensor: Tensor, head: int, tail: int) -> list[Dim]:
    dims: tuple[Any, ...] = tensor.dims if tensor.dims is not None else (...,)
    run = dims.index(...)
    before = [dims[i] if i < run else fresh_unknown() for i in range(head)]
    behind = len(dims) - 1 - run
    after = [dims[len(dims) - i] if i <= behind else fresh_unknown() for i in range(tail, 0, -1)]
    return before + after


def solved(plan: Recipe, shape: Sequence[Dim], lengths: Mapping[str, Dim]) -> dict[Axis, Dim]:
    """The size of every axis."""
    sizes: dict[Axis, Dim] = {}
    sizes.update(lengths.items())
    for group in plan.left:
        for axis in group:
            if isinstance(axis, Anonymous):
                sizes[axis] = axis.size
    for group in plan.right:
        for axis in group:
            if isinstance(axis, Anonymous):
                sizes[axis] = axis.size
    for group, size in zip(plan.left, shape):
        _solve_group(sizes, group, size)
    return sizes


def _solve_group(sizes: dict[Axis, Dim], group: Sequence[Axis], size: Dim) -> None:
    """A dim is the product of its axes: one that is not known follows, or all must agree."""
    known = [axis.size if isinstance(axis, Anonymous) else sizes[axis] for axis in group if _is_known(axis, sizes)]
    unknown = [axis for axis in group if not _is_known(axis, sizes)]
    total = product(known)
    if not unknown:
        try:
            require_equal(size, total, "pattern-mismatch", f"Shape mismatch, {size} != {total}")
        except ShapeError as error:
            raise EinopsFault(error.message) from None
    elif not known:
        sizes[unknown[0]] = size
    else:
        sizes[unknown[0]] = _divided(size, total)


def _is_known(axis: Axis, sizes: Mapping[Axis, Dim]) -> bool:
    return isinstance(axis, Anonymous) or axis in sizes


def _divided(size: Dim, total: Dim) -> Dim:
    if equal(total, 0) is Truth.YES:
        raise Lift()
    if is_unknown(size) or is_unknown(total):
        return fresh_unknown()
    truth = divides(total, size)
    if truth is Truth.NO:
        raise EinopsFault(f"Shape mismatch, can't divide axis of length {size} in chunks of {total}")
    quotient = size // total
    if truth is Truth.MAYBE:
        NOTES.assumptions.append((size, total * quotient))
    return quotient


def _dtype(dtype: DType | None, operation: str) -> DType | None:
    """The dtype behind a reduction."""
    if operation in ("any", "all"):
        return BOOL
    if dtype is None or operation not in ("sum", "prod"):
        return dtype
    return INT64 if dtype.kind < Kind.FLOAT else dtype


def _reduce(tensor: Value, pattern: str, operation: str, lengths: dict[str, Dim]) -> Tensor:
    if isinstance(tensor, ListV):
        tensors = [to_tensor(item) for item in items_of(tensor)]
        if not tensors:
            raise fault("Rearrange/Reduce/Repeat can't be applied to an empty list", exception="TypeError")
        input = stack.function(tuple(tensors))
    else:
        input = to_tensor(tensor)
    try:
        result = transformed(input, pattern, operation, lengths)
    except EinopsFault as error:
        text = f' Error while processing {operation}-reduction pattern "{pattern}".'
        given = "" if input.is_open else f"Input tensor shape: {torch_size_text(input.shape)}. "
        raise fault(text, f"{given}{error}", pattern=pattern) from None
    except NoArrow as error:
        raise fault(str(error), exception="ValueError", pattern=pattern) from None
    if operation == "mean" and input.dtype is not None and input.dtype.kind is not Kind.FLOAT:
        if recipe(pattern, operation, tuple(lengths), input.rank).reduces:
            raise refuse(
                "dtype-mismatch", "reduce_mean is not available for non-floating tensors", "NotImplementedError"
            )
    return result


@op("einops.rearrange", "einops.einops.rearrange", open_rank=True)
def rearrange(tensor: Raw, pattern: Text, **axes_lengths: Int) -> Tensor:
    """Axes in another order, taken apart and put together."""
    return _reduce(tensor, pattern, "rearrange", dict(axes_lengths))


@op("einops.repeat", "einops.einops.repeat", open_rank=True)
def repeat(tensor: Raw, pattern: Text, **axes_lengths: Int) -> Tensor:
    """New axes along which everything is repeated."""
    return _reduce(tensor, pattern, "repeat", dict(axes_lengths))


@op("einops.reduce", "einops.einops.reduce", open_rank=True)
def reduce(tensor: Raw, pattern: Text, reduction: Raw, **axes_lengths: Int) -> Tensor:
    """Axes that the right side does not have are reduced."""
    if not isinstance(reduction, str):
        raise Lift(reduction if isinstance(reduction, Unknown) else None)
    return _reduce(tensor, pattern, reduction, dict(axes_lengths))


@op("einops.parse_shape", "einops.einops.parse_shape")
def parse_shape(x: Raw, pattern: Text) -> DictV:
    """The sizes of an input by the names of its axes."""
    tensor = to_tensor(x)
    try:
        side = read_side(pattern, underscore=True)
    except EinopsFault as error:
        raise fault(str(error).splitlines()[0]) from None
    if tensor.is_open:
        if not side.run:
            demand(tensor, tuple(_named(group) for group in side.groups))
        names = [axis for axis in side.flat if isinstance(axis, str) and axis not in ("_", ELLIPSIS)]
        return DictV({name: fresh_unknown() for name in names})
    shape = tensor.shape
    shown = f"{pattern} torch.Size({torch_size_text(shape)})"
    if any(isinstance(group, tuple) and len(group) > 1 for group in side.groups):
        raise fault(f"Can't parse shape with composite axes: {shown}", exception="RuntimeError")
    if len(shape) != len(side.groups) and not (side.run and len(shape) >= len(side.groups) - 1):
        kind = "this" if side.run else "different"
        raise fault(f"Can't parse shape with {kind} number of dimensions: {shown}", exception="RuntimeError")
    groups: list[Any] = list(side.groups)
    if side.run:
        at = groups.index(ELLIPSIS)
        groups[at : at + 1] = [("_",)] * (len(shape) - len(groups) + 1)
    return DictV(_named_sizes(groups, shape, shown))


def _named(group: Any) -> Dim | str:
    if len(group) == 0:
        return 1
    axis = group[0]
    return axis.size if isinstance(axis, Anonymous) else "d" if axis == "_" else axis


def _named_sizes(groups: Sequence[Any], shape: Sequence[Dim], shown: str) -> dict[str, Dim]:
    out: dict[str, Dim] = {}
    for group, size in zip(groups, shape):
        if len(group) == 0:
            require_equal(size, 1, "pattern-mismatch", f"Length of axis is not 1: {shown}")
        elif isinstance(group[0], Anonymous):
            text = f"Length of anonymous axis does not match: {shown}"
            require_equal(size, group[0].size, "pattern-mismatch", text)
        elif group[0] != "_":
            out[group[0]] = size
    return out


@op("einops.einsum", "einops.einops.einsum", open_rank=True)
def einsum(*tensors_and_pattern: RawArgs) -> Tensor:
    """torch.einsum with named axes; the pattern comes last."""
    if len(tensors_and_pattern) <= 1:
        raise fault(
            "`einops.einsum` takes at minimum two arguments: the tensors (at least one), followed by the pattern.",
            exception="ValueError",
        )
    pattern = tensors_and_pattern[-1]
    if isinstance(pattern, Unknown):
        raise Lift(pattern)
    if not isinstance(pattern, str):
        raise fault(
            "The last argument passed to `einops.einsum` must be a string, representing the einsum pattern.",
            exception="ValueError",
        )
    try:
        equation = _letters(pattern)
    except EinopsFault as error:
        raise fault(str(error).splitlines()[0], pattern=pattern) from None
    except NoArrow as error:
        raise fault(str(error), exception="ValueError", pattern=pattern) from None
    return evaluated(equation, [to_tensor(tensor) for tensor in tensors_and_pattern[:-1]])


def _letters(pattern: str) -> str:
    """The pattern with a letter for each name, in the order of first use."""
    if "->" not in pattern:
        raise NoArrow("Einsum pattern must contain '->'.")
    left, right, *more = pattern.split("->")
    if more:
        raise NoArrow("too many values to unpack (expected 2)")
    mapping: dict[str, str] = {}
    operands = []
    for text in left.split(","):
        side = read_side(text, underscore=True, duplicates=True)
        operands.append("".join(_letter(group, mapping, True) for group in side.groups))
    output = []
    for group in read_side(right, underscore=True).groups:
        if group != ELLIPSIS and len(group) == 1 and isinstance(group[0], str) and group[0] not in mapping:
            raise EinopsFault(f"Unknown axis {group[0]} on right side of einsum {pattern}.")
        output.append(_letter(group, mapping, False))
    return ",".join(operands) + "->" + "".join(output)


def _letter(group: Any, mapping: dict[str, str], new: bool) -> str:
    if group == ELLIPSIS:
        return "..."
    reason = ""
    if len(group) == 0:
        reason = "Singleton () axes are not yet supported in einsum."
    elif len(group) > 1:
        reason = "Shape rearrangement is not yet supported in einsum."
    elif isinstance(group[0], Anonymous):
        reason = "Anonymous axes are not yet supported in einsum."
    if reason:
        raise fault(reason, exception="NotImplementedError")
    name = group[0]
    if new and name not in mapping:
        count = len(mapping)
        if count >= 52:
            raise fault("Too many axes in einsum.", exception="RuntimeError")
        mapping[name] = chr(ord("a") + count) if count < 26 else chr(ord("A") + count - 26)
    return mapping[name]


def _packed_places(pattern: str, name: str) -> tuple[int, int]:
    """How many axes a pack pattern has before and behind the `*`."""
    axes = pattern.split()
    if len(axes) != len(set(axes)):
        raise fault(f'Duplicates in axes names in {name}(..., "{pattern}")')
    if "*" not in axes:
        raise fault(f'No *-axis in {name}(..., "{pattern}")')
    for axis in axes:
        if axis != "*" and not is_axis_name(axis):
            raise fault(f'Invalid axis name {axis} in {name}(..., "{pattern}")')
    return axes.index("*"), len(axes) - axes.index("*") - 1


@op("einops.pack", "einops.packing.pack")
def pack(tensors: Raw, pattern: Text) -> tuple[Tensor, ListV]:
    """Several tensors into one along `*`, and the shapes that stood there."""
    before, after = _packed_places(pattern, "pack")
    items = [to_tensor(item) for item in items_of(tensors)]
    if not items or any(item.is_open for item in items):
        raise Lift()
    shapes, flat = [], []
    for i, tensor in enumerate(items):
        shape = tensor.shape
        if len(shape) < before + after:
            raise fault(
                f"packed tensor #{i} (enumeration starts with 0) has shape torch.Size({torch_size_text(shape)}), while"
                f" pattern {pattern} assumes at least {before + after} axes"
            )
        end = len(shape) - after
        shapes.append(Size(shape[before:end]))
        flat.append(reshaped(tensor, (*shape[:before], product(shape[before:end]), *shape[end:]), may_copy=True))
    return joined(flat, before), ListV(list(shapes))


@op("einops.unpack", "einops.packing.unpack")
def unpack(tensor: Raw, packed_shapes: Raw, pattern: Text) -> ListV:
    """What `pack` did, undone."""
    before, after = _packed_places(pattern, "unpack")
    input = to_tensor(tensor)
    shapes = [to_sizes(item) for item in items_of(packed_shapes)]
    if input.is_open:
        raise Lift(input.unknown)
    shape = input.shape
    if len(shape) != before + 1 + after:
        raise fault(
            f"unpack(..., {pattern}) received input of wrong dim with shape torch.Size({torch_size_text(shape)})"
        )
    shown = _shapes_text(packed_shapes)
    open_ = [i for i, sizes in enumerate(shapes) if any(isinstance(d, int) and d == -1 for d in sizes)]
    if len(open_) > 1:
        raise fault(f"unpack(..., {pattern}) received more than one -1 in {shown} and can't infer dimensions")
    counts = [product(sizes) for sizes in shapes]
    total = shape[before]
    text = f'Error during unpack(..., "{pattern}"): could not split axis of size {total} into requested {shown}'
    if open_:
        left = total - _sum([count for i, count in enumerate(counts) if i != open_[0]])
        if less(left, 0) is Truth.YES:
            raise Lift()
        counts[open_[0]] = left
    elif counts:
        require_equal(total, _sum(counts), "pattern-mismatch", text, "EinopsError")
    return ListV([_unpacked(input, before, sizes, count, text) for sizes, count in zip(shapes, counts)])


def _sum(sizes: Sequence[Dim]) -> Dim:
    total: Dim = 0
    for size in sizes:
        total = total + size
    return total


def _unpacked(input: Tensor, before: int, sizes: Sequence[Dim], count: Dim, text: str) -> Tensor:
    shape = input.shape
    known = [d for d in sizes if not (isinstance(d, int) and d == -1)]
    if len(known) < len(sizes):
        try:
            inferred = _divided(count, product(known))
        except EinopsFault:
            raise fault(text) from None
        sizes = [inferred if isinstance(d, int) and d == -1 else d for d in sizes]
    return input.with_dims(*shape[:before], *sizes, *shape[before + 1 :])


def _shapes_text(shapes: Value) -> str:
    items = []
    for item in items_of(shapes):
        text = ", ".join(str(d) for d in to_sizes(item))
        if isinstance(item, Size):
            items.append(f"torch.Size([{text}])")
        else:
            items.append(_enclosed(text, item))
    return _enclosed(", ".join(items), shapes)


def _enclosed(text: str, sequence: Value) -> str:
    """As Python prints a list or a tuple."""
    if isinstance(sequence, ListV):
        return f"[{text}]"
    return f"({text},)" if len(items_of(sequence)) == 1 else f"({text})"
