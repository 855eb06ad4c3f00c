"""The language server: every request of the protocol, each handed to the session in a few lines."""

from __future__ import annotations

import logging
import os
import sys
from traceback import format_exception
from typing import Any, NoReturn

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from .. import __version__
from ..features.hover import hover
from ..syntax.span import Span
from .actions import offered, resolved
from .documents import Document
from .protocol import Protocol
from .session import Session
from .snapshot import Snapshot
from .status import METHOD, Status

LOG = logging.getLogger(__name__)


class TensightServer(LanguageServer):
    """The connection to one client. `session` exists from `initialize` on."""

    session: Session

    def __init__(self) -> None:
        super().__init__("tensight", __version__, protocol_cls=Protocol, max_workers=2)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Into the log: nothing may pop up between the user and the next key."""
        LOG.error("%s: %s", getattr(source, "__name__", source), error, exc_info=error)

    # ---- what the session needs (session.Client)

    def publish(self, document: Document, snapshot: Snapshot | None) -> None:
        found: list[types.Diagnostic] = []
        if snapshot is not None:
            related = bool(self._supports("text_document", "publish_diagnostics", "related_information"))
            lines = snapshot.source.lines
            found = [self.session.converter.diagnostic(lines, one, related=related) for one in snapshot.diagnostics]
        version = snapshot.version if snapshot is not None else None
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(document.uri, found, version))

    def tell(self, news: Status) -> None:
        self.protocol.notify(METHOD, news.params())

    def refresh_hints(self) -> None:
        if self._supports("workspace", "inlay_hint", "refresh_support"):
            self.workspace_inlay_hint_refresh(None)

    def _supports(self, *names: str) -> Any:
        value: Any = self.client_capabilities
        for name in names:
            value = getattr(value, name, None)
        return value


server = TensightServer()


@server.feature(types.INITIALIZE)
def initialize(params: types.InitializeParams) -> None:
    encoding = server.workspace.position_encoding
    server.session = Session(server, str(getattr(encoding, "value", encoding) or "utf-16"))
    folders = [to_fs_path(folder.uri) for folder in params.workspace_folders or ()]
    if not folders and params.root_uri:
        folders = [to_fs_path(params.root_uri)]
    server.session.folders([folder for folder in folders if folder], [])
    server.session.configure(params.initialization_options)
    server.session.scheduler.start()


@server.feature(types.INITIALIZED)
def initialized(params: types.InitializedParams) -> None:
    if server._supports("workspace", "did_change_watched_files", "dynamic_registration"):
        patterns = ("**/*.py", "**/pyproject.toml", "**/pyvenv.cfg")
        options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(p) for p in patterns])
        registration = types.Registration("tensight-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        server.client_register_capability(types.RegistrationParams([registration]))


@server.feature(types.SHUTDOWN)
def shutdown(params: None) -> None:
    server.session.scheduler.stop()


@server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
def configuration(params: types.DidChangeConfigurationParams) -> None:
    if params.settings is not None:
        server.session.configure(params.settings)


@server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def files(params: types.DidChangeWatchedFilesParams) -> None:
    paths = [to_fs_path(change.uri) for change in params.changes]
    server.session.files_changed([path for path in paths if path])


@server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
async def inlay_hints(params: types.InlayHintParams) -> list[types.InlayHint]:
    session, uri = server.session, params.text_document.uri
    hints = await session.hints(uri, params.range.start.line + 1, params.range.end.line + 1)
    document = session.documents.get(uri)
    return [] if document is None else [session.converter.hint(document.text.lines, hint) for hint in hints]


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def hover_(params: types.HoverParams) -> types.Hover | None:
    session, document = server.session, server.session.documents.get(params.text_document.uri)
    found = await session.snapshot(params.text_document.uri) if session.settings.hover else None
    if document is None or found is None:
        return None
    snapshot, shift = found
    line, col = session.converter.place(document.text.lines, params.position)
    old = line if shift is None else shift.back(line)
    known = hover(snapshot.analysis, old, col, _link) if old is not None else None
    if known is None or old is None:
        return None
    text = types.MarkupContent(types.MarkupKind.Markdown, known.markdown)
    return types.Hover(text, session.converter.range(document.text.lines, _moved(known.span, line - old)))


def _moved(span: Span, by: int) -> Span:
    return Span(span.file, span.line + by, span.col, span.end_line + by, span.end_col)


def _link(span: Span) -> str:
    """A link that opens the place."""
    name = span.file.replace("\\", "/").rpartition("/")[2]
    return f"[{name}:{span.line}]({server.session.documents.uri_of(span.file)}#L{span.line})"


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix], resolve_provider=True),
)
async def code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
    support = server._supports("text_document", "code_action", "resolve_support", "properties")
    return await offered(server.session, params, resolves="edit" in (support or ()))


@server.feature(types.CODE_ACTION_RESOLVE)
async def code_action_resolve(action: types.CodeAction) -> types.CodeAction:
    return await resolved(server.session, action)


class _Once(logging.Filter):
    """Lets each message through once: a defect shows again with every keystroke."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[int] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        traceback = "".join(format_exception(*record.exc_info)) if record.exc_info else ""
        key = hash((record.name, record.getMessage(), traceback))
        if key in self._seen:
            return False
        if len(self._seen) < 10_000:
            self._seen.add(key)
        return True


def main() -> NoReturn:
    """Serve one client over stdin and stdout, until it says `exit` or goes away."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(_Once())
    sys.setswitchinterval(0.0005)  # requests stay quick while the analysis thread computes
    output = sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not reach the client
    server.start_io(stdout=output)
    sys.stderr.flush()
    os._exit(0)  # nothing is left to save, and the analysis thread may be in the middle of something
