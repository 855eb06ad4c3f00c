"""collections.namedtuple and typing.NamedTuple: classes whose instances are Fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ClassMethodV, ClassV, DictV, Fields, Value
from .. import classes
from .registry import BASES, CLASS_HOOKS, NATIVES, native
from .sequences import to_tuple
from .support import NO_KEY, items_of, known_items, to_host, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp


def construct(it: Interp, cls: ClassV, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`Point(1, y=2)`."""
    names = cls.lookup("_fields")
    defaults = cls.lookup("_field_defaults")
    assert isinstance(names, tuple)
    known = defaults.items if isinstance(defaults, DictV) else {}
    if len(args) > len(names):
        return it.fail(
            "TypeError",
            f"{cls.name}.__new__() takes {len(names) + 1} positional arguments but {len(args) + 1} were given",
        )
    values = dict(zip(names, args))
    for key, value in kwargs.items():
        if key not in names:
            return it.fail("TypeError", f"{cls.name}.__new__() got an unexpected keyword argument {key!r}")
        if key in values:
            return it.fail("TypeError", f"{cls.name}.__new__() got multiple values for argument {key!r}")
        values[key] = value
    for name in names:
        if name not in values:
            if name not in known:
                return it.fail("TypeError", f"{cls.name}.__new__() missing 1 required positional argument: {name!r}")
            values[name] = known[name]
    return Fields(cls.name, names, tuple(values[n] for n in names), cls)


def make(it: Interp, name: str, names: tuple[str, ...], defaults: dict[str, Value], module: str = "") -> ClassV:
    """A new named tuple class."""
    namespace: dict[str, Value] = {
        "_fields": names, "_field_defaults": DictV(dict(defaults)), "__slots__": (),
        "__match_args__": names, **_METHODS,
    }  # fmt: skip
    cls = ClassV(name, (it.native_class("builtins.tuple"),), namespace, module=module, span=it.here())
    return classes.make_class(it, cls, {})


@native("collections.namedtuple")
def namedtuple(
    it: Interp,
    typename: Value,
    field_names: Value,
    *,
    rename: Value = False,
    defaults: Value = None,
    module: Value = None,
) -> Value:
    if isinstance(field_names, str):
        names: list[Value] | None = list(field_names.replace(",", " ").split())
    else:
        names = known_items(it, field_names)
    given = [] if defaults is None else known_items(it, defaults)
    if not isinstance(typename, str) or names is None or given is None or not all(isinstance(n, str) for n in names):
        return unknown_of(it, [typename, field_names, defaults], "namedtuple")
    if rename is True:
        names = [
            n if n.isidentifier() and not n.startswith("_") and names.index(n) == i else f"_{i}"
            for i, n in enumerate(names)
        ]
    if len(given) > len(names):
        return it.fail("TypeError", "Got more default values than field names")
    return make(it, typename, tuple(names), dict(zip(names[len(names) - len(given) :], given)))


# ---- methods
@native("namedtuple._asdict")
def asdict(it: Interp, self: Value) -> Value:
    if isinstance(self, Fields):
        return DictV(dict(zip(self.names, self)))
    return unknown_of(it, [self])


@native("namedtuple._replace")
def replace(it: Interp, self: Value, /, **kwargs: Value) -> Value:
    if not isinstance(self, Fields):
        return unknown_of(it, [self])
    wrong = [key for key in kwargs if key not in self.names]
    if wrong:
        return it.fail("ValueError", f"Got unexpected field names: {wrong!r}")
    return Fields(self.typename, self.names, tuple(kwargs.get(n, v) for n, v in zip(self.names, self)), self.cls)


@native("namedtuple._make")
def make_from(it: Interp, cls: Value, iterable: Value) -> Value:
    items, rest = items_of(it, iterable)
    if rest is not None or not isinstance(cls, ClassV):
        return unknown_of(it, [rest], "_make")
    names = cls.lookup("_fields")
    if isinstance(names, tuple) and len(names) != len(items):
        return it.fail("TypeError", f"Expected {len(names)} arguments, got {len(items)}")
    return construct(it, cls, items, {})


_METHODS: dict[str, Value] = {
    "_asdict": NATIVES["namedtuple._asdict"],
    "_replace": NATIVES["namedtuple._replace"],
    "_make": ClassMethodV(NATIVES["namedtuple._make"]),
}


# ---- typing.NamedTuple
BASES["typing.NamedTuple"] = ("builtins.tuple",)


def _finish(it: Interp, cls: ClassV) -> None:
    """`class Point(NamedTuple): x: int; y: int = 0`: the annotations are the fields."""
    if "_fields" in cls.namespace or isinstance(cls.lookup("_fields"), tuple):
        return
    annotations = cls.namespace.get("__annotations__")
    if not isinstance(annotations, DictV) or annotations.rest is not None:
        return
    names = tuple(annotations.items)
    defaults = {name: cls.namespace.pop(name) for name in names if name in cls.namespace}
    cls.namespace.update({"_fields": names, "_field_defaults": DictV(defaults), "__match_args__": names, **_METHODS})


CLASS_HOOKS["typing.NamedTuple"] = _finish


def functional(it: Interp, typename: Value, fields: Value, kwargs: dict[str, Value]) -> Value:
    """`NamedTuple("Point", [("x", int)])`."""
    pairs = [to_tuple(it, pair) for pair in known_items(it, fields) or ()]
    names = tuple(pair[0] for pair in pairs if isinstance(pair, tuple) and pair) + tuple(kwargs)
    if not isinstance(typename, str) or any(to_host(n) is NO_KEY for n in names):
        return unknown_of(it, [typename, fields], "NamedTuple")
    return make(it, typename, names, {})
