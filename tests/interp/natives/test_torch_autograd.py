"""autograd.Function, gradients, checkpointing, vmap, wrappers, devices, compared with PyTorch."""

import pytest
import torch
from torch_snippets import check

HEAD = """
import torch
import torch.nn.functional as F
from torch import nn
x = torch.randn(2, 4, requires_grad=True)
net = nn.Linear(4, 3)
"""


def test_function() -> None:
    check(
        HEAD
        + """
class Flat(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, n):
        ctx.save_for_backward(x)
        ctx.n = n
        return x.flatten()[:n], x.t()
    @staticmethod
    def backward(ctx, a, b):
        x, = ctx.saved_tensors
        return b.t(), None
class Two(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x @ torch.ones(4, 5)
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.shape = inputs[0].shape
    @staticmethod
    def backward(ctx, g):
        return g
a, b = Flat.apply(x, 3)
c = Two.apply(x)
flat = Flat.apply
d, _ = flat(x, 5)
class Layer(nn.Module):
    def forward(self, x):
        return Two.apply(x)
e = Layer()(x)
"""
    )


def test_gradients() -> None:
    check(
        HEAD
        + """
y = net(x).sum()
y.backward()
g = torch.autograd.grad((x * x).sum(), x)
g2, = torch.autograd.grad((x * 2).sum(), [x], create_graph=True)
v = torch.autograd.Variable(torch.zeros(3))
h = x.register_hook(lambda g: g * 2)
(x * 2).backward(torch.ones(2, 4))
h.remove()
n = len(g)
def one(a, b):
    return a @ b
m = torch.vmap(one)(torch.randn(5, 3), torch.randn(5, 3))
m2 = torch.vmap(one, in_dims=(0, None), out_dims=1)(torch.randn(5, 2, 3), torch.randn(3, 4))
gr = torch.func.grad(lambda t: (t * t).sum())(torch.ones(6))
f = torch.func.functional_call(net, dict(net.named_parameters()), (x,))
"""
    )


def test_checkpoint_and_wrappers() -> None:
    check(
        HEAD
        + """
from torch.utils.checkpoint import checkpoint, checkpoint_sequential
import torch.utils.checkpoint as cp
a = checkpoint(net, x, use_reentrant=False)
b = cp.checkpoint(lambda t, k: t[:, :k], x, 2, use_reentrant=False)
c = checkpoint_sequential(nn.Sequential(net, nn.ReLU()), 2, x, use_reentrant=False)
dp = nn.DataParallel(net)
d = dp(x)
w = dp.module.weight
names = [n for n, _ in dp.named_parameters()]
s = nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(net))(x)
"""
    )


def test_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    # PyTorch's own test helpers, once imported, forbid what every program may do
    allowed = torch.backends.ContextProp.__init__.__globals__
    monkeypatch.setitem(allowed, "__allow_nonbracketed_mutation_flag", True)
    check(
        HEAD
        + """
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
y = x.to(device)
z = torch.zeros(3, device=device)
net.to(device)
w = net(y)
cpu = torch.device("cpu")
t = cpu.type, str(cpu), f"{torch.device('cuda', 1)}", torch.device("cuda:1").index
same = cpu == torch.device("cpu"), cpu == torch.device("cuda")
kind = isinstance(cpu, torch.device)
torch.manual_seed(0)
torch.backends.cudnn.benchmark = True
if torch.cuda.is_available():
    torch.cuda.manual_seed_all(1)
f = torch.finfo(torch.float32)
fs = f.max, f.min, f.eps, f.tiny, torch.finfo(torch.float16).max, torch.finfo(torch.bfloat16).min
i = torch.iinfo(torch.int64)
ii = i.max, i.min, torch.iinfo(torch.uint8).max
g = torch.Generator().manual_seed(3)
r = torch.randn(2, generator=g)
h = torch.get_default_dtype() == torch.float32
"""
    )
