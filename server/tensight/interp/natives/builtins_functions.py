"""Builtin functions about objects: attributes, types, calling, printing, files, namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dims import Expr
from ...values import (
    BoundMethod,
    ClassV,
    DictV,
    FunctionV,
    Instance,
    ListV,
    ModuleV,
    OneOf,
    Reason,
    Scalar,
    Tensor,
    Unknown,
    Value,
)
from .. import attribute_writes, attributes, classes, imports
from ..tensor_names import is_known
from .registry import NATIVES, native, pure
from .support import MISSING, is_function, payload, unknown_of
from .text_of import str_of

if TYPE_CHECKING:
    from ..machine import Interp


# ---- attributes
@native("builtins.getattr")
def getattr_(it: Interp, obj: Value, name: Value, default: Value = MISSING, /) -> Value:
    name = payload(name)
    if not isinstance(name, str):
        return unknown_of(it, [name], "an attribute whose name is not known")
    if default is MISSING:
        return it.getattr(obj, name)
    if isinstance(obj, OneOf):
        arms = [lambda o=o: getattr_(it, o, name, default) for o in obj.options]
        return it.either(*arms)
    if isinstance(obj, Unknown):
        return it.getattr(obj, name)
    return _find_or(it, obj, name, default)


def _find_or(it: Interp, obj: Value, name: str, otherwise: Value) -> Value:
    """The attribute, or `otherwise`; so if a `__getattr__` or a property of the program raises an AttributeError."""
    from ..compile_try import tried

    def found() -> Value:
        value = attributes.find(it, obj, name)
        if isinstance(obj, Tensor) and type(value) is BoundMethod and not is_known(obj, name):
            own = it.tensor_attrs.get(id(obj), (obj, {}))[1]
            patched = name in own or name in it.native_class("torch.Tensor").namespace
            value = value if patched else attributes.ABSENT
        return otherwise if value is attributes.ABSENT else value

    return tried(it, it.native_class("builtins.AttributeError"), found, lambda: otherwise)


@native("builtins.hasattr")
def hasattr_(it: Interp, obj: Value, name: Value, /) -> Value:
    name = payload(name)
    if not isinstance(name, str) or isinstance(obj, Unknown):
        return Scalar("bool")
    if isinstance(obj, OneOf):
        answers = [hasattr_(it, option, name) for option in obj.options]
        return answers[0] if all(a is answers[0] for a in answers) else Scalar("bool")
    found = _find_or(it, obj, name, attributes.ABSENT)
    if found is attributes.ABSENT:
        return False
    if isinstance(found, OneOf) and attributes.ABSENT in found.options:
        return Scalar("bool")
    if isinstance(found, Unknown) and not _certainly_there(obj, name):
        return Scalar("bool")
    return True


def _certainly_there(obj: Value, name: str) -> bool:
    if isinstance(obj, Instance):
        return name in obj.attrs or any(name in c.namespace for c in obj.cls.mro)
    if isinstance(obj, ClassV):
        return any(name in c.namespace for c in obj.mro)
    return isinstance(obj, ModuleV) and name in obj.namespace


@native("builtins.setattr")
def setattr_(it: Interp, obj: Value, name: Value, value: Value, /) -> Value:
    name = payload(name)
    if isinstance(name, str):
        it.setattr(obj, name, value)
    elif isinstance(obj, Instance):
        obj.open = True
        for key in list(obj.attrs):
            it.journal.write(obj, key, it.unknown(Reason.DATA_DEPENDENT, "setattr with an unknown name"))
    return None


@native("builtins.delattr")
def delattr_(it: Interp, obj: Value, name: Value, /) -> Value:
    if isinstance(name, str):
        attribute_writes.delete(it, obj, name)
    elif isinstance(obj, Instance):
        obj.open = True
    return None


@native("builtins.vars")
def vars_(it: Interp, obj: Value = MISSING, /) -> Value:
    """The namespace itself: what is written to it is written to the object."""
    if obj is MISSING:
        return locals_(it)
    if isinstance(obj, Instance):
        return DictV(obj.attrs, Unknown(Reason.OPAQUE, obj.cls.name) if obj.open else None)
    if isinstance(obj, ModuleV):
        return DictV(obj.namespace)
    if isinstance(obj, ClassV):
        return DictV(dict(obj.namespace))
    if isinstance(obj, FunctionV):
        return DictV(obj.attrs)
    return unknown_of(it, [obj], "vars")


@native("builtins.dir")
def dir_(it: Interp, obj: Value = MISSING, /) -> Value:
    names: set[str] = set()
    match obj:
        case Instance() if not obj.open:
            names.update(k for k in obj.attrs if isinstance(k, str))
            mro: tuple[ClassV, ...] = obj.cls.mro
        case ClassV():
            mro = obj.mro
        case ModuleV() if not obj.native:
            return ListV(sorted(obj.namespace))
        case ModuleV():  # what the tables know of is there; there is more
            return ListV(sorted(imports.star_names(it, obj.name, None, False)), Scalar("str"))
        case _:
            return ListV([], Scalar("str"))
    if any(c.open or c.native for c in mro if c.native != "builtins.object"):
        return ListV([], Scalar("str"))
    for cls in mro:
        names.update(cls.namespace)
    return ListV(sorted(names), Scalar("str"))  # and what `object` has


@native("builtins.locals")
def locals_(it: Interp) -> Value:
    return DictV(dict(it.frames[-1].locals)) if it.frames else DictV({})


@native("builtins.globals")
def globals_(it: Interp) -> Value:
    if not it.frames:
        return DictV({})
    it.frames[-1].globals["*"] = True  # names may be bound that no statement binds
    return DictV(it.frames[-1].globals)


# ---- types
@native("builtins.isinstance")
def isinstance_(it: Interp, obj: Value, cls: Value, /) -> Value:
    answer = it.is_instance(obj, cls)
    return Scalar("bool") if answer is None else answer


@native("builtins.issubclass")
def issubclass_(it: Interp, cls: Value, other: Value, /) -> Value:
    answer = classes.is_subclass(it, cls, other)
    return Scalar("bool") if answer is None else answer


@native("builtins.callable")
def callable_(it: Interp, obj: Value, /) -> Value:
    if is_function(obj):
        return True
    if isinstance(obj, Instance):
        if obj.cls.lookup("__call__") is not None:
            return True
        return Scalar("bool") if obj.open or any(c.open for c in obj.cls.mro) else False
    if isinstance(obj, OneOf):
        answers = [callable_(it, option) for option in obj.options]
        return answers[0] if all(a is answers[0] for a in answers) else Scalar("bool")
    if obj is None or isinstance(
        obj, int | float | str | bytes | tuple | range | ListV | DictV | Tensor | Expr | Scalar
    ):
        return False
    return Scalar("bool")


@native("builtins.id")
def id_(it: Interp, obj: Value, /) -> Value:
    """The identity of an object that is written to is as good as any number; of others nothing is known."""
    return id(obj) if isinstance(obj, Instance | ListV | DictV | ClassV | FunctionV | ModuleV) else Scalar("int")


@native("builtins.hash")
def hash_(it: Interp, obj: Value, /) -> Value:
    if isinstance(obj, ListV | DictV):
        return it.fail("TypeError", f"unhashable type: {obj.kind!r}")
    if isinstance(obj, int):
        return hash(obj)
    if isinstance(obj, Instance):
        method = obj.cls.lookup("__hash__")
        if isinstance(method, FunctionV):
            return it.call(method, [obj])
    return Scalar("int")


# ---- text
@native("builtins.repr")
def repr_(it: Interp, obj: Value, /) -> Value:
    return str_of(it, obj, "repr")


@native("builtins.ascii")
def ascii_(it: Interp, obj: Value, /) -> Value:
    text = str_of(it, obj, "repr")
    return text.encode("ascii", "backslashreplace").decode() if isinstance(text, str) else text


@native("builtins.print")
def print_(
    it: Interp, *values: Value, sep: Value = " ", end: Value = "\n", file: Value = None, flush: Value = False
) -> Value:
    return None


@native("builtins.input")
def input_(it: Interp, prompt: Value = "", /) -> Value:
    return Scalar("str")


@native("builtins.breakpoint")
def breakpoint_(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return None


@native("builtins.exit", "builtins.quit")
def exit_(it: Interp, code: Value = None) -> Value:
    from .sys_ import raise_exit

    return raise_exit(it, code)


@native("builtins.help")
def help_(it: Interp, obj: Value = None) -> Value:
    return None


pure("builtins.chr", chr, "str")
pure("builtins.ord", ord, "int")
pure("builtins.hex", hex, "str")
pure("builtins.oct", oct, "str")
pure("builtins.bin", bin, "str")


# ---- code that is not followed
def _not_followed(name: str) -> None:
    @native(f"builtins.{name}")
    def builtin(it: Interp, *args: Value, **kwargs: Value) -> Value:
        return it.unknown(Reason.UNSUPPORTED, name)


for _name in ("__import__", "aiter", "anext", "compile", "breakpoint", "help", "memoryview"):
    if f"builtins.{_name}" not in NATIVES:
        _not_followed(_name)
