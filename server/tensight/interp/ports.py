"""What the interpreter asks of the outside, as Protocols: source files and the installed PyTorch.

The front ends inject the implementations (`project`, `worker`); tests inject dicts."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ..values import Value

if TYPE_CHECKING:
    from .reuse import Memory


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file that was found: its module name, path as given, tree, and whether it is the user's own.

    `tree` comes from `syntax.parse`, which never fails, or is a function that parses when the tree is asked for
    and says whether parts were left out. `digest` identifies the content (cache key)."""

    name: str
    file: str
    tree: ast.Module | Callable[[], tuple[ast.Module, bool]]
    digest: str
    is_package: bool = False
    user: bool = False
    text: str = ""
    #: parts of the file could not be parsed and are missing from `tree`
    broken: bool = False
    #: the absolute path, what `__file__` is; empty: as `file`
    path: str = ""

    def parsed(self) -> tuple[ast.Module, bool]:
        """The tree, and whether parts of the file are missing from it."""
        if isinstance(self.tree, ast.Module):
            return self.tree, self.broken
        return self.tree()


class Loader(Protocol):
    """Finds modules by reading directories; runs nothing."""

    def find(self, name: str) -> Source | None:
        """The source of the absolute module name, or None if there is none (or it is compiled, or opaque)."""

    def is_namespace(self, name: str) -> bool:
        """Whether the name is a folder without `__init__.py` on the search path."""

    def exists(self, name: str) -> bool:
        """Whether a module of this absolute name can be imported, compiled or not."""

    def version(self, distribution: str) -> str | None:
        """The version of an installed distribution, by its metadata; None if there is none."""

    def read_text(self, path: str) -> str | None:
        """A data file of the workspace (YAML, JSON, TOML) named by the program; None if it cannot be read."""

    def also_search(self, first: Sequence[str], last: Sequence[str]) -> None:
        """What the program has put in front of `sys.path` and behind it; replaces what was said before."""


class Oracle(Protocol):
    """Real PyTorch in the user's environment. None: no answer (none installed, too slow, refused)."""

    def ask(self, name: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value | None:
        """The result of operation `name` on plain data and tensors (values.Tensor)."""


class Cancelled(Exception):
    """The analysis was stopped from outside: a newer version of the file is there."""


@dataclass(frozen=True, slots=True)
class Stated:
    """An input stated by the user: `# tensight: x = (B, 3, 224, 224)` in or right above a function."""

    line: int
    name: str
    #: ints, symbol names, or "..." once
    shape: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One analysis: `entry` is imported as `__main__`; facts are recorded for `files` (entry included)."""

    entry: Source
    files: tuple[Source, ...]
    loader: Loader
    oracle: Oracle | None = None
    #: polled once per statement; raises Cancelled
    poll: Callable[[], None] = lambda: None
    #: by file: the statements of the user about inputs
    stated: Mapping[str, Sequence[Stated]] = field(default_factory=dict)
    seconds: float = 8.0
    #: what the roots of the entry found in the version before, if all else is as it was then
    memory: Memory | None = None
    #: names of `sys.argv[1:]`, normally none
    argv: tuple[str, ...] = ()
    #: scripts that use the entry, sought when the entry itself leaves something of it unused
    callers: Callable[[], Sequence[Source]] = tuple
    extra: Mapping[str, Any] = field(default_factory=dict)
    #: whether further variants of a model (`resnet101` after `resnet50`) are run for their contexts: they take ten
    #: times as long as all the rest, which no keystroke can wait for
    variants: bool = False
