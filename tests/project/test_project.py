"""Analyses are made once, and again exactly when something they rest on has changed."""

import os
from pathlib import Path

import pytest

from tensight.interp.ports import Cancelled
from tensight.project import Project, Unreadable
from tensight.project.environment import Environment

from .conftest import Recorded, Tree


def test_one_analysis_per_content(tree: Tree, requests: Recorded) -> None:
    root = tree({"a.py": "x = 1\n"})
    project = Project([str(root)])
    path = str(root / "a.py")
    project.open(path, "x = 1\n", 1)
    assert project.analyse(path).version == 1
    project.change(path, "x = 1\n", 2)
    assert project.analyse(path).version == 2 and len(requests) == 1
    project.change(path, "x = 2\n", 3)
    project.analyse(path)
    assert len(requests) == 2 and requests[1].entry.text == "x = 2\n"


def test_what_is_imported_counts(tree: Tree, requests: Recorded) -> None:
    root = tree({"a.py": "import b\n", "b.py": "y = 1\n", "c.py": ""})
    requests.imports = ("b", "late")
    project = Project([str(root)])
    paths = {name: str(root / name) for name in ("a.py", "b.py", "c.py")}
    for path in paths.values():
        project.open(path, Path(path).read_text())
    assert project.analyse(paths["a.py"]).depends == {paths["b.py"]}
    project.open(paths["c.py"], "z = 1\n")
    project.analyse(paths["a.py"])
    assert len(requests) == 1
    project.change(paths["b.py"], "y = 2\n")
    assert project.affected([paths["b.py"]]) == (paths["a.py"], paths["b.py"])
    assert project.affected([paths["c.py"]]) == (paths["c.py"],)
    project.analyse(paths["a.py"])
    assert len(requests) == 2
    (root / "late.py").write_text("")
    os.utime(root, ns=(1, 1))
    assert project.affected([str(root / "late.py")]) == (paths["a.py"],)
    project.analyse(paths["a.py"])
    assert len(requests) == 3


def test_closing_a_file_returns_to_the_disk(tree: Tree, requests: Recorded) -> None:
    root = tree({"a.py": "disk = 1\n"})
    path = str(root / "a.py")
    project = Project([str(root)])
    project.open(path, "editor = 1\n")
    project.analyse(path)
    project.close(path)
    project.analyse(path)
    assert [request.entry.text for request in requests] == ["editor = 1\n", "disk = 1\n"]


def test_new_settings_and_answers_make_all_anew(tree: Tree, requests: Recorded) -> None:
    root = tree({"a.py": "x = 1\n"})
    project = Project([str(root)])
    path = str(root / "a.py")
    for change in (lambda: None, lambda: project.reconfigure(extra_paths=["/x"]), project.answered):
        change()
        project.analyse(path)
    assert len(requests) == 3


def test_a_cancelled_analysis_leaves_nothing(tree: Tree, requests: Recorded) -> None:
    root = tree({"a.py": "x = 1\n"})
    project = Project([str(root)])

    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        project.analyse(str(root / "a.py"), stop)
    project.analyse(str(root / "a.py"))
    assert len(requests) == 2


def test_a_file_that_is_not_there(tmp_path: Path, requests: Recorded) -> None:
    with pytest.raises(Unreadable, match="no such file"):
        Project([str(tmp_path)]).analyse(str(tmp_path / "no.py"))


