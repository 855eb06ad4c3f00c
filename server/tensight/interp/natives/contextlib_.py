"""contextlib. The block of a generator made into a context manager runs at its `yield` (`compile_with`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...values import BoundMethod, ClassV, FunctionV, Instance, IteratorV, Native, Value
from ..generators import wake
from .functools_ import update_wrapper
from .registry import MODULES, native, native_class, plain_class
from .support import unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("contextlib")
for _name in ("AbstractContextManager", "AbstractAsyncContextManager", "ContextDecorator", "AsyncContextDecorator"):
    plain_class(f"contextlib.{_name}")


# ---- contextmanager
plain_class("contextlib.GeneratorContextManager", "contextlib.ContextDecorator", "contextlib.AbstractContextManager")


@native("contextlib.contextmanager", "contextlib.asynccontextmanager")
def contextmanager(it: Interp, function: Value, /) -> Value:
    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        made = it.new("contextlib.GeneratorContextManager")
        made.extra["again"] = (function, args, kwargs)
        return made

    maker = Native(getattr(function, "name", "contextmanager"), call)
    return update_wrapper(it, maker, function)


@native("contextlib.GeneratorContextManager.__enter__", "contextlib.GeneratorContextManager.__aenter__")
def enter(it: Interp, self: Value) -> Value:
    if not isinstance(self, Instance) or "again" not in self.extra:
        return unknown_of(it, [self])
    function, args, kwargs = self.extra["again"]
    yielded = it.call(function, list(args), dict(kwargs))
    if isinstance(yielded, IteratorV):
        wake(it, yielded, whole=False)
        if yielded.items:
            return yielded.items[0]
        return None if yielded.rest is None else yielded.rest
    return unknown_of(it, [yielded], "contextmanager")


@native("contextlib.GeneratorContextManager.__exit__", "contextlib.GeneratorContextManager.__aexit__")
def leave(it: Interp, self: Value, *details: Value) -> Value:
    return None


@native("contextlib.ContextDecorator.__call__")
def decorate(it: Interp, self: Value, function: Value) -> Value:
    """`@manager()`: the function runs inside it."""

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        from .. import compile_with

        again = compile_with.generator_of(self)
        if again is not None:
            held: list[Value] = [None]

            def body(entered: Value) -> None:
                held[0] = it.call(function, args, kwargs)

            compile_with.around(it.frames[-1], *again, body)
            return held[0]
        it.method(self, "__enter__")
        result = it.call(function, args, kwargs)
        it.method(self, "__exit__", None, None, None)
        return result

    return Native("contextlib.decorated", call)


@native("contextlib.AbstractContextManager.__enter__")
def enter_self(it: Interp, self: Value) -> Value:
    return self


@native("contextlib.AbstractContextManager.__exit__")
def exit_nothing(it: Interp, self: Value, *details: Value) -> Value:
    return None


# ---- ready-made managers
plain_class("contextlib.Manager", "contextlib.ContextDecorator", "contextlib.AbstractContextManager")


@native("contextlib.Manager.__enter__", "contextlib.Manager.__aenter__")
def manager_enter(it: Interp, self: Value) -> Value:
    return self.extra.get("value") if isinstance(self, Instance) else None


@native("contextlib.Manager.__exit__", "contextlib.Manager.__aexit__")
def manager_exit(it: Interp, self: Value, *details: Value) -> Value:
    if isinstance(self, Instance) and "closing" in self.extra:
        it.method(self.extra["closing"], "close")
    return None


def _manager(it: Interp, **extra: Any) -> Instance:
    made = it.new("contextlib.Manager")
    made.extra.update(extra)
    return made


@native_class("contextlib.nullcontext", "contextlib.Manager")
def nullcontext(it: Interp, cls: ClassV, enter_result: Value = None) -> Value:
    return _manager(it, value=enter_result)


@native_class("contextlib.suppress", "contextlib.Manager")
def suppress(it: Interp, cls: ClassV, *exceptions: Value) -> Value:
    return _manager(it, suppress=exceptions)


@native_class("contextlib.closing", "contextlib.Manager")
def closing(it: Interp, cls: ClassV, thing: Value) -> Value:
    return _manager(it, value=thing, closing=thing)


@native("contextlib.redirect_stdout", "contextlib.redirect_stderr", "contextlib.chdir")
def redirect(it: Interp, target: Value) -> Value:
    return _manager(it, value=target)


# ---- ExitStack
plain_class("contextlib.ExitStack", "contextlib.AbstractContextManager")
plain_class("contextlib.AsyncExitStack", "contextlib.ExitStack")


@native("contextlib.ExitStack.enter_context", "contextlib.ExitStack.enter_async_context")
def enter_context(it: Interp, self: Value, manager: Value) -> Value:
    if isinstance(self, Instance):
        entered = self.extra.get("managers", ())
        # branches may have entered different ones: what they do at the end is not known
        it.journal.set(
            self.extra, "managers", (*entered, manager) if isinstance(entered, tuple) else (manager,), self.born
        )
    if isinstance(manager, Instance):
        method = manager.cls.lookup("__enter__")
        if isinstance(method, FunctionV | Native):
            return it.call(BoundMethod(method, manager))
    return unknown_of(it, [manager], "enter_context")


@native("contextlib.ExitStack.push", "contextlib.ExitStack.callback")
def push(it: Interp, self: Value, callback: Value, *args: Value, **kwargs: Value) -> Value:
    return callback


@native("contextlib.ExitStack.__exit__", "contextlib.ExitStack.close")
def stack_exit(it: Interp, self: Value, *details: Value) -> Value:
    if isinstance(self, Instance):
        entered = self.extra.get("managers", ())
        for manager in reversed(entered if isinstance(entered, tuple) else ()):
            if isinstance(manager, Instance) and manager.cls.lookup("__exit__") is not None:
                it.method(manager, "__exit__", None, None, None)
        it.journal.set(self.extra, "managers", (), self.born)
    return None


@native("contextlib.ExitStack.pop_all")
def pop_all(it: Interp, self: Value) -> Value:
    return self
