"""Transformer and its encoders and decoders. Standard layers keep the shape; custom ones are not followed here."""

from __future__ import annotations

from typing import Any

from ..dims import Dim
from ..ops.attention import attend, attention_template
from ..ops.checks import check, demand, require_equal
from ..ops.devices import require_linear
from ..ops.errors import Lift
from ..ops.kinds import DTypeArg, Int, OptTensor, Raw, Tensor
from ..ops.linear import require_one_dtype
from ..ops.normalization import layer_norm
from ..values import Instance, OpFunction, Reason, Unknown, Value
from ..values import Tensor as TensorValue
from .common import functional, nn, refusable, truth
from .registry import Attributes, Attrs, Clone, Sub

_SPEC = ("dim_feedforward", "dropout", "activation", "layer_norm_eps", "batch_first", "norm_first", "bias")


def _activation(value: Value) -> Value:
    """A name becomes the function; the default is F.relu."""
    if value is None:
        return OpFunction("torch.nn.functional.relu")
    if isinstance(value, str):
        refusable(value in ("relu", "gelu"), f"activation should be relu/gelu, not {value}", "RuntimeError")
        return OpFunction(f"torch.nn.functional.{value}")
    return value


def _kind_of_activation(value: Value) -> int:
    """1: relu, 2: gelu, 0: another."""
    name = ""
    if isinstance(value, OpFunction):
        name = value.name.rpartition(".")[2]
    elif isinstance(value, Instance) and value.cls.native:
        name = value.cls.native.rpartition(".")[2].lower()
    return {"relu": 1, "gelu": 2}.get(name, 0)


def _layer(
    attentions: tuple[str, ...], d_model: Dim, nhead: Dim, dim_feedforward: Dim, dropout: Value, layer_norm_eps: Value,
    batch_first: Value, norm_first: Value, bias: Value, dtype: Any,
) -> Attributes:  # fmt: skip
    attributes: Attributes = {}
    common = {"bias": bias, "dtype": dtype}
    for name in attentions:
        named = {"dropout": dropout, "batch_first": batch_first, **common}
        attributes[name] = Sub("torch.nn.MultiheadAttention", (d_model, nhead), named)
    attributes["linear1"] = Sub("torch.nn.Linear", (d_model, dim_feedforward), common)
    attributes["dropout"] = Sub("torch.nn.Dropout", (dropout,))
    attributes["linear2"] = Sub("torch.nn.Linear", (dim_feedforward, d_model), common)
    attributes["norm_first"] = norm_first
    for i in range(1, len(attentions) + 2):
        attributes[f"norm{i}"] = Sub("torch.nn.LayerNorm", (d_model,), {"eps": layer_norm_eps, **common})
        attributes[f"dropout{i}"] = Sub("torch.nn.Dropout", (dropout,))
    return attributes


def _attr(module: Any, *names: str) -> Any:
    """An attribute of a submodule of the instance; None if it is not there."""
    for name in names:
        if isinstance(module, Attrs):
            module = module.get(name)
        elif isinstance(module, Instance):
            module = module.attrs.get(name)
        else:
            return None
    return module


def _check_norm(layer: Any, name: str, x: Tensor) -> None:
    norm = _attr(layer, name)
    if isinstance(norm, Instance) and norm.cls.native == "torch.nn.LayerNorm":
        layer_norm(x, _attr(norm, "normalized_shape"), _attr(norm, "weight"), _attr(norm, "bias"))


