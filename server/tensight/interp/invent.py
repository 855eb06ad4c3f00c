"""Arguments for constructors that nobody calls: defaults stay, sizes become symbols named after their parameters."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from ..dims import Dim, Expr, data_for, substitute
from ..values import ClassV, FunctionV, Instance, ListV, Native, Reason, Scalar, SomeSize, Unknown, Value
from ..values.containers import stamp
from .frame import Code, Parameter
from .roots import ITEMS, Root

if TYPE_CHECKING:
    from .machine import Interp

_KINDS = {"float": "float", "bool": "bool", "str": "str"}
#: Words of names that are not sizes, by what people call things.
_NOT_SIZES = frozenset({
    "act", "activation", "activations", "alpha", "args", "attn", "backbone", "beta", "betas", "bias",
    "bidirectional", "block", "blocks", "bn", "callback", "causal", "cfg", "class", "cls", "conf", "config",
    "criterion", "decoder", "device", "dropout", "drop", "dtype", "embed", "embedding", "encoder", "ep", "eps",
    "epsilon", "feed", "fn", "fc", "flash", "flag", "forward", "func", "gamma", "generator", "gain", "has", "hook",
    "hparams", "init", "is", "item", "kwargs", "label", "lambda", "layer", "loss", "lr", "mask", "mode", "model",
    "models", "module", "modules", "momentum", "name", "names", "net", "network", "norm", "normalization",
    "normalize", "op", "optimizer", "options", "opt", "opts", "p", "padding", "path", "pe", "pool", "pooling",
    "pretrained", "prob", "probability", "rate", "ratio", "reduction", "residual", "return", "root", "scale",
    "schedule", "scheduler", "std", "sublayer", "teacher", "student", "temperature", "tokenizer", "transform",
    "transformer", "type", "use", "verbose", "vocab", "weight", "weights", "with", "discriminator", "classifier",
    "extractor", "logger", "dataset", "loader",
})  # fmt: skip
#: Last words that make a name a size, whatever the others are.
_SIZES = frozenset({
    "size", "sizes", "dim", "dims", "channels", "channel", "features", "feature", "heads", "classes", "len",
    "length", "num", "number", "depth", "width", "height", "planes", "filters", "hidden", "units", "tokens",
    "positions", "layers", "n", "k", "experts", "groups", "blocks", "levels", "steps",
})  # fmt: skip
#: What people call the object that holds all settings.
_CONFIGS = frozenset({"config", "cfg", "conf", "args", "opt", "opts", "options", "params", "hparams", "hp", "configs"})
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
#: Annotations of lists of any length.
_LISTS = frozenset({"List", "list", "Sequence", "Iterable", "Tuple", "tuple", "Collection"})
#: Settings objects inside settings objects that are followed.
_MOST_NESTED = 3


def is_size_name(name: str) -> bool:
    """Whether a parameter or setting of that name is likely a number of something."""
    words = [w.lower() for w in _WORDS.findall(name)]
    if not words or words[0] in ("use", "is", "has", "with", "no", "return", "add"):
        return False
    if len(words) > 1 and (words[-1] in _SIZES or words[0] in ("n", "num", "dim", "d")):
        return words[-1] not in ("fn", "layer", "type")
    if words[-1].endswith("s") and len(words) == 1 and words[0] in ("layers", "sizes", "dims", "features", "blocks"):
        return False
    return not any(w in _NOT_SIZES for w in words)


def _lists_sizes(annotation: str, name: str) -> bool:
    """Whether a parameter is a list of sizes, by its annotation, or where that leaves it open by its name as well."""
    base, _, inner = annotation.removeprefix("typing.").partition("[")
    if base not in _LISTS:
        return False
    return inner in ("int]", "int, ...]") or (not inner and is_size_name(name) and name.endswith("s"))


class Arguments:
    """What a constructor is called with; symbols that turn out to be something else are replaced in later rounds."""

    def __init__(self, it: Interp, root: Root) -> None:
        self.it, self.root = it, root
        #: whether anything was invented: what follows is nothing that anybody wrote
        self.invented = False
        #: the symbols that were used
        self.names: set[str] = set()

    def of(self, init: FunctionV, depth: int = 0) -> dict[str, Value]:
        """Arguments for the parameters without a default."""
        code: Code = init.code
        if code.vararg is not None:
            self.invented = True
        required = code.n_positional - len(init.defaults)
        parameters = list(code.parameters[1:required])
        parameters += [p for p in code.parameters if p.kind == "keyword" and p.name not in init.kw_defaults]
        return {p.name: self._invent(p, init, depth) for p in parameters}

    def symbol(self, name: str) -> Dim:
        """The size of that name in this root, with what was learned of it."""
        self.invented = True
        self.names.add(name)
        made = self.root.symbols.get(name)
        if made is None:
            made = self.root.symbol(name)
        return self._settled(made)

    def _sizes(self, name: str) -> ListV:
        """A list of one or more sizes, which are the same ones in all rounds of this root."""
        key = self.root.lists.setdefault(name, stamp())
        return ListV([data_for(("item", key, 0), name, 1)], SomeSize("int", name, key))

    def _settled(self, dim: Expr) -> Dim:
        return substitute(dim, self.root.learned) if self.root.learned else dim

    def _invent(self, parameter: Parameter, init: FunctionV, depth: int) -> Value:
        name = parameter.name
        self.invented = True
        annotation = ast.unparse(parameter.annotation) if parameter.annotation is not None else ""
        if annotation in _KINDS:
            return Scalar(_KINDS[annotation])
        if annotation == "int":
            return self.symbol(name)
        if _lists_sizes(annotation, name):
            return self._sizes(name)
        fields = _fields_read(init.code.node, name)
        cls = self._annotated_class(parameter.annotation, init)
        if cls is not None and cls.derives_from("torch.nn.Module"):
            return self._module(cls, name, depth)
        if fields and cls is not None:
            return self._settings_of(cls, name)
        if fields and name in _CONFIGS:
            return self.settings(name)
        if annotation in ("", "Any", "typing.Any") and is_size_name(name) and not fields:
            return self.symbol(name)
        if annotation or fields:
            return Unknown(Reason.PARAMETER, name)
        if name in self.root.sizes:
            return self.symbol(name)
        if name + ITEMS in self.root.sizes:
            return self._sizes(name)
        return Unknown(Reason.PARAMETER, name, None, name if name not in self.root.entries else None)

    def _annotated_class(self, annotation: ast.expr | None, init: FunctionV) -> ClassV | None:
        """The class written in Python that the annotation names."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            text = annotation.value
        elif isinstance(annotation, ast.Name):
            text = annotation.id
        else:
            return None
        from . import imports

        found = imports.resolve(self.it, init.module.namespace.get(text))
        return found if isinstance(found, ClassV) and found.native is None else None

    def _module(self, cls: ClassV, name: str, depth: int) -> Value:
        """A module of the annotated class, built in the same way; parameters of one name are one symbol."""
        init = cls.lookup("__init__")
        if depth >= _MOST_NESTED or not isinstance(init, FunctionV) or not isinstance(cls.lookup("forward"), FunctionV):
            return Unknown(Reason.PARAMETER, name)
        return self.it.instantiate(cls, [], self.of(init, depth + 1))

    def _settings_of(self, cls: ClassV, name: str) -> Value:
        """An object of a settings class: its defaults, but each size in it is a symbol of that name."""
        made = self.it.instantiate(cls, [], {}) if stands_alone(cls) else None
        if not isinstance(made, Instance):
            return self.settings(name, cls)
        for key, value in list(made.attrs.items()):
            if type(value) is int and is_size_name(key):
                made.attrs[key] = self.symbol(key)
        made.open = any(base.open for base in made.cls.mro)
        return made

    def settings(self, name: str, cls: ClassV | None = None, depth: int = 0) -> Instance:
        """An object of which nothing is known but how it is read: sizes are symbols named after its attributes."""
        known: dict[str, Value] = {}

        def attribute(key: str) -> Value:
            if key not in known:
                if depth < _MOST_NESTED and key in _CONFIGS | {"model", "data", "encoder", "decoder"}:
                    known[key] = self.settings(key, None, depth + 1)
                elif is_size_name(key):
                    known[key] = self.symbol(key)
                else:
                    known[key] = Unknown(Reason.PARAMETER, f"{name}.{key}")
            return known[key]

        def getattr_(it: Any, args: list[Value], kwargs: dict[str, Value]) -> Value:
            key = args[1] if len(args) > 1 else None
            if not isinstance(key, str) or key.startswith("__"):
                return Unknown(Reason.PARAMETER, name)
            if key == "get":
                return Native(f"{name}.get", get)
            return attribute(key)

        def getitem(it: Any, args: list[Value], kwargs: dict[str, Value]) -> Value:
            key = args[1] if len(args) > 1 else None
            return attribute(key) if isinstance(key, str) else Unknown(Reason.PARAMETER, name)

        def get(it: Any, args: list[Value], kwargs: dict[str, Value]) -> Value:
            if len(args) > 1:
                return args[1]
            return attribute(args[0]) if args and isinstance(args[0], str) else Unknown(Reason.PARAMETER, name)

        hooks: dict[str, Value] = {
            "__getattr__": Native(f"{name}.__getattr__", getattr_),
            "__getitem__": Native(f"{name}.__getitem__", getitem),
        }
        base = self.it.native_class("builtins.object")
        made = ClassV(name, (cls or base,), hooks, open=True)
        made.mro = (made, *(cls.mro if cls is not None else (base,)))
        return Instance(made, {}, None, open=True)


