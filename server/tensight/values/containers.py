"""Containers of abstract values. Python's own `tuple`, `int`, `str`, `None`, … stand for themselves;
what can be written to is one of these objects, and every write goes through the interpreter's journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..dims import Dim
from ..quick import quick
from .tensor import OpenDims, Tensor
from .tensor import stamp as stamp

#: What a Python expression may evaluate to: a Python constant, an Expr, or one of the classes of this package.
Value = Any


class Size(tuple[Dim, ...]):
    """torch.Size of a tensor of known rank: a tuple of dims."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class OpenSize:
    """The `.shape` of a tensor of unknown rank; unpacking it settles the rank of an entry."""

    tensor: Tensor

    @property
    def dims(self) -> OpenDims | None:
        return self.tensor.dims


@dataclass(slots=True, eq=False)
class ListV:
    """list, deque. `rest`: what further items of unknown number are like (None: there are none).

    `shared`: other lists have the same `items`; it gets its own before it changes."""

    items: list[Value]
    rest: Value | None = None
    kind: str = "list"
    shared: bool = field(default=False, repr=False, kw_only=True)
    born: int = field(default_factory=stamp, repr=False, kw_only=True)


@dataclass(slots=True, eq=False)
class DictV:
    """dict, OrderedDict, defaultdict, Counter. Keys are hashable values (str, int, tuple, functions, classes).

    `rest`: what values under further unknown keys are like (None: there are none)."""

    items: dict[Any, Value]
    rest: Value | None = None
    kind: str = "dict"
    default_factory: Value | None = None
    #: keys that only some branches put in, all of them or none, while nothing else is open (see `rest`)
    optional: dict[Any, Value] | None = None
    born: int = field(default_factory=stamp, repr=False, kw_only=True)


@dataclass(slots=True, eq=False)
class SetV:
    """set and frozenset; the keys of `items`, in order of insertion. `open`: may hold more."""

    items: dict[Any, None]
    open: bool = False
    frozen: bool = False
    born: int = field(default_factory=stamp, repr=False, kw_only=True)


@quick
@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """One of a few values that differ in kind (None or a tensor, ReLU or GELU): what branches left behind.

    At least two options, never nested, none of them Unknown."""

    options: tuple[Value, ...]


class Fields(tuple[Value, ...]):
    """A named tuple that is not of the user's making: results of `torch.max(x, 1)`, `namedtuple(...)` classes.

    `cls` is the class value for a user's namedtuple class, else None; `names` are the field names."""

    typename: str
    names: tuple[str, ...]
    cls: Any

    def __new__(cls, typename: str, names: tuple[str, ...], items: tuple[Value, ...], klass: Any = None) -> Fields:
        self = super().__new__(cls, items)
        self.typename, self.names, self.cls = typename, names, klass
        return self

    def get(self, name: str) -> Value:
        """The field's value; KeyError if there is no such field."""
        if name not in self.names:
            raise KeyError(name)
        return self[self.names.index(name)]


@dataclass(frozen=True, slots=True)
class PackedSequence:
    """torch.nn.utils.rnn.PackedSequence: `data` (sum of lengths, …), and what it was packed from.

    `batch` sequences, the longest of `length` steps (`pad_packed_sequence` restores them)."""

    data: Tensor
    batch: Dim
    length: Dim


@dataclass(slots=True, eq=False)
class IteratorV:
    """An iterator over values known so far: `next` is the position. `rest` as in ListV.

    `source(interp, self, whole)` runs the body of a generator, which sets the values; `begun` says whether it did.
    `returned`: what the generator returns."""

    items: list[Value]
    rest: Value | None = None
    state: dict[str, int] = field(default_factory=lambda: {"next": 0})
    source: Callable[[Any, IteratorV, bool], None] | None = None
    returned: Value = None
    born: int = field(default_factory=stamp, repr=False, kw_only=True)
