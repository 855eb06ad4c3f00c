"""What `for x in value` sees; unpacking."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from .. import limits
from ..dims import Expr, Truth, bounds, equal, fresh_data, fresh_unknown, is_unknown
from ..quick import quick
from ..values import (
    BoundMethod,
    ClassV,
    DictV,
    Drawn,
    FunctionV,
    Instance,
    IteratorV,
    ListV,
    Native,
    OneOf,
    OpenSize,
    PackedSequence,
    RangeV,
    Reason,
    Scalar,
    SetV,
    SomeSize,
    Tensor,
    Unknown,
    Value,
    element,
    join,
    numbered,
)
from . import deferred, diagnose, generators
from .roots import ITEMS

if TYPE_CHECKING:
    from .machine import Interp


class _End:
    """What an iterator gives when it has ended."""


_END = _End()


@quick
@dataclass(frozen=True, slots=True)
class Items:
    """`items` come first, then `rest` any number of times (None: nothing follows)."""

    items: list[Value]
    rest: Value | None = None


def one_of(rest: Value) -> Value:
    """One of the further items: a size of its own where they are sizes."""
    if type(rest) is SomeSize:
        return fresh_data(rest.name, 1)
    if type(rest) is Tensor and rest.dims == () and type(rest.number) is Drawn:
        return numbered(rest.with_dims(), element(rest))
    if type(rest) is tuple and any(type(part) is SomeSize for part in rest):
        return tuple(one_of(part) for part in rest)
    return rest


_OPEN = frozenset((Expr, Scalar))


def may_coincide(keys: Collection[Value]) -> bool:
    """Whether two keys that are told apart may be one number: `{n, 2}`."""
    open_ones = [key for key in keys if type(key) in _OPEN]
    if not open_ones:
        return False
    if any(type(key) is Scalar for key in open_ones):
        return True
    numbers = [key for key in keys if isinstance(key, int | Expr)]
    return any(equal(key, other) is Truth.MAYBE for key in open_ones for other in numbers if other is not key)


def iterate(it: Interp, value: Value, whole: bool = True) -> Items:
    """The items of any iterable; Unknown items of unknown number where nothing is known.

    `whole`: whether all of them are certainly asked for."""
    if isinstance(value, tuple):
        return Items(list(value))
    if isinstance(value, ListV):
        return Items(list(value.items), deferred.rest_of(it, value, value.rest))
    if isinstance(value, range):
        if len(value) > limits.MAX_ITEMS:
            return Items(list(value[: limits.MAX_ITEMS]), Scalar("int"))
        return Items(list(value))
    if isinstance(value, RangeV):
        return _open_range(value)
    if isinstance(value, DictV | SetV) and may_coincide(value.items):
        return Items([], Unknown(Reason.DATA_DEPENDENT, "key"))
    if isinstance(value, DictV):
        rest = deferred.rest_of(it, value, value.rest)
        return Items(list(value.items), None if rest is None else Unknown(Reason.DATA_DEPENDENT, "key"))
    if isinstance(value, SetV):
        return Items(
            list(value.items),
            Unknown(Reason.DATA_DEPENDENT, "item") if value.open else deferred.rest_of(it, value, None),
        )
    if isinstance(value, str):
        return Items(list(value))
    if isinstance(value, bytes):
        return Items(list(value))
    if isinstance(value, Scalar) and value.kind == "str":
        return Items([], value)
    if isinstance(value, IteratorV):
        generators.wake(it, value, whole)
        return _drain(it, value)
    if isinstance(value, Tensor):
        return _tensor(it, value)
    if isinstance(value, Instance):
        return _instance(it, value, whole)
    if isinstance(value, PackedSequence):
        return Items([value.data, *(Unknown(Reason.NO_RULE, "PackedSequence") for _ in range(3))])
    if isinstance(value, OneOf):
        options = it.not_none(value.options)
        return _any_of([iterate(it, option) for option in options])
    if isinstance(value, ClassV):
        hook = value.metaclass.lookup("__iter__") if isinstance(value.metaclass, ClassV) else None
        if hook is not None:
            return iterate(it, it.call(BoundMethod(hook, value)))
        return Items([], Unknown(Reason.OPAQUE, value.name))
    if isinstance(value, Unknown):
        it.may_raise()
        entry = None if value.entry is None else value.entry + ITEMS
        return Items([], Unknown(value.reason, value.detail, value.span, entry))
    if isinstance(value, int | float):
        return Items([], diagnose.ends_arm(it, "TypeError", f"{type(value).__name__!r} object is not iterable"))
    if value is None or isinstance(value, FunctionV | Native):
        result = it.fail("TypeError", f"{type(value).__name__!r} object is not iterable")
        return Items([], result)
    return Items([], Unknown(Reason.UNSUPPORTED, "iteration"))


def _open_range(value: RangeV) -> Items:
    """A range of unknown length: as sizes are at least 1, `range(depth)` certainly has a first number."""
    start, stop = value.start, value.stop
    if value.step != 1 or not isinstance(start, int | Expr) or not isinstance(stop, int | Expr):
        return Items([], fresh_unknown(0))
    certain = (bounds(stop - start)[0] or 0) >= 1
    least = bounds(start)[0] or 0
    return Items([start], fresh_data("i", least + 1)) if certain else Items([], fresh_data("i", least))


def _any_of(found: list[Items]) -> Items:
    """What iterating one of several iterables gives."""
    first = found[0]
    if any(len(other.items) != len(first.items) or (other.rest is None) is not (first.rest is None) for other in found):
        return Items([], Unknown(Reason.JOINED))
    items, rest = list(first.items), first.rest
    for other in found[1:]:
        items = [join(a, b) for a, b in zip(items, other.items)]
        rest = None if rest is None else join(rest, other.rest)
    return Items(items, rest)


def _drain(it: Interp, value: IteratorV) -> Items:
    start: Value = value.state["next"]
    if not isinstance(start, int):  # branches took different numbers of items
        rest = value.rest
        for item in value.items:
            rest = item if rest is None else join(rest, item)
        return Items([], rest)
    it.journal.set(value.state, "next", len(value.items), value.born)
    return Items(value.items[start:], value.rest)


def _tensor(it: Interp, value: Tensor) -> Items:
    if value.is_open:
        return Items([], Tensor(None, value.dtype, value.device, unknown=value.unknown))
    if value.rank == 0:
        it.refuse_with("rank-mismatch", "iteration over a 0-d tensor", "TypeError", [value])
        return Items([], Unknown(Reason.AFTER_ERROR, "iteration over a 0-d tensor"))
    n = value.shape[0]
    if isinstance(n, int) and n <= limits.MAX_UNROLL:
        return Items([it.getitem(value, i) for i in range(n)])
    further = value.with_dims(*value.shape[1:])
    return Items([], further if value.number is None else numbered(further, value.number))


def _instance(it: Interp, value: Instance, whole: bool) -> Items:
    method = value.cls.lookup("__iter__")
    if method is not None:
        result = it.call(BoundMethod(method, value))
        if isinstance(result, Instance):
            return _protocol(it, result)
        return iterate(it, result, whole)
    getitem = value.cls.lookup("__getitem__")
    if isinstance(getitem, FunctionV | Native):
        size = it.call(BoundMethod(value.cls.lookup("__len__"), value)) if value.cls.lookup("__len__") else None
        if isinstance(size, int) and size <= limits.MAX_UNROLL:
            return Items([it.call(BoundMethod(getitem, value), [i]) for i in range(size)])
        return Items([], it.call(BoundMethod(getitem, value), [Scalar("int")]))
    return Items([], Unknown(Reason.OPAQUE, f"iteration over {value.cls.name}"))


def _protocol(it: Interp, value: Instance) -> Items:
    """A user's iterator: `__next__` is called until it raises StopIteration."""
    method = value.cls.lookup("__next__")
    if method is None:
        return Items([], Unknown(Reason.UNSUPPORTED, "iterator"))
    from .compile_try import tried

    found: list[Value] = []
    sure: int | None = None
    stop = it.native_class("builtins.StopIteration")
    for i in range(limits.MAX_NEXT):
        item = tried(it, stop, lambda: it.call(BoundMethod(method, value)), lambda: _END)
        if item is _END:
            sure = i if sure is None else sure
            break
        if type(item) is OneOf and _END in item.options:
            sure = i if sure is None else sure
            item = reduce(join, [option for option in item.options if option is not _END])
        found.append(item)
    sure = sure or 0
    return Items(found[:sure], _any_item(found[sure:]))


