"""The language server. The only package that knows the protocol."""

from __future__ import annotations


def main() -> int:
    """Serve one client over stdin and stdout."""
    from .server import main as serve

    return serve()
