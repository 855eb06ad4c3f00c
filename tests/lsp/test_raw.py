"""The server on the bare protocol: garbage, cancellation, ends, and a long session."""

import sys
import time

import pytest

from lsp.raw import RawServer

TEXT = "import torch\nx = torch.randn(2, 3)\n"


@pytest.fixture
def server():
    server = RawServer()
    yield server
    if server.process.poll() is None:
        server.end()


@pytest.fixture
def uri(tmp_path):
    return (tmp_path / "a.py").as_uri()


def labels(hints):
    return ["".join(part["value"] for part in hint["label"]) for hint in hints]


def published(server, version):
    return server.wait_for("textDocument/publishDiagnostics", version=version)


def test_it_ends_when_told_to(server, tmp_path):
    server.initialize(tmp_path)
    assert server.close() == 0


def test_it_ends_when_the_client_goes_away(server, tmp_path, uri):
    server.initialize(tmp_path)
    server.open(uri, TEXT)
    assert server.end() == 0


def test_it_ends_in_the_middle_of_an_analysis(server, tmp_path, uri):
    server.initialize(tmp_path)
    server.open(uri, "x = 0\nwhile True:\n    x = x + 1\n" * 50)
    time.sleep(0.2)
    assert server.end(5) == 0


def test_it_survives_garbage(server, tmp_path, uri):
    server.initialize(tmp_path)
    for body in (b"not json", b"[]", b"{}", b'"x"', b"\xff\xfe", b'{"jsonrpc": "2.0"}', b'{"jsonrpc": "1.0", "id": 5}',
                 b'{"jsonrpc": "2.0", "id": 900, "method": "textDocument/hover", "params": {"x": 1}}',
                 b'{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": null}',
                 b'{"jsonrpc": "2.0", "id": 77777, "result": null}'):  # fmt: skip
        server.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    server.write(b"Some-Header: x\r\n\r\n")
    server.change("file:///none.py", 3, 0, 0, 0, "x")
    server.notify("nonsense/method", {"a": [1]})
    server.notify("textDocument/didClose", {"textDocument": {"uri": "file:///none.py"}})
    assert server.wait(lambda message: message.get("id") == 900)["error"]["code"] == -32602
    assert server.request("nonsense/request", {})["error"]["code"] == -32601
    assert server.hover("file:///none.py", 3, 3)["result"] is None
    assert server.hints("file:///none.py") == []
    server.open(uri, TEXT)
    published(server, 1)
    assert labels(server.hints(uri)) == [": (2, 3)"]
    assert server.taken("window/showMessage") == []
    assert server.close() == 0


def test_positions_out_of_the_text(server, tmp_path, uri):
    server.initialize(tmp_path)
    server.open(uri, TEXT)
    published(server, 1)
    assert server.hover(uri, 500, 500)["result"] is None
    server.change(uri, 2, 900, 5, 9, "y = x.T\n")
    published(server, 2)
    assert labels(server.hints(uri)) == [": (2, 3)", ": (3, 2)"]


def test_diagnostics_carry_the_version(server, tmp_path, uri):
    server.initialize(tmp_path)
    server.open(uri, "import torch\nx = torch.zeros(2, 3) @ torch.zeros(2, 3)\n")
    assert [one["code"] for one in published(server, 1)["params"]["diagnostics"]] == ["matmul-mismatch"]
    server.change(uri, 2, 1, 19, 20, "2")
    assert published(server, 2)["params"]["diagnostics"] == []


def test_a_cancelled_request_is_answered_as_such(server, tmp_path, uri):
    server.initialize(tmp_path)
    server.open(uri, "def f(n):\n    return f(n - 1) + f(n - 2)\nwhile True:\n    f(30)\n")
    span = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    asked = server.ask("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": span})
    server.notify("$/cancelRequest", {"id": asked})
    response = server.wait(lambda message: message.get("id") == asked)
    assert response.get("error", {}).get("code", -32800) == -32800


def test_an_edit_stops_the_analysis_that_runs(server, tmp_path, uri):
    """An analysis that takes its whole budget does not hold up the next version."""
    server.initialize(tmp_path)
    server.open(uri, "import torch\nx = torch.randn(2, 3)\nfor i in data():\n" + "".join(
        f"    {name} = [{name} for _ in range(2000) for _ in range(2000)]\n" for name in "abcdefgh"
    ))  # fmt: skip
    time.sleep(0.3)
    for line in range(9):
        server.change(uri, 2 + line, 2, 0, 200, "")
        if line < 8:
            server.change(uri, 2 + line, 2, 0, 0, "pass\n")
    start = time.monotonic()
    server.change(uri, 99, 1, 0, 0, "y = 1\n")
    published(server, 99)
    assert time.monotonic() - start < 9


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_long_session_does_not_grow(server, tmp_path, uri):
    """300 edits with requests in between: memory levels off, and the last answer is right."""
    server.initialize(tmp_path)
    server.open(uri, TEXT)
    published(server, 1)
    middle = 0.0
    size = "3"
    for version in range(2, 302):
        new = str(version % 50 + 3)
        server.change(uri, version, 1, 19, 19 + len(size), new)
        size = new
        if version % 3 == 0:
            server.hints(uri)
        if version % 10 == 0:
            server.hover(uri, 1, 0)
        if version == 150:
            published(server, 150)
            middle = server.rss()
    published(server, 301)
    assert labels(server.hints(uri)) == [f": (2, {size})"]
    assert server.rss() - middle < 8
    assert server.taken("window/showMessage") == []
