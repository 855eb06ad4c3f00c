"""Classes: what `type(x)` is, isinstance, building instances, class bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dims import Expr
from ..values import (
    FLOAT64,
    BoundMethod,
    ClassMethodV,
    ClassV,
    DictV,
    Double,
    DType,
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
    PackedSequence,
    PartialV,
    PropertyV,
    RangeV,
    Reason,
    Scalar,
    SetV,
    Size,
    StaticMethodV,
    SuperV,
    Tensor,
    Unknown,
    Value,
)
from .binding import Star
from .natives.registry import CLASS_HOOKS, CONSTRUCTORS
from .world import c3

if TYPE_CHECKING:
    from .machine import Interp

_BY_TYPE: dict[type, str] = {
    bool: "builtins.bool", int: "builtins.int", Expr: "builtins.int", float: "builtins.float",
    Double: "numpy.float64", str: "builtins.str",
    complex: "builtins.complex", bytes: "builtins.bytes", type(None): "builtins.NoneType", tuple: "builtins.tuple",
    range: "builtins.range", RangeV: "builtins.range", slice: "builtins.slice", Size: "torch.Size",
    OpenSize: "torch.Size", ModuleV: "types.ModuleType", FunctionV: "types.FunctionType", Native: "types.FunctionType",
    OpFunction: "types.FunctionType", BoundMethod: "types.MethodType", PartialV: "functools.partial",
    PropertyV: "builtins.property", StaticMethodV: "builtins.staticmethod", ClassMethodV: "builtins.classmethod",
    IteratorV: "builtins.iterator", DType: "torch.dtype", PackedSequence: "torch.nn.utils.rnn.PackedSequence",
    type(...): "builtins.ellipsis", type(NotImplemented): "builtins.NotImplementedType", SuperV: "builtins.super",
}  # fmt: skip
_BY_KIND = {
    "list": "builtins.list", "deque": "collections.deque", "dict": "builtins.dict",
    "OrderedDict": "collections.OrderedDict", "defaultdict": "collections.defaultdict",
    "Counter": "collections.Counter", "int": "builtins.int", "float": "builtins.float", "bool": "builtins.bool",
    "str": "builtins.str", "complex": "builtins.complex", "number": "builtins.float",
}  # fmt: skip


def stands_for(host: type, name: str) -> None:
    """Values of that class of ours are what the program sees as instances of the class of that name."""
    _BY_TYPE[host] = name


#: Where the class of a tensor is kept aside, if it is the program's own.
SUBCLASS = "__class__"


def subclass_of(it: Interp, tensor: Tensor) -> ClassV | None:
    """The subclass of torch.Tensor that the program made the tensor with."""
    said = it.tensor_attrs.get(id(tensor)) if it.tensor_attrs else None
    own = said[1].get(SUBCLASS) if said is not None and said[0] is tensor else None
    return own if isinstance(own, ClassV) else None


def class_of(it: Interp, value: Value) -> ClassV:
    """type(value). Of an Unknown it is builtins.object, which says nothing."""
    if isinstance(value, Instance):
        return value.extra.get("class", value.cls)  # type: ignore[no-any-return]
    if isinstance(value, Tensor):
        if value.device == "numpy":
            return it.world.native_class_or("numpy.ndarray", "torch.Tensor")
        own = subclass_of(it, value)
        return own or it.native_class("torch.nn.Parameter" if value.parameter else "torch.Tensor")
    if isinstance(value, ClassV):
        return value.metaclass if isinstance(value.metaclass, ClassV) else it.native_class("builtins.type")
    if isinstance(value, Fields):
        return value.cls if isinstance(value.cls, ClassV) else it.native_class("builtins.tuple")
    if isinstance(value, ListV | DictV | Scalar):
        return it.world.native_class_or(
            _BY_KIND.get(value.kind, ""), "builtins.list" if isinstance(value, ListV) else "builtins.dict"
        )
    if isinstance(value, SetV):
        return it.native_class("builtins.frozenset" if value.frozen else "builtins.set")
    return it.world.native_class_or(_BY_TYPE.get(type(value), "builtins.object"), "builtins.object")


def type_name(it: Interp, value: Value) -> str:
    return class_of(it, value).name


def is_instance(it: Interp, value: Value, cls: Value) -> bool | None:
    """Three answers; a tuple of classes is any of them."""
    if isinstance(cls, tuple):
        answers = [is_instance(it, value, c) for c in cls]
        return True if True in answers else None if None in answers else False
    if isinstance(cls, Unknown | OneOf):
        return None
    if isinstance(value, Unknown):
        return None
    if isinstance(value, OneOf):
        found = {is_instance(it, option, cls) for option in value.options}
        return found.pop() if len(found) == 1 else None
    if cls is None:
        return value is None
    if isinstance(cls, Instance):  # typing constructs such as Union[int, str]
        options = cls.extra.get("args")
        return is_instance(it, value, tuple(options)) if options else None
    if not isinstance(cls, ClassV):
        return None
    if isinstance(value, Scalar) and value.kind == "number":
        return (
            None
            if cls.native in ("builtins.int", "builtins.float", "builtins.bool")
            else cls.native == "builtins.object"
        )
    if type(value) is Tensor and value.device == "numpy" and value.dims == () and _numpy_kind(value, cls):
        return None  # an array without axes, or an element of one
    own = class_of(it, value)
    if own.is_subclass(cls):
        return True
    if cls.native in ("collections.abc.Hashable", "typing.Hashable"):
        return _hashable(value, own)
    structural = _structural(it, value, own, cls)
    if structural is not None:
        return structural
    if any(c.open for c in own.mro):
        return None
    return False


def _numpy_kind(value: Tensor, cls: ClassV) -> bool:
    name = cls.native or ""
    return name.startswith("numpy.") or (name == "builtins.float" and value.dtype in (None, FLOAT64))


_CALLABLE = (FunctionV, Native, OpFunction, BoundMethod, ClassV, PartialV)
_ABC_METHODS = {"Iterable": "__iter__", "Sized": "__len__", "Callable": "__call__",
                "Iterator": "__next__", "Container": "__contains__"}  # fmt: skip
_ABC_TYPES: dict[str, tuple[type, ...]] = {
    "Sequence": (tuple, ListV, str, range), "MutableSequence": (ListV,), "Mapping": (DictV,),
    "MutableMapping": (DictV,),
    "Iterable": (tuple, ListV, DictV, SetV, str, range, IteratorV, Tensor), "Callable": _CALLABLE, "Set": (SetV,),
    "Sized": (tuple, ListV, DictV, SetV, str, range), "Iterator": (IteratorV,), "Generator": (IteratorV,),
    "Collection": (tuple, ListV, DictV, SetV, str, range), "Container": (tuple, ListV, DictV, SetV, str, range),
    "Number": (int, float, complex, Expr), "Integral": (int, Expr),
    "Real": (int, float, Expr), "Complex": (int, float, complex, Expr),
}  # fmt: skip


def _structural(it: Interp, value: Value, own: ClassV, cls: ClassV) -> bool | None:
    """isinstance against the abstract classes of collections.abc, typing and numbers."""
    if cls.native is None or not cls.native.startswith(("collections.abc.", "typing.", "numbers.")):
        return None
    name = cls.name
    if isinstance(value, _ABC_TYPES.get(name, ())):
        return True
    if isinstance(value, Scalar) and name in ("Number", "Real", "Complex"):
        return value.kind != "str"
    if isinstance(value, Instance) and name in _ABC_METHODS:
        return own.lookup(_ABC_METHODS[name]) is not None
    return None


_UNHASHABLE = frozenset({"builtins.list", "builtins.dict", "builtins.set", "builtins.bytearray", "numpy.ndarray"})


def _hashable(value: Value, own: ClassV) -> bool | None:
    """Whether the class has a `__hash__`: one that defines `__eq__` alone has none. None if undecided."""
    if isinstance(value, slice):  # since Python 3.12
        return None
    for cls in own.mro:
        if "__hash__" in cls.namespace:
            return cls.namespace["__hash__"] is not None
        if "__dataclass_fields__" in cls.namespace or cls.open:
            return None
        if isinstance(cls.namespace.get("__eq__"), FunctionV) or cls.native in _UNHASHABLE:
            return False
    return not isinstance(value, ListV | DictV) and not (isinstance(value, SetV) and not value.frozen)


def is_subclass(it: Interp, cls: Value, other: Value) -> bool | None:
    """issubclass(cls, other)."""
    if isinstance(other, tuple):
        answers = [is_subclass(it, cls, o) for o in other]
        return True if True in answers else None if None in answers else False
    if not isinstance(cls, ClassV) or not isinstance(other, ClassV):
        return None
    return cls.is_subclass(other) or (None if any(c.open for c in cls.mro) else False)


def bare(it: Interp, cls: Value) -> Value:
    """object.__new__(cls)."""
    if not isinstance(cls, ClassV):
        return it.unknown(Reason.UNSUPPORTED, "__new__ of something unknown")
    obj = Instance(cls, {}, it.here())
    if any(c.open for c in cls.mro):
        obj.open = True
    return obj


def instantiate(it: Interp, cls: ClassV, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`cls(*args, **kwargs)`, through a metaclass that has its own `__call__`."""
    if isinstance(cls.metaclass, ClassV):
        hook = cls.metaclass.lookup("__call__")
        if isinstance(hook, FunctionV):
            return it.call(hook, [cls, *args], kwargs)
    return build(it, cls, args, kwargs)


