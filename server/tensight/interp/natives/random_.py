"""random: numbers of unknown value, any one of the items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dims import Expr, drawn
from ...values import ListV, Native, Reason, Scalar, Value
from .registry import MODULES, NATIVES, native, plain_class
from .sequences import list_of
from .support import any_item, as_rest, index_of, items_of, join_all, mixed, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("random")
plain_class("random.Random")
plain_class("random.SystemRandom", "random.Random")
#: Functions of the module that are methods of Random as well.
_FLOAT = """random uniform gauss normalvariate triangular betavariate expovariate gammavariate lognormvariate
    vonmisesvariate paretovariate weibullvariate"""


def _both(name: str, result: Value) -> None:
    NATIVES[f"random.{name}"] = Native(f"random.{name}", lambda it, args, kwargs: result)
    NATIVES[f"random.Random.{name}"] = Native(f"random.Random.{name}", lambda it, args, kwargs: result)


for _name in _FLOAT.split():
    _both(_name, Scalar("float"))
_both("getrandbits", Scalar("int"))
for _name in ("seed", "setstate"):
    _both(_name, None)
NATIVES["random.Random.__init__"] = NATIVES["random.seed"]


def randint(it: Interp, a: Value, b: Value) -> Value:
    return _between(a, b + 1) if isinstance(b, int | Expr) else Scalar("int")


def randrange(it: Interp, start: Value, stop: Value = None, step: Value = 1) -> Value:
    if step != 1:
        return Scalar("int")
    return _between(0, start) if stop is None else _between(start, stop)


def _between(low: Value, high: Value) -> Value:
    """A number of low … high - 1."""
    number = drawn(low, high) if isinstance(low, int | Expr) and isinstance(high, int | Expr) else None
    return Scalar("int") if number is None else number


def choice(it: Interp, seq: Value) -> Value:
    items, rest = items_of(it, seq)
    if not items and rest is None:
        return it.fail("IndexError", "Cannot choose from an empty sequence")
    return any_item(items, rest)


def choices(it: Interp, population: Value, weights: Value = None, *, cum_weights: Value = None, k: Value = 1) -> Value:
    return _several(it, population, k)


def sample(it: Interp, population: Value, k: Value, *, counts: Value = None) -> Value:
    items, rest = items_of(it, population)
    number = index_of(it, k)
    if rest is None and counts is None and number is not None and not 0 <= number <= len(items):
        return it.fail("ValueError", "Sample larger than population or is negative")
    return _several(it, ListV(items, rest), k)


def _several(it: Interp, population: Value, k: Value) -> Value:
    items, rest = items_of(it, population)
    values = items if rest is None else [*items, rest]
    number = index_of(it, k)
    if not values:
        return ListV([]) if number == 0 else unknown_of(it, [population], "a choice")
    return (
        ListV([], as_rest(join_all(values)))
        if number is None or number > 2048
        else ListV(mixed(values, max(number, 0)))
    )


def shuffle(it: Interp, x: Value) -> Value:
    target = list_of(x)
    if target is not None and (target.items or target.rest is not None):
        values = [*target.items, *([] if target.rest is None else [target.rest])]
        it.journal.touch(target)
        target.items[:] = mixed(values, len(target.items))
        target.rest = None if target.rest is None else join_all(values)
    elif target is None and not isinstance(x, ListV):
        it.setitem(x, slice(None), unknown_of(it, [], "shuffled"))
    return None


def _method(name: str) -> None:
    """A function of the module as a method of Random."""

    @native(f"random.Random.{name}")
    def method(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
        return NATIVES[f"random.{name}"].call(it, list(args), kwargs)


for _function in (randint, randrange, choice, choices, sample, shuffle):
    native(f"random.{_function.__name__}")(_function)
    _method(_function.__name__)


@native("random.getstate", "random.Random.getstate")
def getstate(it: Interp, self: Value = None) -> Value:
    return it.unknown(Reason.ENVIRONMENT, "random.getstate")
