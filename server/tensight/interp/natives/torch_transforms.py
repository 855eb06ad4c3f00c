"""torchvision.transforms: what they do to the size and the channels of images and tensors. v1, v2 and functional."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...dims import Expr, fresh_unknown
from ...values import DTYPES, DType, Instance, OneOf, Reason, Scalar, Tensor, Unknown, Value
from .registry import CONSTANTS, MODULES, native, plain_class
from .support import known_items
from .torch_images import channels_of, image, is_image, mode_of, size_of
from .torch_subclass import SIZED, following, marked
from .torch_transforms_sizes import crop_fits, padded, resized

if TYPE_CHECKING:
    from ..machine import Interp

V1, V2 = "torchvision.transforms", "torchvision.transforms.v2"
MODULES.update({V1, V2, f"{V1}.functional", f"{V2}.functional", f"{V1}.transforms"})
plain_class(f"{V1}.InterpolationMode")
for _mode in ("NEAREST", "NEAREST_EXACT", "BILINEAR", "BICUBIC", "BOX", "HAMMING", "LANCZOS"):
    CONSTANTS[f"{V1}.InterpolationMode.{_mode}"] = _mode.lower().replace("_", "-")
for _alias in (f"{V1}.functional.InterpolationMode", f"{V2}.InterpolationMode", f"{V2}.functional.InterpolationMode"):
    plain_class(_alias, f"{V1}.InterpolationMode")
#: How a transform works on one image: (it, its parameters, the image) → the result.
Work = Callable[["Interp", dict[str, Value], Value], Value]


# ---- reading and writing sizes
def height_and_width(value: Value) -> tuple[Value, Value]:
    if isinstance(value, Tensor):
        if not value.is_open and value.rank >= 2:
            return value.shape[-2], value.shape[-1]
        return fresh_unknown(1), fresh_unknown(1)
    width, height = size_of(value)
    return height, width


def with_size(it: Interp, value: Value, height: Value, width: Value) -> Value:
    """The image in another size; unknown where it is not known what kind of image it is."""
    height, width = (v if isinstance(v, int | Expr) else fresh_unknown(1) for v in (height, width))
    if isinstance(value, Tensor):
        if value.is_open or value.rank < 2:
            return Tensor(None, value.dtype, unknown=value.unknown or it.unknown(Reason.DATA_DEPENDENT, "an image"))
        return value.with_dims(*value.shape[:-2], height, width)
    return image(it, mode_of(value), width, height) if is_image(value) else _unknown(it, value)


def _unknown(it: Interp, value: Value) -> Value:
    if isinstance(value, Unknown):
        return Unknown(value.reason, value.detail, value.span)
    return it.unknown(Reason.UNSUPPORTED, "a transform of something that is not an image")


def sizes(it: Interp, value: Value) -> list[Value] | None:
    """A size given as an int or as a sequence."""
    if isinstance(value, int | Expr | Scalar):
        return [value]
    return None if isinstance(value, Unknown) else known_items(it, value)


def both_sizes(it: Interp, value: Value) -> tuple[Value, Value]:
    """(height, width) of a crop: one number stands for both."""
    found = sizes(it, value)
    if not found or len(found) > 2:
        return fresh_unknown(1), fresh_unknown(1)
    return found[0], found[-1]


# ---- conversions
def _of_mode(mode: Value, usual: DType, special: dict[str, DType]) -> DType | None:
    return special.get(mode, usual) if isinstance(mode, str) else None


def to_tensor(it: Interp, p: dict[str, Value], value: Value) -> Value:
    """(C, H, W), in [0, 1] where the image has bytes."""
    if is_image(value):
        height, width = height_and_width(value)
        mode = mode_of(value)
        dtype = _of_mode(mode, DTYPES["float32"], {"I": DTYPES["int32"], "I;16": DTYPES["int16"]})
        return Tensor((channels_of(mode), height, width), dtype)
    if isinstance(value, Tensor):
        if value.device != "numpy":
            return it.fail("TypeError", "pic should be PIL Image or ndarray. Got <class 'torch.Tensor'>")
        dtype = DTYPES["float32"] if value.dtype is DTYPES["uint8"] else value.dtype
        if value.is_open or value.rank not in (2, 3):
            return Tensor((fresh_unknown(1), fresh_unknown(1), fresh_unknown(1)), dtype)
        bands = value.shape[2] if value.rank == 3 else 1
        return Tensor((bands, value.shape[0], value.shape[1]), dtype)
    return Tensor((fresh_unknown(1), fresh_unknown(1), fresh_unknown(1)), None) if isinstance(value, Unknown) else (
        _unknown(it, value))  # fmt: skip


def to_tensor_or_pass(it: Interp, p: dict[str, Value], value: Value) -> Value:
    """As v2 has it: what is a tensor stays what it is."""
    is_torch = isinstance(value, Tensor) and value.device != "numpy"
    return value if is_torch else to_tensor(it, p, value)


def pil_to_tensor(it: Interp, p: dict[str, Value], value: Value) -> Value:
    """(C, H, W) in the dtype of the image; tensors pass through v2's ToImage."""
    if is_image(value):
        height, width = height_and_width(value)
        mode = mode_of(value)
        dtype = _of_mode(mode, DTYPES["uint8"], {"I": DTYPES["int32"], "F": DTYPES["float32"]})
        return Tensor((channels_of(mode), height, width), dtype)
    if isinstance(value, Tensor) and value.device == "numpy" and not value.is_open and value.rank in (2, 3):
        bands = value.shape[2] if value.rank == 3 else 1
        return Tensor((bands, value.shape[0], value.shape[1]), value.dtype)
    return value if isinstance(value, Tensor) else _unknown(it, value)


