"""Convolution layers: Conv, ConvTranspose and the lazy ones, in one, two and three dimensions."""

from __future__ import annotations

from typing import Any

from ..dims import Dim, Truth, divides, equal, less
from ..ops.checks import check, refuse
from ..ops.coerce import items_of, to_int
from ..ops.convolution import CONV, CONV_TRANSPOSE
from ..ops.kinds import DTypeArg, Int, Raw, Tensor
from ..ops.spatial import list_text, size_text
from ..values import DType, ListV, Unknown, Value
from .common import abstract, functional, nn, ntuple, parameter_if, refusable, state, truth, uninitialized
from .registry import Attributes, Attrs, Step, parameter

_MODES = ("zeros", "reflect", "replicate", "circular")
abstract("_ConvNd", "conv")
abstract("_ConvTransposeNd", "conv", "conv._ConvNd")


def _common(
    in_channels: Dim, out_channels: Dim, kernel: tuple[Dim, ...], stride: tuple[Dim, ...], padding: Any,
    dilation: tuple[Dim, ...], transposed: bool, output_padding: tuple[Dim, ...], groups: Dim, mode: Value,
) -> Attributes:  # fmt: skip
    """The checks and attributes of _ConvNd, without the parameters."""
    refusable(less(groups, 1).negate(), "groups must be a positive integer", groups=groups)
    data: dict[str, Any] = {"in_channels": in_channels, "out_channels": out_channels, "groups": groups}
    refusable(divides(groups, in_channels), "in_channels must be divisible by groups", **data)
    refusable(divides(groups, out_channels), "out_channels must be divisible by groups", **data)
    if isinstance(padding, str):
        refusable(
            padding in ("same", "valid"), f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}"
        )
        if padding == "same":
            refusable(
                not any(equal(s, 1) is Truth.NO for s in stride),
                "padding='same' is not supported for strided convolutions",
            )
    if isinstance(mode, str):
        shown = "{" + ", ".join(repr(m) for m in _MODES) + "}"
        refusable(mode in _MODES, f"padding_mode must be one of {shown}, but got padding_mode='{mode}'")
    return {
        "in_channels": in_channels,
        "out_channels": out_channels,
        "kernel_size": kernel,
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "transposed": transposed,
        "output_padding": output_padding,
        "groups": groups,
        "padding_mode": mode,
        "_reversed_padding_repeated_twice": _reversed_twice(padding, kernel, dilation),
    }


