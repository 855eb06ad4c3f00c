"""Questions about the environment: devices, backends, seeds, default dtypes, saving and loading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ops.defaults import DEFAULTS
from ...ops.devices import named
from ...values import DTYPES, ClassV, DictV, DType, Instance, OpFunction, Reason, Scalar, Tensor, Unknown, Value
from .registry import CONSTANTS, MODULES, native, native_class, plain_class, prop
from .support import PAYLOAD, in_library

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update({
    "torch.cuda", "torch.backends", "torch.backends.cudnn", "torch.backends.cuda", "torch.backends.mps",
    "torch.backends.mkl", "torch.backends.mkldnn", "torch.backends.openmp", "torch.mps", "torch.xpu", "torch.cpu",
    "torch.random", "torch.multiprocessing", "torch.hub", "torch.version", "torch.backends.quantized",
    "torch.distributed", "torch.utils.tensorboard", "torch.backends.opt_einsum", "torch.accelerator",
})  # fmt: skip


# ---- torch.device
@native_class("torch.device")
def device(it: Interp, cls: ClassV, type: Value = "cpu", index: Value = None) -> Value:
    """`torch.device("cuda:0")`, `torch.device("cuda", 0)`, `torch.device(0)`."""
    if isinstance(type, Instance) and type.cls.native == "torch.device":
        return type
    if isinstance(type, str):
        name, _, number = type.partition(":")
        return _device(it, cls, name, int(number) if number.isdigit() else index)
    if isinstance(type, int) and not isinstance(type, bool):
        return Instance(cls, {"type": Scalar("str"), "index": type}, it.here())
    return Instance(cls, {"type": Scalar("str"), "index": Scalar("int")}, it.here())


def _device(it: Interp, cls: ClassV, name: str, index: Value) -> Instance:
    made = Instance(cls, {"type": name, "index": index}, it.here())
    made.extra[PAYLOAD] = text_of_device(made)  # what str() of it gives
    return made


def device_named(it: Interp, place: str | None) -> Value:
    """The torch.device of a tensor that lies there: an accelerator has a number, which may be any."""
    if place is None:
        return it.unknown(Reason.ENVIRONMENT, "device")
    name, _, number = place.partition(":")
    index = int(number) if number.isdigit() else None if name in ("cpu", "meta") else Scalar("int")
    return _device(it, it.native_class("torch.device"), name, index)


def text_of_device(value: Instance) -> Value:
    name, index = value.attrs.get("type"), value.attrs.get("index")
    if isinstance(name, str) and (index is None or isinstance(index, int)):
        return name if index is None else f"{name}:{index}"
    return Scalar("str")


@native("torch.device.__str__")
def device_str(it: Interp, self: Value) -> Value:
    return text_of_device(self) if isinstance(self, Instance) else Scalar("str")


@native("torch.device.__repr__")
def device_repr(it: Interp, self: Value) -> Value:
    return Scalar("str")


@native("torch.device.__eq__")
def device_eq(it: Interp, self: Value, other: Value) -> Value:
    if isinstance(self, Instance) and isinstance(other, Instance) and other.cls is self.cls:
        a, b = text_of_device(self), text_of_device(other)
        return a == b if isinstance(a, str) and isinstance(b, str) else Scalar("bool")
    return Scalar("bool") if isinstance(other, Unknown) else False


@native("torch.device.__ne__")
def device_ne(it: Interp, self: Value, other: Value) -> Value:
    answer = device_eq(it, self, other)
    return not answer if isinstance(answer, bool) else answer


@native("torch.device.__enter__")
def device_enter(it: Interp, self: Value) -> Value:
    """New tensors lie there until the end of the block."""
    if isinstance(self, Instance):
        self.extra["before"] = (*self.extra.get("before", ()), DEFAULTS.device)
    DEFAULTS.device = named(self)
    return self


@native("torch.device.__exit__")
def device_exit(it: Interp, self: Value, *args: Value) -> Value:
    if isinstance(self, Instance) and self.extra.get("before"):
        *outer, before = self.extra["before"]
        self.extra["before"] = tuple(outer)
        if DEFAULTS.device is not None or named(self) is None:  # else something inside may have set it
            DEFAULTS.device = before
    return None


@native("torch.set_default_device")
def set_default_device(it: Interp, device: Value) -> Value:
    DEFAULTS.set_device(named(device) if it.certain and device is not None else None)
    return None


@prop("torch.Tensor.device")
def device_of(it: Interp, tensor: Value) -> Value:
    """Where it lies."""
    return device_named(it, tensor.device if isinstance(tensor, Tensor) and DEFAULTS.followed else None)


@native("torch.set_num_threads", "torch.set_num_interop_threads",
        "torch.set_float32_matmul_precision", "torch.set_printoptions", "torch.use_deterministic_algorithms",
        "torch.set_flush_denormal", "torch.set_deterministic_debug_mode", "torch.set_warn_always",
        "torch.set_rng_state", "torch.random.set_rng_state", "torch.cuda.set_rng_state", "torch.cuda.set_device",
        "torch.cuda.empty_cache", "torch.cuda.synchronize", "torch.cuda.manual_seed", "torch.cuda.manual_seed_all",
        "torch.cuda.init", "torch.cuda.reset_peak_memory_stats", "torch.cuda.reset_max_memory_allocated",
        "torch.cuda.ipc_collect", "torch.cuda.set_per_process_memory_fraction", "torch.mps.empty_cache",
        "torch.mps.manual_seed", "torch.mps.synchronize", "torch.xpu.empty_cache",
        "torch.multiprocessing.set_start_method", "torch.multiprocessing.set_sharing_strategy", "torch.hub.set_dir",
        "torch.hub.download_url_to_file", "torch.backends.cuda.enable_flash_sdp",
        "torch.backends.cuda.enable_mem_efficient_sdp", "torch.backends.cuda.enable_math_sdp",
        "torch.autograd.backward", "torch._assert", "torch._check", "torch._C._log_api_usage_once",
        "torch.distributed.init_process_group", "torch.distributed.destroy_process_group",
        "torch.distributed.barrier")  # fmt: skip
def nothing(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return None


# ---- what depends on the machine
@native(
    "torch.cuda.is_available", "torch.backends.mps.is_available", "torch.backends.mps.is_built",
    "torch.xpu.is_available", "torch.mps.is_available", "torch.cuda.is_bf16_supported", "torch.cuda.is_initialized",
    "torch.accelerator.is_available", "torch.backends.cuda.is_built", "torch.backends.cudnn.is_available",
    "torch.cuda.is_current_stream_capturing",
)  # fmt: skip
def accelerated(it: Interp, *args: Value) -> Value:
    return False if in_library(it) else Scalar("bool")


@native("torch.distributed.is_available")
def distributed(it: Interp) -> Value:
    return True if in_library(it) else Scalar("bool")


@native(
    "torch.backends.mkl.is_available", "torch.backends.mkldnn.is_available",
    "torch.backends.openmp.is_available",
    "torch.distributed.is_nccl_available", "torch.are_deterministic_algorithms_enabled",
    "torch.backends.cuda.flash_sdp_enabled", "torch.backends.cuda.mem_efficient_sdp_enabled",
    "torch.backends.cuda.math_sdp_enabled", "torch.backends.cudnn.is_acceptable",
)  # fmt: skip
def undecided(it: Interp, *args: Value) -> Value:
    return Scalar("bool")


@native("torch.distributed.is_initialized", "torch.distributed.is_torchelastic_launched")
def not_distributed(it: Interp) -> Value:
    return False


@native("torch.distributed.get_rank")
def get_rank(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return Scalar("int")


@native(
    "torch.cuda.device_count", "torch.cuda.current_device", "torch.cuda.memory_allocated", "torch.cuda.memory_reserved",
    "torch.cuda.max_memory_allocated", "torch.cuda.max_memory_reserved", "torch.get_num_threads", "torch.initial_seed",
    "torch.seed", "torch.cuda.initial_seed", "torch.backends.cudnn.version", "torch.distributed.get_world_size",
    "torch.get_num_interop_threads", "torch.xpu.device_count", "torch.random.initial_seed", "torch.random.seed",
)  # fmt: skip
def some_int(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return Scalar("int")


@native("torch.cuda.get_device_name", "torch.hub.get_dir", "torch.cuda.memory_summary",
        "torch.get_float32_matmul_precision")  # fmt: skip
def some_text(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return Scalar("str")


@native("torch.cuda.get_device_capability", "torch.cuda.mem_get_info")
def two_ints(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return (Scalar("int"), Scalar("int"))


@native("torch.cuda.get_device_properties", "torch.hub.load", "torch.cuda.current_stream",
        "torch.cuda.default_stream", "torch.cuda.get_arch_list",
        "torch.distributed.all_gather_object", "torch.distributed.new_group")  # fmt: skip
def opaque(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return it.unknown(Reason.ENVIRONMENT, "depends on a file or a device")


@native("torch.accelerator.current_accelerator")
def current_accelerator(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return None if in_library(it) else it.unknown(Reason.ENVIRONMENT, "depends on a device")


@prop("torch.version.cuda", "torch.version.hip", "torch.version.xpu")
def built_for(it: Interp, _: Value) -> Value:
    return None if in_library(it) else it.unknown(Reason.ENVIRONMENT, "how PyTorch was built")


@native("torch.hub.load_state_dict_from_url", "torch.utils.model_zoo.load_url")
def load_url(it: Interp, *args: Value, **kwargs: Value) -> Value:
    """A state dict of unknown tensors."""
    why = Unknown(Reason.ENVIRONMENT, "a download")
    return DictV({}, Tensor(None, unknown=why), "OrderedDict")


@native("torch.manual_seed", "torch.default_generator", "torch.random.manual_seed", "torch.Generator.manual_seed")
def manual_seed(it: Interp, *args: Value) -> Value:
    return args[0] if args and isinstance(args[0], Instance) else it.new("torch.Generator")


@native("torch.Generator.__init__", "torch.Generator.set_state")
def generator_init(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return None


@native("torch.Generator.seed", "torch.Generator.initial_seed")
def generator_seed(it: Interp, self: Value) -> Value:
    return Scalar("int")


#: The state of the CPU's generator (a Mersenne twister), which PyTorch gives as bytes.
_GENERATOR_BYTES = 5056


@native("torch.get_rng_state", "torch.random.get_rng_state")
def cpu_state(it: Interp) -> Value:
    return Tensor((_GENERATOR_BYTES,), DTYPES["uint8"], "cpu")


@native("torch.cuda.get_rng_state", "torch.Generator.get_state")
def rng_state(it: Interp, *args: Value) -> Value:
    return Tensor(None, DTYPES["uint8"], unknown=it.unknown(Reason.ENVIRONMENT, "state of a generator"))


for _name in ("cudnn.benchmark", "cudnn.deterministic", "cudnn.enabled", "cudnn.allow_tf32", "cuda.matmul.allow_tf32",
              "opt_einsum.enabled"):  # fmt: skip
    CONSTANTS[f"torch.backends.{_name}"] = Scalar("bool")


# ---- dtypes
@native("torch.get_default_dtype")
def get_default_dtype(it: Interp) -> Value:
    return DEFAULTS.dtype or it.unknown(Reason.ENVIRONMENT, "the default dtype")


@native("torch.get_default_device")
def get_default_device(it: Interp) -> Value:
    return device_named(it, DEFAULTS.place)


@native("torch.set_default_dtype")
def set_default_dtype(it: Interp, d: Value) -> Value:
    DEFAULTS.set_dtype(d if isinstance(d, DType) and it.certain else None)
    return None


@native("torch.set_default_tensor_type")
def set_default_tensor_type(it: Interp, t: Value) -> Value:
    """By the name of a legacy class or the class itself: a dtype and a device."""
    text = t if isinstance(t, str) else t.name if isinstance(t, OpFunction) else ""
    *_, place, word = ("", *text.split("."))
    found = next((dtype for dtype in DTYPES.values() if f"{dtype.legacy}Tensor" == word), None)
    DEFAULTS.set_dtype(found if it.certain else None)
    DEFAULTS.set_device({"cuda": "cuda", "torch": "cpu"}.get(place) if it.certain and found is not None else None)
    return None


_EXPONENT_BITS = {"float16": (5, 10), "bfloat16": (8, 7), "float32": (8, 23), "float64": (11, 52)}


def _finfo(dtype: DType) -> dict[str, Value]:
    exponent, mantissa = _EXPONENT_BITS[dtype.name]
    bias = 2 ** (exponent - 1) - 1
    high = (2.0 - 2.0**-mantissa) * 2.0**bias
    tiny = 2.0 ** (1 - bias)
    return {
        "bits": dtype.bits, "max": high, "min": -high, "eps": 2.0**-mantissa, "tiny": tiny, "smallest_normal": tiny,
        "resolution": Scalar("float"), "dtype": dtype.name,
    }  # fmt: skip


@native_class("torch.finfo")
def finfo(it: Interp, cls: ClassV, type: Value = DTYPES["float32"]) -> Value:
    if isinstance(type, DType) and type.name in _EXPONENT_BITS:
        return Instance(cls, _finfo(type), it.here())
    names = ("max", "min", "eps", "tiny", "smallest_normal", "resolution")
    unknown: dict[str, Value] = dict.fromkeys(names, Scalar("float"))
    return Instance(cls, {"bits": Scalar("int"), "dtype": Scalar("str"), **unknown}, it.here())


@native_class("torch.iinfo")
def iinfo(it: Interp, cls: ClassV, type: Value) -> Value:
    if isinstance(type, DType):
        low, high = (-(2 ** (type.bits - 1)), 2 ** (type.bits - 1) - 1) if type.signed else (0, 2**type.bits - 1)
        return Instance(cls, {"bits": type.bits, "max": high, "min": low, "dtype": type.name}, it.here())
    return Instance(cls, {**dict.fromkeys(("bits", "max", "min"), Scalar("int")), "dtype": Scalar("str")}, it.here())


# ---- loggers
for _name in ("torch.utils.tensorboard.SummaryWriter", "torch.utils.tensorboard.writer.SummaryWriter",
              "tensorboardX.SummaryWriter"):  # fmt: skip
    plain_class(_name)
    native(f"{_name}.__init__")(generator_init)
    for _method in ("add_scalar", "add_scalars", "add_image", "add_images", "add_histogram", "add_text",
                    "add_figure", "add_embedding", "add_hparams", "add_pr_curve", "add_video", "add_audio", "flush",
                    "close", "add_custom_scalars", "add_mesh", "add_tensor"):  # fmt: skip
        native(f"{_name}.{_method}")(nothing)

    @native(f"{_name}.__enter__")
    def writer_enter(it: Interp, self: Value) -> Value:
        return self

    native(f"{_name}.__exit__")(nothing)

    @native(f"{_name}.add_graph")
    def add_graph(it: Interp, self: Value, model: Value, inputs: Value = None, *args: Value, **kw: Value) -> Value:
        """The model is traced on the input."""
        inputs = kw.get("input_to_model", inputs)
        if isinstance(inputs, Tensor | tuple):
            it.call(model, [inputs] if isinstance(inputs, Tensor) else list(inputs))
        return None
