"""Scaled dot product attention and torch.nn.functional.multi_head_attention_forward."""

from __future__ import annotations

from typing import Any

from ..dims import Dim, Truth, divides, equal
from ..values import BOOL, Value
from ..values import Tensor as TensorValue
from .checks import broadcast, check, product, refuse, require_equal
from .errors import Template
from .kinds import Flag, Int, OptTensor, Raw, Tensor
from .matmul import matmul
from .registry import op
from .spatial import INTEGRAL, c_name, dtypes_clash, size_text, tuple_text

Shape = tuple[Dim, ...]


def _check_qkv(query: Tensor, key: Tensor, value: Tensor) -> None:
    ranks = (query.rank, key.rank, value.rank)
    check(
        min(ranks) >= 2, "rank-mismatch",
        f"Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: {ranks[0]} key.dim: "
        f"{ranks[1]} and value.dim: {ranks[2]} instead.",
    )  # fmt: skip
    dtypes = (query.dtype, key.dtype, value.dtype)
    if dtypes_clash(dtypes[0], dtypes[1]) or dtypes_clash(dtypes[0], dtypes[2]):
        names = [c_name(d) if d is not None else "?" for d in dtypes]
        raise refuse(
            "dtype-mismatch",
            f"Expected query, key, and value to have the same dtype, but got query.dtype: {names[0]} key.dtype: "
            f"{names[1]} and value.dtype: {names[2]} instead.",
        )


def _grouped(query: Tensor, key: Tensor, value: Tensor) -> tuple[Shape, Shape]:
    """Key and value with each head repeated for its group of query heads."""
    heads = query.shape[-3]
    out: list[Shape] = []
    for part in (key, value):
        check(
            divides(part.shape[-3], heads), "size-mismatch",
            "Number of heads in key and value must divide the number of heads in ",
        )  # fmt: skip
        out.append((*part.shape[:-3], heads, *part.shape[-2:]))
    return out[0], out[1]


@op("torch.nn.functional.scaled_dot_product_attention")
def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: OptTensor = None, dropout_p: Raw = 0.0,
    is_causal: Raw = False, scale: Raw = None, enable_gqa: Flag = False,
) -> Tensor:  # fmt: skip
    """(…, L, E), (…, S, E), (…, S, Ev) → (…, L, Ev)."""
    _check_qkv(query, key, value)
    if attn_mask is not None:
        _check_mask_dtype(attn_mask, query)
    keys, values = key.shape, value.shape
    if enable_gqa and query.rank >= 3 and key.rank >= 3 and value.rank >= 3:
        keys, values = _grouped(query, key, value)
    if query.dtype is not None and query.dtype.kind in INTEGRAL:
        raise refuse("dtype-mismatch", f"expected scalar type Float but found {query.dtype.legacy}")
    if equal(product(query.shape), 0) is Truth.YES or (attn_mask is None and _unchecked(query, key, value)):
        return query.with_dims(*query.shape[:-1], values[-1])
    scores = matmul(TensorValue(query.shape), TensorValue((*keys[:-2], keys[-1], keys[-2]))).shape
    if attn_mask is not None:
        scores = broadcast(scores, attn_mask.shape)
    return query.with_dims(*matmul(TensorValue(scores), TensorValue(values)).shape)


def _unchecked(query: Tensor, key: Tensor, value: Tensor) -> bool:
    """Whether the flash kernel of the CPU may run, which does not see that keys and values differ in number."""
    shapes = [t.shape for t in (query, key, value)]
    if any(len(shape) != 4 for shape in shapes):
        return False
    same = [equal(shapes[0][i], shape[i]) for shape in shapes[1:] for i in (0, 1, 3)]
    differs = equal(shapes[1][2], shapes[2][2]) is not Truth.YES
    return differs and all(truth is not Truth.NO for truth in same)


def _check_mask_dtype(mask: Tensor, query: Tensor) -> None:
    if mask.dtype is None or query.dtype is None or mask.dtype in (BOOL, query.dtype):
        return
    if mask.dtype.name != "float32" and (dtypes_clash(mask.dtype, query.dtype) or mask.dtype.kind in INTEGRAL):
        raise refuse(
            "dtype-mismatch",
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{c_name(mask.dtype)} and  query.dtype: {c_name(query.dtype)} instead.",
        )


# --- multi-head attention ----------------------------------------------------------------------------------------


