"""Which files a folder holds, from the user's point of view."""

import os
from pathlib import Path

import pytest

from tensight.project.walk import python_files

from .conftest import Tree


def names(root: Path, exclude: tuple[str, ...] = ()) -> list[str]:
    return [os.path.relpath(path, root) for path in python_files(str(root), exclude)]


def test_only_source_files_in_order(tree: Tree) -> None:
    hidden = "d/.hidden/x.py .git/x.py node_modules/x.py __pycache__/x.py env/pyvenv.cfg env/lib/x.py g.pyc c.txt"
    root = tree(dict.fromkeys(["b.py", "a.py", "d/e.py", "build/f.py", ".dot.py", *hidden.split()], ""))
    assert names(root) == [".dot.py", "a.py", "b.py", "build/f.py", "d/e.py"]


def test_gitignore_nested_and_negated(tree: Tree) -> None:
    root = tree(
        {
            ".gitignore": "out/\n*_gen.py\n/top.py\n",
            "sub/.gitignore": "!keep_gen.py\nlocal.py\n",
            "out/a.py": "", "x_gen.py": "", "top.py": "", "sub/top.py": "", "sub/keep_gen.py": "",
            "sub/y_gen.py": "", "sub/local.py": "", "local.py": "",
        }
    )  # fmt: skip
    assert names(root) == ["local.py", "sub/keep_gen.py", "sub/top.py"]


def test_a_gitignore_above_the_folder_counts_within_its_repository(tree: Tree) -> None:
    root = tree({".git/HEAD": "", ".gitignore": "pkg/gen/\n", "pkg/gen/a.py": "", "pkg/b.py": ""})
    assert names(root / "pkg") == ["b.py"]


def test_exclude(tree: Tree) -> None:
    root = tree({"a.py": "", "old/b.py": "", "c/d.py": "", "c/e_test.py": ""})
    assert names(root, ("old/**", "*_test.py")) == ["a.py", "c/d.py"]


def test_links_to_folders_are_not_followed(tree: Tree) -> None:
    root = tree({"a/b.py": ""})
    os.symlink(root, root / "a/loop")
    os.symlink(root / "a/b.py", root / "link.py")
    assert names(root) == ["a/b.py", "link.py"]


def test_an_unreadable_folder_is_told(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree({"a.py": "", "locked/b.py": ""})
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).rstrip("/").endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    heard: list[tuple[str, str]] = []
    found = list(python_files(str(root), (), lambda path, message: heard.append((path, message))))
    assert [os.path.basename(path) for path in found] == ["a.py"]
    assert heard[0][1] == "cannot be read: permission denied"
