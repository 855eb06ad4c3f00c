"""Comparison: `==`, `<`, `is`, `in` with three answers; tensors by op rules; user dunders."""

from __future__ import annotations

import operator as host
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..dims import Expr, Truth, equal, less, less_equal
from ..ops.argument_types import type_name
from ..values import (
    BoundMethod,
    ClassV,
    DictV,
    Double,
    FunctionV,
    Instance,
    ListV,
    Native,
    OneOf,
    OpenSize,
    Reason,
    Scalar,
    SetV,
    Tensor,
    Unknown,
    Value,
)
from ..values.unknown import Ordering
from . import calls, deferred, forks, iteration, operators

if TYPE_CHECKING:
    from .machine import Interp

COMPARE: dict[str, tuple[str, Callable[[Any, Any], Any], str, str]] = {
    "==": ("eq", host.eq, "torch.eq", "eq"), "!=": ("ne", host.ne, "torch.ne", "ne"),
    "<": ("lt", host.lt, "torch.lt", "gt"), "<=": ("le", host.le, "torch.le", "ge"),
    ">": ("gt", host.gt, "torch.gt", "lt"), ">=": ("ge", host.ge, "torch.ge", "le"),
}  # fmt: skip


def _is_int(value: Value) -> bool:
    return isinstance(value, int | Expr)


def compare(it: Interp, token: str, a: Value, b: Value) -> Value:
    """`a token b` for ==, !=, <, <=, >, >=, is, is not, in, not in."""
    match token:
        case "is" | "is not":
            answer = identical(a, b)
            return Scalar("bool") if answer is None else answer is (token == "is")
        case "in" | "not in":
            answer = contains(it, b, a)
            return Scalar("bool") if answer is None else answer is (token == "in")
    special, function, torch_name, reflected = COMPARE[token]
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        other = b if isinstance(a, Tensor) else a
        if isinstance(other, Tensor | int | float | Expr | Scalar | Unknown | complex):
            return calls.call_op(it, torch_name, [a, b], {})
        left, right = type_name(a), type_name(b)
        if token not in ("==", "!=") and (other is None or isinstance(other, tuple | ListV)) and left and right:
            if "numpy.ndarray" not in (left, right):
                message = f"'{token}' not supported between instances of {left!r} and {right!r}"
                return it.refuse_with("invalid-argument", message, "TypeError", [a, b])
        return (
            token == "!="
            if token in ("==", "!=") and (other is None or isinstance(other, str))
            else it.unknown(Reason.UNSUPPORTED, "comparison with a tensor")
        )
    if isinstance(a, OneOf):
        return forks.each(it, a.options, lambda o: compare(it, token, o, b))
    if isinstance(b, OneOf):
        return forks.each(it, b.options, lambda o: compare(it, token, a, o))
    if isinstance(a, Instance) or isinstance(b, Instance):
        for self, name, other in ((a, special, b), (b, reflected, a)):
            method = self.cls.lookup(f"__{name}__") if isinstance(self, Instance) else None
            if method is not None:
                result = it.call(BoundMethod(method, self), [other])
                if result is not NotImplemented:
                    return result
            if name == "ne" and isinstance(self, Instance) and self.cls.lookup("__eq__") is not None:
                answer = it.truth(compare(it, "==", a, b))
                return Scalar("bool") if answer is None else not answer
        for side in (a, b):
            if isinstance(side, Instance) and (any(c.open for c in side.cls.mro) or side.open):
                return it.unknown(Reason.OPAQUE, f"{side.cls.name} {token}")
        if token in ("==", "!=") and not isinstance(a, Unknown) and not isinstance(b, Unknown):
            return (a is b) is (token == "==")
    if isinstance(a, Unknown):
        return _compare_unknown(a, b)
    if isinstance(b, Unknown):
        return _compare_unknown(b, a)
    if isinstance(a, Scalar) or isinstance(b, Scalar):
        return _compare_scalar(token, a, b)
    if token in ("==", "!="):
        answer = equals(it, a, b)
        return Scalar("bool") if answer is None else answer is (token == "==")
    if _is_int(a) and _is_int(b) and (isinstance(a, Expr) or isinstance(b, Expr)):
        pair = (a, b) if token in ("<", "<=") else (b, a)
        truth = less(*pair) if token in ("<", ">") else less_equal(*pair)
        return Ordering("bool", *pair) if truth is Truth.MAYBE else truth is Truth.YES
    if isinstance(a, Expr) or isinstance(b, Expr):
        return Scalar("bool")
    if isinstance(a, ListV | SetV | DictV) or isinstance(b, ListV | SetV | DictV):
        return _order(it, token, a, b)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return _first_difference(it, token, a, b)
    try:
        return bool(function(a, b))
    except TypeError as error:
        return it.fail("TypeError", str(error))


def _compare_unknown(a: Unknown, b: Value) -> Value:
    """With an unknown that may be a tensor, the answer may be one; with a text or None it is one bool."""
    return Scalar("bool") if b is None or isinstance(b, str) else operators.like_unknown(a, b)


def _compare_scalar(token: str, a: Value, b: Value) -> Value:
    other = b if isinstance(a, Scalar) else a
    if token in ("==", "!=") and (other is None or isinstance(other, ListV | DictV | tuple)):
        return token == "!="
    return Scalar("bool")


def _order(it: Interp, token: str, a: Value, b: Value) -> Value:
    if isinstance(a, ListV) and isinstance(b, ListV) and a.rest is None and b.rest is None:
        return _first_difference(it, token, a.items, b.items)
    if isinstance(a, SetV) and isinstance(b, SetV) and not a.open and not b.open:
        return bool(COMPARE[token][1](a.items.keys(), b.items.keys()))
    return Scalar("bool")


