"""Input and target of a loss that differ in form: an axis of size 1 too many, classes in the wrong place, an image
that was flattened."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...values import Tensor
from .case import Candidate, Case


def candidates(case: Case) -> Iterator[Candidate]:
    """The target is bent rather than the prediction, except for the place of the classes."""
    call = case.call
    if case.diagnostic.code != "loss-mismatch" or call is None or len(case.inputs) < 2:
        return
    given, target = case.inputs[:2]
    if given.is_open or target.is_open or len(call.args) < 2 or any(isinstance(a, ast.Starred) for a in call.args):
        return
    first, second = call.args[:2]
    if given.rank == target.rank + 1 and given.shape[-1] == 1:
        yield case.wrapped("Add an axis to the target: .unsqueeze(1)", second, ".unsqueeze(1)")
        yield case.wrapped("Drop the last axis of the input: .squeeze(-1)", first, ".squeeze(-1)")
    if target.rank == given.rank + 1 and target.shape[-1] == 1:
        yield case.wrapped("Drop the last axis of the target: .squeeze(-1)", second, ".squeeze(-1)")
    if given.rank == 3 and target.rank == 2 and given.shape[:2] == target.shape:
        yield case.wrapped("Move the classes to axis 1: .transpose(1, 2)", first, ".transpose(1, 2)")
    if given.rank != target.rank and _numel(given) == _numel(target) is not None:
        text = case.source.text_at(case.source.span(second))
        yield case.wrapped(f"Give the input the target's shape: .view_as({text})", first, f".view_as({text})")


def _numel(tensor: Tensor) -> int | None:
    total = 1
    for dim in tensor.shape:
        if not isinstance(dim, int):
            return None
        total *= dim
    return total
