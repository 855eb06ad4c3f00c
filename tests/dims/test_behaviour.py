"""What the algebra promises to its callers, one behaviour a test."""

from __future__ import annotations

import time

import pytest

from tensight.dims import (
    Dim,
    Expr,
    Facts,
    FreshNames,
    SymbolKind,
    Truth,
    bounds,
    dim_max,
    dim_min,
    divides,
    equal,
    fresh_data,
    fresh_unknown,
    is_unknown,
    is_zero,
    less,
    less_equal,
    not_equal,
    parse,
    solve,
    symbol,
    to_text,
    use_names,
)

B, C, H, W, T, n = (symbol(name) for name in ("B", "C", "H", "W", "T", "n"))
CONV = 64 * ((H - 4) // 2) * ((W - 4) // 2)


def test_a_dim_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="truth value"):
        bool(H)
    with pytest.raises(TypeError, match="three values"):
        bool(Truth.MAYBE)
    with pytest.raises(TypeError):
        H < W  # type: ignore[operator]  # noqa: B015


def test_constants_are_plain_ints() -> None:
    assert type(H - H) is int
    assert type(H * 0) is int
    assert type((H + 3) - H) is int
    assert H != 3


def test_division_by_zero() -> None:
    for divide in (lambda: H // 0, lambda: H % 0, lambda: 3 // (H - H)):
        with pytest.raises(ZeroDivisionError):
            divide()
    maybe = symbol("k", 0)
    assert to_text(C * maybe // maybe) == "C·k//k"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (equal(H, H), Truth.YES),
        (equal(H, W), Truth.MAYBE),
        (equal(H, 0), Truth.NO),
        (equal(H, H + 1), Truth.NO),
        (equal(2 * H, 2 * W + 1), Truth.NO),
        (equal(H // 2 + (H + 1) // 2, H), Truth.YES),
        (equal(2 * (H // 2) + H % 2, H), Truth.YES),
        (equal(C - C % n, n * (C // n)), Truth.MAYBE),
        (equal(CONV, 9216), Truth.MAYBE),
        (not_equal(H, 0), Truth.YES),
        (less(H - 1, H), Truth.YES),
        (less_equal(H // 2, H), Truth.YES),
        (less_equal(n * (C // n), C), Truth.YES),
        (less(H, 1), Truth.NO),
        (less(H, 2), Truth.MAYBE),
        (divides(4, 8 * H), Truth.YES),
        (divides(4, 2 * H + 1), Truth.NO),
        (divides(n, C * n), Truth.YES),
        (divides(n, C), Truth.MAYBE),
        (is_zero(fresh_data()), Truth.MAYBE),
    ],
)
def test_comparisons(answer: Truth, expected: Truth) -> None:
    assert answer is expected


def test_truth_tables() -> None:
    yes, no, maybe = Truth.YES, Truth.NO, Truth.MAYBE
    assert [yes.and_(other) for other in (yes, no, maybe)] == [yes, no, maybe]
    assert [maybe.and_(other) for other in (yes, no, maybe)] == [maybe, no, maybe]
    assert [maybe.or_(other) for other in (yes, no, maybe)] == [yes, maybe, maybe]
    assert [truth.negate() for truth in (yes, no, maybe)] == [no, yes, maybe]


@pytest.mark.parametrize(
    ("dim", "expected"),
    [
        (H - 4, (-3, None)),
        (4 - H, (None, 3)),
        (H % 8, (0, 7)),
        (H * W - H, (0, None)),
        (H - H // 2, (1, None)),
        (C - n * (C // n), (0, None)),
        (dim_max(H - 4, 0), (0, None)),
        (fresh_unknown(None), (None, None)),
        (5, (5, 5)),
    ],
)
def test_bounds(dim: Dim, expected: tuple[int | None, int | None]) -> None:
    assert bounds(dim) == expected


def test_fresh_symbols() -> None:
    use_names(FreshNames({"n1"}))
    assert [to_text(fresh_data()) for _ in range(3)] == ["n", "n2", "n3"]
    assert fresh_unknown() != fresh_unknown()
    assert is_unknown(B * fresh_unknown())
    use_names(FreshNames())
    assert fresh_data() == symbol("n", 0, SymbolKind.DATA)


def test_growth_is_bounded() -> None:
    dim: Dim = H
    for _ in range(100):
        dim = dim * dim + dim // 3
    assert isinstance(dim, Expr)
    dim = H
    for step in range(200):
        dim = (dim // 3 + W) // (dim % 5 + n) + step
    assert len(to_text(dim)) < 20_000


@pytest.mark.parametrize(
    "text", ["", "1 +", "f(H)", "H.x", "H / 2", "H // 0", "[H]", "9**9**9", "H**-1", "(" * 400, "1" * 99, "True", "'a'"]
)
def test_text_that_is_no_dim(text: str) -> None:
    with pytest.raises(ValueError, match="dim"):
        parse(text)


def test_facts_undo_exact_divisions() -> None:
    facts = Facts().learn_divides(n, C)
    assert facts.simplify(B * T * n * (C // n)) == B * C * T
    assert facts.simplify(C % n + 1) == 1
    assert facts.divides(n, 3 * C) is Truth.YES
    assert Facts().simplify(n * (C // n)) == n * (C // n)
    eight = Facts().learn_divides(8, C)
    assert eight.simplify(4 * (C // 4)) == C
    assert eight.simplify(16 * (C // 16)) == 16 * (C // 16)


def test_facts_replace_symbols() -> None:
    data = symbol("k", 0, SymbolKind.DATA)
    facts = Facts().learn_equal(H, data)
    assert facts.simplify(data * W) == H * W
    facts = facts.learn_equal(H, 2 * T)
    assert facts.simplify(data + H) == 4 * T
    assert facts.learn_equal(T, 5).simplify(H * data) == 100
    assert Facts().learn_equal(H // 2 - 2, 12).simplify(CONV) == 64 * 12 * ((W - 4) // 2)
    assert Facts().learn_equal(C // n, 64).simplify(B * (C // n)) == 64 * B


def test_solve_prefers_square_and_small_sizes() -> None:
    assert solve([(CONV, 9216)]).assignments[0] == {"H": 28, "W": 28}
    assert solve([(H * W, 784)]).assignments[0] == {"H": 28, "W": 28}
    assert solve([(16 * (((H - 4) // 2 - 4) // 2) * (((W - 4) // 2 - 4) // 2), 400)]).assignments[0] == {
        "H": 32,
        "W": 32,
    }


def test_solve_says_when_nothing_fits() -> None:
    for equations in ([(CONV, 9217)], [(2 * H, 2 * W + 1)], [(H, 3), (H, 4)], [(H * H, 7)], [(H + W, 1)]):
        answer = solve(equations)
        assert not answer.assignments
        assert answer.exhausted


def test_solve_finds_all_where_there_are_few() -> None:
    answer = solve([(H * W, 4), (H + W, 5)])
    assert answer.exhausted
    assert sorted(found["H"] for found in answer.assignments) == [1, 4]


def test_solve_admits_what_lies_beyond_its_limit() -> None:
    answer = solve([(H, 10_000)], upper=100)
    assert not answer.assignments
    assert not answer.exhausted


def test_solve_is_quick() -> None:
    hard = (B * C * H * W * T, 1_000_003 * 999_983)
    start = time.perf_counter()
    solve([hard])
    assert time.perf_counter() - start < 0.1


def test_the_key_of_nested_dims_grows_with_their_size() -> None:
    end: Dim = H
    for step in range(30):
        end = dim_min(T, end + n) if step % 2 else (end + 3) // 2
    assert isinstance(end, Expr)
    assert len(end.key) < 60 * end.size


def test_keys_tell_names_and_structure_apart() -> None:
    dims = [H // 2, H % 2, 2 * H, symbol("H//2"), symbol("FloorDiv(H,2)"), dim_min(H, W), symbol("Min(H,W)"), H + W]
    keys = {dim.key for dim in dims if isinstance(dim, Expr)}
    assert len(keys) == len(dims)
