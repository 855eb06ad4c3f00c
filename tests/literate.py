"""Literate tests: Markdown in which every Python block is analysed by Tensight and run by real PyTorch.

A block's expectations stand at the end of its lines:

    y = x.view(8, -1)          # shape: (8, 12)
    a, b = x.chunk(2)          # shape: (4, 12), (4, 12)       one for each target, the first ones at least
    z = self.fc(y)             # error: [matmul-mismatch] "mat1 and mat2 shapes cannot be multiplied (8x12 and 64x2)"
    def forward(self, x):      # param x: (B, 3, H, W)
    h = f(a)                   # shape: (2, 3) | (4, 3)        one line, several contexts
    n = rows(table)            # shape: ?                       nothing is known (and nothing false is said)
    # run: Net()(torch.randn(2, 3, 8, 8))                       run by PyTorch after the block, not seen by Tensight

Blocks under one heading are one file, in order. Every diagnostic must be expected. PyTorch must reach every line with a
shape (unless it stops at an expected error before) and have the same shape there; a symbol is bound at the parameters
of the `# run:` line and stands for that size. Where a line expects an error, the run must end there with that message.

`python tests/literate.py [--update] FILE…` prints what is wrong; --update writes what PyTorch has where a block says
`# shape: !` or `# error: !` (and Tensight's answer for `# param x: !`)."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from tensight.dims import Expr, evaluate, parse
from tensight.interp import Analysis, Fact, Request, Source, Stated, analyse
from tensight.syntax import parse as parse_source
from tensight.syntax import read_comments
from tensight.values import ListV, OneOf, Tensor, shape_text

_SHAPE = re.compile(r"#\s*shape:\s*(?P<text>[^#]+?)\s*(#|$)")
_PARAM = re.compile(r"#\s*param (?P<name>\w+):\s*(?P<text>[^#]+?)\s*(#|$)")
_FOUND = re.compile(r"#\s*(?P<severity>error|warning): \[(?P<code>[\w-]+)\](?: \"(?P<message>.*)\")?\s*$")
_RUN = re.compile(r"^# run: (?P<code>.+)$", re.MULTILINE)
_HEADING = re.compile(r"^#+\s+(?P<title>.*)$")
#: Faults that PyTorch shows only when somebody calls the module.
_NOT_RAISED = {"no-size-fits"}


@dataclass(slots=True)
class Case:
    """One heading with its code. `numbers`: where each line of the code stands in the Markdown file."""

    file: Path
    title: str
    line: int
    code: str = ""
    run: bool = True
    numbers: list[int] = field(default_factory=list)


def cases(path: Path) -> Iterator[Case]:
    """The cases of a Markdown file."""
    current: Case | None = None
    inside, flags = False, ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
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
            current.numbers.append(number)
    if current is not None and current.code:
        yield current


class NoFiles:
    """A Loader with nothing on the search path."""

    def find(self, name: str) -> Source | None:
        return None

    def is_namespace(self, name: str) -> bool:
        return False

    def exists(self, name: str) -> bool:
        return False

    def version(self, distribution: str) -> str | None:
        return None

    def read_text(self, path: str) -> str | None:
        return None

    def also_search(self, first: Sequence[str], last: Sequence[str]) -> None:
        return None


def analysed(code: str, file: str = "example.py", seconds: float = 30) -> Analysis:
    """The analysis of a piece of code, alone, with the inputs stated in its comments."""
    tree = parse_source(code, file).tree
    source = Source("example", file, tree, hashlib.md5(code.encode()).hexdigest(), user=True, text=code)
    stated = tuple(Stated(i.line, i.name, tuple(i.shape)) for i in read_comments(code, file).stated)
    request = Request(source, (source,), NoFiles(), stated={file: stated}, seconds=seconds)
    return analyse(request).analyses[0]


def problems(case: Case) -> list[str]:
    """What is wrong with a case; empty if Tensight, PyTorch and the text agree."""
    analysis = analysed(case.code)
    out = [*analysis.internal_errors, *analysis.limits]
    lines = case.code.splitlines()
    out += check_shapes(case.code, lines, analysis)
    out += check_diagnostics(lines, analysis)
    if case.run:
        out += Run(case.code).problems()
    return out


# ---- Tensight against the text


def texts(value: Any) -> str:
    """A value as the expectations write it."""
    if isinstance(value, Tensor):
        return "?" if value.dims is None else shape_text(value.dims)
    if isinstance(value, tuple):
        return _tuple_text([texts(v) for v in value])
    if isinstance(value, ListV):
        return "[" + ", ".join(texts(v) for v in value.items) + "]"
    return "?"


def _tuple_text(parts: list[str]) -> str:
    return f"({parts[0]},)" if len(parts) == 1 else "(" + ", ".join(parts) + ")"


def _leaves(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [leaf for item in target.elts for leaf in _leaves(item)]
    return [_leaves(target.value)[0]] if isinstance(target, ast.Starred) else [target]


def _watched(tree: ast.AST) -> dict[int, tuple[ast.stmt, list[ast.expr]]]:
    """Per line: the statement that starts there and the expressions whose shapes it tells."""
    out: dict[int, tuple[ast.stmt, list[ast.expr]]] = {}
    for node in ast.walk(tree):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            parts = _leaves(node.targets[0])
        elif isinstance(node, ast.AugAssign | ast.For):
            parts = _leaves(node.target)
        elif isinstance(node, ast.AnnAssign | ast.Return | ast.Expr) and node.value is not None:
            parts = [node.target] if isinstance(node, ast.AnnAssign) else [node.value]
        if parts and isinstance(node, ast.stmt):
            out[node.lineno if isinstance(node, ast.For) else node.end_lineno or node.lineno] = (node, parts)
    return out


def _observed(analysis: Analysis, parts: list[ast.expr]) -> list[str]:
    """What was seen of the parts: for one, each distinct shape; for several, what all contexts share."""
    found = [_fact(analysis, part) for part in parts]
    if len(found) > 1:
        return [", ".join("?" if f is None else texts(f.value) for f in found)]
    return (["?"] if found[0] is None else [t for o in found[0].observations for t in _options(o.value)]) or ["?"]


def _options(value: Any) -> list[str]:
    """The shapes of which a value has one: several where branches left tensors of different ranks."""
    if isinstance(value, OneOf) and all(isinstance(option, Tensor) for option in value.options):
        return [texts(option) for option in value.options]
    return [texts(value)]


def _fact(analysis: Analysis, node: ast.expr) -> Fact | None:
    place = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
    at = [f for f in analysis.facts if (f.span.line, f.span.col, f.span.end_line, f.span.end_col) == place]
    told = [f for f in at if f.kind in ("target", "return")]
    return (told or at or [None])[0]


def check_shapes(code: str, lines: list[str], analysis: Analysis) -> list[str]:
    out = []
    watched = _watched(ast.parse(code))
    for number, line in enumerate(lines, 1):
        found = _SHAPE.search(line)
        if found:
            if number not in watched:
                out.append(f"line {number}: no statement to tell the shape of: {line.strip()}")
                continue
            wanted = [t.strip() for t in found["text"].split("|")]
            count = len(_split(wanted[0]))
            got = _observed(analysis, watched[number][1][:count])
            if sorted(got) != sorted(wanted):
                out.append(f"line {number}: shape {' | '.join(got)}, expected {' | '.join(wanted)}: {line.strip()}")
        for found in _PARAM.finditer(line):
            got_text = _parameter(analysis, number, line, found["name"])
            if got_text != found["text"].strip():
                out.append(f"line {number}: {found['name']} is {got_text}, expected {found['text']}")
    return out


def _parameter(analysis: Analysis, number: int, line: str, name: str) -> str:
    for entry in analysis.inputs:
        if entry.span.line == number and entry.name == name:
            return texts(entry.value)
    match = re.search(rf"\b{name}\b", line[line.index("(") :])
    start = line.index("(") + (match.start() if match else 0)
    seen = [f for f in analysis.facts if f.kind == "param" and f.span.line == number and f.span.col == start]
    return " | ".join(texts(o.value) for o in seen[0].observations) if seen else "?"


def check_diagnostics(lines: list[str], analysis: Analysis) -> list[str]:
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
        same = (diagnostic.severity.value, diagnostic.code) == (expected["severity"], expected["code"])
        if not same or not diagnostic.message.startswith(expected["message"] or ""):
            out.append(f"line {diagnostic.span.line}: {said}, expected {expected[0]}")
    out += [f"line {number}: not found: {expected[0]}" for number, expected in wanted.items()]
    return out


# ---- PyTorch against the text


def _probe(line: int, part: int, value: ast.expr, name: str) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), [ast.Constant(line), ast.Constant(part), value], [])


class _Insert(ast.NodeTransformer):
    """Hands the values that expectations tell of to the checker, as soon as they exist."""

    def __init__(self, tree: ast.Module, lines: set[int], params: dict[int, list[str]], probe: str) -> None:
        self.params, self.probe = params, probe
        self.parts = {id(s): (line, p) for line, (s, p) in _watched(tree).items() if line in lines}

    def visit(self, node: ast.AST) -> Any:
        self.generic_visit(node)
        if isinstance(node, ast.FunctionDef) and node.lineno in self.params:
            names = self.params[node.lineno]
            node.body[0:0] = [
                ast.Expr(_probe(-node.lineno, i, ast.Name(n, ast.Load()), self.probe)) for i, n in enumerate(names)
            ]
        if id(node) not in self.parts:
            return node
        line, parts = self.parts[id(node)]
        if isinstance(node, ast.Return | ast.Expr) and node.value is not None:
            node.value = _probe(line, 0, node.value, self.probe)
            return node
        loads = [ast.parse(ast.unparse(part), mode="eval").body for part in parts]
        probes: list[ast.stmt] = [ast.Expr(_probe(line, i, load, self.probe)) for i, load in enumerate(loads)]
        if isinstance(node, ast.For):
            node.body[0:0] = probes
            return node
        return [node, *probes]


def real_text(value: Any) -> str:
    """A value of PyTorch's as the expectations write it."""
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return shape_text(tuple(value.shape))
    if isinstance(value, tuple) and not hasattr(value, "_fields") and type(value).__name__ != "Size":
        return _tuple_text([real_text(v) for v in value])
    if isinstance(value, list):
        return "[" + ", ".join(real_text(v) for v in value) + "]"
    return "?"


