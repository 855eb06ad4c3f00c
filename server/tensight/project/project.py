"""A project: its folders, open documents and environment; analyses of its files, each made once.

An analysis is kept until its file, a file it read, or a file it missed changes."""

from __future__ import annotations

import os
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ..diagnostics import Diagnostic, Severity
from ..interp.facts import Analysis, Result
from ..interp.ports import Oracle, Request, Source, Stated
from ..interp.reuse import Memory
from ..limits import MAX_SECONDS
from ..syntax import Comments, Parsed, first_line, read_comments
from .callers import Callers
from .environment import NO_ENVIRONMENT, Environment
from .files import PARSED, Document, Files, Text, Unreadable, absolute, content
from .imports import Place, Resolver, is_foreign, package_root
from .roots import ancestors, source_roots
from .settings import DEFAULTS, Settings

if TYPE_CHECKING:
    from ..interp import World

Poll = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Memo:
    """A finished analysis and what it rests on: digests by absolute path, places by module name."""

    analysis: Analysis
    read: Mapping[str, str | None]
    sought: Mapping[str, Place | None]
    generation: int
    #: what the program had added to its search path
    added: tuple[tuple[str, ...], tuple[str, ...]]
    #: scripts that were looked at for uses of the file; None: none were sought
    callers: tuple[str, ...] | None
    #: what the roots of the file found, and the World in which they ran
    memory: Memory
    world: World | None


def _digest(files: Files, file: str) -> str | None:
    """The digest of a file as it stands; None if it cannot be read."""
    try:
        return files.read(file).digest
    except Unreadable:
        return None


def _quiet() -> None:
    """A poll that never cancels."""


