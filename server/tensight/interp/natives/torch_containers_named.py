"""torch.nn.ModuleDict, ParameterList and ParameterDict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...values import DictV, Instance, ListV, Reason, Scalar, Tensor, Value, join
from . import dicts as dicts
from . import lists as lists
from .registry import NATIVES, native, plain_class
from .support import index_of, items_of, join_all
from .torch_containers import start
from .torch_module_state import MODULE, add_rest, children, register, unregister

if TYPE_CHECKING:
    from ..machine import Interp

MODULE_DICT, PARAMETER_LIST, PARAMETER_DICT = "torch.nn.ModuleDict", "torch.nn.ParameterList", "torch.nn.ParameterDict"
for _name in (MODULE_DICT, PARAMETER_LIST, PARAMETER_DICT):
    plain_class(_name, MODULE)
#: Where ParameterList and ParameterDict keep what they hold, in `extra`.
_HELD = "held"


# ---- ModuleDict: its attributes are its entries
@native(f"{MODULE_DICT}.__init__")
def dict_init(it: Interp, self: Value, modules: Value = None) -> Value:
    if isinstance(self, Instance):
        start(it, self)
        if modules is not None:
            update(it, self, modules)
    return None


def _entries(self: Value) -> DictV:
    """A snapshot of the entries."""
    if not isinstance(self, Instance):
        return DictV({})
    certain, rest = children(self)
    return DictV(dict(certain), rest, "OrderedDict")


@native(f"{MODULE_DICT}.update")
def update(it: Interp, self: Value, modules: Value) -> Value:
    """From a mapping (another ModuleDict too) or from pairs."""
    if not isinstance(self, Instance):
        return None
    if isinstance(modules, Instance) and modules.cls.derives_from(MODULE_DICT):
        source = _entries(modules)
    elif isinstance(modules, DictV):
        source = modules
    else:
        source = DictV({})
        dicts.fill(it, source, modules)
    for name, module in source.items.items():
        set_(it, self, name, module)
    if source.rest is not None:
        add_rest(it, self, source.rest)
    return None


@native(f"{MODULE_DICT}.__setitem__")
def set_(it: Interp, self: Value, key: Value, module: Value) -> Value:
    if isinstance(self, Instance):
        if isinstance(key, str):
            register(it, self, key, module)
        else:
            for name, old in children(self)[0]:
                register(it, self, name, join(old, module))
            add_rest(it, self, module)
    return None


@native(f"{MODULE_DICT}.__delitem__")
def delete(it: Interp, self: Value, key: Value) -> Value:
    if isinstance(self, Instance) and isinstance(key, str):
        if key not in self.attrs:
            return it.fail("KeyError", repr(key))
        unregister(it, self, key)
    return None


@native(f"{MODULE_DICT}.pop")
def pop(it: Interp, self: Value, key: Value) -> Value:
    value = it.getitem(_entries(self), key)
    delete(it, self, key)
    return value


@native(f"{MODULE_DICT}.clear")
def clear(it: Interp, self: Value) -> Value:
    if isinstance(self, Instance):
        for name, _ in children(self)[0]:
            unregister(it, self, name)
    return None


def _read_as_dict(owner: str, method: str) -> None:
    """A method that only reads is dict's own, on the entries."""

    @native(f"{owner}.{method}")
    def read(it: Interp, self: Value, *args: Value) -> Value:
        found = _entries(self) if owner == MODULE_DICT else _held_dict(self)
        return NATIVES[f"builtins.dict.{method}"].call(it, [found, *args], {})


for _method in ("keys", "values", "items", "__iter__", "__len__", "__contains__", "__getitem__"):
    _read_as_dict(MODULE_DICT, _method)
    _read_as_dict(PARAMETER_DICT, _method)
_read_as_dict(PARAMETER_DICT, "get")


# ---- ParameterList and ParameterDict: tensors that are put in become parameters
def as_parameter(value: Value) -> Value:
    return replace(value, parameter=True) if isinstance(value, Tensor) and not value.parameter else value


def _held_dict(self: Value) -> DictV:
    found = self.extra.get(_HELD) if isinstance(self, Instance) else None
    return found if isinstance(found, DictV) else DictV({})


def _held_list(self: Value) -> ListV:
    found = self.extra.get(_HELD) if isinstance(self, Instance) else None
    return found if isinstance(found, ListV) else ListV([])


def _hold(it: Interp, self: Instance, key: str, value: Value) -> None:
    it.journal.write(self, key, value)


@native(f"{PARAMETER_LIST}.__init__")
def parameter_list_init(it: Interp, self: Value, values: Value = None) -> Value:
    if isinstance(self, Instance):
        start(it, self)
        it.journal.set(self.extra, _HELD, ListV([]), self.born)
        if values is not None:
            parameter_extend(it, self, values)
    return None


@native(f"{PARAMETER_LIST}.extend", f"{PARAMETER_LIST}.__iadd__")
def parameter_extend(it: Interp, self: Value, values: Value) -> Value:
    items, rest = items_of(it, values)
    for value in items:
        parameter_append(it, self, value)
    if rest is not None and isinstance(self, Instance):
        held = _held_list(self)
        it.journal.touch(held)
        rest = as_parameter(rest)
        held.rest = rest if held.rest is None else join(held.rest, rest)
        self.open = True
    return self


