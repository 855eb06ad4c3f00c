"""torch.utils.data.DataLoader and default_collate: batches of what a dataset gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ... import limits
from ...dims import Dim, Expr, SymbolKind, Truth, equal, fresh_data, fresh_unknown, substitute
from ...values import (
    BOOL,
    FLOAT64,
    INT64,
    DictV,
    DType,
    Fields,
    Instance,
    IteratorV,
    ListV,
    Reason,
    Scalar,
    Size,
    Tensor,
    Unknown,
    Value,
    join,
)
from .registry import native, plain_class
from .support import items_of, type_name, unknown_of
from .torch_data import DATA, ITERABLE, length, sample

if TYPE_CHECKING:
    from ..machine import Interp

LOADER = f"{DATA}.DataLoader"
plain_class(LOADER)
plain_class(f"{DATA}.dataloader.DataLoader", LOADER)
_DTYPE_OF: dict[str, DType | None] = {"int": INT64, "float": FLOAT64, "bool": BOOL, "number": None}


# ---- collating
def stack(it: Interp, value: Value, size: Value) -> Value:
    """`default_collate` of `size` items that are all like `value`."""
    match value:
        case Tensor():
            return _stack_tensor(value, size)
        case bool():
            return Tensor((size,), BOOL)
        case int() | Expr():
            return Tensor((size,), INT64)
        case float():
            return Tensor((size,), FLOAT64)
        case Scalar() if value.kind in _DTYPE_OF:
            return Tensor((size,), _DTYPE_OF[value.kind])
        case str() | bytes() | Scalar():
            return ListV([Scalar("str")] * size) if isinstance(size, int) else ListV([], Scalar("str"))
        case DictV():
            entries = {k: stack(it, v, size) for k, v in value.items.items()}
            return DictV(entries, None if value.rest is None else stack(it, value.rest, size), value.kind)
        case Fields():
            return Fields(value.typename, value.names, tuple(stack(it, v, size) for v in value), value.cls)
        case tuple():
            return ListV([stack(it, v, size) for v in value])
        case ListV():
            rest = None if value.rest is None else stack(it, value.rest, size)
            return ListV([stack(it, v, size) for v in value.items], rest)
        case Unknown():
            return Unknown(value.reason, value.detail, value.span)
        case None:
            return _not_collated(it, "NoneType")
        case Instance() if not value.open and not any(c.open for c in value.cls.mro):
            return _not_collated(it, value.cls.name)
        case _:
            return it.unknown(Reason.UNSUPPORTED, f"default_collate of {type_name(it, value)}")


def _not_collated(it: Interp, name: str) -> Value:
    return it.fail(
        "TypeError", f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {name}"
    )


def _stack_tensor(value: Tensor, size: Value) -> Tensor:
    if value.is_open:
        return Tensor(None if value.dims is None else (size, *value.dims), value.dtype, unknown=value.unknown)
    return Tensor((size, *value.shape), value.dtype)


@native(f"{DATA}.default_collate", f"{DATA}.dataloader.default_collate")
def default_collate(it: Interp, batch: Value) -> Value:
    """Items that are at hand as a list: they must be of equal shape."""
    items, rest = items_of(it, batch)
    if rest is not None or not items:
        return unknown_of(it, [rest], "default_collate")
    shapes = [v.shape for v in items if isinstance(v, Tensor) and not v.is_open]
    for shape in shapes[1:]:
        if len(shape) != len(shapes[0]) or any(equal(a, b) is Truth.NO for a, b in zip(shape, shapes[0])):
            return it.op("torch.stack", ListV(items))
    value = items[0]
    for other in items[1:]:
        value = join(value, other)
    return stack(it, _generalised(value), len(items))


@native(f"{DATA}.default_convert")
def default_convert(it: Interp, data: Value) -> Value:
    """Arrays become tensors, tuples lists; everything else stays."""
    match data:
        case Tensor():
            return data if data.device != "numpy" else Tensor(data.dims, data.dtype)
        case DictV():
            return DictV({k: default_convert(it, v) for k, v in data.items.items()}, data.rest, data.kind)
        case Fields():
            return Fields(data.typename, data.names, tuple(default_convert(it, v) for v in data), data.cls)
        case tuple():
            return ListV([default_convert(it, v) for v in data])
        case ListV():
            return ListV([default_convert(it, v) for v in data.items], data.rest)
        case _:
            return data


def _generalised(value: Value) -> Value:
    """An item without what differs from item to item: numbers and texts lose their values, tensors their elements."""
    match value:
        case bool():
            return Scalar("bool")
        case int() | Expr():
            return Scalar("int")
        case float():
            return Scalar("float")
        case str():
            return Scalar("str")
        case Tensor():
            device = None if value.device == "numpy" else value.device
            return Tensor(value.dims, value.dtype, device, unknown=value.unknown)
        case Fields():
            return Fields(value.typename, value.names, tuple(_generalised(v) for v in value), value.cls)
        case tuple():
            return tuple(_generalised(v) for v in value)
        case ListV():
            return ListV([_generalised(v) for v in value.items], value.rest, value.kind)
        case DictV():
            return DictV({k: _generalised(v) for k, v in value.items.items()}, value.rest, value.kind)
        case _:
            return value


def _copied(value: Value) -> Value:
    """A batch of its own: what the program writes into one is not in the next."""
    match value:
        case ListV():
            return ListV([_copied(v) for v in value.items], value.rest, value.kind)
        case DictV():
            return DictV({k: _copied(v) for k, v in value.items.items()}, value.rest, value.kind)
        case Fields():
            return value
        case tuple():
            return tuple(_copied(v) for v in value)
        case _:
            return value


# ---- DataLoader
_PARAMETERS = ("dataset", "batch_size", "shuffle", "sampler", "batch_sampler", "num_workers", "collate_fn",
               "pin_memory", "drop_last", "timeout", "worker_init_fn", "multiprocessing_context",
               "generator")  # fmt: skip
_DEFAULTS: dict[str, Value] = {
    "batch_size": 1, "sampler": None, "batch_sampler": None, "num_workers": 0, "collate_fn": None, "pin_memory": False,
    "drop_last": False, "timeout": 0, "worker_init_fn": None, "generator": None, "persistent_workers": False,
    "prefetch_factor": None,
}  # fmt: skip


@native(f"{LOADER}.__init__")
def init(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(self, Instance):
        given = {**dict(zip(_PARAMETERS, args)), **kwargs}
        for name, value in {**_DEFAULTS, **given}.items():
            it.journal.write(self, name, value)
        if given.get("batch_sampler") is not None:
            it.journal.write(self, "batch_size", None)
    return None


def _attr(self: Value, name: str) -> Value:
    return self.attrs.get(name, _DEFAULTS.get(name)) if isinstance(self, Instance) else Unknown(Reason.OPAQUE)


def _count(it: Interp, self: Value) -> Value:
    """How many items the loader draws."""
    sampler = _attr(self, "sampler")
    return length(it, _attr(self, "dataset") if sampler is None else sampler)


@native(f"{LOADER}.__len__")
def len_(it: Interp, self: Value) -> Value:
    batches = _attr(self, "batch_sampler")
    if batches is not None:
        return length(it, batches)
    n, size, drop = _count(it, self), _attr(self, "batch_size"), _attr(self, "drop_last")
    if size is None:
        return n
    if isinstance(n, int | Expr) and isinstance(size, int | Expr) and isinstance(drop, bool) and size != 0:
        return it.binary("//", n, size) if drop else it.binary("//", it.binary("+", n, it.binary("-", size, 1)), size)
    return Scalar("int")


@native(f"{LOADER}.__iter__")
def iter_(it: Interp, self: Value) -> Value:
    """Full batches, then a smaller one; an unknown number of them where the dataset has no known length."""
    dataset, size, drop = _attr(self, "dataset"), _attr(self, "batch_size"), _attr(self, "drop_last")
    if isinstance(dataset, Instance) and dataset.cls.derives_from(ITERABLE):
        return _from_stream(it, self, dataset)
    value = _generalised(sample(it, dataset))
    if _attr(self, "batch_sampler") is not None:
        sizes, rest = items_of(it, _attr(self, "batch_sampler"))
        lengths = [_known_length(v) for v in sizes]
        return IteratorV([_batch(it, self, value, n) for n in lengths], None if rest is None else _batch(
            it, self, value, _known_length(rest)))  # fmt: skip
    n = _count(it, self)
    if size is None:
        collate = _attr(self, "collate_fn")
        one = default_convert(it, value) if collate is None else it.call(collate, [value])
        return _repeated(one, n) if isinstance(n, int) else IteratorV([one], one)
    if not isinstance(size, int | Expr):
        size = fresh_unknown(1)
    if not isinstance(n, int) or not isinstance(size, int) or size <= 0:
        full = _batch(it, self, value, size)
        return IteratorV([full], _copied(full))
    full_batches, left = divmod(n, size)
    out = _repeated(_batch(it, self, value, size), full_batches) if full_batches else IteratorV([])
    if left and drop is not True:
        out.items.append(_batch(it, self, value, left))
    return out


def _known_length(value: Value) -> Value:
    return len(value.items) if isinstance(value, ListV) and value.rest is None else fresh_unknown(1)


def _repeated(value: Value, count: int) -> IteratorV:
    """`count` batches, each a value of its own as far as loops go through them one by one."""
    own = min(count, limits.MAX_UNROLL)
    more = min(count, limits.MAX_ITEMS) - own
    rest = value if count > limits.MAX_ITEMS else None
    return IteratorV([_copied(value) for _ in range(own)] + [value] * more, rest)


def _batch(it: Interp, self: Value, value: Value, size: Value) -> Value:
    collate = _attr(self, "collate_fn")
    if collate is None:
        return stack(it, value, size)
    items = ListV([_one(value) for _ in range(size)]) if isinstance(size, int) and size <= limits.MAX_UNROLL else (
        ListV([], value))  # fmt: skip
    return it.call(collate, [items])


def _one(value: Value) -> Value:
    """One of several items that are like `value`: what data decide of it is its own."""
    own: dict[str, Dim] = {}

    def renamed(dim: Expr) -> Dim:
        for symbol in dim.symbols:
            if symbol.name not in own and symbol.kind is SymbolKind.DATA:
                own[symbol.name] = fresh_data(symbol.name.rstrip("0123456789"), symbol.minimum)
            elif symbol.name not in own and symbol.kind is SymbolKind.UNKNOWN:
                own[symbol.name] = fresh_unknown(symbol.minimum)
        return substitute(dim, own)

    def rebuilt(value: Value) -> Value:
        match value:
            case Expr():
                return renamed(value)
            case Tensor(dims=dims) if dims is not None and any(isinstance(dim, Expr) for dim in dims):
                return replace(value, dims=tuple(renamed(dim) if isinstance(dim, Expr) else dim for dim in dims))
            case ListV():
                return ListV([rebuilt(v) for v in value.items], value.rest, value.kind)
            case DictV():
                return DictV({k: rebuilt(v) for k, v in value.items.items()}, value.rest, value.kind)
            case Fields():
                return Fields(value.typename, value.names, tuple(rebuilt(v) for v in value), value.cls)
            case Size():
                return Size(rebuilt(v) for v in value)
            case tuple():
                return tuple(rebuilt(v) for v in value)
            case _:
                return value

    return rebuilt(value)


def _from_stream(it: Interp, self: Value, dataset: Value) -> Value:
    """An IterableDataset: its items in chunks."""
    items, rest = items_of(it, dataset)
    size = _attr(self, "batch_size")
    if size is None:
        return IteratorV(list(items), rest)
    values = [_generalised(v) for v in items]
    if not values:
        if rest is None:
            return IteratorV([])
        one = _batch(it, self, _generalised(rest), size if isinstance(size, int | Expr) else fresh_unknown(1))
        return IteratorV([one], _copied(one))
    value = values[0]
    for other in values[1:]:
        value = join(value, other)
    if rest is not None or not isinstance(size, int) or size <= 0:
        if rest is not None:
            value = join(value, _generalised(rest))
        one = _batch(it, self, value, size if isinstance(size, int | Expr) else fresh_unknown(1))
        return IteratorV([one], _copied(one))
    full, left = divmod(len(values), size)
    out = _repeated(_batch(it, self, value, size), full) if full else IteratorV([])
    if left and _attr(self, "drop_last") is not True:
        out.items.append(_batch(it, self, value, left))
    return out
