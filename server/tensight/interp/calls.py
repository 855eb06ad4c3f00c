"""`function(*args, **kwargs)`: binding, frames, op rules, layers, bound methods, partials, calls of instances."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .. import limits
from ..dims import Expr
from ..ops import RULES
from ..ops.defaults import DEFAULTS
from ..ops.errors import ShapeError
from ..ops.registry import OpRule
from ..values import (
    BoundMethod,
    ClassMethodV,
    ClassV,
    DictV,
    FunctionV,
    Instance,
    IteratorV,
    ListV,
    ModuleV,
    Native,
    OneOf,
    OpFunction,
    PartialV,
    Provenance,
    Reason,
    StaticMethodV,
    Tensor,
    Unknown,
    Value,
    forget,
)
from . import classes, diagnose, forks, generators
from .autocast import cast_arguments
from .binding import Star, bind
from .errors import OutOfBudget, PyRaise
from .frame import RETURN, Code, Frame
from .lazy_layers import forget_uninitialized
from .uncertain import after_native

if TYPE_CHECKING:
    from .machine import Interp


#: Natives that take a Star as their last argument.
_OPEN_ENDED = frozenset({"torch.nn.Sequential.__init__"})


def call(it: Interp, function: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """The one entry to all calls."""
    kind = type(function)
    opened = kwargs.get("**")
    if opened is not None and opened.optional is not None:
        plain = {name: value for name, value in kwargs.items() if name != "**"}
        more = {**plain, **opened.optional}
        return forks.either(
            it, [lambda: call(it, function, list(args), more), lambda: call(it, function, list(args), plain)]
        )
    if kind is BoundMethod:
        return call(it, function.function, [function.self, *args], kwargs)
    if kind is FunctionV:
        return call_function(it, function, args, kwargs)
    if kind is OpFunction:
        return call_op(it, function.name, args, kwargs)
    if kind is Native:
        if args and isinstance(args[-1], Star) and function.name not in _OPEN_ENDED:
            return _unknown_of(args)
        if opened is not None:
            return _unknown_of([opened])
        result = function.call(it, args, kwargs)
        it.take_notes()
        if it.handlers:
            after_native(it, function, args, kwargs, result)
        return result
    if kind is ClassV:
        return classes.instantiate(it, function, args, kwargs)
    if kind is Instance:
        return _call_instance(it, function, args, kwargs)
    if kind is PartialV:
        return call(it, function.function, [*function.args, *args], {**function.kwargs, **kwargs})
    if kind is OneOf:
        options = it.not_none(function.options)
        each = forks.each_tensor if all(map(_is_tensor_method, options)) else forks.each
        return each(it, options, lambda o: call(it, o, list(args), dict(kwargs)))
    if kind is Unknown:
        return opaque(it, function, args, kwargs)
    if kind in (StaticMethodV, ClassMethodV):
        return call(it, function.function, args, kwargs)
    if isinstance(function, ModuleV):
        return it.fail("TypeError", "'module' object is not callable")
    return it.fail("TypeError", f"{classes.type_name(it, function)!r} object is not callable")


def _is_tensor_method(function: Value) -> bool:
    return isinstance(function, BoundMethod) and isinstance(function.self, Tensor)


def _unknown_of(args: Sequence[Value]) -> Value:
    for value in args:
        if isinstance(value, Star):
            return value.value if isinstance(value.value, Unknown) else Unknown(Reason.DATA_DEPENDENT, "*args")
    return Unknown(Reason.DATA_DEPENDENT)


def opaque(it: Interp, function: Unknown, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """A call of something that is not followed: its result is unknown, and so is what it may have filled.

    Lists, dicts and sets that are handed over may have been changed; objects are taken to be left as they are
    (a logger, a tracker, a plot), which is what such calls do in programs about tensors."""
    it.may_raise()
    if it.lazy:
        forget_uninitialized(it)
    if function.reason is Reason.IMPORT:
        DEFAULTS.device = None  # it may be the program's own, and set anything
    for value in (*args, *kwargs.values()):
        if _holds_module(value):
            DEFAULTS.followed = False  # it may be moved to another device
        if isinstance(value, ListV | DictV) and function.reason is not Reason.ENVIRONMENT:
            it.journal.touch(value)
            value.rest = Unknown(function.reason, function.detail) if value.rest is None else value.rest
    return _opaque_result(it, function)


def _holds_module(value: Value, depth: int = 2) -> bool:
    """Whether a module is reached through a value in a few steps."""
    match value:
        case Instance():
            if value.cls.derives_from("torch.nn.Module"):
                return True
            held: Iterable[Value] = value.attrs.values()
        case ListV():
            held = value.items if value.rest is None else (*value.items, value.rest)
        case DictV():
            held = value.items.values()
        case OneOf():
            held = value.options
        case IteratorV():
            held = value.items
        case BoundMethod():
            held = (value.self,)
        case tuple():
            held = value
        case _:
            return False
    return depth > 0 and any(_holds_module(item, depth - 1) for item in held)


def _opaque_result(it: Interp, function: Unknown) -> Unknown:
    return Unknown(function.reason, function.detail, function.span or it.here())


def _call_instance(it: Interp, obj: Instance, args: list[Value], kwargs: dict[str, Value]) -> Value:
    method = obj.cls.lookup("__call__")
    if method is None:
        if obj.cls.open or obj.open:
            return opaque(it, Unknown(Reason.OPAQUE, f"{obj.cls.name}()"), args, kwargs)
        return it.fail("TypeError", f"{obj.cls.name!r} object is not callable")
    if isinstance(method, Instance) and method.cls.lookup("__get__") is None:
        return call(it, method, args, kwargs)  # nothing binds it to the object
    return call(it, method, [obj, *args], kwargs)


# ---- operations


def call_op(it: Interp, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """A torch operation: native, rule, then the installed PyTorch, then Unknown(no rule)."""
    rule = RULES.get(name)
    if args and isinstance(args[-1], Star):
        return _unknown_of(args)
    for i, value in enumerate(args):
        if type(value) is OneOf:
            return _each_option(it, name, args, kwargs, i)
        if type(value) is Instance and isinstance(value.extra.get("value"), int | float | str | Expr):
            args = [*args[:i], value.extra["value"], *args[i + 1 :]]  # a member of an IntEnum is a number
    for key, value in kwargs.items():
        if type(value) is OneOf:
            return _each_keyword(it, name, args, kwargs, key)
    for value in (*args, *kwargs.values()) if kwargs else args:
        if type(value) is Tensor and value.device == "numpy":
            from .natives.numpy_array import OPERATORS, as_numbers, is_array, operation

            if rule is not None:
                args, kwargs = as_numbers(rule, args, kwargs)
            if (name in OPERATORS or name.startswith("torch.Tensor.")) and any(map(is_array, args[:2])):
                return operation(it, name, args, kwargs)
            break
    if rule is None:
        return ask_oracle(it, name, args, kwargs)
    result = apply_rule(it, rule, args, kwargs, name, None)
    if type(result) is Unknown and result.reason is Reason.NO_RULE:
        return ask_oracle(it, name, args, kwargs)
    if kwargs and kwargs.get("requires_grad") is True and type(result) is Tensor:
        it.set_tensor_attr(result, "requires_grad", True)
    return result


def _each_option(it: Interp, name: str, args: list[Value], kwargs: dict[str, Value], i: int) -> Value:
    options = args[i].options
    return forks.each_tensor(it, options, lambda o: call_op(it, name, [*args[:i], o, *args[i + 1 :]], dict(kwargs)))


def _each_keyword(it: Interp, name: str, args: list[Value], kwargs: dict[str, Value], key: str) -> Value:
    return forks.each_tensor(it, kwargs[key].options, lambda o: call_op(it, name, list(args), {**kwargs, key: o}))


def ask_oracle(it: Interp, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Real PyTorch, if there is one and the arguments are plain enough."""
    if any(isinstance(v, Unknown | Star | OneOf) for v in (*args, *kwargs.values())):
        return next(
            (Unknown(v.reason, v.detail, v.span) for v in (*args, *kwargs.values()) if isinstance(v, Unknown)),
            Unknown(Reason.NO_RULE, name, it.here()),
        )
    if it.request.oracle is not None:
        asked = time.monotonic()
        answer = it.request.oracle.ask(name, args, kwargs)
        waited = time.monotonic() - asked
        it.deadline += waited
        it.began += waited  # waiting for PyTorch takes nothing off the budget
        if answer is not None:
            _remember(it, answer, name, args, None)
            return answer
    return Unknown(Reason.NO_RULE, name, it.here())


