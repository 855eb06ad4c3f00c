"""Recovery: replace as few statements as possible until Python parses the file. All other lines stay where they are.

Python says where it stopped, which is often behind the fault. So the region around that line (its function, then
its top-level statement, then the file) is repaired by trying: each candidate edit is parsed, the first that clears
the region wins, else the one that gets furthest. Every bound is a count, so that the result is deterministic."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .scan import Statement, indent_of, is_blank, statements, suspicious_string
from .standins import BROKEN, completed, is_header, opaque, stand_ins

#: Parses of the whole file; real mid-edit states need two or three.
MAX_FULL: Final = 6
#: Lines of text parsed while trying, all tries together; about 30 ms.
MAX_TRIED_LINES: Final = 8_000
#: Lines of a file that is worth repairing; longer ones are generated, and each look at them costs seconds.
MAX_LINES: Final = 20_000
#: Edits of one region; a block that needs more is noise.
MAX_EDITS: Final = 12
#: Lines an unfinished statement may be nested in: a table in a table in a call.
MAX_ANCHORS: Final = 6


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text does not parse: Python's position (1-based line and column, may be None) and message."""

    line: int | None
    col: int | None
    end_line: int | None
    end_col: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Recovered:
    tree: ast.Module
    refusals: tuple[Refusal, ...]
    #: ranges of lines that were replaced, 1-based, last line included
    broken: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines `start` up to `end` (0-based) become `text` and empty lines."""

    start: int
    end: int
    text: str


Parser = Callable[[str], "ast.Module | Refusal"]


def recover(lines: list[str], refusal: Refusal, parser: Parser) -> Recovered:
    """The tree of `lines`, which do not parse because of `refusal`."""
    if len(lines) > MAX_LINES:
        return Recovered(ast.Module([], []), (refusal,), ((1, len(lines)),))
    return _Recovery(list(lines), parser).run(refusal)


class _Recovery:
    def __init__(self, lines: list[str], parser: Parser) -> None:
        self.lines = lines
        self.parser = parser
        self.refusals: list[Refusal] = []
        self.broken: set[int] = set()
        self.tried = 0

    def run(self, refusal: Refusal) -> Recovered:
        for _ in range(MAX_FULL):
            if refusal not in self.refusals:
                self.refusals.append(refusal)
            if refusal.line is None or not self._repair(refusal):
                break
            outcome = self.parser("\n".join(self.lines))
            if isinstance(outcome, ast.Module):
                return self._done(outcome)
            refusal = outcome
        return self._done(self._salvage())

    def _done(self, tree: ast.Module) -> Recovered:
        ranges: list[tuple[int, int]] = []
        for line in sorted(self.broken):
            if ranges and ranges[-1][1] == line:
                ranges[-1] = (ranges[-1][0], line + 1)
            else:
                ranges.append((line + 1, line + 1))
        return Recovered(tree, tuple(self.refusals), tuple(ranges))

    # ---- one region ------------------------------------------------------------------------------------------

    def _repair(self, refusal: Refusal) -> bool:
        """Repair the smallest region around the refusal that does not parse by itself."""
        at = min(max((refusal.line or 1) - 1, 0), len(self.lines) - 1)
        if self._odd_quotes():
            culprit = suspicious_string(self.lines)
            at = at if culprit is None else culprit
        for start, end in self._regions(at):
            region = self.lines[start:end]
            indented = indent_of(next((line for line in region if not is_blank(line)), "")) > 0
            found = self._check(region, indented)
            if found is not None:
                repaired = self._repair_region(region, found, indented)
                if repaired is not None:
                    self._replace(start, repaired)
                    return True
        return False

    def _odd_quotes(self) -> bool:
        """Whether some triple quotes have no partner; the fault is then where they open, not where Python stops."""
        text = "\n".join(self.lines)
        return any(text.count(quotes) % 2 for quotes in ('"""', "'''"))

    def _replace(self, start: int, repaired: list[str]) -> None:
        for offset, line in enumerate(repaired):
            if self.lines[start + offset] != line:
                self.lines[start + offset] = line
                self.broken.add(start + offset)

    def _regions(self, at: int) -> Iterator[tuple[int, int]]:
        """The function around line `at`; its top-level statement; that and the one before; the whole file."""
        seen = set()
        function = self._block(at, True)
        outer = self._block(at, False)
        before = self._block(max(outer[0] - 1, 0), False)
        for region in (function, outer, (before[0], outer[1]), (0, len(self.lines))):
            if region not in seen:
                seen.add(region)
                yield region

    def _block(self, at: int, inner: bool) -> tuple[int, int]:
        """The lines of the smallest `def` around `at` (`inner`), or of the statement at column 0."""
        lines = self.lines
        width = 1 << 30
        start = at
        for start in range(at - _is_alien(lines, at), -1, -1):
            line = lines[start]
            if is_blank(line):
                continue
            indent = indent_of(line)
            if indent >= width and not (indent == width == 0):
                continue
            body = line.lstrip()
            if indent < width:
                width = indent
            if inner and body.startswith(("def ", "async def ", "class ")):
                break
            if indent == 0 and not body.startswith(("else", "elif", "except", "finally", ")", "]", "}")):
                break
        while start > 0 and lines[start - 1].lstrip().startswith("@") and indent_of(lines[start - 1]) == width:
            start -= 1
        end = at + 1
        decorated = lines[at].lstrip().startswith("@")
        while end < len(lines):
            line = lines[end]
            if not is_blank(line):
                body = line.lstrip(" \t\f")
                clause = body.startswith(("else", "elif", "except", "finally"))
                if indent_of(line) <= width and body[0] not in ")]}" and not clause and not decorated:
                    break
                decorated = body.startswith("@")
            end += 1
        return start, end

    def _check(self, lines: list[str], indented: bool) -> Refusal | None:
        """What Python says of a region, by its own lines; None if it parses. `indented`: it is part of a block."""
        self.tried += len(lines)
        text = "\n".join(lines)
        outcome = self.parser("if 1:\n" + text + "\n" if indented else text)
        if isinstance(outcome, ast.Module) or not text.strip():
            return None
        if not indented or outcome.line is None:
            return outcome
        return Refusal(max(outcome.line - 1, 1), outcome.col, outcome.end_line, outcome.end_col, outcome.message)

    def _repair_region(self, lines: list[str], refusal: Refusal, indented: bool) -> list[str] | None:
        """The region with edits that make it parse, or that at least get further; None if nothing helps."""
        lines = list(lines)
        found: Refusal | None = refusal
        first_line = refusal.line or 1
        helped = False
        for _ in range(MAX_EDITS):
            if found is None or self.tried > MAX_TRIED_LINES:
                break
            best = self._best_edit(lines, found, indented)
            if best is None:
                break
            edit, found = best
            helped = True
            _apply(lines, edit)
        if found is not None and not (helped and (found.line or 0) > first_line):
            probed = self._probe(lines)
            return probed if probed is not None and self._check(probed, indented) is None else None
        return lines

    def _best_edit(self, lines: list[str], refusal: Refusal, indented: bool) -> tuple[Edit, Refusal | None] | None:
        """The first edit that clears the region, else the one behind which Python gets furthest."""
        at = min(max((refusal.line or 1) - 1, 0), len(lines) - 1)
        best: tuple[tuple[int, int], Edit, Refusal] | None = None
        for edit in _candidates(lines, at, refusal.message):
            if self.tried > MAX_TRIED_LINES:
                break
            trial = list(lines)
            _apply(trial, edit)
            outcome = self._check(trial, indented)
            if outcome is None:
                return edit, None
            reached = (outcome.line or 0) - 1
            if reached > at and reached >= edit.end:
                score = (reached, edit.start - edit.end)
                if best is None or score > best[0]:
                    best = score, edit, outcome
        return None if best is None else best[1:]

    def _probe(self, lines: list[str]) -> list[str] | None:
        """Judge each statement by itself: finds faults whose position Python reports wrongly."""
        if len(lines) > MAX_TRIED_LINES // 8:
            return None
        lines = list(lines)
        helped = False
        for statement in statements(lines):
            whole = "\n".join(lines[statement.start : statement.end])
            body = whole.lstrip(" \t\f")
            if body.startswith("@"):
                body += "\ndef f(): pass"
            elif is_header(whole):
                word = body.split(None, 1)[0].rstrip(":")
                before = {"elif": "if 1: pass\n", "else": "if 1: pass\n", "case": "match 1:\n "}
                handler = word in ("except", "finally", "except*")
                after = " pass\nexcept: pass" if word == "try" else ":\n case 1: pass" if word == "match" else " pass"
                body = before.get(word, "try: pass\n" if handler else "") + body.removesuffix(":" * (word == "match"))
                body += after
            self.tried += statement.end - statement.start
            if isinstance(self.parser(body), Refusal):
                stand_in = next(iter(stand_ins(lines[statement.start], whole)))
                _apply(lines, Edit(statement.start, statement.end, stand_in))
                helped = True
        return lines if helped else None

    # ---- last resort -----------------------------------------------------------------------------------------

    def _salvage(self) -> ast.Module:
        """Keep the top-level statements that parse by themselves."""
        lines = self.lines
        starts, decorated = [], False
        for number, line in enumerate(lines):
            if line[:1].strip() and line[0] not in "#)]}\"'":
                if not decorated and not line.startswith(("else", "elif", "except", "finally")):
                    starts.append(number)
                decorated = line[0] == "@"
        bounds = [0, *starts, len(lines)]
        for start, end in pairwise(bounds):
            chunk = lines[start:end]
            if start < end and isinstance(self.parser("\n".join(chunk)), Refusal):
                stand_in = opaque(chunk[0]) or next(iter(stand_ins(chunk[0], "\n".join(chunk))))
                if isinstance(self.parser(stand_in), Refusal):
                    stand_in = ""
                self._replace(start, [stand_in, *[""] * (end - start - 1)])
        outcome = self.parser("\n".join(lines))
        if isinstance(outcome, ast.Module):
            return outcome
        self._replace(0, [""] * len(lines))
        return ast.Module([], [])


