"""enum: members are made once the class body has run; classes of members answer through their metaclass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import (
    BoundMethod,
    ClassMethodV,
    ClassV,
    DictV,
    FunctionV,
    Instance,
    IteratorV,
    ListV,
    Native,
    PropertyV,
    Reason,
    StaticMethodV,
    Unknown,
    Value,
)
from .. import classes
from .builtins_types import to_int, to_str
from .registry import BASES, CLASS_HOOKS, CONSTRUCTORS, MODULES, native, native_class, plain_class
from .support import MISSING, PAYLOAD, is_int, items_of, key_of, known_items, payload, unknown_of
from .text_of import str_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("enum")
plain_class("enum.EnumMeta", "builtins.type")
plain_class("enum.EnumType", "enum.EnumMeta")
plain_class("enum.auto")
plain_class("enum.ReprEnum", "enum.Enum")
#: In the namespace of a class with members: value → member.
BY_VALUE = "_value2member_map_"
_DESCRIPTORS = (FunctionV, Native, PropertyV, StaticMethodV, ClassMethodV, ClassV)


def members_of(cls: Value) -> dict[str, Value] | None:
    """The members of an enum class by name, aliases included; None if it has none."""
    found = cls.namespace.get("__members__") if isinstance(cls, ClassV) else None
    return found.items if isinstance(found, DictV) else None


def _distinct(cls: Value) -> list[Value]:
    return list(dict.fromkeys((members_of(cls) or {}).values()))


# ---- classes
def finish(it: Interp, cls: ClassV) -> None:
    """The hook of enum.Enum: turn the plain names of a class body into members."""
    cls.metaclass = it.native_class("enum.EnumMeta") if cls.metaclass is None else cls.metaclass
    namespace = cls.namespace
    ignored = {"_ignore_", *(known_items(it, namespace["_ignore_"]) or () if "_ignore_" in namespace else ())}
    names = [
        name
        for name, value in namespace.items()
        if isinstance(name, str)
        and not _reserved(cls, name)
        and not isinstance(value, _DESCRIPTORS)
        and name not in ignored
    ]
    if not names:
        return
    if isinstance(namespace.get("__new__"), FunctionV | StaticMethodV):
        namespace["__new_member__"] = namespace.pop("__new__")
    members: dict[str, Value] = {}
    by_value: dict[object, Value] = {}
    last: list[Value] = []
    for name in names:
        value = _resolve_auto(it, cls, name, namespace[name], last)
        last.append(value)
        key = key_of(it, value)
        member = by_value.get(key) if not isinstance(key, ListV | DictV) else None
        if member is None:
            member = _member(it, cls, name, value)
            by_value[key_of(it, member.attrs["_value_"])] = member
        members[name] = member
        namespace[name] = member
    namespace["__members__"] = DictV(members)
    namespace[BY_VALUE] = DictV(by_value)


def _reserved(cls: ClassV, name: str) -> bool:
    dunder = name.startswith("__") and name.endswith("__")
    sunder = name.startswith("_") and name.endswith("_")
    private = name.startswith(f"_{cls.name}__")
    return dunder or sunder or private


def _resolve_auto(it: Interp, cls: ClassV, name: str, value: Value, last: list[Value]) -> Value:
    """`auto()`, alone or inside a tuple."""
    if isinstance(value, tuple) and any(_is_auto(v) for v in value):
        return tuple(_resolve_auto(it, cls, name, v, last) for v in value)
    if not _is_auto(value):
        return value
    if "operands" in value.extra:
        token, *operands = value.extra["operands"]
        known = [v.extra.get("number", v) if _is_auto(v) else v for v in operands]
        return unknown_of(it, [], "auto") if any(_is_auto(v) for v in known) else it.binary(token, *known)
    value.extra["number"] = number = _next_value(it, cls, name, last)
    return number


def _next_value(it: Interp, cls: ClassV, name: str, last: list[Value]) -> Value:
    own = cls.lookup("_generate_next_value_")
    if isinstance(own, StaticMethodV):
        own = own.function
    if isinstance(own, FunctionV):
        return it.call(own, [name, 1, len(last), ListV(list(last))])
    if cls.derives_from("enum.StrEnum"):
        return name.lower()
    numbers = [v for v in last if is_int(v)]
    if len(numbers) < len(last) and cls.derives_from("enum.Flag"):
        return unknown_of(it, last, "auto")
    if cls.derives_from("enum.Flag"):
        highest = max((v for v in numbers if isinstance(v, int)), default=0)
        return 1 if not numbers else 1 << highest.bit_length()
    if not numbers:
        return 1
    return (
        max(v for v in numbers if isinstance(v, int)) + 1
        if all(isinstance(v, int) for v in numbers)
        else numbers[-1] + 1
    )


def _is_auto(value: Value) -> bool:
    return isinstance(value, Instance) and value.cls.native == "enum.auto"


def _auto_operator(name: str, token: str) -> None:
    """`A | B` in the class body, where A and B are not numbers yet."""

    @native(f"enum.auto.{name}")
    def operate(it: Interp, self: Value, other: Value) -> Value:
        made = it.new("enum.auto")
        made.extra["operands"] = (token, other, self) if name.startswith("__r") else (token, self, other)
        return made


for _name, _token in (("__or__", "|"), ("__and__", "&"), ("__xor__", "^"), ("__ror__", "|"), ("__rand__", "&")):
    _auto_operator(_name, _token)


def _member(it: Interp, cls: ClassV, name: str | None, value: Value) -> Instance:
    args = list(value) if isinstance(value, tuple) else [value]
    maker = cls.lookup("__new_member__")
    maker = maker.function if isinstance(maker, StaticMethodV) else maker
    made: Value = it.call(maker, [cls, *args]) if isinstance(maker, FunctionV) else None
    member: Instance = made if isinstance(made, Instance) else Instance(cls, {}, it.here())
    if "_value_" not in member.attrs:
        member.attrs["_value_"] = value
    for base, convert in (("builtins.int", to_int), ("builtins.str", to_str), ("builtins.float", None)):
        if cls.derives_from(base) and PAYLOAD not in member.extra:
            member.extra[PAYLOAD] = value if convert is None or isinstance(value, tuple) else convert(it, value)
    member.attrs.update(_name_=name, name=name, value=member.attrs["_value_"])
    init = cls.lookup("__init__")
    if isinstance(init, FunctionV):
        it.call(BoundMethod(init, member), args)
        member.attrs["value"] = member.attrs["_value_"]
    return member


# ---- Color(1), Color["RED"], iteration
@native_class("enum.Enum")
def enum(it: Interp, cls: ClassV, value: Value = MISSING, names: Value = MISSING, /, **kwargs: Value) -> Value:
    if members_of(cls) is None:
        if names is not MISSING or "names" in kwargs:
            return _functional(it, cls, value, kwargs.get("names", names))
        return unknown_of(it, [value], cls.name) if cls.open else it.fail("TypeError", f"{cls.name} has no members")
    return by_value(it, cls, value)


def by_value(it: Interp, cls: ClassV, value: Value) -> Value:
    """The member of a value."""
    if isinstance(value, Instance) and value.cls is cls:
        return value
    table = cls.namespace.get(BY_VALUE)
    key = key_of(it, payload(value))
    if not isinstance(table, DictV) or isinstance(value, Unknown) or isinstance(key, Instance):
        return _any_member(it, cls)
    try:
        found = table.items.get(key)
    except TypeError:
        return _any_member(it, cls)
    if found is not None:
        return found
    if not _decided(it, value):
        return _any_member(it, cls)
    if cls.derives_from("enum.Flag") and isinstance(value, int):
        return _flags(it, cls, value)
    missing = cls.lookup("_missing_")
    if isinstance(missing, ClassMethodV):
        made = it.call(missing.function, [cls, value])
        if made is not None:
            return made
    text = str_of(it, value, "repr")
    return it.fail("ValueError", f"{text if isinstance(text, str) else 'value'} is not a valid {cls.name}")


def _decided(it: Interp, value: Value) -> bool:
    return value is None or isinstance(value, int | float | str | bytes | tuple)


def _any_member(it: Interp, cls: ClassV) -> Value:
    """One of the members, nobody knows which: an object of the class whose attributes are open."""
    made = Instance(cls, {}, it.here())
    made.open = True
    return made


def _functional(it: Interp, cls: ClassV, name: Value, names: Value) -> Value:
    """`Enum("Color", "RED GREEN")`."""
    if isinstance(names, str):
        listed: list[Value] | None = list(names.replace(",", " ").split())
    elif isinstance(names, DictV):
        listed = list(names.items.items())
    else:
        listed = known_items(it, names)
    if not isinstance(name, str) or listed is None:
        return it.unknown(Reason.UNSUPPORTED, "Enum(…)")
    namespace: dict[str, Value] = {}
    for position, entry in enumerate(listed, 1):
        pair = known_items(it, entry) if not isinstance(entry, str) else [entry, position]
        if pair is None or len(pair) != 2 or not isinstance(pair[0], str):
            return it.unknown(Reason.UNSUPPORTED, "Enum(…)")
        namespace[pair[0]] = pair[1]
    return classes.make_class(it, ClassV(name, (cls,), namespace, span=it.here()), {})


@native("enum.EnumMeta.__iter__")
def iterate(it: Interp, cls: Value) -> Value:
    return IteratorV(_distinct(cls))


@native("enum.EnumMeta.__reversed__")
def reverse(it: Interp, cls: Value) -> Value:
    return IteratorV(_distinct(cls)[::-1])


@native("enum.EnumMeta.__len__")
def length(it: Interp, cls: Value) -> Value:
    return len(_distinct(cls))


@native("enum.EnumMeta.__getitem__")
def getitem(it: Interp, cls: Value, name: Value) -> Value:
    members = members_of(cls) or {}
    name = payload(name)
    if isinstance(name, str):
        return members[name] if name in members else it.fail("KeyError", repr(name))
    return _any_member(it, cls) if isinstance(cls, ClassV) else unknown_of(it, [cls])


@native("enum.EnumMeta.__contains__")
def contains(it: Interp, cls: Value, value: Value) -> Value:
    return it.compare("in", value, ListV(_distinct(cls)))


# ---- members
@native("enum.Enum.__str__")
def member_str(it: Interp, self: Value) -> Value:
    return str_of(it, self)


@native("enum.Enum._generate_next_value_")
def generate(it: Interp, name: Value, start: Value, count: Value, last: Value) -> Value:
    items, rest = items_of(it, last)
    numbers = [v for v in items if isinstance(v, int)]
    return max(numbers) + 1 if numbers and rest is None else start


for _name, _bases in {
    "IntEnum": ("builtins.int", "enum.Enum"), "StrEnum": ("builtins.str", "enum.Enum"), "Flag": ("enum.Enum",),
    "IntFlag": ("builtins.int", "enum.Flag"),
}.items():  # fmt: skip
    BASES[f"enum.{_name}"] = _bases
    CONSTRUCTORS[f"enum.{_name}"] = CONSTRUCTORS["enum.Enum"]
for _name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum"):
    CLASS_HOOKS[f"enum.{_name}"] = finish


# ---- flags
def _flags(it: Interp, cls: ClassV, value: int) -> Value:
    """The combination of flags of that value, made when it is first asked for."""
    table = cls.namespace[BY_VALUE]
    if value in table.items:
        return table.items[value]
    names = [
        m.attrs["_name_"] for m in _distinct(cls) if isinstance(m.attrs["_value_"], int) and m.attrs["_value_"] & value
    ]
    made = Instance(cls, {}, it.here())
    made.attrs.update(_value_=value, value=value, _name_="|".join(names) or None, name="|".join(names) or None)
    if cls.derives_from("builtins.int"):
        made.extra[PAYLOAD] = value
    it.journal.touch(table)
    table.items[value] = made
    return made


def _number(value: Value) -> int | None:
    if isinstance(value, Instance):
        value = value.attrs.get("_value_")
    return value if isinstance(value, int) else None


def _flag_operator(name: str, compute: str) -> None:
    @native(f"enum.Flag.{name}")
    def operate(it: Interp, self: Value, other: Value) -> Value:
        a, b = _number(self), _number(other)
        if a is None or b is None or not isinstance(self, Instance):
            return unknown_of(it, [self, other], "flags")
        return _flags(it, self.cls, {"|": a | b, "&": a & b, "^": a ^ b}[compute])


for _name, _token in (("__or__", "|"), ("__and__", "&"), ("__xor__", "^"), ("__ror__", "|"), ("__rand__", "&")):
    _flag_operator(_name, _token)


@native("enum.Flag.__invert__")
def invert(it: Interp, self: Value) -> Value:
    value = _number(self)
    if value is None or not isinstance(self, Instance):
        return unknown_of(it, [self], "flags")
    every = 0
    for member in _distinct(self.cls):
        every |= _number(member) or 0
    return _flags(it, self.cls, every & ~value)


@native("enum.Flag.__bool__")
def flag_bool(it: Interp, self: Value) -> Value:
    value = _number(self)
    return unknown_of(it, [self], "flags") if value is None else bool(value)


@native("enum.Flag.__contains__")
def flag_contains(it: Interp, self: Value, other: Value) -> Value:
    a, b = _number(self), _number(other)
    return unknown_of(it, [self, other], "flags") if a is None or b is None else a & b == b


@native("enum.Enum._convert_")
def convert(it: Interp, *args: Value, **kwargs: Value) -> Value:
    """An enumeration of constants of a compiled module, and its members as names of the calling module."""
    for frame in it.frames[-1:]:
        it.journal.set(frame.globals, "*", True)
    return it.unknown(Reason.OPAQUE, "constants of a compiled module")


@native("enum.unique", "enum.global_enum")
def unique(it: Interp, cls: Value) -> Value:
    return cls


@native_class("enum.property")
def property_(it: Interp, cls: ClassV, function: Value) -> Value:
    return PropertyV(function)


@native("enum.member", "enum.nonmember")
def member(it: Interp, value: Value) -> Value:
    return value


__all__ = ["by_value", "finish", "members_of"]
