"""Scripts of the workspace that use a file: what they build and call shows its real shapes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..limits import MAX_CALLER_STEPS, MAX_CALLERS, MAX_WORKSPACE_FILES
from .files import Files, Unreadable
from .imports import is_foreign
from .walk import python_files

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<dots>\.*)(?P<module>[\w.]*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#]*)"
    r"|import[ \t]+(?P<modules>[^\n#]*))",
    re.MULTILINE,
)
_GUARD = re.compile(r"^if\s+__name__\s*==", re.MULTILINE)
_TOP_LEVEL_CALL = re.compile(r"^(?:\w[\w, ]*=\s*)?[A-Za-z_][\w.]*\(", re.MULTILINE)
#: Files that are run by tools, for other purposes.
_NOT_SCRIPTS = frozenset({"setup.py", "conftest.py", "__init__.py"})


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the text of a file imports: (level, dotted name) each; and whether it does something when it is run."""

    digest: str
    imports: tuple[tuple[int, str], ...]
    guarded: bool
    script: bool


def _read(text: str, digest: str) -> _Facts:
    found: dict[tuple[int, str], None] = {}
    for match in _IMPORT.finditer(text):
        if match["modules"] is not None:
            for part in match["modules"].split(","):
                found[(0, part.split(" as ")[0].strip())] = None
            continue
        level, module = len(match["dots"]), match["module"]
        found[(level, module)] = None
        for part in match["names"].strip("()").split(","):
            name = part.split(" as ")[0].strip()
            if name.isidentifier():
                found[(level, f"{module}.{name}" if module else name)] = None
    guarded = _GUARD.search(text) is not None
    return _Facts(digest, tuple(found), guarded, guarded or _TOP_LEVEL_CALL.search(text) is not None)


class Callers:
    """The workspace's import statements, read again where a file changed."""

    def __init__(self) -> None:
        self._listed: tuple[str, ...] | None = None
        self._known: dict[str, _Facts] = {}

    def forget(self) -> None:
        """Files may have come or gone."""
        self._listed = None

    def of(
        self, path: str, roots: Sequence[str], search: Iterable[str], files: Files, exclude: Sequence[str] = ()
    ) -> list[str]:
        """Scripts that import the file, directly or through others, the most promising first."""
        folders = frozenset(search)
        facts = dict(self._facts(roots, files, exclude))
        facts.pop(path, None)
        reached, wave, found = {path}, [path], list[tuple[bool, int, str]]()
        for distance in range(MAX_CALLER_STEPS):
            importers = [
                file
                for file, fact in facts.items()
                if file not in reached and any(_leads_to(file, one, wave, folders) for one in fact.imports)
            ]
            for file in importers:
                fact = facts[file]
                if os.path.basename(file) not in _NOT_SCRIPTS and fact.script:
                    found.append((not fact.guarded, distance, file))
            reached.update(importers)
            wave = importers
            if not wave:
                break
        return [file for _, _, file in sorted(found)[:MAX_CALLERS]]

    def _facts(self, roots: Sequence[str], files: Files, exclude: Sequence[str]) -> Iterable[tuple[str, _Facts]]:
        if self._listed is None:
            listed: dict[str, None] = {}
            for root in roots:
                for file in python_files(root, exclude):
                    if len(listed) >= MAX_WORKSPACE_FILES:
                        break
                    listed[file] = None
            self._listed = tuple(listed)
        for file in dict.fromkeys((*self._listed, *files.documents)):
            if is_foreign(file) or not file.endswith(".py"):
                continue
            try:
                text = files.read(file)
            except Unreadable:
                continue
            known = self._known.get(file)
            if known is None or known.digest != text.digest:
                known = self._known[file] = _read(text.text, text.digest)
            yield file, known


def _leads_to(importer: str, imported: tuple[int, str], targets: Sequence[str], folders: frozenset[str]) -> bool:
    """Whether an import statement of a file names one of the targets."""
    level, name = imported
    folder = os.path.dirname(importer)
    for _ in range(level - 1):
        folder = os.path.dirname(folder)
    tail = os.sep + name.replace(".", os.sep) if name else ""
    for target in targets:
        stem = target.removesuffix(".py")
        stem = os.path.dirname(stem) if stem.endswith(os.sep + "__init__") else stem
        if not stem.endswith(tail):
            continue
        base = stem[: len(stem) - len(tail)]
        if base == folder or (level == 0 and base in folders):
            return True
    return False
