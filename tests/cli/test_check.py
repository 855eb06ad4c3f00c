"""`tensight check` as tools and people use it: a process of its own, the real interpreter."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tensight

SERVER = str(Path(tensight.__file__).parent.parent)
BUG = """\
import torch
from torch import nn


def run():
    x = torch.zeros(2, 3)
    é = torch.zeros(4, 5) @ x
    return é


run()
"""
FINE = "import torch\n\nx = torch.zeros(2, 3)\ny = torch.cat([x, x])\n"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tensight_in(tmp_path: Path) -> Run:
    """Run the command line in an empty folder, with files written into it first."""

    def run(*arguments: str, files: dict[str, str] | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
        for name, text in (files or {}).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        environ = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        environ |= {"PYTHONPATH": SERVER, "PYTHONIOENCODING": "utf-8"} | options.pop("env", {})
        return subprocess.run(
            [sys.executable, "-m", "tensight", *arguments],
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=environ,
            timeout=60,
            **options,
        )

    return run


def checked(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The object that was printed, which must be all that was printed."""
    assert run.stderr == "", run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    assert set(found) == {"version", "files"} and found["version"] == tensight.__version__
    return found


def test_version(tensight_in: Run) -> None:
    assert tensight_in("--version").stdout == f"tensight {tensight.__version__}\n"
    assert tensight_in("-V").returncode == 0


def test_the_version_costs_no_imports(tensight_in: Run) -> None:
    code = "import sys; from tensight.__main__ import main; main(['--version'])"
    code += "; print(sorted(name for name in sys.modules if 'tensight' in name))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": SERVER}
    )
    assert "['tensight', 'tensight.__main__']" in run.stdout


def test_json_of_a_bug(tensight_in: Run) -> None:
    run = tensight_in("check", "bug.py", "--output-format", "json", "--shapes", files={"bug.py": BUG})
    assert run.returncode == 1
    (file,) = checked(run)["files"]
    assert set(file) == {"file", "expressions", "diagnostics"} and file["file"] == "bug.py"
    (found,) = file["diagnostics"]
    assert found["code"] == "matmul-mismatch" and found["severity"] == "error"
    assert found["message"] == "mat1 and mat2 shapes cannot be multiplied (4x5 and 2x3)"
    assert (found["line"], found["col"], found["end_line"], found["end_col"]) == (7, 8, 7, 29)
    assert all(set(related) == {"file", "line", "col", "message"} for related in found["related"])
    target = next(e for e in file["expressions"] if (e["line"], e["col"]) == (6, 4))
    assert target["shape"] == [2, 3] and target["dtype"] == "float32" and target["end_col"] == 5
    assert target["contexts"] == [{"at": "bug.py:11", "shape": [2, 3]}]


def test_without_shapes_there_are_no_expressions(tensight_in: Run) -> None:
    (file,) = checked(tensight_in("check", "a.py", "--output-format", "json", files={"a.py": FINE}))["files"]
    assert file == {"file": "a.py", "diagnostics": []}


def test_containers_and_what_holds_no_tensor(tensight_in: Run) -> None:
    text = "import torch\nn = 3\np = (torch.zeros(2), [torch.ones(1), torch.ones(n, 4)], n)\ns = torch.zeros(2).shape\n"
    run = tensight_in("check", "a.py", "--output-format", "json", "--shapes", files={"a.py": text})
    expressions = {(e["line"], e["col"]): e for e in checked(run)["files"][0]["expressions"]}
    assert expressions[3, 0]["shape"] == {"tuple": [[2], {"list": [[1], [3, 4]]}, None]}
    assert expressions[3, 0]["dtype"] is None
    assert (2, 0) not in expressions and (4, 0) not in expressions


def test_contexts_list_each_shape_with_its_call_site(tensight_in: Run) -> None:
    text = "import torch\n\ndef f(x):\n    return x.t()\n\nf(torch.zeros(2, 3))\n" + "f(torch.zeros(4, 3))\n" * 2
    run = tensight_in("check", "a.py", "--output-format", "json", "--shapes", files={"a.py": text})
    expressions = {(e["line"], e["col"]): e for e in checked(run)["files"][0]["expressions"]}
    assert expressions[3, 6]["shape"] == [None, 3]
    assert expressions[3, 6]["contexts"] == [{"at": "a.py:6", "shape": [2, 3]}, {"at": "a.py:7", "shape": [4, 3]}]


