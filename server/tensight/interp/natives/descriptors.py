"""property, staticmethod, classmethod, and classes of the program that derive from property."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ClassMethodV, ClassV, FunctionV, Instance, PropertyV, StaticMethodV, Value
from .. import classes
from .registry import native, native_class

if TYPE_CHECKING:
    from ..machine import Interp

PROPERTY = "builtins.property"


@native_class(PROPERTY)
def property_(
    it: Interp, cls: ClassV, fget: Value = None, *args: Value, fset: Value = None, fdel: Value = None,
    doc: Value = None, **kwargs: Value,
) -> Value:  # fmt: skip
    """One of a class that adds methods of its own is an object that has them; all others are properties."""
    given = (fget, *args)
    own = cls.lookup("__init__")
    if isinstance(own, FunctionV):
        self = classes.bare(it, cls)
        it.call(own, [self, *(() if given == (None,) else given)], {**_named(fset, fdel, doc), **kwargs})
        return self
    fset = args[0] if args else fset
    methods = [value for base in cls.mro if base.native is None for value in base.namespace.values()]
    if any(isinstance(value, FunctionV) for value in methods):
        return Instance(cls, {"fget": fget, "fset": fset, "fdel": fdel, "__doc__": doc}, it.here())
    return PropertyV(fget, fset)


def _named(fset: Value, fdel: Value, doc: Value) -> dict[str, Value]:
    return {name: value for name, value in (("fset", fset), ("fdel", fdel), ("doc", doc)) if value is not None}


@native(f"{PROPERTY}.__init__")
def init(
    it: Interp, self: Value, fget: Value = None, fset: Value = None, fdel: Value = None, doc: Value = None
) -> Value:
    if isinstance(self, Instance):
        for name, value in (("fget", fget), ("fset", fset), ("fdel", fdel)):
            it.journal.write(self, name, value)
    return None


def _part(self: Value, name: str) -> Value:
    return self.attrs.get(name) if isinstance(self, Instance) else None


@native(f"{PROPERTY}.__get__")
def get(it: Interp, self: Value, obj: Value, owner: Value = None) -> Value:
    getter = _part(self, "fget")
    if obj is None:
        return self
    return it.fail("AttributeError", "unreadable attribute") if getter is None else it.call(getter, [obj])


@native(f"{PROPERTY}.__set__")
def set_(it: Interp, self: Value, obj: Value, value: Value) -> Value:
    setter = _part(self, "fset")
    return it.fail("AttributeError", "can't set attribute") if setter is None else it.call(setter, [obj, value])


def _changed(name: str, part: str) -> None:
    @native(f"{PROPERTY}.{name}")
    def decorate(it: Interp, self: Value, function: Value) -> Value:
        """The same property with another function, as an object of the same class."""
        if not isinstance(self, Instance):
            return self
        parts = [function if kept == part else self.attrs.get(kept) for kept in ("fget", "fset", "fdel")]
        return it.call(self.cls, parts)


for _name, _part_name in (("getter", "fget"), ("setter", "fset"), ("deleter", "fdel")):
    _changed(_name, _part_name)


@native_class("builtins.staticmethod")
def staticmethod_(it: Interp, cls: ClassV, function: Value, /) -> Value:
    return StaticMethodV(function)


@native_class("builtins.classmethod")
def classmethod_(it: Interp, cls: ClassV, function: Value, /) -> Value:
    return ClassMethodV(function)
