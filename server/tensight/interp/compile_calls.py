"""Calls → closures: arguments with stars, zero-argument `super()`, in-place methods that change a shape."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import reduce

from .. import limits
from ..values import BoundMethod, ClassV, DictV, OneOf, Reason, SuperV, Tensor, Unknown, Value, join
from . import attributes, calls
from .binding import Star
from .compile_names import mangle
from .frame import Evaluate, Frame, Slot
from .iteration import iterate
from .record import RECORDED
from .scopes import Scope
from .unit import Unit

Arguments = Callable[[Frame], tuple[list[Value], dict[str, Value]]]


def arguments(unit: Unit, node: ast.Call, scope: Scope) -> Arguments:
    """A closure that evaluates the arguments of a call."""
    from .compile_expressions import expression

    plain = [expression(unit, a.value if isinstance(a, ast.Starred) else a, scope) for a in node.args]
    starred = [isinstance(a, ast.Starred) for a in node.args]
    keywords = [(k.arg, expression(unit, k.value, scope)) for k in node.keywords]
    if not any(starred) and all(name is not None for name, _ in keywords):
        if not keywords:
            return lambda f: ([p(f) for p in plain], {})
        return lambda f: ([p(f) for p in plain], {name: value(f) for name, value in keywords if name is not None})

    def run(f: Frame) -> tuple[list[Value], dict[str, Value]]:
        args: list[Value] = []
        rest: Value = None
        after: list[Value] = []
        for part, is_star in zip(plain, starred):
            value = part(f)
            if not is_star:
                (args if rest is None else after).append(value)
                continue
            found = iterate(f.it, value)
            if len(args) + len(found.items) > limits.MAX_ITEMS:
                rest = Unknown(Reason.LIMIT, "very many arguments", f.it.here())
            elif rest is None:
                args.extend(found.items)
                rest = found.rest
            else:
                after.extend(found.items)
                if found.rest is not None:
                    rest, after = reduce(join, [*after, found.rest], rest), []
        if rest is not None:
            args.append(Star(rest, None, after))
        kwargs: dict[str, Value] = {}
        for name, part in keywords:
            value = part(f)
            if name is not None:
                kwargs[name] = value
            else:
                _merge(f, kwargs, value)
        return args, kwargs

    return run


def _merge(f: Frame, kwargs: dict[str, Value], value: Value) -> None:
    """`**value`."""
    backing = getattr(value, "extra", {}).get("value") if not isinstance(value, DictV) else value
    if isinstance(backing, DictV):
        for key, item in backing.items.items():
            if isinstance(key, str):
                kwargs[key] = item
        if backing.rest is not None:
            optional = backing.optional
            if optional is not None and not all(isinstance(key, str) and key not in kwargs for key in optional):
                optional = None
            kwargs["**"] = Star(backing.rest, optional)
    elif isinstance(value, Unknown | OneOf):
        kwargs["**"] = Star(value if isinstance(value, Unknown) else None)
    else:
        names = f.it.method(value, "keys")
        for key in iterate(f.it, names).items:
            if isinstance(key, str):
                kwargs[key] = f.it.getitem(value, key)


def call(unit: Unit, node: ast.Call, scope: Scope) -> Evaluate:
    """A call expression."""
    from .compile_expressions import expression

    slot = unit.slot(node, "call")
    if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
        return _super
    given = arguments(unit, node, scope)
    if isinstance(node.func, ast.Attribute):
        receiver, name = expression(unit, node.func.value, scope), mangle(node.func.attr, scope)
        rebind = _rebinding(unit, node.func, scope)
        attr_slot = unit.slot(node.func, "attr")

        def run_method(f: Frame) -> Value:
            obj = receiver(f)
            if slot is not None:
                f.at = slot
            function = attributes.get(f.it, obj, name)
            if attr_slot is not None and type(function) in RECORDED:
                f.it.recorder.note(f.it, attr_slot, function)
            args, kwargs = given(f)
            if slot is not None:
                f.at = slot
            value = calls.call(f.it, function, args, kwargs)
            if rebind is not None and type(obj) is Tensor and type(value) is Tensor and obj.dims != value.dims:
                rebind(f, value)
            if slot is not None and type(value) in RECORDED:
                f.it.recorder.note(f.it, slot, value)
            return value

        return run_method
    function = expression(unit, node.func, scope)
    return _plain_call(function, given, slot)


def _plain_call(function: Evaluate, given: Arguments, slot: Slot | None) -> Evaluate:
    def run(f: Frame) -> Value:
        callee = function(f)
        args, kwargs = given(f)
        if slot is not None:
            f.at = slot
        value = calls.call(f.it, callee, args, kwargs)
        if slot is not None and type(value) in RECORDED:
            f.it.recorder.note(f.it, slot, value)
        return value

    return run


def _rebinding(unit: Unit, node: ast.Attribute, scope: Scope) -> Callable[[Frame, Value], None] | None:
    """For `x.unsqueeze_(0)`: tensors are immutable here, so the place that holds the tensor gets the new one."""
    if (
        not node.attr.endswith("_")
        or node.attr.startswith("__")
        or not isinstance(node.value, ast.Name | ast.Attribute)
    ):
        return None
    from .compile_targets import target

    silent = Unit(unit.file, False, unit.lines, unit.bound, unit.broken)
    return target(silent, node.value, scope)


def _super(f: Frame) -> Value:
    """`super()` without arguments: the class in whose body the function stands, and its first argument."""
    frame: Frame | None = f
    while frame is not None:
        if frame.function is not None and isinstance(frame.function.owner, ClassV):
            return SuperV(frame.function.owner, frame.argument0)
        frame = frame.parent
    return f.it.unknown(Reason.UNSUPPORTED, "super() outside of a class")


__all__ = ["BoundMethod", "arguments", "call"]