class Run:
    """One run of a block under PyTorch: what it saw, and where and how it stopped."""

    def __init__(self, code: str, execute: bool = True) -> None:
        lines = code.splitlines()
        self.shapes = {n: m["text"] for n, line in enumerate(lines, 1) if (m := _SHAPE.search(line))}
        self.params = {n: [m["name"] for m in _PARAM.finditer(line)] for n, line in enumerate(lines, 1)}
        self.param_texts = {-n: [m["text"] for m in _PARAM.finditer(line)] for n, line in enumerate(lines, 1)}
        self.failing = {n: m for n, line in enumerate(lines, 1) if (m := _FOUND.search(line))}
        self.seen: dict[int, dict[int, list[str]]] = {}
        self.env: dict[str, int] = {}
        self.wrong: list[str] = []
        self.problem, self.where, self.said = "", 0, ""
        if execute:
            self._execute(code)

    def instrumented(self, code: str, probe: str) -> ast.Module:
        """The code, with calls of `probe` that hand over what the expectations tell of."""
        tree = ast.parse(code)
        params = {n: names for n, names in self.params.items() if names}
        made: ast.Module = ast.fix_missing_locations(_Insert(tree, set(self.shapes), params, probe).visit(tree))
        return made

    def note(self, line: int, part: int, value: Any) -> Any:
        text = real_text(value)
        told = self.seen.setdefault(line, {}).setdefault(part, [])
        if text not in told:
            told.append(text)
        if line < 0:
            wanted = [self.param_texts[line][part]]
        else:
            wanted = [t.strip() for t in self.shapes[line].split("|")]
            pieces = _split(wanted[0])
            if part >= len(pieces):
                return value
            wanted = wanted if len(wanted) > 1 else [pieces[part]]
        if not any(self._fits(w, text) for w in wanted):
            self.wrong.append(f"line {abs(line)}: PyTorch has {text}, expected {' | '.join(wanted)}")
        return value

    def _fits(self, wanted: str, real: str) -> bool:
        if wanted in ("?", "!") or wanted == real:
            return True
        if "?" not in wanted and "…" not in wanted and not re.search("[A-Za-z]", wanted):
            return False
        w, r = _split(wanted[1:-1]), _split(real[1:-1])
        if wanted[:1] != real[:1] or ("…" not in w and len(w) != len(r)):
            return False
        if "…" in w:
            at = w.index("…")
            w, r = w[:at] + w[at + 1 :], r[:at] + r[len(r) - (len(w) - at - 1) :]
        return len(w) == len(r) and all(self._fits_part(a, b) for a, b in zip(w, r))

    def _fits_part(self, wanted: str, real: str) -> bool:
        if wanted == "?" or real.startswith(("(", "[", "?")) or not real.isdigit():
            return wanted == "?" or self._fits(wanted, real)
        dim = parse(wanted.replace("·", "*"))
        if isinstance(dim, Expr):
            free = [s.name for s in dim.symbols if s.name not in self.env]
            if free:
                if wanted in free:
                    self.env[wanted] = int(real)
                return True
            dim = evaluate(dim, self.env)
        return bool(dim == int(real))

    def _execute(self, code: str) -> None:
        import torch

        torch.manual_seed(0)
        tree = self.instrumented(code, "__seen__")
        scope: dict[str, Any] = {"__name__": "__main__", "__seen__": self.note}
        quiet = (contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), mock.patch("sys.argv", ["x.py"]))
        try:
            with quiet[0], quiet[1], quiet[2]:
                warnings.simplefilter("ignore")
                exec(compile(tree, "example.py", "exec"), scope)
                for line in _RUN.finditer(code):
                    self.env = {}
                    exec(compile(line["code"], "<run>", "exec"), scope)
        except (Exception, SystemExit) as error:  # the example's own error is what is examined
            self.said = f"{type(error).__name__}: {error}"
            first = str(error).strip().splitlines()[0] if str(error) else type(error).__name__
            self.problem = f"AssertionError: {error}" if isinstance(error, AssertionError) and str(error) else first
            step = error.__traceback__
            while step is not None:
                if step.tb_frame.f_code.co_filename == "example.py":
                    self.where = step.tb_lineno
                step = step.tb_next

    def problems(self) -> list[str]:
        out = list(dict.fromkeys(self.wrong))
        errors = {n: m["message"] or "" for n, m in self.failing.items() if m["severity"] == "error"}
        if "Torch not compiled with CUDA enabled" in self.problem:
            return out
        if self.problem:
            first = errors.get(self.where)
            if first is None:
                out.append(f"PyTorch stops at line {self.where}: {self.problem}")
            elif first not in self.said:
                out.append(f"line {self.where}: PyTorch says {self.problem!r}, expected {first!r}")
            return out
        if any(m["code"] not in _NOT_RAISED for m in self.failing.values() if m["severity"] == "error"):
            out.append("PyTorch runs this without an error")
        never = [n for n, text in self.shapes.items() if n not in self.seen and text != "?"]
        return [*out, *(f"line {n}: PyTorch never gets here" for n in never)]


