"""Writes server/tensight/ops/signatures.txt: what PyTorch's own parser of arguments knows of each function with a rule.

`--check` says whether the file is current. Needs PyTorch, which brings the generator of its parsers (`torchgen`)."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
import torchgen
from torchgen.packaged.autograd import gen_python_functions as generator

import tensight.interp  # noqa: F401  (fills the tables)
from tensight.ops import RULES
from tensight.ops.wrapped import WRAPPED, targets

TABLE = Path(__file__).parents[1] / "server" / "tensight" / "ops" / "signatures.txt"
PACKAGED = Path(torchgen.__file__).parent / "packaged"
NATIVE = PACKAGED / "ATen" / "native"
TEMPLATES = PACKAGED / "autograd" / "templates"
#: Where the functions of each kind are found in Python.
MODULES = {
    "torch.": generator.is_py_torch_function,
    "torch._C._nn.": generator.is_py_nn_function,
    "torch.fft.": generator.is_py_fft_function,
    "torch.linalg.": generator.is_py_linalg_function,
    "torch.special.": generator.is_py_special_function,
}
_WRITTEN = re.compile(r'"(\w+\([^"]*\)(?:\|deprecated)?)"')


def parsers() -> dict[str, list[str]]:
    """Qualified name of PyTorch's function → the signatures that its parser tries, in order."""
    listed = generator.parse_native_yaml(str(NATIVE / "native_functions.yaml"), str(NATIVE / "tags.yaml"))
    functions = [f for f in listed.native_functions if generator.should_generate_py_binding(f)]
    found: dict[str, list[str]] = {}
    for method in (False, True):
        deprecated = str(PACKAGED / "autograd" / "deprecated.yaml")
        pairs = generator.load_signatures(functions, deprecated, method=method)
        kinds = {"torch.Tensor.": generator.is_py_variable_method} if method else MODULES
        for prefix, wanted in kinds.items():
            for name, overloads in generator.group_filter_overloads(pairs, wanted).items():
                groups = generator.group_overloads(overloads, symint=True)
                texts = [group.signature.signature_str(symint=True) for group in groups]
                found[_public(prefix, str(name))] = texts
    for text in _WRITTEN.findall((TEMPLATES / "python_variable_methods.cpp").read_text(encoding="utf-8")):
        found.setdefault("torch.Tensor." + text.partition("(")[0], []).append(text)
    return found


def _public(prefix: str, name: str) -> str:
    """`torch.linalg.linalg_norm` is `torch.linalg.norm`; messages keep the long name."""
    own = prefix.removeprefix("torch.").removesuffix(".") + "_"
    return prefix + (name.removeprefix(own) if own != "_" else name)


def lines() -> Iterator[str]:
    """One for each name of a rule (and each function that a Python function hands its arguments to)."""
    found = parsers()
    by_function = {id(_resolve(name)): name for name in found if _resolve(name) is not None}
    called = targets()
    for name in sorted({*RULES, *called}):
        if not name.startswith("torch.") or "__" in name:
            continue  # special methods give up instead, and Python says what it has to say
        function = _resolve(name)
        source = name if name in found and name in called and (name in WRAPPED or name not in RULES) else None
        if source is None and function is not None and not hasattr(function, "__code__"):
            source = by_function.get(id(function))
        if source is not None:
            yield f"{name}: {'; '.join(found[source])}"


def _resolve(name: str) -> Any:
    found: Any = torch
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return found


def main() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = f"# torch {torch.__version__.partition('+')[0]}, written by docs/generate_signatures.py\n"
        text += "".join(f"{line}\n" for line in lines())
    if "--check" in sys.argv[1:]:
        current = TABLE.read_text(encoding="utf-8") == text
        print("signatures.txt is current" if current else "signatures.txt is stale: run docs/generate_signatures.py")
        return 0 if current else 1
    TABLE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
