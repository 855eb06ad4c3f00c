"""What Tensight's tables say of qualified names: natives, constants, classes, rules, layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..modules.registry import LAYERS
from ..ops import RULES
from ..values import DTYPES, OpFunction, Value
from .natives.documenting import DOCUMENTING
from .natives.registry import ALIASES, CONSTANTS, MODULES, NATIVES, PROPERTIES

if TYPE_CHECKING:
    from .machine import Interp

#: Packages whose native names are also reachable through their implementation modules.
_FOLDED = ("torch", "torchvision", "numpy", "einops", "collections")
#: Module names that are never left out when a name is looked for one level up.
_KEPT = frozenset(
    {"nn", "functional", "linalg", "fft", "special", "random", "utils", "data", "init", "cuda", "jit", "optim"}
)


#: Packages written in Python on top of PyTorch's functions: their own source says more than the table, which answers
#: where PyTorch is not installed.
_BETTER_READ = ("torch.distributions",)


def is_read(it: Interp, name: str) -> bool:
    """Whether a name belongs to a package whose source is at hand and goes before the tables."""
    return any(name.startswith(package) and it.request.loader.find(package) is not None for package in _BETTER_READ)


def _look(it: Interp, qualified: str) -> Value:
    qualified = ALIASES.get(qualified, qualified)
    if qualified in NATIVES:
        return NATIVES[qualified]
    if qualified in DOCUMENTING:
        return DOCUMENTING[qualified]
    if qualified in CONSTANTS:
        return CONSTANTS[qualified]
    if it.world.is_class(qualified):
        return it.native_class(qualified)
    if qualified in RULES or qualified in LAYERS:
        return OpFunction(qualified)
    if qualified.startswith("torch.") and qualified[6:] in DTYPES:
        return DTYPES[qualified[6:]]
    return None


def is_native_module(it: Interp, name: str) -> bool:
    """Whether Tensight provides the module itself (with torch's own source behind it, for torch)."""
    top = name.partition(".")[0]
    if name in MODULES or top in ("torch", "numpy", "einops", "einx"):
        return True
    return bool(it.world.members(name)) and top not in ("torchvision",)


def native_lookup(it: Interp, qualified: str) -> Value:
    """What the tables say of a qualified name; None if nothing."""
    computed = PROPERTIES.get(qualified)
    if computed is not None:
        return computed(it, None)
    cache = it.world.natives
    if qualified in cache:
        return cache[qualified]
    read = is_read(it, qualified)
    value = None if read else _look(it, qualified)
    if value is None and not read and qualified.startswith(_FOLDED):
        parts = qualified.split(".")
        for drop in range(len(parts) - 2, 0, -1):
            folded = ".".join(parts[:drop] + parts[drop + 1 :])
            if len(parts) > 2 and parts[drop] not in _KEPT:
                value = _look(it, folded)
                if value is not None:
                    break
        if value is None and qualified.startswith("torch.nn.modules."):
            value = _look(it, f"torch.nn.{parts[-1]}")
    cache[qualified] = value
    return value
