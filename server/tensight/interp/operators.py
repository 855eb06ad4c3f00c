"""Operators: arithmetic on numbers (symbolic ones too), strings, sequences; tensors by op rules; user dunders."""

from __future__ import annotations

import operator as host
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import limits
from ..dims import Dim, Expr, bounds, data_for, fresh_unknown
from ..ops.argument_types import type_name
from ..values import (
    BoundMethod,
    ClassV,
    DictV,
    Instance,
    ListV,
    OneOf,
    OpenSize,
    RangeV,
    Reason,
    Scalar,
    SetV,
    Size,
    Tensor,
    Unknown,
    Value,
)
from ..values.ratio import arithmetic
from . import calls, classes, forks, iteration

if TYPE_CHECKING:
    from .machine import Interp

#: Python's token → (special method, host function, torch operation).
BINARY: dict[str, tuple[str, Callable[[Any, Any], Any], str]] = {
    "+": ("add", host.add, "torch.add"), "-": ("sub", host.sub, "torch.sub"), "*": ("mul", host.mul, "torch.mul"),
    "/": ("truediv", host.truediv, "torch.true_divide"), "//": ("floordiv", host.floordiv, "torch.floor_divide"),
    "%": ("mod", host.mod, "torch.remainder"), "**": ("pow", host.pow, "torch.pow"),
    "@": ("matmul", host.matmul, "torch.matmul"), "&": ("and", host.and_, "torch.bitwise_and"),
    "|": ("or", host.or_, "torch.bitwise_or"), "^": ("xor", host.xor, "torch.bitwise_xor"),
    "<<": ("lshift", host.lshift, "torch.bitwise_left_shift"),
    ">>": ("rshift", host.rshift, "torch.bitwise_right_shift"),
}  # fmt: skip
UNARY: dict[str, tuple[str, Callable[[Any], Any], str]] = {
    "-": ("neg", host.neg, "torch.neg"), "+": ("pos", host.pos, "torch.positive"),
    "~": ("invert", host.invert, "torch.Tensor.__invert__"),
}  # fmt: skip
_NUMBERS = (int, float, complex)
#: What is no operand of a tensor.
_NO_OPERAND = (tuple, ListV, DictV, SetV)
_HOST_ERRORS = (TypeError, ValueError, ArithmeticError)


def binary(it: Interp, token: str, a: Value, b: Value) -> Value:
    """`a token b`."""
    special, function, torch_name = BINARY[token]
    if isinstance(a, _NUMBERS) and isinstance(b, _NUMBERS):
        return _numbers(it, token, function, a, b)
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        if not isinstance(a, Instance) and not isinstance(b, Instance):
            if a is None or b is None or isinstance(a, _NO_OPERAND) or isinstance(b, _NO_OPERAND):
                refused = _refused(it, token, a, b)
                if refused is not None:
                    return refused
            elif isinstance(a, Tensor) and isinstance(b, Tensor) and "numpy" in (a.device, b.device):
                a, b = _beside(a, b), _beside(b, a)
            if isinstance(a, OneOf | Unknown) or isinstance(b, OneOf | Unknown):
                return _tensor_and_unknown(it, torch_name, a, b)
            return calls.call_op(it, torch_name, [a, b], {})
    if isinstance(a, OneOf):
        return forks.each_tensor(it, a.options, lambda o: binary(it, token, o, b))
    if isinstance(b, OneOf):
        return forks.each_tensor(it, b.options, lambda o: binary(it, token, a, o))
    if isinstance(a, Instance) or isinstance(b, Instance):
        if token == "%" and isinstance(a, str):
            return _containers(it, token, function, a, b)
        return _dunder(it, special, a, b, token)
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        it.may_raise()
        return like_unknown(a, b) if isinstance(a, Unknown) else like_unknown(b, a)
    if isinstance(a, Expr | Scalar) or isinstance(b, Expr | Scalar):
        return _symbolic(it, token, function, a, b)
    return _containers(it, token, function, a, b)


def _beside(a: Tensor, b: Tensor) -> Value:
    """An element of a numpy array is a number to a tensor of PyTorch."""
    if a.device != "numpy" or b.device == "numpy":
        return a
    from .natives.numpy_array import as_number

    return as_number(a)


def like_unknown(a: Unknown, b: Value) -> Unknown:
    """What becomes of an unknown and a number: an input that turns out to be a tensor keeps its shape."""
    number = isinstance(b, Scalar | Expr | int | float | complex) and not (isinstance(b, Scalar) and b.kind == "str")
    return Unknown(a.reason, a.detail, a.span, a.entry if number else None)


