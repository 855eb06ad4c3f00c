"""Tools that call a model once, to print or to measure it; and decorators that check types and change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dims import Expr
from ...values import DictV, ListV, Native, Reason, Scalar, Tensor, Unknown, Value
from .registry import MODULES, NATIVES, native
from .support import known_items

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update(("torchinfo", "torchsummary", "torchsummaryX", "thop", "ptflops", "fvcore.nn", "torchviz", "jaxtyping",
                "beartype", "beartype.typing", "typeguard"))  # fmt: skip


def _sizes(it: Interp, value: Value) -> list[list[Value]] | None:
    """One size, or a list of them, as lists of numbers; None if they are not known."""
    items = known_items(it, value) if isinstance(value, tuple | ListV) else None
    if not items:
        return None
    if all(isinstance(item, int | Expr) for item in items):
        return [items]
    found = [known_items(it, item) if isinstance(item, tuple | ListV) else None for item in items]
    sizes = [size for size in found if size is not None]
    return sizes if len(sizes) == len(items) else None


def _run(it: Interp, model: Value, sizes: list[list[Value]]) -> None:
    it.call(model, [it.op("torch.rand", *size) for size in sizes])


@native("torchinfo.summary")
def summary(
    it: Interp, model: Value, input_size: Value = None, input_data: Value = None, batch_dim: Value = None,
    *args: Value, **options: Value,
) -> Value:  # fmt: skip
    """One call, on random tensors of the sizes (a batch of one is added where `batch_dim` says so), or on the data."""
    sizes = _sizes(it, input_size)
    if isinstance(input_data, Tensor):
        it.call(model, [input_data])
    elif isinstance(input_data, DictV) and input_data.rest is None:
        it.call(model, [], {str(key): value for key, value in input_data.items.items()})
    elif isinstance(input_data, tuple | ListV):
        items = known_items(it, input_data)
        if items is not None:
            it.call(model, items)
    elif sizes is not None and not options.get("dtypes"):
        if isinstance(batch_dim, int):
            for size in sizes:
                size.insert(batch_dim, 1)
        if batch_dim is None or isinstance(batch_dim, int):
            _run(it, model, sizes)
    return it.unknown(Reason.OPAQUE, "a summary")


@native("torchsummary.summary")
def torchsummary(it: Interp, model: Value, input_size: Value, *args: Value, **options: Value) -> Value:
    """One call on a batch of two."""
    sizes = _sizes(it, input_size)
    if sizes is not None:
        _run(it, model, [[2, *size] for size in sizes])
    return None


@native("thop.profile")
def profile(it: Interp, model: Value, inputs: Value = (), *args: Value, **options: Value) -> Value:
    items = known_items(it, inputs)
    if items:
        it.call(model, items)
    return (Scalar("float"), Scalar("float"))


@native("ptflops.get_model_complexity_info")
def complexity(it: Interp, model: Value, input_res: Value, *args: Value, **options: Value) -> Value:
    """One call on a batch of one, unless the program builds its inputs."""
    sizes = _sizes(it, input_res)
    if sizes is not None and len(sizes) == 1 and options.get("input_constructor") is None:
        _run(it, model, [[1, *sizes[0]]])
    return (it.unknown(Reason.OPAQUE, "a measure"), it.unknown(Reason.OPAQUE, "a measure"))


@native("fvcore.nn.FlopCountAnalysis")
def flops(it: Interp, model: Value, inputs: Value, *args: Value, **options: Value) -> Value:
    items = [inputs] if isinstance(inputs, Tensor) else known_items(it, inputs)
    if items:
        it.call(model, items)
    return it.unknown(Reason.OPAQUE, "a measure")


@native("jaxtyping.jaxtyped", "beartype.beartype", "typeguard.typechecked")
def checked(it: Interp, function: Value = None, /, *args: Value, **options: Value) -> Value:
    """What is decorated stays what it is; with options, it is the decorator."""
    if function is None or isinstance(function, Unknown):
        return NATIVES["typing.overload"]
    return function


for _name in ("check_argument_types", "install_import_hook"):
    NATIVES[f"jaxtyping.{_name}"] = Native(f"jaxtyping.{_name}", lambda it, args, kwargs: None)


# ---- torch.nn._reduction
_REDUCTION = ("torch.nn._reduction", "torch.nn.functional._Reduction")
_NUMBER_OF = {"none": 0, "mean": 1, "elementwise_mean": 1, "sum": 2}
MODULES.update(_REDUCTION)


@native(*[f"{module}.get_enum" for module in _REDUCTION])
def reduction_number(it: Interp, reduction: Value) -> Value:
    """The number that PyTorch's kernels know a reduction by."""
    if not isinstance(reduction, str):
        return Scalar("int")
    if reduction not in _NUMBER_OF:
        return it.fail("ValueError", f"{reduction} is not a valid value for reduction")
    return _NUMBER_OF[reduction]
