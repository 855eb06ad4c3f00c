"""A file that is edited in a project, as an editor does it."""

from __future__ import annotations

import re
from pathlib import Path

from tensight.interp.facts import Analysis
from tensight.interp.reuse import Memory
from tensight.project import Project


class Editing:
    """One file in one project, through its versions."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder, self.path, self.text, self.project = folder, str(folder / "model.py"), text, Project()
        self.analysis = self.show(text)

    def show(self, text: str) -> Analysis:
        """The next version."""
        self.text = text
        self.project.open(self.path, text)
        self.analysis = self.project.analyse(self.path)
        return self.analysis

    @property
    def memory(self) -> Memory:
        """What the last analysis took over, and what it ran."""
        return self.project._memos[self.path].memory


def outcome(analysis: Analysis) -> object:
    """What is shown of an analysis; unknown sizes have other numbers each time."""
    facts = [(f.span, f.kind, _shown([o.value for o in f.observations] or f.alone)) for f in analysis.facts]
    diagnostics = [(d.code, d.span, d.message, d.severity) for d in analysis.diagnostics]
    inputs = [(i.owner, i.name, _shown(i.value), i.fits) for i in analysis.inputs]
    return facts, diagnostics, inputs, analysis.missing


def _shown(value: object) -> str:
    return re.sub(r"\?\d+| at 0x[0-9a-f]+", "?", repr(value))
