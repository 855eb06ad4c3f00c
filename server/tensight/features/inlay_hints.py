"""Hints: the shape behind assigned names, parameters and returned values. Quiet where they would say nothing new."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from ..interp.facts import Analysis, EntryInput, Fact
from ..limits import MAX_HINT
from ..syntax.span import Span
from ..values import Tensor, Value
from .provenance import Origins
from .source import Key, Source, dotted
from .text import Piece, hint_pieces, is_known, items_of, value_text


class HintKind(Enum):
    """What the hint stands behind; each kind can be switched off."""

    TARGET = "target"
    PARAMETER = "parameter"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class HintPart:
    """A stretch of the label. `location`: where this size comes from."""

    text: str
    location: Span | None = None
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """A label at a position (1-based line, 0-based code point column)."""

    line: int
    col: int
    parts: tuple[HintPart, ...]
    kind: HintKind
    tooltip: str = ""

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class HintOptions:
    targets: bool = True
    parameters: bool = True
    returns: bool = True
    limit: int = MAX_HINT


DEFAULT = HintOptions()


def inlay_hints(analysis: Analysis, source: Source, options: HintOptions = DEFAULT) -> tuple[Hint, ...]:
    """All hints of the file, in order of their position."""
    return Hints(analysis, source, options).between(1, len(source.lines))


class Hints:
    """The hints of one analysis. Those of a function or class are made when its lines are first looked at."""

    def __init__(self, analysis: Analysis, source: Source, options: HintOptions = DEFAULT) -> None:
        self._analysis, self._source, self._options = analysis, source, options
        self._made: dict[ast.AST, tuple[tuple[Hint, ...], list[_Definition]]] = {}

    def between(self, first: int, last: int) -> tuple[Hint, ...]:
        """The hints on 1-based lines from `first` to `last`, in order of their position."""
        found: list[Hint] = []
        waiting: list[ast.Module | _Definition] = [self._source.tree]
        while waiting:
            hints, inner = self._of(waiting.pop())
            found.extend(hint for hint in hints if first <= hint.line <= last)
            waiting.extend(node for node in inner if node.lineno <= last and (node.end_lineno or last) >= first)
        return tuple(sorted(found, key=lambda hint: (hint.line, hint.col)))

    def _of(self, body: ast.Module | _Definition) -> tuple[tuple[Hint, ...], list[_Definition]]:
        made = self._made.get(body)
        if made is None:
            scope = _scope(body)
            hints = tuple(_scope_hints(scope, self._facts, self._source, self._options))
            made = self._made[body] = hints, scope.inner
        return made

    @cached_property
    def _facts(self) -> _Facts:
        return _Facts(self._analysis)


class _Facts:
    """The facts of a file by kind and span."""

    def __init__(self, analysis: Analysis) -> None:
        self.targets: dict[Key, Fact] = {}
        self.params: dict[Key, Fact] = {}
        self.values: dict[Key, Fact] = {}
        self.origins = Origins(analysis)
        self.inputs: dict[Key, EntryInput] = {_key(entry.span): entry for entry in analysis.inputs}
        for fact in analysis.facts:
            if fact.span.file != analysis.file:
                continue
            place = {"target": self.targets, "param": self.params}.get(fact.kind, self.values)
            place[_key(fact.span)] = fact


def _key(span: Span) -> Key:
    return (span.line, span.col, span.end_line, span.end_col)


_Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class _Scope:
    """A body of names: a function with its parameters, a module or a class. Definitions in it have their own."""

    parameters: tuple[ast.arg, ...]
    statements: list[ast.stmt]
    inner: list[_Definition]


_COMPOUND = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match,
    *((ast.TryStar,) if hasattr(ast, "TryStar") else ()),
)  # fmt: skip


def _scope(body: ast.Module | _Definition) -> _Scope:
    """The parameters and statements that belong to this body alone, in order."""
    scope = _Scope((), [], [])
    if isinstance(body, ast.FunctionDef | ast.AsyncFunctionDef):
        args = body.args
        every = (*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg)
        scope = _Scope(tuple(arg for arg in every if arg is not None), [], [])
    todo = list(reversed(body.body))
    while todo:
        node = todo.pop()
        if isinstance(node, _Definition):
            scope.inner.append(node)
            continue
        scope.statements.append(node)
        if not isinstance(node, _COMPOUND):
            continue
        inner: list[ast.stmt] = []
        for name in ("body", "orelse"):
            inner.extend(getattr(node, name, ()))
        for handler in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            inner.extend(handler.body)
        inner.extend(getattr(node, "finalbody", ()))
        todo.extend(reversed(inner))
    return scope


def _scope_hints(scope: _Scope, facts: _Facts, source: Source, options: HintOptions) -> Iterator[Hint]:
    shown: set[tuple[str, str]] = set()  # (name, shape) pairs that a reader has seen in this scope
    for parameter in scope.parameters:
        hint = _parameter(parameter, facts, source, options)
        if hint is not None:
            shown.add((parameter.arg, _text_of(parameter, facts, source)))
            if options.parameters:
                yield hint
    for node in scope.statements:
        for target, value in _bindings(node):
            fact = facts.targets.get(source.key(target))
            if fact is None or not is_known(fact.value):
                continue
            text = value_text(fact.value)
            name = dotted(target)
            if value is not None and _unchanged(name, text, value, facts, source):
                shown.add((name, text))
                continue
            shown.add((name, text))
            if options.targets:
                yield _hint(source.span(target), fact, HintKind.TARGET, options, facts.origins)
        if isinstance(node, ast.Return) and node.value is not None and options.returns:
            hint = _return(node.value, shown, facts, source, options)
            if hint is not None:
                yield hint


def _text_of(parameter: ast.arg, facts: _Facts, source: Source) -> str:
    value = _parameter_value(parameter, facts, source)
    return value_text(value) if value is not None else ""


def _name_key(parameter: ast.arg, source: Source) -> Key:
    line, col = parameter.lineno, source.column(parameter.lineno, parameter.col_offset)
    return (line, col, line, col + len(parameter.arg))


def _parameter_value(parameter: ast.arg, facts: _Facts, source: Source) -> Value:
    key = _name_key(parameter, source)
    fact = facts.params.get(key)
    if fact is not None:
        return fact.value
    entry = facts.inputs.get(key)
    return entry.value if entry is not None else None


def _parameter(parameter: ast.arg, facts: _Facts, source: Source, options: HintOptions) -> Hint | None:
    """Behind the name, or behind the annotation where there is one (then without a colon)."""
    value = _parameter_value(parameter, facts, source)
    if value is None or not is_known(value):
        return None
    key = _name_key(parameter, source)
    line, col, start = key[2], key[3], ": "
    if parameter.annotation is not None:
        _, _, line, col = source.key(parameter.annotation)
        start = " "
    parts = list(_parts(hint_pieces(value, options.limit), facts.origins, start))
    entry = facts.inputs.get(key)
    tooltip = value_text(value)
    if entry is not None and entry.fits:
        parts.append(HintPart(f" {fits_text(entry)}", None, "sizes that fit every layer"))
        tooltip += " · " + fits_text(entry)
    return Hint(line, col, tuple(parts), HintKind.PARAMETER, tooltip)


def fits_text(entry: EntryInput) -> str:
    """`e.g. 28 × 28`: the first sizes that fit every layer; with the name where there is only one."""
    sizes: Mapping[str, int] = entry.fits[0]
    if len(sizes) == 1:
        ((name, size),) = sizes.items()
        return f"e.g. {name} = {size}"
    order = [str(dim) for dim in entry.value.dims or () if str(dim) in sizes]
    names = order if len(order) == len(sizes) else list(sizes)
    return "e.g. " + " × ".join(str(sizes[name]) for name in names)


def _return(
    value: ast.expr, shown: set[tuple[str, str]], facts: _Facts, source: Source, options: HintOptions
) -> Hint | None:
    """Behind the returned expression; nothing if a reader has seen all of it at its names."""
    fact = facts.values.get(source.key(value))
    if fact is None or not is_known(fact.value):
        return None
    names = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    values = items_of(fact.value) if isinstance(value, ast.Tuple | ast.List) else (fact.value,)
    if len(names) == len(values) and all(
        isinstance(name, ast.Name | ast.Attribute) and (not is_known(item) or (dotted(name), value_text(item)) in shown)
        for name, item in zip(names, values)
    ):
        return None
    return _hint(source.span(value), fact, HintKind.RETURN, options, facts.origins)


def _hint(span: Span, fact: Fact, kind: HintKind, options: HintOptions, origins: Origins) -> Hint:
    parts = tuple(_parts(hint_pieces(fact.value, options.limit), origins, ": "))
    return Hint(span.end_line, span.end_col, parts, kind, _tooltip(fact))


def _tooltip(fact: Fact) -> str:
    text = value_text(fact.value)
    if isinstance(fact.value, Tensor) and fact.value.dtype is not None:
        text += f" · {fact.value.dtype.name}"
    return text


def _parts(pieces: tuple[Piece, ...], origins: Origins, plain: str) -> Iterator[HintPart]:
    """A part a size; punctuation between sizes joins into one, after what `plain` starts with."""
    for piece in pieces:
        if piece.tensor is None or piece.axis is None:
            plain += piece.text
            continue
        if plain:
            yield HintPart(plain)
            plain = ""
        origin = origins.of(piece.tensor, piece.axis)
        yield HintPart(piece.text, origin.span if origin else None, origin.text if origin else "")
    if plain:
        yield HintPart(plain)


def _bindings(node: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """The names and attributes that a statement binds, each with the expression that it gets whole (None: a part)."""
    if isinstance(node, ast.Assign):
        for target in node.targets[:1]:  # `a = b = f()`: one hint says it
            if isinstance(target, ast.Tuple | ast.List):
                yield from ((name, None) for name in _flat(target))
            elif isinstance(target, ast.Name | ast.Attribute):
                yield target, node.value
    elif isinstance(node, ast.AnnAssign):
        if node.value is not None and isinstance(node.target, ast.Name | ast.Attribute):
            yield node.target, node.value
    elif isinstance(node, ast.AugAssign):
        if isinstance(node.op, ast.MatMult):  # every other one works in place and keeps the shape
            yield node.target, None
    elif isinstance(node, ast.For | ast.AsyncFor):
        yield from ((name, None) for name in _flat(node.target))
    elif isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            if item.optional_vars is not None:
                yield from ((name, None) for name in _flat(item.optional_vars))
    for walrus in _walruses(node):
        yield walrus.target, walrus.value


def _flat(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        for item in target.elts:
            yield from _flat(item)
    elif isinstance(target, ast.Starred):
        yield from _flat(target.value)
    elif isinstance(target, ast.Name | ast.Attribute):
        yield target


def _walruses(node: ast.stmt) -> Iterator[ast.NamedExpr]:
    """`:=` in the test of an `if` or `while`; elsewhere it is too rare for a hint."""
    test = getattr(node, "test", None)
    if isinstance(test, ast.expr):
        yield from (inner for inner in ast.walk(test) if isinstance(inner, ast.NamedExpr))


def _unchanged(name: str, text: str, value: ast.expr, facts: _Facts, source: Source) -> bool:
    """Whether the same name had this very shape where the expression reads it: `x = F.relu(x)`."""
    for node in ast.walk(value):
        if isinstance(node, ast.Name | ast.Attribute) and dotted(node) == name:
            before = facts.values.get(source.key(node))
            if before is not None and value_text(before.value) == text:
                return True
    return False
