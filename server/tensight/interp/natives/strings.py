"""Methods of str and bytes: Python's own on constants, a string of unknown value where a part is not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ... import limits
from ...values import DictV, Instance, ListV, OneOf, Reason, Scalar, Unknown, Value
from .registry import native
from .support import NO_KEY, from_host, items_of, payload, to_host, type_name, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

#: Method → what it gives when the string is not known: a kind of Scalar, or a container of strings.
_STR = {
    "str": "capitalize casefold center expandtabs ljust lower lstrip removeprefix removesuffix replace rjust rstrip "
           "strip swapcase title translate upper zfill __format__",
    "int": "count find index rfind rindex",
    "bool": "endswith isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace "
            "istitle isupper startswith",
    "list": "split rsplit splitlines",
    "tuple": "partition rpartition",
    "bytes": "encode",
}  # fmt: skip
_BYTES = {
    "bytes": "capitalize center expandtabs ljust lower lstrip removeprefix removesuffix replace rjust rstrip strip "
             "swapcase title translate upper zfill join",
    "int": "count find index rfind rindex",
    "bool": "endswith isalnum isalpha isascii isdigit islower isspace istitle isupper startswith",
    "list": "split rsplit splitlines",
    "tuple": "partition rpartition",
    "str": "decode hex",
}  # fmt: skip
#: Methods whose first argument is the width of the result.
_WIDTHS = frozenset({"center", "ljust", "rjust", "zfill"})
_ERRORS = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


def _unknown_result(kind: str) -> Value:
    match kind:
        case "list":
            return ListV([], Scalar("str"))
        case "tuple":
            return (Scalar("str"), Scalar("str"), Scalar("str"))
        case "bytes":
            return Unknown(Reason.DATA_DEPENDENT, "bytes")
        case _:
            return Scalar(kind)


def _method(owner: str, host: type, name: str, kind: str) -> None:
    function: Callable[..., Any] = getattr(host, name)

    @native(f"{owner}.{name}")
    def method(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
        text = payload(self)
        plain = [to_host(payload(a)) for a in args]
        named = {k: to_host(v) for k, v in kwargs.items()}
        if not isinstance(text, host) or any(v is NO_KEY for v in (*plain, *named.values())):
            if any(isinstance(v, Unknown) for v in (self, *args)) and kind not in ("str", "bool", "int"):
                return unknown_of(it, [self, *args], name)
            return _unknown_result(kind)
        if _too_long(name, text, plain):
            return _unknown_result(kind)
        try:
            return from_host(it, function(text, *plain, **named))
        except _ERRORS as error:
            return it.fail(type(error).__name__, str(error))


def _too_long(name: str, text: Any, plain: list[Any]) -> bool:
    """Whether the text, or what the method may make of it, has more characters than are carried."""
    match name, plain:
        case "replace", [_, str() | bytes() as new, *_]:
            return len(text) * (len(new) + 1) > limits.MAX_TEXT
        case "expandtabs", _:
            return len(text) * (plain[0] if plain and isinstance(plain[0], int) else 8) > limits.MAX_TEXT
        case _, [int() as width, *_] if name in _WIDTHS and width > limits.MAX_TEXT:
            return True
    return len(text) > limits.MAX_TEXT


for _table, _owner, _host in ((_STR, "builtins.str", str), (_BYTES, "builtins.bytes", bytes)):
    for _kind, _names in _table.items():
        for _name in _names.split():
            _method(_owner, _host, _name, _kind)


@native("builtins.str.join")
def join(it: Interp, self: Value, iterable: Value, /) -> Value:
    separator = payload(self)
    items, rest = items_of(it, iterable)
    parts = [payload(item) for item in items]
    for i, part in enumerate(parts):
        if not isinstance(part, str | Scalar | Unknown | OneOf | Instance) or (
            isinstance(part, Scalar) and part.kind != "str"
        ):
            return it.fail("TypeError", f"sequence item {i}: expected str instance, {type_name(it, part)} found")
    if rest is not None or not isinstance(separator, str) or not all(isinstance(p, str) for p in parts):
        return Scalar("str")
    if sum(map(len, parts)) + len(separator) * len(parts) > limits.MAX_TEXT:
        return Scalar("str")
    return separator.join(parts)


@native("builtins.str.maketrans")
def maketrans(it: Interp, *args: Value) -> Value:
    plain = [to_host(a) for a in args]
    if any(p is NO_KEY for p in plain):
        return DictV({}, Scalar("str"))
    if plain and isinstance(plain[0], str) and len(plain) == 4:  # called on a string: that one does not matter
        plain = plain[1:]
    try:
        return from_host(it, str.maketrans(*plain))
    except _ERRORS as error:
        return it.fail(type(error).__name__, str(error))


@native("builtins.bytes.fromhex")
def fromhex(it: Interp, cls: Value, text: Value, /) -> Value:
    if isinstance(text, str):
        try:
            return bytes.fromhex(text)
        except ValueError as error:
            return it.fail("ValueError", str(error))
    return Unknown(Reason.DATA_DEPENDENT, "bytes")
