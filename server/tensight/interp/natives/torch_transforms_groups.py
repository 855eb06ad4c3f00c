"""torchvision.transforms that hold other transforms, and torchvision.transforms.functional."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ...dims import fresh_unknown
from ...values import DTYPES, Instance, ListV, Scalar, Tensor, Value, join
from ...values.join import join_dim
from .registry import native, plain_class
from .support import items_of, unknown_of
from .torch_images import channels_of, image, is_image, mode_of, size_of
from .torch_transforms import (
    V1,
    V2,
    Work,
    center_crop,
    crop,
    five_crop,
    grayscale,
    height_and_width,
    normalize,
    pad,
    parameters,
    pil_to_tensor,
    resize,
    rotate,
    same,
    ten_crop,
    three_channels,
    to_dtype,
    to_pil,
    to_tensor,
    transformed,
)

if TYPE_CHECKING:
    from ..machine import Interp


# ---- groups
def _one_of(it: Interp, arms: list[Callable[[], Value]]) -> Value:
    """What one of some transforms gives, nobody knows which."""
    found: list[Value] = []
    it.either(*[lambda a=arm: found.append(a()) for arm in arms])
    result = found[0]
    for other in found[1:]:
        if is_image(result) and is_image(other):
            (w, h), (w2, h2) = size_of(result), size_of(other)
            mode = mode_of(result) if mode_of(result) == mode_of(other) else Scalar("str")
            result = image(it, mode, join_dim(w, w2), join_dim(h, h2))
        else:
            result = join(result, other)
    return result


def _members(it: Interp, self: Value) -> tuple[list[Value], Value | None]:
    return items_of(it, it.getattr(self, "transforms"))


for _prefix in (V1, V2):
    for _name in ("Compose", "RandomApply", "RandomChoice", "RandomOrder"):
        plain_class(f"{_prefix}.{_name}", "torch.nn.Module" if _name == "RandomApply" else "builtins.object")

    @native(*(f"{_prefix}.{n}.__init__" for n in ("Compose", "RandomApply", "RandomChoice", "RandomOrder")))
    def group_init(it: Interp, self: Value, transforms: Value, *args: Value, **kwargs: Value) -> Value:
        if isinstance(self, Instance):
            it.journal.write(self, "transforms", transforms)
        return None

    @native(f"{_prefix}.Compose.__call__", f"{_prefix}.Compose.forward")
    def compose(it: Interp, self: Value, *inputs: Value) -> Value:
        """One after the other; v2 hands all inputs on."""
        items, rest = _members(it, self)
        given = inputs
        for transform in items:
            result = it.call(transform, given)
            given = result if len(given) > 1 and isinstance(result, tuple) else (result,)
        if rest is not None:
            return unknown_of(it, [rest], "transforms of unknown number")
        return given[0] if len(given) == 1 else given

    @native(f"{_prefix}.RandomApply.__call__", f"{_prefix}.RandomApply.forward")
    def random_apply(it: Interp, self: Value, value: Value) -> Value:
        return _one_of(it, [lambda: compose(it, self, value), lambda: value])

    @native(f"{_prefix}.RandomChoice.__call__", f"{_prefix}.RandomChoice.forward")
    def random_choice(it: Interp, self: Value, value: Value) -> Value:
        items, rest = _members(it, self)
        if rest is not None or not items:
            return unknown_of(it, [rest], "transforms of unknown number")
        return _one_of(it, [partial(it.call, t, [value]) for t in items])

    @native(f"{_prefix}.RandomOrder.__call__", f"{_prefix}.RandomOrder.forward")
    def random_order(it: Interp, self: Value, value: Value) -> Value:
        """As Compose, where the order does not matter: both directions give the same."""
        items, _ = _members(it, self)
        back = ListV(list(reversed(items)))
        return _one_of(it, [
            lambda: compose(it, self, value), lambda: compose(it, it.new(f"{V1}.Compose", transforms=back), value),
        ])  # fmt: skip

    @native(f"{_prefix}.Compose.__repr__")
    def compose_repr(it: Interp, self: Value) -> Value:
        return unknown_of(it, [], "repr")

    plain_class(f"{_prefix}.Lambda")

    @native(f"{_prefix}.Lambda.__init__")
    def lambda_init(it: Interp, self: Value, lambd: Value, *types: Value) -> Value:
        if isinstance(self, Instance):
            it.journal.write(self, "lambd", lambd)
        return None

    @native(f"{_prefix}.Lambda.__call__", f"{_prefix}.Lambda.forward")
    def lambda_call(it: Interp, self: Value, value: Value) -> Value:
        return it.call(it.getattr(self, "lambd"), [value])


# ---- functional
_IMAGE_FUNCTIONS: dict[str, tuple[tuple[str, ...], Work]] = {
    "to_tensor": ((), to_tensor),
    "pil_to_tensor": ((), pil_to_tensor),
    "to_image": ((), pil_to_tensor),
    "to_pil_image": (("mode",), to_pil),
    "normalize": (("mean", "std", "inplace"), normalize),
    "convert_image_dtype": (("dtype",), to_dtype),
    "to_dtype": (("dtype", "scale"), to_dtype),
    "resize": (("size", "interpolation", "max_size", "antialias"), resize),
    "center_crop": (("output_size",), center_crop),
    "crop": (("top", "left", "height", "width"), crop),
    "resized_crop": (("top", "left", "height", "width", "size", "interpolation", "antialias"), center_crop),
    "pad": (("padding", "fill", "padding_mode"), pad),
    "rotate": (("angle", "interpolation", "expand", "center", "fill"), rotate),
    "five_crop": (("size",), five_crop),
    "ten_crop": (("size", "vertical_flip"), ten_crop),
    "to_grayscale": (("num_output_channels",), grayscale),
    "rgb_to_grayscale": (("num_output_channels",), grayscale),
    "grayscale_to_rgb": ((), three_channels),
}
for _function in ("hflip", "vflip", "horizontal_flip", "vertical_flip", "affine", "perspective", "gaussian_blur",
                  "invert", "posterize", "solarize", "adjust_sharpness", "autocontrast", "equalize",
                  "adjust_brightness", "adjust_contrast", "adjust_saturation", "adjust_hue", "adjust_gamma",
                  "erase", "elastic_transform", "elastic", "jpeg", "gaussian_noise",
                  "permute_channels"):  # fmt: skip
    _IMAGE_FUNCTIONS[_function] = ((), same)


def _image_function(name: str, names: tuple[str, ...], work: Work) -> None:
    @native(f"{V1}.functional.{name}", f"{V2}.functional.{name}")
    def function(it: Interp, img: Value, *args: Value, **kwargs: Value) -> Value:
        return transformed(it, work, parameters(it, names, list(args), kwargs), img)


for _function, (_names, _work) in _IMAGE_FUNCTIONS.items():
    _image_function(_function, _names, _work)


@native(f"{V1}.functional.get_image_size", f"{V1}.functional._get_image_size")
def get_image_size(it: Interp, img: Value) -> Value:
    height, width = height_and_width(img)
    return ListV([width, height])


@native(f"{V2}.functional.get_size")
def get_size(it: Interp, img: Value) -> Value:
    return ListV(list(height_and_width(img)))


@native(f"{V1}.functional.get_dimensions", f"{V2}.functional.get_dimensions")
def get_dimensions(it: Interp, img: Value) -> Value:
    height, width = height_and_width(img)
    return ListV([_channels(img), height, width])


@native(f"{V1}.functional.get_image_num_channels", f"{V2}.functional.get_num_channels")
def get_channels(it: Interp, img: Value) -> Value:
    return _channels(img)


def _channels(img: Value) -> Value:
    if isinstance(img, Tensor):
        if img.is_open or img.rank < 2:  # of fewer than two axes is no image
            return fresh_unknown(1)
        return 1 if img.rank == 2 else img.shape[-3]
    return channels_of(mode_of(img))


# ---- whole batches
for _name in ("MixUp", "CutMix"):
    plain_class(f"{V2}.{_name}", "torch.nn.Module")


@native(f"{V2}.MixUp.__init__", f"{V2}.CutMix.__init__")
def mixing(it: Interp, self: Value, *, alpha: Value = 1.0, num_classes: Value = None, labels_getter: Value = "default"
           ) -> Value:  # fmt: skip
    if isinstance(self, Instance):
        it.journal.write(self, "training", True)
        it.journal.write(self, "num_classes", num_classes)
        it.journal.set(self.extra, "usual", labels_getter == "default", self.born)
    return None


@native(f"{V2}.MixUp.forward", f"{V2}.CutMix.forward")
def mixed(it: Interp, self: Value, *inputs: Value) -> Value:
    """Images of a batch with each other, and labels as shares of the classes."""
    given = inputs[0] if len(inputs) == 1 and isinstance(inputs[0], tuple) else inputs
    usual = isinstance(self, Instance) and self.extra.get("usual") is True
    if not usual or len(given) != 2 or not all(isinstance(value, Tensor) and not value.is_open for value in given):
        return unknown_of(it, [], "mixed")
    images, labels = given
    count = it.getattr(self, "num_classes")
    if labels.rank == 1 and isinstance(count, int):
        labels = Tensor((labels.shape[0], count), DTYPES["float32"], labels.device)
    return images.alike(), labels.alike()
