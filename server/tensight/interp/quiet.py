"""Whether a module of the user's, not run yet, would do no more than define names and fill tables of its own package.

Only such a module can be put off. The judgement is by text (parsing every file of a package would cost what putting
off saves), and everything that it does not recognise counts as an effect."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .machine import Interp
    from .ports import Source

_LONG_STRING = re.compile(r"(\"\"\"|''').*?\1", re.DOTALL)
#: at the start of a line: definitions, imports, the closing bracket of a longer statement, names that are assigned
_DEFINES = re.compile(
    r"(?:async )?def |class |@|from |import |[)\]}\"']|if (?:typing\.)?TYPE_CHECKING:|if __name__ ==|\w+\s*(?::[^=]*)?$"
    r"|\w+(?:\s*,\s*\w+)*\s*(?::[^=]*)?=(?!=)"
)
_CHOICE = re.compile(r"(?:try|except\b.*|else|finally|if\b(?! __name__ ==| (?:typing\.)?TYPE_CHECKING:).*|elif\b.*):")
_CHOSEN = re.compile(r"from |import |pass\b|raise\b|[)#\"']|\w+\s*(?::[^=]*)?=(?!=)|[\w, ]+$")
_CALL = re.compile(r"(\w+)\(")
#: inside a function or class: an item or an element is put into a container of that name
_FILLS = re.compile(
    r"^[ \t]+(?:\w+\.)*(\w+)(?:\[[^\n]*\]\s*=(?!=)|\.(?:add|append|extend|insert|setdefault|update)\(|\s*[+|]=)",
    re.MULTILINE,
)
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+([^\n]*))", re.MULTILINE
)


def is_quiet(it: Interp, source: Source) -> bool:
    """Whether neither the module nor what it would be the first to import does more than that."""
    judged = it.deferred.quiet
    if source.name in judged:
        return judged[source.name]
    seen: set[str] = {source.name}
    stack = [source]
    while stack:
        here = stack.pop()
        if judged.get(here.name) is False or not _stays_inside(it, here, seen, stack):
            judged[here.name] = judged[source.name] = False
            return False
    judged.update(dict.fromkeys(seen, True))
    return True


def _stays_inside(it: Interp, source: Source, seen: set[str], stack: list[Source]) -> bool:
    """Whether one file is quiet. What it imports of the user's is put on the stack."""
    top = source.name.partition(".")[0]
    text = _LONG_STRING.sub('""', source.text)
    imported: set[str] = set()
    for module, names, modules in _IMPORT.findall(text):
        listed = [part.split()[0] for part in re.sub(r"#[^\n]*|[()]", "", names).split(",") if part.split()]
        targets = [part.split()[0] for part in modules.partition("#")[0].split(",") if part.split()]
        if module:
            base = absolute(source, module)
            targets = [base, *(f"{base}.{name}" for name in listed)]
            if base.partition(".")[0] == top:
                imported.update(listed)
        for target in targets:
            if target in seen or target in it.modules:
                continue
            found = it.request.loader.find(target)
            if found is None or not (found.user or found.file in it.user_files):
                continue
            if target.partition(".")[0] != top or found.file in it.user_files:
                return False
            seen.add(target)
            if it.deferred.quiet.get(target) is not True:
                stack.append(found)
    return _only_defines(text, imported)


def _only_defines(text: str, imported: set[str]) -> bool:
    """Whether the statements of a module bind names, or call what was imported from its own package."""
    choosing = False
    for line in text.splitlines():
        if not line or line.isspace() or line[0] == "#":
            continue
        if line[0] in " \t":
            if choosing and not _CHOSEN.match(line.strip()):
                return False
            continue
        choosing = _CHOICE.match(line) is not None
        if choosing:
            if line.partition("#")[0].rstrip()[-1] != ":":
                return False
            continue
        call = _CALL.match(line)
        if ";" in line or not (_DEFINES.match(line) or (call is not None and call.group(1) in imported)):
            return False
    return True


@lru_cache(maxsize=512)
def filled(text: str) -> frozenset[str]:
    """The names of containers that functions of a module put something into."""
    return frozenset(_FILLS.findall(text))


def absolute(source: Source, module: str) -> str:
    """The absolute name of what `from module import` names in a file."""
    stripped = module.lstrip(".")
    level = len(module) - len(stripped)
    if level == 0:
        return module
    parts = source.name.split(".")
    parts = parts[: len(parts) - level + source.is_package]
    return ".".join([*parts, stripped] if stripped else parts)


__all__ = ["absolute", "filled", "is_quiet"]
