"""Literate tests of whole folders: as `literate`, but each block names its file, and the first one is the entry.

    ```py train.py
    ```yaml conf/model.yaml

The files of one heading are written into a folder of their own, analysed as the workspace of the entry with the
entry open, and run by real PyTorch: `python ENTRY` in that folder. Expectations stand in any of the Python files.
A block whose information ends in `open` is the file that is looked at instead of the entry: facts are those of its own
analysis, PyTorch's those of the entry's run. ` no-run` in a block of the heading: analysed only."""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import os
import re
import runpy
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from literate import Run, check_diagnostics, check_shapes
from tensight.project import Project

_HEADING = re.compile(r"^#+\s+(?P<title>.*)$")


@dataclass(slots=True)
class Workspace:
    """The files of one heading, by relative path."""

    file: Path
    title: str
    line: int
    texts: dict[str, str] = field(default_factory=dict)
    entry: str = ""
    opened: str = ""
    run: bool = True


def workspaces(path: Path) -> Iterator[Workspace]:
    """The cases of a Markdown file."""
    current: Workspace | None = None
    inside: str | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        heading = _HEADING.match(line)
        if heading and inside is None:
            if current is not None and current.texts:
                yield current
            current = Workspace(path, heading["title"], number)
        elif line.startswith("```") and inside is None and current is not None:
            _, name, *flags = line[3:].split()
            inside = name
            current.texts[name] = ""
            current.entry = current.entry or name
            current.opened = name if "open" in flags or not current.opened else current.opened
            current.run = current.run and "no-run" not in flags
        elif line.startswith("```"):
            inside = None
        elif inside is not None and current is not None:
            current.texts[inside] += line + "\n"
    if current is not None and current.texts:
        yield current


def problems(case: Workspace, folder: Path) -> list[str]:
    """What is wrong with a case; empty if Tensight, PyTorch and the text agree."""
    for name, text in case.texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    project = Project([str(folder)])
    told = [
        name for name, text in case.texts.items() if name.endswith(".py") and ("# shape:" in text or "# param" in text)
    ]
    if case.opened == case.entry:
        named = [case.entry, *(name for name in told if name != case.entry)]
        analyses = dict(zip(named, project.check([str(folder / name) for name in named]).analyses))
    else:
        analyses = {case.opened: project.analyse(str(folder / case.opened))}
    out = []
    for name, analysis in analyses.items():
        lines = case.texts[name].splitlines()
        found = [*analysis.internal_errors, *analysis.limits]
        found += check_shapes(case.texts[name], lines, analysis)
        found += check_diagnostics(lines, analysis)
        out += [f"{name} {text}" for text in found]
    return out + (_run(case, folder) if case.run else [])


def _run(case: Workspace, folder: Path) -> list[str]:
    """Run the entry, with probes in every Python file, as `python ENTRY` does."""
    import torch

    torch.manual_seed(0)
    runs = {}
    for i, (name, text) in enumerate(case.texts.items()):
        if name.endswith(".py"):
            probe = f"__seen_{i}__"
            runs[name] = (probe, Run(text, execute=False))
            (folder / name).write_text(ast.unparse(runs[name][1].instrumented(text, probe)), encoding="utf-8")
    before, modules, path = os.getcwd(), set(sys.modules), list(sys.path)
    problem = ""
    for probe, run in runs.values():
        setattr(builtins, probe, run.note)
    try:
        os.chdir(folder)
        sys.path.insert(0, str((folder / case.entry).parent))
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), mock.patch("sys.argv", [case.entry]):
            warnings.simplefilter("ignore")
            runpy.run_path(case.entry, run_name="__main__")
    except (Exception, SystemExit) as error:  # what stops the example is reported below
        problem = f"{type(error).__name__}: {error}"
    finally:
        os.chdir(before)
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(folder)):
                del sys.modules[name]
        for probe, _ in runs.values():
            delattr(builtins, probe)
    out = [f"PyTorch stops: {problem}"] if problem else []
    for name, (_, run) in runs.items():
        out += [f"{name} {text}" for text in dict.fromkeys(run.wrong)]
        if not problem:
            never = [n for n, text in run.shapes.items() if n not in run.seen and text != "?"]
            out += [f"{name} line {n}: PyTorch never gets here" for n in never]
    return out


def main(arguments: list[str]) -> int:
    import tempfile

    wrong = 0
    for name in arguments:
        for case in workspaces(Path(name)):
            with tempfile.TemporaryDirectory() as folder:
                for text in problems(case, Path(folder).resolve()):
                    wrong += 1
                    print(f"{name}:{case.line} {case.title}: {text}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
