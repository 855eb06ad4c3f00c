"""Making numpy arrays: zeros, arange, linspace, array, meshgrid, files; numbers and dtypes of numpy."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...dims import Expr, fresh_data, fresh_unknown
from ...ops import RULES
from ...ops.elements import convert_all
from ...values import (
    BOOL,
    DTYPES,
    FLOAT64,
    INT64,
    ClassV,
    Double,
    DType,
    Instance,
    OneOf,
    Reason,
    Scalar,
    Tensor,
    Unknown,
    Value,
)
from .numpy_array import (
    array,
    as_array,
    as_number,
    dtype_of,
    floating,
    is_array,
    operands,
    promoted,
    run,
    settle,
    unknown_array,
)
from .registry import CONSTANTS, native, native_class, plain_class
from .support import known_items, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp


def shape_of(it: Interp, shape: Value) -> list[Value] | None:
    """The sizes of a shape argument."""
    if isinstance(shape, int | Expr):
        return [shape]
    if isinstance(shape, Scalar):
        return [fresh_unknown(0)]
    if isinstance(shape, Tensor):
        return [int(v) for v in shape.data] if shape.data is not None else None
    if isinstance(shape, Unknown | OneOf) or shape is None:
        return None
    items = known_items(it, shape)
    items = None if items is None else [as_number(v) for v in items]
    return None if items is None else [v if isinstance(v, int | Expr) else fresh_unknown(0) for v in items]


# ---- filled
def _filled(name: str, value: Value) -> None:
    @native(f"numpy.{name}")
    def make(it: Interp, shape: Value, dtype: Value = None, *args: Value, **kwargs: Value) -> Value:
        dims, settled = shape_of(it, shape), dtype_of(dtype, FLOAT64)
        if dims is None:
            return unknown_array(it, f"numpy.{name}", settled)
        rule = "torch.empty" if value is None else f"torch.{name}"
        return settle(run(it, rule, [tuple(dims)], {"dtype": settled}), settled)

    @native(f"numpy.{name}_like")
    def make_like(it: Interp, a: Value, dtype: Value = None, *args: Value, **kwargs: Value) -> Value:
        like = as_array(it, a)
        if not isinstance(like, Tensor):
            return unknown_of(it, [a])
        return replace(like, dtype=dtype_of(dtype, like.dtype), data=None)


for _name, _value in (("zeros", 0), ("ones", 1), ("empty", None)):
    _filled(_name, _value)


@native("numpy.full")
def full(it: Interp, shape: Value, fill_value: Value, dtype: Value = None, **kwargs: Value) -> Value:
    dims, found = shape_of(it, shape), as_array(it, fill_value)
    settled = dtype_of(dtype, found.dtype if isinstance(found, Tensor) else None)
    return unknown_array(it, "numpy.full", settled) if dims is None else array(dims, settled)


@native("numpy.full_like")
def full_like(it: Interp, a: Value, fill_value: Value, dtype: Value = None, **kwargs: Value) -> Value:
    like = as_array(it, a)
    if not isinstance(like, Tensor):
        return unknown_of(it, [a])
    return replace(like, dtype=dtype_of(dtype, like.dtype), data=None)


@native("numpy.eye", "numpy.identity")
def eye(it: Interp, N: Value, M: Value = None, k: Value = 0, dtype: Value = None, **kwargs: Value) -> Value:
    sizes = [v if isinstance(v, int | Expr) else fresh_unknown(0) for v in (N, N if M is None else M)]
    return array(sizes, dtype_of(dtype, FLOAT64))


@native("numpy.array", "numpy.asarray", "numpy.asanyarray", "numpy.ascontiguousarray")
def array_(it: Interp, object: Value, dtype: Value = None, *args: Value, **kwargs: Value) -> Value:
    settled = dtype_of(dtype, None)
    result = as_array(it, object, settled)
    if dtype is not None and settled is None and isinstance(result, Tensor):
        return result.with_dtype(None)
    return result


# ---- ranges
@native("numpy.arange")
def arange(
    it: Interp, start: Value = 0, stop: Value = None, step: Value = 1, dtype: Value = None, **kwargs: Value
) -> Value:
    start, stop, step = map(as_number, (start, stop, step))
    if stop is None:
        start, stop = 0, start
    whole = all(isinstance(v, int | Expr) or (isinstance(v, Scalar) and v.kind == "int") for v in (start, stop, step))
    settled = dtype_of(dtype, INT64 if whole else FLOAT64)
    if not all(isinstance(v, int | float | Expr) for v in (start, stop, step)):
        return array([fresh_unknown(0)], settled)
    if _nothing(start, stop, step):
        return array([0], settled)
    return settle(run(it, "torch.arange", [start, stop, step], {"dtype": settled}), settled)


def _nothing(start: Value, stop: Value, step: Value) -> bool:
    """numpy gives an empty range where PyTorch refuses."""
    if not all(isinstance(v, int | float) for v in (start, stop, step)) or step == 0:
        return False
    return bool((stop - start) / step <= 0)


@native("numpy.linspace")
def linspace(it: Interp, start: Value, stop: Value, num: Value = 50, endpoint: Value = True, retstep: Value = False,
             dtype: Value = None, *args: Value, **kwargs: Value) -> Value:  # fmt: skip
    settled = dtype_of(dtype, FLOAT64)
    if retstep is not False or not isinstance(num, int | Expr):
        return it.unknown(Reason.DATA_DEPENDENT, "linspace")
    made = array([num], settled)
    plain = isinstance(num, int) and all(isinstance(v, int | float) for v in (start, stop)) and endpoint is True
    if plain and not args and not kwargs and isinstance(num, int) and 1 < num <= 4096 and settled is FLOAT64:
        width = (stop - start) / (num - 1)
        return replace(made, data=(*(float(start + i * width) for i in range(num - 1)), float(stop)))
    return made


@native("numpy.logspace", "numpy.geomspace")
def logspace(it: Interp, start: Value, stop: Value, num: Value = 50, *args: Value, **kwargs: Value) -> Value:
    return array([num if isinstance(num, int | Expr) else fresh_unknown(0)])


@native("numpy.meshgrid")
def meshgrid(it: Interp, *xi: Value, indexing: Value = "xy", **kwargs: Value) -> Value:
    """The first two axes are swapped unless indexing="ij"."""
    parts = [as_array(it, x) for x in xi]
    found = [p for p in parts if isinstance(p, Tensor) and not p.is_open and p.rank <= 1]
    if len(found) < len(parts) or indexing not in ("xy", "ij") or any(kwargs.values()):
        return it.unknown(Reason.DATA_DEPENDENT, "meshgrid")
    dims: list[Value] = [p.shape[0] if p.rank else 1 for p in found]
    if indexing == "xy" and len(dims) > 1:
        dims[0], dims[1] = dims[1], dims[0]
    return tuple(array(dims, p.dtype) for p in found)


@native("numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromstring", "numpy.fromiter",
        "numpy.fromfunction")  # fmt: skip
def load(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return it.unknown(Reason.ENVIRONMENT, "the data of a file")


@native("numpy.memmap")
def memmap(it: Interp, filename: Value, dtype: Value = None, mode: Value = "r+", offset: Value = 0,
           shape: Value = None, order: Value = "C") -> Value:  # fmt: skip
    """One axis, as long as the file, unless the shape is given."""
    settled = dtype_of(dtype, DTYPES["uint8"])
    dims = [fresh_data("n")] if shape is None else shape_of(it, shape)
    return unknown_array(it, "the data of a file", settled) if dims is None else array(dims, settled)


@native("numpy.fromfile")
def fromfile(it: Interp, file: Value, dtype: Value = None, count: Value = -1, **kwargs: Value) -> Value:
    """One axis: a file may hold fewer than are asked for."""
    return array([fresh_data("n")], dtype_of(dtype, FLOAT64))


@native("numpy.frombuffer")
def frombuffer(it: Interp, buffer: Value, dtype: Value = None, count: Value = -1, **kwargs: Value) -> Value:
    """One axis; a number of elements that the buffer does not hold is an error."""
    asked = isinstance(count, Expr) or (isinstance(count, int) and count >= 0)
    return array([count if asked else fresh_data("n")], dtype_of(dtype, FLOAT64))


@native("numpy.save", "numpy.savez", "numpy.savez_compressed", "numpy.savetxt", "numpy.set_printoptions",
        "numpy.seterr",
        "numpy.fill_diagonal", "numpy.testing.assert_allclose", "numpy.put", "numpy.copyto")  # fmt: skip
def nothing(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return None


# ---- functions of each element: numbers stay numbers
ELEMENTWISE: list[str] = []


def _elementwise(name: str, host: Callable[..., float] | None, result: DType | None = None) -> None:
    """`result`: dtype of the result (None: as the operands, made floating)."""
    ELEMENTWISE.append(name)

    @native(f"numpy.{name}")
    def apply(it: Interp, *args: Value, **kwargs: Value) -> Value:
        args = args[:2] if name in _BINARY else args[:1]
        if all(isinstance(v, int | float | Expr | Scalar) for v in args):
            return _number(it, host, args, result)
        arrays = [as_array(it, v) for v in args]
        tensors = [a for a in arrays if isinstance(a, Tensor)]
        if len(tensors) < len(args):
            return unknown_of(it, args, f"numpy.{name}")
        dtype = (
            result
            if result is not None
            else promoted(operands([a if is_array(v) else v for a, v in zip(arrays, args)]))
        )
        settled = dtype if result is not None or name in _KEEP else floating(dtype)
        rule = f"torch.{_RULES.get(name, name)}"
        if rule in RULES and all(t.data is not None and t.dtype in (FLOAT64, INT64) for t in tensors):
            return settle(run(it, rule, tensors), settled)
        if len(tensors) == 1:
            return replace(tensors[0], dtype=settled, data=None)
        found = run(it, "torch.add", [replace(t, dtype=FLOAT64, data=None) for t in tensors])
        return settle(found, settled)


def numpy_number(value: Value) -> Value:
    """What numpy computes from plain numbers: a float is one of numpy's."""
    return Double(value) if isinstance(value, float) else value


