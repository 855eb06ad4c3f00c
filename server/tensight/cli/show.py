"""`tensight show`: a file with its hints printed in it, as the editor shows them."""

from __future__ import annotations

import argparse
import sys

from ..project.files import DISK, Unreadable, absolute
from ..syntax import split_lines
from .check import project_for, report_internal
from .run import CannotRun
from .text_output import Style


def show(options: argparse.Namespace) -> int:
    """Print the file; exit code 0."""
    from ..features.inlay_hints import HintOptions, inlay_hints
    from ..features.source import Source

    try:
        text = DISK.read(absolute(options.file)).text
    except Unreadable as error:
        raise CannotRun(f"{options.file} {error}") from None
    project = project_for(options.file, options)
    (analysis,) = project.check([options.file], search=options.search_path).analyses
    report_internal(analysis)
    settings = project.settings
    wanted = HintOptions(
        settings.hint_targets, settings.hint_parameters, settings.hint_returns, settings.max_hint_length
    )
    hints = inlay_hints(analysis, Source(options.file, text), wanted)
    style = Style(sys.stdout)
    lines = split_lines(text)
    if lines and not lines[-1]:
        lines.pop()
    by_line: dict[int, list[tuple[int, str]]] = {}
    for hint in hints:
        by_line.setdefault(hint.line, []).append((hint.col, hint.text))
    for number, line in enumerate(lines, 1):
        out, at = "", 0
        for col, label in by_line.get(number, ()):
            out += line[at:col] + (style("36", label) if style.on else f"«{label}»")
            at = col
        print(out + line[at:])
    sys.stdout.flush()
    return 0
