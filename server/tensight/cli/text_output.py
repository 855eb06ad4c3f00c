"""Reports for people: message, source excerpt with a caret line, notes, related places, and counts at the end."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable
from typing import TextIO

from ..diagnostics import Diagnostic, Fix, Severity
from ..interp.facts import Analysis
from ..project.files import DISK, Unreadable, absolute
from ..syntax import split_lines
from ..syntax.span import Span
from .check import Counts, Report

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFORMATION: "36", Severity.HINT: "36"}
#: Lines of a span that are shown; a call over fifty lines is told by its first ones.
_MAX_LINES = 6


class Style:
    """Colours, if the stream is a terminal that wants them."""

    def __init__(self, stream: TextIO) -> None:
        wanted = stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self.on = wanted or bool(os.environ.get("FORCE_COLOR"))

    def __call__(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text


def print_text(reports: Iterable[Report], shapes: bool) -> Counts:
    """Print reports as they come, then a line with the counts."""
    counts = Counts()
    style = Style(sys.stdout)
    for report in reports:
        counts.add(report)
        if report.error is not None:
            print(f"{report.file}: {style('1;31', 'error')}: {report.error}")
            continue
        assert report.analysis is not None
        for diagnostic in report.diagnostics:
            lines = render(diagnostic, split_lines(report.text), style)
            lines += [
                f"{' ' * len(str(diagnostic.shown.end_line))} = {_fix(fix)}" for fix in report.fixes(diagnostic)[:1]
            ]
            print("\n".join(lines) + "\n")
        if shapes:
            for line in _shapes(report.analysis, report.text):
                print(line)
        sys.stdout.flush()
    print(_last_line(counts, style))
    sys.stdout.flush()
    return counts


def _fix(fix: Fix) -> str:
    return f"{'fix' if fix.preferred else 'possible fix'}: {fix.title}"


def _last_line(counts: Counts, style: Style) -> str:
    def plural(number: int, word: str) -> str:
        return f"{number} {word}{'' if number == 1 else 's'}"

    files = plural(counts.files, "file")
    parts = []
    if counts.errors:
        parts.append(style("1;31", plural(counts.errors, "error")))
    if counts.warnings:
        parts.append(style("1;33", plural(counts.warnings, "warning")))
    if counts.others:
        parts.append(plural(counts.others, "remark"))
    if counts.unreadable:
        parts.append(style("1;31", f"{plural(counts.unreadable, 'file')} not read"))
    return f"{', '.join(parts)} in {files}" if parts else f"nothing found in {files}"


def render(diagnostic: Diagnostic, lines: list[str], style: Style) -> list[str]:
    """The lines of one diagnostic."""
    severity = diagnostic.severity
    head = style("1;" + _COLOURS[severity], f"{severity.value}[{diagnostic.code}]")
    out = [f"{diagnostic.shown}: {head}: {style('1', diagnostic.message)}"]
    out += excerpt(diagnostic.shown, lines, style, _COLOURS[severity])
    gutter = " " * len(str(diagnostic.shown.end_line))
    out += [f"{gutter} = {note}" for note in diagnostic.notes]
    for related in diagnostic.related:
        out.append(f"{gutter} {style('36', '-->')} {related.span}: {related.message}")
        try:
            elsewhere = (
                lines
                if related.span.file == diagnostic.span.file
                else split_lines(DISK.read(absolute(related.span.file)).text)
            )
        except Unreadable:
            continue
        if 0 < related.span.line <= len(elsewhere):
            out.append(f"{gutter}     {style('2', elsewhere[related.span.line - 1].strip())}")
    return out


def excerpt(span: Span, lines: list[str], style: Style, colour: str) -> list[str]:
    """The lines of the span with carets below what it covers."""
    last = min(span.end_line, len(lines), span.line + _MAX_LINES - 1)
    width = len(str(last))
    out = []
    for number in range(span.line, last + 1):
        text = lines[number - 1]
        start = span.col if number == span.line else len(text) - len(text.lstrip())
        end = span.end_col if number == span.end_line else len(text.rstrip())
        out.append(f"{style('2', f'{number:>{width}} |')} {text.expandtabs(4)}")
        carets = "^" * max(_width(text[:end]) - _width(text[:start]), 1)
        out.append(f"{style('2', ' ' * width + ' |')} {' ' * _width(text[:start])}{style(colour, carets)}")
    if last < span.end_line:
        out.append(style("2", " " * width + " | …"))
    return out


def _width(text: str) -> int:
    """Columns on a terminal: tabs go to the next multiple of four, wide characters take two, combining ones none."""
    text = text.expandtabs(4)
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _shapes(analysis: Analysis, text: str) -> Iterable[str]:
    from ..features.text import is_known, value_text

    lines = split_lines(text)
    for fact in sorted(analysis.facts, key=lambda fact: (fact.span.line, fact.span.col)):
        if fact.kind in ("target", "param", "return") and fact.span.file == analysis.file and is_known(fact.value):
            span = fact.span
            name = lines[span.line - 1][span.col : span.end_col] if span.line == span.end_line else ""
            yield f"{span}: {name}: {value_text(fact.value)}"