def _number(it: Interp, host: Callable[..., float] | None, args: tuple[Value, ...], result: DType | None) -> Value:
    if host is not None and all(isinstance(v, int | float) for v in args):
        try:
            return numpy_number(host(*args))
        except (ValueError, OverflowError, ZeroDivisionError, TypeError):
            return Scalar("float")
    kind = "bool" if result is BOOL else "number"
    return Scalar("float") if kind == "number" and host in (math.sqrt, math.exp, math.log) else Scalar(kind)


#: Where PyTorch has another word.
_RULES = {"rint": "round", "subtract": "sub", "multiply": "mul", "power": "pow", "mod": "remainder"}
_BINARY = {"power", "maximum", "minimum", "add", "subtract", "multiply", "divide", "true_divide", "mod", "floor_divide",
           "arctan2", "hypot", "float_power", "remainder", "fmax", "fmin", "logical_and", "logical_or", "logical_xor",
           "equal", "not_equal", "greater", "less", "greater_equal", "less_equal", "isclose",
           "bitwise_and", "bitwise_or"}  # fmt: skip
_KEEP = {"power", "maximum", "minimum", "add", "subtract", "multiply", "mod", "floor_divide", "remainder", "fmax",
         "fmin", "bitwise_and", "bitwise_or"}  # fmt: skip
