"""warnings and logging: silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import Instance, ListV, Native, Scalar, Value
from .registry import CONSTANTS, MODULES, NATIVES, native, native_class, plain_class
from .state import process

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.update(("warnings", "logging", "logging.handlers", "logging.config"))
for _name in ("warn", "warn_explicit", "filterwarnings", "simplefilter", "resetwarnings", "showwarning"):
    NATIVES[f"warnings.{_name}"] = Native(f"warnings.{_name}", lambda it, args, kwargs: None)
plain_class("warnings.catch_warnings")


@native("warnings.catch_warnings.__init__", "warnings.catch_warnings.__exit__")
def catch(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return None


@native("warnings.catch_warnings.__enter__")
def catch_enter(it: Interp, self: Value) -> Value:
    return ListV([])


@native("warnings.deprecated")
def deprecated(it: Interp, message: Value, /, **options: Value) -> Value:
    return NATIVES["typing.overload"]


# ---- logging
CONSTANTS.update({
    "logging.DEBUG": 10, "logging.INFO": 20, "logging.WARNING": 30, "logging.WARN": 30, "logging.ERROR": 40,
    "logging.CRITICAL": 50, "logging.FATAL": 50, "logging.NOTSET": 0,
})  # fmt: skip
_SAY = "debug info warning warn error exception critical fatal log"
_SET = """setLevel addHandler removeHandler addFilter removeFilter handle setFormatter flush close
    captureWarnings disable basicConfig shutdown addLevelName dictConfig fileConfig"""
plain_class("logging.Filterer")
plain_class("logging.Logger", "logging.Filterer")
plain_class("logging.LoggerAdapter", "logging.Logger")
for _name in (*_SAY.split(), *_SET.split()):
    for _owner in ("logging", "logging.Filterer", "logging.config"):
        NATIVES[f"{_owner}.{_name}"] = Native(f"{_owner}.{_name}", lambda it, args, kwargs: None)


@native("logging.getLogger", "logging.Logger.getChild", "logging.getLoggerClass")
def get_logger(it: Interp, *names: Value) -> Value:
    """One logger a name, as in Python."""
    name = next((n for n in names if isinstance(n, str)), "root")
    known = process(it).values
    key = f"logger {name}"
    if key not in known:
        known[key] = it.new("logging.Logger", name=name, handlers=ListV([]), propagate=True, level=0, disabled=False)
    return known[key]


@native("logging.Logger.isEnabledFor", "logging.Logger.hasHandlers")
def enabled(it: Interp, self: Value, *args: Value) -> Value:
    return Scalar("bool")


@native("logging.Logger.getEffectiveLevel")
def level(it: Interp, self: Value) -> Value:
    return Scalar("int")


def _opened(it: Interp, cls: Value, *args: Value, **kwargs: Value) -> Value:
    made = Instance(cls, {}, it.here())
    made.open = True
    return made


for _name in ("Handler", "StreamHandler", "FileHandler", "NullHandler", "Formatter", "Filter", "LogRecord"):
    native_class(f"logging.{_name}", "logging.Filterer")(_opened)
for _name in ("RotatingFileHandler", "TimedRotatingFileHandler", "QueueHandler"):
    native_class(f"logging.handlers.{_name}", "logging.Handler")(_opened)
