"""Bad input: a clear message or silence, in bounded time and memory; never a crash, never an internal error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from robustness.bad_input import ALL, HEAD
from tensight import limits
from tensight.project.files import Unreadable
from tensight.project.project import Project

ROOT = Path(__file__).parents[2]
#: The budget of one analysis here; the real one is longer, but ends in the same way.
BUDGET = 2.0
#: Of work, which a busy machine does not change: reading the file, and one step between two looks at the clock.
SECONDS = BUDGET + 3

MODEL = """\
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3, padding=1)
        self.fc = nn.Linear(width * 16, 2)

    def forward(self, x):
        for _ in range(2):
            x = torch.relu(x)
        x = self.conv(x).flatten(1)
        return self.fc(x)


net = Net()
y = net(torch.randn(5, 3, 4, 4))
pair = [y, {"a": y}]
"""


def peak_memory() -> float:
    """The largest resident size of this process so far, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


@pytest.fixture(autouse=True)
def short_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tensight.project.project.MAX_SECONDS", BUDGET)


def analysed(text: str, folder: Path, name: str = "example.py"):
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    project = Project((str(folder),))
    begun = time.process_time()
    analysis = project.analyse(str(path))
    assert time.process_time() - begun < SECONDS
    assert not analysis.internal_errors, analysis.internal_errors[0]
    return analysis


@pytest.mark.parametrize("name", ALL)
def test_it_ends_without_an_internal_error(name: str, tmp_path: Path) -> None:
    before = peak_memory()
    analysed(ALL[name], tmp_path)
    assert peak_memory() - before < 500


@pytest.mark.parametrize("line", range(1, MODEL.count("\n") + 1))
@pytest.mark.parametrize("broken", ["x = = 1", "foo(", "    def", '"""'])
def test_a_syntax_error_at_every_line(line: int, broken: str, tmp_path: Path) -> None:
    lines = MODEL.splitlines()
    lines[line - 1] = broken
    analysis = analysed("\n".join(lines), tmp_path)
    assert any(one.code == "syntax-error" for one in analysis.diagnostics)


def test_a_broken_line_darkens_little(tmp_path: Path) -> None:
    whole = analysed(MODEL, tmp_path, "whole.py")
    broken = analysed(MODEL.replace("            x = torch.relu(x)", "            x = torch.relu(x"), tmp_path)
    assert len(broken.facts) > 0.6 * len(whole.facts)


def test_generated_code(tmp_path: Path) -> None:
    lines = [f"x{i} = torch.zeros({i % 7 + 1}, {i % 5 + 1}).view(-1)" for i in range(5_000)]
    text = HEAD + "\n".join(lines)
    assert len(text) > 170_000
    path = tmp_path / "generated.py"
    path.write_text(text)
    begun = time.process_time()
    analysis = Project((str(tmp_path),)).analyse(str(path))
    assert time.process_time() - begun < SECONDS
    assert not analysis.internal_errors
    assert analysis.facts


def test_more_than_the_limit_is_told(tmp_path: Path) -> None:
    analysis = analysed("x = 1\n" * (limits.MAX_SOURCE // 6 + 1), tmp_path)
    (told,) = analysis.diagnostics
    assert told.code == "not-analysed"


@pytest.mark.parametrize("data", [b"\x80\x81\xff\xfe" * 300, bytes(4096), b"\x7fELF" + bytes(99), b"x = 1\x00\ny = 2"])
def test_a_binary_file(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "binary.py"
    path.write_bytes(data)
    done = check(tmp_path, "binary.py")
    assert done.returncode in (1, 2)


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tensight", "check", "--output-format", "json", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "server")},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    return done


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = check(tmp_path, "gone.py")
    assert done.returncode == 2
    (told,) = json.loads(done.stdout)["files"]
    assert set(told) == {"file", "error"}


def test_a_file_that_vanishes_between_two_analyses(tmp_path: Path) -> None:
    for name, text in {
        "helper.py": "WIDTH = 3\n",
        "main.py": f"{HEAD}import helper\nx = torch.zeros(helper.WIDTH)\n",
    }.items():
        (tmp_path / name).write_text(text)
    project, path = Project((str(tmp_path),)), str(tmp_path / "main.py")
    assert not project.analyse(path).missing
    (tmp_path / "helper.py").unlink()
    again = project.analyse(path)
    assert not again.internal_errors
    assert [one.name for one in again.missing] == ["helper"]
    (tmp_path / "main.py").unlink()
    with pytest.raises(Unreadable):
        project.analyse(path)


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything: the refusal is simulated."""
    (tmp_path / "locked").mkdir()
    (tmp_path / "main.py").write_text("import locked.helper\nimport torch\nx = torch.zeros(2)\n")
    scandir, listdir = os.scandir, os.listdir

    def refuse(real):
        def listing(path="."):
            if "locked" in str(path):
                raise PermissionError(13, "Permission denied", str(path))
            return real(path)

        return listing

    monkeypatch.setattr(os, "scandir", refuse(scandir))
    monkeypatch.setattr(os, "listdir", refuse(listdir))
    analysis = Project((str(tmp_path),)).analyse(str(tmp_path / "main.py"))
    assert not analysis.internal_errors
    assert analysis.facts


def test_a_loop_of_links(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "self").symlink_to(tmp_path)
    (tmp_path / "broken.py").symlink_to(tmp_path / "nothing.py")
    (tmp_path / "main.py").write_text("x = 1\n")
    assert check(tmp_path, ".").returncode in (0, 2)


def test_a_pipe_and_a_folder_named_like_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "main.py").write_text("import pipe, folder\n")
    check(tmp_path, ".")
    assert check(tmp_path, "pipe.py").returncode == 2
