"""How arguments become what a rule's annotations promise. See the table in `kinds`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..dims import Expr, fresh_unknown
from ..values import DType, ListV, OpenSize, Scalar, SetV, Tensor, Unknown, Value
from .errors import NOTES, Lift

Coercer = Callable[[Value], Any]


class ArgumentTypeError(Exception):
    """PyTorch has no overload for an argument of this type; the caller answers Unknown(no rule)."""


def _unknown(value: Value) -> Lift:
    return Lift(value if isinstance(value, Unknown) else None)


def to_tensor(value: Value) -> Tensor:
    if type(value) is Tensor:
        return value
    if isinstance(value, Unknown):
        if value.entry is not None:
            return Tensor(None, unknown=value, entry=value.entry)
        raise Lift(value)
    raise ArgumentTypeError(f"not a tensor: {value!r}")


def to_opt_tensor(value: Value) -> Tensor | None:
    return None if value is None else to_tensor(value)


def to_tensor_like(value: Value) -> Any:
    if type(value) is Tensor or isinstance(value, int | float | complex | Expr | Scalar):
        return value
    return to_tensor(value)


def to_opt_tensor_like(value: Value) -> Any:
    return None if value is None else to_tensor_like(value)


def items_of(value: Value) -> tuple[Value, ...]:
    """The items of a tuple or list of known length. Lift if the length is not known."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, ListV):
        if value.rest is not None:
            raise Lift()
        return tuple(value.items)
    if isinstance(value, range):
        return tuple(value)
    if isinstance(value, SetV) and not value.open:
        return tuple(value.items)
    if isinstance(value, Unknown | OpenSize):
        raise _unknown(value)
    raise ArgumentTypeError(f"not a sequence: {value!r}")


def to_tensors(value: Value) -> tuple[Tensor, ...]:
    if isinstance(value, Tensor):
        raise ArgumentTypeError("a tensor for a sequence of tensors")
    return tuple(to_tensor(item) for item in items_of(value))


def to_rows(value: Value) -> tuple[Tensor, ...]:
    """A sequence of tensors, which a function written in Python also takes as one tensor: its rows."""
    if not isinstance(value, Tensor):
        return to_tensors(value)
    if value.is_open or not isinstance(value.shape[0] if value.shape else None, int):
        raise Lift()
    return tuple(value.with_dims(*value.shape[1:]) for _ in range(value.shape[0]))  # type: ignore[arg-type]


def to_tensor_args(value: Value) -> tuple[Tensor, ...]:
    return (value,) if isinstance(value, Tensor) else to_tensors(value)


def to_axis_args(value: Value) -> tuple[int, ...]:
    if isinstance(value, int | Expr | Scalar):
        return (to_axis(value),)
    return tuple(to_axis(item) for item in items_of(value))


def to_raw_args(value: Value) -> tuple[Value, ...]:
    return items_of(value) if isinstance(value, tuple | ListV) else (value,)


def to_int(value: Value) -> Any:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Expr):
        return value
    if isinstance(value, Scalar) and value.kind == "float":
        raise ArgumentTypeError("a float for an int")
    if isinstance(value, Unknown | Scalar):
        if isinstance(value, Unknown) and value.entry is not None:
            NOTES.sizes.append(value.entry)
        return fresh_unknown(None)
    if isinstance(value, Tensor):
        return _tensor_int(value)
    raise ArgumentTypeError(f"not an int: {value!r}")


def _tensor_int(value: Tensor) -> Any:
    """A one-element integer tensor is taken where PyTorch takes an int."""
    if value.data is not None and len(value.data) == 1 and isinstance(value.data[0], int):
        return int(value.data[0])
    return fresh_unknown(None)


def to_opt_int(value: Value) -> Any:
    return None if value is None else to_int(value)


def to_axis(value: Value) -> int:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Tensor) and isinstance(number := _tensor_int(value), int):
        return number
    if isinstance(value, Unknown | Scalar | Expr | Tensor):
        raise _unknown(value)
    raise ArgumentTypeError(f"not an axis: {value!r}")


def to_opt_axis(value: Value) -> int | None:
    return None if value is None else to_axis(value)


def to_axes(value: Value) -> tuple[int, ...] | None:
    if value is None:
        return None
    if isinstance(value, int | Expr | Scalar):
        return (to_axis(value),)
    return tuple(to_axis(item) for item in items_of(value))


def to_sizes(value: Value) -> tuple[Any, ...]:
    if isinstance(value, int | Expr | Scalar):
        return (to_int(value),)
    return tuple(to_int(item) for item in items_of(value))


def to_opt_sizes(value: Value) -> tuple[Any, ...] | None:
    return None if value is None else to_sizes(value)


def to_int_or_sizes(value: Value) -> Any:
    if isinstance(value, Unknown):
        return fresh_unknown(None)  # or several
    if isinstance(value, int | Expr | Scalar):
        return to_int(value)
    return to_sizes(value)


def to_number(value: Value) -> Any:
    if isinstance(value, int | float | complex | Expr | Scalar):
        return value
    if isinstance(value, Unknown | Tensor):
        return Scalar("number")
    raise ArgumentTypeError(f"not a number: {value!r}")


def to_flag(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    if value is None:
        return False
    if isinstance(value, int):
        return bool(value)
    if isinstance(value, Unknown | Scalar | Expr | Tensor):
        raise _unknown(value)
    raise ArgumentTypeError(f"not a bool: {value!r}")


def to_strict_flag(value: Value) -> bool:
    """A bool of one of PyTorch's own functions: its parser takes no int for it."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise ArgumentTypeError(f"not a bool: {value!r}")
    return to_flag(value)


def to_text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Unknown):
        raise Lift(value)
    raise ArgumentTypeError(f"not a str: {value!r}")


def to_opt_text(value: Value) -> str | None:
    return None if value is None else to_text(value)


def to_dtype(value: Value) -> DType | None:
    return value if isinstance(value, DType) else None


def raw(value: Value) -> Value:
    return value


#: Annotation text (as written in a rule, under `from __future__ import annotations`) → coercer.
COERCERS: dict[str, Coercer] = {
    "Tensor": to_tensor, "OptTensor": to_opt_tensor, "TensorLike": to_tensor_like,
    "OptTensorLike": to_opt_tensor_like, "Tensors": to_tensors,
    "Int": to_int, "OptInt": to_opt_int, "Axis": to_axis, "OptAxis": to_opt_axis, "Axes": to_axes,
    "Sizes": to_sizes, "OptSizes": to_opt_sizes, "IntOrSizes": to_int_or_sizes, "Number": to_number,
    "Flag": to_flag, "StrictFlag": to_strict_flag,
    "Text": to_text, "OptText": to_opt_text, "DTypeArg": to_dtype, "Raw": raw,
    "TensorArgs": to_tensor_args, "AxisArgs": to_axis_args, "RawArgs": to_raw_args, "SizeArgs": to_sizes,
}  # fmt: skip
__all__ = ["COERCERS", "NOTES", "ArgumentTypeError", "items_of"]
