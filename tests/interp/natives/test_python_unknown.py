"""What is not known stays not known: lists of unknown length, undecided branches, symbolic sizes, limits."""

from __future__ import annotations

from typing import Any

import pytest
from snippets import UNKNOWN, interp, interpret, plain

from tensight.dims import Expr, is_data, symbol
from tensight.interp.analyse import in_big_stack
from tensight.values import ListV, OneOf, RangeV, Ratio, Scalar

HEAD = "import random, os, math, itertools\nn = random.getrandbits(2)\nxs = [i for i in os.listdir('.')]\n"


@pytest.mark.parametrize(
    "text",
    [
        "len(xs)", "xs[0] == 'a'", "'a' in xs", "sorted(xs)", "list(reversed(xs))", "xs.count('a')",
        "xs.index('a')", "bool(xs)", "dict.fromkeys(xs)", "set(xs)", "tuple(xs)", "list(enumerate(xs))",
        "list(zip(xs, [1, 2]))", "max(xs)", "any(xs)", "sum(len(x) for x in xs)", "[1, 2][n]", "{1: 2}.get(n)",
        "min(n, 2)", "n if n > 1 else 0", "[1, 2, 3].pop(n)", "n in [1, 2]", "list(map(len, xs))",
        "list(itertools.chain([1], xs))", "range(n)", "list(range(n))", "[0] * n", "'a' * n", "math.sqrt(n)",
        "next(iter(xs))", "xs + [1]", "xs[:2]", "[*xs, 1]", "divmod(n, 2)[0]", "isinstance(xs[0], str) and n > 1",
        "(1, 2).index(n)", "sorted([n, 2])", "{n: 1}", "{n}", "str(n)", "[n].index(1)", "n == n + 1 - 1",
        "round(n / 2)", "hash(n)", "id(n)", "xs.copy()",
    ],
)  # fmt: skip
def test_the_result_is_open(text: str) -> None:
    found, _ = interpret(f"{HEAD}x = {text}")
    value = plain(found["x"])
    assert value is UNKNOWN or isinstance(value, OneOf) or UNKNOWN in value, f"{found['x']!r}"


def test_a_list_changed_in_an_undecided_branch() -> None:
    found, _ = interpret("""
        import random
        l, d, s, q = [1], {"a": 1}, {1}, [1, 2]
        if random.random() < 0.5:
            l.append(2); d["b"] = 2; s.add(2); q.reverse()
        n, m = len(l), "b" in d
        first, k, held = l[0], d["a"], q[0]
    """)
    assert [plain(found[name]) for name in ("m", "held")] == [UNKNOWN] * 2
    assert is_data(found["n"])  # one or more
    assert found["k"] == 1


def test_symbolic_sizes() -> None:
    it = interp()
    b = symbol("B")

    def call(name: str, *args: Any) -> Any:
        return in_big_stack(lambda: it.call(it.world.builtins[name], list(args)))

    assert call("int", b) == b and call("abs", b) == b and call("round", b) == b
    assert call("sum", ListV([b, b, 1])) == 2 * b + 1
    assert str(call("max", b, 4)) == "max(B, 4)"
    assert call("max", b, 1) == b and call("min", b, 0) == 0
    assert call("divmod", b, 2) == (b // 2, b % 2)
    made = call("range", b)
    assert isinstance(made, RangeV) and call("len", made) == b
    assert call("len", call("range", 2, b + 2)) == b
    assert call("isinstance", b, it.native_class("builtins.int")) is True
    assert call("float", b) == Ratio(b, 1) and call("str", b) == Scalar("str")
    assert isinstance(call("pow", b, 2), Expr)
    assert call("sorted", ListV([b, 0])).items == [0, b]


@pytest.mark.parametrize(
    "text",
    [
        "[0] * 10**9", "list(range(10**9))", "10 ** 10 ** 10", "2 ** 100000", "'a' * 10**9",
        "math.factorial(10**6)", "sum(range(10**8))", "1 << 10**9",
        "list(itertools.product(range(100), repeat=9))", "list(itertools.permutations(range(50)))",
        "int('9' * 5000)",
    ],
)  # fmt: skip
def test_limits(text: str) -> None:
    found, _ = interpret(f"import math, itertools\nx = {text}")
    assert plain(found["x"]) is UNKNOWN


def test_what_a_rest_is_like() -> None:
    found, _ = interpret(
        HEAD + "a = [x.upper() for x in xs]\nb = list(map(len, xs))\nc = list(enumerate(xs))\nd = dict(zip(xs, xs))"
    )
    assert found["a"].rest == Scalar("str")
    assert isinstance(found["b"].rest, Scalar | Expr)
    assert isinstance(found["c"].rest, tuple) and found["d"].rest == Scalar("str")
