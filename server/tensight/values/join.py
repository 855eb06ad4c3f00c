"""The least upper bound of two values, where branches meet; and `same`, whether a loop changed a value.

Laws (property-tested): join is commutative and idempotent up to fresh unknown dims, and an upper bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..dims import (
    Dim,
    Expr,
    Truth,
    bounds,
    depends_on_data,
    dim_max,
    dim_min,
    fresh_data,
    fresh_unknown,
    is_data,
    is_unknown,
    less,
)
from .containers import DictV, Fields, ListV, OneOf, SetV, Size, Value, stamp
from .double import Double
from .nested import Pairs
from .objects import BoundMethod, Instance, PartialV
from .ratio import Ratio
from .tensor import Tensor
from .unknown import Ordering, Reason, Scalar, SomeSize, Unknown

#: Options kept apart in a OneOf; more are Unknown.
MAX_OPTIONS = 4
#: Operations that are walked back to an input.
_MOST_STEPS = 8
JoinDim = Callable[[Any, Any], Any]
_JOINED, _COMPARED = Pairs(), Pairs()
_ENDLESS: Value = Unknown(Reason.JOINED, "a container that holds itself")
_NUMBER = {bool: "bool", int: "int", float: "float", Double: "float", complex: "complex"}


def join_dim(a: Any, b: Any) -> Any:
    """One axis: equal dims stay, others are a fresh unknown dim, or one that depends on data as they do."""
    if a is b or a == b:
        return a
    if (depends_on_data(a) or depends_on_data(b)) and _is_size(a) and _is_size(b):
        return _size_of_either(a, b)
    return fresh_unknown()


def join_named(a: Any, b: Any) -> Any:
    """One axis after what nobody knows went one way or the other, or so many times: a size that this decides."""
    if a is b or a == b:
        return a
    return _size_of_either(a, b) if _is_size(a) and _is_size(b) else fresh_unknown()


def _size_of_either(a: Any, b: Any) -> Any:
    low, other = bounds(a)[0], bounds(b)[0]
    return fresh_data("n", 0 if low is None or other is None else max(min(low, other), 0))


@dataclass(frozen=True, slots=True)
class Ordered:
    """Joins a size after a test with the size after its opposite: where they are what was compared, it is the smaller
    or the larger one (`if size <= window: window = size`)."""

    test: Ordering

    def __call__(self, then: Any, other: Any) -> Any:
        found = self.extreme(then, other)
        return join_dim(then, other) if found is None else found

    def extreme(self, then: Any, other: Any) -> Dim | None:
        """None if they are other sizes."""
        less, more = self.test.less, self.test.more
        if then == less and other == more:
            return dim_min(less, more)
        if then == more and other == less:
            return dim_max(less, more)
        return None


def shared_dim(a: Any, b: Any) -> Any:
    """One axis of what several contexts share: sizes that differ have no name."""
    return a if a is b or a == b else fresh_unknown()


def _is_size(dim: Any) -> bool:
    return not is_unknown(dim) and less(dim, 0) is Truth.NO


def _join_tensor(a: Tensor, b: Tensor, dim: JoinDim) -> Tensor:
    if a.dims is None or b.dims is None or ... in a.dims or ... in b.dims or len(a.dims) != len(b.dims):
        dims: Any = a.dims if a.dims == b.dims else None
    else:
        dims = tuple(dim(x, y) for x, y in zip(a.dims, b.dims))
    unknown = None if dims is not None else a.unknown or b.unknown or Unknown(Reason.JOINED)
    return Tensor(
        dims,
        a.dtype if a.dtype is b.dtype else None,
        a.device if a.device == b.device else None,
        a.data if a.data == b.data else None,
        a.parameter and b.parameter,
        unknown,
        a.entry if a.entry == b.entry else _unrepaired(a, b) if dims is None else None,
        a.made_by,
        a.strides if a.strides == b.strides else None,
    )


def _unrepaired(a: Tensor, b: Tensor) -> str | None:
    """The input that one of them is and that the other was made of: `if x.dim() == 3: x = x.unsqueeze(0)` makes it
    look like what is needed, which it otherwise does as it is."""
    for plain, made in ((a, b), (b, a)):
        step = made
        for _ in range(_MOST_STEPS if plain.entry is not None and made.entry is None else 0):
            if step.entry == plain.entry:
                return plain.entry
            if step.made_by is None or not step.made_by.inputs:
                break
            step = step.made_by.inputs[0]
    return None


def shared(a: Value, b: Value) -> Value:
    """What two contexts of one place have in common: as `join`, but nothing is named that neither of them has."""
    return join(a, b, shared_dim)


def join(a: Value, b: Value, dim: JoinDim = join_dim) -> Value:
    """What is known of a value that is either `a` or `b`; `dim` joins two sizes."""
    if a is b:
        return a
    if type(a) is SomeSize or type(b) is SomeSize:
        sizes = _join_sizes(a, b)
        if sizes is not None:
            return sizes
    if isinstance(a, Unknown):
        return b if isinstance(b, Unknown) and a.entry is None and b.entry is not None else a
    if isinstance(b, Unknown):
        return b
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        if dim is not shared_dim and not a.is_open and not b.is_open and len(a.shape) != len(b.shape):
            return OneOf((a, b))
        return _join_tensor(a, b, dim)
    if isinstance(a, OneOf) or isinstance(b, OneOf):
        return _join_options(a, b, dim)
    if _is_int(a) and _is_int(b):
        if type(a) is type(b) and a == b:
            return a
        chosen = dim.extreme(a, b) if isinstance(dim, Ordered) else None
        decided = dim is join_named or depends_on_data(a) or depends_on_data(b)
        if chosen is None and decided and _is_size(a) and _is_size(b):
            return _size_of_either(a, b)
        return fresh_unknown(None) if chosen is None else chosen
    if type(a) is type(b) and isinstance(a, bool | int | float | complex | str | bytes | type(None)):
        if a == b or (a != a and b != b):
            return a
        return Scalar(_NUMBER[type(a)]) if type(a) in _NUMBER else Scalar("str")
    if isinstance(a, Ratio) and a == b:
        return a
    if isinstance(a, Scalar) or isinstance(b, Scalar):
        number = _join_scalar(a, b)
        if number is not None:
            return number
    if isinstance(a, int | float) and isinstance(b, int | float):
        return Scalar("bool" if isinstance(a, bool) and isinstance(b, bool) else "number")
    if isinstance(a, tuple) and isinstance(b, tuple) and type(a) is type(b) and len(a) == len(b):
        if isinstance(a, Size):
            return Size(dim(x, y) for x, y in zip(a, b))
        items = tuple(join(x, y, dim) for x, y in zip(a, b))
        return Fields(a.typename, a.names, items, a.cls) if isinstance(a, Fields) else items
    if isinstance(a, ListV) and isinstance(b, ListV):
        return _JOINED.once(a, b, lambda: _join_list(a, b, dim), _ENDLESS)
    if isinstance(a, DictV) and isinstance(b, DictV) and a.kind == b.kind:
        return _JOINED.once(a, b, lambda: _join_dict(a, b, dim), _ENDLESS)
    if isinstance(a, SetV) and isinstance(b, SetV):
        return SetV({**a.items, **b.items}, True, a.frozen and b.frozen)
    if isinstance(a, BoundMethod) and isinstance(b, BoundMethod) and a.function is b.function and a.self is b.self:
        return a
    if isinstance(a, PartialV | Instance) or isinstance(b, PartialV | Instance) or a is None or b is None:
        return _join_options(a, b, dim)
    try:
        if type(a) is type(b) and a == b:
            return a
    except TypeError:
        pass
    return _join_options(a, b, dim)


def _is_int(value: Value) -> bool:
    return isinstance(value, Expr) or type(value) is int


def _join_sizes(a: Value, b: Value) -> SomeSize | None:
    """What is like the items of a list of sizes, or like one of them: their positions are no longer known."""
    some, other = (a, b) if type(a) is SomeSize else (b, a)
    if type(other) is SomeSize or (_is_int(other) and (bounds(other)[0] or 0) >= 1):
        return replace(some, key=stamp())
    return None


def _join_scalar(a: Value, b: Value) -> Scalar | None:
    kinds = []
    for value in (a, b):
        if isinstance(value, Scalar):
            kinds.append(value.kind)
        elif _is_int(value):
            kinds.append("int")
        elif type(value) in _NUMBER:
            kinds.append(_NUMBER[type(value)])
        elif isinstance(value, str):
            kinds.append("str")
        else:
            return None
    if kinds[0] == kinds[1]:
        return Scalar(kinds[0])
    return None if "str" in kinds else Scalar("number")


def _join_options(a: Value, b: Value, dim: JoinDim) -> Value:
    options: list[Value] = list(a.options) if isinstance(a, OneOf) else [a]
    for value in b.options if isinstance(b, OneOf) else (b,):
        for i, old in enumerate(options):
            if old is value or _mergeable(old, value):
                options[i] = join(old, value, dim)
                break
        else:
            options.append(value)
    if any(isinstance(o, Unknown) for o in options):
        return next(o for o in options if isinstance(o, Unknown))
    if len(options) == 1:
        return options[0]
    return OneOf(tuple(options)) if len(options) <= MAX_OPTIONS else Unknown(Reason.JOINED)


def _mergeable(a: Value, b: Value) -> bool:
    """Whether joining two options gives something better than keeping both."""
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return a.dims is None or b.dims is None or len(a.dims) == len(b.dims)
    if a is None or b is None:
        return a is b
    if isinstance(a, Scalar) and isinstance(b, Scalar):
        return (a.kind == "str") is (b.kind == "str")
    return type(a) is type(b) and isinstance(a, bool | int | float | Scalar | ListV | DictV | SetV | Expr | str)


def _join_list(a: ListV, b: ListV, dim: JoinDim) -> ListV:
    if len(a.items) == len(b.items) and a.rest is None and b.rest is None:
        return ListV([join(x, y, dim) for x, y in zip(a.items, b.items)], None, a.kind)
    least = min(len(a.items), len(b.items))
    further = [*a.items[least:], *b.items[least:], *(r for r in (a.rest, b.rest) if r is not None)]
    rest = further[0]
    for item in further[1:]:
        rest = join(rest, item, dim)
    return ListV([join(x, y, dim) for x, y in zip(a.items, b.items)], rest, a.kind)


def _join_dict(a: DictV, b: DictV, dim: JoinDim) -> DictV:
    if a.items.keys() == b.items.keys() and a.rest is None and b.rest is None:
        items = {k: join(v, b.items[k], dim) for k, v in a.items.items()}
        return DictV(items, None, a.kind, a.default_factory)
    values = dict(a.items)
    for k, v in [*b.items.items(), *_further(a).items(), *_further(b).items()]:
        values[k] = join(values[k], v, dim) if k in values else v
    # the sets of keys that either of them may have
    keys = {frozenset(found) for d in (a, b) for found in (d.items, {**d.items, **_further(d)})}
    least, most = min(keys, key=len), max(keys, key=len)
    closed = all(d.rest is None or d.optional is not None for d in (a, b))
    optional = (
        {k: v for k, v in values.items() if k not in least} if closed and len(keys) <= 2 and least < most else None
    )
    both = {k: v for k, v in values.items() if k in a.items and k in b.items}
    return DictV(both, Unknown(Reason.JOINED), a.kind, a.default_factory, optional)


def _further(d: DictV) -> dict[Any, Value]:
    """What only some branches put in."""
    return {} if d.optional is None else {k: v for k, v in d.optional.items() if k not in d.items}


def same(a: Value, b: Value) -> bool:
    """Whether two values say the same: used to find out that a loop has reached a fixed point."""
    if a is b:
        return True
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return _alike_dims(a.dims, b.dims) and a.dtype is b.dtype and a.data == b.data and a.number == b.number
    if isinstance(a, Unknown) and isinstance(b, Unknown):
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, ListV | DictV):
        return _COMPARED.once(a, b, lambda: _same_items(a, b), True)
    if isinstance(a, OneOf):
        return len(a.options) == len(b.options) and all(same(x, y) for x, y in zip(a.options, b.options))
    if isinstance(a, Expr):
        return _alike(a, b)
    if isinstance(a, Instance):
        return a.cls is b.cls and not a.attrs and not b.attrs
    if isinstance(a, BoundMethod):
        return a.function is b.function and a.self is b.self
    if isinstance(a, bool | int | float | complex | str | bytes | Scalar):
        return bool(a == b) or (a != a and b != b)
    return False


def _same_items(a: ListV | DictV, b: Value) -> bool:
    if isinstance(a, ListV):
        return len(a.items) == len(b.items) and all(same(x, y) for x, y in zip(a.items, b.items))
    return list(a.items) == list(b.items) and all(same(v, b.items[k]) for k, v in a.items.items())


def _alike_dims(a: Any, b: Any) -> bool:
    if a == b:
        return True
    return a is not None and b is not None and len(a) == len(b) and all(map(_alike, a, b))


def _alike(a: Any, b: Any) -> bool:
    """Whether two dims are equal, both unknown, or one size that data decide each."""
    if a == b:
        return True
    if not isinstance(a, Expr) or not isinstance(b, Expr):
        return False
    if is_unknown(a) or is_unknown(b):
        return is_unknown(a) and is_unknown(b)
    return is_data(a) and is_data(b)


def widen(a: Value, b: Value) -> Value:
    """As join, for a loop that is left early: what changed from pass to pass is not followed further."""
    if isinstance(a, Tensor) and isinstance(b, Tensor) and a.dims and b.dims and len(a.dims) != len(b.dims):
        dtype = a.dtype if a.dtype is b.dtype else None
        return Tensor(None, dtype, unknown=Unknown(Reason.JOINED, "passes of a loop"))
    joined = join(a, b)
    if isinstance(joined, Tensor) and joined.data is not None and not same(a, b):
        return replace(joined, data=None)
    return joined


__all__ = ["Dim", "join", "same", "widen"]