def _is_alien(lines: list[str], at: int) -> bool:
    """Whether line `at` stands further left than the code around it, so that it says nothing of the structure."""
    above = next((line for line in reversed(lines[max(at - 30, 0) : at]) if not is_blank(line)), "")
    below = next((line for line in lines[at + 1 : at + 30] if not is_blank(line)), "")
    if at == 0 or not indent_of(lines[at]) < indent_of(below) <= indent_of(above):
        return False
    if not is_header(lines[at]) and not lines[at].lstrip().startswith("@"):
        return True
    return bool(lines[at - 1].strip()) and not below.lstrip().startswith(("def ", "@", '"', "'"))


def _apply(lines: list[str], edit: Edit) -> None:
    lines[edit.start : edit.end] = [edit.text, *[""] * (edit.end - edit.start - 1)]


def _candidates(lines: list[str], at: int, message: str) -> Iterator[Edit]:
    """Edits that may repair a fault which Python reports at line `at`, from the least loss to the most."""
    found = statements(lines)
    index = max((n for n, statement in enumerate(found) if statement.start <= at), default=0)
    if not found:
        return
    here = found[index]
    before = found[index - 1] if index else None
    if "expected an indented block" in message:
        header = before if before is not None and here.start <= at and not _ends_with_colon(lines, here) else here
        complete = completed(lines[header.end - 1]) if header.end - header.start == 1 else None
        if complete is not None:
            yield Edit(header.start, header.end, complete)
    if "expected 'except'" in message:
        for statement in reversed(found[:index]):
            if lines[statement.start].strip().startswith("try") and statement.indent <= here.indent:
                indent = lines[statement.start][: -len(lines[statement.start].lstrip())]
                yield Edit(statement.start, statement.end, f"{indent}if 1:")
                break
    if "indent" in message and before is not None:
        if _begins_header(lines[before.start]):
            yield Edit(before.start, before.end, f"{' ' * before.indent}if {BROKEN}:")
        first = lines[before.start]
        indent = first[: len(first) - len(first.lstrip())]
        yield Edit(here.start, here.end, indent + next(iter(stand_ins(lines[here.start], ""))).lstrip())
    nearest = [here] if before is None else [here, before]
    for statement in nearest:
        whole = "\n".join(lines[statement.start : statement.end])
        texts = list(stand_ins(lines[statement.start], whole))
        if statement.end - statement.start > 1 and is_header(lines[statement.start]):
            # an unfinished header takes the first lines of its body for its own
            for text in texts[:-2]:
                yield Edit(statement.start, statement.start + 1, text)
        for text in texts:
            yield Edit(statement.start, statement.end, text)
    if "unexpected indent" in message and before is not None:
        end = here.end
        while end < len(lines) and (
            is_blank(lines[end]) or indent_of(lines[end]) > before.indent or lines[end].lstrip()[0] in ")]}"
        ):
            end += 1
        yield Edit(here.start, end, "")
    for earlier in reversed(found[max(index - 3, 0) : index]):
        text = next(iter(stand_ins(lines[earlier.start], lines[earlier.start])))
        yield Edit(earlier.start, here.end, text)
    for anchor in _anchors(lines, found[: index + 1]):
        first = lines[anchor.start]
        text = next(iter(stand_ins(first, first)))
        yield Edit(anchor.start, _end_of_block(lines, anchor), text)
    if before is not None and lines[before.start].lstrip().startswith("@"):
        # decorators over something that is no definition yet
        top = index - 1
        while top and lines[found[top - 1].start].lstrip().startswith("@"):
            top -= 1
        yield Edit(found[top].start, here.end, f"{' ' * here.indent}pass")
        yield Edit(found[top].start, _end_of_block(lines, here), f"{' ' * here.indent}pass")
    if "unmatched" in message:
        # the rest of a statement that lost its first line: back to where its indentation began
        start = next((s for s in reversed(found[:index]) if s.indent <= here.indent), None)
        if start is not None:
            first = lines[start.start]
            yield Edit(start.start, here.end, opaque(first) or next(iter(stand_ins(first, first))))
            yield Edit(start.start, _end_of_block(lines, here), f"{' ' * start.indent}pass")
    if not here.start < at < here.end:
        yield Edit(at, at + 1, "")
    for statement in nearest:
        yield from _lost_with_body(lines, statement)


