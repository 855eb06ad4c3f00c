"""Star imports of packages in the workspace: put off like those of installed packages, for one analysis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_deferred import ZOO

from tensight.interp import imports
from tensight.project import Project

#: a registry that is not empty at first, filled by a function; one that a class holds; effects on other modules
FILLED = {
    "__init__.py": """\
from .registry import BLOCKS, Base
from .conv import *
from .patch import *
from .uses import *
""",
    "registry.py": """\
import torch.nn as nn
WIDTHS = {"small": 4, "large": 64}
BLOCKS = {"identity": nn.Identity}
class Base:
    known = []
    @classmethod
    def add(cls, fn):
        cls.known.append(fn)
        return fn
def register(cls):
    BLOCKS[cls.__name__] = cls
    return cls
""",
    "conv.py": """\
import torch.nn as nn
from .registry import register, Base
__all__ = ["Wide"]
@register
class Wide(nn.Linear):
    def __init__(self):
        super().__init__(8, 64)
@Base.add
def one():
    return 1
""",
    "patch.py": """\
from . import registry
__all__ = []
registry.WIDTHS["small"] = 5
""",
    "uses.py": """\
from . import effect
__all__ = ["Nothing"]
class Nothing:
    pass
""",
    "effect.py": "from . import registry\nregistry.WIDTHS.update(large=65)\n",
}


@pytest.fixture
def analyse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for package, files in (("zoo", ZOO), ("blocks", FILLED)):
        for name, text in files.items():
            (tmp_path / package / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / package / name).write_text(text)
    project = Project([str(tmp_path)])
    ran: list[str] = []
    execute = imports.execute

    def spy(it: Any, source: Any, name: str | None = None) -> Any:
        ran.append(source.name)
        return execute(it, source, name)

    monkeypatch.setattr(imports, "execute", spy)

    def run(code: str) -> tuple[dict[str, str], set[str], list[str]]:
        ran.clear()
        path = str(tmp_path / "user.py")
        project.open(path, code)
        analysis = project.analyse(path)
        assert not analysis.internal_errors
        lines = code.splitlines()
        shown = {
            lines[f.span.line - 1].split(" =")[0].strip(): str(f.value) for f in analysis.facts if f.kind == "target"
        }
        return shown, {name.rpartition(".")[2] for name in ran}, [d.message for d in analysis.diagnostics]

    return run


def test_only_what_is_used_and_what_has_effects_is_run(analyse: Any) -> None:
    shown, ran, _ = analyse("import torch\nfrom zoo.models import Large\ny = Large(8, 3)(torch.zeros(2, 8))\n")
    assert shown["y"] == "Tensor(2, 3)"
    assert {"large", "computed"} <= ran and "small" not in ran


def test_a_registered_function_is_found_in_each_analysis(analyse: Any) -> None:
    for width in (4, 6):
        shown, ran, found = analyse(f"import torch, zoo\ny = zoo.make('small4', width={width})(torch.zeros(2, 8))\n")
        assert shown["y"] == f"Tensor(2, {width})" and not found
        assert "small" in ran and "large" not in ran


def test_a_module_that_is_needed_first_in_an_undecided_branch_stays(analyse: Any) -> None:
    shown, _, found = analyse(
        "import torch, random, zoo\n"
        "if random.random() < 0.5:\n    a = zoo.make('large64')(torch.zeros(2, 8))\n"
        "b = zoo.make('large64')(torch.zeros(3, 8))\nc = zoo.Large(8, 5)(torch.zeros(3, 8))\n"
    )
    assert shown["a"] == "Tensor(2, 64)" and shown["b"] == "Tensor(3, 64)" and shown["c"] == "Tensor(3, 5)"
    assert not found


def test_a_registry_that_was_not_empty_is_filled_later(analyse: Any) -> None:
    shown, _, found = analyse(
        "import torch, blocks\ny = blocks.BLOCKS['Wide']()(torch.zeros(2, 8))\n"
        "z = blocks.BLOCKS['identity']()(torch.zeros(2, 8))\nn = torch.zeros(len(blocks.BLOCKS))\n"
    )
    assert shown["y"] == "Tensor(2, 64)" and shown["z"] == "Tensor(2, 8)" and not found


def test_what_may_still_be_registered_is_not_counted(analyse: Any) -> None:
    shown, _, found = analyse(
        "import torch, blocks\nn = torch.zeros(len(blocks.BLOCKS))\nm = torch.zeros(len(blocks.Base.known))\n"
    )
    assert shown["n"] != "Tensor(1,)" and shown["m"] != "Tensor(0,)" and not found


def test_modules_with_effects_are_run_at_once(analyse: Any) -> None:
    shown, ran, _ = analyse(
        "import torch, blocks\nfrom blocks.registry import WIDTHS\n"
        "a = torch.zeros(WIDTHS['small'])\nb = torch.zeros(WIDTHS['large'])\n"
    )
    assert {"patch", "effect"} <= ran and "conv" not in ran
    assert shown["a"] == "Tensor(5,)" and shown["b"] == "Tensor(65,)"