def apply_rule(
    it: Interp, rule: OpRule, args: Sequence[Value], kwargs: dict[str, Value], name: str, layer: Instance | None
) -> Value:
    """Run a rule; refusals become diagnostics, what it noted goes to the root, results know where they come from."""
    try:
        if rule.var_positional and len(args) > rule.var_positional + 1:
            rule.require_one(name, args, kwargs)
        if it.autocast is None:
            result = rule.run(name, args, kwargs)
        else:
            result = rule.run(name, *cast_arguments(it.autocast, rule, name, args, kwargs))
    except ShapeError as error:
        return it.refuse(error, name, [*args, *kwargs.values()], layer)
    except (RecursionError, OutOfBudget):
        raise
    except Exception as error:  # a defect of the rule: reported as such, never swallowed
        return it.internal_error(error)
    it.take_notes()
    if args and (rule.changes or ((kwargs or len(args) > rule.positional) and rule.changes_first(name, args, kwargs))):
        forget_elements(it, args[0])
    if "out" in kwargs:
        forget_elements(it, kwargs["out"])
    if type(result) is Unknown and args and args[0] is None:
        diagnose.lacks(it)
    if it.root is not None and it.root.knows:
        result = it.root.refine(result)
    _remember(it, result, name, [*args, *kwargs.values()] if kwargs else args, layer)
    return result


