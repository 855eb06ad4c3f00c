"""Symbolic sizes, asked of an oracle that knows numbers only: primes go in, formulas come out.

Each symbol is replaced by a number of its own and the question is asked at several points. A size of the answer that
follows `a·e + b` at three of them, for an expression `e` of the question, must follow it at a fourth and wherever
else PyTorch answers: with small numbers, with even ones, with the least ones. Otherwise that size is unknown."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .. import limits
from ..dims import Dim, Expr, Symbol, SymbolKind, evaluate, fresh_unknown, symbol
from ..values import ListV, Tensor, Value
from . import wire
from .wire import Json, NotPlain

#: Larger than any kernel or stride, each used for one symbol at one point only.
_PRIMES = (
    53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    173, 179, 181, 191, 193, 197, 199, 211,
)  # fmt: skip
_SMALL = (2, 3, 5, 7, 11, 13, 17, 19)
#: Points that must be answered: three to fit, one to verify.
_NEEDED = 4
#: Expressions of one question that are tried in pairs.
_MAX_PAIRED = 12


@dataclass(frozen=True, slots=True)
class Point:
    """The question with numbers for symbols. `needed`: without its answer there is none at all."""

    args: Json
    kwargs: Json
    env: Mapping[str, int]
    needed: bool


class Probe:
    """One question: the points to ask, and what their answers say together. Raises NotPlain."""

    def __init__(self, args: Sequence[Value], kwargs: Mapping[str, Value]) -> None:
        kwargs = dict(kwargs)
        self._tensors = wire.tensors_of(args, kwargs)
        self._device = _device(kwargs.pop("device", None), self._tensors)
        self._args, self._kwargs = args, kwargs
        #: no dtype can be told from an answer where that of an argument is not known
        self._loose = any(tensor.dtype is None for tensor in self._tensors)
        self._plain = list(_dims_of([*args, *kwargs.values()]))
        self._symbols = _symbols(self._tensors, self._plain)
        self.points = tuple(self._points())

    def _points(self) -> Iterator[Point]:
        dtypes = ("float32", "int64") if self._loose else ("float32",)
        envs = list(_environments(self._symbols))
        for i, env in enumerate(envs):
            needed = i < _NEEDED
            try:
                yield self._point(env, dtypes[0], needed)
            except (ZeroDivisionError, NotPlain):
                if needed:
                    raise NotPlain(env) from None
        for dtype in dtypes[1:]:
            yield self._point(envs[0], dtype, False)

    def _point(self, env: Mapping[str, int], dtype: str, needed: bool) -> Point:
        def settle(dim: Dim) -> int:
            return evaluate(dim, env)

        args = [wire.encode(value, settle, dtype) for value in self._args]
        return Point(args, {key: wire.encode(self._kwargs[key], settle, dtype) for key in self._kwargs}, env, needed)

    def result(self, answers: Sequence[Json]) -> Value | None:
        """What the answers to `points` say (None: that point was not answered); None if they say nothing."""
        met: list[tuple[Mapping[str, int], list[int]]] = []
        first: Json = None
        shape: Json = None
        for point, answer in zip(self.points, answers):
            if answer is None:
                if point.needed:
                    return None
                continue
            sizes, rest = wire.sizes_in(answer, dtypes=not self._loose)
            if not met:
                first, shape = answer, rest
            elif rest != shape:
                return None
            met.append((point.env, sizes))
        if not met:
            return None
        dims = [self._fit([(env, sizes[i]) for env, sizes in met]) for i in range(len(met[0][1]))]

        def size(i: int) -> Dim:
            dim = dims[i]
            return fresh_unknown() if dim is None else dim

        return wire.decode(first, size, self._device, dtypes=not self._loose)

    def _fit(self, values: Sequence[tuple[Mapping[str, int], int]]) -> Dim | None:
        """The size that has these values; None if no simple one has."""
        first = values[0][1]
        if all(value == first for _, value in values):
            return first
        for base in self._bases():
            at = [evaluate(base, env) for env, _ in values]
            if at[0] == at[1]:
                continue
            factor, remainder = divmod(values[1][1] - first, at[1] - at[0])
            if remainder or not factor:
                continue
            constant = first - factor * at[0]
            if all(value == factor * x + constant for x, (_, value) in zip(at, values)):
                return factor * base + constant
        return None

    def _bases(self) -> Iterator[Expr]:
        """Expressions of the question, the likely ones first."""
        given = list(dict.fromkeys(d for d in (*_shapes(self._tensors), *self._plain) if isinstance(d, Expr)))
        yield from given
        for one in self._symbols:
            yield symbol(one.name, one.minimum, one.kind)
        for tensor in self._tensors:
            shape = tensor.shape
            for start, end in itertools.combinations(range(len(shape) + 1), 2):
                if end - start > 1:
                    product: Dim = 1
                    for dim in shape[start:end]:
                        product = product * dim
                    if isinstance(product, Expr):
                        yield product
        for axis in range(max((tensor.rank for tensor in self._tensors), default=0)):
            total: Dim = sum(tensor.shape[axis] for tensor in self._tensors if tensor.rank > axis)
            if isinstance(total, Expr):
                yield total
        for a, b in itertools.combinations(given[:_MAX_PAIRED], 2):
            for dim in (a * b, a + b, a - b):
                if isinstance(dim, Expr):
                    yield dim


def _device(place: Value, tensors: Sequence[Tensor]) -> str | None:
    """Where the result lies: where it was asked for, or where all the tensors are."""
    if place is not None:
        return place if isinstance(place, str) else None
    devices = {tensor.device for tensor in tensors}
    return devices.pop() if len(devices) == 1 else None


def _dims_of(values: Iterable[Value]) -> Iterator[Expr]:
    """Symbolic numbers among plain arguments."""
    for value in values:
        if isinstance(value, Expr):
            yield value
        elif isinstance(value, ListV):
            yield from _dims_of(value.items)
        elif isinstance(value, tuple):
            yield from _dims_of(value)


def _shapes(tensors: Iterable[Tensor]) -> Iterator[Dim]:
    for tensor in tensors:
        if not tensor.is_open:
            yield from tensor.shape


def _symbols(tensors: Iterable[Tensor], plain: Sequence[Expr]) -> list[Symbol]:
    """All symbols, in the order in which they appear. NotPlain for a number of which not even the sign is known."""
    found: dict[Symbol, None] = {}
    for dim in (*_shapes(tensors), *plain):
        if isinstance(dim, Expr):
            for one in sorted(dim.symbols, key=lambda one: one.key):
                found[one] = None
    for dim in plain:
        if any(one.kind is SymbolKind.UNKNOWN for one in dim.symbols):
            raise NotPlain(dim)
    if any(one.minimum is None or one.below is not None for one in found) or len(found) > limits.MAX_PROBED_SYMBOLS:
        raise NotPlain(list(found))
    return list(found)


def _environments(symbols: Sequence[Symbol]) -> Iterator[dict[str, int]]:
    """Numbers for the symbols: the needed points, then those that only verify."""
    count = len(symbols)
    if not count:
        yield {}
        return
    for i in range(_NEEDED):
        numbers = _PRIMES[i * count : (i + 1) * count]
        ordered = numbers if i % 2 == 0 else numbers[::-1]  # none is the largest at every point
        yield _environment(symbols, ordered)
    yield _environment(symbols, _SMALL)
    yield _environment(symbols, [2 * prime for prime in _PRIMES])
    yield {one.name: one.minimum or 0 for one in symbols}


def _environment(symbols: Sequence[Symbol], numbers: Sequence[int]) -> dict[str, int]:
    return {one.name: max(number, one.minimum or 0) for one, number in zip(symbols, numbers)}
