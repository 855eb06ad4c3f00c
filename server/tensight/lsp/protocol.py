"""Text synchronisation without pygls' own copy of the documents, which splits lines at form feeds and U+2028.

Plain methods, not generators: those leave an entry in the protocol's table for every edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import to_fs_path

if TYPE_CHECKING:
    from .server import TensightServer


class Protocol(LanguageServerProtocol):
    """The language server protocol over our own documents."""

    _server: TensightServer

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        self._server.session.open(document.uri, document.text, document.version)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        self._server.session.change(document.uri, params.content_changes, document.version)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._server.session.close(params.text_document.uri)

    @lsp_method(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def lsp_workspace__did_change_workspace_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        added = [to_fs_path(folder.uri) for folder in params.event.added]
        removed = [to_fs_path(folder.uri) for folder in params.event.removed]
        self._server.session.folders([path for path in added if path], [path for path in removed if path])

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message as its type; a request whose parameters are wrong is answered, so that nobody waits for it."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise
