"""What a module's text defines and quotes, by name: which of many modules, not run yet, a table's key may come from."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

#: Questions after which the names of a text are listed: below it, searching the text for one name is cheaper.
PATIENCE: Final = 12
#: Texts whose names are kept: about the modules of three large packages.
_KEPT = 1_024


def defines(text: str, name: str) -> bool:
    """Whether a line begins with `def name` or `class name`."""
    return name in text and re.search(rf"^\s*(?:def|class) {name}\b", text, re.MULTILINE) is not None


def quotes(text: str, name: str) -> bool:
    """Whether the name stands in quotes."""
    return name in text and re.search(rf"[\"']{name}[\"']", text) is not None


@lru_cache(maxsize=_KEPT)
def defined(text: str) -> frozenset[str]:
    """Every name that the text `defines`."""
    return frozenset(re.findall(r"^\s*(?:def|class) (\w+)", text, re.MULTILINE))


@lru_cache(maxsize=_KEPT)
def quoted(text: str) -> frozenset[str]:
    """Every name that the text `quotes`; the closing quote of one may open the next."""
    return frozenset(re.findall(r"[\"'](\w+)(?=[\"'])", text))


__all__ = ["PATIENCE", "defined", "defines", "quoted", "quotes"]
