"""What an nn.Module holds: which attributes are submodules, parameters and buffers, and walking the tree of modules.

`Instance.attrs` holds all of them alike, in order of assignment. Beside it, in `Instance.extra`:
"members"  DictV: names given to `add_module` and the like (a container's items); after a branch that changed them its
           `rest` is set: then only the names that are listed are certain, and `rest` is what further ones are like;
"buffers"  DictV: names of buffers, with True for persistent ones;
"parameters" DictV: names registered as parameter (None is a registered absence)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...modules.registry import LAYERS
from ...ops.argument_types import type_name
from ...values import (
    ClassV,
    DictV,
    Instance,
    IteratorV,
    ListV,
    OneOf,
    Reason,
    Tensor,
    Unknown,
    Value,
    join,
)
from .support import join_all

if TYPE_CHECKING:
    from ..machine import Interp

MODULE = "torch.nn.Module"
#: Tensors that layers of PyTorch keep as buffers.
_LAYER_BUFFERS = frozenset({"running_mean", "running_var", "num_batches_tracked", "weight", "pos_weight"})
#: What `nn.Buffer(x)` leaves as provenance: an attribute that holds such a tensor is a buffer.
BUFFER = "torch.nn.Buffer"


def is_module(value: Value) -> bool:
    """Whether a value certainly is a module."""
    if isinstance(value, OneOf):
        return all(is_module(option) for option in value.options)
    return isinstance(value, Instance) and value.cls.derives_from(MODULE)


def may_be_module(value: Value) -> bool:
    """Whether a value may be a module."""
    if isinstance(value, OneOf):
        return any(may_be_module(option) for option in value.options)
    return isinstance(value, Unknown) or is_module(value) or (isinstance(value, Instance) and value.cls.open)


def names(self: Instance, which: str) -> DictV:
    """One of the tables of names in `extra`; empty where nothing was registered."""
    found = self.extra.get(which)
    return found if isinstance(found, DictV) else DictV({})


def note_name(it: Interp, self: Instance, which: str, name: str, value: Value = True) -> None:
    """Enter a name into one of the tables."""
    table = self.extra.get(which)
    if not isinstance(table, DictV):
        table = DictV({})
        it.journal.set(self.extra, which, table, self.born)
    it.journal.touch(table)
    table.items[name] = value


def _no_module(value: Value) -> str | None:
    """PyTorch's name for the type of what is certainly no module: a list that lacks its star, a class not called."""
    if isinstance(value, ClassV):
        names = (name for name, rule in LAYERS.items() if rule is LAYERS.get(value.native or ""))
        return next((name for name in names if name.startswith("torch.nn.modules.") and name.count(".") == 4), None)
    if isinstance(value, tuple | ListV | bool | int | float | str):
        return type_name(value)
    return None


def register(it: Interp, self: Instance, name: str, module: Value) -> None:
    """`self.add_module(name, module)`."""
    other = _no_module(module)
    if other is not None:
        self.open = True
        it.refuse_with("invalid-argument", f"{other} is not a Module subclass", "TypeError", [])
        return
    it.journal.write(self, name, module)
    note_name(it, self, "members", name)


def unregister(it: Interp, self: Instance, name: str) -> None:
    """`del self._modules[name]`."""
    if name in self.attrs:
        it.journal.delete(self.attrs, name)
    table = names(self, "members")
    if name in table.items:
        it.journal.touch(table)
        del table.items[name]


def add_rest(it: Interp, self: Instance, rest: Value) -> None:
    """Further members of unknown number."""
    table = self.extra.get("members")
    if not isinstance(table, DictV):
        table = DictV({})
        it.journal.set(self.extra, "members", table, self.born)
    it.journal.touch(table)
    table.rest = rest if table.rest is None else join(table.rest, rest)


def children(self: Instance) -> tuple[list[tuple[str, Value]], Value | None]:
    """The named submodules that certainly are the first ones, in order; what further ones are like (None: none)."""
    table = names(self, "members")
    certain: list[tuple[str, Value]] = []
    further: list[Value] = []
    tensors = {**names(self, "buffers").items, **names(self, "parameters").items}
    for name, value in self.attrs.items():
        listed = name in table.items
        if listed or is_module(value):
            uncertain = further or (table.rest is not None and not listed)
            if uncertain:
                further.append(value)
            else:
                certain.append((name, value))
        elif may_be_module(value) and name not in tensors:
            further.append(value)
    joined = isinstance(table.rest, Unknown) and table.rest.reason is Reason.JOINED
    if table.rest is not None and not (further and joined):
        further.append(table.rest)
    if self.open:
        further.append(Unknown(Reason.OPAQUE, f"submodules of {self.cls.name}", self.created))
    return certain, join_all(further) if further else None


