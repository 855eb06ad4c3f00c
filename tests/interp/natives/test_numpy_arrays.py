"""numpy beside tensors, compared with numpy."""

from snippets import interpret
from torch_snippets import check

HEAD = """
import numpy as np
import torch
a = np.zeros((3, 4))
b = np.arange(12).reshape(3, 4)
c = np.random.rand(3, 4).astype(np.float32)
"""


def test_making() -> None:
    check(
        HEAD
        + """
z = np.ones((2, 3), dtype=np.float32), np.empty(5), np.full((2, 2), 7), np.eye(3)
l1 = np.zeros_like(c), np.ones(4, dtype=int)
r = np.arange(5), np.arange(0, 1, 0.25), np.arange(10, 0, -2), np.linspace(0, 1, 11), np.arange(3, dtype="float32")
x = np.array([[1, 2, 3], [4, 5, 6]]), np.array([1.0, 2]), np.array([True]), np.array(3), np.array([c, c])
y = np.asarray([1, 2]), np.array([[1, 2], [3, 4]], dtype=np.float32)
l2 = np.array([0.5]).tolist(), np.array([1, 2]).tolist()
g, h = np.meshgrid(np.arange(3), np.arange(5))
k, l = np.meshgrid(np.arange(3), np.arange(5), indexing="ij")
e = np.array([])
"""
    )


def test_random() -> None:
    check(
        HEAD
        + """
np.random.seed(0)
x = np.random.rand(2, 3), np.random.randn(4), np.random.normal(0, 1, (2, 5)), np.random.uniform(-1, 1, size=(3,))
y = np.random.randint(0, 10, (4, 4)), np.random.randint(5, size=3), np.random.permutation(6), np.random.choice(5, 3)
z = np.random.choice([1.0, 2.0], size=(2, 2)), np.random.random((2,)), np.random.standard_normal(3)
rng = np.random.default_rng(1)
w = rng.normal(size=(2, 2)), rng.integers(0, 4, size=5), rng.random(3), rng.permutation(4)
rs = np.random.RandomState(1)
v = rs.rand(3), rs.randn(2, 2)
idx = np.random.permutation(len(a))
t = a[idx[:2]]
"""
    )


def test_methods() -> None:
    check(
        HEAD
        + """
s = a.shape, a.ndim, a.size, a.T.shape, len(a), a.dtype == np.float64, c.dtype == np.float32
x = a.reshape(2, -1), a.transpose(), np.zeros((2, 3, 4)).transpose(2, 0, 1), a.ravel(), a.flatten(), a.copy()
y = a.sum(axis=0), a.mean(axis=1), a.max(axis=0), a.argmax(axis=1), a.std(0), b.mean(0), a.sum(axis=1, keepdims=True)
z = c.sum(axis=0), b.sum(axis=(0, 1)), a.any(axis=0), a.cumsum(axis=1), a.repeat(2, axis=0), a.repeat(3)
w = a[0], a[:, 1], a[1:, :2], a[::-1], a[..., None], a[:, ::-1], b[b > 5].ndim, a[[0, 1]], a[0, 1]
v = a.astype(np.float32), a.astype(int), b.astype("float32"), b.squeeze(), np.zeros((1, 3, 1)).squeeze(0)
u = a.clip(0, 1), a.swapaxes(0, 1), b.tolist(), np.zeros(1).item(), a.argsort(axis=0), a.dot(b.T)
for row in a:
    last = row
n = isinstance(a, np.ndarray), isinstance(a, torch.Tensor), isinstance(torch.zeros(1), np.ndarray)
"""
    )


