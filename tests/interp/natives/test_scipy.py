"""scipy beside tensors. scipy itself is not needed to develop Tensight: what it gives is written down."""

from snippets import interpret

from tensight.values import Tensor

HEAD = """
import numpy as np
import torch
from scipy import integrate, ndimage, optimize, signal, special, stats
from scipy.fft import next_fast_len
from scipy.spatial.distance import cdist, pdist, squareform
import scipy.linalg
x = np.zeros((3, 100))
"""


def shapes(text: str) -> dict[str, object]:
    names, it = interpret(HEAD + text)
    assert not it.diagnostics.found
    return {k: tuple(v.shape) if isinstance(v, Tensor) and not v.is_open else v for k, v in names.items()}


def test_signals() -> None:
    found = shapes("""
b, a = signal.butter(4, 0.3)
b2, a2 = signal.butter(3, (0.2, 0.4), "bandpass")
sos = signal.butter(5, 0.3, output="sos")
y = signal.lfilter(b, a, x)
z = signal.filtfilt(b, a, x)
w = torch.from_numpy(signal.get_window("hann", 16))
w2 = signal.windows.hann(12)
w3 = signal.firwin(31, 0.1)
r = signal.resample(x, 50, axis=1)
r2 = signal.resample_poly(x, 160, 441, axis=-1)
c = signal.convolve(np.ones(5), np.ones(3))
c2 = signal.fftconvolve(np.ones((8, 8)), np.ones((3, 3)), mode="same")
system = np.eye(4), np.ones((4, 1)), np.ones((1, 4)), np.zeros(1)
A, B, C, D, _ = signal.cont2discrete(system, dt=0.1)
n = next_fast_len(101), next_fast_len(191, True)
""")
    expected = {
        "b": (5,), "a": (5,), "b2": (7,), "a2": (7,), "sos": (3, 6), "y": (3, 100), "z": (3, 100), "w": (16,),
        "w2": (12,), "w3": (31,), "r": (3, 50), "r2": (3, 37), "c": (7,), "c2": (8, 8), "A": (4, 4), "B": (4, 1),
        "n": (105, 192),
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


def test_the_rest() -> None:
    found = shapes("""
rows, cols = optimize.linear_sum_assignment(np.ones((5, 3)))
d = cdist(np.ones((5, 2)), np.ones((7, 2)))
p = pdist(np.ones((5, 2)))
m = squareform(p)
g = ndimage.gaussian_filter(x, 1.0)
lab, count = ndimage.label(x)
zoomed = ndimage.zoom(np.ones((5, 7)), 0.5)
e = special.erf(x)
s = special.logsumexp(x, axis=1)
v = torch.as_tensor(stats.truncnorm(-2, 2, scale=0.1).rvs(24), dtype=torch.float32).view(2, 3, 4)
v2 = stats.norm.rvs(0, 1, size=(2, 3))
q = stats.norm.ppf(np.linspace(0.1, 0.9, 9))
area = torch.ones(3) * integrate.quad(lambda t: t * 2, 0, 1)[0]
u, sv, vh = scipy.linalg.svd(np.ones((4, 3)))
inv = scipy.linalg.inv(np.eye(3))
h = scipy.linalg.hadamard(8)
poly = special.eval_legendre(np.arange(4)[:, None], np.linspace(0, 1, 9))
""")
    expected = {
        "rows": (3,), "cols": (3,), "d": (5, 7), "p": (10,), "m": (5, 5), "g": (3, 100), "lab": (3, 100),
        "zoomed": (2, 4), "e": (3, 100), "s": (3,), "v": (2, 3, 4), "v2": (2, 3), "q": (9,), "area": (3,),
        "u": (4, 4), "sv": (3,), "vh": (3, 3), "inv": (3, 3), "h": (8, 8), "poly": (4, 9),
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


def test_factors() -> None:
    found = shapes("""
p, l, w = scipy.linalg.lu(np.random.randn(4, 4).astype(np.float32))
a, b = scipy.linalg.lu(np.random.randn(5, 3), permute_l=True)
p2, l2, u2 = scipy.linalg.lu(np.random.randn(3, 5))
lu, piv = scipy.linalg.lu_factor(np.random.randn(4, 4))
""")
    expected = {
        "p": (4, 4), "l": (4, 4), "w": (4, 4), "a": (5, 3), "b": (3, 3), "p2": (3, 3), "l2": (3, 3), "u2": (3, 5),
        "lu": (4, 4), "piv": (4,),
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
