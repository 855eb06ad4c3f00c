"""The verbs: check, show, server."""

from __future__ import annotations

import os
import sys


def _forget_current_folder() -> None:
    """`python -m` looks in the current folder first: a file of the workspace must never stand in for a module."""
    try:
        here = os.getcwd()
    except OSError:  # it is gone
        here = ""
    if sys.path and sys.path[0] in ("", here):
        del sys.path[0]


if __name__ == "__main__":
    _forget_current_folder()


def main(arguments: list[str] | None = None) -> int:
    """Run a verb; the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if given in (["--version"], ["-V"]):  # without argparse: asked often, by scripts
        from . import __version__

        print(f"tensight {__version__}")
        return 0
    try:
        from .cli import run

        return run(given, _serve)
    except KeyboardInterrupt:
        print("tensight: interrupted", file=sys.stderr)
        return 2


def _serve() -> int:
    from .lsp import main as serve

    return serve() or 0


def process(arguments: list[str] | None = None) -> int:
    """As `main`, in a process that is Tensight's own."""
    import gc

    from . import __version__
    from .caches import keep_bytecode

    keep_bytecode(__version__)
    code = main(arguments)
    gc.freeze()  # it ends: to look for garbage among millions of objects would take as long as the analysis
    return code


if __name__ == "__main__":
    sys.exit(process())
