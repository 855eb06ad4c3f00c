"""`obj.name`: instances, classes, modules, tensors, Python's own values; descriptors; `__getattr__`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import limits
from ..ops import ATTRIBUTES, RULES
from ..values import (
    BoundMethod,
    ClassMethodV,
    ClassV,
    DictV,
    Fields,
    FunctionV,
    Instance,
    ModuleV,
    Native,
    OneOf,
    OpFunction,
    PartialV,
    PropertyV,
    Reason,
    StaticMethodV,
    SuperV,
    Tensor,
    Unknown,
    Value,
)
from . import classes, diagnose, forks, function_attributes, imports, object_methods
from .absent import ABSENT
from .attribute_writes import delete, set_
from .errors import PyRaise
from .natives.registry import PROPERTIES

if TYPE_CHECKING:
    from .machine import Interp


#: Attributes by which a parameter shows itself to be a tensor.
_TENSOR_ONLY = frozenset({
    "shape", "size", "view", "reshape", "permute", "transpose", "unsqueeze", "squeeze", "contiguous", "expand",
    "repeat", "flatten", "masked_fill", "softmax", "device", "dtype", "float", "long", "detach", "clone", "chunk",
    "ndim", "dim", "matmul", "bmm", "expand_as", "new_zeros", "new_ones", "narrow", "unbind", "argmax", "sigmoid",
    "tanh", "relu", "exp", "log", "numel", "T", "is_cuda", "requires_grad", "unfold", "roll", "flip", "gather",
    "type_as", "cuda", "cpu",
})  # fmt: skip


def _removed(it: Interp, message: str) -> Value:
    """What PyTorch does not have any more: an arm that asks for it ends there."""
    if not it.certain or diagnose.expected(it, "AttributeError"):
        exc = diagnose.make_exception(it, "AttributeError", message)
        raise PyRaise(exc, diagnose.user_span(it), it.certain, reported=True)
    return it.refuse_with("undefined-name", message, "AttributeError", [])


def get(it: Interp, obj: Value, name: str) -> Value:
    """The attribute; a missing one is an AttributeError of the program."""
    value = find(it, obj, name)
    if value is ABSENT:
        from .natives.numpy_scalars import method_of

        method = method_of(obj, name)
        if method is not None:
            return BoundMethod(method, obj)
        if isinstance(obj, ModuleV):
            message = f"module {obj.name!r} has no attribute {name!r}"
            if f"{obj.name}.{name}" in imports.REMOVED:
                return _removed(it, message)
            return it.fail("AttributeError", message)
        return it.fail("AttributeError", f"{classes.type_name(it, obj)!r} object has no attribute {name!r}")
    return value


def find(it: Interp, obj: Value, name: str) -> Value:
    """The attribute, or ABSENT."""
    if type(obj) is Instance:
        return _instance(it, obj, name)
    if type(obj) is Tensor:
        return _tensor(it, obj, name)
    if isinstance(obj, Unknown):
        if obj.entry is not None and name in _TENSOR_ONLY and it.root is not None:
            if it.certain:
                it.root.demand(obj.entry, None)
            return _tensor(it, Tensor(None, unknown=obj, entry=obj.entry), name)
        it.may_raise("AttributeError")
        return Unknown(obj.reason, obj.detail, obj.span)
    if isinstance(obj, OneOf):
        return _one_of(it, obj, name)
    if isinstance(obj, ModuleV):
        return imports.module_attribute(it, obj, name)
    if isinstance(obj, ClassV):
        return _class(it, obj, name)
    if isinstance(obj, SuperV):
        return _super(it, obj, name)
    if isinstance(obj, FunctionV):
        return function_attributes.find(it, obj, name)
    if isinstance(obj, BoundMethod):
        if name == "__self__":
            return obj.self
        if name == "__func__":
            return obj.function
        return find(it, obj.function, name)
    if isinstance(obj, Fields) and name in obj.names:
        return obj.get(name)
    if isinstance(obj, PropertyV) and name in ("setter", "getter", "deleter"):
        return _property_decorator(obj, name)
    if isinstance(obj, PartialV) and name in ("func", "args", "keywords"):
        return {"func": obj.function, "args": obj.args, "keywords": DictV(dict(obj.kwargs))}[name]
    if isinstance(obj, Native | OpFunction) and name in ("__name__", "__qualname__"):
        return obj.name.rpartition(".")[2]
    return _plain(it, obj, name)


def _property_decorator(obj: PropertyV, name: str) -> Value:
    def make(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        if name == "setter":
            return PropertyV(obj.getter, args[0], obj.cached)
        return PropertyV(args[0], obj.setter, obj.cached) if name == "getter" else obj

    return Native(f"property.{name}", make)


def _one_of(it: Interp, obj: OneOf, name: str) -> Value:
    found = [option for option in obj.options if option is not None or name.startswith("__")]
    if not found:
        return ABSENT
    if len(found) < len(obj.options):
        it.may_raise("AttributeError")
    return forks.each(it, found, lambda option: get(it, option, name))


def bind(it: Interp, value: Value, self: Value, cls: ClassV) -> Value:
    """What a class attribute becomes when it is read through an instance."""
    if isinstance(value, FunctionV | Native | OpFunction):
        return BoundMethod(value, self)
    if isinstance(value, PropertyV):
        return _read_property(it, value, self)
    if isinstance(value, StaticMethodV):
        return value.function
    if isinstance(value, ClassMethodV):
        return BoundMethod(value.function, cls)
    if isinstance(value, Instance) and isinstance(value.cls.lookup("__get__"), FunctionV | Native):
        return it.call(BoundMethod(value.cls.lookup("__get__"), value), [self, cls])
    return imports.resolve(it, value)


def _read_property(it: Interp, value: PropertyV, self: Value) -> Value:
    if value.cached and isinstance(self, Instance):
        key = f"cached property {id(value)}"
        if key in self.extra:
            return self.extra[key]
        result = it.call(value.getter, [self])
        it.journal.set(self.extra, key, result, self.born)
        return result
    return it.call(value.getter, [self])


def _instance(it: Interp, obj: Instance, name: str) -> Value:
    hook = obj.cls.reader
    if hook is None:
        return _ordinary(it, obj, name)
    if it.forks and sum(frame.function is hook for frame in it.frames) >= limits.MAX_BLIND_RECURSION:
        return it.unknown(Reason.LIMIT, f"__getattribute__ of {obj.cls.name} reads attributes")
    return it.call(BoundMethod(hook, obj), [name])


def _ordinary(it: Interp, obj: Instance, name: str) -> Value:
    """object.__getattribute__, then `__getattr__`."""
    attrs = obj.attrs
    cls = obj.cls
    if name in attrs:
        value = attrs[name]
        found = cls.lookup(name) if name not in _COMMON else None
        if isinstance(found, PropertyV):
            return bind(it, found, obj, cls)
        return value
    found = cls.lookup(name)
    if found is not None or _holds_none(cls, name):
        return bind(it, found, obj, cls)
    computed = it.world.computed(cls, name)
    if computed is not None:
        return computed(it, obj)
    if name == "__dict__":
        return DictV(attrs)  # a live view: the same dictionary
    if name == "__class__":
        return cls
    if name == "__doc__":
        return None
    if name in _BY_NAME and (name != "__getattr__" or cls.derives_from("torch.nn.Module")):
        return Native(f"object.{name}", lambda it, args, kwargs: _BY_NAME[name](it, obj, args))
    if name.startswith("__") and not (obj.open or cls.open):
        method = object_methods.find(obj, name)
        if method is not None:
            return method
    hook = cls.lookup("__getattr__")
    if isinstance(hook, FunctionV | Native) and name != "__getattr__":
        return it.call(BoundMethod(hook, obj), [name])
    if obj.open or cls.open:
        return Unknown(Reason.OPAQUE, f"{cls.name}.{name}", obj.created)
    return ABSENT


def ordinary(it: Interp, obj: Value, name: Value) -> Value:
    """`object.__getattribute__(obj, name)`: past a `__getattribute__` of the class."""
    if not isinstance(obj, Instance) or not isinstance(name, str):
        return get(it, obj, str(name))
    value = _ordinary(it, obj, name)
    if value is ABSENT:
        return it.fail("AttributeError", f"{obj.cls.name!r} object has no attribute {name!r}")
    return value


#: `obj.__setattr__("name", value)` and its kin, called as methods.
_BY_NAME: dict[str, Callable[[Interp, Instance, list[Value]], Value]] = {
    "__setattr__": lambda it, obj, args: set_(it, obj, str(args[0]), args[1]),
    "__getattribute__": lambda it, obj, args: get(it, obj, str(args[0])),
    "__getattr__": lambda it, obj, args: get(it, obj, str(args[0])),
    "__delattr__": lambda it, obj, args: delete(it, obj, str(args[0])),
}
#: Attributes that are read all the time and never are properties of a class.
_COMMON = frozenset({"weight", "bias", "training"})


def _holds_none(cls: ClassV, name: str) -> bool:
    return any(name in c.namespace for c in cls.mro)


def _class(it: Interp, obj: ClassV, name: str) -> Value:
    for cls in obj.mro:
        if name in cls.namespace:
            value = cls.namespace[name]
            if isinstance(value, ClassMethodV):
                return BoundMethod(value.function, obj)
            if isinstance(value, StaticMethodV):
                return value.function
            if isinstance(value, Native) and value.name in _CLASS_METHODS:
                return BoundMethod(value, obj)
            if isinstance(value, Instance) and isinstance(value.cls.lookup("__get__"), FunctionV):
                return it.call(BoundMethod(value.cls.lookup("__get__"), value), [None, obj])
            return imports.resolve(it, value)
    if name in ("__name__", "__qualname__"):
        return obj.name
    if name == "__module__":
        return obj.module
    if name == "__mro__":
        return obj.mro
    if name == "__bases__":
        return tuple(obj.bases)
    if name == "__doc__":
        return None
    if name == "__dict__":
        return DictV(dict(obj.namespace))
    if name == "__subclasses__":
        return Unknown(Reason.UNSUPPORTED, "__subclasses__")
    if name == "__init__":
        return Native("object.__init__", lambda it, args, kwargs: None)
    if name == "__new__":
        return Native("object.__new__", lambda it, args, kwargs: classes.bare(it, args[0]) if args else None)
    if isinstance(obj.metaclass, ClassV):
        found = obj.metaclass.lookup(name)
        if found is not None:
            return bind(it, found, obj, obj.metaclass)
    if obj.native is not None:
        for cls in obj.mro:
            if cls.native == "torch.Tensor":
                return OpFunction(f"torch.Tensor.{name}")
            qualified = f"{cls.native}.{name}"
            if qualified in PROPERTIES:
                return _computed_property(qualified)
    if obj.open or any(c.open for c in obj.mro):
        return Unknown(Reason.OPAQUE, f"{obj.name}.{name}")
    return ABSENT


def _computed_property(qualified: str) -> PropertyV:
    compute = PROPERTIES[qualified]
    return PropertyV(Native(qualified, lambda it, args, kwargs: compute(it, args[0])))


#: Natives that are class methods although the table has no word for it.
_CLASS_METHODS = frozenset({
    "builtins.dict.fromkeys", "torch.nn.Embedding.from_pretrained", "torch.nn.EmbeddingBag.from_pretrained",
    "torch.nn.SyncBatchNorm.convert_sync_batchnorm", "builtins.int.from_bytes", "builtins.bytes.fromhex",
})  # fmt: skip


def _super(it: Interp, obj: SuperV, name: str) -> Value:
    instance = obj.self
    of_class = isinstance(instance, ClassV) and obj.after in instance.mro  # else in a method of a metaclass
    cls = instance if of_class else classes.class_of(it, instance)
    mro = cls.mro
    start = mro.index(obj.after) + 1 if obj.after in mro else 0
    for base in mro[start:]:
        if base.native == "torch.Tensor" and isinstance(instance, Tensor) and not name.startswith("__"):
            return _tensor_member(it, instance, name)
        if name in base.namespace:
            value = base.namespace[name]
            if name == "__new__":
                return value.function if isinstance(value, StaticMethodV) else value
            if of_class and isinstance(value, FunctionV | Native):
                return BoundMethod(value, instance) if name == "__init_subclass__" else value
            return bind(it, value, instance, cls)
        if base.native is not None and f"{base.native}.{name}" in PROPERTIES:
            return PROPERTIES[f"{base.native}.{name}"](it, instance)
    if any(base.open for base in mro[start:]):
        return Unknown(Reason.OPAQUE, f"super().{name}")
    match name:
        case "__init__" | "__init_subclass__" | "__post_init__" | "__enter__" | "__exit__" | "__set_name__":
            return Native(f"object.{name}", lambda it, args, kwargs: None)
        case "__new__":
            return Native("object.__new__", lambda it, args, kwargs: classes.bare(it, args[0]))
        case "__call__" if isinstance(instance, ClassV):
            return Native("type.__call__", lambda it, args, kwargs: classes.build(it, instance, args, kwargs))
        case "__setattr__":
            return Native("object.__setattr__", _object_setattr(instance))
        case "__getattribute__":
            return Native(name, lambda it, args, kwargs: ordinary(it, instance, args[-1]))
        case "__getattr__":
            return Native(name, lambda it, args, kwargs: it.fail("AttributeError", str(args[-1])))
        case "__delattr__":
            return Native(name, lambda it, args, kwargs: delete(it, instance, str(args[-1])))
        case "__hash__":
            return Native(name, lambda it, args, kwargs: id(instance))
    return object_methods.find(instance, name) or ABSENT


def _object_setattr(instance: Value) -> Any:
    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        if isinstance(instance, Instance) and isinstance(args[-2], str):
            it.journal.write(instance, args[-2], args[-1])
        return None

    return call


def _tensor(it: Interp, obj: Tensor, name: str) -> Value:
    if obj.device == "numpy":
        return _array(it, obj, name)
    own = classes.subclass_of(it, obj)
    if own is not None:
        found = _of_subclass(it, obj, own, name)
        if found is not ABSENT:
            return found
    return _tensor_member(it, obj, name)


def _of_subclass(it: Interp, obj: Tensor, cls: ClassV, name: str) -> Value:
    """What the program's own subclass of torch.Tensor adds: attributes of the object, then those of the class."""
    held = it.tensor_attrs[id(obj)][1]
    if name in held:
        return held[name]
    for base in cls.mro:
        if base.native is not None:
            break
        if name in base.namespace:
            return bind(it, base.namespace[name], obj, cls)
    return ABSENT


