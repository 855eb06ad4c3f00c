"""Packages that replace themselves by lazy ones are followed through what they declare to type checkers."""

from __future__ import annotations

from pathlib import Path

from tensight.project import Project
from tensight.values import Tensor

_INIT = """
from typing import TYPE_CHECKING
from .lazy import LazyModule
if TYPE_CHECKING:
    from .tools import helper as helper
    from .models import *
else:
    import sys
    sys.modules[__name__] = LazyModule(__name__, globals()["__file__"])
"""
_PACKAGE = {
    "lib/__init__.py": _INIT,
    "lib/lazy.py": "class LazyModule:\n    def __init__(self, *parts): pass\n",
    "lib/tools.py": "def helper(x): return x.sum(1)\n",
    "lib/models/__init__.py": _INIT.replace("from .lazy", "from ..lazy")
    .replace("    from .tools import helper as helper\n", "")
    .replace("from .models import *", "from .other import *\n    from .small import *"),
    "lib/models/other/__init__.py": "raise RuntimeError('never run: it does not define the name')\n",
    "lib/models/small/__init__.py": "from .parts import *\n",
    "lib/models/small/parts.py": """
import importlib.metadata, importlib.util
from torch import nn
__all__ = ["SmallNet"]
class Hidden(nn.Linear): pass
class SmallNet(nn.Module):
    def __init__(self, width):
        super().__init__()
        old = tuple(map(int, importlib.metadata.version("small_lib").split("."))) < (2, 0)
        there = importlib.util.find_spec("lib.tools") is not None
        self.layer = nn.Linear(8, 1 if old or not there else width)
    def forward(self, x):
        return self.layer(x)
""",
    "small_lib-2.1.dist-info/METADATA": "",
}


def shapes(folder: Path, text: str) -> dict[str, object]:
    for name, content in _PACKAGE.items():
        path = folder / "site-packages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    entry = folder / "main.py"
    entry.write_text(text)
    result = Project([str(folder)]).check([str(entry)], search=[str(folder / "site-packages")])
    analysis = result.analyses[0]
    assert not analysis.internal_errors and not analysis.diagnostics
    found = {}
    for fact in analysis.facts:
        if fact.kind == "target" and isinstance(fact.value, Tensor):
            found[text.splitlines()[fact.span.line - 1].split(" ")[0]] = fact.value.dims
    return found


def test_names_are_found_where_the_package_declares_them(tmp_path: Path) -> None:
    text = "import torch\nfrom lib import SmallNet, helper\nx = torch.ones(2, 8)\ny = SmallNet(3)(x)\nz = helper(y)\n"
    assert shapes(tmp_path, text) == {"x": (2, 8), "y": (2, 3), "z": (2,)}


def test_what_all_leaves_out_is_not_there(tmp_path: Path) -> None:
    text = (
        "import torch, lib\ntry:\n    from lib import Hidden\n    width = 4\nexcept ImportError:\n    width = 5\n"
        "y = lib.models.SmallNet(width)(torch.ones(2, 8))\n"
    )
    assert shapes(tmp_path, text) == {"y": (2, 5)}


def test_star_imports_of_lazy_packages(tmp_path: Path) -> None:
    assert shapes(tmp_path, "import torch\nfrom lib import *\ny = SmallNet(6)(torch.ones(2, 8))\n") == {"y": (2, 6)}


def test_what_cannot_define_a_name_is_not_run_for_it(tmp_path: Path) -> None:
    """Star imports behind star imports are looked through by their texts."""
    shapes(tmp_path, "import torch\n")
    entry = tmp_path / "main.py"
    entry.write_text("import torch\nfrom lib import Nowhere\ny = Nowhere(3)(torch.ones(2, 8))\n")
    project = Project([str(tmp_path)], extra_paths=[str(tmp_path / "site-packages")])
    assert not project.analyse(str(entry)).diagnostics
    world = project._world
    assert world is not None and "lib" in world.modules
    assert not any(name.startswith("lib.models.") for name in world.modules)
