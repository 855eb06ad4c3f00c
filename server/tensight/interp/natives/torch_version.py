"""`torch.__version__`: a text that compares as a version."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...values import Value
from ..classes import stands_for
from .packaging_ import parse_version
from .registry import prop

if TYPE_CHECKING:
    from ..machine import Interp

#: The PyTorch whose rules these are: the one that is meant where none is installed.
OF_THE_RULES = "2.13.0"


class TorchVersion(str):
    """A text for everything but comparison, as torch.torch_version.TorchVersion is."""

    __slots__ = ()

    def _compared(self, other: Any, compare: Callable[[Any, Any], bool]) -> bool:
        text = ".".join(map(str, other)) if isinstance(other, tuple) else other
        ours = parse_version(self)
        theirs = parse_version(text) if isinstance(text, str) else None
        if ours is None or theirs is None:
            return compare(str(self), other)
        return compare(ours.key, theirs.key)

    def __lt__(self, other: Any) -> bool:
        return self._compared(other, operator.lt)

    def __le__(self, other: Any) -> bool:
        return self._compared(other, operator.le)

    def __gt__(self, other: Any) -> bool:
        return self._compared(other, operator.gt)

    def __ge__(self, other: Any) -> bool:
        return self._compared(other, operator.ge)

    def __eq__(self, other: object) -> bool:
        return self._compared(other, operator.eq)

    def __ne__(self, other: object) -> bool:
        return str(self) != other  # PyTorch's class leaves this one as texts have it

    __hash__ = str.__hash__


stands_for(TorchVersion, "builtins.str")


@prop("torch.__version__", "torch.torch_version.__version__")
def version(it: Interp, module: Value) -> Value:
    return TorchVersion(it.request.loader.version("torch") or OF_THE_RULES)


@prop("torch.version.__version__")
def text(it: Interp, module: Value) -> Value:
    return it.request.loader.version("torch") or OF_THE_RULES
