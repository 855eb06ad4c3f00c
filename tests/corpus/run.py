"""Every .py file of the installed libraries and of the standard library through one analysis each.

`python tests/corpus/run.py [--limit N] [--only NAME] [--out FILE]` prints a summary and compares it with the last one:
files, crashes, internal errors, files over time, errors reported (on code that runs, each is a suspect). Exits 1 when
something got worse. Two processes; the libraries are read, never imported."""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import multiprocessing
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LIBRARIES = ("torch", "torchvision", "timm", "transformers", "einops", "vit_pytorch")
#: Longer than the budget of an analysis (limits.MAX_SECONDS) by what one step may take.
OVER = 12.0
#: Megabytes a process may hold: more is a leak of one file into the next.
MEMORY = 1_500
#: What may not grow from one run to the next.
KEPT = ("crashes", "internal", "over_time", "errors")


def files(only: str | None) -> Iterator[tuple[str, Path]]:
    """Library and file, sorted, so that two runs take the same ones."""
    for name in LIBRARIES:
        spec = importlib.util.find_spec(name) if only in (None, name) else None
        if spec is not None and spec.origin is not None:
            yield from ((name, path) for path in sorted(Path(spec.origin).parent.rglob("*.py")))
    if only in (None, "stdlib"):
        folder = Path(sysconfig.get_path("stdlib"))
        for path in sorted(folder.rglob("*.py")):
            if "site-packages" not in path.parts:
                yield "stdlib", path


def analysed(task: tuple[str, Path]) -> dict[str, Any]:
    """What one file gave. A crash is told, not raised: the run goes on."""
    logging.disable(logging.CRITICAL)
    from tensight.project.files import Unreadable
    from tensight.project.project import Project

    name, path = task
    told: dict[str, Any] = {"library": name, "file": str(path), "seconds": 0.0}
    begun = time.monotonic()
    try:
        analysis = Project((str(path.parent),)).analyse(str(path))
    except Unreadable as error:
        told["unreadable"] = str(error)
    except Exception as error:  # the one thing that must not happen, and what this run counts
        told["crash"] = f"{type(error).__name__}: {error}"
    else:
        told["internal"] = [text.strip().splitlines()[-1] for text in analysis.internal_errors]
        told["errors"] = [
            f"{d.span.line}: [{d.code}] {d.message}" for d in analysis.diagnostics if d.severity.value == "error"
        ]
        told["facts"] = len(analysis.facts)
    told["seconds"] = round(time.monotonic() - begun, 2)
    told["memory"] = _memory()
    return told


def _memory() -> int:
    status = Path("/proc/self/status")
    return int(status.read_text().split("VmRSS:")[1].split()[0]) // 1024 if status.exists() else 0


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    seconds = sorted(r["seconds"] for r in results)
    return {
        "files": len(results),
        "by_library": dict(Counter(r["library"] for r in results)),
        "unreadable": sum("unreadable" in r for r in results),
        "crashes": sum("crash" in r for r in results),
        "internal": sum(bool(r.get("internal")) for r in results),
        "over_time": sum(r["seconds"] > OVER for r in results),
        "over_memory": sum(r["memory"] > MEMORY for r in results),
        "errors": sum(len(r.get("errors", ())) for r in results if not _broken_on_purpose(r["file"])),
        "facts": sum(r.get("facts", 0) for r in results),
        "seconds": {"median": seconds[len(seconds) // 2], "max": seconds[-1], "sum": round(sum(seconds), 1)},
    }


def _broken_on_purpose(file: str) -> bool:
    """Files of test suites that are wrong, so that something can be tested with them."""
    return any(part in ("test", "tests", "lib2to3", "testing") for part in Path(file).parts)


def compared(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What got worse, if both runs took the same files."""
    if old["by_library"] != new["by_library"]:
        return []
    return [f"{name}: {old[name]} → {new[name]}" for name in KEPT if new[name] > old[name]]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=0, help="take about so many files, spread over all")
    parser.add_argument("--only", help="one library, or stdlib")
    parser.add_argument("--out", type=Path, default=ROOT / ".artifacts" / "corpus.json")
    options = parser.parse_args(arguments)
    tasks = list(files(options.only))
    if options.limit:
        tasks = tasks[:: max(1, len(tasks) // options.limit)]
    if not tasks:
        print("nothing to read: none of the libraries is installed here", file=sys.stderr)
        return 2
    with multiprocessing.get_context("spawn").Pool(2, maxtasksperchild=400) as pool:
        results = []
        for done, result in enumerate(pool.imap_unordered(analysed, tasks, chunksize=4), 1):
            results.append(result)
            for text in [result["crash"]] if "crash" in result else dict.fromkeys(result.get("internal", ())):
                print(f"{result['file']}: {text}")
            if sys.stderr.isatty():
                print(f"\r{done}/{len(tasks)}", end="", file=sys.stderr)
    found = summary(results)
    last = json.loads(options.out.read_text())["summary"] if options.out.exists() else None
    options.out.parent.mkdir(parents=True, exist_ok=True)
    results.sort(key=lambda r: r["file"])
    options.out.write_text(json.dumps({"summary": found, "files": results}, indent=1))
    print(json.dumps(found, indent=2))
    worse = compared(last, found) if last else []
    for text in worse:
        print(f"worse than the last run: {text}", file=sys.stderr)
    return 1 if worse or found["crashes"] or found["internal"] else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "server"))
    sys.exit(main(sys.argv[1:]))
