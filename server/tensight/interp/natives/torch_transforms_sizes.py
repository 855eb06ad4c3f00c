"""Arithmetic of image sizes, as torchvision does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dims import Truth, fresh_unknown, less
from ...values import Value

if TYPE_CHECKING:
    from ..machine import Interp


def resized(height: Value, width: Value, size: list[Value] | None, max_size: Value) -> tuple[Value, Value]:
    """(height, width) after Resize: two numbers are both sides, one is the shorter side."""
    if size is not None and len(size) == 2:
        return size[0], size[1]
    plain = isinstance(height, int) and isinstance(width, int) and size is not None and len(size) == 1
    if not plain or size is None or not isinstance(size[0], int) or not (max_size is None or isinstance(max_size, int)):
        return fresh_unknown(1), fresh_unknown(1)
    short, long = (width, height) if width <= height else (height, width)
    if short == 0:
        return fresh_unknown(1), fresh_unknown(1)
    new_short, new_long = size[0], int(size[0] * long / short)
    if max_size is not None and new_long > max_size:
        new_short, new_long = int(max_size * new_short / new_long), max_size
    return (new_long, new_short) if width <= height else (new_short, new_long)


def padded(it: Interp, height: Value, width: Value, padding: list[Value] | None) -> tuple[Value, Value]:
    """(height, width) after Pad: one number for all sides, (x, y), or (left, top, right, bottom)."""
    if padding is None or len(padding) not in (1, 2, 4):
        return fresh_unknown(1), fresh_unknown(1)
    if len(padding) == 4:
        left, top, right, bottom = padding
    else:
        left, top = right, bottom = padding[0], padding[-1]
    return it.binary("+", height, it.binary("+", top, bottom)), it.binary("+", width, it.binary("+", left, right))


def crop_fits(height: Value, width: Value, wanted_height: Value, wanted_width: Value) -> bool:
    """Whether a crop is not certainly larger than the image."""
    for have, want in ((height, wanted_height), (width, wanted_width)):
        try:
            if less(have, want) is Truth.YES:
                return False
        except TypeError:
            continue
    return True
