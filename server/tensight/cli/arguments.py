"""What the command line takes."""

from __future__ import annotations

import argparse

from .. import __version__


def parser() -> argparse.ArgumentParser:
    """The parser of all verbs."""
    top = argparse.ArgumentParser(
        prog="tensight",
        description="The shape of every PyTorch tensor, and every shape bug, read from plain source code.",
        epilog="Exit codes: 0 nothing found, 1 errors found, 2 could not run.",
    )
    top.add_argument("--version", "-V", action="version", version=f"tensight {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True, prog="tensight")

    check = verbs.add_parser("check", help="report shape errors", description="Report what is certain to fail.")
    check.add_argument("paths", nargs="+", metavar="PATH", help="a Python file (the first is run), or a folder")
    check.add_argument("--output-format", choices=("text", "json"), default="text")
    check.add_argument("--shapes", action="store_true", help="print the shape of every tensor expression, too")
    check.add_argument("--error-on-warning", action="store_true", help="exit with 1 if there are warnings only")
    check.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="files to leave out of folders")
    _environment(check)

    show = verbs.add_parser("show", help="print a file with its shapes", description="Print a file with its shapes.")
    show.add_argument("file", metavar="FILE")
    _environment(show)

    verbs.add_parser("server", help="start the language server on standard input and output")
    return top


def _environment(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--search-path",
        action="append",
        default=[],
        metavar="DIR",
        help="a folder for imports, before those of the environment (may be repeated)",
    )
    verb.add_argument(
        "--python",
        metavar="PATH",
        help="the interpreter or environment whose packages are read (default: $VIRTUAL_ENV, .venv, none)",
    )
    verb.add_argument(
        "--no-worker",
        action="store_true",
        help="do not ask the PyTorch of the environment (of --python or $VIRTUAL_ENV) about operations without a rule",
    )
