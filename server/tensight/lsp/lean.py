"""The protocol's 600 classes without what the server never uses of them: that takes half of the time they cost.

lsprotocol makes them with `attrs.define`, which compiles comparison and text methods for each of them."""

from __future__ import annotations

from typing import Any


def import_types() -> None:
    """Import `lsprotocol.types`; its classes compare by identity and have no text of their own."""
    import attrs

    full = attrs.define

    def define(cls: Any = None, **options: Any) -> Any:
        return full(cls, **{**options, "eq": False, "repr": False, "slots": False})

    attrs.define = define  # type: ignore[assignment]
    try:
        import lsprotocol.types as types
    finally:
        attrs.define = full
    assert types