def _refused(it: Interp, token: str, a: Value, b: Value) -> Value | None:
    """A tensor and a container, or None: what Python says where the special methods of both have given up."""
    left, right = type_name(a), type_name(b)
    if left is None or right is None or "numpy.ndarray" in (left, right):
        single = any(isinstance(v, Tensor) and v.dims == () for v in (a, b))  # an element repeats, an array multiplies
        repeats = token == "*" and single and any(isinstance(v, tuple | ListV) for v in (a, b))
        return it.unknown(Reason.DATA_DEPENDENT, "a sequence times an array or an element of one") if repeats else None
    message = f"unsupported operand type(s) for {'** or pow()' if token == '**' else token}: {left!r} and {right!r}"
    if isinstance(a, tuple | ListV) and token == "+":
        message = f'can only concatenate {left} (not "{right}") to {left}'
    elif (isinstance(a, tuple | ListV) or isinstance(b, tuple | ListV)) and token == "*":
        tensor = a if isinstance(a, Tensor) else b
        if tensor.is_open or all(size == 1 or not isinstance(size, int) for size in tensor.shape):
            return None
        message = "only integer tensors of a single element can be converted to an index"
    return it.refuse_with("invalid-argument", message, "TypeError", [a, b])


def _tensor_and_unknown(it: Interp, torch_name: str, a: Value, b: Value) -> Value:
    if isinstance(a, OneOf):
        return forks.each_tensor(it, a.options, lambda o: calls.call_op(it, torch_name, [o, b], {}))
    if isinstance(b, OneOf):
        return forks.each_tensor(it, b.options, lambda o: calls.call_op(it, torch_name, [a, o], {}))
    return calls.call_op(it, torch_name, [a, b], {})


def _numbers(it: Interp, token: str, function: Callable[[Any, Any], Any], a: Any, b: Any) -> Value:
    if token in ("**", "<<") and isinstance(a, int) and isinstance(b, int):
        bits = b * max(a.bit_length(), 1) if token == "**" else a.bit_length() + b
        if b > 0 and bits > limits.MAX_INT_BITS:
            return it.unknown(Reason.LIMIT, "a very large number")
    try:
        result = function(a, b)
    except _HOST_ERRORS as error:
        return it.fail(type(error).__name__, str(error))
    if isinstance(result, int) and result.bit_length() > limits.MAX_INT_BITS:
        return it.unknown(Reason.LIMIT, "a very large number")
    return result


def _is_int(value: Value) -> bool:
    return isinstance(value, int | Expr)


def _is_long(number: Value) -> bool:
    """A sum that a loop goes on adding to says nothing to anybody."""
    return isinstance(number, Expr) and len(number.symbols) > limits.MAX_SYMBOLS


def _symbolic(it: Interp, token: str, function: Callable[[Any, Any], Any], a: Value, b: Value) -> Value:
    """One operand is a symbolic int or a number of unknown value."""
    if _is_int(a) and _is_int(b) and token in ("+", "-", "*", "//", "%", "**"):
        if token == "**" and not (isinstance(b, int) and 0 <= b <= 8):
            return _power(a, b)
        try:
            result = function(a, b)
        except ZeroDivisionError as error:
            return it.fail("ZeroDivisionError", str(error))
        return fresh_unknown(None) if _is_long(result) else result
    if token in ("/", "*", "+", "-"):
        ratio = arithmetic(token, a, b)
        if ratio is not None:
            return ratio
    if token == "/" and _is_int(a) and _is_int(b):
        return Scalar("float")
    if isinstance(a, str) and token == "%":
        return Scalar("str")
    if (isinstance(a, Scalar) and a.kind == "str") or (isinstance(b, Scalar) and b.kind == "str"):
        return Scalar("str")
    if (token in ("*",) and isinstance(a, ListV | tuple | str)) or isinstance(b, ListV | tuple | str):
        return _repeat_unknown(a if isinstance(a, ListV | tuple | str) else b)
    kinds = {_kind(a), _kind(b)}
    if None in kinds:
        return it.unknown(Reason.UNSUPPORTED, f"operator {token}")
    if token == "/":
        return Scalar("complex" if "complex" in kinds else "float")
    if kinds <= {"int", "bool"}:
        return Scalar("number" if token == "**" else "int")
    for kind in ("complex", "number", "float"):
        if kind in kinds:
            return Scalar(
                "number" if kind == "number" and "float" not in kinds else kind if kind != "number" else "float"
            )
    return Scalar("number")


