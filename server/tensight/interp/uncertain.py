"""Which calls of natives may raise: those whose outcome is not known, inside a `try` of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..values import DictV, IteratorV, ListV, Native, OneOf, Reason, Scalar, SetV, Unknown, Value

if TYPE_CHECKING:
    from .machine import Interp

#: What natives raise on arguments that they do not like.
_PARTIAL = {
    "builtins.next": "StopIteration",
    **dict.fromkeys(("builtins.chr", "builtins.min", "builtins.max", "builtins.list.index", "builtins.list.remove",
                     "builtins.str.index", "builtins.str.rindex", "builtins.tuple.index", "math.sqrt", "math.log"),
                    "ValueError"),
    **dict.fromkeys(("builtins.list.pop", "collections.deque.pop", "collections.deque.popleft"), "IndexError"),
    **dict.fromkeys(("builtins.dict.pop", "builtins.dict.popitem", "builtins.set.pop", "builtins.set.remove"),
                    "KeyError"),
    "builtins.getattr": "AttributeError",
}  # fmt: skip
#: With so many arguments they give the last of them in place of raising.
_DEFAULTED = {"builtins.next": 2, "builtins.dict.pop": 3, "builtins.getattr": 3}
#: Unknown for a reason that lies with Tensight: nothing says that Python would refuse.
_OURS = frozenset({Reason.INTERNAL, Reason.LIMIT, Reason.UNSUPPORTED, Reason.NO_RULE, Reason.WORKER})


def after_native(it: Interp, function: Native, args: list[Value], kwargs: dict[str, Value], result: Value) -> None:
    """A native was called in a `try`: what it may have raised is noted."""
    exception = _PARTIAL.get(function.name)
    if exception is None:
        if type(result) is Unknown and result.reason not in _OURS:
            it.may_raise()
    elif len(args) < _DEFAULTED.get(function.name, 1 << 30) and not kwargs:
        if any(map(_is_open, args)) or type(result) is Unknown:
            it.may_raise(exception)


def _is_open(value: Value) -> bool:
    """Whether a value may be one that is refused, or one that is not."""
    match value:
        case Unknown() | OneOf():
            return True
        case Scalar(kind=kind):
            return kind == "str"
        case ListV(rest=rest) | DictV(rest=rest):
            return rest is not None
        case IteratorV(rest=rest, state=state):
            return rest is not None or not isinstance(state["next"], int)
        case SetV(open=is_open):
            return is_open
    return False


__all__ = ["after_native"]
