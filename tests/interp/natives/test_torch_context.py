"""no_grad and its kin, optimizers, schedulers, compilers, Parameter, init, utils, compared with PyTorch."""

from torch_snippets import check

HEAD = """
import torch
import torch.nn.functional as F
from torch import nn, optim
x = torch.randn(2, 4)
net = nn.Sequential(nn.Linear(4, 3))
"""


def test_grad_modes() -> None:
    check(
        HEAD
        + """
a = torch.is_grad_enabled()
with torch.no_grad():
    b = torch.is_grad_enabled()
    y = net(x)
    with torch.enable_grad():
        c = torch.is_grad_enabled()
    d = torch.is_grad_enabled()
e = torch.is_grad_enabled()
with torch.set_grad_enabled(False):
    f = torch.is_grad_enabled()
with torch.inference_mode():
    g = torch.is_grad_enabled()
@torch.no_grad()
def run(x):
    return net(x)
@torch.no_grad
def run2(x):
    return net(x)
@torch.inference_mode()
def run3(x):
    return net(x)
class A:
    @torch.no_grad()
    def m(self, x):
        return net(x)
    @staticmethod
    @torch.no_grad()
    def s(x):
        return net(x)
y1, y2, y3, y4, y5 = run(x), run2(x), run3(x), A().m(x), A.s(x)
with torch.autocast("cpu", dtype=torch.bfloat16):
    z = x
"""
    )


def test_training_step() -> None:
    check(
        HEAD
        + """
opt = optim.Adam(net.parameters(), lr=1e-3, weight_decay=0.1)
sched = optim.lr_scheduler.StepLR(opt, 10)
crit = nn.CrossEntropyLoss()
scaler = torch.amp.GradScaler("cpu", enabled=False)
for epoch in range(2):
    opt.zero_grad()
    loss = crit(net(x), torch.tensor([0, 1]))
    loss.backward()
    norm = nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    sched.step()
lr = opt.param_groups[0]["lr"]
for group in opt.param_groups:
    group["lr"] = 0.5
n = len(opt.param_groups), len(opt.param_groups[0]["params"])
opt2 = optim.SGD([{"params": net.parameters()}, {"params": [nn.Parameter(torch.zeros(2))], "lr": 0.1}], lr=0.01)
lrs = [g["lr"] for g in opt2.param_groups]
def closure():
    opt.zero_grad()
    out = F.mse_loss(net(x), torch.zeros(2, 3))
    out.backward()
    return out
l2 = optim.LBFGS(net.parameters()).step(closure)
if net[0].weight.grad is not None:
    grad = net[0].weight.grad.clone()
state = len(opt.state_dict()["param_groups"])
""",
        "lr state group",
    )


def test_own_optimizer_and_scheduler() -> None:
    check(
        HEAD
        + """
class Mine(optim.Optimizer):
    def __init__(self, params, lr=0.1):
        super().__init__(params, dict(lr=lr))
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if len(state) == 0:
                    state["step"] = 0
                p.data.add_(p.grad, alpha=-group["lr"])
class Warm(optim.lr_scheduler.LRScheduler):
    def __init__(self, opt, steps):
        self.steps = steps
        super().__init__(opt)
    def get_lr(self):
        return [b * min(1.0, self.last_epoch / self.steps) for b in self.base_lrs]
opt = Mine(net.parameters())
sched = Warm(opt, 5)
net(x).sum().backward()
opt.step()
sched.step()
lr = opt.param_groups[0]["lr"]
y = net(x)
""",
        "lr",
    )


def test_parameters_and_init() -> None:
    check(
        HEAD
        + """
p = nn.Parameter(torch.randn(3, 4))
q = nn.Parameter(torch.ones(2), requires_grad=False)
is_p = isinstance(p, nn.Parameter), isinstance(x, nn.Parameter), isinstance(p, torch.Tensor)
plain = p * 2
not_p = isinstance(plain, nn.Parameter)
r = nn.init.xavier_uniform_(torch.empty(3, 5))
s = nn.init.constant_(p, 0.5) is p
nn.init.normal_(net[0].weight, std=0.02)
nn.init.zeros_(net[0].bias)
g = nn.init.calculate_gain("relu"), nn.init.calculate_gain("leaky_relu", 0.2), nn.init.calculate_gain("tanh")
fans = nn.init._calculate_fan_in_and_fan_out(torch.empty(8, 4, 3, 3))
trunc = nn.init.trunc_normal_(torch.empty(4, 4), std=.02)
wn = nn.utils.weight_norm(nn.Linear(4, 5))(x)
sn = nn.utils.spectral_norm(nn.Conv2d(1, 2, 3))(torch.zeros(1, 1, 5, 5))
wp = nn.utils.parametrizations.weight_norm(nn.Linear(4, 6))(x)
vec = nn.utils.parameters_to_vector(net.parameters())
nn.utils.vector_to_parameters(vec, net.parameters())
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = nn.Buffer(torch.zeros(3))
        self.p = nn.Parameter(torch.zeros(1, 1, 4))
names = [n for n, _ in M().named_buffers()]
size = torch.Size([2, 3])
numel = size.numel(), torch.is_tensor(x), torch.is_tensor(3)
t = torch.Tensor(2, 3)
"""
    )


def test_compilers() -> None:
    check(
        HEAD
        + """
model = torch.compile(net, disable=True)
y = model(x)
@torch.compile(disable=True)
def f(x):
    return x @ torch.ones(4, 2)
@torch.compile(disable=True, mode="default")
def g(x):
    return x.t()
a, b = f(x), g(x)
@torch.jit.ignore
def h(x):
    return x[0]
@torch.jit.unused
def u(x):
    return x[0]
c, d = h(x), u(x)
flags = torch.jit.is_scripting(), torch.jit.is_tracing()
traced = torch.jit.trace(net, x)(torch.zeros(5, 4))
"""
    )
