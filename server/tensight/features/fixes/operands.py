"""Operations on several tensors: an operand of a matrix product lies the wrong way, `cat` takes the wrong axis."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ...diagnostics import TextEdit
from ...values import Tensor
from ..provenance import short_name
from .case import Candidate, Case, method_call, set_argument

_PRODUCTS = frozenset({"matmul", "mm", "bmm", "__matmul__", "__rmatmul__", "dot", "mv"})
_JOINS = {"cat": 1, "concat": 1, "concatenate": 1, "stack": 1}


def candidates(case: Case) -> Iterator[Candidate]:
    if short_name(case.rule) in _PRODUCTS:
        yield from _product(case)
    elif short_name(case.rule) in _JOINS:
        yield from _join(case)
    elif case.diagnostic.code == "broadcast-mismatch":
        yield from _missing_ones(case)
    if case.layer is not None:
        yield from _earlier_join(case)


def _product(case: Case) -> Iterator[Candidate]:
    """Transpose the second operand, the first, or swap them."""
    operands = _operands(case.node)
    if operands is None or len(case.inputs) < 2:
        return
    left, right = operands
    a, b = case.inputs[:2]
    if a.is_open or b.is_open:
        return
    source = case.source
    if short_name(case.rule) == "bmm":
        for operand, tensor in ((left, a), (right, b)):
            if tensor.rank == 2:
                yield case.wrapped("Add an axis: .unsqueeze(-1)", operand, ".unsqueeze(-1)")
                yield case.wrapped("Add an axis: .unsqueeze(1)", operand, ".unsqueeze(1)")
        if a.rank != b.rank:
            return
    if b.rank >= 2 and a.shape[-1] == b.shape[-1]:
        yield Candidate("Transpose the second operand", (method_call(source, right, _transpose(b)),))
    if a.rank >= 2 and b.rank >= 2 and a.shape[-2] == b.shape[-2]:
        yield Candidate("Transpose the first operand", (method_call(source, left, _transpose(a)),))
    if a.rank >= 2 and b.rank >= 2 and b.shape[-1] == a.shape[-2]:
        left_text, right_text = source.text_at(source.span(left)), source.text_at(source.span(right))
        swapped = (TextEdit(source.span(left), right_text), TextEdit(source.span(right), left_text))
        yield Candidate("Swap the operands", swapped)


def _transpose(tensor: Tensor) -> str:
    return ".T" if tensor.rank == 2 else ".transpose(-2, -1)"


def _operands(node: ast.expr | None) -> tuple[ast.expr, ast.expr] | None:
    """The two operands as they are written: `a @ b`, `torch.mm(a, b)`, `a.mm(b)`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return node.left, node.right
    if isinstance(node, ast.Call) and not any(isinstance(arg, ast.Starred) for arg in node.args):
        if len(node.args) == 2:
            return node.args[0], node.args[1]
        if len(node.args) == 1 and isinstance(node.func, ast.Attribute):
            return node.func.value, node.args[0]
    return None


def _join(case: Case) -> Iterator[Candidate]:
    """The one axis in which the tensors differ, or the only other one along which they fit."""
    call = case.call
    if call is None or len(case.inputs) < 2 or any(tensor.is_open for tensor in case.inputs):
        return
    ranks = {tensor.rank for tensor in case.inputs}
    if len(ranks) == 1:
        for axis in _fitting_axes(case.inputs):
            edit = set_argument(case.source, call, "dim", 1, str(axis))
            if edit is not None:
                yield Candidate(f"Join along dim={axis}", (edit,))
    elif short_name(case.rule) != "stack":
        yield from _missing_axis(case, call, max(ranks))


def _fitting_axes(tensors: Sequence[Tensor]) -> Iterator[int]:
    """The axes along which `cat` works: all others agree."""
    rank = tensors[0].rank
    for axis in range(rank):
        others = [tensor.shape[:axis] + tensor.shape[axis + 1 :] for tensor in tensors]
        if all(other == others[0] for other in others[1:]):
            yield axis


def _missing_axis(case: Case, call: ast.Call, rank: int) -> Iterator[Candidate]:
    """One tensor lacks an axis of size 1."""
    items = call.args[0] if call.args else None
    if not isinstance(items, ast.List | ast.Tuple) or len(items.elts) != len(case.inputs):
        return
    for item, tensor in zip(items.elts, case.inputs):
        if isinstance(item, ast.Starred):
            continue
        if tensor.rank == rank - 1:
            for axis in (1, 0, -1):
                edit = method_call(case.source, item, f".unsqueeze({axis})")
                yield Candidate(f"Add an axis: .unsqueeze({axis})", (edit,))
        elif tensor.rank == rank and rank > 2 and all(size == 1 for size in tensor.shape[2:]):
            yield case.wrapped("Drop the axes of size 1: .flatten(1)", item, ".flatten(1)")


def _missing_ones(case: Case) -> Iterator[Candidate]:
    """The smaller operand lacks an axis of size 1: `mean` of shape (3,) beside an image (N, 3, H, W)."""
    node = case.node
    children = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)] if node else []
    ranks = [tensor.rank for tensor in case.inputs if not tensor.is_open]
    for child in children:
        tensor = case.tensor_at(child)
        if tensor is None or not ranks or not 0 < tensor.rank < max(ranks):
            continue
        missing = max(ranks) - tensor.rank
        for axis in range(1, tensor.rank + 1):
            index = ", ".join([":"] * axis + ["None"] * missing + ([":"] * (tensor.rank - axis)))
            yield case.wrapped(f"Add an axis: [{index}]", child, f"[{index}]")


def _earlier_join(case: Case) -> Iterator[Candidate]:
    """A layer gets a wrong size because `cat` before it went along another axis than was meant."""
    tensor = case.input
    for _ in range(8):
        made = tensor.made_by if tensor is not None else None
        if tensor is None or made is None or not made.inputs:
            return
        if short_name(made.name) in ("cat", "concat", "concatenate") and made.span is not None:
            place = case.call_of(made.span)
            if place is not None and not any(one.is_open or one.rank != made.inputs[0].rank for one in made.inputs):
                for axis in _fitting_axes(made.inputs):
                    edit = set_argument(*place, "dim", 1, str(axis))
                    if edit is not None and edit.text != place[0].text_at(edit.span):
                        yield Candidate(f"Join along dim={axis} in line {made.span.line}", (edit,))
            return
        tensor = made.inputs[0]
