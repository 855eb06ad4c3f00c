"""What a hover says of tensors, layers, numbers and of what is not known."""

from features.build import Built, tensor
from tensight.dims import symbol
from tensight.features.hover import hover
from tensight.interp.facts import Fact, Observation
from tensight.syntax.span import Span
from tensight.values import ClassV, Instance, Provenance, Reason, Tensor, Unknown

B, H, W = symbol("B"), symbol("H"), symbol("W")
CREATED = Span("/project/net.py", 7, 4, 7, 20)


def layer(native: str, **attrs: object) -> Instance:
    base = ClassV("Module", (), {}, native="torch.nn.Module")
    base.mro = (base,)
    cls = ClassV(native.rpartition(".")[2], (base,), {}, native=native)
    cls.mro = (cls, base)
    return Instance(cls, dict(attrs), CREATED)


def conv() -> Instance:
    return layer(
        "torch.nn.Conv2d", in_channels=1, out_channels=32, kernel_size=(3, 3), stride=(1, 1), padding=(0, 0),
        dilation=(1, 1), groups=1, weight=Tensor((32, 1, 3, 3), parameter=True), bias=Tensor((32,), parameter=True),
    )  # fmt: skip


def text_of(built: Built, line: int, col: int) -> str:
    found = hover(built.analysis, line, col)
    assert found is not None
    return found.markdown


def test_a_convolution_with_its_numbers():
    step = Provenance("torch.nn.Conv2d.forward", Span("/project/net.py", 1, 4, 1, 16), (tensor(B, 1, H, W),), conv())
    built = Built("x = self.conv1(x)\n").add("call", 1, "self.conv1(x)", tensor(B, 32, H - 2, W - 2, by=step))
    text = text_of(built, 1, 16)
    assert "(B, 32, H-2, W-2) · float32" in text
    assert "Conv2d(1, 32, kernel_size=3): (B, 1, H, W) → (B, 32, H-2, W-2)" in text
    assert "H-2 = (H + 2·0 − 1·(3 − 1) − 1)//1 + 1" in text
    assert "`32` out_channels of Conv2d, net.py:7" in text


def test_flatten_cat_and_view():
    step = Provenance("torch.flatten", None, (tensor(B, 64, 12, 12),))
    assert "9216 = 64·12·12" in text_of(Built("x\n").add("name", 1, "x", tensor(B, 9216, by=step)), 1, 0)
    step = Provenance("torch.cat", None, (tensor(B, 64, 8), tensor(B, 32, 8)))
    assert "96 = 64 + 32 at axis 1" in text_of(Built("x\n").add("name", 1, "x", tensor(B, 96, 8, by=step)), 1, 0)
    step = Provenance("torch.Tensor.view", None, (tensor(16, 3, 4),))
    assert "16·3·4 = 8·24 = 192 elements" in text_of(Built("x\n").add("name", 1, "x", tensor(8, 24, by=step)), 1, 0)


def test_the_innermost_expression_counts():
    built = Built("y = f(x)\n").add("call", 1, "f(x)", tensor(2)).add("name", 1, "x", tensor(3))
    assert "(3,)" in text_of(built, 1, 6)
    assert "(2,)" in text_of(built, 1, 4)
    assert hover(built.analysis, 1, 0) is None


def test_each_call_site_is_listed():
    built = Built("def f(x): ...\n")
    sites = [Span("/project/train.py", line, 0, line, 4) for line in (41, 42)]
    seen = tuple(Observation(tensor(n, 3), site) for n, site in zip((32, 64), sites))
    built.facts.append(Fact(built.span(1, "x"), "param", tensor(symbol("n"), 3), seen, ("C = 64",)))
    text = text_of(built, 1, 6)
    assert "- `(32, 3)`, called at train.py:41\n- `(64, 3)`, called at train.py:42" in text
    assert "Taken for granted: `C = 64`" in text


def test_an_input_says_which_sizes_fit():
    built = Built("def forward(self, x): ...\n").add("param", 1, "x", tensor(B, 1, H, W))
    built.entry(1, "x", tensor(B, 1, H, W), {"H": 28, "W": 28})
    text = text_of(built, 1, 18)
    assert "Input of `Net`: worked out from what the layers accept" in text
    assert "H = 28, W = 28" in text


def test_a_layer_has_parameters_and_passes():
    module = conv()
    built = Built("self.conv1(x)\n").add("attr", 1, "self.conv1", module)
    step = Provenance("torch.nn.Conv2d.forward", None, (tensor(2, 1, 8, 8),), module)
    out = tensor(2, 32, 6, 6, by=step)
    built.facts.append(Fact(built.span(1, "self.conv1(x)"), "call", out, (Observation(out),)))
    text = text_of(built, 1, 6)
    assert "Conv2d(1, 32, kernel_size=3)" in text
    assert "(2, 1, 8, 8) → (2, 32, 6, 6)" in text
    assert "`weight (32, 1, 3, 3)`, `bias (32,)`: 320 parameters" in text


def test_numbers_and_unknowns():
    assert "H-2" in text_of(Built("h\n").add("name", 1, "h", H - 2), 1, 0)
    unknown = Unknown(Reason.NO_RULE, "torch.foo", CREATED)
    assert "Shape not known: no rule for this operation: `torch.foo`, net.py:7" in text_of(
        Built("h\n").add("name", 1, "h", Tensor(None, unknown=unknown)), 1, 0
    )


def test_an_argument_that_is_not_known():
    unknown = Unknown(Reason.PARAMETER, "kernel_size", CREATED)
    module = layer("torch.nn.AvgPool2d", kernel_size=unknown, stride=(unknown, 2), padding=(0, 0))
    text = text_of(Built("self.pool\n").add("attr", 1, "self.pool", module), 1, 6)
    assert "AvgPool2d(kernel_size=?, stride=(?, 2))" in text


def test_a_window_of_symbolic_sizes_has_no_numbers():
    size = symbol("patch")
    module = layer("torch.nn.Conv2d", in_channels=1, out_channels=32, kernel_size=(size, size), stride=(size, size))
    step = Provenance("torch.nn.Conv2d.forward", None, (tensor(B, 1, H, W),), module)
    text = text_of(Built("x\n").add("name", 1, "x", tensor(B, 32, H // size, W // size, by=step)), 1, 0)
    assert "`Conv2d(1, 32, kernel_size=patch, stride=patch): (B, 1, H, W) → (B, 32, " in text