def _any_item(items: list[Value]) -> Value | None:
    return reduce(join, items) if items else None


def unpack(it: Interp, value: Value, n: int, star: int | None, names: list[str | None]) -> list[Value]:
    """The values of `a, b, *c = value`; `star` is the position of the starred target, `names` the plain names."""
    if isinstance(value, Unknown):
        it.may_raise()
        return [Unknown(value.reason, value.detail, value.span) for _ in range(n)]
    if isinstance(value, OpenSize):
        return _unpack_open(it, value, n, star, names)
    if isinstance(value, OneOf):
        options = it.not_none(value.options)
        rows = [unpack(it, option, n, star, names) for option in options]
        out = rows[0]
        for row in rows[1:]:
            out = [join(a, b) for a, b in zip(out, row)]
        return out
    found = iterate(it, value)
    items, rest = found.items, found.rest
    if star is None:
        if len(items) == n and rest is None:
            return items
        if rest is not None and len(items) <= n:
            it.may_raise("ValueError")
            return items + [rest] * (n - len(items))
        return _mismatch(it, value, n, len(items))
    after = n - star - 1
    if rest is not None:
        return _unpack_some(it, items, rest, star, after)
    if len(items) >= n - 1:
        middle = items[star : len(items) - after] if after else items[star:]
        return [*items[:star], ListV(middle), *(items[len(items) - after :] if after else [])]
    return _mismatch(it, value, n, len(items))


