"""numpy arrays beside tensors: a Tensor whose device is "numpy". What is alike is answered by PyTorch's op rules.

A refusal of a rule is no diagnostic here: numpy says other words. It is an error of the program all the same."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING

from ...dims import Expr
from ...ops import RULES
from ...ops.coerce import COERCERS
from ...ops.errors import NOTES, ShapeError
from ...ops.numbers import kept
from ...ops.registry import OpRule
from ...values import (
    BOOL,
    DTYPES,
    FLOAT64,
    INT64,
    ClassV,
    Double,
    DType,
    Fields,
    Instance,
    Kind,
    ListV,
    Reason,
    Scalar,
    Tensor,
    Unknown,
    Value,
)
from .registry import MODULES, plain_class
from .support import items_of, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

ARRAY = "numpy.ndarray"
MODULES.update({"numpy", "numpy.random", "numpy.linalg", "numpy.fft", "numpy.typing", "numpy.ma", "numpy.lib"})
plain_class(ARRAY)
plain_class("numpy.dtype")
_BY_CLASS = {"builtins.float": FLOAT64, "builtins.int": INT64, "builtins.bool": BOOL}
_BY_NAME = {"float": FLOAT64, "int": INT64, "double": FLOAT64, "single": DTYPES["float32"], "half": DTYPES["float16"],
            "f4": DTYPES["float32"], "f8": FLOAT64, "i4": DTYPES["int32"], "i8": INT64, "u1": DTYPES["uint8"],
            "<f4": DTYPES["float32"], "<f8": FLOAT64, "f": DTYPES["float32"], "d": FLOAT64}  # fmt: skip


def is_array(value: Value) -> bool:
    return isinstance(value, Tensor) and value.device == "numpy"


def dtype_of(value: Value, default: DType | None) -> DType | None:
    """A dtype argument: a class of numpy or Python, a name, a dtype; None where it is not known."""
    if value is None:
        return default
    if isinstance(value, DType):
        return value
    if isinstance(value, ClassV) and value.native is not None:
        if value.native in _BY_CLASS:
            return _BY_CLASS[value.native]
        return DTYPES.get(value.name.rstrip("_")) if value.native.startswith("numpy.") else None
    if isinstance(value, Instance) and value.cls.native == "numpy.dtype":
        name = value.attrs.get("name")
        return DTYPES.get(name) if isinstance(name, str) else None
    if isinstance(value, str):
        return _BY_NAME.get(value) or DTYPES.get(value)
    return None


def array(dims: Sequence[Value], dtype: DType | None = FLOAT64) -> Tensor:
    return Tensor(tuple(dims), dtype, "numpy")


def call_bound(it: Interp, function: Callable[..., Value], args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """A function under another name: arguments that it does not take make the result unknown."""
    try:
        inspect.signature(function).bind(it, *args, **kwargs)
    except TypeError as error:
        return it.unknown(Reason.NO_RULE, str(error))
    return function(it, *args, **kwargs)


def unknown_array(it: Interp, what: str, dtype: DType | None = None) -> Tensor:
    return Tensor(None, dtype, "numpy", unknown=it.unknown(Reason.DATA_DEPENDENT, what))


def plain(value: Value) -> Value:
    """An array as the tensor that op rules expect; containers too."""
    if isinstance(value, Tensor):
        return kept(replace(value, device=None, parameter=False), value) if value.device == "numpy" else value
    if isinstance(value, ListV):
        return ListV([plain(v) for v in value.items], value.rest if value.rest is None else plain(value.rest))
    if type(value) is tuple:
        return tuple(plain(v) for v in value)
    return value


def promoted(dtypes: Sequence[DType | None]) -> DType | None:
    """The dtype of arrays that meet (numpy.result_type); None if one is not known."""
    known = [d for d in dtypes if d is not None]
    if len(known) < len(dtypes) or not known:
        return None
    kinds = {d.kind for d in known}
    if len({d.name for d in known}) == 1:
        return known[0]
    if Kind.COMPLEX in kinds or Kind.QUANTIZED in kinds:
        return None
    if Kind.FLOAT in kinds:
        bits = max(d.bits for d in known if d.kind is Kind.FLOAT)
        whole = max((d.bits for d in known if d.kind is Kind.INT), default=8)
        return DTYPES[f"float{max(bits, {8: 16, 16: 32}.get(whole, 64))}"]
    ints = [d for d in known if d.kind is Kind.INT]
    if not ints:
        return BOOL
    signed, unsigned = [d.bits for d in ints if d.signed], [d.bits for d in ints if not d.signed]
    if not unsigned or not signed:
        return max(ints, key=lambda d: d.bits)
    if max(unsigned) >= 64:
        return FLOAT64
    return DTYPES[f"int{max(max(signed), 2 * max(unsigned))}"]


def floating(dtype: DType | None) -> DType | None:
    """The dtype of a quotient, a mean, a square root."""
    if dtype is None or dtype.kind in (Kind.FLOAT, Kind.COMPLEX):
        return dtype
    return FLOAT64 if dtype.kind is Kind.INT and dtype.bits >= 32 else None


def operands(values: Sequence[Value]) -> list[DType | None]:
    """The dtypes that take part in promotion; Python numbers are weak."""
    found: list[DType | None] = []
    weak: DType | None = None
    for value in values:
        if isinstance(value, Tensor):
            found.append(value.dtype)
        elif isinstance(value, float) or (isinstance(value, Scalar) and value.kind in ("float", "number")):
            weak = FLOAT64
        elif (
            weak is None
            and type(value) is not bool
            and (isinstance(value, int | Expr) or (isinstance(value, Scalar) and value.kind == "int"))
        ):
            weak = INT64
    if weak is not None and found and all(d is not None and d.kind < weak.kind for d in found):
        found.append(weak)
    return found


def run(it: Interp, name: str, args: Sequence[Value], kwargs: dict[str, Value] | None = None) -> Value:
    """An op rule on arrays; the result says nothing of dtype yet where it is one tensor (see `settle`)."""
    rule = RULES.get(name)
    if rule is None:
        return it.unknown(Reason.NO_RULE, name)
    try:
        result = rule(*[plain(v) for v in args], **{k: plain(v) for k, v in (kwargs or {}).items()})
    except ShapeError as error:
        NOTES.demands.clear()
        return it.fail("ValueError" if error.exception == "RuntimeError" else error.exception, error.message)
    return result


def settle(value: Value, dtype: DType | None) -> Value:
    """The result of a rule as an array of this dtype."""
    if isinstance(value, Tensor):
        data = value.data if value.dtype is dtype else None
        return kept(replace(value, device="numpy", dtype=dtype, data=data, strides=None), value)
    if isinstance(value, ListV):
        return ListV([settle(v, dtype) for v in value.items], value.rest)
    if isinstance(value, tuple) and not isinstance(value, Fields):
        return tuple(settle(v, dtype) for v in value)
    return value


def as_array(it: Interp, value: Value, dtype: DType | None = None, rows: dict[int, Value] | None = None) -> Value:
    """`numpy.asarray(value)`: arrays, tensors, images, numbers, nested sequences. Unknown where it cannot be said.

    `rows`: the arrays of rows that many lists of a table share."""
    if type(value) in _PLAIN:
        return _number(value, dtype)
    if isinstance(value, Tensor):
        settled = value.dtype if dtype is None else dtype
        data = value.data if settled is value.dtype else None
        return Tensor(value.dims, settled, "numpy", data, unknown=value.unknown)
    from .torch_images import as_array as image_array
    from .torch_images import is_image

    if is_image(value):
        found = image_array(value)
        return found if dtype is None else found.with_dtype(dtype)
    if isinstance(value, Unknown):
        return unknown_of(it, [value])
    if isinstance(value, int | float | Expr) or (isinstance(value, Scalar) and value.kind != "str"):
        return _number(value, dtype)
    if not isinstance(value, ListV | tuple | range):
        return unknown_array(it, "an array of objects", dtype)
    items, rest = items_of(it, value)
    if rest is not None:
        return unknown_array(it, "an array of unknown length", dtype)
    parts = _parts(it, items, {} if rows is None else rows)
    if any(isinstance(v, Tensor) for v in items) or any(not isinstance(p, Tensor) for p in parts):
        return _stacked(it, parts, dtype)
    return _nested(it, items, parts, dtype)


def _parts(it: Interp, items: list[Value], rows: dict[int, Value]) -> list[Value]:
    parts: list[Value] = []
    for item in items:
        if type(item) is Scalar and item.kind != "str":
            parts.append(_some_number(item.kind, None))
        elif type(item) is ListV and item.shared:
            if id(item.items) not in rows:
                rows[id(item.items)] = as_array(it, item, None, rows)
            parts.append(rows[id(item.items)])
        else:
            parts.append(as_array(it, item, None, rows))
    return parts


#: What tables are made of, asked for first: one may hold a million numbers.
_PLAIN = frozenset({int, float, bool})


def _number(value: Value, dtype: DType | None) -> Tensor:
    kind = BOOL if isinstance(value, bool) else FLOAT64 if isinstance(value, float) else INT64
    if isinstance(value, Scalar):
        return replace(_some_number(value.kind, dtype))
    plain = float(value) if isinstance(value, Double) else value
    known = (plain,) if isinstance(plain, int | float) and dtype in (None, kind) else None
    return Tensor((), dtype or kind, "numpy", known)


@lru_cache(maxsize=64)
def _some_number(kind: str, dtype: DType | None) -> Tensor:
    """A number of a table, to be looked at only: the program gets objects of its own."""
    return Tensor((), dtype or {"int": INT64, "float": FLOAT64, "bool": BOOL}.get(kind), "numpy")


def _stacked(it: Interp, parts: list[Value], dtype: DType | None) -> Value:
    tensors = [p for p in parts if isinstance(p, Tensor)]
    if len(tensors) < len(parts):
        return unknown_array(it, "an array of unknown items", dtype)
    settled = dtype or promoted([t.dtype for t in tensors])
    result = run(it, "torch.stack", [ListV(list(tensors))])
    return settle(result, settled)


def _nested(it: Interp, items: list[Value], parts: list[Value], dtype: DType | None) -> Value:
    if not parts:
        return Tensor((0,), dtype or FLOAT64, "numpy", ())
    tensors = [p for p in parts if isinstance(p, Tensor)]
    first = tensors[0]
    unlike = {id(t): t for t in tensors}.values()
    settled = dtype or promoted([t.dtype for t in unlike])
    if any(t.is_open or t.dims != first.dims for t in unlike):
        return unknown_array(it, "a ragged array", settled)
    data: tuple[Value, ...] | None = ()
    for tensor in tensors:
        if data is None or tensor.data is None or (tensor.dtype is not settled and settled is not FLOAT64):
            data = None
        else:
            data += tuple(float(v) for v in tensor.data) if settled is FLOAT64 else tensor.data
    return Tensor((len(tensors), *first.shape), settled, "numpy", data)


# ---- operators and methods that the interpreter asks of a tensor
#: Kinds of parameters that take a number.
_NUMBER_KINDS = (COERCERS["TensorLike"], COERCERS["OptTensorLike"])
#: Kinds of parameters that take whole numbers.
_WHOLE_KINDS = tuple(
    COERCERS[kind]
    for kind in (
        "Int",
        "OptInt",
        "Axis",
        "OptAxis",
        "Axes",
        "AxisArgs",
        "Sizes",
        "SizeArgs",
        "OptSizes",
        "IntOrSizes",
        "RawArgs",
    )
)
#: What the operators of Python ask for.
OPERATORS = frozenset(
    f"torch.{name}"
    for name in ("add", "sub", "mul", "true_divide", "floor_divide", "remainder", "pow", "matmul", "bitwise_and",
                 "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift", "neg", "positive",
                 "bitwise_not", "eq", "ne", "lt", "le", "gt", "ge")
)  # fmt: skip
_COMPARISONS = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "eq", "ne", "lt", "le", "gt", "ge"}
_DIVISIONS = {"__truediv__", "__rtruediv__", "div", "true_divide", "__itruediv__"}
_FLOAT_RULES = {"matmul", "__matmul__", "__rmatmul__"}


def operation(it: Interp, name: str, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """`torch.Tensor.<name>` on arrays: an operator, indexing."""
    short = name.rpartition(".")[2]
    mixed = any(isinstance(v, Tensor) and v.device != "numpy" for v in args)
    if short == "__getitem__" and is_array(args[0]):
        return getitem(it, args[0], args[1])
    if short == "__setitem__":
        return None
    given = [v if isinstance(v, int | float | Expr | Scalar) else _operand(it, v) for v in args]
    if short in _FLOAT_RULES:
        given = [replace(v, dtype=FLOAT64, data=None) if isinstance(v, Tensor) else v for v in given]
    dtype = promoted(operands(args))
    if short in _DIVISIONS:
        dtype = floating(dtype)
    if dtype is FLOAT64 and short not in _COMPARISONS and short != "__getitem__":
        given = [_in_double(v) for v in given]
    result = run(it, name, given, kwargs)
    if short.endswith("_") and not short.endswith("__") and isinstance(args[0], Tensor):
        return settle(result, args[0].dtype)
    if mixed:
        return result
    if short in _COMPARISONS:
        return settle(result, BOOL)
    return settle(result, dtype)


def as_number(value: Value) -> Value:
    """An element of an array, as PyTorch's functions take it: a number, which does not decide the element type. All
    but integers are floats."""
    if not isinstance(value, Tensor) or value.device != "numpy" or value.dims != () or value.dtype is None:
        return value
    if value.data is not None and isinstance(value.data[0], bool | int | float):
        return value.data[0] if value.dtype.kind is Kind.INT else float(value.data[0])
    return Scalar("int" if value.dtype.kind is Kind.INT else "float")


def as_numbers(rule: OpRule, args: list[Value], kwargs: dict[str, Value]) -> tuple[list[Value], dict[str, Value]]:
    """Elements of arrays where the rule takes numbers too: beside tensors, and whole ones for sizes and axes."""
    beside = any(isinstance(v, Tensor) and v.device != "numpy" for v in (*args, *kwargs.values()))
    kinds = dict(zip(rule.parameters, rule.coercers))
    last = rule.var_positional
    names = [rule.parameters[i if last is None else min(i, last)] for i in range(len(args))] if (
        last is not None or len(args) <= len(rule.parameters)
    ) else []  # fmt: skip

    def taken(name: str | None, value: Value) -> Value:
        kind = kinds.get(name or "")
        if kind in _WHOLE_KINDS or (beside and kind in _NUMBER_KINDS):
            number = as_number(value)
            return value if kind in _WHOLE_KINDS and _is_fraction(number) else number
        return value

    return [taken(n, v) for n, v in zip_longest(names, args)], {n: taken(n, v) for n, v in kwargs.items()}


def _is_fraction(value: Value) -> bool:
    return isinstance(value, float) or (isinstance(value, Scalar) and value.kind != "int")


def _in_double(value: Value) -> Value:
    """Whole numbers as numpy computes with them beside fractions; PyTorch would use its default precision."""
    if not isinstance(value, Tensor) or value.dtype is FLOAT64:
        return value
    whole = value.data is not None and value.dtype is not None and value.dtype.kind is Kind.INT
    data = tuple(float(v) for v in value.data or ()) if whole else None
    return replace(value, dtype=FLOAT64, data=data)


def _operand(it: Interp, value: Value) -> Value:
    return as_array(it, value) if isinstance(value, ListV | tuple) else value


def _forward_index(index: Value, size: Value) -> Value:
    """A slice that goes backwards takes the elements that one takes that goes forwards, the last one first."""
    if isinstance(index, slice) and isinstance(index.step, int) and index.step < 0:
        if isinstance(size, int) and all(v is None or isinstance(v, int) for v in (index.start, index.stop)):
            taken = range(*index.indices(size))
            return slice(taken[-1], taken[0] + 1, -index.step) if taken else slice(0, 0)
        if index.step == -1 and index.start is None and index.stop is None:
            return slice(None)
        return None
    return index


def getitem(it: Interp, self: Value, index: Value) -> Value:
    if not isinstance(self, Tensor):
        return unknown_of(it, [self])
    parts = index if type(index) is tuple else (index,)
    plain = self.dims is not None and all(isinstance(p, slice | int) for p in parts)
    sizes = [*(self.dims or ()), *[None] * len(parts)] if plain else [None] * len(parts)
    forward = tuple(_forward_index(part, size) for part, size in zip(parts, sizes))
    if any(f is None and part is not None for f, part in zip(forward, parts)):
        return unknown_array(it, "a slice that goes backwards", self.dtype)
    turned = any(f is not part for f, part in zip(forward, parts))
    result = run(it, "torch.Tensor.__getitem__", [self, forward if type(index) is tuple else forward[0]])
    found = settle(result, self.dtype)
    if not turned or not isinstance(found, Tensor):
        return found
    if len(parts) == 1 and found.data is not None:
        return settle(run(it, "torch.flip", [found, (0,)]), self.dtype)
    return replace(found, data=None)


__all__ = [
    "ARRAY",
    "array",
    "as_array",
    "as_number",
    "as_numbers",
    "dtype_of",
    "floating",
    "getitem",
    "is_array",
    "operation",
    "promoted",
    "run",
]
