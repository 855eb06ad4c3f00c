"""`tensight check`: files and folders → reports."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..diagnostics import Diagnostic, Fix, Severity
from ..interp.facts import Analysis
from ..project.environment import Environment, choose
from ..project.files import Unreadable, absolute
from ..project.project import Project
from ..project.roots import project_root
from ..project.settings import Settings, read_pyproject
from .fixes import fixer
from .oracle import oracle_for
from .run import CannotRun


@dataclass(frozen=True, slots=True)
class Report:
    """What is printed of one file: its analysis with the diagnostics as set and not ignored; or why there is none."""

    file: str
    analysis: Analysis | None = None
    text: str = ""
    error: str | None = None
    #: verified fixes of one of its diagnostics
    fixes: Callable[[Diagnostic], tuple[Fix, ...]] = lambda diagnostic: ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return self.analysis.diagnostics if self.analysis else ()


def check(options: argparse.Namespace) -> int:
    """Print what is found in the files and folders; the exit code."""
    reports: Iterable[Report] = _reports(options)
    if options.output_format == "json":
        from .json_output import print_json as output
    else:
        from .text_output import print_text as output
    counts = output(reports, options.shapes)
    if counts.unreadable:
        return 2
    return 1 if counts.errors or (options.error_on_warning and counts.warnings) else 0


def _reports(options: argparse.Namespace) -> Iterator[Report]:
    """The files given are one request; each file found in a folder is one of its own."""
    files = [path for path in options.paths if not os.path.isdir(path)]
    folders = [path for path in options.paths if os.path.isdir(path)]
    for folder in options.search_path:
        if not os.path.isdir(folder):
            raise CannotRun(f"--search-path {folder}: no such folder")
    if files:
        yield from _given(list(dict.fromkeys(files)), options)
    for folder in folders:
        yield from _walked(folder, options)


def project_for(path: str, options: argparse.Namespace) -> Project:
    """The project of a file or folder, with its settings and the environment that is analysed."""
    full = absolute(path)
    root = project_root(full if os.path.isdir(full) else os.path.dirname(full), os.getcwd())
    settings, problems = read_pyproject(root)
    for problem in problems:
        warn(problem)
    python = options.python or (os.path.join(root, settings.python) if settings.python else None)
    environment = choose(python, [root])
    if environment.problem:
        _complain(environment, options)
    return Project([root], settings, environment, oracle=oracle_for(environment, settings, options))


def _complain(environment: Environment, options: argparse.Namespace) -> None:
    assert environment.problem is not None
    if options.python:
        raise CannotRun(environment.problem)
    warn(environment.problem)


def report_internal(analysis: Analysis) -> None:
    """Faults of Tensight itself: one line each, with the traceback where someone asked for it."""
    whole = bool(os.environ.get("TENSIGHT_DEBUG"))
    for problem in dict.fromkeys(analysis.internal_errors):
        text = f"\n{problem}" if whole else f" {problem.strip().splitlines()[-1]} (TENSIGHT_DEBUG=1 says more)"
        warn(f"internal error in the analysis of {analysis.file}:{text}")


def warn(message: str) -> None:
    print(f"tensight: {message}", file=sys.stderr)


def _given(files: list[str], options: argparse.Namespace) -> Iterator[Report]:
    """All files in one request; those that cannot be read are reported and left out."""
    from ..project.files import DISK

    texts: dict[str, str] = {}
    errors: dict[str, str] = {}
    for file in files:
        try:
            texts[file] = DISK.read(absolute(file)).text
        except Unreadable as error:
            errors[file] = str(error)
    analyses: dict[str, Analysis] = {}
    if texts:
        project = project_for(next(iter(texts)), options)
        try:
            result = project.check(list(texts), search=options.search_path)
        except Unreadable as error:
            raise CannotRun(f"a file changed while it was read: {error}") from None
        analyses = {
            file: _as_set(analysis, texts[file], project.settings) for file, analysis in zip(texts, result.analyses)
        }
    for file in files:
        if file in errors:
            yield Report(file, error=errors[file])
        else:
            fixes = fixer(project, analyses[file], texts[file], list(texts), options.search_path)
            yield Report(file, analyses[file], texts[file], fixes=fixes)


def _walked(folder: str, options: argparse.Namespace) -> Iterator[Report]:
    from ..project.files import DISK
    from ..project.walk import python_files
    from .progress import Progress

    project = project_for(folder, options)
    found = python_files(folder, options.exclude, lambda path, message: warn(f"{path} {message}"))
    files = [file for file in found if not project.is_excluded(file)]
    with Progress(len(files)) as progress:
        for file in files:
            progress.step(file)
            try:
                text = DISK.read(absolute(file)).text
                (analysis,) = project.check([file], search=options.search_path).analyses
            except Unreadable as error:
                if os.path.lexists(file):
                    warn(f"{file} {error}")
                continue  # it vanished since the folder was listed, or is no source: not what was asked for
            analysis = _as_set(analysis, text, project.settings)
            fixes = fixer(project, analysis, text, [file], options.search_path)
            progress.clear()
            yield Report(file, analysis, text, fixes=fixes)


def _as_set(analysis: Analysis, text: str, settings: Settings) -> Analysis:
    """The analysis with the diagnostics a user wants to see."""
    from dataclasses import replace

    from ..features.diagnostics import reported
    from ..syntax import read_comments

    report_internal(analysis)
    found = reported(analysis.diagnostics, read_comments(text, analysis.file), settings.severity)
    if not settings.diagnostics:
        found = ()
    return replace(analysis, diagnostics=found)


@dataclass(slots=True)
class Counts:
    """What was found, for the last line and the exit code."""

    files: int = 0
    errors: int = 0
    warnings: int = 0
    others: int = 0
    unreadable: int = 0

    def add(self, report: Report) -> None:
        self.files += 1
        self.unreadable += report.error is not None
        for diagnostic in report.diagnostics:
            if diagnostic.severity is Severity.ERROR:
                self.errors += 1
            elif diagnostic.severity is Severity.WARNING:
                self.warnings += 1
            else:
                self.others += 1
