"""The text of files: what an editor holds open goes before what is on the disk. Nothing here is run."""

from __future__ import annotations

import os
import stat
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from ..limits import MAX_PARSED_CHARS, MAX_SOURCE
from ..syntax import Parsed, UndecodableSource, decode, parse
from ..syntax.reparse import reparse


class Unreadable(Exception):
    """A file that cannot be read; the text is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Text:
    """The content of a file; equal digests mean equal texts."""

    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file as an editor holds it."""

    content: Text
    version: int | None


def content(text: str) -> Text:
    """`text` with its digest."""
    return Text(text, blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest())


def absolute(path: str) -> str:
    """The absolute path, links not followed: a tree of links is the tree the user sees."""
    return os.path.abspath(path)


def read_file(path: str) -> str:
    """The source text of a file on disk; raises Unreadable."""
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise Unreadable("is a folder")
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("is not a regular file")
        if status.st_size > 4 * MAX_SOURCE:
            raise Unreadable(f"has more than {MAX_SOURCE:,} characters")
        with open(path, "rb") as file:
            return decode(file.read())
    except UndecodableSource as error:
        raise Unreadable(str(error)) from None
    except FileNotFoundError:
        raise Unreadable("no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Unreadable(f"cannot be read: {reason[:1].lower()}{reason[1:]}") from None


class Disk:
    """Texts of files on disk, read again only when size, time or inode change. Shared by all projects."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[int, int, int], Text]] = {}

    def read(self, path: str) -> Text:
        """The content of the file; raises Unreadable."""
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            self._known.pop(path, None)
            return content(read_file(path))
        key = (status.st_mtime_ns, status.st_size, status.st_ino)
        known = self._known.get(path)
        if known is not None and known[0] == key:
            return known[1]
        found = content(read_file(path))
        self._known[path] = key, found
        return found

    def forget(self) -> None:
        self._known.clear()


#: Versions of one file whose trees are kept: what is shown, what is being typed, and a fix that is tried.
_VERSIONS = 3


class ParsedCache:
    """Parsed files by content, the least used dropped first. Shared by all projects of the process."""

    def __init__(self, limit: int = MAX_PARSED_CHARS) -> None:
        self._limit = limit
        self._size = 0
        self._known: OrderedDict[tuple[str, str], tuple[Parsed, int]] = OrderedDict()
        self._lock = threading.Lock()

    def parse(self, source: Text, file: str) -> Parsed:
        key = (source.digest, file)
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known[0]
            versions = (found for key, (found, _) in reversed(self._known.items()) if key[1] == file)
            before = next((found for found in versions if not found.problems), None)
        parsed = (reparse(before, source.text) if before is not None else None) or parse(source.text, file)
        with self._lock:
            if key not in self._known:
                self._known[key] = parsed, len(source.text)
                self._size += len(source.text)
                for old in [known for known in self._known if known[1] == file][:-_VERSIONS]:
                    self._size -= self._known.pop(old)[1]
            while self._size > self._limit and len(self._known) > 1:
                _, (_, size) = self._known.popitem(last=False)
                self._size -= size
        return parsed

    def clear(self) -> None:
        with self._lock:
            self._known.clear()
            self._size = 0


DISK = Disk()
PARSED = ParsedCache()


class Files:
    """What one analysis reads: the open documents as they were when it began, then the disk."""

    def __init__(self, documents: Mapping[str, Document] | None = None) -> None:
        self.documents = dict(documents or {})
        self.folders: dict[str, set[str]] = {}
        for path in self.documents:
            self.folders.setdefault(os.path.dirname(path), set()).add(os.path.basename(path))

    def read(self, path: str) -> Text:
        """The content of the file; raises Unreadable."""
        document = self.documents.get(path)
        return document.content if document is not None else DISK.read(path)
