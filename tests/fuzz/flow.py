"""Random programs whose control flow nobody can foresee, run by PyTorch again and again: what Tensight says of a size
must hold for every way through.

`PYTHONPATH=server:tests python -m fuzz.flow [--seconds N] [--seed N] [--show]`"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import torch

from literate import analysed
from tensight.interp import Analysis, Fact
from tensight.values import OneOf, Tensor

HEAD = """\
import contextlib
import torch


def u():
    return bool(torch.rand(()) < 0.5)

def r():
    return int(torch.randint(0, 4, ()))

class C:
    b, e = 2, 1

    def __init__(self):
        self.a = 1

    def set(self, n):
        if u():
            return self.a
        self.a = n
        return n

    @property
    def p(self):
        if u():
            raise AttributeError("p")
        return self.a + 1

class M:
    def __init__(self, swallows):
        self.swallows = swallows
        self.n = 0

    def __enter__(self):
        self.n += 1
        return self

    def __exit__(self, kind, value, trace):
        self.n += 2
        return self.swallows and kind is not None

@contextlib.contextmanager
def block(l):
    l.append(1)
    try:
        yield len(l)
    except KeyError:
        l.append(2)
    finally:
        l.append(3)

def pick(n):
    if u():
        return n
    if u():
        raise KeyError(n)
    return n + 1

def upto(n):
    for i in range(n):
        if u():
            continue
        yield i + 1
        if u():
            return
    yield 0

def kept(n, acc=[]):
    acc.append(n)
    return len(acc) if u() else n

