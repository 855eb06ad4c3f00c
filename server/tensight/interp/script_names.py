"""What the statements of a module share with each other: the names of the module that they read or bind.

Invariant: two statements that could see each other's effects share a name, or one of them is `entangled`. What is
given here may be too much, never too little."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from .scopes import Scope, bind, comprehension_scope, function_scope

#: Builtins that reach the names of a module without naming them.
_REACHING = frozenset({"globals", "locals", "eval", "exec", "compile", "__import__"})
#: The same without arguments.
_REACHING_BARE = frozenset({"vars", "dir"})
#: Attributes that lead to what others hold, or switch something for all that follows.
_SHARED = frozenset({
    "__subclasses__", "__globals__", "f_globals", "f_locals", "currentframe", "getmembers", "import_module", "chdir",
    "environ", "putenv", "modules", "path", "argv", "reload", "run_path", "run_module",
})  # fmt: skip
_MODULES = frozenset({"sys", "os", "inspect", "importlib", "runpy", "builtins"})
#: Attributes that write to files, or read them.
_OF_FILES = frozenset({"save", "load", "dump", "open", "read_text", "read_bytes", "write_text", "write_bytes"})
#: Files are written and read under names that are not the module's.
FILES = "<files>"
#: The user's own modules may hold one another's objects.
USER_MODULES = "<user modules>"


@dataclass(frozen=True, slots=True)
class Names:
    """`shared`: names of the module, and other means by which statements see each other. `written`: those through
    which something is written to (`name.attribute = …`, `setattr(name, …)`, `name.set_default(…)`)."""

    shared: frozenset[str]
    #: names of the module that the statement may bind
    bound: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    #: may see or change anything: the statement belongs to all others
    entangled: bool = False


def names_of(node: ast.stmt, provided: Callable[[str], bool]) -> Names:
    """`provided(module)`: whether an absolute module name is no file of the user's."""
    finder = _Finder(provided)
    finder.visit(node, None)
    found, bound, written = frozenset(finder.found), frozenset(finder.bound), frozenset(finder.written)
    return Names(found, bound, written, finder.entangled)


class _Finder:
    def __init__(self, provided: Callable[[str], bool]) -> None:
        self.provided = provided
        self.found: set[str] = set()
        self.bound: set[str] = set()
        self.written: set[str] = set()
        self.entangled = False

    def visit(self, node: ast.AST, scope: Scope | None) -> None:
        """`scope`: the innermost function or class around the node; None at the level of the module."""
        kind = type(node)
        if kind is ast.Name:
            assert isinstance(node, ast.Name)
            self._name(node.id, scope, binds=not isinstance(node.ctx, ast.Load))
            return
        if kind is ast.Constant:
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            self._function(node, scope)
            return
        match node:
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self.visit(node.generators[0].iter, scope)  # outside of the scope, as is what a walrus binds
                for child in ast.walk(node):
                    if isinstance(child, ast.NamedExpr):
                        self.visit(child.target, scope)
                scope = comprehension_scope(node, scope or Scope("module", None))
            case ast.ClassDef():
                self._class(node, scope)
                return
            case ast.Global():
                self.found.update(node.names)
                self.bound.update(node.names)
            case ast.Import():
                self._imports(node.names, [alias.name for alias in node.names], scope)
            case ast.ImportFrom():
                self._imports(node.names, ["." if node.level else node.module or ""], scope)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self._name(name, scope, binds=True)
            case ast.MatchMapping(rest=str(name)):
                self._name(name, scope, binds=True)
            case ast.Attribute():
                self._attribute(node)
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                self._written(node)
            case ast.Call(func=ast.Name(id=name), args=args):
                if name in _REACHING or (name in _REACHING_BARE and not args):
                    self.entangled = True
                elif name in ("setattr", "delattr") and args:
                    self._written(args[0])
                elif name == "open":
                    self.found.add(FILES)
            case _:
                pass
        for child in ast.iter_child_nodes(node):
            self.visit(child, scope)

    def _name(self, name: str, scope: Scope | None, *, binds: bool = False) -> None:
        if scope is None or scope.resolve(name)[0] == "global":
            self.found.add(name)
            if binds:
                self.bound.add(name)
        elif scope.kind == "class" and not binds:  # before the class binds it, it is the module's
            self.found.add(name)

    def _class(self, node: ast.ClassDef, scope: Scope | None) -> None:
        self._name(node.name, scope, binds=True)
        for outside in (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)):
            self.visit(outside, scope)
        inner = bind(Scope("class", scope or Scope("module", None)), node.body)
        for child in node.body:
            self.visit(child, inner)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope | None) -> None:
        arguments = node.args
        outside: list[ast.AST | None] = [*arguments.defaults, *arguments.kw_defaults]
        if not isinstance(node, ast.Lambda):
            self._name(node.name, scope, binds=True)
            outside += [*node.decorator_list, node.returns]
        plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        outside += [argument.annotation for argument in plain if argument is not None]
        for child in outside:
            if child is not None:
                self.visit(child, scope)
        inner = function_scope(node, scope or Scope("module", None))
        for child in [node.body] if isinstance(node, ast.Lambda) else node.body:
            self.visit(child, inner)

    def _imports(self, aliases: list[ast.alias], modules: list[str], scope: Scope | None) -> None:
        if not all(map(self.provided, modules)):
            self.found.add(USER_MODULES)
        for alias in aliases:
            if alias.name in ("*", "save", "load"):
                self.entangled = True
            else:
                self._name(alias.asname or alias.name.partition(".")[0], scope, binds=True)

    def _attribute(self, node: ast.Attribute) -> None:
        name = node.attr
        if name in _SHARED:
            if name.startswith(("__", "f_")) or (isinstance(node.value, ast.Name) and node.value.id in _MODULES):
                self.entangled = True
        elif name in _OF_FILES:
            self.found.add(FILES)
        if name.startswith("set_") or not isinstance(node.ctx, ast.Load):
            self._written(node)

    def _written(self, node: ast.AST) -> None:
        """The name that an expression begins with."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        if isinstance(node, ast.Name):
            self.written.add(node.id)
