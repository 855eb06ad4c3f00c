"""str(x) and repr(x) of abstract values: a string where every part is known, Scalar("str") where not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import limits
from ...dims import Expr
from ...values import (
    BoundMethod,
    ClassV,
    DictV,
    Double,
    Fields,
    FunctionV,
    Instance,
    ListV,
    Native,
    Scalar,
    SetV,
    Size,
    Unknown,
    Value,
    torch_size_text,
)
from .support import payload

if TYPE_CHECKING:
    from ..machine import Interp

_DEPTH = 12
#: Native classes whose `__str__` and `__repr__` are in the tables.
_TOLD_BY = ("packaging.",)
#: Classes whose name in the tables is not where Python says they are, or is.
_SPELLED = {
    "torch.Tensor": "torch.Tensor", "torch.nn.Parameter": "torch.nn.parameter.Parameter", "torch.Size": "torch.Size",
    "numpy.ndarray": "numpy.ndarray", "collections.OrderedDict": "collections.OrderedDict",
}  # fmt: skip


def str_of(it: Interp, value: Value, how: str = "str") -> Value:
    """`str(value)` or `repr(value)` (`how`): a str, or Scalar("str"); what a method of the program returns."""
    if isinstance(value, str) and how == "str":
        return value
    if isinstance(value, Instance):
        own = _own_method(it, value, how)
        if own is not None:
            return own
    text = _text(it, value, how, 0)
    return Scalar("str") if text is None or len(text) > limits.MAX_TEXT else text


def _own_method(it: Interp, value: Instance, how: str) -> Value | None:
    names = ("__str__", "__repr__") if how == "str" else ("__repr__",)
    for name in names:
        method = value.cls.lookup(name)
        if isinstance(method, FunctionV) or (isinstance(method, Native) and method.name.startswith(_TOLD_BY)):
            result = it.call(BoundMethod(method, value))
            return result if isinstance(result, str | Scalar | Unknown) else Scalar("str")
    return None


def _text(it: Interp, value: Value, how: str, depth: int) -> str | None:
    if depth > _DEPTH:
        return None
    match value:
        case Expr() | Scalar() | Unknown():
            return None
        case Instance():
            return _instance(it, value, how, depth)
        case ClassV():
            return _class(value)
        case Size():
            return None if any(not isinstance(d, int) for d in value) else f"torch.Size({torch_size_text(value)})"
        case Fields():
            parts = [_text(it, v, "repr", depth + 1) for v in value]
            if value.cls is None or any(p is None for p in parts):
                return None
            return f"{value.typename}({', '.join(f'{n}={p}' for n, p in zip(value.names, parts))})"
        case tuple():
            inner = _joined(it, list(value), depth)
            return None if inner is None else f"({inner},)" if len(value) == 1 else f"({inner})"
        case ListV(rest=None):
            inner = _joined(it, value.items, depth)
            if inner is None or value.kind not in ("list", "deque", "dict_values", "dict_items"):
                return None
            return (
                f"[{inner}]" if value.kind == "list" else None if value.kind == "deque" else f"{value.kind}([{inner}])"
            )
        case DictV(rest=None, kind="dict"):
            keys = [_text(it, k, "repr", depth + 1) for k in value.items]
            values = [_text(it, v, "repr", depth + 1) for v in value.items.values()]
            if any(p is None for p in (*keys, *values)):
                return None
            return "{" + ", ".join(f"{k}: {v}" for k, v in zip(keys, values)) + "}"
        case SetV(open=False):
            return None  # the order of a set of strings is random
        case bool() | int() | float() | complex() | str() | bytes() | None | range() | slice():
            return _plain(value, how)
        case _:
            return None


def _plain(value: Value, how: str) -> str | None:
    if isinstance(value, int) and value.bit_length() > limits.MAX_INT_BITS:
        return None
    if isinstance(value, Double) and how == "repr":
        return None  # numpy's versions differ
    return str(value) if how == "str" else repr(value)


def _joined(it: Interp, items: list[Value], depth: int) -> str | None:
    parts: list[str] = []
    for item in items:
        text = _text(it, item, "repr", depth + 1)
        if text is None:
            return None
        parts.append(text)
    return ", ".join(parts)


def _class(value: ClassV) -> str | None:
    if value.native is not None:
        module, _, name = value.native.rpartition(".")
        if value.native in _SPELLED:
            return f"<class '{_SPELLED[value.native]}'>"
        return f"<class '{name}'>" if module == "builtins" else None
    return f"<class '{value.module}.{value.name}'>" if value.module else None


def _instance(it: Interp, value: Instance, how: str, depth: int) -> str | None:
    if depth:
        own = _own_method(it, value, how)
        if own is not None:
            return own if isinstance(own, str) else None
    if value.cls.derives_from("builtins.BaseException"):
        return _exception(it, value, how)
    if value.cls.derives_from("enum.Enum"):
        return _member(it, value, how)
    if "path" in value.extra:
        path = value.extra["path"]
        return (path if how == "str" else f"{value.cls.name}({path!r})") if isinstance(path, str) else None
    inner = payload(value)
    return None if inner is value else _text(it, inner, how, depth)


def _exception(it: Interp, value: Instance, how: str) -> str | None:
    args = value.attrs.get("args")
    if not isinstance(args, tuple):
        return None
    if how == "repr":
        inner = _joined(it, list(args), 1)
        return None if inner is None else f"{value.cls.name}({inner})"
    if not args:
        return ""
    if value.cls.derives_from("builtins.KeyError"):
        return _text(it, args[0] if len(args) == 1 else args, "repr", 1)
    return _text(it, args[0] if len(args) == 1 else args, "str", 1)


def _member(it: Interp, value: Instance, how: str) -> str | None:
    name, inner = value.attrs.get("_name_"), value.attrs.get("_value_")
    if not isinstance(name, str):
        return None
    if how == "repr":
        text = _text(it, inner, "repr", 1)
        return None if text is None else f"<{value.cls.name}.{name}: {text}>"
    if value.cls.derives_from("enum.StrEnum"):
        return inner if isinstance(inner, str) else None
    if value.cls.derives_from("builtins.int"):
        return None  # differs between versions of Python
    return f"{value.cls.name}.{name}"
