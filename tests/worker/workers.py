"""Oracles for tests: over the real worker, and over one that misbehaves on demand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch

from tensight.dims import Dim, Expr
from tensight.values import DTYPES, Tensor
from tensight.worker import TorchOracle, command_of

VERSION = str(torch.__version__)
#: Seconds that a test waits for a worker to start, on a machine that is busy.
PATIENCE = 90.0

#: Speaks as the worker does. What it does is named by the operation; each start adds a letter to the file argv[1].
FAKE = """
import json, os, sys, time
with open(sys.argv[1], "a") as starts:
    starts.write("s")
def say(message):
    print(json.dumps(message), flush=True)
print("a word for the log", file=sys.stderr, flush=True)
time.sleep(float(sys.argv[2]))
say({"ready": {"torch": "9.9", "names": 1}})
for line in sys.stdin:
    question = json.loads(line)
    op, points = question["op"], question["points"]
    good = {"id": question["id"], "answers": [{"value": p["args"][0]} for p in points]}
    if op == "torch.sub":
        os._exit(3)
    elif op == "torch.mul":
        time.sleep(1000)
    elif op == "torch.div":
        print("\\0 no JSON", flush=True)
    elif op == "torch.sin":
        say({"id": question["id"], "answers": [{"value": {"tensor": ["a", 2]}} for _ in points]})
    elif op == "torch.cos":
        say({**good, "id": 77})
    elif op == "torch.exp":
        say({**good, "answers": good["answers"] * 2})
    elif op == "torch.log":
        say(good)
        say({"a word": "too many"})
        time.sleep(0.1)
    elif op == "torch.tan":
        say({"id": question["id"], "answers": {"value": 1}})
    elif op == "torch.tanh":
        print("[" * 100_000, flush=True)
    else:
        say(good)
"""


def tensor(*dims: Dim | Expr, dtype: str | None = "float32", device: str | None = None) -> Tensor:
    return Tensor(dims, None if dtype is None else DTYPES[dtype], device)


def real(folder: Path | None = None, **options: Any) -> TorchOracle:
    """Asks the PyTorch of the interpreter that runs the tests."""
    options.setdefault("wait", PATIENCE)
    return TorchOracle(command_of(sys.executable), VERSION, None if folder is None else str(folder), **options)


class Fake(TorchOracle):
    """Over a worker whose answer to most questions is their first argument."""

    def __init__(self, folder: Path, slow: float = 0.0, **options: Any) -> None:
        options.setdefault("wait", PATIENCE)
        self.starts = folder / "starts"
        super().__init__([sys.executable, "-I", "-c", FAKE, str(self.starts), str(slow)], "9.9", **options)
