"""torch.nn.Sequential and ModuleList: what the two share, and chaining."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ClassV, DictV, FunctionV, Instance, ListV, OneOf, Reason, Scalar, Unknown, Value, join
from ..binding import Star
from .registry import native, plain_class
from .support import as_rest, index_of, items_of, join_all, unknown_of
from .torch_module_state import MODULE, add_rest, children, is_module, iterator, register, unregister

if TYPE_CHECKING:
    from ..machine import Interp

SEQUENTIAL, LIST = "torch.nn.Sequential", "torch.nn.ModuleList"
plain_class(SEQUENTIAL, MODULE)
plain_class(LIST, MODULE)


def _both(method: str) -> tuple[str, str]:
    return f"{SEQUENTIAL}.{method}", f"{LIST}.{method}"


def start(it: Interp, self: Instance) -> None:
    """What Module.__init__ does."""
    it.journal.write(self, "training", True)
    it.journal.set(self.extra, "members", DictV({}), self.born)


@native(f"{SEQUENTIAL}.__init__")
def sequential_init(it: Interp, self: Value, *args: Value) -> Value:
    if not isinstance(self, Instance):
        return None
    start(it, self)
    if len(args) == 1 and isinstance(args[0], DictV):
        for name, module in args[0].items.items():
            register(it, self, str(name), module)
        if args[0].rest is not None:
            add_rest(it, self, args[0].rest)
        return None
    if args and isinstance(args[-1], Star):
        args, star = args[:-1], args[-1]
        add_rest(it, self, as_rest(star.value))
        it.journal.set(self.extra, "chain", (len(args), star.middle, tuple(star.after)), self.born)
    for i, module in enumerate(args):
        if not _accepted(module) and not isinstance(module, ClassV | tuple | ListV | bool | int | float | str):
            self.open = True
            return it.fail("TypeError", f"{it.class_of(module).name} is not a Module subclass")
        register(it, self, str(i), module)
    return None


def _accepted(module: Value) -> bool:
    """Whether a value may be registered as a submodule."""
    if isinstance(module, OneOf):
        return any(_accepted(option) for option in module.options)
    return module is None or isinstance(module, Unknown) or is_module(module) or (
        isinstance(module, Instance) and any(c.open for c in module.cls.mro)
    )  # fmt: skip


@native(f"{LIST}.__init__")
def list_init(it: Interp, self: Value, modules: Value = None) -> Value:
    if isinstance(self, Instance):
        start(it, self)
        if modules is not None:
            _extend(it, self, modules)
    return None


@native(f"{SEQUENTIAL}.forward")
def forward(it: Interp, self: Value, input: Value) -> Value:
    """Each module on what the one before gives; further ones of unknown number run once, perhaps."""
    if not isinstance(self, Instance):
        return it.unknown(Reason.OPAQUE, "Sequential")
    certain, rest = children(self)
    for _, module in certain:
        input = it.call(module, [input])
    if rest is None:
        return input
    count, middle, after = self.extra.get("chain", (None, rest, ()))
    if count != len(certain):
        middle, after = rest, ()
    if isinstance(middle, Unknown):
        return unknown_of(it, [middle])
    given = input
    result = it.either(lambda: given, lambda: _repeated(it, middle, given))
    for module in after:
        result = it.call(module, [result])
    return result


def _repeated(it: Interp, module: Value, input: Value) -> Value:
    """The result of one or more such modules: known if one more changes nothing."""
    once = it.call(module, [input])
    twice = it.call(module, [once])
    return join(once, twice)


@native(*_both("__len__"))
def length(it: Interp, self: Value) -> Value:
    if not isinstance(self, Instance):
        return Scalar("int")
    certain, rest = children(self)
    return len(certain) if rest is None else Scalar("int")


@native(*_both("__iter__"))
def iter_(it: Interp, self: Value) -> Value:
    if not isinstance(self, Instance):
        return it.unknown(Reason.OPAQUE, "modules")
    certain, rest = children(self)
    return iterator([module for _, module in certain], rest)


def _any(certain: list[tuple[str, Value]], rest: Value | None) -> Value:
    return join_all([*(module for _, module in certain), *([] if rest is None else [rest])], None)


@native(*_both("__getitem__"))
def get(it: Interp, self: Value, index: Value) -> Value:
    """By position; a slice is a new container of the same class."""
    if not isinstance(self, Instance):
        return it.unknown(Reason.OPAQUE, "modules")
    certain, rest = children(self)
    if isinstance(index, slice):
        return _slice(it, self, certain, rest, index)
    position = index_of(it, index)
    if position is None:
        return _any(certain, rest) if certain or rest is not None else unknown_of(it, [index], "index")
    if rest is not None:
        if 0 <= position < len(certain):
            return certain[position][1]
        return rest if position >= 0 else _any(certain, rest)
    if -len(certain) <= position < len(certain):
        return certain[position][1]
    return it.fail("IndexError", f"index {position} is out of range")


def _slice(it: Interp, self: Instance, certain: list[tuple[str, Value]], rest: Value | None, index: slice) -> Value:
    parts = [None if p is None else index_of(it, p) for p in (index.start, index.stop, index.step)]
    decided = all((p is None) == (q is None) for p, q in zip(parts, (index.start, index.stop, index.step)))
    if rest is not None or not decided:
        return make(it, self, [], _any(certain, rest))
    return make(it, self, certain[slice(*parts)], None)


def make(it: Interp, like: Instance, members: list[tuple[str, Value]], rest: Value | None) -> Value:
    """A new container of the same class: through its constructor where that is the program's own.

    Sequential keeps the names, ModuleList counts anew."""
    modules = [module for _, module in members]
    sequential = like.cls.derives_from(SEQUENTIAL)
    if isinstance(like.cls.lookup("__init__"), FunctionV):
        given = DictV(dict(members), rest, "OrderedDict") if sequential else ListV(modules, rest)
        return it.instantiate(like.cls, [given])
    out = Instance(like.cls, {}, it.here())
    start(it, out)
    for i, (name, module) in enumerate(members):
        register(it, out, name if sequential else str(i), module)
    if rest is not None:
        add_rest(it, out, rest)
    return out


@native(*_both("append"))
def append(it: Interp, self: Value, module: Value) -> Value:
    if isinstance(self, Instance):
        certain, rest = children(self)
        if rest is None:
            register(it, self, str(len(certain)), module)
        else:
            add_rest(it, self, module)
    return self


@native(*_both("extend"), *_both("__iadd__"))
def extend(it: Interp, self: Value, modules: Value) -> Value:
    if isinstance(self, Instance):
        _extend(it, self, modules)
    return self


def _extend(it: Interp, self: Instance, modules: Value) -> None:
    items, rest = items_of(it, modules)
    for module in items:
        append(it, self, module)
    if rest is not None:
        add_rest(it, self, rest)


@native(*_both("insert"))
def insert(it: Interp, self: Value, index: Value, module: Value) -> Value:
    if isinstance(self, Instance):
        certain, rest = children(self)
        position = index_of(it, index)
        values = [value for _, value in certain]
        if position is None or rest is not None:
            _forget_order(it, self, [*values, module])
        else:
            values.insert(position, module)
            _renumber(it, self, values)
        if self.cls.derives_from(SEQUENTIAL):
            return self
    return None


def _forget_order(it: Interp, self: Instance, values: list[Value]) -> None:
    """Which module stands where is not known any more."""
    for name, _ in children(self)[0]:
        unregister(it, self, name)
    add_rest(it, self, join_all(values))


def _renumber(it: Interp, self: Instance, values: list[Value]) -> None:
    for name, _ in children(self)[0]:
        unregister(it, self, name)
    for i, value in enumerate(values):
        register(it, self, str(i), value)


@native(*_both("__setitem__"))
def set_(it: Interp, self: Value, index: Value, module: Value) -> Value:
    if isinstance(self, Instance):
        certain, rest = children(self)
        position = index_of(it, index)
        if position is not None and -len(certain) <= position < len(certain) and (rest is None or position >= 0):
            register(it, self, certain[position][0], module)
        elif position is not None and rest is None:
            return it.fail("IndexError", f"index {position} is out of range")
        else:
            for name, value in certain:
                register(it, self, name, join(value, module))
            if rest is not None:
                add_rest(it, self, module)
    return None


@native(*_both("__delitem__"))
def delete(it: Interp, self: Value, index: Value) -> Value:
    """What is left is numbered from 0 again (also in a Sequential that had names)."""
    if not isinstance(self, Instance):
        return None
    certain, rest = children(self)
    values = [value for _, value in certain]
    position = index if isinstance(index, slice) else index_of(it, index)
    if position is None or rest is not None:
        _forget_order(it, self, values)
        return None
    try:
        del values[position]
    except IndexError:
        return it.fail("IndexError", f"index {position} is out of range")
    except TypeError:
        _forget_order(it, self, values)
        return None
    _renumber(it, self, values)
    return None


@native(*_both("pop"))
def pop(it: Interp, self: Value, key: Value) -> Value:
    value = get(it, self, key)
    delete(it, self, key)
    return value


@native(*_both("__add__"))
def add(it: Interp, self: Value, other: Value) -> Value:
    """A new plain container with the modules of both."""
    out = it.new(SEQUENTIAL if isinstance(self, Instance) and self.cls.derives_from(SEQUENTIAL) else LIST)
    start(it, out)
    _extend(it, out, self)
    _extend(it, out, other)
    return out


@native(f"{SEQUENTIAL}.__mul__", f"{SEQUENTIAL}.__rmul__")
def multiply(it: Interp, self: Value, other: Value) -> Value:
    count = index_of(it, other)
    out = it.new(SEQUENTIAL)
    start(it, out)
    if count is None:
        add_rest(it, out, join_all(items_of(it, self)[0], it.unknown(Reason.DATA_DEPENDENT, "Sequential * n")))
    for _ in range(min(count or 0, 256)):
        _extend(it, out, self)
    return out


@native(*_both("__contains__"))
def contains(it: Interp, self: Value, module: Value) -> Value:
    if not isinstance(self, Instance) or isinstance(module, Unknown | OneOf):
        return Scalar("bool")
    certain, rest = children(self)
    if any(value is module for _, value in certain):
        return True
    return False if rest is None else Scalar("bool")
