"""One line on the terminal that says how far a long run is; nothing where nobody looks."""

from __future__ import annotations

import sys
import time


class Progress:
    """A context manager; writes to stderr if that is a terminal, at most ten times a second."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._live = total > 1 and sys.stderr.isatty()
        self._last = 0.0
        self._shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self.clear()

    def step(self, name: str) -> None:
        self._done += 1
        now = time.monotonic()
        if self._live and now - self._last > 0.1:
            self._last = now
            self._shown = True
            text = f"[{self._done}/{self._total}] {name}"[-78:]
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away, before something else is printed."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
