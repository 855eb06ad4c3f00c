"""Folders from which the user's code may be imported: workspace folders, their `src`, and those above a file."""

from __future__ import annotations

import os
from collections.abc import Sequence

from .listing import list_folder

#: A folder that holds one of these is the top of a project.
_MARKS = frozenset({"pyproject.toml", "setup.py", "setup.cfg", ".git", ".hg", "requirements.txt", ".venv"})


def project_root(folder: str) -> str:
    """The nearest folder at or above `folder` that looks like the top of a project; `folder` itself if none does."""
    at = folder
    while True:
        listing = list_folder(at)
        if _MARKS & (listing.files | listing.folders):
            return at
        above = os.path.dirname(at)
        if above == at:
            return folder
        at = above


def source_roots(roots: Sequence[str]) -> list[str]:
    """Each workspace folder, then its `src` where packages lie in it (and not: `src` is itself a package)."""
    found = []
    for root in roots:
        found.append(root)
        source = os.path.join(root, "src")
        if "src" in list_folder(root).folders and "__init__.py" not in list_folder(source).files:
            found.append(source)
    return found


def ancestors(folder: str, roots: Sequence[str]) -> list[str]:
    """The folders above `folder`, nearest first, as long as they lie in one of the roots: scripts are often started
    from somewhere above them."""
    found = []
    at = folder
    while any(at.startswith(root.rstrip(os.sep) + os.sep) for root in roots):
        at = os.path.dirname(at)
        found.append(at)
    return found
