"""A client with the capabilities of VS Code, connected to a server of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from pytest_lsp.client import make_test_lsp_client

SERVER = [sys.executable, "-m", "tensight", "server"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "server"), "PYTHONUTF8": "1"}


def make_client() -> LanguageClient:
    """It answers what a server may ask of VS Code, and notes it down."""
    client = make_test_lsp_client()
    client.statuses = []
    client.refreshes = 0
    client.registered = []

    @client.feature("tensight/status")
    def on_status(params):
        client.statuses.append(params)

    @client.feature(types.WORKSPACE_INLAY_HINT_REFRESH)
    def on_refresh(params):
        client.refreshes += 1

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def on_register(params):
        client.registered += params.registrations

    return client


def capabilities(encodings: list[str] | None = None) -> types.ClientCapabilities:
    """VS Code's, with what it has learnt since pytest-lsp took them down."""
    found = client_capabilities("visual-studio-code")
    found.workspace.inlay_hint = types.InlayHintWorkspaceClientCapabilities(refresh_support=True)
    found.text_document.inlay_hint = types.InlayHintClientCapabilities(dynamic_registration=True)
    found.general = found.general or types.GeneralClientCapabilities()
    found.general.position_encodings = encodings or [types.PositionEncodingKind.Utf16]
    return found


async def start(client: LanguageClient, folder: Path, options: object = None, encodings=None) -> types.InitializeResult:
    folders = [types.WorkspaceFolder(folder.as_uri(), folder.name)]
    return await client.initialize_session(
        types.InitializeParams(
            capabilities=capabilities(encodings), workspace_folders=folders, initialization_options=options
        )
    )


class Editor:
    """What a person does in an editor, over one client."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client, self.folder = client, folder
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path.as_uri()

    def open(self, name: str, text: str | None = None) -> str:
        """Opens a file of the folder (written first if `text` is given)."""
        if text is not None:
            self.write(name, text)
        uri = self.uri(name)
        return self.open_uri(uri, (self.folder / name).read_text(encoding="utf-8"))

    def open_uri(self, uri: str, text: str) -> str:
        self.texts[uri], self.versions[uri] = text, 1
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, text))
        )
        return uri

    def replace(self, uri: str, old: str, new: str) -> None:
        """An incremental change of the first occurrence (ASCII columns)."""
        text = self.texts[uri]
        start = text.index(old)
        change = types.TextDocumentContentChangePartial(types.Range(_at(text, start), _at(text, start + len(old))), new)
        self.texts[uri] = text[:start] + new + text[start + len(old) :]
        self.versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def close(self, uri: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    async def hints(self, uri: str) -> dict[int, list[str]]:
        """The labels by 0-based line."""
        everything = types.Range(types.Position(0, 0), types.Position(10**6, 0))
        found = await self.client.text_document_inlay_hint_async(
            types.InlayHintParams(types.TextDocumentIdentifier(uri), everything)
        )
        by_line: dict[int, list[str]] = {}
        for hint in found or ():
            by_line.setdefault(hint.position.line, []).append("".join(part.value for part in hint.label))
        return by_line

    async def hover(self, uri: str, line: int, character: int) -> types.Hover | None:
        return await self.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
        )

    async def actions(self, uri: str, diagnostic: types.Diagnostic) -> list[types.CodeAction]:
        context = types.CodeActionContext([diagnostic], only=[types.CodeActionKind.QuickFix])
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), diagnostic.range, context)
        return await self.client.text_document_code_action_async(params) or []

    async def until(self, holds: Callable[[], object], seconds: float = 10.0) -> None:
        """Waits until something is so."""
        for _ in range(int(seconds / 0.01)):
            if holds():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not happen in time")

    async def diagnostics(self, uri: str, count: int = 1) -> list[types.Diagnostic]:
        """The published diagnostics, once there are `count` of them."""
        await self.until(lambda: uri in self.client.diagnostics and len(self.client.diagnostics[uri]) == count)
        return list(self.client.diagnostics[uri])


def _at(text: str, offset: int) -> types.Position:
    line = text.count("\n", 0, offset)
    return types.Position(line, offset - (text.rfind("\n", 0, offset) + 1))


@pytest_lsp.fixture(config=ClientServerConfig(SERVER, make_client, server_env=ENVIRONMENT))
async def client(lsp_client: LanguageClient, tmp_path: Path):
    await start(lsp_client, tmp_path)
    yield
    await lsp_client.shutdown_session()


@pytest_lsp.fixture(config=ClientServerConfig(SERVER, make_client, server_env=ENVIRONMENT))
async def fresh_client(lsp_client: LanguageClient):
    """Connected, not yet initialized."""
    yield
    await lsp_client.shutdown_session()