def test_functions() -> None:
    check(
        HEAD
        + """
x = np.concatenate([a, b]), np.concatenate((a, b), axis=1), np.stack([a, b]), np.vstack([a, b]), np.hstack([a, b])
y = np.expand_dims(a, 0), np.squeeze(a), np.transpose(a), np.tile(a, (2, 1)), np.repeat(a, 2, axis=1), np.ravel(a)
z = np.split(a, 2, axis=1), np.pad(a, 1), np.pad(a, ((1, 2), (0, 3))), np.where(a > 0, a, b), np.flip(a, 0)
w = np.matmul(a, b.T), np.dot(a, b.T), a @ b.T, np.outer(np.ones(2), np.ones(3)), np.einsum("ij,kj->ik", a, b)
v = np.mean(a, axis=0), np.sum(b, axis=1), np.argmax(a, axis=1), np.max(a, axis=0), np.cumsum(b, axis=0)
u = np.sqrt(a), np.exp(c), np.log(b + 1), np.abs(b), np.maximum(a, 0), np.clip(a, 0, 1), np.isnan(a), np.power(b, 2)
t = a + b, b + 1, b * 2.0, b / 2, c * 2, c + a, b // 2, a > 0, -a, a - b[0], b ** 2, 1 / a.shape[0], 2 * c, 1 - b
cs = np.cumsum([1, 2, 3]), np.cumsum([0.5, 0.5])
m = np.moveaxis(np.zeros((2, 3, 4)), 0, -1), np.swapaxes(a, 0, 1), np.rot90(a), np.broadcast_to(np.ones(4), (3, 4))
"""
    )


def test_numbers() -> None:
    check(
        HEAD
        + """
n = np.prod([2, 3, 4]), np.prod((3, 5)), np.sum([1, 2]), np.sqrt(16), np.log2(8), np.ceil(2.5), np.floor(2.5), np.pi
k = int(np.prod(a.shape)), int(np.ceil(7 / 2)), int(np.sqrt(64)), int(np.log2(32)), np.power(2, 5), np.exp(0)
m = np.maximum(2, 3), np.mean([1, 2, 3]), np.max([4, 2]), np.argmax([1, 9, 3]), float(np.float32(1.5)), np.int64(3) + 1
lin = torch.nn.Linear(int(np.prod(a.shape)), np.prod((2, 2)))(torch.zeros(1, 12))
w = [int(v) for v in np.linspace(8, 32, 4)]
d = np.newaxis is None, np.inf > 3
"""
    )


def test_to_and_from_tensors() -> None:
    check(
        HEAD
        + """
x = torch.from_numpy(a), torch.tensor(a), torch.tensor(b), torch.as_tensor(c), torch.Tensor(a), torch.FloatTensor(b)
y = torch.from_numpy(c).float(), torch.zeros(2, 3).numpy(), torch.zeros(2, 3).detach().cpu().numpy()
z = np.array(torch.zeros(2, 3)), torch.tensor(np.array([1.5, 2])), torch.tensor([a[0], a[1]]), np.asarray(torch.ones(3))
w = torch.from_numpy(a[:, 0]).unsqueeze(1), torch.from_numpy(b.astype(np.int64)).long()
v = torch.tensor(np.random.randint(0, 3, 5)), torch.from_numpy(np.random.rand(8, 2)).float() @ torch.zeros(2, 3)
n = torch.zeros(4).numpy().shape, torch.zeros(2).tolist()
"""
    )


def test_values_are_carried() -> None:
    check("""
import numpy as np
import torch
widths = np.array([8, 16, 32])
layers = [torch.nn.Linear(int(i), int(o)) for i, o in zip(widths[:-1], widths[1:])]
x = torch.zeros(1, 8)
for layer in layers:
    x = layer(x)
s = np.array([2, 3])
t = torch.zeros(tuple(int(v) for v in s))
""")


