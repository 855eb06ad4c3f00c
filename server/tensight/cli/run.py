"""From arguments to an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence


class CannotRun(Exception):
    """The verb cannot be carried out; the text is a sentence for the user."""


def _require_folder() -> None:
    try:
        os.getcwd()
    except OSError:
        raise CannotRun("the current folder is gone") from None


def run(arguments: Sequence[str], serve: Callable[[], int]) -> int:
    """Carry out the verb that the arguments name; `serve` starts the language server."""
    from .arguments import parser

    try:
        options = parser().parse_args(arguments)
    except SystemExit as ended:  # argparse has printed its message
        return ended.code if isinstance(ended.code, int) else 2
    if options.verb == "server":
        return serve()
    gc.set_threshold(1_000_000, 20, 50)  # a short-lived process: modules and syntax trees are not garbage
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8" if options.verb == "check" else None, errors="backslashreplace")
    try:
        _require_folder()
        if options.verb == "check":
            from .check import check

            return check(options)
        from .show import show

        return show(options)
    except CannotRun as error:
        print(f"tensight: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # whoever read has enough; Python would complain once more when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
