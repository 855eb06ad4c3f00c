"""Every .py file of the installed libraries and of the standard library through one analysis each.

`python tests/corpus/run.py [--only NAME] [--every N] [--resume] [--told] [--update]`: no crash, no internal error, each
within its time and memory. What is reported in these files is a suspect: the code is published, and works. The summary
is compared with the last one (summary.json, numbers that no machine changes); exits 1 when something got worse.

The files are read by a process of their own, never imported: its death, its silence and what it eats cost one file."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import logging
import platform
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SUMMARY = Path(__file__).with_name("summary.json")
LIBRARIES = ("einops", "vit_pytorch", "torchvision", "timm", "torch", "diffusers", "stdlib", "transformers")
#: Seconds of work beyond the budget of an analysis: reading and parsing, and one step between two looks at the clock.
GRACE = 2.0
#: Seconds by the clock on the wall after which a file hangs: other work on the machine is no fault.
HANG = 240.0
#: Megabytes that a process may hold.
MEMORY = 1_500
#: Places of a file that are pointed at.
HOVERS = 60
#: Files for one process: executed modules are shared, as in an editor.
TURN = 200
#: Folders of files that are wrong on purpose, so that something can be tested with them.
WRONG = frozenset({"test", "tests", "lib2to3", "testing", "idle_test"})

Told = dict[str, Any]


def folder_of(library: str) -> Path | None:
    """Where the library lies; found without importing it."""
    if library == "stdlib":
        return Path(sysconfig.get_path("stdlib"))
    spec = importlib.util.find_spec(library)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def version_of(library: str) -> str:
    return platform.python_version() if library == "stdlib" else importlib.metadata.version(library)


def commit() -> str:
    """What reads the files: the commit that is checked out."""
    asked = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return asked.stdout.strip() or "unknown"


def files(library: str) -> Iterator[str]:
    """The library's files, sorted, relative to its folder."""
    folder = folder_of(library)
    for path in sorted(folder.rglob("*.py")) if folder is not None else ():
        if library != "stdlib" or "site-packages" not in path.parts:
            yield path.relative_to(folder).as_posix()


# ---- the process that reads


def serve() -> None:
    """A line of JSON for each line: [library, file] → what the analysis of the file gave."""
    sys.path.insert(0, str(ROOT / "server"))
    import gc

    from tensight import limits
    from tensight.project.environment import choose
    from tensight.project.project import Project

    logging.disable(logging.CRITICAL)
    gc.set_threshold(1_000_000, 20, 50)
    setattr(limits, "MAX_WAITING", HANG / limits.MAX_SECONDS)  # noqa: B010  what it is told is final
    project = Project(environment=choose(sys.prefix, []))
    project.analyse(__file__)  # the world in which all others run
    for line in sys.stdin:
        library, file = json.loads(line)
        told = {"library": library, "file": file, **_analysed(project, folder_of(library) / file)}
        print(json.dumps(told), flush=True)


def _analysed(shared: Any, path: Path) -> Told:
    from tensight.project.files import Unreadable

    project = shared.scratch()
    project.roots = (str(path.parent),)
    begun = time.process_time()
    told: Told = {}
    try:
        analysis = project.analyse(str(path))
    except Unreadable as error:
        told["unreadable"] = str(error)
    except Exception as error:  # the one thing that must not happen, and what this run counts
        told["crash"] = f"{type(error).__name__}: {error}"
    else:
        told["internal"] = sorted({text.strip().splitlines()[-1] for text in analysis.internal_errors})
        told["limits"] = sorted(set(analysis.limits))
        told["facts"] = len(analysis.facts)
        for kind in ("error", "warning"):
            found = [d for d in analysis.diagnostics if d.severity.value == kind]
            told[f"{kind}s"] = [f"{d.span.line}: [{d.code}] {d.message}" for d in found]
    told["seconds"] = round(time.process_time() - begun, 2)
    told["memory"] = _memory()
    if "facts" in told:
        try:
            _shown(analysis, path)
        except Exception as error:  # as above: what is shown of the analysis is made of it
            told["crash"] = f"{type(error).__name__}: {error} (shown)"
    return told


