"""Run a snippet in the interpreter and for real, and compare what its names hold afterwards."""

from __future__ import annotations

import hashlib
import textwrap
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tensight.dims import Expr, FreshNames, is_unknown, use_names
from tensight.interp import execution, natives
from tensight.interp.analyse import in_big_stack
from tensight.interp.catching import Catch, Way
from tensight.interp.errors import PyRaise
from tensight.interp.machine import Interp
from tensight.interp.natives.support import payload
from tensight.interp.ports import Loader, Request, Source
from tensight.interp.roots import Root
from tensight.interp.world import World
from tensight.project.files import Files as Disk
from tensight.project.imports import Resolver
from tensight.syntax import parse
from tensight.values import DictV, Fields, Instance, IteratorV, ListV, RangeV, Scalar, SetV, Unknown

assert natives
WORLD = World()
#: What `plain` gives for a value that is not known.
UNKNOWN = type("UNKNOWN", (), {"__repr__": lambda self: "?"})()


class Files:
    """A loader over a dict of data files and modules."""

    def __init__(self, files: dict[str, str] | None = None) -> None:
        self.files = files or {}

    def find(self, name: str) -> Source | None:
        text = self.files.get(f"{name}.py")
        return None if text is None else source(text, name, f"{name}.py")

    def is_namespace(self, name: str) -> bool:
        return False

    def exists(self, name: str) -> bool:
        return False

    def version(self, distribution: str) -> str | None:
        return None

    def read_text(self, path: str) -> str | None:
        return self.files.get(path)

    def also_search(self, first: Sequence[str], last: Sequence[str]) -> None:
        return None


def source(text: str, name: str = "main", file: str = "main.py") -> Source:
    return Source(name, file, parse(text, file).tree, hashlib.sha256(text.encode()).hexdigest(), user=True, text=text)


def installed(package: Any) -> Resolver:
    """A loader over the folder in which a package is installed."""
    return Resolver([str(Path(package.__file__).parents[1])], Disk())


def interpret(
    text: str, files: dict[str, str] | None = None, *, loader: Loader | None = None, world: World = WORLD
) -> tuple[dict[str, Any], Interp]:
    """The globals of the snippet as abstract values. An internal error fails the test.

    A loader of its own goes with a world of its own: that keeps the modules that were run."""
    use_names(FreshNames())
    text = textwrap.dedent(text)
    entry = source(text)
    it = Interp(Request(entry, (entry,), loader or Files(files)), world)
    it.root = Root("script", "<script>")

    def run() -> None:
        try:
            execution.execute(it, entry, "__main__")
        except PyRaise as error:
            it.raised = error  # type: ignore[attr-defined]

    in_big_stack(run)
    assert not it.internal_errors, it.internal_errors[0]
    return it.modules["__main__"].namespace, it


def plain(value: Any) -> Any:
    """The Python value; UNKNOWN in the places that are not known."""
    value = payload(value)
    match value:
        case DictV(rest=None):
            return {plain(k): plain(v) for k, v in value.items.items()}
        case ListV(rest=None):
            items = [plain(v) for v in value.items]
            return deque(items) if value.kind == "deque" else items
        case SetV(open=False):
            return {plain(k) for k in value.items}
        case IteratorV(rest=None):
            return [plain(v) for v in value.items[value.state["next"] :]]
        case Fields():
            return tuple(plain(v) for v in value)
        case tuple():
            return tuple(plain(v) for v in value)
        case Unknown() | Scalar() | RangeV() | ListV() | DictV() | SetV() | IteratorV():
            return UNKNOWN
        case Expr():
            return UNKNOWN if is_unknown(value) else str(value)
        case Instance():
            return UNKNOWN
        case _:
            return value


def names(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the interpreter and Python say of the names of a snippet that are plain data."""
    found, _ = interpret(text)
    real: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(textwrap.dedent(text), "<snippet>", "exec", dont_inherit=True), real)
    return found, real


def agree(text: str, *unknown: str) -> None:
    """Every plain global of the snippet has the value that Python gives it; those of `unknown` may be unknown."""
    found, real = names(text)
    for name, value in real.items():
        if name.startswith("__") or not is_plain_data(value):
            continue
        assert name in found, f"{name} is not bound"
        mine = plain(found[name])
        if name in unknown:
            assert mine is UNKNOWN or mine == real_plain(value), f"{name}: {found[name]!r} is not {value!r}"
        else:
            expected = real_plain(value)
            assert mine == expected and type(mine) is type(expected), f"{name}: {found[name]!r} is not {value!r}"


def is_plain_data(value: Any) -> bool:
    if isinstance(value, list | tuple | set | frozenset | deque):
        return all(is_plain_data(v) for v in value)
    if isinstance(value, dict):
        return all(is_plain_data(v) for v in (*value, *value.values()))
    return value is None or isinstance(value, int | float | str | bytes | complex | range | slice | type({}.keys()))


def real_plain(value: Any) -> Any:
    if isinstance(value, deque):
        return deque(real_plain(v) for v in value)
    if isinstance(value, list):
        return [real_plain(v) for v in value]
    if isinstance(value, tuple):
        return tuple(real_plain(v) for v in value)
    if isinstance(value, dict):
        return {real_plain(k): real_plain(v) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return {real_plain(v) for v in value}
    for kind in (bool, int, float, str, bytes, complex):
        if isinstance(value, kind):
            return kind(value)
    return value


def interp() -> Interp:
    """An analysis in which every exception of the program is caught."""
    entry = source("")
    it = Interp(Request(entry, (entry,), Files()), WORLD)
    it.handlers.append(Catch([Way([it.native_class("builtins.Exception")])]))
    return it


def outcome(run: Any) -> Any:
    """The result of a call, or the name of the exception."""
    try:
        return real_plain(run())
    except Exception as error:
        return type(error).__name__


def abstract_outcome(it: Interp, target: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """As `outcome`, of a method of an abstract value; it must be known."""
    try:
        value = it.method(target, name, *args, **kwargs)
    except PyRaise as error:
        return error.exc.cls.name
    assert not isinstance(value, Unknown), f"{name}{args} is {value!r}"
    return plain(value)
