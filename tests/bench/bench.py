"""How fast the server is for an editor: a real process, the real protocol, three fixed files and four of torchvision.

`python tests/bench/bench.py [--json FILE] [--rounds N] [--only NAME]` prints a table; the exit code is 1 if a budget of
docs/architecture.md is exceeded. Times are in milliseconds, from the message sent to the message read.
A file of torchvision is opened where it is installed, and edited inside its last `forward`."""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "server"))
import rules

from lsp.raw import RawServer

FILES = Path(__file__).parent / "files"
FIXED = ("small", "medium", "large")
LIBRARY = ("vision_transformer", "resnet", "densenet", "swin_transformer")
#: p95 in milliseconds (memory: MB) by measure and file; None: reported, not judged.
BUDGETS: dict[str, dict[str, float | None]] = {
    "start to first hints": {"small": 1000, "medium": 1000, "large": None},
    "edit to diagnostics": {"small": 100, "medium": 100, "large": 250},
    "edit to hints": {"small": 100, "medium": 100, "large": 250},
    "hover": {"small": 10, "medium": 10, "large": 10},
    "hints while analysing": {"small": None, "medium": None, "large": None},
    "memory (MB)": {"small": 200, "medium": 200, "large": 200},
}


@dataclass
class Measures:
    """Samples of one file by measure."""

    samples: dict[str, list[float]] = field(default_factory=dict)
    lines: int = 0

    def add(self, measure: str, value: float) -> None:
        self.samples.setdefault(measure, []).append(value)


