"""The installed PyTorch, asked on the meta device about operations without a rule of their own.

`main` runs in the analysed environment's interpreter; everything else here runs in Tensight's and starts it, asks it
and puts up with its end. Only `main` imports torch."""

from .client import State as State
from .oracle import TorchOracle as TorchOracle
from .oracle import command_of as command_of
from .oracle import torch_version as torch_version
