"""The language server. The only package that knows the protocol."""

from __future__ import annotations

import gc


def main() -> int:
    """Serve one client over stdin and stdout."""
    gc.disable()  # importing makes nothing but what stays
    from .server import main as serve

    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # an analysis makes many objects that live until the next one
    gc.enable()
    return serve()
