"""Functions, classes, instances, modules. Identity is Python's own; attributes are written through the journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..quick import quick
from ..syntax.span import Span
from .containers import Value
from .tensor import stamp


@dataclass(slots=True, eq=False)
class ClassV:
    """A class. `namespace` holds functions, natives, values; `mro` starts with the class itself.

    `native`: the qualified name of a class that Tensight itself provides ("torch.nn.Linear", "builtins.list")."""

    name: str
    bases: tuple[Value, ...]
    namespace: dict[str, Value]
    mro: tuple[ClassV, ...] = ()
    module: str = ""
    span: Span | None = None
    native: str | None = None
    #: a base is Unknown: attributes that are not found may exist
    open: bool = False
    metaclass: Value | None = None
    #: a `__getattribute__` written in Python
    reader: Value | None = None
    #: the native classes of the MRO, by name, with the MRO that they were read from
    _natives: tuple[tuple[ClassV, ...], frozenset[str]] = ((), frozenset())

    def lookup(self, name: str) -> Value | None:
        """The attribute by the MRO, not bound; None if no class has it."""
        for cls in self.mro:
            if name in cls.namespace:
                return cls.namespace[name]
        return None

    def is_subclass(self, other: ClassV) -> bool:
        return other in self.mro

    @property
    def natives(self) -> frozenset[str]:
        """The names of the native classes in the MRO."""
        if self._natives[0] is not self.mro:
            self._natives = self.mro, frozenset(cls.native for cls in self.mro if cls.native is not None)
        return self._natives[1]

    def derives_from(self, native: str) -> bool:
        """Whether a class of the MRO is the native class of that name."""
        return native in self.natives

    def __repr__(self) -> str:
        return f"<class {self.name}>"


@dataclass(slots=True, eq=False)
class Instance:
    """An object of `cls`; `attrs` is its `__dict__`. `created` is the call that built it.

    `extra` holds what native classes need beside attributes (a module's hooks, a container's items)."""

    cls: ClassV
    attrs: dict[str, Value]
    created: Span | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    #: written to by code that was not followed: an attribute that is missing may exist
    open: bool = False
    born: int = field(default_factory=stamp, repr=False, kw_only=True)

    def __repr__(self) -> str:
        return f"<{self.cls.name} object>"


@dataclass(slots=True, eq=False)
class FunctionV:
    """A function written in Python. `code` is the interpreter's compiled form, `scope` the enclosing frame."""

    name: str
    qualname: str
    code: Any
    module: ModuleV
    scope: Any
    defaults: tuple[Value, ...]
    kw_defaults: dict[str, Value]
    attrs: dict[str, Value] = field(default_factory=dict)
    #: the class in whose body it stands (for `super()`)
    owner: ClassV | None = None

    def __repr__(self) -> str:
        return f"<function {self.qualname}>"


@quick
@dataclass(frozen=True, slots=True)
class BoundMethod:
    """`function` (FunctionV or Native) bound to `self`."""

    function: Value
    self: Value


@dataclass(frozen=True, slots=True, eq=False)
class Native:
    """A callable that Tensight provides itself. `call(interp, args, kwargs)`; `name` is qualified ("math.sqrt")."""

    name: str
    call: Callable[[Any, list[Value], dict[str, Value]], Value]


@dataclass(frozen=True, slots=True, eq=False)
class OpFunction:
    """A torch (or library) operation that is answered by an op rule of this name, or by the worker, or not at all."""

    name: str


@dataclass(slots=True, eq=False)
class ModuleV:
    """A Python module. `namespace` is its globals. `state`: "new", "running", "done", "failed"."""

    name: str
    namespace: dict[str, Value]
    file: str | None = None
    package: str = ""
    state: str = "done"
    native: bool = False
    #: modules whose star imports wait until a name is sought that nothing else binds
    stars: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<module {self.name}>"


@dataclass(frozen=True, slots=True, eq=False)
class PropertyV:
    getter: Value
    setter: Value | None = None
    cached: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class StaticMethodV:
    function: Value


@dataclass(frozen=True, slots=True, eq=False)
class ClassMethodV:
    function: Value


@dataclass(frozen=True, slots=True, eq=False)
class PartialV:
    """functools.partial."""

    function: Value
    args: tuple[Value, ...]
    kwargs: dict[str, Value]


@quick
@dataclass(frozen=True, slots=True, eq=False)
class SuperV:
    """`super()`: look up behind `after` in the MRO of `self` (an Instance or a ClassV)."""

    after: ClassV
    self: Value


@dataclass(frozen=True, slots=True, eq=False)
class RangeV:
    """range whose bounds are not all ints; a range of ints is Python's own `range`."""

    start: Value
    stop: Value
    step: Value
