"""Folders, listed once and again only when they change, so that an import that is not there costs microseconds."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listing:
    """The names in a folder as they are spelled, so that look-ups are case-sensitive on every system."""

    files: frozenset[str]
    folders: frozenset[str]


EMPTY = Listing(frozenset(), frozenset())
_known: dict[str, tuple[int, Listing]] = {}


def list_folder(path: str) -> Listing:
    """What is in the folder; EMPTY if it cannot be read."""
    try:
        changed = os.stat(path).st_mtime_ns
    except (OSError, ValueError):
        _known.pop(path, None)
        return EMPTY
    known = _known.get(path)
    if known is not None and known[0] == changed:
        return known[1]
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                (folders if _is_folder(entry) else files).append(entry.name)
    except OSError:
        return EMPTY
    listing = Listing(frozenset(files), frozenset(folders))
    _known[path] = changed, listing
    return listing


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
