"""When garbage is collected: in pauses of the user. A collection stops every thread, requests included.

Results that were replaced hold each other in cycles, about 4 MB for a keystroke in 2,000 lines. Looking at all that
is alive takes a third of a second then, so what survived a collection is looked at again only now and then."""

from __future__ import annotations

import gc
from typing import Final

#: Seconds without work after which new garbage is collected.
PAUSE: Final = 1.0
#: Further seconds without work after which everything is looked at.
REST: Final = 10.0
#: Collections after which everything is looked at in any case: it bounds what replaced results take.
_PATIENCE: Final = 6
#: Net allocations that start a collection while the server works: one analysis of a large project.
_YOUNG: Final = 400_000

_passed = 0


def start() -> None:
    """Everything that was imported stays: it is never looked at."""
    gc.freeze()
    gc.set_threshold(_YOUNG, 10, 1_000)


def collect(*, rest: bool = False) -> bool:
    """Free what is garbage. True if there is reason to come back in a longer rest."""
    global _passed
    if rest or _passed >= _PATIENCE:
        gc.unfreeze()
        _passed = 0
    else:
        _passed += 1
    gc.collect()
    gc.freeze()
    return _passed > 0