def _attention(
    layer: Any, name: str, x: Tensor, memory: Tensor, mask: Tensor | None, padding: Tensor | None, is_causal: Any
) -> None:
    """The checks of one attention block; Lift if it is not the standard one."""
    module = _attr(layer, name)
    if not isinstance(module, Instance) or module.open or module.cls.native != "torch.nn.MultiheadAttention":
        raise Lift()
    width, first = _attr(module, "embed_dim"), truth(_attr(module, "batch_first"))
    for tensor in (x, memory):
        demand(tensor, attention_template(width, first))
    for tensor in (x, memory):
        if tensor.is_open:
            raise Lift(tensor.unknown)
    attend(
        x, memory, memory, width, _attr(module, "num_heads"), separate=False, widths=(width, width),
        padding=None if padding is None or padding.is_open else padding,
        mask=None if mask is None or mask.is_open else mask, need_weights=False, batch_first=first is True,
        is_causal=False,
    )  # fmt: skip
    weight = _attr(module, "in_proj_weight")
    if isinstance(weight, TensorValue):
        require_one_dtype(x, weight, _attr(module, "in_proj_bias") is not None and not (first and x.rank == 3))
        if not truth(_attr(layer, "norm_first")):
            for tensor in (x, memory):
                require_linear(tensor, weight, _attr(module, "in_proj_bias"), fused=False)


def _encode(layer: Any, src: Tensor, mask: Tensor | None, padding: Tensor | None) -> Tensor:
    if not src.is_open and truth(_attr(layer, "norm_first")):
        _check_norm(layer, "norm1", src)
    _attention(layer, "self_attn", src, src, mask, padding, False)
    return src.alike()


def _decode(
    layer: Any, tgt: Tensor, memory: Tensor, masks: tuple[Tensor | None, ...], paddings: tuple[Tensor | None, ...]
) -> Tensor:
    if not tgt.is_open and truth(_attr(layer, "norm_first")):
        _check_norm(layer, "norm1", tgt)
    _attention(layer, "self_attn", tgt, tgt, masks[0], paddings[0], False)
    _attention(layer, "multihead_attn", tgt, memory, masks[1], paddings[1], False)
    return tgt.alike()


def _template(self: Attrs, native: str) -> Any:
    """The layer that an encoder repeats, if it is the standard one."""
    held = self.get("_template")
    layer = held[0] if isinstance(held, tuple) and held else None
    if isinstance(layer, Instance) and layer.cls.native == native and not layer.open:
        return layer
    raise Lift()


