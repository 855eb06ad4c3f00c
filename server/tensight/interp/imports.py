"""Imports: lazy names, native modules, the user's and the libraries' source files, star imports, submodules."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..modules.registry import LAYERS
from ..ops import RULES
from ..quick import quick
from ..syntax.span import Span
from ..values import DictV, FunctionV, ListV, ModuleV, OpFunction, Reason, Unknown, Value
from ..values.join import same
from . import deferred, lazy_packages, torch_source
from .absent import ABSENT
from .execution import execute
from .frame import Frame
from .native_names import is_native_module, is_read, native_lookup
from .natives.registry import BASES, CONSTANTS, MODULES
from .natives.state import follow_search_path

if TYPE_CHECKING:
    from .machine import Interp
    from .ports import Source

#: Libraries that are never read: what they return says nothing about tensors, or they are mostly compiled.
OPAQUE = frozenset({
    "numpy", "scipy", "pandas", "matplotlib", "sklearn", "tensorflow", "jax", "cv2", "PIL", "skimage",
    "requests", "yaml", "wandb", "tensorboard", "tensorboardX", "mlflow", "tqdm", "h5py", "sympy", "networkx",
    "seaborn", "plotly", "nltk", "spacy", "huggingface_hub", "datasets", "tokenizers", "safetensors", "triton",
    "onnx", "onnxruntime", "pytest", "setuptools", "ray", "gym", "gymnasium", "imageio", "librosa", "psutil",
    "absl", "hydra", "omegaconf", "rich", "click", "fire", "colorama", "numba", "joblib", "boto3", "flask",
    "fastapi", "labml", "pydantic", "torchtext", "regex", "jinja2", "markupsafe",
})  # fmt: skip


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Lazy:
    """A name bound by an import that was not followed yet: the module `name`, or `attribute` of it."""

    name: str
    attribute: str | None
    span: Span | None
    user: bool


def resolve(it: Interp, value: Value) -> Value:
    """A value read from a namespace: follow a lazy import."""
    if type(value) is not Lazy:
        return value
    if value.attribute is None:
        return import_module(it, value.name, value.span, value.user)
    return import_from(it, value.name, value.attribute, value.span, value.user)


def _lasts(it: Interp, lazy: Lazy) -> bool:
    """Whether what an import named stays the same in later analyses: it comes from no file of one analysis."""
    if lazy.name in it.modules:
        return False
    if lazy.attribute is None:
        return True
    source = it.world.modules.get(lazy.name)
    held = source.namespace.get(lazy.attribute) if source is not None else None
    return type(held) is not Lazy and f"{lazy.name}.{lazy.attribute}" not in it.modules


def kept(it: Interp, namespace: dict[str, Value], lazy: Lazy, found: Value) -> Value:
    """What a namespace holds once an import was followed: that of a library, which all analyses share, goes on
    holding the import where what it found belongs to one analysis."""
    name = namespace.get("__name__")
    owner = it.world.modules.get(name) if isinstance(name, str) else None
    if owner is not None and owner.namespace is namespace and not _lasts(it, lazy):
        return lazy
    return found


#: What PyTorch had once and has not had since 1.8: to ask for it raises.
REMOVED = frozenset(
    f"torch.{name}"
    for name in ("rfft", "irfft", "ifft", "gels", "gesv", "potrf", "potri", "potrs", "pstrf", "trtrs", "btrifact",
                 "btrisolve")
)  # fmt: skip
# ---- modules


def import_module(it: Interp, name: str, span: Span | None = None, user: bool = False) -> Value:
    """The module of an absolute name, executed if it is source. Unknown if it cannot be found or is opaque."""
    found = it.modules.get(name) or it.world.modules.get(name)
    if found is not None:
        if it.world.reaches:
            _reach(it, name)
        return found
    follow_search_path(it)
    if is_native_module(it, name):
        if name not in MODULES and not _known_torch_module(it, name):
            return _missing(it, name, span, user)
        module = ModuleV(name, {}, native=True)
        it.world.modules[name] = module
        return module
    top = name.partition(".")[0]
    if name == "__main__" and "__main__" in it.modules:
        return it.modules["__main__"]
    source = it.request.loader.find(name)
    if source is not None and top in OPAQUE and not source.user:
        source = None
    if source is not None and source.user and top in sys.stdlib_module_names and _hides_nothing(it, source, top):
        return Unknown(Reason.OPAQUE, name, span)
    if source is None:
        if top not in OPAQUE and it.request.loader.is_namespace(name):
            module = ModuleV(name, {"__name__": name}, package=name)
            it.modules[name] = module
            return module
        if any(m.startswith(name + ".") for m in MODULES):  # not installed, but parts of it are provided
            it.modules[name] = ModuleV(name, {}, native=True)
            return it.modules[name]
        return _missing(it, name, span, user)
    if "." in name:
        import_module(it, name.rpartition(".")[0], span, user)
        imported = it.modules.get(name) or it.world.modules.get(name)  # by the package itself
        if imported is not None:
            return imported
    return execute(it, source)


def _reach(it: Interp, name: str) -> None:
    """A library module that an earlier analysis has run: the files of the user's that it imports run again."""
    for user, waits in it.world.reaches.get(name, {}).items():
        for reached in it.reaching:
            reached[user] = waits and reached.get(user, True)
        if user in it.rerun:
            continue
        it.rerun.add(user)
        source = it.request.loader.find(user) if waits else None
        if source is None:
            import_module(it, user)
        elif user not in it.modules:
            it.deferred.put_off(source, user)


