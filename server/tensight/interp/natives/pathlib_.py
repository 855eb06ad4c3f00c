"""pathlib: a Path is an Instance that keeps its text in `extra`; what lies on the disk is not known."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from ... import limits
from ...values import ClassMethodV, ClassV, Instance, IteratorV, ListV, Native, Reason, Scalar, Value
from .files import open_, path_text, read
from .registry import BASES, CONSTANTS, CONSTRUCTORS, MODULES, native, native_class, prop
from .state import process

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from ..machine import Interp

MODULES.add("pathlib")


def _pure(*parts: str) -> PurePosixPath:
    from pathlib import PurePosixPath

    return PurePosixPath(*parts)


@native_class("pathlib.PurePath")
def path(it: Interp, cls: ClassV, *parts: Value) -> Value:
    texts = [path_text(part) for part in parts]
    known = all(t is not None for t in texts)
    made = Instance(cls, {}, it.here())
    made.extra["path"] = str(_pure(*(t for t in texts if t is not None))) if known else Scalar("str")
    return made


for _name, _base in {
    "Path": "PurePath",
    "PosixPath": "Path",
    "WindowsPath": "Path",
    "PurePosixPath": "PurePath",
}.items():
    BASES[f"pathlib.{_name}"] = (f"pathlib.{_base}",)
    CONSTRUCTORS[f"pathlib.{_name}"] = CONSTRUCTORS["pathlib.PurePath"]


def _alike(it: Interp, self: Value, text: str | None) -> Value:
    cls = self.cls if isinstance(self, Instance) else it.native_class("pathlib.Path")
    made = Instance(cls, {}, it.here())
    made.extra["path"] = Scalar("str") if text is None else text
    return made


def _host(self: Value) -> PurePosixPath | None:
    text = path_text(self)
    return None if text is None else _pure(text)


# ---- parts
def _text_part(name: str) -> None:
    def get(it: Interp, self: Value) -> Value:
        host = _host(self)
        return Scalar("str") if host is None else getattr(host, name)

    prop(f"pathlib.PurePath.{name}")(get)


for _name in ("name", "stem", "suffix", "root", "anchor", "drive"):
    _text_part(_name)


@prop("pathlib.PurePath.parent")
def parent(it: Interp, self: Value) -> Value:
    host = _host(self)
    return _alike(it, self, None if host is None else str(host.parent))


@prop("pathlib.PurePath.parents")
def parents(it: Interp, self: Value) -> Value:
    host = _host(self)
    if host is None:
        return it.unknown(Reason.ENVIRONMENT, "parents")
    return tuple(_alike(it, self, str(p)) for p in host.parents)


@prop("pathlib.PurePath.parts")
def parts(it: Interp, self: Value) -> Value:
    host = _host(self)
    return it.unknown(Reason.ENVIRONMENT, "parts") if host is None else host.parts


@prop("pathlib.PurePath.suffixes")
def suffixes(it: Interp, self: Value) -> Value:
    host = _host(self)
    return ListV([], Scalar("str")) if host is None else ListV(list(host.suffixes))


# ---- new paths
def _derived(name: str, method: str) -> None:
    @native(f"pathlib.PurePath.{name}")
    def derive(it: Interp, self: Value, *args: Value) -> Value:
        host, texts = _host(self), [path_text(a) for a in args]
        if host is None or any(t is None for t in texts):
            return _alike(it, self, None)
        try:
            return _alike(it, self, str(getattr(host, method)(*texts)))
        except (TypeError, ValueError) as error:
            return it.fail(type(error).__name__, str(error))


for _name in ("joinpath", "with_suffix", "with_name", "with_stem", "relative_to"):
    _derived(_name, _name)
_derived("__truediv__", "joinpath")


@native("pathlib.PurePath.__rtruediv__")
def rtruediv(it: Interp, self: Value, other: Value) -> Value:
    left, right = path_text(other), path_text(self)
    return _alike(it, self, None if left is None or right is None else posixpath.join(left, right))


@native("pathlib.PurePath.__str__", "pathlib.PurePath.as_posix", "pathlib.PurePath.__fspath__")
def text(it: Interp, self: Value) -> Value:
    found = path_text(self)
    return Scalar("str") if found is None else found


@native("pathlib.PurePath.__eq__")
def equal(it: Interp, self: Value, other: Value) -> Value:
    if not isinstance(other, Instance) or "path" not in other.extra:
        return NotImplemented
    a, b = path_text(self), path_text(other)
    return Scalar("bool") if a is None or b is None else a == b


@native("pathlib.PurePath.is_absolute")
def is_absolute(it: Interp, self: Value) -> Value:
    host = _host(self)
    return Scalar("bool") if host is None else host.is_absolute()


@native("pathlib.Path.resolve", "pathlib.Path.absolute", "pathlib.Path.expanduser", "pathlib.Path.readlink")
def resolve(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    found = path_text(self)
    return _alike(it, self, posixpath.normpath(found) if found is not None and posixpath.isabs(found) else None)


def _somewhere(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _alike(it, None, None)


CONSTANTS["pathlib.Path.home"] = CONSTANTS["pathlib.Path.cwd"] = ClassMethodV(Native("pathlib.Path.home", _somewhere))


# ---- the file system
@native(*(f"pathlib.Path.{n}" for n in ("exists", "is_file", "is_dir", "is_symlink", "samefile", "match")))
def question(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return Scalar("bool")


@native(*(f"pathlib.Path.{n}" for n in ("mkdir", "unlink", "rmdir", "touch", "chmod", "symlink_to")))
def effect(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return None


@native("pathlib.Path.rename", "pathlib.Path.replace")
def rename(it: Interp, self: Value, target: Value) -> Value:
    return _alike(it, self, path_text(target))


@native("pathlib.Path.iterdir", "pathlib.Path.glob", "pathlib.Path.rglob")
def iterdir(it: Interp, self: Value, *args: Value) -> Value:
    return IteratorV([], _alike(it, self, None))


@native("pathlib.Path.open")
def path_open(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return open_(it, self, *args, **kwargs)


@native("pathlib.Path.read_text")
def read_text(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    content = read(it, self)
    return content if content is not None and len(content) <= limits.MAX_TEXT else Scalar("str")


@native("pathlib.Path.read_bytes", "pathlib.Path.stat")
def read_bytes(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return it.unknown(Reason.ENVIRONMENT, "a file")


@native("pathlib.Path.write_text", "pathlib.Path.write_bytes")
def write_text(it: Interp, self: Value, data: Value, *args: Value, **kwargs: Value) -> Value:
    found = path_text(self)
    if found is not None:
        process(it).written.add(found)
    return Scalar("int")
