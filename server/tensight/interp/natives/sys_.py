"""sys: what programs ask of the interpreter they run on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ...values import DictV, Fields, Instance, Reason, Scalar, Unknown, Value
from ..errors import PyRaise
from .registry import CONSTANTS, MODULES, native, prop
from .state import process
from .support import in_library, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("sys")
CONSTANTS["sys.version_info"] = Fields(
    "version_info", ("major", "minor", "micro", "releaselevel", "serial"), (3, 11, 9, "final", 0)
)
CONSTANTS["sys.float_info"] = Fields(
    "float_info", ("max", "min", "epsilon"), (sys.float_info.max, sys.float_info.min, sys.float_info.epsilon)
)
CONSTANTS["sys.maxsize"] = 2**63 - 1
CONSTANTS["sys.byteorder"] = "little"
for _name in ("platform", "executable", "version", "prefix", "base_prefix"):
    CONSTANTS[f"sys.{_name}"] = Scalar("str")
for _name in (
    "stdin",
    "stdout",
    "stderr",
    "__stdout__",
    "__stderr__",
    "flags",
    "implementation",
    "meta_path",
    "warnoptions",
):
    CONSTANTS[f"sys.{_name}"] = Unknown(Reason.ENVIRONMENT, f"sys.{_name}")


@prop("sys.argv")
def argv(it: Interp, _: Value) -> Value:
    state = process(it)
    if not it.library_depth and not it.request.argv:
        state.arguments_read = True
    return state.argv


@prop("sys.path")
def path(it: Interp, _: Value) -> Value:
    return process(it).path


@prop("sys.modules")
def modules(it: Interp, _: Value) -> Value:
    """A snapshot of the modules that were followed; others may be there."""
    listed = {name: module for name, module in {**it.world.modules, **it.modules}.items() if ":" not in name}
    return DictV(dict(listed), None if in_library(it) else Unknown(Reason.IMPORT, "sys.modules"))


def raise_exit(it: Interp, code: Value) -> Value:
    """SystemExit: the script ends here, unless it is caught."""
    exc = Instance(
        it.native_class("builtins.SystemExit"), {"args": () if code is None else (code,), "code": code}, it.here()
    )
    raise PyRaise(exc, it.here(), it.certain, reported=True)


@native("sys.exit", "os._exit", "os.abort")
def exit_(it: Interp, code: Value = None, /) -> Value:
    return raise_exit(it, code)


@native("sys.getsizeof", "sys.getrefcount", "sys.getrecursionlimit")
def getsizeof(it: Interp, *args: Value) -> Value:
    return Scalar("int")


@native("sys.setrecursionlimit", "sys.settrace", "sys.setprofile", "sys.setswitchinterval", "sys.excepthook")
def setting(it: Interp, *args: Value) -> Value:
    return None


@native("sys.intern")
def intern(it: Interp, text: Value) -> Value:
    return text


@native("sys.exc_info")
def exc_info(it: Interp) -> Value:
    return tuple(it.unknown(Reason.ENVIRONMENT, "sys.exc_info") for _ in range(3))


@native("sys.gettrace", "sys._getframe")
def frame(it: Interp, *args: Value) -> Value:
    return unknown_of(it, args, "a frame")
