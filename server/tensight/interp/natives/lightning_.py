"""PyTorch Lightning: modules, data modules, what they remember of their arguments. `lightning_fit` trains them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ClassMethodV, ClassV, DictV, FunctionV, Instance, ListV, Native, Reason, Scalar, Tensor, Value
from ..frame import Frame
from .configs import BASE
from .copy_ import deep
from .registry import ALIASES, CONSTANTS, MODULES, NATIVES, native, plain_class, prop
from .support import PAYLOAD, payload
from .torch_module_state import MODULE

if TYPE_CHECKING:
    from ..machine import Interp

PL = "pytorch_lightning"
MODULE_CLASS, DATA_CLASS = f"{PL}.LightningModule", f"{PL}.LightningDataModule"
HPARAMS = f"{PL}.utilities.parsing.AttributeDict"
_ROOTS = (PL, "lightning.pytorch", "lightning")
_SUBMODULES = """core core.module core.lightning core.datamodule trainer trainer.trainer callbacks loggers utilities
    utilities.types utilities.seed utilities.parsing utilities.rank_zero strategies plugins profilers tuner cli
    callbacks.early_stopping callbacks.model_checkpoint callbacks.progress metrics"""
for _root in _ROOTS:
    MODULES.update((_root, *(f"{_root}.{name}" for name in _SUBMODULES.split())))
plain_class(MODULE_CLASS, MODULE)
plain_class(DATA_CLASS)
plain_class(HPARAMS, BASE)
for _root in _ROOTS:
    for _place in ("", "core.", "core.module.", "core.lightning.", "core.datamodule."):
        for _target in (MODULE_CLASS, DATA_CLASS):
            _name = f"{_root}.{_place}{_target.rpartition('.')[2]}"
            if _name != _target:
                ALIASES[_name] = _target
    ALIASES[f"{_root}.seed_everything"] = "torch.manual_seed"
    ALIASES[f"{_root}.utilities.seed.seed_everything"] = "torch.manual_seed"

_HOOKS = """on_fit_start on_fit_end on_train_start on_train_end on_validation_start on_validation_end on_test_start
    on_test_end on_predict_start on_predict_end on_train_batch_start on_train_batch_end on_validation_batch_start
    on_validation_batch_end on_test_batch_start on_test_batch_end on_predict_batch_start on_predict_batch_end
    on_train_epoch_start on_train_epoch_end on_validation_epoch_start on_validation_epoch_end on_test_epoch_start
    on_test_epoch_end on_predict_epoch_start on_predict_epoch_end on_before_zero_grad on_before_backward
    on_after_backward on_before_optimizer_step configure_model configure_sharded_model on_load_checkpoint
    on_save_checkpoint prepare_data setup teardown configure_callbacks on_exception"""
_SILENT = """log log_dict print toggle_optimizer untoggle_optimizer clip_gradients configure_gradient_clipping
    lr_scheduler_step optimizer_step optimizer_zero_grad to_onnx log_grad_norm"""


def _nothing(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return None


for _name in (*_HOOKS.split(), *_SILENT.split()):
    for _owner in (MODULE_CLASS, DATA_CLASS):
        NATIVES[f"{_owner}.{_name}"] = Native(f"{_owner}.{_name}", _nothing)


def _gradients(name: str, needed: bool) -> None:
    @native(f"{MODULE_CLASS}.{name}")
    def set_all(it: Interp, self: Value) -> Value:
        it.method(self, "requires_grad_", needed)
        return None


_gradients("freeze", False)
_gradients("unfreeze", True)
CONSTANTS[f"{MODULE_CLASS}.automatic_optimization"] = True
CONSTANTS[f"{MODULE_CLASS}.strict_loading"] = True
CONSTANTS[f"{MODULE_CLASS}.example_input_array"] = None
for _name in ("global_step", "current_epoch", "global_rank", "local_rank"):
    prop(f"{MODULE_CLASS}.{_name}")(lambda it, self: Scalar("int"))
prop(f"{MODULE_CLASS}.on_gpu")(lambda it, self: Scalar("bool"))


def _of_the_run(name: str) -> None:
    @prop(f"{MODULE_CLASS}.{name}", f"{DATA_CLASS}.{name}")
    def get(it: Interp, self: Value) -> Value:
        return it.unknown(Reason.ENVIRONMENT, f"the trainer's {name}")


for _name in ("trainer", "logger", "loggers", "device", "dtype", "fabric", "device_mesh"):
    _of_the_run(_name)


@native(f"{MODULE_CLASS}.optimizers", f"{MODULE_CLASS}.lr_schedulers")
def optimizers(it: Interp, self: Value, **options: Value) -> Value:
    """What `configure_optimizers` made: the trainer wraps it."""
    return it.unknown(Reason.OPAQUE, "an optimizer")


@native(f"{MODULE_CLASS}.manual_backward", f"{MODULE_CLASS}.backward")
def manual_backward(it: Interp, self: Value, loss: Value, *args: Value, **kwargs: Value) -> Value:
    return it.method(loss, "backward") if isinstance(loss, Tensor) else None


@native(f"{MODULE_CLASS}.all_gather")
def all_gather(it: Interp, self: Value, data: Value, *args: Value, **kwargs: Value) -> Value:
    """One process gathers what it has; several add an axis."""
    return it.unknown(Reason.ENVIRONMENT, "the number of processes")


@native(f"{MODULE_CLASS}.to_torchscript")
def to_torchscript(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return self


def _from_checkpoint(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """The class with the arguments that the file remembers: known only where it takes none."""
    cls = args[0]
    init = cls.lookup("__init__") if isinstance(cls, ClassV) else None
    if isinstance(cls, ClassV) and (not isinstance(init, FunctionV) or len(init.code.parameters) == 1):
        return it.instantiate(cls)
    return it.unknown(Reason.ENVIRONMENT, "a checkpoint")


for _owner in (MODULE_CLASS, DATA_CLASS):
    _name = f"{_owner}.load_from_checkpoint"
    CONSTANTS[_name] = ClassMethodV(Native(_name, _from_checkpoint))


# ---- hyperparameters
def _arguments(it: Interp, self: Value) -> dict[str, Value] | None:
    """What the constructors of the object were called with, those of its bases included; None if not all is known."""
    found: dict[str, Value] = {}
    inside = False
    for frame in reversed(it.frames):
        if frame.code is None or frame.code.name != "__init__" or frame.argument0 is not self:
            if inside:
                break
            continue
        inside = True
        if not _collect(frame, found):
            return None
    return found


def _collect(frame: Frame, found: dict[str, Value]) -> bool:
    assert frame.code is not None
    for parameter in frame.code.parameters[1:]:
        value = frame.locals.get(parameter.name)
        if parameter.kind in ("positional", "keyword"):
            found[parameter.name] = value
        elif parameter.kind == "kwargs":
            if not isinstance(value, DictV) or value.rest is not None:
                return False
            found.update({str(key): item for key, item in value.items.items()})
    return True


@native(f"{MODULE_CLASS}.save_hyperparameters", f"{DATA_CLASS}.save_hyperparameters")
def save_hyperparameters(it: Interp, self: Value, *args: Value, ignore: Value = None, **options: Value) -> Value:
    if not isinstance(self, Instance):
        return None
    found = _arguments(it, self)
    left_out = (
        [ignore] if isinstance(ignore, str) else ignore.items if isinstance(ignore, ListV) else list(ignore or ())
    )
    objects = [value for value in args if not isinstance(value, str)]
    held = _hparams(it, self)
    it.journal.touch(held)
    if len(objects) == 1:
        given = objects[0]
        table = DictV(given.attrs) if isinstance(given, Instance) and payload(given) is given else payload(given)
        if isinstance(table, DictV):
            held.items.update(table.items)
            held.rest = held.rest if table.rest is None else table.rest
        else:
            held.rest = it.unknown(Reason.DATA_DEPENDENT, "hyperparameters")
    elif found is None:
        held.rest = it.unknown(Reason.DATA_DEPENDENT, "hyperparameters")
    else:
        held.items.update({k: v for k, v in found.items() if not args or k in args})
    for name in left_out:
        held.items.pop(name, None)
    return None


def _hparams(it: Interp, self: Instance) -> DictV:
    held = self.extra.get("hparams")
    if held is None:
        held = it.new(HPARAMS)
        held.extra[PAYLOAD] = DictV({})
        it.journal.set(self.extra, "hparams", held, self.born)
    table = held.extra[PAYLOAD]
    assert isinstance(table, DictV)
    return table


@prop(f"{MODULE_CLASS}.hparams", f"{DATA_CLASS}.hparams")
def hparams(it: Interp, self: Value) -> Value:
    if not isinstance(self, Instance):
        return it.unknown(Reason.UNSUPPORTED, "hparams")
    _hparams(it, self)
    return self.extra["hparams"]


@prop(f"{MODULE_CLASS}.hparams_initial", f"{DATA_CLASS}.hparams_initial")
def hparams_initial(it: Interp, self: Value) -> Value:
    return deep(it, hparams(it, self), {})