def _first_difference(it: Interp, token: str, a: Sequence[Value], b: Sequence[Value]) -> Value:
    """Sequences are ordered as the first of their items that differ."""
    for left, right in zip(a, b):
        same = equals(it, left, right)
        if same is None:
            return Scalar("bool")
        if not same:
            return compare(it, token, left, right)
    return bool(COMPARE[token][1](len(a), len(b)))


def identical(a: Value, b: Value) -> bool | None:
    """`a is b`."""
    if a is b:
        return None if isinstance(a, Unknown | Scalar) else True
    if isinstance(a, OneOf) or isinstance(b, OneOf):
        pair = (a, b) if isinstance(a, OneOf) else (b, a)
        answers = {identical(option, pair[1]) for option in pair[0].options}
        return answers.pop() if len(answers) == 1 else None
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return None
    if isinstance(a, Scalar) or isinstance(b, Scalar):
        other = b if isinstance(a, Scalar) else a
        return None if isinstance(other, Scalar | bool | int | float | Expr | str) else False
    if isinstance(a, int | float | str | Expr | tuple) and isinstance(b, int | float | str | Expr | tuple):
        return type(a) is type(b) and a == b if not isinstance(a, tuple) else False
    if isinstance(a, BoundMethod) and isinstance(b, BoundMethod):
        return False
    if a is None or b is None:
        return False
    if isinstance(a, Native) and isinstance(b, Native):
        return a.name == b.name
    try:
        return (
            type(a) is type(b)
            and isinstance(a, range) is False
            and a == b
            and not isinstance(a, Instance | ListV | DictV)
        )
    except TypeError:
        return False


def equals(it: Interp, a: Value, b: Value) -> bool | None:
    """`a == b` for values that are not tensors; None if undecided."""
    if a is b and not isinstance(a, Unknown | Scalar | float):
        return True
    if isinstance(a, Unknown | Scalar) or isinstance(b, Unknown | Scalar):
        answer = it.truth(compare(it, "==", a, b)) if not (isinstance(a, Unknown) or isinstance(b, Unknown)) else None
        return answer
    if _is_int(a) and _is_int(b):
        truth = equal(a, b)
        return None if truth is Truth.MAYBE else truth is Truth.YES
    if isinstance(a, tuple) and isinstance(b, tuple):
        return _equal_rows(it, list(a), list(b))
    if isinstance(a, ListV) and isinstance(b, ListV):
        if a.rest is not None or b.rest is not None:
            return None
        return _equal_rows(it, a.items, b.items)
    if isinstance(a, DictV) and isinstance(b, DictV):
        if a.rest is not None or b.rest is not None:
            return None
        if a.items.keys() != b.items.keys():
            return False
        return _equal_rows(it, list(a.items.values()), [b.items[k] for k in a.items])
    if isinstance(a, SetV) and isinstance(b, SetV):
        return None if a.open or b.open else a.items.keys() == b.items.keys()
    if isinstance(a, OpenSize) or isinstance(b, OpenSize):
        return None
    if isinstance(a, Instance) or isinstance(b, Instance) or isinstance(a, Tensor) or isinstance(b, Tensor):
        answer = compare(it, "==", a, b) if _has_equality(a) or _has_equality(b) else a is b
        return answer if isinstance(answer, bool) else None
    if isinstance(a, FunctionV | ClassV) or isinstance(b, FunctionV | ClassV):
        return a is b
    try:
        return bool(a == b)
    except TypeError:
        return None


def _has_equality(value: Value) -> bool:
    """Whether `==` on a value runs a method (or an operation) instead of comparing identities."""
    if isinstance(value, Instance):
        return value.cls.lookup("__eq__") is not None or value.open or any(c.open for c in value.cls.mro)
    return isinstance(value, Tensor)


def _equal_rows(it: Interp, a: list[Value], b: list[Value]) -> bool | None:
    if len(a) != len(b):
        return False
    answers = [equals(it, x, y) for x, y in zip(a, b)]
    return False if False in answers else None if None in answers else True


#: Classes of values that are compared as Python compares them.
_PLAIN = frozenset({str, int, float, Double, bool, type(None)})


def contains(it: Interp, container: Value, item: Value) -> bool | None:
    """`item in container`."""
    if isinstance(container, str):
        return item in container if isinstance(item, str) else None
    if isinstance(container, DictV | SetV):
        from .natives.support import MISSING, NO_KEY, held_key, key_of, may_equal_key

        key = key_of(it, item)
        opened = container.rest is not None if isinstance(container, DictV) else container.open
        if key is NO_KEY:
            return None if container.items or opened else False
        if held_key(container.items, key) is not MISSING:
            return True
        if deferred.is_table(it, container):
            if deferred.fetch(it, container, key):
                return contains(it, container, item)
            opened = opened or deferred.may_grow(it, container)
        if opened and isinstance(container, DictV) and container.optional is not None:
            opened = key in container.optional
        return None if opened or may_equal_key(container.items, key) else False
    if isinstance(container, range) and isinstance(item, int):
        return item in container
    if isinstance(container, Instance):
        method = container.cls.lookup("__contains__")
        if method is not None:
            return it.truth(it.call(BoundMethod(method, container), [item]))
    if isinstance(container, Unknown | OneOf | Tensor) or isinstance(item, Tensor | OneOf):
        return None
    found = iteration.iterate(it, container, whole=False)
    if type(item) is str and _PLAIN.issuperset(map(type, found.items)):
        return item in found.items or (None if found.rest is not None else False)
    answers = [item is other or equals(it, item, other) for other in found.items]
    if True in answers:
        return True
    return None if None in answers or found.rest is not None else False