def clock(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def budget_of(what: str, name: str, lines: int) -> float | None:
    """The budget of a measure; that of an edit in torchvision lies between those of 500 and of 2,000 lines."""
    if name in FIXED:
        return BUDGETS[what][name]
    if what.startswith("edit"):
        return 100 + 150 * max(lines - 500, 0) / 1500
    return None if what == "start to first hints" else BUDGETS[what]["large"]


def library_file(name: str) -> Path:
    """A file of the installed torchvision, which need not be importable."""
    found = find_spec("torchvision")
    if found is None or found.origin is None:
        sys.exit("torchvision's sources are not installed: npm test sets them up.")
    return Path(found.origin).parent / "models" / f"{name}.py"


class Session:
    """A server with one file open."""

    def __init__(self, name: str) -> None:
        path = FILES / f"{name}.py" if name in FIXED else library_file(name)
        self.text = path.read_text(encoding="utf-8")
        self.lines = self.text.split("\n")
        self.version = 1
        self.server = RawServer()
        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.uri = (root / "model.py" if name in FIXED else path).as_uri()
        self.root = root if name in FIXED else path.parents[2]
        self.options = None if name in FIXED else {"settings": {}, "pythonPath": sys.executable}

    def open(self) -> None:
        self.server.initialize(self.root, self.options)
        self.server.open(self.uri, self.text)

    def first_hints(self) -> None:
        """From the start of the process until the editor has hints to show (an empty answer is none)."""
        self.open()
        while not self.server.hints(self.uri):
            time.sleep(0.005)

    def edit(self, line: int, old: str, new: str) -> None:
        col = self.lines[line].index(old)
        self.lines[line] = self.lines[line].replace(old, new, 1)
        self.version += 1
        self.server.change(self.uri, self.version, line, col, col + len(old), new)

    def edit_end(self, line: int, new: str) -> None:
        """Type at the end of a line."""
        col = len(self.lines[line])
        self.lines[line] += new
        self.version += 1
        self.server.change(self.uri, self.version, line, col, col, new)

    def diagnostics(self) -> None:
        self.server.wait_for("textDocument/publishDiagnostics", version=self.version)

    def hints_of(self, line: int, wanted: str) -> None:
        """Asks for the visible lines as an editor does, again after a refresh, until the line has its new hint."""
        while True:
            for hint in self.server.hints(self.uri, max(line - 30, 0), line + 30):
                if hint["position"]["line"] == line and wanted in "".join(part["value"] for part in hint["label"]):
                    return
            self.server.wait_for("workspace/inlayHint/refresh")

    def close(self) -> None:
        self.server.close()
        self.folder.cleanup()


def places(lines: list[str]) -> list[int]:
    """The lines of the edits: a batch size, whose hint stands on the same line."""
    return [number for number, line in enumerate(lines) if line.startswith("digits") and "torch.rand(16, " in line]


def measure(name: str, rounds: int) -> Measures:
    """All measures of one file."""
    found = Measures()
    for _ in range(3):
        session = Session(name)
        found.add("start to first hints", clock(session.first_hints))
        session.close()
    session = Session(name)
    found.lines = len(session.lines)
    session.first_hints()
    session.diagnostics()
    if name in FIXED:
        measure_edits(session, rounds, found)
    else:
        measure_typing(session, rounds, found)
    for turn in range(rounds * 3):
        line = (turn * 37) % len(session.lines)
        col = max(len(session.lines[line]) // 2, 0)
        found.add("hover", clock(lambda line=line, col=col: session.server.hover(session.uri, line, col)))
    if sys.platform == "linux":
        found.add("memory (MB)", session.server.rss())
    session.close()
    return found


def measure_typing(session: Session, rounds: int, found: Measures) -> None:
    """A statement grows at the end of a line of the last `forward`: everything that enters it is run again."""
    head = max(number for number, line in enumerate(session.lines) if line.lstrip().startswith("def forward("))
    line = next(n for n in range(head + 1, len(session.lines)) if " = " in session.lines[n])
    session.edit_end(line, "; _ = 1")
    session.diagnostics()
    for _ in range(rounds):
        start = time.perf_counter()
        session.edit_end(line, "1")
        session.diagnostics()
        found.add("edit to diagnostics", (time.perf_counter() - start) * 1000)
        session.server.hints(session.uri, max(line - 30, 0), line + 30)
        found.add("edit to hints", (time.perf_counter() - start) * 1000)


def measure_edits(session: Session, rounds: int, found: Measures) -> None:
    """Batch sizes change, each on the line that shows it."""
    edits = places(session.lines)
    sizes = dict.fromkeys(edits, 16)
    for turn in range(rounds):
        line = edits[turn % len(edits)]
        for what in ("edit to diagnostics", "edit to hints"):
            old, new = str(sizes[line]), str(sizes[line] % 40 + 8)
            sizes[line] = int(new)
            start = time.perf_counter()
            session.edit(line, f"({old},", f"({new},")
            if what == "edit to diagnostics":
                session.diagnostics()
            else:
                session.hints_of(line, f"({new}, ")
            found.add(what, (time.perf_counter() - start) * 1000)
            session.server.taken("textDocument/publishDiagnostics")
            session.server.taken("workspace/inlayHint/refresh")
        session.edit(line, "= torch", "=  torch")
        found.add("hints while analysing", clock(lambda: session.server.hints(session.uri, 0, 60)))
        session.diagnostics()
        session.edit(line, "=  torch", "= torch")
        session.diagnostics()


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write all numbers there")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--only", choices=(*FIXED, *LIBRARY))
    options = parser.parse_args()
    report: dict[str, dict[str, dict[str, float | bool | None]]] = {}
    exceeded = []
    print(f"{'':24}{'file':20}{'median':>9}{'p95':>9}{'max':>9}{'budget':>9}")
    for name in [options.only] if options.only else [*FIXED, *LIBRARY]:
        found = measure(name, options.rounds)
        for what in BUDGETS:
            values = found.samples.get(what)
            if not values:
                continue
            p95, budget = percentile(values, 0.95), budget_of(what, name, found.lines)
            row = {"median": statistics.median(values), "p95": p95, "max": max(values), "budget": budget}
            ok = budget is None or p95 <= budget
            report.setdefault(what, {})[name] = {key: round(v, 2) if v else v for key, v in row.items()} | {"ok": ok}
            shown = "-" if budget is None else f"{budget:.0f}"
            numbers = f"{row['median']:9.1f}{p95:9.1f}{row['max']:9.1f}"
            print(f"{what:24}{name:20}{numbers}{shown:>9}{'' if ok else '  EXCEEDED'}", flush=True)
            if not ok:
                exceeded.append(f"{what} ({name})")
    for kind, cost in rules.medians().items():
        ok = cost <= rules.BUDGETS[kind]
        print(f"{'an op rule (µs)':24}{kind:8}{cost:9.1f}{'':18}{rules.BUDGETS[kind]:9.0f}{'' if ok else '  EXCEEDED'}")
        report.setdefault("an op rule (µs)", {})[kind] = {
            "median": round(cost, 2),
            "budget": rules.BUDGETS[kind],
            "ok": ok,
        }
        if not ok:
            exceeded.append(f"an op rule ({kind})")
    if options.json:
        system = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
        options.json.write_text(json.dumps({"system": system, "measures": report}, indent=2) + "\n", encoding="utf-8")
    if exceeded:
        print("over budget: " + ", ".join(exceeded))
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