def test_several_files_are_one_program(tensight_in: Run) -> None:
    files = {
        "main.py": "import torch\nfrom lib.m import double\ny = double(torch.zeros(2, 3))\n",
        "elsewhere/lib/m.py": "import torch\ndef double(x):\n    return torch.cat([x, x])\n",
    }
    names = ["main.py", "elsewhere/lib/m.py"]
    run = tensight_in("check", "--output-format", "json", "--shapes", "--search-path", "elsewhere", *names, files=files)
    main, library = checked(run)["files"]
    assert [main["file"], library["file"]] == names
    parameter = next(e for e in library["expressions"] if (e["line"], e["col"]) == (2, 11))
    assert parameter["contexts"] == [{"at": "main.py:3", "shape": [2, 3]}]


def test_unreadable_files_are_told_beside_the_others(tensight_in: Run, tmp_path: Path) -> None:
    (tmp_path / "b.py").write_bytes(b"\x7fELF\0\0\0")
    run = tensight_in("check", "no.py", "a.py", "b.py", "--output-format", "json", files={"a.py": FINE})
    first, second, third = checked(run)["files"]
    assert first == {"file": "no.py", "error": "no such file"}
    assert second["diagnostics"] == []
    assert third == {"file": "b.py", "error": "the file is binary, not Python source"}
    assert run.returncode == 2


def test_exit_codes(tensight_in: Run) -> None:
    warning = BUG[: BUG.rindex("run()")] + "try:\n    run()\nexcept RuntimeError:\n    pass\n"
    assert tensight_in("check", "a.py", files={"a.py": FINE}).returncode == 0
    assert tensight_in("check", "b.py", files={"b.py": BUG}).returncode == 1
    assert tensight_in("check", "w.py", files={"w.py": warning}).returncode == 0
    assert tensight_in("check", "w.py", "--error-on-warning").returncode == 1
    assert tensight_in("check").returncode == 2
    assert tensight_in("check", "a.py", "--bogus").returncode == 2
    assert tensight_in("nonsense").returncode == 2


def test_wrong_folders_are_one_sentence(tensight_in: Run) -> None:
    run = tensight_in("check", "a.py", "--search-path", "nope", files={"a.py": FINE})
    assert (run.returncode, run.stderr) == (2, "tensight: --search-path nope: no such folder\n")
    run = tensight_in("check", "a.py", "--python", "nope")
    assert run.returncode == 2 and run.stderr.startswith("tensight: no Python environment at nope")


def test_text(tensight_in: Run) -> None:
    run = tensight_in("check", "bug.py", files={"bug.py": BUG})
    lines = run.stdout.splitlines()
    assert lines[0] == "bug.py:7:9: error[matmul-mismatch]: mat1 and mat2 shapes cannot be multiplied (4x5 and 2x3)"
    assert lines[1] == "7 |     é = torch.zeros(4, 5) @ x"
    assert lines[2] == "  |         " + "^" * 21
    assert lines[-1] == "1 error in 1 file" and "\x1b" not in run.stdout
    assert tensight_in("check", "a.py", files={"a.py": FINE}).stdout == "nothing found in 1 file\n"


def test_a_clash_in_a_layer_names_both_shapes(tensight_in: Run) -> None:
    text = "import torch\nfrom torch import nn\n\nlayer = nn.Linear(32, 128)\ny = layer(torch.zeros(16, 64))\n"
    run = tensight_in("check", "bug.py", files={"bug.py": text})
    assert "= shapes: (16, 64), weight (128, 32)\n" in run.stdout


def test_colours_where_they_are_forced_and_never_else(tensight_in: Run) -> None:
    assert "\x1b[" in tensight_in("check", "b.py", files={"b.py": BUG}, env={"FORCE_COLOR": "1"}).stdout