def test_linear_algebra() -> None:
    check(
        HEAD
        + """
m = np.random.rand(5, 4, 4)
f = np.eye(3, dtype=np.float32)
x = np.linalg.inv(m), np.linalg.pinv(a), np.linalg.inv(f), np.linalg.det(m), np.linalg.matrix_power(f, 2)
y = np.linalg.norm(a, axis=1), np.linalg.norm(c, axis=0, keepdims=True), np.linalg.norm(a), np.linalg.cholesky(f)
u, s, vh = np.linalg.svd(a)
u1, s1, v1 = np.linalg.svd(a, full_matrices=False)
s2 = np.linalg.svd(c, compute_uv=False)
w, v = np.linalg.eigh(f)
val = np.linalg.eigvalsh(f).shape, np.linalg.eigh(f).eigenvalues.shape, np.linalg.eig(f)[1].shape
q, r = np.linalg.qr(a.T)
sol = np.linalg.solve(f, np.ones(3)), np.linalg.solve(m, np.ones((5, 4, 2)))
best = np.linalg.lstsq(a, np.ones(3), rcond=None)[0]
rank, sign = np.linalg.matrix_rank(m).shape, np.linalg.slogdet(m)[0]
p = np.tensordot(a, b.T, 1), np.vdot(a, b), np.cross(np.ones((5, 3)), np.ones(3)), np.linalg.multi_dot([a, b.T, c])
t = torch.from_numpy(np.linalg.inv(f))
""",
        open_names="",
    )


def test_transforms() -> None:
    check(
        HEAD
        + """
x = np.fft.fft(a), np.fft.rfft(a), np.fft.ifft(a, axis=0), np.fft.irfft(np.fft.rfft(a)), np.fft.fft(b, 8)
y = np.fft.fft2(a), np.fft.fftn(a), np.fft.rfft2(a), np.fft.fftshift(a), np.fft.fftfreq(8), np.fft.rfftfreq(9)
"""
    )


def test_numeric() -> None:
    check(
        HEAD
        + """
i = np.interp(np.arange(3.0), np.arange(5), np.arange(5) * 2.0), np.interp(2, [0, 1], [3, 4])
j = np.interp(np.arange(3.0), range(0, 12), b.reshape(-1))
k = np.trapezoid(a), np.trapezoid(a, axis=0), np.gradient(a[0]), np.gradient(a), np.ediff1d(b), np.unwrap(a)
l = np.polyfit(np.arange(4), np.arange(4), 2), np.polyval([1, 2], np.arange(3)), np.vander(np.arange(4), 3)
m = np.convolve([1, 2, 3], [1, 1]), np.convolve(np.ones(9), np.ones(3), "same"), np.correlate(np.ones(9), np.ones(3))
n = np.cov(a), np.corrcoef(c), np.percentile(a, 50), np.percentile(a, [5, 95], axis=0), np.quantile(a, 0.5, axis=1)
h, edges = np.histogram(a, bins=7)
h2, e2 = np.histogram(a, [0, 1, 2])
w = np.hanning(5), np.hamming(6), np.blackman(3)
z = np.real(a), np.imag(a), np.angle(a), np.lcm(4, 6), np.fmod(a, 3), np.gcd(8, 12), np.logaddexp(a, c)
d = np.issubdtype(a.dtype, np.floating), np.issubdtype(b.dtype, np.integer), np.issubdtype(np.float32, np.integer)
cnt = np.bincount(b.reshape(-1)).ndim
"""
    )


def test_positions() -> None:
    check(
        HEAD
        + """
g = np.mgrid[0:3, 0:4], np.mgrid[0:1:5j], np.mgrid[:2, :3, :4].reshape(3, -1)
oy, ox = np.ogrid[:3, :4]
r = np.r_[1, 2, 3], np.r_[np.zeros(3), 0, np.ones(2)], np.r_[0:5], np.c_[np.zeros(3), np.ones(3)], np.c_[a, a]
i = np.indices((2, 3)), np.ix_([0, 1], [1, 2, 3]), a[np.ix_([0, 1], [1, 2, 3])]
t = np.tril_indices(4)[0], np.triu_indices(3)[1], np.diag_indices(4)
u = np.unravel_index(np.arange(4), (2, 2)), np.lexsort((np.arange(3), np.arange(3)))
x = np.append(a, a), np.append(a, b, axis=0), np.insert(np.arange(3), 0, 5), np.insert(a, 0, 1, axis=1)
y = np.delete(np.arange(3), 0), np.delete(a, 1, 0), np.take_along_axis(b, np.argsort(b, axis=1), axis=1)
f = np.flatnonzero(b > 3).ndim, np.argwhere(b > 3).shape[1], np.nonzero(b)[0].ndim, len(np.nonzero(b))
s = np.select([b > 3, b > 5], [a, c]), np.broadcast_arrays(a, np.ones(4)), np.rollaxis(np.ones((2, 3, 4)), 2)
v = np.vsplit(np.ones((4, 2)), 2), np.apply_along_axis(lambda row: row.sum(), 1, a), np.apply_along_axis(np.sort, 0, a)
"""
    )


