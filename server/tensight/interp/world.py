"""World: what outlives one analysis. Native classes, compiled code, executed library modules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..dims import FreshNames
from ..modules.registry import LAYERS, Attrs, Clone, LayerRule, Sub
from ..ops import RULES
from ..ops.defaults import DEFAULTS
from ..ops.devices import named
from ..ops.errors import ShapeError
from ..syntax.span import Span
from ..values import (
    BoundMethod,
    ClassV,
    FunctionV,
    Instance,
    ListV,
    ModuleV,
    Native,
    OneOf,
    Provenance,
    Tensor,
    Unknown,
    Value,
)
from ..values.unknown import Reason
from .cache import CompiledFile
from .deferred import Deferred
from .lazy_layers import settled
from .leavings import Births
from .natives.registry import ALIASES, BASES, CONSTANTS, NATIVES, PROPERTIES

if TYPE_CHECKING:
    from .machine import Interp


def c3(cls: ClassV) -> tuple[ClassV, ...]:
    """The method resolution order. Raises TypeError where Python does."""
    bases = [b for b in cls.bases if isinstance(b, ClassV)]
    sequences = [list(b.mro) for b in bases] + [list(bases)]
    out = [cls]
    while any(sequences):
        for sequence in sequences:
            if sequence and not any(sequence[0] in s[1:] for s in sequences if s):
                head = sequence[0]
                break
        else:
            raise TypeError("Cannot create a consistent method resolution order (MRO)")
        out.append(head)
        for sequence in sequences:
            if sequence and sequence[0] is head:
                del sequence[0]
    return tuple(out)


#: Classes that are known by another module than the one that defines them.
_DEFINED_IN = {"torch.nn.Parameter": "torch.nn.parameter", "torch.nn.Module": "torch.nn.modules.module"}


class World:
    """Shared by the analyses of one project."""

    def __init__(self) -> None:
        self.classes: dict[str, ClassV] = {}
        #: executed modules that are not the user's: name → module
        self.modules: dict[str, ModuleV] = {}
        #: file, and whether its facts are recorded → its compiled code
        self.compiled: dict[tuple[str, bool], CompiledFile] = {}
        #: what the tables say of qualified names (None: nothing)
        self.natives: dict[str, Value] = {}
        #: library modules that nothing has needed yet
        self.deferred = Deferred()
        #: look-ups in tables that looked for what defines their key
        self.sought = 0
        #: when library modules ran
        self.births = Births()
        #: the sizes that their statements named, told apart from those of a program
        self.fresh = FreshNames(mark="_")
        #: library module → the modules of one analysis that it imports (open files of its package), and whether they
        #: wait until something of them is needed
        self.reaches: dict[str, dict[str, bool]] = {}
        self._members: dict[str, dict[str, Value]] | None = None
        self._builtins: dict[str, Value] | None = None
        self._prefixes: frozenset[str] | None = None

    def rests_on(self, file: str) -> bool:
        """Whether a library module of that file was run, or is to be run as it was found."""
        waiting = self.deferred.modules.values()
        return any(module.file == file for module in self.modules.values()) or any(
            file in (source.file, source.path) for source in waiting
        )

    def looking_at(self, files: Iterable[str]) -> World:
        """The World for these files, which an analysis takes for the user's: this one, unless it rests on them."""
        return self._anew() if any(map(self.rests_on, files)) else self

    def _anew(self) -> World:
        """A World in which no library module has run yet; what was compiled stays."""
        fresh = World()
        fresh.classes, fresh.compiled, fresh.natives = self.classes, self.compiled, self.natives
        fresh._members, fresh._builtins, fresh._prefixes = self._members, self._builtins, self._prefixes
        fresh.modules = {name: module for name, module in self.modules.items() if module.native}
        return fresh

    @property
    def builtins(self) -> dict[str, Value]:
        """Python's builtin names."""
        if self._builtins is None:
            self._builtins = dict(self.members("builtins"))
            for name in BASES:
                if name.startswith("builtins."):
                    self._builtins[name[9:]] = self.native_class(name)
            for name, target in ALIASES.items():
                if name.startswith("builtins."):
                    self._builtins[name[9:]] = self.native_class(target)
            for name in ("NoneType", "ellipsis", "NotImplementedType", "iterator"):  # types without a name in Python
                self._builtins.pop(name, None)
            self._builtins.update({"NotImplemented": NotImplemented, "Ellipsis": ..., "__debug__": True})
        return self._builtins

    @property
    def prefixes(self) -> frozenset[str]:
        """Every module (or class) under which some table has a name."""
        if self._prefixes is None:
            found: set[str] = set()
            for table in (NATIVES, CONSTANTS, RULES, LAYERS, BASES, PROPERTIES):
                for name in table:
                    head = name.rpartition(".")[0]
                    while head and head not in found:
                        found.add(head)
                        head = head.rpartition(".")[0]
            self._prefixes = frozenset(found)
        return self._prefixes

    def native_class_or(self, name: str, fallback: str) -> ClassV:
        """The class of that name, or the fallback if no table has it."""
        return self.native_class(name if self.is_class(name) else fallback)

    def members(self, owner: str) -> dict[str, Value]:
        """The natives and constants that are registered under `owner.` (a class or a module)."""
        if self._members is None:
            self._members = {}
            for table in (NATIVES, CONSTANTS):
                for name, value in table.items():
                    head, _, tail = name.rpartition(".")
                    self._members.setdefault(head, {})[tail] = value
        return self._members.get(owner, {})

    def is_class(self, name: str) -> bool:
        return name in BASES or name in LAYERS

    def native_class(self, name: str) -> ClassV:
        """The class of that qualified name; KeyError if no table has it."""
        found = self.classes.get(name)
        if found is None:
            layer = LAYERS.get(name)
            if name not in BASES and layer is not None and layer.name != name:
                found = self.native_class(layer.name)
            else:
                found = self._make(name, layer)
            self.classes[name] = found
        return found

    def _make(self, name: str, layer: LayerRule | None) -> ClassV:
        module, _, short = name.rpartition(".")
        module = _DEFINED_IN.get(name, module)
        if name in BASES:
            bases = BASES[name]
        elif layer is not None:
            bases = (layer.base,)
        else:
            raise KeyError(name)
        namespace = dict(self.members(name))
        if layer is not None:
            namespace.setdefault("__init__", _layer_init(layer))
            if layer.forward is not None or layer.settle is not None:
                namespace.setdefault("forward", _layer_forward(layer))
            for method in layer.methods:
                namespace.setdefault(method, _layer_method(layer, method))
        cls = ClassV(short, tuple(self.native_class(b) for b in bases), namespace, module=module, native=name)
        cls.mro = c3(cls)
        return cls

    def computed(self, cls: ClassV, name: str) -> Any:
        """The registered computed attribute of a class, by its MRO; None if there is none."""
        for base in cls.mro:
            if base.native is not None:
                found = PROPERTIES.get(f"{base.native}.{name}")
                if found is not None:
                    return found
        return None


