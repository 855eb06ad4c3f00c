"""YAML as configuration files are written, read as PyYAML reads it. What is rarer is refused, not guessed."""

from __future__ import annotations

import re
from typing import Any

from .yaml_flow import Flow, Unclear, resolve, unquoted_comment

#: Nested collections deeper than this are refused.
_DEEPEST = 60
_ANCHOR = re.compile(r"&([\w.-]+)(?:\s+|$)")
_ALIAS = re.compile(r"\*([\w.-]+)$")
_BLOCK_SCALAR = re.compile(r"([|>])([+-]?)$")


def load_yaml(text: str) -> Any:
    """The plain Python value of one document; raises Unclear for what is not followed."""
    lines = text.lstrip("\ufeff").splitlines()
    for number, line in enumerate(lines):
        if (
            line.startswith("%")
            or (line.startswith("--- ") and line.strip() != "---")
            or line[: len(line) - len(line.lstrip())].count("\t")
        ):
            raise Unclear(number + 1)
        if line.rstrip() == "...":
            if any(after.strip() for after in lines[number + 1 :]):
                raise Unclear(number + 2)
            lines = lines[:number]
            break
    start = 0
    for number, line in enumerate(lines):
        if line.rstrip() == "---":
            if any(unquoted_comment(before).strip() for before in lines[start:number]):
                raise Unclear(number + 1)  # a second document
            start = number + 1
    reader = _Reader(lines, start, text.endswith("\n"))
    if reader.peek() is None:
        return None
    value = reader.block(reader.indent(), 0)
    if reader.peek() is not None:
        raise Unclear(reader.at + 1)
    return value


