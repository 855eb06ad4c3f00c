"""Sources that people wrote: no crash and no internal error in the tests' own files and in installed libraries.

A sample spread over the sorted files, always the same; `npm run corpus` takes them all."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import pytest

from tensight import limits
from tensight.project.project import Project

ROOT = Path(__file__).parents[2]
#: package, folder in it, files of the sample
SAMPLES = [("torch", "nn", 12), ("torchvision", "models", 8), ("einops", "", 5), ("vit_pytorch", "", 10)]


def files(package: str, folder: str) -> list[Path]:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return []
    return sorted((Path(spec.origin).parent / folder).rglob("*.py"))


def sampled(paths: list[Path], count: int) -> list[Path]:
    return paths[:: max(1, len(paths) // count)]


INSTALLED = [p for package, folder, n in SAMPLES for p in sampled(files(package, folder), n)]
OWN = sampled(sorted([*(ROOT / "tests").rglob("*.py"), *(ROOT / "examples").rglob("*.py")]), 25)


@pytest.mark.parametrize("path", [*OWN, *INSTALLED], ids=lambda p: "/".join(p.parts[-3:]))
def test_no_internal_error(path: Path) -> None:
    begun = time.process_time()
    analysis = Project((str(path.parent),)).analyse(str(path))
    assert not analysis.internal_errors, analysis.internal_errors[0]
    assert time.process_time() - begun < limits.MAX_SECONDS + 6
