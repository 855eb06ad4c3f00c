"""functools: partial, reduce, wraps, caches, singledispatch, total_ordering, cmp_to_key."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...values import (
    BoundMethod,
    ClassV,
    FunctionV,
    Instance,
    Native,
    OpFunction,
    PartialV,
    PropertyV,
    Scalar,
    Unknown,
    Value,
)
from .. import imports
from ..frame import RETURN, Code, Execute, Frame, Signal
from .registry import MODULES, NATIVES, is_plain, native, native_class, plain_class
from .support import MISSING, in_library, items_of, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("functools")


@native_class("functools.partial")
def partial(it: Interp, cls: ClassV, function: Value, /, *args: Value, **kwargs: Value) -> Value:
    if isinstance(function, Unknown):
        return unknown_of(it, [function])
    if isinstance(function, PartialV):
        return PartialV(function.function, (*function.args, *args), {**function.kwargs, **kwargs})
    return PartialV(function, args, kwargs)


@native_class("functools.partialmethod")
def partialmethod(it: Interp, cls: ClassV, function: Value, /, *args: Value, **kwargs: Value) -> Value:
    """Read through an instance, it is the method with some arguments filled in."""

    def get(it: Interp, found: list[Value], _: dict[str, Value]) -> Value:
        return PartialV(BoundMethod(function, found[0]), args, kwargs)

    return PropertyV(Native("functools.partialmethod.__get__", get))


@native("functools.reduce")
def reduce(it: Interp, function: Value, iterable: Value, initial: Value = MISSING, /) -> Value:
    items, rest = items_of(it, iterable)
    if initial is not MISSING:
        items = [initial, *items]
    if not items:
        if rest is None:
            return it.fail("TypeError", "reduce() of empty iterable with no initial value")
        items = [rest]
    value = items[0]
    for item in items[1:]:
        value = it.call(function, [value, item])
    if rest is None:
        return value
    once = it.either(lambda: it.call(function, [value, rest]), lambda: value)
    return it.either(lambda: it.call(function, [once, rest]), lambda: once)


# ---- wrappers
@native("functools.update_wrapper")
def update_wrapper(it: Interp, wrapper: Value, wrapped: Value, assigned: Value = None, updated: Value = None) -> Value:
    """The wrapper itself; it gets the name of what it wraps."""
    if isinstance(wrapper, FunctionV):
        names = {"__wrapped__": wrapped}
        if isinstance(wrapped, FunctionV):
            for key, value in wrapped.attrs.items():
                it.journal.set(wrapper.attrs, key, value)
            own = {"__name__": wrapped.name, "__qualname__": wrapped.qualname, "__doc__": wrapped.code.doc}
            names |= {key: wrapped.attrs.get(key, value) for key, value in own.items()}
        elif isinstance(wrapped, Native | OpFunction):
            names |= {"__name__": wrapped.name.rpartition(".")[2]}
        for key, value in names.items():
            it.journal.set(wrapper.attrs, key, value)
    elif isinstance(wrapper, Instance):
        it.journal.set(wrapper.attrs, "__wrapped__", wrapped)
    return wrapper


@native("functools.wraps")
def wraps(it: Interp, wrapped: Value, assigned: Value = None, updated: Value = None) -> Value:
    return PartialV(NATIVES["functools.update_wrapper"], (), {"wrapped": wrapped})


@native("functools.lru_cache")
def lru_cache(it: Interp, maxsize: Value = 128, typed: Value = False) -> Value:
    """The function itself. In libraries, plain results for equal plain arguments are kept; else they are computed
    again, since each call of the user's own code shows something."""
    if isinstance(maxsize, FunctionV | BoundMethod | Native | PartialV):
        return _cached(it, maxsize)
    return Native("functools.lru_cache.decorate", lambda it, args, kwargs: _cached(it, args[0]))


@native("functools.cache")
def cache(it: Interp, function: Value, /) -> Value:
    return _cached(it, function)