def _power(a: Dim, b: Dim) -> Value:
    """A power that is no polynomial: an integer where the exponent is not negative, the same one each time."""
    low, exponent = bounds(a)[0], bounds(b)[0]
    if low is None or exponent is None or low < 1 or exponent < 0:
        return Scalar("int")
    return data_for(("power", a, b), "n", 1)


def _kind(value: Value) -> str | None:
    if isinstance(value, Scalar):
        return value.kind
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | Expr):
        return "int"
    if isinstance(value, float):
        return "float"
    return "complex" if isinstance(value, complex) else None


def _repeat_unknown(value: Value) -> Value:
    if isinstance(value, str):
        return Scalar("str")
    items = value.items if isinstance(value, ListV) else list(value)
    if not items:
        return ListV([])
    rest = items[0]
    from ..values import join

    for item in items[1:]:
        rest = join(rest, item)
    return ListV([], rest)


def _dunder(it: Interp, special: str, a: Value, b: Value, token: str) -> Value:
    """A user's (or a native class's) special method: the left one, then the reflected right one."""
    pairs = [(a, f"__{special}__", b), (b, f"__r{special}__", a)]
    for self, name, other in pairs:
        if isinstance(self, Instance):
            method = self.cls.lookup(name)
            if method is not None:
                result = it.call(BoundMethod(method, self), [other])
                if result is not NotImplemented:
                    return result
    for side in (a, b):
        if isinstance(side, Unknown):
            return Unknown(side.reason, side.detail, side.span)
        if isinstance(side, Instance):
            backing = side.extra.get("value")
            if backing is not None:
                return binary(it, token, backing if side is a else a, backing if side is b else b)
            if any(c.open for c in side.cls.mro) or side.cls.native:
                return it.unknown(Reason.OPAQUE, f"{side.cls.name} {token}")
    return it.fail("TypeError", f"unsupported operand type(s) for {token}")


def _containers(it: Interp, token: str, function: Callable[[Any, Any], Any], a: Value, b: Value) -> Value:
    """Sequences, sets, dicts, strings of Python."""
    if token == "+":
        if isinstance(a, tuple) and isinstance(b, ListV) and b.rest is not None:
            a = ListV(list(a))  # what is not counted may be a tuple
        elif isinstance(b, tuple) and isinstance(a, ListV) and a.rest is not None:
            b = ListV(list(b))
        if isinstance(a, ListV) and isinstance(b, ListV):
            if len(a.items) + len(b.items) > limits.MAX_ITEMS:
                return _too_long(it)
            if a.rest is None:
                return ListV([*a.items, *b.items], b.rest, a.kind)
            from ..values import join

            rest = a.rest
            for item in (*b.items, *(() if b.rest is None else (b.rest,))):
                rest = join(rest, item)
            return ListV(list(a.items), rest, a.kind)
        if isinstance(a, tuple) and isinstance(b, tuple):
            if len(a) + len(b) > limits.MAX_ITEMS:
                return _too_long(it)
            joined = (*tuple(a), *tuple(b))
            return Size(joined) if isinstance(a, Size) and isinstance(b, Size) else joined
        if isinstance(a, OpenSize) or isinstance(b, OpenSize):
            return it.unknown(Reason.PARAMETER, "a shape of unknown rank")
    if token == "*":
        sequence, n = (a, b) if isinstance(a, ListV | tuple | str | bytes) else (b, a)
        if isinstance(n, int) and isinstance(sequence, ListV | tuple | str | bytes):
            return _repeat(it, sequence, n)
    if token in ("|", "&", "-", "^") and isinstance(a, SetV) and isinstance(b, SetV):
        return _too_long(it) if len(a.items) + len(b.items) > limits.MAX_ITEMS else _sets(token, a, b)
    if token == "|" and isinstance(a, DictV) and isinstance(b, DictV):
        return DictV({**a.items, **b.items}, a.rest if a.rest is not None else b.rest, a.kind)
    if token == "%" and isinstance(a, str | bytes):
        from .natives.string_format import percent

        return percent(it, a, b)
    if isinstance(a, str | bytes) and isinstance(b, str | bytes):
        if len(a) + len(b) > limits.MAX_TEXT:
            return Scalar("str") if isinstance(a, str) else _too_long(it)
        try:
            return function(a, b)
        except _HOST_ERRORS as error:
            return it.fail(type(error).__name__, str(error))
    if token == "|" and (isinstance(a, ClassV) or isinstance(b, ClassV)):
        return it.unknown(Reason.OPAQUE, "a type")
    if isinstance(a, RangeV) or isinstance(b, RangeV):
        return it.unknown(Reason.DATA_DEPENDENT, "range")
    if token == "*" and isinstance(a, float | ListV | tuple) and isinstance(b, float | ListV | tuple):
        if isinstance(a, float) is not isinstance(b, float):
            message = "can't multiply sequence by non-int of type 'float'"
            return it.refuse_with("invalid-argument", message, "TypeError", [])
    names = f"{classes.type_name(it, a)!r} and {classes.type_name(it, b)!r}"
    return it.fail("TypeError", f"unsupported operand type(s) for {token}: {names}")


