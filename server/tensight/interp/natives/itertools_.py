"""itertools. Everything is computed at once; endless iterators list some items and then go on as `rest`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ... import limits
from ...values import ClassV, IteratorV, Reason, Scalar, Value, join
from .builtins_iteration import Stream, perhaps
from .registry import MODULES, native, native_class
from .support import MISSING, NO_KEY, any_item, as_rest, index_of, is_int, items_of, known_items, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("itertools")
#: Items of an endless iterator that are listed.
ENDLESS = 256


def _bounded(it: Interp, rows: Iterable[Any]) -> Value:
    """An iterator over tuples of the host, cut at MAX_ITEMS in all of them."""
    out: list[Value] = []
    size = 0
    for row in rows:
        size += max(len(row), 1)
        if size > limits.MAX_ITEMS:
            return IteratorV(out, it.unknown(Reason.LIMIT, "very many items"))
        out.append(row)
    return IteratorV(out)


@native("itertools.count")
def count(it: Interp, start: Value = 0, step: Value = 1) -> Value:
    items: list[Value] = [start]
    while len(items) < ENDLESS:
        items.append(it.binary("+", items[-1], step))
    return IteratorV(items, Scalar("int") if is_int(start) and is_int(step) else Scalar("number"))


@native("itertools.cycle")
def cycle(it: Interp, iterable: Value, /) -> Value:
    items, rest = items_of(it, iterable)
    if rest is not None:
        return IteratorV(items, any_item(items, rest))
    if not items:
        return IteratorV([])
    times = -(-ENDLESS // len(items))
    return IteratorV(items * times, any_item(items, None))


@native("itertools.repeat")
def repeat(it: Interp, value: Value, times: Value = MISSING) -> Value:
    if times is MISSING:
        return IteratorV([value] * ENDLESS, as_rest(value))
    n = index_of(it, times)
    if n is None or n > limits.MAX_ITEMS:
        return IteratorV([], as_rest(value))
    return IteratorV([value] * max(n, 0))


@native_class("itertools.chain")
def chain(it: Interp, cls: ClassV, *iterables: Value) -> Value:
    return _chain(it, list(iterables), None)


@native("itertools.chain.from_iterable")
def from_iterable(it: Interp, iterable: Value, /) -> Value:
    return _chain(it, *items_of(it, iterable))


def _chain(it: Interp, iterables: list[Value], more: Value | None) -> Value:
    out: list[Value] = []
    rest: Value | None = None
    for iterable in iterables:
        items, tail = items_of(it, iterable)
        if rest is None and len(out) + len(items) > limits.MAX_ITEMS:
            rest = it.unknown(Reason.LIMIT, "very many items")
        elif rest is None:
            out.extend(items)
            rest = tail
        else:
            rest = any_item([rest, *items], tail)
    if more is not None:
        items, tail = items_of(it, more)
        found = any_item(items, tail)
        if found is not None:
            rest = found if rest is None else join(rest, found)
    return IteratorV(out, rest)


@native("itertools.islice")
def islice(it: Interp, iterable: Value, first: Value, stop: Value = MISSING, step: Value = None, /) -> Value:
    low, high, by = (None, first, None) if stop is MISSING else (first, stop, step)
    stream = Stream(it, iterable)
    start = 0 if low is None else index_of(it, low)
    width = 1 if by is None else index_of(it, by)
    end = None if high is None else index_of(it, high)
    if start is None or width is None or (high is not None and end is None):
        items, rest = items_of(it, stream.iterator)
        return IteratorV([], any_item(items, rest))
    if start < 0 or width < 1 or (end is not None and end < 0):
        return it.fail("ValueError", "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    out: list[Value] = []
    position = 0
    while end is None or position < end:
        item = stream.next()
        if item is MISSING:
            return IteratorV(out)
        if item is NO_KEY:
            return IteratorV(out, stream.rest)
        if position >= start and (position - start) % width == 0:
            out.append(item)
        position += 1
        if len(out) > limits.MAX_ITEMS:
            return IteratorV(out, stream.rest or it.unknown(Reason.LIMIT, "islice"))
    return IteratorV(out)


@native("itertools.zip_longest")
def zip_longest(it: Interp, *iterables: Value, fillvalue: Value = None) -> Value:
    columns = [items_of(it, iterable) for iterable in iterables]
    if all(rest is None for _, rest in columns):
        return IteratorV(list(itertools.zip_longest(*(items for items, _ in columns), fillvalue=fillvalue)))
    row = tuple(any_item([*items, fillvalue], rest) for items, rest in columns)
    return IteratorV([], row)


# ---- combinations
def _of_pool(name: str, function: Callable[..., Iterable[Any]]) -> None:
    @native(f"itertools.{name}")
    def combine(it: Interp, iterable: Value, r: Value = None) -> Value:
        items, rest = items_of(it, iterable)
        size = len(items) if r is None and name == "permutations" else index_of(it, r)
        if rest is not None or size is None:
            one = any_item(items, rest)
            return IteratorV([], unknown_of(it, [r]) if size is None else tuple([one] * size))
        if size < 0:
            return it.fail("ValueError", "r must be non-negative")
        return _bounded(it, function(items, size))


_of_pool("combinations", itertools.combinations)
_of_pool("combinations_with_replacement", itertools.combinations_with_replacement)
_of_pool("permutations", itertools.permutations)


@native("itertools.product")
def product(it: Interp, *iterables: Value, repeat: Value = 1) -> Value:
    times = index_of(it, repeat)
    columns = [items_of(it, iterable) for iterable in iterables]
    if times is None:
        return IteratorV([], unknown_of(it, [repeat], "product"))
    if any(rest is not None for _, rest in columns):
        if any(not items and rest is None for items, rest in columns):
            return IteratorV([])
        return IteratorV([], tuple(any_item(items, rest) for items, rest in columns) * max(times, 0))
    total = 1
    for items, _ in columns:
        total *= max(len(items), 1) ** max(times, 0) if times < 64 else limits.MAX_ITEMS + 1
    if any(len(items) > limits.MAX_ITEMS for items, _ in columns) or total > 10 * limits.MAX_ITEMS:
        return IteratorV([], tuple(any_item(items, None) for items, _ in columns) * max(times, 0))
    return _bounded(it, itertools.product(*(items for items, _ in columns), repeat=max(times, 0)))


# ---- by a function
@native("itertools.accumulate")
def accumulate(it: Interp, iterable: Value, func: Value = None, *, initial: Value = None) -> Value:
    items, rest = items_of(it, iterable)

    def step(a: Value, b: Value) -> Value:
        return it.binary("+", a, b) if func is None else it.call(func, [a, b])

    out: list[Value] = [] if initial is None else [initial]
    for item in items:
        out.append(step(out[-1], item) if out else item)
    if rest is None:
        return IteratorV(out)
    more = perhaps(it, lambda: step(out[-1], rest) if out else rest)
    again = perhaps(it, lambda: step(more, rest))
    return IteratorV(out, join(more, again))


@native("itertools.starmap")
def starmap(it: Interp, function: Value, iterable: Value, /) -> Value:
    rows, rest = items_of(it, iterable)
    out: list[Value] = []
    for row in rows:
        args = known_items(it, row)
        out.append(unknown_of(it, [row], "starmap") if args is None else it.call(function, args))
    if rest is None:
        return IteratorV(out)
    return IteratorV(
        out, perhaps(it, lambda: it.call(function, list(rest))) if isinstance(rest, tuple) else unknown_of(it, [rest])
    )


def _take(it: Interp, predicate: Value, items: list[Value], rest: Value | None, *, take: bool) -> Value:
    """takewhile and dropwhile."""
    for position, item in enumerate(items):
        answer = it.truth(it.call(predicate, [item]))
        if answer is None:
            tail = any_item(items[position:], rest)
            return IteratorV(items[:position] if take else [], tail)
        if not answer:
            return IteratorV(items[:position]) if take else IteratorV(items[position:], rest)
    return IteratorV(items if take else [], rest)


@native("itertools.takewhile")
def takewhile(it: Interp, predicate: Value, iterable: Value, /) -> Value:
    return _take(it, predicate, *items_of(it, iterable), take=True)


@native("itertools.dropwhile")
def dropwhile(it: Interp, predicate: Value, iterable: Value, /) -> Value:
    return _take(it, predicate, *items_of(it, iterable), take=False)


def _select(it: Interp, pairs: list[tuple[Value, Value]], rest: Value | None) -> Value:
    """The items whose flag is true."""
    kept: list[Value] = []
    for position, (item, flag) in enumerate(pairs):
        answer = it.truth(flag)
        if answer is None:
            return IteratorV(kept, any_item([i for i, _ in pairs[position:]], rest))
        if answer:
            kept.append(item)
    return IteratorV(kept, rest)


@native("itertools.filterfalse")
def filterfalse(it: Interp, predicate: Value, iterable: Value, /) -> Value:
    items, rest = items_of(it, iterable)
    pairs: list[tuple[Value, Value]] = []
    for item in items:
        answer = it.truth(item if predicate is None else it.call(predicate, [item]))
        pairs.append((item, Scalar("bool") if answer is None else not answer))
    return _select(it, pairs, rest)


@native("itertools.compress")
def compress(it: Interp, data: Value, selectors: Value) -> Value:
    items, rest = items_of(it, data)
    flags, more = items_of(it, selectors)
    if rest is not None or more is not None:
        return IteratorV([], any_item(items, rest))
    return _select(it, list(zip(items, flags)), None)


@native("itertools.pairwise")
def pairwise(it: Interp, iterable: Value, /) -> Value:
    items, rest = items_of(it, iterable)
    pairs: list[Value] = list(itertools.pairwise(items))
    if rest is None:
        return IteratorV(pairs)
    last = join(items[-1], rest) if items else rest
    return IteratorV(pairs, (last, rest))


@native("itertools.batched")
def batched(it: Interp, iterable: Value, n: Value) -> Value:
    items, rest = items_of(it, iterable)
    size = index_of(it, n)
    if rest is not None or size is None or size < 1:
        return IteratorV([], unknown_of(it, [n, rest], "batched"))
    return IteratorV([tuple(items[i : i + size]) for i in range(0, len(items), size)])


@native("itertools.groupby")
def groupby(it: Interp, iterable: Value, key: Value = None) -> Value:
    items, rest = items_of(it, iterable)
    keys = items if key is None else [it.call(key, [item]) for item in items]
    groups: list[tuple[Value, list[Value]]] = []
    for item, found in zip(items, keys):
        same = groups and it.truth(it.compare("==", groups[-1][0], found))
        if same is None or rest is not None:
            return IteratorV([], (unknown_of(it, [], "key"), IteratorV([], any_item(items, rest))))
        if same:
            groups[-1][1].append(item)
        else:
            groups.append((found, [item]))
    if rest is not None:
        return IteratorV([], (unknown_of(it, [], "key"), IteratorV([], rest)))
    return IteratorV([(found, IteratorV(group)) for found, group in groups])


@native("itertools.tee")
def tee(it: Interp, iterable: Value, n: Value = 2, /) -> Value:
    items, rest = items_of(it, iterable)
    number = index_of(it, n)
    if number is None or not 0 <= number <= 64:
        return unknown_of(it, [n], "tee")
    return tuple(IteratorV(list(items), rest) for _ in range(number))
