"""Datasets, DataLoader, collating, compared with PyTorch."""

from torch_snippets import check

HEAD = """
import torch
from torch.utils.data import Dataset, DataLoader, TensorDataset, Subset, ConcatDataset, random_split, IterableDataset
class Squares(Dataset):
    def __init__(self, n=10):
        self.x = torch.randn(n, 3, 8, 8)
    def __len__(self):
        return len(self.x)
    def __getitem__(self, i):
        return self.x[i], i % 3
"""


def test_tensor_dataset() -> None:
    check(
        HEAD
        + """
ds = TensorDataset(torch.randn(10, 4), torch.randint(0, 3, (10,)))
n = len(ds)
a, b = ds[0]
s = ds[2:5]
loader = DataLoader(ds, batch_size=4, shuffle=True)
shapes = [(x.shape, y.shape, y.dtype == torch.int64) for x, y in loader]
steps = len(loader)
first = next(iter(loader))
x, y = first
dropped = [x.shape[0] for x, y in DataLoader(ds, 4, drop_last=True)]
nd = len(DataLoader(ds, 4, drop_last=True))
total = len(loader.dataset)
bs = loader.batch_size
for i, (x, y) in enumerate(loader):
    last = i
"""
    )


def test_own_dataset() -> None:
    check(
        HEAD
        + """
ds = Squares(11)
loader = DataLoader(ds, batch_size=4)
batch = next(iter(loader))
kind = type(batch).__name__
x, y = batch
sizes = [len(b[0]) for b in loader]
one = next(iter(DataLoader(ds)))
raw = next(iter(DataLoader(ds, batch_size=None)))
both = ds + Squares(5)
nb = len(both)
z = next(iter(DataLoader(both, 16)))[0]
sub = Subset(ds, [1, 2, 3])
ns = len(sub)
w = next(iter(DataLoader(sub, 2)))[0]
tr, va = random_split(ds, [8, 3])
nt = len(tr), len(va)
v = next(iter(DataLoader(va, 5)))[0]
parts = [len(p) for p in random_split(ds, [0.5, 0.3, 0.2])]
e = both[12][0]
""",
        "raw",
    )


def test_structures() -> None:
    check(
        HEAD
        + """
from collections import namedtuple
P = namedtuple("P", "a b")
class D(Dataset):
    def __len__(self):
        return 6
    def __getitem__(self, i):
        return {"x": torch.zeros(3), "f": 0.5, "i": i, "t": "text", "n": [1, torch.zeros(2)], "b": True,
                "p": (torch.ones(1), 2.0), "k": P(torch.zeros(4), 1)}
batch = next(iter(DataLoader(D(), batch_size=4)))
f = batch["f"].dtype == torch.float64
names = len(batch["t"])
pa = batch["k"].a
""",
        "batch",
    )


def test_collate_fn() -> None:
    check(
        HEAD
        + """
class Text(Dataset):
    data = [torch.arange(3), torch.arange(5), torch.arange(4)]
    def __len__(self):
        return len(self.data)
    def __getitem__(self, i):
        return self.data[i], i
def pad(batch):
    xs, ys = zip(*batch)
    return torch.nn.utils.rnn.pad_sequence(xs, batch_first=True), torch.tensor(ys)
def stack(batch):
    xs = [b[0] for b in batch]
    return torch.stack(xs), len(batch)
for x, y in DataLoader(Text(), batch_size=3, collate_fn=pad):
    n = y.shape
b, m = next(iter(DataLoader(Squares(), batch_size=4, collate_fn=stack)))
c = [m for _, m in DataLoader(Squares(), batch_size=4, collate_fn=stack)]
""",
        "x",
    )


def test_streams_and_samplers() -> None:
    check(
        HEAD
        + """
from torch.utils.data import WeightedRandomSampler, SubsetRandomSampler, RandomSampler, BatchSampler, SequentialSampler
class S(IterableDataset):
    def __iter__(self):
        for i in range(5):
            yield torch.zeros(2) + i
sizes = [b.shape for b in DataLoader(S(), batch_size=2)]
ds = Squares(10)
w = DataLoader(ds, batch_size=4, sampler=WeightedRandomSampler([0.1] * 10, 7))
nw = len(w), [len(x) for x, _ in w]
s = DataLoader(ds, batch_size=4, sampler=SubsetRandomSampler([1, 2, 3, 4, 5]))
ns = len(s), [len(x) for x, _ in s]
bs = BatchSampler(SequentialSampler(ds), 3, False)
nb = len(bs)
for x, y in DataLoader(ds, batch_sampler=bs):
    d = x[0]
    break
r = len(RandomSampler(ds))
""",
    )


def test_training_loop() -> None:
    check(
        HEAD
        + """
from torch import nn
net = nn.Sequential(nn.Flatten(), nn.Linear(192, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
loader = DataLoader(Squares(701), batch_size=4, shuffle=True)
preds = []
for epoch in range(2):
    total = 0
    for x, y in loader:
        opt.zero_grad()
        out = net(x)
        loss = nn.functional.cross_entropy(out, y)
        loss.backward()
        opt.step()
        total += x.size(0)
        preds.append(out.detach())
after = loss
again = nn.functional.cross_entropy(out, y)
""",
        "total out preds",
    )


def test_batches_of_indices() -> None:
    check(
        HEAD
        + """
from torch.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler, SubsetRandomSampler
x = torch.randn(10, 3)
whole = [x[i].shape for i in BatchSampler(SubsetRandomSampler(range(10)), 4, drop_last=True)]
parts = [x[i].shape for i in BatchSampler(SequentialSampler(range(10)), 4, drop_last=False)]
even = [len(i) for i in BatchSampler(RandomSampler(x), batch_size=5, drop_last=False)]
none = list(BatchSampler(SequentialSampler([]), 4, False))
for rows in BatchSampler(SubsetRandomSampler(range(9000)), 300, True):
    n = len(rows)
for rows in BatchSampler(SubsetRandomSampler(range(6)), 2, True):
    part = x[rows]
""",
        "rows",
    )
