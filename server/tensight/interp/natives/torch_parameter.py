"""torch.Tensor as a class, nn.Parameter, Buffer, lazy parameters; torch.nn.init; torch.nn.utils."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...dims import Expr, fresh_unknown
from ...modules.registry import NO_GRADIENT
from ...values import (
    DTYPES,
    ClassV,
    DType,
    Instance,
    OneOf,
    Provenance,
    Reason,
    Scalar,
    Size,
    Tensor,
    Unknown,
    Value,
    forget,
)
from ..classes import SUBCLASS
from .registry import CONSTANTS, native, native_class, plain_class
from .support import items_of, known_items, type_name, unknown_of
from .torch_module_state import BUFFER

if TYPE_CHECKING:
    from ..machine import Interp

plain_class("torch.dtype")
plain_class("torch.layout")
plain_class("torch.memory_format")
plain_class("torch.Generator")
for _layout in ("strided", "sparse_coo", "sparse_csr", "sparse_csc", "jagged"):
    CONSTANTS[f"torch.{_layout}"] = f"torch.{_layout}"
for _format in ("contiguous_format", "channels_last", "channels_last_3d", "preserve_format"):
    CONSTANTS[f"torch.{_format}"] = f"torch.{_format}"


@native_class("torch.Tensor")
def tensor(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    """`torch.Tensor(2, 3)`, `torch.Tensor([1, 2])`."""
    if cls.native != "torch.Tensor" and len(args) == 1 and isinstance(args[0], Tensor):
        return of_class(it, cls, replace(args[0], parameter=False))  # whatever its dtype is
    made = it.op("torch.Tensor", *args, **kwargs)
    return of_class(it, cls, made) if isinstance(made, Tensor) else made


def of_class(it: Interp, cls: ClassV, made: Tensor) -> Tensor:
    """The tensor, new, as an object of the class, which may be the program's own."""
    if cls.native is None:
        it.set_tensor_attr(made, SUBCLASS, cls)
    return made


@native("torch.Tensor.as_subclass")
def as_subclass(it: Interp, self: Value, cls: Value) -> Value:
    if not isinstance(self, Tensor) or not isinstance(cls, ClassV):
        return unknown_of(it, [self, cls], "as_subclass")
    return of_class(it, cls, replace(self, parameter=False))


@native("torch.Tensor._make_subclass")
def make_subclass(it: Interp, cls: Value, data: Value, require_grad: Value = False) -> Value:
    if not isinstance(data, Tensor) or not isinstance(cls, ClassV):
        return unknown_of(it, [cls, data], "_make_subclass")
    made = of_class(it, cls, replace(data, parameter=cls.derives_from("torch.nn.Parameter")))
    if require_grad is not True and made.parameter:
        it.set_tensor_attr(made, "requires_grad", require_grad)
    return made


@native_class("torch.Size", "builtins.tuple")
def size(it: Interp, cls: ClassV, dims: Value = ()) -> Value:
    items, rest = items_of(it, dims)
    if rest is not None:
        return unknown_of(it, [rest], "torch.Size")
    for position, item in enumerate(items):
        if isinstance(item, float | str) or item is None:
            message = f"torch.Size() takes an iterable of 'int' (item {position} is '{type_name(it, item)}')"
            return it.refuse_with("invalid-argument", message, "TypeError", [item])
    return Size(item if isinstance(item, int | Expr) else fresh_unknown() for item in items)


@native("torch.Size.numel")
def numel(it: Interp, self: Value) -> Value:
    result: Value = 1
    for dim in items_of(it, self)[0]:
        result = it.binary("*", result, dim)
    return result


def _as(it: Interp, data: Value, parameter: bool) -> Value:
    if isinstance(data, OneOf):
        return it.either(*[lambda o=o: _as(it, o, parameter) for o in data.options])
    if isinstance(data, Tensor):
        return replace(data, parameter=parameter)
    if data is None:
        return Tensor((0,), DTYPES["float32"], parameter=parameter)
    why = data if isinstance(data, Unknown) else it.unknown(Reason.NO_RULE, "nn.Parameter")
    return Tensor(None, parameter=parameter, unknown=why)


