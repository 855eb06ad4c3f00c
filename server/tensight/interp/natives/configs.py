"""Dictionaries with attributes: OmegaConf, EasyDict, Munch, ml_collections. What is nested is converted as they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...libs.yaml_text import Unclear, load_yaml
from ...values import ClassV, DictV, Instance, ListV, Reason, Unknown, Value
from .copy_ import deep
from .files import content_of, read
from .registry import ALIASES, BASES, CONSTANTS, MODULES, native, native_class, plain_class
from .support import PAYLOAD, from_host, payload, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

BASE = "tensight.AttributeDict"
plain_class(BASE, "builtins.dict")
MODULES.update(("omegaconf", "easydict", "munch", "ml_collections", "ml_collections.config_dict"))


@native(f"{BASE}.__getattr__")
def get_attribute(it: Interp, self: Value, name: Value) -> Value:
    table = payload(self)
    if isinstance(table, DictV) and isinstance(name, str):
        if name in table.items:
            return table.items[name]
        if table.rest is None:
            return it.fail("AttributeError", f"Missing key {name}")
    return it.unknown(Reason.DATA_DEPENDENT, "a configuration")


@native(f"{BASE}.__setattr__")
def set_attribute(it: Interp, self: Value, name: Value, value: Value) -> Value:
    it.setitem(payload(self), name, value)
    return None


def made_of(it: Interp, cls: ClassV, value: Value, leaf: Callable[[Value], Value] = lambda value: value) -> Value:
    """A value with every dict in it turned into an instance of the class."""
    match payload(value):
        case DictV() as table:
            made = Instance(cls, {}, it.here())
            made.extra[PAYLOAD] = DictV({k: made_of(it, cls, v, leaf) for k, v in table.items.items()}, table.rest)
            return made
        case ListV() as items:
            return ListV([made_of(it, cls, v, leaf) for v in items.items], items.rest)
        case tuple() as items:
            return tuple(made_of(it, cls, v, leaf) for v in items)
        case _:
            return leaf(value)


def plain(value: Value) -> Value:
    """The other way round: dicts of Python."""
    match payload(value):
        case DictV() as table:
            return DictV({k: plain(v) for k, v in table.items.items()}, table.rest)
        case ListV() as items:
            return ListV([plain(v) for v in items.items], items.rest)
        case _:
            return value


def _nested(*names: str) -> None:
    @native_class(names[0], BASE)
    def construct(it: Interp, cls: ClassV, initial: Value = None, /, **more: Value) -> Value:
        table = payload(initial)
        if initial is not None and not isinstance(table, DictV):
            return unknown_of(it, [initial], "a configuration")
        merged = DictV({**(table.items if isinstance(table, DictV) else {}), **more})
        merged.rest = table.rest if isinstance(table, DictV) else None
        return made_of(it, cls, merged)

    for other in names[1:]:
        ALIASES[other] = names[0]


_nested("easydict.EasyDict")
_nested("ml_collections.ConfigDict", "ml_collections.config_dict.ConfigDict")
for _name in ("lock", "unlock"):
    native(f"ml_collections.ConfigDict.{_name}")(lambda it, self: None)
native("ml_collections.ConfigDict.to_dict")(lambda it, self: plain(self))

# ---- munch: what is nested stays as it is, unless it is asked for
MUNCH = "munch.Munch"


@native_class(MUNCH, BASE)
def munch(it: Interp, cls: ClassV, initial: Value = None, /, **more: Value) -> Value:
    table = payload(initial)
    if initial is not None and not isinstance(table, DictV):
        return unknown_of(it, [initial], "a configuration")
    made = Instance(cls, {}, it.here())
    held = table if isinstance(table, DictV) else DictV({})
    made.extra[PAYLOAD] = DictV({**held.items, **more}, held.rest)
    return made


@native(f"{MUNCH}.fromDict", "munch.munchify")
def munchify(it: Interp, d: Value, *args: Value) -> Value:
    return made_of(it, it.native_class(MUNCH), d)


@native(f"{MUNCH}.toDict", "munch.unmunchify")
def unmunchify(it: Interp, x: Value, *args: Value) -> Value:
    return plain(x)


# ---- OmegaConf
CONFIG, OMEGA = "omegaconf.DictConfig", "omegaconf.OmegaConf"
plain_class(CONFIG, BASE)
plain_class("omegaconf.ListConfig", "builtins.list")
plain_class(OMEGA)
BASES["omegaconf.errors.ConfigAttributeError"] = ("builtins.AttributeError",)
CONSTANTS["omegaconf.MISSING"] = "???"


def _leaf(value: Value) -> Value:
    """References to other entries, and values that are still to be given, are not followed."""
    if isinstance(value, str) and ("${" in value or value == "???"):
        return Unknown(Reason.UNSUPPORTED, value)
    return value


def config_of(it: Interp, text: str) -> Value:
    """A configuration in YAML."""
    try:
        value = from_host(it, load_yaml(text, omegaconf=True), {})
    except Unclear as error:
        return it.unknown(Reason.UNSUPPORTED, f"YAML that cannot be read: {error}")
    return made_of(it, it.native_class(CONFIG), DictV({}) if value is None else value, _leaf)


@native(f"{OMEGA}.load")
def load(it: Interp, file: Value) -> Value:
    text = (
        content_of(it, file) if isinstance(file, Instance) and file.cls.native == "io.TextIOWrapper" else read(it, file)
    )
    if text is None:
        return unknown_of(it, [file], "a file")
    return config_of(it, text)


@native(f"{OMEGA}.create")
def create(it: Interp, obj: Value = None, *args: Value, **options: Value) -> Value:
    if isinstance(obj, str):
        return config_of(it, obj)
    table = payload(obj)
    if obj is not None and not isinstance(table, DictV | ListV):
        return unknown_of(it, [obj], "a configuration")
    return made_of(it, it.native_class(CONFIG), DictV({}) if obj is None else obj, _leaf)


@native(f"{OMEGA}.merge", f"{OMEGA}.unsafe_merge")
def merge(it: Interp, *configs: Value) -> Value:
    tables = [payload(config) for config in configs]
    if not all(isinstance(table, DictV) for table in tables):
        return unknown_of(it, configs, "a configuration")
    made = DictV({})
    for table in tables:
        _merge(made, plain(table))
    return made_of(it, it.native_class(CONFIG), made, _leaf)


def _merge(into: DictV, table: Value) -> None:
    for key, value in table.items.items():
        held = into.items.get(key)
        if isinstance(held, DictV) and isinstance(value, DictV):
            _merge(held, value)
        else:
            into.items[key] = value
    into.rest = into.rest if table.rest is None else table.rest


@native(f"{OMEGA}.to_container", f"{OMEGA}.to_object")
def to_container(it: Interp, cfg: Value, **options: Value) -> Value:
    return plain(deep(it, cfg, {}))


@native(f"{OMEGA}.from_cli")
def from_cli(it: Interp, args_list: Value = None) -> Value:
    """As if the program were started without arguments."""
    return create(it) if args_list is None else unknown_of(it, [args_list], "arguments")


@native(
    f"{OMEGA}.set_struct", f"{OMEGA}.set_readonly", f"{OMEGA}.save", f"{OMEGA}.register_new_resolver",
    f"{OMEGA}.register_resolver", f"{OMEGA}.resolve",
)  # fmt: skip
def nothing(it: Interp, *args: Value, **options: Value) -> Value:
    return None


@native(f"{OMEGA}.to_yaml")
def to_yaml(it: Interp, cfg: Value, **options: Value) -> Value:
    return it.unknown(Reason.UNSUPPORTED, "YAML")
