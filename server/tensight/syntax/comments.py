"""What users tell Tensight in comments: `# tensight: ignore[code]`, `… skip-file`, `… x = (B, 3)`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .decode import split_lines
from .span import Span


@dataclass(frozen=True, slots=True)
class Ignore:
    """Diagnostics that start or end on `line` are not wanted; `codes` None: none of them. `span` is the comment's."""

    line: int
    codes: tuple[str, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class StatedInput:
    """An input as the user states it; `shape` holds ints, symbol names, or "..." once."""

    line: int
    name: str
    shape: tuple[int | str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class BadComment:
    """A comment that addresses Tensight and says nothing it understands."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Comments:
    ignores: tuple[Ignore, ...] = ()
    stated: tuple[StatedInput, ...] = ()
    skip_file: bool = False
    bad: tuple[BadComment, ...] = ()


_NONE = Comments()
#: Strings first, so that a `#` in one of them is never taken for a comment; unfinished ones end with their line.
_TOKEN = re.compile(
    r'"""(?:[^\\"]|\\.|"(?!""))*"""'
    r"|'''(?:[^\\']|\\.|'(?!''))*'''"
    r'|"(?:[^\\"\n\r]|\\(?:\r\n|.))*(?:"|(?=[\n\r])|\Z)'
    r"|'(?:[^\\'\n\r]|\\(?:\r\n|.))*(?:'|(?=[\n\r])|\Z)"
    r"|(?P<comment>#[^\n\r]*)",
    re.DOTALL,
)
_MARK = re.compile(r"#\s*tensight:\s*(?P<text>.*?)\s*$")
_IGNORE = re.compile(r"ignore(?:\s*\[(?P<codes>[^\]]*)\])?\s*(?:#.*)?$")
_STATED = re.compile(r"(?P<name>[^\W\d]\w*)\s*[:=]\s*(?P<shape>[(\[].*[)\]])\s*(?:#.*)?$")


def read_comments(text: str, file: str) -> Comments:
    """All that the comments of a file tell Tensight."""
    if "tensight:" not in text:
        return _NONE
    lines = split_lines(text)
    starts = [0]
    for line in lines:
        at = starts[-1] + len(line)
        starts.append(at + (2 if text.startswith("\r\n", at) else 1))
    ignores, stated, bad = [], [], []
    skip = False
    number = 0
    for found in _TOKEN.finditer(text):
        comment = found.group("comment")
        mark = _MARK.match(comment) if comment is not None else None
        if mark is None:
            continue
        while starts[number] <= found.start():
            number += 1
        col = found.start() - starts[number - 1]
        span = Span(file, number, col, number, col + len(found.group().rstrip()))
        body = mark.group("text")
        alone = not lines[number - 1][:col].strip()
        if re.match(r"skip-file\s*(?:#.*)?$", body):
            skip = True
        elif ignore := _IGNORE.match(body):
            listed = ignore.group("codes")
            codes = None if listed is None else tuple(code.strip() for code in listed.split(",") if code.strip())
            ignores.append(Ignore(_next_line(lines, number) if alone else number, codes, span))
        elif (given := _STATED.match(body)) and (shape := _shape(given.group("shape"))) is not None:
            stated.append(StatedInput(number, given.group("name"), shape, span))
        else:
            bad.append(
                BadComment(
                    span,
                    "not understood: expected `ignore`, `ignore[code, …]`, `skip-file` or a shape such as"
                    " `x = (B, 3, 224, 224)`",
                )
            )
    return Comments(tuple(ignores), tuple(stated), skip, tuple(bad))


def _next_line(lines: list[str], number: int) -> int:
    """The line a comment of its own speaks about: the next one that is neither empty nor a comment."""
    for at in range(number, len(lines)):
        body = lines[at].strip()
        if body and not body.startswith("#"):
            return at + 1
    return number


def _shape(text: str) -> tuple[int | str, ...] | None:
    """`(B, 3, ..., W)`; None if it is no shape."""
    body = text[1:-1].strip()
    if {"(": ")", "[": "]"}[text[0]] != text[-1]:
        return None
    parts = [part.strip() for part in body.split(",")] if body else []
    if parts and not parts[-1]:
        parts.pop()
    shape: list[int | str] = []
    for part in parts:
        if part.isascii() and part.isdigit():
            shape.append(int(part))
        elif part in ("...", "…"):
            shape.append("...")
        elif part.isidentifier():
            shape.append(part)
        else:
            return None
    return tuple(shape) if shape.count("...") <= 1 else None