def _check_ranks(
    query: Tensor, key: Tensor, value: Tensor, padding: Tensor | None, mask: Tensor | None, heads: Dim
) -> None:
    """F._mha_shape_check."""
    rank = query.rank
    check(
        rank in (2, 3), "rank-mismatch",
        f"query should be unbatched 2D or batched 3D tensor but received {rank}-D query tensor", "AssertionError",
        expected=(2, 3), got=rank,
    )  # fmt: skip
    kind = "batched (3-D)" if rank == 3 else "unbatched (2-D)"
    check(
        key.rank == rank and value.rank == rank, "rank-mismatch",
        f"For {kind} `query`, expected `key` and `value` to be {rank}-D but found {key.rank}-D and {value.rank}-D "
        "tensors respectively", "AssertionError",
    )  # fmt: skip
    if padding is not None:
        check(
            padding.rank == rank - 1, "rank-mismatch",
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {rank - 1}-D but found "
            f"{padding.rank}-D tensor instead", "AssertionError",
        )  # fmt: skip
    if mask is not None:
        check(
            mask.rank in (2, 3), "rank-mismatch",
            f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {mask.rank}-D tensor "
            "instead", "AssertionError",
        )  # fmt: skip
        if rank == 2 and mask.rank == 3:
            expected = (heads, query.shape[0], key.shape[0])
            message = f"Expected `attn_mask` shape to be {tuple_text(expected)} but got {size_text(mask.shape)}"
            _require_shape(mask.shape, expected, message, "AssertionError")


def _require_shape(got: Shape, expected: Shape, message: str, exception: str) -> None:
    check(len(got) == len(expected), "size-mismatch", message, exception)
    for a, b in zip(got, expected):
        require_equal(a, b, "size-mismatch", message, exception)


def _check_mask(mask: Tensor, batch: Dim, heads: Dim, target: Dim, source: Dim) -> None:
    expected: Shape = (target, source) if mask.rank == 2 else (batch * heads, target, source)
    got = size_text(mask.shape)
    message = f"The shape of the {mask.rank}D attn_mask is {got}, but should be {tuple_text(expected)}."
    _require_shape(mask.shape, expected, message, "RuntimeError")


def _check_key_value(key: Shape, value: Shape, separate: bool) -> None:
    if separate:
        message = f"key's sequence and batch dims {size_text(key[:2])} do not match value's {size_text(value[:2])}"
        _require_shape(key[:2], value[:2], message, "AssertionError")
    else:
        message = f"key shape {size_text(key)} does not match value shape {size_text(value)}"
        _require_shape(key, value, message, "AssertionError")


def attend(
    query: Tensor, key: Tensor, value: Tensor, embed_dim: Dim, heads: Dim, *, separate: bool, widths: tuple[Dim, Dim],
    padding: Tensor | None = None, mask: Tensor | None = None, need_weights: Any = True, average: Any = True,
    extra: Dim = 0, batch_first: bool = False, is_causal: Any = False,
) -> tuple[Tensor, Value]:  # fmt: skip
    """Output and weights. `widths` are kdim and vdim, `extra` the positions that biases and zeros append."""
    _check_ranks(query, key, value, padding, mask, heads)
    batched = query.rank == 3
    shapes = [_sequence_first(t.shape, batched, batch_first) for t in (query, key, value)]
    (target, batch, width), keys, values = shapes
    source = keys[0]
    if is_causal is True and mask is None:
        raise refuse(
            "invalid-argument",
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask.",
        )
    require_equal(
        width, embed_dim, "features-mismatch",
        f"was expecting embedding dimension of {embed_dim}, but got {width}", "AssertionError",
        expected=embed_dim, got=width,
    )  # fmt: skip
    check(
        divides(heads, width), "size-mismatch", f"embed_dim {width} not divisible by num_heads {heads}",
        "AssertionError",
    )  # fmt: skip
    _check_key_value(keys, values, separate)
    merged = 1 if separate or key is not value else (3 if query is key else 2)
    _check_projections(keys, values, embed_dim * merged, widths, separate)
    causal_hint = is_causal is True and padding is None and need_weights is False
    if mask is not None and not causal_hint:
        _check_mask(mask, batch, heads, target, source)
    if equal(keys[1], batch) is Truth.NO:
        _refuse_batches(keys, batch, heads, embed_dim)
    total = source + extra
    if padding is not None:
        _check_padding(padding, batched, batch, total - extra)
    dims = (target, width) if not batched else ((batch, target, width) if batch_first else (target, batch, width))
    return query.with_dims(*dims), _weights(query, need_weights, average, batched, batch, heads, target, total)


def _sequence_first(dims: Shape, batched: bool, batch_first: bool) -> Shape:
    if not batched:
        return (dims[0], 1, dims[1])
    return (dims[1], dims[0], dims[2]) if batch_first else dims