for _name, _host in {
    "sqrt": math.sqrt, "exp": math.exp, "log": math.log, "log2": math.log2, "log10": math.log10, "log1p": math.log1p,
    "expm1": math.expm1, "sin": math.sin, "cos": math.cos, "tan": math.tan, "arcsin": math.asin, "arccos": math.acos,
    "arctan": math.atan, "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh, "degrees": math.degrees,
    "radians": math.radians, "deg2rad": math.radians, "rad2deg": math.degrees, "cbrt": None,
    "floor": lambda x: float(math.floor(x)), "ceil": lambda x: float(math.ceil(x)),
    "trunc": lambda x: float(math.trunc(x)),
    "rint": lambda x: float(round(x)), "power": lambda a, b: float(a) ** b if isinstance(b, int) and b < 0 else a**b,
    "maximum": max, "minimum": min, "fmax": max, "fmin": min, "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b, "divide": lambda a, b: a / b, "true_divide": lambda a, b: a / b,
    "mod": lambda a, b: a % b, "remainder": lambda a, b: a % b, "floor_divide": lambda a, b: a // b,
    "hypot": math.hypot,
    "arctan2": math.atan2, "sinc": None, "exp2": lambda x: 2.0**x, "float_power": lambda a, b: float(a) ** b,
    "reciprocal": None, "bitwise_and": None, "bitwise_or": None,
}.items():  # fmt: skip
    _elementwise(_name, _host)
for _name in ("isnan", "isinf", "isfinite", "logical_not", "logical_and", "logical_or", "logical_xor", "equal",
              "not_equal", "greater", "less", "greater_equal", "less_equal", "isclose",
              "signbit"):  # fmt: skip
    _elementwise(_name, None, BOOL)