def _hides_nothing(it: Interp, source: Source, top: str) -> bool:
    """Whether a library asks for a module of the standard library, and the user's file of that name lies elsewhere
    than beside the script, where Python would find it first."""
    importer = it.frames[-1].module if it.frames else None
    if importer is None or it.world.modules.get(importer.name) is not importer:
        return False
    beside = f"{it.request.entry.path.rpartition('/')[0]}/{top}"
    return not (source.path or source.file).startswith((f"{beside}.py", f"{beside}/"))


def _known_torch_module(it: Interp, name: str) -> bool:
    if name.count(".") == 0 or it.world.members(name):
        return True
    if name in it.world.prefixes or it.world.is_class(name):
        return True
    return it.request.loader.find(name) is not None or not name.startswith("torch")


def _missing(it: Interp, name: str, span: Span | None, user: bool) -> Value:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top in OPAQUE:
        if top not in sys.stdlib_module_names and it.request.loader.find(top) is None and it.handlers:
            _raise_missing(it, name)
        return Unknown(Reason.OPAQUE, name, span)
    _raise_missing(it, name)
    if user and span is not None and all(found != name for found, _ in it.missing):
        it.missing.append((name, span))
    return Unknown(Reason.IMPORT, name, span)


def _raise_missing(it: Interp, name: str) -> None:
    """Inside a `try` that catches it, a missing module is an ImportError."""
    from . import diagnose

    diagnose.throw(it, diagnose.make_exception(it, "ModuleNotFoundError", f"No module named {name!r}"))


def import_from(it: Interp, name: str, attribute: str, span: Span | None = None, user: bool = False) -> Value:
    """`from name import attribute`."""
    qualified = f"{name}.{attribute}"
    native = native_lookup(it, qualified)
    if native is not None or qualified in CONSTANTS:  # a constant may be None
        return native
    module = import_module(it, name, span, user)
    if not isinstance(module, ModuleV):
        return Unknown(module.reason, qualified, span) if isinstance(module, Unknown) else module
    value = module_attribute(it, module, attribute)
    if value is ABSENT:
        if module.state in ("running", "failed"):
            return Unknown(Reason.IMPORT, qualified, span)
        _raise_missing(it, qualified)
        return Unknown(Reason.IMPORT, qualified, span)
    return value


def module_attribute(it: Interp, module: ModuleV, name: str) -> Value:
    """`module.name`, or ABSENT."""
    namespace = module.namespace
    if module.name.startswith("torchvision.ops."):
        provided = native_lookup(it, f"{module.name}.{name}")  # compiled kernels behind Python that checks for them
        if provided is not None:
            return provided
    if name in namespace:
        value = namespace[name]
        if type(value) is not Lazy:
            return value
        # `from . import name` in a package names itself: without the entry, the submodule is found
        del namespace[name]
        found = resolve(it, value)
        namespace[name] = kept(it, namespace, value, found)
        return found
    qualified = f"{module.name}.{name}"
    native = native_lookup(it, qualified)
    if native is not None or qualified in CONSTANTS:  # a constant may be None
        return native
    if module.native:
        return _native_attribute(it, module, name, qualified)
    if name == "__dict__":
        return DictV(namespace)
    if module.name != "__main__" and (module.file is None or module.package == module.name):
        source = it.request.loader.find(qualified)
        if source is not None or it.request.loader.is_namespace(qualified):
            return import_module(it, qualified)
    hook = namespace.get("__getattr__")
    if isinstance(hook, FunctionV):
        return it.call(hook, [name])
    found = lazy_packages.find(it, module, name) if module.stars else ABSENT
    if found is ABSENT and "*" in namespace:  # all names of a module that is not followed
        return Unknown(Reason.IMPORT, qualified)
    return found


