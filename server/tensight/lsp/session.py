"""The state of one client: its documents, their latest snapshots, and who waits for what. Event loop only."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ..features.diagnostics import reported
from ..features.inlay_hints import Hint, HintOptions, Hints
from ..features.source import Source
from ..interp.ports import Cancelled
from ..limits import MAX_EDITED
from ..project.files import DISK, PARSED, Unreadable, content
from ..project.settings import EditorOptions, Settings, from_editor
from ..syntax.comments import read_comments
from . import status
from .convert import Columns, Converter
from .documents import Changes, Document, Documents, Text
from .engine import Engine
from .scheduler import Poll, Scheduler
from .snapshot import Shift, Snapshot, hints_between, shift_between
from .status import Status

LOG = logging.getLogger(__name__)
T = TypeVar("T")
#: A request waits this long for a version that is being analysed, then it answers from the one before.
PATIENCE = 0.15
#: Hints wait longer: the editor keeps those it shows meanwhile, and an answer that is out of date costs a second one.
PATIENCE_OF_HINTS = 0.3
#: The status item says "analysing" only when it takes longer than a glance.
SLOW = 0.4
#: Seconds in which a request that waited gets its answer.
SOON = 0.02


class Client(Protocol):
    """What the session needs of the connection."""

    def publish(self, document: Document, snapshot: Snapshot | None) -> None: ...

    def tell(self, news: Status) -> None: ...

    def refresh_hints(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Served:
    """The hints that the client shows, and the lines and the text that it asked for."""

    text: Text
    first: int
    last: int
    hints: list[Hint]


class Session:
    """Created by `initialize`; every method is called on the event loop unless it says otherwise."""

    def __init__(self, client: Client, encoding: str) -> None:
        self.documents = Documents()
        self.columns = Columns(encoding)
        self.converter = Converter(self.columns, self.documents.uri_of, self.lines_of)
        self.engine = Engine(self._answered)
        self.scheduler = Scheduler(self._analyse)
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._folders: list[str] = []
        self._options: tuple[EditorOptions, tuple[str, ...]] = (EditorOptions(), ())
        self._snapshots: dict[str, Snapshot] = {}
        self._served: dict[str, _Served] = {}  # by URI
        self._waiting: dict[str, asyncio.Event] = {}
        self._told: dict[str, Status] = {}

    @property
    def settings(self) -> Settings:
        return self.engine.settings

    # ---- what the client says

    def configure(self, options: object) -> None:
        """Settings, interpreter, search paths; wrong ones are named in the log and the status."""
        self._options = from_editor(options)
        self._reconfigure()

    def folders(self, added: Sequence[str], removed: Sequence[str]) -> None:
        self._folders = [folder for folder in self._folders if folder not in removed]
        self._folders += [folder for folder in added if folder not in self._folders]
        self._reconfigure()

    def open(self, uri: str, text: str, version: int | None) -> None:
        document = Document(uri, Text(text, version), self._folders[0] if self._folders else os.getcwd())
        self.documents.put(document)
        self._changed(document)

    def change(self, uri: str, changes: Changes, version: int | None) -> None:
        document = self.documents.get(uri)
        if document is not None:
            document.text = document.text.changed(changes, version, self.columns)
            self._changed(document)

    def close(self, uri: str) -> None:
        document = self.documents.drop(uri)
        if document is None:
            return
        for table in (self._snapshots, self._served, self._told):
            table.pop(uri, None)
        self._wake(uri)
        self.scheduler.forget(uri)
        self.scheduler.post(lambda: self.engine.close(document.file))
        self._client.publish(document, None)
        self._redo_dependents([document.file])

    def files_changed(self, files: Sequence[str]) -> None:
        """Files changed on the disk: settings, or what open files import."""
        if any(os.path.basename(file) in ("pyproject.toml", "pyvenv.cfg") for file in files):
            self._reconfigure()
        else:
            self._redo_dependents(files)

    # ---- what features ask

    async def snapshot(self, uri: str, patience: float = PATIENCE) -> tuple[Snapshot, Shift | None] | None:
        """The latest snapshot, waiting a moment for the version that is under way.

        With a Shift when it is of an older text; None when nothing is known of the document."""
        document = self.documents.get(uri)
        if document is None:
            return None
        if not self._is_current(document) and self.scheduler.pending(uri):
            event = self._waiting.setdefault(uri, asyncio.Event())
            try:
                await asyncio.wait_for(event.wait(), patience)
            except asyncio.TimeoutError:
                pass
        snapshot = self._snapshots.get(uri)
        if snapshot is None or self.documents.get(uri) is None:
            return None
        text = self.documents.get(uri).text  # type: ignore[union-attr]
        if snapshot.source.text == text.text:
            return snapshot, None
        return snapshot, shift_between(snapshot.source.lines, text.lines)

    async def hints(self, uri: str, first: int, last: int) -> list[Hint]:
        """The hints on 1-based lines; those of unchanged lines while a version is being analysed."""
        found = await self.snapshot(uri, PATIENCE_OF_HINTS)
        hints = [] if found is None else hints_between(*found, first, last)
        document = self.documents.get(uri)
        if document is not None:
            self._served[uri] = _Served(document.text, first, last, hints)
        return hints

    async def run(self, task: Callable[[Poll], T]) -> T | None:
        """Run a task on the analysis thread when it is free; None if the text changed meanwhile."""
        try:
            return await asyncio.wrap_future(self.scheduler.submit(task))
        except (Cancelled, asyncio.CancelledError):
            return None

    def lines_of(self, file: str) -> Sequence[str] | None:
        """The lines of a file as it stands, for the columns of places in it."""
        lines = self.documents.lines_of(file)
        if lines is not None:
            return lines
        try:
            return PARSED.parse(DISK.read(file), file).lines
        except Unreadable:
            return None

    # ---- inside

    def _reconfigure(self) -> None:
        options, wrong = self._options
        folders = tuple(self._folders)

        def apply() -> None:
            self.engine.configure(options, folders, wrong)
            for problem in self.engine.problems:
                LOG.warning("%s", problem)
            self._from_thread(self._configured)

        self.scheduler.post(apply)
        self._redo_all()

    def _answered(self) -> None:
        """On any thread: PyTorch can be asked now, so what was shown may lack its answers."""
        self.scheduler.post(self.engine.answered)
        self._from_thread(self._redo_all)

    def _redo_all(self) -> None:
        for document in self.documents:
            self.scheduler.analyse(document.uri, urgent=False)

    def _configured(self) -> None:
        """Other settings, same facts: what is shown may differ."""
        problems = self.engine.problems
        trusted = self._options[0].trusted
        environment = self.engine.environment
        detail = "; ".join(problems) or (f"analysed environment: {environment.root}" if environment.root else None)
        state, message = ("ready", None) if trusted else ("limited", "restricted mode")
        self._tell(Status(state, None, message, detail))

    def _changed(self, document: Document) -> None:
        file, text = document.file, document.text

        def apply() -> None:
            self.engine.open(file, text)
            self._ask_for(self.engine.affected([file]))

        self.scheduler.post(apply)
        self.scheduler.analyse(document.uri)
        self._loop.call_later(SLOW, self._still_analysing, document.uri, text)

    def _redo_dependents(self, files: Sequence[str]) -> None:
        """Analyse again the open documents that import one of the files."""
        self.scheduler.post(lambda: self._ask_for(self.engine.affected(files)))

    def _ask_for(self, files: Sequence[str]) -> None:
        """On the analysis thread."""
        for file in files:
            document = self.documents.of_file(file)
            if document is not None:
                self.scheduler.analyse(document.uri, urgent=False)

    def _still_analysing(self, uri: str, text: Text) -> None:
        document = self.documents.get(uri)
        if document is not None and document.text is text and self.scheduler.pending(uri):
            self._tell(status.analysing(uri))

    def _analyse(self, uri: str, poll: Poll) -> None:
        """On the analysis thread: facts, then all that is shown of them."""
        document = self.documents.get(uri)
        text = self.engine.text(document.file) if document is not None else None
        if document is None or text is None:
            return
        if not self.settings.enable or self.engine.is_excluded(document.file):
            why = status.excluded if self.settings.enable else status.switched_off
            self._from_thread(self._finish, document, None, why(uri))
            return
        if len(text.text) > MAX_EDITED:
            self._from_thread(self._finish, document, None, status.too_long(uri))
            return
        try:
            snapshot = self._make(document.file, text, poll)
        except Unreadable as error:
            self._from_thread(self._finish, document, None, status.unreadable(uri, str(error)))
            return
        except Cancelled:
            raise
        except Exception:
            LOG.exception("internal error in the analysis of %s", document.file)
            self._from_thread(self._finish, document, None, status.failed(uri))
            return
        self._from_thread(self._finish, document, snapshot, status.ready(uri, snapshot.analysis))

    def _make(self, file: str, text: Text, poll: Poll) -> Snapshot:
        settings = self.settings
        analysis = self.engine.analyse(file, poll)
        source = Source(file, text.text, PARSED.parse(content(text.text), file).tree)
        hints = None
        if settings.hints:
            options = HintOptions(
                settings.hint_targets, settings.hint_parameters, settings.hint_returns, settings.max_hint_length
            )
            hints = Hints(analysis, source, options)
        diagnostics = (
            reported(analysis.diagnostics, read_comments(text.text, file), settings.severity)
            if settings.diagnostics
            else ()
        )
        return Snapshot(text.version, source, analysis, hints, diagnostics)

    def _from_thread(self, function: Callable[..., None], *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:  # the loop is closed: the server is ending
            self.scheduler.stop()

    def _finish(self, document: Document, snapshot: Snapshot | None, news: Status) -> None:
        """On the loop: show a result, unless a newer text is there by now."""
        if self.documents.get(document.uri) is not document:
            return
        if snapshot is not None and snapshot.source.text != document.text.text:
            return
        if snapshot is None:
            self._snapshots.pop(document.uri, None)
        else:
            self._snapshots[document.uri] = snapshot
        self._wake(document.uri)
        self._client.publish(document, snapshot)
        self._tell(news)
        shown = self._served.get(document.uri)
        if shown is None or shown.text is not document.text:
            return  # the client asks by itself
        if shown.hints != ([] if snapshot is None else hints_between(snapshot, None, shown.first, shown.last)):
            self._loop.call_later(SOON, self._refresh, document.uri, shown)

    def _refresh(self, uri: str, shown: _Served) -> None:
        """Ask the client to ask again, unless it has got the new hints or has a new text (then it asks by itself)."""
        document = self.documents.get(uri)
        if self._served.get(uri) is shown and document is not None and document.text is shown.text:
            self._client.refresh_hints()

    def _wake(self, uri: str) -> None:
        event = self._waiting.pop(uri, None)
        if event is not None:
            event.set()

    def _tell(self, news: Status) -> None:
        """Each status once; of a file, other details alone (the time it took) are no news."""
        uri = news.uri or ""
        before = self._told.get(uri)
        same = before is not None and (before.state, before.message) == (news.state, news.message)
        if not same or (not uri and before != news):
            self._told[uri] = news
            self._client.tell(news)

    def _is_current(self, document: Document) -> bool:
        snapshot = self._snapshots.get(document.uri)
        return snapshot is not None and snapshot.source.text == document.text.text
