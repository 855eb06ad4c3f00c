"""The one analysis thread. The latest version of a file wins; what runs meanwhile is stopped by its token.

Work comes in three classes: `post` (document changes: always run, in order, before anything else), `analyse` (one
pending entry a key) and `submit` (one-off work such as trying a quick fix, dropped when a file changes)."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from ..interp.ports import Cancelled
from . import garbage

LOG = logging.getLogger(__name__)
T = TypeVar("T")
Poll = Callable[[], None]


class Token:
    """Says whether a job was stopped from outside; polled once per statement."""

    __slots__ = ("cancelled",)

    def __init__(self) -> None:
        self.cancelled = False

    def poll(self) -> None:
        if self.cancelled:
            raise Cancelled


class Scheduler:
    """Runs `work(key, poll)` for each key that was asked for, the most recently asked first."""

    def __init__(self, work: Callable[[str, Poll], None]) -> None:
        self._work = work
        self._lock = threading.Condition()
        self._posted: deque[Callable[[], None]] = deque()
        self._keys: dict[str, None] = {}  # pending, the most urgent last
        self._tasks: deque[tuple[Future[object], Callable[[Poll], object]]] = deque()
        self._running: tuple[str | None, Token] | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._loop, name="tensight-analysis", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread soon; does not wait."""
        with self._lock:
            self._stopped = True
            if self._running is not None:
                self._running[1].cancelled = True
            self._lock.notify()

    def post(self, change: Callable[[], None]) -> None:
        """Run `change` on the analysis thread before any later analysis; what runs now is out of date."""
        with self._lock:
            self._posted.append(change)
            self._interrupt()
            for future, _ in self._tasks:
                future.cancel()
            self._tasks.clear()
            self._lock.notify()

    def analyse(self, key: str, *, urgent: bool = True) -> None:
        """Ask for `key`: before all others, or behind them."""
        with self._lock:
            if urgent:
                self._keys.pop(key, None)
                self._keys[key] = None
            elif key not in self._keys:
                self._keys = {key: None, **self._keys}
            self._lock.notify()

    def forget(self, key: str) -> None:
        with self._lock:
            self._keys.pop(key, None)

    def submit(self, task: Callable[[Poll], T]) -> Future[T]:
        """Run `task` once no analysis is pending. Cancelled when a file changes first."""
        future: Future[T] = Future()
        with self._lock:
            self._tasks.append((future, task))  # type: ignore[arg-type]
            self._lock.notify()
        return future

    def pending(self, key: str) -> bool:
        """Whether an analysis of `key` is asked for or under way."""
        with self._lock:
            return key in self._keys or (self._running is not None and self._running[0] == key)

    def _interrupt(self) -> None:
        """Stop what runs; an analysis is asked for again (it is pending unless its file went away)."""
        if self._running is None:
            return
        key, token = self._running
        if not token.cancelled:
            token.cancelled = True
            if key is not None and key not in self._keys:
                self._keys = {key: None, **self._keys}

    def _loop(self) -> None:
        pause: float | None = None
        while True:
            with self._lock:
                while not (self._posted or self._keys or self._tasks or self._stopped):
                    if not self._lock.wait(pause) and pause is not None:
                        again = garbage.collect(rest=pause == garbage.REST)
                        pause = garbage.REST if again else None
                if self._stopped:
                    return
                token = Token()
                job = self._next(token)
            job()
            pause = garbage.PAUSE
            with self._lock:
                self._running = None

    def _next(self, token: Token) -> Callable[[], None]:
        if self._posted:
            change = self._posted.popleft()
            return lambda: _guarded("a change", change)
        if self._keys:
            key, _ = self._keys.popitem()
            self._running = (key, token)
            return lambda: _guarded(key, lambda: self._work(key, token.poll))
        future, task = self._tasks.popleft()
        self._running = (None, token)
        return lambda: _settle(future, task, token)


def _guarded(what: str, job: Callable[[], None]) -> None:
    """Nothing that goes wrong ends the thread: it is logged with its traceback."""
    try:
        job()
    except Cancelled:
        pass
    except Exception:
        LOG.exception("internal error in the analysis of %s", what)


def _settle(future: Future[object], task: Callable[[Poll], object], token: Token) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(task(token.poll))
    except Cancelled as stop:
        future.set_exception(stop)
    except Exception as error:
        LOG.exception("internal error in a request")
        future.set_exception(error)
