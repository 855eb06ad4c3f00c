"""The language server. The only package that knows the protocol."""

from __future__ import annotations

import gc


def main() -> int:
    """Serve one client over stdin and stdout."""
    gc.disable()  # importing makes nothing but what stays
    from . import garbage, lean

    lean.import_types()
    from .server import main as serve

    garbage.start()
    gc.enable()
    serve()
