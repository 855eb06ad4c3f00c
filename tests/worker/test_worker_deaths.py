"""A worker that is killed, hangs or talks nonsense costs its own answer, and no other."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tensight import limits
from tensight.dims import symbol
from tensight.worker import State, TorchOracle, command_of
from worker.workers import PATIENCE, Fake, real, tensor

X = tensor(2, 3)
#: What makes the worker of the tests misbehave.
MISDEEDS = {
    "dies": "torch.sub", "hangs": "torch.mul", "no JSON": "torch.div", "no shape": "torch.sin",
    "answers another question": "torch.cos", "too many answers": "torch.exp", "no list": "torch.tan",
    "nested too deep": "torch.tanh",
}  # fmt: skip


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Fake]:
    oracle = Fake(tmp_path)
    yield oracle
    oracle.close()


@pytest.mark.parametrize("op", MISDEEDS.values(), ids=MISDEEDS.keys())
def test_costs_its_own_answer_only(fake: Fake, op: str) -> None:
    assert fake.ask("torch.abs", [X], {}) is not None
    begun = time.monotonic()
    assert fake.ask(op, [X], {}) is None
    assert time.monotonic() - begun < limits.WORKER_SECONDS + 1.5
    assert fake.state is State.DEAD
    assert fake.ask("torch.neg", [X], {}).dims == (2, 3)
    assert fake.started == 2


def test_what_it_did_not_survive_is_not_asked_again(fake: Fake) -> None:
    for _ in range(3):
        assert fake.ask("torch.sub", [X], {}) is None
    assert fake.started == 1


def test_words_nobody_asked_for_cost_nothing(fake: Fake) -> None:
    assert fake.ask("torch.log", [X], {}) is not None
    time.sleep(0.3)
    assert fake.ask("torch.neg", [X], {}) is not None
    assert fake.started == 2


def test_ends_somewhere(fake: Fake) -> None:
    for size in range(2 * limits.MAX_WORKERS):
        assert fake.ask("torch.sub", [tensor(size)], {}) is None
    assert fake.ask("torch.neg", [X], {}) is None
    assert fake.starts.read_text() == "s" * limits.MAX_WORKERS


def test_its_words_go_to_the_log(fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tensight"):
        fake.ask("torch.abs", [X], {})
        fake.ask("torch.sub", [X], {})
        fake.ask("torch.neg", [X], {})
    assert "worker: a word for the log" in caplog.text
    assert "the worker died of torch.sub" in caplog.text


def test_does_not_block_while_it_starts(tmp_path: Path) -> None:
    told = threading.Event()
    oracle = Fake(tmp_path, slow=0.5, wait=0.0, answered=told.set)
    begun = time.monotonic()
    assert oracle.ask("torch.abs", [X], {}) is None
    assert oracle.ask("torch.neg", [X], {}) is None
    assert time.monotonic() - begun < 0.4
    assert oracle.state is State.STARTING
    assert told.wait(10)
    assert oracle.ask("torch.abs", [X], {}) is not None
    told.clear()
    assert oracle.ask("torch.sub", [X], {}) is None  # dies: the next question starts another one, in the background
    assert oracle.ask("torch.neg", [X], {}) is None
    assert told.wait(10)
    assert oracle.ask("torch.neg", [X], {}) is not None
    oracle.close()


def test_nobody_is_told_who_did_not_ask(tmp_path: Path) -> None:
    told = threading.Event()
    oracle = Fake(tmp_path, answered=told.set)
    assert oracle.ask("torch.abs", [X], {}) is not None
    oracle.close()
    assert not told.is_set()


@pytest.mark.parametrize(
    "command", [["/no/such/python"], [sys.executable, "-c", "print('hello')"], [sys.executable, "-c", ""]]
)
def test_no_worker_at_all(command: list[str]) -> None:
    oracle = TorchOracle(command, "9.9", wait=PATIENCE)
    for op in ("torch.abs", "torch.neg", "torch.sin"):
        assert oracle.ask(op, [X], {}) is None
    assert oracle.state is State.DEAD


def test_an_environment_without_pytorch(tmp_path: Path) -> None:
    """The interpreter that started, without its packages."""
    command = command_of(sys.executable)
    oracle = TorchOracle([command[0], "-S", *command[1:]], "9.9", wait=PATIENCE)
    assert oracle.ask("torch.abs", [X], {}) is None
    assert oracle.state is State.DEAD


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no such signal on Windows")
def test_the_real_one_killed_and_stopped() -> None:
    oracle = real()
    question = "torch.special.entr"
    try:
        assert oracle.ask(question, [X], {}).dims == (2, 3)
        os.kill(oracle.pid, signal.SIGKILL)
        time.sleep(0.2)
        assert oracle.ask(question, [tensor(4)], {}).dims == (4,)
        os.kill(oracle.pid, signal.SIGSTOP)
        assert oracle.ask(question, [tensor(5)], {}) is None
        assert oracle.ask(question, [tensor(symbol("B"))], {}).dims == (symbol("B"),)
        assert oracle.started == 3
    finally:
        oracle.close()


def test_ends_with_its_parent() -> None:
    """End of input ends it, so it never outlives who started it."""
    oracle = real()
    assert oracle.ask("torch.special.entr", [X], {}) is not None
    client = oracle._client
    assert client is not None and client._process is not None and client._process.stdin is not None
    client._process.stdin.close()
    assert client._process.wait(10) == 0
