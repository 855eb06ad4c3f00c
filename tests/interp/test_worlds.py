"""What outlives an analysis: installed packages are what they are, whatever was looked at before."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tensight.project import Project

PACKAGE = {
    "__init__.py": "from .models import *\n",
    "models/__init__.py": "from .small import *\nfrom .large import *\nfrom .registry import *\n",
    "models/registry.py": """\
__all__ = ["make", "register"]
ENTRIES = {}
ORDER = []


class Counter:
    count = 0


COUNTER = Counter()


def register(fn):
    if fn.__name__ in ENTRIES:
        forget(fn.__name__)
    ENTRIES[fn.__name__] = fn
    ORDER.append(fn.__name__)
    COUNTER.count = COUNTER.count + 1
    return fn


def forget(name):
    ENTRIES.pop(name)
    ORDER.remove(name)


def make(name, **kwargs):
    if name not in ENTRIES:
        raise RuntimeError(f"unknown model {name}")
    return ENTRIES[name](**kwargs)
""",
    "models/small.py": """\
import torch.nn as nn
from .registry import ENTRIES, make, register

__all__ = ["Small"]


class Small(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(8, width)

    def forward(self, x):
        return self.layer(x)


@register
def small4(width=4):
    return Small(width)


@register
def small5(width=5):
    return Small(width)


again = make("small5")
known = len(ENTRIES)
""",
    "models/large.py": """\
import torch.nn as nn
from .registry import register

__all__ = ["Large"]


class Large(nn.Linear):
    pass


@register
def large64(width=64):
    return Large(8, width)
""",
}
NUMBERS = re.compile(r"(?<=\?)\d+|key=\d+")


class Workshop:
    """A project, and files of it and of a package that is installed beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.package = folder, folder / "lib" / "site-packages" / "zoo"
        for name, text in PACKAGE.items():
            (self.package / name).parent.mkdir(parents=True, exist_ok=True)
            (self.package / name).write_text(text)
        self.project = self.fresh()

    def fresh(self) -> Project:
        return Project([str(self.folder)], extra_paths=[str(self.package.parent)])

    def look(self, name: str, text: str | None = None, project: Project | None = None) -> tuple[object, ...]:
        """All that the analysis of a file says; `text`: what the editor holds."""
        project = project or self.project
        path = str((self.package if name in PACKAGE else self.folder) / name)
        if text is not None:
            project.open(path, text)
        analysis = project.analyse(path)
        assert not analysis.internal_errors
        facts = [(f.span, f.kind, NUMBERS.sub("", f"{f.value} {f.observations}")) for f in analysis.facts]
        return (*facts, *((d.span, d.code, d.message) for d in analysis.diagnostics))

    def cold(self, name: str, text: str | None = None) -> tuple[object, ...]:
        return self.look(name, text, self.fresh())


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


USER = "import torch, zoo\ny = zoo.make('small4')(torch.zeros(2, 8))\n"
REGISTERS = "import torch, zoo\n@zoo.register\ndef own(width=3):\n    return torch.nn.Linear(8, width)\n"


def test_a_file_of_a_package_looks_the_same_each_time(workshop: Workshop) -> None:
    cold = workshop.cold("models/small.py")
    for before in (None, "models/small.py", "models/large.py", "models/__init__.py", "user.py"):
        if before is not None:
            workshop.look(before, USER if before == "user.py" else None)
        twin = workshop.project.scratch()
        assert workshop.look("models/small.py", project=twin) == cold, before


def test_a_program_looks_the_same_behind_others(workshop: Workshop) -> None:
    cold = workshop.cold("user.py", USER)
    for before, text in (("other.py", REGISTERS), ("models/small.py", None), ("models/registry.py", None)):
        workshop.look(before, text)
        assert workshop.look("user.py", USER + f"# behind {before}\n") == cold, before


def test_what_a_program_registers_is_gone_behind_it(workshop: Workshop) -> None:
    use = "zoo.make('own')(torch.zeros(2, 8))\n"
    workshop.look("other.py", f"{REGISTERS}y = {use}")
    world = workshop.project._world
    assert world is not None
    registry = world.modules["zoo.models.registry"].namespace
    assert "own" not in registry["ENTRIES"].items and "own" not in registry["ORDER"].items
    assert registry["COUNTER"].attrs.get("count", 0) == 0
    text = f"import torch, zoo\ny = {use}"
    assert workshop.look("user.py", text) == workshop.cold("user.py", text)


def test_an_edit_leaves_what_the_statements_around_it_registered(workshop: Workshop) -> None:
    text = f"{REGISTERS}n = 4\ny = zoo.make('own')(torch.zeros(2, 8))\nz = torch.zeros(n)\n"
    assert workshop.look("user.py", text) == workshop.cold("user.py", text)
    for old, new in (("n = 4", "n = 5"), ("width=3", "width=6"), ("'own'", "'own2'"), ("def own(", "def own2(")):
        text = text.replace(old, new)
        assert workshop.look("user.py", text) == workshop.cold("user.py", text), new
    small = PACKAGE["models/small.py"]
    workshop.look("models/small.py", small)
    for old, new in (("width=5", "width=7"), ("(8, width)", "(9, width)"), ("known = ", "seen = ")):
        small = small.replace(old, new)
        assert workshop.look("models/small.py", small) == workshop.cold("models/small.py", small), new


def test_what_a_library_module_adds_meanwhile_stays(workshop: Workshop) -> None:
    """The program registers first, then needs a module of the library that was put off, which registers too."""
    text = f"{REGISTERS}a = zoo.make('large64')(torch.zeros(2, 8))\nb = zoo.make('own')(torch.zeros(2, 8))\n"
    cold = workshop.look("user.py", text)
    assert any("(2, 64)" in str(fact) for fact in cold) and any("(2, 3)" in str(fact) for fact in cold)
    world = workshop.project._world
    assert world is not None
    items = world.modules["zoo.models.registry"].namespace["ENTRIES"].items
    assert "large64" in items and "own" not in items
    assert workshop.look("user.py", text + "\n") == cold
