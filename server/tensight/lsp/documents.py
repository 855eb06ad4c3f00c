"""The open documents: their text as the client has it, kept by incremental changes.

Lines are what editors and Python take for lines (CR LF, CR, LF); a form feed ends none."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path, uri_scheme

from ..syntax.decode import split_lines
from .convert import Columns

Changes = Sequence[types.TextDocumentContentChangeEvent]


class Text:
    """One version of a document. Immutable."""

    def __init__(self, text: str, version: int | None) -> None:
        self.text, self.version = text, version

    @cached_property
    def lines(self) -> list[str]:
        return split_lines(self.text)

    def changed(self, changes: Changes, version: int | None, columns: Columns) -> Text:
        """The text after the changes, each of which refers to the text after those before it."""
        text = self.text
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start = _offset(text, change.range.start, columns)
                end = max(start, _offset(text, change.range.end, columns))
                text = text[:start] + change.text + text[end:]
            else:
                text = change.text
        return Text(text, version)


def _offset(text: str, position: types.Position, columns: Columns) -> int:
    """Where a position lies in the text, clamped to it."""
    start = 0
    for _ in range(position.line):
        end = _line_end(text, start)
        if end == len(text):
            return end
        start = end + (2 if text.startswith("\r\n", end) else 1)
    return start + columns.from_client(text[start : _line_end(text, start)], position.character)


def _line_end(text: str, start: int) -> int:
    newline = text.find("\n", start)
    end = newline if newline >= 0 else len(text)
    carriage = text.find("\r", start, end)
    return carriage if carriage >= 0 else end


class Document:
    """An open document. `file` names it in analyses."""

    def __init__(self, uri: str, text: Text, folder: str) -> None:
        self.uri, self.text = uri, text
        self.file = file_of(uri, folder)


def file_of(uri: str, folder: str) -> str:
    """The path of a `file:` URI; any other document counts as a file of `folder` that is named by its URI."""
    if uri_scheme(uri) == "file":
        path = to_fs_path(uri)
        if path:
            return os.path.abspath(path)
    return os.path.join(os.path.abspath(folder), uri.replace("/", "_"))


class Documents:
    """All open documents by URI, and by file for the way back."""

    def __init__(self) -> None:
        self._by_uri: dict[str, Document] = {}
        self._by_file: dict[str, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._by_uri.values()))

    def put(self, document: Document) -> None:
        self._by_uri[document.uri] = document
        self._by_file[document.file] = document

    def drop(self, uri: str) -> Document | None:
        document = self._by_uri.pop(uri, None)
        if document is not None:
            self._by_file.pop(document.file, None)
        return document

    def get(self, uri: str) -> Document | None:
        return self._by_uri.get(uri)

    def of_file(self, file: str) -> Document | None:
        return self._by_file.get(file)

    def uri_of(self, file: str) -> str:
        """As the client spelled it, if the file is open."""
        document = self._by_file.get(file)
        return document.uri if document is not None else (from_fs_path(file) or file)

    def lines_of(self, file: str) -> Sequence[str] | None:
        document = self._by_file.get(file)
        return document.text.lines if document is not None else None
