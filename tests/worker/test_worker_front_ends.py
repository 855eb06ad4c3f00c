"""The command line and the server ask the PyTorch of the environment, where they may."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tensight
from lsp.raw import RawServer
from tensight.ops import RULES
from tensight.worker import command_of, torch_version

#: An operation without a rule, of shapes that only PyTorch knows.
TEXT = "import torch\n\nx = torch.zeros(8, 6)\ny = torch.slice_inverse(x, torch.zeros(20, 6), 0, 2, 10)\n"
SERVER = str(Path(tensight.__file__).parent.parent)
Show = Callable[..., str]


def test_the_program_needs_pytorch() -> None:
    assert "torch.slice_inverse" not in RULES


@pytest.fixture
def show(tmp_path: Path) -> Show:
    """`tensight show` of the program, in a folder with a cache of its own."""
    (tmp_path / "a.py").write_text(TEXT)

    def run(*options: str, **environ: str) -> str:
        plain = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        environ = {**plain, "PYTHONPATH": SERVER, "XDG_CACHE_HOME": str(tmp_path / "cache"), **environ}
        command = [sys.executable, "-m", "tensight", "show", "a.py", *options]
        found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environ, timeout=60)
        assert found.returncode == 0 and not found.stderr, found.stderr
        return found.stdout

    return run


def test_the_command_line_asks_an_environment_that_is_named(show: Show, tmp_path: Path) -> None:
    answered = "y«: (20, 6)»"
    assert answered not in show("--python", sys.executable, "--no-worker")
    assert not list((tmp_path / "cache").rglob("torch-*"))
    assert answered not in show()
    deadline = time.monotonic() + 60  # on a busy machine it may take longer to start than the command line waits
    while answered not in (text := show("--python", sys.executable)):
        assert time.monotonic() < deadline, text
    assert answered in show(VIRTUAL_ENV=sys.prefix)


def test_the_command_line_runs_nothing_that_lies_beside_the_files(show: Show, tmp_path: Path) -> None:
    for text in ("", '[tool.tensight]\npython = ".venv"\n'):
        fake_environment(tmp_path / ".venv", tmp_path / "was run")
        (tmp_path / "pyproject.toml").write_text(text)
        show()
        show(VIRTUAL_ENV=sys.prefix)
        assert not (tmp_path / "was run").exists()
    show("--python", ".venv", XDG_CACHE_HOME=str(tmp_path / "nothing known"))
    assert (tmp_path / "was run").exists()


def fake_environment(folder: Path, trace: Path) -> None:
    """An environment with a PyTorch, whose interpreter leaves a trace."""
    packages = folder / "lib" / "python3.11" / "site-packages" / "torch"
    packages.mkdir(parents=True, exist_ok=True)
    (packages / "version.py").write_text("__version__ = '2.13.0+cpu'\ndebug = False\n")
    (folder / "pyvenv.cfg").write_text("version = 3.11.7\n")
    (folder / "bin").mkdir(exist_ok=True)
    python = folder / "bin" / "python"
    python.write_text(f"#!/bin/sh\ntouch '{trace}'\n")
    python.chmod(0o755)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    started = RawServer()
    yield started
    started.close()


def labels(server: RawServer, uri: str) -> list[str]:
    """The hints; a label is a text or a list of parts."""
    found = [hint["label"] for hint in server.hints(uri)]
    return [label if isinstance(label, str) else "".join(part["value"] for part in label) for label in found]


def wait_for_labels(server: RawServer, uri: str, wanted: list[str], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while (shown := labels(server, uri)) != wanted:
        assert time.monotonic() < deadline, shown
        time.sleep(0.2)


def test_the_server_shows_what_pytorch_answers_later(server: RawServer, tmp_path: Path) -> None:
    server.initialize(tmp_path, {"settings": {}, "trusted": True, "pythonPath": sys.executable})
    uri = (tmp_path / "a.py").as_uri()
    server.open(uri, TEXT)
    wait_for_labels(server, uri, [": (8, 6)", ": (20, 6)"], 90)


@pytest.mark.parametrize(
    "options",
    [{"trusted": False}, {"trusted": True, "settings": {"worker": {"enable": False}}}],
    ids=["untrusted", "switched off"],
)
def test_the_server_runs_nothing_where_it_must_not(server: RawServer, tmp_path: Path, options: dict[str, Any]) -> None:
    fake_environment(tmp_path / ".venv", tmp_path / "was run")
    server.initialize(tmp_path, {"settings": {}, **options})
    uri = (tmp_path / "a.py").as_uri()
    server.open(uri, TEXT)
    wait_for_labels(server, uri, [": (8, 6)"], 30)
    time.sleep(0.5)
    assert not (tmp_path / "was run").exists()


def test_the_server_in_a_trusted_workspace_runs_its_environment(server: RawServer, tmp_path: Path) -> None:
    """And puts up with an interpreter that is none."""
    fake_environment(tmp_path / ".venv", tmp_path / "was run")
    server.initialize(tmp_path, {"settings": {}, "trusted": True})
    uri = (tmp_path / "a.py").as_uri()
    server.open(uri, TEXT)
    wait_for_labels(server, uri, [": (8, 6)"], 30)
    deadline = time.monotonic() + 20
    while not (tmp_path / "was run").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    wait_for_labels(server, uri, [": (8, 6)"], 30)


def test_the_version_is_read(tmp_path: Path) -> None:
    fake_environment(tmp_path, tmp_path / "trace")
    folder = str(tmp_path / "lib" / "python3.11" / "site-packages")
    assert torch_version([str(tmp_path), folder]) == "2.13.0+cpu"
    assert torch_version([str(tmp_path)]) is None
    assert command_of("python")[1] == "-I"
