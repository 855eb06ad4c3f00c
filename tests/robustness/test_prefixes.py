"""A file while it is typed: no prefix of it brings an internal error, each is quick, and what is not finished makes
nothing above it wrong: published code works.

`python tests/robustness/test_prefixes.py STEP FILE…` takes every STEPth line of the files, with all that is said."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tensight.diagnostics import Diagnostic, Severity
from tensight.interp.facts import Analysis
from tensight.project.project import Project

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "examples").glob("*.py"))[:3]
#: package, folder in it, files of the sample
SAMPLES = [
    ("torchvision", "models", 5), ("torchvision", "ops", 3), ("timm", "layers", 5), ("einops", "", 3),
    ("vit_pytorch", "", 6), ("segmentation_models_pytorch", "decoders", 4), ("diffusers", "models", 3),
    ("labml_helpers", "", 2),
]  # fmt: skip
#: Characters of a file that is typed line by line.
MOST = 16_000
#: Prefixes of it.
ENDS = 14


def typed(path: Path, text: str, ends: list[int], roots: tuple[str, ...]) -> Iterator[tuple[int, Analysis]]:
    """The analysis of each prefix, as an editor asks for it."""
    project = Project(roots)
    for version, end in enumerate(ends):
        project.open(str(path), text[:end], version)
        analysis = project.analyse(str(path))
        assert not analysis.internal_errors, f"{text[:end][-60:]!r}: {analysis.internal_errors[0]}"
        yield end, analysis


def line_ends(text: str, step: int) -> list[int]:
    """Each `step`th line, whole, and the next one cut in the middle."""
    ends, at = [], 0
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        if number % step == 1 and line.strip():
            ends.append(at + len(line.rstrip()) - number % len(line.strip()) // 2 - 1)
        at += len(line)
        if number % step == 0:
            ends.append(at)
    return ends


def alarms(text: str, end: int, analysis: Analysis) -> list[Diagnostic]:
    """What is reported above the line that is typed, but for names that the lines below define."""
    line, rest = text.count("\n", 0, end) + 1, text[end:]
    return [
        d
        for d in analysis.diagnostics
        if d.severity in (Severity.ERROR, Severity.WARNING) and d.code != "syntax-error" and d.span.line < line
        if d.code != "undefined-name" or d.message.split("'")[1] not in rest
    ]


def sample() -> list[Path]:
    from test_sources import files, sampled

    found = []
    for package, folder, count in SAMPLES:
        small = [p for p in files(package, folder) if 1_500 < p.stat().st_size < MOST]
        found += sampled(small, count)[:count]
    return found


@pytest.mark.parametrize("path", FILES, ids=[p.stem for p in FILES])
def test_every_prefix(path: Path, tmp_path: Path) -> None:
    """Each end of a word and each ninth character, so that all positions in a statement occur."""
    text = path.read_text(encoding="utf-8")
    ends = [i for i in range(1, len(text)) if i % 9 == 0 or (text[i - 1].isalnum() and not text[i].isalnum())][::2]
    begun = time.monotonic()
    for _ in typed(tmp_path / "typed.py", text, ends, (str(tmp_path),)):
        pass
    assert (time.monotonic() - begun) / len(ends) < 0.5


@pytest.mark.parametrize("path", sample(), ids=lambda p: "/".join(p.parts[-3:]))
def test_lines_of_published_files(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ends = line_ends(text, max(1, 2 * text.count("\n") // ENDS))
    for end, analysis in typed(path, text, ends, (str(path.parent),)):
        assert not alarms(text, end, analysis), text[:end][-60:]


def main(step: int, paths: list[str]) -> None:
    for path in map(Path, paths):
        text, said = path.read_text(encoding="utf-8"), dict[tuple[int, str], str]()
        begun, own = time.process_time(), Project((str(path.parent),)).analyse(str(path)).diagnostics
        ends = line_ends(text, step)
        for end, analysis in typed(path, text, ends, (str(path.parent),)):
            for d in alarms(text, end, analysis):
                if all((d.span.line, d.code) != (o.span.line, o.code) for o in own):
                    said.setdefault((d.span.line, d.message), f"while at {text[:end][-50:]!r}")
        print(f"{path}: {len(ends)} prefixes, {time.process_time() - begun:.1f} s, {len(said)} alarms", flush=True)
        for (line, message), where in said.items():
            print(f"  {line}: {message} {where}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