def _ends_with_colon(lines: list[str], statement: Statement) -> bool:
    return lines[statement.end - 1].split("#")[0].rstrip().endswith(":")


def _anchors(lines: list[str], found: list[Statement]) -> list[Statement]:
    """The lines that the last one hangs on by its indentation, up to a header: where an open bracket may stand."""
    anchors: list[Statement] = []
    width = found[-1].indent
    for statement in reversed(found[:-1]):
        if statement.indent < width:
            if is_header(lines[statement.start]) or len(anchors) == MAX_ANCHORS:
                break
            width = statement.indent
            anchors.append(statement)
    return anchors


def _begins_header(line: str) -> bool:
    """Whether the line may become `if`, `for`, … : the body below it is run where it stands. Not so for `def`."""
    word = line.strip()
    return bool(word) and any(name.startswith(word) for name in ("if", "for", "while", "with", "try", "else", "elif"))


def _end_of_block(lines: list[str], statement: Statement) -> int:
    end = statement.end
    while end < len(lines) and (is_blank(lines[end]) or indent_of(lines[end]) > statement.indent):
        end += 1
    return end


def _lost_with_body(lines: list[str], statement: Statement) -> Iterator[Edit]:
    """The statement with all that is indented below it; then with all up to the next empty line; then to the end."""
    first = lines[statement.start]
    stand_in = opaque(first) or next(iter(stand_ins(first, first)))
    if is_header(first) and stand_in.endswith(":"):
        stand_in = first[: len(first) - len(first.lstrip())] + "pass"
    yield Edit(statement.start, _end_of_block(lines, statement), stand_in)
    end = statement.end
    while end < len(lines) and lines[end].strip():
        end += 1
    yield Edit(statement.start, end, stand_in)
    yield Edit(statement.start, len(lines), stand_in)
