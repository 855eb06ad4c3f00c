"""A layer got another size than it was made for: change the layer, or the one that feeds it, or the input's layout."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from ...diagnostics import TextEdit
from ...dims import Dim
from ...syntax.span import Span
from ...values import Instance, Tensor
from ..provenance import layer_class, producer_of, short_name
from .case import Candidate, Case, find_argument, first_argument, insertion, method_call, set_argument

#: Layer → (argument, its position, axis of the input that it must equal).
_EXPECTS: Final[dict[str, tuple[str, int, int]]] = {
    "Linear": ("in_features", 0, -1),
    "Bilinear": ("in1_features", 0, -1),
    "LSTM": ("input_size", 0, -1),
    "GRU": ("input_size", 0, -1),
    "RNN": ("input_size", 0, -1),
    "LSTMCell": ("input_size", 0, -1),
    "GRUCell": ("input_size", 0, -1),
    "RNNCell": ("input_size", 0, -1),
    "MultiheadAttention": ("embed_dim", 0, -1),
    "TransformerEncoderLayer": ("d_model", 0, -1),
    "TransformerDecoderLayer": ("d_model", 0, -1),
    "GroupNorm": ("num_channels", 1, 1),
    **{f"Conv{n}d": ("in_channels", 0, -n - 1) for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": ("in_channels", 0, -n - 1) for n in (1, 2, 3)},
    **{f"BatchNorm{n}d": ("num_features", 0, 1) for n in (1, 2, 3)},
    **{f"InstanceNorm{n}d": ("num_features", 0, -n - 1) for n in (1, 2, 3)},
    "SyncBatchNorm": ("num_features", 0, 1),
}
#: What a layer gives: (argument, its position).
_GIVES: Final[dict[str, tuple[str, int]]] = {
    "Linear": ("out_features", 1),
    "Bilinear": ("out_features", 2),
    "Embedding": ("embedding_dim", 1),
    "EmbeddingBag": ("embedding_dim", 1),
    **{f"Conv{n}d": ("out_channels", 1) for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": ("out_channels", 1) for n in (1, 2, 3)},
}
_CONV: Final = re.compile(r"Conv(?:Transpose)?([123])d")
_CREATORS: Final = frozenset({"randn", "rand", "zeros", "ones", "empty", "randint", "full"})


def candidates(case: Case) -> Iterator[Candidate]:
    """In the order in which people would repair it."""
    layer, tensor = short_name(case.layer_class), case.input
    if case.layer is None or tensor is None:
        return
    yield from _flatten(case, layer, tensor)
    yield from _layout(case, layer, tensor)
    yield from _own_argument(case, layer, tensor)
    yield from _normalized_shape(case, layer, tensor)
    yield from _producer(case, layer, tensor)


def _flatten(case: Case, layer: str, tensor: Tensor) -> Iterator[Candidate]:
    """A Linear behind a convolution: the axes that `in_features` was worked out for must become one."""
    if layer != "Linear" or tensor.rank < 3 or case.layer is None:
        return
    expected = case.layer["attrs"].get("in_features")
    for start in range(1, tensor.rank - 1):
        if _product(tensor.shape[start:]) == expected and isinstance(expected, int):
            edit = _flatten_edit(case, start)
            if edit is not None:
                yield Candidate("Insert a flatten", (edit,))
            return
    total, edit = _product(tensor.shape[1:]), _flatten_edit(case, 1)
    if total is not None and edit is not None and case.constructor is not None and tensor.rank == 4:
        change = set_argument(*case.constructor, "in_features", 0, str(total))
        if change is not None:
            yield Candidate(f"Insert a flatten and change in_features to {total}", (edit, change))


def _flatten_edit(case: Case, start: int) -> TextEdit | None:
    """Inside a Sequential a layer of its own before the Linear; else around the argument of the call."""
    if case.constructor is not None:
        source, call = case.constructor
        if _stands_in_sequential(source.tree, call):
            prefix = _prefix(call)
            at = source.span(call)
            alone = not source.line(at.line)[: at.col].strip()
            gap = source.newline + source.line(at.line)[: at.col] if alone else " "
            written = "" if start == 1 else str(start)
            return insertion(at.file, at.line, at.col, f"{prefix}Flatten({written}),{gap}")
    argument = first_argument(case.call) if case.call is not None else None
    return method_call(case.source, argument, f".flatten({start})") if argument is not None else None


def _stands_in_sequential(tree: ast.Module, call: ast.Call) -> bool:
    """Whether the layer is an item of `nn.Sequential(…)` (directly, or in a list that it unpacks)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and short_name(ast.unparse(node.func)) == "Sequential":
            for argument in node.args:
                inner = argument.value if isinstance(argument, ast.Starred) else argument
                if inner is call or (isinstance(inner, ast.List) and call in inner.elts):
                    return True
    return False


