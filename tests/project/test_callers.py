"""Scripts that use a file are found by their import statements; an analysis rests on them too."""

from pathlib import Path

from tensight.project import Project
from tensight.project.callers import Callers
from tensight.project.files import Files

from .conftest import Tree

MODEL = "import torch.nn as nn\n\n\ndef head(x):\n    return nn.functional.relu(x)\n"
GUARD = 'if __name__ == "__main__":\n    pass\n'


def found(root: Path, target: str, *search: str) -> list[str]:
    folders = [str(root), *(str(root / folder) for folder in search)]
    paths = Callers().of(str(root / target), [str(root)], folders, Files())
    return [str(Path(path).relative_to(root)) for path in paths]


def test_ways_to_import(tree: Tree) -> None:
    root = tree({
        "pkg/__init__.py": "from .model import head\n", "pkg/model.py": MODEL,
        "a.py": "import pkg.model as m\n" + GUARD,
        "pkg/other.py": "from . import model\n" + GUARD, "b.py": "import model\n" + GUARD,
        "pkg/c.py": "import model\n" + GUARD,
    })  # fmt: skip
    assert found(root, "pkg/model.py") == ["a.py", "pkg/c.py"]
    (root / "a.py").unlink()
    (root / "pkg/c.py").unlink()
    assert found(root, "pkg/model.py") == ["pkg/other.py"]
    assert found(root, "pkg/model.py", "pkg") == ["b.py", "pkg/other.py"]


def test_through_others_and_by_worth(tree: Tree) -> None:
    root = tree({
        "layers.py": MODEL, "model.py": "from layers import (\n    head,\n)\n\n\ndef f():\n    return head\n",
        "lib.py": "import model\n\n\ndef g():\n    pass\n", "train.py": "from model import f\n" + GUARD,
        "demo.py": "from layers import head\nhead(1)\n", "setup.py": "import layers\nlayers.head(1)\n",
    })  # fmt: skip
    assert found(root, "layers.py") == ["train.py", "demo.py"]
    assert found(root, "train.py") == []


def test_a_changed_caller_changes_the_analysis(tree: Tree) -> None:
    text = "import torch\nfrom model import head\n\nhead(torch.zeros({n}))\n"
    root = tree({"model.py": MODEL, "train.py": text.format(n=3)})
    project = Project([str(root)])
    model, train = str(root / "model.py"), str(root / "train.py")

    def shapes() -> set[object]:
        facts = project.analyse(model).facts
        return {dims for fact in facts for seen in fact.observations if (dims := getattr(seen.value, "dims", None))}

    project.open(model, MODEL)
    assert shapes() == {(3,)}
    assert project.affected([train]) == (model,)
    project.open(train, text.format(n=4))
    assert shapes() == {(4,)}
    project.close(train)
    (root / "train.py").write_text("")
    project.affected([train])
    assert shapes() == set()
    (root / "late.py").write_text(text.format(n=5))
    project.affected([str(root / "late.py")])
    assert shapes() == {(5,)}
