"""abc: abstract classes are ordinary ones here; that they cannot be instantiated is not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ClassMethodV, PropertyV, StaticMethodV, Value
from .registry import MODULES, native, plain_class

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("abc")
plain_class("abc.ABC")
plain_class("abc.ABCMeta", "builtins.type")


@native("abc.abstractmethod", "abc.update_abstractmethods")
def abstractmethod(it: Interp, function: Value, /) -> Value:
    return function


@native("abc.abstractproperty")
def abstractproperty(it: Interp, function: Value = None, /) -> Value:
    return PropertyV(function)


@native("abc.abstractclassmethod")
def abstractclassmethod(it: Interp, function: Value, /) -> Value:
    return ClassMethodV(function)


@native("abc.abstractstaticmethod")
def abstractstaticmethod(it: Interp, function: Value, /) -> Value:
    return StaticMethodV(function)


@native("abc.ABCMeta.register")
def register(it: Interp, cls: Value, subclass: Value, /) -> Value:
    return subclass


@native("abc.get_cache_token")
def get_cache_token(it: Interp) -> Value:
    return 0