def test_syntax_errors_are_told_and_the_rest_is_analysed(tensight_in: Run) -> None:
    text = "import torch\nx = torch.zeros(2, 3)\ny = (\nz = x.t()\n"
    run = tensight_in("check", "a.py", "--output-format", "json", "--shapes", files={"a.py": text})
    (file,) = checked(run)["files"]
    (found,) = file["diagnostics"]
    assert (found["code"], found["severity"], found["line"]) == ("syntax-error", "error", 3) and run.returncode == 1
    assert next(e for e in file["expressions"] if (e["line"], e["col"]) == (4, 0))["shape"] == [3, 2]


def test_a_broken_line_claims_nothing(tensight_in: Run) -> None:
    text = "import torch\nx = torch.zeros(2, 3)\nx = torch.(\ny = x @ torch.zeros(7, 7)\n"
    (file,) = checked(tensight_in("check", "a.py", "--output-format", "json", files={"a.py": text}))["files"]
    assert [found["code"] for found in file["diagnostics"]] == ["syntax-error"]


def test_ignored_lines_and_unused_ignores(tensight_in: Run) -> None:
    text = BUG.replace("@ x", "@ x  # tensight: ignore[matmul-mismatch]").replace("run()", "run()  # tensight: ignore")
    text = text.replace("def run()  # tensight: ignore", "def run()")
    run = tensight_in("check", "a.py", "--output-format", "json", files={"a.py": text})
    (found,) = checked(run)["files"][0]["diagnostics"]
    assert (found["code"], found["severity"], found["line"]) == ("unused-ignore", "hint", 11) and run.returncode == 0


def test_settings_of_the_project(tensight_in: Run) -> None:
    toml = "[tool.tensight.diagnostics.severity]\nmatmul-mismatch = 'warning'\n[tool.tensight]\nhovr = true\n"
    run = tensight_in("check", "b.py", files={"b.py": BUG, "pyproject.toml": toml})
    assert "warning[matmul-mismatch]" in run.stdout and run.returncode == 0
    assert "unknown setting hovr (do you mean hover.enable?)" in run.stderr


def test_a_folder_is_walked_and_each_file_is_a_program(tensight_in: Run) -> None:
    files = {
        ".gitignore": "gen/\n",
        "gen/bug.py": BUG,
        "a.py": FINE,
        "p/__init__.py": "",
        "p/bug.py": BUG,
        "old/bug.py": BUG,
        ".venv/pyvenv.cfg": "",
        ".venv/lib/bug.py": BUG,
    }
    run = tensight_in("check", ".", "--output-format", "json", "--exclude", "old/", files=files)
    assert [file["file"] for file in checked(run)["files"]] == ["./a.py", "./p/__init__.py", "./p/bug.py"]
    assert run.returncode == 1


def test_excluded_in_the_project_counts_from_its_top(tensight_in: Run) -> None:
    files = {"pyproject.toml": "[tool.tensight]\nexclude = ['a/old']\n", "a/old/b.py": BUG, "a/c/old/d.py": FINE}
    run = tensight_in("check", "a", "--output-format", "json", files=files)
    assert [file["file"] for file in checked(run)["files"]] == ["a/c/old/d.py"]


