"""Finding modules by reading folders: Python's rules for packages, namespace packages and search order."""

from __future__ import annotations

import ast
import os
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ..interp.ports import Source
from ..limits import MAX_DATA_FILE
from .files import PARSED, Files, Text, Unreadable, absolute
from .listing import Listing, list_folder

_DATA = (".yaml", ".yml", ".json", ".toml", ".txt", ".cfg", ".ini", ".csv")
_METADATA = (".dist-info", ".egg-info")
_COMPILED = (".so", ".pyd")
_FOREIGN = ("site-packages", "dist-packages", "node_modules")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a module was found: its file (None: a namespace package) and, for packages, where its parts are sought."""

    file: str | None
    folders: tuple[str, ...] = ()
    compiled: bool = False


def package_root(path: str) -> tuple[str, str]:
    """The folder from which a file would be imported, and its module name there (`__init__.py` files decide)."""
    folder, name = os.path.split(path)
    stem = name.removesuffix(".py")
    parts = [] if stem == "__init__" else [stem]
    while "__init__.py" in list_folder(folder).files:
        parent, package = os.path.split(folder)
        if not package.isidentifier() or parent == folder:
            break
        parts.insert(0, package)
        folder = parent
    return folder, ".".join(parts) or stem


def _parsed(text: Text, file: str) -> tuple[ast.Module, bool]:
    parsed = PARSED.parse(text, file)
    return parsed.tree, bool(parsed.problems)


def is_foreign(path: str) -> bool:
    """Whether a file belongs to installed packages."""
    return any(part in _FOREIGN for part in path.split(os.sep))


class Resolver:
    """The Loader of one analysis. `search`: folders in order. `named`: absolute path → path as the user gave it.

    What it found, and what it did not, is kept: that is what the result depends on."""

    def __init__(
        self,
        search: Sequence[str],
        files: Files,
        *,
        named: Mapping[str, str] | None = None,
        is_user: Callable[[str], bool] = lambda path: False,
        mapping: Mapping[str, str] | None = None,
        data_folders: Sequence[str] = (),
        guessed: Sequence[str] = (),
    ) -> None:
        self.search = tuple(dict.fromkeys(absolute(folder) for folder in search))
        self.files = files
        self.named = dict(named or {})
        self.is_user = is_user
        self.mapping = dict(mapping or {})
        self.data_folders = tuple(data_folders)
        self._given_search = self.search
        #: folders from which files may be imported only because they were named
        self._guessed = frozenset(map(absolute, guessed))
        #: what the program added to its path: in front, behind
        self.added: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        #: digest of each file that was read, by absolute path; None: it could not be read
        self.read: dict[str, str | None] = {}
        #: names that were sought, with the place where they were found
        self.sought: dict[str, Place | None] = {}
        self._sources: dict[str, Source | None] = {}
        self._listings: dict[str, Listing] = {}
        self._inodes: dict[tuple[int, int], str] | None = None

    def find(self, name: str) -> Source | None:
        """The source of a module by its absolute name."""
        if name in self._sources:
            return self._sources[name]
        place = self.locate(name)
        source = None
        if place is not None and place.file is not None and not place.compiled:
            source = self.source(place.file, name)
        self._sources[name] = source
        return source

    def is_namespace(self, name: str) -> bool:
        place = self.locate(name)
        return place is not None and place.file is None

    def exists(self, name: str) -> bool:
        return self.locate(name) is not None

    def version(self, distribution: str) -> str | None:
        wanted = _normal(distribution)
        for folder in self.search:
            for name in self._list(folder).folders:
                if name.endswith(_METADATA):
                    stem, _, version = name.rpartition(".")[0].partition("-")
                    if version and _normal(stem) == wanted:
                        return version
        return None

    def also_search(self, first: Sequence[str], last: Sequence[str]) -> None:
        """Relative folders are taken from those where the program may have been started."""
        self.added = (tuple(first), tuple(last))
        front, back = ([absolute(os.path.join(f, p)) for p in part for f in self.data_folders] for part in self.added)
        self.search = tuple(dict.fromkeys((*front, *self._given_search, *back)))
        for name in [name for name, place in self.sought.items() if place is None or place.file is None]:
            del self.sought[name]
            self._sources.pop(name, None)

    def read_text(self, path: str) -> str | None:
        """A small data file below the folders of the user's code."""
        if not path.lower().endswith(_DATA) or "\0" in path:
            return None
        for folder in self.data_folders:
            full = absolute(os.path.join(folder, os.path.expanduser(path)))
            if not any(full.startswith(allowed.rstrip(os.sep) + os.sep) for allowed in self.data_folders):
                continue
            try:
                status = os.stat(full)
                if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_DATA_FILE:
                    continue
                found = self.files.read(full)
            except (OSError, Unreadable):
                continue
            self.read[full] = found.digest
            return found.text
        return None

    def source(self, path: str, name: str) -> Source | None:
        """The parsed file; None if it cannot be read."""
        try:
            found = self.files.read(path)
        except Unreadable:
            self.read[path] = None
            return None
        self.read[path] = found.digest
        given = self._given(path)
        file = given if given is not None else path
        return Source(
            name,
            file,
            partial(_parsed, found, file),
            found.digest,
            os.path.basename(path) == "__init__.py",
            given is not None or self.is_user(path),
            found.text,
            path=path,
        )

    def _given(self, path: str) -> str | None:
        """The path as the user gave it, if this is one of the named files, maybe by another link."""
        if path in self.named:
            return self.named[path]
        if self._inodes is None:
            self._inodes = {}
            for known, given in self.named.items():
                if (node := _inode(known)) is not None:
                    self._inodes[node] = given
        node = _inode(path) if self._inodes else None
        return None if node is None else self._inodes.get(node)

    def locate(self, name: str) -> Place | None:
        """Where the module is, without reading it."""
        if name in self.sought:
            return self.sought[name]
        self.sought[name] = place = self._locate(name)
        return place

    def _locate(self, name: str) -> Place | None:
        parent, _, last = name.rpartition(".")
        if not last.isidentifier():
            return None
        if not parent:
            place = self._among(self.search, last)
            if (place is None or place.file is None) and last in self.mapping:
                return self._mapped(self.mapping[last]) or place
            return place
        package = self.locate(parent)
        if package is None or not package.folders:
            return None
        if name in self.mapping:
            return self._mapped(self.mapping[name])
        return self._among(package.folders, last)

    def _mapped(self, target: str) -> Place | None:
        """A package or module that an editable install names by its path."""
        listing = self._list(target)
        if "__init__.py" in listing.files:
            return Place(os.path.join(target, "__init__.py"), (target,))
        folder, name = os.path.split(target)
        for file in (name, f"{name}.py"):
            if file.endswith(".py") and file in self._list(folder).files:
                return Place(os.path.join(folder, file))
        return Place(None, (target,)) if listing.files or listing.folders else None

    def _among(self, folders: Sequence[str], name: str) -> Place | None:
        portions: list[str] = []
        for folder in folders:
            listing = self._list(folder)
            path = os.path.join(folder, name)
            if portions and folder in self._guessed:
                continue  # `utils/` may hold a `utils.py`
            if name in listing.folders and "__init__.py" in self._list(path).files:
                return Place(os.path.join(path, "__init__.py"), (path,))
            if f"{name}.py" in listing.files:
                return Place(f"{path}.py")
            if self._is_compiled(listing, name):
                return Place(path, compiled=True)
            if name in listing.folders:
                portions.append(path)
        return Place(None, tuple(portions)) if portions else None

    @staticmethod
    def _is_compiled(listing: Listing, name: str) -> bool:
        head = name + "."
        return any(file.startswith(head) and file.endswith(_COMPILED) for file in listing.files)

    def _list(self, folder: str) -> Listing:
        listing = self._listings.get(folder)
        if listing is None:
            listing = list_folder(folder)
            opened = self.files.folders.get(folder)
            if opened:
                listing = Listing(listing.files | opened, listing.folders)
            self._listings[folder] = listing
        return listing


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "_", distribution).lower()


def _inode(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if status.st_ino else None