def own_parameters(self: Instance) -> list[tuple[str, Tensor]]:
    return [(name, v) for name, v in self.attrs.items() if isinstance(v, Tensor) and v.parameter]


def own_buffers(self: Instance) -> list[tuple[str, Tensor]]:
    table = names(self, "buffers").items
    native = any(c.native in LAYERS for c in self.cls.mro)
    out: list[tuple[str, Tensor]] = []
    for name, value in self.attrs.items():
        if isinstance(value, Tensor) and not value.parameter:
            made = value.made_by
            if name in table or (native and name in _LAYER_BUFFERS) or (made is not None and made.name == BUFFER):
                out.append((name, value))
    return out


def maybe_tensors(self: Instance, kind: str) -> bool:
    """Whether the module may hold parameters (or buffers) of its own that are not seen."""
    table = names(self, f"{kind}s")
    if self.open or table.rest is not None:
        return True
    for name, value in self.attrs.items():
        if isinstance(value, OneOf):
            if any(isinstance(o, Tensor) and (o.parameter or name in table.items) for o in value.options):
                return True
        elif isinstance(value, Unknown) and name in table.items:
            return True
    return False


@dataclass(slots=True)
class Walk:
    """The modules of a tree in PyTorch's order. `unsure[i]`: something unknown comes before module i + 1."""

    modules: list[tuple[str, Instance]] = field(default_factory=list)
    #: position in `modules` before which all are certain; None: the whole tree is known
    certain: int | None = None
    #: modules that are not certain to be there (one of several options, any item of a container)
    further: list[Instance] = field(default_factory=list)


def walk(self: Instance, prefix: str = "", remove_duplicate: bool = True) -> Walk:
    """`self.named_modules()`."""
    result = Walk()
    _walk(self, prefix, result, set(), remove_duplicate)
    return result


def _walk(self: Instance, prefix: str, result: Walk, seen: set[int], unique: bool) -> None:
    if unique and id(self) in seen:
        return
    seen.add(id(self))
    result.modules.append((prefix, self))
    if len(result.modules) > 4096:
        return
    certain, rest = children(self)
    for name, value in certain:
        below = f"{prefix}.{name}" if prefix else name
        if isinstance(value, Instance):
            if not unique and value in _chain(result, prefix):
                continue
            _walk(value, below, result, seen, unique)
        elif value is not None:
            _unsure(result, value)
    if rest is not None:
        _unsure(result, rest)
        for _, value in [*self.attrs.items(), ("", rest)]:
            if isinstance(value, Instance) and id(value) not in seen and is_module(value):
                result.further += [m for _, m in walk(value).modules if id(m) not in seen]


def _chain(result: Walk, prefix: str) -> list[Instance]:
    return [m for name, m in result.modules if prefix == name or prefix.startswith(f"{name}.") or name == ""]


def _unsure(result: Walk, value: Value) -> None:
    if result.certain is None:
        result.certain = len(result.modules)
    if isinstance(value, OneOf):
        result.further += [o for o in value.options if isinstance(o, Instance) and is_module(o)]


def every_module(self: Instance) -> Iterator[Instance]:
    """All modules that are or may be in the tree, each once: for what is done to all of them."""
    found = walk(self)
    seen: set[int] = set()
    for module in [*(m for _, m in found.modules), *found.further]:
        if id(module) not in seen:
            seen.add(id(module))
            yield module


def named_tensors(
    self: Instance, kind: str, prefix: str = "", recurse: bool = True, unique: bool = True
) -> tuple[list[tuple[str, Tensor]], Tensor | None]:
    """Named parameters or buffers ("parameter", "buffer") in order, and what further ones are like."""
    own = own_parameters if kind == "parameter" else own_buffers
    found = walk(self, prefix) if recurse else Walk([(prefix, self)])
    out: list[tuple[str, Tensor]] = []
    seen: set[int] = set()
    complete = found.certain is None
    for i, (name, module) in enumerate(found.modules):
        if found.certain is not None and i >= found.certain:
            break
        for short, tensor in own(module):
            if unique and id(tensor) in seen:
                continue
            seen.add(id(tensor))
            out.append((f"{name}.{short}" if name else short, tensor))
        if maybe_tensors(module, kind):
            complete = False
            break
    if complete:
        return out, None
    why = Unknown(Reason.OPAQUE, f"{kind}s of {self.cls.name}")
    return out, Tensor(None, parameter=kind == "parameter", unknown=why)


def iterator(items: list[Any], rest: Value | None) -> IteratorV:
    return IteratorV(list(items), rest)
