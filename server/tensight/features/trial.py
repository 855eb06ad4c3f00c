"""Trying edits: the project as it would be with them, without touching the real one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from ..diagnostics import TextEdit
from ..interp.facts import Analysis
from ..project.files import DISK, Unreadable
from ..project.project import Project
from .source import Source


def trial(
    project: Project,
    edits: Sequence[TextEdit],
    run: Callable[[Project], Analysis],
    texts: Mapping[str, str] | None = None,
) -> Analysis | None:
    """What `run` (`analyse` or `check` of a project) finds once the edits are made; None if a file cannot be read.

    `texts`: the open documents by file, which go before the disk."""
    open_texts = {os.path.abspath(file): text for file, text in (texts or {}).items()}
    for file in {edit.span.file for edit in edits}:
        path = os.path.abspath(file)
        text = open_texts.get(path)
        if text is None:
            text = read(path)
        if text is None:
            return None
        open_texts[path] = Source(file, text).applied(edits)
    scratch = Project(
        project.roots, project.settings, project.environment, oracle=project.oracle, extra_paths=project.extra_paths
    )
    for path, text in open_texts.items():
        scratch.open(path, text)
    try:
        return run(scratch)
    except Unreadable:
        return None


def read(path: str) -> str | None:
    """The text of a file on disk, if it can be read."""
    try:
        return DISK.read(path).text
    except Unreadable:
        return None
