"""operator: the operators as functions, itemgetter, attrgetter, methodcaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ListV, Native, Scalar, Value
from .. import items, operators
from .builtins_numeric import abs_
from .registry import MODULES, native
from .sequences import count, find
from .support import NO_KEY, items_of, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update(("operator", "_operator"))
_BINARY = {
    "add": "+", "concat": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**",
    "matmul": "@", "and_": "&", "or_": "|", "xor": "^", "lshift": "<<", "rshift": ">>",
}  # fmt: skip
_COMPARE = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "is_": "is", "is_not": "is not"}


def _binary(name: str, token: str) -> None:
    @native(f"operator.{name}", f"operator.__{name.rstrip('_')}__")
    def function(it: Interp, a: Value, b: Value, /) -> Value:
        return it.binary(token, a, b)


def _compare(name: str, token: str) -> None:
    @native(f"operator.{name}", f"operator.__{name.rstrip('_')}__")
    def function(it: Interp, a: Value, b: Value, /) -> Value:
        return it.compare(token, a, b)


def _inplace(name: str, token: str) -> None:
    @native(f"operator.{name}")
    def function(it: Interp, a: Value, b: Value, /) -> Value:
        return operators.inplace(it, token, a, b)


def _unary(name: str, token: str) -> None:
    @native(f"operator.{name}")
    def function(it: Interp, a: Value, /) -> Value:
        return operators.unary(it, token, a)


for _name, _token in _BINARY.items():
    _binary(_name, _token)
    _inplace(f"i{_name.rstrip('_')}", _token)
for _name, _token in _COMPARE.items():
    _compare(_name, _token)
for _name, _token in (("neg", "-"), ("pos", "+"), ("invert", "~"), ("inv", "~")):
    _unary(_name, _token)
native("operator.abs")(abs_)


@native("operator.not_")
def not_(it: Interp, a: Value, /) -> Value:
    answer = it.truth(a)
    return Scalar("bool") if answer is None else not answer


@native("operator.truth")
def truth(it: Interp, a: Value, /) -> Value:
    answer = it.truth(a)
    return Scalar("bool") if answer is None else answer


@native("operator.index")
def index(it: Interp, a: Value, /) -> Value:
    return items.plain_index(it, a)


@native("operator.contains")
def contains(it: Interp, a: Value, b: Value, /) -> Value:
    return it.compare("in", b, a)


@native("operator.countOf")
def count_of(it: Interp, a: Value, b: Value, /) -> Value:
    return count(it, *items_of(it, a), b)


@native("operator.indexOf")
def index_of(it: Interp, a: Value, b: Value, /) -> Value:
    position = find(it, *items_of(it, a), b)
    if position is None:
        return it.fail("ValueError", "sequence.index(x): x not in sequence")
    return Scalar("int") if position is NO_KEY else position


@native("operator.getitem")
def getitem(it: Interp, a: Value, b: Value, /) -> Value:
    return it.getitem(a, b)


@native("operator.setitem")
def setitem(it: Interp, a: Value, b: Value, c: Value, /) -> Value:
    it.setitem(a, b, c)
    return None


@native("operator.delitem")
def delitem(it: Interp, a: Value, b: Value, /) -> Value:
    items.delete(it, a, b)
    return None


@native("operator.itemgetter")
def itemgetter(it: Interp, *keys: Value) -> Value:
    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        found = [it.getitem(args[0], key) for key in keys]
        return found[0] if len(found) == 1 else tuple(found)

    return Native("operator.itemgetter", call)


@native("operator.attrgetter")
def attrgetter(it: Interp, *names: Value) -> Value:
    if not all(isinstance(name, str) for name in names):
        return unknown_of(it, names, "attrgetter")

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        found = []
        for name in names:
            value = args[0]
            for part in name.split("."):
                value = it.getattr(value, part)
            found.append(value)
        return found[0] if len(found) == 1 else tuple(found)

    return Native("operator.attrgetter", call)


@native("operator.methodcaller")
def methodcaller(it: Interp, name: Value, /, *args: Value, **kwargs: Value) -> Value:
    if not isinstance(name, str):
        return unknown_of(it, [name], "methodcaller")

    def call(it: Interp, given: list[Value], _: dict[str, Value]) -> Value:
        return it.call(it.getattr(given[0], name), args, kwargs)

    return Native("operator.methodcaller", call)


@native("operator.length_hint")
def length_hint(it: Interp, obj: Value, default: Value = 0, /) -> Value:
    return len(obj.items) if isinstance(obj, ListV) and obj.rest is None else Scalar("int")
