"""autograd.Function, gradients, checkpointing, vmap, wrappers, devices, compared with PyTorch."""

import pytest
import torch
from snippets import interpret
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


FUNCTION = """
import torch
class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, n=2):
        ctx.save_for_backward(x, w)
        return x @ w
    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return {returned}
x = torch.randn(3, 4, requires_grad=True)
w = torch.nn.Parameter(torch.randn(4, 5))
y = Product.apply(x, w{more})
loss = (torch.relu(y) * 2).reshape(-1).mean()
loss.backward()
"""


@pytest.mark.parametrize("more", ["", ", 3"])
@pytest.mark.parametrize(
    "returned",
    [
        "g @ w.T, x.T @ g", "g @ w.T, x.T @ g, None", "g @ w.T", "(g @ w.T, x.T @ g, g)", "None, None, None",
        "g.sum(), x.T @ g, None", "g @ w.T, g, None", "g.sum(1, keepdim=True), 1.0, None", "g @ w.T, [x.T @ g], None",
        "[g @ w.T, x.T @ g]", "torch.ones(7, 4), None, None", "torch.ones(4), None, None",
        "torch.ones(2, 3, 4), (x.T @ g)[None], None", "g @ w, x.T @ g, None", "(g @ w.T).double(), None, None",
        "None, x.T @ g, None, None, None", "g @ w.T, x.T @ g, 1",
    ],
)  # fmt: skip
def test_what_backward_returns(returned: str, more: str) -> None:
    """Refused in PyTorch's words, on the line of `loss.backward()` or where the function itself fails."""
    program = FUNCTION.format(returned=returned, more=more)
    said = None
    try:
        exec(program, {})
    except RuntimeError as error:
        said = str(error).partition("\n")[0]
    _, it = interpret(program)
    assert [d.message for d in it.diagnostics.found.values()] == ([] if said is None else [said])


@pytest.mark.parametrize(
    "use",
    [
        "with torch.no_grad():\n    y = Product.apply(x, w)\nloss = (y * x.sum()).sum()",
        "loss = (Product.apply(x, w).detach() * x.sum()).sum()",
        "loss = (torch.zeros_like(Product.apply(x, w)) + x.sum()).sum()",
        "z = Product.apply(x.detach(), w.detach())\nloss = (z * x.sum()).sum()",
        "@torch.no_grad()\ndef f():\n    return Product.apply(x, w)\nloss = (f() * x.sum()).sum()",
    ],
)
def test_backward_that_is_not_reached(use: str) -> None:
    head = FUNCTION.format(returned="g, g, g", more="").partition("y = ")[0]
    program = f"{head}{use}\nloss.backward()\n"
    exec(program, {})
    _, it = interpret(program)
    assert not it.diagnostics.found
