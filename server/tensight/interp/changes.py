"""What a write changes: one place of what a program can change, with what it held and holds."""

from __future__ import annotations

import operator
from typing import Any

from ..values import ClassV, DictV, Instance, ListV, PropertyV, SetV, Unknown, Value, join
from ..values.join import JoinDim, join_dim, same


class _Missing:
    def __repr__(self) -> str:
        return "<missing>"


MISSING = _Missing()

Key = tuple[int, Any]


#: What shows an attribute of its class, or of a base, where it has none of its own.
Owner = Instance | ClassV | None


class Change:
    """One place that was written to: `target[key]` (a dict), or the whole contents of a list, dict or set. `born`: when
    what it belongs to was made, -1 for long ago. `owner`: the object whose attribute it is."""

    __slots__ = ("born", "key", "new", "old", "owner", "target")

    def __init__(self, target: Any, key: Any, old: Any, born: int = -1, owner: Owner = None) -> None:
        self.target, self.key, self.born, self.owner = target, key, born, owner
        self.old: Any = old
        self.new: Any = MISSING

    @property
    def whole(self) -> bool:
        """Whether it is of all that a container holds."""
        return self.key is WHOLE

    def held(self) -> Any:
        """What the place holds."""
        return contents(self.target) if self.key is WHOLE else self.target.get(self.key, MISSING)

    def put(self, value: Any) -> None:
        """Make the place hold this, with nothing kept of it."""
        if self.key is WHOLE:
            restore(self.target, value)
        elif value is MISSING:
            self.target.pop(self.key, None)
        else:
            self.target[self.key] = value


#: What an arm changed, by place. The change keeps its target alive, so the ids in the keys stay unique.
Delta = dict[Key, Change]
WHOLE = object()


def contents(target: Any) -> Any:
    match target:
        case ListV():
            return (list(target.items), target.rest)
        case DictV():
            return (dict(target.items), target.rest, target.optional)
        case SetV():
            return (dict(target.items), target.open)
        case _:
            raise TypeError(f"not a container: {target!r}")


def restore(target: Any, held: Any) -> None:
    items, rest = held[:2]
    if isinstance(target, ListV):
        target.items[:] = items
        target.rest = rest
    elif isinstance(target, DictV):
        target.items.clear()
        target.items.update(items)
        target.rest = rest
        target.optional = held[2]
    else:
        target.items.clear()
        target.items.update(items)
        target.open = rest


def continues(last: Any, held: Any) -> bool:
    """Whether a list has only got longer since."""
    if last is None or last[1] is not held[1] or len(last[0]) > len(held[0]):
        return False
    return all(map(operator.is_, last[0], held[0]))


def lengthened(seen: Any, items: list[Value]) -> Any:
    """What was seen of a list, and of the list with these items behind it."""
    rest = seen[1]
    for item in items:
        rest = item if rest is None else join(rest, item)
    return (seen[0], rest)


def join_contents(target: Any, a: Any, b: Any, dim: JoinDim = join_dim) -> Any:
    if isinstance(target, ListV):
        joined = join(ListV(a[0], a[1]), ListV(b[0], b[1]), dim)
        return (joined.items, joined.rest)
    if isinstance(target, DictV):
        joined = join(DictV(a[0], a[1], optional=a[2]), DictV(b[0], b[1], optional=b[2]), dim)
        return (joined.items, joined.rest, joined.optional)
    joined = SetV({**a[0], **b[0]}, a[1] or b[1] or a[0].keys() != b[0].keys())
    return (joined.items, joined.open)


def opened(target: Any, unknown: Unknown) -> Any:
    """The contents of a container after nobody knows what was done to it."""
    match target:
        case ListV():
            return ([], unknown)
        case DictV():
            return ({}, unknown, None)
        case _:
            return ({}, True)


def join_slot(place: Change, a: Any, b: Any, dim: JoinDim = join_dim) -> Any:
    """A name that only one arm bound keeps that value: using it elsewhere would be the program's own error, unless it
    is an attribute that the class has as well."""
    if a is b:
        return a
    if a is MISSING or b is MISSING:
        inherited = _inherited(place)
        if inherited is MISSING:
            return b if a is MISSING else a
        a, b = (inherited, b) if a is MISSING else (a, inherited)
    return join(a, b, dim)


def _inherited(place: Change) -> Any:
    """What an object that has no such attribute of its own shows in its place."""
    match place.owner:
        case Instance(cls=cls):
            classes = cls.mro
        case ClassV(mro=mro):
            classes = mro[1:]
        case None:
            return MISSING
    found = next((cls.namespace[place.key] for cls in classes if place.key in cls.namespace), MISSING)
    return MISSING if isinstance(found, PropertyV) else found


def settled(delta: Delta, ignore: frozenset[Any] = frozenset()) -> bool:
    """Whether a pass of a loop changed nothing that matters: the abstract state repeats."""
    for change in delta.values():
        if change.key is WHOLE:
            old, new = change.old, change.new
            if not _same_contents(change.target, old[0], new[0]):
                return False
        elif change.key not in ignore and not (
            change.old is change.new
            or (change.old is not MISSING and change.new is not MISSING and same(change.old, change.new))
        ):
            return False
    return True


def _same_contents(target: Any, old: Any, new: Any) -> bool:
    if len(old) != len(new):
        return False
    if isinstance(target, ListV):
        return all(same(x, y) for x, y in zip(old, new))
    if isinstance(target, DictV):
        return all(k in old and same(v, old[k]) for k, v in new.items())
    return True