def written(found: Any) -> FunctionV | None:
    """The function that the user wrote, without the decorators of libraries: what they add serves no shape."""
    while isinstance(found, FunctionV) and not found.code.user:
        found = found.attrs.get("__wrapped__")
    return found if isinstance(found, FunctionV) else None


def stands_alone(cls: ClassV) -> bool:
    """Whether `cls()` is a complete call, as far as its own `__init__` tells."""
    init = cls.lookup("__init__")
    init = written(init) or init
    if isinstance(init, FunctionV):
        code: Code = init.code
        keywords = [p for p in code.parameters if p.kind == "keyword" and p.name not in init.kw_defaults]
        return code.n_positional - len(init.defaults) <= 1 and not keywords
    return init is None or all(
        not isinstance(f, Instance) or f.attrs.get("init") is not True or _has_default(f)
        for f in _dataclass_fields(cls).values()
    )


def _dataclass_fields(cls: ClassV) -> dict[str, Value]:
    found = cls.lookup("__dataclass_fields__")
    items: dict[str, Value] = getattr(found, "items", {}) if found is not None else {}
    return items


def _has_default(found: Instance) -> bool:
    from .natives.support import MISSING

    return found.attrs.get("default", MISSING) is not MISSING or found.attrs.get("default_factory") is not MISSING


def _fields_read(node: Any, name: str) -> bool:
    """Whether the body reads attributes or text keys of the parameter."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id == name:
            return True
        if (
            isinstance(inner, ast.Subscript)
            and isinstance(inner.value, ast.Name)
            and inner.value.id == name
            and isinstance(inner.slice, ast.Constant)
            and isinstance(inner.slice.value, str)
        ):
            return True
    return False
