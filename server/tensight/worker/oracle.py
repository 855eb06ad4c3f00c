"""The oracle that the interpreter asks: what is known, else the worker, started at the first question.

An operation that PyTorch refuses is no diagnostic here: the meta device words its refusals otherwise than eager."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from .. import limits
from ..values import Value
from . import cache, main
from .client import Client, State
from .probe import Probe
from .wire import Json, NotPlain

LOG = logging.getLogger(__name__)
_VERSION = re.compile(r"^__version__\s*(?::[^=]*)?=\s*['\"]([^'\"]+)['\"]", re.MULTILINE)
#: What is kept of a question that a worker did not survive.
_LOST: Json = {"none": "the worker did not answer"}


def torch_version(paths: Sequence[str]) -> str | None:
    """The version of the PyTorch in the first folder that has one, by reading; None if none has."""
    for folder in paths:
        try:
            with open(os.path.join(folder, "torch", "version.py"), encoding="utf-8") as file:
                found = _VERSION.search(file.read(10_000))
        except (OSError, UnicodeDecodeError):
            continue
        return found.group(1) if found else None
    return None


def command_of(python: str) -> list[str]:
    """How the worker is started: isolated, so that neither the current folder nor PYTHON… variables reach it."""
    return [python, "-I", main.__file__]


class TorchOracle:
    """Asks the PyTorch of one environment; the `Oracle` of interp.

    `version` names it before it was started, `folder` is where answers are kept. Questions `wait` so many seconds, in
    all, for a worker to start; then they are not answered, and `answered` is called on another thread once they can
    be."""

    def __init__(
        self,
        command: Sequence[str],
        version: str,
        folder: str | None = None,
        *,
        wait: float = 0.0,
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        self._command, self._version, self._folder = list(command), version, folder
        self._answers: cache.Answers | None = None
        self._client: Client | None = None
        self._lock = threading.RLock()
        self._wait = self._patience = wait
        self._answered = answered
        self._owing = threading.Lock()
        self._owed = False
        #: how many workers were started
        self.started = 0

    @property
    def state(self) -> State:
        """Of the worker; OFF before the first question."""
        return State.OFF if self._client is None else self._client.state

    @property
    def pid(self) -> int | None:
        """Of the worker that was started last."""
        return None if self._client is None else self._client.pid

    def ask(self, name: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value | None:
        """The result of an operation; None if PyTorch cannot be asked about it, refuses, or has not answered yet."""
        short = name.removeprefix("torch.")
        if not main.allowed(name) and short not in main.CREATION:
            return None
        with self._lock:
            try:
                probe = Probe(args, kwargs)
            except NotPlain:
                return None
            if self._answers is None:
                self._answers = cache.Answers(self._folder, self._version)
            questions = [_text(name, point.args, point.kwargs) for point in probe.points]
            missing = {
                text: {"args": point.args, "kwargs": point.kwargs}
                for text, point in zip(questions, probe.points)
                if self._answers.get(text) is None
            }
            if missing and not self._find_out(name, missing):
                return None
            return probe.result([_value(self._answers.get(text)) for text in questions])

    def close(self) -> None:
        """End the worker; a later question starts another one."""
        with self._lock:
            if self._client is not None:
                self._client.close()

    def _find_out(self, name: str, missing: Mapping[str, Json]) -> bool:
        """Ask the worker; False if it is not there."""
        assert self._answers is not None
        if sum(map(len, missing)) > limits.MAX_QUESTION:
            return False
        client = self._running()
        if client is None:
            return False
        answers = client.ask(name, list(missing.values()))
        try:
            for answer in answers or ():
                cache.check(answer)
        except NotPlain:
            LOG.warning("the worker's answer to %s is none", name)
            client.close()
            answers = None
        if answers is None:
            self._answers.forget(dict.fromkeys(missing, _LOST))
        else:
            self._answers.add(dict(zip(missing, answers)))
        return True

    def _running(self) -> Client | None:
        """A worker that can be asked; one is started if there is none and too many have not died before."""
        if self._client is None or self._client.state is State.DEAD:
            if self.started >= limits.MAX_WORKERS:
                return None
            self.started += 1
            self._patience = self._wait
            self._client = Client(self._command, self._news)
        client = self._client
        if client.state is State.STARTING and self._patience > 0:
            begun = time.monotonic()
            client.wait(self._patience)
            self._patience -= time.monotonic() - begun
        with self._owing:
            state = client.state
            self._owed = self._owed or state is State.STARTING
        if state is not State.RUNNING:
            return None
        if client.version != self._version:  # not what was read: an environment that was changed meanwhile
            self._version = client.version or self._version
            self._answers = cache.Answers(self._folder, self._version)
        return client

    def _news(self) -> None:
        """On a thread of the client: it runs, or it died."""
        with self._owing:
            owed, self._owed = self._owed, False
        if owed:
            self._answered()


def _text(name: str, args: Json, kwargs: Json) -> str:
    return json.dumps([name, args, kwargs], sort_keys=True, separators=(",", ":"))


def _value(answer: Json) -> Json:
    """The value of an answer; None if it has none. (An answer always holds a tensor: its value is never None.)"""
    return answer.get("value") if isinstance(answer, dict) else None


__all__ = ["State", "TorchOracle", "command_of", "torch_version"]
