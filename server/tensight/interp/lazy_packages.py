"""Packages that replace themselves by a lazy one: what they declare to type checkers is what they contain.

    if TYPE_CHECKING:
        from .modeling import *
    else:
        sys.modules[__name__] = LazyModule(__name__, …)

The declaration is followed instead of the replacement. Its star imports wait until a name is sought that nothing else
binds, and only the files that may define that name are run."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..values import ListV, ModuleV, Value
from .absent import ABSENT
from .quiet import absolute

if TYPE_CHECKING:
    from .machine import Interp

#: Star imports that `from package import *` follows at once; more would run a whole library.
_FEW_STARS = 24
#: Star imports behind star imports whose texts are looked at; a name behind more of them is taken to be there.
_MOST_STARS = 4
_STAR = re.compile(r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+\*", re.MULTILINE)


def declares(node: ast.If) -> bool:
    """Whether this is `if TYPE_CHECKING: … else: sys.modules[__name__] = …`."""
    if not node.orelse or not any(_name(part) == "TYPE_CHECKING" for part in _alternatives(node.test)):
        return False
    return any(
        isinstance(part, ast.Assign) and any(_is_own_entry(place) for place in part.targets) for part in node.orelse
    )


def _alternatives(test: ast.expr) -> list[ast.expr]:
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else [test]


def _name(node: ast.expr) -> str | None:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def _is_own_entry(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and _name(node.value) == "modules" and _name(node.slice) == "__name__"


def find(it: Interp, module: ModuleV, name: str) -> Value:
    """The value of a name among the star imports that wait in a module, or ABSENT."""
    from . import imports

    if name.startswith("_"):
        return ABSENT
    for star in sorted(module.stars, key=lambda star: -_affinity(star, name)):
        if not _may_define(it, star, name):
            continue
        found = imports.import_module(it, star)
        if isinstance(found, ModuleV) and _exports(found, name):
            value = imports.module_attribute(it, found, name)
            if value is not ABSENT:
                # what comes from a file of the user's, at the end of the chain, lives for one analysis
                if name in found.namespace and it.world.modules.get(found.name) is found:
                    module.namespace[name] = value
                return value
    return ABSENT


def _affinity(star: str, name: str) -> int:
    """Only the order of the search: `bert` is looked into first for `BertModel`."""
    last = star.rpartition(".")[2].replace("_", "").lower()
    return len(last) if name.lower().startswith(last) else 0


def _may_define(it: Interp, star: str, name: str, within: int = _MOST_STARS) -> bool:
    """Whether a module can define a name, by its text and those of its star imports: running it would cost far more."""
    source = it.request.loader.find(star)
    if source is None:
        return False
    text = source.text
    if "import *" in text:
        inner = _STAR.findall(text)
        if within == 0 or name in text or text.count("import *") != len(inner):
            return True
        return any(_may_define(it, absolute(source, module), name, within - 1) for module in inner)
    if name not in text:
        return False
    if "__all__" in text:
        return re.search(rf"[\"']{re.escape(name)}[\"']", text) is not None
    return re.search(rf"^\s*(class |def |async def |from .*|import .*|)\b{re.escape(name)}\b", text, re.M) is not None


def _exports(module: ModuleV, name: str) -> bool:
    """Whether `from module import *` binds the name: what `__all__` leaves out is not there."""
    public = module.namespace.get("__all__")
    if isinstance(public, ListV | tuple):
        return name in (public.items if isinstance(public, ListV) else public)
    return name in module.namespace or bool(module.stars)


def few_stars(it: Interp, module: ModuleV) -> bool:
    """Runs the star imports that wait in a module, if they are few. Whether none waits then."""
    from . import imports

    if len(module.stars) > _FEW_STARS:
        return False
    for star in module.stars:
        for name, value in imports.star_names(it, star, None, False).items():
            lazy = imports.Lazy(star, name, None, False)
            module.namespace.setdefault(name, imports.kept(it, module.namespace, lazy, value))
    module.stars.clear()
    return True


__all__ = ["declares", "few_stars", "find"]
