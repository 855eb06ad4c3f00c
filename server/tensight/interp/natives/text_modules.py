"""string, textwrap, shlex, bisect, heapq, statistics: small modules of pure functions."""

from __future__ import annotations

import heapq
import importlib
import string
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...values import ListV, Reason, Scalar, Value
from .builtins_numeric import sort_items
from .registry import CONSTANTS, MODULES, native
from .sequences import forget, list_of
from .support import NO_KEY, from_host, items_of, to_host, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update(("string", "textwrap", "shlex", "bisect", "heapq", "statistics"))
for _name in ("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits", "octdigits", "printable",
              "punctuation", "whitespace"):  # fmt: skip
    CONSTANTS[f"string.{_name}"] = getattr(string, _name)
_ERRORS = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


def _pure(name: str, kind: str) -> None:
    """A host function of plain data, lists included; of anything else a value of its kind. Its module is imported when
    it is first called."""
    module, _, short = name.partition(".")

    @native(name)
    def call(it: Interp, *args: Value, **kwargs: Value) -> Value:
        plain, named = [to_host(a) for a in args], {k: to_host(v) for k, v in kwargs.items()}
        if any(v is NO_KEY for v in (*plain, *named.values())):
            return ListV([], Scalar("str")) if kind == "list" else Scalar(kind)
        if name.startswith(("textwrap.", "string.", "shlex.")) and name != "shlex.join":
            if plain and not isinstance(plain[0], str):
                return it.fail("TypeError", f"{name}() takes a string")
        try:
            return from_host(it, getattr(importlib.import_module(module), short)(*plain, **named))
        except _ERRORS as error:
            return it.fail(type(error).__name__, str(error))


for _name in ("dedent", "fill", "indent", "shorten"):
    _pure(f"textwrap.{_name}", "str")
_pure("textwrap.wrap", "list")
_pure("string.capwords", "str")
_pure("shlex.split", "list")
_pure("shlex.quote", "str")
_pure("shlex.join", "str")
for _name in ("bisect", "bisect_left", "bisect_right"):
    _pure(f"bisect.{_name}", "int")
for _name in ("mean", "fmean", "median", "stdev", "pstdev", "variance", "pvariance", "mode", "harmonic_mean"):
    _pure(f"statistics.{_name}", "number")


# ---- heaps: lists in an order that is only known if every item is
@native("heapq.heapify")
def heapify(it: Interp, heap: Value) -> Value:
    _on_heap(it, heap, lambda items: heapq.heapify(items))
    return None


@native("heapq.heappush")
def heappush(it: Interp, heap: Value, item: Value) -> Value:
    plain = to_host(item)
    target = list_of(heap)
    if plain is NO_KEY and target is not None:
        forget(it, target, item)
        return None
    _on_heap(it, heap, lambda items: heapq.heappush(items, plain))
    return None


@native("heapq.heappop")
def heappop(it: Interp, heap: Value) -> Value:
    return _on_heap(it, heap, lambda items: heapq.heappop(items))


@native("heapq.heappushpop", "heapq.heapreplace")
def heappushpop(it: Interp, heap: Value, item: Value) -> Value:
    target = list_of(heap)
    if target is not None:
        forget(it, target, item)
    return unknown_of(it, [item], "a heap")


def _on_heap(it: Interp, heap: Value, change: Callable[[list[Any]], Any]) -> Value:
    target = list_of(heap)
    if target is None:
        return unknown_of(it, [heap])
    plain = to_host(target)
    if plain is NO_KEY:
        forget(it, target)
        return target.rest if target.rest is not None else it.unknown(Reason.DATA_DEPENDENT, "a heap")
    try:
        result = change(plain)
    except _ERRORS as error:
        return it.fail(type(error).__name__, str(error))
    it.journal.touch(target)
    target.items[:] = [from_host(it, v) for v in plain]
    return from_host(it, result)


def _several(name: str, *, largest: bool) -> None:
    @native(f"heapq.{name}")
    def several(it: Interp, n: Value, iterable: Value, key: Value = None) -> Value:
        items, rest = items_of(it, iterable)
        order = sort_items(it, items, key, largest) if rest is None else None
        if order is None or not isinstance(n, int):
            return ListV([], unknown_of(it, [rest], name))
        return ListV(order[: max(n, 0)])


_several("nlargest", largest=True)
_several("nsmallest", largest=False)
