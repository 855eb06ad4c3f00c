"""The bare protocol: messages over the pipes of a server process, garbage included. No library in between."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SERVER_FOLDER = Path(__file__).parents[2] / "server"
Message = dict[str, Any]
CAPABILITIES = {
    "workspace": {"inlayHint": {"refreshSupport": True}, "workspaceFolders": True},
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": True, "versionSupport": True},
        "codeAction": {"resolveSupport": {"properties": ["edit"]}},
    },
}


class RawServer:
    """A server process. `wait` hands out each message once."""

    def __init__(self, *command: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(SERVER_FOLDER), "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(
            command or (sys.executable, "-m", "tensight", "server"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
        )  # fmt: skip
        self.errors: list[str] = []
        self._messages: list[Message] = []
        self._moved = threading.Condition()
        self._next = 0
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read, self._read_errors)]
        for thread in self._threads:
            thread.start()

    # ---- out

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> int:
        """Sends a request; its id."""
        self._next += 1
        self.send({"id": self._next, "method": method, "params": params})
        return self._next

    def request(self, method: str, params: Any, seconds: float = 20) -> Message:
        """The whole response, result or error."""
        asked = self.ask(method, params)
        return self.wait(lambda message: message.get("id") == asked and "method" not in message, seconds)

    # ---- in

    def wait(self, wanted: Callable[[Message], bool], seconds: float = 20) -> Message:
        end = time.monotonic() + seconds
        with self._moved:
            while True:
                for message in self._messages:
                    if wanted(message):
                        self._messages.remove(message)
                        return message
                left = end - time.monotonic()
                if left <= 0 or self.process.poll() is not None:
                    raise TimeoutError(f"no such message; stderr:\n{''.join(self.errors)}")
                self._moved.wait(min(left, 0.5))

    def wait_for(self, method: str, seconds: float = 20, **params: Any) -> Message:
        """A notification with at least these parameters."""
        return self.wait(
            lambda message: (
                message.get("method") == method
                and all(message["params"].get(name) == value for name, value in params.items())
            ),
            seconds,
        )

    def taken(self, method: str) -> list[Message]:
        """All messages of a method that came so far."""
        with self._moved:
            found = [message for message in self._messages if message.get("method") == method]
            self._messages = [message for message in self._messages if message.get("method") != method]
        return found

    # ---- a session

    def initialize(self, folder: Path, options: Any = None) -> Message:
        root = folder.as_uri()
        response = self.request("initialize", {
            "processId": os.getpid(), "rootUri": root, "capabilities": CAPABILITIES, "initializationOptions": options,
            "workspaceFolders": [{"uri": root, "name": folder.name}],
        })  # fmt: skip
        self.notify("initialized", {})
        return response

    def open(self, uri: str, text: str) -> None:
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str, version: int, line: int, start: int, end: int, text: str) -> None:
        span = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
        document = {"uri": uri, "version": version}
        changes = [{"range": span, "text": text}]
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def hints(self, uri: str, first: int = 0, last: int = 10**6) -> list[Message]:
        span = {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}
        return self.request("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": span})["result"]

    def hover(self, uri: str, line: int, character: int) -> Message:
        position = {"line": line, "character": character}
        return self.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": position})

    def rss(self) -> float:
        """Resident memory in MB (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def close(self) -> int:
        """Ends the session as the protocol says; the exit code."""
        if self.process.poll() is None:
            self.request("shutdown", None)
            self.notify("exit", None)
        return self.end()

    def end(self, seconds: float = 10) -> int:
        """Closes stdin and waits; ends the process by force if it hangs."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        for thread in self._threads:
            thread.join(seconds)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        while True:
            length = 0
            while (header := self.process.stdout.readline()).strip():
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            message = json.loads(self.process.stdout.read(length))
            with self._moved:
                self._messages.append(message)
                self._moved.notify_all()

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors.append(line.decode(errors="replace"))
