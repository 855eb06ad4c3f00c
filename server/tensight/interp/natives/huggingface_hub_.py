"""huggingface_hub.dataclasses: `strict` makes a dataclass check the values that it is given.

The checks refuse what nobody builds a model of; what is left of the decorator is how it changes `__init__`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import BoundMethod, ClassV, FunctionV, Native, Value
from .dataclasses_ import fields_of
from .dataclasses_init import default_of
from .registry import MODULES, NATIVES, native
from .support import MISSING

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("huggingface_hub.dataclasses")


@native("huggingface_hub.dataclasses.strict")
def strict(it: Interp, cls: Value = None, *, accept_kwargs: Value = False) -> Value:
    """The class itself. With `accept_kwargs`, what is no field goes to `__post_init__`."""
    if cls is None:
        return Native("strict()", lambda it, args, kwargs: strict_class(it, args[0], accept_kwargs))
    return strict_class(it, cls, accept_kwargs)


def strict_class(it: Interp, cls: Value, accept_kwargs: Value) -> Value:
    if isinstance(cls, ClassV) and it.truth(accept_kwargs):
        it.journal.set(cls.namespace, "__init__", _open_init(cls))
    return cls


def _open_init(cls: ClassV) -> Native:
    def init(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        self, rest = args[0], dict(kwargs)
        for name, found in fields_of(cls).items():
            value = rest.pop(name, MISSING)
            value = default_of(it, found) if value is MISSING else value
            if value is MISSING:
                return it.fail("TypeError", f"Missing required field - {name!r}")
            it.setattr(self, name, value)
        after = cls.lookup("__post_init__")
        if isinstance(after, FunctionV | Native):
            return it.call(BoundMethod(after, self), [], rest)
        for name, value in rest.items():
            it.setattr(self, name, value)
        return None

    return Native("strict.__init__", init)


@native("huggingface_hub.dataclasses.validate_typed_dict")
def validate_typed_dict(it: Interp, schema: Value, data: Value) -> Value:
    return None


@native("huggingface_hub.dataclasses.validated_field")
def validated_field(it: Interp, validator: Value, **options: Value) -> Value:
    return it.call(NATIVES["dataclasses.field"], [], options)


@native("huggingface_hub.dataclasses.as_validated_field")
def as_validated_field(it: Interp, validator: Value) -> Value:
    return NATIVES["dataclasses.field"]
