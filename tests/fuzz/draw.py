"""Fills the holes of a statement with tensors that exist and numbers that fit them mostly."""

from __future__ import annotations

import math
import random
import re
from typing import Any

import torch

from fuzz.templates import UNARY

_HOLE = re.compile(r"\{([a-zA-Z0-9-]+)\}")
DTYPES = ("torch.float32", "torch.float64", "torch.int64", "torch.int32", "torch.bool", "torch.float16", "torch.uint8")
NUMBERS = ("0", "1", "2", "3", "-1", "0.5", "2.0", "-1.5", "True", "1.0", "2.5")
_KINDS = {
    "f": (torch.float32,), "l": (torch.int64,), "b": (torch.bool,),
    "x1": (torch.float32,), "x2": (torch.float32,), "x3": (torch.float32,), "x4": (torch.float32,),
}  # fmt: skip


class Draw:
    """Random choices against the tensors of a program so far. `slack`: how often an argument is not made to fit."""

    def __init__(self, rng: random.Random, scope: dict[str, Any], slack: float = 0.25) -> None:
        self.rng, self.scope, self.slack = rng, scope, slack
        self.subject: torch.Tensor | None = None

    def fill(self, template: str) -> str:
        self.subject = None
        return _HOLE.sub(lambda hole: self._hole(hole[1]), template)

    def _hole(self, name: str) -> str:
        if name in ("t", "f", "l", "b", "x1", "x2", "x3", "x4"):
            return self._tensor(name)
        if name[0] == "c" and name != "c":
            return self._channels(int(name[1:]))
        return str(getattr(self, f"_{name}")())

    # ---- tensors

    def tensors(self) -> dict[str, torch.Tensor]:
        return {
            name: v
            for name, v in self.scope.items()
            if isinstance(v, torch.Tensor) and (v.dim() or self.rng.random() < 0.1) and not v.is_complex()
        }

    def _tensor(self, kind: str) -> str:
        rank = int(kind[1]) if kind[0] == "x" else None
        dtypes = _KINDS.get(kind)
        fitting = [
            name
            for name, v in self.tensors().items()
            if (rank is None or v.dim() == rank) and (dtypes is None or v.dtype in dtypes)
        ]
        if fitting and self.rng.random() < 0.75:
            text = self.rng.choice(fitting)
            value = self.scope[text]
        else:
            text = self._made(rank, kind)
            value = eval(text, dict(self.scope))
        if self.subject is None:
            self.subject = value
        return text

    def _made(self, rank: int | None, kind: str) -> str:
        if rank is None:
            rank = self.rng.choice([0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4])
        sizes = ", ".join(map(str, self._sizes(rank)))
        if kind == "l":
            return f"torch.randint(0, 4, ({sizes}{',' if rank == 1 else ''}))"
        if kind == "b":
            return f"(torch.rand({sizes or '()'}) > 0.5)"
        return f"torch.rand({sizes or '()'})"

    def _sizes(self, rank: int) -> list[int]:
        seldom = 0 if self.rng.random() < 0.1 else 3
        return [self.rng.choice([1, 2, 2, 3, 3, 4, 4, 5, 6, 6, 8, seldom]) for _ in range(rank)]

    def _y(self) -> str:
        """A tensor to go with the subject: of its shape, of a shape that broadcasts, or any."""
        shape = list(self.subject.shape) if self.subject is not None else []
        choice = self.rng.random()
        same = [n for n, v in self.tensors().items() if list(v.shape) == shape]
        if choice < 0.3 and same:
            return self.rng.choice(same)
        if choice < 1 - self.slack:
            cut = shape[self.rng.choice([0, 0, 0, 1, 1, len(shape)]) :]
            sizes = [n if self.rng.random() < 0.85 else 1 for n in cut]
            return f"torch.rand({', '.join(map(str, sizes)) or '()'})"
        if choice < 1 - self.slack / 2 and shape:
            sizes = [n if self.rng.random() < 0.7 else self.rng.randint(1, 4) for n in shape]
            return f"torch.rand({', '.join(map(str, sizes))})"
        return self._other()

    def _other(self) -> str:
        names = list(self.tensors())
        return self.rng.choice(names) if names else "torch.rand(2, 3)"

    def _mm(self, transposed: bool = False) -> str:
        inner = self.subject.shape[-1] if self.subject is not None and self.subject.dim() else 2
        if self.rng.random() < self.slack:
            inner = self.rng.randint(1, 5)
        outer = self.rng.randint(1, 4)
        return f"torch.rand({outer}, {inner})" if transposed else f"torch.rand({inner}, {outer})"

    def _mmT(self) -> str:
        return self._mm(transposed=True)

    # ---- numbers

    def _n(self) -> int:
        return self.rng.choice([0, 1, 1, 2, 2, 3, 4])

    def _n1(self) -> int:
        return self.rng.choice([1, 1, 2, 2, 3, 4])

    def _n01(self) -> int:
        return self.rng.choice([0, 1, 1, 2])

    def _N(self) -> int:
        return self.rng.randint(-2, 4)

    def _num(self) -> str:
        return self.rng.choice(NUMBERS)

    def _p(self) -> str:
        return self.rng.choice(["0.0", "0.5", "0.1", "1.0", "1.5", "-0.1"])

    def _k(self) -> str:
        return self.rng.choice(["True", "False"])

    def _dt(self) -> str:
        return self.rng.choice(DTYPES)

    def _unary(self) -> str:
        return self.rng.choice(UNARY.split())

    # ---- what refers to the subject

    @property
    def _shape(self) -> list[int]:
        return list(self.subject.shape) if self.subject is not None else [2, 3]

    def _d(self) -> int:
        rank = max(len(self._shape), 1)
        if self.rng.random() < self.slack / 4:
            return self.rng.choice([rank, -rank - 1, rank + 1])
        return self.rng.randrange(-rank, rank)

    def _d1(self) -> int:
        rank = len(self._shape) + 1
        if self.rng.random() < self.slack / 4:
            return self.rng.choice([rank, -rank - 1])
        return self.rng.randrange(-rank, rank)

    def _D(self) -> str:
        rank = max(len(self._shape), 1)
        if self.rng.random() < self.slack / 3:
            return ", ".join(str(self._d()) for _ in range(self.rng.randint(1, 3))) + ","
        axes = self.rng.sample(range(rank), self.rng.randint(1, min(rank, 3)))
        return ", ".join(str(a - rank if self.rng.random() < 0.4 else a) for a in axes) + ","

    def _channels(self, at: int) -> str:
        shape = self._shape
        if self.rng.random() < self.slack or not -len(shape) <= at < len(shape):
            return str(self.rng.randint(1, 5))
        return str(shape[at])

    def _perm(self) -> str:
        axes = list(range(len(self._shape)))
        self.rng.shuffle(axes)
        if self.rng.random() < self.slack / 3:
            axes = [self.rng.choice([*axes, 0, 3]) for _ in range(self.rng.randint(1, 4))]
        return ", ".join(map(str, axes)) or "()"

    def _view(self, count: int | None = None) -> str:
        count = math.prod(self._shape) if count is None else count
        sizes: list[int] = []
        rest = count
        for _ in range(self.rng.randint(1, 3)):
            factors = [n for n in range(1, 13) if rest and rest % n == 0] or [0, 1]
            sizes.append(self.rng.choice(factors))
            rest = rest // sizes[-1] if sizes[-1] else rest
        sizes.append(rest)
        self.rng.shuffle(sizes)
        if self.rng.random() < 0.4:
            sizes[self.rng.randrange(len(sizes))] = -1
        if self.rng.random() < self.slack:
            sizes[self.rng.randrange(len(sizes))] = self.rng.choice([-1, -1, 0, 2, 3, 5, 7, -2])
        return ", ".join(map(str, sizes))

    def _view0(self) -> str:
        return self.rng.choice(["-1", "-1, 1", "1, -1", "2, -1", "3, -1"])

    def _expand(self) -> str:
        sizes = [self.rng.choice([2, 3, -1]) if n == 1 else self.rng.choice([n, n, -1]) for n in self._shape]
        if self.rng.random() < 0.4:
            sizes = [self.rng.choice([1, 2, 3]), *sizes]
        if self.rng.random() < self.slack and sizes:
            sizes[self.rng.randrange(len(sizes))] = self.rng.choice([-1, 0, 5])
        return ", ".join(map(str, sizes)) or "2"

    def _reps(self) -> str:
        count = len(self._shape) + self.rng.choice([0, 0, 1, -1])
        return ", ".join(str(self.rng.choice([1, 1, 2, 3])) for _ in range(max(count, 1)))

    def _xs(self) -> str:
        sizes = [n if self.rng.random() < 0.85 else self.rng.choice([1, 1, 2]) for n in self._shape]
        if self.rng.random() < 0.2:
            sizes = sizes[1:]
        return ", ".join(map(str, sizes)) or "1"

    def _tail(self) -> str:
        sizes = self._shape[-self.rng.randint(1, 2) :] or [1]
        if self.rng.random() < self.slack:
            sizes[self.rng.randrange(len(sizes))] += 1
        return ", ".join(map(str, sizes))

    def _s(self) -> str:
        sizes = self._sizes(self.rng.randint(1, 4))
        if self.rng.random() < self.slack / 4:
            sizes[0] = -1
        return ", ".join(map(str, sizes))

    def _s3(self) -> str:
        return ", ".join(str(self.rng.choice([1, 2, 3, *self._shape])) for _ in range(3))

    def _s4(self) -> str:
        return ", ".join(map(str, self._sizes(self.rng.choice([4, 4, 4, 3, 5]))))

    def _idx(self) -> str:
        parts = []
        count = len(self._shape)
        if self.rng.random() < self.slack / 4:
            count += 1
        for i in range(self.rng.randint(1, max(count, 1))):
            size = self._shape[i] if i < len(self._shape) else 2
            parts.append(self._part(size))
        if self.rng.random() < 0.2 and "..." not in parts:
            parts.insert(self.rng.randrange(len(parts) + 1), "...")
        return ", ".join(parts)

    def _part(self, size: int) -> str:
        near = self.rng.randint(-size, size - 1) if size else 0
        if self.rng.random() < self.slack / 4:
            near = size + 1
        vector = ", ".join(str(self.rng.randrange(max(size, 1))) for _ in range(self.rng.choice([1, 2, 2, 3])))
        options = [
            ":", ":", str(near), str(near), "None", f"{near}:", f":{near}", "::2", f"[{vector}]",
            f"torch.tensor([{vector}])", f"torch.rand({size}) > 0.5", f"torch.zeros({size}, dtype=torch.bool)",
            f"torch.tensor({near})", f"torch.zeros({self.rng.choice([1, 2])}, 1, dtype=torch.long)", "True",
        ]  # fmt: skip
        return self.rng.choice(options)
