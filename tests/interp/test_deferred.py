"""Star imports of installed packages: modules that nothing needs are not run, and what they register is still found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensight.interp.facts import Analysis
from tensight.project import Project

ZOO = {
    "__init__.py": "from .models import *\nfrom .models import make, names\n",
    "models/__init__.py": """\
from .small import *
from .large import *
from .computed import *
from .registry import *
""",
    "models/registry.py": """\
__all__ = ["make", "names", "register"]
_ENTRIES = {}
_SEEN = set()


def register(fn):
    if fn.__name__ in _ENTRIES:
        raise RuntimeError("twice")
    _ENTRIES[fn.__name__] = fn
    _SEEN.add(fn.__name__)
    return fn


def make(name, **kwargs):
    if name not in _SEEN:
        raise ValueError(f"unknown model {name}")
    return _ENTRIES[name](**kwargs)


def names():
    return sorted(_ENTRIES)
""",
    "models/small.py": """\
import torch.nn as nn
from .registry import register

__all__ = ["Small"]


class Small(nn.Linear):
    pass


@register
def small4(width=4):
    return Small(8, width)
""",
    "models/large.py": """\
import torch.nn as nn
from .registry import register

__all__ = ("Large", "large64")  # kept short


class Large(nn.Linear):
    pass


@register
def large64(width=64):
    return Large(8, width)
""",
    "models/computed.py": """\
import torch.nn as nn
from . import registry

__all__ = ["Computed"]
Computed = nn.Identity
for size in (16, 32):
    def entry(size=size):
        return nn.Linear(8, size)
    registry._ENTRIES[f"computed{size}"] = entry
    registry._SEEN.add(f"computed{size}")
""",
}


@pytest.fixture
def analyse(tmp_path: Path):  # type: ignore[no-untyped-def]
    folder = tmp_path / "lib" / "site-packages" / "zoo"
    for name, text in ZOO.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    project = Project([str(tmp_path)], extra_paths=[str(folder.parent)])

    def run(code: str) -> tuple[dict[str, str], set[str], Analysis]:
        path = str(tmp_path / "user.py")
        project.open(path, code)
        analysis = project.analyse(path)
        assert not analysis.internal_errors
        world = project._world
        assert world is not None
        shown = {
            code.splitlines()[f.span.line - 1].split(" =")[0]: str(f.value)
            for f in analysis.facts
            if f.kind == "target"
        }
        return shown, {name.rpartition(".")[2] for name in world.modules if name.startswith("zoo.models.")}, analysis

    return run


def test_only_what_is_used_is_run(analyse) -> None:  # type: ignore[no-untyped-def]
    shown, ran, _ = analyse("import torch\nfrom zoo.models import Large\ny = Large(8, 3)(torch.zeros(2, 8))\n")
    assert shown["y"] == "Tensor(2, 3)"
    assert "large" in ran and not ran & {"small", "computed"}


def test_a_registered_function_is_found_by_its_name(analyse) -> None:  # type: ignore[no-untyped-def]
    shown, ran, analysis = analyse("import torch, zoo\ny = zoo.make('small4')(torch.zeros(2, 8))\n")
    assert shown["y"] == "Tensor(2, 4)" and not analysis.diagnostics
    assert "small" in ran and not ran & {"large", "computed"}


def test_what_may_be_registered_elsewhere_is_unknown(analyse) -> None:  # type: ignore[no-untyped-def]
    shown, _, analysis = analyse("import torch, zoo\ny = zoo.make('computed16')(torch.zeros(2, 8))\nn = zoo.names()\n")
    assert not shown["y"].startswith("Tensor(2") and not analysis.diagnostics


def test_the_namespace_of_a_package_is_complete(analyse) -> None:  # type: ignore[no-untyped-def]
    shown, _, _ = analyse(
        "import torch\nimport zoo.models as models\n"
        "a = models.__dict__['large64']()(torch.zeros(2, 8))\n"
        "b = vars(models)['Small'](8, 5)(torch.zeros(2, 8))\n"
        "c = getattr(models, 'Small')(8, 6)(torch.zeros(2, 8))\n"
        "d = torch.zeros(len([n for n, v in models.__dict__.items() if n.startswith('large') and callable(v)]))\n"
    )
    assert shown == {"a": "Tensor(2, 64)", "b": "Tensor(2, 5)", "c": "Tensor(2, 6)", "d": "Tensor(1,)"} | shown
