"""Each cause of "mat1 and mat2 shapes cannot be multiplied" (tests/shapes/errors): reported, repaired, run by PyTorch.

The blocks of that page are the programs. A journey applies the preferred fix until nothing is reported, at most three
times, as a user would with the light bulb."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from literate import Case, cases
from tensight.diagnostics import Diagnostic, Fix, Severity
from tensight.features.fixes import fixes_for
from tensight.features.source import Source
from tensight.features.trial import read, trial
from tensight.interp import Analysis
from tensight.project.project import Project

PAGE = Path(__file__).parents[1] / "shapes" / "errors" / "mat1_and_mat2.md"
CASES = {case.title: case for case in cases(PAGE)}
ERROR = re.compile(r"  # error: \[.*$", re.MULTILINE)
NOTE = re.compile(r"  # shape: .*$", re.MULTILINE)

#: Where no edit is right: one number cannot fit two sizes, and what is caught may be meant.
NO_FIX = {"In a try that catches it", "Sizes that differ between calls"}


def report(path: Path) -> tuple[Project, list[Diagnostic], Analysis]:
    project = Project((str(path.parent),))
    analysis = project.analyse(str(path))
    assert not analysis.internal_errors
    return project, [d for d in analysis.diagnostics if d.severity is Severity.ERROR], analysis


def repaired(path: Path) -> list[str]:
    """Apply preferred fixes to the file until it is clean; the titles of what was applied."""
    titles = []
    for _ in range(3):
        _, errors, _ = report(path)
        if not errors:
            return titles
        fixes = offered(path)
        preferred = [fix for fix in fixes if fix.preferred]
        assert preferred, f"no fix for {errors[0].message} among {[f.title for f in fixes]}"
        source = Source(str(path), path.read_text(encoding="utf-8"))
        path.write_text(source.applied(preferred[0].edits), encoding="utf-8")
        titles.append(preferred[0].title)
    raise AssertionError(f"still reported after {titles}")


def offered(path: Path) -> list[Fix]:
    """What the light bulb offers for the first error of the file."""
    project, errors, analysis = report(path)
    source = Source(str(path), path.read_text(encoding="utf-8"))
    return list(
        fixes_for(
            analysis,
            source,
            errors[0],
            lambda edits: trial(project, edits, lambda scratch: scratch.analyse(str(path))),
            lambda file: Source(file, text) if (text := read(file)) is not None else None,
        )
    )


@pytest.mark.parametrize("title", sorted(set(CASES) - NO_FIX))
def test_the_repaired_program_runs(title: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    case: Case = CASES[title]
    path = tmp_path / "program.py"
    path.write_text(NOTE.sub("", ERROR.sub("", case.code)), encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"shapes cannot be multiplied|size mismatch"):
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), {"__name__": "__main__"})
    assert repaired(path)
    with torch.no_grad():
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), {"__name__": "__main__"})


def test_every_cause_that_people_name_is_there() -> None:
    causes = [
        "A wrong latent dimension",
        "Neighbouring Linear layers that disagree",
        "A forgotten flatten between convolution and Linear",
        "A reshape that takes the batch along",
        "An input of the wrong shape at the call",
        "in_features that do not match the convolutions",
        "Sizes that differ between calls",
        "A forgotten batch dimension",
        "An encoder and a decoder that do not mirror each other",
    ]
    assert set(causes) <= set(CASES)


def test_one_number_cannot_fit_two_sizes(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(NOTE.sub("", ERROR.sub("", CASES["Sizes that differ between calls"].code)), encoding="utf-8")
    assert not [fix for fix in offered(path) if fix.preferred]