def _split(text: str) -> list[str]:
    """The parts between commas that no bracket encloses."""
    parts, depth, start = [], 0, 0
    for i, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    last = text[start:].strip()
    return [*parts, last] if last else parts


# ---- by hand


def update(case: Case, lines: list[str]) -> None:
    """Write what PyTorch has into the places marked with `!`."""
    code = case.code
    marked = re.sub(r"#\s*(error|warning): !", "", code)
    run, analysis = Run(marked), analysed(marked)
    for number, line in enumerate(code.splitlines(), 1):
        new = line
        if re.search(r"# shape: !", line) and number in run.seen:
            seen = run.seen[number]
            text = " | ".join(seen[0]) if len(seen) == 1 else ", ".join(" | ".join(seen[i]) for i in sorted(seen))
            new = line.replace("# shape: !", f"# shape: {text}")
        if re.search(r"# error: !", line) and number == run.where:
            told = [d for d in analysis.diagnostics if d.span.line == number]
            text = told[0].message if told and told[0].message in run.said else run.problem
            new = line.replace("# error: !", f'# error: [{told[0].code if told else "none"}] "{text}"')
        for found in _PARAM.finditer(line):
            if found["text"] == "!":
                answer = _parameter(analysis, number, line, found["name"])
                new = new.replace(found[0].rstrip(" #"), f"# param {found['name']}: {answer}")
        lines[case.numbers[number - 1] - 1] = new


def main(arguments: list[str]) -> int:
    wrong = 0
    for name in [a for a in arguments if not a.startswith("--")]:
        path = Path(name)
        if "--update" in arguments:
            lines = path.read_text(encoding="utf-8").splitlines()
            for case in cases(path):
                update(case, lines)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        for case in cases(path):
            found = problems(case)
            wrong += bool(found)
            for text in found:
                print(f"{path}:{case.line} {case.title}: {text}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
