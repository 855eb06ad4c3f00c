"""torchvision.datasets: how many samples, what a sample is before its transform, and what its target is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...dims import Expr, fresh_unknown
from ...values import DTYPES, INT64, DictV, Instance, ListV, Reason, Scalar, Tensor, Value
from .registry import MODULES, native, plain_class, prop
from .support import items_of
from .torch_data import DATASET
from .torch_images import image

if TYPE_CHECKING:
    from ..machine import Interp

DATASETS = "torchvision.datasets"
VISION = f"{DATASETS}.VisionDataset"
MODULES.update({DATASETS, f"{DATASETS}.mnist", f"{DATASETS}.cifar", f"{DATASETS}.folder"})
plain_class(VISION, DATASET)


@dataclass(frozen=True, slots=True)
class Row:
    """One dataset. `sizes`: samples by part (the value of `train` or `split`); None: not known.

    `mode` and `side`: of the images, None if they differ; `target`: "int", or what makes one."""

    sizes: dict[Value, int] | None
    mode: str | None = "RGB"
    side: tuple[int, int] | None = None
    classes: int | None = None
    parameters: tuple[str, ...] = ("root", "train", "transform", "target_transform", "download")
    default: Value = True
    target: Callable[[Interp], Value] = lambda it: Scalar("int")


_BY_SPLIT = ("root", "split", "transform", "target_transform", "download")
_FOLDER = ("root", "transform", "target_transform", "loader", "is_valid_file")


def _mnist(train: int, test: int, classes: int = 10, side: int = 28) -> Row:
    return Row({True: train, False: test}, "L", (side, side), classes)


def _split(classes: int | None = None, side: tuple[int, int] | None = None, **sizes: int) -> Row:
    return Row(dict(sizes), "RGB", side, classes, _BY_SPLIT, "train")


def _opaque(it: Interp) -> Value:
    return it.unknown(Reason.OPAQUE, "annotations")


ROWS: dict[str, Row] = {
    "MNIST": _mnist(60_000, 10_000),
    "FashionMNIST": _mnist(60_000, 10_000),
    "KMNIST": _mnist(60_000, 10_000),
    "USPS": _mnist(7_291, 2_007, side=16),
    "CIFAR10": Row({True: 50_000, False: 10_000}, "RGB", (32, 32), 10),
    "CIFAR100": Row({True: 50_000, False: 10_000}, "RGB", (32, 32), 100),
    "SVHN": _split(side=(32, 32), train=73_257, test=26_032, extra=531_131),
    "STL10": Row(
        {"train": 5_000, "test": 8_000, "unlabeled": 100_000, "train+unlabeled": 105_000}, "RGB", (96, 96), 10,
        ("root", "split", "folds", "transform", "target_transform", "download"), "train",
    ),
    "ImageNet": _split(classes=1000, train=1_281_167, val=50_000),
    "Food101": _split(classes=101, train=75_750, test=25_250),
    "Flowers102": _split(train=1_020, val=1_020, test=6_149),
    "GTSRB": _split(train=26_640, test=12_630),
    "StanfordCars": _split(classes=196, train=8_144, test=8_041),
    "DTD": Row({"train": 1_880, "val": 1_880, "test": 1_880}, "RGB", None, 47,
               ("root", "split", "partition", "transform", "target_transform", "download"), "train"),
    "OxfordIIITPet": Row({"trainval": 3_680, "test": 3_669}, "RGB", None, 37,
                         ("root", "split", "target_types", "transforms", "transform", "target_transform", "download"),
                         "trainval"),
    "EuroSAT": Row({None: 27_000}, "RGB", (64, 64), 10, ("root", "transform", "target_transform", "download"), None),
    "SEMEION": Row({None: 1_593}, "L", (16, 16), None, ("root", "transform", "target_transform", "download"), None),
    "Caltech101": Row(None, None, None, 101, ("root", "target_type", "transform", "target_transform", "download")),
    "Caltech256": Row(None, None, None, 257, ("root", "transform", "target_transform", "download")),
    "Places365": Row(None, "RGB", None, 365, ("root", "split", "small", "download", "transform", "target_transform")),
    "ImageFolder": Row(None, "RGB", None, None, _FOLDER),
    "CelebA": Row({"train": 162_770, "valid": 19_867, "test": 19_962, "all": 202_599}, "RGB", (178, 218), None,
                  ("root", "split", "target_type", "transform", "target_transform", "download"), "train",
                  lambda it: Tensor((40,), INT64)),
    "CocoDetection": Row(None, "RGB", None, None,
                         ("root", "annFile", "transform", "target_transform", "transforms"), None, _opaque),
    "CocoCaptions": Row(None, "RGB", None, None,
                        ("root", "annFile", "transform", "target_transform", "transforms"), None, _opaque),
    "VOCDetection": Row(None, "RGB", None, None, ("root", "year", "image_set", "download", "transform",
                                                  "target_transform", "transforms"), None, _opaque),
    "VOCSegmentation": Row(None, "RGB", None, None, ("root", "year", "image_set", "download", "transform",
                                                     "target_transform", "transforms"), None,
                           lambda it: image(it, "P", fresh_unknown(1), fresh_unknown(1))),
    "EMNIST": Row({"byclass": 697_932, "bymerge": 697_932, "balanced": 112_800, "letters": 124_800, "digits": 240_000,
                   "mnist": 60_000}, "L", (28, 28), None,
                  ("root", "split", "train", "transform", "target_transform", "download"), None),
}  # fmt: skip
_EMNIST_TEST = {"byclass": 116_323, "bymerge": 116_323, "balanced": 18_800, "letters": 20_800, "digits": 40_000,
                "mnist": 10_000}  # fmt: skip


def _row(self: Value) -> Row | None:
    if isinstance(self, Instance):
        for cls in self.cls.mro:
            if cls.native is not None and cls.native.startswith(f"{DATASETS}."):
                return ROWS.get(cls.native.rpartition(".")[2])
    return None


def _dataset(name: str, row: Row) -> None:
    plain_class(f"{DATASETS}.{name}", VISION)

    @native(f"{DATASETS}.{name}.__init__")
    def init(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
        if isinstance(self, Instance):
            part = row.parameters[1] if row.parameters[1:2] in (("train",), ("split",)) else None
            given: dict[str, Value] = {"transform": None, "target_transform": None, "transforms": None}
            if part is not None:
                given[part] = row.default
            given.update(zip(row.parameters, args))
            given.update(kwargs)
            for key, value in given.items():
                it.journal.write(self, key, value)
        return None


for _name, _found in ROWS.items():
    _dataset(_name, _found)
plain_class(f"{DATASETS}.DatasetFolder", f"{DATASETS}.ImageFolder")


def samples(self: Value) -> Value:
    """How many samples there are."""
    row = _row(self)
    if row is None or row.sizes is None or not isinstance(self, Instance):
        return Scalar("int")
    attrs = self.attrs
    if "split" in attrs and "train" in attrs:  # EMNIST
        table = row.sizes if attrs["train"] is True else _EMNIST_TEST if attrs["train"] is False else {}
        return table.get(attrs["split"], Scalar("int")) if isinstance(attrs["split"], str) else Scalar("int")
    part = attrs.get("train", attrs.get("split"))
    if isinstance(part, bool | str | None):
        return row.sizes.get(part, Scalar("int"))
    return Scalar("int")


@native(f"{VISION}.__init__")
def vision_init(it: Interp, self: Value, root: Value = None, transforms: Value = None, transform: Value = None,
                target_transform: Value = None) -> Value:  # fmt: skip
    if isinstance(self, Instance):
        for key, value in (("root", root), ("transform", transform), ("target_transform", target_transform),
                           ("transforms", transforms)):  # fmt: skip
            it.journal.write(self, key, value)
    return None


@native(f"{VISION}.__len__")
def length(it: Interp, self: Value) -> Value:
    return samples(self)


@native(f"{VISION}.__getitem__")
def get(it: Interp, self: Value, index: Value) -> Value:
    """The image through `transform`, the target through `target_transform`."""
    row = _row(self)
    if row is None or not isinstance(self, Instance):
        return it.unknown(Reason.OPAQUE, "a dataset")
    width, height = row.side or (fresh_unknown(1), fresh_unknown(1))
    return _sample(it, self, image(it, row.mode or Scalar("str"), width, height), row.target(it))


def _sample(it: Interp, self: Instance, picture: Value, target: Value) -> Value:
    transform, target_transform = self.attrs.get("transform"), self.attrs.get("target_transform")
    both = self.attrs.get("transforms")
    if both is not None:
        return it.call(both, [picture, target])
    if transform is not None:
        picture = it.call(transform, [picture])
    if target_transform is not None:
        target = it.call(target_transform, [target])
    return (picture, target)


# ---- attributes
@prop(f"{VISION}.data", f"{VISION}.train_data", f"{VISION}.test_data")
def data(it: Interp, self: Value) -> Value:
    """All images: a tensor of bytes for MNIST and its kin, an array for CIFAR."""
    row, n = _row(self), samples(self)
    if row is None or row.side is None:
        return it.unknown(Reason.OPAQUE, "data")
    count = n if isinstance(n, int | Expr) else fresh_unknown(0)
    width, height = row.side
    if row.mode == "L":
        return Tensor((count, height, width), DTYPES["uint8"])
    if row.parameters[1] == "train":
        return Tensor((count, height, width, 3), DTYPES["uint8"], "numpy")
    return Tensor((count, 3, height, width), DTYPES["uint8"], "numpy")


@prop(f"{VISION}.targets", f"{VISION}.labels", f"{VISION}.train_labels", f"{VISION}.test_labels")
def targets(it: Interp, self: Value) -> Value:
    row, n = _row(self), samples(self)
    if row is not None and row.mode == "L":
        return Tensor((n if isinstance(n, int | Expr) else fresh_unknown(0),), INT64)
    if row is not None and row.parameters == _BY_SPLIT and row.side is not None:
        return Tensor((n if isinstance(n, int | Expr) else fresh_unknown(0),), INT64, "numpy")
    return ListV([], Scalar("int"))


@prop(f"{VISION}.classes")
def classes(it: Interp, self: Value) -> Value:
    row = _row(self)
    return ListV([Scalar("str")] * row.classes) if row is not None and row.classes else ListV([], Scalar("str"))


@prop(f"{VISION}.class_to_idx")
def class_to_idx(it: Interp, self: Value) -> Value:
    return DictV({}, Scalar("int"))


@prop(f"{VISION}.imgs", f"{VISION}.samples")
def image_files(it: Interp, self: Value) -> Value:
    return ListV([], (Scalar("str"), Scalar("int")))


@prop(f"{VISION}.loader")
def loader(it: Interp, self: Value) -> Value:
    return it.unknown(Reason.OPAQUE, "loader")


@native(f"{VISION}.find_classes", f"{VISION}.extra_repr")
def not_followed(it: Interp, self: Value, *args: Value) -> Value:
    return it.unknown(Reason.ENVIRONMENT, "files")


# ---- FakeData: the sizes are arguments
FAKE = f"{DATASETS}.FakeData"
plain_class(FAKE, VISION)
_FAKE = ("size", "image_size", "num_classes", "transform", "target_transform", "random_offset")


@native(f"{FAKE}.__init__")
def fake_init(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(self, Instance):
        given: dict[str, Value] = {"size": 1000, "image_size": (3, 224, 224), "num_classes": 10, "transform": None,
                                   "target_transform": None, **dict(zip(_FAKE, args)), **kwargs}  # fmt: skip
        for key, value in given.items():
            it.journal.write(self, key, value)
    return None


@native(f"{FAKE}.__len__")
def fake_len(it: Interp, self: Value) -> Value:
    n = self.attrs.get("size") if isinstance(self, Instance) else None
    return n if isinstance(n, int | Expr) else Scalar("int")


@native(f"{FAKE}.__getitem__")
def fake_get(it: Interp, self: Value, index: Value) -> Value:
    if not isinstance(self, Instance):
        return it.unknown(Reason.OPAQUE, "FakeData")
    items, rest = items_of(it, self.attrs.get("image_size", ()))
    if rest is not None or len(items) != 3:
        items = [fresh_unknown(1) for _ in range(3)]
    mode: Value = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}.get(items[0]) if isinstance(items[0], int) else None
    return _sample(it, self, image(it, mode or Scalar("str"), items[2], items[1]), Scalar("int"))