def _too_long(it: Interp) -> Unknown:
    return it.unknown(Reason.LIMIT, "a very long sequence")


def _repeat(it: Interp, sequence: Value, n: int) -> Value:
    size = len(sequence.items) if isinstance(sequence, ListV) else len(sequence)
    if size * max(n, 0) > limits.MAX_ITEMS:
        return Scalar("str") if isinstance(sequence, str) else _too_long(it)
    if isinstance(sequence, ListV):
        return ListV(sequence.items * n, sequence.rest, sequence.kind)
    return (tuple(sequence) if isinstance(sequence, tuple) else sequence) * n


def _sets(token: str, a: SetV, b: SetV) -> SetV:
    match token:
        case "|":
            items = {**a.items, **b.items}
        case "&":
            items = {k: None for k in a.items if k in b.items}
        case "-":
            items = {k: None for k in a.items if k not in b.items}
        case _:
            items = {**{k: None for k in a.items if k not in b.items}, **{k: None for k in b.items if k not in a.items}}
    return SetV(items, a.open or b.open, a.frozen)


def inplace(it: Interp, token: str, a: Value, b: Value) -> Value:
    """`a token= b`: lists, sets and dicts are changed in place; the rest is `a token b`."""
    if isinstance(a, ListV) and token == "+":
        found = iteration.iterate(it, b)
        it.journal.touch(a)
        if len(a.items) + len(found.items) > limits.MAX_ITEMS:
            a.rest = _too_long(it)
        elif a.rest is None:
            a.items.extend(found.items)
            a.rest = found.rest
        return a
    if isinstance(a, SetV) and isinstance(b, SetV) and token in ("|", "&", "-", "^"):
        result = _sets(token, a, b)
        it.journal.touch(a)
        a.items.clear()
        a.items.update(result.items)
        a.open = result.open
        return a
    if isinstance(a, DictV) and isinstance(b, DictV) and token == "|":
        it.journal.touch(a)
        a.items.update(b.items)
        return a
    if isinstance(a, Instance):
        method = a.cls.lookup(f"__i{BINARY[token][0]}__")
        if method is not None:
            return it.call(BoundMethod(method, a), [b])
    if isinstance(a, Tensor) and a.device != "numpy":
        name = _INPLACE.get(token)
        if name is not None:
            return calls.call_op(it, f"torch.Tensor.{name}", [a, b], {})
    return binary(it, token, a, b)


_INPLACE = {"+": "add_", "-": "sub_", "*": "mul_", "/": "div_"}


def unary(it: Interp, token: str, a: Value) -> Value:
    """`-a`, `+a`, `~a`."""
    special, function, torch_name = UNARY[token]
    if isinstance(a, Tensor):
        return calls.call_op(it, torch_name, [a], {})
    if isinstance(a, _NUMBERS) or (isinstance(a, Expr) and token != "~"):
        try:
            return function(a)
        except TypeError as error:
            return it.fail("TypeError", str(error))
    if isinstance(a, Scalar):
        return Scalar("int" if a.kind == "bool" else a.kind)
    if isinstance(a, OneOf):
        return forks.each(it, a.options, lambda o: unary(it, token, o))
    if isinstance(a, Instance):
        method = a.cls.lookup(f"__{special}__")
        if method is not None:
            return it.call(BoundMethod(method, a))
    if isinstance(a, Unknown):
        return a
    return it.unknown(Reason.UNSUPPORTED, f"unary {token}")


__all__ = ["binary", "inplace", "unary"]