def test_the_search_order(tree: Tree, requests: Recorded) -> None:
    root = tree(
        {
            "ws/app/scripts/run.py": "",
            "ws/app/scripts/near.py": "",
            "ws/app/above.py": "",
            "ws/above.py": "",
            "ws/src/lib/__init__.py": "",
            "ws/top.py": "",
            "given/given.py": "",
            "given/near.py": "",
            "extra/extra.py": "",
            "site-packages/env.py": "",
            "site-packages/top.py": "",
        }
    )
    project = Project(
        [str(root / "ws")],
        environment=Environment(paths=(str(root / "site-packages"),)),
        extra_paths=[str(root / "extra")],
    )
    project.check([str(root / "ws/app/scripts/run.py")], search=[str(root / "given")])
    loader = requests[0].loader

    def where(name: str) -> tuple[str, bool]:
        found = loader.find(name)
        assert found is not None, name
        return os.path.relpath(found.file, root), found.user

    assert where("near") == ("ws/app/scripts/near.py", True)
    assert where("above") == ("ws/app/above.py", True)
    assert where("lib") == ("ws/src/lib/__init__.py", True)
    assert where("top") == ("ws/top.py", True)
    assert where("given") == ("given/given.py", True)
    assert where("extra") == ("extra/extra.py", True)
    assert where("env") == ("site-packages/env.py", False)


def test_named_files_know_their_module_name(tree: Tree, requests: Recorded) -> None:
    root = tree({"p/__init__.py": "", "p/q/m.py": "", "p/q/__init__.py": "", "run.py": "", "n/s/t.py": ""})
    names = ["run.py", "p/q/m.py", "p/__init__.py", "n/s/t.py"]
    Project([str(root)]).check([str(root / name) for name in names])
    assert [source.name for source in requests[0].files] == ["run", "p.q.m", "p", "n.s.t"]
    assert requests[0].entry is requests[0].files[0]
    found = requests[0].loader.find("p.q.m")
    assert found is not None and found.user and found.parsed()[0] is requests[0].files[1].tree


def test_paths_are_reported_as_given(tree: Tree, requests: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree({"d/a.py": "", "b.py": ""})
    monkeypatch.chdir(root)
    result = Project([str(root)]).check(["./d/../d/a.py", "b.py"])
    assert [analysis.file for analysis in result.analyses] == ["./d/../d/a.py", "b.py"]


def test_syntax_problems_are_reported_and_undefined_names_are_not(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    from tensight.diagnostics import Diagnostic
    from tensight.interp.facts import Analysis, Result
    from tensight.syntax import Span

    root = tree({"a.py": "import numpy as\nx = np\n"})
    path = str(root / "a.py")
    found = Diagnostic("undefined-name", Span(path, 2, 4, 2, 6), "name 'np' is not defined")
    monkeypatch.setattr("tensight.interp.analyse", lambda request, world: Result((Analysis(path, (), (found,)),)))
    (reported,) = Project([str(root)]).analyse(path).diagnostics
    assert reported.code == "syntax-error" and reported.span.line == 1


def test_stated_inputs_and_skipped_files(tree: Tree, requests: Recorded) -> None:
    root = tree({"a.py": "# tensight: x = (B, 3)\ndef f(x): ...\n", "b.py": "# tensight: skip-file\nx = (\n"})
    project = Project([str(root)])
    paths = [str(root / "a.py"), str(root / "b.py")]
    analyses = project.check(paths).analyses
    (stated,) = requests[0].stated[paths[0]]
    assert (stated.line, stated.name, stated.shape) == (1, "x", ("B", 3))
    assert [source.file for source in requests[0].files] == paths[:1]
    assert analyses[1].file == paths[1] and not analyses[1].diagnostics


def test_excluded_files(tree: Tree) -> None:
    from tensight.project import Settings

    root = tree({})
    project = Project([str(root)], Settings(exclude=("legacy/**", "*_old.py")))
    assert project.is_excluded(str(root / "legacy/deep/a.py")) and project.is_excluded(str(root / "x/b_old.py"))
    assert not project.is_excluded(str(root / "a.py")) and not project.is_excluded("/elsewhere/legacy/a.py")


def test_parsed_files_are_shared_and_bounded() -> None:
    from tensight.project.files import ParsedCache, content

    cache = ParsedCache(limit=30)
    first = content("x = 1\n")
    assert cache.parse(first, "a.py") is cache.parse(content("x = 1\n"), "a.py")
    tree = cache.parse(first, "a.py").tree
    cache.parse(content("y = 2222222222222222222222222222\n"), "b.py")
    assert cache.parse(first, "a.py").tree is not tree
