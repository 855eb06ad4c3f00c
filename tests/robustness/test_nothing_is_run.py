"""Nothing of the user's is ever executed: each file of this workspace would leave a mark if it were.

Started as the extension starts it: `python -I -S main.py` in the workspace's own folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from lsp.raw import RawServer

ROOT = Path(__file__).parents[2]
MARK = "import pathlib\npathlib.Path({mark!r}).touch()\n"

MODEL = """\
import torch
import torch.nn as nn
from helper import WIDTH
import editable_package
from pathlib import Path

def leave(*args):
    Path({mark!r}).touch()
    return lambda cls: cls

class Meta(type):
    def __new__(mcs, *args):
        Path({mark!r}).touch()
        return super().__new__(mcs, *args)

@leave("decorator")
class Net(nn.Module, metaclass=Meta):
    Path({mark!r}).touch()

    def __init__(self):
        super().__init__()
        leave("init")
        self.fc = nn.Linear(WIDTH, 2)

    def forward(self, x, default=leave("default")):
        return self.fc(x)

    def __del__(self):
        Path({mark!r}).touch()

if __name__ == "__main__":
    open({mark!r}, "w").close()
    exec("open({mark!r}, 'w')")
    eval("open({mark!r}, 'w')")
    import os
    os.system("touch " + {mark!r})
    import subprocess
    subprocess.run(["touch", {mark!r}])
    torch.save(Net(), {mark!r})
y = torch.zeros(2, 8) @ torch.zeros(2, 8)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> tuple[Path, Path]:
    """The folder and the mark that must not appear."""
    folder, mark = tmp_path / "workspace", tmp_path / "mark"
    marking = MARK.format(mark=str(mark))
    packages = folder / ".venv" / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (packages / "torch").mkdir(parents=True)
    (folder / ".venv" / "bin").mkdir()
    (folder / "pkg").mkdir()
    (folder / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.0\n")
    for name in ("python", "python3"):
        (folder / ".venv" / "bin" / name).write_text(f"#!/bin/sh\ntouch '{mark}'\n")
        (folder / ".venv" / "bin" / name).chmod(0o755)
    (packages / "evil.pth").write_text(f"import pathlib; pathlib.Path({str(mark)!r}).touch()\n")
    (packages / "__editable__.thing.pth").write_text("import __editable___thing_finder; x = 1\n")
    finder = f"{marking}MAPPING = {{'editable_package': {str(folder / 'pkg')!r}}}\n"
    (packages / "__editable___thing_finder.py").write_text(finder)
    (packages / "torch" / "__init__.py").write_text(marking)
    for name in ("sitecustomize", "usercustomize"):
        (packages / f"{name}.py").write_text(marking)
    standard = ("queue", "json", "typing", "ast", "asyncio", "sitecustomize", "usercustomize", "tensight", "pygls")
    for name in (*standard, "conftest", "setup", "numpy"):
        (folder / f"{name}.py").write_text(marking)
    (folder / "pkg" / "__init__.py").write_text(marking)
    (folder / "helper.py").write_text(f"{marking}WIDTH = 8\n")
    (folder / "model.py").write_text(MODEL.format(mark=str(mark)))
    (folder / "pyproject.toml").write_text("[tool.tensight]\n")
    return folder, mark


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The extension's start: the packaged layout, linked together."""
    packaged = tmp_path / "packaged"
    packaged.mkdir()
    shutil.copy(ROOT / "server" / "main.py", packaged / "main.py")
    (packaged / "server").symlink_to(ROOT / "server")
    (packaged / "libs").symlink_to(sysconfig.get_path("purelib"))
    return [sys.executable, "-I", "-S", str(packaged / "main.py")]


@pytest.mark.parametrize("verb", ["check", "show"])
def test_the_command_line_runs_nothing(verb: str, workspace: tuple[Path, Path], command: list[str]) -> None:
    folder, mark = workspace
    more = ["--output-format", "json", "--shapes"] if verb == "check" else []
    done = subprocess.run(
        [*command, verb, *more, "model.py"],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH")},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert not mark.exists()
    assert "Traceback" not in done.stderr
    if verb == "check":
        found = json.loads(done.stdout)["files"][0]["diagnostics"]
        assert [one["code"] for one in found if one["severity"] == "error"] == ["matmul-mismatch"]


def test_a_folder_of_such_files_runs_nothing(workspace: tuple[Path, Path], command: list[str]) -> None:
    folder, mark = workspace
    done = subprocess.run([*command, "check", "."], cwd=folder, capture_output=True, encoding="utf-8", timeout=60)
    assert not mark.exists()
    assert "Traceback" not in done.stderr


def test_the_server_runs_nothing(workspace: tuple[Path, Path], command: list[str], monkeypatch) -> None:
    folder, mark = workspace
    monkeypatch.chdir(folder)
    server = RawServer(*command, "server")
    try:
        server.initialize(folder, {"trusted": False})
        for name in ("model.py", "helper.py", "queue.py"):
            uri = (folder / name).as_uri()
            server.open(uri, (folder / name).read_text())
            server.wait_for("textDocument/publishDiagnostics", uri=uri)
        uri = (folder / "model.py").as_uri()
        assert server.hints(uri)
        assert "error" not in server.hover(uri, 39, 0)
        server.close()
    finally:
        server.end()
    assert not mark.exists()
