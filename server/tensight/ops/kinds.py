"""Parameter kinds of op rules. An annotation says how an argument is coerced before the rule sees it.

| annotation    | the rule gets                                              | unknown argument             |
| ------------- | ---------------------------------------------------------- | ---------------------------- |
| `Tensor`      | Tensor of known rank (open ones too with `open_rank=True`)  | the result is unknown        |
| `OptTensor`   | the same or None                                           | the result is unknown        |
| `TensorLike`  | Tensor, or a Python number (int, float, bool, Expr, Scalar) | the result is unknown        |
| `OptTensorLike` | the same or None                                         | the result is unknown        |
| `Tensors`     | tuple of Tensor                                            | the result is unknown        |
| `TensorArgs`  | the same for `*tensors`: one Tensor stands for itself        | the result is unknown        |
| `Int`         | int or Expr (an unknown int: a fresh unknown dim)           | a fresh unknown dim          |
| `OptInt`      | the same or None                                           | a fresh unknown dim          |
| `Axis`        | int, as the user wrote it (negative too): use `axis()`      | the result is unknown        |
| `OptAxis`     | the same or None                                           | the result is unknown        |
| `Axes`        | tuple of ints, or None                                     | the result is unknown        |
| `AxisArgs`    | tuple of ints; for `*dims`, both spellings                  | the result is unknown        |
| `Sizes`       | tuple of int/Expr; several spellings: see `SizeArgs`        | a fresh unknown dim each     |
| `SizeArgs`    | the same as Sizes, for `*size`: each item is int/Expr       | a fresh unknown dim each     |
| `OptSizes`    | the same or None                                           | a fresh unknown dim each     |
| `IntOrSizes`  | int/Expr or tuple of them (kernel_size, stride, …)          | a fresh unknown dim each     |
| `Number`      | int, float, bool, Expr, or Scalar                           | Scalar("number")             |
| `Flag`        | bool                                                       | the result is unknown        |
| `Text`        | str                                                        | the result is unknown        |
| `OptText`     | str or None                                                | the result is unknown        |
| `DTypeArg`    | DType or None                                              | None                         |
| `Raw`         | the value as it is (may be Unknown, ListV, …)               | as it is                     |
| `RawArgs`     | tuple of values as they are, for `*args`                    | as it is                     |
"""

from __future__ import annotations

from typing import Annotated, Any

from ..dims import Dim
from ..values import DType, Scalar
from ..values import Tensor as Tensor

OptTensor = Annotated[Tensor | None, "OptTensor"]
TensorLike = Annotated[Tensor | Dim | float | Scalar, "TensorLike"]
OptTensorLike = Annotated[Tensor | Dim | float | Scalar | None, "OptTensorLike"]
Tensors = Annotated[tuple[Tensor, ...], "Tensors"]
TensorArgs = Annotated[Tensor, "TensorArgs"]
Int = Annotated[Dim, "Int"]
OptInt = Annotated[Dim | None, "OptInt"]
Axis = Annotated[int, "Axis"]
OptAxis = Annotated[int | None, "OptAxis"]
Axes = Annotated[tuple[int, ...] | None, "Axes"]
AxisArgs = Annotated[int, "AxisArgs"]
Sizes = Annotated[tuple[Dim, ...], "Sizes"]
SizeArgs = Annotated[Dim, "SizeArgs"]
OptSizes = Annotated[tuple[Dim, ...] | None, "OptSizes"]
IntOrSizes = Annotated[Dim | tuple[Dim, ...], "IntOrSizes"]
Number = Annotated[Dim | float | Scalar, "Number"]
Flag = Annotated[bool, "Flag"]
Text = Annotated[str, "Text"]
OptText = Annotated[str | None, "OptText"]
DTypeArg = Annotated[DType | None, "DTypeArg"]
Raw = Annotated[Any, "Raw"]
RawArgs = Annotated[Any, "RawArgs"]