def to_pil(it: Interp, p: dict[str, Value], value: Value) -> Value:
    """An image whose mode follows from the number of channels."""
    mode: Value = p.get("mode")
    if not isinstance(value, Tensor) or value.is_open or value.rank not in (2, 3):
        return image(it, mode if mode is not None else Scalar("str"), fresh_unknown(1), fresh_unknown(1))
    shape = value.shape
    bands: Value
    if value.rank == 2:
        bands, height, width = 1, shape[0], shape[1]
    elif value.device == "numpy":
        height, width, bands = shape
    else:
        bands, height, width = shape
    if mode is None and isinstance(bands, int) and (bands != 1 or value.dtype in (DTYPES["uint8"], DTYPES["float32"])):
        mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}.get(bands)
    return image(it, mode if mode is not None else Scalar("str"), width, height)


def normalize(it: Interp, p: dict[str, Value], value: Value) -> Value:
    """In place, one mean a channel: refused where the numbers of channels differ."""
    if is_image(value):
        return it.fail("TypeError", "img should be Tensor Image. Got <class 'PIL.Image.Image'>")
    if not isinstance(value, Tensor):
        return _unknown(it, value)
    means = sizes(it, p.get("mean"))
    if means is not None and len(means) > 1 and not isinstance(p.get("mean"), Tensor):
        return it.op("torch.Tensor.sub_", value.alike(), Tensor((len(means), 1, 1), value.dtype))
    return value.alike()


def to_dtype(it: Interp, p: dict[str, Value], value: Value) -> Value:
    dtype = p.get("dtype")
    if not isinstance(value, Tensor):
        return value if is_image(value) else _unknown(it, value)
    return value.with_dtype(dtype if isinstance(dtype, DType) else None)


# ---- geometry
def resize(it: Interp, p: dict[str, Value], value: Value) -> Value:
    height, width = height_and_width(value)
    return with_size(it, value, *resized(height, width, sizes(it, p.get("size")), p.get("max_size")))


def center_crop(it: Interp, p: dict[str, Value], value: Value) -> Value:
    return with_size(it, value, *both_sizes(it, p.get("size", p.get("output_size"))))


def random_crop(it: Interp, p: dict[str, Value], value: Value) -> Value:
    """Refused where the padded image is smaller than the crop."""
    wanted = both_sizes(it, p.get("size"))
    height, width = height_and_width(value)
    if p.get("padding") is not None:
        height, width = padded(it, height, width, sizes(it, p.get("padding")))
    if p.get("pad_if_needed", False) is False and not crop_fits(height, width, *wanted):
        return it.fail("ValueError", f"Required crop size {wanted} is larger than input image size {(height, width)}")
    return with_size(it, value, *wanted)


def pad(it: Interp, p: dict[str, Value], value: Value) -> Value:
    height, width = height_and_width(value)
    return with_size(it, value, *padded(it, height, width, sizes(it, p.get("padding"))))


def crop(it: Interp, p: dict[str, Value], value: Value) -> Value:
    return with_size(it, value, p.get("height"), p.get("width"))


def rotate(it: Interp, p: dict[str, Value], value: Value) -> Value:
    if p.get("expand", False) is False:
        return with_size(it, value, *height_and_width(value))
    return with_size(it, value, fresh_unknown(1), fresh_unknown(1))


def five_crop(it: Interp, p: dict[str, Value], value: Value) -> Value:
    one = center_crop(it, p, value)
    return tuple(one for _ in range(5))


def ten_crop(it: Interp, p: dict[str, Value], value: Value) -> Value:
    return five_crop(it, p, value) * 2


def same(it: Interp, p: dict[str, Value], value: Value) -> Value:
    if isinstance(value, Tensor):
        return value.alike()
    return with_size(it, value, *height_and_width(value)) if is_image(value) else _unknown(it, value)