@native_class("torch.nn.Parameter", "torch.Tensor")
def parameter(it: Interp, cls: ClassV, data: Value = None, requires_grad: Value = True) -> Value:
    """The tensor, as a parameter. A new object: two parameters made from one tensor are two."""
    made = _as(it, data, True)
    if requires_grad is True and isinstance(made, Tensor) and made.dtype is not None:
        if not (made.dtype.is_floating_point or made.dtype.is_complex):
            return it.refuse_with("dtype-mismatch", NO_GRADIENT, "RuntimeError", [data])
    if requires_grad is not True and isinstance(made, Tensor):
        it.set_tensor_attr(made, "requires_grad", requires_grad)
    return of_class(it, cls, made) if isinstance(made, Tensor) else made


@native_class(BUFFER, "torch.Tensor")
def buffer(it: Interp, cls: ClassV, data: Value = None, *, persistent: Value = True) -> Value:
    """The tensor; whoever holds it as an attribute holds it as a buffer (see torch_module_state)."""
    value = _as(it, data, False)
    if isinstance(value, Tensor):
        inputs = (data,) if isinstance(data, Tensor) else ()
        return replace(value, made_by=Provenance(BUFFER, it.here(), inputs))
    return value


@native_class("torch.nn.parameter.UninitializedParameter", "torch.nn.Parameter")
def uninitialized_parameter(it: Interp, cls: ClassV, **kwargs: Value) -> Value:
    """Its shape is not there yet."""
    return Tensor(None, parameter=True, unknown=it.unknown(Reason.DATA_DEPENDENT, "an uninitialized parameter"))


@native_class("torch.nn.parameter.UninitializedBuffer", "torch.Tensor")
def uninitialized_buffer(it: Interp, cls: ClassV, **kwargs: Value) -> Value:
    return Tensor(None, unknown=it.unknown(Reason.DATA_DEPENDENT, "an uninitialized buffer"))


# ---- torch.nn.init: in place, the tensor itself is returned
_INITIALIZERS = ("uniform", "normal", "trunc_normal", "constant", "ones", "zeros", "eye", "dirac", "xavier_uniform",
                 "xavier_normal", "kaiming_uniform", "kaiming_normal", "orthogonal", "sparse")  # fmt: skip


def _initializer(name: str) -> None:
    @native(f"torch.nn.init.{name}")
    def initialize(it: Interp, tensor: Value, *args: Value, **kwargs: Value) -> Value:
        if isinstance(tensor, Tensor) and tensor.data is not None:
            forget(tensor)
        return tensor


for _name in _INITIALIZERS:
    _initializer(f"{_name}_")
    if _name not in ("trunc_normal", "zeros", "ones"):
        _initializer(_name)

