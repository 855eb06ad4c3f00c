"""torch.save and torch.load: what the program certainly saved is what it loads from there."""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING

from ...values import Instance, Reason, Value
from .copy_ import deep
from .files import path_text
from .registry import native
from .state import process

if TYPE_CHECKING:
    from ..machine import Interp


def _path(file: Value) -> str | None:
    text = path_text(file)
    return None if text is None else normpath(text)


@native("torch.save")
def save(it: Interp, obj: Value, f: Value, *args: Value, **kwargs: Value) -> Value:
    """What is saved in an undecided branch, or to a place that is not known, may be anywhere or not."""
    saved, path = process(it).saved, _path(f)
    if path is not None:
        saved[path] = deep(it, obj, {}) if it.certain else None
    elif not isinstance(f, Instance):  # a buffer is no file
        saved.update(dict.fromkeys(saved))
    return None


@native("torch.load")
def load(it: Interp, f: Value, *args: Value, **kwargs: Value) -> Value:
    path = _path(f)
    saved = None if path is None else process(it).saved.get(path)
    return it.unknown(Reason.ENVIRONMENT, "depends on a file") if saved is None else deep(it, saved, {})
