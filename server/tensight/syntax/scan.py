"""The statements of a text that may be broken: a scanner of strings, comments and brackets that forgives.

It never decides what is valid (Python does); it only says where a broken statement probably starts and ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_STOP = re.compile(r"\"\"\"|'''|[\"'#()\[\]{}]")
_END = {
    '"': re.compile(r'(?:[^\\"]|\\.)*"'),
    "'": re.compile(r"(?:[^\\']|\\.)*'"),
    '"""': re.compile(r'(?:[^\\"]|\\.|"(?!""))*"""', re.DOTALL),
    "'''": re.compile(r"(?:[^\\']|\\.|'(?!''))*'''", re.DOTALL),
}
_CLOSER = {"(": ")", "[": "]", "{": "}"}
#: Words that start a statement and never a line inside brackets.
_HARD = re.compile(
    r"\s*(?:(?:def|class|return|import|while|with|try|raise|pass|break|continue|del|global|nonlocal|assert|except"
    r"|finally|elif)\b|async\s+def\b|@\w|from\s+[\w.]+\s+import\b|if\s+__name__\b)"
)
_WORD = re.compile(r"[A-Za-z_@]")
#: Lines that are code rather than prose: found inside a string, they show that its opening quotes are a mistake.
_CODE = re.compile(
    r"\s*(?:(?:async\s+)?def\s+\w+\s*\(.*|class\s+\w+.*:|return\s+[\w.]+\(.*\)|from\s+[\w.]+\s+import\s+\S+"
    r"|self\.\w+\s*=\s*\S+.*)\s*$"
)


def indent_of(line: str) -> int:
    """The width of the indentation, tabs as Python counts them."""
    body = line.lstrip(" \t\f")
    return len(line[: len(line) - len(body)].expandtabs(8))


def is_blank(line: str) -> bool:
    body = line.lstrip(" \t\f")
    return not body or body[0] in "#\r\n"


@dataclass(slots=True)
class State:
    """What is open at the end of a line: the quotes of a string, the closers of brackets, a backslash."""

    quote: str = ""
    closers: str = ""
    continued: bool = False

    @property
    def open(self) -> bool:
        return bool(self.quote or self.closers or self.continued)

    def feed(self, line: str) -> None:
        """Advance over one line."""
        at = 0
        self.continued = False
        if self.quote:
            end = _END[self.quote].match(line)
            if end is None:
                return
            self.quote, at = "", end.end()
        while found := _STOP.search(line, at):
            token, at = found.group(), found.end()
            if token == "#":
                return
            if token in _CLOSER:
                self.closers += _CLOSER[token]
            elif token in ")]}":
                if self.closers.endswith(token):
                    self.closers = self.closers[:-1]
            else:
                end = _END[token].match(line, at)
                if end is not None:
                    at = end.end()
                elif len(token) == 3:
                    self.quote = token
                    return
                else:
                    return  # an unfinished string ends with its line
        self.continued = line.rstrip("\r\n").endswith("\\")


@dataclass(frozen=True, slots=True)
class Statement:
    """Lines `start` up to, not including, `end` (0-based), as far as brackets and indentation tell."""

    start: int
    end: int
    indent: int


def starts_statement(line: str, indent: int) -> bool:
    """Whether a line met inside brackets, in a statement indented by `indent`, must be the next statement."""
    if is_blank(line):
        return False
    if _HARD.match(line):
        return True
    body = line.lstrip(" \t\f")
    width = indent_of(line)
    return body[0] not in ")]}" and (width < indent or (width == indent and bool(_WORD.match(body))))


def statements(lines: Sequence[str]) -> list[Statement]:
    """The logical lines; one whose bracket or string is never closed ends where the next one must start."""
    found = []
    at, count = 0, len(lines)
    while at < count:
        if is_blank(lines[at]):
            at += 1
            continue
        start, indent, state = at, indent_of(lines[at]), State()
        state.feed(lines[at])
        at += 1
        while state.open:
            if at >= count:
                at = start + 1
                break
            if not state.quote and not state.continued and starts_statement(lines[at], indent):
                break
            state.feed(lines[at])
            at += 1
        found.append(Statement(start, at, indent))
    return found


def suspicious_string(lines: Sequence[str]) -> int | None:
    """The first line with opening triple quotes whose string holds lines that look like code, or never ends."""
    state = State()
    opened: int | None = None
    for number, line in enumerate(lines):
        if state.quote and opened is not None and _CODE.match(line):
            return opened
        before = state.quote
        state.feed(line)
        state.closers = ""
        if state.quote and not before:
            opened = number
    return opened if state.quote else None