@native("numpy.allclose", "numpy.array_equal", "numpy.isscalar", "numpy.iscomplexobj", "numpy.shares_memory")
def undecided(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return Scalar("bool")


@native("numpy.shape")
def shape(it: Interp, a: Value) -> Value:
    found = as_array(it, a)
    return it.getattr(found, "shape")


@native("numpy.ndim")
def ndim(it: Interp, a: Value) -> Value:
    return it.getattr(as_array(it, a), "ndim")


@native("numpy.size")
def size(it: Interp, a: Value, axis: Value = None) -> Value:
    found = as_array(it, a)
    return it.getattr(found, "size") if axis is None else it.getitem(it.getattr(found, "shape"), axis)


# ---- dtypes, which are functions too
_CLASSES: dict[str, tuple[DType | None, str]] = {
    "float16": (DTYPES["float16"], "float"), "float32": (DTYPES["float32"], "float"), "float64": (FLOAT64, "float"),
    "int8": (DTYPES["int8"], "int"), "int16": (DTYPES["int16"], "int"), "int32": (DTYPES["int32"], "int"),
    "int64": (INT64, "int"), "uint8": (DTYPES["uint8"], "int"), "uint16": (DTYPES["uint16"], "int"),
    "uint32": (DTYPES["uint32"], "int"), "uint64": (DTYPES["uint64"], "int"), "bool_": (BOOL, "bool"),
    "complex64": (DTYPES["complex64"], "complex"), "complex128": (DTYPES["complex128"], "complex"),
}  # fmt: skip
plain_class("numpy.generic")
for _name, _parent in (("number", "generic"), ("integer", "number"), ("floating", "number"),
                       ("signedinteger", "integer"), ("unsignedinteger", "integer"), ("inexact", "number"),
                       ("complexfloating", "number")):  # fmt: skip
    plain_class(f"numpy.{_name}", f"numpy.{_parent}")


#: Types whose numbers stand for themselves: PyTorch makes the same of them as of Python's (`Double`: nearly).
_PLAIN = frozenset({"int64", "float64", "float32", "bool_"})


def _dtype_class(name: str, dtype: DType | None, kind: str) -> None:
    parent = {"float": "numpy.floating", "int": "numpy.integer", "complex": "numpy.complexfloating"}.get(kind)

    @native_class(f"numpy.{name}", parent or "numpy.generic", *(("builtins.float",) if name == "float64" else ()))
    def construct(it: Interp, cls: ClassV, value: Value = 0) -> Value:
        if isinstance(value, int | float) and kind in ("int", "float", "bool"):
            made = {"int": int, "float": float, "bool": bool}[kind](value)
            if dtype is None or name in _PLAIN:
                return Double(made) if dtype is FLOAT64 else made
            return Tensor((), dtype, "numpy", convert_all((made,), dtype))
        if isinstance(value, Expr) and kind == "int":
            return value
        if isinstance(value, int | float | Expr | Scalar):
            return Scalar(kind)
        found = as_array(it, value)
        return found.with_dtype(dtype) if isinstance(found, Tensor) else unknown_of(it, [value])


for _name, (_dtype, _kind) in _CLASSES.items():
    _dtype_class(_name, _dtype, _kind)
for _name, _constant in (("pi", math.pi), ("e", math.e), ("inf", math.inf), ("Inf", math.inf), ("nan", math.nan),
                      ("NaN", math.nan), ("newaxis", None), ("euler_gamma", 0.5772156649015329)):  # fmt: skip
    CONSTANTS[f"numpy.{_name}"] = _constant


@native("numpy.dtype")
def dtype(it: Interp, dtype: Value, *args: Value) -> Value:
    found = dtype_of(dtype, None)
    return it.getattr(array([], found), "dtype")


@native("numpy.finfo", "numpy.iinfo")
def finfo(it: Interp, dtype: Value) -> Value:
    """Its numbers are numpy's own: `numpy.finfo(numpy.float32).eps.item()`."""
    found = dtype_of(dtype, None)
    name = "torch.iinfo" if found is not None and found.kind <= 1 else "torch.finfo"
    info = it.instantiate(it.native_class(name), [found] if found is not None else [Unknown(Reason.DATA_DEPENDENT)])
    if isinstance(info, Instance) and name == "torch.finfo":
        for key, value in info.attrs.items():
            if isinstance(value, float):
                info.attrs[key] = Tensor((), found, "numpy", (value,))
    return info


@native("builtins.float.item", "builtins.int.item")
def number_item(it: Interp, self: Value) -> Value:
    """Numbers of numpy are numbers of Python here."""
    return float(self) if isinstance(self, Double) else self
