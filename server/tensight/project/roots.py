"""Folders from which the user's code may be imported: workspace folders, their `src`, and those above a file."""

from __future__ import annotations

import os
from collections.abc import Sequence

from .listing import list_folder

#: A folder that holds one of these is the top of a project.
_MARKS = frozenset({"pyproject.toml", "setup.py", "setup.cfg", ".git", ".hg", "requirements.txt", ".venv"})


def project_root(folder: str, otherwise: str | None = None) -> str:
    """The nearest folder at or above `folder` that looks like the top of a project; if none does, `otherwise`
    where `folder` lies in that, else `folder` itself."""
    at = folder
    while True:
        listing = list_folder(at)
        if _MARKS & (listing.files | listing.folders):
            return at
        above = os.path.dirname(at)
        if above == at:
            return otherwise if otherwise is not None and inside(folder, otherwise) else folder
        at = above


def inside(path: str, folder: str) -> bool:
    """Whether the path lies below the folder."""
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def source_roots(roots: Sequence[str], entry: str) -> list[str]:
    """Each workspace folder, then its `src` where packages lie in it (and not: `src` is itself a package); that of
    the entry goes first."""
    found = []
    for root in sorted(roots, key=lambda root: not inside(entry, root)):
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
    while any(inside(at, root) for root in roots):
        at = os.path.dirname(at)
        found.append(at)
    return found
