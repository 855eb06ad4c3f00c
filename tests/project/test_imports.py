"""The Loader finds what Python would find, by reading folders."""

import os
import time
from pathlib import Path

import pytest

from tensight.project import Project
from tensight.project.files import Document, Files, content
from tensight.project.imports import Resolver, package_root

from .conftest import Tree


def resolver(*folders: Path, **options: object) -> Resolver:
    return Resolver([str(folder) for folder in folders], Files(), **options)  # type: ignore[arg-type]


def test_modules_packages_and_submodules(tree: Tree) -> None:
    root = tree({"a.py": "x = 1\n", "p/__init__.py": "", "p/q/__init__.py": "", "p/q/r.py": "y = 2\n"})
    loader = resolver(root)
    found = loader.find("a")
    assert found is not None and found.file == str(root / "a.py") and not found.is_package and found.text == "x = 1\n"
    package = loader.find("p.q")
    assert package is not None and package.is_package and package.name == "p.q"
    assert loader.find("p.q.r") is not None
    assert loader.find("p.q.s") is None and loader.find("p.r") is None and loader.find("nothing") is None
    assert loader.find("a.b") is None and loader.find("") is None and loader.find("..a") is None


def test_a_package_goes_before_a_module_and_the_first_folder_before_the_second(tree: Tree) -> None:
    root = tree({"1/m/__init__.py": "", "1/m.py": "", "2/m.py": "", "2/n.py": ""})
    loader = resolver(root / "1", root / "2")
    assert loader.find("m").file == str(root / "1/m/__init__.py")  # type: ignore[union-attr]
    assert loader.find("n").file == str(root / "2/n.py")  # type: ignore[union-attr]


def test_a_regular_package_anywhere_goes_before_a_namespace(tree: Tree) -> None:
    root = tree({"1/m/readme": "", "2/m/__init__.py": ""})
    assert resolver(root / "1", root / "2").find("m") is not None


def test_a_folder_that_was_only_guessed_does_not_hide_the_namespace_that_it_is(tree: Tree) -> None:
    root = tree({"utils/utils.py": "", "utils/constants.py": "", "other.py": ""})
    loader = Resolver([str(root), f"{root}/utils"], Files(), guessed=[f"{root}/utils"])
    assert loader.is_namespace("utils") and loader.find("utils.constants") is not None
    assert loader.find("constants") is not None and loader.find("utils.utils") is not None


def test_namespace_packages_join_their_portions(tree: Tree) -> None:
    root = tree({"1/n/a.py": "", "2/n/b.py": "", "2/n/c/d.py": ""})
    loader = resolver(root / "1", root / "2")
    assert loader.find("n") is None and loader.is_namespace("n") and loader.is_namespace("n.c")
    assert loader.find("n.a") is not None and loader.find("n.b") is not None and loader.find("n.c.d") is not None
    assert not loader.is_namespace("n.a") and not loader.is_namespace("zzz")


def test_compiled_modules_are_none_unless_their_source_is_there(tree: Tree) -> None:
    root = tree({"c.cpython-311-x86_64-linux-gnu.so": "", "d.abi3.so": "", "d.py": "", "e.pyd": ""})
    loader = resolver(root)
    assert loader.find("c") is None and not loader.is_namespace("c")
    assert loader.find("d") is not None and loader.find("e") is None


def test_names_are_case_sensitive(tree: Tree) -> None:
    assert resolver(tree({"Model.py": ""})).find("model") is None


def test_named_files_keep_their_path_and_are_the_users(tree: Tree) -> None:
    root = tree({"site-packages/p/__init__.py": "", "site-packages/p/m.py": "", "site-packages/p/o.py": ""})
    given = "site-packages/p/../p/m.py"
    full = str(root / "site-packages/p/m.py")
    loader = resolver(root / "site-packages", named={full: given}, is_user=lambda path: False)
    named, other = loader.find("p.m"), loader.find("p.o")
    assert named is not None and named.file == given and named.user
    assert other is not None and not other.user