@native(f"{PARAMETER_LIST}.append")
def parameter_append(it: Interp, self: Value, value: Value) -> Value:
    if isinstance(self, Instance):
        held, value = _held_list(self), as_parameter(value)
        it.journal.touch(held)
        if held.rest is None:
            _hold(it, self, str(len(held.items)), value)
            held.items.append(value)
        else:
            held.rest = join(held.rest, value)
    return self


@native(f"{PARAMETER_LIST}.__getitem__")
def parameter_get(it: Interp, self: Value, index: Value) -> Value:
    held = _held_list(self)
    if isinstance(index, slice) and isinstance(self, Instance):
        out = Instance(self.cls, {}, it.here())
        parameter_list_init(it, out, it.getitem(held, index))
        return out
    position = index_of(it, index)
    if position is not None and held.rest is None and not -len(held.items) <= position < len(held.items):
        return it.fail("IndexError", f"index {position} is out of range")
    return it.getitem(held, index)


@native(f"{PARAMETER_LIST}.__setitem__")
def parameter_set(it: Interp, self: Value, index: Value, value: Value) -> Value:
    if isinstance(self, Instance):
        held, value = _held_list(self), as_parameter(value)
        it.setitem(held, index, value)
        for i, item in enumerate(held.items):
            _hold(it, self, str(i), item)
    return None


@native(f"{PARAMETER_LIST}.__len__")
def parameter_len(it: Interp, self: Value) -> Value:
    held = _held_list(self)
    return len(held.items) if held.rest is None else Scalar("int")


@native(f"{PARAMETER_LIST}.__iter__")
def parameter_iter(it: Interp, self: Value) -> Value:
    held = _held_list(self)
    return NATIVES["builtins.iter"].call(it, [ListV(list(held.items), held.rest)], {})


@native(f"{PARAMETER_DICT}.__init__")
def parameter_dict_init(it: Interp, self: Value, parameters: Value = None) -> Value:
    if isinstance(self, Instance):
        start(it, self)
        it.journal.set(self.extra, _HELD, DictV({}), self.born)
        if parameters is not None:
            parameter_update(it, self, parameters)
    return None


@native(f"{PARAMETER_DICT}.update")
def parameter_update(it: Interp, self: Value, parameters: Value) -> Value:
    if isinstance(parameters, Instance) and parameters.cls.derives_from(PARAMETER_DICT):
        source = _held_dict(parameters)
    elif isinstance(parameters, DictV) and parameters.kind != "OrderedDict":  # PyTorch sorts the keys of a plain dict
        source = DictV(dict(sorted(parameters.items.items(), key=lambda pair: str(pair[0]))), parameters.rest)
    else:
        source = DictV({})
        dicts.fill(it, source, parameters)
    for key, value in source.items.items():
        parameter_dict_set(it, self, key, value)
    if source.rest is not None and isinstance(self, Instance):
        held = _held_dict(self)
        it.journal.touch(held)
        held.rest = as_parameter(source.rest)
        self.open = True
    return None


@native(f"{PARAMETER_DICT}.__setitem__")
def parameter_dict_set(it: Interp, self: Value, key: Value, value: Value) -> Value:
    if isinstance(self, Instance):
        value = as_parameter(value)
        it.setitem(_held_dict(self), key, value)
        if isinstance(key, str):
            _hold(it, self, key, value)
        else:
            self.open = True
    return None


@native(f"{PARAMETER_DICT}.__delitem__")
def parameter_dict_delete(it: Interp, self: Value, key: Value) -> Value:
    if isinstance(self, Instance):
        held = _held_dict(self)
        if isinstance(key, str) and key in held.items:
            it.journal.touch(held)
            del held.items[key]
            if key in self.attrs:
                it.journal.delete(self.attrs, key)
        elif held.rest is None:
            return it.fail("KeyError", repr(key))
    return None


@native(f"{PARAMETER_DICT}.pop")
def parameter_pop(it: Interp, self: Value, key: Value) -> Value:
    value = it.getitem(_held_dict(self), key)
    parameter_dict_delete(it, self, key)
    return value


@native(f"{PARAMETER_DICT}.setdefault")
def parameter_setdefault(it: Interp, self: Value, key: Value, default: Value = None) -> Value:
    held = _held_dict(self)
    if isinstance(key, str) and key not in held.items and held.rest is None:
        parameter_dict_set(it, self, key, default)
    return it.getitem(held, key)


@native(f"{PARAMETER_LIST}.forward", f"{PARAMETER_DICT}.forward")
def not_callable(it: Interp, self: Value, *args: Value) -> Value:
    name = self.cls.name if isinstance(self, Instance) else "ParameterList"
    return it.fail("RuntimeError", f"{name} should not be called.")


@native(f"{PARAMETER_DICT}.fromkeys")
def from_keys(it: Interp, self: Value, keys: Value, default: Value = None) -> Value:
    out = it.new(PARAMETER_DICT)
    items, rest = items_of(it, keys)
    parameter_dict_init(it, out, DictV(dict.fromkeys(items, default)))
    if rest is not None:
        _held_dict(out).rest = as_parameter(join_all([default], it.unknown(Reason.DATA_DEPENDENT, "key")))
    return out