def _check_projections(keys: Shape, values: Shape, columns: Dim, widths: tuple[Dim, Dim], separate: bool) -> None:
    """The in-projections are linear layers over keys and values; one for both (and the query) where they are one."""
    if separate:
        for name, dims, width in (("key", keys, widths[0]), ("value", values, widths[1])):
            got = dims[-1]
            require_equal(
                got, width, "features-mismatch",
                f"expecting {name} weights shape of {tuple_text((columns, got))}, but got "
                f"{size_text((columns, width))}", "AssertionError", expected=width, got=got,
            )  # fmt: skip
        return
    for dims, width in ((keys, widths[0]), (values, widths[1])):
        got = dims[-1]
        require_equal(
            got, width, "matmul-mismatch",
            f"mat1 and mat2 shapes cannot be multiplied ({product(dims[:-1])}x{got} and {width}x{columns})",
            expected=width, got=got,
        )  # fmt: skip


def _refuse_batches(keys: Shape, batch: Dim, heads: Dim, embed_dim: Dim) -> None:
    """Keys of another batch size than the query: their view per head does not fit."""
    head = embed_dim // heads
    numel = product(keys[:2]) * embed_dim
    if equal(product(keys[:2]) * embed_dim, keys[0] * batch * embed_dim) is Truth.NO:
        raise refuse(
            "size-mismatch",
            f"shape '[{keys[0]}, {batch * heads}, {head}]' is invalid for input of size {numel}",
        )


def _check_padding(padding: Tensor, batched: bool, batch: Dim, source: Dim) -> None:
    rows, columns = padding.shape if batched else (1, padding.shape[0])
    require_equal(
        rows, batch, "size-mismatch",
        f"Expected key_padded_mask.shape[0] to be {batch}, but got {rows}", "AssertionError",
    )  # fmt: skip
    require_equal(
        columns, source, "size-mismatch",
        f"Expected key_padded_mask.shape[1] to be {source}, but got {columns}", "AssertionError",
    )  # fmt: skip


def _weights(
    query: Tensor, need: Any, average: Any, batched: bool, batch: Dim, heads: Dim, target: Dim, source: Dim
) -> Value:
    if need is False or need is None or (isinstance(need, int) and not need):
        return None
    if not isinstance(need, bool | int):
        return need
    lead: Shape = (batch,) if batched else ()
    if isinstance(average, bool | int):
        return query.with_dims(*lead, *(() if average else (heads,)), target, source)
    return TensorValue(None, query.dtype, query.device)


def attention_template(width: Dim, batch_first: bool | None) -> Template:
    return ("B", "T", width) if batch_first else ("T", "B", width)


@op("torch.nn.functional.multi_head_attention_forward")
def multi_head_attention_forward(
    query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: Int, num_heads: Int, in_proj_weight: OptTensor,
    in_proj_bias: OptTensor, bias_k: OptTensor, bias_v: OptTensor, add_zero_attn: Flag, dropout_p: Raw,
    out_proj_weight: Tensor, out_proj_bias: OptTensor, training: Raw = True, key_padding_mask: OptTensor = None,
    need_weights: Raw = True, attn_mask: OptTensor = None, use_separate_proj_weight: Flag = False,
    q_proj_weight: OptTensor = None, k_proj_weight: OptTensor = None, v_proj_weight: OptTensor = None,
    static_k: OptTensor = None, static_v: OptTensor = None, average_attn_weights: Raw = True, is_causal: Raw = False,
) -> Raw:  # fmt: skip
    widths = (embed_dim_to_check, embed_dim_to_check)
    if use_separate_proj_weight and k_proj_weight is not None and v_proj_weight is not None:
        widths = (k_proj_weight.shape[-1], v_proj_weight.shape[-1])
    extra = (1 if bias_k is not None else 0) + (1 if add_zero_attn else 0)
    result, weights = attend(
        query, key, value, embed_dim_to_check, num_heads, separate=use_separate_proj_weight, widths=widths,
        padding=key_padding_mask, mask=attn_mask, need_weights=need_weights, average=average_attn_weights, extra=extra,
        is_causal=is_causal,
    )  # fmt: skip
    out = out_proj_weight.shape[0]
    if static_k is not None and isinstance(weights, TensorValue) and not weights.is_open:
        weights = weights.with_dims(*weights.shape[:-1], static_k.shape[1] + (1 if add_zero_attn else 0))
    return result.with_dims(*result.shape[:-1], out), weights
