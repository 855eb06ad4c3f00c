"""The command line. Every verb ends with an exit code: 0 nothing found, 1 errors found, 2 could not run."""

from .run import run as run
