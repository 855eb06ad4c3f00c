"""A name that nothing defines: add the import that everyone writes for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from ...diagnostics import TextEdit
from ...syntax import first_line
from ..source import Source
from .case import Candidate, Case, insertion

_MODULES: Final = {
    "F": "import torch.nn.functional as F",
    "nn": "import torch.nn as nn",
    "np": "import numpy as np",
    "optim": "import torch.optim as optim",
    "init": "import torch.nn.init as init",
    "plt": "import matplotlib.pyplot as plt",
    "pd": "import pandas as pd",
    "functional": "import torch.nn.functional as functional",
    "transforms": "from torchvision import transforms",
    "datasets": "from torchvision import datasets",
    "models": "from torchvision import models",
    "checkpoint": "from torch.utils.checkpoint import checkpoint",
}
_PLAIN: Final = (
    "torch", "torchvision", "torchaudio", "einops", "timm", "math", "os", "sys", "copy", "random", "time", "json", "re",
    "argparse", "itertools", "functools", "collections", "typing", "warnings", "logging", "numpy", "scipy",
)  # fmt: skip
_FROM: Final = {
    "torch": ("Tensor",),
    "torch.nn": ("Parameter", "Module", "ModuleList", "Sequential", "Linear", "Conv2d"),
    "torch.utils.data": ("DataLoader", "Dataset", "TensorDataset", "random_split"),
    "torch.autograd": ("Variable",),
    "einops": ("rearrange", "repeat", "reduce"),
    "einops.layers.torch": ("Rearrange", "Reduce"),
    "functools": ("partial",),
    "collections": ("OrderedDict", "defaultdict", "deque", "namedtuple", "Counter"),
    "dataclasses": ("dataclass", "field"),
    "typing": ("Any", "Callable", "Dict", "List", "Optional", "Sequence", "Tuple", "Type", "Union", "NamedTuple"),
    "pathlib": ("Path",),
    "copy": ("deepcopy",),
    "tqdm": ("tqdm",),
    "abc": ("ABC", "abstractmethod"),
    "enum": ("Enum",),
}  # fmt: skip
#: name → the statement that is usual for it.
IMPORTS: Final[dict[str, str]] = {
    **{name: f"import {name}" for name in _PLAIN},
    **{name: f"from {module} import {name}" for module, names in _FROM.items() for name in names},
    **_MODULES,
}


def candidates(case: Case) -> Iterator[Candidate]:
    if case.diagnostic.code != "undefined-name":
        return
    name = case.source.text_at(case.diagnostic.span)
    name = str(case.diagnostic.data.get("name") or name)
    statement = IMPORTS.get(name)
    if statement is not None:
        yield Candidate(f"Add `{statement}`", (_insert(case.source, statement),), sure=True)


def _insert(source: Source, statement: str) -> TextEdit:
    """Behind the imports at the top, else behind the docstring, else before the first statement."""
    line = 0
    for node in source.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) or (line == 0 and _is_docstring(node)):
            line = node.end_lineno or node.lineno
        elif line:
            break
        else:
            return insertion(source.file, first_line(node), 0, statement + source.newline)
    return insertion(source.file, max(line, 1), len(source.line(max(line, 1))), source.newline + statement)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
