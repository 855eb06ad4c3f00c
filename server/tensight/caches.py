"""Where Tensight keeps what may be lost: the cache folder of the user, and in it the bytecode of Tensight itself."""

from __future__ import annotations

import os
import stat
import sys
import zlib


def user_cache() -> str | None:
    """The folder for files that may be lost, as the platform has it; None if there is no home."""
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    elif sys.platform == "darwin":
        base = os.path.join(home, "Library", "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    return os.path.join(base, "tensight") if base and os.path.isabs(base) else None


#: Installations of Tensight whose bytecode is kept; each takes 10 MB.
_INSTALLATIONS = 3


def keep_bytecode(version: str) -> None:
    """Have Python keep the bytecode of Tensight in the user's cache folder where it would keep none.

    Compiling Tensight takes longer than most analyses. Python does it once, unless it may not write beside the sources
    or was told not to (PYTHONDONTWRITEBYTECODE, usual in containers, to keep folders of sources clean). Must be called
    before the modules are imported; the process must be Tensight's own, since it holds for all that is imported."""
    if not sys.dont_write_bytecode and (__spec__.cached is None or os.path.exists(__spec__.cached)):
        return
    base = user_cache()
    if base is None:
        return
    place = zlib.crc32(os.path.abspath(__file__).encode("utf-8", "replace"))
    folder = os.path.join(base, "bytecode", f"{version}-{place:08x}")
    try:
        if not os.path.isdir(folder):
            os.makedirs(folder, 0o700)
            _drop_old(os.path.dirname(folder))
        if not _is_ours(folder):
            return
    except OSError:
        return
    sys.pycache_prefix, sys.dont_write_bytecode = folder, False


def _is_ours(folder: str) -> bool:
    """Whether nobody else can put files there: bytecode is run."""
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode):
        return False
    return sys.platform == "win32" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)


def _drop_old(folder: str) -> None:
    """Only the newest installations keep their bytecode."""
    import shutil

    known = sorted(os.scandir(folder), key=lambda entry: entry.stat(follow_symlinks=False).st_mtime, reverse=True)
    for entry in known[_INSTALLATIONS:]:
        shutil.rmtree(entry.path, ignore_errors=True)
