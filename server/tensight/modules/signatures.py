"""What Python says of a call of a layer that lacks arguments: it names the class that defines the method."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..ops.errors import ShapeError
from ..ops.registry import OpRule
from ..ops.signature import REQUIRED

#: Method of the layers → the class whose method it is, where it is not the layer's own.
_DEFINERS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), definer)
    for pattern, definer in (
        (r"(Feature)?(Alpha)?Dropout[123]?d?\.__init__", "_DropoutNd"),
        (r"(LSTM|GRU|RNN)\.__init__", "RNNBase"),
        (r"BatchNorm[123]d\.\w+", "_BatchNorm"),
        (r"InstanceNorm[123]d\.\w+", "_InstanceNorm"),
        (r"MaxPool[123]d\.__init__", "_MaxPoolNd"),
        (r"LPPool[123]d\.__init__", "_LPPoolNd"),
        (r"AdaptiveAvgPool[123]d\.__init__", "_AdaptiveAvgPoolNd"),
        (r"AdaptiveMaxPool[123]d\.__init__", "_AdaptiveMaxPoolNd"),
        (r"(Constant|Zero)Pad[123]d\.forward", "_ConstantPadNd"),
        (r"CircularPad[123]d\.forward", "_CircularPadNd"),
        (r"ReflectionPad[123]d\.forward", "_ReflectionPadNd"),
        (r"ReplicationPad[123]d\.forward", "_ReplicationPadNd"),
        (r"ReLU6\.forward", "Hardtanh"),
        (r"Upsampling\w+\.forward", "Upsample"),
    )
)


def missing_arguments(rule: OpRule, args: Sequence[Any], kwargs: Mapping[str, Any]) -> ShapeError | None:
    """The TypeError for arguments without a default that were not given; None if all were."""
    owner, _, method = rule.names[0].rpartition(".")
    layer = owner.rpartition(".")[2]
    absent = [
        name
        for i, (name, default) in enumerate(zip(rule.parameters, rule.defaults))
        if default is REQUIRED and len(args) <= i < rule.positional and name not in kwargs
    ]
    if not absent or layer.startswith(("_", "Lazy", "NonDynamically")):
        return None
    called = f"{layer}.{method}"
    definer = next((to for pattern, to in _DEFINERS if pattern.fullmatch(called)), layer)
    shown = [repr(name) for name in absent]
    listed = " and ".join(shown) if len(shown) < 3 else f"{', '.join(shown[:-1])}, and {shown[-1]}"
    plural = "s" if len(shown) > 1 else ""
    message = f"{definer}.{method}() missing {len(shown)} required positional argument{plural}: {listed}"
    return ShapeError("invalid-argument", message, "TypeError")
