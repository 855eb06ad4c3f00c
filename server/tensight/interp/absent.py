"""The answer of a look-up that certainly found nothing."""

from __future__ import annotations

from typing import Final


class _Absent:
    def __repr__(self) -> str:
        return "<no such attribute>"


#: There certainly is no such attribute (None is a value of Python).
ABSENT: Final = _Absent()
