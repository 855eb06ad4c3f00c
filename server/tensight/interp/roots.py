"""Roots: where an analysis starts. The script itself, then what it did not reach, with inputs found by demand.

A root is analysed in rounds: entry assumptions → facts + demands, until no new demand comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .. import limits
from ..diagnostics import Severity
from ..dims import Dim, Expr, Facts, SymbolKind, Truth, equal, is_unknown, solve, substitute, symbol
from ..ops.checks import better
from ..ops.errors import Template
from ..syntax.span import Span
from ..values import ListV, Tensor, Value, dim_text
from .errors import Settled

#: What the key of an input is followed by where the items of a list are meant.
ITEMS = "[]"
_AnyDims = tuple[Any, ...]


@dataclass(slots=True)
class Entry:
    """A parameter of the root that is an input: what is assumed of it so far."""

    key: str
    name: str
    owner: str
    span: Span | None
    #: dims (with `...` for a run); None: a tensor of unknown rank
    dims: _AnyDims | None = None
    is_tensor: bool = False
    source: str = "demand"
    #: how many axes its docstring says it has
    said: int | None = None
    #: the symbol that it is, if it is a size
    size: Expr | None = None
    #: the entry that each of its items is, if it is a list of them
    items: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a root knows at one moment."""

    entries: dict[str, Entry]
    symbols: dict[str, Expr]
    learned: dict[str, Dim]
    equations: list[tuple[Dim, Dim, Span | None]]
    facts: Facts
    agreed: dict[Dim, Dim]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a root learnt: what `learn_equal` or `expect` was called with, and where."""

    equal: tuple[Dim, Dim] | None
    either: Mapping[Dim, tuple[Dim, Dim]]
    where: Span | None


@dataclass(slots=True)
class Root:
    """`severity`: what certain errors are here (None: what their code says; OFF: not reported).

    `learned` maps symbols to what they turned out to be; `equations` are the equalities that fix sizes."""

    kind: str
    owner: str
    severity: Severity | None = None
    doubt_allowed: int = 0
    entries: dict[str, Entry] = field(default_factory=dict)
    symbols: dict[str, Expr] = field(default_factory=dict)
    learned: dict[str, Dim] = field(default_factory=dict)
    equations: list[tuple[Dim, Dim, Span | None]] = field(default_factory=list)
    #: parameters of constructors that turned out to be sizes
    sizes: set[str] = field(default_factory=set)
    #: the lists of sizes that nobody gave
    lists: dict[str, int] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    changed: bool = False
    #: unknown dims of broadcasts between sizes that are taken to agree
    agreed: dict[Dim, Dim] = field(default_factory=dict)
    #: whether `refine` may have something to say
    knows: bool = False
    #: no input was known when the round began: it ends as soon as all are
    blind: bool = False
    #: operations that certainly refused in this round
    refused: int = 0
    #: where operations refused in this round, in branches that are undecided too
    troubled: set[Span] = field(default_factory=set)
    #: where None met what needs a value, first, in this round
    lacking: Span | None = None
    #: another way to call it is tried: a round ends where None meets what needs a value
    trying: bool = False
    where: Callable[[], Span | None] = lambda: None
    #: what was learnt, in order; `known` stands for all of it
    events: list[Event] = field(default_factory=list)
    known: int = 0
    #: demands that met an input
    demands: int = 0

    @property
    def untouched(self) -> bool:
        """Whether nothing has been demanded, learnt or refused so far."""
        learnt = self.changed or self.learned or self.equations or self.agreed or self.knows
        return not (learnt or self.refused or self.lacking or self.entries)

    # ---- demands
    def symbol(self, name: str) -> Expr:
        """A symbol of that name, or of a numbered one if it is taken."""
        taken, candidate, i = self.symbols, name, 0
        while candidate in taken:
            i += 1
            candidate = f"{name}{i}"
        made = symbol(candidate)
        taken[candidate] = made
        return made

    def demand(self, key: str, template: Template) -> None:
        """An operation needs the entry to look like that. Raises Settled if that ends a blind round."""
        entry = self.entries.get(key) or self._item(key)
        if entry is None or entry.size is not None:
            return
        self.demands += 1
        if not entry.is_tensor:
            entry.is_tensor = True
            self.changed = True
            self.demands += 1
        if template is None or (entry.dims is not None and ... not in entry.dims):
            return
        named = tuple([f"d{i}" if isinstance(d, Expr) and is_unknown(d) else d for i, d in enumerate(template)])
        fixed = self._merge(entry.dims, named)
        if fixed is not None and fixed != entry.dims:
            entry.dims = fixed
            self.changed = True
            self.demands += 1
            if self.blind and all(map(_is_whole, self.entries.values())):
                raise Settled

    def doubt_of(self, key: str) -> int:
        """In how many undecided branches a demand may stand: the items of a list are seen in a loop."""
        return self.doubt_allowed + key.endswith(ITEMS)

    def _item(self, key: str) -> Entry | None:
        """The entry that stands for the items of another one: that is a list of tensors."""
        whole = self.entries.get(key.removesuffix(ITEMS)) if key.endswith(ITEMS) else None
        if whole is None or whole.is_tensor or whole.size is not None:
            return None
        whole.items = key
        made = self.entries[key] = Entry(key, f"{whole.name}[0]", whole.owner, None)
        return made

    def demand_size(self, key: str) -> None:
        """A size is made of the entry, or of a parameter of a constructor."""
        entry = self.entries.get(key)
        if entry is None:
            if key not in self.sizes:
                self.sizes.add(key)
                self.changed = True
                self.demands += 1
        elif not entry.is_tensor and entry.size is None:
            entry.size = self.symbol(entry.name) if entry.name.isidentifier() else None
            self.changed = True
            self.demands += 1

    def _merge(self, known: _AnyDims | None, template: _AnyDims) -> _AnyDims | None:
        """The template with what is known already at either end; None if they do not fit."""
        if known is None:
            return tuple(self.symbol(d) if isinstance(d, str) else d for d in template)
        at = known.index(...)
        head, tail = known[:at], known[at + 1 :]
        if ... in template:
            return (
                known if len(head) + len(tail) else tuple(self.symbol(d) if isinstance(d, str) else d for d in template)
            )
        if len(template) < len(head) + len(tail):
            return None
        middle = template[len(head) : len(template) - len(tail)]
        for want, have in [*zip(template, head), *zip(template[len(template) - len(tail) :], tail)]:
            if not isinstance(want, str) and not isinstance(have, str) and equal(want, have) is Truth.NO:
                return None
        return (*head, *(self.symbol(d) if isinstance(d, str) else d for d in middle), *tail)

    # ---- trials
    def snapshot(self) -> Snapshot:
        """What is known so far, to come back to."""
        entries = {key: replace(entry) for key, entry in self.entries.items()}
        return Snapshot(
            entries, dict(self.symbols), dict(self.learned), list(self.equations), self.facts, dict(self.agreed)
        )

    def restore(self, saved: Snapshot) -> None:
        """Back to a snapshot."""
        self.entries = {key: replace(entry) for key, entry in saved.entries.items()}
        self.symbols, self.learned, self.agreed = dict(saved.symbols), dict(saved.learned), dict(saved.agreed)
        self.equations, self.facts = list(saved.equations), saved.facts

    # ---- equalities
    def _note(self, event: Event) -> None:
        self.events.append(event)
        self.known = hash((self.known, event.equal, *event.either.items()))

    def replay(self, event: Event) -> None:
        """Learn something again."""
        if event.equal is not None:
            self.learn_equal(*event.equal, event.where)
        else:
            self.expect(event.either)

    def learn_equal(self, a: Dim, b: Dim, where: Span | None = None) -> None:
        """The program only goes on if a = b: a lone symbol of this root is that from the next round on."""
        where = where or self.where()
        self._note(Event((a, b), {}, where))
        first, second = self._lone(a), self._lone(b)
        if first is not None and second is not None:
            order = list(self.symbols)
            if order.index(first) < order.index(second):
                a, b = b, a  # the input that came first keeps its name
        for left, right in ((a, b), (b, a)):
            name = self._lone(left)
            if name is None or (isinstance(right, Expr) and any(s.name == name for s in right.symbols)):
                continue
            if isinstance(right, Expr) and any(s.kind is not SymbolKind.INPUT for s in right.symbols):
                continue
            if isinstance(right, int) and right < 1:
                continue
            if name not in self.learned:
                self.learned[name] = right
                self.changed = True
            return
        if isinstance(a, Expr | int) and isinstance(b, Expr | int):
            symbols = {s for side in (a, b) if isinstance(side, Expr) for s in side.symbols}
            if symbols and all(s.kind is SymbolKind.INPUT and s.name in self.symbols for s in symbols):
                self.facts = self.facts.learn_equal(a, b)
                self.knows = True
                if all((a, b) != (x, y) for x, y, _ in self.equations) and len(self.equations) < 32:
                    self.equations.append((a, b, where))

    def expect(self, either: Mapping[Dim, tuple[Dim, Dim]]) -> None:
        """Sizes of inputs, or of data, that meet in a broadcast are taken to agree (as PyTorch's own tracing takes
        symbols not to be 1). In the program itself they are what they are."""
        if self.kind == "script":
            return
        self._note(Event(None, dict(either), None))
        for unsure, (a, b) in either.items():
            known = [self.facts.simplify(d) for d in (a, b) if self._of_inputs(d)]
            if not known and not is_unknown(a) and not is_unknown(b):
                known = [self.facts.simplify(self.agreed.get(d, d)) for d in (a, b)]
            if known:
                self.agreed[unsure] = better(known[0], known[-1])
                self.knows = True

    def _of_inputs(self, dim: Dim) -> bool:
        return isinstance(dim, int) or all(s.kind is SymbolKind.INPUT for s in dim.symbols)

    def refine(self, value: Value) -> Value:
        """A result with what the root has learned put into its dims."""
        if isinstance(value, tuple) and type(value) is tuple:
            return tuple([self.refine(v) for v in value])
        if not isinstance(value, Tensor) or value.dims is None:
            return value
        dims = tuple([d if d is ... or isinstance(d, int) else self._refined(d) for d in value.dims])
        return value if dims == value.dims else replace(value, dims=dims, strides=None)

    def _refined(self, dim: Expr) -> Dim:
        return self.facts.simplify(self.agreed.get(dim, dim))

    def _lone(self, dim: Dim) -> str | None:
        if not isinstance(dim, Expr) or len(dim.symbols) != 1:
            return None
        only = next(iter(dim.symbols))
        return only.name if self.symbols.get(only.name) == dim and only.kind is SymbolKind.INPUT else None

    def settle(self) -> None:
        """Put what was learned into the entries, before the next round."""
        for _ in range(4):
            if not self.learned:
                break
            for entry in self.entries.values():
                if entry.dims is not None:
                    entry.dims = tuple(self._settled(d) for d in entry.dims)
            self.learned = {k: self._settled(v) for k, v in self.learned.items()}

    def _settled(self, dim: Any) -> Any:
        return substitute(dim, self.learned) if isinstance(dim, Expr) else dim

    def value(self, entry: Entry) -> Tensor | ListV | Dim | None:
        """The entry as the next round sees it; None: nothing is known of it yet."""
        if entry.items is not None:
            item = self.value(self.entries[entry.items])
            return None if item is None else ListV([item], item)
        if entry.size is not None:
            size: Dim = self._settled(entry.size)
            return size
        if not entry.is_tensor:
            return None
        opened = entry.dims is None or ... in entry.dims
        return Tensor(entry.dims, entry=entry.key if opened else None)

    # ---- sizes that fit
    def fits(self) -> tuple[tuple[dict[str, int], ...], bool, Span | None]:
        """Sizes that satisfy all equations (at most three), whether certainly none does, and where that shows."""
        pairs = [(a, b) for a, b, _ in self.equations if isinstance(a, int) or isinstance(b, int)]
        if not pairs:
            return (), False, None
        solution = solve(pairs)
        found = tuple(dict(a) for a in solution.assignments)
        return found, solution.exhausted and not found, self.equations[-1][2]

    def assumptions(self) -> tuple[str, ...]:
        return tuple(f"{dim_text(a)} = {dim_text(b)}" for a, b, _ in self.equations[:8])


def _is_whole(entry: Entry) -> bool:
    return entry.size is not None or entry.items is not None or (entry.dims is not None and ... not in entry.dims)


def rounds(root: Root, run: Callable[[], None]) -> None:
    """Run until nothing new is demanded or learnt."""
    for number in range(limits.MAX_ROUNDS):
        root.changed = False
        root.blind = number == 0 and not any(map(_is_whole, root.entries.values()))
        root.equations.clear()
        run()
        if not root.changed:
            return
        root.settle()


__all__ = ["Entry", "Root", "Value", "rounds"]
