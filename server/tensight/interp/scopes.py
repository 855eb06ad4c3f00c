"""Which names are local to a function: Python's rules, decided once, when a function is compiled."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
#: Nodes in which no `yield` of the function around them can stand (constants and names: for speed).
_CLOSED = frozenset({*_FUNCTIONS, ast.ClassDef, ast.Constant, ast.Name, ast.Import, ast.ImportFrom, ast.Pass})
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True)
class Scope:
    """`kind`: "module", "class" or "function" (comprehensions too). `parent` is the scope around it."""

    kind: str
    parent: Scope | None
    bound: set[str] = field(default_factory=set)
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    #: the class whose body it is directly in, for mangling of `__private` names
    class_name: str | None = None
    #: star imports only declare what a lazy package contains
    declaring: bool = False

    def resolve(self, name: str) -> tuple[str, int]:
        """("local", 0), ("enclosing", frames up), or ("global", 0)."""
        if name in self.global_names or self.kind == "module":
            return ("global", 0)
        if name in self.bound and name not in self.nonlocal_names:
            return ("local", 0)
        depth, scope = 1, self.function_parent()
        while scope is not None and scope.kind != "module":
            if name in scope.bound and name not in scope.nonlocal_names and name not in scope.global_names:
                return ("enclosing", depth)
            depth, scope = depth + 1, scope.function_parent()
        return ("global", 0)

    def mangled(self, name: str) -> str:
        """`__x` inside class C is `_C__x`."""
        if name.startswith("__") and not name.endswith("__") and self.class_name:
            stem = self.class_name.lstrip("_")
            return f"_{stem}{name}" if stem else name
        return name

    def function_parent(self) -> Scope | None:
        """The next scope outward that inner functions can see: class bodies are skipped."""
        scope = self.parent
        while scope is not None and scope.kind == "class":
            scope = scope.parent
        return scope


def _targets(node: ast.expr, out: set[str]) -> None:
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store | ast.Del):
            out.add(child.id)


class _Binder(ast.NodeVisitor):
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store | ast.Del):
            self.scope.bound.add(node.id)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.scope.bound.add(node.name)
        for item in (*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d)):
            self.visit(item)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.scope.bound.add(node.name)
        for item in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
            self.visit(item)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for item in (*node.args.defaults, *(d for d in node.args.kw_defaults if d)):
            self.visit(item)

    def _visit_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        self.visit(node.generators[0].iter)
        for child in ast.walk(node):  # a walrus inside binds here
            if isinstance(child, ast.NamedExpr) and isinstance(child.target, ast.Name):
                self.scope.bound.add(child.target.id)

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _visit_comprehension

    def visit_Global(self, node: ast.Global) -> None:
        self.scope.global_names.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.nonlocal_names.update(node.names)

    def visit_Import(self, node: ast.Import) -> None:
        for item in node.names:
            self.scope.bound.add(item.asname or item.name.split(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.scope.bound.update(item.asname or item.name for item in node.names)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.scope.bound.add(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self.scope.bound.add(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self.scope.bound.add(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.scope.bound.add(node.rest)
        self.generic_visit(node)


def bind(scope: Scope, body: Iterable[ast.AST]) -> Scope:
    """Fill in the names that the statements or expressions of a body bind."""
    binder = _Binder(scope)
    for node in body:
        binder.visit(node)
    if scope.class_name:
        for names in (scope.bound, scope.global_names, scope.nonlocal_names):
            private = [name for name in names if name.startswith("__") and not name.endswith("__")]
            names.difference_update(private)
            names.update(scope.mangled(name) for name in private)
    return scope


def function_scope(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, parent: Scope) -> Scope:
    """The scope of a function's body, parameters included."""
    scope = Scope("function", parent, class_name=parent.class_name)
    arguments = node.args
    for arg in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        scope.bound.add(arg.arg)
    for star in (arguments.vararg, arguments.kwarg):
        if star is not None:
            scope.bound.add(star.arg)
    return bind(scope, [node.body] if isinstance(node, ast.Lambda) else node.body)


def comprehension_scope(node: ast.expr, parent: Scope) -> Scope:
    """The scope of a comprehension: its targets only."""
    assert isinstance(node, _COMPREHENSIONS)
    scope = Scope("function", parent, class_name=parent.class_name)
    for generator in node.generators:
        _targets(generator.target, scope.bound)
    return bind(scope, ())


def is_generator(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the body itself yields (not a function nested in it)."""
    stack: list[ast.AST] = list(node.body)
    while stack:
        child = stack.pop()
        kind = type(child)
        if kind is ast.Yield or kind is ast.YieldFrom:
            return True
        if kind not in _CLOSED:
            stack.extend(ast.iter_child_nodes(child))
    return False
