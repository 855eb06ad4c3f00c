"""typing and typing_extensions: what annotations are made of, transparent at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ClassMethodV, ClassV, DictV, Instance, Native, Value
from .. import classes, imports
from .registry import ALIASES, BASES, CONSTANTS, MODULES, NATIVES, native, native_class, plain_class
from .support import unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update(("typing", "typing_extensions"))
CONSTANTS["typing.TYPE_CHECKING"] = False

# ---- other names of classes that are elsewhere
_BUILTIN = {"List": "list", "Dict": "dict", "Set": "set", "FrozenSet": "frozenset", "Tuple": "tuple", "Type": "type",
            "Text": "str"}  # fmt: skip
_COLLECTIONS = ("OrderedDict", "Counter", "ChainMap")
_ABSTRACT = """Awaitable Coroutine AsyncIterable AsyncIterator AsyncGenerator Callable Collection Container Generator
    Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping MutableSequence MutableSet
    Reversible Sequence Sized ValuesView ByteString"""
for _name, _target in _BUILTIN.items():
    ALIASES[f"typing.{_name}"] = f"builtins.{_target}"
for _name in _COLLECTIONS:
    ALIASES[f"typing.{_name}"] = f"collections.{_name}"
for _name in _ABSTRACT.split():
    ALIASES[f"typing.{_name}"] = f"collections.abc.{_name}"
ALIASES.update({
    "typing.AbstractSet": "collections.abc.Set", "typing.Deque": "collections.deque",
    "typing.DefaultDict": "collections.defaultdict", "typing.ContextManager": "contextlib.AbstractContextManager",
    "typing.AsyncContextManager": "contextlib.AbstractAsyncContextManager", "typing.Pattern": "re.Pattern",
    "typing.Match": "re.Match",
})  # fmt: skip

# ---- forms
_FORMS = """Any AnyStr ClassVar Concatenate Final Literal LiteralString Never NoReturn NotRequired Optional
    ParamSpecArgs ParamSpecKwargs ReadOnly Required Self TypeAlias TypeGuard TypeIs Union Unpack"""
_PLAIN = """Generic Protocol SupportsAbs SupportsBytes SupportsComplex SupportsFloat SupportsIndex SupportsInt
    SupportsRound IO TextIO BinaryIO ForwardRef GenericAlias TypeAliasType"""
for _name in (*_FORMS.split(), *_PLAIN.split()):
    plain_class(f"typing.{_name}")
plain_class("typing.Alias")


def _form(name: str) -> None:
    """`Optional[int]`: an object that remembers the form and its arguments; isinstance asks the arguments."""

    def subscript(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        cls, index = args
        parts = index if isinstance(index, tuple) else (index,)
        made = it.new("typing.Alias")
        made.extra["form"] = cls
        if name == "Union":
            made.extra["args"] = parts
        elif name == "Optional":
            made.extra["args"] = (*parts, it.native_class("builtins.NoneType"))
        return made

    CONSTANTS[f"typing.{name}.__class_getitem__"] = ClassMethodV(Native(f"typing.{name}[]", subscript))


for _name in _FORMS.split():
    _form(_name)
CONSTANTS["typing.Alias.__args__"] = ()


def _annotated(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    index = args[1]
    return index[0] if isinstance(index, tuple) and index else index


plain_class("typing.Annotated")
CONSTANTS["typing.Annotated.__class_getitem__"] = ClassMethodV(Native("typing.Annotated[]", _annotated))

for _name in ("TypeVar", "ParamSpec", "TypeVarTuple"):
    plain_class(f"typing.{_name}")


@native("typing.TypeVar.__init__", "typing.ParamSpec.__init__", "typing.TypeVarTuple.__init__")
def type_var(it: Interp, self: Value, name: Value, /, *constraints: Value, **options: Value) -> Value:
    if isinstance(self, Instance):
        it.journal.write(self, "__name__", name)
    return None


# ---- functions
@native("typing.cast", "typing.assert_type")
def cast(it: Interp, typ: Value, value: Value, /) -> Value:
    return value


@native(
    *(
        f"typing.{name}"
        for name in ("overload", "final", "no_type_check", "runtime_checkable", "override", "reveal_type")
    )
)
def identity(it: Interp, value: Value, /) -> Value:
    return value


@native("typing.dataclass_transform")
def dataclass_transform(it: Interp, **options: Value) -> Value:
    return NATIVES["typing.overload"]


@native("typing.deprecated")
def deprecated(it: Interp, message: Value, /, **options: Value) -> Value:
    return NATIVES["typing.overload"]


@native("typing.get_type_hints")
def hints_of_class(it: Interp, obj: Value, *args: Value, **options: Value) -> Value:
    """The annotations of a class; with what it inherits for get_type_hints. Names in quotes are looked up."""
    return unknown_of(it, [obj], "type hints") if not isinstance(obj, ClassV) else _hints(it, obj, list(obj.mro))


@native("inspect.get_annotations")
def own_annotations(it: Interp, obj: Value, **options: Value) -> Value:
    return unknown_of(it, [obj], "annotations") if not isinstance(obj, ClassV) else _hints(it, obj, [obj])


def _hints(it: Interp, cls: ClassV, classes: list[ClassV]) -> Value:
    found: dict[Value, Value] = {}
    for base in reversed(classes):
        listed = base.namespace.get("__annotations__")
        for name, value in (listed.items if isinstance(listed, DictV) else {}).items():
            if isinstance(value, str):
                module = it.world.modules.get(base.module) or it.modules.get(base.module)
                known = value.isidentifier() and module is not None and value in module.namespace
                value = imports.module_attribute(it, module, value) if known and module else unknown_of(it, [], value)
            found[name] = value
    return DictV(found, unknown_of(it, [], "type hints") if any(c.open for c in classes) else None)


@native("typing.get_args", "typing.get_origin", "typing.get_overloads")
def get_type_hints(it: Interp, obj: Value, *args: Value, **kwargs: Value) -> Value:
    return unknown_of(it, [obj], "type hints")


@native("typing.assert_never")
def assert_never(it: Interp, value: Value, /) -> Value:
    return it.fail("AssertionError", "Expected code to be unreachable")


@native_class("typing.NewType")
def new_type(it: Interp, cls: ClassV, name: Value, supertype: Value) -> Value:
    return NATIVES["typing.overload"]


# ---- TypedDict
@native_class("typing.TypedDict", "builtins.dict")
def typed_dict(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    """Its instances are plain dicts; `TypedDict("Name", {...})` makes such a class."""
    if cls.native == "typing.TypedDict" and args and isinstance(args[0], str):
        return classes.make_class(it, ClassV(args[0], (cls,), {}, span=it.here()), {})
    target = DictV({})
    it.call(NATIVES["builtins.dict.update"], [target, *args], kwargs)
    return target


for _table in (BASES, NATIVES, CONSTANTS, ALIASES):
    for _name in [n for n in _table if n.startswith("typing.") and n.count(".") == 1]:
        ALIASES.setdefault(f"typing_extensions.{_name[7:]}", ALIASES.get(_name, _name))
ALIASES["typing_extensions.NamedTuple"] = "typing.NamedTuple"
