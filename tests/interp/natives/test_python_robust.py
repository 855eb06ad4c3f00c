"""No native of Python lets an exception of the host escape, whatever it is called with."""

from __future__ import annotations

import itertools

import pytest
from snippets import interp

from tensight.dims import symbol
from tensight.interp.analyse import in_big_stack
from tensight.interp.errors import PyRaise
from tensight.interp.natives.registry import CONSTRUCTORS, NATIVES
from tensight.values import DictV, IteratorV, ListV, OneOf, Reason, Scalar, SetV, Tensor, Unknown, Value

FOREIGN = ("torch", "numpy", "PIL", "einops")
NAMES = sorted(n for n in (*NATIVES, *CONSTRUCTORS) if n.partition(".")[0] not in FOREIGN)


def odd_values() -> list[Value]:
    return [
        None, 3, -1, "a", 2.5, (1, "b"), symbol("B"), Scalar("str"), Scalar("int"), Unknown(Reason.JOINED),
        ListV([1, "x"], Scalar("int")), ListV([]), DictV({"a": 1}, Scalar("int")), SetV({1: None}, True), Tensor(None),
        IteratorV([(1, 2)], Unknown(Reason.JOINED)), OneOf((None, 3)), range(3), b"x", slice(None),
    ]  # fmt: skip


@pytest.mark.parametrize("module", sorted({n.partition(".")[0] for n in NAMES}))
def test_odd_arguments(module: str) -> None:
    it = interp()

    def run() -> None:
        for name in (n for n in NAMES if n.partition(".")[0] == module):
            function = it.native_class(name) if name in CONSTRUCTORS else NATIVES[name]
            count = len(odd_values())
            combinations = [
                (),
                *((i,) for i in range(count)),
                *itertools.product(range(0, count, 2), range(1, count, 3)),
                *itertools.product((3, 9, 10, 12, 15), (1, 2, 8), (2, 5, 13)),
                *itertools.product((3, 10), (2,), (1,), (2, 6)),
                tuple(range(count)),
            ]
            for chosen in combinations:
                values = odd_values()
                try:
                    it.call(function, [values[i] for i in chosen])
                except PyRaise:
                    continue
                except Exception as error:
                    raise AssertionError(f"{name}{[values[i] for i in chosen]!r}") from error

    in_big_stack(run)
    assert not it.internal_errors
