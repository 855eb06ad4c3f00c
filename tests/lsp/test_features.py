"""What an editor sees, over the real protocol."""

import asyncio

import pytest
from lsprotocol import types

from lsp.conftest import Editor, start

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning")]

BROKEN = """\
import torch
import torch.nn as nn


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64))
        self.decoder = nn.Linear(32, 784)

    def forward(self, x):
        encoded = self.encoder(x)
        return self.decoder(encoded)


model = Autoencoder()
output = model(torch.randn(16, 784))
"""
MESSAGE = "mat1 and mat2 shapes cannot be multiplied (16x64 and 32x784)"


async def test_hints_squiggle_and_hover(client, tmp_path):
    editor = Editor(client, tmp_path)
    uri = editor.open("net.py", BROKEN)
    (diagnostic,) = await editor.diagnostics(uri)
    assert diagnostic.code == "matmul-mismatch"
    assert diagnostic.severity is types.DiagnosticSeverity.Error
    assert diagnostic.message.startswith(MESSAGE)
    assert diagnostic.range == types.Range(types.Position(12, 15), types.Position(12, 36))
    assert {place.location.range.start.line for place in diagnostic.related_information} >= {7, 8}
    hints = await editor.hints(uri)
    assert hints[10] == [": (16, 784)"]
    assert hints[11] == [": (16, 64)"]
    hover = await editor.hover(uri, 11, 10)
    assert "(16, 64) · float32" in hover.contents.value


async def test_hint_parts_link_to_where_sizes_come_from(client, tmp_path):
    editor = Editor(client, tmp_path)
    uri = editor.open("net.py", BROKEN)
    await editor.diagnostics(uri)
    everything = types.Range(types.Position(11, 0), types.Position(11, 80))
    (hint,) = await client.text_document_inlay_hint_async(
        types.InlayHintParams(types.TextDocumentIdentifier(uri), everything)
    )
    assert [part.value for part in hint.label] == [": (", "16", ", ", "64", ")"]
    assert hint.label[1].location.range.start.line == 16
    assert hint.label[3].location.range.start.line == 7


async def test_the_preferred_fix_makes_it_run(client, tmp_path):
    editor = Editor(client, tmp_path)
    uri = editor.open("net.py", BROKEN)
    (diagnostic,) = await editor.diagnostics(uri)
    actions = await editor.actions(uri, diagnostic)
    assert actions[0].is_preferred
    assert actions[0].title == "Change in_features to 64"
    assert actions[0].edit is None
    assert [action.title for action in actions][-1] == "Ignore matmul-mismatch on this line"
    resolved = await client.code_action_resolve_async(actions[0])
    (edit,) = resolved.edit.changes[uri]
    assert edit.new_text == "64"
    assert edit.range == types.Range(types.Position(8, 33), types.Position(8, 35))
    editor.replace(uri, "nn.Linear(32, 784)", "nn.Linear(64, 784)")
    await editor.diagnostics(uri, 0)


async def test_an_edit_moves_what_is_known(client, tmp_path):
    editor = Editor(client, tmp_path)
    uri = editor.open("net.py", BROKEN)
    await editor.diagnostics(uri)
    editor.replace(uri, "class Auto", "\n\nclass Auto")
    assert (await editor.hints(uri))[13] == [": (16, 64)"]
    await editor.until(lambda: client.diagnostics[uri][0].range.start.line == 14)


async def test_broken_syntax_keeps_the_other_hints(client, tmp_path):
    editor = Editor(client, tmp_path)
    uri = editor.open("net.py", BROKEN)
    await editor.diagnostics(uri)
    editor.replace(uri, "        return self.decoder(encoded)", "        y = self.decoder(\n        return y")
    await editor.until(lambda: any(one.code == "syntax-error" for one in client.diagnostics[uri]))
    assert (await editor.hints(uri))[11] == [": (16, 64)"]


async def test_closing_clears(client, tmp_path):
    editor = Editor(client, tmp_path)
    uri = editor.open("net.py", BROKEN)
    await editor.diagnostics(uri)
    editor.close(uri)
    await editor.diagnostics(uri, 0)
    assert await editor.hints(uri) == {}


