"""The inner parts of YAML: scalars as YAML 1.1 resolves them, quoted strings, `[a, b]` and `{a: b}`."""

from __future__ import annotations

import re
from typing import Any


class Unclear(Exception):
    """Something in the text is not followed; the argument is the line, 0 where it is not known."""


_BOOLEANS = {word: value for words, value in (("yes true on", True), ("no false off", False))
             for name in words.split() for word in (name, name.capitalize(), name.upper())}  # fmt: skip
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)$")
_OTHER_INT = re.compile(r"[-+]?(?:0b[01_]+|0[0-7_]+|0x[0-9a-fA-F_]+)$")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$")
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)$|\.(?:nan|NaN|NAN)$")
#: Dates, times, and numbers to the base of sixty.
_RARE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$|=$")
#: What begins an entry, or merges, where a scalar is expected.
_SIGNS = re.compile(r"[-?](?: |$)|<<$")
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "/": "/", "0": "\0", "r": "\r", "e": "\x1b", " ": " "}


def resolve(text: str) -> Any:
    """A plain scalar: null, a bool, a number, else the text itself."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INT.match(text):
        return int(text.replace("_", ""))
    if _OTHER_INT.match(text):
        digits = text.replace("_", "").lstrip("+-")
        base = 2 if digits.startswith("0b") else 16 if digits.startswith("0x") else 8
        return int(digits, base) * (-1 if text.startswith("-") else 1)
    if _FLOAT.match(text):
        return float(text.replace("_", ""))
    if _INFINITE.match(text):
        return float(text.replace(".", "", 1))
    if _RARE.match(text) or text[0] in "!&*%@`|>" or ": " in text or text.endswith(":") or _SIGNS.match(text):
        raise Unclear(0)
    return text


def unquoted_comment(line: str) -> str:
    """The line without its comment: a `#` at the start or behind a space, outside of quotes."""
    if "#" not in line:
        return line
    quote = ""
    for at, char in enumerate(line):
        if quote:
            if char == quote and not (quote == '"' and line[at - 1] == "\\"):
                quote = ""
        elif char in "\"'" and (at == 0 or line[at - 1] in " \t[{,:"):
            quote = char
        elif char == "#" and (at == 0 or line[at - 1] in " \t"):
            return line[:at]
    return line


class Flow:
    """A reader of one value in flow style. `complete`: False if the text ended inside it."""

    def __init__(self, text: str, anchors: dict[str, Any]) -> None:
        self.text, self.anchors, self.at, self.complete = text, anchors, 0, True

    def rest(self) -> str:
        return self.text[self.at :].strip()

    def value(self) -> Any:
        char = self._next()
        match char:
            case "[":
                return self._list()
            case "{":
                return self._table()
            case '"' | "'":
                return self._quoted(char)
            case "":
                self.complete = False
                return None
            case _:
                return self._plain()

    def _next(self) -> str:
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1
        return self.text[self.at : self.at + 1]

    def _list(self) -> list[Any]:
        self.at += 1
        made: list[Any] = []
        while True:
            char = self._next()
            if char in ("", "]"):
                break
            value = self.value()
            if self._next() == ":":
                raise Unclear(0)  # a single pair
            made.append(value)
            if not self._comma("]"):
                break
        self._close("]")
        return made

    def _table(self) -> dict[Any, Any]:
        self.at += 1
        made: dict[Any, Any] = {}
        while True:
            char = self._next()
            if char in ("", "}"):
                break
            key = self.value()
            value = None
            if self._next() == ":":
                self.at += 1
                value = None if self._next() in (",", "}") else self.value()
            if isinstance(key, list | dict) or key == "<<":
                raise Unclear(0)
            made[key] = value
            if not self._comma("}"):
                break
        self._close("}")
        return made

    def _comma(self, end: str) -> bool:
        char = self._next()
        if char == ",":
            self.at += 1
            return True
        if char not in ("", end):
            raise Unclear(0)
        return False

    def _close(self, end: str) -> None:
        if self._next() == end:
            self.at += 1
        else:
            self.complete = False

    def _quoted(self, quote: str) -> str:
        self.at += 1
        made = []
        while self.at < len(self.text):
            char = self.text[self.at]
            following = self.text[self.at + 1 : self.at + 2]
            if char == quote == "'" and following == "'":
                made.append("'")
                self.at += 2
            elif char == quote:
                self.at += 1
                return "".join(made)
            elif char == "\\" and quote == '"':
                if following not in _ESCAPES or not following:
                    raise Unclear(0)
                made.append(_ESCAPES[following])
                self.at += 2
            else:
                made.append(char)
                self.at += 1
        self.complete = False
        return ""

    def _plain(self) -> Any:
        start = self.at
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in ",[]{}" or (char == ":" and self.text[self.at + 1 : self.at + 2] in ("", " ", ",", "]", "}")):
                break
            self.at += 1
        text = self.text[start : self.at].strip()
        if text.startswith("*") and text[1:] in self.anchors:
            return self.anchors[text[1:]]
        if not text:
            raise Unclear(0)
        return resolve(text)
