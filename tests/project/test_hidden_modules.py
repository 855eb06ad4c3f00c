"""Files of the workspace named like modules of the standard library, and libraries that ask for those."""

from __future__ import annotations

import pytest

from tensight.project import Project

from .conftest import Tree

LIBRARY = "import mimetypes\n\n\ndef size():\n    return getattr(mimetypes, 'n', 1)\n"
SCRIPT = "import torch\nimport lib\na = torch.zeros(lib.size(), 2)\nimport mimetypes\nb = torch.zeros(mimetypes.n)\n"


@pytest.mark.parametrize(("script", "hidden"), [("app/main.py", False), ("main.py", True)])
def test_only_what_lies_beside_the_script_hides_it_from_libraries(tree: Tree, script: str, hidden: bool) -> None:
    root = tree({
        "ws/mimetypes/__init__.py": "n = 5\n", f"ws/{script}": SCRIPT, "site-packages/lib/__init__.py": LIBRARY,
    })  # fmt: skip
    project = Project((str(root / "ws"),))
    (analysis,) = project.check([str(root / "ws" / script)], search=[str(root / "site-packages")]).analyses
    shapes = {fact.span.line: fact.value.dims for fact in analysis.facts if fact.kind == "target"}
    assert (shapes[3] == (5, 2)) is hidden
    assert shapes[5] == (5,)
