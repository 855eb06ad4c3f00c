"""What a parameter is from what the user wrote about it: a comment, a jaxtyping annotation, `example_input_array`."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..syntax import first_line
from ..values import DictV, FunctionV, Instance, ListV, Tensor, Value
from .frame import Code, Parameter
from .roots import Entry, Root

if TYPE_CHECKING:
    from .machine import Interp

#: jaxtyping's words for kinds of elements; each is subscripted by the type of the array and its axes.
_KINDS = frozenset({
    "Shaped", "Bool", "Key", "Num", "Inexact", "Float", "Complex", "Real", "Integer", "Int", "UInt", "Float16",
    "Float32", "Float64", "BFloat16", "Int8", "Int16", "Int32", "Int64", "UInt8", "Complex64", "Complex128",
})  # fmt: skip
_AXIS = re.compile(r"(?P<variadic>[*?#_]*)(?:(?P<name>[A-Za-z]\w*)=?)?(?P<size>\d+)?$")


def stated(it: Interp, code: Code, parameter: Parameter, root: Root, owner: str) -> Entry | None:
    """`# tensight: x = (B, 3, 224, 224)` in the function or on the lines right above it; else the annotation."""
    if code.span is None or parameter.slot is None:
        return None
    first = first_line(code.node)
    for said in it.request.stated.get(code.span.file, ()):
        if said.name == parameter.name and first - 1 <= said.line <= code.span.end_line:
            return _enter(root, parameter, owner, said.shape, "stated")
    axes = _annotation(parameter.annotation)
    return _enter(root, parameter, owner, axes, "annotation") if axes is not None else None


def _enter(root: Root, parameter: Parameter, owner: str, axes: Sequence[int | str], source: str) -> Entry:
    dims: list[Any] = []
    for item in axes:
        if item == "...":
            dims.append(...)
        elif isinstance(item, str):
            dims.append(root.symbols[item] if item in root.symbols else root.symbol(item))
        else:
            dims.append(item)
    span = parameter.slot.span if parameter.slot is not None else None
    entry = Entry(parameter.name, parameter.name, owner, span, tuple(dims), True, source)
    root.entries[parameter.name] = entry
    return entry


def _annotation(annotation: ast.expr | None) -> list[int | str] | None:
    """The axes of `Float[Tensor, "batch 3 height width"]`; None for any other annotation."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return None
    match annotation:
        case ast.Subscript(
            value=ast.Name(id=kind) | ast.Attribute(attr=kind),
            slice=ast.Tuple(elts=[array, ast.Constant(value=str(text))]),
        ) if kind in _KINDS and ast.unparse(array).endswith("Tensor"):
            return _axes(text)
    return None


def _axes(text: str) -> list[int | str] | None:
    out: list[int | str] = []
    for i, word in enumerate(text.split()):
        if word == "...":
            out.append("...")
            continue
        match = _AXIS.match(word)
        if match is None:
            out.append(f"d{i}")  # an expression of other axes: some size
        elif "*" in match["variadic"]:
            out.append("...")
        elif match["size"] is not None and "#" not in match["variadic"]:
            out.append(int(match["size"]))
        elif match["name"] is None or match["variadic"]:
            out.append(f"d{i}")
        else:
            out.append(match["name"])
    return out if out.count("...") <= 1 else None


def example(function: FunctionV, self: Instance | None) -> dict[str, Value]:
    """The arguments that a Lightning module names for its own `forward`."""
    held = self.attrs.get("example_input_array") if self is not None else None
    if function.name != "forward" or held is None:
        return {}
    names = [p.name for p in function.code.parameters[1:] if p.kind == "positional"]
    match held:
        case Tensor():
            return dict(zip(names[:1], [held]))
        case tuple():
            return dict(zip(names, held))
        case ListV(rest=None):
            return dict(zip(names, held.items))
        case DictV(rest=None):
            return {name: held.items[name] for name in names if name in held.items}
    return {}
