"""torch.utils._pytree: the leaves of nested containers, and the same containers with other leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...values import Instance, ListV, Reason, Value
from .pytrees import leaves, mapped
from .registry import MODULES, native, plain_class
from .support import known_items, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

_MODULE = "torch.utils._pytree"
_SPEC = f"{_MODULE}.TreeSpec"
MODULES.add(_MODULE)
plain_class(_SPEC)
_REGISTERED = frozenset({"builtins.dict", "builtins.list", "builtins.tuple"})


def _leaves(tree: Value, is_leaf: Value) -> list[Value] | None:
    """All leaves; None where they are not known, or an object says itself how it is taken apart (ModelOutput)."""
    found = leaves(tree) if is_leaf is None else None
    if any(isinstance(leaf, Instance) and not _REGISTERED.isdisjoint(leaf.cls.natives) for leaf in found or ()):
        return None
    return found


@native(f"{_MODULE}.tree_flatten")
def tree_flatten(it: Interp, tree: Value, is_leaf: Value = None) -> Value:
    """The leaves, and what puts them back."""
    found = _leaves(tree, is_leaf)
    if found is None:
        return unknown_of(it, [tree], "tree_flatten"), it.unknown(Reason.DATA_DEPENDENT, "tree_flatten")
    return ListV(found), it.new(_SPEC, _tree=tree)


@native(f"{_MODULE}.tree_leaves")
def tree_leaves(it: Interp, tree: Value, is_leaf: Value = None) -> Value:
    found = _leaves(tree, is_leaf)
    return unknown_of(it, [tree], "tree_leaves") if found is None else ListV(found)


@native(f"{_MODULE}.tree_unflatten")
def tree_unflatten(it: Interp, leaves: Value, treespec: Value) -> Value:
    items = known_items(it, leaves)
    tree = treespec.attrs.get("_tree") if isinstance(treespec, Instance) else None
    if items is None or tree is None:
        return unknown_of(it, [leaves, treespec], "tree_unflatten")
    if len(items) != len(_leaves(tree, None) or ()):
        return it.fail("ValueError", "tree_unflatten: another number of leaves")
    rest: Iterator[Value] = iter(items)
    return mapped(tree, lambda _: next(rest))


@native(f"{_MODULE}.tree_map")
def tree_map(it: Interp, func: Value, tree: Value, *rests: Value, is_leaf: Value = None) -> Value:
    if rests or _leaves(tree, is_leaf) is None:
        return unknown_of(it, [tree], "tree_map")
    return mapped(tree, lambda leaf: it.call(func, [leaf]))


@native(f"{_MODULE}.tree_map_only")
def tree_map_only(it: Interp, kind: Value, func: Value, tree: Value) -> Value:
    """`func` for the leaves of a class."""
    from ..classes import is_instance

    if _leaves(tree, None) is None:
        return unknown_of(it, [tree], "tree_map_only")

    def changed(leaf: Value) -> Value:
        answer = is_instance(it, leaf, kind)
        if answer is None:
            return unknown_of(it, [leaf], "tree_map_only")
        return it.call(func, [leaf]) if answer else leaf

    return mapped(tree, changed)