def _prefix(call: ast.Call) -> str:
    """`nn.` of `nn.Linear(…)`, so that `nn.Flatten()` is found where `nn.Linear` was."""
    return f"{ast.unparse(call.func.value)}." if isinstance(call.func, ast.Attribute) else "torch.nn."


def _layout(case: Case, layer: str, tensor: Tensor) -> Iterator[Candidate]:
    """Channels last where the layer wants them first, or the other way round; spatial axes that are missing."""
    argument = first_argument(case.call) if case.call is not None else None
    if argument is None or case.layer is None:
        return
    attrs, shape = case.layer["attrs"], tensor.shape
    match = _CONV.fullmatch(layer)
    if match is not None:
        axes, channels = int(match[1]), attrs.get("in_channels")
        if tensor.rank == axes + 2 and shape[-1] == channels:
            order = ", ".join(str(axis) for axis in (0, axes + 1, *range(1, axes + 1)))
            suffix = ".transpose(1, 2)" if axes == 1 else f".permute({order})"
            yield case.wrapped(f"Move the channels to axis 1: {suffix}", argument, suffix)
        if tensor.rank == axes + 1 and shape[0] != channels == 1:
            yield case.wrapped("Add the channel axis: .unsqueeze(1)", argument, ".unsqueeze(1)")
        if tensor.rank == 2 and shape[1] == channels and axes > 1:
            index = ", ".join(("...", *["None"] * axes))
            yield case.wrapped(f"Add the spatial axes: [{index}]", argument, f"[{index}]")
        return
    name, _, axis = _EXPECTS.get(layer, ("", 0, 0))
    if axis == -1 and tensor.rank == 3 and shape[1] == attrs.get(name):
        yield case.wrapped("Swap the last two axes", argument, ".transpose(1, 2)")
    if layer in ("LayerNorm", "RMSNorm") and tensor.rank in (3, 4) and (shape[1],) == attrs.get("normalized_shape"):
        there, back = ".permute(0, 2, 3, 1)", ".permute(0, 3, 1, 2)"
        if tensor.rank == 3:
            there = back = ".transpose(1, 2)"
        span = case.source.span(case.call) if case.call is not None else case.diagnostic.span
        end = insertion(span.file, span.end_line, span.end_col, back)
        yield Candidate("Normalise over the channels", (method_call(case.source, argument, there), end))


def _own_argument(case: Case, layer: str, tensor: Tensor) -> Iterator[Candidate]:
    """Make the layer for the size that it gets: by the name that the layer before was made with, else the number."""
    if layer not in _EXPECTS or case.constructor is None or case.layer is None:
        return
    name, position, axis = _EXPECTS[layer]
    size = _dim(tensor, axis)
    source, call = case.constructor
    if size is None or size == case.layer["attrs"].get(name):
        return
    for text in (_name_of_size(case, tensor, axis), str(size)):
        edit = set_argument(source, call, name, position, text) if text else None
        if edit is not None:
            yield Candidate(f"Change {name} to {text}", (edit,))