#: Operations whose result may lie in the memory of their first argument.
_VIEWS = frozenset(
    f"torch.Tensor.{name}"
    for name in (
        "__getitem__", "contiguous", "detach", "diagonal", "expand", "expand_as", "flatten", "float", "long", "movedim",
        "narrow", "permute", "ravel", "reshape", "reshape_as", "select", "squeeze", "swapaxes", "t", "T", "to",
        "transpose", "type", "type_as", "unflatten", "unsqueeze", "view", "view_as",
    )
)  # fmt: skip


def bases(tensor: Value) -> Iterator[Tensor]:
    """A tensor, and those that it may be a view of."""
    for _ in range(limits.MAX_VIEW_CHAIN):
        if type(tensor) is not Tensor:
            return
        yield tensor
        step = tensor.made_by
        if step is None or step.name not in _VIEWS or not step.inputs:
            return
        tensor = step.inputs[0]


def forget_elements(it: Interp, tensor: Value) -> None:
    """A step in place: the known elements of the tensor, of those that it may be a view of, and of the views of all
    these, hold no longer."""
    todo = list(bases(tensor))
    while todo:
        base = todo.pop()
        forget(base)
        todo += it.views.pop(id(base), ())


def _remember(it: Interp, result: Value, name: str, args: Sequence[Value], layer: Instance | None) -> None:
    if type(result) is Tensor:
        if result.made_by is None:
            inputs = tuple([v for v in args if type(v) is Tensor])
            if not inputs and args and type(args[0]) in (ListV, tuple):
                items = args[0].items if type(args[0]) is ListV else args[0]
                inputs = tuple([v for v in items if type(v) is Tensor])
            if layer is not None:
                inputs = (*inputs, *[v for v in layer.attrs.values() if type(v) is Tensor and v.parameter])
            object.__setattr__(result, "made_by", Provenance(name, it.here(), inputs, layer))
            if inputs and (result.data is not None or result.number is not None) and name in _VIEWS:
                it.views.setdefault(id(inputs[0]), []).append(result)
    elif isinstance(result, tuple):
        for item in result:
            if type(item) is Tensor or isinstance(item, tuple):
                _remember(it, item, name, args, layer)


