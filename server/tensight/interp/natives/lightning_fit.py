"""Lightning's Trainer, Fabric and Accelerate: loops that call the program's steps, and transparent wrappers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import BoundMethod, DictV, FunctionV, Instance, ListV, Reason, Scalar, Tensor, Unknown, Value, join
from .. import loops
from .lightning_ import DATA_CLASS, PL
from .registry import ALIASES, MODULES, native, plain_class, prop
from .torch_module_moves import lose_devices

if TYPE_CHECKING:
    from ..machine import Interp

TRAINER = f"{PL}.Trainer"
plain_class(TRAINER)
for _root in (PL, "lightning.pytorch", "lightning"):
    for _name in ("Trainer", "trainer.Trainer", "trainer.trainer.Trainer"):
        if f"{_root}.{_name}" != TRAINER:
            ALIASES[f"{_root}.{_name}"] = TRAINER


@native(f"{TRAINER}.__init__")
def trainer_init(it: Interp, self: Value, *args: Value, **options: Value) -> Value:
    """What the run measures and writes is not known: attributes that are not set exist."""
    if isinstance(self, Instance):
        self.open = True
        for name in ("max_epochs", "max_steps", "accumulate_grad_batches", "precision"):
            if name in options:
                it.journal.write(self, name, options[name])
    return None


def _own(owner: Value, name: str) -> Value:
    """A method that the program wrote; None where it did not."""
    if not isinstance(owner, Instance):
        return None
    method = owner.cls.lookup(name)
    return BoundMethod(method, owner) if isinstance(method, FunctionV) else None


def _run(it: Interp, owner: Value, name: str, *args: Value) -> Value:
    """Call a method that the program wrote with as many of the arguments as it takes; None if there is none."""
    method = _own(owner, name)
    if method is None:
        return None
    code = method.function.code
    most = len(args) if code.vararg is not None else code.n_positional - 1
    return it.call(method, list(args[:most]))


def _loader(it: Interp, name: str, given: Value, data: Value, model: Value) -> Value:
    """The loader of a stage: as given, from the data module, or the model's own; None if there is none."""
    if given is not None:
        return given
    return next((_run(it, owner, name) for owner in (data, model) if _own(owner, name) is not None), None)


def _stage(it: Interp, model: Value, loaders: Value, stage: str, indices: bool) -> None:
    """Every batch of the loaders through the step of a stage. Several loaders count, except those of training."""
    outputs: list[Value] = []
    loaders_of = list(loaders.items) if isinstance(loaders, ListV) and loaders.rest is None else None
    if isinstance(loaders, tuple):
        loaders_of = list(loaders)
    if loaders_of is None or not indices:
        loaders_of = [loaders]
    step = {"train": "training", "val": "validation"}.get(stage, stage)
    word = "train" if stage == "train" else step
    _run(it, model, f"on_{word}_epoch_start")

    def one(batch: Value, index: int) -> None:
        batch = _moved(it, model, batch)
        number = Scalar("int")
        more = (number, index) if len(loaders_of) > 1 else (number,)
        _run(it, model, f"on_{word}_batch_start", batch, *more)
        output = _run(it, model, f"{step}_step", batch, *more)
        if stage == "train" and isinstance(output, Tensor):
            it.method(output, "backward")
        outputs[:] = [output if not outputs else join(outputs[0], output)]
        _run(it, model, f"on_{word}_batch_end", output, batch, *more)

    for position, loader in enumerate(loaders_of):
        if isinstance(loader, DictV | ListV | tuple):
            one(_together(it, loader), position)
        elif isinstance(loader, Unknown):
            one(loader, position)
        else:
            loops.follow(it.frames[-1], loader, lambda batch, at=position: one(batch, at))  # type: ignore[misc]
    _run(it, model, f"{step}_epoch_end", ListV([], outputs[0] if outputs and outputs[0] is not None else None))
    _run(it, model, f"on_{word}_epoch_end")


def _moved(it: Interp, model: Value, batch: Value) -> Value:
    """A batch after the hooks of its transfer, where the program has some."""
    for name in ("on_before_batch_transfer", "on_after_batch_transfer"):
        if _own(model, name) is not None:
            batch = _run(it, model, name, batch, 0)
    return batch


def _together(it: Interp, loaders: Value) -> Value:
    """A collection of loaders gives a collection of batches: the first of each."""
    match loaders:
        case DictV():
            return DictV({k: _together(it, v) for k, v in loaders.items.items()}, loaders.rest)
        case ListV():
            return ListV([_together(it, v) for v in loaders.items], loaders.rest)
        case tuple():
            return tuple(_together(it, v) for v in loaders)
        case _:
            found = it.iterate(loaders)
            first = found.items[0] if found.items else found.rest
            same = [v for v in (*found.items, found.rest) if v is not None]
            for value in same[1:]:
                first = join(first, value)
            return it.unknown(Reason.DATA_DEPENDENT, "no batches") if first is None else first


def _mode(it: Interp, model: Value, name: str) -> None:
    if isinstance(model, Instance):
        it.method(model, name)


def _prepare(it: Interp, self: Value, model: Value, data: Value, stage: str) -> None:
    lose_devices()
    for owner in (data, model):
        if isinstance(owner, Instance):
            it.journal.write(owner, "trainer", self)
    for owner in (data, model):
        _run(it, owner, "prepare_data")
    for owner in (data, model):
        _run(it, owner, "setup", stage)
    _run(it, model, "configure_model")


