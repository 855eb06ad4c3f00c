"""Columns of a line in three units: UTF-8 bytes (ast), code points (ours), UTF-16 units (most editors).

A column inside a character counts as the character's start, one behind the line's end as its end."""

from __future__ import annotations


def from_utf8(line: str, col: int) -> int:
    """UTF-8 bytes → code points."""
    if line.isascii():
        return min(col, len(line))
    return len(line.encode("utf-8", "surrogatepass")[: max(col, 0)].decode("utf-8", "ignore"))


def to_utf8(line: str, col: int) -> int:
    """Code points → UTF-8 bytes."""
    if line.isascii():
        return min(col, len(line))
    return len(line[:col].encode("utf-8", "surrogatepass"))


def from_utf16(line: str, col: int) -> int:
    """UTF-16 units → code points."""
    if line.isascii():
        return min(col, len(line))
    seen = 0
    for index, char in enumerate(line):
        seen += 2 if char > "\uffff" else 1
        if seen > col:
            return index
    return len(line)


def to_utf16(line: str, col: int) -> int:
    """Code points → UTF-16 units."""
    if line.isascii():
        return min(col, len(line))
    head = line[:col]
    return len(head) + sum(char > "\uffff" for char in head)
