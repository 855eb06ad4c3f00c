"""Context managers and decorators around forward passes: no_grad, autocast, profilers; compile, jit, fx, onnx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ops.devices import named
from ...values import DTYPES, ClassV, DictV, DType, Instance, Reason, Scalar, Tensor, Unknown, Value
from ..autocast import SOME_REGION, Region
from .registry import CONSTANTS, MODULES, native, native_class, plain_class
from .support import is_function

if TYPE_CHECKING:
    from ..machine import Interp


# ---- gradients on and off
def _grad_mode(name: str, given: Value, enables: bool) -> None:
    """A class for `with torch.no_grad():`, `@torch.no_grad()`, `@torch.no_grad`; its mode is `given`."""

    @native_class(name)
    def construct(it: Interp, cls: ClassV, mode: Value = given) -> Value:
        if is_function(mode) or isinstance(mode, Unknown):
            _noted(it, given is enables)
            return mode
        out = Instance(cls, {}, it.here())
        out.extra["mode"] = (mode is enables) if isinstance(mode, bool) else Scalar("bool")
        return out

    native(f"{name}.__enter__")(_enter)
    native(f"{name}.__exit__")(_exit)
    native(f"{name}.__call__")(_decorate)


def _enter(it: Interp, self: Value) -> Value:
    if isinstance(self, Instance):
        self.extra["before"] = it.grad_enabled
        _noted(it, self.extra.get("mode"))
        it.grad_enabled = self.extra.get("mode", Scalar("bool"))
    return None


def _exit(it: Interp, self: Value, *args: Value) -> Value:
    if isinstance(self, Instance):
        it.grad_enabled = self.extra.pop("before", True)
    return None


def _decorate(it: Interp, self: Value, func: Value) -> Value:
    if isinstance(self, Instance) and "mode" in self.extra:
        _noted(it, self.extra["mode"])
    return func


def _noted(it: Interp, mode: Value) -> None:
    """Steps may have been made without gradients: what of a tensor gets one is no longer certain."""
    if mode is not True:
        it.detached = True


for _prefix in ("torch", "torch.autograd"):
    _grad_mode(f"{_prefix}.no_grad", True, False)
    _grad_mode(f"{_prefix}.enable_grad", True, True)
    _grad_mode(f"{_prefix}.inference_mode", True, False)


@native_class("torch.set_grad_enabled")
def set_grad_enabled(it: Interp, cls: ClassV, mode: Value) -> Value:
    """In force at once, as a context manager until its end."""
    out = Instance(cls, {}, it.here())
    out.extra["before"] = it.grad_enabled
    _noted(it, mode)
    it.grad_enabled = mode if isinstance(mode, bool) else Scalar("bool")
    return out


@native("torch.set_grad_enabled.__enter__")
def enter_set_grad_enabled(it: Interp, self: Value) -> Value:
    return None


native("torch.set_grad_enabled.__exit__")(_exit)
native("torch.set_grad_enabled.__call__")(_decorate)


@native("torch.is_grad_enabled")
def is_grad_enabled(it: Interp) -> Value:
    return it.grad_enabled


@native("torch.is_inference_mode_enabled")
def is_inference_mode_enabled(it: Interp) -> Value:
    return Scalar("bool")


# ---- contexts that change nothing that is followed
def _harmless(name: str) -> None:
    @native_class(name)
    def construct(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
        return Instance(cls, {}, it.here())

    @native(f"{name}.__enter__")
    def enter(it: Interp, self: Value) -> Value:
        return self

    @native(f"{name}.__exit__")
    def leave(it: Interp, self: Value, *args: Value) -> Value:
        return None

    native(f"{name}.__call__")(_decorate)


# ---- autocast
#: The type that a region computes in if it names none.
_LOWER = {"cuda": DTYPES["float16"], "cpu": DTYPES["bfloat16"], "xpu": DTYPES["float16"]}


def _autocast(name: str, device: str | None) -> None:
    """`device`: None where it is the first argument."""

    @native_class(name)
    def construct(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
        names = ("enabled", "dtype") if device is not None else ("device_type", "dtype", "enabled")
        given = {**dict(zip(names, args)), **kwargs}
        out = Instance(cls, {}, it.here())
        place = named(given.get("device_type")) if device is None else device
        dtype, enabled = given.get("dtype"), given.get("enabled", True)
        if dtype is None and place is not None:
            dtype = _LOWER.get(place)
        if not given and device is None:
            enabled = None  # one that the analysis made itself
        settled = dtype if isinstance(dtype, DType) else None
        out.extra["region"] = None if enabled is False else Region(place, settled, enabled is True)
        return out

    native(f"{name}.__enter__")(_enter_region)
    native(f"{name}.__exit__")(_exit_region)
    native(f"{name}.__call__")(_decorate_region)


def _enter_region(it: Interp, self: Value) -> Value:
    if isinstance(self, Instance):
        self.extra["outer"] = (*self.extra.get("outer", ()), it.autocast)
        it.autocast = self.extra.get("region", SOME_REGION)
    return self


def _exit_region(it: Interp, self: Value, *args: Value) -> Value:
    if isinstance(self, Instance) and self.extra.get("outer"):
        *outer, it.autocast = self.extra["outer"]
        self.extra["outer"] = tuple(outer)
    return None


def _decorate_region(it: Interp, self: Value, func: Value) -> Value:
    """What the function does is done in the region: nobody says of which type its tensors are, here and after."""
    it.autocast = SOME_REGION
    return func


for _name in ("torch.autocast", "torch.amp.autocast", "torch.amp.autocast_mode.autocast"):
    _autocast(_name, None)
_autocast("torch.cuda.amp.autocast", "cuda")
_autocast("torch.cpu.amp.autocast", "cpu")


CONTEXTS = (
    "torch.autograd.set_detect_anomaly", "torch.autograd.detect_anomaly",
    "torch.autograd.profiler.profile", "torch.autograd.profiler.record_function", "torch.autograd.profiler.emit_nvtx",
    "torch.autograd.graph.save_on_cpu", "torch.autograd.graph.saved_tensors_hooks", "torch.profiler.profile",
    "torch.profiler.record_function", "torch.backends.cuda.sdp_kernel", "torch.nn.attention.sdpa_kernel",
    "torch.backends.cudnn.flags", "torch.cuda.device", "torch.cuda.stream", "torch.cuda.Stream", "torch.cuda.Event",
    "torch.cuda.nvtx.range", "torch.random.fork_rng", "torch.nn.utils.parametrize.cached_context",
    "torch.jit.optimized_execution", "torch.jit.fuser", "torch.autograd.forward_ad.dual_level",
    "torch.distributed.algorithms.join.Join", "torch.overrides.TorchFunctionMode", "torch.set_num_threads",
    "torch.cuda.device_of", "numpy.errstate", "numpy.printoptions",
)  # fmt: skip
for _name in CONTEXTS:
    _harmless(_name)


@native("torch.get_autocast_dtype", "torch.get_autocast_gpu_dtype", "torch.get_autocast_cpu_dtype")
def autocast_dtype(it: Interp, *args: Value) -> Value:
    return it.unknown(Reason.ENVIRONMENT, "the dtype of autocast")


@native(
    "torch.is_autocast_enabled", "torch.is_autocast_cpu_enabled", "torch.is_autocast_cache_enabled",
    "torch.jit.is_scripting", "torch.jit.is_tracing", "torch._jit_internal.is_scripting",
    "torch.onnx.is_in_onnx_export",
    "torch.compiler.is_compiling", "torch.compiler.is_dynamo_compiling", "torch.compiler.is_exporting",
    "torch._dynamo.is_compiling", "torch.overrides.has_torch_function", "torch.overrides.has_torch_function_unary",
    "torch.overrides.has_torch_function_variadic", "torch.overrides.is_tensor_method_or_property",
    "torch._C._get_tracing_state", "torch.fx._symbolic_trace.is_fx_tracing", "torch._utils.is_compiling",
)  # fmt: skip
def never(it: Interp, *args: Value, **kwargs: Value) -> Value:
    """The program runs as plain Python."""
    return False


@native("torch.overrides.handle_torch_function")
def handle_torch_function(it: Interp, public_api: Value, relevant_args: Value, *args: Value, **kwargs: Value) -> Value:
    return it.unknown(Reason.UNSUPPORTED, "__torch_function__")


# ---- compilers give back what they get
@native(
    "torch.compile", "torch.jit.script", "torch.jit.optimize_for_inference", "torch.jit.freeze",
    "torch.compiler.compile",
    "torch._dynamo.optimize_assert",
)  # fmt: skip
def compile_(it: Interp, model: Value = None, *args: Value, **kwargs: Value) -> Value:
    """The module or function itself; with options alone, a decorator."""
    return identity_decorator(it) if model is None else model


def identity_decorator(it: Interp) -> Value:
    return it.world.members("torch.jit")["_identity"]


@native(
    "torch.jit._identity", "torch.jit.export", "torch.jit.unused", "torch.jit._drop", "torch.jit.interface",
    "torch.jit.script_if_tracing", "torch.compiler.allow_in_graph", "torch.fx.wrap", "torch._dynamo.allow_in_graph",
    "torch.jit._overload", "torch.jit._overload_method", "torch._jit_internal._overload",
    "torch._jit_internal._overload_method", "torch._jit_internal._copy_to_script_wrapper", "torch.jit.script_method",
    "torch.compiler.assume_constant_result", "torch.autograd.function.once_differentiable",
    "torch._jit_internal.export", "torch._jit_internal.unused", "torch.jit.Final",
)  # fmt: skip
def identity(it: Interp, fn: Value, *args: Value, **kwargs: Value) -> Value:
    return fn


@native("torch.jit.ignore", "torch._jit_internal.ignore", "torch.compiler.disable", "torch._dynamo.disable",
        "torch.compiler.nested_compile_region")  # fmt: skip
def ignore(it: Interp, fn: Value = None, *args: Value, **kwargs: Value) -> Value:
    """With and without parentheses."""
    return fn if is_function(fn) or isinstance(fn, Unknown | Instance) else identity_decorator(it)


@native("torch.jit.trace", "torch.jit.trace_module")
def trace(it: Interp, func: Value, example_inputs: Value = None, *args: Value, **kwargs: Value) -> Value:
    """The module itself; tracing runs it once on the example."""
    if example_inputs is not None and not isinstance(example_inputs, DictV):
        given = list(example_inputs) if isinstance(example_inputs, tuple) else [example_inputs]
        it.call(func, given)
    return func


@native("torch.jit.isinstance")
def jit_isinstance(it: Interp, obj: Value, target_type: Value) -> Value:
    answer = it.is_instance(obj, target_type)
    return Scalar("bool") if answer is None else answer


@native("torch.jit.annotate")
def annotate(it: Interp, the_type: Value, the_value: Value) -> Value:
    return the_value


@native("torch.jit.Attribute")
def jit_attribute(it: Interp, value: Value, type: Value = None) -> Value:
    return value


@native("torch.jit.fork")
def fork(it: Interp, func: Value, *args: Value, **kwargs: Value) -> Value:
    """Run at once; `wait` gives the result."""
    return it.new("torch.jit.Future", value=it.call(func, args, kwargs))


plain_class("torch.jit.Future")


@native("torch.jit.wait", "torch.jit.Future.wait")
def wait(it: Interp, future: Value) -> Value:
    return it.getattr(future, "value")


@native("torch.jit.load", "torch.jit.save", "torch.export.export", "torch.fx.symbolic_trace", "torch.export.load")
def opaque(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return it.unknown(Reason.OPAQUE, "a compiled program")


@native("torch.onnx.export", "torch.onnx.dynamo_export")
def onnx_export(it: Interp, model: Value, args: Value = (), *rest: Value, **kwargs: Value) -> Value:
    """Runs the model once on the example inputs."""
    if isinstance(args, tuple):
        given, named = list(args), {}
        if (
            given
            and isinstance(given[-1], DictV)
            and given[-1].rest is None
            and all(isinstance(k, str) for k in given[-1].items)
        ):
            named = dict(given.pop().items)
        it.call(model, given, named)
    elif isinstance(args, Tensor):
        it.call(model, [args])
    return None


plain_class("torch.jit.ScriptModule", "torch.nn.Module")
CONSTANTS["torch.jit.ScriptFunction"] = Unknown(Reason.OPAQUE, "torch.jit.ScriptFunction")
MODULES.update({"torch.jit", "torch.onnx", "torch.fx", "torch._dynamo", "torch.compiler", "torch.profiler"})
