"""numpy.ndarray: attributes and methods, where they differ from a tensor's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...ops.checks import product
from ...values import Instance, Scalar, Tensor, Value, forget
from . import numpy_functions as functions
from .numpy_array import ARRAY, as_array, call_bound, dtype_of, run, settle, unknown_array
from .numpy_products import dot
from .registry import native, prop
from .support import unknown_of

if TYPE_CHECKING:
    from ..machine import Interp


@prop(f"{ARRAY}.shape")
def shape(it: Interp, self: Value) -> Value:
    from ...ops import ATTRIBUTES

    if not isinstance(self, Tensor):
        return unknown_of(it, [self])
    return ATTRIBUTES["shape"](self) if self.is_open else tuple(self.shape)


@prop(f"{ARRAY}.ndim")
def ndim(it: Interp, self: Value) -> Value:
    return self.rank if isinstance(self, Tensor) and not self.is_open else Scalar("int")


@prop(f"{ARRAY}.size")
def size(it: Interp, self: Value) -> Value:
    return product(self.shape) if isinstance(self, Tensor) and not self.is_open else Scalar("int")


@prop(f"{ARRAY}.T")
def transposed(it: Interp, self: Value) -> Value:
    return transpose(it, self)


@prop(f"{ARRAY}.dtype")
def dtype(it: Interp, self: Value) -> Value:
    if not isinstance(self, Tensor) or self.dtype is None:
        return it.new("numpy.dtype", name=Scalar("str"), kind=Scalar("str"), itemsize=Scalar("int"))
    kind = {0: "b", 1: "i" if self.dtype.signed else "u", 2: "f", 3: "c"}.get(int(self.dtype.kind), "O")
    return it.new("numpy.dtype", name=self.dtype.name, kind=kind, itemsize=self.dtype.bits // 8)


@native("numpy.dtype.__eq__")
def dtype_eq(it: Interp, self: Value, other: Value) -> Value:
    name = self.attrs.get("name") if isinstance(self, Instance) else None
    wanted = dtype_of(other, None)
    return name == wanted.name if isinstance(name, str) and wanted is not None else Scalar("bool")


@native("numpy.dtype.__ne__")
def dtype_ne(it: Interp, self: Value, other: Value) -> Value:
    answer = dtype_eq(it, self, other)
    return not answer if isinstance(answer, bool) else answer


@prop(f"{ARRAY}.itemsize", f"{ARRAY}.nbytes")
def item_size(it: Interp, self: Value) -> Value:
    return Scalar("int")


@prop(f"{ARRAY}.flat")
def flat(it: Interp, self: Value) -> Value:
    return functions.ravel(it, self)


@prop(f"{ARRAY}.real", f"{ARRAY}.imag")
def real(it: Interp, self: Value) -> Value:
    if isinstance(self, Tensor):
        complex_ = self.dtype is None or self.dtype.is_complex
        return replace(self, dtype=None if complex_ else self.dtype, data=None)
    return unknown_of(it, [self])


# ---- shape
@native(f"{ARRAY}.reshape")
def reshape(it: Interp, self: Value, *shape: Value, order: Value = "C", **kwargs: Value) -> Value:
    return functions.reshape(it, self, shape[0] if len(shape) == 1 else tuple(shape))


@native(f"{ARRAY}.transpose")
def transpose(it: Interp, self: Value, *axes: Value) -> Value:
    """All axes reversed, or in the order given."""
    order = axes[0] if len(axes) == 1 else tuple(axes) or None
    return functions.transpose(it, self, order)


@native(f"{ARRAY}.astype")
def astype(it: Interp, self: Value, dtype: Value, *args: Value, **kwargs: Value) -> Value:
    if not isinstance(self, Tensor):
        return unknown_of(it, [self])
    wanted = dtype_of(dtype, None)
    if self.data is None or wanted is None:
        return self.with_dtype(wanted)
    result = run(it, "torch.Tensor.to", [self, wanted])
    return settle(result, wanted)


@native(f"{ARRAY}.copy", f"{ARRAY}.__copy__", f"{ARRAY}.__array__", f"{ARRAY}.byteswap", f"{ARRAY}.conj")
def copy(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return replace(self) if isinstance(self, Tensor) else unknown_of(it, [self])


@native(f"{ARRAY}.view")
def view(it: Interp, self: Value, dtype: Value = None) -> Value:
    if isinstance(self, Tensor) and dtype is not None:
        wanted = dtype_of(dtype, None)
        if wanted is None or self.dtype is None or wanted.bits != self.dtype.bits:
            return unknown_array(it, "a view of another dtype", wanted)
        return self.with_dtype(wanted)
    return copy(it, self)


@native(f"{ARRAY}.tolist")
def tolist(it: Interp, self: Value) -> Value:
    return run(it, "torch.Tensor.tolist", [self])


@native(f"{ARRAY}.item")
def item(it: Interp, self: Value, *args: Value) -> Value:
    if args:
        return Scalar("number")
    return run(it, "torch.Tensor.item", [self])


# ---- in place
@native(f"{ARRAY}.sort", f"{ARRAY}.fill", f"{ARRAY}.resize", f"{ARRAY}.setflags", f"{ARRAY}.put", f"{ARRAY}.partition",
        f"{ARRAY}.tofile", f"{ARRAY}.dump")  # fmt: skip
def in_place(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(self, Tensor) and self.data is not None:
        forget(self)
    return None


@native(f"{ARRAY}.tobytes", f"{ARRAY}.tostring")
def tobytes(it: Interp, self: Value, *args: Value) -> Value:
    return unknown_of(it, [self], "bytes")


@native(f"{ARRAY}.__len__")
def length(it: Interp, self: Value) -> Value:
    if isinstance(self, Tensor) and not self.is_open and self.rank:
        return self.shape[0]
    return Scalar("int")


def _as_function(name: str) -> None:
    function = dot if name == "dot" else getattr(functions, name, None) or functions.REDUCTIONS[name]

    @native(f"{ARRAY}.{name}")
    def method(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
        return call_bound(it, function, [self, *args], kwargs)


for _name in ("sum", "prod", "mean", "std", "var", "min", "max", "argmin", "argmax", "any", "all", "cumsum", "cumprod",
              "ravel", "squeeze", "swapaxes", "repeat", "clip", "dot", "nonzero", "argsort", "round", "take",
              "diagonal", "trace", "ptp"):  # fmt: skip
    _as_function(_name)


@native(f"{ARRAY}.flatten")
def flatten(it: Interp, self: Value, order: Value = "C") -> Value:
    return functions.ravel(it, self)


# ---- from tensors
@native("torch.Tensor.__array__")
def tensor_array(it: Interp, self: Value, dtype: Value = None) -> Value:
    return as_array(it, self, dtype_of(dtype, None))