def _tensor_member(it: Interp, obj: Tensor, name: str) -> Value:
    attribute = ATTRIBUTES.get(name)
    if attribute is not None:
        from .calls import attribute_of_tensor

        return attribute_of_tensor(it, obj, name, attribute)
    qualified = f"torch.Tensor.{name}"
    members = it.world.members("torch.Tensor")
    if name in members:
        return BoundMethod(members[name], obj)
    if qualified in PROPERTIES:
        return PROPERTIES[qualified](it, obj)
    if qualified in RULES:
        return BoundMethod(OpFunction(qualified), obj)
    if name == "__class__":
        return classes.class_of(it, obj)
    extra = it.tensor_attrs.get(id(obj))
    if extra is not None and name in extra[1]:
        return extra[1][name]
    if name.startswith("__"):
        return ABSENT
    return BoundMethod(OpFunction(qualified), obj)


def _array(it: Interp, obj: Tensor, name: str) -> Value:
    """An attribute of a numpy array."""
    qualified = f"numpy.ndarray.{name}"
    members = it.world.members("numpy.ndarray")
    if name in members:
        return BoundMethod(members[name], obj)
    if qualified in PROPERTIES:
        return PROPERTIES[qualified](it, obj)
    if name == "__class__":
        return classes.class_of(it, obj)
    return Unknown(Reason.NO_RULE, qualified)


def _plain(it: Interp, obj: Value, name: str) -> Value:
    """A value of Python's own types: methods and computed attributes of its native class."""
    cls = classes.class_of(it, obj)
    found = cls.lookup(name)
    if found is not None:
        return bind(it, found, obj, cls)
    computed = it.world.computed(cls, name)
    if computed is not None:
        return computed(it, obj)
    if name == "__class__":
        return cls
    if name in ("__doc__",):
        return None
    if isinstance(obj, OpFunction) and obj.name not in RULES:
        return Unknown(Reason.NO_RULE, f"{obj.name}.{name}")  # torch.ops, a class: whatever it is
    return ABSENT


__all__ = ["ABSENT", "PyRaise", "bind", "find", "get"]
