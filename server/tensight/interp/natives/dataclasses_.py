"""dataclasses: the decorator, field(), and the functions about dataclass instances."""

from __future__ import annotations

from dataclasses import dataclass as host_dataclass
from typing import TYPE_CHECKING

from ...values import (
    ClassMethodV,
    ClassV,
    DictV,
    Fields,
    FunctionV,
    Instance,
    ListV,
    Native,
    PropertyV,
    Reason,
    Scalar,
    SetV,
    Unknown,
    Value,
)
from .. import classes
from .copy_ import deep
from .dataclasses_init import field_names, make_init
from .registry import BASES, CONSTANTS, MODULES, NATIVES, native, plain_class
from .support import MISSING, known_items, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("dataclasses")
CONSTANTS["dataclasses.MISSING"] = MISSING
plain_class("dataclasses.Field")
plain_class("dataclasses.KW_ONLY")
plain_class("dataclasses.InitVar")
BASES["dataclasses.FrozenInstanceError"] = ("builtins.AttributeError",)
#: Where a dataclass keeps its fields, in order: name → Field instance. The name is Python's own.
FIELDS = "__dataclass_fields__"


def _parametrised(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`InitVar[int]`: remembers what it is a form of."""
    made = it.new("dataclasses.Field")
    made.extra["form"] = args[0]
    return made


CONSTANTS["dataclasses.InitVar.__class_getitem__"] = ClassMethodV(Native("InitVar[]", _parametrised))


@host_dataclass(frozen=True, slots=True)
class Options:
    init: bool = True
    eq: bool = True
    order: bool = False
    kw_only: bool = False


@native("dataclasses.field")
def field(
    it: Interp, *, default: Value = MISSING, default_factory: Value = MISSING, init: Value = True, repr: Value = True,
    hash: Value = None, compare: Value = True, metadata: Value = None, kw_only: Value = MISSING, doc: Value = None,
) -> Value:  # fmt: skip
    return it.new(
        "dataclasses.Field", default=default, default_factory=default_factory, init=init, repr=repr, compare=compare,
        kw_only=kw_only, metadata=DictV({}) if metadata is None else metadata, name=None, type=None,
    )  # fmt: skip


@native("dataclasses.dataclass")
def dataclass(it: Interp, cls: Value = None, /, **options: Value) -> Value:
    known = {key: it.truth(value) for key, value in options.items() if key in Options.__dataclass_fields__}
    chosen = Options(**{key: value for key, value in known.items() if value is not None})
    if cls is None:
        return Native("dataclasses.dataclass()", lambda it, args, kwargs: process(it, args[0], chosen))
    return process(it, cls, chosen)


# ---- what the decorator does
def _form_of(annotation: Value) -> str:
    """ "ClassVar", "InitVar", "KW_ONLY" or "" of an annotation."""
    if isinstance(annotation, Instance):
        annotation = annotation.extra.get("form", annotation.extra.get("origin", annotation))
    if isinstance(annotation, ClassV):
        return annotation.name if annotation.native and annotation.name in ("ClassVar", "InitVar", "KW_ONLY") else ""
    if isinstance(annotation, str):
        head = annotation.partition("[")[0].strip().rpartition(".")[2]
        return head if head in ("ClassVar", "InitVar", "KW_ONLY") else ""
    return ""


def process(it: Interp, cls: Value, options: Options) -> Value:
    """Make a class a dataclass, in place."""
    if not isinstance(cls, ClassV):
        return cls
    fields: dict[str, Value] = {}
    for base in reversed(cls.mro[1:]):
        inherited = base.namespace.get(FIELDS)
        if isinstance(inherited, DictV):
            fields.update(inherited.items)
    annotations = cls.namespace.get("__annotations__")
    keyword_only = options.kw_only
    unknown_base = any(c.open for c in cls.mro)
    for name, annotation in (annotations.items if isinstance(annotations, DictV) else {}).items():
        form = _form_of(annotation)
        if form == "KW_ONLY":
            keyword_only = True
        elif form == "ClassVar":
            continue
        else:
            fields[name] = _own_field(it, cls, name, annotation, form, keyword_only)
    it.journal.set(cls.namespace, FIELDS, DictV(fields))
    if options.init and not isinstance(cls.namespace.get("__init__"), FunctionV) and not unknown_base:
        _check_order(it, fields)
        it.journal.set(cls.namespace, "__init__", make_init(cls.name, fields))
    if options.eq and "__eq__" not in cls.namespace:
        it.journal.set(cls.namespace, "__eq__", Native("dataclasses.__eq__", _equal))
    if options.order:
        for name, token in (("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")):
            it.journal.set(cls.namespace, name, _ordering(name, token))
    if "__match_args__" not in cls.namespace:
        it.journal.set(cls.namespace, "__match_args__", tuple(field_names(fields, positional=True)))
    return cls


def _own_field(it: Interp, cls: ClassV, name: str, annotation: Value, form: str, keyword_only: bool) -> Instance:
    given = cls.namespace.get(name, MISSING)
    if isinstance(given, Instance) and given.cls.native == "dataclasses.Field":
        made = given
        if made.attrs["default"] is MISSING:
            it.journal.delete(cls.namespace, name)
        else:
            it.journal.set(cls.namespace, name, made.attrs["default"])
    else:
        if isinstance(given, ListV | DictV | SetV) and not (isinstance(given, SetV) and given.frozen):
            kind = given.kind if isinstance(given, ListV | DictV) else "set"
            message = f"mutable default <class {kind!r}> for field {name} is not allowed: use default_factory"
            it.fail("ValueError", message)
        default = MISSING if isinstance(given, PropertyV) else given
        made = it.new(
            "dataclasses.Field", default=default, default_factory=MISSING, init=True, repr=True, compare=True,
            kw_only=MISSING, metadata=DictV({}),
        )  # fmt: skip
    made.attrs.update(name=name, type=annotation)
    if made.attrs["kw_only"] is MISSING:
        made.attrs["kw_only"] = keyword_only
    made.extra["form"] = form
    return made


def _check_order(it: Interp, fields: dict[str, Value]) -> None:
    seen = None
    for name, found in fields.items():
        if not isinstance(found, Instance) or found.attrs["init"] is not True or found.attrs["kw_only"] is True:
            continue
        if found.attrs["default"] is not MISSING or found.attrs["default_factory"] is not MISSING:
            seen = name
        elif seen is not None:
            it.fail("TypeError", f"non-default argument {name!r} follows default argument")
            return


# ---- methods that the decorator writes
def _compared(value: Instance) -> list[str]:
    return [name for name, f in fields_of(value.cls).items() if not _pseudo(f) and f.attrs["compare"] is True]


def _values(it: Interp, value: Instance) -> tuple[Value, ...]:
    return tuple(it.getattr(value, name) for name in _compared(value))


def _equal(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    a, b = args
    if not isinstance(a, Instance) or not isinstance(b, Instance) or a.cls is not b.cls:
        return Scalar("bool") if isinstance(b, Unknown) else NotImplemented
    if a is b:
        return True
    undecided = False
    for left, right in zip(_values(it, a), _values(it, b)):
        answer = it.truth(it.compare("==", left, right))
        if answer is False:
            return False
        undecided = undecided or answer is None
    return Scalar("bool") if undecided else True


def _ordering(name: str, token: str) -> Native:
    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        a, b = args
        if not isinstance(a, Instance) or not isinstance(b, Instance) or a.cls is not b.cls:
            return NotImplemented
        return it.compare(token, _values(it, a), _values(it, b))

    return Native(f"dataclasses.{name}", call)


# ---- functions
def fields_of(cls: ClassV) -> dict[str, Instance]:
    """The fields of a dataclass by name; empty if it is none."""
    found = cls.lookup(FIELDS)
    return {k: v for k, v in found.items.items() if isinstance(v, Instance)} if isinstance(found, DictV) else {}


def _pseudo(found: Instance) -> bool:
    return found.extra.get("form") == "InitVar"


def _is_dataclass(value: Value) -> bool:
    cls = value.cls if isinstance(value, Instance) else value
    return isinstance(cls, ClassV) and isinstance(cls.lookup(FIELDS), DictV)


@native("dataclasses.is_dataclass")
def is_dataclass(it: Interp, obj: Value, /) -> Value:
    if isinstance(obj, Unknown):
        return Scalar("bool")
    if _is_dataclass(obj):
        return True
    cls = obj.cls if isinstance(obj, Instance) else obj
    return Scalar("bool") if isinstance(cls, ClassV) and any(c.open for c in cls.mro) else False


@native("dataclasses.fields")
def fields(it: Interp, obj: Value, /) -> Value:
    cls = obj.cls if isinstance(obj, Instance) else obj
    if not isinstance(cls, ClassV) or not _is_dataclass(cls):
        return unknown_of(it, [obj], "fields") if not isinstance(cls, ClassV) or cls.open else it.fail(
            "TypeError", "must be called with a dataclass type or instance"
        )  # fmt: skip
    return tuple(f for f in fields_of(cls).values() if not _pseudo(f))


@native("dataclasses.asdict")
def asdict(it: Interp, obj: Value, *, dict_factory: Value = None) -> Value:
    if not isinstance(obj, Instance) or not _is_dataclass(obj):
        return unknown_of(it, [obj], "asdict")
    return _to_plain(it, obj, as_tuple=False)


@native("dataclasses.astuple")
def astuple(it: Interp, obj: Value, *, tuple_factory: Value = None) -> Value:
    if not isinstance(obj, Instance) or not _is_dataclass(obj):
        return unknown_of(it, [obj], "astuple")
    return _to_plain(it, obj, as_tuple=True)


def _to_plain(it: Interp, value: Value, *, as_tuple: bool) -> Value:
    match value:
        case Instance() if _is_dataclass(value):
            names = [name for name, f in fields_of(value.cls).items() if not _pseudo(f)]
            values = [_to_plain(it, it.getattr(value, name), as_tuple=as_tuple) for name in names]
            return tuple(values) if as_tuple else DictV(dict(zip(names, values)))
        case Fields():
            parts = tuple(_to_plain(it, v, as_tuple=as_tuple) for v in value)
            return Fields(value.typename, value.names, parts, value.cls)
        case tuple():
            return tuple(_to_plain(it, v, as_tuple=as_tuple) for v in value)
        case ListV():
            rest = None if value.rest is None else _to_plain(it, value.rest, as_tuple=as_tuple)
            return ListV([_to_plain(it, v, as_tuple=as_tuple) for v in value.items], rest)
        case DictV():
            items = {k: _to_plain(it, v, as_tuple=as_tuple) for k, v in value.items.items()}
            rest = None if value.rest is None else _to_plain(it, value.rest, as_tuple=as_tuple)
            return DictV(items, rest, value.kind, value.default_factory)
        case _:
            return deep(it, value, {})


@native("dataclasses.replace")
def replace(it: Interp, obj: Value, /, **changes: Value) -> Value:
    if not isinstance(obj, Instance) or not _is_dataclass(obj) or "**" in changes:
        return unknown_of(it, [obj], "replace")
    arguments = dict(changes)
    for name, found in fields_of(obj.cls).items():
        if found.attrs["init"] is not True:
            if name in changes:
                message = f"field {name} is declared with init=False, it cannot be specified with replace()"
                return it.fail("ValueError", message)
        elif name not in arguments and not _pseudo(found):
            arguments[name] = it.getattr(obj, name)
    return it.instantiate(obj.cls, [], arguments)


@native("dataclasses.make_dataclass")
def make_dataclass(
    it: Interp, cls_name: Value, fields: Value, *, bases: Value = (), namespace: Value = None, **options: Value
) -> Value:
    entries = known_items(it, fields)
    if not isinstance(cls_name, str) or entries is None or not isinstance(bases, tuple):
        return it.unknown(Reason.UNSUPPORTED, "make_dataclass")
    annotations: dict[str, Value] = {}
    content: dict[str, Value] = dict(namespace.items) if isinstance(namespace, DictV) else {}
    for entry in entries:
        parts = [entry] if isinstance(entry, str) else known_items(it, entry) or [None]
        if not isinstance(parts[0], str):
            return it.unknown(Reason.UNSUPPORTED, "make_dataclass")
        annotations[parts[0]] = parts[1] if len(parts) > 1 else None
        if len(parts) > 2:
            content[parts[0]] = parts[2]
    content["__annotations__"] = DictV(annotations)
    parents = tuple(b for b in bases if isinstance(b, ClassV)) or (it.native_class("builtins.object"),)
    made = classes.make_class(it, ClassV(cls_name, parents, content, span=it.here()), {})
    return it.call(NATIVES["dataclasses.dataclass"], [made], options)
