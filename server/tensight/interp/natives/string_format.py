"""str.format, format(), % and f-strings on abstract values: `format_value` is what an f-string's `{x:spec}` gives."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ... import limits
from ...dims import Expr
from ...values import BoundMethod, DictV, FunctionV, Instance, Scalar, Tensor, Unknown, Value
from .registry import native
from .support import payload
from .text_of import str_of

if TYPE_CHECKING:
    from ..machine import Interp

_ERRORS = (TypeError, ValueError, LookupError, ArithmeticError)
#: A width or precision beyond this would make a long string.
_MAX_DIGITS = 4


def format_value(it: Interp, value: Value, spec: Value = "") -> Value:
    """`format(value, spec)`: a str, or Scalar("str")."""
    spec = payload(spec)
    if not isinstance(spec, str):
        return Scalar("str")
    if isinstance(value, Instance):
        method = value.cls.lookup("__format__")
        if isinstance(method, FunctionV):
            result = it.call(BoundMethod(method, value), [spec])
            return result if isinstance(result, str) else Scalar("str")
        inner = payload(value)
        if inner is not value and spec:
            return format_value(it, inner, spec)
    if (
        isinstance(value, Tensor)
        and value.dims == ()
        and value.data
        and value.device != "numpy"
        and not value.parameter
    ):
        value = value.data[0] if type(value.data[0]) in (bool, int, float) else Scalar("number")
    if not spec:
        return str_of(it, value)
    if not isinstance(value, int | float | complex | str) or isinstance(value, Expr) or _wide(spec):
        return Scalar("str")
    try:
        return format(value, spec)
    except _ERRORS as error:
        return it.fail(type(error).__name__, str(error))


def _wide(spec: str) -> bool:
    digits = 0
    for character in spec:
        digits = digits + 1 if character.isdigit() else 0
        if digits > _MAX_DIGITS:
            return True
    return False


@native("builtins.format")
def format_(it: Interp, value: Value, format_spec: Value = "", /) -> Value:
    return format_value(it, value, format_spec)


class _NotKnown(Exception):
    """A part of the result is not known."""


class _Failed(Exception):
    def __init__(self, exception: str, message: str) -> None:
        super().__init__(message)
        self.exception, self.message = exception, message


class _Formatter:
    """str.format with abstract arguments. Raises _NotKnown or _Failed."""

    def __init__(self, it: Interp, args: Sequence[Value], kwargs: Mapping[str, Value], rest: bool) -> None:
        self.it, self.args, self.kwargs, self.rest = it, args, kwargs, rest
        self.automatic = 0

    def run(self, template: str, depth: int = 2) -> str:
        if depth < 0:
            raise _Failed("ValueError", "Max string recursion exceeded")
        out: list[str] = []
        for literal, field, spec, conversion in string.Formatter().parse(template):
            out.append(literal)
            if field is None:
                continue
            value = self._field(field)
            if conversion:
                value = convert(self.it, value, conversion)
            text = format_value(self.it, value, self.run(spec, depth - 1) if spec else "")
            if not isinstance(text, str):
                raise _NotKnown
            out.append(text)
        return "".join(out)

    def _field(self, field: str) -> Value:
        first, rest = _split(field)
        value: Value
        if first == "":
            first = str(self.automatic)
            self.automatic += 1
        if first.isdigit():
            if int(first) >= len(self.args):
                raise _Failed("IndexError", f"Replacement index {first} out of range for positional args tuple")
            value = self.args[int(first)]
        elif first in self.kwargs:
            value = self.kwargs[first]
        elif self.rest:
            raise _NotKnown
        else:
            raise _Failed("KeyError", repr(first))
        for is_attribute, key in rest:
            value = self.it.getattr(value, str(key)) if is_attribute else self.it.getitem(value, key)
        return value


def _split(field: str) -> tuple[str, list[tuple[bool, int | str]]]:
    """`a.b[c]` as the first name and the steps behind it: (is an attribute, name or index)."""
    head = re.match(r"[^.\[]*", field)
    assert head is not None
    steps: list[tuple[bool, int | str]] = []
    for step in re.finditer(r"\.([^.\[]+)|\[([^\]]+)\]", field[head.end() :]):
        name, index = step.groups()
        steps.append((True, name) if name is not None else (False, int(index) if index.isdigit() else index))
    return head.group(), steps


def convert(it: Interp, value: Value, conversion: str) -> Value:
    """What `!r`, `!s` and `!a` make of a value."""
    text = str_of(it, value, "repr" if conversion in "ra" else "str")
    if conversion == "a" and isinstance(text, str):
        return text.encode("ascii", "backslashreplace").decode()
    return text


def _format(it: Interp, self: Value, args: Sequence[Value], kwargs: Mapping[str, Value], rest: bool) -> Value:
    template = payload(self)
    if not isinstance(template, str):
        return Scalar("str")
    try:
        text = _Formatter(it, args, kwargs, rest).run(template)
    except _NotKnown:
        return Scalar("str")
    except _Failed as error:
        return it.fail(error.exception, error.message)
    except _ERRORS as error:
        return it.fail(type(error).__name__, str(error))
    return text if len(text) <= limits.MAX_TEXT else Scalar("str")


@native("builtins.str.format")
def str_format(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    rest = kwargs.pop("**", None) is not None
    return _format(it, self, args, kwargs, rest)


@native("builtins.str.format_map")
def format_map(it: Interp, self: Value, mapping: Value, /) -> Value:
    mapping = payload(mapping)
    if not isinstance(mapping, DictV):
        return Scalar("str")
    return _format(
        it, self, (), {k: v for k, v in mapping.items.items() if isinstance(k, str)}, mapping.rest is not None
    )


def percent(it: Interp, template: Value, values: Value) -> Value:
    """`template % values`."""
    if not isinstance(template, str | bytes):
        return Scalar("str")
    plain = _plain_arguments(it, values)
    if plain is None or _wide(str(template)) or "*" in str(template):
        return Scalar("str")
    try:
        text: Any = template % plain
    except _ERRORS as error:
        return it.fail(type(error).__name__, str(error))
    return text if len(text) <= limits.MAX_TEXT else Scalar("str")


class _Shown:
    """A value that only `%s` and `%r` can print, with what they print."""

    def __init__(self, text: str, representation: str) -> None:
        self.text, self.representation = text, representation

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.representation


def _plain_arguments(it: Interp, values: Value) -> Any:
    if isinstance(values, DictV) and values.rest is None:
        items = {k: _plain(it, v) for k, v in values.items.items()}
        return None if any(v is None for v in items.values()) else {k: v[0] for k, v in items.items() if v is not None}
    if isinstance(values, tuple):
        parts = [_plain(it, v) for v in values]
        return None if any(p is None for p in parts) else tuple(p[0] for p in parts if p is not None)
    part = _plain(it, values)
    return None if part is None else (part[0],)


def _plain(it: Interp, value: Value) -> tuple[Any] | None:
    value = payload(value)
    if isinstance(value, int | float | str | bytes | complex):
        return (value,)
    if isinstance(value, Expr | Scalar | Unknown):
        return None
    text, representation = str_of(it, value), str_of(it, value, "repr")
    if isinstance(text, str) and isinstance(representation, str):
        return (_Shown(text, representation),)
    return None
