"""What the annotation of a parameter says of it: a tensor, a size, something else."""

from __future__ import annotations

import ast

from ..values import FunctionV
from .frame import Parameter

_TENSORS = ("Tensor", "torch.Tensor", "torch.FloatTensor", "torch.LongTensor", "'Tensor'", "'torch.Tensor'")


def may_be_tensor(parameter: Parameter, function: FunctionV) -> bool:
    """Whether an input that the function can do without is a tensor, as far as its annotation tells."""
    if parameter.annotation is not None:
        return "Tensor" in ast.unparse(parameter.annotation)
    positional = function.code.parameters[: function.code.n_positional]
    defaults = {p.name: value for p, value in zip(reversed(positional), reversed(function.defaults))}
    return (function.kw_defaults | defaults).get(parameter.name, 0) is None


def says_tensor(parameter: Parameter) -> bool:
    return parameter.annotation is not None and _plain(ast.unparse(parameter.annotation)) in _TENSORS


def says_size(parameter: Parameter) -> bool:
    return parameter.annotation is not None and _plain(ast.unparse(parameter.annotation)) == "int"


def _plain(annotation: str) -> str:
    """Without `Optional[…]` or `… | None`."""
    if annotation.startswith(("Optional[", "typing.Optional[")):
        return annotation[annotation.index("[") + 1 : -1]
    return annotation.removesuffix(" | None").removeprefix("None | ")


def says_other(parameter: Parameter) -> bool:
    """Whether the annotation names something that is no tensor."""
    text = ast.unparse(parameter.annotation) if parameter.annotation is not None else ""
    return bool(text) and "Tensor" not in text and text[:1].islower() and text not in ("any", "object")
