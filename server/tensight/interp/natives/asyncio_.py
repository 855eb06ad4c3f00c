"""asyncio: a coroutine has run when it is called, so that waiting for it gives what it returned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ListV, Native, Reason, Value
from .registry import MODULES, NATIVES, native

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("asyncio")


@native("asyncio.run", "asyncio.create_task", "asyncio.ensure_future", "asyncio.wait_for", "asyncio.shield")
def result(it: Interp, coroutine: Value, *args: Value, **options: Value) -> Value:
    return coroutine


@native("asyncio.gather")
def gather(it: Interp, *coroutines: Value, **options: Value) -> Value:
    return ListV(list(coroutines))


@native("asyncio.sleep")
def sleep(it: Interp, delay: Value, result: Value = None) -> Value:
    return result


@native("asyncio.to_thread")
def to_thread(it: Interp, function: Value, /, *args: Value, **kwargs: Value) -> Value:
    return it.call(function, args, kwargs)


for _name in ("get_event_loop", "new_event_loop", "get_running_loop", "Queue", "Event"):
    NATIVES[f"asyncio.{_name}"] = Native(
        f"asyncio.{_name}", lambda it, args, kwargs: it.unknown(Reason.OPAQUE, "asyncio")
    )
