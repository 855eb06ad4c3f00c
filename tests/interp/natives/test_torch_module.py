"""nn.Module: what its methods give, compared with PyTorch."""

from torch_snippets import check

NET = """
import torch
from torch import nn
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.lin = nn.Linear(width, width)
        self.register_buffer("scale", torch.ones(width))
        self.register_buffer("hidden", torch.ones(3), persistent=False)
    def forward(self, x):
        return self.lin(x) * self.scale
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 8)
        self.blocks = nn.ModuleList([Block(8) for _ in range(3)])
        self.gain = nn.Parameter(torch.zeros(8))
        self.empty = None
        self.add_module("last", nn.Linear(8, 2))
        self.register_parameter("nothing", None)
    def forward(self, x):
        x = self.first(x)
        for block in self.blocks:
            x = block(x)
        return self.last(x * self.gain)
net = Net()
"""


def test_calling() -> None:
    check(
        NET
        + """
y = net(torch.randn(5, 4))
z = net.blocks[1](torch.randn(2, 3, 8))
t = net.training, net.blocks[0].training
"""
    )


def test_walks() -> None:
    check(
        NET
        + """
names = [n for n, _ in net.named_modules()]
children = [n for n, _ in net.named_children()]
kinds = [type(m).__name__ for m in net.modules()]
params = [(n, tuple(p.shape)) for n, p in net.named_parameters()]
shapes = [p.shape for p in net.parameters()]
flat = [n for n, _ in net.named_parameters(recurse=False)]
buffers = [n for n, _ in net.named_buffers()]
prefixed = [n for n, _ in net.named_parameters(prefix="net")]
state = net.state_dict()
keys = list(state)
count = sum(p.numel() for p in net.parameters())
n = len(list(net.children()))
sub = net.get_submodule("blocks.1.lin").weight
par = net.get_parameter("blocks.0.lin.bias")
"""
    )


def test_modes_and_effects() -> None:
    check(
        NET
        + """
def init(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        seen.append(m.out_features)
seen = []
a = net.apply(init) is net
b = net.eval() is net
off = [m.training for m in net.modules()]
net.train()
on = [m.training for m in net.modules()]
c = net.half().first.weight.dtype == torch.float16
d = net.double().blocks[0].scale.dtype == torch.float64
e = net.to(torch.float32).gain
f = net.to("cpu") is net
net.requires_grad_(False)
net.zero_grad()
ok = net.load_state_dict(net.state_dict())
missing = ok.missing_keys
for p in net.parameters():
    p.requires_grad = False
"""
    )


def test_hooks() -> None:
    check(
        NET
        + """
seen = {}
def keep(name):
    def hook(module, args, output):
        seen[name] = output
    return hook
handles = [m.register_forward_hook(keep(n)) for n, m in net.named_children()]
y = net(torch.randn(5, 4))
for h in handles:
    h.remove()
seen2 = dict(seen)
net(torch.randn(6, 4))
double = net.last.register_forward_hook(lambda m, i, o: torch.cat([o, o], 1))
z = net(torch.randn(3, 4))
double.remove()
def pre(m, args):
    return (args[0][:, :4],)
net.register_forward_pre_hook(pre)
w = net(torch.randn(3, 9))
"""
    )


def test_tables() -> None:
    check(
        NET
        + """
a = list(net._modules)
b = [n for n in net._parameters]
c = list(net.blocks[0]._buffers.items())
del net._modules["last"]
net._modules["last"] = nn.Linear(8, 5)
y = net(torch.randn(5, 4))
d = "first" in net._modules, len(net._modules)
for name, module in net._modules.items():
    if name == "first":
        net._modules[name] = nn.Sequential(module, nn.ReLU())
y2 = net(torch.randn(5, 4))
e = [n for n, _ in net.named_children()]
"""
    )


def test_shared() -> None:
    check("""
import torch
from torch import nn
class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(10, 4)
        self.out = nn.Linear(4, 10, bias=False)
        self.out.weight = self.emb.weight
        self.again = self.emb
net = Tied()
n = len(list(net.parameters()))
keys = list(net.state_dict())
kids = [n for n, _ in net.named_children()]
mods = len(list(net.modules()))
net.half()
same = net.out.weight is net.emb.weight
""")


def test_branches_leave_doubt() -> None:
    check(
        """
import torch
from torch import nn
import random
net = nn.Sequential(nn.Linear(4, 4))
if random.random() < 2:
    net.append(nn.Linear(4, 7))
y = net(torch.zeros(2, 4))
n = len(net)
k = [name for name, _ in net.named_children()]
first = net[0].weight
""",
        "y n k",
    )


def test_missing_forward() -> None:
    check("""
import torch
from torch import nn
class Bad(nn.Module):
    pass
try:
    y = Bad()(torch.zeros(3))
except NotImplementedError as e:
    text = str(e)
try:
    nn.ModuleList([nn.ReLU()])(torch.zeros(3))
except NotImplementedError as e:
    text2 = str(e)
""")


def test_copies() -> None:
    check("""
import copy
import torch
from torch import nn
def clones(module, n):
    return nn.ModuleList([copy.deepcopy(module) for _ in range(n)])
layer = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
stack = clones(layer, 3)
stack[0].append(nn.Linear(4, 9))
n = [len(s) for s in stack], len(layer)
y = [s(torch.zeros(2, 4)) for s in stack]
params = len(list(stack.parameters()))
ps = nn.ParameterList([torch.zeros(2)])
qs = copy.deepcopy(ps)
qs.append(torch.zeros(3))
m = len(ps), len(qs)
d = nn.ModuleDict({"a": nn.Linear(1, 2)})
e = copy.deepcopy(d)
e["b"] = nn.ReLU()
k = list(d), list(e)
""")


def test_new_data() -> None:
    check("""
import torch
from torch import nn
fc = nn.Linear(4, 3)
fc.weight.data = torch.zeros(7, 4)
fc.bias.data = torch.zeros(7)
y = fc(torch.zeros(2, 4))
fc.weight.data.normal_(0, 0.02)
fc.weight.data[0] = 1.0
w = fc.weight
with torch.no_grad():
    fc.weight.copy_(torch.ones(7, 4))
fc.weight = nn.Parameter(torch.zeros(5, 4))
fc.bias = None
z = fc(torch.zeros(2, 4))
""")


def test_own_containers_and_properties() -> None:
    check("""
import torch
from torch import nn
class Wrapped(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner
        self.layers = [nn.Linear(4, 4)]
        for i in range(3):
            setattr(self, f"fc{i}", nn.Linear(4, 4))
    @property
    def width(self):
        return self.inner.out_features
    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(self.inner, name)
    def forward(self, x):
        for i in range(3):
            x = getattr(self, f"fc{i}")(x)
        return self.inner(x)
w = Wrapped(nn.Linear(4, 8))
y = w(torch.zeros(1, 4))
a = w.width, w.in_features, w.bias
names = [n for n, _ in w.named_children()]
class Base(nn.Module):
    def __init__(self, **kw):
        super().__init__()
        self.build(**kw)
    def build(self, n=2):
        self.net = nn.Linear(n, n)
    def forward(self, *args, **kwargs):
        return self.step(*args, **kwargs)
class Child(Base):
    def step(self, x, scale=1):
        return self.net(x) * scale
z = Child(n=6)(torch.zeros(2, 6), scale=2)
has = hasattr(w, "inner"), hasattr(w, "nope"), isinstance(w, nn.Module), issubclass(Child, nn.Module)
""")
