"""Frozen dataclasses of which an analysis makes tens of thousands."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

T = TypeVar("T")


def quick(cls: type[T]) -> type[T]:
    """Leave it to the type checker that nothing is assigned to the fields of a frozen dataclass.

    At run time, `__init__` of a frozen class takes three to seven times as long as that of one that is not."""
    plain: dict[str, Any] = {
        f.name: field(default=f.default, default_factory=f.default_factory, init=f.init)
        for f in fields(cls)  # type: ignore[arg-type]
    }
    twin: Any = type(cls.__name__, (), {"__annotations__": dict.fromkeys(plain, Any), **plain})
    frozen: Any = cls
    frozen.__init__ = dataclass(repr=False, eq=False)(twin).__init__
    del frozen.__setattr__, frozen.__delattr__
    return cls
