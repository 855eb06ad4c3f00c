"""A file of an installed package that is open in the editor: the package stays executed while the file is edited, and
nothing of a version that is gone is left in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_deferred import ZOO

from tensight.interp.facts import Analysis
from tensight.project import Project

#: reaches its own package from below, as a registry does and as an import of the package does
LOOPING = """\
import torch
from .registry import make, register
from . import registry
import zoo.models
from zoo import models

__all__ = ["Small"]


class Small(torch.nn.Linear):
    def forward(self, x):
        y = super().forward(x)
        return y


@register
def small4(width=4):
    return Small(8, width)


def test():
    a = make("small4")(torch.zeros(2, 8))
    b = zoo.models.Small(8, 5)(torch.zeros(2, 8))
    c = models.small.small4()(torch.zeros(2, 8))
    return a, b, c


a, b, c = test()
"""


#: run as a script, a file of a package registers twice
REGISTRY = ZOO["models/registry.py"].replace('raise RuntimeError("twice")', "pass")


class Library:
    """The package in an environment, and a project that edits files of it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "lib" / "site-packages"
        for name, text in {**ZOO, "models/registry.py": REGISTRY, "models/small.py": LOOPING}.items():
            path = self.root / "zoo" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.project = Project([str(folder)], extra_paths=[str(self.root)])

    def show(self, name: str, text: str) -> Analysis:
        """The next version of a file, as the server hears of it."""
        path = str(self.root / "zoo" / name)
        self.project.open(path, text)
        self.project.affected([path])
        analysis = self.project.analyse(path)
        assert not analysis.internal_errors and not analysis.limits
        return analysis

    def shown(self, name: str, text: str) -> dict[str, str]:
        analysis = self.show(name, text)
        assert not analysis.diagnostics
        lines = text.splitlines()
        return {
            lines[f.span.line - 1].strip().split(" =")[0]: str(f.value) for f in analysis.facts if f.kind == "target"
        }


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def test_the_package_stays_executed(library: Library) -> None:
    library.show("models/small.py", LOOPING)
    world = library.project._world
    assert world is not None and "zoo.models.registry" in world.modules
    for width in (6, 7, 8):
        library.show("models/small.py", LOOPING.replace("width=4", f"width={width}"))
        assert library.project._world is world


@pytest.mark.parametrize("inserted", ["", "\n"])
def test_each_version_sees_itself_through_the_package(library: Library, inserted: str) -> None:
    text = LOOPING
    for size in (4, 6, 9):
        text = text.replace("\n\ndef test", f"{inserted}\n\ndef test")
        text = text.replace("return y", "return y  ") if size == 6 else text  # inside of a body alone
        text = text.replace("width=4", f"width={size}") if size == 9 else text
        shown = library.shown("models/small.py", text)
        size = max(size - 2, 4) if size == 6 else size
        assert [shown[name] for name in "abc"] == [f"Tensor(2, {size})", "Tensor(2, 5)", f"Tensor(2, {size})"]


def test_nothing_of_the_file_is_left_in_the_package(library: Library) -> None:
    library.show("models/small.py", LOOPING)
    world = library.project._world
    assert world is not None
    own = {module.name for module in world.modules.values()}
    for module in world.modules.values():
        for name, value in module.namespace.items():
            where = getattr(value, "module", None)
            assert not isinstance(where, str) or not where.startswith("zoo") or where in own, (module.name, name)


def test_two_files_of_a_package_are_edited_in_turn(library: Library) -> None:
    large = ZOO["models/large.py"]
    library.show("models/small.py", LOOPING)
    library.show("models/large.py", large)
    world = None
    for size in (3, 5, 7):
        shown = library.shown("models/small.py", LOOPING.replace("width=4", f"width={size}"))
        assert shown["a"] == f"Tensor(2, {size})"
        library.show("models/large.py", large.replace("64", str(size)))
        assert world is None or library.project._world is world
        world = library.project._world


def test_what_a_script_has_run_is_run_again_when_it_changes(library: Library) -> None:
    script = str(library.root.parent.parent / "user.py")
    library.project.open(script, "import torch, zoo\ny = zoo.make('small4')(torch.zeros(2, 8))\n")
    for size in (4, 6):
        library.show("models/small.py", LOOPING.replace("width=4", f"width={size}"))
        found = [str(f.value) for f in library.project.analyse(script).facts if f.kind == "target"]
        assert f"Tensor(2, {size})" in found


#: registers anew what is known by that name, as timm does
OVERWRITING = """\
__all__ = ["make", "register"]
_ENTRIES, _TAGS, _SETTINGS = {}, {}, {}


def register(fn):
    name = fn.__name__
    if name in _ENTRIES:
        for tag in _TAGS.pop(name, []) + [name]:
            _SETTINGS.pop(tag, None)
    _ENTRIES[name] = fn
    _TAGS[name] = [f"{name}.first"]
    _SETTINGS[name] = _SETTINGS[f"{name}.first"] = len(name)
    return fn


def make(name):
    if name not in _SETTINGS:
        raise RuntimeError(f"no settings of {name}")
    return _ENTRIES[name](_SETTINGS[name])
"""


def test_a_file_that_is_named_beside_the_script_registers_as_in_python(tmp_path: Path) -> None:
    library = Library(tmp_path)
    folder = library.root / "zoo" / "models"
    (folder / "registry.py").write_text(OVERWRITING)
    more = "\n\n@register\ndef small5(width=5):\n    return Small(8, width)\n"
    (folder / "small.py").write_text(ZOO["models/small.py"] + more)
    script = tmp_path / "user.py"
    script.write_text(
        "import torch\nfrom zoo.models.small import small4\nfrom zoo.models.registry import make\n"
        "y = make('small4')(torch.zeros(2, 8))\n"
    )
    found = library.project.check([str(script), str(folder / "small.py")], search=[str(library.root)]).analyses
    assert [str(f.value) for f in found[0].facts if f.kind == "target"] == ["Tensor(2, 6)"]
    assert not any(analysis.diagnostics for analysis in found)