#: Layers whose constructor ends with a call of `reset_parameters`, which a class of the program may have its own of.
_RESET = frozenset({
    "Linear", "Bilinear", "Embedding", "EmbeddingBag", "LayerNorm", "GroupNorm", "RMSNorm", "PReLU", "SyncBatchNorm",
    "RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell",
    *(f"{kind}{n}d" for kind in ("Conv", "ConvTranspose", "BatchNorm", "InstanceNorm") for n in (1, 2, 3)),
})  # fmt: skip
_RESETS = {
    **dict.fromkeys((f"torch.nn.{name}" for name in _RESET), "reset_parameters"),
    "torch.nn.MultiheadAttention": "_reset_parameters", "torch.nn.Transformer": "_reset_parameters",
}  # fmt: skip


def _layer_init(layer: LayerRule) -> Native:
    reset = _RESETS.get(layer.name)

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        self, *rest = args
        if not isinstance(self, Instance):
            return it.unknown(Reason.NO_RULE, f"{layer.name}.__init__")
        it.journal.write(self, "training", True)
        place = layer.init.given("device", rest, kwargs)
        before = DEFAULTS.device
        try:
            if place is not None:
                DEFAULTS.device = named(place)
            attributes = layer.init(*rest, **kwargs)
        except ShapeError as error:
            self.open = True
            return it.refuse(error, layer.name, rest, self)
        else:
            it.take_notes()
            if isinstance(attributes, Unknown):
                self.open = True
                return None
            if layer.settle is not None:
                it.lazy.append(self)
            for name, value in attributes.items():
                it.journal.write(self, name, _attribute(it, f"{layer.name}.{name}", value, self.created))
        finally:
            DEFAULTS.device = before
        if reset is not None and self.cls.native is None and kwargs.get("_weight") is None:
            own = self.cls.lookup(reset)
            if isinstance(own, FunctionV):
                it.call(BoundMethod(own, self))
        return None

    return Native(f"{layer.name}.__init__", call)


