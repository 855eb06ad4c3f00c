"""Assignment targets: names, attributes, subscripts, tuples with a star."""

from __future__ import annotations

import ast

from ..values import ListV, Tensor, Value
from . import attribute_writes, items
from .compile_names import mangle, store
from .frame import Frame, Store
from .iteration import unpack
from .record import RECORDED
from .scopes import Scope
from .unit import Unit


def target(unit: Unit, node: ast.expr, scope: Scope) -> Store:
    """A closure (frame, value) that assigns to the target."""
    from .compile_expressions import expression, subscript_index

    match node:
        case ast.Name():
            return store(unit, node.id, scope, unit.slot(node, "target"))
        case ast.Attribute():
            obj, name, slot = expression(unit, node.value, scope), mangle(node.attr, scope), unit.slot(node, "target")

            def set_attribute(f: Frame, value: Value) -> None:
                owner = obj(f)
                if slot is not None:
                    f.at = slot
                attribute_writes.set_(f.it, owner, name, value)
                if slot is not None and type(value) in RECORDED:
                    f.it.recorder.note(f.it, slot, value)

            return set_attribute
        case ast.Subscript():
            container, index = expression(unit, node.value, scope), subscript_index(unit, node.slice, scope)
            slot = unit.slot(node, "subscript")

            def set_item(f: Frame, value: Value) -> None:
                owner, key = container(f), index(f)
                if slot is not None:
                    f.at = slot
                items.set_(f.it, owner, key, value)

            return set_item
        case ast.Tuple() | ast.List():
            return _unpacking(unit, node.elts, scope, unit.slot(node, "unpack"))
        case ast.Starred():
            return target(unit, node.value, scope)
    return lambda f, value: None


def _unpacking(unit: Unit, nodes: list[ast.expr], scope: Scope, slot: object) -> Store:
    names = [node.id if isinstance(node, ast.Name) else None for node in nodes]
    # of a name that comes twice (`_, _, x = …`), nobody ever sees the first value
    stores = [
        store(unit, name, scope, None) if name is not None and name in names[i + 1 :] else target(unit, node, scope)
        for i, (node, name) in enumerate(zip(nodes, names))
    ]
    star = next((i for i, node in enumerate(nodes) if isinstance(node, ast.Starred)), None)
    n = len(nodes)

    def assign(f: Frame, value: Value) -> None:
        if type(value) is tuple and star is None and len(value) == n:
            values: list[Value] = list(value)
        else:
            if slot is not None:
                f.at = slot  # type: ignore[assignment]
            values = unpack(f.it, value, n, star, names)
        for put, item in zip(stores, values):
            put(f, item)

    return assign


__all__ = ["ListV", "Store", "Tensor", "target"]
