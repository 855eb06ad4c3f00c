"""The Python files below a folder: .gitignore is respected, environments and caches are not the user's code."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from .files import Unreadable, read_file

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "__pypackages__", "venv", "build", "dist"})
#: Of these, only what is certainly not source: a folder `build` may hold a package.
_MAYBE_SOURCE = frozenset({"build", "dist", "venv"})


def _spec(lines: Sequence[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)


@lru_cache(maxsize=32)
def _globs(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    return _spec(patterns)


def matches(patterns: Sequence[str], root: str, path: str) -> bool:
    """Whether a file below `root` matches one of the globs, written as in .gitignore."""
    if not patterns:
        return False
    relative = os.path.relpath(path, root)
    return not relative.startswith("..") and _globs(tuple(patterns)).match_file(relative.replace(os.sep, "/"))


def python_files(
    folder: str, exclude: Sequence[str] = (), on_error: Callable[[str, str], None] = lambda path, message: None
) -> Iterator[str]:
    """The files below `folder`, in order, as paths that begin with `folder` as given.

    `exclude`: globs relative to the folder. `on_error` hears of folders that cannot be read."""
    yield from _walk(folder, "", [("", spec) for spec in _outer(folder)], tuple(exclude), on_error)


def _outer(folder: str) -> list[GitIgnoreSpec]:
    """The .gitignore files above the folder, up to the top of its repository, seen from the folder."""
    found: list[GitIgnoreSpec] = []
    at, tail = os.path.abspath(folder), ""
    if os.path.exists(os.path.join(at, ".git")):
        return found
    above: list[tuple[str, str]] = []
    while True:
        parent, name = os.path.split(at)
        if parent == at:
            return found  # no repository: what lies above is not about this folder
        tail = f"{name}/{tail}" if tail else name
        at = parent
        above.append((at, tail))
        if os.path.exists(os.path.join(at, ".git")):
            break
    for ancestor, inner in reversed(above):
        lines = _ignore_lines(ancestor)
        if lines:
            found.append(_Below(_spec(lines), inner))  # type: ignore[arg-type]
    return found


class _Below:
    """A .gitignore seen from a folder further down."""

    def __init__(self, spec: GitIgnoreSpec, inner: str) -> None:
        self._spec, self._inner = spec, inner

    def check_file(self, path: str) -> object:
        return self._spec.check_file(f"{self._inner}/{path}")


def _ignore_lines(folder: str) -> list[str]:
    path = os.path.join(folder, ".gitignore")
    if not os.path.isfile(path):
        return []
    try:
        return read_file(path).splitlines()
    except Unreadable:
        return []


def _ignored(specs: Sequence[tuple[str, GitIgnoreSpec]], path: str) -> bool:
    """The innermost .gitignore that has something to say decides."""
    for base, spec in reversed(specs):
        said = spec.check_file(path[len(base) :]).include
        if said is not None:
            return bool(said)
    return False


def _walk(
    top: str,
    inner: str,
    specs: list[tuple[str, GitIgnoreSpec]],
    exclude: tuple[str, ...],
    on_error: Callable[[str, str], None],
) -> Iterator[str]:
    folder = os.path.join(top, inner) if inner else top
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        on_error(folder, f"cannot be read: {(error.strerror or str(error)).lower()}")
        return
    lines = _ignore_lines(folder)
    if lines:
        specs = [*specs, (inner, _spec(lines))]
    for entry in found:
        name = entry.name
        relative = inner + name
        try:
            is_folder = entry.is_dir(follow_symlinks=False)
            is_file = name.endswith(".py") and entry.is_file()
        except OSError:
            continue
        if is_folder:
            if name.startswith(".") or _is_environment(entry.path, name) or _ignored(specs, relative + "/"):
                continue
            if not _excluded(exclude, relative + "/"):
                yield from _walk(top, relative + "/", specs, exclude, on_error)
        elif is_file and not _ignored(specs, relative) and not _excluded(exclude, relative):
            yield entry.path


def _is_environment(path: str, name: str) -> bool:
    if name in _SKIPPED and name not in _MAYBE_SOURCE:
        return True
    return os.path.isfile(os.path.join(path, "pyvenv.cfg")) or os.path.isdir(os.path.join(path, "conda-meta"))


def _excluded(exclude: tuple[str, ...], relative: str) -> bool:
    return bool(exclude) and _globs(exclude).match_file(relative)
