"""The clock for work that does not look at one: it interrupts the analysis where nothing else would end it.

Statements look at the clock themselves. A single operation may still take for ever: comparing, printing or joining
values that share their parts (`l = [l, l]`) doubles with each level, so does the algebra of a polynomial. The alarm
raises OutOfBudget in the analysis thread, between two instructions of Python, as a signal would."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Final

from ..limits import MAX_WAITING, WORKER_START_SECONDS
from .errors import OutOfBudget

#: Seconds that statements have to notice the end of the budget by themselves.
_GRACE: Final = 0.5
#: Seconds between two looks whether the interruption was lost.
_AGAIN: Final = 0.05


class Alarm:
    """`with alarm:` around what may be interrupted; `stop()` at the end of the analysis.

    Invariant: OutOfBudget arrives at most once, and only inside the `with`: never while a `finally` of the caller
    brings the state in order. Python drops what is raised in a finalizer or in the callback of a weak reference and
    tells `sys.unraisablehook`: only then it is raised again."""

    def __init__(self, seconds: float) -> None:
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._inside = self._rung = self._lost = False
        self._hook = sys.unraisablehook
        self._begun, self._seconds = time.monotonic(), seconds
        self._clock = _clock_of(self._thread)
        self._stopped = threading.Event()
        self._watch = threading.Thread(target=self._wait, name="tensight-alarm", daemon=True)
        self._watch.start()

    def stop(self) -> None:
        self._stopped.set()

    def _left(self) -> float:
        """Seconds of work that are left. Without a clock of work, waiting for PyTorch and for a busy machine count."""
        if self._clock is None:
            return self._seconds * MAX_WAITING + WORKER_START_SECONDS - (time.monotonic() - self._begun)
        return self._seconds - (time.clock_gettime(self._clock[0]) - self._clock[1])

    def _wait(self) -> None:
        while not self._stopped.wait(max(self._left(), 0) + _GRACE):
            if self._left() > 0:
                continue
            with self._lock:
                self._rung = True
                if self._inside and not self._stopped.is_set():
                    _raise_in(self._thread, OutOfBudget)
            break
        while self._inside and not self._stopped.wait(_AGAIN):
            with self._lock:
                if self._lost and self._inside and not self._stopped.is_set():
                    self._lost = False
                    _raise_in(self._thread, OutOfBudget)

    def _unraisable(self, dropped: sys.UnraisableHookArgs) -> None:
        if dropped.exc_type is OutOfBudget and threading.get_ident() == self._thread:
            self._lost = True
        else:
            self._hook(dropped)

    def __enter__(self) -> None:
        with self._lock:
            if self._rung:
                raise OutOfBudget
            self._hook, sys.unraisablehook = sys.unraisablehook, self._unraisable
            self._inside = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            self._inside = False
            if sys.unraisablehook == self._unraisable:
                sys.unraisablehook = self._hook
            if self._rung:
                _raise_in(self._thread, None)  # what was sent and has not arrived


def _clock_of(thread: int) -> tuple[int, float] | None:
    """The clock of a thread's own work and what it shows; None where the system has none."""
    try:
        clock = time.pthread_getcpuclockid(thread)
        return clock, time.clock_gettime(clock)
    except (AttributeError, OSError):
        return None


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error and ctypes.py_object(error))