def _shown(analysis: Any, path: Path) -> None:
    """All that an editor and a report show of the file: hints, hovers, guesses at fixes, the output for machines."""
    from tensight.cli.json_output import expressions
    from tensight.features.fixes import fixes_for
    from tensight.features.hover import hover
    from tensight.features.inlay_hints import inlay_hints
    from tensight.features.source import Source
    from tensight.features.trial import read

    text = read(str(path))
    if text is None:
        return
    source = Source(analysis.file, text)
    inlay_hints(analysis, source)
    expressions(analysis)
    for fact in analysis.facts[:: max(1, len(analysis.facts) // HOVERS)]:
        hover(analysis, fact.span.line, fact.span.col)
    for diagnostic in analysis.diagnostics:
        fixes_for(analysis, source, diagnostic)


def _memory() -> int:
    status = Path("/proc/self/status")
    return int(status.read_text().split("VmRSS:")[1].split()[0]) // 1024 if status.exists() else 0


# ---- the process that asks


class Reader:
    """The process that reads, replaced when it has read many files or has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._read = 0

    def ask(self, library: str, file: str) -> Told:
        process = self._started()
        assert process.stdin is not None and process.stdout is not None
        hang = threading.Timer(HANG, process.kill)
        hang.start()
        try:
            process.stdin.write(json.dumps([library, file]) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        finally:
            hang.cancel()
        self._read += 1
        if answer:
            told: Told = json.loads(answer)
            if told["memory"] > MEMORY // 2 or self._read >= TURN:
                self.close()
            return told
        code = process.wait()
        self.close()
        return {
            "library": library,
            "file": file,
            "crash": f"the process ended with {code}",
            "seconds": 0.0,
            "memory": 0,
        }

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            command = [sys.executable, __file__, "--serve"]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self._read = 0
        return self._process

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def summary(results: list[Told], every: int) -> dict[str, Any]:
    """What no machine changes, by library."""
    from tensight.limits import MAX_SECONDS

    out: dict[str, Any] = {}
    for library in LIBRARIES:
        mine = [told for told in results if told["library"] == library]
        if not mine:
            continue
        sound = [told for told in mine if WRONG.isdisjoint(Path(told["file"]).parts)]
        out[library] = {
            "version": version_of(library),
            "commits": sorted({told["commit"] for told in mine}),
            "every": every,
            "files": len(mine),
            "of": sum(1 for _ in files(library)),
            "unreadable": sum("unreadable" in told for told in mine),
            "crashes": [f"{told['file']}: {told['crash']}" for told in mine if "crash" in told],
            "internal": [f"{told['file']}: {text}" for told in mine for text in told.get("internal", ())],
            "over_time": [told["file"] for told in mine if told["seconds"] > MAX_SECONDS + GRACE],
            "over_memory": [told["file"] for told in mine if told["memory"] > MEMORY],
            "errors": [f"{told['file']}:{text}" for told in sound for text in told.get("errors", ())],
            "warnings": [f"{told['file']}:{text}" for told in sound for text in told.get("warnings", ())],
        }
    return out


def worse(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What was not in the last summary: crashes and the like at all, diagnostics of the same version."""
    out = []
    for library, found in new.items():
        last = old.get(library, {})
        same = last.get("version") == found["version"]
        for kind in ("crashes", "internal", "over_time", "over_memory", "errors", "warnings"):
            known = last.get(kind, ()) if same else ()
            out += [f"{kind}: {library}/{text}" for text in found[kind] if text not in known]
    return out


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=LIBRARIES, help="one library; may be repeated")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each Nth file only")
    parser.add_argument("--resume", action="store_true", help="go on where the last run was stopped")
    parser.add_argument("--update", action="store_true", help="the summary becomes the one to compare with")
    parser.add_argument("--out", type=Path, default=ROOT / ".artifacts" / "corpus.jsonl", help="a line for each file")
    parser.add_argument("--told", action="store_true", help="nothing is read: the summary of what --out holds")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        serve()
        return 0
    chosen = options.only or LIBRARIES
    for library in chosen:
        if folder_of(library) is None:
            print(f"{library} is not installed here", file=sys.stderr)
    tasks = [(library, file) for library in chosen for file in list(files(library))[:: options.every]]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    kept = options.out.read_text().splitlines() if (options.resume or options.told) and options.out.exists() else []
    results = [told for told in map(json.loads, kept) if (told["library"], told["file"]) in set(tasks)]
    done = {(told["library"], told["file"]) for told in results}
    left = [] if options.told else [task for task in tasks if task not in done]
    reader, by = Reader(), commit()
    try:
        with options.out.open("a" if done else "w") as out:
            for count, (library, file) in enumerate(left, 1):
                told = {**reader.ask(library, file), "commit": by}
                results.append(told)
                out.write(json.dumps(told) + "\n")
                out.flush()
                if sys.stderr.isatty():
                    print(f"\r{count}/{len(left)}", end="", file=sys.stderr)
    finally:
        reader.close()
    found = summary(results, options.every)
    old = json.loads(SUMMARY.read_text()) if SUMMARY.exists() else {}
    seconds = sorted(told["seconds"] for told in results)
    for library, one in found.items():
        told = {key: value for key, value in one.items() if key not in ("version", "commits", "every")}
        counts = ", ".join(f"{key} {value if isinstance(value, int) else len(value)}" for key, value in told.items())
        print(f"{library} {one['version']}: {counts}")
    print(f"seconds of work: median {seconds[len(seconds) // 2]}, longest {seconds[-1]}, sum {sum(seconds):.0f}")
    told_worse = worse(old, found)
    for text in told_worse:
        print(f"new: {text}")
    if options.update:
        SUMMARY.write_text(json.dumps({**old, **found}, indent=1) + "\n")
        return 0
    return 1 if told_worse else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "server"))
    sys.exit(main(sys.argv[1:]))