def build(it: Interp, cls: ClassV, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """type.__call__: `__new__`, then `__init__`."""
    new = cls.lookup("__new__")
    if isinstance(new, StaticMethodV):
        new = new.function
    if isinstance(new, FunctionV):
        obj = it.call(new, [cls, *args], kwargs)
        if not isinstance(obj, Instance) or not obj.cls.is_subclass(cls):
            return obj
    else:
        for base in () if CONSTRUCTORS.keys().isdisjoint(cls.natives) else cls.mro:
            if base.native is not None and base.native in CONSTRUCTORS:
                if (args and isinstance(args[-1], Star)) or "**" in kwargs:
                    return it.unknown(Reason.DATA_DEPENDENT, f"{cls.name}(*…)")
                made = CONSTRUCTORS[base.native](it, cls, args, kwargs)
                init = cls.lookup("__init__") if type(made) is Tensor else None
                if isinstance(init, FunctionV):
                    it.call(init, [made, *args], kwargs)
                return made
        obj = bare(it, cls)
    assert isinstance(obj, Instance)
    if cls.span is not None and cls.derives_from("torch.nn.Module"):
        it.built.append(obj)
    init = cls.lookup("__init__")
    if init is not None:
        result = it.call(init, [obj, *args], kwargs)
        if isinstance(result, Unknown):  # of native ones: some argument is not known
            cut = result.reason in (Reason.LIMIT, Reason.AFTER_ERROR, Reason.OPAQUE)
            obj.open = obj.open or cut or isinstance(init, Native)
    elif (args or kwargs) and not any(c.open for c in cls.mro):
        if cls.derives_from("builtins.BaseException"):
            obj.attrs["args"] = tuple(args)
    if cls.derives_from("builtins.BaseException") and "args" not in obj.attrs:
        obj.attrs["args"] = tuple(args)
    return obj


def finish_class(it: Interp, cls: ClassV, keywords: dict[str, Value]) -> Value:
    """What a class statement binds, its body has run: what the program's own metaclass makes of it, or the class."""
    meta = cls.metaclass
    if meta is None:
        meta = next((base.metaclass for b in cls.bases for base in b.mro if base.metaclass is not None), None)
    hooks = [meta.lookup(name) for name in ("__new__", "__init__")] if isinstance(meta, ClassV) else []
    if cls.open or not any(isinstance(hook, FunctionV) for hook in hooks):
        return make_class(it, cls, keywords)
    new, init = hooks
    arguments: list[Value] = [cls.name, tuple(b for b in cls.bases if b.native != "builtins.object")]
    body = DictV(cls.namespace)
    made: Value = cls
    if isinstance(new, FunctionV):
        made = it.call(new, [meta, *arguments, body], dict(keywords))
    else:
        cls.metaclass = meta
        make_class(it, cls, {} if isinstance(init, FunctionV) else keywords)
    if isinstance(made, ClassV):
        made.span, made.module = made.span if made.namespace is cls.namespace else cls.span, cls.module
        if isinstance(init, FunctionV):
            it.call(init, [made, *arguments, body], dict(keywords))
    return made


def make_class(it: Interp, cls: ClassV, keywords: dict[str, Value]) -> ClassV:
    """Finish a class after its body has run: MRO, `__set_name__`, `__init_subclass__`, hooks of native bases."""
    try:
        cls.mro = c3(cls)
    except TypeError as error:
        it.fail("TypeError", str(error))
        cls.mro = (cls, it.native_class("builtins.object"))
    if cls.metaclass is None:
        for base in cls.mro[1:]:
            if base.metaclass is not None:
                cls.metaclass = base.metaclass
                break
    reader = cls.lookup("__getattribute__")
    cls.reader = reader if isinstance(reader, FunctionV) else None
    for value in list(cls.namespace.values()):
        if isinstance(value, FunctionV) and value.owner is None:
            value.owner = cls
        elif isinstance(value, StaticMethodV | ClassMethodV) and isinstance(value.function, FunctionV):
            value.function.owner = value.function.owner or cls
        elif isinstance(value, PropertyV):
            for part in (value.getter, value.setter):
                if isinstance(part, FunctionV):
                    part.owner = part.owner or cls
    for name, value in list(cls.namespace.items()):
        if isinstance(value, Instance):
            hook = value.cls.lookup("__set_name__")
            if isinstance(hook, FunctionV):
                it.call(hook, [value, cls, name])
    for base in cls.mro[1:]:
        hook = base.namespace.get("__init_subclass__")
        if hook is not None:
            it.call(hook.function if isinstance(hook, ClassMethodV) else hook, [cls], keywords)
            break
    for base in cls.mro:
        if base.native is not None and base.native in CLASS_HOOKS:
            CLASS_HOOKS[base.native](it, cls)
            break
    return cls


__all__ = ["BoundMethod", "bare", "class_of", "instantiate", "is_instance", "is_subclass", "make_class", "type_name"]
