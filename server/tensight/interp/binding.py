"""Python's binding of arguments to parameters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from ..values import DictV, FunctionV, ListV, Reason, Unknown, Value, join
from .frame import Code


class Star:
    """In an argument list: `*x` (or `**x`) of something unknown. Everything not bound otherwise is `value`.

    It ends a list: `middle`, any number of times, and then the arguments `after` it are its parts."""

    __slots__ = ("after", "middle", "optional", "value")

    def __init__(self, value: Value, optional: dict[str, Value] | None = None, after: Sequence[Value] = ()) -> None:
        self.middle, self.optional, self.after = value, optional, after
        self.value = reduce(join, after, value)


def bind(
    function: FunctionV, code: Code, args: list[Value], kwargs: dict[str, Value], out: dict[str, Value]
) -> str | None:
    """Python's binding of arguments to parameters. Returns what is wrong, in Python's words, or None."""
    positional = code.positional
    star: Value = None
    if args and isinstance(args[-1], Star):
        star = args[-1].value if args[-1].value is not None else Unknown(Reason.DATA_DEPENDENT, "*args")
        args = args[:-1]
    n, given = len(positional), len(args)
    for i in range(min(n, given)):
        out[positional[i]] = args[i]
    if code.vararg is not None:
        out[code.vararg] = tuple(args[n:]) if star is None else ListV(list(args[n:]), star)
    elif given > n:
        return f"takes {n} positional arguments but {given} were given"
    extra: dict[str, Value] = {}
    unknown_kwargs: Value = None
    if kwargs:
        kwargs = dict(kwargs)
        opened = kwargs.pop("**", None)
        if isinstance(opened, Star):
            unknown_kwargs = opened.value if opened.value is not None else Unknown(Reason.DATA_DEPENDENT, "**kwargs")
        names = {p.name for p in code.parameters if p.kind in ("positional", "keyword") and not p.positional_only}
        for name, value in kwargs.items():
            if name in names:
                if name in out:
                    return f"got multiple values for argument {name!r}"
                out[name] = value
            elif code.kwarg is not None:
                extra[name] = value
            else:
                return f"got an unexpected keyword argument {name!r}"
    defaults = function.defaults
    first_default = n - len(defaults)
    for i, name in enumerate(positional):
        if name not in out:
            if star is not None or unknown_kwargs is not None:
                out[name] = star if star is not None else unknown_kwargs
            elif i >= first_default:
                out[name] = defaults[i - first_default]
            else:
                return f"missing 1 required positional argument: {name!r}"
    for parameter in code.parameters[n:]:
        if parameter.kind == "keyword" and parameter.name not in out:
            if parameter.name in function.kw_defaults:
                default = function.kw_defaults[parameter.name]
                out[parameter.name] = default if unknown_kwargs is None else unknown_kwargs
            elif unknown_kwargs is not None:
                out[parameter.name] = unknown_kwargs
            else:
                return f"missing 1 required keyword-only argument: {parameter.name!r}"
    if code.kwarg is not None:
        out[code.kwarg] = DictV(dict(extra), unknown_kwargs)
    return None