def _attribute(it: Interp, name: str, value: Any, created: Span | None) -> Value:
    """What a constructor's row gives, as a value: submodules are built, parameters know where they come from."""
    if isinstance(value, Sub):
        args = [_attribute(it, name, v, created) for v in value.args]
        kwargs = {k: _attribute(it, name, v, created) for k, v in value.kwargs.items()}
        built = it.instantiate(it.native_class(value.name), args, kwargs)
        if isinstance(built, Instance):
            built.created = created
        return built
    if isinstance(value, Clone):
        return it.call(NATIVES["copy.deepcopy"], [value.module])
    if isinstance(value, list):
        return ListV([_attribute(it, name, v, created) for v in value])
    if isinstance(value, Tensor) and value.made_by is None:
        object.__setattr__(value, "made_by", Provenance(name, created))
    return value


def _layer_forward(layer: LayerRule) -> Native:
    from . import forks
    from .calls import apply_rule

    rule, step = layer.forward, layer.step
    assert rule is not None or layer.settle is not None

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        self = args[0]
        if not isinstance(self, Instance) or self.open:
            return it.unknown(Reason.OPAQUE, layer.name)
        i = next((i for i, value in enumerate(args) if type(value) is OneOf), None)
        if i is not None:
            return forks.each_tensor(
                it, args[i].options, lambda option: call(it, [*args[:i], option, *args[i + 1 :]], kwargs)
            )
        if step is not None and isinstance(self.cls.lookup(step.name), FunctionV):
            more = [it.getattr(self, name) for name in step.attributes]
            return it.call(it.getattr(self, step.name), [*args[1:], *more], kwargs)
        if layer.settle is not None and settled(it, layer, self, args[1:], kwargs):
            assert layer.ordinary is not None
            ordinary = it.native_class(layer.ordinary)
            it.journal.set(self.extra, "class", ordinary, self.born)
            return it.call(ordinary.lookup("forward"), list(args), kwargs)
        if rule is None:
            return it.unknown(Reason.DATA_DEPENDENT, layer.name)
        return apply_rule(it, rule, [Attrs(self.attrs), *args[1:]], kwargs, layer.name, self)

    return Native(f"{layer.name}.forward", call)


def _layer_method(layer: LayerRule, name: str) -> Native:
    """A further method of a layer. One of the class (no `self`) may answer what is to be built."""
    rule, qualified = layer.methods[name], f"{layer.name}.{name}"
    of_instance = rule.parameters[:1] == ["self"]

    def call(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        from .calls import apply_rule

        first = args[0] if args else None
        if of_instance:
            if not isinstance(first, Instance) or first.open:
                return it.unknown(Reason.OPAQUE, qualified)
            return apply_rule(it, rule, [Attrs(first.attrs), *args[1:]], kwargs, qualified, first)
        rest = args[1:] if isinstance(first, ClassV | Instance) else args
        result = apply_rule(it, rule, rest, kwargs, qualified, None)
        return _attribute(it, qualified, result, it.here()) if isinstance(result, Sub) else result

    return Native(qualified, call)
