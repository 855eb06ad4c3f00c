"""importlib: modules by name, whether one is installed, and the versions of what is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import ListV, ModuleV, Reason, Scalar, Value
from .. import imports, native_names
from .registry import CONSTANTS, MODULES, native, plain_class
from .support import unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update(("importlib", "importlib.util", "importlib.metadata", "importlib.machinery", "importlib.abc"))
plain_class("importlib.machinery.ModuleSpec")
plain_class("importlib.abc.Loader")
plain_class("importlib.abc.MetaPathFinder")
plain_class("importlib.metadata.PackageNotFoundError", "builtins.ModuleNotFoundError")
CONSTANTS["importlib.machinery.ModuleSpec.submodule_search_locations"] = ListV([])


@native("importlib.import_module")
def import_module(it: Interp, name: Value, package: Value = None) -> Value:
    if not isinstance(name, str):
        return unknown_of(it, [name], "import_module")
    level = len(name) - len(name.lstrip("."))
    if level:
        if not isinstance(package, str):
            return unknown_of(it, [package], "import_module")
        name = imports.absolute_name(ModuleV(package, {}, package=package), name[level:], level)
    return imports.import_module(it, name, it.here())


@native("importlib.util.find_spec")
def find_spec(it: Interp, name: Value, package: Value = None) -> Value:
    """None for a module that is not installed; unknown where no environment with PyTorch is known."""
    if not isinstance(name, str) or name.startswith("."):
        return unknown_of(it, [name], "find_spec")
    loader = it.request.loader
    if not native_names.is_native_module(it, name) and not loader.exists(name):
        return None if loader.exists("torch") else it.unknown(Reason.ENVIRONMENT, name)
    return it.new("importlib.machinery.ModuleSpec", name=name, origin=Scalar("str"), loader=None)


@native("importlib.metadata.version")
def version(it: Interp, distribution_name: Value) -> Value:
    if not isinstance(distribution_name, str):
        return Scalar("str")
    loader = it.request.loader
    found = loader.version(distribution_name)
    if found is None and loader.exists("torch") and not loader.exists(distribution_name):
        return it.fail("ModuleNotFoundError", f"No package metadata was found for {distribution_name}")
    return Scalar("str") if found is None else found


@native("importlib.metadata.packages_distributions", "importlib.metadata.metadata", "importlib.metadata.distribution")
def distributions(it: Interp, *args: Value) -> Value:
    return it.unknown(Reason.ENVIRONMENT, "distributions")


@native("importlib.reload")
def reload(it: Interp, module: Value) -> Value:
    return module if isinstance(module, ModuleV) else unknown_of(it, [module])


@native("builtins.__import__")
def dunder_import(it: Interp, name: Value, *args: Value, **kwargs: Value) -> Value:
    """`import a.b` gives a."""
    if not isinstance(name, str) or args or kwargs:
        return unknown_of(it, [name], "a module's name")
    import_module(it, name)
    return import_module(it, name.partition(".")[0])
