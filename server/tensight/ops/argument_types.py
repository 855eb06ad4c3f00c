"""What PyTorch's parser of arguments asks of one argument, and the names that its messages have for types."""

from __future__ import annotations

from collections.abc import Sequence

from ..dims import Expr, Truth
from ..values import (
    BoundMethod,
    ClassV,
    DictV,
    DType,
    Fields,
    FunctionV,
    Instance,
    ListV,
    PackedSequence,
    Scalar,
    SetV,
    Tensor,
    Value,
)
from ..values.containers import Size

_YES, _NO, _MAYBE = Truth.YES, Truth.NO, Truth.MAYBE
Answer = tuple[Truth, "int | None"]
#: Functions that take a number where their signature says Tensor.
_NUMBERS = frozenset(
    name + suffix
    for name in (
        "add", "div", "divide", "mul", "multiply", "sub", "subtract", "true_divide", "to", "copy", "floor_divide",
        "_to_copy", "_conj",
    )
    for suffix in ("", "_", "_out")
)  # fmt: skip
#: What gives an object of a class of one's own a meaning for PyTorch's parser.
_PROTOCOLS = ("__torch_function__", "__index__", "__float__", "__int__", "__len__", "__getattr__", "__array__")


def type_name(value: Value) -> str | None:
    """The type of a value as PyTorch's messages name it; None if it is not certain."""
    match value:
        case None:
            return "NoneType"
        case Expr():
            return "int"
        case Scalar():
            return value.kind if value.kind != "number" else None
        case bool() | int() | float() | complex() | str() | bytes() | range() | slice():
            return type(value).__name__
        case Tensor():
            return "numpy.ndarray" if value.device == "numpy" else "Parameter" if value.parameter else "Tensor"
        case Size():
            return "torch.Size"
        case Fields():
            return value.typename if value.cls is not None else None
        case tuple():
            return "tuple"
        case ListV():
            return "list" if value.kind == "list" else None
        case DictV():
            return {"dict": "dict", "collections.OrderedDict": "collections.OrderedDict"}.get(value.kind)
        case SetV():
            return "frozenset" if value.frozen else "set"
        case DType():
            return "torch.dtype"
        case PackedSequence():
            return "PackedSequence"
        case FunctionV():
            return "function"
        case BoundMethod():
            return "method"
        case ClassV():
            return "type"
        case Instance():
            return value.cls.name if _is_plain(value) else None
        case _:
            return None


def _is_plain(value: Instance) -> bool:
    """Whether an object is certainly none that PyTorch would take for something else."""
    cls = value.cls
    if value.open or "value" in value.extra or any(c.open for c in cls.mro):
        return False
    if cls.native is not None and not cls.derives_from("torch.nn.Module"):
        return False
    if any(n not in ("builtins.object",) and not n.startswith("torch.nn.") for n in cls.natives):
        return False
    if cls.derives_from("torch.nn.Module"):
        return cls.lookup("__torch_function__") is None
    return all(cls.lookup(name) is None for name in _PROTOCOLS)


def is_sequence(value: Value) -> bool:
    """A tuple or a list, of known length."""
    return isinstance(value, tuple) or (isinstance(value, ListV) and value.rest is None and value.kind == "list")


def fits(kind: str, value: Value, size: int, function: str = "") -> Answer:
    """Whether an argument is of this kind; the index of the item that is not, where it is a sequence."""
    name = type_name(value)
    match kind:
        case "Tensor":
            return _tensor(value, name, function in _NUMBERS), None
        case "Scalar":
            return _number(value, name, ("bool", "int", "float", "complex")), None
        case "double":
            return _number(value, name, ("int", "float"), unsure=("bool",)), None
        case "int64_t" | "SymInt":
            return _number(value, name, ("int",)), None
        case "bool":
            return _of(name, ("bool",)), None
        case "c10::string_view":
            return _of(name, ("str",)), None
        case "ScalarType":
            return _MAYBE if isinstance(value, ClassV) else _of(name, ("torch.dtype",)), None
        case "IntArrayRef" | "SymIntArrayRef":
            return _ints(value, name, size)
        case "TensorList":
            return _tensors(value, name)
        case _:
            return _MAYBE, None


def _of(name: str | None, wanted: Sequence[str]) -> Truth:
    return _MAYBE if name is None else Truth.of(name in wanted)


def _tensor(value: Value, name: str | None, numbers: bool) -> Truth:
    if name in ("Tensor", "Parameter"):
        return _YES
    if numbers and (name in ("bool", "int", "float", "complex") or name is None):
        return _YES if name is not None else _MAYBE
    return _MAYBE if name is None else _NO


def _number(value: Value, name: str | None, wanted: Sequence[str], unsure: Sequence[str] = ()) -> Truth:
    if isinstance(value, Tensor):
        return _NO if name == "numpy.ndarray" or (not value.is_open and value.rank > 0) else _MAYBE
    return _MAYBE if name in unsure else _of(name, wanted)


def _ints(value: Value, name: str | None, size: int) -> Answer:
    if not is_sequence(value):
        if isinstance(value, ListV):
            return _MAYBE, None
        if size == 0:
            return (_MAYBE if name is None else _NO), None
        return _number(value, name, ("int",)), None
    items = value.items if isinstance(value, ListV) else value
    if not items:
        return _YES, None
    truth = _number(items[0], type_name(items[0]), ("int",))
    return truth, 0 if truth is _NO else None


def _tensors(value: Value, name: str | None) -> Answer:
    if not is_sequence(value):
        return (_MAYBE if name is None or isinstance(value, ListV) else _NO), None
    items = value.items if isinstance(value, ListV) else value
    for i, item in enumerate(items):
        truth = _tensor(item, type_name(item), False)
        if truth is not _YES:
            return truth, i if truth is _NO else None
    return _YES, None
