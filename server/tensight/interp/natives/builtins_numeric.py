"""Builtin functions about numbers: abs, round, divmod, pow, sum, min, max, len."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from ... import limits
from ...dims import Expr, dim_max, dim_min, fresh_data, fresh_unknown
from ...values import (
    BoundMethod,
    ClassV,
    DictV,
    FunctionV,
    Instance,
    IteratorV,
    ListV,
    Native,
    OneOf,
    OpenSize,
    PackedSequence,
    RangeV,
    Scalar,
    SetV,
    Tensor,
    Unknown,
    Value,
    join,
)
from .. import deferred
from ..iteration import may_coincide
from .registry import native
from .support import (
    MISSING,
    bounded_int,
    is_int,
    is_number,
    items_of,
    join_all,
    kind_of,
    mixed,
    not_negative,
    payload,
    type_name,
    unknown_of,
)

if TYPE_CHECKING:
    from ..machine import Interp


# ---- len
@native("builtins.len")
def len_(it: Interp, obj: Value, /) -> Value:
    match obj:
        case tuple() | str() | bytes() | range():
            return len(obj)
        case ListV():
            if deferred.rest_of(it, obj, obj.rest) is None:
                return len(obj.items)
            return fresh_data("n", len(obj.items)) if obj.items else fresh_unknown(0)  # one or more; nobody knows
        case DictV():
            closed = deferred.rest_of(it, obj, obj.rest) is None and not may_coincide(obj.items)
            return len(obj.items) if closed else Scalar("int")
        case SetV():
            closed = not (obj.open or deferred.may_grow(it, obj) or may_coincide(obj.items))
            return len(obj.items) if closed else Scalar("int")
        case Tensor():
            return _tensor_length(it, obj)
        case OpenSize() | RangeV() | PackedSequence():
            return _special_length(it, obj)
        case Instance():
            return _instance_length(it, obj)
        case ClassV() if isinstance(obj.metaclass, ClassV) and obj.metaclass.lookup("__len__") is not None:
            return it.call(BoundMethod(obj.metaclass.lookup("__len__"), obj))
        case OneOf():
            return it.either(*(lambda o=o: len_(it, o) for o in obj.options))
        case Unknown():
            return Unknown(obj.reason, obj.detail, obj.span)
        case Scalar() if obj.kind == "str":
            return Scalar("int")
        case None | int() | float() | Expr() | IteratorV() | FunctionV() | Scalar():
            name = "generator" if isinstance(obj, IteratorV) else type_name(it, obj)
            return it.fail("TypeError", f"object of type {name!r} has no len()")
        case _:
            return Scalar("int")


def _tensor_length(it: Interp, obj: Tensor) -> Value:
    if obj.dims is None or (obj.dims and obj.dims[0] is ...):
        return Scalar("int")
    if not obj.dims:
        return it.fail("TypeError", "len() of a 0-d tensor")
    return obj.dims[0]


def _special_length(it: Interp, obj: Value) -> Value:
    if isinstance(obj, PackedSequence):
        return 4
    if isinstance(obj, RangeV) and obj.step == 1 and is_int(obj.start) and is_int(obj.stop):
        length = obj.stop - obj.start
        return length if not_negative(length) else dim_max(length, 0)
    return Scalar("int")


def _instance_length(it: Interp, obj: Instance) -> Value:
    method = obj.cls.lookup("__len__")
    if method is not None:
        return it.call(BoundMethod(method, obj))
    if payload(obj) is not obj:
        return len_(it, payload(obj))
    if obj.open or any(c.open for c in obj.cls.mro):
        return unknown_of(it, [], "len")
    return it.fail("TypeError", f"object of type {obj.cls.name!r} has no len()")


# ---- one number
@native("builtins.abs")
def abs_(it: Interp, x: Value, /) -> Value:
    match x:
        case bool() | int() | float() | complex():
            return abs(x)
        case Expr():
            return x if not_negative(x) else dim_max(x, -x)
        case Tensor():
            return it.op("torch.abs", x)
        case Scalar():
            return Scalar("int" if x.kind == "bool" else "float" if x.kind == "complex" else x.kind)
        case Instance():
            return _special(it, x, "__abs__")
        case Unknown():
            return unknown_of(it, [x])
        case OneOf():
            return it.either(*(lambda o=o: abs_(it, o) for o in x.options))
        case _:
            return it.fail("TypeError", f"bad operand type for abs(): {type_name(it, x)!r}")


def _special(it: Interp, x: Instance, name: str, *args: Value) -> Value:
    method = x.cls.lookup(name)
    if isinstance(method, FunctionV | Native):
        return it.call(BoundMethod(method, x), args)
    inner = payload(x)
    if inner is not x and name == "__abs__":
        return abs_(it, inner)
    return unknown_of(it, [], name)


@native("builtins.round")
def round_(it: Interp, number: Value, ndigits: Value = None) -> Value:
    match number:
        case bool() | int() | float():
            if ndigits is None or isinstance(ndigits, int):
                try:
                    return round(number) if ndigits is None else round(number, ndigits)
                except (OverflowError, ValueError) as error:
                    return it.fail(type(error).__name__, str(error))
            return Scalar("int" if isinstance(number, int) else "float")
        case Expr():
            return number if ndigits is None or not_negative(ndigits) else Scalar("int")
        case Tensor():
            return it.op("torch.round", number) if ndigits is None else it.op("torch.round", number, decimals=ndigits)
        case Scalar():
            if ndigits is None:
                return Scalar("int")
            return Scalar("int" if number.kind == "bool" else number.kind)
        case Instance():
            return _special(it, number, "__round__", *(() if ndigits is None else (ndigits,)))
        case Unknown():
            return unknown_of(it, [number])
        case OneOf():
            return it.either(*(lambda o=o: round_(it, o, ndigits) for o in number.options))
        case _:
            return it.fail("TypeError", f"type {type_name(it, number)} doesn't define __round__ method")


@native("builtins.divmod")
def divmod_(it: Interp, a: Value, b: Value, /) -> Value:
    if isinstance(a, Instance) or isinstance(b, Instance):
        return unknown_of(it, [a, b], "divmod")
    return (it.binary("//", a, b), it.binary("%", a, b))


@native("builtins.pow")
def pow_(it: Interp, base: Value, exp: Value, mod: Value = None) -> Value:
    if mod is None:
        return it.binary("**", base, exp)
    if all(isinstance(v, int) for v in (base, exp, mod)):
        try:
            return bounded_int(it, pow(base, exp, mod))
        except (ValueError, ZeroDivisionError) as error:
            return it.fail(type(error).__name__, str(error))
    return Scalar("int") if all(is_number(v) for v in (base, exp, mod)) else unknown_of(it, [base, exp, mod])


# ---- many numbers
@native("builtins.sum")
def sum_(it: Interp, iterable: Value, /, start: Value = 0) -> Value:
    if isinstance(start, str):
        return it.fail("TypeError", "sum() can't sum strings [use ''.join(seq) instead]")
    items, rest = items_of(it, iterable)
    total = start
    for item in items:
        total = it.binary("+", total, item)
    if rest is None:
        return total
    more = it.binary("+", total, rest)
    if isinstance(more, int | Expr | Scalar) and isinstance(total, int | Expr | Scalar):
        kinds = {kind_of(total), kind_of(more)} - {"bool"}
        return Scalar(str(kinds.pop())) if len(kinds) == 1 else Scalar("number")
    if not items and isinstance(more, Tensor) and start == 0:
        return more  # nobody sums tensors that may not be there
    return join(total, it.binary("+", more, rest) if isinstance(more, ListV | tuple) else more)


def _extremum(it: Interp, name: str, args: tuple[Value, ...], key: Value, default: Value) -> Value:
    least = name == "min"
    if not args:
        return it.fail("TypeError", f"{name} expected at least 1 argument, got 0")
    if len(args) > 1:
        items, rest = list(args), None
    elif isinstance(args[0], Tensor):
        return it.op(f"torch.{name}", args[0]) if key is None and default is MISSING else unknown_of(it, args, name)
    else:
        items, rest = items_of(it, args[0])
    if not items and rest is None:
        if default is not MISSING:
            return default
        return it.fail("ValueError", f"{name}() arg is an empty sequence")
    keys = items if key is None else [it.call(key, [item]) for item in items]
    if rest is None:
        return _best(it, items, keys, least, plain=key is None)
    return _of_any(it, items, rest, least, plain=key is None, default=default)


def _best(it: Interp, items: list[Value], keys: list[Value], least: bool, *, plain: bool) -> Value:
    if len(items) == 1:
        return items[0]
    if plain and all(is_int(i) for i in items) and any(isinstance(i, Expr) for i in items):
        return dim_min(*items) if least else dim_max(*items)
    best, best_key = items[0], keys[0]
    for item, candidate in zip(items[1:], keys[1:]):
        answer = it.truth(it.compare("<" if least else ">", candidate, best_key))
        if answer is None:
            return _of_any(it, items, None, least, plain=plain, default=MISSING)
        if answer:
            best, best_key = item, candidate
    return best


def _of_any(it: Interp, items: list[Value], rest: Value | None, least: bool, *, plain: bool, default: Value) -> Value:
    """The result is one of the items, nobody knows which."""
    values = [*items, *([] if rest is None else [rest]), *([] if default is MISSING else [default])]
    if all(is_number(v) for v in values):
        kinds = {kind_of(v) for v in values}
        if kinds <= {"int", "bool"}:
            return _int_bound(items, rest, least) if plain and default is MISSING else Scalar("int")
        return Scalar("float") if kinds == {"float"} else Scalar("number")
    return join_all(values)


def _int_bound(items: list[Value], rest: Value | None, least: bool) -> Value:
    ints = [i for i in items if is_int(i)]
    if rest is None and len(ints) == len(items) and ints:
        return dim_min(*ints) if least else dim_max(*ints)
    return Scalar("int")


@native("builtins.min")
def min_(it: Interp, *args: Value, key: Value = None, default: Value = MISSING) -> Value:
    return _extremum(it, "min", args, key, default)


@native("builtins.max")
def max_(it: Interp, *args: Value, key: Value = None, default: Value = MISSING) -> Value:
    return _extremum(it, "max", args, key, default)


# ---- order
class Undecided(Exception):
    """Two items cannot be ordered: their values are not known."""


def sort_items(it: Interp, items: list[Value], key: Value, reverse: Value) -> list[Value] | None:
    """The items in order, stable as Python's sort; None if the order is not known."""
    backwards = it.truth(reverse)
    if backwards is None:
        return None
    keys: list[Any] = items if key is None else [it.call(key, [item]) for item in items]
    if len(items) > limits.MAX_ITEMS:
        return None
    if len(items) < 2:
        return list(items)
    by = keys.__getitem__ if _comparable(keys) else _ordered(it, keys)
    try:
        order = sorted(range(len(items)), key=by, reverse=backwards)
    except Undecided:
        return None
    return [items[i] for i in order]


def _comparable(keys: list[Any]) -> bool:
    """Whether the host can order the keys itself: all plain numbers, or all strings."""
    return all(type(k) is str for k in keys) or all(type(k) in (int, float, bool) for k in keys)


def _ordered(it: Interp, keys: list[Any]) -> Any:
    def compare(i: int, j: int) -> int:
        answer = it.truth(it.compare("<", keys[i], keys[j]))
        if answer is None:
            raise Undecided
        if answer:
            return -1
        back = it.truth(it.compare("<", keys[j], keys[i]))
        if back is None:
            raise Undecided
        return 1 if back else 0

    return cmp_to_key(compare)


@native("builtins.sorted")
def sorted_(it: Interp, iterable: Value, /, *, key: Value = None, reverse: Value = False) -> Value:
    items, rest = items_of(it, iterable)
    if rest is None:
        order = sort_items(it, items, key, reverse)
        if order is not None:
            return ListV(order)
        return _shuffled(items)
    return ListV([], join_all([*items, rest]))


def _shuffled(items: list[Value]) -> ListV:
    """As many items, each any of them."""
    return ListV(mixed(items, len(items)))