def _keeping(code: Code) -> Code:
    """The code of a function that remembers its plain results."""
    known: dict[Any, Value] = {}

    def compiled() -> Execute:
        if code.body is None and code.compile is not None:
            code.body = code.compile()
        body = code.body
        assert body is not None

        def run(f: Frame) -> Signal:
            arguments = tuple(f.locals.items())
            if not all(is_plain(value) for _, value in arguments):
                return body(f)
            key = tuple((name, type(value), value) for name, value in arguments)
            if key in known:
                f.return_value = known[key]
                return RETURN
            signal = body(f)
            if signal == RETURN and not f.pending and not f.loose and is_plain(f.return_value):
                known[key] = f.return_value
            return signal

        return run

    return replace(code, body=None, compile=compiled)


def _cached(it: Interp, function: Value) -> Value:
    if isinstance(function, FunctionV):
        if not function.code.user and in_library(it) and not isinstance(function.code.node, ast.Lambda):
            function.code = _keeping(function.code)
        it.journal.set(function.attrs, "cache_clear", Native("functools.cache_clear", lambda it, args, kwargs: None))
        it.journal.set(
            function.attrs, "cache_info", Native("functools.cache_info", lambda it, args, kwargs: unknown_of(it, []))
        )
    return function


@native_class("functools.cached_property")
def cached_property(it: Interp, cls: ClassV, function: Value) -> Value:
    return PropertyV(function, None, True)


# ---- singledispatch
plain_class("functools.singledispatchmethod")


@native("functools.singledispatch")
def singledispatch(it: Interp, function: Value) -> Value:
    table: list[tuple[Value, Value]] = []

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        chosen = _choose(it, table, function, args[0] if args else None)
        return unknown_of(it, args, "singledispatch") if chosen is MISSING else it.call(chosen, args, kwargs)

    dispatcher = it.new("functools.dispatcher")
    dispatcher.extra["call"] = call
    dispatcher.extra["table"] = table
    return dispatcher


plain_class("functools.dispatcher")


