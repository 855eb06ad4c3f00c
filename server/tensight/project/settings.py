"""What the user has set, in the editor or in `[tool.tensight]` of pyproject.toml: one frozen record with defaults."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from typing import Any

from ..diagnostics import CODES, Severity
from ..limits import MAX_HINT
from .files import Unreadable, read_file


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Relative paths and globs are relative to the folder of the project."""

    enable: bool = True
    hints: bool = True
    hint_targets: bool = True
    hint_parameters: bool = True
    hint_returns: bool = True
    max_hint_length: int = MAX_HINT
    hover: bool = True
    code_lens: bool = True
    diagnostics: bool = True
    #: by code; a code that is not named keeps its own severity
    severity: Mapping[str, Severity] = field(default_factory=dict)
    search_paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    python: str | None = None
    worker: bool = True


DEFAULTS = Settings()


class _Wrong(Exception):
    """The value is not what the setting takes; the text says what it takes."""


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("true or false")
    return value


def _length(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 5 <= value <= 200:
        raise _Wrong("a number from 5 to 200")
    return value


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise _Wrong("a list of strings")
    return tuple(value)


def _path(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise _Wrong("a path")
    return value or None


#: key in kebab-case, dotted → field and how its value is read. `severity` is read apart.
_KEYS: dict[str, tuple[str, Callable[[object], object]]] = {
    "enable": ("enable", _boolean),
    "inlay-hints.enable": ("hints", _boolean),
    "inlay-hints.targets": ("hint_targets", _boolean),
    "inlay-hints.parameters": ("hint_parameters", _boolean),
    "inlay-hints.returns": ("hint_returns", _boolean),
    "inlay-hints.max-length": ("max_hint_length", _length),
    "hover.enable": ("hover", _boolean),
    "code-lens.enable": ("code_lens", _boolean),
    "diagnostics.enable": ("diagnostics", _boolean),
    "search-paths": ("search_paths", _strings),
    "exclude": ("exclude", _strings),
    "python": ("python", _path),
    "python-path": ("python", _path),
    "worker.enable": ("worker", _boolean),
}
#: Settings of the editor's own side.
_IGNORED = {"interpreter", "trace", "trace.server"}
_CAPITAL = re.compile(r"(?<=[a-z])([A-Z])")


def from_table(table: object, where: str, base: Settings = DEFAULTS) -> tuple[Settings, tuple[str, ...]]:
    """`base` with what the table sets, and a sentence for each key or value that is not understood.

    Keys may be written in kebab-case, snake_case or camelCase; a table under a key of kind `enable` may be a bool."""
    problems: list[str] = []
    if table is None:
        return base, ()
    if not isinstance(table, Mapping):
        return base, (f"{where}: expected a table of settings, got {table!r}",)
    changes: dict[str, Any] = {}
    for key, value in _flat(table, ""):
        if key == "diagnostics.severity" or key == "severity":
            changes["severity"] = {**base.severity, **_severities(value, f"{where}: {key}", problems)}
            continue
        name = f"{key}.enable" if f"{key}.enable" in _KEYS and isinstance(value, bool) else key
        if name in _KEYS:
            target, read = _KEYS[name]
            try:
                changes[target] = read(value)
            except _Wrong as wrong:
                problems.append(f"{where}: {key} takes {wrong}, not {value!r}")
        elif key not in _IGNORED:
            problems.append(f"{where}: unknown setting {key}{_nearest(key)}")
    return replace(base, **changes), tuple(problems)


def _flat(table: Mapping[Any, Any], prefix: str) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for key, value in table.items():
        name = prefix + _CAPITAL.sub(r"-\1", str(key)).replace("_", "-").lower()
        if isinstance(value, Mapping) and name not in ("diagnostics.severity", "severity"):
            found += _flat(value, name + ".")
        else:
            found.append((name, value))
    return found


def _severities(value: object, where: str, problems: list[str]) -> dict[str, Severity]:
    if not isinstance(value, Mapping):
        problems.append(f"{where} takes a table of severities by code, not {value!r}")
        return {}
    known = {severity.value: severity for severity in Severity}
    found = {}
    for code, name in value.items():
        if code not in CODES:
            problems.append(f"{where}: unknown code {code!r}")
        elif not isinstance(name, str) or name not in known:
            problems.append(f"{where}: {code} takes one of {', '.join(known)}, not {name!r}")
        else:
            found[code] = known[name]
    return found


def _nearest(key: str) -> str:
    import difflib

    names = {name.removesuffix(".enable"): name for name in _KEYS} | {name: name for name in _KEYS}
    near = difflib.get_close_matches(key, names, 1)
    return f" (do you mean {names[near[0]]}?)" if near else ""


def read_pyproject(folder: str) -> tuple[Settings, tuple[str, ...]]:
    """The settings of `[tool.tensight]` in the pyproject.toml of a folder, if there is one."""
    path = os.path.join(folder, "pyproject.toml")
    if not os.path.isfile(path):
        return DEFAULTS, ()
    try:
        text = read_file(path)
    except Unreadable as error:
        return DEFAULTS, (f"{path} {error}",)
    if "tensight" not in text:
        return DEFAULTS, ()
    try:
        table = _toml(text)
    except ValueError as error:
        return DEFAULTS, (f"{path}: {error}",)
    tool = table.get("tool")
    return from_table(tool.get("tensight") if isinstance(tool, dict) else None, f"{path}: [tool.tensight]")


def _toml(text: str) -> dict[str, Any]:
    """A parsed TOML file; raises ValueError."""
    module = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    table: dict[str, Any] = module.loads(text)
    return table


def combine(project: Settings, editor: Settings) -> Settings:
    """The editor's settings over the project's. An editor sends all settings, so those at their default say nothing;
    lists and severities of both hold."""
    changes: dict[str, Any] = {}
    for one in fields(Settings):
        ours, theirs = getattr(project, one.name), getattr(editor, one.name)
        if one.name == "severity":
            changes[one.name] = {**ours, **theirs}
        elif isinstance(ours, tuple):
            changes[one.name] = tuple(dict.fromkeys((*theirs, *ours)))
        else:
            changes[one.name] = ours if theirs == getattr(DEFAULTS, one.name) else theirs
    return Settings(**changes)


@dataclass(frozen=True, slots=True)
class EditorOptions:
    """What an editor tells the server: `initializationOptions`, and again when something changes."""

    settings: Settings = DEFAULTS
    trusted: bool = True
    python: str | None = None
    extra_paths: tuple[str, ...] = ()


def from_editor(options: object) -> tuple[EditorOptions, tuple[str, ...]]:
    """`{settings, trusted, pythonPath, interpreter, extraPaths}` of the client, or a bare table of settings."""
    if options is None:
        return EditorOptions(), ()
    if not isinstance(options, Mapping):
        return EditorOptions(), (f"initializationOptions: expected an object, got {options!r}",)
    wrapped = "settings" in options
    settings, problems = from_table(options["settings"] if wrapped else options, "settings")
    if not wrapped:
        return EditorOptions(settings), problems
    python = options.get("pythonPath")
    extra: Sequence[object] = options.get("extraPaths") or ()
    return (
        EditorOptions(
            settings,
            bool(options.get("trusted", True)),
            python if isinstance(python, str) and python else None,
            tuple(path for path in extra if isinstance(path, str)) if isinstance(extra, (list, tuple)) else (),
        ),
        problems,
    )