def _name_of_size(case: Case, tensor: Tensor, axis: int) -> str:
    """How the layer before names the size, if that means the same where this layer is made; else nothing."""
    found = producer_of(tensor, axis % tensor.rank)
    if found is None or not isinstance(found[0].layer, Instance) or found[0].layer.created is None:
        return ""
    place = case.call_of(found[0].layer.created)
    if place is None or case.constructor is None:
        return ""
    (source, producer), (own_source, own) = place, case.constructor
    native = short_name(layer_class(found[0]))
    written = find_argument(producer, *_GIVES[native]) if native in _GIVES else None
    if not isinstance(written, ast.Name | ast.Attribute) or source.file != own_source.file:
        return ""
    return source.text_at(source.span(written)) if source.function_of(producer) is source.function_of(own) else ""


def _normalized_shape(case: Case, layer: str, tensor: Tensor) -> Iterator[Candidate]:
    if layer not in ("LayerNorm", "RMSNorm") or case.constructor is None or case.layer is None:
        return
    source, call = case.constructor
    written = find_argument(call, "normalized_shape", 0)
    shape = case.layer["attrs"].get("normalized_shape")
    axes = len(shape) if isinstance(shape, tuple) else 1
    sizes = tensor.shape[-axes:]
    if written is None or not all(isinstance(size, int) for size in sizes) or len(sizes) < axes:
        return
    plain = axes == 1 and not isinstance(written, ast.List | ast.Tuple)
    text = str(sizes[0]) if plain else str(tuple(sizes))
    yield Candidate(f"Change normalized_shape to {text}", (TextEdit(source.span(written), text),))


def _producer(case: Case, layer: str, tensor: Tensor) -> Iterator[Candidate]:
    """Make what comes before give the size that this layer expects: a layer, or the example input itself."""
    if layer not in _EXPECTS or case.layer is None:
        return
    name, _, axis = _EXPECTS[layer]
    expected = case.layer["attrs"].get(name)
    position = axis + tensor.rank if axis < 0 else axis
    if not isinstance(expected, int) or not 0 <= position < tensor.rank:
        return
    found = producer_of(tensor, position)
    if found is None:
        return
    made, at = found
    if isinstance(made.layer, Instance) and made.layer.created is not None:
        yield from _producing_layer(case, made.layer, expected)
    elif made.span is not None and short_name(made.name) in _CREATORS:
        yield from _creation(case, made.span, at, expected)


def _producing_layer(case: Case, layer: Instance, expected: int) -> Iterator[Candidate]:
    native = short_name(next((cls.native for cls in layer.cls.mro if cls.native), "") or "")
    place = case.call_of(layer.created) if layer.created is not None else None
    if native not in _GIVES or place is None:
        return
    name, position = _GIVES[native]
    edit = set_argument(*place, name, position, str(expected))
    if edit is not None:
        line = edit.span.line
        yield Candidate(f"Change {name} of the {layer.cls.name} in line {line} to {expected}", (edit,))


def _creation(case: Case, span: Span, axis: int, expected: int) -> Iterator[Candidate]:
    """`torch.randn(16, 64)`: the number itself."""
    place = case.call_of(span)
    if place is None:
        return
    source, call = place
    name = short_name(ast.unparse(call.func))
    sizes: list[ast.expr] = list(call.args)
    if name == "randint" or (sizes and isinstance(sizes[0], ast.Tuple | ast.List)):
        holder = next((arg for arg in sizes if isinstance(arg, ast.Tuple | ast.List)), None)
        sizes = list(holder.elts) if holder is not None else []
    if axis < len(sizes) and isinstance(sizes[axis], ast.Constant):
        edit = TextEdit(source.span(sizes[axis]), str(expected))
        yield Candidate(f"Change the size in line {edit.span.line} to {expected}", (edit,))


def _dim(tensor: Tensor, axis: int) -> int | None:
    """The size of an axis, if it exists and is a number."""
    if not -tensor.rank <= axis < tensor.rank:
        return None
    size = tensor.shape[axis]
    return size if isinstance(size, int) else None


def _product(dims: tuple[Dim, ...]) -> int | None:
    total = 1
    for dim in dims:
        if not isinstance(dim, int):
            return None
        total *= dim
    return total
