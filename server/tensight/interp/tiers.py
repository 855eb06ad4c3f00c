"""How facts of several roots meet at one place: what the program itself shows wins over what a root assumes."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum

from ..dims import is_unknown
from ..values import DictV, ListV, OneOf, Tensor, Unknown, Value
from ..values.nested import walk
from .facts import Fact
from .record import shape_key


class Tier(IntEnum):
    """Kinds of roots, the most trusted first."""

    SCRIPT = 0
    #: instances that the program built, factories it defines
    BUILT = 1
    #: classes and functions with invented arguments
    ALONE = 2
    #: what an earlier root has been through already, without showing much: only the dark places are taken
    FILL = 3


#: How much is missing of a value: nothing, some dims, the rank, everything.
LIT, UNSIZED, OPEN, DARK = range(4)


def darkness(value: Value) -> int:
    """How much is missing of the shape (of containers: of the worst tensor in them)."""
    if isinstance(value, Tensor):
        return _of_one(value)
    return max([_of_one(one) for one in walk(value, _items)])


def _of_one(value: Value) -> int:
    if isinstance(value, Tensor):
        if value.dims is None:
            return DARK
        if ... in value.dims:
            return OPEN
        return UNSIZED if any(is_unknown(d) for d in value.shape) else LIT
    return DARK if isinstance(value, Unknown) else LIT


def _items(value: Value) -> list[Value]:
    """What a container holds of tensors and further containers of them."""
    match value:
        case ListV(items=items) | OneOf(options=items):
            held = list(items)
        case DictV(items=items):
            held = list(items.values())
        case tuple():
            held = list(value)
        case _:
            return []
    return [item for item in held if isinstance(item, Tensor | tuple | ListV)]


def fact_darkness(fact: Fact) -> int:
    """How much is missing of what was seen best."""
    if not fact.observations:
        return DARK if isinstance(fact.alone, Unknown) else LIT
    return min(darkness(o.value) for o in fact.observations)


def meet(old: Fact, old_tier: Tier, new: Fact, tier: Tier) -> tuple[Fact, Tier]:
    """The fact that stays."""
    if not new.observations:
        return old, old_tier
    if not old.observations:
        return new, tier
    before, after = fact_darkness(old), fact_darkness(new)
    if after < before:
        return new, tier
    if after > before or old_tier < tier or tier is Tier.FILL:
        return old, old_tier
    return merge(old, new), tier


def merge(a: Fact, b: Fact) -> Fact:
    """The observations of both."""
    if not b.observations:
        return a
    if not a.observations:
        return b
    seen = {shape_key(o.value) for o in a.observations}
    added = tuple(o for o in b.observations if shape_key(o.value) not in seen)
    if not added:
        return a
    return replace(a, observations=a.observations + added)
