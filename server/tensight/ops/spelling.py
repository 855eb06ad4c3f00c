"""The namespaces in which PyTorch spells one operation, written as letters.

t: torch.x · m: torch.Tensor.x · s: torch.special.x · n: torch.nn.functional.x · l: torch.linalg.x"""

from __future__ import annotations

_PREFIXES = {
    "t": "torch.", "m": "torch.Tensor.", "s": "torch.special.", "n": "torch.nn.functional.", "l": "torch.linalg.",
}  # fmt: skip


def spell(names: str, where: str = "tm") -> tuple[str, ...]:
    """All qualified names of `names` (words) in the namespaces `where`."""
    return tuple(f"{_PREFIXES[letter]}{name}" for name in names.split() for letter in where)
