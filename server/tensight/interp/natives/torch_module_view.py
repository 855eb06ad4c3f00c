"""`module._modules`, `._parameters`, `._buffers`: dictionaries through which the module itself is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from typing import TYPE_CHECKING, Any, cast

from ...values import DictV, Instance, Reason, Tensor, Value
from ...values.tensor import stamp
from .registry import prop
from .torch_module_state import children, names, own_buffers, own_parameters

if TYPE_CHECKING:
    from ..machine import Interp


class Members(MutableMapping[Any, Value]):
    """The live entries of one kind of a module, written straight into its attributes: the journal is told by whoever
    writes to the DictV around it."""

    def __init__(self, owner: Instance, table: str, read: Callable[[], dict[Any, Value]]) -> None:
        self.owner, self.table, self.read = owner, table, read

    def __getitem__(self, key: Any) -> Value:
        return self.read()[key]

    def __setitem__(self, key: Any, value: Value) -> None:
        self.owner.attrs[key] = value
        names(self.owner, self.table).items[key] = True

    def __delitem__(self, key: Any) -> None:
        del self.owner.attrs[key]
        names(self.owner, self.table).items.pop(key, None)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.read())

    def __reversed__(self) -> Iterator[Any]:
        return iter(list(reversed(list(self.read()))))

    def __len__(self) -> int:
        return len(self.read())

    def clear(self) -> None:
        for key in list(self.read()):
            del self[key]


class View(DictV):
    """The dictionary itself. What the journal says of further entries (`rest`) is kept in the module's table."""

    __slots__ = ("owner", "table")

    def __init__(self, owner: Instance, table: str) -> None:
        self.owner, self.table = owner, table
        self.items = cast("dict[Any, Value]", Members(owner, table, self.read))
        self.kind = "OrderedDict"
        self.default_factory = None
        self.optional = None
        self.born = stamp()

    @property
    def rest(self) -> Value | None:
        if self.table == "members":
            return children(self.owner)[1]
        return names(self.owner, self.table).rest

    @rest.setter
    def rest(self, value: Value | None) -> None:
        if value is not None:
            names(self.owner, self.table).rest = value

    def read(self) -> dict[Any, Value]:
        self_ = self.owner
        if self.table == "members":
            return dict(children(self_)[0])
        found = own_buffers(self_) if self.table == "buffers" else own_parameters(self_)
        there = {name for name, _ in found}
        listed = names(self_, self.table).items
        return {
            k: v for k, v in self_.attrs.items() if k in there or (k in listed and (v is None or isinstance(v, Tensor)))
        }


def view(it: Interp, self: Value, table: str) -> Value:
    """The one view of a table of a module; `table` is "members", "parameters" or "buffers"."""
    if not isinstance(self, Instance):
        return it.unknown(Reason.UNSUPPORTED, f"_{table} of a class")
    if not isinstance(self.extra.get(table), DictV):
        it.journal.set(self.extra, table, DictV({}), self.born)
    key = f"view of {table}"
    cached = self.extra.get(key)
    if not isinstance(cached, View) or cached.owner is not self:
        cached = View(self, table)
        it.journal.set(self.extra, key, cached, self.born)
    return cached


@prop("torch.nn.Module._modules")
def modules_of(it: Interp, self: Value) -> Value:
    return view(it, self, "members")


@prop("torch.nn.Module._parameters")
def parameters_of(it: Interp, self: Value) -> Value:
    return view(it, self, "parameters")


@prop("torch.nn.Module._buffers")
def buffers_of(it: Interp, self: Value) -> Value:
    return view(it, self, "buffers")
