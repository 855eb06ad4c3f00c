"""The PyTorch that the command line asks: that of an environment somebody named, and of no other."""

from __future__ import annotations

import argparse
import atexit
import os
from typing import TYPE_CHECKING

from ..caches import user_cache
from ..limits import WORKER_START_SECONDS
from ..project.environment import Environment
from ..project.settings import Settings

if TYPE_CHECKING:
    from ..worker import TorchOracle


def oracle_for(environment: Environment, settings: Settings, options: argparse.Namespace) -> TorchOracle | None:
    """The oracle of the environment; None if it has no PyTorch or must not be run. Nothing is started here.

    A folder may hold anything, an interpreter too: what lies beside the files, or is named by a file among them, is
    read but never run."""
    named = options.python or (os.environ.get("VIRTUAL_ENV") and not settings.python)
    if not named or options.no_worker or not settings.worker or environment.python is None:
        return None
    if not options.python and environment.root != os.path.abspath(os.environ["VIRTUAL_ENV"]):
        return None
    import logging

    from ..worker import TorchOracle, command_of, torch_version

    logging.getLogger("tensight").addHandler(logging.NullHandler())  # reports say what is to be said
    version = torch_version(environment.paths)
    if version is None:
        return None
    oracle = TorchOracle(command_of(environment.python), version, user_cache(), wait=WORKER_START_SECONDS)
    atexit.register(oracle.close)
    return oracle