def grayscale(it: Interp, p: dict[str, Value], value: Value) -> Value:
    count = p.get("num_output_channels", 1)
    if isinstance(value, Tensor):
        if value.is_open or value.rank < 3:
            return Tensor(None, value.dtype, unknown=it.unknown(Reason.DATA_DEPENDENT, "an image"))
        bands = count if isinstance(count, int) else fresh_unknown(1)
        return value.with_dims(*value.shape[:-3], bands, *value.shape[-2:])
    if is_image(value):
        width, height = size_of(value)
        mode: Value = {1: "L", 3: "RGB"}.get(count) if isinstance(count, int) else None
        return image(it, Scalar("str") if mode is None else mode, width, height)
    return _unknown(it, value)


def unsettled(it: Interp, p: dict[str, Value], value: Value) -> Value:
    """A transform whose result depends on chance."""
    return with_size(it, value, fresh_unknown(1), fresh_unknown(1))


def three_channels(it: Interp, p: dict[str, Value], value: Value) -> Value:
    """A grey image as a coloured one."""
    return grayscale(it, {"num_output_channels": 3}, value)


_SAME = ("ColorJitter", "RandomHorizontalFlip", "RandomVerticalFlip", "RandomAffine", "RandomPerspective",
         "GaussianBlur", "RandomInvert", "RandomPosterize", "RandomSolarize", "RandomAdjustSharpness",
         "RandomAutocontrast", "RandomEqualize", "AutoAugment", "RandAugment", "TrivialAugmentWide", "AugMix",
         "RandomErasing", "ElasticTransform", "RandomGrayscale", "LinearTransformation", "RandomPhotometricDistort",
         "GaussianNoise", "RandomChannelPermutation", "SanitizeBoundingBoxes", "ClampBoundingBoxes", "ToPureTensor",
         "Identity", "JPEG")  # fmt: skip
#: Class → its parameters in order, what it does.
TRANSFORMS: dict[str, tuple[tuple[str, ...], Work]] = {
    "ToTensor": ((), to_tensor),
    "PILToTensor": ((), pil_to_tensor),
    "ToImage": ((), pil_to_tensor),
    "ToPILImage": (("mode",), to_pil),
    "Normalize": (("mean", "std", "inplace"), normalize),
    "ConvertImageDtype": (("dtype",), to_dtype),
    "ToDtype": (("dtype", "scale"), to_dtype),
    "Resize": (("size", "interpolation", "max_size", "antialias"), resize),
    "Scale": (("size", "interpolation"), resize),
    "CenterCrop": (("size",), center_crop),
    "RandomCrop": (("size", "padding", "pad_if_needed", "fill", "padding_mode"), random_crop),
    "RandomResizedCrop": (("size", "scale", "ratio", "interpolation", "antialias"), center_crop),
    "RandomSizedCrop": (("size",), center_crop),
    "Pad": (("padding", "fill", "padding_mode"), pad),
    "RandomRotation": (("degrees", "interpolation", "expand", "center", "fill"), rotate),
    "FiveCrop": (("size",), five_crop),
    "TenCrop": (("size", "vertical_flip"), ten_crop),
    "Grayscale": (("num_output_channels",), grayscale),
    "RGB": ((), three_channels),
    "ScaleJitter": (("target_size",), unsettled),
    "RandomShortestSize": (("min_size",), unsettled),
    "RandomZoomOut": (("fill",), unsettled),
    "RandomIoUCrop": ((), unsettled),
    "RandomResize": (("min_size", "max_size"), unsettled),
    **dict.fromkeys(_SAME, ((), same)),
}


def parameters(it: Interp, names: tuple[str, ...], args: list[Value], kwargs: dict[str, Value]) -> dict[str, Value]:
    return {**dict(zip(names, args)), **kwargs}


def transformed(it: Interp, work: Work, p: dict[str, Value], value: Value) -> Value:
    """One image; each option of one that is not decided."""
    if isinstance(value, OneOf):
        return it.either(*[lambda o=o: work(it, p, o) for o in value.options])
    return work(it, p, value)


def _transform(prefix: str, name: str, names: tuple[str, ...], work: Work) -> None:
    plain_class(f"{prefix}.{name}", "torch.nn.Module")

    @native(f"{prefix}.{name}.__init__")
    def init(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
        if isinstance(self, Instance):
            it.journal.write(self, "training", True)
            for key, value in parameters(it, names, list(args), kwargs).items():
                it.journal.write(self, key, value)
        return None

    @native(f"{prefix}.{name}.forward")
    def forward(it: Interp, self: Value, *inputs: Value) -> Value:
        """v2 takes further inputs: masks and images get the size of the first, all else is given back as it is."""
        p = self.attrs if isinstance(self, Instance) else {}

        def resized(value: Tensor) -> Value:
            return transformed(it, work, p, value)

        changing = name in SIZED
        results = tuple(
            marked(it, v, transformed(it, work, p, v)) if i == 0 else following(it, v, resized, changing)
            for i, v in enumerate(inputs)
        )
        return results[0] if len(results) == 1 else results


for _name, (_names, _work) in TRANSFORMS.items():
    for _prefix in (V1, V2):
        _transform(_prefix, _name, _names, to_tensor_or_pass if (_prefix, _name) == (V2, "ToTensor") else _work)
