"""Parsing that never fails: what does not parse loses its broken statement, the rest stays where it is."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from typing import Final

from ..limits import MAX_SOURCE
from .decode import clean, split_lines
from .recover import Refusal, recover
from .span import Span

_TYPE_COMMENT: Final = "# type:"
TOO_DEEP: Final = "expressions are nested too deeply to be analysed"


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a file does not parse as it stands; the message is Python's own.

    Not `certain`: a bound of the analysis, not a fault of the program."""

    span: Span
    message: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's tree. The first of `problems` is what Python itself reports; the others came up behind it.

    `lines` are those of the source text; `broken` are the ranges of lines (1-based, last included) that the tree
    does not hold as they are written."""

    tree: ast.Module
    problems: tuple[SyntaxProblem, ...] = ()
    lines: tuple[str, ...] = ()
    broken: tuple[tuple[int, int], ...] = ()


def _parse(text: str) -> ast.Module:
    """The tree, with the types that comments tell (PEP 484) where they stand as they should."""
    if _TYPE_COMMENT in text:
        try:
            return ast.parse(text, type_comments=True)
        except SyntaxError:
            pass  # of the text itself, or of a comment in another place
    return ast.parse(text)


def try_parse(text: str) -> ast.Module | Refusal:
    """The tree, or where and why there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and `is` with literals: not our subject
            return _parse(text)
    except SyntaxError as error:
        return Refusal(error.lineno, error.offset, error.end_lineno, error.end_offset, error.msg)
    except (RecursionError, MemoryError):
        return Refusal(None, None, None, None, TOO_DEEP)
    except ValueError as error:
        return Refusal(None, None, None, None, str(error))


def parse(text: str, file: str) -> Parsed:
    """The tree of `text`; never raises."""
    if len(text) > MAX_SOURCE:
        message = f"the file has more than {MAX_SOURCE:,} characters and is not analysed"
        problem = SyntaxProblem(Span(file, 1, 0, 1, 0), message, False)
        return Parsed(ast.Module([], []), (problem,), tuple(split_lines(text)))
    cleaned = clean(text)
    tree = try_parse(cleaned)
    lines = split_lines(cleaned)
    nul = "\0" in text
    if isinstance(tree, ast.Module) and not nul:
        return Parsed(tree, (), tuple(lines))
    problems = []
    if nul:
        line = next(number for number, content in enumerate(split_lines(text), 1) if "\0" in content)
        problems.append(SyntaxProblem(Span(file, line, 0, line, 0), "source code cannot contain null bytes"))
    if isinstance(tree, ast.Module):
        return Parsed(tree, tuple(problems), tuple(lines))
    recovered = recover(lines, tree, try_parse)
    for refusal in recovered.refusals:
        problems.append(SyntaxProblem(_span(refusal, file, lines), refusal.message, refusal.message != TOO_DEEP))
    return Parsed(recovered.tree, tuple(problems), tuple(lines), recovered.broken)


def _span(refusal: Refusal, file: str, lines: list[str]) -> Span:
    """Where Python points, clamped to the text: offsets may lie behind a line or be absent."""
    line = min(max(refusal.line or 1, 1), len(lines))
    text = lines[line - 1]
    col = min(max((refusal.col or 1) - 1, 0), len(text))
    end_line, end_col = refusal.end_line or line, (refusal.end_col or 0) - 1
    if end_line != line or end_col <= col:
        end_line, end_col = line, min(col + 1, len(text))
    return Span(file, line, col, end_line, max(min(end_col, len(text)), col))