class Project:
    """Files are named by path; absolute paths, links not followed, are what they are known by."""

    def __init__(
        self,
        roots: Sequence[str] = (),
        settings: Settings = DEFAULTS,
        environment: Environment = NO_ENVIRONMENT,
        *,
        oracle: Oracle | None = None,
        extra_paths: Sequence[str] = (),
    ) -> None:
        self.roots = tuple(absolute(root) for root in roots)
        self.settings = settings
        self.environment = environment
        self.oracle = oracle
        self.extra_paths = tuple(extra_paths)
        self._documents: dict[str, Document] = {}
        self._memos: dict[str, _Memo] = {}
        self._generation = 0
        self._world: World | None = None
        self._callers = Callers()
        self._lock = threading.Lock()

    def scratch(self) -> Project:
        """A project with the same settings and no documents, to try edits in; installed packages are shared."""
        with self._lock:
            twin = Project(
                self.roots, self.settings, self.environment, oracle=self.oracle, extra_paths=self.extra_paths
            )
            twin._world = self._world
        return twin

    # ---- what changes ----------------------------------------------------------------------------------------

    def open(self, path: str, text: str, version: int | None = None) -> None:
        """The editor holds the file: its text goes before the disk's."""
        with self._lock:
            self._documents[absolute(path)] = Document(content(text), version)

    change = open

    def close(self, path: str) -> None:
        with self._lock:
            self._documents.pop(absolute(path), None)
            self._memos.pop(absolute(path), None)

    def reconfigure(
        self,
        *,
        roots: Sequence[str] | None = None,
        settings: Settings | None = None,
        environment: Environment | None = None,
        oracle: Oracle | Literal["keep"] | None = "keep",
        extra_paths: Sequence[str] | None = None,
    ) -> None:
        """Take new values for what is given; every analysis is made anew. An oracle of None is none."""
        with self._lock:
            if roots is not None:
                self.roots = tuple(absolute(root) for root in roots)
            self.settings = settings or self.settings
            self.environment = environment or self.environment
            self.oracle = self.oracle if oracle == "keep" else oracle
            self.extra_paths = self.extra_paths if extra_paths is None else tuple(extra_paths)
            self._generation += 1
            self._world = None

    def answered(self) -> None:
        """The oracle knows more than before: results that lacked its answers are made anew."""
        with self._lock:
            self._generation += 1

    # ---- what follows ----------------------------------------------------------------------------------------

    def analyse(self, path: str, poll: Poll = _quiet) -> Analysis:
        """The analysis of one file as the entry; raises Unreadable, and Cancelled through `poll`."""
        path = absolute(path)
        world = self._world_for([path])
        with self._lock:
            files, memo, generation = Files(self._documents), self._memos.get(path), self._generation
        document = files.documents.get(path)
        version = document.version if document else None
        read: dict[str, str | None] = {}
        sought: dict[str, Place | None] = {}
        memory = Memory()
        if memo is not None and memo.generation == generation and self._others_hold(memo, path, files):
            if _digest(files, path) == memo.read.get(path):
                return replace(memo.analysis, version=version)
            if memo.world is world:  # only this file has changed: roots that it does not touch are kept
                memory, read, sought = Memory(memo.memory), dict(memo.read), dict(memo.sought)
        callers: list[tuple[str, ...]] = []
        result, resolver = self._run([path], files, world, poll, MAX_SECONDS, callers=callers, memory=memory)
        read.update(resolver.read)
        sought.update(resolver.sought)
        analysis = replace(result.analyses[0], version=version)
        depends = {file for file, digest in read.items() if digest and self._is_user(file)} - {path}
        analysis = replace(analysis, depends=analysis.depends | depends)
        with self._lock:
            used = callers[0] if callers else None
            self._memos[path] = _Memo(analysis, read, sought, generation, resolver.added, used, memory, world)
        return analysis

    def check(self, paths: Sequence[str], poll: Poll = _quiet, search: Sequence[str] = ()) -> Result:
        """All the files in one request, the first as the entry; paths are reported as they are given."""
        with self._lock:
            files = Files(self._documents)
        return self._run(paths, files, self._world_for(paths), poll, MAX_SECONDS, search, variants=True)[0]

    def affected(self, changed: Iterable[str]) -> tuple[str, ...]:
        """The open files whose analysis no longer holds when these files change, appear or vanish."""
        touched = {absolute(path) for path in changed}
        with self._lock:
            self._callers.forget()
            if self._world is not None and any(self._is_stale(self._world, path) for path in touched):
                self._world = None  # an installed package changed: executed modules are stale
            memos, documents = dict(self._memos), set(self._documents)
        found = set(touched & documents)
        for path, memo in memos.items():
            if path in documents and (touched & memo.read.keys() or self._may_appear(memo, touched)):
                found.add(path)
        return tuple(sorted(found))

    def is_excluded(self, path: str) -> bool:
        """Whether the settings leave the file out."""
        from .walk import matches

        path = absolute(path)
        return any(matches(self.settings.exclude, root, path) for root in self.roots)

    def _is_stale(self, world: World, path: str) -> bool:
        """Whether executed modules may rest on another text of a file that changed, or on its absence."""
        return not self._is_user(path) and (path not in self._documents or world.rests_on(path))

    # ---- inside ----------------------------------------------------------------------------------------------

    @staticmethod
    def _may_appear(memo: _Memo, touched: set[str]) -> bool:
        """Whether a module that was sought in vain, or found elsewhere, may be one of the files."""
        stems = {os.path.basename(path).removesuffix(".py") for path in touched}
        stems |= {os.path.basename(os.path.dirname(path)) for path in touched if path.endswith("__init__.py")}
        return any(name.rpartition(".")[2] in stems for name, place in memo.sought.items() if _is_open(place))

    def _others_hold(self, memo: _Memo, path: str, files: Files) -> bool:
        """Whether all that the analysis rests on is as it was then, but for the file itself."""
        if any(_digest(files, file) != digest for file, digest in memo.read.items() if file != path):
            return False
        fresh = self._resolver([path], files, ())
        if any(memo.added):
            fresh.also_search(*memo.added)
        if memo.callers is not None and memo.callers != self._callers_of(path, fresh):
            return False
        return all(fresh.locate(name) == place for name, place in memo.sought.items())

    @staticmethod
    def _is_user(path: str) -> bool:
        """Whether a module may change while the project is open: all that is not an installed package, or a link to
        a file of one."""
        return not is_foreign(path) and not is_foreign(os.path.realpath(path))

    def _world_for(self, paths: Sequence[str]) -> World:
        """What outlives an analysis of these files."""
        from ..interp import World

        foreign = frozenset(full for full in map(absolute, paths) if is_foreign(full))
        with self._lock:
            self._world = (self._world or World()).looking_at(foreign)
            return self._world

    def _resolver(self, paths: Sequence[str], files: Files, search: Sequence[str]) -> Resolver:
        entry = absolute(paths[0])
        folder = os.path.dirname(entry)
        settings = [os.path.join(self.roots[0], path) if self.roots else path for path in self.settings.search_paths]
        first = [absolute(given) for given in (folder, *search, *settings)]
        guessed = [root for root, _ in (package_root(absolute(path)) for path in paths) if root not in first]
        order = [
            *first,
            *guessed,
            *ancestors(folder, self.roots),
            *source_roots(self.roots, entry),
            *(os.path.join(self.roots[0], path) if self.roots else path for path in self.extra_paths),
            *self.environment.paths,
        ]
        return Resolver(
            order,
            files,
            named={absolute(path): path for path in paths},
            is_user=lambda path: path in files.documents or self._is_user(path),  # what is open may change
            mapping=self.environment.mapping,
            data_folders=(folder, *self.roots),
            guessed=guessed,
        )

    def _callers_of(self, path: str, resolver: Resolver) -> tuple[str, ...]:
        """The scripts of the workspace that use the file."""
        return tuple(self._callers.of(path, self.roots, resolver.search, resolver.files, self.settings.exclude))

    def _caller_sources(self, path: str, resolver: Resolver, sought: list[tuple[str, ...]]) -> list[Source]:
        found = self._callers_of(path, resolver)
        sought.append(found)
        sources = []
        for caller in found:
            text = resolver.files.read(caller)
            resolver.read[caller] = text.digest
            sources.append(self._source(caller, text, resolver))
        return sources

    def _run(
        self,
        paths: Sequence[str],
        files: Files,
        world: World,
        poll: Poll,
        seconds: float,
        search: Sequence[str] = (),
        *,
        variants: bool = False,
        callers: list[tuple[str, ...]] | None = None,
        memory: Memory | None = None,
    ) -> tuple[Result, Resolver]:
        """`callers`, if given, is filled with the scripts that were looked at for uses of the first file."""
        from ..interp import analyse

        resolver = self._resolver(paths, files, search)
        sources, parsed, comments = [], [], []
        for path in paths:
            full = absolute(path)
            text = files.read(full)
            resolver.read[full] = text.digest
            sources.append(self._source(path, text, resolver))
            parsed.append(PARSED.parse(text, path))
            comments.append(read_comments(text.text, path))
        live = [source for source, said in zip(sources, comments) if not said.skip_file]
        found: dict[str, Analysis] = {}
        if live:
            request = Request(
                live[0],
                tuple(live),
                resolver,
                self.oracle,
                poll,
                {path: _stated(said) for path, said in zip(paths, comments) if said.stated},
                seconds,
                memory=memory,
                variants=variants,
                callers=tuple if callers is None else lambda: self._caller_sources(paths[0], resolver, callers),
            )
            found = {analysis.file: analysis for analysis in analyse(request, world).analyses}
        return (
            Result(
                tuple(
                    _with_syntax(found.get(path) or Analysis(path), tree, said)
                    for path, tree, said in zip(paths, parsed, comments)
                )
            ),
            resolver,
        )

    def _source(self, path: str, text: Text, resolver: Resolver) -> Source:
        """A file that is named, by the module name under which others import it."""
        full = absolute(path)
        name = package_root(full)[1]
        for folder in resolver.search:
            if full.startswith(folder.rstrip(os.sep) + os.sep):
                dotted = full[len(folder.rstrip(os.sep)) + 1 :].removesuffix(".py").replace(os.sep, ".")
                dotted = dotted.removesuffix(".__init__")
                if dotted.count(".") > name.count("."):
                    place = resolver.locate(dotted)
                    if place is not None and place.file == full:
                        name = dotted
        is_package = os.path.basename(full) == "__init__.py"
        parsed = PARSED.parse(text, path)
        return Source(name, path, parsed.tree, text.digest, is_package, True, text.text, bool(parsed.problems), full)