def test_a_named_file_is_known_by_another_link(tree: Tree) -> None:
    root = tree({"real/m.py": ""})
    os.symlink(root / "real", root / "linked")
    loader = resolver(root / "linked", named={str(root / "real/m.py"): "real/m.py"})
    found = loader.find("m")
    assert found is not None and found.file == "real/m.py" and found.user


def test_open_documents_go_before_the_disk_even_if_never_saved(tree: Tree) -> None:
    root = tree({"a.py": "old = 1\n"})
    files = Files(
        {
            str(root / "a.py"): Document(content("new = 1\n"), 3),
            str(root / "b.py"): Document(content("unsaved = 1\n"), 1),
        }
    )
    loader = Resolver([str(root)], files)
    assert loader.find("a").text == "new = 1\n"  # type: ignore[union-attr]
    assert loader.find("b").text == "unsaved = 1\n"  # type: ignore[union-attr]


def test_a_file_that_cannot_be_decoded_is_none(tree: Tree) -> None:
    root = tree({})
    (root / "b.py").write_bytes(b"\0\0binary")
    assert resolver(root).find("b") is None


def test_a_new_file_is_seen_by_the_next_analysis(tree: Tree) -> None:
    root = tree({"a.py": ""})
    assert resolver(root).find("late") is None
    time.sleep(0.01)
    (root / "late.py").write_text("x = 1\n")
    assert resolver(root).find("late") is not None


def test_editable_installs_are_found_by_their_table(tree: Tree) -> None:
    root = tree({"src/pkg/__init__.py": "", "src/pkg/m.py": "", "src/single.py": ""})
    loader = resolver(
        root / "nowhere", mapping={"pkg": str(root / "src/pkg"), "single": str(root / "src/single.py"), "gone": "/no/x"}
    )
    assert loader.find("pkg.m") is not None and loader.find("single") is not None and loader.find("gone") is None


def test_data_files_of_the_users_folders_only(tree: Tree) -> None:
    root = tree({"app/c.yaml": "a: 1\n", "app/secret.key": "", "other/d.yaml": ""})
    loader = resolver(root, data_folders=[str(root / "app")])
    assert loader.read_text("c.yaml") == "a: 1\n"
    assert loader.read_text(str(root / "app/c.yaml")) == "a: 1\n"
    for path in ("../other/d.yaml", str(root / "other/d.yaml"), "secret.key", "no.yaml", "c.yaml\0", "/dev/zero"):
        assert loader.read_text(path) is None
    os.mkfifo(root / "app/pipe.json")
    assert loader.read_text("pipe.json") is None


@pytest.mark.parametrize(
    ("file", "folder", "name"),
    [("a/b/c.py", "a/b", "c"), ("p/q/r.py", "", "p.q.r"), ("p/q/__init__.py", "", "p.q"), ("p/__init__.py", "", "p")],
)
def test_where_a_file_is_imported_from(tree: Tree, file: str, folder: str, name: str) -> None:
    root = tree({"a/b/c.py": "", "p/__init__.py": "", "p/q/__init__.py": "", "p/q/r.py": ""})
    assert package_root(str(root / file)) == (str(root / folder).rstrip("/"), name)


def test_look_ups_cost_microseconds(tree: Tree) -> None:
    root = tree({f"m{number}.py": "" for number in range(300)})
    folders = [root, *(root / f"empty{number}" for number in range(8))]
    resolver(*folders).find("warm")
    start = time.process_time()
    loader = resolver(*folders)
    for number in range(1_000):
        loader.find(f"missing{number}")
    assert time.process_time() - start < 0.1


def test_a_link_to_a_file_of_an_installed_package_is_one(tree: Tree) -> None:
    root = tree({"site-packages/p/__init__.py": "", "site-packages/p/o.py": "", "edited/p/m.py": ""})
    for name in ("__init__.py", "o.py"):
        os.symlink(root / "site-packages/p" / name, root / "edited/p" / name)
    main = tree({"main.py": ""}) / "main.py"
    loader = Project(roots=[str(root)])._resolver([str(main)], Files(), [str(root / "edited")])
    edited, linked = loader.find("p.m"), loader.find("p.o")
    assert edited is not None and edited.user
    assert linked is not None and not linked.user and linked.file == str(root / "edited/p/o.py")
