"""Random programs, run by PyTorch and analysed by Tensight: shape, dtype, elements, layout, refusal, message, line.

`PYTHONPATH=server:tests python -m fuzz.compare [--seconds N] [--seed N] [--family NAME …] [--slack X] [--show]`
prints what differs, by kind and statement. A program's statements that PyTorch refuses stay in it: the analysis goes
on behind an error."""

from __future__ import annotations

import argparse
import contextlib
import io
import random
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from fuzz.draw import Draw
from fuzz.templates import templates
from literate import analysed
from ops.convert import Comparison
from ops.oracle import PARSER_ERRORS, Refusal
from tensight.interp import Analysis
from tensight.values import Tensor, Unknown

HEAD = """\
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from einops import einsum, pack, rearrange, reduce, repeat
"""
MAX_ELEMENTS = 20_000
#: Refusals whose text tells addresses, versions or other matters of the machine.
_UNSTABLE = re.compile(r"0x[0-9a-f]{6,}|DefaultCPUAllocator|Error in dlopen")


@dataclass(slots=True)
class Line:
    """A statement of a program: the name it binds, and what PyTorch said."""

    number: int
    template: str
    text: str
    real: Any


@dataclass(slots=True)
class Program:
    code: str = HEAD
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Difference:
    kind: str
    template: str
    text: str
    detail: str
    seed: int


def program(rng: random.Random, count: int, families: tuple[str, ...], slack: float) -> Program:
    """A program of `count` statements, each run as soon as it is drawn."""
    made = Program()
    scope: dict[str, Any] = {}
    torch.manual_seed(rng.randrange(1 << 30))
    _execute(HEAD, scope)
    pool = list(templates(*families))
    number = HEAD.count("\n")
    draw = Draw(rng, scope, slack)
    for i in range(count):
        template = rng.choice(pool)
        text = draw.fill(template)
        name = f"v{i}"
        real = _execute(f"{name} = {text}", scope)
        if isinstance(real, Refusal):
            if _UNSTABLE.search(real.message):
                continue
            scope.pop(name, None)
        else:
            real = _frozen(scope[name])
            if isinstance(scope[name], torch.Tensor) and (scope[name].numel() > MAX_ELEMENTS or scope[name].dim() > 6):
                scope.pop(name)
                continue
        number += 1
        made.code += f"{name} = {text}\n"
        made.lines.append(Line(number, template, text, real))
    return made


def _execute(text: str, scope: dict[str, Any]) -> Refusal | None:
    quiet = contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings()
    with quiet[0], quiet[1]:
        warnings.simplefilter("ignore")
        try:
            exec(text, scope)
        except Exception as error:  # what is examined
            return Refusal.of(error)
    return None


def _frozen(value: Any) -> Any:
    """The value as it is now: a later statement may change a tensor in place, its layout included."""
    if isinstance(value, torch.Tensor) and value.layout is torch.strided:
        return value.detach().clone(memory_format=torch.preserve_format) if _dense(value) else value.detach()
    return value


def _dense(value: torch.Tensor) -> bool:
    """Whether a clone keeps the strides."""
    copy = torch.empty_like(value)
    return copy.stride() == value.stride()


def differences(made: Program, seed: int) -> Iterator[Difference]:
    analysis = analysed(made.code)
    for text in [*analysis.internal_errors, *analysis.limits]:
        yield Difference("INTERNAL", "", "", text[-600:], seed)
    told = {d.span.line: d for d in analysis.diagnostics}
    targets = _targets(analysis)
    for line in made.lines:
        said = told.get(line.number)
        got = targets.get(line.number)
        for kind, detail in _judged(line, said, got):
            yield Difference(kind, line.template, line.text, detail, seed)


def _targets(analysis: Analysis) -> dict[int, Any]:
    return {f.span.line: f.value for f in analysis.facts if f.kind == "target"}


def _judged(line: Line, said: Any, got: Any) -> Iterator[tuple[str, str]]:
    real = line.real
    if isinstance(real, Refusal):
        parser = real.by_parser or (real.exception == "TypeError" and any(t in real.message for t in PARSER_ERRORS))
        if said is None:
            yield ("PARSER" if parser else "MISS"), f"{real.exception}: {real.message} || got {got!r}"
        elif said.severity.value == "error" and not _same_words(said.message.splitlines()[0], real.message):
            detail = f"said {said.message!r}, PyTorch {real.exception}: {real.message!r}"
            yield ("PARSER-MSG" if parser else "MSG"), detail
        return
    if said is not None:
        yield "FALSE", f"{said.code}: {said.message}"
        return
    if got is None or isinstance(got, Unknown):
        if isinstance(real, torch.Tensor):
            yield "UNKNOWN", f"{got!r} for {tuple(real.shape)}"
        return
    comparison = Comparison()
    comparison.compare(got, real)
    if isinstance(got, Tensor) and got.strides is None and not got.is_open and isinstance(real, torch.Tensor):
        yield "LAYOUT", f"{tuple(real.shape)}: {real.stride()}"
    for text in comparison.wrong:
        yield "WRONG", text
    for text in comparison.unknown:
        yield "UNKNOWN", text


def _same_words(said: str, real: str) -> bool:
    """Equal, or with an unknown or symbolic size where PyTorch has a number."""
    if said == real:
        return True
    pattern = re.escape(said)
    pattern = re.sub(r"(?<![A-Za-z])(n\d*|\\\?)(?![A-Za-z])", r"-?\\d+", pattern)
    return re.fullmatch(pattern, real) is not None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--family", action="append", default=[])
    parser.add_argument("--slack", type=float, default=0.25)
    parser.add_argument("--examples", type=int, default=1)
    parser.add_argument("--kind", action="append", default=[])
    parser.add_argument("--show", action="store_true", help="the program of the first seed alone, with its text")
    options = parser.parse_args()
    torch.set_num_threads(1)
    found: dict[tuple[str, str], list[Difference]] = {}
    totals: Counter[str] = Counter()
    end, seed = time.monotonic() + options.seconds, options.seed
    while time.monotonic() < end:
        made = program(random.Random(seed), 40, tuple(options.family), options.slack)
        totals["lines"] += len(made.lines)
        totals["refused"] += sum(isinstance(line.real, Refusal) for line in made.lines)
        if options.show:
            print(made.code)
        for difference in differences(made, seed):
            totals[difference.kind] += 1
            found.setdefault((difference.kind, difference.template), []).append(difference)
        seed += 1
        if options.show:
            break
    for (kind, template), all_of_it in sorted(found.items(), key=lambda item: (item[0][0], -len(item[1]))):
        if options.kind and kind not in options.kind:
            continue
        print(f"{kind} ×{len(all_of_it)}  {template}")
        for difference in all_of_it[: options.examples]:
            print(f"      {difference.text}    (seed {difference.seed})\n      {difference.detail}")
    print(f"seeds {options.seed}…{seed - 1}: {dict(totals)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
