"""Environments are described by reading; nothing in them runs."""

import os
import sys
from pathlib import Path

from tensight.project.environment import NO_ENVIRONMENT, choose, describe

from .conftest import Tree

SITE = ".venv/lib/python3.12/site-packages"


def venv(tree: Tree, more: dict[str, str] | None = None) -> Path:
    files = {
        ".venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.12.1\n",
        ".venv/bin/python": "",
        f"{SITE}/p/__init__.py": "",
    }
    return tree({**files, **(more or {})})


def test_by_interpreter_and_by_folder(tree: Tree) -> None:
    root = venv(tree)
    for python in (root / ".venv", root / ".venv/bin/python"):
        found = describe(str(python))
        assert found.paths == (str(root / SITE),) and found.version == "3.12" and found.problem is None


def test_windows_layout(tree: Tree) -> None:
    root = tree({"w/pyvenv.cfg": "version = 3.11.0\n", "w/Lib/site-packages/p.py": "", "w/Scripts/python.exe": ""})
    assert describe(str(root / "w/Scripts/python.exe")).paths == (str(root / "w/Lib/site-packages"),)


def test_the_newest_of_several_versions_unless_one_is_named(tree: Tree) -> None:
    root = tree({f"e/lib/python3.{minor}/site-packages/x.py": "" for minor in (9, 10, 12)})
    assert describe(str(root / "e")).version == "3.12"
    (root / "e/pyvenv.cfg").write_text("version_info = 3.10.4.final.0\n")
    assert describe(str(root / "e")).paths == (str(root / "e/lib/python3.10/site-packages"),)


def test_pth_files_add_paths_and_run_nothing(tree: Tree) -> None:
    root = venv(
        tree,
        {
            "lib/inner.py": "",
            f"{SITE}/a.pth": f"# note\n../../../../lib\n{'import os; os.mkdir(' + repr('MARK') + ')'}\nmissing\n",
            f"{SITE}/.hidden.pth": "../../../../lib2\n",
            "lib2/x.py": "",
        },
    )
    found = describe(str(root / ".venv"))
    assert found.paths == (str(root / SITE), str(root / "lib"))
    assert not os.path.exists("MARK") and not (root / "MARK").exists()


def test_tables_of_editable_finders_are_read_as_text(tree: Tree) -> None:
    finder = (
        "import sys\nraise SystemExit('never run')\n"
        "MAPPING: dict[str, str] = {'pkg': '/work/src/pkg', 'one': '/work/src/one'}\n"
        "NAMESPACES: dict[str, list[str]] = {'ns': ['/work/src/ns']}\n"
    )
    root = venv(
        tree,
        {f"{SITE}/__editable___pkg_1_0_finder.py": finder, f"{SITE}/__editable___bad_finder.py": "MAPPING = {f()}"},
    )
    assert describe(str(root / ".venv")).mapping == {
        "pkg": "/work/src/pkg",
        "one": "/work/src/one",
        "ns": "/work/src/ns",
    }


def test_system_packages_where_the_environment_sees_them(tree: Tree) -> None:
    root = venv(tree, {"base/bin/python3": "", "base/lib/python3.12/site-packages/q.py": ""})
    config = f"home = {root}/base/bin\nversion = 3.12.1\ninclude-system-site-packages = true\n"
    (root / ".venv/pyvenv.cfg").write_text(config)
    assert describe(str(root / ".venv")).paths == (str(root / SITE), str(root / "base/lib/python3.12/site-packages"))


def test_the_choice(tree: Tree) -> None:
    root = venv(tree, {"other/pyvenv.cfg": "", "other/lib/python3.9/site-packages/x.py": ""})
    beside = [str(root)]
    assert choose(str(root / "other"), beside, {"VIRTUAL_ENV": "/x"}).root == str(root / "other")
    assert choose(None, beside, {"VIRTUAL_ENV": str(root / "other")}).root == str(root / "other")
    assert choose(None, beside, {"VIRTUAL_ENV": "/no/such"}).root == str(root / ".venv")
    assert choose(None, beside, {}).root == str(root / ".venv")
    assert choose(None, [str(root / "other/lib")], {}) is NO_ENVIRONMENT


def test_what_cannot_be_described_says_why(tree: Tree) -> None:
    root = tree({"empty/x": ""})
    assert "no such file" in (describe(str(root / "nope")).problem or "")
    assert "no site-packages" in (describe(str(root / "empty")).problem or "")


def test_the_environment_of_these_tests_has_its_packages() -> None:
    folders = describe(sys.executable).paths
    assert any(os.path.isdir(os.path.join(folder, "hypothesis")) for folder in folders)
