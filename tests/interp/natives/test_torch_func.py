"""torch.func and torch.autograd.functional, compared with PyTorch."""

from torch_snippets import check

HEAD = """
import copy
import torch
import torch.autograd.functional as AF
from torch import nn
from torch.func import functional_call, grad, grad_and_value, hessian, jacfwd, jacrev, jvp, linearize, vjp, vmap
from torch.func import functionalize, stack_module_state
a, b = torch.rand(3, 4), torch.rand(4)
f = lambda a, b: (a.sin() * b).sum(-1)
scalar = lambda a, b: (a @ b).sum()
def both(p):
    return (p["x"] ** 2).sum(), p["x"] + 1
"""


def test_vmap_follows_nested_arguments() -> None:
    check(
        HEAD
        + """
picked = vmap(lambda d: {"s": d["u"].sum(), "t": (d["v"], [d["u"]])}, in_dims=({"u": 0, "v": 1},))(
    {"u": a, "v": torch.rand(2, 3)})
last = vmap(lambda x, y: (x + y, 3 * x), in_dims=(0, None), out_dims=(1, -1))(a, b)
same = vmap(lambda x: x * 2, in_dims=-1, out_dims=(0,))(a)
kept = vmap(lambda x, n: (x * n, n), in_dims=(0, None), out_dims=(0, None))(a, 2)
nested = vmap(vmap(torch.dot, in_dims=(None, 0)), in_dims=(0, None))(torch.rand(3, 7), torch.rand(5, 7))
each = vmap(grad(lambda p, x: (p * x).sum()), in_dims=(None, 0))(b, a)
chunks = vmap(torch.sin, chunk_size=2)(a)
"""
    )


def test_ensembles() -> None:
    check(
        HEAD
        + """
models = [nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.Linear(16, 3)) for _ in range(5)]
params, buffers = stack_module_state(models)
base = copy.deepcopy(models[0])
def run(p, b, x):
    return functional_call(base, (p, b), (x,))
base.eval()
shared = vmap(run, in_dims=(0, 0, None))(params, buffers, torch.rand(32, 8))
own = vmap(run)(params, buffers, torch.rand(5, 32, 8))
"""
    )


def test_derivatives() -> None:
    check(
        HEAD
        + """
one = grad(scalar)(a, b)
two = grad(scalar, argnums=(0, -1))(a, b)
tree, aux = grad(both, has_aux=True)({"x": a})
tree2, (value, aux2) = grad_and_value(both, has_aux=True)({"x": a})
plain = grad_and_value(scalar, argnums=1)(a, b)
out, back = vjp(f, a, b)
ga, gb = back(out)
out3, back3, aux3 = vjp(both, {"x": a}, has_aux=True)
gx, = back3(out3)
forward = jvp(f, (a, b), (a, b))
at, line = linearize(torch.sin, a)
along = line(a)
j1, j2 = jacrev(f)(a, b), jacfwd(f, argnums=(0, 1))(a, b)
j3 = jacrev(lambda x: {"y": x.sum(), "z": (x, x[0])})(b)
j4, aux4 = jacrev(lambda x: (x * 2, x.sum()), has_aux=True)(b)
h1, h2 = hessian(lambda v: v.pow(3).sum())(b), hessian(scalar, argnums=(0, 1))(a, b)
wrapped = functionalize(scalar)(a, b)
"""
    )


def test_autograd_functional() -> None:
    check(
        HEAD
        + """
j1, j2 = AF.jacobian(f, (a, b)), AF.jacobian(torch.sin, b)
j3 = AF.jacobian(lambda x: (x.sum(), x * 2), b)
h1, h2 = AF.hessian(scalar, (a, b)), AF.hessian(lambda v: v.pow(3).sum().view(1), b)
out, back = AF.vjp(f, (a, b), torch.ones(3))
out2, back2 = AF.vjp(lambda v: v.sum(), b)
out3, along = AF.jvp(f, (a, b), (a, b))
out4, product = AF.hvp(lambda v: (v ** 3).sum(), b, b)
out5, product2 = AF.vhp(scalar, (a, b), (a, b))
"""
    )
