"""Images, transforms and datasets of torchvision. What is expected was read off torchvision 0.29 with Pillow."""

from typing import Any

import pytest
from snippets import interpret
from torch_snippets import HOLE, of_abstract

from tensight.values import shape_text

HEAD = """
import torch
from torchvision import transforms as T, datasets
import torchvision.transforms.functional as F
from torchvision.transforms import v2
from torch.utils.data import DataLoader, random_split
from PIL import Image
im = Image.new("RGB", (300, 200))
t = torch.zeros(3, 200, 300)
"""


def value_of(expression: str, before: str = "") -> Any:
    namespace, it = interpret(f"{HEAD}\n{before}\nresult = {expression}\n")
    assert not it.diagnostics.found
    result = namespace["result"]
    if getattr(getattr(result, "cls", None), "name", None) == "Image":
        return (result.attrs["size"], result.attrs["mode"])
    return of_abstract(result)


BOTH = [  # transform, (height, width) of the result
    ("T.Resize(224)", (224, 336)),
    ("T.Resize((10, 20))", (10, 20)),
    ("T.Resize([10])", (10, 15)),
    ("T.Resize(256, max_size=300)", (200, 300)),
    ("T.CenterCrop(224)", (224, 224)),
    ("T.CenterCrop((5, 6))", (5, 6)),
    ("T.RandomCrop(32, padding=4)", (32, 32)),
    ("T.RandomCrop((8, 9))", (8, 9)),
    ("T.RandomCrop(400, pad_if_needed=True)", (400, 400)),
    ("T.Pad(2)", (204, 304)),
    ("T.Pad((1, 2))", (204, 302)),
    ("T.Pad((1, 2, 3, 4))", (206, 304)),
    ("T.RandomRotation(10)", (200, 300)),
    ("T.RandomResizedCrop(64)", (64, 64)),
    ("T.RandomHorizontalFlip()", (200, 300)),
    ("T.ColorJitter(0.1)", (200, 300)),
    ("T.RandomAffine(5)", (200, 300)),
    ("T.GaussianBlur(3)", (200, 300)),
    ("T.RandAugment()", (200, 300)),
    ("v2.Resize((10, 20), antialias=True)", (10, 20)),
    ("T.RandomApply([T.ColorJitter(0.1)], p=0.3)", (200, 300)),
    ("T.Compose([T.Resize((64, 65)), T.RandomHorizontalFlip()])", (64, 65)),
    ("torch.nn.Sequential(T.Resize((8, 9)), T.CenterCrop(4))", (4, 4)),
    ("T.Lambda(lambda i: F.resize(i, [4, 5]))", (4, 5)),
]


