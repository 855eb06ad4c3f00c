"""Starts the packaged Tensight: `python -I -S main.py [check PATH]`; without arguments, the language server.

It runs isolated (-I, -S), so that no file of the workspace, `.pth` or `sitecustomize` can shadow a module or run.
Only the two folders beside this file are importable besides the standard library. Its own syntax is that of any
Python 3, so that an interpreter that is too old gets a sentence instead of a traceback.
"""

import os
import sys

if sys.version_info < (3, 10):  # noqa: UP036 (any Python may be given)
    sys.exit("Tensight needs Python 3.10 or newer to run; " + sys.executable + " is " + sys.version.split()[0] + ".")

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "server"), os.path.join(HERE, "libs")]

if __name__ == "__main__":
    from tensight.__main__ import process

    sys.exit(process(sys.argv[1:] or ["server"]))
