"""What a rule can say beside its result: it refuses, it does not know, it assumes, it demands."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import EllipsisType
from typing import Any

from ..dims import Dim
from ..values import Tensor, Unknown

#: A demanded shape: dims, names for fresh symbols, `...` for a run of unknown length; None: any shape at all.
Template = tuple["Dim | str | EllipsisType", ...] | None


class ShapeError(Exception):
    """PyTorch certainly refuses. `message` is eager PyTorch's first line, `exception` the class that it raises.

    `data` holds plain values that the quick fixes need, e.g. {"layer": "in_features", "got": 64}."""

    def __init__(self, code: str, message: str, exception: str = "RuntimeError", **data: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.exception, self.data = code, message, exception, data


class Lift(Exception):
    """An argument is unknown, or the rule cannot say: the result is unknown for the same reason."""

    def __init__(self, unknown: Unknown | None = None) -> None:
        super().__init__()
        self.unknown = unknown


@dataclass(slots=True)
class Notes:
    """Side remarks of the rules that ran since the interpreter last looked."""

    #: equalities that the operation needs and nothing proves or refutes
    assumptions: list[tuple[Dim, Dim]] = field(default_factory=list)
    #: (tensor, template): what a tensor of open rank, and so a root's parameter, has to look like
    demands: list[tuple[Tensor, Template]] = field(default_factory=list)
    #: unknown dims of a result that are one of two sizes unless one of these is 1
    either: dict[Dim, tuple[Dim, Dim]] = field(default_factory=dict)
    #: inputs of the root that a size was made of
    sizes: list[str] = field(default_factory=list)

    def clear(self) -> None:
        self.sizes.clear()
        self.assumptions.clear()
        self.demands.clear()
        self.either.clear()


#: The interpreter is single-threaded; rules write here through `checks` only.
NOTES = Notes()