class _Lost:
    """The top-level statements of a file that do not hold all that is written in them."""

    def __init__(self, parsed: Parsed) -> None:
        self._starts = [first_line(node) for node in parsed.tree.body]
        self._blocks = {self._block(line) for first, last in parsed.broken for line in range(first, last + 1)}

    def _block(self, line: int) -> int:
        return bisect_right(self._starts, line)

    def concerns(self, diagnostic: Diagnostic) -> bool:
        """Whether such a statement has a part in what is reported."""
        file = diagnostic.span.file
        spans = (diagnostic.span, *(related.span for related in diagnostic.related))
        return any(span.file == file and self._block(span.line) in self._blocks for span in spans)


def _is_open(place: Place | None) -> bool:
    """A module that could still come to be found in a better place."""
    return place is None or place.file is None or not is_foreign(place.file) or place.compiled


def _stated(comments: Comments) -> tuple[Stated, ...]:
    return tuple(Stated(stated.line, stated.name, stated.shape) for stated in comments.stated)


def _with_syntax(analysis: Analysis, parsed: Parsed, comments: Comments) -> Analysis:
    """The analysis with what the parser and the comments have to say.

    A file that does not parse may lack the statement that defines a name: no name in it is reported as undefined.
    A class or function that lost a line may lack the layer that made the shapes fit: nothing in it is reported."""
    found = list(analysis.diagnostics)
    if parsed.problems:
        lost = _Lost(parsed)
        found = [d for d in found if d.code != "undefined-name" and not lost.concerns(d)]
        problem = parsed.problems[0]
        if problem.certain:
            found.append(Diagnostic("syntax-error", problem.span, problem.message))
        else:
            found.append(Diagnostic("not-analysed", problem.span, problem.message, Severity.INFORMATION))
    found += [Diagnostic("invalid-comment", bad.span, bad.message, Severity.INFORMATION) for bad in comments.bad]
    if comments.skip_file:
        found = []
    found.sort(key=lambda diagnostic: (diagnostic.span.line, diagnostic.span.col))
    return replace(analysis, diagnostics=tuple(found))
