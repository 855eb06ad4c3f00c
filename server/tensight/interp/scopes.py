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


def within_function(scope: Scope | None) -> bool:
    """Whether a function lies around the scope, or is it."""
    while scope is not None and scope.kind != "function":
        scope = scope.parent
    return scope is not None


def _targets(node: ast.expr, out: set[str]) -> None:
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store | ast.Del):
            out.add(child.id)


def _defaults(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.AST]:
    return [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]


def _binds(scope: Scope, node: ast.AST) -> list[ast.AST]:
    """Note what a node itself binds; the nodes in it that may bind more."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            scope.bound.add(node.name)
            return [*node.decorator_list, *_defaults(node)]
        case ast.ClassDef():
            scope.bound.add(node.name)
            return [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]
        case ast.Lambda():
            return _defaults(node)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            for child in ast.walk(node):  # a walrus inside binds here
                if isinstance(child, ast.NamedExpr) and isinstance(child.target, ast.Name):
                    scope.bound.add(child.target.id)
            return [node.generators[0].iter]
        case ast.Global():
            scope.global_names.update(node.names)
        case ast.Nonlocal():
            scope.nonlocal_names.update(node.names)
        case ast.Import():
            scope.bound.update(item.asname or item.name.split(".")[0] for item in node.names)
        case ast.ImportFrom():
            scope.bound.update(item.asname or item.name for item in node.names)
        case (
            ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            scope.bound.add(name)
        case _:
            pass
    return list(ast.iter_child_nodes(node))


#: Kinds of nodes that bind something, or whose parts bind elsewhere.
_BINDING = frozenset({
    *_FUNCTIONS, *_COMPREHENSIONS, ast.ClassDef, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom,
    ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping,
})  # fmt: skip
#: Kinds of nodes in which nothing is bound.
_BARREN = frozenset({ast.Constant, ast.Load, ast.Pass, ast.Break, ast.Continue})


def bind(scope: Scope, body: Iterable[ast.AST]) -> Scope:
    """Fill in the names that the statements or expressions of a body bind."""
    todo = list(body)
    bound = scope.bound
    while todo:
        node = todo.pop()
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:  # type: ignore[attr-defined]
                bound.add(node.id)  # type: ignore[attr-defined]
        elif kind in _BINDING:
            todo += _binds(scope, node)
        else:
            for value in node.__dict__.values():
                if isinstance(value, list):
                    todo += [item for item in value if type(item) not in _BARREN and isinstance(item, ast.AST)]
                elif type(value) not in _BARREN and isinstance(value, ast.AST):
                    todo.append(value)
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