@native(f"{TRAINER}.fit")
def fit(
    it: Interp, self: Value, model: Value, train_dataloaders: Value = None, val_dataloaders: Value = None,
    datamodule: Value = None, **options: Value,
) -> Value:  # fmt: skip
    """Set-up, a look at the validation data, an epoch of training, validation."""
    train = options.get("train_dataloader", train_dataloaders)
    if isinstance(train, Instance) and train.cls.derives_from(DATA_CLASS):
        train, datamodule = None, train
    _prepare(it, self, model, datamodule, "fit")
    _run(it, model, "configure_optimizers")
    _run(it, model, "on_fit_start")
    val = _loader(it, "val_dataloader", val_dataloaders, datamodule, model)
    validates = val is not None and _own(model, "validation_step") is not None
    if validates:
        _mode(it, model, "eval")
        _stage(it, model, val, "val", True)
    _mode(it, model, "train")
    _run(it, model, "on_train_start")
    loader = _loader(it, "train_dataloader", train, datamodule, model)
    if loader is not None and _own(model, "training_step") is not None:
        _stage(it, model, loader, "train", False)
    if validates:
        _mode(it, model, "eval")
        _stage(it, model, val, "val", True)
        _mode(it, model, "train")
    _run(it, model, "on_train_end")
    return None


def _evaluation(name: str, stage: str) -> None:
    @native(f"{TRAINER}.{name}")
    def evaluate(
        it: Interp, self: Value, model: Value = None, dataloaders: Value = None, datamodule: Value = None,
        **options: Value,
    ) -> Value:  # fmt: skip
        if isinstance(dataloaders, Instance) and dataloaders.cls.derives_from(DATA_CLASS):
            dataloaders, datamodule = None, dataloaders
        if not isinstance(model, Instance):
            return it.unknown(Reason.OPAQUE, f"Trainer.{name}")
        _prepare(it, self, model, datamodule, name)
        loader = _loader(it, f"{stage}_dataloader", dataloaders, datamodule, model)
        _mode(it, model, "eval")
        if loader is not None and _own(model, f"{_STEPS[stage]}_step") is not None:
            _stage(it, model, loader, stage, True)
        _mode(it, model, "train")
        return it.unknown(Reason.DATA_DEPENDENT, f"what Trainer.{name} measured")


_STEPS = {"val": "validation", "test": "test", "predict": "predict"}
for _name, _stage_name in (("validate", "val"), ("test", "test"), ("predict", "predict")):
    _evaluation(_name, _stage_name)


# ---- Accelerate and Fabric: one process, everything stays what it is
ACCELERATOR, FABRIC = "accelerate.Accelerator", "lightning.fabric.Fabric"
MODULES.update(("accelerate", "accelerate.utils", "accelerate.logging", "accelerate.accelerator", "lightning.fabric",
                "lightning_fabric"))  # fmt: skip
plain_class(ACCELERATOR)
plain_class(FABRIC)
ALIASES["accelerate.accelerator.Accelerator"] = ACCELERATOR
ALIASES["lightning_fabric.Fabric"] = ALIASES["lightning.Fabric"] = FABRIC
ALIASES["accelerate.utils.set_seed"] = "torch.manual_seed"
_SILENT = """wait_for_everyone print log init_trackers end_training save save_state load_state free_memory clear
    register_for_checkpointing set_trigger launch barrier log_dict call seed_everything"""
_CONTEXTS = "accumulate autocast no_sync main_process_first local_main_process_first no_backward_sync init_module"


@native(f"{ACCELERATOR}.__init__", f"{FABRIC}.__init__")
def wrapper_init(it: Interp, self: Value, *args: Value, **options: Value) -> Value:
    lose_devices()
    if isinstance(self, Instance):
        self.open = True
    return None


for _owner in (ACCELERATOR, FABRIC):
    for _name in _SILENT.split():
        native(f"{_owner}.{_name}")(lambda it, self, *args, **kwargs: None)
    for _name in _CONTEXTS.split():
        native(f"{_owner}.{_name}")(lambda it, self, *args, **kwargs: it.new("torch.autocast"))
    for _name in ("is_main_process", "is_local_main_process", "sync_gradients", "is_last_process", "is_global_zero"):
        prop(f"{_owner}.{_name}")(lambda it, self: Scalar("bool"))
    prop(f"{_owner}.num_processes", f"{_owner}.world_size")(lambda it, self: Scalar("int"))


@native(f"{ACCELERATOR}.prepare", f"{FABRIC}.setup", f"{FABRIC}.setup_dataloaders", f"{FABRIC}.setup_optimizers")
def prepare(it: Interp, self: Value, *values: Value, **options: Value) -> Value:
    return values[0] if len(values) == 1 else tuple(values)


@native(
    f"{ACCELERATOR}.unwrap_model", f"{ACCELERATOR}.prepare_model", f"{ACCELERATOR}.prepare_data_loader",
    f"{ACCELERATOR}.prepare_optimizer", f"{ACCELERATOR}.prepare_scheduler", f"{ACCELERATOR}.reduce",
    f"{ACCELERATOR}.gather", f"{ACCELERATOR}.gather_for_metrics", f"{ACCELERATOR}.pad_across_processes",
    f"{FABRIC}.setup_module", f"{FABRIC}.to_device", f"{FABRIC}.all_reduce",
)  # fmt: skip
def same(it: Interp, self: Value, value: Value, *args: Value, **options: Value) -> Value:
    return value


@native(f"{ACCELERATOR}.backward", f"{FABRIC}.backward")
def backward(it: Interp, self: Value, loss: Value, *args: Value, **options: Value) -> Value:
    return it.method(loss, "backward") if isinstance(loss, Tensor) else None


@native(f"{ACCELERATOR}.clip_grad_norm_", f"{ACCELERATOR}.clip_grad_value_")
def clip(it: Interp, self: Value, parameters: Value, *args: Value, **options: Value) -> Value:
    return it.call(it.getattr(it.import_module("torch.nn.utils"), "clip_grad_norm_"), [parameters, 1.0])
