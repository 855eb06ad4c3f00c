"""Literate tests: Markdown in which every Python block is analysed by Tensight and run by real PyTorch.

A block's expectations stand at the end of its lines:

    y = x.view(8, -1)          # shape: (8, 12)
    z = self.fc(y)             # error: [matmul-mismatch] "mat1 and mat2 shapes cannot be multiplied (8x12 and 64x2)"
    def forward(self, x):      # param x: (B, 3, H, W)
    h = f(a)                   # shape: (2, 3) | (4, 3)        one line, several contexts
    n = rows(table)            # shape: ?                       nothing is known (and nothing false is said)

Blocks under one heading are one file, in order. Every diagnostic must be expected. Where the run reaches a line with a
shape, PyTorch's must be the same (a symbol stands for any size, the same one in a block); where a line expects an
error, the run must end there with that message."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tensight.dims import Expr, evaluate, parse
from tensight.interp import Analysis, Request, Source, analyse
from tensight.syntax import Comments, read_comments
from tensight.values import ListV, Tensor, shape_text

_SHAPE = re.compile(r"#\s*shape:\s*(?P<text>[^#]+?)\s*(#|$)")
_PARAM = re.compile(r"#\s*param (?P<name>\w+):\s*(?P<text>[^#]+?)\s*(#|$)")
_FOUND = re.compile(r"#\s*(?P<severity>error|warning): \[(?P<code>[\w-]+)\](?: \"(?P<message>.*)\")?\s*$")
_HEADING = re.compile(r"^#+\s+(?P<title>.*)$")


@dataclass(slots=True)
class Case:
    """One heading with its code. `line` is where its first block starts in the Markdown file."""

    file: Path
    title: str
    line: int
    code: str = ""
    run: bool = True
    notes: list[str] = field(default_factory=list)


def cases(path: Path) -> Iterator[Case]:
    """The cases of a Markdown file."""
    current: Case | None = None
    inside, flags = False, ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        heading = _HEADING.match(line)
        if heading and not inside:
            if current is not None and current.code:
                yield current
            current = Case(path, heading["title"], number)
        elif line.startswith("```"):
            inside, flags = not inside, line[3:].strip()
            if inside and current is not None and flags.startswith("py"):
                current.run = current.run and "no-run" not in flags
        elif inside and current is not None and flags.startswith("py"):
            current.code += line + "\n"
    if current is not None and current.code:
        yield current


class NoFiles:
    """A Loader with nothing on the search path."""

    def find(self, name: str) -> Source | None:
        return None

    def is_namespace(self, name: str) -> bool:
        return False

    def read_text(self, path: str) -> str | None:
        return None


def analysed(code: str, file: str = "example.py") -> Analysis:
    """The analysis of a piece of code, alone, with the inputs stated in its comments."""
    tree = ast.parse(code)
    source = Source("example", file, tree, hashlib.md5(code.encode()).hexdigest(), user=True, text=code)
    comments: Comments = read_comments(code, file)
    request = Request(source, (source,), NoFiles(), stated={file: tuple(_stated(comments))}, seconds=30)
    return analyse(request).analyses[0]


def _stated(comments: Comments) -> Iterator[Any]:
    from tensight.interp import Stated

    for item in comments.stated:
        yield Stated(item.line, item.name, tuple(item.shape))


def problems(case: Case) -> list[str]:
    """What is wrong with a case; empty if Tensight, PyTorch and the text agree."""
    analysis = analysed(case.code)
    out = list(analysis.internal_errors)
    lines = case.code.splitlines()
    out += _check_shapes(lines, analysis)
    out += _check_diagnostics(lines, analysis)
    if case.run:
        out += _run(case.code, lines)
    return out


# ---- Tensight against the text


def _texts(value: Any) -> str:
    if isinstance(value, Tensor):
        return "?" if value.dims is None else shape_text(value.dims)
    if isinstance(value, tuple):
        return "(" + ", ".join(_texts(v) for v in value) + ")"
    if isinstance(value, ListV):
        return "[" + ", ".join(_texts(v) for v in value.items) + "]"
    return "?"


def _observed(analysis: Analysis, line: int, kinds: tuple[str, ...], name: str | None = None) -> list[str]:
    """The shapes seen at a line: of its targets, else of its widest expression."""
    facts = [f for f in analysis.facts if f.span.line == line and f.kind in kinds]
    if name is not None:
        facts = [f for f in facts if f.span.end_col - f.span.col == len(name)]
    if not facts:
        return ["?"]
    fact = facts[0]
    return [_texts(o.value) for o in fact.observations] or ["?"]


def _check_shapes(lines: list[str], analysis: Analysis) -> list[str]:
    out = []
    for number, line in enumerate(lines, 1):
        found = _SHAPE.search(line)
        if found:
            wanted = [t.strip() for t in found["text"].split("|")]
            got = _observed(analysis, number, ("target",))
            if got == ["?"] and wanted != ["?"]:
                got = _observed(analysis, number, ("return", "call", "binop", "subscript", "attr", "name"))
            if sorted(got) != sorted(wanted):
                out.append(f"line {number}: shape {' | '.join(got)}, expected {' | '.join(wanted)}: {line.strip()}")
        found = _PARAM.search(line)
        if found:
            names = {i.name: i for i in analysis.inputs if i.span.line == number}
            got_text = _texts(names[found["name"]].value) if found["name"] in names else None
            if got_text is None:
                start = line.index(found["name"], line.index("("))
                seen = [f for f in analysis.facts if f.kind == "param" and f.span.line == number and f.span.col == start]
                got_text = " | ".join(_texts(o.value) for o in seen[0].observations) if seen else "?"
            if got_text != found["text"].strip():
                out.append(f"line {number}: {found['name']} is {got_text}, expected {found['text']}")
    return out


def _check_diagnostics(lines: list[str], analysis: Analysis) -> list[str]:
    out = []
    wanted = {}
    for number, line in enumerate(lines, 1):
        found = _FOUND.search(line)
        if found:
            wanted[number] = found
    for diagnostic in analysis.diagnostics:
        expected = wanted.pop(diagnostic.span.line, None)
        said = f'{diagnostic.severity.value}: [{diagnostic.code}] "{diagnostic.message}"'
        if expected is None:
            out.append(f"line {diagnostic.span.line}: not expected: {said}")
            continue
        if (diagnostic.severity.value, diagnostic.code) != (expected["severity"], expected["code"]):
            out.append(f"line {diagnostic.span.line}: {said}, expected {expected[0]}")
        elif expected["message"] is not None and expected["message"] != diagnostic.message:
            out.append(f"line {diagnostic.span.line}: {said}, expected {expected[0]}")
    out += [f"line {number}: not found: {expected[0]}" for number, expected in wanted.items()]
    return out


# ---- PyTorch against the text


class _Insert(ast.NodeTransformer):
    """After each annotated assignment, hand the value of its first target to the checker."""

    def __init__(self, lines: set[int]) -> None:
        self.lines = lines

    def visit_Assign(self, node: ast.Assign) -> Any:
        if node.lineno not in self.lines:
            return node
        target = node.targets[0]
        load = ast.parse(ast.unparse(target), mode="eval").body
        probe = ast.Expr(ast.Call(ast.Name("__seen__", ast.Load()), [ast.Constant(node.lineno), load], []))
        return [node, ast.fix_missing_locations(ast.copy_location(probe, node))]

    def visit_Return(self, node: ast.Return) -> Any:
        if node.lineno not in self.lines or node.value is None:
            return node
        node.value = ast.copy_location(
            ast.Call(ast.Name("__seen__", ast.Load()), [ast.Constant(node.lineno), node.value], []), node.value
        )
        return ast.fix_missing_locations(node)


def _real(value: Any) -> Any:
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return list(value.shape)
    if isinstance(value, tuple | list):
        return [_real(v) for v in value]
    return None


def _run(code: str, lines: list[str]) -> list[str]:
    annotated = {n: m["text"] for n, line in enumerate(lines, 1) if (m := _SHAPE.search(line))}
    failing = {n: m for n, line in enumerate(lines, 1) if (m := _FOUND.search(line)) and m["message"]}
    seen: dict[int, list[Any]] = {}

    def note(line: int, value: Any) -> Any:
        shape = _real(value)
        if shape not in seen.setdefault(line, []):
            seen[line].append(shape)
        return value

    tree = ast.fix_missing_locations(_Insert(set(annotated)).visit(ast.parse(code)))
    problem, where = "", 0
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(tree, "example.py", "exec"), {"__name__": "__main__", "__seen__": note})
    except Exception as error:  # the example's own error is what is examined
        problem = str(error).strip().splitlines()[0] if str(error) else type(error).__name__
        if isinstance(error, AssertionError):
            problem = f"AssertionError: {error}" if str(error) else "AssertionError"
        step = error.__traceback__
        while step is not None:
            if step.tb_frame.f_code.co_filename == "example.py":
                where = step.tb_lineno
            step = step.tb_next
    out = []
    errors = {n: m["message"] for n, m in failing.items() if m["severity"] == "error"}
    if problem:
        first = errors.get(where)
        if first is None:
            out.append(f"PyTorch stops at line {where}: {problem}")
        elif first != problem and not problem.startswith(first):
            out.append(f"line {where}: PyTorch says {problem!r}, expected {first!r}")
    elif any(m["code"] != "no-size-fits" for m in failing.values() if m["severity"] == "error"):
        out.append("PyTorch runs this without an error")
    for line, shapes in seen.items():
        wanted = [t.strip() for t in annotated[line].split("|")]
        for shape in shapes:
            if "?" not in annotated[line] and not any(_fits(w, shape) for w in wanted):
                out.append(f"line {line}: PyTorch has {shape}, expected {annotated[line]}")
    return out


def _fits(text: str, shape: Any) -> bool:
    if isinstance(shape, list) and all(isinstance(d, int) for d in shape):
        body = text.strip()[1:-1].strip().rstrip(",")
        parts = [p.strip() for p in body.split(",")] if body else []
        if "…" in parts:
            return len(shape) >= len(parts) - 1
        return len(parts) == len(shape) and all(_fits_dim(p, d) for p, d in zip(parts, shape))
    return text.strip("()[]").replace(" ", "") == str(shape).strip("[]").replace("[", "(").replace("]", ")").replace(
        " ", ""
    ).strip("()") or not isinstance(shape, list) or not all(isinstance(d, int) for d in shape)


def _fits_dim(text: str, size: int) -> bool:
    dim = parse(text)
    if isinstance(dim, Expr):
        return True
    return evaluate(dim, {}) == size if not isinstance(dim, int) else dim == size
