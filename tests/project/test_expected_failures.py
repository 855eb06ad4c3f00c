"""Blocks that are there to fail: nothing in them is reported, and the program goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensight.project.project import Project

HEAD = "import contextlib\nimport unittest\nimport pytest\nimport torch\nimport torch.nn as nn\n\n"
WRONG = "nn.Linear(3, 4)(torch.zeros(2, 5))"
BLOCKS = {
    "pytest": f"with pytest.raises(RuntimeError, match='mat1'):\n    {WRONG}\n",
    "pytest as": f"with pytest.raises(RuntimeError) as info, torch.no_grad():\n    {WRONG}\n",
    "a test": f"def test():\n    with pytest.raises(RuntimeError):\n        {WRONG}\n\ntest()\n",
    "unittest": (
        "class Case(unittest.TestCase):\n    def test(self):\n        with self.assertRaisesRegex(RuntimeError, 'x'):\n"
        f"            {WRONG}\n"
    ),
}


def lines(text: str, folder: Path) -> list[int]:
    project = Project((str(folder),))
    path = str(folder / "test_it.py")
    project.open(path, text)
    return [d.span.line for d in project.analyse(path).diagnostics]


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_that_is_there_to_fail(name: str, tmp_path: Path) -> None:
    assert lines(HEAD + BLOCKS[name], tmp_path) == []


def test_what_follows_is_certain_again(tmp_path: Path) -> None:
    text = HEAD + BLOCKS["pytest"] + WRONG + "\n"
    assert lines(text, tmp_path) == [text.count("\n")]