def attribute_of_tensor(it: Interp, tensor: Tensor, name: str, attribute: Any) -> Value:
    """`x.shape`, `x.T`, `x.dtype`, …"""
    try:
        result = attribute(tensor)
    except ShapeError as error:
        return it.refuse(error, f"torch.Tensor.{name}", [tensor])
    it.take_notes()
    if name not in ("data", "grad"):
        _remember(it, result, f"torch.Tensor.{name}", [tensor], None)
    elif name == "data":
        it.detached = True
    return result


# ---- functions written in Python


def call_function(
    it: Interp,
    function: FunctionV,
    args: list[Value],
    kwargs: dict[str, Value],
    at_yield: Callable[[Value], Value] | None = None,
) -> Value:
    """A call, unless its outcome is known. `at_yield` is done at each `yield` of a generator."""
    summaries = it.summaries
    if summaries is None or at_yield is not None or not function.code.user:
        return _run(it, function, args, kwargs, at_yield)
    return summaries.call(it, function, args, kwargs, lambda: _run(it, function, args, kwargs, None))


def _run(
    it: Interp,
    function: FunctionV,
    args: list[Value],
    kwargs: dict[str, Value],
    at_yield: Callable[[Value], Value] | None,
) -> Value:
    """Bind, run, join what was returned."""
    code: Code = function.code
    it.tick()  # a lambda has no statement that would
    if len(it.frames) >= limits.MAX_CALL_DEPTH:
        return it.unknown(Reason.LIMIT, "calls nest too deep")
    locals_: dict[str, Value] = {}
    frame = Frame(it, function.module, locals_, function.scope, code, function)
    problem = bind(function, code, args, kwargs, locals_)
    if problem is not None:
        return it.fail("TypeError", f"{function.name}() {problem}")
    running = [f for f in it.frames if f.code is code]
    if len(running) >= limits.MAX_RECURSION or (
        running and (_knows_no_more(locals_, running) or forks.is_too_deep(it))
    ):
        return it.unknown(Reason.LIMIT, f"{function.name}() calls itself too often")
    if args:
        frame.argument0 = args[0]
    frame.at_yield = at_yield
    it.frames.append(frame)
    place = code.place
    if place is not None:
        it.reached.add(place)
        it.entered.add(place)
    base_doubt, base_handlers = it.doubt, len(it.handlers)
    try:
        if code.user:
            _note_parameters(it, code, locals_)
        if code.body is None:
            assert code.compile is not None
            code.body = code.compile()
        if code.is_generator:
            if at_yield is None:
                return generators.made(it, frame, code, function)
            generated = IteratorV([])
            generators.run_body(it, frame, code, generated, whole=True)
            return generated
        try:
            signal = code.body(frame)
        except PyRaise as error:
            signal = forks.left_by(frame, error)
        if signal != RETURN:
            frame.return_value = None
        return forks.finish(frame) if frame.pending or frame.loose else frame.return_value
    finally:
        frame.abandon()
        it.doubt = base_doubt
        del it.handlers[base_handlers:]
        it.frames.pop()


def _knows_no_more(arguments: dict[str, Value], running: list[Frame]) -> bool:
    """Whether a function that calls itself is told as little as before: a further call would fork as the last did."""
    if len(running) < limits.MAX_BLIND_RECURSION or not any(type(v) is Unknown for v in arguments.values()):
        return False
    return all(
        type(value) is Unknown
        and all(type(frame.locals.get(name)) is Unknown for frame in running[-limits.MAX_BLIND_RECURSION :])
        for name, value in arguments.items()
        if value is not None and type(value) is not bool
    )


def _note_parameters(it: Interp, code: Code, locals_: dict[str, Value]) -> None:
    from .record import RECORDED

    for parameter in code.parameters:
        if parameter.slot is not None:
            value = locals_.get(parameter.name)
            if type(value) in RECORDED:
                it.recorder.note(it, parameter.slot, value)
