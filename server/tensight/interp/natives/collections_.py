"""collections: OrderedDict, defaultdict, Counter, ChainMap, UserDict, UserList; collections.abc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ClassV, DictV, Instance, ListV, Scalar, Value
from . import dicts
from .builtins_numeric import sort_items
from .dicts import construct, dict_of, update_with
from .registry import BASES, MODULES, native, native_class
from .sequences import initialised, wrap
from .support import MISSING, NO_KEY, any_item, held_key, index_of, is_number, items_of, payload, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("collections")


# ---- OrderedDict
@native_class("collections.OrderedDict", "builtins.dict")
def ordered_dict(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    return construct(it, cls, "OrderedDict", args, kwargs)


@native("collections.OrderedDict.move_to_end")
def move_to_end(it: Interp, self: Value, key: Value, last: Value = True) -> Value:
    target = dict_of(self)
    if target is None:
        return None
    found = dicts.look(it, target, key)
    if found is MISSING:
        return dicts.key_error(it, key)
    if found is not NO_KEY:
        it.journal.touch(target)
        key = held_key(target.items, key)
        value = target.items.pop(key)
        if last is False:
            others = dict(target.items)
            target.items.clear()
            target.items[key] = value
            target.items.update(others)
        else:
            target.items[key] = value
    return None


# ---- defaultdict
@native_class("collections.defaultdict", "builtins.dict")
def defaultdict(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    if cls.native != "collections.defaultdict":
        return initialised(it, wrap(it, cls, DictV({}, None, "defaultdict")), list(args), kwargs)
    target = DictV({}, None, "defaultdict")
    default_init(it, target, *args, **kwargs)
    return target


@native("collections.defaultdict.__init__")
def default_init(it: Interp, self: Value, factory: Value = None, /, *args: Value, **kwargs: Value) -> Value:
    target = dict_of(self)
    if target is not None:
        target.default_factory = factory
        update_with(it, target, args, kwargs)
    return None


# ---- Counter
@native_class("collections.Counter", "builtins.dict")
def counter(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    target = DictV({}, None, "Counter")
    if cls.native != "collections.Counter":
        return initialised(it, wrap(it, cls, target), list(args), kwargs)
    if len(args) > 1:
        return it.fail(
            "TypeError", f"Counter.__init__() takes from 1 to 2 positional arguments but {len(args) + 1} were given"
        )
    counter_update(it, target, *args, **kwargs)
    return target


@native("collections.Counter.update", "collections.Counter.__init__")
def counter_update(it: Interp, self: Value, iterable: Value = None, /, **kwargs: Value) -> Value:
    return _count(it, self, iterable, kwargs, "+")


@native("collections.Counter.subtract")
def counter_subtract(it: Interp, self: Value, iterable: Value = None, /, **kwargs: Value) -> Value:
    return _count(it, self, iterable, kwargs, "-")


def _count(it: Interp, self: Value, iterable: Value, kwargs: dict[str, Value], token: str) -> Value:
    target = dict_of(self)
    if target is None:
        return None
    source = payload(iterable)
    if isinstance(source, DictV):
        pairs = list(source.items.items())
        more = source.rest is not None
    elif source is None:
        pairs, more = [], False
    else:
        items, rest = items_of(it, source)
        pairs, more = [(item, 1) for item in items], rest is not None
    for key, number in (*pairs, *kwargs.items()):
        old = dicts.look(it, target, key)
        known = old is not MISSING and old is not NO_KEY
        dicts.store(
            it, target, key, it.binary(token, old if known else 0, number) if old is not NO_KEY else Scalar("int")
        )
    if more:
        it.journal.touch(target)
        for key in target.items:
            target.items[key] = Scalar("int")
        target.rest = Scalar("int")
    return None


@native("collections.Counter.most_common")
def most_common(it: Interp, self: Value, n: Value = None) -> Value:
    target = dict_of(self)
    if target is None:
        return unknown_of(it, [self])
    if target.rest is None and (n is None or isinstance(n, int)):
        pairs: list[Value] = list(target.items.items())
        by = sort_items(it, list(range(len(pairs))), None, False)
        if by is not None and all(isinstance(count, int | float) for _, count in pairs):
            ordered = sorted(pairs, key=lambda pair: pair[1], reverse=True)
            return ListV(ordered if n is None else ordered[: max(n, 0)])
    keys = any_item(list(target.items), None)
    return ListV([], (keys if target.rest is None and keys is not None else unknown_of(it, [], "key"), Scalar("int")))


@native("collections.Counter.elements")
def elements(it: Interp, self: Value) -> Value:
    target = dict_of(self)
    if target is None:
        return unknown_of(it, [self])
    if target.rest is None and all(isinstance(c, int) and c < 4096 for c in target.items.values()):
        return it.call(it.getattr(ListV([key for key, n in target.items.items() for _ in range(n)]), "__iter__"))
    return ListV([], unknown_of(it, [], "element"))


@native("collections.Counter.total")
def total(it: Interp, self: Value) -> Value:
    target = dict_of(self)
    if target is None or target.rest is not None:
        return Scalar("int")
    result: Value = 0
    for number in target.items.values():
        result = it.binary("+", result, number) if is_number(number) else Scalar("int")
    return result


# ---- ChainMap, UserDict, UserList, UserString
@native_class("collections.ChainMap")
def chain_map(it: Interp, cls: ClassV, *maps: Value) -> Value:
    """A snapshot: a merged dict, the first map wins. Later changes of the maps are not seen, so nothing is certain."""
    merged = DictV({}, unknown_of(it, [], "ChainMap"))
    for source in reversed(maps):
        dicts.fill(it, merged, source)
    return merged


for _name, _base in {"UserDict": "builtins.dict", "UserList": "builtins.list", "UserString": "builtins.str"}.items():
    BASES[f"collections.{_name}"] = (_base,)


@native_class("collections.UserDict", "builtins.dict")
def user_dict(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    obj = wrap(it, cls, DictV({}))
    it.journal.write(obj, "data", obj.extra["value"])
    return initialised(it, obj, list(args), kwargs)


@native_class("collections.UserList", "builtins.list")
def user_list(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    obj = wrap(it, cls, ListV([]))
    it.journal.write(obj, "data", obj.extra["value"])
    return initialised(it, obj, list(args), kwargs)


# ---- collections.abc and their twins in typing
ABSTRACT: dict[str, tuple[str, ...]] = {
    "Container": (), "Hashable": (), "Iterable": (), "Sized": (), "Callable": (), "Awaitable": (), "AsyncIterable": (),
    "Iterator": ("Iterable",), "Generator": ("Iterator",), "Reversible": ("Iterable",),
    "Collection": ("Sized", "Iterable", "Container"), "Sequence": ("Reversible", "Collection"),
    "MutableSequence": ("Sequence",), "ByteString": ("Sequence",), "Set": ("Collection",), "MutableSet": ("Set",),
    "Mapping": ("Collection",), "MutableMapping": ("Mapping",), "MappingView": ("Sized",),
    "KeysView": ("MappingView", "Set"),
    "ItemsView": ("MappingView", "Set"), "ValuesView": ("MappingView", "Collection"), "Coroutine": ("Awaitable",),
    "AsyncIterator": ("AsyncIterable",), "AsyncGenerator": ("AsyncIterator",), "Buffer": (),
}  # fmt: skip
for _name, _bases in ABSTRACT.items():
    BASES[f"collections.abc.{_name}"] = tuple(f"collections.abc.{b}" for b in _bases) or ("builtins.object",)


# ---- what the abstract classes implement on top of a user's methods
@native("collections.abc.Mapping.get")
def mapping_get(it: Interp, self: Value, key: Value, default: Value = None) -> Value:
    held = it.truth(it.compare("in", key, self))
    if held is None:
        return it.either(lambda: it.getitem(self, key), lambda: default)
    return it.getitem(self, key) if held else default


@native("collections.abc.Mapping.keys")
def mapping_keys(it: Interp, self: Value) -> Value:
    items, rest = items_of(it, self)
    return ListV(items, rest)


@native("collections.abc.Mapping.values")
def mapping_values(it: Interp, self: Value) -> Value:
    items, rest = items_of(it, self)
    return ListV([it.getitem(self, key) for key in items], None if rest is None else it.getitem(self, rest))


@native("collections.abc.Mapping.items")
def mapping_items(it: Interp, self: Value) -> Value:
    items, rest = items_of(it, self)
    return ListV(
        [(key, it.getitem(self, key)) for key in items], None if rest is None else (rest, it.getitem(self, rest))
    )


@native("collections.abc.Mapping.__contains__", "collections.abc.Set.__contains__")
def mapping_contains(it: Interp, self: Value, key: Value) -> Value:
    items, rest = items_of(it, self)
    return it.compare("in", key, ListV(items, rest))


@native("collections.abc.MutableMapping.update")
def mapping_update(it: Interp, self: Value, other: Value = MISSING, /, **kwargs: Value) -> Value:
    target = DictV({})
    update_with(it, target, [other], kwargs)
    for key, value in target.items.items():
        it.setitem(self, key, value)
    if target.rest is not None and isinstance(self, Instance):
        self.open = True
    return None


@native("collections.abc.Sequence.__iter__")
def sequence_iter(it: Interp, self: Value) -> Value:
    size = index_of(it, it.method(self, "__len__"))
    items: list[Value] = []
    if size is not None and size <= 2048:
        items = [it.getitem(self, i) for i in range(size)]
    return it.call(it.getattr(ListV(items, None if size is not None else it.getitem(self, Scalar("int"))), "__iter__"))


@native("collections.abc.MutableSequence.append")
def sequence_append(it: Interp, self: Value, value: Value) -> Value:
    return it.method(self, "insert", it.method(self, "__len__"), value)


@native("collections.abc.MutableSequence.extend")
def sequence_extend(it: Interp, self: Value, values: Value) -> Value:
    items, _ = items_of(it, values)
    for item in items:
        sequence_append(it, self, item)
    return None


__all__ = ["ABSTRACT"]
