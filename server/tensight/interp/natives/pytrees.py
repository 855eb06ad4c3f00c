"""Nested tuples, lists and dicts of leaves, as `torch.utils._pytree` flattens them: None and numbers are leaves."""

from __future__ import annotations

from collections.abc import Callable

from ...values import DictV, Fields, ListV, Tensor, Unknown, Value


def mapped(value: Value, function: Callable[[Value], Value]) -> Value:
    """The same structure with `function` of each leaf. Raises what the function raises."""
    match value:
        case Fields():
            return Fields(value.typename, value.names, tuple(mapped(v, function) for v in value), value.cls)
        case tuple():
            return tuple(mapped(v, function) for v in value)
        case ListV():
            rest = None if value.rest is None else mapped(value.rest, function)
            return ListV([mapped(v, function) for v in value.items], rest, value.kind)
        case DictV():
            rest = None if value.rest is None else mapped(value.rest, function)
            return DictV({k: mapped(v, function) for k, v in value.items.items()}, rest, value.kind)
        case _:
            return function(value)


def leaves(value: Value) -> list[Value] | None:
    """All leaves in order; None where their number is not known."""
    children = children_of(value)
    if children is None:
        return None if isinstance(value, Unknown | ListV | DictV) else [value]
    found: list[Value] = []
    for child in children:
        inner = leaves(child)
        if inner is None:
            return None
        found += inner
    return found


def children_of(value: Value) -> list[Value] | None:
    """What a node holds; None for a leaf and for a node of unknown length."""
    match value:
        case tuple():
            return list(value)
        case ListV() if value.rest is None:
            return value.items
        case DictV() if value.rest is None:
            return list(value.items.values())
        case _:
            return None


def spread(prefix: Value, value: Value) -> list[Value] | None:
    """For each leaf of the value the leaf of the prefix that stands for it or for all of its node; None if the two do
    not fit together or are not known."""
    children = children_of(value)
    wanted = children_of(prefix)
    if wanted is None:
        found = leaves(value)
        return None if found is None or isinstance(prefix, Unknown | ListV | DictV) else [prefix] * len(found)
    if children is None or len(children) != len(wanted) or not _alike(prefix, value):
        return None
    result: list[Value] = []
    for part, child in zip(wanted, children):
        inner = spread(part, child)
        if inner is None:
            return None
        result += inner
    return result


def _alike(a: Value, b: Value) -> bool:
    if isinstance(a, DictV) and isinstance(b, DictV):
        return list(a.items) == list(b.items)
    return (isinstance(a, tuple) and isinstance(b, tuple)) or (isinstance(a, ListV) and isinstance(b, ListV))


def tensors_of(value: Value) -> list[Tensor] | None:
    """The leaves where all of them are tensors of known shape."""
    found = leaves(value)
    if found is None:
        return None
    tensors = [leaf for leaf in found if isinstance(leaf, Tensor) and not leaf.is_open]
    return tensors if len(tensors) == len(found) else None
