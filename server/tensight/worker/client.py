"""One worker process: started, asked, ended. It runs `main` in another interpreter and speaks lines of JSON with it.

Whatever the process does, it costs one exchange: a process that died, does not answer in time or says what is no
answer is killed, and this object is dead."""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from enum import Enum
from typing import IO

from .. import limits
from .wire import Json

LOG = logging.getLogger(__name__)
#: Lines of the worker's own messages that are handed on to the log.
_MAX_LOGGED = 200
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class State(Enum):
    """`OFF`: not started. `STARTING`: importing PyTorch. `RUNNING`: may be asked. `DEAD`: ended, for any reason."""

    OFF = "off"
    STARTING = "starting"
    RUNNING = "running"
    DEAD = "dead"


class Client:
    """`changed` is called on another thread when the state becomes RUNNING or DEAD."""

    def __init__(self, command: Sequence[str], changed: Callable[[], None] = lambda: None) -> None:
        self.version: str | None = None
        self._changed = changed
        self._number = 0
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._settled = threading.Event()
        self._state = State.STARTING
        self._process: subprocess.Popen[str] | None = None
        self._started = time.monotonic()
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=os.path.dirname(os.path.abspath(__file__)),
                env=_environment(),
                encoding="utf-8",
                errors="replace",
                bufsize=1,
                creationflags=_NO_WINDOW,
            )
        except OSError as error:
            LOG.warning("PyTorch cannot be asked: %s: %s", command[0], error)
            self._settle(State.DEAD)
            return
        assert self._process.stdout is not None and self._process.stderr is not None
        for work, stream in ((self._read, self._process.stdout), (_log, self._process.stderr)):
            threading.Thread(target=work, args=(stream,), name="tensight-worker", daemon=True).start()

    @property
    def state(self) -> State:
        """Asked between questions, by whoever asks them."""
        if self._state is State.STARTING and time.monotonic() - self._started > limits.WORKER_LOAD_SECONDS:
            LOG.warning("PyTorch takes longer than %s s to import", limits.WORKER_LOAD_SECONDS)
            self.close()
        if self._state is State.RUNNING and not self._lines.empty():
            LOG.warning("the worker speaks without being asked")
            self.close()
        return self._state

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def wait(self, seconds: float) -> State:
        """The state once the worker has started, or after so many seconds."""
        self._settled.wait(max(0.0, seconds))
        return self.state

    def ask(self, name: str, points: Sequence[Json], seconds: float = limits.WORKER_SECONDS) -> list[Json] | None:
        """The answers to the points of a question; None, and the worker is dead, if there are none in time."""
        if self._state is not State.RUNNING:
            return None
        assert self._process is not None and self._process.stdin is not None
        self._number += 1
        line = json.dumps({"id": self._number, "op": name, "points": list(points)})
        answers = None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            said = self._lines.get(timeout=seconds)
        except (OSError, ValueError):
            LOG.warning("the worker died before it was asked %s", name)
        except queue.Empty:
            LOG.warning("the worker does not answer within %s s: %s", seconds, name)
        else:
            answers = None if said is None else _answers(said, self._number)
            if said is None:
                LOG.warning("the worker died of %s", name)
            elif answers is None or len(answers) != len(points):
                LOG.warning("the worker does not speak as it should: %r", said[:200])
                answers = None
        if answers is None:
            self.close()
        return answers

    def close(self) -> None:
        """End the process at once; it has nothing to save."""
        self._settle(State.DEAD)
        if self._process is not None:
            self._process.kill()
            try:
                self._process.wait(1.0)
            except subprocess.TimeoutExpired:
                LOG.warning("the worker cannot be ended")

    def _read(self, stream: IO[str]) -> None:
        """On a thread of its own: the first line says that PyTorch is there, the others are answers."""
        try:
            self.version = _version(stream.readline(limits.MAX_ANSWER))
            if self.version is not None:
                self._settle(State.RUNNING)
                while line := stream.readline(limits.MAX_ANSWER):
                    self._lines.put(line)
        except (OSError, ValueError):  # the pipe was closed from this side
            pass
        if self.version is None and self._state is not State.DEAD:
            LOG.warning("the worker did not start: no PyTorch that can be imported")
            assert self._process is not None
            self._process.kill()
        self._lines.put(None)
        self._settle(State.DEAD)
        assert self._process is not None
        self._process.wait()

    def _settle(self, state: State) -> None:
        if self._state is State.DEAD:
            return
        self._state = state
        self._settled.set()
        self._changed()


def _environment() -> dict[str, str]:
    """No GPU, one thread: nothing is computed."""
    return {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _log(stream: IO[str]) -> None:
    try:
        for count, line in enumerate(stream):
            if count < _MAX_LOGGED:
                LOG.info("worker: %s", line.rstrip()[:500])
    except (OSError, ValueError):
        pass


def _version(line: str) -> str | None:
    """The PyTorch of the first line; None if that is not what a worker says first."""
    try:
        version = json.loads(line)["ready"]["torch"]
    except (ValueError, KeyError, TypeError):
        return None
    return version if isinstance(version, str) else None


def _answers(line: str, number: int) -> list[Json] | None:
    try:
        message = json.loads(line)
        if message["id"] != number or not isinstance(message["answers"], list):
            return None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    answers: list[Json] = message["answers"]
    return answers
