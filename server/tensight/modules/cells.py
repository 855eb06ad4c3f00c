"""RNNCell, LSTMCell, GRUCell: one step of a recurrent layer."""

from __future__ import annotations

from typing import Any

from ..dims import Dim
from ..ops.checks import check, require_equal
from ..ops.coerce import items_of
from ..ops.devices import require_linear
from ..ops.errors import Lift, Template
from ..ops.kinds import DTypeArg, Int, Raw, Tensor
from ..ops.linear import require_one_dtype
from ..values import DType, Unknown, Value
from ..values import Tensor as TensorValue
from .common import abstract, nn, parameter_if
from .registry import Attributes, Attrs, parameter

abstract("RNNCellBase", "rnn", spec="input_size, hidden_size, bias, num_chunks, device=None, dtype=None")


def _cell(chunks: int, input_size: Dim, hidden_size: Dim, bias: Value, dtype: DType | None) -> Attributes:
    return {
        "input_size": input_size,
        "hidden_size": hidden_size,
        "bias": bias,
        "weight_ih": parameter(chunks * hidden_size, input_size, dtype=dtype),
        "weight_hh": parameter(chunks * hidden_size, hidden_size, dtype=dtype),
        "bias_ih": parameter_if(bias, chunks * hidden_size, dtype=dtype),
        "bias_hh": parameter_if(bias, chunks * hidden_size, dtype=dtype),
    }


def _check_states(name: str, states: list[Tensor]) -> None:
    for i, hidden in enumerate(states):
        what = f"hx[{i}]" if name == "LSTMCell" else "hidden"
        check(
            hidden.rank in (1, 2), "rank-mismatch",
            f"{name}: Expected {what} to be 1D or 2D, got {hidden.rank}D instead", "ValueError",
        )  # fmt: skip


def step(self: Attrs, name: str, input: Tensor, states: list[Tensor]) -> Tensor:
    """The new hidden state; `states` are the old ones (none: zeros)."""
    check(
        input.rank in (1, 2), "rank-mismatch",
        f"{name}: Expected input to be 1D or 2D, got {input.rank}D instead", "ValueError",
        expected=(1, 2), got=input.rank,
    )  # fmt: skip
    if any(hidden.is_open for hidden in states):
        states = []
    _check_states(name, states)
    width, expected, size = input.shape[-1], self.input_size, self.hidden_size
    require_equal(
        width, expected, "features-mismatch",
        f"input has inconsistent input_size: got {width} expected {expected}", expected=expected, got=width,
    )  # fmt: skip
    weight = self.get("weight_ih")
    if isinstance(weight, TensorValue):
        require_one_dtype(input, weight, self.get("bias_ih") is not None)
    apart = name != "RNNCell" and (input.device or "").startswith("cuda")
    _check_device(self, input, "ih", apart)
    lead = input.shape[:-1]
    for i, hidden in enumerate(states):
        if hidden.rank != input.rank:
            raise Lift()
        rows, columns = hidden.shape[0] if lead else 1, hidden.shape[-1]
        if lead:
            require_equal(
                lead[0], rows, "size-mismatch",
                f"Input batch size {lead[0]} doesn't match hidden{i} batch size {rows}",
            )  # fmt: skip
        require_equal(
            columns, size, "features-mismatch",
            f"hidden{i} has inconsistent hidden_size: got {columns}, expected {size}", expected=size, got=columns,
        )  # fmt: skip
    for hidden in states[:1]:
        _check_device(self, hidden, "hh", apart)
    return input.with_dims(*lead, size)


def _check_device(self: Attrs, value: Tensor, which: str, apart: bool) -> None:
    """On an accelerator the gates of two kinds of cells are computed apart from their biases, which a kernel adds."""
    weight, bias = self.get(f"weight_{which}"), self.get(f"bias_{which}")
    if isinstance(weight, TensorValue):
        require_linear(value, weight, None if apart else bias, fused=True)


def _template(self: Any, input: Any, hx: Any) -> dict[str, Template]:
    return {"input": ("B", self.input_size)}


@nn("RNNCell", "rnn", "RNNCellBase")
class RNNCell:
    @staticmethod
    def init(
        input_size: Int, hidden_size: Int, bias: Raw = True, nonlinearity: Raw = "tanh", device: Raw = None,
        dtype: DTypeArg = None,
    ) -> Attributes:  # fmt: skip
        return {**_cell(1, input_size, hidden_size, bias, dtype), "nonlinearity": nonlinearity}

    @staticmethod
    def forward(self: Raw, input: Tensor, hx: Raw = None) -> Tensor:
        result = step(self, "RNNCell", input, _one(hx))
        kind = self.get("nonlinearity")
        if isinstance(kind, str):
            check(kind in ("tanh", "relu"), "invalid-argument", f"Unknown nonlinearity: {kind}")
        return result

    demand = staticmethod(_template)


@nn("GRUCell", "rnn", "RNNCellBase")
class GRUCell:
    @staticmethod
    def init(
        input_size: Int, hidden_size: Int, bias: Raw = True, device: Raw = None, dtype: DTypeArg = None
    ) -> Attributes:
        return _cell(3, input_size, hidden_size, bias, dtype)

    @staticmethod
    def forward(self: Raw, input: Tensor, hx: Raw = None) -> Tensor:
        return step(self, "GRUCell", input, _one(hx))

    demand = staticmethod(_template)


@nn("LSTMCell", "rnn", "RNNCellBase")
class LSTMCell:
    @staticmethod
    def init(
        input_size: Int, hidden_size: Int, bias: Raw = True, device: Raw = None, dtype: DTypeArg = None
    ) -> Attributes:
        return _cell(4, input_size, hidden_size, bias, dtype)

    @staticmethod
    def forward(self: Raw, input: Tensor, hx: Raw = None) -> Raw:
        states: list[Tensor] = []
        if hx is not None:
            states = [state for item in items_of(hx) for state in _one(item)]
        result = step(self, "LSTMCell", input, states)
        return result, result.alike()

    demand = staticmethod(_template)


def _one(hx: Value) -> list[Tensor]:
    if hx is None:
        return []
    if isinstance(hx, TensorValue):
        return [hx]
    if isinstance(hx, Unknown):
        return [TensorValue(None)]
    raise Lift()