def _native_attribute(it: Interp, module: ModuleV, name: str, qualified: str) -> Value:
    """An attribute of a native module that no table has: a submodule, torch's own source, an operation, opaque."""
    if name == "__version__":
        return it.request.loader.version(module.name) or Unknown(Reason.ENVIRONMENT, qualified)
    if name.startswith("__"):
        return {"__name__": module.name}.get(name, ABSENT)
    if not is_read(it, qualified) and (
        qualified in MODULES or it.world.members(qualified) or qualified in it.world.prefixes
    ):
        return import_module(it, qualified)
    if qualified in REMOVED:
        return ABSENT
    top = module.name.partition(".")[0]
    if top in ("torch", "torchvision") and module.name != "torch":
        value = torch_source.find(it, module.name, name)
        if value is not None:
            return value
    if top == "torch":
        if not name.startswith("_") and it.request.loader.find(qualified) is not None:
            return import_module(it, qualified)
        return OpFunction(qualified)
    return Unknown(Reason.OPAQUE, qualified, it.here())


# ---- statements


def absolute_name(module: ModuleV, name: str | None, level: int) -> str:
    """The absolute name of `from ..name import`."""
    if level == 0:
        return name or ""
    package = module.package
    for _ in range(level - 1):
        package = package.rpartition(".")[0]
    return f"{package}.{name}" if name and package else (name or package)


def bind_import(it: Interp, frame: Frame, name: str, asname: str | None, span: Span | None, user: bool) -> Value:
    """The value that `import a.b [as c]` binds."""
    follow_search_path(it)
    target = name if asname else name.partition(".")[0]
    if it.handlers or _is_user(it, name):
        module = import_module(it, name, span, user)
        if not asname and not (isinstance(module, Unknown) and target == name):
            module = import_module(it, target, span, user)
        return kept(it, frame.globals, Lazy(target, None, span, user), module)
    if not asname and "." in name:
        return Lazy(target, None, span, user)
    return Lazy(name, None, span, user)


def _is_user(it: Interp, name: str) -> bool:
    """Whether a file of the user's imports another one: it runs at once, as its effects may be what is looked at."""
    if it.journal.is_library:
        return False
    top = name.partition(".")[0]
    if is_native_module(it, top) or top in sys.stdlib_module_names:
        return False
    source = it.request.loader.find(name)
    return source is not None and (source.user or source.file in it.user_files)


def bind_from(it: Interp, frame: Frame, name: str, attribute: str, span: Span | None, user: bool) -> Value:
    """The value that `from name import attribute` binds."""
    follow_search_path(it)
    if it.handlers or _is_user(it, name) or _is_user(it, f"{name}.{attribute}"):
        if user or not deferred.put_off_name(it, name, attribute):
            found = import_from(it, name, attribute, span, user)
            return kept(it, frame.globals, Lazy(name, attribute, span, user), found)
    return Lazy(name, attribute, span, user)


def star_names(it: Interp, name: str, span: Span | None, user: bool) -> dict[str, Value]:
    """What `from name import *` binds."""
    listed = deferred.put_off(it, name)
    if listed is not None:
        return {item: Lazy(name, item, span, user) for item in listed}
    module = import_module(it, name, span, user)
    if not isinstance(module, ModuleV):
        return {}
    if module.native:
        if is_read(it, name):
            return {item: Lazy(name, item, span, user) for item in torch_source.public(it, name)}
        names = dict(it.world.members(name))
        prefix = name + "."
        for table in (RULES, LAYERS, BASES):
            for qualified in table:
                if qualified.startswith(prefix) and "." not in qualified[len(prefix) :]:
                    short = qualified[len(prefix) :]
                    names[short] = native_lookup(it, qualified)
        return {k: v for k, v in names.items() if not k.startswith("_") and v is not None}
    public = module.namespace.get("__all__")
    if isinstance(public, ListV | tuple):
        listed = public.items if isinstance(public, ListV) else list(public)
        out = {}
        for item in listed:
            if isinstance(item, str):
                out[item] = module.namespace[item] if item in module.namespace else Lazy(name, item, span, user)
        return out
    if module.stars and not lazy_packages.few_stars(it, module):
        return {}
    return {k: v for k, v in module.namespace.items() if not k.startswith("_")}


__all__ = ["Lazy", "import_from", "import_module", "resolve", "same"]