def _reversed_twice(padding: Any, kernel: tuple[Dim, ...], dilation: tuple[Dim, ...]) -> Any:
    """The padding as F.pad takes it: last axis first, both sides."""
    if not isinstance(padding, str):
        return tuple(p for p in reversed(padding) for _ in range(2))
    if padding != "same":
        return [0, 0] * len(kernel)
    both = [d * (k - 1) for d, k in zip(dilation, kernel)]
    return [side for total in reversed(both) for side in (total // 2, total - total // 2)]


def _padding(value: Value, rank: int) -> Any:
    return value if isinstance(value, str) else ntuple(value, rank)


def _conv_forward(rank: int, self: Attrs, input: Value, weight: Any, bias: Any) -> Any:
    mode, padding = self.get("padding_mode"), self.padding
    if isinstance(mode, str) and mode != "zeros":
        input = functional("pad")(input, self.get("_reversed_padding_repeated_twice"), mode)
        padding = (0,) * rank
    elif isinstance(mode, Unknown):
        padding = mode
    return CONV[rank](input, weight, bias, self.stride, padding, self.dilation, self.groups)


def _conv(rank: int) -> None:
    name = f"Conv{rank}d"

    @nn(name, "conv", "conv._ConvNd", open_rank=True)
    class Conv:
        @staticmethod
        def init(
            in_channels: Int, out_channels: Int, kernel_size: Raw, stride: Raw = 1, padding: Raw = 0,
            dilation: Raw = 1, groups: Int = 1, bias: Raw = True, padding_mode: Raw = "zeros", device: Raw = None,
            dtype: DTypeArg = None,
        ) -> Attributes:  # fmt: skip
            kernel = ntuple(kernel_size, rank)
            attributes = _common(
                in_channels, out_channels, kernel, ntuple(stride, rank), _padding(padding, rank),
                ntuple(dilation, rank), False, (0,) * rank, groups, padding_mode,
            )  # fmt: skip
            attributes["weight"] = parameter(out_channels, in_channels // groups, *kernel, dtype=dtype)
            attributes["bias"] = parameter_if(bias, out_channels, dtype=dtype)
            return attributes

        @staticmethod
        def forward(self: Raw, input: Raw) -> Tensor:
            return _conv_forward(rank, self, input, state(self, "weight"), state(self, "bias"))  # type: ignore[no-any-return]

        @staticmethod
        def _conv_forward(self: Raw, input: Raw, weight: Raw, bias: Raw) -> Tensor:
            return _conv_forward(rank, self, input, weight, bias)  # type: ignore[no-any-return]

        step = Step("_conv_forward", ("weight", "bias"))

    @nn(f"Lazy{name}", "conv", name, ordinary=f"torch.nn.{name}")
    class LazyConv:
        @staticmethod
        def init(
            out_channels: Int, kernel_size: Raw, stride: Raw = 1, padding: Raw = 0, dilation: Raw = 1,
            groups: Int = 1, bias: Raw = True, padding_mode: Raw = "zeros", device: Raw = None, dtype: DTypeArg = None,
        ) -> Attributes:  # fmt: skip
            attributes = _common(
                0, 0, ntuple(kernel_size, rank), ntuple(stride, rank), _padding(padding, rank),
                ntuple(dilation, rank), False, (0,) * rank, groups, padding_mode,
            )  # fmt: skip
            return _lazy(attributes, out_channels, bias, dtype)

        @staticmethod
        def settle(self: Raw, input: Tensor) -> Attributes:
            channels, out = _lazy_channels(f"Lazy{name}", rank, input, self.groups), self.out_channels
            return {
                "in_channels": channels,
                "weight": (out, channels // self.groups, *self.kernel_size),
                "bias": (out,),
            }


def _lazy(attributes: Attributes, out_channels: Dim, bias: Value, dtype: DType | None) -> Attributes:
    attributes["out_channels"] = out_channels
    attributes["weight"] = uninitialized(dtype)
    attributes["bias"] = uninitialized(dtype) if truth(bias) else None
    return attributes


def _lazy_channels(name: str, rank: int, input: Tensor, groups: Dim) -> Dim:
    check(
        input.rank in (rank + 1, rank + 2), "rank-mismatch",
        f"Expected {rank + 1}D (unbatched) or {rank + 2}D (batched) input to {name}, but got input of size: "
        f"{size_text(input.shape)}",
    )  # fmt: skip
    channels = input.shape[-rank - 1]
    check(
        divides(groups, channels), "channels-mismatch", "in_channels must be divisible by groups", "ValueError",
        got=channels, groups=groups,
    )  # fmt: skip
    return channels


# --- transposed --------------------------------------------------------------------------------------------------


def _output_padding(rank: int, self: Attrs, input: Tensor, output_size: Value) -> Any:
    """What output_size asks for beyond the least possible size."""
    wanted: list[Any] = [to_int(item) for item in items_of(output_size)]
    rest = input.rank - rank
    if len(wanted) == rest + rank:
        wanted = wanted[rest:]
    check(
        len(wanted) == rank, "invalid-argument",
        f"ConvTranspose{rank}D: for {input.rank}D input, output_size must have {rank} or {rest + rank} elements "
        f"(got {len(wanted)})", "ValueError",
    )  # fmt: skip
    least = [
        (size - 1) * s - 2 * p + d * (k - 1) + 1
        for size, s, p, d, k in zip(input.shape[rest:], self.stride, self.padding, self.dilation, self.kernel_size)
    ]
    most = [low + s - 1 for low, s in zip(least, self.stride)]
    for size, low, high in zip(wanted, least, most):
        if less(size, low) is Truth.YES or less(high, size) is Truth.YES:
            shown = list_text(wanted) if isinstance(output_size, ListV) else str(tuple(wanted))
            raise refuse(
                "invalid-argument",
                f"requested an output size of {shown}, but valid sizes range from {list_text(least)} to "
                f"{list_text(most)} (for an input of {size_text(input.shape[2:])})",
                "ValueError",
            )
    return tuple(size - low for size, low in zip(wanted, least))


def _transposed_forward(rank: int, self: Attrs, input: Tensor, output_size: Value, weight: Any, bias: Any) -> Any:
    check(
        self.get("padding_mode") in ("zeros", None), "invalid-argument",
        f"Only `zeros` padding mode is supported for ConvTranspose{rank}d", "ValueError",
    )  # fmt: skip
    extra = self.output_padding
    if output_size is not None and not input.is_open:
        if isinstance(output_size, Unknown):
            extra = output_size
        else:
            extra = _output_padding(rank, self, input, output_size)
    return CONV_TRANSPOSE[rank](input, weight, bias, self.stride, self.padding, extra, self.groups, self.dilation)


def _only_zeros(name: str, mode: Value) -> None:
    if isinstance(mode, str):
        refusable(mode == "zeros", f'Only "zeros" padding mode is supported for {name}')


def _conv_transpose(rank: int) -> None:
    name = f"ConvTranspose{rank}d"

    @nn(name, "conv", "conv._ConvTransposeNd", open_rank=True)
    class ConvTranspose:
        @staticmethod
        def init(
            in_channels: Int, out_channels: Int, kernel_size: Raw, stride: Raw = 1, padding: Raw = 0,
            output_padding: Raw = 0, groups: Int = 1, bias: Raw = True, dilation: Raw = 1, padding_mode: Raw = "zeros",
            device: Raw = None, dtype: DTypeArg = None,
        ) -> Attributes:  # fmt: skip
            _only_zeros(name, padding_mode)
            kernel = ntuple(kernel_size, rank)
            attributes = _common(
                in_channels, out_channels, kernel, ntuple(stride, rank), ntuple(padding, rank),
                ntuple(dilation, rank), True, ntuple(output_padding, rank), groups, padding_mode,
            )  # fmt: skip
            attributes["weight"] = parameter(in_channels, out_channels // groups, *kernel, dtype=dtype)
            attributes["bias"] = parameter_if(bias, out_channels, dtype=dtype)
            return attributes

        @staticmethod
        def forward(self: Raw, input: Tensor, output_size: Raw = None) -> Tensor:
            return _transposed_forward(  # type: ignore[no-any-return]
                rank, self, input, output_size, state(self, "weight"), state(self, "bias")
            )

    @nn(f"Lazy{name}", "conv", name, ordinary=f"torch.nn.{name}")
    class LazyConvTranspose:
        @staticmethod
        def init(
            out_channels: Int, kernel_size: Raw, stride: Raw = 1, padding: Raw = 0, output_padding: Raw = 0,
            groups: Int = 1, bias: Raw = True, dilation: Raw = 1, padding_mode: Raw = "zeros", device: Raw = None,
            dtype: DTypeArg = None,
        ) -> Attributes:  # fmt: skip
            _only_zeros(f"Lazy{name}", padding_mode)
            attributes = _common(
                0, 0, ntuple(kernel_size, rank), ntuple(stride, rank), ntuple(padding, rank),
                ntuple(dilation, rank), True, ntuple(output_padding, rank), groups, padding_mode,
            )  # fmt: skip
            return _lazy(attributes, out_channels, bias, dtype)

        @staticmethod
        def settle(self: Raw, input: Tensor) -> Attributes:
            channels, out = _lazy_channels(f"Lazy{name}", rank, input, self.groups), self.out_channels
            return {
                "in_channels": channels,
                "weight": (channels, out // self.groups, *self.kernel_size),
                "bias": (out,),
            }


for _rank in (1, 2, 3):
    _conv(_rank)
    _conv_transpose(_rank)