class _Reader:
    """The lines of a document and the place in them."""

    def __init__(self, lines: list[str], at: int, ended: bool) -> None:
        self.lines, self.at, self.ended = lines, at, ended
        self.anchors: dict[str, Any] = {}

    def peek(self) -> str | None:
        """The next line with something on it, without its indentation and comment; None at the end."""
        while self.at < len(self.lines):
            content = unquoted_comment(self.lines[self.at]).strip()
            if content:
                return content
            self.at += 1
        return None

    def indent(self) -> int:
        line = self.lines[self.at]
        return len(line) - len(line.lstrip(" "))

    def block(self, indent: int, depth: int) -> Any:
        """The collection or scalar that begins on this line."""
        content = self.peek()
        if content is None or depth > _DEEPEST:
            raise Unclear(self.at + 1)
        if content == "-" or content.startswith("- "):
            return self._sequence(indent, depth)
        if split_key(content) is not None:
            return self._mapping(indent, depth)
        self.at += 1
        return self._inline(content, indent - 1, depth)

    def _sequence(self, indent: int, depth: int) -> list[Any]:
        made: list[Any] = []
        while (content := self.peek()) is not None and self.indent() == indent:
            if content != "-" and not content.startswith("- "):
                break
            rest = content[1:].lstrip()
            if not rest:
                self.at += 1
                made.append(self._nested(indent, depth, False))
            elif rest.startswith("- ") or rest == "-" or split_key(rest) is not None:
                column = indent + len(content) - len(rest)
                self.lines[self.at] = " " * column + self.lines[self.at][column:]
                made.append(self.block(column, depth + 1))
            else:
                self.at += 1
                made.append(self._inline(rest, indent, depth))
        self._ends_at(indent + 1)
        return made

    def _mapping(self, indent: int, depth: int) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        merged: list[dict[Any, Any]] = []
        while (content := self.peek()) is not None and self.indent() == indent:
            parts = split_key(content)
            if parts is None:
                break
            key, rest = parts
            self.at += 1
            value = self._value(rest, indent, depth)
            if key == "<<":
                found = value if isinstance(value, list) else [value]
                if not all(isinstance(one, dict) for one in found):
                    raise Unclear(self.at)
                merged += found
            else:
                made[key] = value
        self._ends_at(indent)
        for one in merged:
            made = {**one, **made}
        return made

    def _ends_at(self, indent: int) -> None:
        if self.peek() is not None and self.indent() >= indent:
            raise Unclear(self.at + 1)

    def _value(self, rest: str, indent: int, depth: int) -> Any:
        """What follows a key, on its line or below it."""
        anchor = _ANCHOR.match(rest)
        if anchor:
            value = self._value(rest[anchor.end() :], indent, depth)
            self.anchors[anchor.group(1)] = value
            return value
        if not rest:
            return self._nested(indent, depth, True)
        return self._inline(rest, indent, depth)

    def _nested(self, indent: int, depth: int, under_key: bool) -> Any:
        content = self.peek()
        if content is None:
            return None
        inner = self.indent()
        if inner > indent or (under_key and inner == indent and (content == "-" or content.startswith("- "))):
            return self.block(inner, depth + 1)
        return None

    def _inline(self, text: str, indent: int, depth: int) -> Any:
        """A value that begins on a line that was taken already; further lines are indented deeper than `indent`."""
        anchor = _ANCHOR.match(text)
        if anchor:
            value = self.anchors[anchor.group(1)] = self._inline(text[anchor.end() :], indent, depth)
            return value
        if not text:
            return self._nested(indent, depth, False)
        alias = _ALIAS.match(text)
        if alias:
            if alias.group(1) not in self.anchors:
                raise Unclear(self.at)
            return self.anchors[alias.group(1)]
        block = _BLOCK_SCALAR.match(text)
        if block:
            return self._text(block.group(1) == ">", block.group(2), indent)
        if text[0] in "[{\"'":
            return self._flow(text, indent)
        while (more := self.peek()) is not None and self.indent() > indent and "#" not in text:
            if split_key(more) is not None or self.lines[self.at - 1].strip() == "":
                raise Unclear(self.at + 1)
            text += " " + more
            self.at += 1
        return resolve(text)

    def _flow(self, text: str, indent: int) -> Any:
        while True:
            flow = Flow(text, self.anchors)
            value = flow.value()
            if flow.complete:
                if flow.rest():
                    raise Unclear(self.at)
                return value
            more = self.peek()
            quoted = text[0] in "\"'"
            if more is None or (quoted and ("#" in self.lines[self.at] or not self.lines[self.at - 1].strip())):
                raise Unclear(self.at + 1)
            text += " " + more
            self.at += 1

    def _text(self, folded: bool, chomp: str, indent: int) -> str:
        """A block scalar: the lines below that are indented deeper."""
        found: list[str] = []
        inner: int | None = None
        while self.at < len(self.lines):
            line = self.lines[self.at]
            depth = len(line) - len(line.lstrip(" "))
            if line.strip() and depth <= indent:
                break
            if line.strip() and inner is None:
                inner = depth
            found.append(line)
            self.at += 1
        if inner is None or any(line.strip() and len(line) - len(line.lstrip(" ")) < inner for line in found):
            raise Unclear(self.at)
        kept = [line[inner:] for line in found]
        trailing = len(kept)
        while trailing and not kept[trailing - 1].strip():
            trailing -= 1
        if folded and any(not line.strip() or line.startswith(" ") for line in kept[:trailing]):
            raise Unclear(self.at)
        if chomp != "-" and self.at == len(self.lines) and not self.ended:
            raise Unclear(self.at)  # what is being typed: no newline yet
        body = (" " if folded else "\n").join(kept[:trailing])
        return body + ("" if chomp == "-" else "\n" if chomp == "" else "\n" * (len(kept) - trailing + 1))


def split_key(content: str) -> tuple[Any, str] | None:
    """`key: rest` as the key's value and the text behind it; None if the line is no entry of a mapping."""
    if content[0] in "\"'":
        flow = Flow(content, {})
        key = flow.value()
        rest = flow.rest()
        if flow.complete and rest[:1] == ":" and rest[1:2] in ("", " "):
            return key, rest[1:].strip()
        return None
    if content[0] in "[{":
        return None
    if content[0] == "?" and content[1:2] in ("", " "):
        raise Unclear(0)
    at = 0
    while (at := content.find(":", at)) >= 0:
        if content[at + 1 : at + 2] in ("", " "):
            key = content[:at].rstrip()
            if key[:1] in ("&", "*", "!", "|", ">", "%", "@", "`"):
                raise Unclear(0)
            return key if key == "<<" else resolve(key), content[at + 1 :].strip()
        at += 1
    return None
