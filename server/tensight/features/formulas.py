"""The rule of a step with its numbers: how each new size came about. One line a size, for the hover."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ..dims import Dim, Expr, Truth, equal
from ..values import Instance, Provenance, Tensor, Value, dim_text, shape_text
from .provenance import layer_class, short_name

_CONV: Final = re.compile(r"torch\.nn\.(?:Lazy)?Conv(Transpose)?([123])d")
_POOL: Final = re.compile(r"torch\.nn\.(Max|Avg|LP)Pool([123])d")
#: Constructor arguments in order, with the defaults that are not worth showing.
_RECURRENT: Final = (
    ("input_size", None), ("hidden_size", None), ("num_layers", 1), ("batch_first", False), ("bidirectional", False),
)  # fmt: skip
_SIGNATURES: Final[dict[str, tuple[tuple[str, Any], ...]]] = {
    "Linear": (("in_features", None), ("out_features", None)),
    "Bilinear": (("in1_features", None), ("in2_features", None), ("out_features", None)),
    "Embedding": (("num_embeddings", None), ("embedding_dim", None)),
    "LayerNorm": (("normalized_shape", None),),
    "RMSNorm": (("normalized_shape", None),),
    "GroupNorm": (("num_groups", None), ("num_channels", None)),
    "LSTM": _RECURRENT,
    "GRU": _RECURRENT,
    "RNN": _RECURRENT,
    "MultiheadAttention": (("embed_dim", None), ("num_heads", None), ("batch_first", False)),
    "Flatten": (("start_dim", 1), ("end_dim", -1)),
    "Dropout": (("p", None),),
}
_WINDOW: Final = (
    ("kernel_size", None), ("stride", 1), ("padding", 0), ("output_padding", 0), ("dilation", 1), ("groups", 1),
)  # fmt: skip
_POOL_WINDOW: Final = (("kernel_size", None), ("stride", None), ("padding", 0), ("dilation", 1), ("ceil_mode", False))
#: Arguments that are written without their name.
_POSITIONAL: Final = {
    "in_features", "out_features", "in_channels", "out_channels", "num_features", "normalized_shape", "num_embeddings",
    "embedding_dim", "input_size", "hidden_size", "embed_dim", "num_heads", "num_groups", "num_channels", "output_size",
    "in1_features", "in2_features", "p", "start_dim", "end_dim",
}  # fmt: skip


def constructor_text(layer: Instance) -> str:
    """`Conv2d(1, 32, kernel_size=3)`: the arguments that say something, as PyTorch prints layers."""
    native = next((cls.native for cls in layer.cls.mro if cls.native), "") or ""
    name = short_name(native)
    if _CONV.fullmatch(native):
        arguments: tuple[tuple[str, Any], ...] = (("in_channels", None), ("out_channels", None), *_WINDOW)
    elif _POOL.fullmatch(native):
        arguments = _POOL_WINDOW
    elif "BatchNorm" in name or "InstanceNorm" in name:
        arguments = (("num_features", None),)
    elif name.startswith("Adaptive"):
        arguments = (("output_size", None),)
    else:
        arguments = _SIGNATURES.get(name, ())
    shown = []
    for argument, default in arguments:
        value = layer.attrs.get(argument)
        text = _argument(value)
        if value is None or text == str(default):
            continue
        if default is None and argument == "stride" and text == _argument(layer.attrs.get("kernel_size")):
            continue
        shown.append(text if argument in _POSITIONAL else f"{argument}={text}")
    return f"{layer.cls.name}({', '.join(shown)})"


def _argument(value: Value) -> str:
    """A number or text; a tuple of equal numbers once; `?` for what is neither, or not known."""
    if isinstance(value, tuple):
        texts = [_argument(item) for item in value]
        return texts[0] if texts and len(set(texts)) == 1 else f"({', '.join(texts)})"
    if isinstance(value, str):
        return repr(value)
    if value is None or isinstance(value, bool | float):
        return str(value)
    return dim_text(value) if isinstance(value, int | Expr) else "?"


def step_lines(tensor: Tensor) -> tuple[str, ...]:
    """How `tensor` was made: its operation with the input shapes, then a line for each size that is new."""
    made = tensor.made_by
    if made is None:
        return ()
    inputs = [source for source in made.inputs if made.layer is None or not source.parameter]
    head = constructor_text(made.layer) if isinstance(made.layer, Instance) else short_name(made.name)
    if inputs:
        shapes = ", ".join(shape_text(source.dims) for source in inputs[:4]) + (", …" if len(inputs) > 4 else "")
        head += f": {shapes} → {shape_text(tensor.dims)}"
    return (head, *_sizes(tensor, made, inputs))


def _sizes(tensor: Tensor, made: Provenance, inputs: Sequence[Tensor]) -> Iterator[str]:
    if not inputs or tensor.dims is None or ... in tensor.dims or inputs[0].is_open:
        return
    native = layer_class(made)
    if (match := _CONV.fullmatch(native)) is not None:
        yield from _window(tensor, inputs[0], made.layer.attrs, int(match[2]), transposed=bool(match[1]))
    elif (match := _POOL.fullmatch(native)) is not None:
        yield from _window(tensor, inputs[0], made.layer.attrs, int(match[2]), transposed=False)
    elif native == "torch.nn.Flatten" or short_name(made.name) in ("flatten", "Flatten"):
        yield from _merged(tensor, inputs[0])
    elif short_name(made.name) in ("view", "reshape", "unflatten", "view_as", "reshape_as"):
        yield _numel(tensor, inputs[0])
    elif short_name(made.name) in ("cat", "concat", "concatenate", "hstack", "vstack", "dstack"):
        yield from _joined(tensor, inputs)


def _window(out: Tensor, source: Tensor, attrs: Mapping[str, Value], axes: int, *, transposed: bool) -> Iterator[str]:
    """PyTorch's formula for each spatial axis; equal axes once."""
    lines: list[str] = []
    for i in range(axes):
        position = len(out.shape) - axes + i
        size, new = source.shape[len(source.shape) - axes + i], out.shape[position]
        kernel = _at(attrs.get("kernel_size"), i)
        stride = _at(attrs.get("stride"), i)
        stride = kernel if stride is None else stride
        padding, dilation = _at(attrs.get("padding", 0), i), _at(attrs.get("dilation", 1), i)
        if not all(isinstance(number, int) for number in (kernel, stride, padding, dilation)):
            return
        text = dim_text(size)
        if transposed:
            extra = _at(attrs.get("output_padding", 0), i)
            line = f"({text} − 1)·{stride} − 2·{padding} + {dilation}·({kernel} − 1) + {extra} + 1"
        else:
            rounding = "⌈⌉" if attrs.get("ceil_mode") else ""
            line = f"({text} + 2·{padding} − {dilation}·({kernel} − 1) − 1)//{stride}{rounding} + 1"
        line = f"{dim_text(new)} = {line}"
        if line not in lines:
            lines.append(line)
    yield from lines