def test_progress_on_a_terminal_only(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"m{number}.py").write_text(FINE)
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "tensight", "check", "."]
    environ = {**os.environ, "PYTHONPATH": SERVER}
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=follower, cwd=tmp_path, env=environ, timeout=60)
    os.close(follower)
    shown = os.read(leader, 10_000)
    os.close(leader)
    assert b"[1/3] ./m0.py" in shown and shown.endswith(b"\r\x1b[K")
    assert run.stdout == b"nothing found in 3 files\n"


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        "import os, sys; os.rmdir(os.getcwd()); from tensight.__main__ import main; sys.exit(main(['check', 'a.py']))"
    )
    environ = {**os.environ, "PYTHONPATH": SERVER}
    run = subprocess.run([sys.executable, "-c", code], cwd=gone, env=environ, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (2, "tensight: the current folder is gone\n")


def test_nothing_is_run(tensight_in: Run, tmp_path: Path) -> None:
    mark = f"open({str(tmp_path / 'MARK')!r}, 'w').close()\n"
    pth = f"import os; open({str(tmp_path / 'MARK')!r}, 'w').close()\n"
    files = {
        "a.py": f"import queue\nimport helper\n{mark}class A:\n    {mark}\n@helper.d\ndef f(): ...\n"
        f"if __name__ == '__main__':\n    {mark}",
        "helper.py": mark + "def d(f): return f\n",
        "queue.py": mark,
        "argparse.py": mark,
        "json.py": mark,
        "sitecustomize.py": mark,
        ".venv/pyvenv.cfg": "version = 3.11\n",
        ".venv/lib/python3.11/site-packages/x.pth": pth,
        ".venv/lib/python3.11/site-packages/sitecustomize.py": mark,
        "bundle/x": "",
    }
    tensight_in("check", "a.py", files=files)
    assert not (tmp_path / "MARK").exists()


def test_show_prints_the_hints_in_the_source(tensight_in: Run) -> None:
    run = tensight_in("show", "a.py", files={"a.py": FINE})
    assert run.stdout.splitlines()[2:] == ["x«: (2, 3)» = torch.zeros(2, 3)", "y«: (4, 3)» = torch.cat([x, x])"]
    run = tensight_in("show", "nope.py")
    assert (run.returncode, run.stderr) == (2, "tensight: nope.py no such file\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = (",
        "while True:\n    pass\n",
        "def f(n):\n    return f(n + 1)\nf(0)\n",
        "for i in range(10 ** 12):\n    pass\n",
        "x = 10 ** 10 ** 10\n",
        "x = [0] * 10 ** 12\n",
        "x = 'a' * 10 ** 12\n",
        "x = " + "-" * 20_000 + "1\n",
        "x = " + "+".join(["1"] * 20_000) + "\n",
        "\n".join(f"x{n} = {n}" for n in range(30_000)),
        "import a\n",
        "from . import b\nfrom .. import c\nfrom .a import *\n",
    ],
    ids=lambda text: repr(text[:24]),
)
def test_odd_programs_end_quietly(tensight_in: Run, text: str) -> None:
    started = time.monotonic()
    run = tensight_in("check", "a.py", "--output-format", "json", "--shapes", files={"a.py": text})
    assert run.returncode in (0, 1) and run.stderr == ""
    assert len(checked(run)["files"]) == 1 and time.monotonic() - started < 40


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import torch\n" + "x = torch.zeros(2)\n" * 3000)
    environ = {**os.environ, "PYTHONPATH": SERVER}
    command = [sys.executable, "-m", "tensight", "check", "a.py", "--output-format", "json", "--shapes"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environ)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.wait(60) == 2 and process.stderr.read() == b""
    process.stderr.close()


def test_an_interrupt_ends_quietly(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BUG)
    for number in range(300):
        (tmp_path / f"m{number}.py").write_text(FINE)
    environ = {**os.environ, "PYTHONPATH": SERVER}
    command = [sys.executable, "-m", "tensight", "check", *["."] * 40]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env=environ)
    assert process.stdout is not None and b"matmul-mismatch" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2 and errors == b"tensight: interrupted\n"


def _kept(cache: Path) -> set[str]:
    return {path.name.partition(".")[0] for path in cache.rglob("*.pyc")}


def test_bytecode_is_kept_where_python_keeps_none(tensight_in: Run, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    environ = {"PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": str(cache), "HOME": str(tmp_path)}
    first = tensight_in("check", "a.py", files={"a.py": FINE}, env=environ)
    assert {"machine", "check"} <= _kept(tmp_path), "compiling Tensight takes longer than most analyses"
    again = tensight_in("check", "a.py", env=environ)
    assert (first.stdout, first.stderr) == (again.stdout, again.stderr) and not (tmp_path / "__pycache__").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the folder has another place")
def test_bytecode_is_not_taken_from_a_folder_that_others_may_write(tensight_in: Run, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    environ = {"PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": str(cache)}
    tensight_in("check", "a.py", files={"a.py": FINE}, env=environ)
    (folder,) = (cache / "tensight" / "bytecode").iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    for path in folder.rglob("*.pyc"):
        path.write_bytes(b"poison")
    assert tensight_in("check", "a.py", env=environ).returncode == 0, "what is damaged is made anew"
    assert all(path.read_bytes() != b"poison" for path in folder.rglob("machine.*.pyc"))
    for path in folder.rglob("*.pyc"):
        path.unlink()
    folder.chmod(0o777)
    assert tensight_in("check", "a.py", env=environ).returncode == 0 and not _kept(cache)
