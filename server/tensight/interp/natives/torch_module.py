"""torch.nn.Module: construction, calling with hooks, registering, and what is done to a whole tree of modules."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ...modules.registry import LAYERS
from ...values import (
    DictV,
    Instance,
    ListV,
    OneOf,
    Reason,
    Scalar,
    Unknown,
    Value,
)
from .registry import CONSTANTS, native, plain_class
from .torch_module_state import (
    MODULE,
    children,
    every_module,
    is_module,
    note_name,
    own_parameters,
    register,
)

if TYPE_CHECKING:
    from ..machine import Interp

plain_class(MODULE)
CONSTANTS["torch.nn.Module.dump_patches"] = False
CONSTANTS["torch.nn.Module.call_super_init"] = False
CONSTANTS["torch.nn.Module.T_destination"] = Unknown(Reason.OPAQUE, "typing.TypeVar")


@native("torch.nn.Module.__init__")
def init(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(self, Instance):
        it.journal.write(self, "training", True)
    return None


# ---- calling
@native("torch.nn.Module.__call__", "torch.nn.Module._call_impl", "torch.nn.Module._wrapped_call_impl")
def call(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    """`forward`, with the hooks that the program has registered."""
    it.module_calls += 1
    forward = it.getattr(self, "forward")
    if not isinstance(self, Instance):
        return it.call(forward, args, kwargs)
    hooks = self.extra.get("forward_pre_hooks")
    if isinstance(hooks, ListV):
        args, kwargs = _before(it, self, hooks, args, kwargs)
    result = it.call(forward, args, kwargs)
    hooks = self.extra.get("forward_hooks")
    return _after(it, self, hooks, args, kwargs, result) if isinstance(hooks, ListV) else result


def _before(
    it: Interp, self: Instance, hooks: ListV, args: tuple[Value, ...], kwargs: dict[str, Value]
) -> tuple[tuple[Value, ...], dict[str, Value]]:
    for _, hook, with_kwargs in list(hooks.items):
        given = [self, args, DictV(dict(kwargs))] if with_kwargs is True else [self, args]
        result = it.call(hook, given)
        if isinstance(result, Unknown | OneOf):
            args = tuple(Unknown(Reason.OPAQUE, "a forward pre-hook") for _ in args)
        elif with_kwargs is True and isinstance(result, tuple) and len(result) == 2:
            args = result[0] if isinstance(result[0], tuple) else (result[0],)
            if isinstance(result[1], DictV) and result[1].rest is None:
                kwargs = dict(result[1].items)
        elif result is not None:
            args = result if isinstance(result, tuple) else (result,)
    return args, kwargs


def _after(
    it: Interp, self: Instance, hooks: ListV, args: tuple[Value, ...], kwargs: dict[str, Value], result: Value
) -> Value:
    for _, hook, with_kwargs in list(hooks.items):
        given = [self, args, DictV(dict(kwargs)), result] if with_kwargs is True else [self, args, result]
        changed = it.call(hook, given)
        if isinstance(changed, OneOf) and None in changed.options:
            result = Unknown(Reason.JOINED, "a forward hook")
        elif changed is not None:
            result = changed
    return result


@native("torch.nn.Module.forward")
def forward(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    """No `forward` anywhere in the MRO: an error, unless a base or the layer itself is not known."""
    if not isinstance(self, Instance) or self.open or any(c.open for c in self.cls.mro):
        return it.unknown(Reason.OPAQUE, "forward")
    for cls in self.cls.mro:
        if cls.native in LAYERS:
            return it.unknown(Reason.NO_RULE, f"{cls.native}.forward")
    message = f'Module [{self.cls.name}] is missing the required "forward" function'
    return it.fail("NotImplementedError", message)


# ---- hooks
plain_class("torch.utils.hooks.RemovableHandle")


def _add_hook(it: Interp, self: Value, which: str, hook: Value, prepend: Value, with_kwargs: Value) -> Value:
    handle = it.new("torch.utils.hooks.RemovableHandle")
    if isinstance(self, Instance):
        hooks = self.extra.get(which)
        if not isinstance(hooks, ListV):
            hooks = ListV([])
            it.journal.set(self.extra, which, hooks, self.born)
        it.journal.touch(hooks)
        hooks.items.insert(0 if prepend is True else len(hooks.items), (handle, hook, with_kwargs))
        handle.extra["hooks"] = hooks
    return handle


@native("torch.nn.Module.register_forward_pre_hook")
def register_forward_pre_hook(
    it: Interp, self: Value, hook: Value, *, prepend: Value = False, with_kwargs: Value = False
) -> Value:
    return _add_hook(it, self, "forward_pre_hooks", hook, prepend, with_kwargs)


@native("torch.nn.Module.register_forward_hook")
def register_forward_hook(
    it: Interp, self: Value, hook: Value, *, prepend: Value = False, with_kwargs: Value = False,
    always_call: Value = False,
) -> Value:  # fmt: skip
    return _add_hook(it, self, "forward_hooks", hook, prepend, with_kwargs)


@native(
    "torch.nn.Module.register_backward_hook", "torch.nn.Module.register_full_backward_hook",
    "torch.nn.Module.register_full_backward_pre_hook", "torch.nn.Module.register_state_dict_pre_hook",
    "torch.nn.Module.register_state_dict_post_hook", "torch.nn.Module.register_load_state_dict_pre_hook",
    "torch.nn.Module.register_load_state_dict_post_hook", "torch.nn.Module._register_state_dict_hook",
    "torch.nn.Module._register_load_state_dict_pre_hook",
)  # fmt: skip
def register_other_hook(it: Interp, self: Value, hook: Value, *args: Value, **kwargs: Value) -> Value:
    """Hooks that see gradients and state dicts change no shape of a forward pass."""
    return it.new("torch.utils.hooks.RemovableHandle")


@native("torch.utils.hooks.RemovableHandle.remove", "torch.utils.hooks.RemovableHandle.__exit__")
def remove(it: Interp, self: Value, *args: Value) -> Value:
    hooks = self.extra.get("hooks") if isinstance(self, Instance) else None
    if isinstance(hooks, ListV):
        it.journal.touch(hooks)
        hooks.items[:] = [entry for entry in hooks.items if entry[0] is not self]
    return None


@native("torch.utils.hooks.RemovableHandle.__enter__")
def enter_handle(it: Interp, self: Value) -> Value:
    return self


# ---- registering
@native("torch.nn.Module.register_buffer")
def register_buffer(it: Interp, self: Value, name: Value, tensor: Value, persistent: Value = True) -> Value:
    return _register_tensor(it, self, "buffers", name, tensor, persistent)


@native("torch.nn.Module.register_parameter")
def register_parameter(it: Interp, self: Value, name: Value, param: Value) -> Value:
    return _register_tensor(it, self, "parameters", name, param, True)


def _register_tensor(it: Interp, self: Value, table: str, name: Value, value: Value, note: Value) -> Value:
    if isinstance(self, Instance):
        if isinstance(name, str):
            it.journal.write(self, name, value)
            note_name(it, self, table, name, note)
        else:
            self.open = True
    return None


@native("torch.nn.Module.add_module", "torch.nn.Module.register_module")
def add_module(it: Interp, self: Value, name: Value, module: Value) -> Value:
    if isinstance(self, Instance):
        if isinstance(name, str):
            register(it, self, name, module)
        else:
            self.open = True
    return None


# ---- the whole tree
@native("torch.nn.Module.apply")
def apply(it: Interp, self: Value, fn: Value) -> Value:
    """Children first, in order, then the module itself."""
    if isinstance(self, Instance):
        _apply(it, self, fn, 0)
    return self


def _apply(it: Interp, self: Instance, fn: Value, depth: int) -> None:
    certain, rest = children(self)
    for _, child in certain:
        if isinstance(child, Instance) and depth < 64:
            it.method(child, "apply", fn)
        elif isinstance(child, OneOf):
            _perhaps(it, child, fn)
    if rest is not None:
        for value in self.attrs.values():
            if not any(value is child for _, child in certain) and is_module(value):
                _perhaps(it, value, fn)
    it.call(fn, [self])


def _perhaps(it: Interp, value: Value, fn: Value) -> None:
    options = value.options if isinstance(value, OneOf) else (value,)
    for option in options:
        if is_module(option):
            it.either(partial(it.method, option, "apply", fn), lambda: None)


@native("torch.nn.Module.train")
def train(it: Interp, self: Value, mode: Value = True) -> Value:
    """Sets `training` everywhere; a `train` of the program's own below is honoured."""
    if isinstance(self, Instance):
        it.journal.write(self, "training", mode if isinstance(mode, bool) else Scalar("bool"))
        certain, rest = children(self)
        below = [child for _, child in certain]
        if rest is not None:
            below += [v for v in self.attrs.values() if is_module(v) and all(v is not c for c in below)]
        for child in below:
            for option in child.options if isinstance(child, OneOf) else (child,):
                if isinstance(option, Instance) and is_module(option):
                    it.method(option, "train", mode)
    return self


@native("torch.nn.Module.eval")
def eval_(it: Interp, self: Value) -> Value:
    return it.method(self, "train", False)


@native("torch.nn.Module.requires_grad_")
def requires_grad_(it: Interp, self: Value, requires_grad: Value = True) -> Value:
    if isinstance(self, Instance) and (it.frozen or requires_grad is not True):
        for module in every_module(self):
            for _, tensor in own_parameters(module):
                it.set_tensor_attr(tensor, "requires_grad", requires_grad)
    return self


@native("torch.nn.Module.zero_grad", "torch.nn.Module.compile")
def no_effect(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return None


# ---- text
@native("torch.nn.Module._get_name")
def get_name(it: Interp, self: Value) -> Value:
    return self.cls.name if isinstance(self, Instance) else Scalar("str")


@native("torch.nn.Module.extra_repr")
def extra_repr(it: Interp, self: Value) -> Value:
    layer = isinstance(self, Instance) and any(c.native in LAYERS for c in self.cls.mro)
    return Scalar("str") if layer else ""


@native("torch.nn.Module.__repr__")
def repr_(it: Interp, self: Value) -> Value:
    return Scalar("str")
