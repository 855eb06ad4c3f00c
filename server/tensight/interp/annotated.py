"""Inputs whose annotation says that they hold tensors: lists, tuples, objects of the program's own classes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..values import ClassV, FunctionV, ListV, ModuleV, Reason, Scalar, Unknown, Value
from . import imports
from .roots import Entry, Root

if TYPE_CHECKING:
    from .frame import Code
    from .machine import Interp

#: What an input is in this round.
Compose = Callable[[], Value]
_KINDS = {"float": "float", "bool": "bool", "str": "str"}
_TENSORS = frozenset({"Tensor", "torch.Tensor", "torch.FloatTensor", "torch.LongTensor"})
_LISTS = frozenset({"List", "list", "Sequence", "Iterable", "typing.List", "typing.Sequence"})
_TUPLES = frozenset({"Tuple", "tuple", "typing.Tuple"})
_MOST_NESTED = 3


class Annotations:
    """Makes values of annotations; the tensors in them are entries of the root."""

    def __init__(self, it: Interp, root: Root, module: ModuleV) -> None:
        self.it, self.root, self.module = it, root, module

    def compose(self, annotation: ast.expr | None, name: str, depth: int = 0) -> Compose | None:
        """How to make what the annotation says; None: it says nothing, or one tensor."""
        if annotation is None or depth > _MOST_NESTED:
            return None
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                return self.compose(ast.parse(annotation.value, mode="eval").body, name, depth)
            except SyntaxError:
                return None
        text = ast.unparse(annotation)
        if text in _TENSORS:
            return self._tensor(name) if depth else None
        if text == "int":
            made = self.root.symbols[name] if name in self.root.symbols else self.root.symbol(name)
            return lambda: made
        if text in _KINDS:
            return lambda: Scalar(_KINDS[text])
        if isinstance(annotation, ast.Subscript):
            return self._generic(annotation, name, depth)
        if isinstance(annotation, ast.BinOp):
            sides = [side for side in (annotation.left, annotation.right) if ast.unparse(side) != "None"]
            return self.compose(sides[0], name, depth) if len(sides) == 1 else None
        if isinstance(annotation, ast.Name):
            found = imports.resolve(self.it, self.module.namespace.get(annotation.id))
            if isinstance(found, ClassV):
                return self._object(found, name, depth)
        return None

    def _tensor(self, name: str) -> Compose:
        entry = Entry(name, name, self.root.owner, None, is_tensor=True)
        self.root.entries[name] = entry
        return lambda: self.root.value(self.root.entries[name])

    def _generic(self, annotation: ast.Subscript, name: str, depth: int) -> Compose | None:
        base, inner = ast.unparse(annotation.value), annotation.slice
        if base in ("Optional", "typing.Optional"):
            return self.compose(inner, name, depth)
        parts = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
        if base in _TUPLES and not (len(parts) == 2 and isinstance(parts[1], ast.Constant)):
            items = [self.compose(part, f"{name}{i}", depth + 1) for i, part in enumerate(parts)]
            return lambda: tuple([_made(item, name) for item in items])
        if base in _LISTS or base in _TUPLES:
            item = self.compose(parts[0], f"{name}[0]" if _holds_tensors(parts[0]) else name, depth + 1)
            return None if item is None else lambda: _several(item())
        return None

    def _object(self, cls: ClassV, name: str, depth: int) -> Compose | None:
        """An object of a class of the program whose constructor takes tensors."""
        init = cls.lookup("__init__")
        if cls.native is not None or cls.derives_from("torch.nn.Module") or not isinstance(init, FunctionV):
            return None
        code: Code = init.code
        required = code.parameters[1 : code.n_positional - len(init.defaults)]
        if not any(p.annotation is not None and _holds_tensors(p.annotation) for p in required):
            return None
        inner = Annotations(self.it, self.root, init.module)
        parts = {p.name: inner.compose(p.annotation, f"{name}.{p.name}", depth + 1) for p in required}
        return lambda: self.it.instantiate(cls, [], {key: _made(part, key) for key, part in parts.items()})


def _several(item: Value) -> Value:
    """A list of one or more such items."""
    return ListV([item], item)


def _made(compose: Compose | None, name: str) -> Value:
    return Unknown(Reason.PARAMETER, name) if compose is None else compose()


def _holds_tensors(annotation: ast.expr) -> bool:
    return "Tensor" in ast.unparse(annotation)


__all__ = ["Annotations", "Compose"]
