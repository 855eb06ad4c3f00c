"""PIL images: size and mode. `size` is (width, height), as PIL has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dims import Expr, fresh_unknown
from ...values import DTYPES, DType, Instance, Reason, Scalar, Tensor, Value
from .registry import CONSTANTS, MODULES, native, plain_class
from .support import items_of

if TYPE_CHECKING:
    from ..machine import Interp

IMAGE = "PIL.Image.Image"
MODULES.update({"PIL", "PIL.Image", "PIL.ImageOps", "PIL.ImageFilter", "PIL.ImageDraw", "PIL.ImageEnhance"})
plain_class(IMAGE)
#: Bands of a mode.
CHANNELS = {"L": 1, "1": 1, "P": 1, "I": 1, "F": 1, "I;16": 1, "LA": 2, "PA": 2, "RGB": 3, "YCbCr": 3, "HSV": 3,
            "LAB": 3, "RGBA": 4, "CMYK": 4, "RGBX": 4, "RGBa": 4}  # fmt: skip
for _i, _name in enumerate(("NEAREST", "LANCZOS", "BILINEAR", "BICUBIC", "BOX", "HAMMING")):
    CONSTANTS[f"PIL.Image.{_name}"] = _i
    CONSTANTS[f"PIL.Image.Resampling.{_name}"] = _i
CONSTANTS["PIL.Image.ANTIALIAS"] = 1
for _i, _name in enumerate(("FLIP_LEFT_RIGHT", "FLIP_TOP_BOTTOM", "ROTATE_90", "ROTATE_180", "ROTATE_270", "TRANSPOSE",
                            "TRANSVERSE")):  # fmt: skip
    CONSTANTS[f"PIL.Image.{_name}"] = _i
    CONSTANTS[f"PIL.Image.Transpose.{_name}"] = _i
#: The transpositions that swap width and height.
_SWAPS = (2, 4, 5, 6)
plain_class("PIL.Image.Resampling")
plain_class("PIL.Image.Transpose")


def image(it: Interp, mode: Value, width: Value, height: Value) -> Instance:
    """An image; a side that is no number is one that nobody knows."""
    width, height = (side if isinstance(side, int | Expr) else fresh_unknown(1) for side in (width, height))
    return it.new(IMAGE, mode=mode, size=(width, height), width=width, height=height)


def is_image(value: Value) -> bool:
    return isinstance(value, Instance) and value.cls.derives_from(IMAGE)


def size_of(value: Value) -> tuple[Value, Value]:
    """Width and height."""
    if isinstance(value, Instance):
        found = value.attrs.get("size")
        if isinstance(found, tuple) and len(found) == 2:
            return found[0], found[1]
    return fresh_unknown(1), fresh_unknown(1)


def mode_of(value: Value) -> Value:
    return value.attrs.get("mode", Scalar("str")) if isinstance(value, Instance) else Scalar("str")


def channels_of(mode: Value) -> Value:
    return CHANNELS[mode] if isinstance(mode, str) and mode in CHANNELS else fresh_unknown(1)


def dtype_of(mode: Value) -> DType | None:
    """The dtype of numpy.array(image)."""
    if not isinstance(mode, str):
        return None
    return {"I": DTYPES["int32"], "F": DTYPES["float32"], "1": DTYPES["bool"], "I;16": DTYPES["uint16"]}.get(
        mode, DTYPES["uint8"]
    )


def as_array(value: Value) -> Tensor:
    """`numpy.array(image)`: rows, columns, and bands if there are several."""
    width, height = size_of(value)
    mode = mode_of(value)
    if not isinstance(mode, str) or mode not in CHANNELS:
        return Tensor(None, None, "numpy")
    bands = CHANNELS[mode]
    dims = (height, width) if bands == 1 else (height, width, bands)
    return Tensor(dims, dtype_of(mode), "numpy")


# ---- making images
@native("PIL.Image.open")
def open_(it: Interp, fp: Value, *args: Value, **kwargs: Value) -> Value:
    return image(it, Scalar("str"), fresh_unknown(1), fresh_unknown(1))


@native("PIL.Image.new")
def new(it: Interp, mode: Value, size: Value, color: Value = 0) -> Value:
    items, rest = items_of(it, size)
    if rest is not None or len(items) != 2:
        items = [fresh_unknown(1), fresh_unknown(1)]
    return image(it, mode, items[0], items[1])


@native("PIL.Image.fromarray")
def fromarray(it: Interp, obj: Value, mode: Value = None) -> Value:
    if isinstance(obj, Tensor) and not obj.is_open and obj.rank in (2, 3):
        bands = obj.shape[2] if obj.rank == 3 else 1
        found: Value = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}.get(bands) if isinstance(bands, int) else None
        if obj.rank == 2 and obj.dtype is not DTYPES["uint8"]:
            found = None
        return image(it, mode if mode is not None else found or Scalar("str"), obj.shape[1], obj.shape[0])
    return image(it, Scalar("str") if mode is None else mode, fresh_unknown(1), fresh_unknown(1))


# ---- methods
@native(f"{IMAGE}.convert")
def convert(it: Interp, self: Value, mode: Value = None, *args: Value, **kwargs: Value) -> Value:
    return image(it, mode if mode is not None else Scalar("str"), *size_of(self))


@native(f"{IMAGE}.resize")
def resize(it: Interp, self: Value, size: Value, *args: Value, **kwargs: Value) -> Value:
    items, rest = items_of(it, size)
    if rest is not None or len(items) != 2:
        items = [fresh_unknown(1), fresh_unknown(1)]
    return image(it, mode_of(self), items[0], items[1])


@native(f"{IMAGE}.crop")
def crop(it: Interp, self: Value, box: Value = None) -> Value:
    if box is None:
        return image(it, mode_of(self), *size_of(self))
    items, rest = items_of(it, box)
    if rest is not None or len(items) != 4:
        return image(it, mode_of(self), fresh_unknown(1), fresh_unknown(1))
    width, height = it.binary("-", items[2], items[0]), it.binary("-", items[3], items[1])
    known = [v if isinstance(v, int) else fresh_unknown(0) for v in (width, height)]
    return image(it, mode_of(self), known[0], known[1])


@native(f"{IMAGE}.transpose")
def transpose(it: Interp, self: Value, method: Value) -> Value:
    width, height = size_of(self)
    if not isinstance(method, int):
        return image(it, mode_of(self), fresh_unknown(1), fresh_unknown(1))
    return image(it, mode_of(self), height, width) if method in _SWAPS else image(it, mode_of(self), width, height)


@native(f"{IMAGE}.rotate")
def rotate(it: Interp, self: Value, angle: Value, resample: Value = 0, expand: Value = False, *args: Value,
           **kwargs: Value) -> Value:  # fmt: skip
    if expand is False or expand == 0:
        return image(it, mode_of(self), *size_of(self))
    return image(it, mode_of(self), fresh_unknown(1), fresh_unknown(1))


@native(f"{IMAGE}.copy", f"{IMAGE}.filter", f"{IMAGE}.point", f"{IMAGE}.effect_spread")
def same(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return image(it, mode_of(self), *size_of(self))


@native(f"{IMAGE}.thumbnail")
def thumbnail(it: Interp, self: Value, size: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(self, Instance):
        width, height = fresh_unknown(1), fresh_unknown(1)
        for name, value in (("size", (width, height)), ("width", width), ("height", height)):
            it.journal.write(self, name, value)
    return None


@native(f"{IMAGE}.save", f"{IMAGE}.show", f"{IMAGE}.close", f"{IMAGE}.load", f"{IMAGE}.verify", f"{IMAGE}.paste",
        f"{IMAGE}.putpixel", f"{IMAGE}.seek", f"{IMAGE}.__exit__")  # fmt: skip
def nothing(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return None


@native(f"{IMAGE}.__enter__")
def enter(it: Interp, self: Value) -> Value:
    return self


@native(f"{IMAGE}.split")
def split(it: Interp, self: Value) -> Value:
    bands = channels_of(mode_of(self))
    if not isinstance(bands, int):
        return it.unknown(Reason.DATA_DEPENDENT, "bands of an image")
    return tuple(image(it, "L", *size_of(self)) for _ in range(bands))


@native(f"{IMAGE}.getbands")
def getbands(it: Interp, self: Value) -> Value:
    bands = channels_of(mode_of(self))
    if not isinstance(bands, int):
        return it.unknown(Reason.DATA_DEPENDENT, "bands of an image")
    return tuple(Scalar("str") for _ in range(bands))
