"""os, os.path, shutil, glob: paths are computed, the file system is not known."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...values import DictV, Instance, IteratorV, ListV, Native, Reason, Scalar, Unknown, Value
from .files import path_text
from .registry import ALIASES, CONSTANTS, MODULES, NATIVES, native, prop
from .state import process
from .support import in_library, known_items, payload

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update(("os", "os.path", "posixpath", "shutil", "glob", "fnmatch"))
CONSTANTS.update(
    {"os.sep": "/", "os.path.sep": "/", "os.linesep": "\n", "os.pathsep": ":", "os.curdir": ".", "os.pardir": ".."}
)
CONSTANTS["os.name"] = Scalar("str")
CONSTANTS["os.PathLike"] = Unknown(Reason.ENVIRONMENT, "os.PathLike")
ALIASES["shutil.Error"] = ALIASES["os.error"] = "builtins.OSError"


@prop("os.environ")
def environ(it: Interp, _: Value) -> Value:
    found = process(it).environ
    return DictV(found.items) if in_library(it) else found


def text_of_path(value: Value) -> str | None:
    return path_text(payload(value)) if isinstance(value, Instance) else path_text(value)


# ---- os.path
def _computed(name: str) -> None:
    function: Any = getattr(posixpath, name)

    @native(f"os.path.{name}", f"posixpath.{name}")
    def compute(it: Interp, *args: Value) -> Value:
        texts = [text_of_path(a) for a in args]
        if all(t is not None for t in texts):
            try:
                return function(*texts)
            except TypeError as error:
                return it.fail("TypeError", str(error))
        for value in args:
            if value is None or isinstance(value, int | float | ListV | DictV):
                kind = type(value).__name__ if not isinstance(value, ListV | DictV) else value.kind
                kind = "NoneType" if value is None else kind
                return it.fail("TypeError", f"expected str, bytes or os.PathLike object, not {kind}")
        return (Scalar("str"), Scalar("str")) if name in ("split", "splitext", "splitdrive") else Scalar("str")


for _name in ("join", "basename", "dirname", "split", "splitext", "splitdrive", "normpath", "normcase"):
    _computed(_name)


@native("os.path.isabs")
def isabs(it: Interp, path: Value) -> Value:
    text = text_of_path(path)
    return Scalar("bool") if text is None else posixpath.isabs(text)


@native("os.path.abspath", "os.path.realpath", "os.path.expanduser", "os.path.expandvars")
def abspath(it: Interp, path: Value, **kwargs: Value) -> Value:
    text = text_of_path(path)
    return posixpath.normpath(text) if text is not None and posixpath.isabs(text) and "$" not in text else Scalar("str")


@native("os.path.commonprefix", "os.path.commonpath")
def commonprefix(it: Interp, paths: Value) -> Value:
    items = known_items(it, paths)
    if items is not None and all(isinstance(i, str) for i in items):
        return posixpath.commonprefix(items)
    return Scalar("str")


def _answers(result: Callable[[Interp], Value], **modules: str) -> None:
    """Functions whose result depends on the machine; what is handed to them stays as it is."""
    for name in [f"{module.replace('__', '.')}.{n}" for module, names in modules.items() for n in names.split()]:
        NATIVES[name] = Native(name, lambda it, args, kwargs: result(it))


def _path_list(it: Interp) -> Value:
    return ListV([], Scalar("str"))


_answers(
    lambda it: Scalar("bool"),
    os__path="exists isfile isdir islink ismount lexists samefile",
    os="access",
    fnmatch="fnmatchcase",
)
_answers(lambda it: Scalar("int"), os="getpid getppid getuid cpu_count process_cpu_count system", os__path="getsize")
_answers(lambda it: Scalar("float"), os__path="getmtime getctime getatime")
_answers(
    lambda it: Scalar("str"),
    os="getcwd getlogin readlink",
    os__path="relpath",
    shutil="copy copy2 copyfile copytree move make_archive",
)
_answers(_path_list, os="listdir", glob="glob")
_answers(lambda it: IteratorV([], Scalar("str")), glob="iglob")
_answers(lambda it: IteratorV([], (Scalar("str"), _path_list(it), _path_list(it))), os="walk")
_answers(
    lambda it: None,
    os="""makedirs mkdir remove unlink rmdir removedirs rename replace chdir chmod symlink link putenv unsetenv kill
        utime umask nice sched_setaffinity""",
    shutil="rmtree unpack_archive copystat copymode",
)


@native("os.fspath")
def fspath(it: Interp, path: Value) -> Value:
    text = text_of_path(path)
    return Scalar("str") if text is None else text


@native("os.getenv")
def getenv(it: Interp, key: Value, default: Value = None) -> Value:
    return it.method(environ(it, None), "get", key, default)


@native("fnmatch.fnmatch")
def fnmatch(it: Interp, name: Value, pattern: Value) -> Value:
    if isinstance(name, str) and isinstance(pattern, str) and pattern.count("*") <= 3:
        import fnmatch as host

        return host.fnmatchcase(name, pattern)
    return Scalar("bool")


@native("fnmatch.filter")
def fnmatch_filter(it: Interp, names: Value, pattern: Value) -> Value:
    items = known_items(it, names)
    if (
        items is None
        or not isinstance(pattern, str)
        or not all(isinstance(i, str) for i in items)
        or pattern.count("*") > 3
    ):
        return ListV([], Scalar("str"))
    return ListV([i for i in items if fnmatch(it, i, pattern)])
