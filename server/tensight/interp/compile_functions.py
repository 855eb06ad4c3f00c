"""Functions, lambdas, classes → closures that make the values; decorators."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..values import ClassV, DictV, FunctionV, Instance, Reason, Unknown, Value
from . import classes, type_comments
from .compile_names import mangle
from .errors import PyRaise
from .frame import RETURN, Code, Evaluate, Execute, Frame, Parameter
from .scopes import Scope, bind, function_scope, is_generator, within_function
from .unit import Unit

_Make = Callable[[Frame], FunctionV]


def parameters(unit: Unit, node: ast.arguments, comment: str | None = None) -> list[Parameter]:
    """All parameters in order: positional ones first. `comment`: the type comment of the function."""
    said = type_comments.of_signature(node, comment) if comment is not None else {}

    def one(a: ast.arg, kind: str, only: bool = False) -> Parameter:
        annotation = a.annotation
        if annotation is None and (a.type_comment is not None or said):
            annotation = type_comments.of_argument(a) or said.get(a.arg)
        return Parameter(a.arg, kind, unit.name_slot(a), annotation, only)

    out = [one(a, "positional", True) for a in node.posonlyargs]
    out += [one(a, "positional") for a in node.args]
    if node.vararg is not None:
        out.append(one(node.vararg, "args"))
    out += [one(a, "keyword") for a in node.kwonlyargs]
    if node.kwarg is not None:
        out.append(one(node.kwarg, "kwargs"))
    return out


def make_code(unit: Unit, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope) -> Code:
    """The code of a function; its body compiles at the first call."""
    listed = parameters(unit, node.args, None if isinstance(node, ast.Lambda) else node.type_comment)
    name = "<lambda>" if isinstance(node, ast.Lambda) else node.name

    def compile_body() -> Execute:
        from .compile_expressions import expression
        from .compile_statements import block

        inner = function_scope(node, scope)
        if isinstance(node, ast.Lambda):
            value = expression(unit, node.body, inner)

            def run(f: Frame) -> int:
                f.return_value = value(f)
                return RETURN

            return run
        code.is_generator = is_generator(node)
        return block(unit, node.body, inner)

    code = Code(name, listed, compile_body, node=node, user=unit.recorded)
    code.span = unit.span(node) if unit.recorded else None
    code.is_lambda = isinstance(node, ast.Lambda)
    if not isinstance(node, ast.Lambda):
        code.is_async = isinstance(node, ast.AsyncFunctionDef)
        code.doc = ast.get_docstring(node, clean=False)
    code.positional = [p.name for p in listed if p.kind == "positional"]
    code.n_positional = len(code.positional)
    code.vararg = node.args.vararg.arg if node.args.vararg else None
    code.kwarg = node.args.kwarg.arg if node.args.kwarg else None
    if unit.codes is not None:
        unit.codes.append(code)
    return code


def function_maker(unit: Unit, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope) -> _Make:
    """A closure that makes the function value: defaults are evaluated then and there."""
    from .compile_expressions import expression

    code = make_code(unit, node, scope)
    defaults = [expression(unit, d, scope) for d in node.args.defaults]
    kw_defaults = [
        (a.arg, expression(unit, d, scope))
        for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults)
        if d is not None
    ]
    in_class = scope.kind == "class"
    class_name = scope.class_name
    outermost = unit.recorded and not within_function(scope)

    def make(f: Frame) -> FunctionV:
        parent = f.parent if in_class else f
        qualname = f"{class_name}.{code.name}" if in_class else code.name
        made = FunctionV(
            code.name,
            qualname,
            code,
            f.module,
            parent,
            tuple(d(f) for d in defaults),
            {n: d(f) for n, d in kw_defaults},
        )
        if outermost:
            f.it.functions.append(made)
        return made

    return make


def lambda_(unit: Unit, node: ast.Lambda, scope: Scope) -> Evaluate:
    return function_maker(unit, node, scope)


def decorated(unit: Unit, nodes: list[ast.expr], scope: Scope) -> Callable[[Frame, Value], Value]:
    """Apply decorators, innermost first. One that is not followed is taken to give back what it got."""
    from .compile_expressions import expression

    decorators = [(unit.slot(n, "call"), expression(unit, n, scope)) for n in nodes]

    def apply(f: Frame, value: Value) -> Value:
        evaluated = [(slot, decorator(f)) for slot, decorator in decorators]
        for slot, decorator in reversed(evaluated):
            if isinstance(decorator, Unknown):
                continue
            if slot is not None:
                f.at = slot
            result = f.it.call(decorator, [value])
            if not isinstance(result, Unknown):
                value = result
        return value

    return apply


def function_def(unit: Unit, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Execute:
    """`def`: make, decorate, bind."""
    from .compile_names import store

    make, put = function_maker(unit, node, scope), store(unit, node.name, scope, None)
    apply = decorated(unit, node.decorator_list, scope) if node.decorator_list else None

    def run(f: Frame) -> None:
        value: Value = make(f)
        f.it.defined(node, value, f)
        if apply is not None:
            value = apply(f, value)
        put(f, value)

    return run


def class_def(unit: Unit, node: ast.ClassDef, scope: Scope) -> Execute:
    """`class`: bases, body in a namespace of its own, MRO, hooks, decorators."""
    from .compile_calls import arguments
    from .compile_names import store
    from .compile_statements import block

    given = arguments(
        unit, ast.Call(func=ast.Name(id=node.name, ctx=ast.Load()), args=node.bases, keywords=node.keywords), scope
    )
    inner = bind(Scope("class", scope, class_name=node.name), node.body)
    body, put = block(unit, node.body, inner), store(unit, node.name, scope, None)
    apply = decorated(unit, node.decorator_list, scope) if node.decorator_list else None
    span = unit.span(node) if unit.recorded else None
    doc = ast.get_docstring(node, clean=False)

    def run(f: Frame) -> None:
        it = f.it
        values, keywords = given(f)
        cls = _new_class(f, node.name, values)
        cls.span = span
        cls.metaclass = keywords.pop("metaclass", None)
        namespace = cls.namespace
        namespace["__annotations__"] = DictV({})
        if doc is not None:
            namespace["__doc__"] = doc
        frame = Frame(it, f.module, namespace, f)
        frame.globals = f.globals
        it.frames.append(frame)
        try:
            body(frame)
        finally:
            it.frames.pop()
        value: Value = classes.finish_class(it, cls, keywords)
        it.defined(node, value, f)
        if apply is not None:
            value = apply(f, value)
        put(f, value)

    return run


def _new_class(f: Frame, name: str, bases: list[Value]) -> ClassV:
    it = f.it
    kept: list[Value] = []
    opened = False
    for base in bases:
        if isinstance(base, ClassV):
            if base not in kept:
                kept.append(base)
        elif isinstance(base, Instance) and "origin" in base.extra:
            kept.append(base.extra["origin"])
        else:
            opened = True
    if not kept:
        kept.append(it.native_class("builtins.object"))
    if len(kept) > 1:
        plain = it.native_class("builtins.object")
        kept = [k for k in kept if k is not plain] or [plain]
    return ClassV(name, tuple(kept), {}, module=f.module.name, open=opened)


__all__ = ["PyRaise", "Reason", "class_def", "decorated", "function_def", "lambda_", "mangle"]
