"""What stands in for a broken statement: text that parses, binds the same names, and claims nothing.

A statement that is merely left out would be a claim, too: `x = conv(` left out lets `x` keep its old shape,
`return f(` left out returns None. Hence names are bound to BROKEN, which the interpreter takes for an unknown value."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .scan import State

#: The name of the unknown value. No message may ever show it.
BROKEN = "__tensight_broken__"

_INDENT = re.compile(r"[ \t\f]*")
_HEADER = re.compile(
    r"[ \t\f]*(?P<word>if|elif|else|while|for|async\s+for|with|async\s+with|try|except\*?|finally|match|case"
    r"|def|async\s+def|class)\b"
)
_DEF = re.compile(r"[ \t\f]*(?:async\s+)?def\s+(?P<name>\w+)\s*")
_CLASS = re.compile(r"[ \t\f]*class\s+(?P<name>\w+)")
_ASSIGN = re.compile(r"(?<![=!<>:+\-*/%&|^@])=(?!=)")
_AUGMENTED = re.compile(r"[ \t\f]*(?P<target>[\w.]+)\s*(?:\+|-|\*\*?|//?|%|@|&|\||\^|<<|>>|:[^=]*)=")
_FOR = re.compile(r"[ \t\f]*(?:async\s+)?for\s+(?P<target>.+?)\s+in\b")
_AS = re.compile(r"\bas\s+(?P<name>\w+)\s*:?\s*$")
_IMPORT = re.compile(r"[ \t\f]*(?:from\s+[\w.]*\s*import\s+(?P<names>.*)|import\s+(?P<modules>.*))")
_PARAMETER = re.compile(r"\s*\*{0,2}\s*\w+|\s*[*/]\s*$")


def is_header(line: str) -> bool:
    """Whether the line starts a compound statement (or a clause of one)."""
    return _HEADER.match(line) is not None


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def stand_ins(first: str, whole: str) -> Iterator[str]:
    """Lines that may replace the statement whose first line is `first`, best first; the columns of names stay.

    `whole` is all of the statement. An empty line at the end: nothing at all."""
    indent = _INDENT.match(first).group()  # type: ignore[union-attr]
    body = first[len(indent) :]
    header = _HEADER.match(first)
    if body.startswith("@"):
        yield ""
    elif header is not None:
        yield from _headers(first, whole, indent, " ".join(header.group("word").split()))
    elif body.startswith(("import ", "from ")):
        yield from _imports(first, indent)
    elif re.match(r"return\b", body):
        yield f"{indent}return {BROKEN}"
    elif re.match(r"raise\b", body):
        yield f"{indent}raise {BROKEN}"
    else:
        yield from _assignments(first, indent)
    yield f"{indent}pass"
    yield ""


def _headers(first: str, whole: str, indent: str, word: str) -> Iterator[str]:
    if word in ("def", "async def"):
        yield from _functions(first)
    elif word == "class":
        closed = _closed(first)
        if closed is not None and _parses(closed.lstrip() + " pass"):
            yield closed
        if named := _CLASS.match(first):
            yield f"{indent}class {named.group('name')}({BROKEN}):"
    elif word in ("for", "async for"):
        target = _FOR.match(first)
        if target is not None and _parses(f"{target.group('target')} = 0"):
            yield f"{first[: target.end()]} {BROKEN}:"
    elif word in ("with", "async with"):
        named = _AS.search(first)
        yield f"{indent}{word} {BROKEN}{f' as {named.group(1)}' if named else ''}:"
    elif word in ("if", "elif", "while"):
        yield f"{indent}{word} {BROKEN}:"
    elif word == "case":
        yield f"{indent}case {BROKEN}:"
    elif word == "match":
        yield f"{indent}match {BROKEN}:"
        yield from _assignments(first, indent)
    elif word.startswith("except"):
        yield f"{indent}{word} {BROKEN}:"
    else:
        yield f"{indent}{word}:"
    yield f"{indent}if {BROKEN}:"


def _closed(line: str) -> str | None:
    """A header with its brackets closed and a colon; None where a string is open."""
    state = State()
    state.feed(line)
    if state.quote:
        return None
    text = _without_comment(line).rstrip()
    if text.endswith(":") and not state.closers:
        return text
    return text.rstrip(":, ") + state.closers[::-1] + ":" if state.closers else text + ":"


def _without_comment(line: str) -> str:
    """The line up to a comment (a `#` behind which no quote stands; good enough for headers)."""
    at = line.rfind("#")
    return line[:at] if at >= 0 and not re.search("[\"']", line[at:]) else line


def _functions(first: str) -> Iterator[str]:
    closed = _closed(first)
    if closed is not None and _parses(closed.lstrip() + " pass"):
        yield closed
    named = _DEF.match(first)
    if named is None:
        return
    head = first[: named.end()]
    opening = first.find("(", named.end())
    if opening < 0:
        yield f"{head.rstrip()}(*args, **kwargs):"
        return
    kept = first[: opening + 1]
    for part in re.split(r"(,)", _top_level(first[opening + 1 :])):
        name = _PARAMETER.match(part)
        text = part if part == "," else name.group() if name else ""
        kept += text + " " * (len(part) - len(text))
    yield kept.rstrip(" ,") + "):"


def _top_level(text: str) -> str:
    """The parameters up to the closing bracket, with what stands inside further brackets or strings as spaces."""
    out, depth = "", 0
    for char in text:
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth < 0:
                break
        out += char if depth == 0 and char not in "\"')]}" else " "
    return out


def _imports(first: str, indent: str) -> Iterator[str]:
    state = State()
    state.feed(first)
    closed = _without_comment(first).rstrip().rstrip(",.") + state.closers[::-1]
    if _parses(closed.lstrip()):
        yield closed
    found = _IMPORT.match(first)
    if found is None:
        return
    names = []
    for part in _without_comment(found.group("names") or found.group("modules") or "").split(","):
        words = re.findall(r"[A-Za-z_]\w*", part)
        if words and words != ["as"]:
            names.append(words[0] if found.group("modules") and len(words) < 3 else words[-1])
    if names and _parses(" = ".join([*names, "0"])):
        yield indent + " = ".join([*names, BROKEN])


def _assignments(first: str, indent: str) -> Iterator[str]:
    """`a = b = BROKEN` for a broken assignment, with its targets where they are."""
    augmented = _AUGMENTED.match(first)
    if augmented is not None and _parses(f"{augmented.group('target')} = 0"):
        yield f"{indent}{augmented.group('target')} = {BROKEN}"
        return
    best = ""
    for found in _ASSIGN.finditer(first):
        text = f"{first[: found.end()]} {BROKEN}"
        if not _parses(text.lstrip()):
            break
        best = text
    if best:
        yield best


def completed(header: str) -> str | None:
    """A header that lacks its body, with the least body that claims nothing; None if the line is none."""
    word = _HEADER.match(header)
    if word is None:
        return None
    text = _without_comment(header).rstrip()
    if "def" in word.group("word"):
        return f"{text} return {BROKEN}"
    if word.group("word") == "match":
        return None
    return f"{text} pass"


def opaque(header: str) -> str | None:
    """What binds the name of a function or class that is lost with its body."""
    named = _DEF.match(header) or _CLASS.match(header)
    indent = _INDENT.match(header).group()  # type: ignore[union-attr]
    return f"{indent}{named.group('name')} = {BROKEN}" if named else None
