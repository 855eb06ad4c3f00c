"""The Python environment that is analysed, described by reading it. Nothing in it is ever run from here."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .files import Unreadable, absolute, read_file
from .listing import list_folder

_VERSION = re.compile(r"python(3\.\d+)t?$")
_MAPPING = re.compile(r"^(MAPPING|NAMESPACES)\s*(?::[^=\n]+)?=\s*(\{.*?\})\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Environment:
    """`paths`: site-packages folders and what their `.pth` files add; `mapping`: modules of editable installs."""

    root: str | None = None
    version: str | None = None
    paths: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    #: why the environment that was asked for could not be described
    problem: str | None = None
    #: its interpreter, as it is to be started (a link of a virtual environment is not resolved); never run from here
    python: str | None = None


NO_ENVIRONMENT = Environment()


def choose(python: str | None, beside: Sequence[str] = (), environ: Mapping[str, str] | None = None) -> Environment:
    """`python` if given, else VIRTUAL_ENV, else a `.venv` in one of the folders `beside`, else none.

    Only of an environment that was asked for it is said that it cannot be described."""
    if python:
        return describe(python)
    active = (os.environ if environ is None else environ).get("VIRTUAL_ENV")
    if active and os.path.isfile(os.path.join(active, "pyvenv.cfg")):
        return replace(describe(active), problem=None)
    for folder in beside:
        for name in (".venv", "venv"):
            candidate = os.path.join(folder, name)
            if os.path.isfile(os.path.join(candidate, "pyvenv.cfg")):
                return replace(describe(candidate), problem=None)
    return NO_ENVIRONMENT


def describe(python: str) -> Environment:
    """The environment of an interpreter, or of the folder of a virtual environment."""
    path = absolute(os.path.expanduser(python))
    if not os.path.exists(path):
        return Environment(problem=f"no Python environment at {python}: no such file or folder")
    if os.path.isdir(path):
        root = path
        executable = ""
    else:
        root = os.path.dirname(os.path.dirname(path))
        executable = path
        if not os.path.isfile(os.path.join(root, "pyvenv.cfg")):
            real = os.path.realpath(path)
            if _site_packages(root, None) == [] or os.path.basename(os.path.dirname(path)) == "shims":
                root = _behind_shim(path) or os.path.dirname(os.path.dirname(real))
            executable = real
    config = _config(root)
    named = _VERSION.search(os.path.basename(executable))
    version = ".".join(config.get("version", config.get("version_info", "")).split(".")[:2]) or None
    version = version or (named.group(1) if named else None)
    folders = _site_packages(root, version)
    if config.get("include-system-site-packages", "").lower() == "true" and config.get("home"):
        base = os.path.dirname(config["home"].rstrip("/\\"))
        folders += [folder for folder in _site_packages(base, version) if folder not in folders]
    interpreter = path if executable and os.path.basename(os.path.dirname(path)) != "shims" else _interpreter(root)
    if not folders:
        return Environment(root, version, problem=f"no site-packages found for {python}")
    paths: list[str] = []
    mapping: dict[str, str] = {}
    for folder in folders:
        paths.append(folder)
        added, mapped = _pth(folder)
        paths += [path for path in added if path not in paths]
        mapping.update(mapped)
    version = version or _version_of(folders[0])
    return Environment(root, version, tuple(dict.fromkeys(paths)), mapping, python=interpreter)


def _interpreter(root: str) -> str | None:
    """The interpreter of an environment's folder."""
    for parts in (("bin", "python"), ("bin", "python3"), ("Scripts", "python.exe"), ("python.exe",)):
        path = os.path.join(root, *parts)
        if os.path.isfile(path):
            return path
    return None


def _version_of(folder: str) -> str | None:
    found = re.search(r"python(3\.\d+)", folder)
    return found.group(1) if found else None


def _config(root: str) -> dict[str, str]:
    try:
        text = read_file(os.path.join(root, "pyvenv.cfg"))
    except Unreadable:
        return {}
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, value in pairs}


def _behind_shim(path: str) -> str | None:
    """pyenv's shims are scripts; the version they would start stands in a file."""
    folder = os.path.dirname(path)
    if os.path.basename(folder) != "shims":
        return None
    home = os.path.dirname(folder)
    try:
        wanted = os.environ.get("PYENV_VERSION") or read_file(os.path.join(home, "version")).split()[0]
    except (Unreadable, IndexError):
        return None
    root = os.path.join(home, "versions", wanted)
    return root if os.path.isdir(root) else None


def _site_packages(root: str, version: str | None) -> list[str]:
    """The folders of installed packages below a prefix, on Linux, macOS and Windows."""
    found = []
    windows = os.path.join(root, "Lib", "site-packages")
    if os.path.isdir(windows) and not os.path.isdir(os.path.join(root, "lib", "python3")):
        if "site-packages" in list_folder(os.path.join(root, "Lib")).folders:
            found.append(windows)
    for lib in ("lib", "lib64", os.path.join("local", "lib")):
        names = [name for name in list_folder(os.path.join(root, lib)).folders if _VERSION.match(name)]
        names.sort(key=lambda name: [int(part) for part in re.findall(r"\d+", name)], reverse=True)
        wanted = [name for name in names if version and name.rstrip("t") == f"python{version}"]
        for name in wanted or names[:1]:
            for packages in ("site-packages", "dist-packages"):
                folder = os.path.join(root, lib, name, packages)
                if os.path.isdir(folder) and not any(_same(folder, known) for known in found):
                    found.append(folder)
    debian = os.path.join(root, "lib", "python3", "dist-packages")
    if os.path.isdir(debian):
        found.append(debian)
    return found


def _same(first: str, second: str) -> bool:
    try:
        return os.path.samefile(first, second)
    except OSError:
        return False


def _pth(folder: str) -> tuple[list[str], dict[str, str]]:
    """What the `.pth` files of a folder add: their path lines, and the tables of editable installs. `import` lines
    are not run: those that setuptools writes name a finder module, whose table is read as text."""
    paths: list[str] = []
    mapping: dict[str, str] = {}
    names = list_folder(folder).files
    for name in sorted(name for name in names if name.endswith(".pth") and not name.startswith(".")):
        try:
            lines = read_file(os.path.join(folder, name)).splitlines()
        except Unreadable:
            continue
        for line in lines:
            line = line.strip()
            if not line or line.startswith(("#", "import ", "import\t")):
                continue
            target = os.path.normpath(os.path.join(folder, line))
            if os.path.isdir(target):
                paths.append(target)
    for name in sorted(name for name in names if name.startswith("__editable__") and name.endswith("_finder.py")):
        mapping.update(_finder(os.path.join(folder, name)))
    return paths, mapping


def _finder(path: str) -> dict[str, str]:
    try:
        text = read_file(path)
    except Unreadable:
        return {}
    mapping: dict[str, str] = {}
    for found in _MAPPING.finditer(text):
        try:
            table = ast.literal_eval(found.group(2))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        for name, target in table.items() if isinstance(table, dict) else ():
            if isinstance(target, (list, tuple)) and target:
                target = target[0]
            if isinstance(name, str) and isinstance(target, str):
                mapping.setdefault(name, target)
    return mapping


def of_running_interpreter() -> Environment:
    """The environment of the Python that runs Tensight: for tests and tools."""
    return describe(sys.prefix)