def _at(value: Value, index: int) -> Value:
    if isinstance(value, tuple):
        return value[index] if index < len(value) else None
    return value


def _merged(out: Tensor, source: Tensor) -> Iterator[str]:
    """`9216 = 64·12·12`: the run of axes that became one."""
    before, after = source.shape, out.shape
    head = 0
    while head < len(after) - 1 and head < len(before) and equal(before[head], after[head]) is Truth.YES:
        head += 1
    tail = len(after) - head - 1
    run = before[head : len(before) - tail]
    if len(run) > 1 and 0 <= head < len(after):
        yield f"{dim_text(after[head])} = {product_text(run)}"


def product_text(dims: Sequence[Dim]) -> str:
    texts = [dim_text(dim) for dim in dims]
    return "·".join(f"({text})" if re.search(r"[-+/% ]", text) and len(texts) > 1 else text for text in texts)


def _numel(out: Tensor, source: Tensor) -> str:
    """`16·3·32·32 = 49152 elements`: what view and reshape keep."""
    total: Dim = 1
    for dim in source.shape:
        total = total * dim
    return f"{product_text(source.shape) or '1'} = {product_text(out.shape) or '1'} = {dim_text(total)} elements"


def _joined(out: Tensor, inputs: Sequence[Tensor]) -> Iterator[str]:
    """`128 = 64 + 64 at axis 1`."""
    for axis, dim in enumerate(out.shape):
        parts = [source.shape[axis] for source in inputs if not source.is_open and source.rank == out.rank]
        if len(parts) == len(inputs) > 1 and any(equal(part, dim) is not Truth.YES for part in parts):
            yield f"{dim_text(dim)} = {' + '.join(dim_text(part) for part in parts)} at axis {axis}"
