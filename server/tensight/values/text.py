"""Shapes as people read them: `(B, 3, H//2, ?)`, a run of unknown length as `…`."""

from __future__ import annotations

from types import EllipsisType

from ..dims import Dim, to_text


def dim_text(dim: Dim | EllipsisType) -> str:
    if dim is ...:
        return "…"
    return str(dim) if isinstance(dim, int) else to_text(dim)


def shape_text(dims: tuple[Dim | EllipsisType, ...] | None) -> str:
    """`(B, 3)`, `(5,)`, `()`; a shape of unknown rank is `(…)`."""
    if dims is None:
        return "(…)"
    if len(dims) == 1 and dims[0] is not ...:
        return f"({dim_text(dims[0])},)"
    return "(" + ", ".join(dim_text(d) for d in dims) + ")"


def torch_size_text(dims: tuple[Dim, ...]) -> str:
    """As PyTorch prints sizes in its messages: `[2, 3]`."""
    return "[" + ", ".join(dim_text(d) for d in dims) + "]"
