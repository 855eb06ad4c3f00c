"""Tensight: the shape of every PyTorch tensor, read from plain source code that is never run."""

__version__ = "0.1.0"
