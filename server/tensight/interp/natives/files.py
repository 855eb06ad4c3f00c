"""Files: open() and what it returns. Data files of the workspace are read through the loader; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import limits
from ...values import Instance, IteratorV, ListV, Reason, Scalar, Value
from .registry import MODULES, native, plain_class
from .state import process

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("io")
plain_class("io.IOBase")
plain_class("io.TextIOWrapper", "io.IOBase")
plain_class("io.StringIO", "io.IOBase")
plain_class("io.BytesIO", "io.IOBase")


def path_text(value: Value) -> str | None:
    """The text of a path: a str, or a Path whose text is known."""
    if isinstance(value, Instance):
        value = value.extra.get("path")
    return value if isinstance(value, str) else None


def read(it: Interp, path: Value) -> str | None:
    """The content of a file that the program reads; None if it is not known (or may have been written before)."""
    text = path_text(path)
    if text is None or text in process(it).written:
        return None
    content = it.request.loader.read_text(text)
    return content if content is not None and len(content) <= limits.MAX_SOURCE else None


@native("builtins.open", "io.open", "codecs.open", "gzip.open")
def open_(it: Interp, file: Value, mode: Value = "r", *args: Value, **kwargs: Value) -> Value:
    made = it.new("io.TextIOWrapper", name=file, mode=mode, closed=False)
    text = path_text(file)
    if not isinstance(mode, str) or any(letter in mode for letter in "wax+"):
        if text is not None:
            process(it).written.add(text)
        made.extra["content"] = None
    else:
        made.extra["binary"] = "b" in mode
        made.extra["content"] = file
    return made


def content_of(it: Interp, file: Value) -> str | None:
    """The whole text of an open file, if it is known."""
    if not isinstance(file, Instance) or file.extra.get("content") is None:
        return None
    return read(it, file.extra["content"])


@native("io.IOBase.read", "io.IOBase.getvalue")
def read_all(it: Interp, self: Value, size: Value = None) -> Value:
    if isinstance(self, Instance) and self.extra.get("binary"):
        return it.unknown(Reason.ENVIRONMENT, "a binary file")
    text = content_of(it, self) if size is None else None
    return text if text is not None and len(text) <= limits.MAX_TEXT else Scalar("str")


@native("io.IOBase.readline")
def readline(it: Interp, self: Value, size: Value = None) -> Value:
    return Scalar("str")


def _lines(it: Interp, self: Value) -> list[str] | None:
    text = content_of(it, self)
    if text is None or len(text) > limits.MAX_TEXT or (isinstance(self, Instance) and self.extra.get("binary")):
        return None
    return text.splitlines(keepends=True)


@native("io.IOBase.readlines")
def readlines(it: Interp, self: Value, hint: Value = None) -> Value:
    lines = _lines(it, self)
    return ListV([], Scalar("str")) if lines is None else ListV(list(lines))


@native("io.IOBase.__iter__")
def iterate(it: Interp, self: Value) -> Value:
    lines = _lines(it, self)
    return IteratorV([], Scalar("str")) if lines is None else IteratorV(list(lines))


@native("io.IOBase.__next__")
def next_line(it: Interp, self: Value) -> Value:
    return Scalar("str")


@native("io.IOBase.__enter__")
def enter(it: Interp, self: Value) -> Value:
    return self


@native("io.IOBase.__exit__")
def leave(it: Interp, self: Value, *details: Value) -> Value:
    return None


@native("io.IOBase.__init__", "io.IOBase.close", "io.IOBase.flush")
def nothing(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return None


@native("io.IOBase.write", "io.IOBase.seek", "io.IOBase.tell", "io.IOBase.fileno", "io.IOBase.truncate")
def number(it: Interp, self: Value, *args: Value) -> Value:
    return Scalar("int")


@native("io.IOBase.writelines")
def writelines(it: Interp, self: Value, lines: Value) -> Value:
    return None


@native("io.IOBase.readable", "io.IOBase.writable", "io.IOBase.seekable", "io.IOBase.isatty")
def question(it: Interp, self: Value) -> Value:
    return Scalar("bool")


__all__ = ["content_of", "path_text", "read"]
