"""The `__init__` that the dataclass decorator writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import BoundMethod, FunctionV, Instance, Native, Value
from .. import attribute_writes
from ..binding import Star
from .support import MISSING, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp


def field_names(fields: dict[str, Value], *, positional: bool) -> list[str]:
    """The parameters of `__init__`: the positional ones, or the keyword-only ones."""
    return [
        name
        for name, found in fields.items()
        if isinstance(found, Instance)
        and found.attrs["init"] is True
        and (found.attrs["kw_only"] is not True) is positional
    ]


def make_init(cls_name: str, fields: dict[str, Value]) -> Native:
    """`__init__` over the fields of a class and its bases."""
    order = field_names(fields, positional=True)
    keyword_only = field_names(fields, positional=False)

    def init(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        self, *given = args
        if len(given) > len(order):
            return _fail(it, f"takes {len(order) + 1} positional arguments but {len(given) + 1} were given")
        values: dict[str, Value] = dict(zip(order, given))
        kwargs = dict(kwargs)
        opened = kwargs.pop("**", None)
        for name, value in kwargs.items():
            if name in values:
                return _fail(it, f"got multiple values for argument {name!r}")
            if name not in order and name not in keyword_only:
                return _fail(it, f"got an unexpected keyword argument {name!r}")
            values[name] = value
        return _assign(it, self, values, opened)

    def _fail(it: Interp, problem: str) -> Value:
        return it.fail("TypeError", f"{cls_name}.__init__() {problem}")

    def _assign(it: Interp, self: Value, values: dict[str, Value], opened: Value) -> Value:
        extra: list[Value] = []
        plain = isinstance(self, Instance) and attribute_writes.sets_plainly(self.cls)
        for name, found in fields.items():
            if not isinstance(found, Instance):
                continue
            value = values.get(name, MISSING)
            if value is MISSING:
                if isinstance(opened, Star) and found.attrs["init"] is True:
                    value = unknown_of(it, [opened.value], "**")
                else:
                    value = default_of(it, found)
            pseudo = found.extra.get("form") == "InitVar"
            if value is MISSING:
                if found.attrs["init"] is True:
                    return _fail(it, f"missing 1 required positional argument: {name!r}")
                continue
            if pseudo:
                extra.append(value)
            elif plain and type(self.cls.lookup(name)) not in attribute_writes.DESCRIPTORS:
                it.journal.write(self, name, value)
            else:
                it.setattr(self, name, value)
        if isinstance(self, Instance):
            after = self.cls.lookup("__post_init__")
            if isinstance(after, FunctionV | Native):
                it.call(BoundMethod(after, self), extra)
        return None

    return Native("dataclasses.__init__", init)


def default_of(it: Interp, found: Instance) -> Value:
    default = found.attrs["default"]
    if default is not MISSING:
        return default
    if found.attrs["default_factory"] is not MISSING:
        return it.call(found.attrs["default_factory"])
    return MISSING
