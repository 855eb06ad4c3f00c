"""Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict, compared with PyTorch."""

from torch_snippets import check

HEAD = """
import torch
from torch import nn
from collections import OrderedDict
x = torch.randn(2, 4)
"""


def test_sequential() -> None:
    check(
        HEAD
        + """
s = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 6))
y = s(x)
n = len(s)
a = s[0].weight, s[-1].weight
part = s[:2]
y2 = part(x)
m = len(part)
kinds = [type(m).__name__ for m in s]
t = s.append(nn.Linear(6, 7)) is s
y3 = s(x)
s.extend([nn.ReLU(), nn.Linear(7, 8)])
y4 = s(x)
s.insert(0, nn.Linear(4, 4))
y5 = s(x)
names = [n for n, _ in s.named_children()]
s[0] = nn.Linear(4, 4, bias=False)
p = [n for n, _ in s.named_parameters()]
del s[-1]
y6 = s(x)
popped = s.pop(0).weight
y7 = s(x)
both = nn.Sequential(nn.Linear(4, 4)) + nn.Sequential(nn.Linear(4, 3))
y8 = both(x)
y9 = (nn.Sequential(nn.Linear(4, 4)) * 3)(x)
n9 = len(nn.Sequential(nn.Linear(4, 4)) * 3)
empty = nn.Sequential()(x)
try:
    s[10]
except IndexError as e:
    text = str(e)
has = s[0] in s
"""
    )


def test_sequential_names() -> None:
    check(
        HEAD
        + """
s = nn.Sequential(OrderedDict([("fc", nn.Linear(4, 5)), ("act", nn.ReLU())]))
y = s(x)
w = s.fc.weight
k = list(s.state_dict())
part = s[1:]
names = [n for n, _ in part.named_children()]
s.add_module("out", nn.Linear(5, 9))
y2 = s(x)
class Conv(nn.Sequential):
    def __init__(self, i, o):
        super().__init__(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))
        self.out = o
c = Conv(3, 8)
z = c(torch.randn(1, 3, 9, 9))
o = c.out
bn = c[1].running_mean
layers = [nn.Linear(4, 4), nn.ReLU()]
layers += [nn.Linear(4, 2)]
q = nn.Sequential(*layers)(x)
body = nn.Sequential(*list(s.children())[:-1])(x)
"""
    )


def test_module_list() -> None:
    check(
        HEAD
        + """
l = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])
n = len(l)
l.append(nn.Linear(4, 5)).append(nn.Linear(5, 6))
l += [nn.Linear(6, 7)]
l.extend(nn.ModuleList([nn.Linear(7, 8)]))
l.insert(1, nn.Linear(4, 4, bias=False))
y = x
for i, m in enumerate(l):
    y = m(y)
widths = [m.out_features for m in l]
last = l[-1].weight
sub = l[1:3]
kind = type(sub).__name__
subn = [n for n, _ in sub.named_parameters()]
l[0] = nn.Linear(4, 4, bias=False)
del l[1]
names = [n for n, _ in l.named_parameters()]
p = l.pop(-1)
n2 = len(l)
both = l + [nn.ReLU()]
n3 = len(both)
rev = [type(m).__name__ for m in reversed(list(both))]
z = [f(x) for f in nn.ModuleList([nn.Linear(4, 3), nn.Identity()])]
pairs = [(a.in_features, b.in_features) for a, b in zip(l, l[1:])]
nested = nn.ModuleList([nn.ModuleList([nn.Linear(1, 2)]), nn.ModuleList()])
keys = list(nested.state_dict())
try:
    l[99]
except IndexError as e:
    text = str(e)
"""
    )


def test_module_dict() -> None:
    check(
        HEAD
        + """
d = nn.ModuleDict({"a": nn.Linear(4, 5), "b": nn.ModuleDict({"c": nn.ReLU()})})
y = d["a"](x)
d["z"] = nn.Linear(4, 6)
d.update({"q": nn.Linear(4, 7)})
keys = list(d.keys())
ys = {k: v(x) for k, v in d.items() if k != "b"}
n = len(d)
has = "a" in d, "nope" in d
p = d.pop("q").weight
names = [n for n, _ in d.named_parameters()]
e = nn.ModuleDict([["conv", nn.Conv2d(1, 2, 3)], ["pool", nn.MaxPool2d(2)]])
img = e["pool"](e["conv"](torch.zeros(1, 1, 8, 8)))
it_ = [k for k in e]
vals = [type(v).__name__ for v in e.values()]
w = e.conv.weight
del e["pool"]
left = list(e)
try:
    d["nope"]
except KeyError as err:
    k = type(err).__name__
"""
    )


def test_parameter_containers() -> None:
    check(
        HEAD
        + """
l = nn.ParameterList([nn.Parameter(torch.zeros(2, 3)), torch.zeros(4)])
l.append(torch.ones(5))
n = len(l)
shapes = [p.shape for p in l]
is_par = [isinstance(p, nn.Parameter) for p in l]
b = l[-1]
part = l[:2]
pn = [n for n, _ in part.named_parameters()]
l += [torch.zeros(6)]
names = [n for n, _ in l.named_parameters()]
d = nn.ParameterDict({"w": nn.Parameter(torch.zeros(2, 2)), "v": torch.zeros(3)})
d["u"] = torch.zeros(1)
dn = [n for n, _ in d.named_parameters()]
w = d["w"], d.v
k = list(d.keys()), "w" in d, len(d)
its = [(n, p.shape) for n, p in d.items()]
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.ps = nn.ParameterList([nn.Parameter(torch.zeros(3)) for i in range(2)])
        self.pd = d
mn = [n for n, _ in M().named_parameters()]
"""
    )


def test_unknown_length() -> None:
    check(
        HEAD
        + """
import random
n = random.getrandbits(1) * 0 + 2
l = nn.ModuleList([nn.Linear(4, 4) for _ in range(n)])
y = x
for m in l:
    y = m(y)
w = l[0].weight
s = nn.Sequential(*[nn.Linear(4, 4) for _ in range(n)])
z = s(x)
""",
        "n",
    )