async def test_a_change_of_an_imported_file_reaches_the_importer(client, tmp_path):
    editor = Editor(client, tmp_path)
    model = editor.open("model.py", "import torch.nn as nn\n\nlayer = nn.Linear(8, 4)\n")
    text = "import torch\nfrom model import layer\n\ny = layer(torch.randn(2, 8))\n"
    uri = editor.open("train.py", text)
    await editor.diagnostics(uri, 0)
    assert (await editor.hints(uri))[3] == [": (2, 4)"]
    editor.replace(model, "Linear(8, 4)", "Linear(9, 4)")
    (diagnostic,) = await editor.diagnostics(uri)
    assert diagnostic.message.startswith("mat1 and mat2 shapes cannot be multiplied (2x8 and 9x4)")


async def test_a_file_changed_on_disk_reaches_the_importer(client, tmp_path):
    editor = Editor(client, tmp_path)
    model = editor.write("model.py", "import torch.nn as nn\n\nlayer = nn.Linear(8, 4)\n")
    uri = editor.open("train.py", "import torch\nfrom model import layer\n\ny = layer(torch.randn(2, 8))\n")
    await editor.until(lambda: uri in client.diagnostics)
    assert (await editor.hints(uri))[3] == [": (2, 4)"]
    editor.write("model.py", "import torch.nn as nn\n\nlayer = nn.Linear(8, 40)\n")
    change = types.FileEvent(model, types.FileChangeType.Changed)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
    await editor.until(lambda: client.refreshes)
    assert (await editor.hints(uri))[3] == [": (2, 40)"]


async def test_settings_change_what_is_shown(client, tmp_path):
    editor = Editor(client, tmp_path)
    uri = editor.open("net.py", BROKEN)
    await editor.diagnostics(uri)
    settings = {"diagnostics": {"severity": {"matmul-mismatch": "warning"}}, "inlayHints": {"parameters": False}}
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"settings": settings}))
    await editor.until(lambda: client.diagnostics[uri][0].severity is types.DiagnosticSeverity.Warning)
    hints = await editor.hints(uri)
    assert 10 not in hints
    assert 11 in hints
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"settings": {"enable": False}}))
    await editor.diagnostics(uri, 0)
    assert await editor.hints(uri) == {}


async def test_pyproject_sets_severities(client, tmp_path):
    editor = Editor(client, tmp_path)
    uri = editor.open("net.py", BROKEN)
    await editor.diagnostics(uri)
    pyproject = editor.write("pyproject.toml", '[tool.tensight.severity]\nmatmul-mismatch = "off"\n')
    change = types.FileEvent(pyproject, types.FileChangeType.Created)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
    await editor.diagnostics(uri, 0)


async def test_a_comment_ignores_and_the_fix_writes_it(client, tmp_path):
    editor = Editor(client, tmp_path)
    uri = editor.open("net.py", BROKEN)
    (diagnostic,) = await editor.diagnostics(uri)
    action = (await editor.actions(uri, diagnostic))[-1]
    (edit,) = (await client.code_action_resolve_async(action)).edit.changes[uri]
    assert edit.new_text == "  # tensight: ignore[matmul-mismatch]"
    editor.replace(uri, "self.decoder(encoded)\n", "self.decoder(encoded)" + edit.new_text + "\n")
    await editor.diagnostics(uri, 0)


async def test_an_untitled_document_is_analysed(client, tmp_path):
    editor = Editor(client, tmp_path)
    uri = editor.open_uri("untitled:Untitled-1", BROKEN)
    (diagnostic,) = await editor.diagnostics(uri)
    assert diagnostic.related_information[0].location.uri == uri
    assert (await editor.hints(uri))[11] == [": (16, 64)"]


async def test_columns_count_in_utf16(client, tmp_path):
    editor = Editor(client, tmp_path)
    uri = editor.open("net.py", "import torch\ns = '😀'; x = torch.randn(2, 3)\n")
    await editor.until(lambda: uri in client.diagnostics)
    everything = types.Range(types.Position(0, 0), types.Position(9, 0))
    (hint,) = await client.text_document_inlay_hint_async(
        types.InlayHintParams(types.TextDocumentIdentifier(uri), everything)
    )
    assert hint.position == types.Position(1, 11)
    assert (await editor.hover(uri, 1, 10)).range.start.character == 10