@pytest.mark.parametrize(("transform", "size"), BOTH)
def test_sizes(transform: str, size: tuple[int, int]) -> None:
    assert value_of(f"{transform}(t)") == ("tensor", (3, *size), "float32")
    if "Sequential" not in transform:
        image = value_of(f"{transform}(im)")
        assert image[0] == size[::-1]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("T.ToTensor()(im)", ("tensor", (3, 200, 300), "float32")),
        ("T.ToTensor()(Image.new('L', (5, 4)))", ("tensor", (1, 4, 5), "float32")),
        ("T.PILToTensor()(im)", ("tensor", (3, 200, 300), "uint8")),
        ("v2.ToDtype(torch.float32, scale=True)(v2.ToImage()(im))", ("tensor", (3, 200, 300), "float32")),
        ("T.Grayscale()(t)", ("tensor", (1, 200, 300), "float32")),
        ("T.ToTensor()(T.Grayscale()(im))", ("tensor", (1, 200, 300), "float32")),
        ("T.ToTensor()(T.Grayscale(3)(im))", ("tensor", (3, 200, 300), "float32")),
        ("len(T.FiveCrop(10)(t)), len(T.TenCrop(10)(t)), T.FiveCrop(10)(t)[4].shape", (5, 10, (3, 10, 10))),
        ("T.ToPILImage()(t)", ((300, 200), "RGB")),
        ("T.ToPILImage()(torch.zeros(1, 4, 5))", ((5, 4), "L")),
        ("T.Normalize((0.5,), (0.5,))(t)", ("tensor", (3, 200, 300), "float32")),
        ("T.Normalize([0.5, 0.5, 0.5], [0.5] * 3)(t)", ("tensor", (3, 200, 300), "float32")),
        ("F.to_tensor(im)", ("tensor", (3, 200, 300), "float32")),
        ("F.crop(t, 1, 2, 7, 8)", ("tensor", (3, 7, 8), "float32")),
        ("F.hflip(t)", ("tensor", (3, 200, 300), "float32")),
        ("F.resized_crop(t, 1, 2, 7, 8, (5, 6))", ("tensor", (3, 5, 6), "float32")),
        ("F.get_image_size(im)", [300, 200]),
        ("F.get_dimensions(t)", [3, 200, 300]),
        ("F.get_dimensions(t[0])", [1, 200, 300]),
        ("F.get_dimensions(torch.zeros(5))", [HOLE, HOLE, HOLE]),
        ("im.convert('L').resize((7, 8)).size, im.convert('L').mode", ((7, 8), "L")),
        ("im.crop((1, 2, 11, 22)).size, im.transpose(Image.ROTATE_90).size", ((10, 20), (200, 300))),
        ("T.ToTensor()(Image.open('a.png').convert('RGB').resize((4, 5)))", ("tensor", (3, 5, 4), "float32")),
        ("T.Compose([T.Resize((6, 7)), T.ToTensor()])(Image.open('a.png').convert('RGB'))",
         ("tensor", (3, 6, 7), "float32")),
        ("T.ToTensor()(Image.open('a.png').convert('RGB'))", ("tensor", (3, HOLE, HOLE), "float32")),
    ],
)  # fmt: skip
def test_conversions(expression: str, expected: Any) -> None:
    assert value_of(expression) == expected


def test_normalize_is_refused() -> None:
    _, it = interpret(HEAD + "T.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))(torch.zeros(1, 28, 28))\n")
    (message,) = [d.message for d in it.diagnostics.found.values()]
    assert message == "output with shape [1, 28, 28] doesn't match the broadcast shape [3, 28, 28]"


MNIST = """
tf = T.Compose([T.ToTensor(), T.Normalize((0.1307,), (0.3081,))])
train = datasets.MNIST("data", train=True, download=True, transform=tf)
test = datasets.MNIST(root="data", train=False, transform=tf)
loader = DataLoader(train, batch_size=64, shuffle=True)
x, y = next(iter(loader))
a, b = random_split(train, [50000, 10000])
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(len(train), len(test), len(loader), len(a), len(DataLoader(test, 1000)))", (60000, 10000, 938, 50000, 10)),
        ("x", ("tensor", (64, 1, 28, 28), "float32")),
        ("y", ("tensor", (64,), "int64")),
        ("[len(y) for _, y in loader][-1]", 32),
        ("train[0][0]", ("tensor", (1, 28, 28), "float32")),
        ("train.data", ("tensor", (60000, 28, 28), "uint8")),
        ("train.targets", ("tensor", (60000,), "int64")),
        ("len(train.classes)", 10),
        ("next(iter(DataLoader(a, 8)))[0]", ("tensor", (8, 1, 28, 28), "float32")),
        ("datasets.MNIST('d')[0][0].size", (28, 28)),
        ("datasets.CIFAR10('d', transform=T.ToTensor())[0][0]", ("tensor", (3, 32, 32), "float32")),
        ("len(datasets.CIFAR100('d', train=False).classes)", 100),
        ("datasets.SVHN('d', split='test', transform=T.ToTensor())[5][0]", ("tensor", (3, 32, 32), "float32")),
        ("len(datasets.SVHN('d', split='test')), len(datasets.STL10('d'))", (26032, 5000)),
        ("len(datasets.EMNIST('d', split='letters', train=False))", 20800),
        ("datasets.FakeData(10, (3, 8, 9), transform=T.ToTensor())[0][0]", ("tensor", (3, 8, 9), "float32")),
        ("next(iter(DataLoader(datasets.ImageFolder('d', T.Compose([T.RandomResizedCrop(9), T.ToTensor()])), 32)))[0]",
         ("tensor", (32, 3, 9, 9), "float32")),
        ("datasets.CelebA('d', transform=T.ToTensor())[0]",
         (("tensor", (3, 218, 178), "float32"), ("tensor", (40,), "int64"))),
    ],
)  # fmt: skip
def test_datasets(expression: str, expected: Any) -> None:
    assert value_of(expression, MNIST) == expected


def test_own_subclass() -> None:
    before = """
