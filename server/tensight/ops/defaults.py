"""What a tensor is made of and where it lies if nobody says so: the program may change both.

The interpreter is single-threaded; it sets these, rules read them."""

from __future__ import annotations

from dataclasses import dataclass

from ..values import FLOAT32, DType


@dataclass(slots=True)
class Defaults:
    """None: not known."""

    dtype: DType | None = FLOAT32
    device: str | None = "cpu"
    #: whether the program set one of them
    changed: bool = False
    #: whether all that moves tensors is seen: not after a module was handed to something that may move it
    followed: bool = True

    @property
    def place(self) -> str | None:
        """Where a new tensor lies."""
        return self.device if self.followed else None

    def reset(self) -> None:
        """As they are in a new process."""
        self.dtype, self.device, self.changed, self.followed = FLOAT32, "cpu", False, True

    def set_dtype(self, dtype: DType | None) -> None:
        self.dtype, self.changed = dtype, True

    def set_device(self, device: str | None) -> None:
        self.device, self.changed = device, True


DEFAULTS = Defaults()


def defaults() -> tuple[DType | None, str | None, bool, bool]:
    """All of them, to be compared."""
    return (DEFAULTS.dtype, DEFAULTS.device, DEFAULTS.changed, DEFAULTS.followed)
