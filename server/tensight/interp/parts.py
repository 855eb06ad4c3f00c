"""Parameters that hold several inputs: `x, y = batch`, `batch["image"]`. Each part is an input of its own."""

from __future__ import annotations

import ast

from ..values import DictV, Reason, Unknown, Value
from .annotated import Compose
from .frame import Parameter
from .roots import Entry, Root

#: Annotations that leave open what a parameter is, by their first word.
_OPEN = ("", "tuple", "Tuple", "list", "List", "dict", "Dict", "Mapping", "Any", "typing.Any", "Sequence")


def parts_of(function: ast.AST, parameter: Parameter) -> list[int | str] | None:
    """The positions or keys by which a function takes a parameter apart, if that is all it does with it."""
    annotation = ast.unparse(parameter.annotation).strip("'\"") if parameter.annotation is not None else ""
    if annotation.partition("[")[0] not in _OPEN:
        return None
    uses = sum(isinstance(n, ast.Name) and n.id == parameter.name for n in ast.walk(function))
    if not uses:
        return None
    counts: set[int] = set()
    keys: dict[str, None] = {}
    found = 0
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=elements)], value=ast.Name(id=name)) if name == parameter.name:
                if any(isinstance(element, ast.Starred) for element in elements):
                    return None
                counts.add(len(elements))
                found += 1
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key)), ctx=ast.Load()):
                if name == parameter.name:
                    keys[key] = None
                    found += 1
    if found != uses or len(counts) + bool(keys) != 1:
        return None
    return list(keys) if keys else list(range(counts.pop()))


def parts_composed(root: Root, name: str, keys: list[int | str]) -> Compose:
    """How to make the parameter itself: a tuple of its parts, or a dict that may hold more; each part is an entry."""
    entries = {}
    for key in keys:
        part = f"{name}[{key!r}]"
        entries[key] = root.entries[part] = Entry(part, part, root.owner, None)

    def compose() -> Value:
        parts: dict[int | str, Value] = {}
        for key, entry in entries.items():
            known = root.value(entry)
            parts[key] = Unknown(Reason.PARAMETER, entry.name, None, entry.key) if known is None else known
        if all(isinstance(key, int) for key in keys):
            return tuple(parts.values())
        return DictV(dict(parts), Unknown(Reason.PARAMETER, name))

    return compose
