"""torch.nn.Module: walking over submodules, parameters and buffers; state dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import DictV, Fields, Instance, ListV, Reason, Scalar, Tensor, Unknown, Value
from ..lazy_layers import forget_uninitialized
from .registry import native
from .support import join_all
from .torch_module_state import children, iterator, named_tensors, names, own_buffers, walk

if TYPE_CHECKING:
    from ..machine import Interp


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


# ---- submodules
@native("torch.nn.Module.children")
def children_(it: Interp, self: Value) -> Value:
    """Each module once; names that hold None are passed over."""
    if not isinstance(self, Instance):
        return it.unknown(Reason.OPAQUE, "children")
    found, rest = _unique_children(self)
    return iterator([value for _, value in found], rest)


def _unique_children(self: Instance) -> tuple[list[tuple[str, Value]], Value | None]:
    certain, rest = children(self)
    out: list[tuple[str, Value]] = []
    for name, value in certain:
        if value is not None and all(value is not other for _, other in out):
            out.append((name, value))
    return out, rest


@native("torch.nn.Module.named_children")
def named_children(it: Interp, self: Value) -> Value:
    if not isinstance(self, Instance):
        return it.unknown(Reason.OPAQUE, "named_children")
    found, rest = _unique_children(self)
    return iterator(found, None if rest is None else (Scalar("str"), rest))


def _named_modules(self: Instance, prefix: str, unique: bool) -> tuple[list[tuple[str, Instance]], Value | None]:
    found = walk(self, prefix, unique)
    if found.certain is None:
        return list(found.modules), None
    return list(found.modules), join_all([*found.further, Unknown(Reason.OPAQUE, f"submodules of {self.cls.name}")])


@native("torch.nn.Module.modules")
def modules(it: Interp, self: Value, remove_duplicate: Value = True) -> Value:
    """All that are known come first, so that loops over them reach each."""
    if not isinstance(self, Instance):
        return it.unknown(Reason.OPAQUE, "modules")
    found, rest = _named_modules(self, "", remove_duplicate is not False)
    return iterator([module for _, module in found], rest)


@native("torch.nn.Module.named_modules")
def named_modules(
    it: Interp, self: Value, memo: Value = None, prefix: Value = "", remove_duplicate: Value = True
) -> Value:
    if not isinstance(self, Instance):
        return it.unknown(Reason.OPAQUE, "named_modules")
    found, rest = _named_modules(self, _text(prefix), remove_duplicate is not False)
    return iterator(found, None if rest is None else (Scalar("str"), rest))


# ---- parameters and buffers
def _tensors(it: Interp, self: Value, kind: str, prefix: Value, recurse: Value, unique: Value, named: bool) -> Value:
    if not isinstance(self, Instance):
        return it.unknown(Reason.OPAQUE, f"{kind}s")
    found, rest = named_tensors(self, kind, _text(prefix), recurse is not False, unique is not False)
    if named:
        return iterator(found, None if rest is None else (Scalar("str"), rest))
    return iterator([tensor for _, tensor in found], rest)


@native("torch.nn.Module.parameters")
def parameters(it: Interp, self: Value, recurse: Value = True) -> Value:
    return _tensors(it, self, "parameter", "", recurse, True, False)


@native("torch.nn.Module.named_parameters")
def named_parameters(
    it: Interp, self: Value, prefix: Value = "", recurse: Value = True, remove_duplicate: Value = True
) -> Value:
    return _tensors(it, self, "parameter", prefix, recurse, remove_duplicate, True)


@native("torch.nn.Module.buffers")
def buffers(it: Interp, self: Value, recurse: Value = True) -> Value:
    return _tensors(it, self, "buffer", "", recurse, True, False)


@native("torch.nn.Module.named_buffers")
def named_buffers(
    it: Interp, self: Value, prefix: Value = "", recurse: Value = True, remove_duplicate: Value = True
) -> Value:
    return _tensors(it, self, "buffer", prefix, recurse, remove_duplicate, True)


@native("torch.nn.Module.state_dict")
def state_dict(
    it: Interp, self: Value, *args: Value, destination: Value = None, prefix: Value = "", keep_vars: Value = False
) -> Value:
    """Module by module, parameters before buffers that are persistent."""
    out = DictV({}, None, "OrderedDict")
    if not isinstance(self, Instance):
        out.rest = it.unknown(Reason.OPAQUE, "state_dict")
        return out
    found = walk(self, remove_duplicate=False)
    for i, (name, module) in enumerate(found.modules):
        if found.certain is not None and i >= found.certain:
            break
        persistent = names(module, "buffers").items
        tensors = [*named_tensors(module, "parameter", recurse=False)[0]]
        tensors += [(short, t) for short, t in own_buffers(module) if persistent.get(short, True) is not False]
        for short, tensor in tensors:
            out.items[f"{_text(prefix)}{name}.{short}" if name else f"{_text(prefix)}{short}"] = tensor
    if found.certain is not None or any(module.open for _, module in found.modules):
        out.rest = Tensor(None, unknown=Unknown(Reason.OPAQUE, "state_dict"))
    if isinstance(destination, DictV):
        it.journal.touch(destination)
        destination.items.update(out.items)
        destination.rest = out.rest if destination.rest is None else destination.rest
        return destination
    return out


@native("torch.nn.Module.load_state_dict")
def load_state_dict(it: Interp, self: Value, state_dict: Value, strict: Value = True, assign: Value = False) -> Value:
    """Shapes stay as they are; which keys were missing is not followed."""
    forget_uninitialized(it)
    missing = ListV([]) if strict is True else ListV([], Scalar("str"))
    unexpected = ListV([]) if strict is True else ListV([], Scalar("str"))
    return Fields("_IncompatibleKeys", ("missing_keys", "unexpected_keys"), (missing, unexpected))


# ---- by dotted name
def _target(it: Interp, self: Value, target: Value, kind: str) -> Value:
    if not isinstance(target, str):
        return it.unknown(Reason.DATA_DEPENDENT, f"get_{kind}")
    found = self
    for part in target.split(".") if target else []:
        found = it.getattr(found, part)
    return found


@native("torch.nn.Module.get_submodule")
def get_submodule(it: Interp, self: Value, target: Value) -> Value:
    return _target(it, self, target, "submodule")


@native("torch.nn.Module.get_parameter")
def get_parameter(it: Interp, self: Value, target: Value) -> Value:
    return _target(it, self, target, "parameter")


@native("torch.nn.Module.get_buffer")
def get_buffer(it: Interp, self: Value, target: Value) -> Value:
    return _target(it, self, target, "buffer")


@native("torch.nn.Module.set_submodule")
def set_submodule(it: Interp, self: Value, target: Value, module: Value, strict: Value = False) -> Value:
    if isinstance(target, str) and target:
        owner, _, name = target.rpartition(".")
        it.setattr(_target(it, self, owner, "submodule"), name, module)
    return None


@native("torch.nn.Module.get_extra_state", "torch.nn.Module.set_extra_state")
def extra_state(it: Interp, self: Value, *args: Value) -> Value:
    return it.unknown(Reason.OPAQUE, "extra state")
