"""Run a snippet in the interpreter and with real PyTorch, and compare what its names hold afterwards."""

from __future__ import annotations

import textwrap
from collections import OrderedDict
from typing import Any

import numpy
import torch
from snippets import interpret

from tensight.dims import Expr
from tensight.values import DictV, Fields, Instance, IteratorV, ListV, Scalar, SetV, Tensor, Unknown

#: What of a value is not known.
HOLE = type("Hole", (), {"__repr__": lambda self: "?"})()


def of_abstract(value: Any) -> Any:
    """A comparable form: tensors as ("tensor", shape, dtype, parameter)."""
    match value:
        case Unknown() | Scalar() | Expr():
            return HOLE
        case Tensor():
            dims = HOLE if value.is_open else tuple(HOLE if isinstance(d, Expr) else d for d in value.shape)
            kind = "array" if value.device == "numpy" else "tensor"
            return (kind, dims, HOLE if value.dtype is None else value.dtype.name)
        case ListV():
            return HOLE if value.rest is not None else [of_abstract(v) for v in value.items]
        case IteratorV():
            return HOLE
        case DictV():
            return HOLE if value.rest is not None else {_key(k): of_abstract(v) for k, v in value.items.items()}
        case SetV():
            return HOLE
        case Fields() | tuple():
            return tuple(of_abstract(v) for v in value)
        case Instance():
            return ("object", value.cls.name)
        case bool() | int() | float() | str() | bytes() | None:
            return value
        case _:
            return HOLE


def _key(key: Any) -> Any:
    return key if isinstance(key, str | int | tuple) else HOLE


def of_real(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return ("tensor", tuple(value.shape), str(value.dtype).removeprefix("torch."))
    if isinstance(value, numpy.ndarray | numpy.generic) and not isinstance(value, float | str):
        return ("array", tuple(value.shape), str(value.dtype))
    if isinstance(value, bool | int | float | str | bytes | None):
        return value
    if isinstance(value, list):
        return [of_real(v) for v in value]
    if isinstance(value, tuple):
        return tuple(of_real(v) for v in value)
    if isinstance(value, dict | OrderedDict):
        return {_key(k): of_real(v) for k, v in value.items()}
    return ("object", type(value).__name__)


def agree(abstract: Any, real: Any, holes: list[str], where: str) -> bool:
    """Whether what the interpreter says is true; what it leaves open is noted."""
    if abstract is HOLE:
        holes.append(where)
        return True
    if isinstance(abstract, dict) and isinstance(real, dict):
        return list(abstract) == list(real) and all(
            agree(abstract[k], real[k], holes, f"{where}[{k!r}]") for k in abstract
        )
    if isinstance(abstract, list | tuple) and isinstance(real, list | tuple) and type(abstract) is type(real):
        return len(abstract) == len(real) and all(
            agree(a, r, holes, f"{where}[{i}]") for i, (a, r) in enumerate(zip(abstract, real))
        )
    if isinstance(abstract, float) and isinstance(real, float):
        return abstract == real or abs(abstract - real) <= 1e-9 * max(abs(abstract), abs(real)) or abstract != abstract
    if isinstance(real, tuple) and real and real[0] == "array" and real[1] == () and isinstance(abstract, int | float):
        return True  # a numpy scalar that stands for itself
    if isinstance(abstract, tuple) and abstract[:2] == ("array", ()):
        return isinstance(real, numpy.generic)  # numpy.float64 is a float
    return type(abstract) is type(real) and bool(abstract == real)


def check(text: str, open_names: str = "") -> None:
    """Every global of the snippet holds what PyTorch's holds; only `open_names` (and parts of them) may be unknown."""
    text = textwrap.dedent(text)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    torch.manual_seed(0)
    exec(compile(text, "main.py", "exec"), namespace)
    abstract, it = interpret(text)
    found = [d.message for d in it.diagnostics.found.values()]
    assert not found, f"false alarm: {found}"
    holes: list[str] = []
    for name, real in namespace.items():
        if name.startswith("_") or type(real).__name__ in ("module", "type", "function", "builtin_function_or_method"):
            continue
        if isinstance(real, type) or (callable(real) and not isinstance(real, torch.nn.Module | torch.Tensor)):
            continue
        if name not in abstract:
            raise AssertionError(f"{name} is not bound; it is {of_real(real)!r}")
        ours, theirs = of_abstract(abstract[name]), of_real(real)
        if hasattr(real, "__next__"):
            continue
        if not agree(ours, theirs, holes, name):
            raise AssertionError(f"{name}: {ours!r}, PyTorch: {theirs!r}")
    allowed = open_names.split()
    left = [hole for hole in holes if hole.partition("[")[0] not in allowed]
    assert not left, "unknown: " + ", ".join(f"{h} = {abstract[h.partition('[')[0]]!r}" for h in left)
    never = [name for name in allowed if all(hole.partition("[")[0] != name for hole in holes)]
    assert not never, f"known after all: {never}"
