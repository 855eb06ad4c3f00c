"""The layers under test with sampled arguments and inputs; what torch refuses is sampled as well."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from modules.layers import Row, call, ints, row, x

IMAGE = (x(2, 3, 8, 9), x(3, 8, 9))
_PLAIN = (
    "ReLU", "ReLU6", "RReLU", "Sigmoid", "Hardsigmoid", "Tanh", "SiLU", "Mish", "Hardswish", "ELU", "CELU", "SELU",
    "GELU", "Hardshrink", "LeakyReLU", "LogSigmoid", "Softplus", "Softshrink", "Softsign", "Tanhshrink", "Hardtanh",
)  # fmt: skip
ACTIVATIONS: list[Row] = [row(name, call(), x(2, 3), x(4), x(2, 3, 4, 5), x()) for name in _PLAIN]
ACTIVATIONS += [row(name, call(inplace=True), x(2, 3)) for name in ("ReLU", "ReLU6", "SELU", "Hardswish", "Mish")]
ACTIVATIONS += [
    row("Threshold", call(0.1, 20), x(2, 3)),
    row("Threshold", call(0.1, 20, True), x(2, 3)),
    row("Hardtanh", call(2.0, 1.0)),
    row("Hardtanh", call(-2, 2), x(3)),
    row("Softshrink", call(-1.0), x(3)),
    row("RReLU", call(0.1, 0.3), x(2, 3)),
    row("GELU", call("tanh"), x(3)),
    row("GELU", call(approximate="foo"), x(3)),
    row("ELU", call(2.0, True), x(3)),
    row("LeakyReLU", call(0.2, inplace=True), x(3)),
    row("GLU", call(), x(2, 6), x(2, 5), x(4)),
    row("GLU", call(1), x(2, 6, 3), x(2, 5, 3), x(4)),
    row("Softmax", call(1), x(2, 3), x(3)),
    row("Softmax", call(dim=-1), x(2, 3), x(3), x()),
    row("LogSoftmax", call(dim=1), x(2, 3), x(2, 3, 4)),
    row("Softmin", call(dim=0), x(2, 3)),
    row("Softmax2d", call(), x(2, 3, 4, 5), x(3, 4, 5), x(2, 3)),
    row("PReLU", call(), x(2, 3), x(4), x()),
    row("PReLU", call(3), x(2, 3, 4), x(2, 4)),
    row("PReLU", call(num_parameters=3, init=0.1), x(2, 3, 4)),
]
_DROPOUTS = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout")
DROPOUTS = [row(name, call(p), x(2, 3, 4)) for name in _DROPOUTS for p in (0.5, 0.0, 1, 2, -0.5)]
DROPOUTS += [row("Dropout", call(0.1, True), x(2, 3), x(), x(1, 2, 3, 4)), row("Dropout1d", call(), x(2, 3), x(3))]
DROPOUTS += [row("Dropout2d", call(), x(2, 3, 4, 5), x(2, 3)), row("Dropout3d", call(), x(2, 3, 4, 5, 6))]

LINEAR = [
    row("Identity", call(), x(2, 3), x()),
    row("Identity", call(54, foo=3), x(2, 3)),
    row("Linear", call(3, 5), x(2, 3), x(3), x(2, 4, 3), x(2, 4), x(5, 2, 4), x(0, 3), ints(2, 3), x()),
    row("Linear", call(3, 5, bias=False), x(2, 3), x(2, 4), x(3, 2, 4)),
    row("Linear", call(3, 5, dtype=torch.float64), x(2, 3).double(), x(2, 3)),
    row("Linear", call(in_features=3, out_features=1, bias=True), x(2, 3)),
    row("Bilinear", call(3, 4, 5), (x(2, 3), x(2, 4)), (x(2, 4), x(2, 4)), (x(2, 3), x(3, 4)), (x(6, 2, 3),
        x(6, 2, 4))),
    row("Bilinear", call(3, 4, 5, bias=False), (x(2, 3), x(2, 4)), (x(3), x(4))),
    row("Bilinear", call(0, 4, 5)),
    row("LazyLinear", call(5), x(2, 3), x(4, 2, 3)),
    row("LazyLinear", call(5, False), x(2, 3)),
    row("Flatten", call(), x(2, 3, 4), x(2), x(2, 3, 4, 5)),
    row("Flatten", call(0, 1), x(2, 3, 4), x(2)),
    row("Flatten", call(2, 1), x(2, 3, 4)),
    row("Unflatten", call(1, (2, 3)), x(2, 6), x(2, 6, 4), x(2, 5)),
    row("Unflatten", call(dim=-1, unflattened_size=(2, -1)), x(2, 6), x(2, 5)),
    row("Unflatten", call(1, 3)),
    row("Unflatten", call(1, (2, 3.0))),
    row("Unflatten", call(1, [2, 3]), x(2, 6)),
]  # fmt: skip

CONV = [
    row("Conv2d", call(3, 8, 3), x(2, 3, 8, 9), x(3, 8, 9), x(2, 4, 8, 9), x(4, 8, 9), x(2, 3, 2, 9), x(3, 8),
        x(0, 3, 5, 5)),
    row("Conv2d", call(3, 8, 3, padding=1, stride=2, bias=False), *IMAGE),
    row("Conv2d", call(3, 8, (3, 5), stride=(2, 1), padding=(0, 2), dilation=(2, 1)), *IMAGE),
    row("Conv2d", call(4, 8, 3, groups=2), x(2, 4, 8, 9), x(2, 2, 8, 8)),
    row("Conv2d", call(4, 4, 3, 1, 1, 1, 4), x(2, 4, 8, 9)),
    row("Conv2d", call(3, 8, 3, padding="same"), *IMAGE),
    row("Conv2d", call(3, 8, (4, 3), padding="same", dilation=2), *IMAGE),
    row("Conv2d", call(3, 8, 3, padding="valid", stride=2), *IMAGE),
    row("Conv2d", call(3, 8, 3, padding="same", stride=2)),
    row("Conv2d", call(3, 8, 3, groups=2)),
    row("Conv2d", call(4, 7, 3, groups=2)),
    row("Conv2d", call(4, 8, 3, groups=0)),
    row("Conv2d", call(3, 8, 3, padding=1, padding_mode="circular"), *IMAGE),
    row("Conv2d", call(3, 8, 3, padding=(1, 2), padding_mode="reflect"), *IMAGE, x(2, 3, 8, 2)),
    row("Conv2d", call(3, 8, 4, padding="same", padding_mode="replicate"), *IMAGE),
    row("Conv2d", call(3, 8, 3, dtype=torch.float64), x(2, 3, 8, 9).double(), x(2, 3, 8, 9)),
    row("Conv1d", call(3, 8, 3), x(2, 3, 8), x(3, 8), x(2, 3), x(2, 4, 8), x(2, 3, 2), x(2, 3, 4, 5)),
    row("Conv1d", call(3, 6, 5, 2, 2, 2, 3, False, "zeros"), x(2, 3, 20)),
    row("Conv1d", call(3, 6, 3, padding=2, padding_mode="circular"), x(2, 3, 20)),
    row("Conv3d", call(3, 4, 3), x(2, 3, 5, 6, 7), x(3, 5, 6, 7), x(2, 3, 5, 6), x(2, 2, 5, 6, 7)),
    row("Conv3d", call(3, 4, (1, 3, 3), padding=(0, 1, 1)), x(2, 3, 5, 6, 7)),
    row("ConvTranspose2d", call(4, 3, 2, stride=2), x(2, 4, 5, 6), x(4, 5, 6), x(2, 3, 5, 6), x(5, 6)),
    row("ConvTranspose2d", call(4, 6, 3, 2, 1, 1, 2, False, 2), x(2, 4, 5, 6)),
    row("ConvTranspose2d", call(4, 3, 3, stride=2, padding=1),
        (x(2, 4, 5, 6), [10, 12]), (x(2, 4, 5, 6), (9, 11)), (x(2, 4, 5, 6), [2, 4, 10, 12]), (x(2, 4, 5, 6), [12, 12]),
        (x(2, 4, 5, 6), [12])),
    row("ConvTranspose2d", call(4, 3, 3, output_padding=1), x(2, 4, 5, 6)),
    row("ConvTranspose2d", call(4, 3, 3, padding=5), x(1, 4, 1, 1)),
    row("ConvTranspose2d", call(4, 3, 3, padding_mode="reflect")),
    row("ConvTranspose2d", call(4, 3, 3, groups=3)),
    row("ConvTranspose1d", call(4, 3, 4, 2, 1), x(2, 4, 5), x(4, 5), x(2, 5, 5), x(2, 4, 5, 5)),
    row("ConvTranspose1d", call(4, 3, 4, 2, 1, 2), x(2, 4, 5)),
    row("ConvTranspose3d", call(4, 3, 2, stride=2), x(2, 4, 2, 3, 4), x(4, 2, 3, 4), x(2, 3, 2, 3, 4)),
    row("ConvTranspose3d", call(4, 3, 2, stride=2, output_padding=2), x(2, 4, 2, 3, 4)),
]  # fmt: skip
for _rank, _sizes in ((1, (7,)), (2, (7, 8)), (3, (5, 6, 7))):
    CONV += [
        row(f"LazyConv{_rank}d", call(6, 3), x(2, 4, *_sizes), x(4, *_sizes)),
        row(f"LazyConv{_rank}d", call(6, 3, 2, 1, groups=2, bias=False), x(2, 4, *_sizes)),
        row(f"LazyConvTranspose{_rank}d", call(6, 3, stride=2), x(2, 4, *_sizes), x(4, *_sizes)),
    ]

POOLS = [
    row("MaxPool2d", call(2), *IMAGE, x(3, 8), x(2, 3, 1, 8), x(2, 3, 4, 5, 6)),
    row("MaxPool2d", call(3, 2, 1, 1, False, True), *IMAGE),
    row("MaxPool2d", call((2, 3), stride=(1, 2), return_indices=True), *IMAGE),
    row("MaxPool2d", call(2, padding=2), *IMAGE),
    row("MaxPool2d", call(3, dilation=2), *IMAGE),
    row("MaxPool1d", call(2), x(2, 3, 8), x(3, 8), x(8), x(2, 3, 1)),
    row("MaxPool1d", call(3, 1, 1, ceil_mode=True), x(2, 3, 8)),
    row("MaxPool3d", call(2), x(2, 3, 4, 5, 6), x(3, 4, 5, 6), x(4, 5, 6)),
    row("MaxPool3d", call((1, 2, 2), return_indices=True), x(2, 3, 4, 5, 6)),
    row("AvgPool1d", call(2), x(2, 3, 8), x(3, 8), x(8)),
    row("AvgPool1d", call(3, 2, 1, True), x(2, 3, 8)),
    row("AvgPool2d", call(2), *IMAGE, x(3, 8), x(2, 3, 1, 8)),
    row("AvgPool2d", call((3, 2), 1, (1, 0), True, False, 3), *IMAGE),
    row("AvgPool3d", call(2), x(2, 3, 4, 5, 6), x(3, 4, 5, 6), x(4, 5, 6), x(2, 3, 1, 5, 6)),
    row("LPPool1d", call(2, 3), x(2, 3, 8), x(3, 8)),
    row("LPPool2d", call(2, 3, stride=2), *IMAGE),
    row("LPPool2d", call(1.5, (3, 2), ceil_mode=True), *IMAGE),
    row("LPPool3d", call(2, 2), x(2, 3, 4, 5, 6)),
    row("AdaptiveAvgPool1d", call(4), x(2, 3, 8), x(3, 8), x(8)),
    row("AdaptiveAvgPool2d", call(1), *IMAGE, x(8, 9), x(9)),
    row("AdaptiveAvgPool2d", call((None, 7)), *IMAGE),
    row("AdaptiveAvgPool2d", call((1, 1)), *IMAGE, x(2, 3, 0, 4)),
    row("AdaptiveAvgPool2d", call((2, 2, 2)), *IMAGE),
    row("AdaptiveAvgPool3d", call((None, 7, 1)), x(2, 3, 4, 5, 6), x(3, 4, 5)),
    row("AdaptiveMaxPool1d", call(4), x(2, 3, 8), x(3, 8), x(8)),
    row("AdaptiveMaxPool2d", call((3, None)), *IMAGE, x(8, 9)),
    row("AdaptiveMaxPool2d", call(2, return_indices=True), *IMAGE),
    row("AdaptiveMaxPool3d", call(2, True), x(2, 3, 4, 5, 6)),
    row("FractionalMaxPool2d", call(2, output_size=4), *IMAGE),
    row("FractionalMaxPool2d", call(2, output_ratio=0.5), *IMAGE),
    row("FractionalMaxPool2d", call(2, output_ratio=(0.5, 0.7), return_indices=True), *IMAGE),
    row("FractionalMaxPool2d", call(2)),
    row("FractionalMaxPool2d", call(2, output_size=3, output_ratio=0.5)),
    row("FractionalMaxPool2d", call(2, output_ratio=1.5)),
    row("FractionalMaxPool3d", call(2, output_size=(2, 3, 3)), x(2, 3, 5, 6, 7)),
    row("FractionalMaxPool3d", call(2, output_ratio=0.5), x(2, 3, 5, 6, 7)),
    row("FractionalMaxPool3d", call(2)),
    row("MaxUnpool1d", call(2), (x(2, 3, 4), ints(2, 3, 4)), (x(3, 4), ints(3, 4)), (x(2, 3, 4), ints(2, 3, 5))),
    row("MaxUnpool2d", call(2, stride=2), (x(2, 3, 4, 4), ints(2, 3, 4, 4)), (x(2, 3, 4, 4), ints(2, 3, 4, 4), [9, 9]),
        (x(2, 3, 4, 4), ints(2, 3, 4, 4), [19, 9])),
    row("MaxUnpool3d", call((1, 2, 2)), (x(2, 3, 4, 4, 4), ints(2, 3, 4, 4, 4))),
]  # fmt: skip

NORMS = [
    row("BatchNorm1d", call(6), x(4, 6), x(4, 6, 5), x(4, 5), x(1, 6), x(6), x(4, 6, 5, 5)),
    row("BatchNorm2d", call(3), x(2, 3, 4, 5), x(2, 4, 4, 5), x(2, 3), x(1, 3, 1, 1)),
    row("BatchNorm2d", call(3, affine=False), x(2, 3, 4, 5), x(2, 4, 4, 5)),
    row("BatchNorm2d", call(3, track_running_stats=False), x(2, 3, 4, 5), x(2, 4, 4, 5)),
    row("BatchNorm2d", call(3, 1e-3, 0.01, False, False), x(2, 3, 4, 5), x(2, 4, 4, 5)),
    row("BatchNorm2d", call(3, bias=False), x(2, 3, 4, 5)),
    row("BatchNorm3d", call(3, momentum=None), x(2, 3, 4, 5, 6), x(2, 3, 4, 5)),
    row("SyncBatchNorm", call(3), x(2, 3, 4), x(2, 4, 4), x(2)),
    row("LayerNorm", call(6), x(2, 6), x(6), x(2, 3, 6), x(2, 5), x(), ints(2, 6)),
    row("LayerNorm", call((3, 6)), x(2, 3, 6), x(3, 6), x(6), x(2, 6, 3)),
    row("LayerNorm", call([3, 6], elementwise_affine=False), x(2, 3, 6)),
    row("LayerNorm", call(6, 1e-6, True, False), x(2, 6)),
    row("LayerNorm", call(torch.Size([6])), x(2, 6)),
    row("RMSNorm", call(6), x(2, 6), x(2, 5)),
    row("RMSNorm", call((3, 6), eps=1e-6, elementwise_affine=False), x(2, 3, 6)),
    row("GroupNorm", call(2, 6), x(2, 6), x(2, 6, 4), x(2, 8, 4), x(6), x(1, 2)),
    row("GroupNorm", call(4, 6)),
    row("GroupNorm", call(1, 6, affine=False), x(2, 6, 4, 4)),
    row("GroupNorm", call(3, 6, bias=False), x(2, 6, 4, 4)),
    row("InstanceNorm1d", call(3), x(2, 3, 5), x(3, 5), x(5), x(2, 3, 1), x(2, 4, 5)),
    row("InstanceNorm2d", call(3), x(2, 3, 4, 5), x(3, 4, 5), x(2, 4, 4, 5), x(4, 5), x(2, 3, 1, 1)),
    row("InstanceNorm2d", call(3, affine=True), x(2, 3, 4, 5), x(2, 4, 4, 5), x(3, 4, 5), x(4, 4, 5)),
    row("InstanceNorm2d", call(3, track_running_stats=True), x(2, 3, 4, 5), x(2, 4, 4, 5), x(2, 3, 1, 1)),
    row("InstanceNorm3d", call(3, affine=True, bias=False), x(2, 3, 4, 5, 6), x(2, 3, 4)),
    row("LocalResponseNorm", call(2), x(2, 3, 4, 5), x(2, 3)),
    row("LocalResponseNorm", call(2, alpha=1e-3, beta=0.5, k=2), x(2, 3, 4)),
    row("CrossMapLRN2d", call(2), x(2, 3, 4, 5)),
    *(row(f"Lazy{_kind}Norm{_rank}d", call(), x(2, 3, *((4, 5, 6)[:_rank])), x(2, 3, 4, 5, 6, 7))
      for _kind in ("Batch", "Instance") for _rank in (1, 2, 3)),
    row("LazyBatchNorm2d", call(affine=False), x(2, 3, 4, 5)),
]  # fmt: skip

PADS = [
    row(f"{kind}Pad{rank}d", call(*amount, *((0.5,) if kind == "Constant" else ())), x(2, 3, *sizes), x(3, *sizes),
        x(4))
    for kind in ("Zero", "Constant", "Reflection", "Replication", "Circular")
    for rank, sizes in ((1, (7,)), (2, (7, 8)), (3, (5, 6, 7)))
    for amount in ((1,), (tuple(range(1, 2 * rank + 1))[:: 1 if rank == 1 else -1],))
    if rank < 3 or amount == (1,)
]  # fmt: skip

EMBEDDINGS = [
    row("Embedding", call(5, 4), ints(2, 3), ints(3), ints(), x(2, 3), ints(2, 3).int()),
    row("Embedding", call(5, 4, padding_idx=0), ints(2, 3)),
    row("Embedding", call(5, 4, padding_idx=-1), ints(2, 3)),
    row("Embedding", call(5, 4, padding_idx=5)),
    row("Embedding", call(5, 4, -6)),
    row("Embedding", call(5, 4, _weight=x(5, 4)), ints(2, 3)),
    row("Embedding", call(5, 4, _weight=x(4, 5)), ints(2, 3)),
    row("EmbeddingBag", call(5, 4), ints(2, 3), (ints(6), torch.tensor([0, 2])), ints(6), ints(2, 3, 4)),
    row("EmbeddingBag", call(5, 4, mode="sum", include_last_offset=True), (ints(6), torch.tensor([0, 2, 6])),
        (ints(2, 3), None, x(2, 3)), (ints(2, 3), None, x(2, 4))),
    row("EmbeddingBag", call(5, 4, mode="max", padding_idx=-1), ints(2, 3)),
    row("EmbeddingBag", call(5, 4, padding_idx=7)),
]  # fmt: skip

BLOCKS = [
    row("Fold", call((8, 8), 3), x(2, 27, 36), x(27, 36), x(2, 28, 36), x(2, 27, 35), x(2, 2, 27, 36)),
    row("Fold", call(8, (2, 4), stride=2, padding=(0, 1)), x(2, 24, 16)),
    row("Unfold", call(3), *IMAGE, x(2, 3, 2, 2), x(2, 3)),
    row("Unfold", call((3, 2), dilation=2, padding=1, stride=(1, 2)), *IMAGE),
    row("PixelShuffle", call(2), x(2, 8, 3, 4), x(8, 3, 4), x(2, 7, 3, 4), x(3, 4)),
    row("PixelUnshuffle", call(2), x(2, 3, 4, 6), x(2, 3, 5, 6), x(4, 6)),
    row("ChannelShuffle", call(2), x(2, 8, 3), x(2, 7, 3), x(2, 8)),
    row("Upsample", call(scale_factor=2), x(2, 3, 4), *IMAGE[:1], x(2, 3, 2, 3, 4), x(3, 4)),
    row("Upsample", call((5, 6), mode="bilinear", align_corners=True), *IMAGE[:1], x(2, 3, 4)),
    row("Upsample", call(size=7), *IMAGE[:1]),
    row("Upsample", call(scale_factor=(2, 0.5), mode="bicubic"), *IMAGE[:1]),
    row("Upsample", call(scale_factor=0.5, mode="area"), *IMAGE[:1]),
    row("Upsample", call(scale_factor=1.5, mode="linear"), x(2, 3, 7), x(2, 3, 7, 7)),
    row("Upsample", call(2, 2), *IMAGE[:1]),
    row("UpsamplingNearest2d", call(scale_factor=2), *IMAGE[:1]),
    row("UpsamplingBilinear2d", call((5, 6)), *IMAGE[:1], x(2, 3, 4)),
    row("PairwiseDistance", call(), (x(4, 3), x(4, 3)), (x(3), x(3)), (x(4, 3), x(4, 5))),
    row("PairwiseDistance", call(1, keepdim=True), (x(4, 3), x(1, 3))),
    row("CosineSimilarity", call(), (x(4, 3), x(4, 3)), (x(4, 3, 2), x(4, 3, 2)), (x(3), x(3)), (x(4, 3), x(4, 5))),
    row("CosineSimilarity", call(dim=-1), (x(4, 1, 3), x(1, 5, 3))),
]  # fmt: skip


def _packed(batch_first: bool = False) -> object:
    return pack_padded_sequence(x(2, 5, 3) if batch_first else x(5, 2, 3), torch.tensor([5, 3]), batch_first)


def _recurrent(name: str) -> list[Row]:
    def h(*shape: int) -> object:
        return (x(*shape), x(*shape)) if name == "LSTM" else x(*shape)

    return [
        row(name, call(3, 4), x(5, 2, 3), x(5, 3), x(5, 2, 4), x(3), (x(5, 2, 3), h(1, 2, 4)), (x(5, 2, 3), h(1, 5, 4)),
            (x(5, 2, 3), h(1, 4)), (x(5, 3), h(1, 4)), (x(5, 3), h(1, 2, 4)), (x(5, 2, 3), h(2, 2, 4)), _packed(),
            x(5, 2, 3).double(), ints(5, 2, 3), x(1, 5, 2, 3)),
        row(name, call(3, 4, 2, batch_first=True, bidirectional=True, dropout=0.1), x(2, 5, 3), x(5, 3),
            (x(2, 5, 3), h(4, 2, 4)), (x(2, 5, 3), h(4, 5, 4)), _packed(True)),
        row(name, call(3, 4, bias=False), x(5, 2, 3)),
        row(name, call(input_size=3, hidden_size=4, num_layers=3), x(5, 2, 3)),
        row(name, call(0, 4)),
        row(name, call(3, 0)),
        row(name, call(3, 4, 0)),
        row(name, call(3, 4, dropout=2)),
        row(name, call(3, 4, bias=1)),
        row(name, call(3, 4, batch_first=1)),
        row(name, call(3, 4, dtype=torch.float64), x(5, 2, 3).double(), x(5, 2, 3)),
    ]  # fmt: skip


RECURRENT = [item for name in ("RNN", "LSTM", "GRU") for item in _recurrent(name)] + [
    row("RNN", call(3, 4, 1, "relu"), x(5, 2, 3)),
    row("RNN", call(3, 4, nonlinearity="foo")),
    row("GRU", call(3, 4, proj_size=2)),
    row("RNN", call(3, 4, proj_size=2)),
    row("LSTM", call(3, 4, proj_size=2), x(5, 2, 3), (x(5, 2, 3), (x(1, 2, 2), x(1, 2, 4))),
        (x(5, 2, 3), (x(1, 2, 4), x(1, 2, 4))), _packed()),
    row("LSTM", call(3, 4, 2, proj_size=2, bidirectional=True, batch_first=True), x(2, 5, 3)),
    row("LSTM", call(3, 4, proj_size=4)),
    row("LSTM", call(3, 4, proj_size=-1)),
    row("RNNCell", call(3, 4), x(2, 3), x(3), (x(2, 3), x(2, 4)), (x(2, 3), x(5, 4)), (x(2, 3), x(2, 5)), x(2, 4),
        x(1, 2, 3), (x(2, 3), x(1, 2, 4)), (x(3), x(4))),
    row("RNNCell", call(3, 4, False, "relu"), x(2, 3)),
    row("GRUCell", call(3, 4), x(2, 3), x(3), (x(2, 3), x(2, 4)), (x(2, 3), x(5, 4)), x(2, 4), x(1, 2, 3)),
    row("GRUCell", call(3, 4, bias=False), x(2, 3)),
    row("LSTMCell", call(3, 4), x(2, 3), x(3), (x(2, 3), (x(2, 4), x(2, 4))), (x(2, 3), (x(5, 4), x(5, 4))), x(2, 4),
        x(1, 2, 3), (x(2, 3), (x(1, 2, 4), x(1, 2, 4)))),
]  # fmt: skip

_Q, _QB = x(5, 2, 8), x(2, 5, 8)
ATTENTION = [
    row("MultiheadAttention", call(8, 2), (_Q, _Q, _Q), (_Q, x(6, 2, 8), x(6, 2, 8)), (x(5, 8), x(6, 8), x(6, 8)),
        (_Q, x(6, 2, 8), x(7, 2, 8)), (x(5, 2, 6), x(5, 2, 6), x(5, 2, 6)), (x(1, 5, 2, 8), _Q, _Q), (_Q, x(6, 8), _Q),
        (_Q, _Q, _Q, ints(2, 5).bool()), (_Q, _Q, _Q, ints(5, 2).bool()), (_Q, _Q, _Q, None, False),
        (_Q, _Q, _Q, None, True, x(5, 5)), (_Q, _Q, _Q, None, True, x(4, 5, 5)), (_Q, _Q, _Q, None, True, x(5, 6)),
        (_Q, _Q, _Q, None, True, x(3, 5, 5)), (_Q, _Q, _Q, None, True, None, False), (_Q, _Q, _Q, ints(5).bool())),
    row("MultiheadAttention", call(8, 2, batch_first=True), (_QB, _QB, _QB), (_QB, x(2, 6, 8), x(2, 6, 8)),
        (x(5, 8), x(6, 8), x(6, 8)), (_QB, x(3, 6, 8), x(3, 6, 8))),
    row("MultiheadAttention", call(8, 2, kdim=6, vdim=7), (_Q, x(6, 2, 6), x(6, 2, 7)), (_Q, x(6, 2, 7), x(6, 2, 7)),
        (_Q, x(6, 2, 6), x(5, 2, 7)), (_Q, x(6, 2, 6), x(6, 2, 6))),
    row("MultiheadAttention", call(8, 2, bias=False, add_bias_kv=True, add_zero_attn=True), (_Q, _Q, _Q)),
    row("MultiheadAttention", call(8, 3)),
    row("MultiheadAttention", call(0, 3)),
    row("MultiheadAttention", call(8, 2, 0.1, True, False, True), (_Q, x(6, 2, 8), x(6, 2, 8))),
    row("TransformerEncoderLayer", call(8, 2), _Q, x(5, 8), x(5, 2, 6), (_Q, x(5, 5)), (_Q, None, ints(2, 5).bool()),
        (_Q, x(6, 6))),
    row("TransformerEncoderLayer", call(8, 2, 16, batch_first=True, norm_first=True, activation="gelu"),
        _QB, x(2, 5, 6)),
    row("TransformerEncoderLayer", call(8, 2, bias=False, dropout=0.0), _Q),
    row("TransformerEncoderLayer", call(8, 3)),
    row("TransformerEncoderLayer", call(8, 2, activation="foo")),
    row("TransformerDecoderLayer", call(8, 2), (_Q, x(6, 2, 8)), (x(5, 8), x(6, 8)), (_Q, x(6, 2, 6)), (_Q, x(6, 3, 8)),
        (x(5, 2, 6), _Q), (_Q, x(6, 2, 8), x(5, 5), x(5, 6))),
    row("TransformerDecoderLayer", call(8, 2, 16, batch_first=True, norm_first=True), (_QB, x(2, 6, 8))),
    row("TransformerEncoder", call(nn.TransformerEncoderLayer(8, 2, 16), 2), _Q, x(5, 2, 6), (_Q, x(5, 5))),
    row("TransformerEncoder", call(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2, nn.LayerNorm(8)), _QB),
    row("TransformerDecoder", call(nn.TransformerDecoderLayer(8, 2, 16), 2), (_Q, x(6, 2, 8)), (_Q, x(6, 3, 8))),
    row("Transformer", call(8, 2, 1, 2, 16), (_Q, x(6, 2, 8)), (_Q, x(6, 3, 8)), (_Q, x(6, 2, 6)), (x(5, 8), x(6, 8))),
    row("Transformer", call(d_model=8, nhead=2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=16,
                            batch_first=True, norm_first=True, activation="gelu"), (_QB, x(2, 6, 8))),
]  # fmt: skip

_PAIRS = ((x(4, 3), x(4, 3)), (x(4, 3), x(3)), (x(4, 1), x(4)), (x(4, 3), x(4)), (x(()), x(())))
_MODES = ("none", "mean", "sum")
LOSSES = [
    row(name, call(reduction=mode), *_PAIRS)
    for name in ("L1Loss", "MSELoss", "SmoothL1Loss", "HuberLoss", "KLDivLoss", "SoftMarginLoss", "HingeEmbeddingLoss",
                 "PoissonNLLLoss", "BCELoss", "BCEWithLogitsLoss", "MultiLabelSoftMarginLoss")
    for mode in (*_MODES, "foo")
]  # fmt: skip
LOSSES += [
    row(name, call(reduction=mode), (x(4, 5), ints(4)), (x(4, 5), ints(3)), (x(4, 5), ints(4, 1)), (x(5), ints()),
        (x(4, 5, 6), ints(4, 6)), (x(4, 5, 6), ints(4, 7)), (x(4, 5, 6, 7), ints(4, 6, 7)), (x(4, 5, 6, 7),
            ints(4, 6, 8)),
        (x(4, 5, 6, 7), ints(4, 1, 6, 7)), (x(4, 5), x(4)), (x(4, 5), ints(4).int()), (x(4, 5, 2, 2, 2),
            ints(4, 2, 2, 2)),
        (x(5), ints(2)), (x(4, 5), ints()))
    for name in ("CrossEntropyLoss", "NLLLoss", "NLLLoss2d") for mode in _MODES
]  # fmt: skip
LOSSES += [
    row("CrossEntropyLoss", call(), (x(4, 5), x(4, 5)), (x(4, 5), ints(4, 5)), (x(4, 5, 6), x(4, 5, 6))),
    row("CrossEntropyLoss", call(weight=x(5), label_smoothing=0.1, reduction="none"), (x(4, 5), ints(4)),
        (x(4, 6), ints(4)), (x(4, 5), x(4, 5)), (x(4, 6), x(4, 6)), (x(4, 5, 6), ints(4, 6))),
    row("CrossEntropyLoss", call(label_smoothing=2.0), (x(4, 5), ints(4))),
    row("CrossEntropyLoss", call(size_average=False), (x(4, 5), ints(4))),
    row("CrossEntropyLoss", call(reduce=False), (x(4, 5), ints(4))),
    row("MSELoss", call(True, False), (x(4, 5), x(4, 5))),
    row("NLLLoss", call(x(5)), (x(4, 5), ints(4)), (x(4, 6), ints(4)), (x(4, 6, 2, 2), ints(4, 2, 2))),
    row("BCELoss", call(x(3)), (x(4, 3), x(4, 3)), (x(4, 5), x(4, 5)), (x(4, 3), ints(4, 3))),
    row("BCEWithLogitsLoss", call(pos_weight=x(3)), (x(4, 3), x(4, 3)), (x(4, 5), x(4, 5))),
    row("BCEWithLogitsLoss", call(weight=x(2, 4, 3)), (x(4, 3), x(4, 3))),
    row("KLDivLoss", call(reduction="batchmean"), (x(4, 3), x(4, 3))),
    row("HuberLoss", call(delta=0), (x(4), x(4))),
    row("SmoothL1Loss", call(beta=-1.0), (x(4), x(4))),
    *(row("GaussianNLLLoss", call(reduction=mode), (x(4, 3), x(4, 3), x(4, 3)), (x(4, 3), x(4, 3), x(4, 1)),
          (x(4, 3), x(4, 3), x(2)), (x(4, 3), x(3), x(4))) for mode in (*_MODES, "foo")),
    *(row("MarginRankingLoss", call(0.5, reduction=mode), (x(4), x(4), x(4)), (x(4), x(4), x(4, 1)), (x(4), x(3), x(4)))
      for mode in _MODES),
    *(row("CosineEmbeddingLoss", call(reduction=mode), (x(4, 3), x(4, 3), x(4)), (x(3), x(3), torch.tensor(1)),
          (x(4, 3), x(4, 5), x(4)), (x(2, 4, 3), x(2, 4, 3), x(4)), (x(4, 3), x(4, 3), x(4, 1))) for mode in _MODES),
    *(row("TripletMarginLoss", call(swap=True, reduction=mode), (x(4, 3), x(4, 3), x(4, 3)), (x(4, 3), x(4, 5),
        x(4, 3)),
          (x(4, 3), x(3), x(4, 3)), (x(3), x(3), x(3))) for mode in _MODES),
    row("TripletMarginLoss", call(margin=0)),
    *(row("TripletMarginWithDistanceLoss", call(reduction=mode), (x(4, 3), x(4, 3), x(4, 3)), (x(4, 3), x(3), x(4, 3)))
      for mode in _MODES),
    row("TripletMarginWithDistanceLoss", call(margin=-1)),
    *(row("MultiLabelMarginLoss", call(reduction=mode), (x(4, 3), ints(4, 3)), (x(3), ints(3)), (x(4, 3), ints(4)),
          (x(4, 3), x(4, 3)), (x(4, 3, 2), ints(4, 3, 2))) for mode in _MODES),
    *(row("MultiMarginLoss", call(reduction=mode), (x(4, 3), ints(4)), (x(3), ints(1)), (x(4, 3), ints(3)), (x(4, 3),
        x(4)))
      for mode in _MODES),
    row("MultiMarginLoss", call(p=3)),
    row("MultiMarginLoss", call(weight=x(2, 2))),
    row("MultiMarginLoss", call(2, weight=x(3)), (x(4, 3), ints(4)), (x(4, 5), ints(4))),
    *(row("CTCLoss", call(0, mode), (x(5, 2, 6), ints(2, 3) + 1, torch.tensor([5, 5]), torch.tensor([3, 3])),
          (x(5, 6), ints(3) + 1, torch.tensor(5), torch.tensor(3)),
          (x(5, 2, 6), ints(6) + 1, (5, 5), (3, 3)),
          (x(5, 2, 6), ints(2, 3) + 1, torch.tensor([5, 5, 5]), torch.tensor([3, 3])),
          (x(5, 2, 6), ints(3, 3) + 1, torch.tensor([5, 5]), torch.tensor([3, 3]))) for mode in _MODES),
    row("CTCLoss", call(blank=9), (x(5, 2, 6), ints(2, 3), torch.tensor([5, 5]), torch.tensor([3, 3]))),
    row("LinearCrossEntropyLoss", call(3, 7), (x(4, 3), ints(4)), (x(4, 5), ints(4)), (x(4, 3), ints(5))),
    row("LinearCrossEntropyLoss", call(3, 7, out_features=(2,), bias=True, reduction="none"), (x(4, 3), ints(4, 2)),
        (x(3), ints(2))),
    row("LinearCrossEntropyLoss", call(3, 7, label_smoothing=2.0)),
    row("AdaptiveLogSoftmaxWithLoss", call(8, 10, [2, 5]), (x(4, 8), ints(4)), (x(8), ints()), (x(4, 8), ints(3)),
        (x(4, 8), ints(4, 1)), (x(4, 4, 8), ints(4))),
    row("AdaptiveLogSoftmaxWithLoss", call(8, 10, (2,), 2.0, True), (x(4, 8), ints(4))),
    row("AdaptiveLogSoftmaxWithLoss", call(8, 10, [5, 2])),
    row("AdaptiveLogSoftmaxWithLoss", call(8, 10, [])),
]  # fmt: skip

ROWS = (
    *ACTIVATIONS, *DROPOUTS, *LINEAR, *CONV, *POOLS, *NORMS, *PADS, *EMBEDDINGS, *BLOCKS, *RECURRENT, *ATTENTION,
        *LOSSES,
)  # fmt: skip
