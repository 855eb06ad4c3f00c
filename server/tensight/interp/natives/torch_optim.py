"""torch.optim and its schedulers, GradScaler: they change values, never shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ClassV, DictV, FunctionV, Instance, ListV, Reason, Scalar, Tensor, Unknown, Value
from .registry import MODULES, native, native_class, plain_class
from .support import items_of

if TYPE_CHECKING:
    from ..machine import Interp

OPTIMIZER = "torch.optim.Optimizer"
MODULES.update({"torch.optim", "torch.optim.lr_scheduler", "torch.optim.swa_utils", "torch.optim.optimizer"})
_OPTIMIZERS = ("SGD", "Adam", "AdamW", "Adagrad", "Adadelta", "Adamax", "ASGD", "LBFGS", "NAdam", "RAdam", "RMSprop",
               "Rprop", "SparseAdam", "Adafactor", "Muon")  # fmt: skip
#: What the constructors set when it is not given.
_LEARNING_RATES = {"Adam": 1e-3, "AdamW": 1e-3, "SGD": 1e-3, "Adagrad": 1e-2, "Adadelta": 1.0, "Adamax": 2e-3,
                   "ASGD": 1e-2, "LBFGS": 1.0, "NAdam": 2e-3, "RAdam": 1e-3, "RMSprop": 1e-2, "Rprop": 1e-2,
                   "SparseAdam": 1e-3}  # fmt: skip

plain_class(OPTIMIZER)


@native(f"{OPTIMIZER}.__init__")
def init(it: Interp, self: Value, params: Value, defaults: Value = None) -> Value:
    """`param_groups` from parameters or from dicts of them; `defaults` fill in."""
    if not isinstance(self, Instance):
        return None
    it.journal.write(self, "defaults", defaults)
    it.journal.write(self, "state", DictV({}, Unknown(Reason.OPAQUE, "optimizer state"), "defaultdict"))
    options = defaults if isinstance(defaults, DictV) else DictV({}, Unknown(Reason.OPAQUE, "options"))
    items, rest = items_of(it, params)
    groups = ListV([])
    if any(isinstance(item, DictV) for item in items) or isinstance(rest, DictV | Unknown):
        groups.items += [_group(it, item, options) for item in items]
        groups.rest = None if rest is None else _group(it, rest, options)
    else:
        groups.items.append(DictV({"params": ListV(items, rest), **options.items}, options.rest))
    it.journal.write(self, "param_groups", groups)
    return None


def _group(it: Interp, given: Value, options: DictV) -> Value:
    if not isinstance(given, DictV):
        return Unknown(Reason.OPAQUE, "a group of parameters") if not isinstance(given, Unknown) else given
    entries = {**given.items, **{k: v for k, v in options.items.items() if k not in given.items}}
    params = entries.get("params")
    if isinstance(params, Tensor):
        entries["params"] = ListV([params])
    elif params is not None and not isinstance(params, ListV):
        entries["params"] = ListV(*items_of(it, params))
    return DictV(entries, given.rest if given.rest is not None else options.rest)


def _optimizer(name: str) -> None:
    plain_class(f"torch.optim.{name}", OPTIMIZER)

    @native(f"torch.optim.{name}.__init__")
    def construct(it: Interp, self: Value, params: Value, *args: Value, **kwargs: Value) -> Value:
        rate = args[0] if args else kwargs.get("lr", _LEARNING_RATES.get(name, Scalar("float")))
        options = {"lr": rate, **kwargs}
        return init(it, self, params, DictV(options, Unknown(Reason.OPAQUE, "options")))


for _name in _OPTIMIZERS:
    _optimizer(_name)


@native(f"{OPTIMIZER}.step")
def step(it: Interp, self: Value, closure: Value = None, **kwargs: Value) -> Value:
    """A closure is evaluated at least once; its loss is returned."""
    return it.call(closure) if closure is not None else None


@native(f"{OPTIMIZER}.zero_grad", f"{OPTIMIZER}.load_state_dict", f"{OPTIMIZER}.__setstate__")
def nothing(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return None


@native(f"{OPTIMIZER}.add_param_group")
def add_param_group(it: Interp, self: Value, param_group: Value) -> Value:
    groups = it.getattr(self, "param_groups")
    defaults = it.getattr(self, "defaults")
    options = defaults if isinstance(defaults, DictV) else DictV({}, Unknown(Reason.OPAQUE, "options"))
    if isinstance(groups, ListV):
        it.append(groups, _group(it, param_group, options))
    return None


@native(f"{OPTIMIZER}.state_dict")
def state_dict(it: Interp, self: Value) -> Value:
    why = Unknown(Reason.OPAQUE, "optimizer state")
    return DictV({"state": DictV({}, why), "param_groups": ListV([], DictV({}, why))})


@native(f"{OPTIMIZER}.register_step_pre_hook", f"{OPTIMIZER}.register_step_post_hook",
        f"{OPTIMIZER}.register_state_dict_pre_hook")  # fmt: skip
def register_hook(it: Interp, self: Value, hook: Value, *args: Value, **kwargs: Value) -> Value:
    return it.new("torch.utils.hooks.RemovableHandle")


# ---- schedulers
SCHEDULER = "torch.optim.lr_scheduler.LRScheduler"
_SCHEDULERS = ("LambdaLR", "MultiplicativeLR", "StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR",
               "CosineAnnealingLR", "ChainedScheduler", "SequentialLR", "ReduceLROnPlateau", "CyclicLR", "OneCycleLR",
               "CosineAnnealingWarmRestarts", "PolynomialLR")  # fmt: skip
plain_class(SCHEDULER)
plain_class("torch.optim.lr_scheduler._LRScheduler", SCHEDULER)
for _name in (*(f"torch.optim.lr_scheduler.{s}" for s in _SCHEDULERS), "torch.optim.swa_utils.SWALR"):
    plain_class(_name, SCHEDULER)


@native(f"{SCHEDULER}.__init__")
def scheduler_init(it: Interp, self: Value, optimizer: Value, *args: Value, **kwargs: Value) -> Value:
    """The optimizer and the counters that schedulers of the program read in `get_lr`."""
    if isinstance(self, Instance):
        rates = ListV([], Scalar("float"))
        groups = optimizer.attrs.get("param_groups") if isinstance(optimizer, Instance) else None
        if isinstance(groups, ListV) and groups.rest is None:
            rates = ListV([Scalar("float")] * len(groups.items))
        values: dict[str, Value] = {
            "optimizer": optimizer, "base_lrs": rates, "last_epoch": Scalar("int"), "_step_count": Scalar("int"),
            "verbose": Scalar("bool"), "_last_lr": ListV(list(rates.items), rates.rest),
        }  # fmt: skip
        for name, value in values.items():
            it.journal.write(self, name, value)
        self.open = True
        _change_rates(it, optimizer)
    return None


def _change_rates(it: Interp, optimizer: Value) -> None:
    """A scheduler sets the learning rates, once it is built and at each step."""
    groups = optimizer.attrs.get("param_groups") if isinstance(optimizer, Instance) else None
    if isinstance(groups, ListV):
        for group in [*groups.items, groups.rest]:
            if isinstance(group, DictV):
                it.journal.touch(group)
                group.items["lr"] = Scalar("float")


@native(f"{SCHEDULER}.step")
def scheduler_step(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    """The program's own `get_lr` is run, as PyTorch does."""
    if isinstance(self, Instance):
        method = self.cls.lookup("get_lr")
        if isinstance(method, FunctionV):
            it.method(self, "get_lr")
        _change_rates(it, self.attrs.get("optimizer"))
    return None