async def test_status_says_what_a_file_shows(client, tmp_path):
    editor = Editor(client, tmp_path)
    uri = editor.open("empty.py", "print('no tensors')\n")
    await editor.until(lambda: any(one.uri == uri and one.state == "ready" for one in client.statuses))
    status = next(one for one in client.statuses if one.uri == uri and one.state == "ready")
    assert (status.state, status.message) == ("ready", "no shapes in this file")


async def test_a_file_that_is_too_long_says_so_and_holds_nothing_up(client, tmp_path):
    editor = Editor(client, tmp_path)
    long = editor.open("long.py", "import torch\n" + "x = torch.zeros(2, 3)\n" * 50_000)
    await editor.until(lambda: any(one.uri == long and one.state == "stopped" for one in client.statuses))
    status = next(one for one in client.statuses if one.uri == long and one.state == "stopped")
    assert status.message == "file is too long"
    uri = editor.open("short.py", "import torch\nx = torch.zeros(2, 3)\n")
    await editor.until(lambda: any(one.uri == uri and one.state == "ready" for one in client.statuses))
    assert await editor.hover(uri, 1, 0)


async def test_requests_after_the_last_edit_are_never_stale(client, tmp_path):
    """Whatever is typed in between, the hints that stand in the end belong to the last text."""
    editor = Editor(client, tmp_path)
    uri = editor.open("net.py", "import torch\nx = torch.randn(2, 3)\n")
    asked = []
    for size in range(4, 60):
        editor.replace(uri, f"randn(2, {size - 1})", f"randn(2, {size})")
        if size % 7 == 0:
            asked.append(asyncio.ensure_future(editor.hints(uri)))
    await asyncio.gather(*asked)
    for _ in range(100):
        if await editor.hints(uri) == {1: [": (2, 59)"]}:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the hints stay behind")


async def test_limited_in_an_untrusted_workspace(fresh_client, tmp_path):
    await start(fresh_client, tmp_path, {"settings": {}, "trusted": False})
    editor = Editor(fresh_client, tmp_path)
    await editor.until(lambda: any(one.state == "limited" for one in fresh_client.statuses))


async def test_wrong_settings_are_named_not_fatal(fresh_client, tmp_path):
    await start(fresh_client, tmp_path, {"settings": {"inlayHints": {"maxLength": "long"}, "nonsense": 1}})
    editor = Editor(fresh_client, tmp_path)
    await editor.until(lambda: any("nonsense" in (one.detail or "") for one in fresh_client.statuses))
    uri = editor.open("net.py", BROKEN)
    await editor.diagnostics(uri)
    assert fresh_client.messages == []


async def test_files_are_watched(client, tmp_path):
    await Editor(client, tmp_path).until(lambda: client.registered)
    assert client.registered[0].method == "workspace/didChangeWatchedFiles"


async def test_an_import_that_cannot_be_found_is_said_once(client, tmp_path):
    editor = Editor(client, tmp_path)
    text = (
        "import torch\nfrom nowhere.layers import make, width\nx = make(torch.zeros(2, 3))\ny = torch.zeros(width, 2)\n"
    )
    uri = editor.open("net.py", text)
    await editor.until(lambda: any(one.uri == uri and one.state == "ready" for one in client.statuses))
    status = next(one for one in client.statuses if one.uri == uri and one.state == "ready")
    assert "not found: nowhere.layers" in f"{status.message} {status.detail}"
    assert not client.diagnostics.get(uri)
    for line, column in ((1, 7), (2, 0)):
        hover = await editor.hover(uri, line, column)
        assert hover is not None and "nowhere.layers" in hover.contents.value and "not be found" in hover.contents.value


async def test_extra_paths_are_the_workspace_s(fresh_client, tmp_path):
    await start(
        fresh_client, tmp_path, {"settings": {"searchPaths": ["lib"]}, "extraPaths": ["./more", str(tmp_path / "abs")]}
    )
    editor = Editor(fresh_client, tmp_path)
    for name in ("lib", "more", "abs"):
        editor.write(f"{name}/in_{name}.py", f"n = {len(name)}\n")
    text = "import torch\nimport in_lib, in_more, in_abs\nx = torch.zeros(in_lib.n, in_more.n, in_abs.n)\n"
    uri = editor.open("app/net.py", text)
    for _ in range(500):
        if await editor.hints(uri) == {2: [": (3, 4, 3)"]}:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(await editor.hints(uri))