o, q = C(), C()
m = M(False)
l, d = [1], {"x": 2}
n0, n1, n2 = 1, 2, 3
"""
ERRORS = ("KeyError", "ValueError", "IndexError", "RuntimeError", "AttributeError")
SAFE = [
    "n0", "n1", "n2", "len(l)", "len(d)", "o.a", "o.b", "q.a", "C.e", "o.e", "m.n", "1", "2", "3", "4", 'd.get("y", 5)',
    "n0 + 1", "n1 + 1", "min(n0, n2)", "max(n1, 2)", "(n1 if u() else n2)", "(u() and 2 or 3)", "sum(l)", "o.set(n1)",
    "kept(n2)", "len([i for i in l if u()])", "next(upto(2))", "sum(upto(2))", "(n0 or 2)", 'getattr(o, "p", 4)',
    'getattr(q, "c", 3)', "next((i for i in l if u()), 7)", "len(set(l))", "abs(n0)", "(n2 := n1)", "int(u())",
    "sum(1 for i in l if i > 1)", "len(sorted(l))", "sum(d.values())", "len(l[1:])", "r()", "len(list(zip(l, (1, 2))))",
]  # fmt: skip
RISKY = [
    'd["x"]', "l[0]", "l[-1]", "pick(n0)", 'd["y"]', "next(iter(l))", "o.p", "l.index(1)", "max(l)", "l[r()]",
    "list(d.values())[0]",
]  # fmt: skip
RUNS = 24
MAX_ASKED = 150


class Ended(BaseException):
    """A run makes too many decisions, or passes of loops."""


class Writer:
    """Writes one program."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lines: list[str] = []
        self.count = 0

    def program(self, statements: int) -> str:
        for _ in range(statements):
            self.statement(0, loop=False, function=False, depth=0)
        self.probe(0)
        return HEAD + "\n".join(self.lines) + "\n"

    def put(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    # ---- expressions
    def size(self) -> str:
        choices = RISKY if self.rng.random() < 0.12 else SAFE
        return self.rng.choice(choices)

    def test(self) -> str:
        return self.rng.choice([
            "u()", "u()", "u()", "u()", "u()", "not u()", "n0 > 2", "len(l) > 2", "u() and n0 < 3", "u() or n1 > 2",
            '"y" in d',
            "1 < r() < 3", "r() == 2", "r() > n0", "(n1 := n0 + 1) > 2 and u()", "l", 'd.get("z")', "o.a == q.a",
            "any(u() for _ in range(2))", "all(i > 0 for i in l)", "o.b < n2 <= 4",
        ])  # fmt: skip

    # ---- statements
    def simple(self, indent: int) -> None:
        rng = self.rng
        number = rng.choice(["n0", "n1", "n2"])
        risky = [
            "l.pop()", 'del d["y"]', "l.remove(2)", "del l[0]", f"assert {self.test()}", f"l[0] = {self.size()}",
            'd["x"] += 1', f"{number} = {rng.choice(RISKY)}",
        ]  # fmt: skip
        safe = [
            f"{number} = {self.size()}", f"{number} = {self.size()}", f"{number} += 1", f"l.append({self.size()})",
            f"l = [{self.size()}, {self.size()}]", f'd["x"] = {self.size()}', f'd["y"] = {self.size()}',
            f"o.a = {self.size()}", f"q.a = {self.size()}", f"o.b = {self.size()}", f"C.e = {self.size()}",
            "l = l[1:]", "l = l + [2]", 'd.pop("y", None)', f'd.setdefault("y", {self.size()})',
            f"u() and l.append({self.size()})", "q = o", "o, q = q, o", f"l = [i + 1 for i in l if {self.test()}]",
            "l.extend(upto(2))", f"m.n = {self.size()}", "l.insert(0, 5)", "n0, n1 = n1, n0",
            f"n0, *l = 1, {self.size()}",
            f'd = {{**d, "z": {self.size()}}}', f"o.c = {self.size()}", f"n0 = n1 = {self.size()}", "l.clear()",
            f"d.update(y={self.size()})", "l.sort()", f"l += [{self.size()}]", "o.a += 1", "o = C()",
            "l = list(upto(n0))", "d = dict(d)", "l = sorted(l)", "l = l[::-1]", "n1, n2 = d.get('x', 1), o.a",
        ]  # fmt: skip
        self.put(indent, rng.choice(risky if rng.random() < 0.1 else safe))

    def probe(self, indent: int) -> None:
        sizes = self.rng.sample(["n0", "n1", "n2", "len(l)", "o.a", "q.a", "o.b", "m.n", "len(d)"], 3)
        self.put(indent, f"{self.name('t')} = torch.zeros({', '.join(sizes)})")

    def body(self, indent: int, **context: Any) -> None:
        for _ in range(self.rng.choice([1, 1, 2, 2, 3])):
            self.statement(indent, **context)

    def statement(self, indent: int, *, loop: bool, function: bool, depth: int) -> None:
        rng = self.rng
        context: dict[str, Any] = {"loop": loop, "function": function, "depth": depth + 1}
        kinds = ["simple"] * 6 + ["probe"] * 2
        if depth < 3:
            kinds += ["if"] * 4 + ["for", "while", "try", "try", "try", "with", "function", "match", "generator"]
        if loop:
            kinds += ["leave"] * 2
        if function:
            kinds += ["return"]
        kinds += ["raise"] if depth else []
        match rng.choice(kinds):
            case "simple":
                self.simple(indent)
            case "probe":
                self.probe(indent)
            case "leave":
                self.put(indent, f"if {self.test()}:")
                self.put(indent + 1, rng.choice(["break", "continue"]))
            case "return":
                if rng.random() < 0.8:
                    self.put(indent, f"if {self.test()}:")
                    indent += 1
                self.put(indent, f"return {self.size()}")
            case "raise":
                self.put(indent, f"if {self.test()}:")
                self.put(indent + 1, f"raise {rng.choice(ERRORS)}")
            case "if":
                self.put(indent, f"if {self.test()}:")
                self.body(indent + 1, **context)
                if rng.random() < 0.3:
                    self.put(indent, f"elif {self.test()}:")
                    self.body(indent + 1, **context)
                if rng.random() < 0.5:
                    self.put(indent, "else:")
                    self.body(indent + 1, **context)
            case "for":
                source = rng.choice(["range(2)", "range(3)", "(1, 2)", "list(l)", "upto(3)", "range(n0)", "list(d)"])
                self.put(indent, f"for {self.name('i')} in {source}:")
                self.body(indent + 1, **{**context, "loop": True})
                if rng.random() < 0.3:
                    self.put(indent, "else:")
                    self.body(indent + 1, **context)
            case "while":
                self.put(indent, f"while {rng.choice(['u()', 'n0 < 4', 'len(l) < 3', 'u() and n1 < 5'])}:")
                self.body(indent + 1, **{**context, "loop": True})
                self.put(indent + 1, rng.choice(["n0 += 1", "l.append(1)", "n1 += 2"]))
                self.put(indent + 1, "if u(): break")
                if rng.random() < 0.3:
                    self.put(indent, "else:")
                    self.body(indent + 1, **context)
            case "try":
                self.try_(indent, context)
            case "with":
                manager = rng.choice([
                    "M(True) as m", "M(False) as m", "contextlib.suppress(KeyError, IndexError)",
                    "contextlib.suppress(Exception)", "block(l) as n1", "m",
                ])  # fmt: skip
                self.put(indent, f"with {manager}:")
                self.body(indent + 1, **context)
            case "match":
                self.put(indent, f"match {rng.choice(['r()', 'n0', 'u()', '(n0, l)', 'l'])}:")
                patterns = ["0", "1 | 2", "True", "(1, [a, *_])", "[a]", "[a, b]", "[_, *n]", "int(n1)"]
                for pattern in rng.sample(patterns, 2):
                    guard = f" if {self.test()}" if rng.random() < 0.3 else ""
                    self.put(indent + 1, f"case {pattern}{guard}:")
                    self.body(indent + 2, **context)
                if rng.random() < 0.6:
                    self.put(indent + 1, "case _:")
                    self.body(indent + 2, **context)
            case "function":
                self.function(indent, context)
            case "generator":
                name = self.name("g")
                self.put(indent, f"def {name}(k):")
                self.put(indent + 1, f"yield {rng.choice(['k', '1', 'k + 1'])}")
                self.put(indent + 1, f"if {self.test()}:".replace("(n1 := n0 + 1)", "n1"))
                self.put(indent + 2, rng.choice(["return", "raise ValueError", "yield 3", "l.append(k)"]))
                self.put(indent + 1, "yield k + 2")
                self.put(indent, rng.choice([
                    f"l = list({name}(n0))", f"n2 = next({name}(n1))", f"n0 = sum({name}(2))",
                    f"n0, n1, *_ = {name}(n2)",
                ]))  # fmt: skip

    def try_(self, indent: int, context: dict[str, Any]) -> None:
        rng = self.rng
        self.put(indent, "try:")
        self.body(indent + 1, **context)
        if rng.random() < 0.5:
            self.put(indent + 1, f"if {self.test()}:")
            self.put(indent + 2, f"raise {rng.choice(ERRORS)}")
            self.simple(indent + 1)
        final = rng.random() < 0.35
        handlers = rng.sample([*ERRORS, "Exception", "(KeyError, ValueError)"], rng.choice([1, 1, 2] + [0] * final))
        for kind in handlers:
            self.put(indent, f"except {kind}{rng.choice(['', ' as e'])}:")
            self.body(indent + 1, **context)
            if rng.random() < 0.15:
                self.put(indent + 1, "raise")
        if handlers and rng.random() < 0.3:
            self.put(indent, "else:")
            self.body(indent + 1, **context)
        if final:
            self.put(indent, "finally:")
            self.body(indent + 1, **{**context, "loop": False, "function": False})

    def function(self, indent: int, context: dict[str, Any]) -> None:
        name = self.name("f")
        start = len(self.lines)
        self.put(indent, f"def {name}(k):")
        self.body(indent + 1, **{**context, "loop": False, "function": True})
        self.put(indent + 1, f"return {self.size()}")
        text = "\n".join(self.lines[start:])
        outer = [n for n in ("n0", "n1", "n2", "l", "d", "o", "q", "m") if n in text]
        word = "global" if not context["function"] else "nonlocal"
        if context["function"]:
            outer = []
        if outer:
            self.lines.insert(start + 1, "    " * (indent + 1) + f"{word} {', '.join(outer)}")
        self.put(indent, self.rng.choice([f"n0 = {name}(2)", f"n2 = {name}(n1)", f"{name}(1)", f"l.append({name}(3))"]))


# ---- running


class _Probes(ast.NodeTransformer):
    """Tells of what names are bound to."""

    def _visit_loop(self, node: ast.For | ast.While) -> Any:
        self.generic_visit(node)
        node.body.insert(0, ast.Expr(ast.Call(ast.Name("passes_", ast.Load()), [], [])))
        return node

    visit_For = visit_While = _visit_loop

    def visit_Assign(self, node: ast.Assign) -> Any:
        if not isinstance(node.targets[0], ast.Name):
            return node
        told = ast.Call(ast.Name("tell_", ast.Load()), [ast.Constant(node.lineno), node.value], [])
        node.value = told
        return node


def run(code: str, seed: int) -> dict[int, set[tuple[int, ...]]]:
    """The shapes that all runs saw, by line."""
    tree = ast.fix_missing_locations(_Probes().visit(ast.parse(code)))
    compiled = compile(tree, "program", "exec")
    shapes: dict[int, set[tuple[int, ...]]] = {}

    def tell(line: int, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            shapes.setdefault(line, set()).add(tuple(value.shape))
        return value

    for i in range(RUNS):
        torch.manual_seed(seed * 1000 + i)
        asked = [0]

        def count(asked: list[int] = asked) -> None:
            asked[0] += 1
            if asked[0] > MAX_ASKED:
                raise Ended

        def rand(size: tuple[()], count: Callable[[], None] = count) -> torch.Tensor:
            count()
            return torch.empty(()).uniform_()

        scope: dict[str, Any] = {"tell_": tell, "passes_": count, "__name__": "__main__"}
        real, torch.rand = torch.rand, rand  # type: ignore[assignment]
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception, Ended):
                exec(compiled, scope)
        finally:
            torch.rand = real
    return shapes


# ---- judging


def admits(fact: Fact, shape: tuple[int, ...]) -> bool:
    return any(_admits(seen.value, shape) for seen in fact.observations)


def _admits(value: Any, shape: tuple[int, ...]) -> bool:
    if isinstance(value, OneOf):
        return any(_admits(option, shape) for option in value.options)
    if not isinstance(value, Tensor) or value.dims is None or ... in value.dims:
        return True
    return len(value.dims) == len(shape) and all(
        not isinstance(dim, int) or dim == n for dim, n in zip(value.dims, shape)
    )


def wrong(code: str, seed: int) -> Iterator[tuple[str, int, str]]:
    """What the analysis says that some run contradicts: kind, line, detail."""
    seen = run(code, seed)
    analysis = analysed(code, seconds=2)
    if analysis.limits:
        yield "LIMIT", 0, "; ".join(analysis.limits)
        return
    for text in analysis.internal_errors:
        yield "INTERNAL", 0, text[-800:]
    facts = _targets(analysis)
    for diagnostic in analysis.diagnostics:
        if diagnostic.severity.value == "error" and seen.get(diagnostic.span.line):
            yield "FALSE", diagnostic.span.line, f"{diagnostic.code}: {diagnostic.message}"
    for line, shapes in sorted(seen.items()):
        fact = facts.get(line)
        if fact is None:
            yield "DARK", line, f"reached with {sorted(shapes)}"
            continue
        for shape in sorted(shapes):
            if not admits(fact, shape):
                said = " | ".join(str(o.value) for o in fact.observations)
                yield "WRONG", line, f"said {said}, PyTorch has {shape}"
                break


def _targets(analysis: Analysis) -> dict[int, Fact]:
    return {fact.span.line: fact for fact in analysis.facts if fact.kind == "target"}


def drawn(seed: int, statements: int) -> str:
    return Writer(random.Random(f"flow {seed}")).program(statements)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--statements", type=int, default=6)
    parser.add_argument("--show", action="store_true", help="the program of the first seed alone, with its text")
    options = parser.parse_args()
    torch.set_num_threads(1)
    totals: Counter[str] = Counter()
    end, seed = time.monotonic() + options.seconds, options.seed
    while time.monotonic() < end:
        code = drawn(seed, options.statements)
        if options.show:
            start = HEAD.count("\n")
            print("\n".join(f"{i:4} {text}" for i, text in enumerate(code.splitlines(), 1) if i > start))
        for kind, line, detail in wrong(code, seed):
            totals[kind] += 1
            print(
                f"{kind} seed {seed} line {line}: {code.splitlines()[line - 1].strip() if line else ''}\n      {detail}"
            )
        totals["programs"] += 1
        seed += 1
        if options.show:
            break
    print(f"seeds {options.seed}…{seed - 1}: {dict(totals)}")
    return 1 if totals["WRONG"] or totals["FALSE"] or totals["INTERNAL"] else 0


if __name__ == "__main__":
    sys.exit(main())
