"""What ends a script for certain, and what ends it only if nobody gives it arguments."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensight.project import Project


def codes(tmp_path: Path, text: str) -> list[str]:
    path = str(tmp_path / "script.py")
    project = Project()
    project.open(path, text)
    analysis = project.analyse(path)
    assert not analysis.internal_errors
    return [diagnostic.code for diagnostic in analysis.diagnostics]


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nassert len(sys.argv) == 2, 'usage: script.py N'\n",
        "import sys\nif len(sys.argv) != 3:\n    raise ValueError('two arguments')\n",
        "import sys\nfrom getopt import getopt\nassert len(getopt(sys.argv[1:], 'r')[1]) == 2\n",
    ],
)
def test_a_script_that_wants_arguments_may_get_some(tmp_path: Path, text: str) -> None:
    assert codes(tmp_path, text) == []


def test_what_no_argument_helps(tmp_path: Path) -> None:
    assert codes(tmp_path, "import sys\nassert len([1]) == 2, 'never'\n") == ["certain-raise"]


def test_an_object_that_calls_itself_for_ever_costs_little(tmp_path: Path) -> None:
    """Its arguments do not grow: each call has those of the one before."""
    import tracemalloc

    tracemalloc.start()
    try:
        codes(tmp_path, "class A:\n    pass\n\nA.__call__ = A()\nA()()\n")
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()
