"""Attributes are written and deleted: descriptors, `__setattr__`, the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..values import (
    BoundMethod,
    ClassV,
    DictV,
    FunctionV,
    Instance,
    ModuleV,
    Native,
    OneOf,
    PropertyV,
    Reason,
    Tensor,
    Value,
)
from . import function_attributes

if TYPE_CHECKING:
    from .machine import Interp

#: Classes of values in a class that may take over what is assigned to their name.
DESCRIPTORS = frozenset({PropertyV, Instance})


def sets_plainly(cls: ClassV) -> bool:
    """Whether no `__setattr__` of the class sees what is assigned to attributes of its instances."""
    hook = cls.lookup("__setattr__")
    return not isinstance(hook, FunctionV) and (
        not isinstance(hook, Native) or hook.name == "builtins.object.__setattr__"
    )


def set_(it: Interp, obj: Value, name: str, value: Value) -> None:
    """`obj.name = value`."""
    if isinstance(obj, Instance):
        found = obj.cls.lookup(name)
        if isinstance(found, PropertyV):
            if found.setter is not None:
                it.call(found.setter, [obj, value])
                return
            if not found.cached:
                it.fail("AttributeError", f"can't set attribute {name!r}")
                return
        if isinstance(found, Instance) and isinstance(found.cls.lookup("__set__"), FunctionV | Native):
            it.call(BoundMethod(found.cls.lookup("__set__"), found), [obj, value])
            return
        if not sets_plainly(obj.cls):
            it.call(BoundMethod(obj.cls.lookup("__setattr__"), obj), [name, value])
            return
        if name == "__dict__":
            _replace_attributes(it, obj, value)
            return
        it.journal.write(obj, name, value)
    elif isinstance(obj, ClassV | ModuleV):
        if _outlives(it, obj):
            it.journal.patch(obj.namespace, name)
        it.journal.set(obj.namespace, name, value, owner=obj if isinstance(obj, ClassV) else None)
    elif isinstance(obj, FunctionV):
        function_attributes.set_(it, obj, name, value)
    elif isinstance(obj, Tensor):
        it.set_tensor_attr(obj, name, value)
    elif isinstance(obj, OneOf):
        for option in obj.options:
            if option is not None:
                set_(it, option, name, it.unknown(Reason.JOINED, name))


def _outlives(it: Interp, obj: ClassV | ModuleV) -> bool:
    """Whether other analyses see the same object: what Tensight provides, and what is read of installed packages."""
    if obj.native:
        return True
    return (obj.name if isinstance(obj, ModuleV) else obj.module) in it.world.modules


def _replace_attributes(it: Interp, obj: Instance, value: Value) -> None:
    """`obj.__dict__ = value`: the attributes are the items of that very dictionary from then on.

    In a branch that may be undone, and for what is not known, further attributes may exist."""
    from .natives.support import payload

    target = payload(value)
    known = isinstance(target, DictV) and target.rest is None and target.optional is None
    if not known or it.journal.levels or it.journal.watches:
        obj.open = True
        return
    obj.attrs = target.items


def delete(it: Interp, obj: Value, name: str) -> Value:
    """`del obj.name`."""
    namespace = (
        getattr(obj, "attrs", None) if isinstance(obj, Instance | FunctionV) else getattr(obj, "namespace", None)
    )
    if namespace is not None:
        if name not in namespace:
            return it.fail("AttributeError", name)
        if isinstance(obj, ClassV | ModuleV) and _outlives(it, obj):
            it.journal.patch(namespace, name)
        it.journal.delete(namespace, name, owner=obj if isinstance(obj, Instance | ClassV) else None)
    return None


__all__ = ["DESCRIPTORS", "delete", "set_", "sets_plainly"]