@native(f"{SCHEDULER}.get_last_lr", f"{SCHEDULER}.get_lr")
def get_last_lr(it: Interp, self: Value) -> Value:
    rates = self.attrs.get("base_lrs") if isinstance(self, Instance) else None
    return ListV(list(rates.items), rates.rest) if isinstance(rates, ListV) else ListV([], Scalar("float"))


@native(f"{SCHEDULER}.state_dict")
def scheduler_state(it: Interp, self: Value) -> Value:
    return DictV({}, Unknown(Reason.OPAQUE, "scheduler state"))


@native(f"{SCHEDULER}.load_state_dict", f"{SCHEDULER}.print_lr")
def scheduler_nothing(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return None


# ---- loss scaling
@native_class("torch.amp.GradScaler")
def grad_scaler(it: Interp, cls: ClassV, *args: Value, **kwargs: Value) -> Value:
    return Instance(cls, {}, it.here())


plain_class("torch.cuda.amp.GradScaler", "torch.amp.GradScaler")
plain_class("torch.cpu.amp.GradScaler", "torch.amp.GradScaler")


@native("torch.amp.GradScaler.scale")
def scale(it: Interp, self: Value, outputs: Value) -> Value:
    return outputs


@native("torch.amp.GradScaler.step")
def scaler_step(it: Interp, self: Value, optimizer: Value, *args: Value, **kwargs: Value) -> Value:
    return it.method(optimizer, "step", *args, **kwargs)


@native("torch.amp.GradScaler.update", "torch.amp.GradScaler.unscale_", "torch.amp.GradScaler.load_state_dict",
        "torch.amp.GradScaler.set_growth_factor", "torch.amp.GradScaler.set_backoff_factor",
        "torch.amp.GradScaler.set_growth_interval")  # fmt: skip
def scaler_nothing(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return None


@native("torch.amp.GradScaler.get_scale")
def get_scale(it: Interp, self: Value) -> Value:
    return Scalar("float")


@native("torch.amp.GradScaler.is_enabled")
def is_enabled(it: Interp, self: Value) -> Value:
    return Scalar("bool")


@native("torch.amp.GradScaler.state_dict")
def scaler_state(it: Interp, self: Value) -> Value:
    return DictV({}, Unknown(Reason.OPAQUE, "scaler state"))


# ---- averaged models
plain_class("torch.optim.swa_utils.AveragedModel", "torch.nn.Module")


@native("torch.optim.swa_utils.AveragedModel.__init__")
def averaged_init(it: Interp, self: Value, model: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(self, Instance):
        it.journal.write(self, "training", True)
        it.journal.write(self, "module", model)
        it.journal.write(self, "n_averaged", Tensor(()))
    return None


@native("torch.optim.swa_utils.AveragedModel.forward")
def averaged_forward(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return it.call(it.getattr(self, "module"), args, kwargs)


@native("torch.optim.swa_utils.AveragedModel.update_parameters", "torch.optim.swa_utils.update_bn")
def averaged_nothing(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return None


@native("torch.optim.swa_utils.get_ema_multi_avg_fn", "torch.optim.swa_utils.get_swa_multi_avg_fn",
        "torch.optim.swa_utils.get_ema_avg_fn", "torch.optim.swa_utils.get_swa_avg_fn")  # fmt: skip
def averaging(it: Interp, *args: Value) -> Value:
    return it.unknown(Reason.OPAQUE, "an averaging function")
