"""torch.nn.utils.rnn: sequences of different lengths, padded or packed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ..dims import Dim, Truth, dim_max, dim_min, fresh_data, fresh_unknown, less
from ..limits import MAX_UNROLL
from ..values import INT64, ListV, PackedSequence, Unknown, Value
from ..values import Tensor as TensorValue
from .checks import check, refuse, require_equal
from .coerce import items_of, to_rows
from .errors import Lift
from .kinds import Flag, OptInt, Raw, Tensor
from .registry import op


def _open_list(value: Value) -> Tensor | None:
    """What the items of a list of unknown length are like, if they are tensors of known rank."""
    if isinstance(value, ListV) and isinstance(value.rest, TensorValue) and not value.rest.is_open:
        return value.rest
    return None


@op("torch.nn.utils.rnn.pad_sequence")
def pad_sequence(
    sequences: Raw, batch_first: Flag = False, padding_value: Raw = 0.0, padding_side: Raw = "right"
) -> Tensor:
    """Tensors (Lᵢ, …) → (max L, N, …)."""
    like = _open_list(sequences)
    if like is not None and like.rank:
        count: Dim = fresh_data("n")
        longest: Dim = fresh_data("n")
        dims = (count, longest) if batch_first else (longest, count)
        return like.with_dims(*dims, *like.shape[1:])
    tensors = to_rows(sequences)
    check(len(tensors) > 0, "invalid-argument", "received an empty list of sequences")
    for item in tensors:
        if item.is_open:
            raise Lift(item.unknown)
    first = tensors[0]
    check(first.rank > 0, "rank-mismatch", "ArrayRef: invalid slice, N = 1; size = 0")
    tail = first.shape[1:]
    for item in tensors[1:]:
        if item.rank != first.rank:
            raise Lift()
        for i, (a, b) in enumerate(zip(tail, item.shape[1:])):
            require_equal(
                b, a, "size-mismatch",
                f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton dimension {i + 1}",
            )  # fmt: skip
    longest = dim_max(*(item.shape[0] for item in tensors))
    lead = (len(tensors), longest) if batch_first else (longest, len(tensors))
    return first.with_dims(*lead, *tail)


def _known_lengths(lengths: Value) -> list[int] | None:
    """The lengths, if every one of them is a number."""
    if isinstance(lengths, TensorValue):
        known = lengths.data is not None and all(isinstance(value, int) for value in lengths.data)
        return [int(value) for value in lengths.data or ()] if known else None
    try:
        items = items_of(lengths)
    except Lift:
        return None
    numbers = [_number(item) for item in items]
    return [n for n in numbers if n is not None] if None not in numbers else None


def _number(value: Value) -> int | None:
    if isinstance(value, int):
        return value
    if isinstance(value, TensorValue) and value.data is not None and len(value.data) == 1:
        return int(value.data[0])
    return None


def _count(lengths: Value) -> Dim | None:
    if isinstance(lengths, TensorValue):
        return lengths.shape[0] if not lengths.is_open and lengths.rank == 1 else None
    if isinstance(lengths, tuple) or (isinstance(lengths, ListV) and lengths.rest is None):
        return len(items_of(lengths))
    return None


_SORTED = (
    "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
    "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not "
    "need ONNX exportability."
)


@op("torch.nn.utils.rnn.pack_padded_sequence")
def pack_padded_sequence(input: Tensor, lengths: Raw, batch_first: Flag = False, enforce_sorted: Raw = True) -> Raw:
    """(T, N, …) → a packed sequence of the sum of the lengths."""
    check(
        input.rank >= 2, "axis-out-of-range",
        f"Dimension out of range (expected to be in range of [{-max(input.rank, 1)}, {max(input.rank, 1) - 1}], but "
        "got 1)", "IndexError",
    )  # fmt: skip
    time, batch = (1, 0) if batch_first else (0, 1)
    size, steps = input.shape[batch], input.shape[time]
    count = _count(lengths)
    if count is not None:
        require_equal(
            count, size, "size-mismatch",
            f"Expected `len(lengths)` to be equal to batch_size, but got {count} (batch_size={size})",
        )  # fmt: skip
    numbers = _known_lengths(lengths)
    if numbers is None:
        return PackedSequence(input.with_dims(fresh_data("n"), *input.shape[2:]), size, _longest(steps))
    if enforce_sorted is True and any(a < b for a, b in pairwise(numbers)):
        raise refuse("invalid-argument", _SORTED)
    check(
        all(n > 0 for n in numbers), "invalid-argument",
        "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",
    )  # fmt: skip
    if any(less(steps, n) is not Truth.NO for n in numbers):
        return PackedSequence(input.with_dims(fresh_data("n"), *input.shape[2:]), size, fresh_unknown())
    return PackedSequence(input.with_dims(sum(numbers), *input.shape[2:]), size, max(numbers))


def _longest(steps: Dim) -> Dim:
    """The longest of unknown lengths: at most the padded length, but which is not known."""
    return fresh_data("n") if not isinstance(steps, int) or steps != 1 else 1


@op("torch.nn.utils.rnn.pack_sequence")
def pack_sequence(sequences: Raw, enforce_sorted: Raw = True) -> Raw:
    """Tensors (Lᵢ, …) → a packed sequence."""
    like = _open_list(sequences)
    if like is not None and like.rank:
        return PackedSequence(like.with_dims(fresh_data("n"), *like.shape[1:]), fresh_data("n"), fresh_data("n"))
    tensors = to_rows(sequences)
    padded = pad_sequence(sequences)
    if not isinstance(padded, TensorValue) or padded.is_open:
        raise Lift()
    lengths = [item.shape[0] for item in tensors]
    numbers = [n for n in lengths if isinstance(n, int)]
    if len(numbers) == len(lengths) and enforce_sorted is True:
        check(all(a >= b for a, b in pairwise(numbers)), "invalid-argument", _SORTED)
    total: Dim = 0
    for n in lengths:
        total = total + n
    return PackedSequence(padded.with_dims(total, *padded.shape[2:]), len(tensors), padded.shape[0])


@op("torch.nn.utils.rnn.pad_packed_sequence")
def pad_packed_sequence(
    sequence: Raw, batch_first: Flag = False, padding_value: Raw = 0.0, total_length: OptInt = None
) -> Raw:
    """The padded tensor and the lengths."""
    packed = _packed(sequence)
    steps: Dim = packed.length
    if total_length is not None:
        check(
            less(total_length, steps).negate(), "invalid-argument",
            "Expected total_length to be at least the length of the longest sequence in input, but got "
            f"total_length={total_length} and max sequence length being {steps}", "ValueError",
        )  # fmt: skip
        steps = total_length
    lead = (packed.batch, steps) if batch_first else (steps, packed.batch)
    return packed.data.with_dims(*lead, *packed.data.shape[1:]), TensorValue((packed.batch,), INT64, "cpu")


@op("torch.nn.utils.rnn.unpad_sequence")
def unpad_sequence(padded_sequences: Tensor, lengths: Raw, batch_first: Flag = False) -> Raw:
    """(T, N, …) → a list of N tensors (Lᵢ, …)."""
    check(
        padded_sequences.rank >= 2, "axis-out-of-range",
        f"Dimension out of range (expected to be in range of [{-max(padded_sequences.rank, 1)},"
        f" {max(padded_sequences.rank, 1) - 1}], but got 1)", "IndexError",
    )  # fmt: skip
    size = padded_sequences.shape[0 if batch_first else 1]
    steps = padded_sequences.shape[1 if batch_first else 0]
    known = _known_lengths(lengths)
    shown = None if known is None else [dim_min(length, steps) for length in known]
    return _rows(padded_sequences, size, shown, padded_sequences.shape[2:])


@op("torch.nn.utils.rnn.unpack_sequence")
def unpack_sequence(packed_sequences: Raw) -> Raw:
    """The tensors that were packed; how long each is, is not kept."""
    packed = _packed(packed_sequences)
    return _rows(packed.data, packed.batch, None, packed.data.shape[1:])


def _rows(like: Tensor, count: Dim, lengths: list[Dim] | None, tail: tuple[Dim, ...]) -> ListV:
    if not isinstance(count, int) or count > MAX_UNROLL:
        return ListV([], like.with_dims(fresh_data("n"), *tail))
    if lengths is None or len(lengths) != count:
        return ListV([like.with_dims(fresh_data("n"), *tail) for _ in range(count)])
    return ListV([like.with_dims(length, *tail) for length in lengths])


def _packed(value: Any) -> PackedSequence:
    if isinstance(value, PackedSequence):
        return value
    raise Lift(value if isinstance(value, Unknown) else None)
