"""RNN, LSTM, GRU: padded, packed and unbatched sequences, and their checks of the hidden state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dims import Dim, fresh_unknown, less
from ..ops.checks import check, demand, refuse, require_equal
from ..ops.coerce import to_int
from ..ops.devices import device_text, same_device
from ..ops.errors import Lift
from ..ops.kinds import DTypeArg, Int, Raw, Tensor
from ..ops.spatial import dtypes_clash, list_text, tuple_text
from ..values import CONTIGUOUS, DType, ListV, PackedSequence, Unknown, Value
from ..values import Tensor as TensorValue
from .common import is_number, nn, refusable, truth
from .registry import Attributes, Attrs, parameter

_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


def _check_arguments(
    input_size: Dim, hidden_size: Dim, num_layers: Dim, bias: Value, batch_first: Value, dropout: Value, proj: Dim
) -> None:
    if is_number(dropout):
        refusable(
            not isinstance(dropout, bool) and 0 <= dropout <= 1,
            "dropout should be a number in range [0, 1] representing the probability of an element being zeroed",
        )
    for name, value in (("bias", bias), ("batch_first", batch_first)):
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            refusable(False, f"{name} should be of type bool, got: {type(value).__name__}", "TypeError")
    for name, size in (("input_size", input_size), ("hidden_size", hidden_size)):
        if type(size) is float:
            refusable(False, f"{name} should be of type int, got: float", "TypeError")
    if type(num_layers) is float:
        refusable(less(num_layers, 1).negate(), "num_layers must be greater than zero")
        refusable(False, "'float' object cannot be interpreted as an integer", "TypeError")
    for name, size in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
        refusable(less(size, 1).negate(), f"{name} must be greater than zero")
    refusable(less(proj, 0).negate(), "proj_size should be a positive integer or zero to disable projections")
    if not isinstance(proj, int) or proj != 0:
        refusable(less(proj, hidden_size), "proj_size has to be smaller than hidden_size")


def base_attributes(
    mode: str, input_size: Dim, hidden_size: Dim, num_layers: Dim, bias: Value, batch_first: Value, dropout: Value,
    bidirectional: Value, proj_size: Dim, dtype: DType | None,
) -> Attributes:  # fmt: skip
    """RNNBase: the weights of each layer and direction under their own names."""
    _check_arguments(input_size, hidden_size, num_layers, bias, batch_first, dropout, proj_size)
    attributes: Attributes = {
        "mode": mode,
        "input_size": input_size,
        "hidden_size": hidden_size,
        "num_layers": num_layers,
        "bias": bias,
        "batch_first": batch_first,
        "dropout": float(dropout) if is_number(dropout) else dropout,
        "bidirectional": bidirectional,
        "proj_size": proj_size,
    }
    both, biased = truth(bidirectional), truth(bias)
    if not isinstance(num_layers, int) or both is None or biased is None or mode not in _GATES:
        return attributes
    names: list[list[str]] = []
    for layer in range(num_layers):
        for suffix in ("", "_reverse")[: 1 + both]:
            weights = _weights(mode, layer, input_size, hidden_size, proj_size, biased, 1 + both)
            named = {f"{name}_l{layer}{suffix}": parameter(*dims, dtype=dtype) for name, dims in weights.items()}
            attributes.update(named)
            names.append(list(named))
    attributes["_flat_weights_names"] = [name for group in names for name in group]
    attributes["_all_weights"] = [list(group) for group in names]
    return attributes


def _weights(
    mode: str, layer: int, input_size: Dim, hidden: Dim, proj: Dim, biased: bool, directions: int
) -> dict[str, tuple[Dim, ...]]:
    projected = not isinstance(proj, int) or proj > 0
    gates, real = _GATES[mode] * hidden, proj if projected else hidden
    weights: dict[str, tuple[Dim, ...]] = {
        "weight_ih": (gates, input_size if layer == 0 else real * directions),
        "weight_hh": (gates, real),
    }
    if biased:
        weights.update(bias_ih=(gates,), bias_hh=(gates,))
    if projected:
        weights["weight_hr"] = (proj, hidden)
    return weights


# --- forward -----------------------------------------------------------------------------------------------------


def _directions(self: Attrs) -> Dim:
    both = truth(self.bidirectional)
    return fresh_unknown() if both is None else 1 + both


def _real_hidden(self: Attrs) -> Dim:
    proj = self.get("proj_size", 0)
    return self.hidden_size if isinstance(proj, int) and proj <= 0 else proj  # type: ignore[no-any-return]


def _check_input(self: Attrs, input: Tensor, rank: int) -> None:
    weight = self.get("weight_ih_l0")
    if isinstance(weight, TensorValue) and dtypes_clash(input.dtype, weight.dtype):
        raise refuse(
            "dtype-mismatch",
            f"RNN input dtype ({input.dtype}) does not match weight dtype ({weight.dtype}). Convert input: "
            f"input.to({weight.dtype}), or convert model: model.to({input.dtype})",
            "ValueError",
        )
    check(input.rank == rank, "rank-mismatch", f"input must have {rank} dimensions, got {input.rank}")
    expected, got = self.input_size, input.shape[-1]
    require_equal(
        got, expected, "features-mismatch",
        f"input.size(-1) must be equal to input_size. Expected {expected}, got {got}", expected=expected, got=got,
    )  # fmt: skip


def _check_hidden(name: str, given: Tensor, expected: Sequence[Dim]) -> None:
    message = f"Expected {name} size {tuple_text(expected)}, got {list_text(given.shape)}"
    check(given.rank == len(expected), "size-mismatch", message)
    for a, b in zip(given.shape, expected):
        require_equal(a, b, "size-mismatch", message)


def _hidden_tensors(self: Attrs, hx: Value) -> list[Tensor] | None:
    """The hidden state as a list: one tensor, two for LSTM; None: the default of zeros."""
    if hx is None:
        return None
    items: Any = (hx,)
    if self.mode == "LSTM":
        if isinstance(hx, ListV) and hx.rest is None:
            items = tuple(hx.items)
        elif isinstance(hx, tuple):
            items = hx
        else:
            raise Lift(hx if isinstance(hx, Unknown) else None)
    for item in items:
        if not isinstance(item, TensorValue):
            raise Lift(item if isinstance(item, Unknown) else None)
    return list(items)


def _check_hidden_rank(self: Attrs, hidden: list[Tensor], batched: bool) -> None:
    rank = 3 if batched else 2
    if any(h.is_open for h in hidden) or all(h.rank == rank for h in hidden):
        return
    kind = "batched 3-D" if batched else "unbatched 2-D"
    if self.mode == "LSTM":
        ranks = ", ".join(f"{h.rank}-D" for h in hidden)
        raise refuse("rank-mismatch", f"For {kind} input, hx and cx should also be {rank}-D but got ({ranks}) tensors")
    raise refuse("rank-mismatch", f"For {kind} input, hx should also be {rank}-D but got {hidden[0].rank}-D tensor")


def _check_state(self: Attrs, hidden: list[Tensor], expected: Sequence[tuple[Dim, ...]], batched: bool) -> None:
    for i, (given, want) in enumerate(zip(hidden, expected)):
        if given.is_open:
            demand(given, None)
            continue
        shown = given if batched else given.with_dims(given.shape[0], 1, *given.shape[1:])
        _check_hidden(f"hidden[{i}]" if self.mode == "LSTM" else "hidden", shown, want)


def _check_devices(self: Attrs, input: Tensor, hidden: list[Tensor] | None) -> None:
    """What the cell meets lies where its input does; a state that is left out does."""
    weight = getattr(self, "weight_ih_l0", None)
    named = [("hidden", state) for state in hidden or ()]
    for name, other in (*named, ("parameter", weight)):
        if not isinstance(other, TensorValue) or input.device is None or other.device is None:
            continue
        if not same_device(input.device, other.device):
            raise refuse(
                "device-mismatch",
                f"Input and {name} tensors are not at the same device, found input tensor at"
                f" {device_text(input.device)} and {name} tensor at {device_text(other.device)}",
            )


def _forward(self: Raw, input: Raw, hx: Raw = None) -> Raw:
    layers, directions = self.num_layers, _directions(self)
    real = _real_hidden(self)
    hidden = _hidden_tensors(self, hx)
    states = layers * directions
    widths = [real, self.hidden_size] if self.mode == "LSTM" else [real]
    if isinstance(input, PackedSequence):
        _check_input(self, input.data, 2)
        expected: list[tuple[Dim, ...]] = [(states, input.batch, width) for width in widths]
        if hidden is not None:
            _check_state(self, hidden, expected, True)
        _check_devices(self, input.data, hidden)
        data = input.data.with_dims(input.data.shape[0], real * directions)
        return PackedSequence(data, input.batch, input.length), _state(self, input.data, expected)
    if not isinstance(input, TensorValue):
        raise Lift(input if isinstance(input, Unknown) else None)
    first = truth(self.batch_first)
    if input.is_open:
        names = ("B", "T") if first else ("T", "B")
        demand(input, (*names, self.input_size))
        raise Lift(input.unknown)
    name = self.mode if self.mode in ("LSTM", "GRU") else "RNN"
    check(
        input.rank in (2, 3), "rank-mismatch",
        f"{name}: Expected input to be 2D or 3D, got {input.rank}D {'tensor ' if name == 'RNN' else ''}instead",
        "ValueError", expected=(2, 3), got=input.rank,
    )  # fmt: skip
    batched = input.rank == 3
    if hidden is not None:
        _check_hidden_rank(self, hidden, batched)
    _check_input(self, input if batched else input.with_dims(1, *input.shape), 3)
    batch: Dim = 1
    if batched:
        batch = fresh_unknown() if first is None else input.shape[0 if first else 1]
    expected = [(states, batch, width) for width in widths]
    if hidden is not None:
        _check_state(self, hidden, expected, batched)
    _check_devices(self, input, hidden)
    if not batched:
        expected = [(states, width) for width in widths]
    contiguous = CONTIGUOUS if input.strides == CONTIGUOUS and not first else None
    output = TensorValue((*input.shape[:-1], real * directions), input.dtype, input.device, strides=contiguous)
    return output, _state(self, input, expected)


def _state(self: Attrs, input: Tensor, expected: Sequence[tuple[Dim, ...]]) -> Value:
    tensors = tuple(input.with_dims(*dims) for dims in expected)
    return tensors if self.mode == "LSTM" else tensors[0]


@nn("RNNBase", "rnn", open_rank=True)
class RNNBase:
    @staticmethod
    def init(
        mode: Raw, input_size: Int, hidden_size: Int, num_layers: Int = 1, bias: Raw = True, batch_first: Raw = False,
        dropout: Raw = 0.0, bidirectional: Raw = False, proj_size: Int = 0, device: Raw = None, dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        if isinstance(mode, str):
            refusable(mode in _GATES, f"Unrecognized RNN mode: {mode}")
        return base_attributes(
            mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size, dtype
        )

    @staticmethod
    def flatten_parameters(self: Raw) -> Raw:
        return None


@nn("RNN", "rnn", "RNNBase", open_rank=True)
class RNN:
    @staticmethod
    def init(
        input_size: Int, hidden_size: Int, num_layers: Int = 1, nonlinearity: Raw = "tanh", bias: Raw = True,
        batch_first: Raw = False, dropout: Raw = 0.0, bidirectional: Raw = False, device: Raw = None,
        dtype: DTypeArg = None, *, proj_size: Raw = None,
    ) -> Attributes:  # fmt: skip
        _no_projection(proj_size)
        if isinstance(nonlinearity, str):
            refusable(
                nonlinearity in ("tanh", "relu"),
                f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.",
            )
        mode = "RNN_RELU" if nonlinearity == "relu" else "RNN_TANH"
        attributes = base_attributes(
            mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, dtype
        )
        return {**attributes, "nonlinearity": nonlinearity}

    forward = staticmethod(_forward)


@nn("LSTM", "rnn", "RNNBase", open_rank=True)
class LSTM:
    @staticmethod
    def init(
        input_size: Int, hidden_size: Int, num_layers: Int = 1, bias: Raw = True, batch_first: Raw = False,
        dropout: Raw = 0.0, bidirectional: Raw = False, proj_size: Raw = 0, device: Raw = None,
        dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        return base_attributes(
            "LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, to_int(proj_size),
            dtype,
        )  # fmt: skip

    forward = staticmethod(_forward)


@nn("GRU", "rnn", "RNNBase", open_rank=True)
class GRU:
    @staticmethod
    def init(
        input_size: Int, hidden_size: Int, num_layers: Int = 1, bias: Raw = True, batch_first: Raw = False,
        dropout: Raw = 0.0, bidirectional: Raw = False, device: Raw = None, dtype: DTypeArg = None, *,
        proj_size: Raw = None,
    ) -> Attributes:  # fmt: skip
        _no_projection(proj_size)
        return base_attributes(
            "GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, dtype
        )

    forward = staticmethod(_forward)


def _no_projection(proj_size: Value) -> None:
    refusable(proj_size is None, "proj_size argument is only supported for LSTM, not RNN or GRU")
