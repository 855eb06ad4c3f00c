"""What the natives of Python share: iterating, indexing, keys, names of types, and the error texts of CPython."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ... import limits
from ...dims import Expr, Truth, bounds, fresh_unknown, is_unknown, less
from ...values import (
    BoundMethod,
    ClassMethodV,
    ClassV,
    DictV,
    Fields,
    FunctionV,
    Instance,
    IteratorV,
    ListV,
    ModuleV,
    Native,
    OneOf,
    OpenSize,
    OpFunction,
    PartialV,
    Reason,
    Scalar,
    SetV,
    StaticMethodV,
    Tensor,
    Unknown,
    Value,
    join,
)
from ..generators import wake

if TYPE_CHECKING:
    from ..machine import Interp

#: Where an Instance of a user's subclass of list, dict, str, … keeps the value of its native base.
PAYLOAD = "value"


#: Items up to which each of several mixed ones is joined on its own.
MIXED = 64
#: Dicts up to this size are searched for members of enums that equal a key.
MEMBER_KEYS = 256


class _Sentinel:
    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


#: An argument that was not given, where None is a value of its own.
MISSING: Any = _Sentinel("<missing>")
#: `key_of` cannot say which key a value is.
NO_KEY: Any = _Sentinel("<no key>")


def payload(value: Value) -> Value:
    """The value of the native base of an Instance (`class Names(list)`); any other value itself."""
    if isinstance(value, Instance):
        return value.extra.get(PAYLOAD, value)
    return value


def in_library(it: Interp) -> bool:
    """Whether code of a package is running that nobody looks at, installed or kept beside the program: what it asks of
    the machine is answered for a plain one.

    No accelerator, no environment variable: models compute the same shapes everywhere, and a library that is followed
    both ways at each such question costs far more than it tells. The files that are looked at are followed both
    ways, and modules that belong to no package (a `config.py` beside a script)."""
    module = it.frames[-1].module if it.frames else None
    if module is None or module.file in it.user_files:
        return False
    return bool(module.package) or it.world.modules.get(module.name) is module


def undecided(*values: Value) -> bool:
    """Whether a value may be anything, or one of several things."""
    return any(isinstance(v, Unknown | OneOf) for v in values)


def unknown_of(it: Interp, values: Iterable[Value], detail: str = "") -> Unknown:
    """Unknown, for the reason for which one of the values is; data dependent if none is."""
    for value in values:
        if isinstance(value, Unknown):
            return Unknown(value.reason, value.detail, value.span)
    return it.unknown(Reason.DATA_DEPENDENT, detail)


def limit(it: Interp, what: str) -> Unknown:
    """A bound was hit."""
    return it.unknown(Reason.LIMIT, what)


# ---- integers
def is_int(value: Value) -> bool:
    """A known or a symbolic int (True and False count, as in Python)."""
    return isinstance(value, int | Expr)


def is_number(value: Value) -> bool:
    """A Python number: constant, symbolic, or of unknown value."""
    return isinstance(value, int | float | complex | Expr) or (isinstance(value, Scalar) and value.kind != "str")


def is_real(value: Value) -> bool:
    """A plain int or float."""
    return isinstance(value, int | float)


def kind_of(value: Value) -> str | None:
    """The Scalar kind that stands for a number or string: "int", "float", "bool", "complex", "str", "number"."""
    match value:
        case Scalar():
            return value.kind
        case bool():
            return "bool"
        case int() | Expr():
            return "int"
        case float():
            return "float"
        case complex():
            return "complex"
        case str():
            return "str"
        case _:
            return None


def index_of(it: Interp, value: Value) -> int | None:
    """A plain int, or what `__index__` gives as a plain int; None if it is not known (or no int at all)."""
    if isinstance(value, int):
        return int(value)
    value = payload(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Tensor) and value.data is not None and len(value.data) == 1:
        item = value.data[0]
        return item if isinstance(item, int) else None
    return None


def not_negative(value: Value) -> bool:
    """Whether an int is certainly at least 0."""
    if isinstance(value, Expr):
        return less(value, 0) is Truth.NO
    return isinstance(value, int) and value >= 0


def at_most(value: Value) -> int | None:
    """The greatest value of an int, if it has one."""
    return bounds(value)[1] if isinstance(value, Expr) else value if isinstance(value, int) else None


# ---- types
_CONTAINER_KINDS = {"iterator": "list_iterator"}


def type_name(it: Interp, value: Value) -> str:
    """`type(value).__name__`, for messages."""
    match value:
        case None:
            return "NoneType"
        case Expr():
            return "int"
        case ListV() | DictV():
            return value.kind.rsplit(".", 1)[-1]
        case SetV():
            return "frozenset" if value.frozen else "set"
        case Instance():
            return value.cls.name
        case Fields():
            return value.typename
        case tuple():
            return "tuple"
        case Scalar() if value.kind != "number":
            return value.kind
        case Tensor():
            return "Tensor"
        case FunctionV():
            return "function"
        case BoundMethod():
            return "method"
        case ModuleV():
            return "module"
        case ClassV():
            return "type"
        case Native() | OpFunction():
            return "builtin_function_or_method"
        case bool() | int() | float() | str() | bytes() | complex() | range() | slice():
            return type(value).__name__
        case _:
            return it.class_of(value).name


def type_error(it: Interp, message: str) -> Value:
    return it.fail("TypeError", message)


# ---- iteration
def items_of(it: Interp, value: Value, whole: bool = True) -> tuple[list[Value], Value | None]:
    """The known items of an iterable (an iterator is used up), and what further ones are like (None: none)."""
    found = it.iterate(value, whole)
    return list(found.items), found.rest


def known_items(it: Interp, value: Value) -> list[Value] | None:
    """The items of an iterable that is known as a whole."""
    items, rest = items_of(it, value)
    return items if rest is None else None


def advance(it: Interp, iterator: IteratorV) -> Value:
    """The next item; MISSING at the end; NO_KEY where it is not known whether there is one."""
    wake(it, iterator, whole=False)
    position = iterator.state["next"]
    if not isinstance(position, int):  # branches took different numbers of items
        return NO_KEY
    if position < len(iterator.items):
        it.journal.set(iterator.state, "next", position + 1, iterator.born)
        return iterator.items[position]
    return MISSING if iterator.rest is None else NO_KEY


def join_all(values: Iterable[Value], default: Value = None) -> Value:
    """The join of some values."""
    result: Value = MISSING
    for value in values:
        result = value if result is MISSING else join(result, value)
    return default if result is MISSING else result


def as_rest(value: Value) -> Value:
    """A value as the `rest` of a container, where None would say that nothing follows."""
    return Unknown(Reason.DATA_DEPENDENT, "None, some number of times") if value is None else value


def any_item(items: list[Value], rest: Value | None) -> Value | None:
    """What any item of a sequence is like, fit to be a `rest`; None if it is empty."""
    values = items if rest is None else [*items, rest]
    return as_rest(join_all(values)) if values else None


def mixed(values: list[Value], n: int) -> list[Value]:
    """`n` items, each any one of the values: what is not known of one says nothing of another."""
    one = join_all(values)
    if isinstance(one, Expr):
        return [fresh_unknown(None) if is_unknown(one) else one for _ in range(n)]
    if isinstance(one, Tensor | tuple | ListV | DictV) and n <= MIXED:
        return [join_all(values) for _ in range(n)]
    return [one] * n


# ---- keys
def key_of(it: Interp, value: Value) -> Any:
    """The value as a key of a dict or set; NO_KEY if it is not known which key it is.

    Instances are keys by identity unless their class says otherwise."""
    match value:
        case Unknown() | Scalar() | OneOf() | Tensor() | OpenSize():
            return NO_KEY
        case Expr():
            return NO_KEY if is_unknown(value) else value
        case tuple():
            for item in value:
                if key_of(it, item) is NO_KEY:
                    return NO_KEY
            return value
        case Instance():
            if isinstance(payload(value), ListV | DictV | SetV):
                return NO_KEY
            return NO_KEY if _own_equality(value.cls) else value
        case slice() | ListV() | DictV():
            return NO_KEY
        case SetV():
            return value if value.frozen and not value.open else NO_KEY
        case _:
            return value


def _own_equality(cls: ClassV) -> bool:
    for name in ("__hash__", "__eq__"):
        method = cls.lookup(name)
        if isinstance(method, FunctionV) or (isinstance(method, Native) and method.name.startswith("dataclasses.")):
            return True
    return False


def unhashable(it: Interp, value: Value) -> str | None:
    """The name of the type that makes a key unhashable, or None."""
    if isinstance(value, tuple):
        for item in value:
            name = unhashable(it, item)
            if name is not None:
                return name
        return None
    if isinstance(value, ListV | DictV) or (isinstance(value, SetV) and not value.frozen):
        return type_name(it, value)
    return None


def held_key(items: dict[Any, Any], key: Any) -> Any:
    """The key of a dict that equals `key`; MISSING if none is known to. A member of `class Color(str, Enum)` equals
    the string."""
    if key in items:
        return key
    plain = payload(key)
    if plain is not key and plain in items:
        return plain
    if len(items) > MEMBER_KEYS or Instance not in map(type, items):
        return MISSING
    if plain is not key or isinstance(key, str | int | float):
        for other in items:
            if type(other) is Instance and payload(other) == plain:
                return other
    return MISSING


def may_equal_key(items: Iterable[Any], key: Any) -> bool:
    """Whether a key that is not among the keys may still equal one: symbolic ints may."""
    if isinstance(key, Expr):
        return any(isinstance(k, int | Expr) for k in items)
    if isinstance(key, int):
        return any(isinstance(k, Expr) for k in items)
    return False


# ---- results
def bounded_int(it: Interp, value: int) -> Value:
    """A computed int, unless it is too long to be carried."""
    return value if value.bit_length() <= limits.MAX_INT_BITS else limit(it, "a very long integer")


def bounded_text(it: Interp, value: str) -> Value:
    """A computed string, unless it is too long to be carried."""
    return value if len(value) <= limits.MAX_TEXT else Scalar("str")


def from_host(it: Interp, value: Any, shared: dict[int, Value] | None = None) -> Value:
    """A plain Python value (of json, of a constant expression) as an abstract one: containers are converted.

    `shared`: what was converted so far, for values in which one object may stand in several places."""
    if shared is not None and id(value) in shared:
        return shared[id(value)]
    made: Value
    match value:
        case list():
            made = ListV([from_host(it, v, shared) for v in value])
        case dict():
            made = DictV({k: from_host(it, v, shared) for k, v in value.items()})
        case set() | frozenset():
            return SetV(dict.fromkeys(value), frozen=isinstance(value, frozenset))
        case tuple():
            return tuple(from_host(it, v, shared) for v in value)
        case datetime.date() | datetime.time():
            return it.unknown(Reason.UNSUPPORTED, "a date")
        case _:
            return value
    if shared is not None:
        shared[id(value)] = made
    return made


def to_host(value: Value) -> Any:
    """The plain Python value of an abstract one that is known all the way down; NO_KEY if it is not."""
    match value:
        case ListV(rest=None):
            values = [to_host(v) for v in value.items]
            return NO_KEY if any(v is NO_KEY for v in values) else values
        case DictV(rest=None):
            values = [to_host(v) for v in value.items.values()]
            keys = [to_host(k) for k in value.items]
            if any(v is NO_KEY for v in (*values, *keys)):
                return NO_KEY
            return dict(zip(keys, values))
        case SetV(open=False):
            values = [to_host(v) for v in value.items]
            return NO_KEY if any(v is NO_KEY for v in values) else set(values)
        case Fields():
            return NO_KEY
        case tuple():
            values = [to_host(v) for v in value]
            return NO_KEY if any(v is NO_KEY for v in values) else tuple(values)
        case bool() | int() | float() | complex() | str() | bytes() | None | slice() | range():
            return value
        case _:
            return NO_KEY


def unwrap_function(value: Value) -> Value:
    """The function inside staticmethod and classmethod objects."""
    return value.function if isinstance(value, StaticMethodV | ClassMethodV) else value


def is_function(value: Value) -> bool:
    """Whether a value is certainly callable."""
    return isinstance(value, FunctionV | Native | OpFunction | BoundMethod | ClassV | PartialV)