def test_known_elements() -> None:
    """Elements are followed where they are known: which step of a schedule a time step is decides sizes."""
    check(
        """
import numpy as np
import torch
steps = np.linspace(0, 999, 6).round()[::-1][:-1].copy().astype(np.int64)
t = torch.from_numpy(steps)
l = t.tolist(), (t == t[2]).nonzero()[0].item()
n = np.nonzero(steps == 599)[0].tolist(), np.flatnonzero(steps > 300).tolist()
r = np.arange(10)[7:2:-2].tolist(), np.arange(10)[::-3].tolist(), np.arange(4)[2:3:-1].tolist()
f = np.flip(np.arange(3)).tolist(), np.abs(np.array([-1, 2])).tolist(), np.clip(np.arange(5), 1, 3).tolist()
m = np.maximum(np.arange(3), 1).tolist(), np.floor(np.array([1.5, -1.5])).tolist()
o = np.rint(np.array([0.5, 1.5])).tolist()
picked = torch.zeros(12, 2)[steps[1:3] % 12].view(-1)
w = torch.where(torch.tensor([1, 0, 3]) > 0)[0].tolist(), np.where(np.array([1, 0, 3]) > 0)[0].tolist()
"""
    )


def test_elements_beside_tensors() -> None:
    """An element is a number to PyTorch's functions: the element type is that of the tensor. A bool is a float."""
    made = ["s = np.array([1.0, 2.0])[0]", "n = np.array([1, 2])[0]", "b = np.array([True, False])[0]"]
    made += ["x = torch.ones(2)", "i = torch.ones(2, dtype=torch.int64)", "z = torch.ones(2, dtype=torch.bool)"]
    names = ["add", "mul", "div", "true_divide", "pow", "float_power", "xlogy", "special.zeta", "copysign"]
    for tensor in "xiz":
        made += [f"r = torch.{name}({tensor}, {number})" for name in names for number in "snb"]
        made += [f"r = torch.where(x > 0, {number}, {tensor})" for number in "snb"]
    for tensor, number in ("xs", "is", "xn", "in", "xb", "ib"):
        made += [f"r = {tensor}.add({number})", f"r = {number} * {tensor}", f"r = {tensor} ** {number}"]
    for tensor, number in ("xs", "is", "xn", "in"):
        made += [f"r = torch.sub({number}, {tensor})", f"r = torch.clamp({tensor}, min={number})"]
    check(HEAD + "\n".join(made))


def test_where_with_numbers() -> None:
    check(
        HEAD
        + """
w = np.where(c > 0, c, 0.0), np.where(c > 0, 1, c), np.where(a > 0, 1, 0), np.where(a > 0, 1, 0.5)
v = np.where(c > 0, b, 2.5), np.where(c > 0, c > 1, 2), np.where(c > 0, c, b), np.where(c > 0, c, a[0, 0])
u = (c > 0) + 1, (c > 0) * 2.5
"""
    )


def test_each_number_that_is_not_known_makes_an_array_of_its_own() -> None:
    """Arrays can be written to, and remember where they come from."""
    found, _ = interpret(
        "import random\nimport numpy as np\nn = random.getrandbits(2)\na, b = np.array(n), np.array(n)"
    )
    assert found["a"].dims == () and found["a"] is not found["b"]