def _unpack_some(it: Interp, items: list[Value], rest: Value, star: int, after: int) -> list[Value]:
    """`a, *b, c = value`, where further ones follow the first items."""
    if len(items) < star + after:
        it.may_raise("ValueError")
    first = [*items[:star], *[rest] * (star - len(items))]
    if not after:
        return [*first, ListV(items[star:], rest)]
    further = reduce(join, items[star:], rest)
    return [*first, ListV([], further), *[further] * after]


def _mismatch(it: Interp, value: Value, n: int, got: int) -> list[Value]:
    if got < n:
        message = f"not enough values to unpack (expected {n}, got {got})"
    else:
        message = f"too many values to unpack (expected {n})"
    from ..values import Size

    if isinstance(value, tuple) and (isinstance(value, Size) or any(isinstance(v, Tensor) for v in value)):
        unknown = it.refuse_with("unpack-mismatch", message, "ValueError", [value])
    else:
        unknown = it.fail("ValueError", message)
    return [unknown] * n


def _unpack_open(it: Interp, value: OpenSize, n: int, star: int | None, names: list[str | None]) -> list[Value]:
    """`B, T, C = x.shape` settles the rank of an entry, with the user's names for its dims."""
    tensor = value.tensor
    dims = list(tensor.dims) if tensor.dims is not None else [...]
    if star is None and tensor.entry is not None and it.root is not None:
        at = dims.index(...)
        fixed_before, fixed_after = dims[:at], dims[at + 1 :]
        free = n - len(fixed_before) - len(fixed_after)
        if free >= 0:
            fresh = [names[at + i] or f"d{at + i}" for i in range(free)]
            it.root.demand(tensor.entry, (*fixed_before, *fresh, *fixed_after))
    known: list[Value] = [fresh_unknown() for _ in range(n)]
    before, after = (n, n) if star is None else (star, n - star - 1)
    if ... in dims:
        at = dims.index(...)
        for i in range(min(at, before)):
            known[i] = dims[i]
        tail = dims[at + 1 :]
        for i in range(1, min(len(tail), after) + 1):
            known[-i] = tail[-i]
    if star is not None:
        known[star] = ListV([], it.unknown(Reason.DATA_DEPENDENT, "sizes of unknown number"))
    return known


def decided_equal(a: Value, b: Value) -> bool | None:
    """Equality of two ints (symbolic or not); None if undecided."""
    if isinstance(a, Expr) or isinstance(b, Expr):
        truth = equal(a, b)
        return None if truth is Truth.MAYBE else truth is Truth.YES
    return bool(a == b)


__all__ = ["Items", "diagnose", "is_unknown", "iterate", "unpack"]