_GAINS = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5.0 / 3, "relu": 2.0**0.5, "selu": 0.75, **dict.fromkeys(
    ("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), 1.0)}  # fmt: skip


@native("torch.nn.init.calculate_gain")
def calculate_gain(it: Interp, nonlinearity: Value, param: Value = None) -> Value:
    if isinstance(nonlinearity, str) and nonlinearity in _GAINS:
        return _GAINS[nonlinearity]
    if nonlinearity == "leaky_relu" and (param is None or isinstance(param, int | float)):
        return (2.0 / (1 + (0.01 if param is None else float(param)) ** 2)) ** 0.5
    return Scalar("float")


@native("torch.nn.init._calculate_fan_in_and_fan_out")
def calculate_fans(it: Interp, tensor: Value) -> Value:
    """The inputs and outputs of one unit of a weight."""
    if not isinstance(tensor, Tensor) or tensor.is_open or tensor.rank < 2:
        return Scalar("int"), Scalar("int")
    field: Value = 1
    for dim in tensor.shape[2:]:
        field = it.binary("*", field, dim)
    return it.binary("*", tensor.shape[1], field), it.binary("*", tensor.shape[0], field)


@native("torch.nn.init._calculate_correct_fan")
def calculate_fan(it: Interp, tensor: Value, mode: Value) -> Value:
    fans = calculate_fans(it, tensor)
    return {"fan_in": fans[0], "fan_out": fans[1]}.get(mode, Scalar("int")) if isinstance(mode, str) else Scalar("int")


# ---- torch.nn.utils
@native(
    "torch.nn.utils.spectral_norm", "torch.nn.utils.remove_spectral_norm",
    "torch.nn.utils.parametrizations.weight_norm",
    "torch.nn.utils.parametrizations.spectral_norm", "torch.nn.utils.parametrizations.orthogonal",
    "torch.nn.utils.parametrize.remove_parametrizations", "torch.nn.utils.convert_conv2d_weight_memory_format",
    "torch.nn.utils.convert_conv3d_weight_memory_format", "torch.nn.utils.fuse_linear_bn_eval",
)  # fmt: skip
def same_module(it: Interp, module: Value, *args: Value, **kwargs: Value) -> Value:
    """Reparametrised, but every weight keeps its shape."""
    return module


@native("torch.nn.utils.parametrize.register_parametrization")
def register_parametrization(
    it: Interp, module: Value, tensor_name: Value, parametrization: Value, *, unsafe: Value = False
) -> Value:
    """The weight is what the parametrization makes of it."""
    if isinstance(module, Instance) and isinstance(tensor_name, str) and tensor_name in module.attrs:
        made = it.call(parametrization, [module.attrs[tensor_name]])
        if isinstance(made, Tensor):
            made = replace(made, parameter=True)
        it.journal.write(module, tensor_name, made)
    return module


@native("torch.nn.utils.parametrize.is_parametrized")
def is_parametrized(it: Interp, module: Value, tensor_name: Value = None) -> Value:
    return Scalar("bool")


@native("torch.nn.utils.parametrize.cached")
def cached(it: Interp) -> Value:
    return it.new("contextlib.nullcontext") if "contextlib.nullcontext" in it.world.classes else it.new("torch.no_grad")


@native("torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad_norm", "torch.nn.utils.get_total_norm")
def clip_grad_norm(it: Interp, parameters: Value, *args: Value, **kwargs: Value) -> Value:
    """The total norm: a tensor without axes."""
    tensors = [parameters] if isinstance(parameters, Tensor) else (known_items(it, parameters) or [])
    dtypes = {t.dtype if isinstance(t, Tensor) else None for t in tensors}
    return Tensor((), dtypes.pop() if len(dtypes) == 1 else None)


@native("torch.nn.utils.clip_grad_value_", "torch.nn.utils.clip_grads_with_norm_")
def clip_grad_value(it: Interp, parameters: Value, *args: Value, **kwargs: Value) -> Value:
    return None


@native("torch.nn.utils.parameters_to_vector")
def parameters_to_vector(it: Interp, parameters: Value) -> Value:
    """All elements in one row."""
    tensors = known_items(it, parameters)
    total: Value = 0
    dtype: DType | None = None
    for item in tensors if tensors is not None else [None]:
        if not isinstance(item, Tensor) or item.is_open:
            return Tensor(None, unknown=it.unknown(Reason.DATA_DEPENDENT, "parameters_to_vector"))
        total = it.binary("+", total, numel(it, item.shape))
        dtype = item.dtype
    return Tensor((total,), dtype)


@native("torch.nn.utils.vector_to_parameters")
def vector_to_parameters(it: Interp, vec: Value, parameters: Value) -> Value:
    return None


# ---- torch.nn.utils.prune: masks change no shape
for _prune in ("l1_unstructured", "random_unstructured", "ln_structured", "random_structured", "identity", "remove",
               "custom_from_mask"):  # fmt: skip
    native(f"torch.nn.utils.prune.{_prune}")(same_module)


@native("torch.is_tensor")
def is_tensor(it: Interp, obj: Value) -> Value:
    answer = it.is_instance(obj, it.native_class("torch.Tensor"))
    return Scalar("bool") if answer is None else answer


@native("torch.overrides.is_tensor_like")
def is_tensor_like(it: Interp, inp: Value) -> Value:
    answer = it.is_instance(inp, it.native_class("torch.Tensor"))
    if answer is False and isinstance(inp, Instance):
        return inp.cls.lookup("__torch_function__") is not None
    return Scalar("bool") if answer is None else answer


@native("torch.is_storage")
def is_storage(it: Interp, obj: Value) -> Value:
    return Scalar("bool")