@native("functools.dispatcher.__call__")
def dispatch(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    if not isinstance(self, Instance):
        return unknown_of(it, [self])
    return self.extra["call"](it, list(args), kwargs)


@native("functools.dispatcher.register")
def register(it: Interp, self: Value, cls: Value, function: Value = MISSING) -> Value:
    if not isinstance(self, Instance):
        return unknown_of(it, [self])
    table: list[tuple[Value, Value]] = self.extra["table"]
    if function is not MISSING:
        table.append((cls, function))
        return function
    if isinstance(cls, FunctionV):
        table.append((_annotated(it, cls, 0), cls))
        return cls

    def decorate(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        table.append((cls, args[0]))
        return args[0]

    return Native("functools.register", decorate)


def _annotated(it: Interp, function: FunctionV, position: int) -> Value:
    """The class that annotates a parameter, where it is named plainly."""
    parameters = function.code.parameters
    node = parameters[position].annotation if len(parameters) > position else None
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return unknown_of(it, [], "annotation")
    namespace = function.module.namespace
    value: Value = namespace.get(node.id, it.world.builtins.get(node.id, MISSING))
    if value is MISSING:
        return unknown_of(it, [], "annotation")
    value = imports.resolve(it, value)
    for name in reversed(names):
        value = it.getattr(value, name)
    return value


@native("functools.singledispatchmethod.__init__")
def singledispatchmethod(it: Interp, self: Value, function: Value) -> Value:
    if isinstance(self, Instance):
        self.extra["table"], self.extra["default"] = [], function
    return None


@native("functools.singledispatchmethod.register")
def register_method(it: Interp, self: Value, cls: Value, function: Value = MISSING) -> Value:
    if not isinstance(self, Instance):
        return unknown_of(it, [self])
    table: list[tuple[Value, Value]] = self.extra["table"]
    if function is not MISSING or isinstance(cls, FunctionV):
        chosen = cls if function is MISSING else function
        table.append((_annotated(it, cls, 1) if function is MISSING else cls, chosen))
        return chosen

    def decorate(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        table.append((cls, args[0]))
        return args[0]

    return Native("functools.register", decorate)


@native("functools.singledispatchmethod.__get__")
def bind_method(it: Interp, self: Value, obj: Value, cls: Value = None) -> Value:
    """The method: which one runs is decided by what follows `self`."""

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        if not isinstance(self, Instance):
            return unknown_of(it, [self])
        chosen = _choose(it, self.extra["table"], self.extra["default"], args[0] if args else None)
        return unknown_of(it, args, "singledispatch") if chosen is MISSING else it.call(chosen, [obj, *args], kwargs)

    return Native("functools.singledispatchmethod", call)


def _choose(it: Interp, table: list[tuple[Value, Value]], default: Value, value: Value) -> Value:
    """The most special implementation for a value; MISSING if undecided."""
    best: tuple[Value, Value] | None = None
    for cls, function in table:
        answer = it.is_instance(value, cls)
        if answer is None:
            return MISSING
        if answer and (
            best is None or (isinstance(cls, ClassV) and isinstance(best[0], ClassV) and cls.is_subclass(best[0]))
        ):
            best = (cls, function)
    return default if best is None else best[1]


# ---- ordering
_OTHERS = {"__lt__": ("__gt__", "__le__", "__ge__"), "__le__": ("__ge__", "__lt__", "__gt__"),
           "__gt__": ("__lt__", "__ge__", "__le__"), "__ge__": ("__le__", "__gt__", "__lt__")}  # fmt: skip


@native("functools.total_ordering")
def total_ordering(it: Interp, cls: Value) -> Value:
    if not isinstance(cls, ClassV):
        return cls
    given = next(
        (name for name in ("__lt__", "__le__", "__gt__", "__ge__") if isinstance(cls.lookup(name), FunctionV)), None
    )
    if given is None:
        it.fail("ValueError", "must define at least one ordering operation: < > <= >=")
        return cls
    for name in _OTHERS[given]:
        if not isinstance(cls.lookup(name), FunctionV):
            it.journal.set(cls.namespace, name, Native(f"total_ordering.{name}", _derived(given, name)))
    return cls


def _derived(given: str, name: str) -> Any:
    """`a < b` and the others by the one that is given and equality."""
    want_less, have_less = name in ("__lt__", "__le__"), given in ("__lt__", "__le__")
    want_equal, have_equal = name in ("__le__", "__ge__"), given in ("__le__", "__ge__")

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        a, b = args
        below = it.truth(it.method(a, given, b))
        equal = it.truth(it.compare("==", a, b))
        if below is None or equal is None:
            return Scalar("bool")
        strictly = below and not equal if have_equal else below
        if want_less == have_less:
            return strictly or (equal if want_equal else False)
        return (not strictly and not equal) or (equal and want_equal)

    return call


plain_class("functools.cmp_key")


@native("functools.cmp_to_key")
def cmp_to_key(it: Interp, function: Value) -> Value:
    def make(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        key = it.new("functools.cmp_key", obj=args[0])
        key.extra["compare"] = function
        return key

    return Native("functools.cmp_to_key.key", make)


def _key_method(name: str, token: str) -> None:
    @native(f"functools.cmp_key.{name}")
    def method(it: Interp, self: Value, other: Value) -> Value:
        if not isinstance(self, Instance) or not isinstance(other, Instance):
            return NotImplemented
        return it.compare(token, it.call(self.extra["compare"], [self.attrs["obj"], other.attrs["obj"]]), 0)


for _name, _token in (("__lt__", "<"), ("__gt__", ">"), ("__le__", "<="), ("__ge__", ">="), ("__eq__", "==")):
    _key_method(_name, _token)
