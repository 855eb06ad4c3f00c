"""Values as short text for hints: pieces that know which axis they show, the middle elided where it is too long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..dims import Dim, Expr, is_unknown
from ..limits import MAX_HINT
from ..values import DictV, Instance, ListV, OneOf, Tensor, Value, dim_text, shape_text
from ..values.nested import Within, is_shown, walk


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `tensor` and `axis` say whose size it is, where it is one."""

    text: str
    tensor: Tensor | None = None
    axis: int | None = None


def is_known(value: Value) -> bool:
    """Whether a hint would say anything: a tensor with a known rank 0 or at least one known dim, or items with one."""
    return any(_has_size(tensor) for tensor in tensors_of(value))


def _has_size(tensor: Tensor) -> bool:
    if tensor.dims is None:
        return False
    return not tensor.dims or any(dim is not ... and not is_unknown(dim) for dim in tensor.dims)


def items_of(value: Value) -> tuple[Value, ...]:
    """The items of a tuple or list that may hold tensors; nothing for every other value."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, ListV):
        return tuple(value.items)
    if isinstance(value, OneOf):
        return value.options
    return ()


def tensors_of(value: Value) -> Iterator[Tensor]:
    """The tensors of a value, nested ones included."""
    if isinstance(value, Tensor):
        yield value
    else:
        yield from (item for item in walk(value, items_of) if isinstance(item, Tensor))


def hint_pieces(value: Value, limit: int = MAX_HINT) -> tuple[Piece, ...]:
    """The shape of a tensor, or of the tensors in a tuple or list, in at most `limit` characters."""
    return tuple(_fit(value, limit))


def hint_text(value: Value, limit: int = MAX_HINT) -> str:
    return "".join(piece.text for piece in hint_pieces(value, limit))


def value_text(value: Value, limit: int = 400, within: Within = ()) -> str:
    """A value for the hover: whole shapes, containers of tensors, numbers, text. `within`: dictionaries around it."""
    if isinstance(value, Tensor):
        return shape_text(value.dims)
    if isinstance(value, tuple | ListV | OneOf):
        return hint_text(value, limit)
    if isinstance(value, DictV):
        if not is_shown(value, within):
            return "{…}"
        inner = (*within, value)
        items = ", ".join(f"{key!r}: {value_text(item, limit, inner)}" for key, item in list(value.items.items())[:12])
        return f"{{{items}, …}}" if value.rest is not None or len(value.items) > 12 else f"{{{items}}}"
    if isinstance(value, Instance):
        return value.cls.name
    if is_number(value):
        return dim_text(value)
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"


def is_number(value: Value) -> bool:
    """An int (no bool) or a symbolic one."""
    return isinstance(value, Expr) or (isinstance(value, int) and not isinstance(value, bool))


def _fit(value: Value, limit: int, within: Within = ()) -> list[Piece]:
    if isinstance(value, Tensor):
        return _tensor(value, limit)
    if isinstance(value, tuple | ListV):
        return _items(value, limit, within)
    if isinstance(value, OneOf):
        return _options(value, limit, within)
    if is_number(value):
        return [Piece(dim_text(value))]
    return [Piece("None" if value is None else "…")]


def _tensor(tensor: Tensor, limit: int) -> list[Piece]:
    if tensor.dims is None:
        return [Piece("(…)")]
    texts = [dim_text(dim) for dim in tensor.dims]
    shown = _choose([len(text) for text in texts], limit - (3 if len(texts) == 1 else 2))
    out = [Piece("(")]
    for position, axis in enumerate(shown):
        if position:
            out.append(Piece(", "))
        out.append(Piece("…") if axis is None else Piece(texts[axis], tensor, axis))
    out.append(Piece(",)" if len(texts) == 1 and tensor.dims[0] is not ... else ")"))
    return out


def _items(value: tuple[Value, ...] | ListV, limit: int, within: Within) -> list[Piece]:
    """Items in order; equal neighbours once with their number, the middle elided."""
    opening, closing = ("[", "]") if isinstance(value, ListV) else ("(", ")")
    if not is_shown(value, within):
        return [Piece(f"{opening}…{closing}")]
    groups = _groups(items_of(value))
    open_end = isinstance(value, ListV) and value.rest is not None
    comma = isinstance(value, tuple) and len(value) == 1
    room = limit - 2 - (3 if open_end else 0) - (1 if comma else 0)
    texts = [_fit(item, room, (*within, value)) for item, _ in groups]
    for pieces, (_, count) in zip(texts, groups):
        if count > 1:
            pieces.append(Piece(f" ×{count}"))
    shown = _choose([sum(len(piece.text) for piece in pieces) for pieces in texts], room)
    out = [Piece(opening)]
    for position, index in enumerate(shown):
        if position:
            out.append(Piece(", "))
        out.extend([Piece("…")] if index is None else texts[index])
    if open_end:
        out.append(Piece(", …" if shown else "…"))
    if comma:
        out.append(Piece(","))
    out.append(Piece(closing))
    return out


def _options(value: OneOf, limit: int, within: Within) -> list[Piece]:
    """`(B, 64) | None`: one after the other as long as there is room."""
    out: list[Piece] = []
    for option in value.options:
        room = limit - sum(len(piece.text) for piece in out)
        pieces = [Piece(" | ")] if out else []
        pieces += _fit(option, room - 3, within) if room > 6 else [Piece("…")]
        out += pieces
        if room <= 6:
            break
    return out


def _groups(items: tuple[Value, ...]) -> list[tuple[Value, int]]:
    """Runs of tensors of one shape; more than two in a row are worth a number."""
    runs: list[tuple[Value, int]] = []
    for item in items:
        if runs and isinstance(item, Tensor) and _alike(runs[-1][0], item):
            runs[-1] = (item, runs[-1][1] + 1)
        else:
            runs.append((item, 1))
    out: list[tuple[Value, int]] = []
    for item, count in runs:
        out.extend([(item, count)] if count > 2 else [(item, 1)] * count)
    return out


def _alike(a: Value, b: Tensor) -> bool:
    return isinstance(a, Tensor) and a.dims is not None and shape_text(a.dims) == shape_text(b.dims)


def _choose(lengths: list[int], room: int) -> list[int | None]:
    """Which of the parts are shown (", " between them), None for the elided middle: outer ones first."""
    if sum(lengths) + 2 * max(len(lengths) - 1, 0) <= room:
        return list(range(len(lengths)))
    head: list[int] = []
    tail: list[int] = []
    left, right = 0, len(lengths) - 1
    room -= 1  # the mark of the elision itself
    while left <= right:
        front = len(head) <= len(tail)
        index = left if front else right
        if lengths[index] + 2 > room:
            break
        room -= lengths[index] + 2
        if front:
            head.append(index)
            left += 1
        else:
            tail.insert(0, index)
            right -= 1
    return [*head, None, *tail]


def same_text(a: Dim, b: Dim) -> bool:
    """Whether two dims read alike and are known."""
    return not is_unknown(a) and not is_unknown(b) and dim_text(a) == dim_text(b)
