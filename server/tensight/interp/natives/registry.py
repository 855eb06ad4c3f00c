"""Tables of what Tensight provides itself: functions, methods, classes, modules of Python and PyTorch.

    @native("math.prod")
    def prod(it: Interp, iterable: Value, *, start: Value = 1) -> Value: ...

A name is qualified. A method is a native whose name starts with its class: "builtins.list.append" gets the list as
first argument; "torch.nn.Module.parameters" the instance. Natives never raise Python exceptions of their own for bad
arguments: they return `it.fail("ValueError", "…")` or an Unknown."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...dims import Expr
from ...ops.errors import Lift, ShapeError
from ...values import Fields, Native, Reason, Scalar, Unknown, Value

if TYPE_CHECKING:
    from ..machine import Interp

#: Qualified name → callable.
NATIVES: dict[str, Native] = {}
#: Qualified name of a class → names of its bases. Every native class is listed here.
BASES: dict[str, tuple[str, ...]] = {"builtins.object": ()}
#: Qualified name of a class → how it is built: (it, cls, args, kwargs) → value. Without one: Instance + `__init__`.
CONSTRUCTORS: dict[str, Callable[[Any, Any, list[Value], dict[str, Value]], Value]] = {}
#: Native base → what is done to a class that derives from it, once its body has run: (it, cls).
CLASS_HOOKS: dict[str, Callable[[Any, Any], None]] = {}
#: Qualified name of a computed attribute ("torch.nn.Module.training") → (it, self) → value.
PROPERTIES: dict[str, Callable[[Any, Value], Value]] = {}
#: Qualified name of a plain value in a native module ("math.pi").
CONSTANTS: dict[str, Value] = {}
#: Other qualified names of what a table has ("typing.List" → "builtins.list").
ALIASES: dict[str, str] = {}
#: Names of modules that are native as a whole: an attribute that is not listed is Unknown(opaque), never source.
MODULES: set[str] = set()


def native(*names: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register `function(it, *args, **kwargs)` under qualified names."""

    def register(function: Callable[..., Value]) -> Callable[..., Value]:
        def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
            try:
                return function(it, *args, **kwargs)
            except TypeError:
                try:
                    inspect.signature(function).bind(it, *args, **kwargs)
                except TypeError as error:
                    return Unknown(Reason.NO_RULE, f"{names[0]}: {error}")
                raise
            except Lift as lift:
                return lift.unknown or Unknown(Reason.DATA_DEPENDENT, names[0])
            except ShapeError as error:
                return it.refuse(error, names[0], [*args, *kwargs.values()])

        for name in names:
            NATIVES[name] = Native(name, call)
        return function

    return register


def native_class(name: str, *bases: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a class and its constructor `function(it, cls, *args, **kwargs)`."""
    BASES[name] = bases or ("builtins.object",)

    def register(function: Callable[..., Value]) -> Callable[..., Value]:
        def call(it: Interp, cls: Any, args: list[Value], kwargs: dict[str, Value]) -> Value:
            try:
                return function(it, cls, *args, **kwargs)
            except TypeError:
                try:
                    inspect.signature(function).bind(it, cls, *args, **kwargs)
                except TypeError as error:
                    return Unknown(Reason.NO_RULE, f"{name}: {error}")
                raise
            except Lift as lift:
                return lift.unknown or Unknown(Reason.DATA_DEPENDENT, name)
            except ShapeError as error:
                return it.refuse(error, name, [*args, *kwargs.values()])

        CONSTRUCTORS[name] = call
        return function

    return register


def plain_class(name: str, *bases: str) -> None:
    """Register a class whose instances are built as usual (an Instance, then `__init__` if there is one)."""
    BASES[name] = bases or ("builtins.object",)


def prop(*names: str) -> Callable[[Callable[[Any, Value], Value]], Callable[[Any, Value], Value]]:
    """Register a computed attribute."""

    def register(function: Callable[[Any, Value], Value]) -> Callable[[Any, Value], Value]:
        for name in names:
            PROPERTIES[name] = function
        return function

    return register


_PLAIN = (bool, int, float, complex, str, bytes, type(None), range, slice)


def is_plain(value: Value) -> bool:
    """Whether a value is one of Python's own immutable constants, all the way down."""
    if isinstance(value, Expr):
        return False
    if isinstance(value, tuple):
        return not isinstance(value, Fields) and all(is_plain(v) for v in value)
    return isinstance(value, _PLAIN)


def pure(name: str, function: Callable[..., Any], result: str = "number") -> None:
    """Register a host function that is evaluated when all arguments are plain constants.

    `result`: the kind of Scalar ("int", "float", "bool", "str", "number") when they are not."""

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        if all(map(is_plain, args)) and all(map(is_plain, kwargs.values())):
            try:
                return function(*args, **kwargs)
            except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError) as error:
                return it.fail(type(error).__name__, str(error))
        for value in (*args, *kwargs.values()):
            if isinstance(value, Unknown):
                return Unknown(value.reason, value.detail, value.span)
        return Scalar(result)

    NATIVES[name] = Native(name, call)
