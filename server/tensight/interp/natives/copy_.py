"""copy.copy and copy.deepcopy. A deep copy shares what cannot be written to."""

from __future__ import annotations

from dataclasses import replace as with_fields
from typing import TYPE_CHECKING, Any

from ...values import (
    BoundMethod,
    DictV,
    Fields,
    FunctionV,
    Instance,
    IteratorV,
    ListV,
    Native,
    OneOf,
    PartialV,
    SetV,
    Size,
    Tensor,
    Value,
)
from ..generators import wake
from .collections_deque import DequeV
from .registry import MODULES, NATIVES, native
from .support import PAYLOAD

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("copy")


def shallow(value: Value) -> Value:
    """A copy of one container or object."""
    match value:
        case DequeV():
            return DequeV(list(value.items), value.rest, value.kind, value.maxlen)
        case ListV():
            return ListV(list(value.items), value.rest, value.kind)
        case DictV():
            return DictV(dict(value.items), value.rest, value.kind, value.default_factory)
        case SetV():
            return value if value.frozen else SetV(dict(value.items), value.open)
        case Instance():
            return value if value.cls.derives_from("enum.Enum") else _instance(value, dict(value.attrs))
        case _:
            return value


def _instance(value: Instance, attrs: dict[str, Value]) -> Instance:
    made = Instance(value.cls, attrs, value.created, dict(value.extra), value.open)
    for key, part in value.extra.items():
        if isinstance(part, ListV | DictV | SetV):
            made.extra[key] = shallow(part)
        elif isinstance(part, dict | list | set):
            made.extra[key] = part.copy()
    return made


def deep(it: Interp, value: Value, memo: dict[int, Value]) -> Value:
    """A copy in which everything that can be written to is new; what is shared stays shared inside the copy."""
    if id(value) in memo:
        return memo[id(value)]
    match value:
        case ListV():
            made = shallow(value)
            memo[id(value)] = made
            made.items[:] = [deep(it, item, memo) for item in value.items]
            made.rest = None if value.rest is None else deep(it, value.rest, memo)
            return made
        case DictV():
            made = shallow(value)
            memo[id(value)] = made
            made.items.clear()
            made.items.update({_key(it, k, memo): deep(it, v, memo) for k, v in value.items.items()})
            made.rest = None if value.rest is None else deep(it, value.rest, memo)
            return made
        case SetV():
            return SetV({_key(it, k, memo): None for k in value.items}, value.open, value.frozen)
        case Instance():
            return _deep_instance(it, value, memo)
        case Size():
            return value
        case Fields():
            return Fields(value.typename, value.names, tuple(deep(it, v, memo) for v in value), value.cls)
        case tuple():
            parts = tuple(deep(it, v, memo) for v in value)
            return value if all(a is b for a, b in zip(parts, value)) else parts
        case Tensor():
            memo[id(value)] = made = with_fields(value)
            return made
        case PartialV():
            return PartialV(value.function, tuple(deep(it, a, memo) for a in value.args), dict(value.kwargs))
        case BoundMethod():
            return BoundMethod(value.function, deep(it, value.self, memo))
        case OneOf():
            return OneOf(tuple(deep(it, o, memo) for o in value.options))
        case IteratorV():
            wake(it, value, whole=False)
            return IteratorV([deep(it, v, memo) for v in value.items], value.rest, dict(value.state))
        case _:
            return value


def _key(it: Interp, key: Any, memo: dict[int, Value]) -> Any:
    return deep(it, key, memo) if isinstance(key, Instance | tuple) else key


def _deep_instance(it: Interp, value: Instance, memo: dict[int, Value]) -> Value:
    if value.cls.derives_from("enum.Enum"):
        return value
    own = value.cls.lookup("__deepcopy__")
    if isinstance(own, FunctionV):
        made = it.call(BoundMethod(own, value), [DictV({})])
        memo[id(value)] = made
        return made
    if isinstance(own, Native):
        return it.call(BoundMethod(own, value), [DictV({})])
    made = _instance(value, {})
    memo[id(value)] = made
    for name, attribute in value.attrs.items():
        made.attrs[name] = deep(it, attribute, memo)
    for key, part in value.extra.items():
        if isinstance(part, ListV | DictV | SetV | Instance | Tensor) or key == PAYLOAD:
            made.extra[key] = deep(it, part, memo)
    return made


@native("copy.copy")
def copy(it: Interp, value: Value, /) -> Value:
    if isinstance(value, Instance):
        own = value.cls.lookup("__copy__")
        if isinstance(own, FunctionV | Native):
            return it.call(BoundMethod(own, value))
    if isinstance(value, Tensor):
        return with_fields(value)
    return shallow(value)


@native("copy.deepcopy")
def deepcopy(it: Interp, value: Value, memo: Value = None) -> Value:
    return deep(it, value, {})


@native("copy.replace")
def replace(it: Interp, value: Value, /, **changes: Value) -> Value:
    if isinstance(value, Fields):
        return it.call(it.getattr(value, "_replace"), [], changes)
    return it.call(NATIVES["dataclasses.replace"], [value], changes)
