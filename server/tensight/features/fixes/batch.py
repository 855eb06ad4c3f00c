"""A batch axis that was forgotten: at the call that refuses, or at the call of the model that led there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...values import Tensor
from ..source import Source
from .case import Candidate, Case, first_argument, method_call

_CODES = frozenset({"rank-mismatch", "matmul-mismatch", "features-mismatch", "channels-mismatch", "axis-out-of-range",
                    "invalid-reshape", "size-mismatch"})  # fmt: skip
#: Axes of an input with its batch: an image; more are no forgotten batch.
_MOST_AXES = 4


def candidates(case: Case) -> Iterator[Candidate]:
    """Innermost call first; a call whose tensor has all its axes is not touched."""
    if case.diagnostic.code not in _CODES:
        return
    for call in case.calls_on_the_way():
        argument = first_argument(call)
        tensor = _tensor_at(case, argument)
        if argument is None or tensor is None or tensor.is_open or not 0 < tensor.rank < _MOST_AXES:
            continue
        edit = method_call(case.source, argument, ".unsqueeze(0)")
        yield Candidate(f"Add the batch axis: {_short(case.source, argument)}.unsqueeze(0)", (edit,))


def _tensor_at(case: Case, argument: ast.expr | None) -> Tensor | None:
    if argument is None:
        return None
    span = case.source.span(argument)
    for fact in case.analysis.facts:
        if fact.span == span and isinstance(fact.value, Tensor):
            return fact.value
    return None


def _short(source: Source, node: ast.expr) -> str:
    text = source.text_at(source.span(node))
    return text if len(text) <= 20 and "\n" not in text else "…"
