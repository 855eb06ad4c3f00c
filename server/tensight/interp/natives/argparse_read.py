"""An explicit argument list, read with Python's own argparse; values are converted by the program's `type`."""

from __future__ import annotations

import argparse
import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...values import Instance, ListV, Value
from .support import NO_KEY, to_host

if TYPE_CHECKING:
    from ..machine import Interp

_KINDS = {"store", "store_true", "store_false", "store_const", "append", "append_const", "count", "extend"}


@dataclass(slots=True)
class Found:
    """What the arguments say: by destination, which action said it, and what was left over."""

    values: dict[str, Value] = field(default_factory=dict)
    owner: dict[str, Instance] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


class _Const:
    """Stands for the `const` of an action, which may be no plain value."""


def read_arguments(it: Interp, actions: Sequence[Instance], given: Sequence[Value]) -> Found | None:
    """Read the arguments; None if they, or the actions, are not plain enough to be read."""
    if not given:
        return Found()
    if not all(isinstance(g, str) for g in given):
        return None
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=True)
    const = _Const()
    for position, action in enumerate(actions):
        if not _declare(parser, action, position, const):
            return None
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            namespace, left = parser.parse_known_args(list(given))
    except (SystemExit, argparse.ArgumentError, TypeError, ValueError):
        return None
    found = Found(left=list(left))
    for position, action in enumerate(actions):
        key = f"a{position}"
        if hasattr(namespace, key):
            dest = str(action.attrs["dest"])
            found.values[dest] = _convert(it, action, getattr(namespace, key), const)
            found.owner[dest] = action
    return found


def _declare(parser: argparse.ArgumentParser, action: Instance, position: int, const: _Const) -> bool:
    flags = action.attrs["option_strings"]
    kind = action.extra["kind"]
    options: dict[str, Any] = {"default": argparse.SUPPRESS, "dest": f"a{position}"}
    nargs = to_host(action.attrs.get("nargs"))
    if kind == "boolean":
        options["action"] = argparse.BooleanOptionalAction
    elif kind in _KINDS:
        options["action"] = kind
    else:
        return False
    if nargs is NO_KEY:
        return False
    if nargs is not None:
        options["nargs"] = nargs
    if "const" in action.attrs and kind in ("store", "store_const", "append_const"):
        options["const"] = const
    elif kind in ("store_const", "append_const"):
        options["const"] = None
    try:
        if action.extra["positional"]:
            del options["dest"]
            if nargs in ("?", "*"):
                options["default"] = argparse.SUPPRESS
            else:
                del options["default"]
            parser.add_argument(f"a{position}", **options)
        else:
            parser.add_argument(*flags.items, **options)
    except (TypeError, ValueError, argparse.ArgumentError):
        return False
    return True


def _convert(it: Interp, action: Instance, raw: Any, const: _Const) -> Value:
    if isinstance(raw, _Const):
        return action.attrs.get("const")
    if isinstance(raw, list):
        return ListV([_convert(it, action, r, const) for r in raw])
    kind = action.attrs.get("type")
    return it.call(kind, [raw]) if isinstance(raw, str) and kind is not None else raw
