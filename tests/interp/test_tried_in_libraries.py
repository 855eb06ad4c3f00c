"""What library code itself tries, and goes on after it, is no mistake of the program; all else is one."""

from __future__ import annotations

from pathlib import Path

from tensight.project import Project

_LIBRARY = """
import torch

def first(*ways):
    for way in ways:
        try:
            return way()
        except Exception:
            pass

def product(a, b):
    try:
        return torch.mm(a, b)
    except RuntimeError:
        return torch.mm(a, b.t())

def wrapped(way):
    try:
        return way()
    except RuntimeError as error:
        raise RuntimeError("no way") from error
"""
_PROGRAM = """
import torch
from tries import first, product, wrapped

x = {call}
"""


def codes(folder: Path, call: str) -> list[tuple[str, str]]:
    (folder / "site-packages").mkdir()
    (folder / "site-packages" / "tries.py").write_text(_LIBRARY)
    entry = folder / "main.py"
    entry.write_text(_PROGRAM.format(call=call))
    analysis = Project([str(folder)]).check([str(entry)], search=[str(folder / "site-packages")]).analyses[0]
    assert not analysis.internal_errors
    return [(found.code, found.severity.value) for found in analysis.diagnostics]


def test_a_library_that_goes_on(tmp_path: Path) -> None:
    assert codes(tmp_path, "product(torch.zeros(2, 3), torch.zeros(5, 3))") == []


def test_the_program_inside_a_library_that_goes_on(tmp_path: Path) -> None:
    assert codes(tmp_path, "first(lambda: torch.zeros(2, 3) @ torch.zeros(4, 5))") == [("matmul-mismatch", "warning")]


def test_a_library_that_raises_in_its_turn(tmp_path: Path) -> None:
    assert codes(tmp_path, "wrapped(lambda: torch.zeros(2, 3) @ torch.zeros(4, 5))") == [("matmul-mismatch", "warning")]