@nn("TransformerEncoderLayer", "transformer", open_rank=True)
class TransformerEncoderLayer:
    @staticmethod
    def init(
        d_model: Int, nhead: Int, dim_feedforward: Int = 2048, dropout: Raw = 0.1, activation: Raw = None,
        layer_norm_eps: Raw = 1e-5, batch_first: Raw = False, norm_first: Raw = False, bias: Raw = True,
        device: Raw = None, dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        attributes = _layer(
            ("self_attn",), d_model, nhead, dim_feedforward, dropout, layer_norm_eps, batch_first, norm_first, bias,
            dtype,
        )  # fmt: skip
        function = _activation(activation)
        return {**attributes, "activation_relu_or_gelu": _kind_of_activation(function), "activation": function}

    @staticmethod
    def forward(
        self: Raw, src: Tensor, src_mask: OptTensor = None, src_key_padding_mask: OptTensor = None,
        is_causal: Raw = False,
    ) -> Tensor:  # fmt: skip
        return _encode(self, src, src_mask, src_key_padding_mask)


@nn("TransformerDecoderLayer", "transformer", open_rank=True)
class TransformerDecoderLayer:
    @staticmethod
    def init(
        d_model: Int, nhead: Int, dim_feedforward: Int = 2048, dropout: Raw = 0.1, activation: Raw = None,
        layer_norm_eps: Raw = 1e-5, batch_first: Raw = False, norm_first: Raw = False, bias: Raw = True,
        device: Raw = None, dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        attributes = _layer(
            ("self_attn", "multihead_attn"), d_model, nhead, dim_feedforward, dropout, layer_norm_eps, batch_first,
            norm_first, bias, dtype,
        )  # fmt: skip
        return {**attributes, "activation": _activation(activation)}

    @staticmethod
    def forward(
        self: Raw, tgt: Tensor, memory: Tensor, tgt_mask: OptTensor = None, memory_mask: OptTensor = None,
        tgt_key_padding_mask: OptTensor = None, memory_key_padding_mask: OptTensor = None,
        tgt_is_causal: Raw = False, memory_is_causal: Raw = False,
    ) -> Tensor:  # fmt: skip
        return _decode(self, tgt, memory, (tgt_mask, memory_mask), (tgt_key_padding_mask, memory_key_padding_mask))


def _clones(layer: Value, num_layers: Value) -> Value:
    if not isinstance(num_layers, int):
        return Unknown(Reason.DATA_DEPENDENT)
    if isinstance(layer, Sub):
        return Sub("torch.nn.ModuleList", ([layer] * num_layers,))
    return Sub("torch.nn.ModuleList", ([Clone(layer)] * num_layers,))


def _use_nested(layer: Value, enabled: Value) -> Value:
    """Whether the encoder may pack its input: only for layers that have the fast path."""
    if not isinstance(layer, Instance) or layer.cls.native != "torch.nn.TransformerEncoderLayer":
        return False if enabled is False else Unknown(Reason.DATA_DEPENDENT)
    fast = (
        not truth(_attr(layer, "norm_first"))
        and truth(_attr(layer, "self_attn", "batch_first"))
        and _attr(layer, "self_attn", "in_proj_bias") is not None
        and truth(_attr(layer, "activation_relu_or_gelu"))
        and _attr(layer, "norm1", "eps") == _attr(layer, "norm2", "eps")
    )
    heads = _attr(layer, "self_attn", "num_heads")
    if fast and not isinstance(heads, int):
        return Unknown(Reason.DATA_DEPENDENT)
    return enabled if fast and heads % 2 == 0 else False


@nn("TransformerEncoder", "transformer", open_rank=True)
class TransformerEncoder:
    @staticmethod
    def init(
        encoder_layer: Raw, num_layers: Int, norm: Raw = None, enable_nested_tensor: Raw = True,
        mask_check: Raw = True,
    ) -> Attributes:  # fmt: skip
        return {
            "layers": _clones(encoder_layer, num_layers),
            "num_layers": num_layers,
            "norm": norm,
            "enable_nested_tensor": enable_nested_tensor,
            "use_nested_tensor": _use_nested(encoder_layer, enable_nested_tensor),
            "mask_check": mask_check,
            "_template": (encoder_layer,),
        }

    @staticmethod
    def forward(
        self: Raw, src: Tensor, mask: OptTensor = None, src_key_padding_mask: OptTensor = None, is_causal: Raw = None
    ) -> Tensor:
        result = _encode(_template(self, "torch.nn.TransformerEncoderLayer"), src, mask, src_key_padding_mask)
        _check_norm(self, "norm", result)
        return result


@nn("TransformerDecoder", "transformer", open_rank=True)
class TransformerDecoder:
    @staticmethod
    def init(decoder_layer: Raw, num_layers: Int, norm: Raw = None) -> Attributes:
        return {
            "layers": _clones(decoder_layer, num_layers),
            "num_layers": num_layers,
            "norm": norm,
            "_template": (decoder_layer,),
        }

    @staticmethod
    def forward(
        self: Raw, tgt: Tensor, memory: Tensor, tgt_mask: OptTensor = None, memory_mask: OptTensor = None,
        tgt_key_padding_mask: OptTensor = None, memory_key_padding_mask: OptTensor = None,
        tgt_is_causal: Raw = None, memory_is_causal: Raw = False,
    ) -> Tensor:  # fmt: skip
        result = _decode(
            _template(self, "torch.nn.TransformerDecoderLayer"), tgt, memory, (tgt_mask, memory_mask),
            (tgt_key_padding_mask, memory_key_padding_mask),
        )  # fmt: skip
        _check_norm(self, "norm", result)
        return result


@nn("Transformer", "transformer", open_rank=True)
class Transformer:
    @staticmethod
    def init(
        d_model: Int = 512, nhead: Int = 8, num_encoder_layers: Int = 6, num_decoder_layers: Int = 6,
        dim_feedforward: Int = 2048, dropout: Raw = 0.1, activation: Raw = None, custom_encoder: Raw = None,
        custom_decoder: Raw = None, layer_norm_eps: Raw = 1e-5, batch_first: Raw = False, norm_first: Raw = False,
        bias: Raw = True, device: Raw = None, dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        values = (dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)
        named = {**dict(zip(_SPEC, values)), "dtype": dtype}
        norm = Sub("torch.nn.LayerNorm", (d_model,), {"eps": layer_norm_eps, "bias": bias, "dtype": dtype})
        encoder = Sub("torch.nn.TransformerEncoderLayer", (d_model, nhead), named)
        decoder = Sub("torch.nn.TransformerDecoderLayer", (d_model, nhead), named)
        return {
            "encoder": custom_encoder
            if custom_encoder is not None
            else Sub("torch.nn.TransformerEncoder", (encoder, num_encoder_layers, norm)),
            "decoder": custom_decoder
            if custom_decoder is not None
            else Sub("torch.nn.TransformerDecoder", (decoder, num_decoder_layers, norm)),
            "d_model": d_model,
            "nhead": nhead,
            "batch_first": batch_first,
        }

    @staticmethod
    def forward(
        self: Raw, src: Tensor, tgt: Tensor, src_mask: OptTensor = None, tgt_mask: OptTensor = None,
        memory_mask: OptTensor = None, src_key_padding_mask: OptTensor = None,
        tgt_key_padding_mask: OptTensor = None, memory_key_padding_mask: OptTensor = None,
        src_is_causal: Raw = None, tgt_is_causal: Raw = None, memory_is_causal: Raw = False,
    ) -> Tensor:  # fmt: skip
        first = truth(self.batch_first)
        for tensor in (src, tgt):
            demand(tensor, attention_template(self.d_model, first))
        for tensor in (src, tgt):
            if tensor.is_open:
                raise Lift(tensor.unknown)
        _check_pair(src, tgt, self.d_model, 0 if first else 1)
        encoder, decoder = _attr(self, "encoder"), _attr(self, "decoder")
        if not _is_native(encoder, "torch.nn.TransformerEncoder"):
            raise Lift()
        if not _is_native(decoder, "torch.nn.TransformerDecoder"):
            raise Lift()
        memory = _encode(
            _template(Attrs(encoder.attrs), "torch.nn.TransformerEncoderLayer"), src, src_mask, src_key_padding_mask
        )
        return _decode(
            _template(Attrs(decoder.attrs), "torch.nn.TransformerDecoderLayer"), tgt, memory, (tgt_mask, memory_mask),
            (tgt_key_padding_mask, memory_key_padding_mask),
        )  # fmt: skip

    @staticmethod
    def generate_square_subsequent_mask(sz: Int, device: Raw = None, dtype: DTypeArg = None) -> Tensor:
        return functional("torch.zeros")(sz, sz, dtype=dtype)  # type: ignore[no-any-return]


def _is_native(module: Value, name: str) -> bool:
    return isinstance(module, Instance) and module.cls.native == name and not module.open


def _check_pair(src: Tensor, tgt: Tensor, width: Dim, batch: int) -> None:
    check(src.rank >= 2 and tgt.rank >= 2, "rank-mismatch", "the batch number of src and tgt must be equal")
    if src.rank == 3:
        require_equal(
            src.shape[batch], tgt.shape[batch], "size-mismatch", "the batch number of src and tgt must be equal"
        )
    message = "the feature number of src and tgt must be equal to d_model"
    for tensor in (src, tgt):
        got = tensor.shape[-1]
        require_equal(got, width, "features-mismatch", message, expected=width, got=got)