class Noisy(datasets.MNIST):
    def __getitem__(self, i):
        img, target = super().__getitem__(i)
        return img + torch.randn(1, 28, 28), target
class Files(torch.utils.data.Dataset):
    def __init__(self, files, tf):
        self.files, self.tf = files, tf
    def __len__(self):
        return len(self.files)
    def __getitem__(self, i):
        img = Image.open(self.files[i]).convert("RGB")
        if self.tf:
            img = self.tf(img)
        return {"image": img, "label": torch.tensor(i)}
tf = T.Compose([T.Resize(40), T.CenterCrop(32), T.ToTensor()])
"""
    batch = value_of("next(iter(DataLoader(Files(['a.png'] * 7, tf), 4)))", before)
    assert batch == {"image": ("tensor", (4, 3, 32, 32), "float32"), "label": ("tensor", (4,), "int64")}
    assert value_of("Noisy('d', transform=T.ToTensor())[0][0]", before) == ("tensor", (1, 28, 28), "float32")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("v2.ToTensor()(t)", ("tensor", (3, 200, 300), "float32")),
        ("v2.RGB()(t[:1])", ("tensor", (3, 200, 300), "float32")),
        ("v2.functional.grayscale_to_rgb(t[:1])", ("tensor", (3, 200, 300), "float32")),
        ("v2.functional.gaussian_noise(t)", ("tensor", (3, 200, 300), "float32")),
        ("torch.zeros(v2.functional.get_size(t))", ("tensor", (200, 300), "float32")),
        ("v2.MixUp(num_classes=10)(torch.zeros(4, 3, 8, 8), torch.zeros(4).long())[0]",
         ("tensor", (4, 3, 8, 8), "float32")),
        ("v2.CutMix(num_classes=10)(torch.zeros(4, 3, 8, 8), torch.zeros(4).long())[1]",
         ("tensor", (4, 10), "float32")),
        ("v2.MixUp()(torch.zeros(4, 3, 8, 8), torch.zeros(4, 7))[1]", ("tensor", (4, 7), "float32")),
    ],
)  # fmt: skip
def test_what_only_v2_has(expression: str, expected: Any) -> None:
    assert value_of(expression) == expected


_WRAPPERS = """
import torch
class Image(torch.Tensor):
    def __new__(cls, data):
        return torch.as_tensor(data).as_subclass(cls)
class Mask(torch.Tensor):
    def __new__(cls, data):
        return torch.as_tensor(data).as_subclass(cls)
"""


def test_masks_follow_their_image() -> None:
    """As torchvision 0.29 does; what is no mask stays as it is."""
    text = """
import torch
import torchvision.tv_tensors as tv_tensors
from torchvision.transforms import v2
image = tv_tensors.Image(torch.zeros(3, 40, 50))
mask = tv_tensors.Mask(torch.zeros(40, 50, dtype=torch.int64))
plain = torch.zeros(3, 40, 50)
a = v2.Resize((20, 30))(image, mask, plain)
b = v2.Compose([v2.RandomCrop(8), v2.ToDtype(torch.float32)])(plain, mask)
c = v2.RandomHorizontalFlip(1.0)(image, mask)
d = v2.Resize((20, 30))(image, [mask, 5])
"""
    found, it = interpret(text, {"torchvision.tv_tensors.py": _WRAPPERS})
    assert not it.diagnostics.found
    assert [[shape_text(v.dims) for v in found[name]] for name in "abc"] == [
        ["(3, 20, 30)", "(20, 30)", "(3, 40, 50)"], ["(3, 8, 8)", "(8, 8)"], ["(3, 40, 50)", "(40, 50)"],
    ]  # fmt: skip
    assert [shape_text(found["d"][1].items[0].dims), found["d"][1].items[1]] == ["(20, 30)", 5]
    assert found["b"][1].dtype.name == "int64"
